package openapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/journal"
	"pingzhang/internal/openapi"
	"pingzhang/internal/sqldb"
)

// operations lists every operation of the document.
func operations(t *testing.T) map[string][]string {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Responses   map[string]any
		}
	}
	if err := json.Unmarshal(openapi.Document(), &doc); err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			all[o.OperationID] = []string{strings.ToUpper(method), path}
		}
	}
	return all
}

// Of each operation: what a token without the business permission, one of
// another county, and one that sees nothing are answered. Who is not named here
// is refused.
var matrix = map[string]struct{ bare, other, none string }{
	"createPoint":     {"403", "422", "422"}, // the outlet is not there
	"listPoints":      {"403", "empty", "empty"},
	"getPoint":        {"403", "404", "404"},
	"listEnterprises": {"403", "empty", "empty"},
	"listOutlets":     {"403", "empty", "empty"},
	"listEntries":     {"403", "empty", "empty"},
	"saveEntry":       {"403", "422", "422"}, // the enterprise is not there
	"listReadings":    {"403", "404", "404"},
	"listFindings":    {"403", "empty", "empty"},
	"getFinding":      {"403", "404", "404"},
	"listMatters":     {"403", "empty", "empty"},
	"getMatter":       {"403", "404", "404"},
	"listMoves":       {"403", "404", "404"},
	"move":            {"403", "404", "404"},
	"listComments":    {"403", "404", "404"},
	"comment":         {"403", "404", "404"},
	"listEvidence":    {"403", "404", "404"},
	"addEvidence":     {"403", "404", "404"},
	"getEvidence":     {"403", "404", "404"},
}

func TestWhoMayWhat(t *testing.T) {
	b := newBench(t)
	p := b.point("DEMO0001")
	b.hours(p)
	finding, m := b.exceeded()
	e := b.answer(b.upload("city", fmt.Sprintf("/matters/%d/evidence", m), "现场.jpg", photo()), 201)
	paths := strings.NewReplacer("{register}", "outlet", "{evidence}", fmt.Sprint(e["id"]))
	bodies := map[string]string{
		"createPoint": fmt.Sprintf(`{"mn":"DEMO0002","profile":"2017","outlet":%d}`, b.outlet.ID),
		"saveEntry":   fmt.Sprintf(`{"code":"DA007","name":"烟囱","fields":{"enterprise":%d,"medium":"air"}}`, b.plant.ID),
		"move":        `{"move":"assign","version":1,"fields":{"demand":"请说明原因"}}`,
		"comment":     `{"text":"请尽快"}`,
	}
	for id, o := range operations(t) {
		t.Run(id, func(t *testing.T) {
			b.t = t
			row, named := matrix[id]
			if !named {
				t.Fatal("the matrix does not know this operation")
			}
			path := paths.Replace(o[1])
			switch {
			case strings.HasPrefix(path, "/points/"):
				path = strings.Replace(path, "{id}", fmt.Sprint(p), 1)
			case strings.HasPrefix(path, "/findings/"):
				path = strings.Replace(path, "{id}", fmt.Sprint(finding), 1)
			case strings.HasPrefix(path, "/matters/"):
				path = strings.Replace(path, "{id}", fmt.Sprint(m), 1)
			case path == "/readings":
				path += "?mn=DEMO0001"
			}
			send := func(token string) *httptest.ResponseRecorder {
				if id == "addEvidence" {
					return b.upload(token, path, "现场.jpg", photo())
				}
				return b.send(token, o[0], path, bodies[id])
			}
			if o[0] == "GET" {
				b.expect("no api.read", send("noread"), "403")
			} else {
				b.tokens["nowrite"] = caller("nowrite", "city_section", in("231100"), append(everything[2:], "api.read")...)
				b.expect("no api.write", send("nowrite"), "403")
			}
			w := b.send("", o[0], path, bodies[id])
			b.expect("no token", w, "401")
			if !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer") {
				t.Error("the refusal does not name Bearer")
			}
			b.expect("an unknown token", send("stolen"), "401")
			b.expect("nothing but api.read and api.write", send("bare"), row.bare)
			b.expect("another county", send("other"), row.other)
			b.expect("no scope", send("none"), row.none)
			if w := send("city"); w.Code >= 300 {
				t.Errorf("who may is answered %d %s", w.Code, w.Body)
			}
		})
	}
}

// expect checks a status, or that a list has nothing.
func (b *bench) expect(who string, w *httptest.ResponseRecorder, want string) {
	b.t.Helper()
	if want != "empty" {
		if fmt.Sprint(w.Code) != want {
			b.t.Errorf("%s: answered %d %s, want %s", who, w.Code, w.Body, want)
		}
		return
	}
	for name, v := range b.answer(w, 200) {
		if all, ok := v.([]any); !ok || len(all) != 0 {
			b.t.Errorf("%s: %s is %v, want an empty list", who, name, v)
		}
	}
}

