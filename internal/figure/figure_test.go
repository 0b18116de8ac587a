package figure_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/figure"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/standard"
	"pingzhang/standard/air"
)

var (
	ctx     = context.Background()
	section = access.Caller{Login: "section", Name: "王科长", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231100"}}}.
		Grant("figure.read", "figure.correct")
	county = access.Caller{Login: "county", Name: "分局", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231121"}}}.
		Grant("figure.read")
	noon = time.Date(2026, 9, 1, 12, 0, 0, 0, clock.Shanghai)
)

// The limit of PM2.5 of a day, class 2, GB 3095-2026 table 1, transition: 60 µg/m³.
const (
	limits = "air_limits"
	pm25   = "gb3095-2026.transition.pm25.24h"
)

// to61 corrects it, as somebody would who has read another figure.
var to61 = standard.Correction{Key: pm25, Cells: map[string]string{"class2": " 61 ", "class1": "35"},
	Confidence: standard.SourceSecondary, Source: "示例转载", Reason: "与转载不一致", By: "someone else", At: "1999-01-01T00:00:00+08:00"}

func each(t *testing.T, test func(t *testing.T, s *figure.Store, db *sqldb.DB)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		db.Clock = clock.Fixed(noon)
		test(t, open(t, db, catalog.FS("")), db)
	}, journal.Migrations, figure.Migrations)
}

