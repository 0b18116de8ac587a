package air_test

import (
	"fmt"
	"testing"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

func BenchmarkIAQI(b *testing.B) {
	for _, on := range []standard.Date{"2026-02-28", "2026-03-01"} {
		e, _ := book(b).Edition(on)
		c := e.Column(air.Item{Pollutant: air.PM25, Averaging: air.Hour})
		b.Run(string(on), func(b *testing.B) {
			b.ReportAllocs()
			sum, m := 0, air.Milli(0)
			for b.Loop() {
				sum += c.IAQI(m)
				if m += 1001; m > 500000 {
					m = 0
				}
			}
		})
	}
}

// One IAQI of an exact number, with its rows.
func BenchmarkSingle(b *testing.B) {
	e, _ := book(b).Edition("2026-03-01")
	r := air.Read(air.PM25, air.Day, "38.4", standard.UgPerM3)
	b.ReportAllocs()
	for b.Loop() {
		e.Single(r)
	}
}

// 1,500 stations × 8,760 hours × 6 pollutants: their indexes, the AQI and the
// primary pollutants of every hour.
func BenchmarkYear(b *testing.B) {
	e, _ := book(b).Edition("2026-03-01")
	hours := make([][]air.Milli, 8760)
	for i := range hours {
		for p := range air.Six {
			hours[i] = append(hours[i], air.Milli((i*7919+p*104729)%300000))
		}
		hours[i][air.CO] /= 50
	}
	b.ReportAllocs()
	for b.Loop() {
		sum := 0
		for range 1500 {
			for _, h := range hours {
				sum += e.Quick(air.Hourly, h).AQI
			}
		}
	}
}

// BenchmarkReport is one hour with all that explains it.
func BenchmarkReport(b *testing.B) {
	e, _ := book(b).Edition("2026-03-01")
	readings := hour(map[string]string{"a": "38"}, [air.Six]string{"a", "a", "a", "a", "a", "a"})
	b.ReportAllocs()
	for b.Loop() {
		e.Report(air.Hourly, "2026-03-01", readings...)
	}
}

// The year of 20 stations: means, percentiles, composite index, verdicts.
func BenchmarkEvaluate(b *testing.B) {
	bk := book(b)
	stations := make([][]air.DayValues, 20)
	for s := range stations {
		stations[s] = year(2027, func(day, p int) string { return fmt.Sprintf("%d.%d", (day*37+p*11+s)%90, day%10) })
	}
	for s := range stations { // means of 20 to 24 hours, which no decimal writes
		for i := range stations[s] {
			for p, x := range stations[s][i].Values {
				stations[s][i].Values[p] = x.Mul(standard.Int(24)).Quo(standard.Int(int64(20 + (i+p)%5)))
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, days := range stations {
			bk.Evaluate("2027-01-01", "2027-12-31", air.Class2, days, false)
		}
	}
}
