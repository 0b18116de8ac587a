package overlay_test

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"pingzhang/spatial"
	"pingzhang/spatial/overlay"
	"pingzhang/spatial/repair"
	"pingzhang/spatial/simple"
	"pingzhang/spatial/slab"
)

func rect(x0, y0, x1, y1 float64) spatial.Polygon {
	return spatial.Polygon{{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}, {X: x0, Y: y0}}}
}

// near 126° E the plane is true to 1e-9.
const cx, cy = 500000.0, 5500000.0

func at(p spatial.Polygon) []spatial.Polygon {
	var q spatial.Polygon
	for _, r := range p {
		var s spatial.Ring
		for _, v := range r {
			s = append(s, spatial.XY{X: v.X + cx, Y: v.Y + cy})
		}
		q = append(q, s)
	}
	return []spatial.Polygon{q}
}

func TestParts(t *testing.T) {
	ix := overlay.New(plane, []overlay.Zone{
		{Code: "west", Polygons: at(rect(0, 0, 100, 100))},
		{Code: "east", Polygons: at(rect(100, 0, 200, 100))},
		{Code: "ring", Polygons: at(append(rect(0, 0, 100, 100), rect(40, 40, 60, 60)[0].Reversed()))},
		{Code: "far", Polygons: at(rect(500, 0, 600, 100))},
	})
	for _, tt := range []struct {
		name    string
		project spatial.Polygon
		want    map[string]float64
		slivers map[string]bool
	}{
		{"in one", rect(10, 10, 20, 20), map[string]float64{"west": 100, "ring": 100}, nil},
		{"in the hole of one", rect(45, 45, 55, 55), map[string]float64{"west": 100}, nil},
		{"half and half", rect(90, 0, 110, 10), map[string]float64{"west": 100, "east": 100, "ring": 100}, nil},
		{"a border in common is nothing in common", rect(200, 0, 300, 100), map[string]float64{}, nil},
		{"half a centimetre over a border of 100 m is a sliver", rect(199.995, 0, 400, 100), map[string]float64{"east": 0.5}, map[string]bool{"east": true}},
		{"three centimetres are none", rect(199.97, 0, 400, 100), map[string]float64{"east": 3}, nil},
		{"round everything", rect(-10, -10, 700, 110), map[string]float64{"west": 10000, "east": 10000, "ring": 9600, "far": 10000}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			project := at(tt.project)
			parts, area := ix.Parts(project, overlay.DefaultTolerance)
			if want := tt.project.Area(); math.Abs(area-want) > 1e-6*want {
				t.Errorf("area %g, want %g", area, want)
			}
			if len(parts) != len(tt.want) {
				t.Errorf("parts %+v, want %v", parts, tt.want)
			}
			for _, p := range parts {
				if want := tt.want[p.Code]; math.Abs(p.Area-want) > 1e-8*want+1e-6 || p.Sliver != tt.slivers[p.Code] || math.Abs(p.Share-p.Area/area) > 1e-9 {
					t.Errorf("%+v, want %g", p, want)
				}
				if shape, err := ix.Verify(project, p); err != nil || math.Abs(shape.Area-p.Area) > 1e-3 {
					t.Errorf("verified %+v: %g, %v", p, shape.Area, err)
				}
			}
		})
	}
	if got := ix.At(spatial.XY{X: cx + 50, Y: cy + 50}); len(got) != 1 || got[0] != 0 {
		t.Errorf("at the hole lies %v", got)
	}
}

func TestNear(t *testing.T) {
	ix := overlay.New(plane, []overlay.Zone{
		{Code: "touched", Polygons: at(rect(0, 0, 100, 100))},
		{Code: "beside", Polygons: at(rect(100, 0, 200, 100))},
		{Code: "300 m off", Polygons: at(rect(400, 0, 500, 100))},
		{Code: "5 km off", Polygons: at(rect(5100, 0, 5200, 100))},
	})
	project := at(rect(50, 10, 100, 90))
	parts, _ := ix.Parts(project, overlay.DefaultTolerance)
	for _, tt := range []struct {
		within float64
		want   []float64
	}{{1000, []float64{0, 300}}, {299, []float64{0}}, {10000, []float64{0, 300, 5000}}} {
		got := ix.Near(project, tt.within, parts)
		if len(got) != len(tt.want) {
			t.Fatalf("within %g m: %+v", tt.within, got)
		}
		for i, n := range got {
			if math.Abs(n.Distance-tt.want[i]) > 1e-3 {
				t.Errorf("%s is %g m off, want %g", n.Code, n.Distance, tt.want[i])
			}
		}
	}
}

