package read_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pingzhang/spatial/read"
)

// BenchmarkGeoJSON reads 10,000 polygons with 2,000,000 vertices.
func BenchmarkGeoJSON(b *testing.B) {
	var s strings.Builder
	s.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range 10_000 {
		if i > 0 {
			s.WriteByte(',')
		}
		fmt.Fprintf(&s, `{"type":"Feature","properties":{"code":"ZH%05d"},"geometry":{"type":"Polygon","coordinates":[[`, i)
		x, y := 125+3*float64(i%100)/100, 48+3*float64(i/100)/100
		for j := range 200 {
			a := float64(j%199) / 199 * 2 * math.Pi
			if j > 0 {
				s.WriteByte(',')
			}
			fmt.Fprintf(&s, "[%.9f,%.9f]", x+0.014*math.Cos(a), y+0.014*math.Sin(a))
		}
		s.WriteString("]]}}")
	}
	s.WriteString("]}")
	data := []byte(s.String())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r, err := read.Bytes("a.geojson", data, read.Options{})
		if err != nil || r.Vertices() != 2_000_000 {
			b.Fatal(err)
		}
	}
}
