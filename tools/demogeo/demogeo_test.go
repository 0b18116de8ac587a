package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
)

// committed is the folder of the layers that the command has made.
const committed = "../../catalog/heihe/demo"

// shared returns the path of name in the folder of reference data that may stand
// beside the project. Without it the test is skipped; with CI=true it fails.
func shared(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the reference file %s is missing, and CI=true does not let a test be skipped", name)
		}
		t.Skipf("the reference file %s is missing", name)
	}
	return path
}

type collection struct {
	Note     string `json:"note"`
	Features []struct {
		Properties struct {
			Code   string `json:"code"`
			Adcode int    `json:"adcode"`
			Name   string `json:"name"`
			Note   string `json:"note"`
			Label  point  `json:"label"`
			Approx bool   `json:"approximate"`
		} `json:"properties"`
		Geometry json.RawMessage `json:"geometry"`
	} `json:"features"`
}

func read(t *testing.T, path string) collection {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c collection
	if err := json.Unmarshal(body, &c); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return c
}

// shape parses a geometry; simplefeatures refuses one that is not valid.
func shape(t *testing.T, name string, raw json.RawMessage) geom.Geometry {
	t.Helper()
	g, err := geom.UnmarshalGeoJSON(raw)
	if err != nil {
		t.Fatalf("%s is not valid: %v", name, err)
	}
	return g
}

func outer(t *testing.T, raw json.RawMessage) []point {
	t.Helper()
	var p struct {
		Coordinates [][]point `json:"coordinates"`
	}
	if err := json.Unmarshal(raw, &p); err != nil || len(p.Coordinates) != 1 {
		t.Fatalf("not a polygon of one ring: %v", err)
	}
	return p.Coordinates[0]
}

// km2 is the area of ring on the ellipsoid of CGCS2000: the shoelace formula in
// the cylindrical equal-area projection (Snyder 1987, equations 10-15 and 3-12),
// in which the authalic q stands for the latitude.
func km2(ring []point) float64 {
	const a, e2 = 6378.137, 0.00669438002290
	e := math.Sqrt(e2)
	q := func(deg float64) float64 {
		s := math.Sin(deg * math.Pi / 180)
		return (1 - e2) * (s/(1-e2*s*s) - math.Log((1-e*s)/(1+e*s))/(2*e))
	}
	var sum float64
	for i := 1; i < len(ring); i++ {
		p, r := ring[i-1], ring[i]
		sum += (p[0]*q(r[1]) - r[0]*q(p[1])) * math.Pi / 180
	}
	return math.Abs(sum) * a * a / 4
}

