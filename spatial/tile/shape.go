package tile

import (
	"math"

	"pingzhang/spatial"
)

// A Shape is a geometry made ready for tiles of all levels. It does not change
// and may be used by many at once.
type Shape struct {
	polygons [][]line
	lines    []line
	points   []spatial.XY
}

// A line is positions of the world, which is a square of side 1 with y to the
// south, and how far each stands from the line without it, at least.
type line struct {
	at      []spatial.XY
	weights []float64
	box     spatial.Box
}

// NewShape prepares a geometry of longitudes and latitudes.
func NewShape(g spatial.Geometry) (s Shape) {
	for _, p := range g.Polygons {
		var lines []line
		for _, r := range p {
			lines = append(lines, newLine(r))
		}
		s.polygons = append(s.polygons, lines)
	}
	for _, l := range g.Lines {
		s.lines = append(s.lines, newLine(l))
	}
	for _, v := range g.Points {
		s.points = append(s.points, world(v))
	}
	return s
}

// world is web Mercator in a square of side 1.
func world(p spatial.XY) spatial.XY {
	s := math.Sin(max(-85.06, min(85.06, p.Y)) * math.Pi / 180)
	return spatial.XY{X: (p.X + 180) / 360, Y: 0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)}
}

// newLine weighs vertices as Douglas and Peucker would choose them: one weighs
// its distance from the edge that stands in for it, and no more than the vertex
// that was chosen before it. The ends weigh everything, and in a ring the vertex
// farthest from them and the one farthest from both, so that a ring keeps an area.
func newLine(in []spatial.XY) line {
	l := line{at: make([]spatial.XY, len(in)), weights: make([]float64, len(in)), box: spatial.NoBox}
	for i, v := range in {
		l.at[i] = world(v)
		l.box = l.box.With(l.at[i])
	}
	if len(in) == 0 {
		return l
	}
	last := len(in) - 1
	l.weights[0], l.weights[last] = math.Inf(1), math.Inf(1)
	todo := []stretch{{0, last, math.Inf(1)}}
	if in[0] == in[last] {
		far := 0
		for i, v := range l.at {
			if squared(v, l.at[0]) > squared(l.at[far], l.at[0]) {
				far = i
			}
		}
		l.weights[far] = math.Inf(1)
		todo = []stretch{{0, far, math.Inf(1)}, {far, last, math.Inf(1)}}
		if third, _ := l.farthest(0, last, l.at[0], l.at[far]); third > 0 {
			l.weights[third] = math.Inf(1)
			if third < far {
				todo = []stretch{{0, third, math.Inf(1)}, {third, far, math.Inf(1)}, {far, last, math.Inf(1)}}
			} else {
				todo = []stretch{{0, far, math.Inf(1)}, {far, third, math.Inf(1)}, {third, last, math.Inf(1)}}
			}
		}
	}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		at, d := l.farthest(s.from, s.to, l.at[s.from], l.at[s.to])
		if at < 0 {
			continue
		}
		w := min(s.most, d)
		l.weights[at] = w
		todo = append(todo, stretch{s.from, at, w}, stretch{at, s.to, w})
	}
	return l
}

// A stretch of a line is yet to be weighed; no vertex of it weighs more than most.
type stretch struct {
	from, to int
	most     float64
}

// farthest returns the vertex between two that is farthest from an edge, -1
// where there is none.
func (l line) farthest(from, to int, a, b spatial.XY) (at int, d float64) {
	at, worst := -1, -1.0
	dx, dy := b.X-a.X, b.Y-a.Y
	long := dx*dx + dy*dy
	for i := from + 1; i < to; i++ {
		v := l.at[i]
		k := 0.0
		if long > 0 {
			k = max(0, min(1, ((v.X-a.X)*dx+(v.Y-a.Y)*dy)/long))
		}
		if e := squared(v, spatial.XY{X: a.X + k*dx, Y: a.Y + k*dy}); e > worst {
			at, worst = i, e
		}
	}
	return at, math.Sqrt(max(0, worst))
}

func squared(a, b spatial.XY) float64 {
	return (a.X-b.X)*(a.X-b.X) + (a.Y-b.Y)*(a.Y-b.Y)
}
