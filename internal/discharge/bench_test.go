package discharge_test

import (
	"context"
	"fmt"
	"sync"
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
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/standard"
)

var ctx = context.Background()

// hand is a clock that a test sets.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) Now() time.Time    { h.mu.Lock(); defer h.mu.Unlock(); return h.at }
func (h *hand) set(now time.Time) { h.mu.Lock(); defer h.mu.Unlock(); h.at = now }

// bench is everything from the frame to the matter, on real stores.
type bench struct {
	*discharge.Store
	t        testing.TB
	db       *sqldb.DB
	register *register.Store
	measure  *measure.Store
	matter   *matter.Store
	hand     *hand
	config   discharge.Config

	plant, outlet, point, so2, day register.Entry
}

// each runs a test on both engines with a bench that has one boiler: sulphur
// dioxide is limited to 200 mg/m³ as an hour mean and to 100 as a day mean, at
// 9 % oxygen.
func each(t *testing.T, test func(t *testing.T, b *bench)) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { test(t, newBench(t, db)) }, sets...)
}

var sets = []sqldb.Migrations{journal.Migrations, notify.Migrations, register.Migrations, measure.Migrations, matter.Migrations, discharge.Migrations}

func newBench(t testing.TB, db *sqldb.DB) *bench {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err, fault.FieldsOf(err))
		}
	}
	b := &bench{t: t, db: db, hand: &hand{at: at("2026-11-24 00:00")}}
	db.Clock = b.hand
	files := catalog.FS("")
	laws, err := law.Load(catalog.Sub(files, "law"))
	must(err)
	table, families, err := calendar.Load(catalog.Sub(files, "calendar"))
	must(err)
	roles, err := access.LoadRoles(files)
	must(err)
	var codes []string
	for _, r := range roles.All() {
		codes = append(codes, r.Code)
	}
	books, err := matter.Load(catalog.Sub(files, "playbooks"), matter.Known{Roles: codes, Laws: laws, Families: families})
	must(err)
	b.matter = matter.New(db, matter.Config{Dir: t.TempDir(), Playbooks: books, Families: families, Notify: notify.New(db),
		Table: func(context.Context) (*calendar.Table, error) { return table, nil }})
	registers, err := register.Load(catalog.Sub(files, "registers"))
	must(err)
	b.register = register.New(db, registers)
	mc := measure.Config{Dir: t.TempDir(), App: db}
	if db.Engine == sqldb.Postgres {
		mc = measure.Config{DB: db}
	}
	b.measure, err = measure.Open(ctx, mc)
	must(err)
	t.Cleanup(func() { b.measure.Close() })
	rules, err := standard.LoadRules(files, "standards/auto_monitoring.tsv")
	must(err)
	settings, err := discharge.LoadSettings(files)
	must(err)
	b.config = discharge.Config{Readings: b.measure, Register: b.register, Matters: b.matter, Law: laws, Rules: rules, Settings: settings}
	b.Store = discharge.New(db, b.config)
	b.site()
	return b
}

