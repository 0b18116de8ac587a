package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pingzhang/catalog"
	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/calendar"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/matter"
	"pingzhang/internal/measure"
	"pingzhang/internal/notify"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/standard"
)

// The moment at which the pages of a site are looked at.
var siteNow = time.Date(2026, 7, 20, 10, 30, 0, 0, clock.Shanghai)

const sitePassword = "Ceshi#2026pz"

// site is the pages over real registers and readings, with a gateway and a
// judge that say what the test tells them to.
type site struct {
	t      testing.TB
	server *httptest.Server
	web    *Server
	reg    *register.Store
	store  *measure.Store
	db     *sqldb.DB
	gate   *fakeGate
	judge  *fakeJudge

	heat, school         register.Entry // enterprises, in 爱辉区 and 孙吴县
	boiler, silent, away register.Entry // points: of heat, of heat without data, of school
	limit                register.Entry // of the boiler's sulphur dioxide
}

// fakeGate is a gateway that holds what it was given.
type fakeGate struct {
	refused  []RefusedFrame
	strange  []Stranger
	presence map[measure.Point]Presence
	recent   []Seen
	commands []Command
	targets  []ForwardTarget

	sent    []hj212.Order
	filled  []string
	claimed []string
}

func (g *fakeGate) RefusedFrames(_ context.Context, _ access.Caller, q FrameQuery) (all []RefusedFrame, _ error) {
	for _, f := range g.refused {
		if (q.MN == "" || f.MN == q.MN) && (q.Reason == "" || f.Reason == q.Reason) && (q.Before == 0 || f.ID < q.Before) && len(all) < q.N {
			all = append(all, f)
		}
	}
	return all, nil
}

func (g *fakeGate) RefusedFrame(_ context.Context, _ access.Caller, id int64) (RefusedFrame, error) {
	for _, f := range g.refused {
		if f.ID == id {
			return f, nil
		}
	}
	return RefusedFrame{}, fault.New(fault.NotFound, "没有这条被拒报文")
}

func (g *fakeGate) Replay(_ context.Context, by access.Caller, id int64) (RefusedFrame, error) {
	for i := range g.refused {
		if f := &g.refused[i]; f.ID == id {
			f.State, f.Outcome, f.TriedAt, f.TriedBy = "accepted", "重放成功，数据已入库", siteNow, by.Login
			return *f, nil
		}
	}
	return RefusedFrame{}, fault.New(fault.NotFound, "没有这条被拒报文")
}

func (g *fakeGate) Strangers(context.Context, access.Caller, int) ([]Stranger, error) {
	return g.strange, nil
}

func (g *fakeGate) Claim(_ context.Context, _ access.Caller, mn string, point measure.Point) (Claimed, error) {
	g.claimed = append(g.claimed, mn)
	return Claimed{Stored: 12, Refused: 1}, nil
}

func (g *fakeGate) Presences(context.Context, access.Caller) (map[measure.Point]Presence, error) {
	return g.presence, nil
}

func (g *fakeGate) Recent(context.Context, access.Caller, measure.Point) ([]Seen, error) {
	return g.recent, nil
}

func (g *fakeGate) Commands(context.Context, access.Caller, measure.Point, int) ([]Command, error) {
	return g.commands, nil
}

func (g *fakeGate) Send(_ context.Context, _ access.Caller, _ measure.Point, o hj212.Order) error {
	g.sent = append(g.sent, o)
	return nil
}

func (g *fakeGate) Backfill(_ context.Context, _ access.Caller, _ measure.Point, k measure.Kind, from, to time.Time) (int, error) {
	g.filled = append(g.filled, fmt.Sprint(k, from.Unix(), to.Unix()))
	return 1, nil
}

func (g *fakeGate) Targets(context.Context, access.Caller) ([]ForwardTarget, error) {
	return g.targets, nil
}

func (g *fakeGate) AddTarget(_ context.Context, _ access.Caller, name, address string) error {
	g.targets = append(g.targets, ForwardTarget{ID: int64(len(g.targets) + 1), Name: name, Address: address, Enabled: true})
	return nil
}

func (g *fakeGate) EnableTarget(_ context.Context, _ access.Caller, id int64, on bool) error {
	g.targets[id-1].Enabled = on
	return nil
}

// fakeJudge says the states that it was given.
type fakeJudge struct {
	states   map[int64]PointState
	verdicts []PointVerdict // of every point
}

func (j *fakeJudge) States(context.Context, access.Caller, time.Time, ...int64) (map[int64]PointState, error) {
	return j.states, nil
}

