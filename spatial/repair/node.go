package repair

import (
	"cmp"
	"math"
	"math/big"
	"slices"

	"pingzhang/spatial"
)

// grid is the distance in metres between the places where a new vertex may
// stand. Two vertices that are nearer become one.
const grid = 1e-6

// A spot is a position on the grid, counted from the first vertex.
type spot struct{ x, y int64 }

// A span is an edge of the linework, its lower spot (by x, then y) first.
type span struct{ a, b spot }

func less(a, b spot) bool { return a.x < b.x || a.x == b.x && a.y < b.y }

func between(a, b spot) span {
	if less(b, a) {
		a, b = b, a
	}
	return span{a, b}
}

// side returns the sign of the turn a, b, c, exactly.
func side(a, b, c spot) int {
	l := float64(b.x-a.x) * float64(c.y-a.y)
	r := float64(b.y-a.y) * float64(c.x-a.x)
	if d := l - r; math.Abs(d) > 1e-14*(math.Abs(l)+math.Abs(r)) {
		return cmp.Compare(d, 0)
	}
	p := new(big.Int).Mul(big.NewInt(b.x-a.x), big.NewInt(c.y-a.y))
	q := new(big.Int).Mul(big.NewInt(b.y-a.y), big.NewInt(c.x-a.x))
	return p.Cmp(q)
}

// linework is the edges of some rings on the grid.
type linework struct {
	origin spatial.XY
	were   map[spot]spatial.XY // vertices as they were given
	spans  []span
}

func newLinework(rings []spatial.Ring) *linework {
	l := &linework{were: map[spot]spatial.XY{}}
	l.origin = rings[0][0]
	for _, r := range rings {
		for i := 1; i < len(r); i++ {
			if s := between(l.spot(r[i-1]), l.spot(r[i])); s.a != s.b {
				l.spans = append(l.spans, s)
			}
		}
	}
	return l
}

func (l *linework) spot(v spatial.XY) spot {
	s := spot{int64(math.Round((v.X - l.origin.X) / grid)), int64(math.Round((v.Y - l.origin.Y) / grid))}
	if _, ok := l.were[s]; !ok {
		l.were[s] = v
	}
	return s
}

func (l *linework) position(s spot) spatial.XY {
	if v, ok := l.were[s]; ok {
		return v
	}
	return spatial.XY{X: l.origin.X + float64(s.x)*grid, Y: l.origin.Y + float64(s.y)*grid}
}

// node splits the spans until they meet at their ends only, and returns where
// the given ones crossed. Moving a crossing onto the grid may make a new one, so
// it is done again until there is none.
func (l *linework) node() (crossings []spot, ok bool) {
	for round := range 12 {
		cuts := l.meetings()
		if len(cuts) == 0 {
			return crossings, true
		}
		var next []span
		for i, s := range l.spans {
			at := cuts[i]
			if len(at) == 0 {
				next = append(next, s)
				continue
			}
			if round == 0 {
				crossings = append(crossings, at...)
			}
			along := func(p spot) float64 {
				return float64(p.x-s.a.x)*float64(s.b.x-s.a.x) + float64(p.y-s.a.y)*float64(s.b.y-s.a.y)
			}
			slices.SortFunc(at, func(p, q spot) int { return cmp.Compare(along(p), along(q)) })
			from := s.a
			for _, p := range append(at, s.b) {
				if p != from {
					next = append(next, between(from, p))
				}
				from = p
			}
		}
		l.spans = odd(next)
	}
	return crossings, false
}

// odd keeps one of each span that is there an odd number of times: an edge
// walked twice bounds nothing.
func odd(spans []span) []span {
	slices.SortFunc(spans, func(s, t span) int {
		return cmp.Or(cmp.Compare(s.a.x, t.a.x), cmp.Compare(s.a.y, t.a.y), cmp.Compare(s.b.x, t.b.x), cmp.Compare(s.b.y, t.b.y))
	})
	out := spans[:0]
	for i := 0; i < len(spans); {
		j := i
		for j < len(spans) && spans[j] == spans[i] {
			j++
		}
		if (j-i)%2 == 1 {
			out = append(out, spans[i])
		}
		i = j
	}
	return out
}

// meetings returns for each span the spots within it where another ends or
// crosses.
func (l *linework) meetings() map[int][]spot {
	l.spans = odd(l.spans)
	cuts := map[int][]spot{}
	for i, s := range l.spans {
		for j := i + 1; j < len(l.spans) && l.spans[j].a.x <= s.b.x+1; j++ {
			t := l.spans[j]
			if max(t.a.y, t.b.y)+1 < min(s.a.y, s.b.y) || min(t.a.y, t.b.y) > max(s.a.y, s.b.y)+1 {
				continue
			}
			met := false
			for _, p := range []spot{t.a, t.b} {
				if on(p, s) {
					cuts[i], met = append(cuts[i], p), true
				}
			}
			for _, p := range []spot{s.a, s.b} {
				if on(p, t) {
					cuts[j], met = append(cuts[j], p), true
				}
			}
			if met || s.a == t.a || s.a == t.b || s.b == t.a || s.b == t.b {
				continue
			}
			if side(s.a, s.b, t.a)*side(s.a, s.b, t.b) < 0 && side(t.a, t.b, s.a)*side(t.a, t.b, s.b) < 0 {
				p := crossing(s, t)
				if p != s.a && p != s.b {
					cuts[i] = append(cuts[i], p)
				}
				if p != t.a && p != t.b {
					cuts[j] = append(cuts[j], p)
				}
			}
		}
	}
	return cuts
}

// on reports whether p lies on s, to the width of the grid, and is not one of
// its ends.
func on(p spot, s span) bool {
	if p == s.a || p == s.b {
		return false
	}
	dx, dy := float64(s.b.x-s.a.x), float64(s.b.y-s.a.y)
	px, py := float64(p.x-s.a.x), float64(p.y-s.a.y)
	length := math.Hypot(dx, dy)
	along := (px*dx + py*dy) / length
	return along > 0 && along < length && math.Abs(px*dy-py*dx) <= 0.5*length
}

func crossing(s, t span) spot {
	dx, dy := float64(s.b.x-s.a.x), float64(s.b.y-s.a.y)
	ex, ey := float64(t.b.x-t.a.x), float64(t.b.y-t.a.y)
	k := (float64(t.a.x-s.a.x)*ey - float64(t.a.y-s.a.y)*ex) / (dx*ey - dy*ex)
	return spot{s.a.x + int64(math.Round(k*dx)), s.a.y + int64(math.Round(k*dy))}
}
