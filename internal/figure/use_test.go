package figure_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
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
)

const so2 = "gb3095-2026.transition.so2.24h"

func ref(key string, revision int) standard.Ref {
	return standard.Ref{Table: limits, Key: key, Revision: revision}
}

// day is the use of a day of a station.
func day(subject, division string, refs ...standard.Ref) figure.Use {
	return figure.Use{Result: figure.Result{Kind: "air_day", Subject: subject, Label: "站点 " + subject, Division: access.Division(division)}, Refs: refs}
}

func note(t *testing.T, s *figure.Store, db *sqldb.DB, uses ...figure.Use) {
	t.Helper()
	err := db.InTx(ctx, func(tx *sqldb.Tx) error {
		for _, u := range uses {
			if err := s.Note(ctx, tx, u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// listed writes what Stale returns in short: subject, and key and revisions of
// each row.
func listed(t *testing.T, s *figure.Store, by access.Caller, q figure.StaleQuery) string {
	t.Helper()
	var all []string
	for {
		p, err := s.Stale(ctx, by, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Results {
			text := r.Kind + "/" + r.Subject
			for _, row := range r.Rows {
				text += fmt.Sprintf(" %s %d→%d", strings.TrimPrefix(row.Ref.Key, "gb3095-2026.transition."), row.Ref.Revision, row.Newest)
			}
			all = append(all, text)
		}
		if q.After = p.Next; q.After == "" {
			return strings.Join(all, "; ")
		}
	}
}

func TestStale(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, db *sqldb.DB) {
		note(t, s, db,
			day("a", "231102", ref(pm25, 1), ref(so2, 1)),
			day("b", "231121", ref(pm25, 1)),
			day("c", "231102", ref(so2, 1)),
			figure.Use{Result: figure.Result{Kind: "air_year", Subject: "2026", Label: "全市 2026 年", Division: "2311"}, Refs: []standard.Ref{ref(pm25, 1)}})
		if got := listed(t, s, section, figure.StaleQuery{}); got != "" {
			t.Errorf("before anything is corrected: %s", got)
		}
		correct(t, s, limits, 1, to61)
		const all = "air_day/a pm25.24h 1→2; air_day/b pm25.24h 1→2; air_year/2026 pm25.24h 1→2"
		for _, tt := range []struct {
			name string
			by   access.Caller
			q    figure.StaleQuery
			want string
		}{
			{"all on one page", section, figure.StaleQuery{}, all},
			{"all, one a page", section, figure.StaleQuery{N: 1}, all},
			{"those of a kind", section, figure.StaleQuery{Kind: "air_year"}, "air_year/2026 pm25.24h 1→2"},
			{"those of a row", section, figure.StaleQuery{Table: limits, Key: pm25, N: 2}, all},
			{"those of a row that is not corrected", section, figure.StaleQuery{Table: limits, Key: so2}, ""},
			{"a county sees its own", county, figure.StaleQuery{}, "air_day/b pm25.24h 1→2"},
			{"no scope, no rows", access.Caller{}.Grant("figure.read"), figure.StaleQuery{}, ""},
		} {
			if got := listed(t, s, tt.by, tt.q); got != tt.want {
				t.Errorf("%s: %q; want %q", tt.name, got, tt.want)
			}
		}

		p, err := s.Stale(ctx, county, figure.StaleQuery{})
		if err != nil {
			t.Fatal(err)
		}
		r := p.Results[0]
		if row := r.Rows[0]; r.Label != "站点 b" || row.Was.Cell("class2") != "60" || row.Is.Cell("class2") != "61" || !row.Since.Equal(noon) ||
			row.Changed[0] != (figure.Change{Field: "class2", From: "60", To: "61"}) {
			t.Errorf("stale %+v", r)
		}

		// Made again with the new figure, a is as it should be, until that of SO2
		// is corrected too.
		note(t, s, db, day("a", "231102", ref(pm25, 2), ref(so2, 1)))
		correct(t, s, limits, 1, standard.Correction{Key: so2, Source: "另一来源", Reason: "补充来源"})
		if got := listed(t, s, section, figure.StaleQuery{Kind: "air_day"}); got != "air_day/a so2.24h 1→2; air_day/b pm25.24h 1→2; air_day/c so2.24h 1→2" {
			t.Errorf("after a was made again: %s", got)
		}
	})
}

func TestStaleWithoutChange(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, db *sqldb.DB) {
		note(t, s, db, day("a", "231102", ref(pm25, 1)))
		correct(t, s, limits, 1, to61)
		correct(t, s, limits, 2, standard.Correction{Key: pm25, Cells: map[string]string{"class2": "60"}, Confidence: standard.Source, Source: shippedSource(t), Reason: "改回"})
		p, err := s.Stale(ctx, section, figure.StaleQuery{})
		if err != nil || len(p.Results) != 1 || p.Results[0].Rows[0].Newest != 3 || p.Results[0].Rows[0].Changed != nil {
			t.Errorf("corrected back the result is listed, with nothing changed: %+v, %v", p, err)
		}

		gone := open(t, db, changedFiles(t, limits, pm25+"\t", "another\t"))
		p, err = gone.Stale(ctx, section, figure.StaleQuery{})
		if err != nil || len(p.Results) != 1 || p.Results[0].Rows[0].Was.Key != "" || p.Results[0].Rows[0].Ref != ref(pm25, 1) {
			t.Errorf("a row that is gone from the catalog: %+v, %v", p, err)
		}
	})
}

func TestNote(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, db *sqldb.DB) {
		uses := func(by access.Caller, r standard.Ref) string {
			t.Helper()
			var all []string
			for after := ""; ; {
				page, next, err := s.Uses(ctx, by, r, after, 2)
				if err != nil {
					t.Fatal(err)
				}
				for _, u := range page {
					all = append(all, fmt.Sprintf("%s@%d %s", u.Subject, u.Revision, u.Since.Format("15:04")))
				}
				if after = next; after == "" {
					return strings.Join(all, " ")
				}
			}
		}
		expect := func(name, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %q; want %q", name, got, want)
			}
		}
		note(t, s, db, day("a", "231102", ref(pm25, 2), ref(pm25, 1), ref(so2, 1)), day("b", "231121", ref(pm25, 1)), day("c", "231102", ref(pm25, 2)))
		expect("the oldest of two revisions counts", uses(section, ref(pm25, 0)), "a@1 12:00 b@1 12:00 c@2 12:00")
		expect("one revision", uses(section, ref(pm25, 2)), "c@2 12:00")
		expect("a county sees its own", uses(county, ref(pm25, 0)), "b@1 12:00")

		db.Clock = clock.Fixed(noon.Add(time.Hour))
		note(t, s, db, day("a", "231102", ref(so2, 1), ref(pm25, 1)), day("b", "231121", ref(pm25, 2)))
		expect("the same again leaves the time, another revision does not", uses(section, ref(pm25, 0)), "a@1 12:00 b@2 13:00 c@2 12:00")
		note(t, s, db, day("a", "231121", ref(so2, 1)), day("c", "231102"))
		expect("what a result no longer rests on is gone", uses(section, ref(pm25, 0)), "b@2 13:00")
		expect("the place goes with the result", uses(county, ref(so2, 0)), "a@1 13:00")

		failed := errors.New("the result was not stored")
		if err := db.InTx(ctx, func(tx *sqldb.Tx) error {
			if err := s.Note(ctx, tx, day("b", "231121", ref(pm25, 1))); err != nil {
				return err
			}
			return failed
		}); !errors.Is(err, failed) {
			t.Fatal(err)
		}
		expect("a note falls with its transaction", uses(section, ref(pm25, 0)), "b@2 13:00")
	})
}