func (j *fakeJudge) Verdicts(_ context.Context, _ access.Caller, _ int64, from, to time.Time) (all []PointVerdict, _ error) {
	for _, v := range j.verdicts {
		if !v.At.Before(from) && v.At.Before(to) {
			all = append(all, v)
		}
	}
	return all, nil
}

// newSite starts the pages with two enterprises, three points, a limit and a
// few hours of readings of one point.
func newSite(t testing.TB) *site {
	t.Helper()
	ctx := context.Background()
	db := sqldbtest.SQLite(t, journal.Migrations, access.Migrations, calendar.Migrations, notify.Migrations, register.Migrations, measure.Migrations, matter.Migrations)
	files := catalog.FS("")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	book, err := register.Load(catalog.Sub(files, "registers"))
	must(err)
	roles, err := access.LoadRoles(files)
	must(err)
	places, err := access.LoadPlaces(catalog.Sub(files, "heihe"))
	must(err)
	layers, err := LoadLayers(catalog.Sub(files, "heihe/demo"))
	must(err)
	table, families, err := calendar.Load(catalog.Sub(files, "calendar"))
	must(err)
	dir := t.TempDir()
	must(os.MkdirAll(filepath.Join(dir, "readings"), 0o750))
	store, err := measure.Open(ctx, measure.Config{Dir: filepath.Join(dir, "readings"), App: db})
	must(err)
	t.Cleanup(func() { store.Close() })
	s := &site{t: t, db: db, reg: register.New(db, book), store: store, gate: &fakeGate{}, judge: &fakeJudge{}}
	accounts := access.New(db, roles, places)
	s.web, err = New(Config{
		City: "黑河市", Demo: true, Idle: time.Hour, Lifetime: time.Hour, Clock: clock.Fixed(siteNow),
		Sessions: access.NewSessions(db), Access: accounts, Divisions: places, Register: s.reg, Notify: notify.New(db),
		Matter:   matter.New(db, matter.Config{Dir: dir, Families: families, Table: calendar.New(db, table).Table, Notify: notify.New(db)}),
		RoleName: roles.Name, OfficeName: places.OfficeName,
		Monitoring: Monitoring{Readings: store, Judged: s.judge, Frames: s.gate, Devices: s.gate, Forward: s.gate, Layers: layers},
	})
	must(err)
	s.server = httptest.NewServer(s.web)
	t.Cleanup(func() { s.web.Close(); s.server.Close() })
	s.registers()
	for _, a := range []struct {
		login, office, role string
		enterprise          int64
	}{
		{"section", "city-air", "city_section", 0}, {"branch", "branch-231124", "county_branch", 0},
		{"plant", "", "enterprise", s.heat.ID}, {"sys", "city-office", "sys_admin", 0}, {"leader", "city-leaders", "city_leader", 0},
	} {
		must(accounts.Provide(ctx, access.NewAccount{Login: a.login, Name: "示例" + a.login, Office: a.office, Enterprise: a.enterprise}, []string{a.role}, sitePassword))
	}
	return s
}

func degrees(v float64) *float64 { return &v }

// registers fills in the registers.
func (s *site) registers() {
	by := access.Platform("register.read", "register.edit", "point.edit", "frame.operate")
	save := func(e register.Entry) register.Entry {
		s.t.Helper()
		e, err := s.reg.Save(context.Background(), by, e, "")
		if err != nil {
			s.t.Fatalf("%v: %v", err, fault.FieldsOf(err))
		}
		return e
	}
	unit := func(code, name, division string, lon, lat float64) register.Entry {
		return save(register.Entry{Register: register.Enterprise, Code: code, Name: name, Division: access.Division(division), Lon: degrees(lon), Lat: degrees(lat), Data: map[string]any{
			"industry": "D4430 热力生产和供应", "permit_class": "registered", "address": "示例路1号", "contact": "示例甲", "phone": "0456-0000001",
		}})
	}
	s.heat = unit("91231102MA0000015F", "示例热力有限公司", "231102", 127.471, 50.233)
	s.school = unit("91231102MA0000023A", "示例供热站", "231124", 127.33, 49.43)
	outlet := func(of register.Entry) register.Entry {
		return save(register.Entry{Register: register.Outlet, Code: "DA001", Name: "1号锅炉烟囱", Data: map[string]any{"enterprise": of.ID, "medium": "air"}})
	}
	point := func(o register.Entry, name, mn string) register.Entry {
		return save(register.Entry{Register: register.PointEntry, Name: name, Data: map[string]any{
			"kind": "source_air", "outlet": o.ID, "mn": mn, "profile": "2017", "st": "31", "password": "123456", "rtd_interval_s": "30", "minute_interval_min": "10",
			"factors": `[{"code":"a21026","unit":"mg/m3"},{"code":"a34013","unit":"mg/m3"},{"code":"a19001","unit":"%"}]`,
		}})
	}
	o1, o2 := outlet(s.heat), outlet(s.school)
	s.boiler, s.silent, s.away = point(o1, "1号锅炉烟囱", "TEST0000000000000000001A"), point(o1, "2号锅炉烟囱", "TEST0000000000000000002A"), point(o2, "供热站烟囱", "TEST0000000000000000003A")
	s.limit = save(register.Entry{Register: register.LimitEntry, Data: map[string]any{
		"outlet": o1.ID, "factor": "a21026", "factor_name": "二氧化硫", "max": "50", "unit": "mg/m3", "period": "hour", "ref_oxygen": "9", "oxygen_factor": "a19001",
		"valid_from": "2024-01-01", "document": "示例许可证", "clause": "表3", "confidence": "unverified",
	}})
}

