package overlay

import (
	"cmp"
	"slices"

	"pingzhang/spatial"
	"pingzhang/spatial/slab"
)

// A Tolerance is what an overlap must stay below, in both, to be called a
// sliver: boundaries from two sources never meet exactly.
type Tolerance struct {
	Area  float64 // m²
	Share float64 // of the project
}

// DefaultTolerance is 1 m² and a ten-thousandth of the project.
var DefaultTolerance = Tolerance{Area: 1, Share: 1e-4}

// least is the area in m² that rounding alone can make of two boundaries that
// are the same: a nanometre along 100 km.
const least = 1e-4

// A Part is what a project has in common with one zone.
type Part struct {
	Zone   int // number in the index
	Code   string
	Area   float64 // m² on the ellipsoid
	Share  float64 // of the project's area, 0 to 1
	Sliver bool    // below the tolerance
}

// Parts returns what a project, valid and in the plane of the index, has in
// common with each zone, the largest first, and the project's own area.
func (ix *Index) Parts(project []spatial.Polygon, tolerance Tolerance) (parts []Part, area float64) {
	all := rings(project)
	area = slab.Area(all, ix.Plane.slab)
	sums := map[int]float64{}
	for _, p := range project {
		b := p.Box()
		// A corridor of 60 km across fields of zones has a box full of zones it
		// never meets; pieces of it have not.
		for _, bit := range bits(p, b) {
			ix.pieces.Search([2]float64{bit.box.Min.X, bit.box.Min.Y}, [2]float64{bit.box.Max.X, bit.box.Max.Y}, func(_, _ [2]float64, q piece) bool {
				if a := slab.Common(bit.rings, q.rings, ix.Plane.slab); a > 0 {
					sums[q.zone] += a
				}
				return true
			})
		}
	}
	for zone, a := range sums {
		if a < least && a < area*1e-6 {
			continue
		}
		part := Part{Zone: zone, Code: ix.zones[zone].Code, Area: a}
		if area > 0 {
			part.Share = min(1, a/area)
		}
		part.Sliver = a < tolerance.Area && part.Share < tolerance.Share
		parts = append(parts, part)
	}
	slices.SortFunc(parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Area, a.Area), cmp.Compare(a.Zone, b.Zone))
	})
	return parts, area
}

// A bit is a part of a project that is cut as zones are.
type bit struct {
	rings []spatial.Ring
	box   spatial.Box
}

// bits cuts a project whose box is large into parts with smaller boxes.
func bits(rings []spatial.Ring, b spatial.Box) (out []bit) {
	w, h := b.Max.X-b.Min.X, b.Max.Y-b.Min.Y
	n := 0
	for _, r := range rings {
		n += len(r)
	}
	if n == 0 {
		return nil
	}
	if max(w, h) < bitSide {
		return []bit{{rings, b}}
	}
	lower, upper := b, b
	if w > h {
		lower.Max.X = b.Min.X + w/2
		upper.Min.X = lower.Max.X
	} else {
		lower.Max.Y = b.Min.Y + h/2
		upper.Min.Y = lower.Max.Y
	}
	for _, half := range []spatial.Box{lower, upper} {
		clipped := slab.Clip(rings, half)
		box := spatial.NoBox
		for _, r := range clipped {
			for _, v := range r {
				box = box.With(v)
			}
		}
		if !box.Empty() {
			out = append(out, bits(clipped, box)...)
		}
	}
	return out
}

// bitSide is the side in metres up to which a project is taken whole.
const bitSide = 4000.0

// At returns the numbers of the zones that a position of the plane lies in.
func (ix *Index) At(p spatial.XY) (zones []int) {
	ix.pieces.Search([2]float64{p.X, p.Y}, [2]float64{p.X, p.Y}, func(_, _ [2]float64, q piece) bool {
		in := false
		for _, r := range q.rings {
			for i := 1; i < len(r); i++ {
				a, b := r[i-1], r[i]
				if (a.Y > p.Y) != (b.Y > p.Y) && p.X < a.X+(p.Y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
					in = !in
				}
			}
		}
		if in && !slices.Contains(zones, q.zone) {
			zones = append(zones, q.zone)
		}
		return true
	})
	slices.Sort(zones)
	return zones
}
