package main

import "math"

// A point is longitude and latitude in degrees.
type point [2]float64

// The ellipsoid of the GCJ-02 shift, Krasovsky 1940.
const (
	gcjA  = 6378245.0
	gcjE2 = 0.00669342162296594323
)

// fromGCJ returns the WGS 84 position of p, which is in GCJ-02. The shift is a
// smooth function of the true position, so that a few rounds of putting the
// error back invert it to below 1e-9 degree.
func fromGCJ(p point) point {
	w := p
	for i := 0; i < 6; i++ {
		g := toGCJ(w)
		w[0] -= g[0] - p[0]
		w[1] -= g[1] - p[1]
	}
	return w
}

// toGCJ applies the shift that maps published in China carry.
func toGCJ(p point) point {
	x, y := p[0]-105, p[1]-35
	root := math.Sqrt(math.Abs(x))
	sin := func(v float64) float64 { return math.Sin(v * math.Pi) }
	both := (20*sin(6*x) + 20*sin(2*x)) * 2 / 3
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + both +
		(20*sin(y)+40*sin(y/3))*2/3 + (160*sin(y/12)+320*sin(y/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + both +
		(20*sin(x)+40*sin(x/3))*2/3 + (150*sin(x/12)+300*sin(x/30))*2/3

	lat := p[1] * math.Pi / 180
	w := 1 - gcjE2*math.Sin(lat)*math.Sin(lat)
	meridian := gcjA * (1 - gcjE2) / (w * math.Sqrt(w)) // radius north-south, m
	parallel := gcjA / math.Sqrt(w) * math.Cos(lat)     // radius east-west, m
	return point{
		p[0] + east/parallel*180/math.Pi,
		p[1] + north/meridian*180/math.Pi,
	}
}

// metres places p on a plane around the middle of the city, good to some parts
// in a hundred of a distance: enough to compare with a tolerance.
func metres(p point) point {
	const lat0 = 49.2 * math.Pi / 180
	return point{p[0] * 111320 * math.Cos(lat0), p[1] * 111230}
}
