package repair

import (
	"fmt"

	"github.com/peterstace/simplefeatures/geom"

	"pingzhang/spatial"
)

// simple returns p for simplefeatures, which may panic on what it takes for
// valid and is not; guard stands round each use.
func simple(p spatial.Polygon) geom.Polygon {
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

// plain undoes simple.
func plain(g geom.Polygon) spatial.Polygon {
	var out spatial.Polygon
	for _, line := range g.DumpRings() {
		s := line.Coordinates()
		r := make(spatial.Ring, s.Length())
		for i := range r {
			v := s.GetXY(i)
			r[i] = spatial.XY{X: v.X, Y: v.Y}
		}
		out = append(out, r)
	}
	return out
}

// guard turns a panic of simplefeatures into an error.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("simplefeatures: %v", p)
	}
}

// valid reports what the strict validation says against a polygon.
func valid(p spatial.Polygon) (err error) {
	defer guard(&err)
	return simple(p).Validate()
}

// unite makes one geometry of parts that lie over each other.
func unite(parts []spatial.Polygon, report *Report) (_ []spatial.Polygon, err error) {
	if len(parts) < 2 || together(parts) == nil {
		return parts, nil
	}
	defer func() {
		if err != nil {
			err = &spatial.Refusal{Code: "unrepairable", Zh: "各个面相互重叠，且无法自动合并；请在 GIS 软件中检查后重新导出", Cause: err}
		}
	}()
	defer guard(&err)
	var all []geom.Geometry
	for _, p := range parts {
		all = append(all, simple(p).AsGeometry())
	}
	g, err := geom.UnionMany(all)
	if err != nil {
		return nil, err
	}
	var out []spatial.Polygon
	for _, part := range g.Dump() {
		if p, ok := part.AsPolygon(); ok {
			out = append(out, oriented(plain(p)))
		}
	}
	if err := together(out); err != nil {
		return nil, err
	}
	report.Repaired = true
	report.add("parts_overlap", spatial.Ask, "", "%d 个面有重叠或共边，已合并为 %d 个面，重叠部分只计一次", len(parts), len(out))
	return out, nil
}

// together reports what the strict validation says against parts as one.
func together(parts []spatial.Polygon) (err error) {
	defer guard(&err)
	var list []geom.Polygon
	for _, p := range parts {
		list = append(list, simple(p))
	}
	return geom.NewMultiPolygon(list).Validate()
}
