package repair_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/spatial"
	"pingzhang/spatial/repair"
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

// The cases and areas of the robustness table: what an odd number of rings
// surrounds, except for rings that are there twice.
func TestPolygons(t *testing.T) {
	far := spatial.XY{X: 42500000, Y: 5550000}
	nan := square(0, 0, 40, 40)
	nan[2].X = math.NaN()
	for _, tt := range []struct {
		name  string
		in    []spatial.Polygon
		area  float64
		parts int
		codes string // of the issues; of the refusal with !
	}{
		{"a good one is left alone", []spatial.Polygon{{square(0, 0, 40, 40), square(10, 10, 20, 20).Reversed()}}, 1500, 1, ""},
		{"bow-tie", []spatial.Polygon{{ring(0, 0, 40, 40, 40, 0, 0, 40, 0, 0)}}, 800, 2, "self_crossing"},
		{"touches itself at a vertex", []spatial.Polygon{{ring(0, 0, 20, 20, 40, 0, 40, 40, 20, 20, 0, 40, 0, 0)}}, 800, 2, "self_crossing"},
		{"inverted hole", []spatial.Polygon{{ring(0, 0, 40, 0, 40, 40, 0, 40, 0, 0, 20, 10, 20, 20, 10, 20, 0, 0)}}, 1400, 1, "self_crossing"},
		{"spike", []spatial.Polygon{{ring(0, 0, 40, 0, 40, 40, 20, 40, 20, 90, 20, 40, 0, 40, 0, 0)}}, 1600, 1, "spike"},
		{"spike at the seam", []spatial.Polygon{{ring(-9, 0, 0, 0, 40, 0, 40, 40, 0, 40, 0, 0, -9, 0)}}, 1600, 1, "spike"},
		{"hole outside shell", []spatial.Polygon{{square(0, 0, 40, 40), square(50, 0, 70, 20)}}, 2000, 2, "self_crossing"},
		{"hole crosses shell", []spatial.Polygon{{square(0, 0, 40, 40), square(30, 10, 50, 20)}}, 1600, 2, "self_crossing"},
		{"overlapping holes", []spatial.Polygon{{square(0, 0, 70, 70), square(10, 10, 20, 20), square(15, 15, 25, 25)}}, 4900 - 150, 2, "self_crossing"},
		{"hole is the shell", []spatial.Polygon{{square(0, 0, 40, 40), square(0, 0, 40, 40).Reversed()}}, 0, 0, "!hole_is_shell"},
		{"ring walked twice", []spatial.Polygon{{append(square(0, 0, 40, 40), square(0, 0, 40, 40)[1:]...)}}, 1600, 1, "walked_twice area_changed"},
		{"the same polygon twice", []spatial.Polygon{{square(0, 0, 40, 40)}, {square(0, 0, 40, 40).Reversed()}}, 1600, 1, "inverted repeated_part area_changed"},
		{"unclosed", []spatial.Polygon{{ring(0, 0, 40, 0, 40, 40, 0, 40)}}, 1600, 1, "unclosed"},
		{"unclosed triangle", []spatial.Polygon{{ring(0, 0, 40, 0, 40, 40)}}, 800, 1, "unclosed"},
		{"a vertex twice", []spatial.Polygon{{ring(0, 0, 40, 0, 40, 0, 40, 40, 0, 40, 0, 0)}}, 1600, 1, "duplicate_vertices"},
		{"clockwise", []spatial.Polygon{{square(0, 0, 40, 40).Reversed()}}, 1600, 1, "inverted"},
		{"NaN", []spatial.Polygon{{nan}}, 0, 0, "!not_finite"},
		{"on one line", []spatial.Polygon{{ring(0, 0, 10, 10, 20, 20, 0, 0)}}, 0, 0, "!zero_area"},
		{"one point", []spatial.Polygon{{ring(1, 1)}}, 0, 0, "!zero_area"},
		{"nothing", nil, 0, 0, "!zero_area"},
		{"parts over each other", []spatial.Polygon{{square(0, 0, 40, 40)}, {square(20, 0, 60, 40)}}, 2400, 1, "parts_overlap area_changed"},
		{"parts that share an edge", []spatial.Polygon{{square(0, 0, 40, 40)}, {square(40, 0, 60, 40)}}, 2400, 1, "parts_overlap"},
		{"a hole of one vertex is left out", []spatial.Polygon{{square(0, 0, 40, 40), ring(5, 5, 5, 5)}}, 1600, 1, "empty_ring"},
		{"a hole that touches the shell twice", []spatial.Polygon{{square(0, 0, 40, 40), ring(0, 20, 20, 10, 40, 20, 20, 30, 0, 20)}}, 1200, 2, "self_crossing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, o := range []spatial.XY{{}, far} {
				in := moved(tt.in, o)
				out, report, err := repair.Polygons(in, slab.Plane{})
				var codes []string
				for _, i := range report.Issues {
					codes = append(codes, i.Code)
					if i.Zh == "" {
						t.Errorf("%s says nothing", i.Code)
					}
				}
				if strings.HasPrefix(tt.codes, "!") {
					var r *spatial.Refusal
					if !errors.As(err, &r) || "!"+r.Code != tt.codes {
						t.Fatalf("error %v", err)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.Join(slices.Compact(codes), " "); got != tt.codes {
					t.Errorf("issues %q, want %q", got, tt.codes)
				}
				var sum float64
				for _, p := range out {
					sum += p.Area()
				}
				if math.Abs(sum-tt.area) > 1e-5 || math.Abs(report.After-tt.area) > 1e-5 || len(out) != tt.parts {
					t.Errorf("at %v: area %.9g by its rings, %.9g reported, want %.9g; %d parts, want %d", o, sum, report.After, tt.area, len(out), tt.parts)
				}
				if again, second, err := repair.Polygons(out, slab.Plane{}); err != nil || second.Repaired || len(again) != len(out) {
					t.Errorf("what was repaired is repaired again: %v, %v", second, err)
				}
			}
		})
	}
}