func open(t *testing.T, db *sqldb.DB, files fs.FS) *figure.Store {
	t.Helper()
	s, err := figure.New(db, files)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func correct(t *testing.T, s *figure.Store, table string, seen int, c standard.Correction) standard.Ref {
	t.Helper()
	ref, err := s.Correct(ctx, section, table, seen, c)
	if err != nil {
		t.Fatalf("Correct(%s): %v %v", c.Key, err, fault.FieldsOf(err))
	}
	return ref
}

func books(t *testing.T, s *figure.Store) figure.Books {
	t.Helper()
	b, err := s.Books(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// maxPM25 is the limit that the Book of air reckons with.
func maxPM25(t *testing.T, s *figure.Store) string {
	t.Helper()
	l, ok := books(t, s).Air.Limit(air.PM25, air.Day, air.Class2, "2026-09-01")
	if !ok {
		t.Fatal("there is no limit")
	}
	return l.Max.String()
}

func count(t *testing.T, db *sqldb.DB, table string) int64 {
	t.Helper()
	n, _, err := sqldb.Value[int64](ctx, db, `SELECT COUNT(*) FROM `+table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// changedFiles is the catalog's standards with text replaced in one file.
func changedFiles(t *testing.T, name, old, new string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	all, err := fs.Glob(catalog.FS(""), "standards/*.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		data, err := fs.ReadFile(catalog.FS(""), path)
		if err != nil {
			t.Fatal(err)
		}
		if path == "standards/"+name+".tsv" {
			if !strings.Contains(string(data), old) {
				t.Fatalf("%s does not hold %q", path, old)
			}
			data = []byte(strings.Replace(string(data), old, new, 1))
		}
		files[path] = &fstest.MapFile{Data: data}
	}
	return files
}

func TestCorrect(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, db *sqldb.DB) {
		other := open(t, db, catalog.FS(""))
		before := books(t, s)
		if maxPM25(t, s) != "60" || maxPM25(t, other) != "60" {
			t.Fatal("the shipped limit is not 60")
		}
		ref := correct(t, s, limits, 1, to61)
		if want := (standard.Ref{Table: limits, Key: pm25, Revision: 2}); ref != want {
			t.Errorf("the correction is %v; want %v", ref, want)
		}
		if maxPM25(t, s) != "61" || maxPM25(t, other) != "61" {
			t.Errorf("the Books say %s here and %s at the other node; want 61", maxPM25(t, s), maxPM25(t, other))
		}
		if l, _ := before.Air.Limit(air.PM25, air.Day, air.Class2, "2026-09-01"); l.Max.String() != "60" {
			t.Error("Books that were asked for before have changed")
		}
		if again := books(t, s); again != books(t, s) {
			t.Error("Books are made anew where nothing was corrected")
		}

		table, err := s.Table(ctx, limits)
		if err != nil {
			t.Fatal(err)
		}
		all := table.Revisions(pm25)
		if len(all) != 2 || all[0].Cell("class2") != "60" || all[0].Citation.Confidence != standard.Source {
			t.Fatalf("the older revision is not as it was: %+v", all)
		}
		if r := all[1]; r.Cell("class2") != "61" || r.By != "王科长" || r.At != "2026-09-01T12:00:00+08:00" || r.Reason != to61.Reason ||
			r.Citation.Confidence != standard.SourceSecondary || r.Citation.Source != "示例转载" {
			t.Errorf("the correction is %+v", r)
		}
		cells, _, err := sqldb.Value[string](ctx, db, `SELECT cells FROM figure_corrections`)
		if err != nil || cells != `{"class2":"61"}` {
			t.Errorf("stored cells %s, %v; want the one that changes", cells, err)
		}

		// Undone by another correction, the figure alone is as before.
		back := standard.Correction{Key: pm25, Cells: map[string]string{"class2": "60"}, Confidence: standard.Source, Source: "GB 3095-2026 原文", Reason: "已核对原文"}
		if ref := correct(t, other, limits, 2, back); ref.Revision != 3 || maxPM25(t, s) != "60" {
			t.Errorf("undone as %v, limit %s", ref, maxPM25(t, s))
		}
	})
}

func TestCorrectStandsInTheJournal(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, db *sqldb.DB) {
		correct(t, s, limits, 1, to61)
		keys, err := journal.OpenKeys(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		log := journal.New(db, keys, "test")
		if _, err := log.Checkpoint(ctx, noon); err != nil {
			t.Fatal(err)
		}
		correct(t, s, limits, 2, standard.Correction{Key: pm25, Source: "另一转载", Reason: "补充来源"})
		report, err := log.Verify(ctx, noon)
		if err != nil || !report.OK() || report.Rows != 2 || report.Matched != 1 {
			t.Errorf("verification %+v, %v", report, err)
		}
		type entry struct {
			Act    string `db:"act"`
			By     string `db:"by_login"`
			Object string `db:"object"`
			Detail string `db:"detail"`
		}
		got, err := sqldb.All[entry](ctx, db, `SELECT act, by_login, object, detail FROM journal ORDER BY seq`)
		want := []entry{
			{"figure.correct", "section", "figure/air_limits/" + pm25, `{"changed":[{"field":"class2","from":"60","to":"61"},` +
				`{"field":"confidence","from":"source","to":"source-secondary"},` +
				`{"field":"source","from":"` + shippedSource(t) + `","to":"示例转载"}],"reason":"与转载不一致","revision":2}`},
			{"figure.correct", "section", "figure/air_limits/" + pm25, `{"changed":[{"field":"source","from":"示例转载","to":"另一转载"}],"reason":"补充来源","revision":3}`},
		}
		if err != nil || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("journal %+v, %v;\nwant %+v", got, err, want)
		}
	})
}

func shippedSource(t *testing.T) string {
	t.Helper()
	table, err := standard.LoadTable(catalog.FS(""), "standards/air_limits.tsv")
	if err != nil {
		t.Fatal(err)
	}
	r, _ := table.Row(pm25)
	return r.Citation.Source
}

func TestCorrectRefuses(t *testing.T) {
	with := func(f func(c *standard.Correction)) standard.Correction {
		c := to61
		c.Cells = map[string]string{"class2": "61"}
		f(&c)
		return c
	}
	tests := []struct {
		name  string
		by    access.Caller
		table string
		seen  int
		c     standard.Correction
		kind  fault.Kind
		want  string // a field, or else part of the sentence
	}{
		{"who may not", county, limits, 1, to61, fault.Denied, "没有进行此操作的权限"},
		{"a table that is not there", section, "no_such", 1, to61, fault.Invalid, "table"},
		{"a row that is not there", section, limits, 1, with(func(c *standard.Correction) { c.Key = "nothing" }), fault.Invalid, "key"},
		{"a column that is not there", section, limits, 1, with(func(c *standard.Correction) { c.Cells["class3"] = "1" }), fault.Invalid, "cells.class3"},
		{"a cell with a tab", section, limits, 1, with(func(c *standard.Correction) { c.Cells["unit"] = "µg\t/m³" }), fault.Invalid, "cells.unit"},
		{"no reason", section, limits, 1, with(func(c *standard.Correction) { c.Reason = " " }), fault.Invalid, "reason"},
		{"a reason with a NUL", section, limits, 1, with(func(c *standard.Correction) { c.Reason = "a\x00" }), fault.Invalid, "reason"},
		{"a source that is too long", section, limits, 1, with(func(c *standard.Correction) { c.Source = strings.Repeat("长", 2001) }), fault.Invalid, "source"},
		{"a new figure does not inherit the confidence of the old", section, limits, 1, with(func(c *standard.Correction) { c.Confidence = "" }), fault.Invalid, "confidence"},
		{"a confidence nobody knows", section, limits, 1, with(func(c *standard.Correction) { c.Confidence = "sure" }), fault.Invalid, "confidence"},
		{"verified by nothing", section, limits, 1, with(func(c *standard.Correction) { c.Confidence, c.Source = standard.Source, "" }), fault.Invalid, "source"},
		{"nothing changes", section, limits, 1, standard.Correction{Key: pm25, Cells: map[string]string{"class2": "60"}, Confidence: standard.Source, Source: shippedSource(t), Reason: "x"}, fault.Invalid, "没有改动"},
		{"a revision that does not exist", section, limits, 2, to61, fault.Conflict, "现在是第 1 版"},
		{"a figure that is no number: the Book's own sentence", section, limits, 1, with(func(c *standard.Correction) { c.Cells["class2"] = "六十" }), fault.Invalid, "air_limits：行 " + pm25 + " 的 class2 一列"},
		{"a breakpoint below the one before it", section, "aqi_breakpoints", 1, standard.Correction{Key: "hj633-2012.so2.24h.100", Cells: map[string]string{"concentration": "40"}, Confidence: standard.Memory, Reason: "x"}, fault.Invalid, "没有保存"},
	}
	each(t, func(t *testing.T, s *figure.Store, db *sqldb.DB) {
		before := books(t, s)
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				_, err := s.Correct(ctx, tt.by, tt.table, tt.seen, tt.c)
				if !fault.Is(err, tt.kind) || fault.FieldsOf(err)[tt.want] == "" && !strings.Contains(fault.Text(err), tt.want) {
					t.Errorf("Correct: %v, fields %v; want %s with %s", err, fault.FieldsOf(err), tt.kind, tt.want)
				}
				if n := count(t, db, "figure_corrections") + count(t, db, "journal"); n != 0 {
					t.Errorf("what was refused left %d rows", n)
				}
				if books(t, s) != before {
					t.Error("the Books have changed")
				}
			})
		}
	})
}

