package measure_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

var ctx = context.Background()

// at is a time of the tests' day.
func at(hour, minute int) int64 {
	return time.Date(2026, 3, 9, hour, minute, 0, 0, clock.Shanghai).Unix()
}

// place is where a store of a test lives; open may be called again, as after a
// restart.
type place struct {
	open func(t testing.TB) *measure.Store
	app  *sqldb.DB
	dir  string // of the files, on SQLite
}

// each runs a test on both engines.
func each(t *testing.T, test func(t *testing.T, p place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, onSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, onPostgres(t)) })
}

func onPostgres(t testing.TB) place {
	db := sqldbtest.Postgres(t, measure.Migrations)
	return place{app: db, open: func(t testing.TB) *measure.Store { return opened(t, measure.Config{DB: db}) }}
}

func onSQLite(t testing.TB) place {
	dir, app := t.TempDir(), sqldbtest.SQLite(t, measure.Migrations)
	return place{app: app, dir: dir, open: func(t testing.TB) *measure.Store {
		return opened(t, measure.Config{Dir: dir, App: app, CacheMiB: 8})
	}}
}

func opened(t testing.TB, c measure.Config) *measure.Store {
	t.Helper()
	s, err := measure.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// cells reads "a21026 Avg=1.50 Flag=N; a34013 Avg=2".
func cells(text string) measure.Cells {
	var all []measure.Cell
	for _, factor := range strings.Split(text, ";") {
		words := strings.Fields(factor)
		for _, w := range words[1:] {
			name, value, _ := strings.Cut(w, "=")
			all = append(all, measure.Cell{Factor: words[0], Field: name, Text: value})
		}
	}
	return measure.Pack(all...)
}

// minute is a minute frame of point 1 that arrived on time.
func minute(at int64, text string) measure.Frame {
	return measure.Frame{Point: 1, Kind: measure.Minute, At: at, QN: at*1000 + 60_000, Received: at + 61, Cells: cells(text)}
}

func mustAppend(t testing.TB, s *measure.Store, frames ...measure.Frame) measure.Result {
	t.Helper()
	res, err := s.Append(ctx, frames)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// line writes a row as the tests compare it.
func line(r measure.Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", clock.Unix(r.At).Format("15:04"), r.Factor)
	for _, v := range r.Values {
		fmt.Fprintf(&b, " %s=%s", v.Field, v.Text)
	}
	fmt.Fprintf(&b, " rev %d", r.Revision)
	return b.String()
}

func lines(t testing.TB, s *measure.Store, q measure.RowQuery) []string {
	t.Helper()
	var all []string
	err := s.Rows(ctx, q, func(r measure.Row) error {
		all = append(all, line(r))
		for _, o := range r.Superseded {
			var words []string
			for _, v := range o.Values {
				words = append(words, v.Field+"="+v.Text)
			}
			all = append(all, "  was "+strings.Join(words, " "))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var wholeDay = measure.RowQuery{Point: 1, Kind: measure.Minute, From: at(0, 0), To: at(24, 0), Superseded: true}

func wantLines(t testing.TB, got []string, want ...string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

func TestAppend(t *testing.T) {
	a := minute(at(8, 0), "a21026 Avg=38.50 Flag=N")
	later := minute(at(8, 0), "a21026 Avg=37.00 Flag=N")
	later.QN = a.QN + 5000
	larger := minute(at(8, 0), "a21026 Avg=38.60 Flag=N")
	smaller := minute(at(8, 0), "a21026 Avg=12.00 Flag=N")
	half := minute(at(8, 0), "a34013 Avg=+1 Flag=N")
	half.QN++
	for _, tt := range []struct {
		name   string
		frames []measure.Frame
		last   measure.Status
		want   []string
	}{
		{"the text comes back as it was reported", []measure.Frame{a}, measure.New,
			[]string{"08:00 a21026 Avg=38.50 Flag=N rev 1"}},
		{"the same frame again changes nothing", []measure.Frame{a, a}, measure.Same,
			[]string{"08:00 a21026 Avg=38.50 Flag=N rev 1"}},
		{"two halves of a split message become one row", []measure.Frame{a, half}, measure.New,
			[]string{"08:00 a21026 Avg=38.50 Flag=N rev 1", "08:00 a34013 Avg=+1 Flag=N rev 1"}},
		{"a later QN wins, and what it superseded is kept", []measure.Frame{a, later}, measure.Changed,
			[]string{"08:00 a21026 Avg=37.00 Flag=N rev 2", "  was Avg=38.50 Flag=N"}},
		{"an earlier QN that comes late does not win", []measure.Frame{later, a}, measure.Changed,
			[]string{"08:00 a21026 Avg=37.00 Flag=N rev 2", "  was Avg=38.50 Flag=N"}},
		{"with equal QN the larger text wins", []measure.Frame{larger, a, smaller}, measure.Changed,
			[]string{"08:00 a21026 Avg=38.60 Flag=N rev 3", "  was Avg=38.50 Flag=N", "  was Avg=12.00 Flag=N"}},
		{"a content that was superseded is known", []measure.Frame{larger, a, a}, measure.Same,
			[]string{"08:00 a21026 Avg=38.60 Flag=N rev 2", "  was Avg=38.50 Flag=N"}},
		{"another text of the same number is another content", []measure.Frame{a, minute(at(8, 0), "a21026 Avg=38.5 Flag=N")}, measure.Changed,
			[]string{"08:00 a21026 Avg=38.50 Flag=N rev 2", "  was Avg=38.5 Flag=N"}},
		{"odd texts are kept as they are", []measure.Frame{minute(at(8, 1), "w01018 Avg=007 Min=.5 Max=NaN Cou=-- ZsAvg= Flag=")}, measure.New,
			[]string{"08:01 w01018 Avg=007 Min=.5 Max=NaN Cou=-- ZsAvg= Flag= rev 1"}},
		{"a frame without cells is refused", []measure.Frame{a, {Point: 1, Kind: measure.Minute, At: at(9, 0)}}, measure.Refused,
			[]string{"08:00 a21026 Avg=38.50 Flag=N rev 1"}},
		{"a frame of no point, or of another age, is refused", []measure.Frame{a, {Kind: measure.Minute, At: at(9, 0), Cells: a.Cells}, {Point: 1, Kind: measure.Minute, At: 1e11, Cells: a.Cells}}, measure.Refused,
			[]string{"08:00 a21026 Avg=38.50 Flag=N rev 1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, p place) {
				s := p.open(t)
				var last measure.Outcome
				for _, f := range tt.frames { // one commit each
					last = mustAppend(t, s, f).Frames[0]
				}
				if last.Status != tt.last || last.Provisional {
					t.Errorf("the last frame is %s (provisional %t), want %s", last.Status, last.Provisional, tt.last)
				}
				wantLines(t, lines(t, s, wholeDay), tt.want...)

				s = p.open(t) // a restart
				if err := s.Seal(ctx, at(24, 0)); err != nil {
					t.Fatal(err)
				}
				wantLines(t, lines(t, s, wholeDay), tt.want...)

				s2 := onSQLite(t).open(t)
				mustAppend(t, s2, tt.frames...) // one commit for all
				wantLines(t, lines(t, s2, wholeDay), tt.want...)
			})
		})
	}
}
