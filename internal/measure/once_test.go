package measure_test

import (
	"fmt"
	"testing"

	"pingzhang/internal/measure"
	"pingzhang/standard"
)

// What is read through Once is the same as without, and is read once: hours of a
// day that was read answer from memory, sealed or not, marks and all.
func TestOnce(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		var frames []measure.Frame
		for i := range 24 * 60 {
			frames = append(frames, minute(at(0, i), fmt.Sprintf("a21026 Avg=%d Flag=N", i)))
		}
		mustAppend(t, s, frames...)
		if err := s.Seal(ctx, at(12, 0)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.AddMark(ctx, measure.Mark{Point: 1, From: at(6, 0), To: at(7, 0), Mark: measure.MarkInvalid, Reason: "比对", Who: "li"}, nil); err != nil {
			t.Fatal(err)
		}
		q := measure.MeanQuery{Point: 1, Factor: "a21026", Interval: 60, Rules: standard.Validity{Minutes: standard.Requirement{Least: 45, Known: true}}}
		once := measure.Once(ctx)
		text := func(m measure.Mean, err error) string {
			return fmt.Sprint(m.Value, m.Valid, m.Issue, m.Have, m.Source, len(m.Marked), err)
		}
		day := text(s.DayMean(ctx, q, at(0, 0)))
		if got := text(s.DayMean(once, q, at(0, 0))); got != day {
			t.Errorf("day %s; want %s", got, day)
		}
		hours := make([]string, 24)
		for h := range hours {
			hours[h] = text(s.HourMean(ctx, q, at(h, 0)))
		}
		mustAppend(t, s, minute(at(3, 30), "a21026 Avg=9999 Flag=N")) // a correction of 210
		for h := range hours {
			if got := text(s.HourMean(once, q, at(h, 0))); got != hours[h] {
				t.Errorf("hour %d is %s; want %s as it was read at first", h, got, hours[h])
			}
		}
		if got := text(s.HourMean(ctx, q, at(3, 0))); got == hours[3] {
			t.Errorf("without Once hour 3 is still %s", got)
		}
	})
}
