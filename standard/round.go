package standard

import (
	"math/big"
	"math/bits"
	"strings"
)

// Round returns x rounded to so many decimals by GB/T 8170-2008 3.2: what is
// dropped below half is left away, above half carried, and exactly half is
// rounded to the even digit (四舍六入五成双). It is for showing; verdicts are
// made on the unrounded number. Negative digits round to tens, hundreds and
// so on. Where there is no number it returns "".
func (x Exact) Round(digits int) string {
	if !x.IsSet() {
		return ""
	}
	r := x.Rounded(digits)
	if r.r == nil && digits >= 0 && digits < len(tens) && r.d == tens[digits] {
		return decimal(r.n, r.d)
	}
	return r.rat().FloatString(max(digits, 0))
}

// Rounded is Round for where a standard says that the rounded number is to be
// reckoned with.
func (x Exact) Rounded(digits int) Exact {
	if !x.IsSet() {
		return x
	}
	if x.r == nil && digits >= 0 && digits < len(tens) {
		if z, ok := roundSmall(x, tens[digits]); ok {
			return z
		}
	}
	// n = the whole number nearest to x * 10^digits, then divided again.
	ten := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(digits, -digits))), nil))
	if digits < 0 {
		ten.Inv(ten)
	}
	scaled := new(big.Rat).Mul(x.rat(), ten)
	n := nearest(scaled)
	z := new(big.Rat).SetInt(n)
	z.Quo(z, ten)
	out := reduced(z)
	if out.r == nil && digits > 0 && digits < len(tens) {
		if k := tens[digits] / out.d; tens[digits]%out.d == 0 {
			if n, ok := mul(out.n, k); ok {
				return Exact{n: n, d: tens[digits]} // keep the scale asked for
			}
		}
	}
	return out
}

// roundSmall rounds x to a whole number of 1/ten without allocating, where
// 64 bits suffice for the result.
func roundSmall(x Exact, ten int64) (Exact, bool) {
	hi, lo := bits.Mul64(magnitude(x.n), uint64(ten))
	if hi >= uint64(x.d) {
		return Exact{}, false
	}
	q, rest := bits.Div64(hi, lo, uint64(x.d))
	half := uint64(x.d) - rest // what is missing to the next
	if rest > half || rest == half && q%2 == 1 {
		q++
	}
	if q > 1<<63-1 {
		return Exact{}, false
	}
	n := int64(q)
	if x.n < 0 {
		n = -n
	}
	return Exact{n: n, d: ten}, true
}

// nearest returns the whole number nearest to r, halves to the even one.
func nearest(r *big.Rat) *big.Int {
	q, rest := new(big.Int).QuoRem(new(big.Int).Abs(r.Num()), r.Denom(), new(big.Int))
	rest.Lsh(rest, 1)
	if c := rest.Cmp(r.Denom()); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	if r.Sign() < 0 {
		q.Neg(q)
	}
	return q
}

// Terminates reports whether x is a number that a decimal writes exactly.
func (x Exact) Terminates() bool {
	if !x.IsSet() {
		return false
	}
	_, ok := x.decimals()
	return ok
}

// String returns x as an exact decimal where it has one, else as a reduced
// fraction such as 2/3. Where there is no number it returns "".
func (x Exact) String() string {
	if !x.IsSet() {
		return ""
	}
	digits, ok := x.decimals()
	if !ok {
		return x.rat().RatString()
	}
	if x.r != nil {
		return x.r.FloatString(digits)
	}
	if digits < len(tens) && tens[digits] == x.d {
		return decimal(x.n, x.d)
	}
	return x.rat().FloatString(digits)
}

// decimals returns how many decimals write x exactly, keeping the scale of a
// decimal, and whether any number of them does.
func (x Exact) decimals() (int, bool) {
	if x.r == nil {
		for i, ten := range tens {
			if ten == x.d {
				return i, true
			}
		}
	}
	// The denominator of the reduced fraction must be 2^a * 5^b; then
	// max(a, b) decimals do. (Denom is kept apart: it may be r's own.)
	d := new(big.Int).Set(x.rat().Denom())
	twos := int(d.TrailingZeroBits())
	d.Rsh(d, uint(twos))
	fives, five, rest := 0, big.NewInt(5), new(big.Int)
	for d.CmpAbs(five) >= 0 {
		q, m := new(big.Int).QuoRem(d, five, rest)
		if m.Sign() != 0 {
			return 0, false
		}
		d = q
		fives++
	}
	if !d.IsInt64() || d.Int64() != 1 {
		return 0, false
	}
	return max(twos, fives), true
}

// decimal writes n over a power of ten.
func decimal(n, ten int64) string {
	var buf [24]byte
	i := len(buf)
	m := magnitude(n)
	for ten > 1 || i == len(buf) || m > 0 {
		i--
		buf[i] = byte('0' + m%10)
		m /= 10
		if ten > 1 {
			if ten /= 10; ten == 1 {
				i--
				buf[i] = '.'
				if m == 0 {
					i--
					buf[i] = '0'
				}
			}
		}
	}
	if n < 0 {
		i--
		buf[i] = '-'
	}
	return string(buf[i:])
}

// short returns the number for a sentence: exactly where six decimals do,
// otherwise rounded to the given decimals, and whether it is exact.
func (x Exact) short(digits int) (string, bool) {
	if d, ok := x.decimals(); ok && d <= 6 {
		return x.String(), true
	}
	return strings.TrimSuffix(x.Round(digits), "."), false
}
