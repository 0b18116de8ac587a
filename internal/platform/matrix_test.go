package platform_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/platform"
	"pingzhang/internal/web"
)

var update = flag.Bool("update", false, "write testdata/matrix.txt anew; then read the difference")

// demoLogins are an account of each role.
var demoLogins = map[string]string{
	"city_leader": "demo-leader", "city_section": "demo-section", "county_branch": "demo-branch", "field_officer": "demo-field",
	"enterprise": "demo-heat", "sys_admin": "demo-sys", "sec_admin": "demo-sec", "audit_admin": "demo-audit",
}

var routeVariable = regexp.MustCompile(`\{[a-z$]+\}`)

// TestMatrix asks for every route as every role, and as nobody, and compares who
// is let in with the table in testdata, which people review. A new route is
// missing there, and the test fails until somebody has said who may use it.
func TestMatrix(t *testing.T) {
	r := start(t, "")
	base := "http://" + r.HTTPAddr
	var roles []string
	for _, role := range r.Roles.All() {
		roles = append(roles, role.Code)
	}
	if len(roles) != len(demoLogins) {
		t.Fatalf("roles %v; the demonstration city has accounts for %d", roles, len(demoLogins))
	}
	people := map[string]*http.Client{"": visitor(t, base, "")}
	for role, login := range demoLogins {
		people[role] = visitor(t, base, login)
	}
	routes := r.Web.Routes()
	slices.SortStableFunc(routes, func(a, b web.RouteNeed) int { // leaving is for the end
		return strings.Count(a.Pattern, "signout") - strings.Count(b.Pattern, "signout")
	})
	var lines []string
	for _, rt := range routes {
		method, path, _ := strings.Cut(rt.Pattern, " ")
		path = strings.ReplaceAll(strings.Replace(path, "{register}", "enterprise", 1), "{$}", "")
		path = routeVariable.ReplaceAllString(path, "1")
		var in []string
		for _, role := range roles {
			admitted := ask(t, people[role], method, base+path)
			if admitted {
				in = append(in, role)
			}
			if may := rt.Needs == "-" || rt.Needs == "signedin" || slices.Contains(r.Roles.Permissions([]string{role}), rt.Needs); admitted && !may {
				t.Errorf("%s lets in %s, which does not hold %s", rt.Pattern, role, rt.Needs)
			}
		}
		if ask(t, people[""], method, base+path) {
			in = append(in, "nobody")
		}
		lines = append(lines, fmt.Sprintf("%-40s %s", rt.Pattern, strings.Join(in, " ")))
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	const file = "testdata/matrix.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		wanted := strings.Split(string(want), "\n")
		for _, l := range lines {
			if !slices.Contains(wanted, l) {
				t.Errorf("now: %s", l)
			}
		}
		for _, l := range wanted {
			if l != "" && !slices.Contains(lines, l) {
				t.Errorf("in %s: %s", file, l)
			}
		}
	}
}

// visitor is a browser without pictures, signed in as login unless that is "".
func visitor(t *testing.T, base, login string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if login == "" {
		return c
	}
	res, err := c.PostForm(base+"/signin", url.Values{"login": {login}, "password": {platform.DemoPassword}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d", login, res.StatusCode)
	}
	return c
}

// ask reports whether c is let in: neither refused nor sent to sign in. What it
// then gets, often a complaint about an empty form, is for other tests.
func ask(t *testing.T, c *http.Client, method, address string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel() // ends the stream of events
	req, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	switch {
	case res.StatusCode >= 500:
		t.Errorf("%s %s: %d", method, address, res.StatusCode)
	case res.StatusCode == http.StatusForbidden && !strings.HasSuffix(address, "/signin"): // there a wrong password is meant
		return false
	case res.StatusCode == http.StatusUnauthorized:
		return false
	case res.StatusCode == http.StatusSeeOther && strings.HasPrefix(res.Header.Get("Location"), "/signin"):
		return strings.HasSuffix(address, "/signout")
	}
	return true
}
