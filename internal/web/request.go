package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
)

// request is what an action gets: the HTTP request, who asks, and the time.
type request struct {
	*http.Request
	Caller access.Caller
	Now    time.Time
}

// fragment reports whether htmx asks for a part of the page. Going back in the
// browser's history always wants the whole page.
func (r *request) fragment() bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-History-Restore-Request") != "true"
}

// id returns the number in the path at name.
func (r *request) id(name string) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.New(fault.NotFound, "没有这个页面，请检查网址")
	}
	return n, nil
}

// text returns a form or query value without surrounding blanks.
func (r *request) text(name string) string { return strings.TrimSpace(r.FormValue(name)) }

// int returns a form or query value as a number; 0 when it is none.
func (r *request) int(name string) int64 {
	n, _ := strconv.ParseInt(r.text(name), 10, 64)
	return n
}

// date returns a form or query value that names a day or a minute
// (2006-01-02, 2006-01-02T15:04); the zero time when it names none.
func (r *request) date(name string) time.Time {
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(form, r.text(name), clock.Shanghai); err == nil {
			return t
		}
	}
	return time.Time{}
}

// seeOther answers a form that was carried out: the browser goes to path, with
// a sentence to show there.
func seeOther(w http.ResponseWriter, r *request, path, done string) error {
	if done != "" {
		http.SetCookie(w, &http.Cookie{
			Name: flashCookie, Value: url.QueryEscape(done), Path: "/", MaxAge: 60,
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil,
		})
	}
	http.Redirect(w, r.Request, path, http.StatusSeeOther)
	return nil
}

// local returns path when it names a page of ours, otherwise the desk: a form
// must not send the browser elsewhere.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return u.RequestURI()
}