func moved(in []spatial.Polygon, o spatial.XY) (out []spatial.Polygon) {
	for _, p := range in {
		var q spatial.Polygon
		for _, r := range p {
			var s spatial.Ring
			for _, v := range r {
				s = append(s, spatial.XY{X: v.X + o.X, Y: v.Y + o.Y})
			}
			q = append(q, s)
		}
		out = append(out, q)
	}
	return out
}

// tangle is a ring that crosses itself many times.
func tangle(random *rand.Rand, n int, whole bool) (r spatial.Ring) {
	for range n {
		v := spatial.XY{X: random.Float64() * 100, Y: random.Float64() * 100}
		if whole {
			v = spatial.XY{X: math.Round(v.X / 10), Y: math.Round(v.Y / 10)}
		}
		r = append(r, v)
	}
	return append(r, r[0])
}

func TestTangles(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for i := range 600 {
		in := []spatial.Polygon{{tangle(random, 3+random.IntN(50), i%2 == 0)}}
		if i%3 == 0 {
			in[0] = append(in[0], tangle(random, 3+random.IntN(20), i%2 == 0))
		}
		out, report, err := repair.Polygons(in, slab.Plane{})
		if err != nil {
			var r *spatial.Refusal
			if errors.As(err, &r) && (r.Code == "zero_area" || r.Code == "hole_is_shell") {
				continue
			}
			t.Fatalf("%d: %v: %v", i, err, in)
		}
		var sum float64
		for _, p := range out {
			sum += p.Area()
		}
		// The grid moves a crossing by a micrometre, and an edge of 100 m with it.
		if math.Abs(sum-report.Before) > 5e-3 {
			t.Fatalf("%d: covered %g, repaired %g: %v", i, report.Before, sum, in)
		}
	}
}

// TestAsMakeValid compares with ST_MakeValid, which keeps to the even-odd rule
// for one ring.
func TestAsMakeValid(t *testing.T) {
	conn := sqldbtest.PostGIS(t)
	random := rand.New(rand.NewPCG(9, 10))
	for i := range 80 {
		in := []spatial.Polygon{{tangle(random, 4+random.IntN(40), false)}}
		out, _, err := repair.Polygons(in, slab.Plane{})
		if err != nil {
			t.Fatal(err)
		}
		var difference, area float64
		var valid bool
		if err := conn.QueryRow(context.Background(), `
			SELECT ST_IsValid($2::geometry),
			       ST_Area(ST_SymDifference(ST_MakeValid($1::geometry), $2::geometry)),
			       ST_Area($2::geometry)`, wkt(in), wkt(out)).Scan(&valid, &difference, &area); err != nil {
			t.Fatal(err)
		}
		if !valid || difference > 5e-3 {
			t.Fatalf("%d: valid %v, %g of %g m² differ", i, valid, difference, area)
		}
	}
}

func wkt(polygons []spatial.Polygon) string {
	var b strings.Builder
	b.WriteString("MULTIPOLYGON(")
	for i, p := range polygons {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, r := range p {
			b.WriteString([]string{",(", "(("}[min(1, max(0, 1-j))])
			for k, v := range r {
				if k > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, "%.17g %.17g", v.X, v.Y)
			}
			b.WriteByte(')')
		}
		b.WriteByte(')')
	}
	return b.String() + ")"
}

func FuzzPolygons(f *testing.F) {
	f.Add([]byte{0, 0, 9, 9, 9, 0, 0, 9}, byte(2))
	f.Add([]byte{0, 0, 9, 0, 9, 9, 0, 9, 2, 2, 3, 2, 3, 3}, byte(4))
	f.Fuzz(func(t *testing.T, data []byte, cut byte) {
		if len(data) > 200 {
			return
		}
		var r spatial.Ring
		for i := 0; i+1 < len(data); i += 2 {
			r = append(r, spatial.XY{X: float64(int8(data[i])), Y: float64(int8(data[i+1]))})
		}
		p := spatial.Polygon{r}
		if k := int(cut); k > 0 && k < len(r) {
			p = spatial.Polygon{r[:k], r[k:]}
		}
		out, report, err := repair.Polygons([]spatial.Polygon{p}, slab.Plane{})
		if err != nil {
			var refusal *spatial.Refusal
			if !errors.As(err, &refusal) || refusal.Code == "unrepairable" {
				t.Fatalf("%v: %v", err, p)
			}
			return
		}
		var sum float64
		for _, q := range out {
			sum += q.Area()
		}
		if math.Abs(sum-report.After) > 1e-3 {
			t.Fatalf("rings %g, slabs %g: %v", sum, report.After, p)
		}
	})
}
