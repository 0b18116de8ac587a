package water_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/water"
	gb "pingzhang/standard/water"
)

// decade imports ten years of monthly results of all 24 items of table 1 of n
// sections, and returns them.
func decade(t testing.TB, b *bench, n int) (ids []int64) {
	t.Helper()
	for i := range n {
		ids = append(ids, b.section(fmt.Sprintf("S%03d", i), fmt.Sprintf("示例%d断面", i), "231102", 3, "river", fmt.Sprintf("示例河%d", i/6), "basin", "示例流域"))
	}
	book := b.Book()
	for year := 2016; year <= 2025; year++ {
		var file bytes.Buffer
		file.WriteString("断面编码,采样日期,pH")
		var items []gb.Item
		for _, item := range book.Items()[:24] {
			if item != gb.PH && item != gb.Temperature {
				items = append(items, item)
				fmt.Fprintf(&file, ",%s（%s）", book.Name(item), book.UnitOf(item))
			}
		}
		for month := 1; month <= 12; month++ {
			for i := range n {
				fmt.Fprintf(&file, "\nS%03d,%d-%02d-05,7.%d", i, year, month, month%9)
				for range items {
					fmt.Fprintf(&file, ",0.0%d", 1+(i+month)%9)
				}
			}
		}
		if in := b.load(fmt.Sprintf("%d.csv", year), file.String()); in.New != n*12*(len(items)+1) || in.Wrong != 0 {
			t.Fatalf("%+v", in.Problems[:min(3, len(in.Problems))])
		}
	}
	return ids
}

// BenchmarkPages asks what the pages ask, over ten years of 60 sections; p95 is of
// one page each.
func BenchmarkPages(b *testing.B) {
	bench := newBench(b, sqlite(b))
	start := time.Now()
	ids := decade(b, bench, 60)
	b.Logf("import of 10 years: %v", time.Since(start).Round(time.Millisecond))
	for name, page := range map[string]func(i int) error{
		"overview": func(i int) error {
			_, err := bench.Overview(ctx, city, water.MonthOf(2017+i%9, 1+i%12), water.Which{})
			return err
		},
		"strip": func(i int) error {
			_, err := bench.Strip(ctx, city, gb.Month, 2017+i%9, 2017+i%9)
			return err
		},
		"curve": func(i int) error {
			all, err := bench.History(ctx, city, ids[i%len(ids)], gb.Month, true)
			for _, r := range all {
				r.Detail()
			}
			return err
		},
		"history": func(i int) error {
			_, err := bench.History(ctx, city, ids[i%len(ids)], gb.Month, false)
			return err
		},
		"values": func(i int) error {
			_, err := bench.Values(ctx, city, ids[i%len(ids)], water.YearOf(2017+i%9))
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				at := time.Now()
				if err := page(i); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(at))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

// A month of 60 sections is imported and evaluated at once.
func BenchmarkImportMonth(b *testing.B) {
	bench := newBench(b, sqlite(b))
	decade(b, bench, 20)
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		var file strings.Builder
		file.WriteString("断面编码,采样日期,氨氮（mg/L）")
		for n := range 20 {
			fmt.Fprintf(&file, "\nS%03d,2026-%02d-05,0.%d", n, 1+i%10, 100+i)
		}
		bench.load(fmt.Sprint(i), file.String())
	}
}
