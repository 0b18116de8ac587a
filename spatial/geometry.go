package spatial

import (
	"math"
	"slices"
)

// XY is a position: X east or longitude, Y north or latitude, in metres or
// degrees as its system says.
type XY struct{ X, Y float64 }

// Finite reports whether both numbers are numbers.
func (p XY) Finite() bool {
	return !math.IsNaN(p.X) && !math.IsInf(p.X, 0) && !math.IsNaN(p.Y) && !math.IsInf(p.Y, 0)
}

// A Ring is a closed line: its first vertex is repeated at its end. A valid ring
// has at least four vertices.
type Ring []XY

// Closed reports whether the first vertex is repeated at the end.
func (r Ring) Closed() bool { return len(r) > 1 && r[0] == r[len(r)-1] }

// PlanarArea returns the area by the coordinates as they are, positive where the
// ring runs counter-clockwise. It is taken about the first vertex, so that large
// coordinates cost no digits.
func (r Ring) PlanarArea() float64 {
	if len(r) < 3 {
		return 0
	}
	var twice float64
	o := r[0]
	for i := 1; i+1 < len(r); i++ {
		twice += (r[i].X-o.X)*(r[i+1].Y-o.Y) - (r[i+1].X-o.X)*(r[i].Y-o.Y)
	}
	return twice / 2
}

// Reversed returns the ring run the other way.
func (r Ring) Reversed() Ring {
	out := slices.Clone(r)
	slices.Reverse(out)
	return out
}

// A Polygon is an outer ring and the rings of its holes.
type Polygon []Ring

// Area returns the area by the coordinates as they are, for a valid polygon.
func (p Polygon) Area() float64 {
	var sum float64
	for i, r := range p {
		if a := math.Abs(r.PlanarArea()); i == 0 {
			sum = a
		} else {
			sum -= a
		}
	}
	return sum
}

// A Geometry is everything one feature covers. Most have polygons only.
type Geometry struct {
	Polygons []Polygon
	Lines    [][]XY
	Points   []XY
}

// Empty reports whether there is nothing at all.
func (g Geometry) Empty() bool {
	return len(g.Polygons) == 0 && len(g.Lines) == 0 && len(g.Points) == 0
}

// Vertices returns how many positions the geometry has.
func (g Geometry) Vertices() int {
	n := len(g.Points)
	for _, l := range g.Lines {
		n += len(l)
	}
	for _, p := range g.Polygons {
		for _, r := range p {
			n += len(r)
		}
	}
	return n
}

// Each calls f with every position until f returns false.
func (g Geometry) Each(f func(XY) bool) {
	for _, p := range g.Polygons {
		for _, r := range p {
			for _, v := range r {
				if !f(v) {
					return
				}
			}
		}
	}
	for _, l := range g.Lines {
		for _, v := range l {
			if !f(v) {
				return
			}
		}
	}
	for _, v := range g.Points {
		if !f(v) {
			return
		}
	}
}

// Map returns the geometry with every position passed through f, or the first
// error of f.
func (g Geometry) Map(f func(XY) (XY, error)) (Geometry, error) {
	var err error
	turn := func(in []XY) []XY {
		out := make([]XY, len(in))
		for i, v := range in {
			if err != nil {
				break
			}
			out[i], err = f(v)
		}
		return out
	}
	var out Geometry
	for _, p := range g.Polygons {
		q := make(Polygon, len(p))
		for i, r := range p {
			q[i] = turn(r)
		}
		out.Polygons = append(out.Polygons, q)
	}
	for _, l := range g.Lines {
		out.Lines = append(out.Lines, turn(l))
	}
	if len(g.Points) > 0 {
		out.Points = turn(g.Points)
	}
	if err != nil {
		return Geometry{}, err
	}
	return out, nil
}

// Box returns the smallest box around the geometry.
func (g Geometry) Box() Box {
	b := NoBox
	g.Each(func(v XY) bool { b = b.With(v); return true })
	return b
}

// Box returns the smallest box around the outer ring.
func (p Polygon) Box() Box {
	b := NoBox
	if len(p) > 0 {
		for _, v := range p[0] {
			b = b.With(v)
		}
	}
	return b
}

// A Box is a rectangle along the axes.
type Box struct{ Min, Max XY }

// NoBox holds nothing; With grows it.
var NoBox = Box{XY{math.Inf(1), math.Inf(1)}, XY{math.Inf(-1), math.Inf(-1)}}

// With returns the smallest box with b and v in it.
func (b Box) With(v XY) Box {
	return Box{XY{min(b.Min.X, v.X), min(b.Min.Y, v.Y)}, XY{max(b.Max.X, v.X), max(b.Max.Y, v.Y)}}
}

// Empty reports whether the box holds nothing.
func (b Box) Empty() bool { return b.Min.X > b.Max.X || b.Min.Y > b.Max.Y }

// Has reports whether v is in b or on its edge.
func (b Box) Has(v XY) bool {
	return v.X >= b.Min.X && v.X <= b.Max.X && v.Y >= b.Min.Y && v.Y <= b.Max.Y
}

// Meets reports whether the two have a position in common.
func (b Box) Meets(c Box) bool {
	return b.Min.X <= c.Max.X && c.Min.X <= b.Max.X && b.Min.Y <= c.Max.Y && c.Min.Y <= b.Max.Y
}

// Grown returns b with d more on each side.
func (b Box) Grown(d float64) Box {
	return Box{XY{b.Min.X - d, b.Min.Y - d}, XY{b.Max.X + d, b.Max.Y + d}}
}

// Centre returns the middle of the box.
func (b Box) Centre() XY { return XY{(b.Min.X + b.Max.X) / 2, (b.Min.Y + b.Max.Y) / 2} }
