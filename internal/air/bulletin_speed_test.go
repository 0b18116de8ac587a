package air_test

import (
	"slices"
	"testing"
	"time"

	"pingzhang/internal/bulletin"
)

// BenchmarkBulletins makes the draft of each kind over ten years of thirty
// stations.
func BenchmarkBulletins(bm *testing.B) {
	b, _ := tenYears(bm)
	x := told(b)
	for _, k := range []bulletin.Key{
		{Kind: "day", Period: "2026-11-20"}, {Kind: "month", Period: "2026-10"}, {Kind: "quarter", Period: "2026-Q3"}, {Kind: "year", Period: "2025"},
	} {
		k.Duty, k.Division = "air", "231100"
		bm.Run(k.Kind, func(bm *testing.B) {
			var took []time.Duration
			for bm.Loop() {
				start := time.Now()
				if _, err := x.Draft(ctx, city, k); err != nil {
					bm.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			bm.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