// hourly stores the hour means of the boiler from 0:00 of the day on: one of
// each value, "" for an hour without a frame, D behind a value for its mark.
func (s *site) hourly(values ...string) {
	s.t.Helper()
	start := clock.Day(siteNow)
	var frames []measure.Frame
	for i, v := range values {
		if v == "" {
			continue
		}
		at := start.Add(time.Duration(i) * time.Hour)
		text, bad := strings.CutSuffix(v, "D")
		mark := "N"
		if bad {
			mark = "D"
		}
		raw, err := hj212.AppendFrame(nil, fmt.Appendf(nil, "QN=%s000;ST=31;CN=2061;PW=123456;MN=TEST0000000000000000001A;Flag=5;CP=&&DataTime=%s;a21026-Avg=%s,a21026-ZsAvg=%s1,a21026-Flag=%s&&",
			hj212.Stamp(at.Add(time.Hour)), hj212.Stamp(at), text, text, mark))
		if err != nil {
			s.t.Fatal(err)
		}
		frames = append(frames, measure.Frame{
			Point: measure.Point(s.boiler.ID), Kind: measure.Hour, At: at.Unix(), QN: at.Add(time.Hour).UnixMilli(), Received: at.Add(time.Hour + time.Minute).Unix(), Raw: raw,
			Cells: measure.Pack(measure.Cell{Factor: "a21026", Field: "Avg", Text: text}, measure.Cell{Factor: "a21026", Field: "ZsAvg", Text: text + "1"}, measure.Cell{Factor: "a21026", Field: "Flag", Text: mark}),
		})
	}
	if _, err := s.store.Append(context.Background(), frames); err != nil {
		s.t.Fatal(err)
	}
}

// exceeds is a verdict that a value of the boiler's sulphur dioxide is above 50.
func (s *site) exceeds(value string, at time.Time) PointVerdict {
	return PointVerdict{Factor: "a21026", Period: measure.Hour, At: at, LimitID: s.limit.ID, Judgement: standard.Judge(
		standard.Sample{Value: standard.Must(value), Unit: standard.MgPerM3, Converted: true},
		standard.Limit{Max: standard.Must("50"), Unit: standard.MgPerM3, RefOxygen: standard.Must("9"), Citation: standard.Citation{Document: "示例许可证"}})}
}

// visitor is a browser of one person.
type visitor struct {
	*http.Client
	s *site
}

// as signs login in; "" for nobody.
func (s *site) as(login string) visitor {
	s.t.Helper()
	jar, _ := cookiejar.New(nil)
	v := visitor{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, s}
	if login != "" {
		if status, body, _ := v.do("POST /signin", url.Values{"login": {login}, "password": {sitePassword}}); status != http.StatusSeeOther {
			s.t.Fatalf("sign in as %s: %d %s", login, status, body)
		}
	}
	return v
}

// do asks for "METHOD path" and returns status, body and where it leads to.
func (v visitor) do(what string, form url.Values) (status int, body, location string) {
	v.s.t.Helper()
	method, path, _ := strings.Cut(what, " ")
	var in io.Reader
	if form != nil {
		in = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, v.s.server.URL+path, in)
	if err != nil {
		v.s.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.Do(req)
	if err != nil {
		v.s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.s.t.Fatal(err)
	}
	return res.StatusCode, string(b), res.Header.Get("Location")
}
