package repair

import (
	"math"
	"slices"

	"pingzhang/spatial"
)

// trace returns the polygons whose boundary the noded spans are: the parts that
// an odd number of rings surrounds.
func (l *linework) trace() []spatial.Polygon {
	around := map[spot][]spot{}
	for _, s := range l.spans {
		around[s.a] = append(around[s.a], s.b)
		around[s.b] = append(around[s.b], s.a)
	}
	for at, others := range around {
		slices.SortFunc(others, func(p, q spot) int { return byAngle(at, p, q) })
	}
	walked := map[[2]spot]bool{}
	var shells, holes []spatial.Ring
	for _, s := range l.spans {
		// An upright span is walked with its ring, which has others.
		if s.a.x == s.b.x || walked[[2]spot{s.a, s.b}] || walked[[2]spot{s.b, s.a}] {
			continue
		}
		from, to := s.b, s.a
		if l.insideAbove(s) {
			from, to = s.a, s.b
		}
		for _, loop := range loops(walk(from, to, around, walked)) {
			r := make(spatial.Ring, 0, len(loop)+1)
			for _, p := range loop {
				r = append(r, l.position(p))
			}
			r = append(r, r[0])
			if area := r.PlanarArea(); area > 0 {
				shells = append(shells, r)
			} else if area < 0 {
				holes = append(holes, r)
			}
		}
	}
	return assemble(shells, holes)
}

// byAngle orders p and q counter-clockwise as seen from at, from the east.
func byAngle(at, p, q spot) int {
	half := func(s spot) int {
		if s.y > at.y || s.y == at.y && s.x > at.x {
			return 0
		}
		return 1
	}
	if hp, hq := half(p), half(q); hp != hq {
		return hp - hq
	}
	return -side(at, p, q)
}

// insideAbove reports whether an odd number of spans lies above the middle of s.
func (l *linework) insideAbove(s span) bool {
	mx, my := float64(s.a.x+s.b.x)/2, float64(s.a.y+s.b.y)/2
	in := false
	for _, t := range l.spans {
		if t == s || (float64(t.a.x) > mx) == (float64(t.b.x) > mx) {
			continue
		}
		y := float64(t.a.y) + (mx-float64(t.a.x))/float64(t.b.x-t.a.x)*float64(t.b.y-t.a.y)
		if y > my {
			in = !in
		}
	}
	return in
}

// walk follows the boundary with the inside to its left, back to where it began.
func walk(from, to spot, around map[spot][]spot, walked map[[2]spot]bool) []spot {
	path := []spot{}
	for !walked[[2]spot{from, to}] {
		walked[[2]spot{from, to}] = true
		path = append(path, from)
		others := around[to]
		i := slices.Index(others, from)
		from, to = to, others[(i+len(others)-1)%len(others)]
	}
	return path
}

// loops cuts a path where it comes by a spot again.
func loops(path []spot) (out [][]spot) {
	seen := map[spot]int{}
	var stack []spot
	for _, p := range path {
		if at, ok := seen[p]; ok {
			out = append(out, slices.Clone(stack[at:]))
			for _, q := range stack[at+1:] {
				delete(seen, q)
			}
			stack = stack[:at+1]
			continue
		}
		seen[p] = len(stack)
		stack = append(stack, p)
	}
	return append(out, stack)
}

// assemble gives each hole to the smallest shell around it.
func assemble(shells, holes []spatial.Ring) []spatial.Polygon {
	slices.SortStableFunc(shells, func(a, b spatial.Ring) int {
		if a.PlanarArea() < b.PlanarArea() {
			return -1
		}
		return 1
	})
	out := make([]spatial.Polygon, len(shells))
	for i, s := range shells {
		out[i] = spatial.Polygon{s}
	}
	for _, h := range holes {
		// No edge lies on another, so the middle of one is inside or outside.
		mid := spatial.XY{X: (h[0].X + h[1].X) / 2, Y: (h[0].Y + h[1].Y) / 2}
		for i, s := range shells {
			if s.PlanarArea() > math.Abs(h.PlanarArea()) && contains(s, mid) {
				out[i] = append(out[i], h)
				break
			}
		}
	}
	slices.Reverse(out) // the largest first
	return out
}

// contains reports whether p is inside r, by even-odd.
func contains(r spatial.Ring, p spatial.XY) bool {
	in := false
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if (a.Y > p.Y) != (b.Y > p.Y) && p.X < a.X+(p.Y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
			in = !in
		}
	}
	return in
}
