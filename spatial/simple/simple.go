// Package simple is the border to simplefeatures, whose port of JTS does strict
// validation, union and intersection. It panics on some invalid input; every
// function here turns that into an error, and nothing else in this library calls
// it.
package simple

import (
	"fmt"

	"github.com/peterstace/simplefeatures/geom"

	"pingzhang/spatial"
)

// guard turns a panic of simplefeatures into an error.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("simplefeatures: %v", p)
	}
}

func polygon(p spatial.Polygon) geom.Polygon {
	var rings []geom.LineString
	for _, r := range p {
		flat := make([]float64, 0, 2*len(r))
		for _, v := range r {
			flat = append(flat, v.X, v.Y)
		}
		rings = append(rings, geom.NewLineString(geom.NewSequence(flat, geom.DimXY)))
	}
	return geom.NewPolygon(rings)
}

func multi(parts []spatial.Polygon) geom.MultiPolygon {
	list := make([]geom.Polygon, len(parts))
	for i, p := range parts {
		list[i] = polygon(p)
	}
	return geom.NewMultiPolygon(list)
}

// polygons returns the areas in g; lines and points, where two only touch, are
// left out. Outer rings run counter-clockwise, holes clockwise.
func polygons(g geom.Geometry) (out []spatial.Polygon) {
	for _, part := range g.Dump() {
		p, ok := part.AsPolygon()
		if !ok || p.IsEmpty() {
			continue
		}
		var q spatial.Polygon
		for _, line := range p.ForceCCW().DumpRings() {
			s := line.Coordinates()
			r := make(spatial.Ring, s.Length())
			for i := range r {
				v := s.GetXY(i)
				r[i] = spatial.XY{X: v.X, Y: v.Y}
			}
			q = append(q, r)
		}
		out = append(out, q)
	}
	return out
}

// Validate reports what the strict rules say against parts as one geometry.
func Validate(parts ...spatial.Polygon) (err error) {
	defer guard(&err)
	if len(parts) == 1 {
		return polygon(parts[0]).Validate()
	}
	return multi(parts).Validate()
}

// Union returns what any of the valid parts covers.
func Union(parts []spatial.Polygon) (_ []spatial.Polygon, err error) {
	defer guard(&err)
	all := make([]geom.Geometry, len(parts))
	for i, p := range parts {
		all[i] = polygon(p).AsGeometry()
	}
	g, err := geom.UnionMany(all)
	if err != nil {
		return nil, err
	}
	return polygons(g), nil
}

// Intersection returns what both cover. a and b are valid.
func Intersection(a, b []spatial.Polygon) (_ []spatial.Polygon, err error) {
	defer guard(&err)
	g, err := geom.Intersection(multi(a).AsGeometry(), multi(b).AsGeometry())
	if err != nil {
		return nil, err
	}
	return polygons(g), nil
}
