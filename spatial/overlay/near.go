package overlay

import (
	"cmp"
	"math"
	"slices"

	"pingzhang/spatial"
	"pingzhang/spatial/crs"
)

// A chain is a short run of a zone's boundary.
type chain struct {
	zone int
	line []spatial.XY
}

// chainEdges is how many edges a chain has at most.
const chainEdges = 32

func (ix *Index) chain(zone int, p spatial.Polygon) {
	for _, r := range p {
		for i := 0; i+1 < len(r); i += chainEdges {
			line := r[i:min(i+chainEdges+1, len(r))]
			b := spatial.NoBox
			for _, v := range line {
				b = b.With(v)
			}
			ix.chains.Insert([2]float64{b.Min.X, b.Min.Y}, [2]float64{b.Max.X, b.Max.Y}, chain{zone, line})
		}
	}
}

// A Neighbour is a zone that a project does not touch.
type Neighbour struct {
	Zone     int
	Code     string
	Distance float64    // m on the ellipsoid
	From, To spatial.XY // the nearest positions of project and zone, in the plane
}

// Near returns the zones within some metres of a project that have no part in
// it, the nearest first. One that only shares a border is at distance 0.
func (ix *Index) Near(project []spatial.Polygon, within float64, parts []Part) []Neighbour {
	found := map[int]*Neighbour{}
	touched := map[int]bool{}
	for _, p := range parts {
		touched[p.Zone] = true
	}
	for _, polygon := range project {
		for _, r := range polygon {
			for i := 1; i < len(r); i++ {
				ix.nearEdge(r[i-1], r[i], within, touched, found)
			}
		}
	}
	var out []Neighbour
	for _, n := range found {
		a, err1 := ix.Plane.System.ToLonLat(n.From)
		b, err2 := ix.Plane.System.ToLonLat(n.To)
		if err1 == nil && err2 == nil {
			n.Distance = crs.Distance(a, b)
		}
		if n.Distance <= within {
			out = append(out, *n)
		}
	}
	slices.SortFunc(out, func(a, b Neighbour) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Zone, b.Zone))
	})
	return out
}

// nearEdge looks round one edge of a project.
func (ix *Index) nearEdge(a, b spatial.XY, within float64, touched map[int]bool, found map[int]*Neighbour) {
	// The plane is up to 0.3 % larger than the ellipsoid; what is found is
	// measured there afterwards.
	reach := within * 1.005
	box := spatial.NoBox.With(a).With(b).Grown(reach)
	ix.chains.Search([2]float64{box.Min.X, box.Min.Y}, [2]float64{box.Max.X, box.Max.Y}, func(lo, hi [2]float64, c chain) bool {
		if touched[c.zone] {
			return true
		}
		best := found[c.zone]
		if best != nil {
			apart := spatial.Box{Min: spatial.XY{X: lo[0], Y: lo[1]}, Max: spatial.XY{X: hi[0], Y: hi[1]}}.Grown(best.Distance)
			if !apart.Meets(spatial.NoBox.With(a).With(b)) {
				return true
			}
		}
		for i := 1; i < len(c.line); i++ {
			p, q, d := between(a, b, c.line[i-1], c.line[i])
			if d <= reach && (best == nil || d < best.Distance) {
				best = &Neighbour{Zone: c.zone, Code: ix.zones[c.zone].Code, Distance: d, From: p, To: q}
				found[c.zone] = best
			}
		}
		return true
	})
}

// between returns the nearest positions of the edges ab and cd, and their
// distance in the plane.
func between(a, b, c, d spatial.XY) (p, q spatial.XY, apart float64) {
	cross := func(o, u, v spatial.XY) float64 { return (u.X-o.X)*(v.Y-o.Y) - (u.Y-o.Y)*(v.X-o.X) }
	if s, t := cross(c, d, a), cross(c, d, b); s*t < 0 && cross(a, b, c)*cross(a, b, d) < 0 {
		k := s / (s - t)
		at := spatial.XY{X: a.X + k*(b.X-a.X), Y: a.Y + k*(b.Y-a.Y)}
		return at, at, 0
	}
	apart = math.Inf(1)
	try := func(v, u, w spatial.XY, turned bool) {
		k := 0.0
		if l := (w.X-u.X)*(w.X-u.X) + (w.Y-u.Y)*(w.Y-u.Y); l > 0 {
			k = max(0, min(1, ((v.X-u.X)*(w.X-u.X)+(v.Y-u.Y)*(w.Y-u.Y))/l))
		}
		foot := spatial.XY{X: u.X + k*(w.X-u.X), Y: u.Y + k*(w.Y-u.Y)}
		if dist := math.Hypot(foot.X-v.X, foot.Y-v.Y); dist < apart {
			apart = dist
			if p, q = v, foot; turned {
				p, q = foot, v
			}
		}
	}
	try(a, c, d, false)
	try(b, c, d, false)
	try(c, a, b, true)
	try(d, a, b, true)
	return p, q, apart
}
