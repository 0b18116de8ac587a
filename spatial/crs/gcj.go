package crs

import (
	"math"

	"pingzhang/spatial"
)

// The ellipsoid of the GCJ-02 shift, Krasovsky 1940.
const (
	gcjMajor = 6378245.0
	gcjEcc2  = 0.00669342162296594323
)

// gcjBox is where the shift is applied. It is a rough box round the country; the
// Russian bank is inside, so only what is known to be shifted is converted.
var gcjBox = spatial.Box{Min: spatial.XY{X: 72.004, Y: 0.8293}, Max: spatial.XY{X: 137.8347, Y: 55.8271}}

// toGCJ applies the shift that maps published in China carry.
func toGCJ(p spatial.XY) spatial.XY {
	if !gcjBox.Has(p) {
		return p
	}
	x, y := p.X-105, p.Y-35
	wave := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + wave +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 +
		(160*math.Sin(y/12*math.Pi)+320*math.Sin(y/30*math.Pi))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + wave +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 +
		(150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	lat := p.Y * math.Pi / 180
	w := 1 - gcjEcc2*math.Sin(lat)*math.Sin(lat)
	meridian := gcjMajor * (1 - gcjEcc2) / (w * math.Sqrt(w)) // radius north-south, m
	parallel := gcjMajor / math.Sqrt(w) * math.Cos(lat)       // radius east-west, m
	return spatial.XY{X: p.X + east/parallel*180/math.Pi, Y: p.Y + north/meridian*180/math.Pi}
}

// toBD applies what Baidu adds to GCJ-02.
func toBD(g spatial.XY) spatial.XY {
	const turn = math.Pi * 3000 / 180
	z := math.Hypot(g.X, g.Y) + 0.00002*math.Sin(g.Y*turn)
	theta := math.Atan2(g.Y, g.X) + 0.000003*math.Cos(g.X*turn)
	return spatial.XY{X: z*math.Cos(theta) + 0.0065, Y: z*math.Sin(theta) + 0.006}
}

// undo returns the position that shift takes to p, to within 1e-9°. Both shifts
// change by less than 1 % over their own length, so that each step gains two
// digits.
func undo(p spatial.XY, shift func(spatial.XY) spatial.XY) spatial.XY {
	w := p
	for range 20 {
		s := shift(w)
		dx, dy := p.X-s.X, p.Y-s.Y
		w.X, w.Y = w.X+dx, w.Y+dy
		if math.Abs(dx) < 1e-12 && math.Abs(dy) < 1e-12 {
			break
		}
	}
	return w
}
