package web

import (
	"io"
	"mime"
	"net/http"
	"strings"
)

// submitted is a text field of a form that nobody was signed in for.
type submitted struct{ Name, Value string }

// maxKept bounds the text that is given back to somebody who is not signed in.
const maxKept = 1 << 20

// expired answers a form that took longer than the session: what was written
// comes back in the page and can be sent again after signing in, but files, which
// are said to be missing, and passwords.
func (s *Server) expired(w http.ResponseWriter, r *request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<20)
	fields, files := keepFields(r.Request)
	v := problemView{
		shell: s.shell(r, "请先登录", ""), Status: http.StatusUnauthorized, SignIn: true,
		Text: "登录已过期，刚才提交的内容没有保存", Kept: fields, FilesLost: files, Parts: inParts(r.Request),
	}
	if r.URL.RawQuery == "" {
		v.Action = r.URL.Path
	} else {
		v.Action = r.URL.Path + "?" + r.URL.RawQuery
	}
	s.renderStatus(w, r, v.Status, "problem", v)
}

func inParts(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind == "multipart/form-data"
}

// keepFields reads the text fields of a form in their order, and reports whether
// there were files.
func keepFields(r *http.Request) (fields []submitted, files bool) {
	secret := func(name string) bool { return strings.Contains(name, "password") }
	if !inParts(r) {
		r.Body = http.MaxBytesReader(nil, r.Body, maxKept)
		if r.ParseForm() != nil {
			return nil, false
		}
		for name, values := range r.PostForm {
			for _, v := range values {
				if !secret(name) {
					fields = append(fields, submitted{name, v})
				}
			}
		}
		return fields, false
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, false
	}
	for left := int64(maxKept); ; {
		p, err := parts.NextPart()
		if err != nil {
			return fields, files
		}
		if p.FileName() != "" {
			files = true
			continue
		}
		b, err := io.ReadAll(io.LimitReader(p, left))
		if err != nil {
			return fields, files
		}
		left -= int64(len(b))
		if p.FormName() != "" && !secret(p.FormName()) {
			fields = append(fields, submitted{p.FormName(), string(b)})
		}
	}
}
