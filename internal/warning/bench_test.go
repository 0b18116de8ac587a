package warning_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/calendar"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/figure"
	"pingzhang/internal/journal"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/measure"
	"pingzhang/internal/notify"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/internal/warning"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

var ctx = context.Background()

// caller is a person of the bureau, or of an enterprise.
func caller(login string, enterprise int64, division access.Division, role string, perms ...access.Permission) access.Caller {
	c := access.Caller{Account: int64(len(login)), Login: login, Name: "示例" + login, Via: "web", Roles: []string{role}}
	if enterprise != 0 {
		c.Scope.Enterprise = enterprise
	} else {
		c.Scope.Divisions = []access.Division{division}
	}
	return c.Grant(append(perms, "warning.read", "warning.list", "finding.read", "matter.read")...)
}

var (
	section = caller("section", 0, "2311", "city_section", "warning.draft", "warning.publish", "warning.check")
	leader  = caller("leader", 0, "2311", "city_leader", "warning.approve")
	branch  = caller("branch", 0, "231102", "county_branch", "warning.check")
	faraway = caller("faraway", 0, "231124", "county_branch", "warning.check")
)

// hands is a clock that a test moves.
type hands struct{ at time.Time }

func (h *hands) Now() time.Time { return h.at.In(clock.Shanghai) }

// measured is what was measured, by division and day.
type measured map[access.Division]map[standard.Date]aqi.Outlook

func (m measured) Days(_ context.Context, d access.Division, from, to standard.Date) (all []aqi.Outlook, _ error) {
	for t, _ := time.Parse(time.DateOnly, string(from)); t.Format(time.DateOnly) <= string(to); t = t.AddDate(0, 0, 1) {
		on := standard.Date(t.Format(time.DateOnly))
		o, ok := m[d][on]
		if !ok {
			o = aqi.Outlook{AQI: aqi.NoIAQI}
		}
		o.On = on
		all = append(all, o)
	}
	return all, nil
}

// bench is the duty over real registers, readings and matters.
type bench struct {
	*warning.Store
	t        *testing.T
	db       *sqldb.DB
	clock    *hands
	measured measured
	readings *measure.Store
	register *register.Store
	matters  *matter.Store
	notices  *notify.Store
	log      *journal.Log

	heat, mill    register.Entry // enterprises of 爱辉区 and 孙吴县
	flow, flow2   register.Entry // their points
	plant, plant2 access.Caller
}

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, clock.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

// start is when a bench begins: a Sunday noon in winter.
var start = at("2026-11-29 12:00")

func each(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { test(t, newBench(t, db)) }, sets...)
}

var sets = []sqldb.Migrations{journal.Migrations, access.Migrations, calendar.Migrations, figure.Migrations, notify.Migrations, register.Migrations, measure.Migrations, matter.Migrations, warning.Migrations}

func newBench(t *testing.T, db *sqldb.DB) *bench {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	b := &bench{t: t, db: db, clock: &hands{start}, measured: measured{}}
	db.Clock = b.clock
	files := catalog.FS("")
	book, err := register.Load(catalog.Sub(files, "registers"))
	must(err)
	b.register = register.New(db, book)
	mc := measure.Config{DB: db, App: db}
	if db.Engine == sqldb.SQLite {
		dir := filepath.Join(t.TempDir(), "readings")
		must(os.MkdirAll(dir, 0o750))
		mc = measure.Config{Dir: dir, App: db}
	}
	b.readings, err = measure.Open(ctx, mc)
	must(err)
	t.Cleanup(func() { b.readings.Close() })
	table, families, err := calendar.Load(catalog.Sub(files, "calendar"))
	must(err)
	laws, err := law.Load(catalog.Sub(files, "law"))
	must(err)
	books, err := matter.Load(catalog.Sub(files, "playbooks"), matter.Known{Laws: laws, Families: families})
	must(err)
	places, err := access.LoadPlaces(catalog.Sub(files, "heihe"))
	must(err)
	settings, err := warning.LoadSettings(files)
	must(err)
	rules, err := standard.LoadRules(files, "standards/auto_monitoring.tsv")
	must(err)
	levels, err := aqi.Open(files)
	must(err)
	b.notices = notify.New(db)
	b.matters = matter.New(db, matter.Config{Dir: t.TempDir(), Playbooks: books, Families: families, Table: calendar.New(db, table).Table, Notify: b.notices})
	b.Store = warning.New(db, warning.Config{
		Register: b.register, Readings: b.readings, Matters: b.matters, Notices: b.notices, Divisions: places, Measured: b.measured, Law: laws,
		Book: levels, Rules: rules, Settings: settings,
	})
	b.firms()
	return b
}

