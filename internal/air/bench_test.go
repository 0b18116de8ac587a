package air_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

var ctx = context.Background()

// hand is a clock that a test sets.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) Now() time.Time    { h.mu.Lock(); defer h.mu.Unlock(); return h.at }
func (h *hand) set(now time.Time) { h.mu.Lock(); defer h.mu.Unlock(); h.at = now }

var sets = []sqldb.Migrations{journal.Migrations, register.Migrations, measure.Migrations, air.Migrations}

// bench is the duty on real stores.
type bench struct {
	*air.Store
	t        testing.TB
	db       *sqldb.DB
	register *register.Store
	measure  *measure.Store
	hand     *hand
	config   air.Config
}

// each runs a test on both engines.
func each(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { test(t, newBench(t, db)) }, sets...)
}

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
	registers, err := register.Load(catalog.Sub(files, "registers"))
	must(err)
	b.register = register.New(db, registers)
	mc := measure.Config{Dir: t.TempDir(), App: db}
	if db.Engine == sqldb.Postgres {
		mc = measure.Config{DB: db, App: db}
	}
	b.measure, err = measure.Open(ctx, mc)
	must(err)
	t.Cleanup(func() { b.measure.Close() })
	book, err := aqi.Open(files)
	must(err)
	settings, err := air.LoadSettings(files)
	must(err)
	b.config = air.Config{Readings: b.measure, Register: b.register, Book: book, Settings: settings}
	b.Store = air.New(db, b.config)
	return b
}

var (
	city = access.Caller{Login: "city", Name: "示例科长", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231100"}}}.
		Grant("register.read", "register.edit", "point.edit", "monitor.read")
	county = access.Caller{Login: "county", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231102"}}}.
		Grant("register.read", "point.edit", "monitor.read")
	foreign = access.Caller{Login: "foreign", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231121"}}}.
		Grant("register.read", "point.edit", "monitor.read")
)

// at reads a time in Shanghai.
func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, clock.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func (b *bench) save(e register.Entry) register.Entry {
	b.t.Helper()
	saved, err := b.register.Save(ctx, city, e, "测试")
	if err != nil {
		b.t.Fatalf("Save(%s): %v %v", e.Register, err, fault.FieldsOf(err))
	}
	return saved
}

// station registers an assessed evaluation point; more holds further fields.
func (b *bench) station(code string, division access.Division, more ...any) register.Entry {
	b.t.Helper()
	lon, lat := 127.5, 50.2
	data := map[string]any{"level": "national", "area_class": "2", "purpose": "evaluation", "assessed": "yes"}
	for i := 0; i < len(more); i += 2 {
		data[more[i].(string)] = more[i+1]
	}
	e := b.save(register.Entry{Register: air.StationRegister, Code: code, Name: "示例站 " + code, Division: division, Lon: &lon, Lat: &lat, Data: data})
	b.Forget()
	return e
}

// factor codes of the six pollutants, in their order.
var codes = [aqi.Six]string{"a21026", "a21004", "a34002", "a34004", "a21005", "a05024"}

// frame is an hour of a feed: SO2, NO2, PM10, PM2.5, CO, O3; an empty text is left
// out.
func frame(p int64, start time.Time, qn int64, texts ...string) measure.Frame {
	var cells []measure.Cell
	for i, text := range texts {
		if text != "" {
			cells = append(cells, measure.Cell{Factor: codes[i], Field: "Avg", Text: text}, measure.Cell{Factor: codes[i], Field: "Flag", Text: "N"})
		}
	}
	return measure.Frame{Point: measure.Point(p), Kind: measure.Hour, At: start.Unix(), QN: qn, Received: start.Unix() + 3700, Cells: measure.Pack(cells...)}
}

// clean is an hour of clean air.
func clean(p int64, start time.Time) measure.Frame {
	return frame(p, start, 0, "5", "10", "30", "15", "0.4", "60")
}

func (b *bench) append(frames ...measure.Frame) {
	b.t.Helper()
	if _, err := b.measure.Append(ctx, frames); err != nil {
		b.t.Fatal(err)
	}
}

// hours appends n hours of clean air.
func (b *bench) hours(p int64, start time.Time, n int) {
	b.t.Helper()
	var all []measure.Frame
	for i := range n {
		all = append(all, clean(p, start.Add(time.Duration(i)*time.Hour)))
	}
	b.append(all...)
}

// hand over does what the worker does: what is new goes to the duty, and then off
// the list.
func (b *bench) handOver() {
	b.t.Helper()
	list, err := b.measure.Dirty(ctx, 100000)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.Touched(ctx, list); err != nil {
		b.t.Fatal(err)
	}
	if err := b.measure.Judged(ctx, list); err != nil {
		b.t.Fatal(err)
	}
}

// reckon hands over and reckons at now.
func (b *bench) reckon(now time.Time) air.Progress {
	b.t.Helper()
	b.hand.set(now)
	b.handOver()
	p, err := b.Reckon(ctx, now)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (b *bench) day(p air.Place, on standard.Date) air.Day {
	b.t.Helper()
	all, err := b.DaysBetween(ctx, city, p, on, on)
	if err != nil || len(all) != 1 {
		b.t.Fatal(all, err)
	}
	return all[0]
}

func (b *bench) count(query string, args ...any) int64 {
	b.t.Helper()
	n, _, err := sqldb.Value[int64](ctx, b.db, query, args...)
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// dump is all that was reckoned, without how it came about: revisions, causes and
// times.
func (b *bench) dump() string {
	b.t.Helper()
	var out strings.Builder
	hours, err := sqldb.All[air.Hour](ctx, b.db, `
		SELECT station, at, 0 AS revision, division, source, aqi, published, level, primary_items, issue, edition, confidence, published_aqi,
		       published_primary, vals, items, basis, '' AS cause, 0 AS reckoned_at
		  FROM air_hours
		 ORDER BY station, at`)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, h := range hours {
		fmt.Fprintf(&out, "%+v\n", h)
	}
	for _, table := range []string{"air_days", "air_city_days"} {
		days, err := sqldb.All[air.Day](ctx, b.db, `
			SELECT station, division, day_on, 0 AS revision, area, assessed, points_due, aqi, published, level, primary_items, good, issue, edition,
			       confidence, so2, no2, pm10, pm25, co, o3, o3_1h, items, hourly, basis, '' AS cause, 0 AS reckoned_at
			  FROM `+table+`
			 ORDER BY division, station, day_on`)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, d := range days {
			fmt.Fprintf(&out, "%+v\n", d)
		}
	}
	return out.String()
}

func sqlite(t testing.TB) *sqldb.DB {
	t.Helper()
	return sqldbtest.SQLite(t, sets...)
}
