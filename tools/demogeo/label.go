package main

import "math"

// labelPoint returns the place inside ring that is farthest from its border,
// to about a hundred metres: the name stands there. It looks at a coarse lattice
// and then ever finer around the best place.
func labelPoint(ring []point) point {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, p := range ring {
		for k := range p {
			lo[k], hi[k] = math.Min(lo[k], p[k]), math.Max(hi[k], p[k])
		}
	}
	best, room := lo, -1.0
	for step := 0; step < 6; step++ {
		const n = 24
		w, h := (hi[0]-lo[0])/n, (hi[1]-lo[1])/n
		for i := 0; i <= n; i++ {
			for j := 0; j <= n; j++ {
				p := point{lo[0] + float64(i)*w, lo[1] + float64(j)*h}
				if d := depth(p, ring); d > room {
					best, room = p, d
				}
			}
		}
		lo, hi = point{best[0] - 2*w, best[1] - 2*h}, point{best[0] + 2*w, best[1] + 2*h}
	}
	return round(best)
}

// depth is the distance in metres from p to the border of ring, negative outside.
func depth(p point, ring []point) float64 {
	inside, near, at := false, math.Inf(1), metres(p)
	for i, b := range ring {
		a := ring[(i+len(ring)-1)%len(ring)]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			inside = !inside
		}
		near = math.Min(near, toSegment(at, metres(a), metres(b)))
	}
	if !inside {
		return -near
	}
	return near
}
