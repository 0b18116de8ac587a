package carbon

import (
	"fmt"

	"pingzhang/standard"
)

// TonnesPer10kYuan is the unit of intensity: tonnes of CO₂ per ten thousand yuan.
const TonnesPer10kYuan = standard.Unit("tCO₂/万元")

// The rules that the arithmetic cites.
const (
	ruleDecline = "强度下降率"
	ruleYearly  = "年均下降率"
)

// maxYears is the longest that a target reaches; powers grow with it.
const maxYears = 50

var (
	one     = standard.Int(1)
	hundred = standard.Int(100)
)

// A YearFigure is what the intensity of a year is made of.
type YearFigure struct {
	CO2    Reckoned       // tonnes; see Total and Tonnes
	GDP    standard.Exact // ten thousand yuan
	Prices string         // of which year the prices are: 2020年价
}

// Tonnes is an emission that was reckoned elsewhere; confidence is in it.
func Tonnes(x standard.Exact, confidence standard.Confidence) Reckoned {
	r := Reckoned{Value: x, Unit: tonneCO2, Confidence: confidence}
	if !x.IsSet() {
		return r.fail(standard.NoValue)
	}
	r.Arithmetic = show(x) + " tCO₂"
	return r
}

// Intensity returns tonnes of CO₂ per ten thousand yuan of GDP.
func (b *Book) Intensity(y YearFigure) Reckoned {
	r := Reckoned{Unit: TonnesPer10kYuan}
	r.rest(y.CO2)
	r.use(b.rule(ruleDecline)...)
	switch {
	case y.CO2.Issue != "" || !y.CO2.Value.IsSet():
		return r.fail(Incomplete)
	case y.CO2.Unit != tonneCO2:
		return r.fail(standard.UnitMismatch)
	case y.CO2.Value.Sign() < 0:
		return r.fail(standard.Negative)
	case !y.GDP.IsSet() || y.GDP.Sign() <= 0:
		return r.fail(NoGDP)
	}
	r.Value = y.CO2.Value.Quo(y.GDP)
	r.Arithmetic = show(y.CO2.Value) + "/" + show(y.GDP) + equals(r.Value) + " " + string(r.Unit)
	if y.Prices != "" {
		r.Arithmetic += "（" + y.Prices + "）"
	}
	return r
}

// Decline returns by how many percent intensity fell from base to now: 1 −
// now/base. It is below zero where intensity rose. GDP of both must be at the
// same prices.
func (b *Book) Decline(base, now YearFigure) Reckoned {
	r := Reckoned{Unit: standard.Percent}
	before, after := b.Intensity(base), b.Intensity(now)
	r.rest(before)
	r.rest(after)
	switch {
	case before.Issue != "":
		return r.fail(before.Issue)
	case after.Issue != "":
		return r.fail(after.Issue)
	case base.Prices != now.Prices:
		return r.fail(PricesDiffer)
	case before.Value.Sign() == 0:
		return r.fail(NoBase)
	}
	r.Value = one.Sub(after.Value.Quo(before.Value)).Mul(hundred)
	r.Arithmetic = "基期 " + before.Arithmetic + "；报告期 " + after.Arithmetic + "；下降率 1−" + show(after.Value) + "/" + show(before.Value) + equals(r.Value) + "%"
	if base.Prices == "" {
		r.Arithmetic += "（没有说明价格基期，须为不变价）"
	}
	return r
}

// rule returns the row of a rule, none where the table does not have it.
func (b *Book) rule(key string) []line {
	if l, ok := b.rules[key]; ok {
		return []line{l}
	}
	return nil
}

type targetRow struct {
	line
	from, to int
	decline  standard.Exact
}

func (b *Book) readTarget(l line) error {
	n, err := l.Numbers("decline_percent")
	if err != nil {
		return err
	}
	from, err := l.year("from_year")
	if err != nil {
		return err
	}
	to, err := l.year("to_year")
	if err != nil {
		return err
	}
	if to < from {
		return fmt.Errorf("行 %s 的 to_year 早于 from_year", l.Key)
	}
	b.targets = append(b.targets, targetRow{l, from, to, n[0]})
	return nil
}

// A Target is a decline that is aimed at.
type Target struct {
	Reckoned        // Value is the cumulative decline in percent
	Area     string `json:"area"`
	From     int    `json:"from"` // first year; the base is the year before
	To       int    `json:"to"`   // last year
	About    bool   `json:"about,omitempty"`
}

// Years returns how many years the target takes.
func (t Target) Years() int { return t.To - t.From + 1 }

// Targets returns the targets of an area that a year belongs to, in the order of
// the table. An area without targets of its own has none: those of the nation are
// not its own.
func (b *Book) Targets(area string, year int) []Target {
	var all []Target
	for _, r := range b.targets {
		if r.Cell("area") != area || year < r.from || year > r.to {
			continue
		}
		t := Target{Area: area, From: r.from, To: r.to, About: r.Cell("about") == "yes"}
		t.Value, t.Unit = r.decline, standard.Percent
		t.use(r.line)
		if t.Arithmetic = fmt.Sprintf("%s %d 至 %d 年累计下降 %s%%", area, r.from, r.to, show(r.decline)); t.About {
			t.Arithmetic += "左右"
		}
		if !r.decline.IsSet() {
			t.Reckoned = t.fail(FactorMissing)
		}
		all = append(all, t)
	}
	return all
}