func TestCountyLayer(t *testing.T) {
	path := filepath.Join(committed, "counties.geojson")
	l := read(t, path)
	if info, err := os.Stat(path); err != nil || info.Size() > 90<<10 {
		t.Errorf("the layer is %d bytes, %v; want at most 90 KB", info.Size(), err)
	}
	if l.Note != "演示数据，非法定边界" {
		t.Errorf("note = %q", l.Note)
	}
	// GB/T 2260 codes in force since 嫩江县 became a city in 2019.
	want := map[string]string{"231102": "爱辉区", "231123": "逊克县", "231124": "孙吴县", "231181": "北安市", "231182": "五大连池市", "231183": "嫩江市"}
	var shapes []geom.Geometry
	for _, f := range l.Features {
		p := f.Properties
		if want[p.Code] != p.Name {
			t.Errorf("county %s is called %q, want %q", p.Code, p.Name, want[p.Code])
		}
		delete(want, p.Code)
		if p.Note == "" {
			t.Errorf("%s does not say that it is for demonstration", p.Name)
		}
		g := shape(t, p.Name, f.Geometry)
		if signed(outer(t, f.Geometry)) <= 0 {
			t.Errorf("%s runs clockwise", p.Name)
		}
		at := geom.NewPoint(geom.Coordinates{XY: geom.XY{X: p.Label[0], Y: p.Label[1]}}).AsGeometry()
		if !geom.Intersects(g, at) {
			t.Errorf("the label of %s stands outside it", p.Name)
		}
		shapes = append(shapes, g)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	for i := range shapes {
		for j := range shapes[:i] {
			both, err := geom.Intersection(shapes[i], shapes[j])
			if err != nil {
				t.Fatal(err)
			}
			// One cell of the source's grid is 1e-6 square degrees, 0.008 km².
			if both.Area() > 1e-6 {
				t.Errorf("%s and %s overlap by %g square degrees", l.Features[i].Properties.Name, l.Features[j].Properties.Name, both.Area())
			}
		}
	}
}

func TestCountyBordersAreShared(t *testing.T) {
	l := read(t, filepath.Join(committed, "counties.geojson"))
	edges := map[[2]point]int{}
	var total float64
	for _, f := range l.Features {
		ring := outer(t, f.Geometry)
		total += km2(ring)
		for i := 1; i < len(ring); i++ {
			edges[[2]point{ring[i-1], ring[i]}]++
		}
	}
	twice := 0
	for e, n := range edges {
		if n > 1 {
			t.Errorf("edge %v is walked %d times in one direction", e, n)
		}
		if edges[[2]point{e[1], e[0]}] == 1 {
			twice++
		}
	}
	// In the source 8,274 of 19,918 edges border two counties, which is 59 % of
	// the walks along an edge.
	if share := float64(twice) / float64(len(edges)); share < 0.5 {
		t.Errorf("only %.0f %% of the walks have a neighbour on the other side", share*100)
	}
	// The union leaves no strip between counties: its area is the sum of theirs,
	// and its holes are at most cells of the source's grid.
	var shapes []geom.Geometry
	for _, f := range l.Features {
		shapes = append(shapes, shape(t, f.Properties.Name, f.Geometry))
	}
	union, err := geom.UnionMany(shapes)
	if err != nil {
		t.Fatal(err)
	}
	if !union.IsPolygon() {
		t.Fatalf("the union is a %s, want one polygon", union.Type())
	}
	for i := range union.MustAsPolygon().NumInteriorRings() {
		hole := geom.NewPolygon([]geom.LineString{union.MustAsPolygon().InteriorRingN(i)})
		if hole.Area() > 5e-6 {
			t.Errorf("a gap of %g square degrees between counties", hole.Area())
		}
	}
	// 66,862 km² is the area of the city that its yearbook of 2016 is quoted with;
	// the source draws 嫩江 wider in the north than later editions do.
	if math.Abs(total/66862-1) > 0.01 {
		t.Errorf("the counties together have %.0f km²", total)
	}
}

// The reference layer is another, later edition of the lines, converted by other
// code and checked against the national border of a third publisher. Where the two
// editions draw the same line, the conversion shows: unconverted, every border
// would lie some 560 m away. Where they do not, the areas differ, by 2.1 % at most.
func TestCountiesAgreeWithReference(t *testing.T) {
	ref := read(t, shared(t, "data/heihe_counties.geojson"))
	ours := read(t, filepath.Join(committed, "counties.geojson"))
	for _, r := range ref.Features {
		found := false
		for _, f := range ours.Features {
			if f.Properties.Name != r.Properties.Name {
				continue
			}
			found = true
			ring, want := outer(t, f.Geometry), outer(t, r.Geometry)
			have, ref := km2(ring), km2(want)
			if math.Abs(have/ref-1) > 0.03 {
				t.Errorf("%s has %.0f km², the reference %.0f", r.Properties.Name, have, ref)
			}
			east, north, share := meanOffset(ring, want)
			if math.Hypot(east, north) > 60 || share < 0.7 {
				t.Errorf("%s lies (%.0f, %.0f) m from the reference, %.0f %% of its border near it", r.Properties.Name, east, north, share*100)
			}
			t.Logf("%s %s: %.0f km², reference %.0f; %.0f %% of the border near, offset (%.0f, %.0f) m", f.Properties.Code, r.Properties.Name, have, ref, share*100, east, north)
		}
		if !found {
			t.Errorf("%s is missing", r.Properties.Name)
		}
	}
}

// meanOffset returns the share of ring's vertices that lie within 300 m of want's
// border, and how far, in metres, these lie east and north of it on average.
func meanOffset(ring, want []point) (east, north, share float64) {
	var near float64
	for _, p := range ring {
		at, best, to := metres(p), math.Inf(1), point{}
		for i := 1; i < len(want); i++ {
			a, b := metres(want[i-1]), metres(want[i])
			if d := toSegment(at, a, b); d < best {
				best = d
				l := (b[0]-a[0])*(b[0]-a[0]) + (b[1]-a[1])*(b[1]-a[1])
				s := math.Max(0, math.Min(1, ((at[0]-a[0])*(b[0]-a[0])+(at[1]-a[1])*(b[1]-a[1]))/math.Max(l, 1e-9)))
				to = point{a[0] + s*(b[0]-a[0]), a[1] + s*(b[1]-a[1])}
			}
		}
		if best < 300 {
			east, north, near = east+at[0]-to[0], north+at[1]-to[1], near+1
		}
	}
	return east / near, north / near, near / float64(len(ring))
}

func TestRiversAndPlacesSayThatTheyAreApproximate(t *testing.T) {
	for _, name := range []string{"rivers.geojson", "places.geojson"} {
		l := read(t, filepath.Join(committed, name))
		if l.Note == "" || len(l.Features) < 6 {
			t.Errorf("%s: note %q, %d features", name, l.Note, len(l.Features))
		}
		for _, f := range l.Features {
			if !f.Properties.Approx {
				t.Errorf("%s: %s does not say that it is approximate", name, f.Properties.Name)
			}
			shape(t, f.Properties.Name, f.Geometry)
		}
	}
}

func TestRepair(t *testing.T) {
	for _, tt := range []struct {
		name string
		ring []cell
		want []cell
	}{
		{"a simple ring stays", []cell{{0, 0}, {9, 0}, {9, 9}, {0, 9}, {0, 0}}, []cell{{0, 0}, {9, 0}, {9, 9}, {0, 9}}},
		{"a repeated vertex goes", []cell{{0, 0}, {9, 0}, {9, 0}, {9, 9}, {0, 9}}, []cell{{0, 0}, {9, 0}, {9, 9}, {0, 9}}},
		{"a spike goes with its tip", []cell{{0, 0}, {9, 0}, {12, 0}, {9, 0}, {9, 9}, {0, 9}}, []cell{{0, 0}, {9, 0}, {9, 9}, {0, 9}}},
		{"a spike at the start goes", []cell{{0, 0}, {-3, 0}, {0, 0}, {9, 0}, {9, 9}, {0, 9}}, []cell{{0, 0}, {9, 0}, {9, 9}, {0, 9}}},
		{"a tip that is the first vertex goes", []cell{{-3, 0}, {0, 0}, {9, 0}, {9, 9}, {0, 9}, {0, 0}}, []cell{{0, 0}, {9, 0}, {9, 9}, {0, 9}}},
		{"the smaller loop goes", []cell{{0, 0}, {9, 0}, {10, 1}, {11, 0}, {10, -1}, {9, 0}, {9, 9}, {0, 9}}, []cell{{0, 0}, {9, 0}, {9, 9}, {0, 9}}},
		{"the smaller loop goes when it is walked first", []cell{{10, 1}, {11, 0}, {10, -1}, {9, 0}, {9, 9}, {0, 9}, {0, 0}, {9, 0}}, []cell{{9, 0}, {9, 9}, {0, 9}, {0, 0}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := repair(tt.ring)
			if !sameRing(got, tt.want) {
				t.Errorf("repair = %v, want %v", got, tt.want)
			}
		})
	}
}

// sameRing reports whether a and b are one ring, wherever they begin.
func sameRing(a, b []cell) bool {
	if len(a) != len(b) {
		return false
	}
	for shift := range a {
		same := true
		for i := range b {
			same = same && a[(i+shift)%len(a)] == b[i]
		}
		if same {
			return true
		}
	}
	return false
}

func TestFromGCJ(t *testing.T) {
	// Worked by hand from the published terms with x = 22.5, y = 15.25:
	// 438.4 - 13.3 + 103.1 east and 72.5 - 16.3 + 133.1 north.
	w := point{127.5, 50.25}
	g := toGCJ(w)
	east, north := metres(g)[0]-metres(w)[0], metres(g)[1]-metres(w)[1]
	// metres is scaled for 49.2° N, where a degree of longitude is 2 % longer.
	east *= math.Cos(50.25*math.Pi/180) / math.Cos(49.2*math.Pi/180)
	if math.Abs(east-528) > 3 || math.Abs(north-189) > 3 {
		t.Errorf("the shift is (%.0f, %.0f) m, want (528, 189)", east, north)
	}
	back := fromGCJ(g)
	if math.Abs(back[0]-w[0]) > 1e-9 || math.Abs(back[1]-w[1]) > 1e-9 {
		t.Errorf("there and back gives %v, want %v", back, w)
	}
}
