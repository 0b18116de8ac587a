package openapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/calendar"
	"pingzhang/internal/clock"
	"pingzhang/internal/discharge"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/measure"
	"pingzhang/internal/notify"
	"pingzhang/internal/openapi"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
)

var (
	ctx = context.Background()
	now = time.Date(2026, 9, 29, 9, 0, 0, 0, clock.Shanghai)
)

// tokens are who each text stands for.
type tokens map[string]access.Caller

func (t tokens) Token(_ context.Context, text string) (access.Caller, error) {
	by, ok := t[text]
	if !ok {
		return access.Caller{}, fault.New(fault.Denied, "令牌无效、已过期或已吊销")
	}
	return by, nil
}

// everything is what any operation asks for.
var everything = []access.Permission{
	"api.read", "api.write", "register.read", "register.edit", "point.edit", "frame.operate", "monitor.read", "finding.read",
	"matter.read", "matter.move", "matter.comment", "evidence.read",
}

func caller(login, role string, s access.Scope, perms ...access.Permission) access.Caller {
	return access.Caller{Account: int64(len(login)), Login: login, Name: login, Roles: []string{role}, Scope: s, Via: "api"}.Grant(perms...)
}

func in(d ...access.Division) access.Scope { return access.Scope{Divisions: d} }

// states tells of one point.
type states struct{ all []discharge.PointState }

func (s *states) States(_ context.Context, by access.Caller, _ time.Time) ([]discharge.PointState, error) {
	return s.all, by.Must("monitor.read")
}

// bench is an API on stores in a folder of the test.
type bench struct {
	t        *testing.T
	h        http.Handler
	db       *sqldb.DB
	tokens   tokens
	register *register.Store
	matter   *matter.Store
	measure  *measure.Store
	states   *states
	city     access.Caller
	config   openapi.Config

	plant, outlet register.Entry
}

func newBench(t *testing.T) *bench {
	t.Helper()
	dir := t.TempDir()
	db, err := sqldb.OpenSQLite(ctx, filepath.Join(dir, "app.db"), 4)
	if err != nil {
		t.Fatal(err)
	}
	db.Clock = clock.Fixed(now)
	t.Cleanup(func() { db.Close() })
	if _, err := db.Migrate(ctx, journal.Migrations, notify.Migrations, register.Migrations, measure.Migrations, matter.Migrations, openapi.Migrations); err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, db: db, states: &states{}, city: caller("city", "city_section", in("231100"), everything...)}
	b.openStores(dir)
	b.tokens = tokens{
		"city":   b.city,
		"other":  caller("other", "county_branch", in("231121"), everything...),
		"noread": caller("noread", "city_section", in("231100"), everything[1:]...),
		"bare":   caller("bare", "city_section", in("231100"), "api.read", "api.write"),
		"none":   caller("none", "city_section", access.Scope{}, everything...),
	}
	b.config = openapi.Config{Tokens: b.tokens, Register: b.register, Matter: b.matter, Readings: b.measure, States: b.states, Clock: clock.Fixed(now),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Rate: 1000, Burst: 1000}
	b.h = openapi.New(b.config)
	b.site()
	return b
}

func (b *bench) openStores(dir string) {
	files := catalog.FS("")
	book, err := register.Load(catalog.Sub(files, "registers"))
	b.must(err)
	b.register = register.New(b.db, book)
	os.MkdirAll(filepath.Join(dir, "readings"), 0o750)
	b.measure, err = measure.Open(ctx, measure.Config{Dir: filepath.Join(dir, "readings"), App: b.db})
	b.must(err)
	b.t.Cleanup(func() { b.measure.Close() })
	table, families, err := calendar.Load(catalog.Sub(files, "calendar"))
	b.must(err)
	laws, err := law.Load(catalog.Sub(files, "law"))
	b.must(err)
	roles := []string{"city_leader", "city_section", "county_branch", "field_officer", "enterprise"}
	books, err := matter.Load(catalog.Sub(files, "playbooks"), matter.Known{Roles: roles, Laws: laws, Families: families})
	b.must(err)
	b.matter = matter.New(b.db, matter.Config{Dir: filepath.Join(dir, "files"), Playbooks: books, Families: families, Notify: notify.New(b.db),
		Table: func(context.Context) (*calendar.Table, error) { return table, nil }})
}

// credit is a fictional credit code whose check character is right.
func credit(first17 string) string {
	d, ok := register.USCCDigit(first17)
	if !ok {
		panic(first17)
	}
	return first17 + string(d)
}

// site saves an enterprise with an outlet.
func (b *bench) site() {
	lon, lat := 127.5, 50.24
	code := credit("91231100MADEM0001")
	var err error
	b.plant, err = b.register.Save(ctx, b.city, register.Entry{Register: register.Enterprise, Code: code, Name: "示例热电厂", Division: "231102", Lon: &lon, Lat: &lat,
		Data: map[string]any{"industry": "D4430 热力生产和供应", "permit_class": "key", "permit_no": code + "001P", "address": "示例路1号", "contact": "示例人", "phone": "0456-1234567"}}, "")
	b.must(err)
	b.outlet, err = b.register.Save(ctx, b.city, register.Entry{Register: register.Outlet, Code: "DA001", Name: "锅炉烟囱",
		Data: map[string]any{"enterprise": b.plant.ID, "medium": "air"}}, "")
	b.must(err)
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err, fault.FieldsOf(err))
	}
}

// send sends a request with a token; body is marshalled unless it is a string.
func (b *bench) send(token, method, path string, body any) *httptest.ResponseRecorder {
	b.t.Helper()
	var r io.Reader
	switch v := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(v)
	case []byte:
		r = bytes.NewReader(v)
	default:
		data, err := json.Marshal(v)
		b.must(err)
		r = bytes.NewReader(data)
	}
	req := httptest.NewRequest(method, "/api/v1"+path, r)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, req)
	return w
}

// ok sends as city, wants status, and reads the answer.
func (b *bench) ok(status int, method, path string, body any) map[string]any {
	b.t.Helper()
	return b.answer(b.send("city", method, path, body), status)
}

func (b *bench) answer(w *httptest.ResponseRecorder, status int) map[string]any {
	b.t.Helper()
	if w.Code != status {
		b.t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	m := map[string]any{}
	d := json.NewDecoder(w.Body)
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		b.t.Fatalf("the answer is no JSON object: %v", err)
	}
	return m
}

// at follows keys and positions into an answer.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			all, _ := v.([]any)
			if p >= len(all) {
				return nil
			}
			v = all[p]
		}
	}
	return v
}

func (b *bench) want(got any, path []any, want any) {
	b.t.Helper()
	if v := at(got, path...); fmt.Sprint(v) != fmt.Sprint(want) {
		b.t.Errorf("%v is %v, want %v", path, v, want)
	}
}

// point registers a point and returns its id.
func (b *bench) point(mn string) measure.Point {
	b.t.Helper()
	e, err := b.register.Save(ctx, b.city, register.Entry{Register: register.PointEntry, Name: "烟囱在线监测",
		Data: map[string]any{"kind": "source_air", "outlet": b.outlet.ID, "mn": mn, "profile": "2017", "password": "123456",
			"factors": []register.FactorUnit{{Code: "a21026", Unit: "mg/m3"}}}}, "")
	b.must(err)
	return measure.Point(e.ID)
}
