package air

import (
	"fmt"
	"strings"

	"pingzhang/standard"
)

// A Term is what one pollutant contributes to the composite index.
type Term struct {
	Pollutant Pollutant      `json:"pollutant"`
	Value     standard.Exact `json:"value"`  // the statistic
	Limit     standard.Exact `json:"limit"`  // what it is divided by
	Weight    standard.Exact `json:"weight"` // 1 unless the table or the caller says otherwise
	Index     standard.Exact `json:"index"`  // weight·value/limit
}

// A Composite is the composite index of the six pollutants (环境空气质量综合指数,
// HJ 663).
type Composite struct {
	Value   standard.Exact `json:"value"`
	Terms   []Term         `json:"terms"`
	Largest Set            `json:"largest"` // the pollutants that contribute most
	Claimed bool           `json:"claimed"` // reckoned with the weights that are claimed and not verified
	Issue   standard.Issue `json:"issue,omitempty"`
	Basis   Basis          `json:"basis"`
}

// Arithmetic returns the sum, in Chinese typography.
func (c Composite) Arithmetic() string {
	if !c.Value.IsSet() {
		return Text(c.Issue)
	}
	var all []string
	for _, t := range c.Terms {
		text := show(t.Value) + "/" + show(t.Limit)
		if !t.Weight.Equal(standard.Int(1)) {
			text = show(t.Weight) + "×" + text
		}
		all = append(all, text)
	}
	text := strings.Join(all, "+") + equals(c.Value) + show(c.Value)
	if c.Issue != "" {
		text += "；" + Text(c.Issue)
	}
	return text
}

// composite sums the terms of the rows. Where one pollutant has no statistic
// there is no index; where its days do not suffice the index is there, with
// the issue.
func composite(rows []cited, years []PollutantYear, claimed bool) Composite {
	c := Composite{Value: standard.Int(0), Claimed: claimed}
	terms := topic(rows, "composite_index")
	for _, r := range terms {
		p, _ := ParsePollutant(r.Cell("pollutant"))
		t := Term{Pollutant: p}
		t.Limit, _ = r.Number("limit")
		t.Weight, _ = r.Number("weight")
		if w, _ := r.Number("claimed_weight"); claimed && w.IsSet() {
			t.Weight = w
		}
		percent, _ := r.whole("percent")
		for _, s := range years[p].Statistics {
			if s.Percent == percent {
				t.Value = s.Value
				c.Basis.join(s.Basis)
			}
		}
		if issue := years[p].Count.Issue; issue != "" && c.Issue == "" {
			c.Issue = issue
		}
		t.Index = t.Weight.Mul(t.Value).Quo(t.Limit)
		c.Value = c.Value.Add(t.Index)
		c.Terms = append(c.Terms, t)
		c.Basis.Citation = r.Citation
		c.Basis.rest(r)
	}
	switch {
	case len(terms) == 0:
		c.Value, c.Issue = standard.Exact{}, NoStatistic
	case !c.Value.IsSet():
		c.Issue = standard.NoValue
	default:
		c.Largest = largest(c.Terms)
	}
	return c
}

func largest(terms []Term) Set {
	var s Set
	top := terms[0].Index
	for _, t := range terms {
		switch t.Index.Cmp(top) {
		case 1:
			top, s = t.Index, SetOf(t.Pollutant)
		case 0:
			s |= SetOf(t.Pollutant)
		}
	}
	return s
}

// checkTerm reports what is wrong with a row of the composite index.
func (r cited) checkTerm(p Pollutant) error {
	for _, column := range []string{"limit", "weight"} {
		x, err := r.Number(column)
		if err != nil {
			return err
		}
		if !x.IsSet() || x.Sign() <= 0 {
			return fmt.Errorf("行 %s 的 %s 一列应为大于 0 的数", r.Key, column)
		}
	}
	if !p.Indexed() || standard.Unit(r.Cell("unit")) != p.Unit() {
		return fmt.Errorf("行 %s 的单位应为 %s", r.Key, p.Unit())
	}
	_, err := r.Number("claimed_weight")
	return err
}

// Percentile returns the percentile of values in any order, and how it was
// reckoned (HJ 663: k=1+(n−1)·p/100, linear between the neighbours). It is no
// number where there are no values.
func Percentile(values []standard.Exact, percent int) (standard.Exact, string) {
	return percentile(rising(values), percent)
}

func percentile(sorted []standard.Exact, percent int) (standard.Exact, string) {
	n := len(sorted)
	if n == 0 || percent < 0 || percent > 100 {
		return standard.Exact{}, ""
	}
	parts := (n - 1) * percent
	s, rest := parts/100, parts%100
	k := standard.Int(int64(100 + parts)).Quo(standard.Int(100))
	low := sorted[s]
	if rest == 0 {
		return low, fmt.Sprintf("n=%d，k=%s，第 %d 个值", n, show(k), s+1)
	}
	high := sorted[s+1]
	part := standard.Int(int64(rest)).Quo(standard.Int(100))
	value := low.Add(high.Sub(low).Mul(part))
	return value, fmt.Sprintf("n=%d，k=%s，%s+(%s−%s)×%s", n, show(k), show(low), show(high), show(low), show(part))
}
