package air

import (
	"fmt"
	"math"

	"pingzhang/standard"
)

// A Milli is a concentration in whole thousandths of the unit of its pollutant
// (µg/m³; CO mg/m³), for reckoning millions of them: 38.25 µg/m³ is 38250.
// Where a concentration has more decimals than three, use Edition.Report.
type Milli int64

// None is no concentration. It is what stands where nothing was measured.
const None Milli = math.MinInt64

// NoIAQI is the index of what has none.
const NoIAQI = -1

// MilliOf returns x in thousandths. It is None and false where x is no number,
// has more than three decimals, or is too large.
func MilliOf(x standard.Exact) (Milli, bool) {
	n, ok := wholeNumber(x.Mul(standard.Int(1000)))
	if !ok {
		return None, false
	}
	return Milli(n), true
}

// maxCorners is the most corners that a column may have; those of HJ 633 have
// eight.
const maxCorners = 8

// A Column is the index of one pollutant as a function of its concentration,
// with the rounding and the rules above the table that go with it.
type Column struct {
	n     int               // corners
	conc  [maxCorners]Milli // their concentrations, rising
	index [maxCorners]int64 // their indexes
	step  Milli             // the concentration is first rounded to a multiple of this; 0 for none
	above Milli             // beyond this, fixed is the index
	fixed int64             // NoIAQI where another item stands in

	pollutant Pollutant
	averaging Averaging
	decimals  int // of the concentration after rounding; -1 for none
	exact     [maxCorners]standard.Exact
	corners   []cited
	input     cited  // the row of the rounding
	rule      cited  // the row of the rule above the table
	standIns  []Item // of that rule
}

// IAQI returns the index of a concentration, or NoIAQI where it is None,
// negative, or above a column in whose stead another item is reckoned
// (HJ 633-2012, SO2 of an hour and O3 of eight hours). It is rounded up to a
// whole number, by HJ 633-2026 after rounding the concentration by GB/T 8170.
// A concentration above the last corner has the index of the last corner.
// It does not allocate.
func (c *Column) IAQI(m Milli) int {
	if m < 0 {
		return NoIAQI
	}
	if c.step > 0 {
		m = halfEven(m, c.step)
	}
	if m > c.above {
		return int(c.fixed)
	}
	if m >= c.conc[c.n-1] {
		return int(c.index[c.n-1])
	}
	i := 1
	for m > c.conc[i] {
		i++
	}
	low := c.conc[i-1]
	run := int64(c.conc[i] - low)
	rise := (c.index[i] - c.index[i-1]) * int64(m-low)
	return int(c.index[i-1] + (rise+run-1)/run)
}

// halfEven rounds m, which is not negative, to a multiple of step by
// GB/T 8170-2008 3.2.
func halfEven(m, step Milli) Milli {
	q, rest := m/step, m%step
	if rest *= 2; rest > step || rest == step && q%2 == 1 {
		q++
	}
	return q * step
}

// round returns the concentration that the index is reckoned from.
func (c *Column) round(x standard.Exact) standard.Exact {
	if c.decimals < 0 {
		return x
	}
	return x.Rounded(c.decimals)
}

// segment returns the number of the upper corner of the segment that x, already
// rounded and not negative, lies on; n where x is above the last corner.
func (c *Column) segment(x standard.Exact) int {
	i := 1
	for i < c.n && x.Cmp(c.exact[i]) > 0 {
		i++
	}
	return i
}

// at returns the index at x on the segment below corner i, not yet rounded.
func (c *Column) at(x standard.Exact, i int) standard.Exact {
	rise := standard.Int(c.index[i] - c.index[i-1])
	run := c.exact[i].Sub(c.exact[i-1])
	return rise.Mul(x.Sub(c.exact[i-1])).Quo(run).Add(standard.Int(c.index[i-1]))
}

// overRule reports whether the rule above the table answers for x.
func (c *Column) overRule(x standard.Exact) bool {
	return c.rule.Key != "" && x.Cmp(standard.Int(int64(c.above)).Quo(standard.Int(1000))) > 0
}

// add appends a corner.
func (c *Column) add(r cited) error {
	index, err := r.need("iaqi")
	if err != nil {
		return err
	}
	x, err := r.Number("concentration")
	if err != nil {
		return err
	}
	m, ok := MilliOf(x)
	switch {
	case !ok || m < 0:
		return fmt.Errorf("行 %s 的浓度应为不小于 0 的数，最多三位小数", r.Key)
	case standard.Unit(r.Cell("unit")) != c.pollutant.Unit():
		return fmt.Errorf("行 %s 的单位应为 %s", r.Key, c.pollutant.Unit())
	case c.n == maxCorners:
		return fmt.Errorf("行 %s：一列最多 %d 个拐点", r.Key, maxCorners)
	case c.n == 0 && (m != 0 || index != 0):
		return fmt.Errorf("行 %s：一列的第一个拐点应为浓度 0、分指数 0", r.Key)
	case c.n > 0 && (m <= c.conc[c.n-1] || int64(index) <= c.index[c.n-1]):
		return fmt.Errorf("行 %s：同一列的浓度和分指数应逐行增大", r.Key)
	case index > 500:
		return fmt.Errorf("行 %s：分指数不超过 500", r.Key)
	}
	c.conc[c.n], c.index[c.n], c.exact[c.n] = m, int64(index), x
	c.corners = append(c.corners, r)
	c.n++
	return nil
}
