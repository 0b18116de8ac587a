package overlay

import (
	"github.com/tidwall/rtree"

	"pingzhang/spatial"
	"pingzhang/spatial/slab"
)

// A Zone is a named area, valid (repair.Polygons) and in the plane of its index.
type Zone struct {
	Code     string
	Polygons []spatial.Polygon
}

// A piece is a part of a zone that has few vertices.
type piece struct {
	zone  int
	rings []spatial.Ring
}

// An Index finds zones by place.
type Index struct {
	Plane  Plane
	zones  []Zone
	boxes  []spatial.Box
	pieces rtree.RTreeG[piece]
	chains rtree.RTreeG[chain]
}

// pieceVertices is where a piece is cut in two. A slab costs its height in
// vertices times its width in edges, so small pieces are quick; smaller ones
// cost more to find than they save.
const pieceVertices = 128

// smallest is the side in metres below which a piece is not cut further,
// however many vertices it has.
const smallest = 50.0

// New returns the index of zones, in their order.
func New(plane Plane, zones []Zone) *Index {
	ix := &Index{Plane: plane, zones: zones}
	for i, z := range zones {
		box := spatial.NoBox
		for _, p := range z.Polygons {
			b := p.Box()
			box = box.With(b.Min).With(b.Max)
			// Each polygon apart: one with 300 far islands would have a box full of
			// nothing.
			ix.cut(i, p, b)
			ix.chain(i, p)
		}
		ix.boxes = append(ix.boxes, box)
	}
	return ix
}

// Len returns how many zones there are.
func (ix *Index) Len() int { return len(ix.zones) }

// Zone returns the zone with a number of Parts or Near.
func (ix *Index) Zone(i int) Zone { return ix.zones[i] }

// cut files rings, in halves while they have too many vertices.
func (ix *Index) cut(zone int, rings []spatial.Ring, b spatial.Box) {
	n := 0
	for _, r := range rings {
		n += len(r)
	}
	if n == 0 || b.Empty() {
		return
	}
	w, h := b.Max.X-b.Min.X, b.Max.Y-b.Min.Y
	if n <= pieceVertices || max(w, h) < smallest {
		ix.pieces.Insert([2]float64{b.Min.X, b.Min.Y}, [2]float64{b.Max.X, b.Max.Y}, piece{zone, rings})
		return
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
		ix.cut(zone, clipped, box)
	}
}
