package measure_test

import (
	"context"
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
}

// BenchmarkRead reads sealed readings of one point among 16: a day of minutes,
// a year of hours, and today's minutes of which the last hour is not sealed.
func BenchmarkRead(b *testing.B) {
	p := onSQLite(b)
	s := p.open(b)
	year := at(0, 0) - 300*86400
	for d := range int64(365) {
		var frames []measure.Frame
		for pt := range 16 {
			g := measuretest.NewGen(measure.Point(pt+1), uint64(d))
			for h := range int64(24) {
				frames = append(frames, g.Frame(measure.Hour, year+d*86400+h*3600, 3600, false))
			}
		}
		mustAppend(b, s, frames...)
	}
	mustAppend(b, s, city(16, at(0, 0)-86400, 1440, false)...)
	mustAppend(b, s, city(16, at(0, 0), 600, false)...)
	seal := func(at int64) {
		if err := s.Seal(ctx, at); err != nil {
			b.Fatal(err)
		}
	}
	seal(year + 366*86400)
	mustAppend(b, s, city(16, at(33, 0), 1, false)...)
	today := at(24, 0) + 86400
	for h := range int64(9) {
		mustAppend(b, s, city(16, today+h*3600, 60, false)...)
		seal(today + h*3600)
	}
	for _, q := range []struct {
		name   string
		kind   measure.Kind
		from   int64
		to     int64
		points int
	}{
		{"day of minutes", measure.Minute, at(0, 0) - 86400, at(0, 0), 1440},
		{"year of hours", measure.Hour, year, year + 365*86400, 8760},
		{"today's minutes", measure.Minute, today, today + 9*3600, 540},
	} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				n := 0
				sum := 0.0
				r := measure.RangeQuery{Point: 2, Kind: q.kind, Factors: []string{"a21026"}, Fields: []string{"Avg", "Flag"}, From: q.from, To: q.to}
				if err := s.Range(ctx, r, func(block *measure.Block) error {
					c := block.Column("a21026", "Avg")
					for i := range block.At {
						sum += c.Float(i)
						n++
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
				if n != q.points {
					b.Fatalf("%d points, want %d", n, q.points)
				}
			}
		})
	}
}

// BenchmarkSize packs one day of minutes of a gas and of a water point.
func BenchmarkSize(b *testing.B) {
	for _, quick := range []bool{false, true} {
		p := onSQLite(b)
		s := p.open(b)
		days := 2
		for d := range days {
			mustAppend(b, s, city(20, at(0, 0)+int64(d)*86400, 1440, true)...)
		}
		b.Run(fmt.Sprintf("byhour=%t", quick), func(b *testing.B) {
			n := 20 * 8 * days * 1440
			for b.Loop() {
				step := int64(86400)
				if quick {
					step = 3600
				}
				for t := at(0, 0) + step; t <= at(0, 0)+int64(days)*86400; t += step {
					if err := s.Seal(ctx, t); err != nil {
						b.Fatal(err)
					}
				}
				perSecond(b, n)
			}
			if err := s.SealRaw(ctx, at(0, 0)+30*86400, func(context.Context, measure.RawSeal) error { return nil }); err != nil {
				b.Fatal(err)
			}
			s.Close() // which moves the write-ahead log into the files
			b.ReportMetric(float64(size(b, p.dir, "ts-*.db"))/float64(n), "bytes/reading")
			b.ReportMetric(float64(size(b, p.dir, "raw-*.db"))/float64(n), "rawbytes/reading")
		})
	}
}
