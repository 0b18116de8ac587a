package discharge_test

import (
	"testing"
	"time"

	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb/sqldbtest"
)

// BenchmarkJudge judges an hour of a point with one hour limit, from the list of
// what is new to the durable verdict.
func BenchmarkJudge(b *testing.B) {
	w := newBench(b, sqldbtest.SQLite(b, sets...))
	start := at("2026-01-01 00:00")
	var frames []measure.Frame
	for i := range b.N {
		frames = append(frames, w.hourFrame(start.Add(time.Duration(i)*time.Hour), "100", "133", "12", "N", 0))
	}
	for len(frames) > 0 {
		n := min(1000, len(frames))
		w.append(frames[:n]...)
		frames = frames[n:]
	}
	b.ResetTimer()
	// Before the first day is over, so that days are not part of it.
	end := start.Add(time.Duration(b.N)*time.Hour + 10*time.Minute)
	w.hand.set(end)
	if _, err := w.Judge(ctx, end); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkJudgeMinutes judges an hour of a point whose hour means are taken from
// its minutes.
func BenchmarkJudgeMinutes(b *testing.B) {
	w := newBench(b, sqldbtest.SQLite(b, sets...))
	start := at("2026-01-01 00:00")
	for i := range b.N {
		w.append(w.minuteFrames(start.Add(time.Duration(i)*time.Hour), 6, "100", "N")...)
	}
	b.ResetTimer()
	end := start.Add(time.Duration(b.N)*time.Hour + 10*time.Minute)
	w.hand.set(end)
	if _, err := w.Judge(ctx, end); err != nil {
		b.Fatal(err)
	}
}