// left returns 1 − percent/100, and whether percent is from 0 to below 100.
func left(percent standard.Exact) (standard.Exact, bool) {
	if !percent.IsSet() || percent.Sign() < 0 || percent.Cmp(hundred) >= 0 {
		return standard.Exact{}, false
	}
	return one.Sub(percent.Quo(hundred)), true
}

// Yearly returns the decline of each year, in percent to four decimals, that
// makes the target decline in so many years when achieved of it, in percent of
// the same base, is done: (1−r)ⁿ = (1−t)/(1−a). It is 0 where the target is
// reached.
func (b *Book) Yearly(target, achieved standard.Exact, years int) Reckoned {
	r := Reckoned{Unit: standard.Percent}
	r.use(b.rule(ruleYearly)...)
	rest, ok := left(target)
	if !ok || !achieved.IsSet() || achieved.Cmp(hundred) >= 0 {
		return r.fail(TargetOdd)
	}
	if years < 1 || years > maxYears {
		return r.fail(YearsOdd)
	}
	done := one.Sub(achieved.Quo(hundred)) // above 1 where intensity rose
	q := rest.Quo(done)
	if q.Cmp(one) >= 0 {
		r.Value = standard.Int(0)
		r.Arithmetic = "已下降 " + show(achieved) + "%，达到目标 " + show(target) + "%"
		return r
	}
	r.Value = one.Sub(root(q, years)).Mul(hundred)
	r.Arithmetic = fmt.Sprintf("(1−r)^%d=(1−%s%%)/(1−%s%%)，r≈%s%%", years, show(target), show(achieved), r.Value.Round(4))
	return r
}

// Line returns the decline that keeps up with the target after so many of its
// years, in percent to four decimals: 1−(1−t)^(k/n).
func (b *Book) Line(target standard.Exact, years, after int) Reckoned {
	r := Reckoned{Unit: standard.Percent}
	r.use(b.rule(ruleYearly)...)
	rest, ok := left(target)
	if !ok {
		return r.fail(TargetOdd)
	}
	if years < 1 || years > maxYears || after < 0 || after > years {
		return r.fail(YearsOdd)
	}
	r.Value = one.Sub(root(power(rest, after), years)).Mul(hundred)
	r.Arithmetic = fmt.Sprintf("1−(1−%s%%)^(%d/%d)≈%s%%", show(target), after, years, r.Value.Round(4))
	return r
}

// A Pace says whether a decline keeps up with the line to its target. The zero
// Pace is as good as PaceUnknown.
type Pace string

// The paces.
const (
	OnPace      Pace = "on_pace" // at the line or below it
	Behind      Pace = "behind"
	PaceUnknown Pace = "unknown"
)

// Name returns the pace in Chinese.
func (p Pace) Name() string {
	switch p {
	case OnPace:
		return "达到序时进度"
	case Behind:
		return "落后于序时进度"
	}
	return "未知"
}

// A Progress is how far an area has come towards its target.
type Progress struct {
	Pace     Pace           `json:"pace"`
	Issue    standard.Issue `json:"issue,omitempty"` // why the pace is unknown
	Achieved Reckoned       `json:"achieved"`        // decline so far, percent
	Line     Reckoned       `json:"line"`            // what keeps up, percent, rounded
	Share    standard.Exact `json:"share"`           // achieved of the target, percent, exact
	Yearly   Reckoned       `json:"yearly"`          // what each of the years left takes; none in the last
}

// Progress compares a decline with the line after so many years of the target.
// The comparison is of exact powers: (1−a)ⁿ ≤ (1−t)ᵏ.
func (b *Book) Progress(target standard.Exact, years, after int, achieved Reckoned) Progress {
	p := Progress{Pace: PaceUnknown, Achieved: achieved, Line: b.Line(target, years, after)}
	switch {
	case achieved.Issue != "":
		p.Issue = achieved.Issue
	case !achieved.Value.IsSet():
		p.Issue = standard.NoValue
	case p.Line.Issue != "":
		p.Issue = p.Line.Issue
	case achieved.Value.Cmp(hundred) > 0:
		p.Issue = TargetOdd
	}
	if p.Issue != "" {
		return p
	}
	rest, _ := left(target)
	kept := one.Sub(achieved.Value.Quo(hundred))
	p.Pace = OnPace
	if power(kept, years).Cmp(power(rest, after)) > 0 {
		p.Pace = Behind
	}
	p.Share = achieved.Value.Quo(target).Mul(hundred)
	if after < years {
		p.Yearly = b.Yearly(target, achieved.Value, years-after)
	}
	return p
}
