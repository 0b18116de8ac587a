package water

import (
	"fmt"
	"testing"

	"pingzhang/standard"
)

// BenchmarkSectionYear evaluates a section by twelve visits of all items of
// table 1, 288 results, and its attainment.
func BenchmarkSectionYear(b *testing.B) {
	book := open(b)
	m := Monitoring{Section: "卡伦山", Body: Lake, Period: OfYear(2026)}
	for month := 1; month <= 12; month++ {
		v := Visit{On: standard.Date(fmt.Sprintf("2026-%02d-03", month))}
		for _, item := range book.Items()[:24] {
			v.Samples = append(v.Samples, Sample{Item: book.Name(item), Value: fmt.Sprintf("0.0%d", month), Unit: string(book.of[item].unit)})
		}
		m.Visits = append(m.Visits, v)
	}
	b.ReportAllocs()
	for b.Loop() {
		if s := book.Section(m); book.Attain(s, III).Verdict == "" {
			b.Fatal("no verdict")
		}
	}
}
