package standard

import "strings"

// Short writes x for a sentence: exactly, without closing zeros, where that
// takes at most 2·significant+1 characters, and otherwise rounded to so many
// significant digits, but to no tens and to at most twelve decimals. exact says
// which. A number that is not there is "".
func (x Exact) Short(significant int) (text string, exact bool) {
	if x.Terminates() {
		text := x.String()
		if strings.Contains(text, ".") { // a product has the zeros of both scales
			text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
		}
		if len(text) <= 2*significant+1 {
			return text, true
		}
	}
	digits := 0
	for limit := Int(1).scaled(significant - 1); digits < 12 && x.IsSet() && x.Abs().Cmp(limit) < 0; limit = limit.Quo(Int(10)) {
		digits++
	}
	return x.Round(digits), false
}

// Equals writes x as the result of a reckoning: an equals sign, or ≈ where the
// number is rounded, and the number as Short writes it.
func (x Exact) Equals(significant int) string {
	text, exact := x.Short(significant)
	if exact {
		return "=" + text
	}
	return "≈" + text
}

// scaled is x times ten to the power of n.
func (x Exact) scaled(n int) Exact {
	for range n {
		x = x.Mul(Int(10))
	}
	return x
}
