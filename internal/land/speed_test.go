package land_test

import (
	"fmt"
	"strings"
	"testing"

	"pingzhang/internal/land"
)

// BenchmarkImport reads and judges a survey: 100 samples of 85 items.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := newBench(b, sqlite(b))
		s.plot("PLOT-1")
		file := survey(b, 100)
		b.StartTimer()
		if in := s.read(land.Plot, file); in.New != 8500 {
			b.Fatal(in.New)
		}
	}
}

// BenchmarkResults reads what the page of a plot shows of that survey.
func BenchmarkResults(b *testing.B) {
	s := newBench(b, sqlite(b))
	p := s.plot("PLOT-1")
	s.read(land.Plot, survey(b, 100))
	for b.Loop() {
		s.results(p.ID, "")
	}
}

func survey(t testing.TB, samples int) string {
	table := oracle(t, "soil_gb36600")
	var file strings.Builder
	file.WriteString("地块编码,样品编号,采样日期")
	for _, row := range table {
		fmt.Fprintf(&file, ",%q", row["item"]+"（mg/kg）")
	}
	for i := range samples {
		fmt.Fprintf(&file, "\nPLOT-1,S%d,2026-05-10", i)
		for range table {
			file.WriteString(",0.1")
		}
	}
	return file.String()
}
