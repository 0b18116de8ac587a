package standard

import (
	"math"
	"math/big"
	"math/bits"
)

// An Exact is an exact number, or no number at all.
//
// The zero Exact is "no number": it is what stands where a value was not
// measured or could not be read. It is not zero.
//
// A number is held as a fraction of two int64 as long as both fit, which is
// without allocation and is the case for everything an instrument sends;
// beyond that as a big.Rat. Decimals keep their scale: "1.50" prints as
// "1.50", and equals "1.5". Compare with Cmp or Equal, never with ==.
type Exact struct {
	n, d int64    // n/d, d > 0; d is 0 when there is no number or r is set
	r    *big.Rat // set when the fraction does not fit; never changed
}

// Int returns the whole number n.
func Int(n int64) Exact {
	if n == math.MinInt64 { // its negation would not fit
		return Exact{r: new(big.Rat).SetInt64(n)}
	}
	return Exact{n: n, d: 1}
}

// IsSet reports whether x is a number.
func (x Exact) IsSet() bool { return x.d != 0 || x.r != nil }

// IsZero reports whether x is the number 0. It is false where there is no
// number.
func (x Exact) IsZero() bool { return x.IsSet() && x.Sign() == 0 }

// Sign returns -1, 0 or 1. It panics where there is no number.
func (x Exact) Sign() int {
	switch {
	case x.r != nil:
		return x.r.Sign()
	case x.d == 0:
		panic("standard: sign of a number that is not there")
	case x.n < 0:
		return -1
	case x.n > 0:
		return 1
	}
	return 0
}

// Cmp returns -1, 0 or 1 as x is less than, equal to or greater than y. It
// panics where one of them is no number: any answer would be a verdict on
// nothing. Ask IsSet first.
func (x Exact) Cmp(y Exact) int {
	if !x.IsSet() || !y.IsSet() {
		panic("standard: comparison with a number that is not there")
	}
	if x.r != nil || y.r != nil {
		return x.rat().Cmp(y.rat())
	}
	if x.d == y.d {
		return cmp(x.n, y.n)
	}
	if a, ok := mul(x.n, y.d); ok {
		if b, ok := mul(y.n, x.d); ok {
			return cmp(a, b)
		}
	}
	if sx, sy := x.Sign(), y.Sign(); sx != sy {
		return cmp(int64(sx), int64(sy))
	}
	// Same sign and too large for 64 bits: compare the 128-bit products.
	ah, al := bits.Mul64(magnitude(x.n), uint64(y.d))
	bh, bl := bits.Mul64(magnitude(y.n), uint64(x.d))
	c := 0
	switch {
	case ah != bh && ah < bh, ah == bh && al < bl:
		c = -1
	case ah != bh || al != bl:
		c = 1
	}
	return c * x.Sign()
}

// Equal reports whether x and y are the same number, or both no number.
func (x Exact) Equal(y Exact) bool {
	if !x.IsSet() || !y.IsSet() {
		return x.IsSet() == y.IsSet()
	}
	return x.Cmp(y) == 0
}

// Neg returns -x; no number where there is none.
func (x Exact) Neg() Exact {
	if x.r != nil {
		return reduced(new(big.Rat).Neg(x.r))
	}
	x.n = -x.n // never the smallest int64, see Int
	return x
}

// Add returns x + y; no number when one of them is none.
func (x Exact) Add(y Exact) Exact {
	if !x.IsSet() || !y.IsSet() {
		return Exact{}
	}
	if x.r == nil && y.r == nil {
		if z, ok := add(x, y); ok {
			return z
		}
	}
	return reduced(new(big.Rat).Add(x.rat(), y.rat()))
}

// Sub returns x - y; no number when one of them is none.
func (x Exact) Sub(y Exact) Exact { return x.Add(y.Neg()) }

// Mul returns x times y; no number when one of them is none.
func (x Exact) Mul(y Exact) Exact {
	if !x.IsSet() || !y.IsSet() {
		return Exact{}
	}
	if x.r == nil && y.r == nil {
		if n, ok := mul(x.n, y.n); ok {
			if d, ok := mul(x.d, y.d); ok {
				return Exact{n: n, d: d}
			}
		}
	}
	return reduced(new(big.Rat).Mul(x.rat(), y.rat()))
}

// Quo returns x divided by y as an exact fraction; no number when one of them
// is none or y is 0.
func (x Exact) Quo(y Exact) Exact {
	if !x.IsSet() || !y.IsSet() || y.Sign() == 0 {
		return Exact{}
	}
	if x.r == nil && y.r == nil {
		yn, yd := y.n, y.d
		if yn < 0 {
			yn, yd = -yn, -yd
		}
		if n, ok := mul(x.n, yd); ok {
			if d, ok := mul(x.d, yn); ok {
				g := gcd(n, d)
				return Exact{n: n / g, d: d / g}
			}
		}
	}
	return reduced(new(big.Rat).Quo(x.rat(), y.rat()))
}

// Abs returns x without its sign.
func (x Exact) Abs() Exact {
	if x.IsSet() && x.Sign() < 0 {
		return x.Neg()
	}
	return x
}

// Float64 returns the nearest float64, for drawing only: nothing may be
// decided by it. It is NaN where there is no number.
func (x Exact) Float64() float64 {
	switch {
	case x.r != nil:
		f, _ := x.r.Float64()
		return f
	case x.d == 0:
		return math.NaN()
	}
	return float64(x.n) / float64(x.d)
}

// Rat returns x as a fraction of its own, or nil where there is no number.
func (x Exact) Rat() *big.Rat {
	if !x.IsSet() {
		return nil
	}
	return new(big.Rat).Set(x.rat())
}

// rat returns x, which is a number, as a big.Rat that must not be changed.
func (x Exact) rat() *big.Rat {
	if x.r != nil {
		return x.r
	}
	return big.NewRat(x.n, x.d)
}

// reduced returns r in the small form where that is large enough.
func reduced(r *big.Rat) Exact {
	if r.Num().IsInt64() && r.Denom().IsInt64() && r.Num().Int64() != math.MinInt64 {
		return Exact{n: r.Num().Int64(), d: r.Denom().Int64()}
	}
	return Exact{r: r}
}

// add returns x + y in the small form, over the larger denominator where one
// divides the other, so that decimals stay decimals of the longer scale.
func add(x, y Exact) (Exact, bool) {
	if x.d < y.d {
		x, y = y, x
	}
	xn, yn, d := x.n, y.n, x.d
	ok := true
	if x.d%y.d == 0 {
		yn, ok = mul(yn, x.d/y.d)
	} else {
		g := gcd(x.d, y.d)
		var ok1, ok2 bool
		xn, ok1 = mul(xn, y.d/g)
		yn, ok2 = mul(yn, x.d/g)
		d, ok = mul(x.d, y.d/g)
		ok = ok && ok1 && ok2
	}
	if !ok {
		return Exact{}, false
	}
	n := xn + yn
	if (n > xn) != (yn > 0) && yn != 0 || n == math.MinInt64 {
		return Exact{}, false
	}
	return Exact{n: n, d: d}, true
}

// mul returns a*b and whether it fits; the smallest int64 counts as unfit.
func mul(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return uint64(-a)
	}
	return uint64(a)
}

// gcd returns the greatest common divisor of a and b, of which b is above 0.
func gcd(a, b int64) int64 {
	if a < 0 {
		a = -a
	}
	for a != 0 {
		a, b = b%a, a
	}
	return b
}

func cmp(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
