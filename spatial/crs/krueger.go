package crs

import "math"

// The ellipsoid of CGCS2000 (GB 22021-2008). That of WGS84 differs by 0.1 mm in
// its smaller axis.
const (
	major      = 6378137.0
	flattening = 1 / 298.257222101
)

// Numbers that follow from the ellipsoid.
var (
	ecc2 = flattening * (2 - flattening)
	ecc  = math.Sqrt(ecc2)
	n3   = flattening / (2 - flattening)
	// rectifying is the radius of the circle whose quarter is a meridian's.
	rectifying = major / (1 + n3) * (1 + n3*n3/4 + math.Pow(n3, 4)/64 + math.Pow(n3, 6)/256)
	forward    = series([6][6]float64{
		{1. / 2, -2. / 3, 5. / 16, 41. / 180, -127. / 288, 7891. / 37800},
		{0, 13. / 48, -3. / 5, 557. / 1440, 281. / 630, -1983433. / 1935360},
		{0, 0, 61. / 240, -103. / 140, 15061. / 26880, 167603. / 181440},
		{0, 0, 0, 49561. / 161280, -179. / 168, 6601661. / 7257600},
		{0, 0, 0, 0, 34729. / 80640, -3418889. / 1995840},
		{0, 0, 0, 0, 0, 212378941. / 319334400},
	})
	backward = series([6][6]float64{
		{1. / 2, -2. / 3, 37. / 96, -1. / 360, -81. / 512, 96199. / 604800},
		{0, 1. / 48, 1. / 15, -437. / 1440, 46. / 105, -1118711. / 3870720},
		{0, 0, 17. / 480, -37. / 840, -209. / 4480, 5569. / 90720},
		{0, 0, 0, 4397. / 161280, -11. / 504, -830251. / 7257600},
		{0, 0, 0, 0, 4583. / 161280, -108847. / 3991680},
		{0, 0, 0, 0, 0, 20648693. / 638668800},
	})
)

// series returns the sums over the powers of n.
func series(c [6][6]float64) (out [6]float64) {
	for j, row := range c {
		power := 1.0
		for _, v := range row {
			power *= n3
			out[j] += v * power
		}
	}
	return out
}

// harmonics returns the sums over j of c[j]·sin(2jξ)·cosh(2jη) and
// c[j]·cos(2jξ)·sinh(2jη): the real and imaginary part of Σ c·sin(2jζ).
func harmonics(c *[6]float64, xi, eta float64) (re, im float64) {
	s, co := math.Sincos(2 * xi)
	sh, ch := math.Sinh(2*eta), math.Cosh(2*eta)
	// Clenshaw's sum, in complex numbers: a = 2·cos(2ζ).
	ar, ai := 2*co*ch, -2*s*sh
	var b1r, b1i, b2r, b2i float64
	for j := 5; j >= 0; j-- {
		r := ar*b1r - ai*b1i - b2r + c[j]
		i := ar*b1i + ai*b1r - b2i
		b2r, b2i, b1r, b1i = b1r, b1i, r, i
	}
	// times sin(2ζ)
	sr, si := s*ch, co*sh
	return sr*b1r - si*b1i, sr*b1i + si*b1r
}

// project returns the transverse Mercator of longitude lambda from the central
// meridian and latitude phi, in radians, as easting and northing in metres with
// scale 1 and no false origin.
func project(lambda, phi float64) (x, y float64) {
	tau := math.Tan(phi)
	root := math.Sqrt(1 + tau*tau)
	sigma := math.Sinh(ecc * math.Atanh(ecc*tau/root))
	conformal := tau*math.Sqrt(1+sigma*sigma) - sigma*root
	sl, cl := math.Sincos(lambda)
	xi := math.Atan2(conformal, cl)
	eta := math.Asinh(sl / math.Hypot(conformal, cl))
	dx, de := harmonics(&forward, xi, eta)
	return rectifying * (eta + de), rectifying * (xi + dx)
}

// unproject undoes project.
func unproject(x, y float64) (lambda, phi float64) {
	xi, eta := y/rectifying, x/rectifying
	dx, de := harmonics(&backward, xi, eta)
	xi, eta = xi-dx, eta-de
	sh := math.Sinh(eta)
	sx, cx := math.Sincos(xi)
	conformal := sx / math.Hypot(sh, cx)
	// Newton's method for the tangent of the latitude; two steps reach 1e-16.
	tau := conformal
	for range 4 {
		root := math.Sqrt(1 + tau*tau)
		sigma := math.Sinh(ecc * math.Atanh(ecc*tau/root))
		got := tau*math.Sqrt(1+sigma*sigma) - sigma*root
		step := (conformal - got) / math.Sqrt(1+got*got) * (1 + (1-ecc2)*tau*tau) / ((1 - ecc2) * root)
		tau += step
		if math.Abs(step) < 1e-16*max(1, math.Abs(tau)) {
			break
		}
	}
	return math.Atan2(sh, cx), math.Atan(tau)
}
