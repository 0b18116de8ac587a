package measure_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pingzhang/internal/measure"
	"pingzhang/internal/measure/measuretest"
)

// city makes the minute frames of points, a minute at a time.
func city(points int, from int64, minutes int, raw bool) []measure.Frame {
	var all []measure.Frame
	gens := make([]*measuretest.Gen, points)
	for p := range gens {
		gens[p] = measuretest.NewGen(measure.Point(p+1), 1)
	}
	for m := range minutes {
		for _, g := range gens {
			all = append(all, g.Frame(measure.Minute, from+int64(m)*60, 60, raw))
		}
	}
	return all
}

func perSecond(b *testing.B, readings int) {
	b.ReportMetric(float64(readings)/b.Elapsed().Seconds(), "readings/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(readings), "ns/reading")
}

// BenchmarkAppend stores the frames of 163 points with their raw messages, so
// many frames a commit.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1000, 5000, 25000} {
		for _, raw := range []bool{true, false} {
			b.Run(fmt.Sprintf("frames=%d/raw=%t", size, raw), func(b *testing.B) {
				s := onSQLite(b).open(b)
				from, readings := at(0, 0), 0
				for b.Loop() {
					b.StopTimer()
					frames := city(163, from, size/163+1, raw)[:size]
					from += int64(size/163+1) * 60
					b.StartTimer()
					mustAppend(b, s, frames...)
					readings += 8 * size
				}
				perSecond(b, readings)
			})
		}
	}
}

// BenchmarkPack is what the gateway does for a frame of 40 cells before
// Append.
func BenchmarkPack(b *testing.B) {
	var all []measure.Cell
	for c := range city(1, at(0, 0), 1, false)[0].Cells.All() {
		all = append(all, c)
	}
	type bytes struct{ factor, field, text []byte }
	var cells []bytes
	for _, c := range all {
		cells = append(cells, bytes{[]byte(c.Factor), []byte(c.Field), []byte(c.Text)})
	}
	var p measure.Packer
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range cells {
			p.Add(c.factor, c.field, c.text)
		}
		dst = p.Pack(dst[:0])
	}
	b.ReportMetric(float64(len(dst)), "bytes/frame")
}

func size(t testing.TB, dir, pattern string) (n int64) {
	names, _ := filepath.Glob(filepath.Join(dir, pattern))
	for _, name := range names {
		if st, err := os.Stat(name); err == nil {
			n += st.Size()
		}
	}
	return n
}

// BenchmarkAppendSeal stores days of minutes of 163 points and seals each hour
// when it is over, and each hour's raw messages.
func BenchmarkAppendSeal(b *testing.B) {
	p := onSQLite(b)
	s := p.open(b)
	from, readings := at(0, 0), 0
	for b.Loop() {
		b.StopTimer()
		hour := city(163, from, 60, false)
		from += 3600
		b.StartTimer()
		mustAppend(b, s, hour...)
		if err := s.Seal(ctx, from); err != nil {
			b.Fatal(err)
		}
		readings += 8 * len(hour)
	}
	perSecond(b, readings)
	b.ReportMetric(float64(size(b, p.dir, "ts-*.db"))/float64(readings), "bytes/reading")
}
