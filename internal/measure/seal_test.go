package measure_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
)

func TestSealKeepsWhatIsNotOver(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		mustAppend(t, s, minute(at(8, 59), "a21026 Avg=1 Flag=N"), minute(at(9, 0), "a21026 Avg=2 Flag=N"), frame(measure.Hour, at(8, 0), "a21026 Avg=3 Flag=N"))
		if err := s.Seal(ctx, at(9, 59)); err != nil {
			t.Fatal(err)
		}
		// What is sealed is answered provisionally, the rest is not.
		res := mustAppend(t, s, minute(at(8, 59), "a21026 Avg=7 Flag=N"), minute(at(9, 0), "a21026 Avg=2 Flag=N"), frame(measure.Hour, at(8, 0), "a21026 Avg=3 Flag=N"))
		got := fmt.Sprint(res.Frames)
		if want := fmt.Sprint([]measure.Outcome{{measure.New, true}, {measure.Same, false}, {measure.Same, false}}); got != want {
			t.Errorf("outcomes %s, want %s", got, want)
		}
		want := []string{"08:59 a21026 Avg=7 Flag=N rev 2", "  was Avg=1 Flag=N", "09:00 a21026 Avg=2 Flag=N rev 1"}
		wantLines(t, lines(t, s, wholeDay), want...)
		if err := s.Seal(ctx, at(24, 0)); err != nil {
			t.Fatal(err)
		}
		wantLines(t, lines(t, s, wholeDay), want...)
		s = p.open(t)
		if o := mustAppend(t, s, minute(at(8, 59), "a21026 Avg=7 Flag=N")).Frames[0]; !o.Provisional {
			t.Error("after a restart the store does not know what it sealed")
		}
		if got := curve(t, s, "Avg"); got != "7 2" {
			t.Errorf("curve %s", got)
		}
	})
}

// chunks returns how many rows the chunk table of the tests' month has.
func chunks(t *testing.T, p place) int64 {
	t.Helper()
	db := p.app
	if p.dir != "" {
		var err error
		if db, err = sqldb.OpenSQLite(ctx, filepath.Join(p.dir, "ts-202603.db"), 1); err != nil {
			t.Fatal(err)
		}
		defer db.Close()
	}
	n, _, err := sqldb.Value[int64](ctx, db, `SELECT COUNT(*) FROM chunk`)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestADayBecomesOneChunk(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		var all []string
		for h := range 24 {
			if h < 20 { // nothing comes in the last hours
				mustAppend(t, s, minute(at(h, 0), fmt.Sprintf("a21026 Avg=%d Flag=N", h)))
				all = append(all, fmt.Sprint(h))
			}
			if err := s.Seal(ctx, at(h+1, 0)); err != nil {
				t.Fatal(err)
			}
			if h == 10 && chunks(t, p) != 11 {
				t.Errorf("at eleven there are %d chunks, want one an hour", chunks(t, p))
			}
			if got := curve(t, s, "Avg"); got != strings.Join(all, " ") {
				t.Fatalf("after hour %d: %s", h, got)
			}
		}
		if n := chunks(t, p); n != 1 {
			t.Errorf("after the day there are %d chunks, want one", n)
		}
		// Late and changed ones take the same road, into the same chunk.
		mustAppend(t, s, minute(at(3, 30), "a21026 Avg=3.5 Flag=N"), minute(at(4, 0), "a21026 Avg=44 Flag=N"))
		for range 2 {
			if got := curve(t, s, "Avg"); got != strings.Replace(strings.Join(all, " "), " 4 ", " 3.5 44 ", 1) {
				t.Errorf("with late frames: %s", got)
			}
			if err := s.Seal(ctx, at(25, 0)); err != nil {
				t.Fatal(err)
			}
		}
		if n := chunks(t, p); n != 1 {
			t.Errorf("after late frames there are %d chunks, want one", n)
		}
	})
}

