package calendar

import (
	"math/rand"
	"testing"
	"time"
)

// plainDue is an independent count with time.Time and maps: the day on which
// the n-th day that counts falls.
func plainDue(start time.Time, n int, off map[string]bool, made map[string]bool, suspended map[string]bool, workdays bool) string {
	t := start
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		key := t.Format("2006-01-02")
		free := (t.Weekday() == time.Saturday || t.Weekday() == time.Sunday) && !made[key] || off[key]
		if suspended[key] || workdays && free {
			continue
		}
		n--
	}
	return t.Format("2006-01-02")
}

func TestDueAgreesWithPlainCount(t *testing.T) {
	table, _ := shipped(t)
	off, made := map[string]bool{}, map[string]bool{}
	for _, h := range table.Days(2026) {
		if h.Kind == Off {
			off[h.On.String()] = true
		} else {
			made[h.On.String()] = true
		}
	}
	r := rand.New(rand.NewSource(7))
	for range 3000 {
		start := time.Date(2026, 1, 1, r.Intn(24), 0, 0, 0, time.FixedZone("", 8*3600)).AddDate(0, 0, r.Intn(300))
		amount := r.Intn(40)
		var spans []Span
		suspended := map[string]bool{}
		for range r.Intn(3) {
			from := DayOf(start).Add(r.Intn(30))
			s := Span{From: from, To: from.Add(r.Intn(10))}
			spans = append(spans, s)
			for d := s.From; d <= s.To; d++ {
				suspended[d.String()] = true
			}
		}
		unit, workdays := Days, r.Intn(2) == 0
		if workdays {
			unit = Workdays
		}
		extension := r.Intn(10)
		d := Due(start, Rule{Amount: amount, Unit: unit, ExcludeStart: true}, spans, []Extension{{Amount: extension, Unit: unit}}, table)
		if want := plainDue(start, amount+extension, off, made, suspended, workdays); d.Last.String() != want {
			t.Fatalf("%d+%d %s from %s, spans %v: %s, want %s\n%s", amount, extension, unit, start, spans, d.Last, want, explained(d))
		}
	}
}

// A larger budget never ends earlier; a suspension of k days that count moves
// the end by exactly k days that count; and the steps account for each day.
func TestDueProperties(t *testing.T) {
	table, _ := shipped(t)
	r := rand.New(rand.NewSource(11))
	for range 2000 {
		start := at("2026-01-05").AddDate(0, 0, r.Intn(250))
		unit := []Unit{Workdays, Days, Months}[r.Intn(3)]
		roll := r.Intn(2) == 0
		rule := func(n int) Rule { return Rule{Amount: n, Unit: unit, ExcludeStart: true, RollToWorkday: roll} }
		n := 1 + r.Intn(6)
		a, b := Due(start, rule(n), nil, nil, table), Due(start, rule(n+1), nil, nil, table)
		if b.Last < a.Last {
			t.Fatalf("%s ends %s, %s ends %s", rule(n), a.Last, rule(n+1), b.Last)
		}
		if roll && !table.Working(a.Last) {
			t.Fatalf("%s from %s ends on %s", rule(n), start, a.Last.Text())
		}
		if unit == Workdays {
			k := r.Intn(4)
			span := Span{From: DayOf(start) + 1, To: DayOf(start)}
			for left := k; left > 0; {
				span.To++
				if table.Working(span.To) {
					left--
				}
			}
			shifted, longer := Due(start, rule(n), []Span{span}, nil, table), Due(start, rule(n+k), nil, nil, table)
			if shifted.Last != longer.Last {
				t.Fatalf("%d suspended: %s, %d more: %s", k, shifted.Last, k, longer.Last)
			}
		}
		next := DayOf(start) + 1
		for _, s := range a.Explain() {
			switch s.Kind {
			case StepCounted, StepMadeUp, StepOff:
				if s.From != next {
					t.Fatalf("steps leave out %s:\n%s", next, explained(a))
				}
				next = s.To + 1
			case StepRoll:
				if s.From != next && s.From != next-1 {
					t.Fatalf("steps leave out %s:\n%s", next, explained(a))
				}
				next = s.To + 1
			case StepEnd:
				if s.From != next && s.From != next-1 {
					t.Fatalf("the end does not follow:\n%s", explained(a))
				}
			}
		}
	}
}

func TestDay(t *testing.T) {
	for start, date := at("1999-12-25"), 0; date < 10000; date++ {
		want := start.AddDate(0, 0, date)
		d := DayOf(want)
		if d.String() != want.Format("2006-01-02") || d.Weekday() != want.Weekday() || d.Year() != want.Year() || !d.Time().Equal(want) || day(d.String()) != d {
			t.Fatalf("day %d is %s, want %s", d, d, want)
		}
	}
	if DayOf(time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC)) != day("2026-03-02") {
		t.Error("the day in Shanghai begins at 16:00 UTC")
	}
	for _, text := range []string{"2026-2-3", "2026-02-30", "20260203", "0001-01-01", "一月一日"} {
		if d, err := ParseDay(text); err == nil {
			t.Errorf("ParseDay(%q) = %s", text, d)
		}
	}
}

func BenchmarkDue(b *testing.B) {
	table, _ := shipped(b)
	start := at("2026-07-03")
	b.ReportAllocs()
	for b.Loop() {
		Due(start, ninety, nil, nil, table)
	}
}
