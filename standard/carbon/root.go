package carbon

import (
	"math/big"

	"pingzhang/standard"
)

// rootDecimals is how many decimals a root is given to.
const rootDecimals = 6

// root returns the nth root of q, which is from 0 to 1, to six decimals; of two
// as near the larger. The digits are found by comparing powers of whole numbers,
// so that none is wrong.
func root(q standard.Exact, n int) standard.Exact {
	one := new(big.Int).Exp(big.NewInt(10), big.NewInt(rootDecimals), nil)
	// x/10^6 is at most the root where x^n·den ≤ num·10^(6n). Doubling x finds
	// the half that decides the last digit.
	two := new(big.Int).Lsh(one, 1)
	scale := new(big.Int).Exp(two, big.NewInt(int64(n)), nil)
	bound := new(big.Int).Mul(q.Rat().Num(), scale)
	fits := func(x *big.Int) bool {
		p := new(big.Int).Exp(x, big.NewInt(int64(n)), nil)
		return p.Mul(p, q.Rat().Denom()).Cmp(bound) <= 0
	}
	low, high := new(big.Int), new(big.Int).Add(two, big.NewInt(1)) // low fits, high does not
	for new(big.Int).Sub(high, low).Cmp(big.NewInt(1)) > 0 {
		middle := new(big.Int).Add(low, high)
		middle.Rsh(middle, 1)
		if fits(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	low.Add(low, big.NewInt(1)).Rsh(low, 1) // half a last digit or more goes up
	return standard.Int(low.Int64()).Quo(standard.Int(one.Int64()))
}

// power returns x to the power of n, n ≥ 0.
func power(x standard.Exact, n int) standard.Exact {
	out := standard.Int(1)
	for range n {
		out = out.Mul(x)
	}
	return out
}
