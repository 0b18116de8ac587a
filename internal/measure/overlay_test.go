package measure_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
)

func fixed(at int64) clock.Fixed { return clock.Fixed(time.Unix(at, 0)) }

func dirty(t testing.TB, s *measure.Store) (all []string) {
	t.Helper()
	hours, err := s.Dirty(ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hours {
		all = append(all, clock.Unix(h.Hour).Format("15:04"))
	}
	return all
}

func judged(t testing.TB, s *measure.Store) {
	t.Helper()
	hours, err := s.Dirty(ctx, 100)
	if err == nil {
		err = s.Judged(ctx, hours)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCorrect(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		mustAppend(t, s, minute(at(8, 0), "a21026 Avg=38.50 Flag=N"), minute(at(8, 1), "a21026 Avg=39.00 Flag=N"))
		judged(t, s)
		fix := measure.Fix{Point: 1, Kind: measure.Minute, At: at(8, 0), Factor: "a21026", Who: "li", Why: "单位错误", Fields: map[string]string{"Avg": "3.85"}}

		broken := errors.New("no journal")
		if _, err := s.Correct(ctx, fix, func(context.Context, *sqldb.Tx) error { return broken }); !errors.Is(err, broken) {
			t.Fatalf("got %v, want the error of the hook", err)
		}
		wantLines(t, lines(t, s, wholeDay), "08:00 a21026 Avg=38.50 Flag=N rev 1", "08:01 a21026 Avg=39.00 Flag=N rev 1")
		if _, err := s.Correct(ctx, measure.Fix{}, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("an empty correction gives %v, want fault.Invalid", err)
		}

		hooked := false
		if _, err := s.Correct(ctx, fix, func(_ context.Context, tx *sqldb.Tx) error { hooked = tx != nil; return nil }); err != nil || !hooked {
			t.Fatal(err, hooked)
		}
		wantLines(t, dirty(t, s), "08:00")
		alone := fix // a reading that never came
		alone.At, alone.Fields = at(7, 0), map[string]string{"Avg": "4", "Flag": "S"}
		if _, err := s.Correct(ctx, alone, nil); err != nil {
			t.Fatal(err)
		}
		for _, sealed := range []bool{false, true} {
			wantLines(t, lines(t, s, wholeDay), "07:00 a21026 Avg=4 Flag=S rev 0", "08:00 a21026 Avg=3.85 Flag=N rev 1", "08:01 a21026 Avg=39.00 Flag=N rev 1")
			if got := curve(t, s, "Avg"); got != "4 3.85 39.00" {
				t.Errorf("sealed %t: curve %s", sealed, got)
			}
			if err := s.Seal(ctx, at(24, 0)); err != nil {
				t.Fatal(err)
			}
		}
		if !strings.Contains(dump(t, s), `Avg="38.50"`) {
			t.Error("what the instrument said is gone")
		}

		fix.Fields = nil // withdrawn
		last, err := s.Correct(ctx, fix, nil)
		if err != nil || last.Rev != 2 {
			t.Fatalf("revision %d, %v; want 2", last.Rev, err)
		}
		if got := curve(t, s, "Avg"); got != "4 38.50 39.00" {
			t.Errorf("after withdrawing: curve %s", got)
		}
		all, err := s.Fixes(ctx, 1, measure.Minute, at(8, 0), at(9, 0))
		if err != nil || len(all) != 2 || all[0].Why != "单位错误" {
			t.Errorf("fixes %+v, %v; want both on record", all, err)
		}
	})
}

// curve is the texts of a field of a21026 over the day, as Range gives them.
func curve(t testing.TB, s *measure.Store, field string) string {
	t.Helper()
	var all []string
	q := measure.RangeQuery{Point: 1, Kind: measure.Minute, Factors: []string{"a21026"}, Fields: []string{field}, From: at(0, 0), To: at(24, 0)}
	if err := s.Range(ctx, q, func(b *measure.Block) error {
		for i := range b.At {
			if text, ok := b.Column("a21026", field).Text(i); ok {
				all = append(all, text)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func TestMarks(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		noon := at(24+12, 0)
		mark := measure.Mark{Point: 1, From: at(23, 0), To: at(25, 0), Mark: measure.MarkAbnormal, Reason: "停炉", Who: "qiye"}
		p.app.Clock = fixed(noon)
		all, err := s.AddMark(ctx, mark, nil)
		if err != nil || len(all) != 2 || all[0].To != at(24, 0) || all[0].DeadlineAt != noon || all[1].DeadlineAt != noon+86400 || all[0].Late || all[1].Late {
			t.Fatalf("a mark over midnight: %+v, %v", all, err)
		}
		p.app.Clock = fixed(noon + 1)
		late, err := s.AddMark(ctx, mark, nil)
		if err != nil || !late[0].Late || late[1].Late || late[0].Honoured() {
			t.Errorf("a second after the deadline: %+v, %v; want the first day late", late, err)
		}
		judged(t, s)
		if err := s.WithdrawMark(ctx, all[0].ID, "li", "理由不成立", nil); err != nil {
			t.Fatal(err)
		}
		wantLines(t, dirty(t, s), "23:00")
		if err := s.WithdrawMark(ctx, all[0].ID, "li", "又一次", nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("withdrawing twice gives %v, want fault.Conflict", err)
		}
		if err := s.WithdrawMark(ctx, 5, "li", "没有", nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("withdrawing what is not there gives %v, want fault.NotFound", err)
		}
		kept, err := s.Marks(ctx, 1, at(0, 0), at(24, 0))
		if err != nil || len(kept) != 2 || kept[0].Honoured() || kept[0].WithdrawnWhy != "理由不成立" {
			t.Errorf("on record: %+v, %v", kept, err)
		}
		if _, err := s.AddMark(ctx, measure.Mark{Point: 1, From: 5, To: 4}, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("a mark without anything gives %v, want fault.Invalid", err)
		}
	})
}

func TestDirty(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		mustAppend(t, s, minute(at(8, 0), "a21026 Avg=1 Flag=N"), minute(at(9, 59), "a21026 Avg=1 Flag=N"))
		wantLines(t, dirty(t, s), "08:00", "09:00")
		first, err := s.Dirty(ctx, 1)
		if err != nil || len(first) != 1 || first[0].Hour != at(8, 0) || first[0].Point != 1 {
			t.Fatalf("the oldest is %v, %v", first, err)
		}
		// Something new comes after it was handed out: it stays.
		mustAppend(t, s, minute(at(8, 1), "a21026 Avg=2 Flag=N"))
		if err := s.Judged(ctx, first); err != nil {
			t.Fatal(err)
		}
		wantLines(t, dirty(t, s), "08:00", "09:00")
		judged(t, s)
		wantLines(t, dirty(t, s))
		// What is known already is no reason to judge again.
		mustAppend(t, s, minute(at(8, 1), "a21026 Avg=2 Flag=N"))
		wantLines(t, dirty(t, s))
		changed := minute(at(8, 1), "a21026 Avg=3 Flag=N")
		mustAppend(t, s, changed)
		s = p.open(t) // a restart
		wantLines(t, dirty(t, s), "08:00")
		hours, err := s.Dirty(ctx, 10)
		if err != nil {
			t.Fatal(err)
		}
		mustAppend(t, s, minute(at(8, 2), "a21026 Avg=3 Flag=N"))
		if err := s.Judged(ctx, hours); err != nil {
			t.Fatal(err)
		}
		wantLines(t, dirty(t, s), "08:00")
	})
}

func TestLatest(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		latest := func() string {
			t.Helper()
			all, err := s.Latest(ctx, 1, 2)
			if err != nil {
				t.Fatal(err)
			}
			var text []string
			for _, r := range all {
				for _, row := range r.Rows {
					text = append(text, r.Kind.String()+" "+line(row))
				}
			}
			return strings.Join(text, "\n")
		}
		if got := latest(); got != "" {
			t.Errorf("a point that never reported has %s", got)
		}
		mustAppend(t, s, minute(at(8, 5), "a21026 Avg=5 Flag=N"))
		mustAppend(t, s, minute(at(8, 0), "a21026 Avg=0 Flag=N")) // late
		want := "minute 08:05 a21026 Avg=5 Flag=N rev 1"
		if got := latest(); got != want {
			t.Errorf("after a late frame: %s", got)
		}
		half := minute(at(8, 5), "a34013 Avg=2 Flag=N")
		mustAppend(t, s, half)
		want += "\nminute 08:05 a34013 Avg=2 Flag=N rev 1"
		if got := latest(); got != want {
			t.Errorf("after the other half: %s", got)
		}
		s = p.open(t)
		if got := latest(); got != want {
			t.Errorf("after a restart: %s", got)
		}
		if err := s.Seal(ctx, at(24, 0)); err != nil {
			t.Fatal(err)
		}
		if got := latest(); got != want {
			t.Errorf("after a seal: %s", got)
		}
		s = p.open(t)
		if got := latest(); got != want {
			t.Errorf("after a seal and a restart: %s", got)
		}
		if _, err := s.Correct(ctx, measure.Fix{Point: 1, Kind: measure.Minute, At: at(8, 5), Factor: "a34013", Who: "li", Why: "x", Fields: map[string]string{"Avg": "3"}}, nil); err != nil {
			t.Fatal(err)
		}
		if got := latest(); got != strings.Replace(want, "Avg=2", "Avg=3", 1) {
			t.Errorf("after a correction: %s", got)
		}
	})
}