func TestCorrectConflict(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, db *sqldb.DB) {
		const writers = 6
		results := make(chan error)
		for range writers {
			go func() {
				_, err := s.Correct(ctx, section, limits, 1, to61)
				results <- err
			}()
		}
		var good int
		for range writers {
			err := <-results
			switch {
			case err == nil:
				good++
			case !fault.Is(err, fault.Conflict) || !strings.Contains(fault.Text(err), "王科长更正为第 2 版"):
				t.Errorf("the later is told %v", err)
			}
		}
		if good != 1 || count(t, db, "figure_corrections") != 1 || count(t, db, "journal") != 1 {
			t.Errorf("%d of %d corrections of one revision passed", good, writers)
		}
	})
}

// Each raises or lowers one corner; both together would leave the corners of
// the line out of order.
func TestCorrectTogether(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, _ *sqldb.DB) {
		results := make(chan error)
		for key, value := range map[string]string{"hj633-2012.so2.24h.100": "400", "hj633-2012.so2.24h.150": "200"} {
			go func() {
				_, err := s.Correct(ctx, section, "aqi_breakpoints", 1, standard.Correction{Key: key,
					Cells: map[string]string{"concentration": value}, Confidence: standard.Memory, Reason: "x"})
				results <- err
			}()
		}
		first, second := <-results, <-results
		if (first == nil) == (second == nil) {
			t.Errorf("of two corrections that do not go together one passes: %v, %v", first, second)
		}
		books(t, s)
	})
}

// A corrected rule of automatic monitoring is in force for whoever asks next.
func TestCorrectMonitoring(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, _ *sqldb.DB) {
		hours := func() standard.Requirement {
			return books(t, s).Emission.Monitoring().Validity(standard.WasteGas, "2026-03-01").Hours
		}
		if was := hours(); was.Least != 20 || was.Ref.Revision != 1 {
			t.Fatalf("%+v", was)
		}
		correct(t, s, standard.RulesTable, 1, standard.Correction{
			Key: "废气-日均值最少小时数", Cells: map[string]string{"value": "18"}, Confidence: standard.Source, Source: "示例原文", Reason: "示例",
		})
		if is := hours(); is.Least != 18 || is.Ref.Revision != 2 || !is.Citation.Confidence.Verified() {
			t.Errorf("%+v", is)
		}
		_, err := s.Correct(ctx, section, standard.RulesTable, 2, standard.Correction{
			Key: "废气-日均值最少小时数", Cells: map[string]string{"value": "25"}, Confidence: standard.Memory, Reason: "示例",
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a day of 25 hours: %v", err)
		}
	})
}

