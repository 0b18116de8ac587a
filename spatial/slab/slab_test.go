package slab_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pingzhang/spatial"
	"pingzhang/spatial/slab"
)

func ring(xy ...float64) (r spatial.Ring) {
	for i := 0; i < len(xy); i += 2 {
		r = append(r, spatial.XY{X: xy[i], Y: xy[i+1]})
	}
	return r
}

func square(x0, y0, x1, y1 float64) spatial.Ring {
	return ring(x0, y0, x1, y0, x1, y1, x0, y1, x0, y0)
}

func TestArea(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rings []spatial.Ring
		want  float64
	}{
		{"square", []spatial.Ring{square(0, 0, 40, 40)}, 1600},
		{"clockwise square", []spatial.Ring{square(0, 0, 40, 40).Reversed()}, 1600},
		{"unclosed", []spatial.Ring{ring(0, 0, 40, 0, 40, 40, 0, 40)}, 1600},
		{"bow-tie", []spatial.Ring{ring(0, 0, 40, 40, 40, 0, 0, 40, 0, 0)}, 800},
		{"spike", []spatial.Ring{ring(0, 0, 40, 0, 40, 40, 20, 40, 20, 90, 20, 40, 0, 40, 0, 0)}, 1600},
		{"hole", []spatial.Ring{square(0, 0, 40, 40), square(10, 10, 20, 20)}, 1500},
		{"hole outside shell", []spatial.Ring{square(0, 0, 40, 40), square(50, 0, 70, 20)}, 2000},
		{"hole crosses shell", []spatial.Ring{square(0, 0, 40, 40), square(30, 10, 50, 20)}, 1600},
		{"walked twice", []spatial.Ring{append(square(0, 0, 40, 40), square(0, 0, 40, 40)...)}, 0},
		{"a pentagram has no middle", []spatial.Ring{star(100)}, 5 * 100 * 100 * tip},
		{"nothing", nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, o := range []spatial.XY{{}, {X: 42500000, Y: 5550000}} {
				if got := slab.Area(moved(tt.rings, o), slab.Plane{}); math.Abs(got-tt.want) > 1e-6 {
					t.Errorf("at %v: %.9g, want %.9g", o, got, tt.want)
				}
			}
		})
	}
}

// tip is the area of one point of a pentagram in the unit circle: a triangle
// with the base of the inner pentagon, whose corners lie at cos 72°/cos 36°.
var tip = func() float64 {
	inner := math.Cos(2*math.Pi/5) / math.Cos(math.Pi/5)
	base := 2 * inner * math.Sin(math.Pi/5)
	height := 1 - inner*math.Cos(math.Pi/5)
	return base * height / 2
}()

func star(r float64) (out spatial.Ring) {
	for i := range 6 {
		a := float64(i*2) / 5 * 2 * math.Pi
		out = append(out, spatial.XY{X: r * math.Sin(a), Y: r * math.Cos(a)})
	}
	return out
}

func moved(rings []spatial.Ring, o spatial.XY) (out []spatial.Ring) {
	for _, r := range rings {
		var s spatial.Ring
		for _, v := range r {
			s = append(s, spatial.XY{X: v.X + o.X, Y: v.Y + o.Y})
		}
		out = append(out, s)
	}
	return out
}

func TestCommon(t *testing.T) {
	a := []spatial.Ring{square(0, 0, 40, 40), square(10, 10, 20, 20)}
	for _, tt := range []struct {
		name string
		b    []spatial.Ring
		want float64
	}{
		{"itself", a, 1500},
		{"a quarter", []spatial.Ring{square(20, 20, 60, 60)}, 400},
		{"within the hole", []spatial.Ring{square(11, 11, 19, 19)}, 0},
		{"over the hole", []spatial.Ring{square(5, 5, 25, 25)}, 300},
		{"side by side", []spatial.Ring{square(40, 0, 80, 40)}, 0},
		{"one within the other, which is a triangle that does not reach it", []spatial.Ring{ring(-50, 30, 30, 110, -50, 110, -50, 30)}, 0},
		{"apart", []spatial.Ring{square(80, 80, 90, 90)}, 0},
		{"a bow-tie over it", []spatial.Ring{ring(0, 0, 40, 40, 40, 0, 0, 40, 0, 0)}, 800 - 50},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := slab.Common(a, tt.b, slab.Plane{}); math.Abs(got-tt.want) > 1e-6 {
				t.Errorf("%.9g, want %.9g", got, tt.want)
			}
			if got := slab.Common(tt.b, a, slab.Plane{}); math.Abs(got-tt.want) > 1e-6 {
				t.Errorf("the other way about %.9g, want %.9g", got, tt.want)
			}
		})
	}
}

// TestPartsMakeTheWhole: what lies in the two halves of a tangle is what the
// tangle covers.
func TestPartsMakeTheWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var r spatial.Ring
		for range 4 + random.IntN(40) {
			r = append(r, spatial.XY{X: math.Round(random.Float64() * 20), Y: math.Round(random.Float64() * 20)})
		}
		r = append(r, r[0])
		at := 20 * random.Float64()
		whole := slab.Area([]spatial.Ring{r}, slab.Plane{})
		parts := slab.Common([]spatial.Ring{r}, []spatial.Ring{square(-1, -1, at, 21)}, slab.Plane{}) +
			slab.Common([]spatial.Ring{r}, []spatial.Ring{square(at, -1, 21, 21)}, slab.Plane{})
		if math.Abs(whole-parts) > 1e-6 {
			t.Fatalf("whole %g, parts %g: %v cut at %g", whole, parts, r, at)
		}
	}
}