var (
	city = access.Caller{Login: "city", Name: "示例科长", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231100"}}}.
		Grant("register.read", "register.edit", "point.edit", "monitor.read", "finding.read", "matter.read", "matter.move", "matter.comment")
	foreign = access.Caller{Login: "foreign", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231121"}}}.
		Grant("register.read", "point.edit", "monitor.read", "finding.read", "matter.read")
)

func (b *bench) site() {
	digit, _ := register.USCCDigit("91231102MA0000015")
	lon, lat := 127.471, 50.233
	b.plant = b.save(register.Entry{Register: register.Enterprise, Code: "91231102MA0000015" + string(digit), Name: "示例热力有限公司", Division: "231102",
		Lon: &lon, Lat: &lat, Data: map[string]any{"address": "爱辉区示例路1号（虚构）", "contact": "示例甲", "phone": "0456-0000001",
			"industry": "D4430 热力生产和供应", "permit_class": "none"}})
	b.outlet = b.save(register.Entry{Register: register.Outlet, Code: "DA001", Name: "锅炉烟囱", Data: map[string]any{"enterprise": b.plant.ID, "medium": "air"}})
	b.point = b.save(register.Entry{Register: register.PointEntry, Name: "烟囱在线监测", Data: map[string]any{
		"kind": "source_air", "outlet": b.outlet.ID, "mn": "DEMO0001", "profile": "2017", "password": "123456", "minute_interval_min": "10",
		"factors": []register.FactorUnit{{Code: "a21026", Unit: "mg/m3"}, {Code: "a19001", Unit: "%"}}}})
	b.so2 = b.limit("a21026", "二氧化硫", "hour", "200")
	b.day = b.limit("a21026", "二氧化硫", "day", "100")
}

func (b *bench) limit(factor, name, period, max string) register.Entry {
	b.t.Helper()
	return b.save(register.Entry{Register: register.LimitEntry, Data: map[string]any{"outlet": b.outlet.ID, "factor": factor, "factor_name": name, "max": max,
		"unit": "mg/m3", "period": period, "ref_oxygen": "9", "oxygen_factor": "a19001", "valid_from": "2026-01-01", "document": "示例许可证",
		"clause": "表1", "confidence": "verified", "basis": "exceedance"}})
}

func (b *bench) save(e register.Entry) register.Entry {
	b.t.Helper()
	saved, err := b.register.Save(ctx, city, e, "")
	if err != nil {
		b.t.Fatalf("Save(%s): %v %v", e.Register, err, fault.FieldsOf(err))
	}
	return saved
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

// hourFrame is the report of an hour: measured and converted sulphur dioxide and
// oxygen, all with one mark.
func (b *bench) hourFrame(start time.Time, avg, zs, oxygen, mark string, qn int64) measure.Frame {
	var p measure.Packer
	add := func(factor, field, text string) {
		if text != "" {
			p.Add([]byte(factor), []byte(field), []byte(text))
		}
	}
	add("a21026", "Avg", avg)
	add("a21026", "ZsAvg", zs)
	add("a21026", "Flag", mark)
	add("a19001", "Avg", oxygen)
	add("a19001", "Flag", mark)
	return measure.Frame{Point: measure.Point(b.point.ID), Kind: measure.Hour, At: start.Unix(), QN: start.UnixMilli() + 3600_000 + qn,
		Received: start.Unix() + 3605, Cells: p.Pack(nil)}
}

// minuteFrames are reports each ten minutes of a part of an hour.
func (b *bench) minuteFrames(start time.Time, n int, avg, mark string) (all []measure.Frame) {
	for i := range n {
		f := b.hourFrame(start.Add(time.Duration(i)*10*time.Minute), avg, "", "12", mark, 0)
		f.Kind, f.QN, f.Received = measure.Minute, f.At*1000+600_000, f.At+605
		all = append(all, f)
	}
	return all
}

func (b *bench) append(frames ...measure.Frame) {
	b.t.Helper()
	if _, err := b.measure.Append(ctx, frames); err != nil {
		b.t.Fatal(err)
	}
}

// hours appends reported hours from start on, of which each converted value is
// given; an empty one is left out.
func (b *bench) hours(start time.Time, converted ...string) {
	b.t.Helper()
	for i, zs := range converted {
		if zs != "" {
			b.append(b.hourFrame(start.Add(time.Duration(i)*time.Hour), "100", zs, "12", "N", 0))
		}
	}
}

func (b *bench) judge(now time.Time) discharge.Progress {
	b.t.Helper()
	b.hand.set(now)
	p, err := b.Judge(ctx, now)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (b *bench) verdicts(period standard.Period, from time.Time, n int) []discharge.Verdict {
	b.t.Helper()
	all, err := b.Verdicts(ctx, city, discharge.VerdictQuery{Point: b.point.ID, Period: period, From: from, To: from.Add(time.Duration(n) * time.Hour)})
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b *bench) episodes() []discharge.Episode {
	b.t.Helper()
	all, err := b.Episodes(ctx, city, discharge.EpisodeQuery{Point: b.point.ID, N: 1000})
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b *bench) findings(kind string) []matter.Finding {
	b.t.Helper()
	all, err := b.matter.Findings(ctx, city, matter.FindingQuery{Kind: kind, N: 500})
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b *bench) count(query string, args ...any) int {
	b.t.Helper()
	n, _, err := sqldb.Value[int](ctx, b.db, query, args...)
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// spans writes the living episodes of hour means, the earliest first.
func (b *bench) spans() (out []string) {
	b.t.Helper()
	all := b.episodes()
	for i := len(all) - 1; i >= 0; i-- {
		if e := all[i]; e.Period == standard.Hour && e.State != discharge.Void && e.State != discharge.Merged {
			out = append(out, fmt.Sprintf("%s-%s %d peak %s at %s %s", clock.Unix(e.First).Format("02T15"), clock.Unix(e.Last).Format("02T15"), e.Periods, e.Peak,
				clock.Unix(e.PeakAt).Format("02T15"), e.State))
		}
	}
	return out
}

// remarks are what the platform has told a matter.
func (b *bench) remarks(m int64) (out []string) {
	b.t.Helper()
	if _, err := b.PostNotes(ctx, b.hand.Now()); err != nil {
		b.t.Fatal(err)
	}
	events, err := b.matter.Timeline(ctx, city, matter.ID(m))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == "comment" {
			out = append(out, e.Note)
		}
	}
	return out
}