func TestCorrectEveryShelf(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, _ *sqldb.DB) {
		before := books(t, s)
		for _, table := range []string{"water_gb3838", "soil_gb15618", "emission_gb13271", "carbon_grid"} {
			all, err := s.Table(ctx, table)
			if err != nil {
				t.Fatal(err)
			}
			correct(t, s, table, 1, standard.Correction{Key: all.Rows()[0].Key, Source: "另一来源", Reason: "补充来源"})
		}
		after := books(t, s)
		if after.Water == before.Water || after.Soil == before.Soil || after.Emission == before.Emission || after.Carbon == before.Carbon {
			t.Error("a Book is still the one from before its correction")
		}
	})
}

func TestNewRefusesWrongFiles(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"a word that is no confidence", "\tsource\thttp", "\tsure\thttp", "confidence 一列只能是"},
		{"a figure that is no number", "\tannual\t20\t", "\tannual\ttwenty\t", "air_limits：行 gb3095-2012.so2.annual"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := figure.Check(changedFiles(t, limits, tt.old, tt.new))
			if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.want) {
				t.Errorf("Check: %v; want Invalid with %s", err, tt.want)
			}
		})
	}
}

func TestLaterCatalog(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, db *sqldb.DB) {
		correct(t, s, limits, 1, standard.Correction{Key: pm25, Cells: map[string]string{"condition": "某状态"}, Confidence: standard.Memory, Reason: "甲"})
		correct(t, s, limits, 2, to61)
		if all, err := s.Adrift(ctx, section); err != nil || len(all) != 0 {
			t.Errorf("adrift %+v, %v; want none", all, err)
		}

		renamed := open(t, db, changedFiles(t, limits, "\tcondition\t", "\tstate\t"))
		if got := maxPM25(t, renamed); got != "61" {
			t.Errorf("without the column of the first correction the second gives %s; want 61", got)
		}
		table, _ := renamed.Table(ctx, limits)
		if r, _ := table.Row(pm25); r.Revision != 3 {
			t.Errorf("the row is revision %d; want 3 as before", r.Revision)
		}
		if all, err := renamed.Adrift(ctx, section); err != nil || len(all) != 1 || all[0].Ref.Revision != 2 || all[0].Lost != "表中已没有 condition 一列" || all[0].By != "王科长" {
			t.Errorf("adrift %+v, %v", all, err)
		}

		gone := open(t, db, changedFiles(t, limits, pm25+"\t", "another\t"))
		if all, err := gone.Adrift(ctx, section); err != nil || len(all) != 2 || maxPM25(t, gone) != "60" {
			t.Errorf("adrift %+v, %v, limit %s", all, err, maxPM25(t, gone))
		}

		// A correction that later Books no longer take.
		wrong := open(t, db, catalog.FS(""))
		run(t, db, `UPDATE figure_corrections SET cells = '{"class2":"六十"}' WHERE revision = 3`, `UPDATE figure_revision SET rev = rev + 1`)
		if _, err := wrong.Books(ctx); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), "class2") {
			t.Errorf("Books: %v", err)
		}
		c := to61
		c.Cells = map[string]string{"class2": "62"}
		if correct(t, wrong, limits, 3, c); maxPM25(t, wrong) != "62" {
			t.Errorf("another correction puts it right: %s", maxPM25(t, wrong))
		}
	})
}

func run(t *testing.T, db *sqldb.DB, statements ...string) {
	t.Helper()
	if err := db.InTx(ctx, func(tx *sqldb.Tx) error {
		for _, q := range statements {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkBooks(b *testing.B) {
	db := sqldbtest.SQLite(b, journal.Migrations, figure.Migrations)
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			if _, err := figure.New(db, catalog.FS("")); err != nil {
				b.Fatal(err)
			}
		}
	})
	s, err := figure.New(db, catalog.FS(""))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Books(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
}
