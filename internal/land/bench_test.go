package land_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/figure"
	"pingzhang/internal/journal"
	"pingzhang/internal/land"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/notify"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/standard"
	"pingzhang/standard/soil"
)

var ctx = context.Background()

// hand is a clock that stands still.
type hand struct{ at time.Time }

func (h *hand) Now() time.Time { return h.at }

// bench is the duty with everything below it.
type bench struct {
	*land.Store
	t        testing.TB
	db       *sqldb.DB
	hand     *hand
	register *register.Store
	matter   *matter.Store
	figure   *figure.Store
}

var sets = []sqldb.Migrations{journal.Migrations, figure.Migrations, register.Migrations, notify.Migrations, matter.Migrations, land.Migrations}

// each runs a test on both engines.
func each(t *testing.T, test func(t *testing.T, b *bench)) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { test(t, newBench(t, db)) }, sets...)
}

func sqlite(t testing.TB) *sqldb.DB { return sqldbtest.SQLite(t, sets...) }

func newBench(t testing.TB, db *sqldb.DB) *bench {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err, fault.FieldsOf(err))
		}
	}
	b := &bench{t: t, db: db, hand: &hand{time.Date(2026, 11, 24, 9, 0, 0, 0, clock.Shanghai)}}
	db.Clock = b.hand
	files := catalog.FS("")
	registers, err := register.Load(catalog.Sub(files, "registers"))
	must(err)
	b.register = register.New(db, registers)
	laws, err := law.Load(catalog.Sub(files, "law"))
	must(err)
	b.matter = matter.New(db, matter.Config{Dir: t.TempDir(), Notify: notify.New(db)})
	b.figure, err = figure.New(db, files)
	must(err)
	b.Store = land.New(db, land.Config{
		Register: b.register, Matters: b.matter, Law: laws,
		Book: func(ctx context.Context) (*soil.Book, error) {
			books, err := b.figure.Books(ctx)
			return books.Soil, err
		},
		Note: func(ctx context.Context, tx *sqldb.Tx, r land.Round, site land.Site, refs []standard.Ref) error {
			return b.figure.Note(ctx, tx, figure.Use{Refs: refs, Result: figure.Result{Kind: "land_round", Subject: site.Code + "/" + r.Name, Label: site.Name, Division: site.Division}})
		},
	})
	return b
}

var (
	city = access.Caller{Login: "city", Name: "示例科长", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231100"}}}.
		Grant("register.read", "register.edit", "point.edit", "monitor.read", "figure.read", "figure.correct", "finding.read")
	county = access.Caller{Login: "county", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231102"}}}.
		Grant("register.read", "point.edit", "monitor.read")
	foreign = access.Caller{Login: "foreign", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231121"}}}.
		Grant("register.read", "point.edit", "monitor.read")
	reader = access.Caller{Login: "reader", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231100"}}}.
		Grant("register.read", "monitor.read")
)

func (b *bench) save(e register.Entry) register.Entry {
	b.t.Helper()
	saved, err := b.register.Save(ctx, city, e, "测试")
	if err != nil {
		b.t.Fatalf("Save(%s): %v %v", e.Register, err, fault.FieldsOf(err))
	}
	return saved
}

// data makes the fields of an entry from pairs over some that are always there.
func data(base map[string]any, more ...any) map[string]any {
	for i := 0; i < len(more); i += 2 {
		base[more[i].(string)] = more[i+1]
	}
	return base
}

func (b *bench) plot(code string, more ...any) register.Entry {
	b.t.Helper()
	return b.save(register.Entry{Register: "plot", Code: code, Name: "示例地块" + code, Division: "231102",
		Data: data(map[string]any{"land_class": "1", "stage": "preliminary", "listed": "no"}, more...)})
}

func (b *bench) farmland(code string, more ...any) register.Entry {
	b.t.Helper()
	return b.save(register.Entry{Register: "farmland", Code: code, Name: "示例点位" + code, Division: "231102",
		Data: data(map[string]any{"land_use": "other", "category": "undecided", "black_soil": "yes"}, more...)})
}

func (b *bench) well(code string, more ...any) register.Entry {
	b.t.Helper()
	return b.save(register.Entry{Register: "groundwater_well", Code: code, Name: "示例井" + code, Division: "231102",
		Data: data(map[string]any{"purpose": "regional"}, more...)})
}

// read imports lines of a CSV file.
func (b *bench) read(k land.Kind, lines ...string) land.Imported {
	b.t.Helper()
	in, err := b.Import(ctx, city, k, "示例.csv", strings.NewReader(strings.Join(lines, "\n")+"\n"))
	if err != nil {
		b.t.Fatal(err)
	}
	return in
}

// results returns the latest round of a site, or the one named.
func (b *bench) results(id int64, round string) land.SiteResults {
	b.t.Helper()
	r, err := b.Results(ctx, city, id, round)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// verdict returns that of an item of the sample with a number.
func verdict(t testing.TB, r land.SiteResults, code, item string) land.Verdict {
	t.Helper()
	for _, s := range r.Samples {
		if v, ok := s.Verdicts[item]; ok && s.Code == code {
			return v
		}
	}
	t.Fatalf("no verdict on %s of %s: %+v", item, code, r.Samples)
	return land.Verdict{}
}

// problem returns that in a cell.
func problemAt(t testing.TB, in land.Imported, cell string) (text string, note bool) {
	t.Helper()
	for _, p := range in.Problems {
		if p.Cell == cell {
			return p.Text, p.Note
		}
	}
	t.Errorf("nothing is said of cell %s: %v", cell, in.Problems)
	return "", false
}
