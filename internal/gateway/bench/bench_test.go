package bench_test

import (
	"encoding/json"
	"os"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/gateway/bench"
)

// BenchmarkIngest is the whole way at full rate; -benchtime is ignored.
// PINGZHANG_BENCH_SECONDS makes its phases longer, PINGZHANG_BENCH_PROFILE names a
// file for a CPU profile of the phase that PINGZHANG_BENCH_PHASE begins.
func BenchmarkIngest(b *testing.B) {
	d := 2 * time.Second
	if s, err := time.ParseDuration(os.Getenv("PINGZHANG_BENCH_SECONDS") + "s"); err == nil {
		d = s
	}
	o := bench.Options{Dir: b.TempDir(), For: d, NoSeal: os.Getenv("PINGZHANG_BENCH_NOSEAL") != ""}
	if name := os.Getenv("PINGZHANG_BENCH_PROFILE"); name != "" {
		f, err := os.Create(name)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		o.Progress = func(phase string) {
			pprof.StopCPUProfile()
			if strings.HasPrefix(phase, os.Getenv("PINGZHANG_BENCH_PHASE")) {
				pprof.StartCPUProfile(f)
			}
		}
		defer pprof.StopCPUProfile()
	}
	r, err := bench.Run(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(r.ReadingsPerSec, "readings/s")
	b.ReportMetric(r.AckHalf.P99, "ack-p99-ms-at-half")
	b.ReportMetric(r.BytesPerReading, "B/reading")
	text, _ := json.Marshal(r)
	b.Logf("%s", text)
}

func TestRun(t *testing.T) {
	r, err := bench.Run(t.Context(), bench.Options{Dir: t.TempDir(), Devices: 5, For: 200 * time.Millisecond, Window: 8})
	if err != nil {
		t.Fatal(err)
	}
	if r.ReadingsPerSec < 1000 || r.Readings == 0 || r.AckHalf.N == 0 || r.ReadHalf.N == 0 || r.BytesPerReading <= 0 {
		t.Errorf("the report has gaps: %+v", r)
	}
}