func TestRealTokens(t *testing.T) {
	db, err := sqldb.OpenSQLite(ctx, filepath.Join(t.TempDir(), "app.db"), 4)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.Clock = clock.Fixed(now)
	if _, err := db.Migrate(ctx, journal.Migrations, access.Migrations); err != nil {
		t.Fatal(err)
	}
	roles, err := access.LoadRoles(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	places, err := access.LoadPlaces(catalog.Sub(catalog.FS(""), "heihe"))
	if err != nil {
		t.Fatal(err)
	}
	s := access.New(db, roles, places)
	b := newBench(t)
	b.must(s.Provide(ctx, access.NewAccount{Login: "li-si", Name: "李四", Office: "city-air"}, []string{"city_section"}, "Kt7#vm2Qx9!r"))
	by, err := s.CallerByLogin(ctx, "li-si", "cli")
	b.must(err)
	text, err := s.CreateToken(ctx, by, "测试", []access.Permission{"api.read", "register.read"}, 10)
	b.must(err)
	c := b.config
	c.Tokens = s
	b.h = openapi.New(c)
	b.want(b.answer(b.send(text, "GET", "/enterprises", nil), 200), []any{"enterprises", 0, "code"}, b.plant.Code)
	b.answer(b.send(text, "GET", "/findings", nil), 403)
	b.answer(b.send(text+"x", "GET", "/enterprises", nil), 401)
}

func TestRates(t *testing.T) {
	b := newBench(t)
	c := b.config
	c.Rate, c.Burst = 1, 3
	b.h = openapi.New(c)
	for i, want := range []int{200, 200, 200, 429} {
		if w := b.send("city", "GET", "/points", nil); w.Code != want {
			t.Errorf("request %d is answered %d, want %d", i+1, w.Code, want)
		}
	}
	b.answer(b.send("none", "GET", "/points", nil), 200) // another token has its own
	var w *httptest.ResponseRecorder
	for i := range 61 {
		w = b.send(fmt.Sprint("guess", i), "GET", "/points", nil)
	}
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("the 61st wrong token is answered %d", w.Code)
	}
	b.answer(b.send("none", "GET", "/points", nil), 200) // a token that was right before is not shut out
	b.answer(b.send("", "GET", "/points", nil), 401)     // and without one nothing is looked up
}

func TestDocument(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal(openapi.Document(), &doc); err != nil {
		t.Fatal(err)
	}
	if v := at(doc, "openapi"); v != "3.1.0" {
		t.Errorf("openapi is %v", v)
	}
	for _, path := range [][]any{
		{"paths", "/points", "post", "requestBody", "content", "application/json", "schema", "$ref"},
		{"paths", "/readings", "get", "responses", "200", "content", "application/json", "schema", "$ref"},
		{"paths", "/matters/{id}/moves", "post", "responses", "409", "content", "application/problem+json", "schema", "$ref"},
		{"components", "schemas", "PointBody", "properties", "mn"},
		{"components", "schemas", "Problem", "properties", "errors"},
		{"components", "securitySchemes", "token"},
	} {
		if at(doc, path...) == nil {
			t.Errorf("the document has no %v", path)
		}
	}
	text := string(openapi.Document())
	for _, ref := range strings.Split(text, `"$ref": "#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(ref, `"`)
		if at(doc, "components", "schemas", name) == nil {
			t.Errorf("the schema %s is referred to and not there", name)
		}
	}
	if text != string(openapi.Document()) {
		t.Error("the document differs from one time to the next")
	}
	b := newBench(t)
	w := b.send("", "GET", "/openapi.json", nil)
	if w.Code != 200 || w.Body.String() != text {
		t.Errorf("the document that is served is another: %d", w.Code)
	}
	if w := b.send("", "GET", "/openapi.yaml", nil); w.Code != 200 || !strings.Contains(w.Body.String(), "openapi: 3.1.0") {
		t.Errorf("in YAML it is %d %.60s", w.Code, w.Body)
	}
	if w := b.send("city", "GET", "/docs", nil); w.Code != 404 {
		t.Errorf("a page of documentation is there: %d", w.Code)
	}
}

func TestUnknown(t *testing.T) {
	b := newBench(t)
	b.want(b.answer(b.send("city", "GET", "/nothing", nil), 404), []any{"title"}, "没有找到")
	w := b.send("city", "DELETE", "/points", nil)
	b.answer(w, 405)
	if w.Header().Get("Allow") != "GET" {
		t.Errorf("Allow is %q", w.Header().Get("Allow"))
	}
}