func TestNoteMany(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, db *sqldb.DB) {
		var refs []standard.Ref
		for i := range 1203 {
			refs = append(refs, ref(fmt.Sprint("row", i), 1))
		}
		note(t, s, db, day("a", "231102", refs...))
		slices.Reverse(refs)
		note(t, s, db, day("a", "231102", refs...))
		if n := count(t, db, "figure_uses"); n != 1203 {
			t.Errorf("%d rows; want 1203", n)
		}
	})
}

func TestNoteRefuses(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, db *sqldb.DB) {
		for name, u := range map[string]figure.Use{
			"no kind":             {Result: figure.Result{Subject: "a"}},
			"a kind with spaces":  {Result: figure.Result{Kind: "air day", Subject: "a"}},
			"no subject":          {Result: figure.Result{Kind: "air_day"}},
			"a row of revision 0": day("a", "231102", ref(pm25, 0)),
			"a row of no table":   day("a", "231102", standard.Ref{Key: pm25, Revision: 1}),
		} {
			err := db.InTx(ctx, func(tx *sqldb.Tx) error { return s.Note(ctx, tx, u) })
			if !fault.Is(err, fault.Internal) {
				t.Errorf("%s: %v; want Internal", name, err)
			}
		}
		if n := count(t, db, "figure_uses"); n != 0 {
			t.Errorf("what was refused left %d rows", n)
		}
	})
}

func BenchmarkStale(b *testing.B) {
	db := sqldbtest.SQLite(b, journal.Migrations, figure.Migrations)
	s, err := figure.New(db, catalog.FS(""))
	if err != nil {
		b.Fatal(err)
	}
	err = db.InTx(ctx, func(tx *sqldb.Tx) error {
		for i := range 30 * 365 {
			if err := s.Note(ctx, tx, day(fmt.Sprint(i), "231102", ref(pm25, 1), ref(so2, 1))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Correct(ctx, section, limits, 1, to61); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if p, err := s.Stale(ctx, section, figure.StaleQuery{}); err != nil || len(p.Results) != 50 {
			b.Fatal(len(p.Results), err)
		}
	}
}
