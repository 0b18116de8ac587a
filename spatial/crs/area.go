package crs

import (
	"math"

	"pingzhang/spatial"
)

// authalic returns the sine of the authalic latitude for the sine of a latitude,
// times qPole: the area of the zone from the equator, per radian.
func authalic(s float64) float64 {
	return (1 - ecc2) * (s/(1-ecc2*s*s) + math.Atanh(ecc*s)/ecc)
}

var qPole = authalic(1)

// RingArea returns the area in m² of a closed ring of longitudes and latitudes
// in degrees on the ellipsoid, positive where it runs counter-clockwise.
//
// Each latitude is taken to the sphere of equal area, where the strip between an
// edge and the equator is a spherical excess in closed form. The ring must not
// go round a pole.
func RingArea(r spatial.Ring) float64 {
	if len(r) < 3 {
		return 0
	}
	half := func(v spatial.XY) float64 { // tangent of half the authalic latitude
		s := authalic(math.Sin(v.Y*math.Pi/180)) / qPole
		s = max(-1, min(1, s))
		return s / (1 + math.Sqrt(1-s*s))
	}
	var excess float64
	last := half(r[0])
	for i := 1; i < len(r); i++ {
		next := half(r[i])
		d := math.Remainder(r[i].X-r[i-1].X, 360) * math.Pi / 180
		excess -= 2 * math.Atan2(math.Tan(d/2)*(last+next), 1+last*next)
		last = next
	}
	return excess * major * major * qPole / 2
}

// Area returns the area in m² on the ellipsoid of valid polygons in longitude
// and latitude.
func Area(polygons ...spatial.Polygon) float64 {
	var sum float64
	for _, p := range polygons {
		for i, r := range p {
			if a := math.Abs(RingArea(r)); i == 0 {
				sum += a
			} else {
				sum -= a
			}
		}
	}
	return sum
}

// Distance returns the length in metres of the shortest line on the ellipsoid
// between two positions in longitude and latitude, by Vincenty's formula. It is
// NaN for points that are nearly antipodal, where that does not settle.
func Distance(a, b spatial.XY) float64 {
	if a == b {
		return 0
	}
	const minor = major * (1 - flattening)
	rad := math.Pi / 180
	l := math.Remainder(b.X-a.X, 360) * rad
	u1 := math.Atan((1 - flattening) * math.Tan(a.Y*rad))
	u2 := math.Atan((1 - flattening) * math.Tan(b.Y*rad))
	s1, c1 := math.Sincos(u1)
	s2, c2 := math.Sincos(u2)
	lambda := l
	for range 100 {
		sl, cl := math.Sincos(lambda)
		sinSigma := math.Hypot(c2*sl, c1*s2-s1*c2*cl)
		if sinSigma == 0 {
			return 0
		}
		cosSigma := s1*s2 + c1*c2*cl
		sigma := math.Atan2(sinSigma, cosSigma)
		sinAlpha := c1 * c2 * sl / sinSigma
		cos2Alpha := 1 - sinAlpha*sinAlpha
		cosMid := 0.0 // along the equator
		if cos2Alpha > 1e-15 {
			cosMid = cosSigma - 2*s1*s2/cos2Alpha
		}
		c := flattening / 16 * cos2Alpha * (4 + flattening*(4-3*cos2Alpha))
		before := lambda
		lambda = l + (1-c)*flattening*sinAlpha*(sigma+c*sinSigma*(cosMid+c*cosSigma*(2*cosMid*cosMid-1)))
		if math.Abs(lambda-before) > 1e-13 {
			continue
		}
		k := cos2Alpha * (major*major - minor*minor) / (minor * minor)
		ca := 1 + k/16384*(4096+k*(-768+k*(320-175*k)))
		cb := k / 1024 * (256 + k*(-128+k*(74-47*k)))
		delta := cb * sinSigma * (cosMid + cb/4*(cosSigma*(2*cosMid*cosMid-1)-cb/6*cosMid*(4*sinSigma*sinSigma-3)*(4*cosMid*cosMid-3)))
		return minor * ca * (sigma - delta)
	}
	return math.NaN()
}