func TestEmptyPartitionsAreDropped(t *testing.T) {
	p := onPostgres(t)
	s := p.open(t)
	partitions := func() int64 {
		n, _, err := sqldb.Value[int64](ctx, p.app, `SELECT COUNT(*) FROM pg_inherits WHERE inhparent = 'hot'::regclass`)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	mustAppend(t, s, minute(at(8, 0), "a21026 Avg=1"), minute(at(24, 0), "a21026 Avg=1"))
	if n := partitions(); n != 2 {
		t.Fatalf("%d partitions of hot for two days", n)
	}
	other := p.open(t) // another node, which remembers that the partition is there
	mustAppend(t, other, minute(at(8, 1), "a21026 Avg=2"))
	if err := s.Seal(ctx, at(24, 0)); err != nil {
		t.Fatal(err)
	}
	if n := partitions(); n != 1 {
		t.Errorf("%d partitions of hot after the first day was sealed, want 1", n)
	}
	mustAppend(t, other, minute(at(8, 2), "a21026 Avg=3"))
	if got := curve(t, s, "Avg"); got != "1 2 3" {
		t.Errorf("curve %s", got)
	}
}

func TestDamagedChunk(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func(b []byte) []byte
	}{
		{"a flipped bit is found", func(b []byte) []byte { b[len(b)/2] ^= 4; return b }},
		{"a chunk cut short is found", func(b []byte) []byte { return b[:len(b)-9] }},
		{"no bytes are found", func([]byte) []byte { return []byte{} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, p place) {
				s := p.open(t)
				f := minute(at(8, 0), "a21026 Avg=1 Flag=N")
				other := f
				other.Point = 2
				mustAppend(t, s, f, other)
				if err := s.Seal(ctx, at(24, 0)); err != nil {
					t.Fatal(err)
				}
				s.Close()
				db := p.app
				if p.dir != "" {
					var err error
					if db, err = sqldb.OpenSQLite(ctx, filepath.Join(p.dir, "ts-202603.db"), 1); err != nil {
						t.Fatal(err)
					}
				}
				err := db.InTx(ctx, func(tx *sqldb.Tx) error {
					b, _, err := sqldb.Value[[]byte](ctx, tx, `SELECT b FROM chunk WHERE point = 1`)
					if err != nil {
						return err
					}
					return tx.ExecOne(ctx, `UPDATE chunk SET b = $1 WHERE point = 1`, tt.damage(b))
				})
				if err != nil {
					t.Fatal(err)
				}
				if p.dir != "" {
					db.Close()
				}
				s = p.open(t)
				check := func(err error) {
					t.Helper()
					var d *measure.Damaged
					if !errors.As(err, &d) || d.Point != 1 || d.Kind != measure.Minute || d.Start != at(0, 0) || d.File == "" {
						t.Fatalf("got %v, want a *Damaged of point 1 and its day", err)
					}
					if text := fault.Text(err); !strings.Contains(text, "监测点 1") || !strings.Contains(text, "2026-03-09") || !strings.Contains(text, d.File) {
						t.Errorf("the sentence is %s", text)
					}
				}
				q := measure.RangeQuery{Point: 1, Kind: measure.Minute, From: at(0, 0), To: at(24, 0)}
				check(s.Range(ctx, q, func(*measure.Block) error { return nil }))
				check(s.Rows(ctx, wholeDay, func(measure.Row) error { return nil }))
				// The damage stops neither others nor what comes late.
				mustAppend(t, s, minute(at(8, 1), "a21026 Avg=2 Flag=N"))
				late := other
				late.At += 60
				mustAppend(t, s, late)
				check(s.Seal(ctx, at(24, 0)))
				whole := wholeDay
				whole.Point = 2
				if got := lines(t, s, whole); len(got) != 2 {
					t.Errorf("the other point has %q", got)
				}
				alone := wholeDay
				alone.From, alone.To = at(8, 1), at(8, 2)
				check(s.Rows(ctx, alone, func(measure.Row) error { return nil })) // unknown, not missing
			})
		})
	}
}

func TestDiskFull(t *testing.T) {
	p := onSQLite(t)
	s := p.open(t)
	first := minute(at(8, 0), "a21026 Avg=1 Flag=N")
	mustAppend(t, s, first)
	judged(t, s)
	measure.LimitPages(t, s)
	var many []measure.Frame
	for m := range 2000 {
		f := minute(at(9, m), "a21026 Avg=1.25 Min=1.00 Max=1.75 Flag=N; a34013 Avg=2.5")
		f.Raw = []byte(strings.Repeat(fmt.Sprint(m), 40))
		many = append(many, f)
	}
	if _, err := s.Append(ctx, many); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("on a full disk Append gives %v, want fault.Unavailable", err)
	}
	check := func() {
		t.Helper()
		wantLines(t, lines(t, s, wholeDay), "08:00 a21026 Avg=1 Flag=N rev 1")
		wantLines(t, dirty(t, s))
		latest, err := s.Latest(ctx, 1)
		if err != nil || len(latest) != 1 || latest[0].At != at(8, 0) {
			t.Errorf("the latest is %v, %v", latest, err)
		}
	}
	check()
	s = p.open(t) // the limit ends with the connection
	check()
	if res := mustAppend(t, s, many...); res.New != len(many) {
		t.Errorf("with room again: %d new", res.New)
	}
}

func TestOpenRefusesAForeignFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hot.db"), []byte("this is no database at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := measure.Open(ctx, measure.Config{Dir: dir}); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v, want fault.Invalid", err)
	}
}

// What is appended between the moment that a seal reads its rows and the moment
// that it removes them stays.
func TestAppendDuringSeal(t *testing.T) {
	s := onSQLite(t).open(t)
	mustAppend(t, s, minute(at(8, 0), "a21026 Avg=1 Flag=N"), minute(at(8, 5), "a21026 Avg=5 Flag=N"))
	appended := false
	measure.OnStep(s, func(name string) {
		if name != "chunks written" || appended {
			return
		}
		appended = true
		mustAppend(t, s, minute(at(8, 0), "a21026 Avg=2 Flag=N"), minute(at(8, 1), "a21026 Avg=1.1 Flag=N"))
	})
	for range 2 {
		if err := s.Seal(ctx, at(9, 0)); err != nil || !appended {
			t.Fatal(err, appended)
		}
		wantLines(t, lines(t, s, wholeDay), "08:00 a21026 Avg=2 Flag=N rev 2", "  was Avg=1 Flag=N",
			"08:01 a21026 Avg=1.1 Flag=N rev 1", "08:05 a21026 Avg=5 Flag=N rev 1")
	}
}