func (b *bench) save(e register.Entry) register.Entry {
	b.t.Helper()
	saved, err := b.register.Save(ctx, access.Platform("register.read", "register.edit", "point.edit", "frame.operate"), e, "")
	if err != nil {
		b.t.Fatal(err, fault.FieldsOf(err))
	}
	return saved
}

func (b *bench) firms() {
	lon, lat := 127.5, 50.2
	firm := func(code, name, division, mn string) (register.Entry, register.Entry) {
		f := b.save(register.Entry{Register: register.Enterprise, Code: code, Name: name, Division: access.Division(division), Lon: &lon, Lat: &lat, Data: map[string]any{
			"industry": "D4430 热力生产和供应", "permit_class": "registered", "address": "示例路1号", "contact": "示例甲", "phone": "0456-0000001"}})
		o := b.save(register.Entry{Register: register.Outlet, Code: "DA001", Name: "烟囱", Data: map[string]any{"enterprise": f.ID, "medium": "air"}})
		return f, b.save(register.Entry{Register: register.PointEntry, Name: name + "烟囱", Data: map[string]any{
			"kind": "source_air", "outlet": o.ID, "mn": mn, "profile": "2017", "st": "31", "password": "123456", "minute_interval_min": "10",
			"factors": []register.FactorUnit{{Code: "a00000", Unit: "m3/h"}, {Code: "a21026", Unit: "mg/m3"}}}})
	}
	b.heat, b.flow = firm("91231102MA0000015F", "示例热力有限公司", "231102", "TEST0000000000000000001A")
	b.mill, b.flow2 = firm("91231102MA0000023A", "示例水泥有限公司", "231124", "TEST0000000000000000002A")
	b.plant = caller("plant", b.heat.ID, "", "enterprise", "warning.answer")
	b.plant2 = caller("mill", b.mill.ID, "", "enterprise", "warning.answer")
}

// listCSV is a list of two firms: the heating works may run at half of its flow
// in yellow, the mill stops its kiln, for which there is no online condition.
const listCSV = `统一社会信用代码,单位名称,生产线或工序,行业,绩效等级,SO2基准排放量（t/d）,NOx基准排放量（t/d）,PM基准排放量（t/d）,VOCs基准排放量（t/d）,预警级别,措施类型,限产比例（%）,措施内容,SO2减排量（t/d）,NOx减排量（t/d）,PM减排量（t/d）,VOCs减排量（t/d）,核查点位,核查因子,核查限值,核查基准值,不高于基准的比例（%）,核查单位
91231102MA0000015F,示例热力有限公司,1号锅炉,供热,B,1.2,2.4,0.3,,黄色,限产,50,1号锅炉降负荷运行,0.6,1.2,0.15,,TEST0000000000000000001A,a00000,,50000,50,m³/h
91231102MA0000015F,示例热力有限公司,1号锅炉,供热,B,1.2,2.4,0.3,,橙色,停产,,1号锅炉停运,1.2,2.4,0.3,,TEST0000000000000000001A,a00000,500,,,m³/h
91231102MA0000023A,示例水泥有限公司,1号窑,水泥,C,2,4,1,,黄色,停产,,1号窑停窑,2,4,1,,,,,,,
`

// list imports and approves a list.
func (b *bench) list(csv string) int64 {
	b.t.Helper()
	in := warning.ListInput{Division: "231100", Year: 2026, Unit: "t/d", Bases: [4]string{"20", "60", "12", ""}, BaseSource: "示例源清单"}
	out, err := b.ImportList(ctx, section, in, "清单.csv", strings.NewReader(csv))
	if err != nil || out.List == 0 {
		b.t.Fatal(err, fault.FieldsOf(err), out)
	}
	if err := b.SettleList(ctx, leader, out.List, 1, warning.ApproveList, "2026-11-01", "同意"); err != nil {
		b.t.Fatal(err)
	}
	return out.List
}

