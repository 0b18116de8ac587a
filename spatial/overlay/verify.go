package overlay

import (
	"fmt"
	"math"

	"pingzhang/spatial"
	"pingzhang/spatial/crs"
	"pingzhang/spatial/simple"
)

// A Shape is a part worked out by simplefeatures.
type Shape struct {
	Polygons []spatial.Polygon // in the plane
	Area     float64           // m² on the ellipsoid, from longitudes and latitudes
}

// Agreement is how far the two ways may be apart: in m², and as a part of the
// area. The first is a nanometre along the longest boundaries, the second what
// both give up for speed.
const (
	agreeArea  = 0.01
	agreeShare = 1e-6
)

// Verify works a part out again by simplefeatures and the geodesic area, which
// share no code with Parts. The error is a Refusal where the two do not agree
// and where simplefeatures fails; the part then stands on one leg, and a report
// has to say so.
func (ix *Index) Verify(project []spatial.Polygon, part Part) (Shape, error) {
	common, err := simple.Intersection(project, ix.zones[part.Zone].Polygons)
	if err != nil {
		return Shape{}, &spatial.Refusal{Code: "overlay_failed", Where: part.Code, Zh: "求交失败，面积只有一种算法的结果，请人工复核", Cause: err}
	}
	shape := Shape{Polygons: common}
	if shape.Area, err = ix.Plane.geodesic(common); err != nil {
		return Shape{}, fmt.Errorf("overlay.Verify(%s): %w", part.Code, err)
	}
	if d := math.Abs(shape.Area - part.Area); d > agreeArea && d > agreeShare*part.Area {
		return shape, spatial.Refuse("areas_differ", part.Code, "两种算法的面积不一致：%.3f 与 %.3f 平方米，请人工复核", part.Area, shape.Area)
	}
	return shape, nil
}

// longest is the length in metres above which an edge of the plane is divided
// before it is taken to the ellipsoid, where its ends alone would be joined by
// another line.
const longest = 100.0

// geodesic returns the area of polygons of the plane by their longitudes and
// latitudes.
func (p Plane) geodesic(polygons []spatial.Polygon) (float64, error) {
	var sum float64
	for _, polygon := range polygons {
		for i, r := range polygon {
			var lifted spatial.Ring
			for j, v := range r {
				if j > 0 {
					u := r[j-1]
					n := int(math.Ceil(math.Hypot(v.X-u.X, v.Y-u.Y) / longest))
					for k := 1; k < n; k++ {
						t := float64(k) / float64(n)
						at, err := p.System.ToLonLat(spatial.XY{X: u.X + t*(v.X-u.X), Y: u.Y + t*(v.Y-u.Y)})
						if err != nil {
							return 0, err
						}
						lifted = append(lifted, at)
					}
				}
				at, err := p.System.ToLonLat(v)
				if err != nil {
					return 0, err
				}
				lifted = append(lifted, at)
			}
			if a := math.Abs(crs.RingArea(lifted)); i == 0 {
				sum += a
			} else {
				sum -= a
			}
		}
	}
	return sum, nil
}