// TestRobustness runs the tangled cases through repair and overlay: what comes
// out is what an odd number of rings surrounds.
func TestRobustness(t *testing.T) {
	field := overlay.New(plane, []overlay.Zone{{Code: "field", Polygons: at(rect(-100, -100, 60, 200))}})
	ring := func(xy ...float64) (r spatial.Ring) {
		for i := 0; i < len(xy); i += 2 {
			r = append(r, spatial.XY{X: xy[i], Y: xy[i+1]})
		}
		return r
	}
	sq := func(x0, y0, x1, y1 float64) spatial.Ring { return rect(x0, y0, x1, y1)[0] }
	for _, tt := range []struct {
		name string
		in   spatial.Polygon
		want float64
	}{
		{"bow-tie", spatial.Polygon{ring(0, 0, 40, 40, 40, 0, 0, 40, 0, 0)}, 800},
		{"touches itself at a vertex", spatial.Polygon{ring(0, 0, 20, 20, 40, 0, 40, 40, 20, 20, 0, 40, 0, 0)}, 800},
		{"inverted hole", spatial.Polygon{ring(0, 0, 40, 0, 40, 40, 0, 40, 0, 0, 20, 10, 20, 20, 10, 20, 0, 0)}, 1400},
		{"spike", spatial.Polygon{ring(0, 0, 40, 0, 40, 40, 20, 40, 20, 90, 20, 40, 0, 40, 0, 0)}, 1600},
		{"hole outside shell", spatial.Polygon{sq(0, 0, 40, 40), sq(50, 0, 70, 20)}, 1800},
		{"hole crosses shell", spatial.Polygon{sq(0, 0, 40, 40), sq(30, 10, 50, 20)}, 1600},
		{"overlapping holes", spatial.Polygon{sq(-10, 0, 60, 70), sq(10, 10, 20, 20), sq(15, 15, 25, 25)}, 4750},
		{"ring walked twice", spatial.Polygon{append(sq(0, 0, 40, 40), sq(0, 0, 40, 40)[1:]...)}, 1600},
		{"unclosed", spatial.Polygon{ring(0, 0, 40, 0, 40, 40, 0, 40)}, 1600},
	} {
		t.Run(tt.name, func(t *testing.T) {
			project, _, err := repair.Polygons(at(tt.in), slab.Plane{})
			if err != nil {
				t.Fatal(err)
			}
			parts, _ := field.Parts(project, overlay.DefaultTolerance)
			if len(parts) != 1 || math.Abs(parts[0].Area-tt.want) > 1e-5 {
				t.Fatalf("%+v, want %g m²", parts, tt.want)
			}
			if shape, err := field.Verify(project, parts[0]); err != nil || math.Abs(shape.Area-tt.want) > 1e-4 {
				t.Errorf("simplefeatures: %g, %v", shape.Area, err)
			}
		})
	}
}

// TestBothWaysAgree: slab and simplefeatures find the same areas, and the parts
// of a project make the whole.
func TestBothWaysAgree(t *testing.T) {
	zones := terrain(1, 20, 6)
	for _, z := range zones {
		if err := simple.Validate(z.Polygons...); err != nil {
			t.Fatalf("the generator made an invalid %s: %v", z.Code, err)
		}
	}
	ix := overlay.New(plane, zones)
	pairs := 0
	for i, project := range projects(2, 300, zones) {
		parts, area := ix.Parts(project, overlay.DefaultTolerance)
		var sum float64
		for _, p := range parts {
			sum += p.Area
			if _, err := ix.Verify(project, p); err != nil {
				t.Errorf("project %d: %v", i, err)
			}
			pairs++
		}
		if math.Abs(sum-area) > 1e-6*area+1e-3 {
			t.Errorf("project %d: parts make %.6f of %.6f m²", i, sum, area)
		}
	}
	t.Logf("%d pairs", pairs)
}

// TestJitter lays a zone upon itself with its vertices moved by up to a metre.
func TestJitter(t *testing.T) {
	zones := terrain(3, 6, 5)
	ix := overlay.New(plane, zones)
	random := rand.New(rand.NewPCG(4, 4))
	for _, size := range []float64{0, 1e-9, 1e-7, 1e-5, 1e-3, 1e-1, 1} {
		for i := range 20 {
			var r spatial.Ring
			z := zones[7+random.IntN(4)+6*random.IntN(3)].Polygons[0][0]
			for _, v := range z[:len(z)-1] {
				r = append(r, spatial.XY{X: v.X + size*(random.Float64()-0.5), Y: v.Y + size*(random.Float64()-0.5)})
			}
			project := []spatial.Polygon{{append(r, r[0])}}
			parts, area := ix.Parts(project, overlay.DefaultTolerance)
			var sum float64
			for _, p := range parts {
				sum += p.Area
				if _, err := ix.Verify(project, p); err != nil {
					t.Errorf("moved by %g m, copy %d: %v", size, i, err)
				}
			}
			if math.Abs(sum-area) > 1e-3+1e-9*area {
				t.Errorf("moved by %g m: parts make %.4f of %.4f m²", size, sum, area)
			}
		}
	}
}

// TestManyAtOnce is for the race detector.
func TestManyAtOnce(t *testing.T) {
	zones := terrain(5, 8, 4)
	ix := overlay.New(plane, zones)
	todo := projects(6, 40, zones)
	var want []float64
	for _, p := range todo {
		parts, _ := ix.Parts(p, overlay.DefaultTolerance)
		var sum float64
		for _, q := range parts {
			sum += q.Area
		}
		want = append(want, sum)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i, p := range todo {
				parts, _ := ix.Parts(p, overlay.DefaultTolerance)
				var sum float64
				for _, q := range parts {
					sum += q.Area
				}
				if sum != want[i] {
					t.Errorf("project %d: %g, alone %g", i, sum, want[i])
				}
				ix.Near(p, 100, parts)
			}
		})
	}
	wait.Wait()
}
