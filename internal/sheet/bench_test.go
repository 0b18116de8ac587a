package sheet

import (
	"bytes"
	"fmt"
	"testing"
)

// hours are columns as of the national feed.
var hours = []Column{
	{Name: "time", Zh: "时间", Synonyms: []string{"监测时间"}, Kind: Time, Required: true},
	{Name: "station", Zh: "站点", Required: true},
	{Name: "so2", Zh: "SO2", Kind: Number}, {Name: "no2", Zh: "NO2", Kind: Number}, {Name: "co", Zh: "CO", Kind: Number},
	{Name: "o3", Zh: "O3", Kind: Number}, {Name: "pm10", Zh: "PM10", Kind: Number}, {Name: "pm25", Zh: "PM2.5", Kind: Number},
}

func manyRows(n int) Rows {
	return func(yield func([]string, error) bool) {
		for i := range n {
			day, hour := i/24%28+1, i%24
			row := []string{
				fmt.Sprintf("2026-11-%02d %02d:00", day, hour), fmt.Sprint("站", i%30), fmt.Sprint(i % 60), fmt.Sprint(i % 80),
				fmt.Sprintf("%d.%d", i%3, i%10), fmt.Sprint(i % 160), fmt.Sprint(i % 300), fmt.Sprintf("%d.%d", i%150, i%10),
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

const benchRows = 100_000

func benchmarkRead(b *testing.B, write func(*bytes.Buffer) error) {
	var file bytes.Buffer
	if err := write(&file); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := Read(bytes.NewReader(file.Bytes()), hours, Options{})
		if err != nil || s.Len() != benchRows || len(s.Problems) > 0 {
			b.Fatal(s.Len(), err, s.Problems[:min(3, len(s.Problems))])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}

func BenchmarkReadCSV(b *testing.B) {
	benchmarkRead(b, func(w *bytes.Buffer) error { return WriteCSV(w, Table{Columns: hours}, manyRows(benchRows)) })
}

func BenchmarkReadXLSX(b *testing.B) {
	benchmarkRead(b, func(w *bytes.Buffer) error { return WriteXLSX(w, Table{Columns: hours}, manyRows(benchRows)) })
}

func BenchmarkWriteXLSX(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var file bytes.Buffer
		if err := WriteXLSX(&file, Table{Columns: hours}, manyRows(benchRows)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}
