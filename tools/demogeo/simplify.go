package main

import "math"

// simplifyAll fills the ring of every county: its arcs, each thinned once.
func simplifyAll(counties []*county) {
	junction := junctions(counties)
	done := map[[3]cell][]cell{}
	for _, c := range counties {
		for _, arc := range arcs(c.grid, junction) {
			for _, v := range thinOnce(arc, done)[1:] {
				c.ring = append(c.ring, round(v.wgs()))
			}
		}
	}
}

// thinOnce thins arc, or returns what an earlier county got for the same arc
// walked either way. Two arcs with the same ends differ in the vertex after.
func thinOnce(arc []cell, done map[[3]cell][]cell) []cell {
	n := len(arc)
	if thin, ok := done[[3]cell{arc[0], arc[1], arc[n-1]}]; ok {
		return thin
	}
	thin := thinned(arc)
	back := make([]cell, len(thin))
	for i, v := range thin {
		back[len(thin)-1-i] = v
	}
	done[[3]cell{arc[0], arc[1], arc[n-1]}] = thin
	done[[3]cell{arc[n-1], arc[n-2], arc[0]}] = back
	return thin
}

// thinned leaves out vertices of arc as long as each lies within the tolerance
// of what replaces it (Douglas and Peucker). Ends stay.
func thinned(arc []cell) []cell {
	plane := make([]point, len(arc))
	for i, v := range arc {
		plane[i] = metres(v.wgs())
	}
	keep := make([]bool, len(arc))
	keep[0], keep[len(arc)-1] = true, true
	var split func(i, j int)
	split = func(i, j int) {
		far, at := tolerance*1.0, -1
		for k := i + 1; k < j; k++ {
			if d := toSegment(plane[k], plane[i], plane[j]); d > far {
				far, at = d, k
			}
		}
		if at >= 0 {
			keep[at] = true
			split(i, at)
			split(at, j)
		}
	}
	split(0, len(arc)-1)
	var out []cell
	for i, v := range arc {
		if keep[i] {
			out = append(out, v)
		}
	}
	return out
}

// toSegment returns the distance of p from the segment ab in their plane.
func toSegment(p, a, b point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = math.Max(0, math.Min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
	}
	return math.Hypot(p[0]-a[0]-t*dx, p[1]-a[1]-t*dy)
}

// round cuts p to 1e-5 degree, about a metre.
func round(p point) point {
	return point{math.Round(p[0]*1e5) / 1e5, math.Round(p[1]*1e5) / 1e5}
}
