package overlay

import (
	"pingzhang/spatial"
	"pingzhang/spatial/crs"
	"pingzhang/spatial/repair"
	"pingzhang/spatial/slab"
)

// A Plane is the Gauss-Krüger plane of a city.
type Plane struct {
	System crs.System
	slab   slab.Plane
}

// NewPlane returns the plane about a central meridian, in degrees.
func NewPlane(meridian float64) Plane {
	return Plane{System: crs.GaussKrueger(3, meridian), slab: slab.Plane{Ellipsoid: true, East: 500000}}
}

// PlaneFor returns the plane of a longitude: that of its 3° zone.
func PlaneFor(longitude float64) Plane { return NewPlane(crs.For(longitude).Meridian) }

// Lay takes polygons from longitude and latitude to the plane and repairs them.
func (p Plane) Lay(polygons []spatial.Polygon) ([]spatial.Polygon, repair.Report, error) {
	g, err := spatial.Geometry{Polygons: polygons}.Map(p.System.FromLonLat)
	if err != nil {
		return nil, repair.Report{}, err
	}
	return repair.Polygons(g.Polygons, p.slab)
}

// Lift takes polygons of the plane to longitude and latitude.
func (p Plane) Lift(polygons []spatial.Polygon) ([]spatial.Polygon, error) {
	g, err := spatial.Geometry{Polygons: polygons}.Map(p.System.ToLonLat)
	return g.Polygons, err
}

// Area returns the area on the ellipsoid of polygons of the plane, m².
func (p Plane) Area(polygons []spatial.Polygon) float64 {
	return slab.Area(rings(polygons), p.slab)
}

func rings(polygons []spatial.Polygon) []spatial.Ring {
	var out []spatial.Ring
	for _, p := range polygons {
		out = append(out, p...)
	}
	return out
}
