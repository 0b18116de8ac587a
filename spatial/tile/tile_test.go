package tile_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"pingzhang/internal/testkit"
	"pingzhang/spatial"
	"pingzhang/spatial/tile"
)

// at returns the tile that a position lies in.
func at(z int, p spatial.XY) (x, y int) {
	n := math.Exp2(float64(z))
	s := math.Sin(p.Y * math.Pi / 180)
	return int((p.X + 180) / 360 * n), int((0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)) * n)
}

func circle(c spatial.XY, degrees float64, n int) spatial.Ring {
	var r spatial.Ring
	for i := range n {
		a := float64(i) / float64(n) * 2 * math.Pi
		r = append(r, spatial.XY{X: c.X + degrees*math.Cos(a), Y: c.Y + degrees*math.Sin(a)})
	}
	return append(r, r[0])
}

// TestAsGDALReads decodes tiles with the MVT driver of GDAL and compares where
// things are.
func TestAsGDALReads(t *testing.T) {
	ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		testkit.Missing(t, "ogr2ogr (Debian: gdal-bin)")
	}
	c := spatial.XY{X: 127.5, Y: 50.25}
	ring, hole := circle(c, 0.02, 400), circle(c, 0.01, 100).Reversed()
	layers := []tile.Layer{{Name: "units", Features: []tile.Feature{
		{ID: 7, Shape: tile.NewShape(spatial.Geometry{Polygons: []spatial.Polygon{{ring, hole}}}), Properties: []tile.Property{{"code", "ZH1"}, {"名称", "示例"}, {"share", 0.25}, {"red", true}}},
		{ID: 8, Shape: tile.NewShape(spatial.Geometry{Points: []spatial.XY{c}}), Properties: []tile.Property{{"code", "ZH1"}, {"skipped", []int{1}}}},
		{ID: 9, Shape: tile.NewShape(spatial.Geometry{Lines: [][]spatial.XY{{{X: 127.48, Y: 50.25}, {X: 127.49, Y: 50.26}, {X: 127.52, Y: 50.24}}}})},
		{ID: 10, Shape: tile.NewShape(spatial.Geometry{Points: []spatial.XY{{X: 0, Y: 0}}})},
	}}}
	x, y := at(10, c)
	b, ok := tile.Encode(10, x, y, layers...)
	if !ok || len(b) == 0 {
		t.Fatal("no tile")
	}
	dir := filepath.Join(t.TempDir(), "10", fmt.Sprint(x))
	os.MkdirAll(dir, 0o700)
	path := filepath.Join(dir, fmt.Sprintf("%d.pbf", y))
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out.geojson")
	if said, err := exec.Command(ogr, "-f", "GeoJSON", "-t_srs", "EPSG:4326", "-oo", "CLIP=NO", out, path, "units").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Features []struct {
			Properties map[string]any
			Geometry   struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Features) != 3 {
		t.Fatalf("%d features: %s", len(got.Features), text)
	}
	area, near := 0.0, 0
	for _, f := range got.Features {
		var polygons []spatial.Polygon
		var rings [][][2]float64
		switch f.Geometry.Type {
		case "Polygon":
			json.Unmarshal(f.Geometry.Coordinates, &rings)
		case "MultiPolygon":
			var m [][][][2]float64
			json.Unmarshal(f.Geometry.Coordinates, &m)
			rings = m[0]
		case "Point":
			var p [2]float64
			json.Unmarshal(f.Geometry.Coordinates, &p)
			// A unit at zoom 10 is 360°/1024/4096.
			if math.Hypot(p[0]-c.X, p[1]-c.Y) > 1e-4 {
				t.Errorf("the point is at %v", p)
			}
			near++
		}
		var p spatial.Polygon
		for _, r := range rings {
			var s spatial.Ring
			for _, v := range r {
				s = append(s, spatial.XY{X: v[0], Y: v[1]})
			}
			p = append(p, s)
		}
		if polygons = append(polygons, p); len(p) > 0 {
			area = p.Area()
			if len(p) != 2 || f.Properties["名称"] != "示例" || f.Properties["share"] != 0.25 || f.Properties["red"] != true {
				t.Errorf("%d rings, %v", len(p), f.Properties)
			}
			if n := len(p[0]); n > 100 {
				t.Errorf("a circle of 400 vertices keeps %d", n)
			}
		}
	}
	want := (spatial.Polygon{ring, hole}).Area()
	// The whole ring lies in the tile; simplification takes 1 % of a circle of
	// 230 units at the most.
	if math.Abs(area-want) > 0.02*want || near != 1 {
		t.Errorf("area %g, want %g; %d points", area, want, near)
	}
}

