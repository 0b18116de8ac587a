package carbon

import (
	"slices"

	"pingzhang/standard"
)

// Issues of carbon and ecology, besides those of package standard.
const (
	NoFactor        standard.Issue = "no_factor"          // no row for the region or fuel
	NoFactorForYear standard.Issue = "no_factor_for_year" // other years there are
	FactorMissing   standard.Issue = "factor_missing"     // a row there is; its figure was not found
	Incomplete      standard.Issue = "incomplete"         // a part of the sum is unknown
	NoGDP           standard.Issue = "no_gdp"             // none, or not above zero
	PricesDiffer    standard.Issue = "prices_differ"      // GDP of two years at different prices
	NoBase          standard.Issue = "no_base"            // nothing to compare with
	TargetOdd       standard.Issue = "target_odd"         // a target or decline that cannot be
	YearsOdd        standard.Issue = "years_odd"          // a number of years that cannot be
	NoTarget        standard.Issue = "no_target"
	NoIndex         standard.Issue = "no_index"              // no rows of the index on that day
	PartMissing     standard.Issue = "part_missing"          // a part of the index was not given
	PartOdd         standard.Issue = "part_odd"              // a part beyond its bounds, or of another index
	ClassesFaulty   standard.Issue = "carbon_classes_faulty" // no class takes the value
)

var issueTexts = map[standard.Issue]string{
	NoFactor:        "没有该地区或燃料的排放因子",
	NoFactorForYear: "没有该年度的排放因子，不以其他年度代替",
	FactorMissing:   "该排放因子未查到公布的数值，不以邻近地区或年度代替",
	Incomplete:      "有一部分排放量未知，不能合计",
	NoGDP:           "没有国内生产总值，或不大于 0",
	PricesDiffer:    "两年的国内生产总值不是同一价格基期，不能比较",
	NoBase:          "没有可比较的基期强度",
	TargetOdd:       "下降率应不小于 0 且小于 100%",
	YearsOdd:        "年数不合理",
	NoTarget:        "没有该地区该年度的目标",
	NoIndex:         "没有该指数的规定",
	PartMissing:     "缺少分指数",
	PartOdd:         "分指数超出范围，或不属于该指数",
	ClassesFaulty:   "分级表不完整，该数值不属于任何一级",
}

func init() { standard.DescribeIssues(issueTexts) }

// IssueText returns an issue of this package or of package standard in Chinese.
func IssueText(i standard.Issue) string { return i.Text() }

// A Reckoned is a number that was reckoned, with all that it follows from.
type Reckoned struct {
	Value      standard.Exact      `json:"value"`
	Unit       standard.Unit       `json:"unit"`
	Issue      standard.Issue      `json:"issue,omitempty"` // why there is no value; empty otherwise
	Arithmetic string              `json:"arithmetic"`      // in words, Chinese
	Citations  []standard.Citation `json:"citations"`
	Confidence standard.Confidence `json:"confidence"` // of the weakest row
	Rows       []standard.Ref      `json:"rows"`
}

// Verified reports whether all that the number rests on was read in the text
// itself. Where it is false, 待核实 belongs beside the number.
func (r Reckoned) Verified() bool { return r.Confidence.Verified() }

// Text returns the result as a sentence for a person.
func (r Reckoned) Text() string {
	text := r.Arithmetic
	for _, c := range r.Citations {
		if s := c.String(); s != "" {
			text += "；依据" + s
		}
	}
	return text
}

// use notes that the result rests on a row.
func (r *Reckoned) use(lines ...line) {
	for _, l := range lines {
		if r.Confidence == "" {
			r.Confidence = l.Citation.Confidence
		}
		r.Confidence = r.Confidence.Weaker(l.Citation.Confidence)
		if !slices.Contains(r.Rows, l.ref) {
			r.Rows = append(r.Rows, l.ref)
			r.Citations = append(r.Citations, l.Citation)
		}
	}
}

// rest notes that the result rests on what another rests on.
func (r *Reckoned) rest(on Reckoned) {
	if r.Confidence == "" {
		r.Confidence = on.Confidence
	}
	if on.Confidence != "" {
		r.Confidence = r.Confidence.Weaker(on.Confidence)
	}
	for i, ref := range on.Rows {
		if !slices.Contains(r.Rows, ref) {
			r.Rows = append(r.Rows, ref)
			r.Citations = append(r.Citations, on.Citations[i])
		}
	}
}

// fail leaves the result without value.
func (r Reckoned) fail(issue standard.Issue) Reckoned {
	r.Value, r.Issue, r.Arithmetic = standard.Exact{}, issue, IssueText(issue)
	if r.Confidence == "" {
		r.Confidence = standard.Missing
	}
	return r
}

// significant is how many digits of a number a sentence shows.
const significant = 6

// show writes a number for a sentence.
func show(x standard.Exact) string {
	text, _ := x.Short(significant)
	return text
}

// equals writes a number as the result of a reckoning: =1.5, ≈1.333.
func equals(x standard.Exact) string { return x.Equals(significant) }