// foretell enters an index a day from today on.
func (b *bench) foretell(d access.Division, indices ...int64) {
	b.t.Helper()
	for i, n := range indices {
		on := standard.Date(b.clock.Now().AddDate(0, 0, i).Format(time.DateOnly))
		if _, err := b.Foretell(ctx, section, warning.Forecast{Division: d, On: on, Low: n, High: n, Primary: "PM2.5", Source: "示例会商"}); err != nil {
			b.t.Fatal(err, fault.FieldsOf(err))
		}
	}
}

// propose runs the job and returns the one warning there is.
func (b *bench) propose() warning.Warning {
	b.t.Helper()
	if _, err := b.ProposeAll(ctx, b.clock.Now()); err != nil {
		b.t.Fatal(err)
	}
	all, err := b.Warnings(ctx, section, warning.Query{})
	if err != nil || len(all) != 1 {
		b.t.Fatalf("%d warnings, %v", len(all), err)
	}
	return all[0]
}

// move takes a step and returns the warning after it.
func (b *bench) move(by access.Caller, w warning.Warning, act warning.Act, p warning.Plan) warning.Warning {
	b.t.Helper()
	if err := b.Move(ctx, by, w.ID, w.Version, act, p, nil); err != nil {
		b.t.Fatal(act, err, fault.FieldsOf(err))
	}
	after, err := b.Warning(ctx, section, w.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return after
}

// issue brings a warning to publication, its measures due at once.
func (b *bench) issue(w warning.Warning, level aqi.WarningLevel) warning.Warning {
	b.t.Helper()
	w = b.move(section, w, warning.Submit, warning.Plan{Level: level, StartsAt: b.clock.Now(), Measures: "按清单执行", Reason: "会商一致"})
	w = b.move(leader, w, warning.Approve, warning.Plan{Reason: "同意"})
	return b.move(section, w, warning.Publish, warning.Plan{})
}

// hours stores hour means of the flow of a point from a moment on: one of each
// value, "" for none, F behind a value for its mark.
func (b *bench) hours(p register.Entry, from time.Time, values ...string) {
	b.t.Helper()
	var frames []measure.Frame
	for i, v := range values {
		if v == "" {
			continue
		}
		mark := "N"
		if text, off := strings.CutSuffix(v, "F"); off {
			v, mark = text, "F"
		}
		t := from.Add(time.Duration(i) * time.Hour)
		frames = append(frames, measure.Frame{Point: measure.Point(p.ID), Kind: measure.Hour, At: t.Unix(), QN: b.clock.Now().UnixMilli(), Received: b.clock.Now().Unix(), Raw: []byte("示例" + v + t.String()),
			Cells: measure.Pack(measure.Cell{Factor: "a00000", Field: "Avg", Text: v}, measure.Cell{Factor: "a00000", Field: "Flag", Text: mark})})
	}
	if _, err := b.readings.Append(ctx, frames); err != nil {
		b.t.Fatal(err)
	}
}

// answerOf returns what a firm owes in the last phase.
func (b *bench) answerOf(w warning.Warning, firm register.Entry) warning.Answer {
	b.t.Helper()
	all, err := b.Answers(ctx, section, w.ID, warning.AnswerQuery{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, a := range all {
		if a.Enterprise == firm.ID {
			return a
		}
	}
	b.t.Fatalf("%s owes nothing among %d", firm.Name, len(all))
	return warning.Answer{}
}

func (b *bench) check() {
	b.t.Helper()
	if _, _, err := b.Check(ctx, b.clock.Now()); err != nil {
		b.t.Fatal(err)
	}
}

// acts counts the entries of the journal of an act.
func (b *bench) acts(act string) int {
	b.t.Helper()
	n, _, err := sqldb.Value[int](ctx, b.db, `SELECT COUNT(*) FROM journal WHERE act = $1`, act)
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// photo keeps a picture.
func (b *bench) photo() []matter.Evidence {
	b.t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewRGBA(image.Rect(0, 0, 20, 20))); err != nil {
		b.t.Fatal(err)
	}
	e, err := b.matters.Keep("现场.png", &buf)
	if err != nil {
		b.t.Fatal(err)
	}
	return []matter.Evidence{e}
}

// sqlite is a fresh database for tests of rules that no engine changes.
func sqlite(t *testing.T) *sqldb.DB { return sqldbtest.SQLite(t, sets...) }