func TestTiles(t *testing.T) {
	square := spatial.Ring{{X: 127, Y: 50}, {X: 128, Y: 50}, {X: 128, Y: 51}, {X: 127, Y: 51}, {X: 127, Y: 50}}
	layer := tile.Layer{Name: "a", Features: []tile.Feature{{Shape: tile.NewShape(spatial.Geometry{Polygons: []spatial.Polygon{{square}}})}}}
	x, y := at(8, spatial.XY{X: 127.5, Y: 50.5})
	whole, ok := tile.Encode(8, x, y, layer)
	again, _ := tile.Encode(8, x, y, layer)
	if !ok || len(whole) == 0 || string(whole) != string(again) {
		t.Error("the same tile differs")
	}
	if b, ok := tile.Encode(8, 0, 0, layer); !ok || len(b) != 0 {
		t.Errorf("a tile without anything is %d bytes", len(b))
	}
	if b, _ := tile.Encode(0, 0, 0, layer); len(b) == 0 {
		t.Error("eleven units of the world are left out")
	}
	tiny := tile.Layer{Name: "a", Features: []tile.Feature{{Shape: tile.NewShape(spatial.Geometry{Polygons: []spatial.Polygon{{circle(spatial.XY{X: 127.5, Y: 50.5}, 1e-6, 9)}}})}}}
	if b, _ := tile.Encode(8, x, y, tiny); len(b) != 0 {
		t.Error("what is smaller than a unit is drawn")
	}
	for _, bad := range [][3]int{{-1, 0, 0}, {25, 0, 0}, {3, 8, 0}, {3, 0, -1}} {
		if _, ok := tile.Encode(bad[0], bad[1], bad[2], layer); ok {
			t.Errorf("there is a tile %v", bad)
		}
	}
	if b := tile.Box(8, x, y); !b.Has(spatial.XY{X: 127.5, Y: 50.5}) || b.Max.X-b.Min.X > 360./256*1.1 {
		t.Errorf("box %v", b)
	}
}

func FuzzEncode(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, byte(8))
	f.Fuzz(func(t *testing.T, data []byte, z byte) {
		var r spatial.Ring
		for i := 0; i+1 < len(data); i += 2 {
			r = append(r, spatial.XY{X: 127 + float64(int8(data[i]))/50, Y: 50 + float64(int8(data[i+1]))/50})
		}
		if len(r) == 0 {
			return
		}
		r = append(r, r[0])
		zoom := int(z % 16)
		x, y := at(zoom, spatial.XY{X: 127, Y: 50})
		tile.Encode(zoom, x, y, tile.Layer{Name: "a", Features: []tile.Feature{{Shape: tile.NewShape(spatial.Geometry{Polygons: []spatial.Polygon{{r}}, Lines: [][]spatial.XY{r}, Points: r})}}})
	})
}

// BenchmarkEncode makes the tiles of 5,000 circles of 200 vertices over 3° by 3°,
// uncached, looked up by box as a store would.
func BenchmarkEncode(b *testing.B) {
	var all []tile.Feature
	var boxes []spatial.Box
	for i := range 5000 {
		c := spatial.XY{X: 126 + 3*float64(i%71)/71, Y: 49 + 3*float64(i/71)/71}
		g := spatial.Geometry{Polygons: []spatial.Polygon{{circle(c, 0.02, 200)}}}
		all = append(all, tile.Feature{ID: uint64(i + 1), Shape: tile.NewShape(g), Properties: []tile.Property{{"code", fmt.Sprintf("ZH%05d", i)}}})
		boxes = append(boxes, g.Box())
	}
	for _, z := range []int{6, 7, 8, 9, 10, 12} {
		b.Run(fmt.Sprintf("z%d", z), func(b *testing.B) {
			x, y := at(z, spatial.XY{X: 127.5, Y: 50.5})
			var n int
			for b.Loop() {
				box := tile.Box(z, x, y)
				var in []tile.Feature
				for i, f := range all {
					if boxes[i].Meets(box) {
						in = append(in, f)
					}
				}
				t, _ := tile.Encode(z, x, y, tile.Layer{Name: "units", Features: in})
				n = len(t)
			}
			b.ReportMetric(float64(n)/1000, "KB")
		})
	}
}
