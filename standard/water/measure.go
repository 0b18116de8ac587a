package water

import (
	"slices"
	"strings"

	"pingzhang/standard"
)

// An Input is a sample as it entered a result, or why it did not.
type Input struct {
	On     standard.Date  `json:"on,omitempty"`
	Sample Sample         `json:"sample"`
	Value  standard.Exact `json:"value"`            // in the unit of the result
	Halved bool           `json:"halved,omitempty"` // Value is half the detection limit
	Issue  standard.Issue `json:"issue,omitempty"`  // why Value was not used
}

// The uses for which the table says what a result below the detection limit
// counts for.
const (
	single     = "single"     // one result judged by itself
	statistics = "statistics" // part of a mean of 环办〔2011〕22号
)

// the bounds of what can be, which no standard gives: they tell a slip of the
// pen from a result.
var (
	mostPH           = standard.Int(14)
	leastTemperature = standard.Int(-2)
	mostTemperature  = standard.Int(100)
	two              = standard.Int(2)
	hundred          = standard.Int(100)
	one              = standard.Int(1)
)

// measure reads a sample of an item into a unit. What the half of a detection
// limit rests on is added to basis. A detection limit is returned where the
// result lies below it.
func (b *Book) measure(s Sample, item Item, unit standard.Unit, use string, on standard.Date, basis *Basis) (in Input, detection standard.Exact) {
	in = Input{On: on, Sample: s}
	value, issue := standard.Read(s.Value)
	if issue != "" && issue != standard.BelowDetection {
		in.Issue = issue
		return in, detection
	}
	from, scale, unitIssue := unitOf(item, s.Unit)
	if unitIssue != "" {
		in.Issue = unitIssue
		return in, detection
	}
	if issue == standard.BelowDetection {
		r, ok := b.rule(ruleNondetect, use, on)
		if !ok || r.text != "half" || item == PH || item == Temperature {
			in.Issue = standard.BelowDetection
			return in, detection
		}
		if value = detectionLimit(s); !value.IsSet() || value.Sign() < 0 {
			in.Issue = NoDetectionLimit
			return in, detection
		}
		basis.rests(r.line)
		in.Halved = true
	}
	value, err := standard.Convert(value.Mul(scale), from, unit)
	if err != nil {
		in.Issue = err.(*standard.UnitError).Issue
		return in, detection
	}
	if in.Issue = plausible(item, unit, value); in.Issue != "" {
		return in, detection
	}
	if in.Halved {
		detection = value
		value = value.Quo(two)
	}
	in.Value = value
	return in, detection
}

// unitOf reads the unit of a sample, and by what its values are multiplied to
// be in it.
func unitOf(item Item, text string) (standard.Unit, standard.Exact, standard.Issue) {
	switch {
	case item == PH && text == "":
		return standard.Dimensionless, one, "" // the only item that has no unit
	case item == Secchi && (text == "cm" || text == "厘米"):
		return standard.Metre, standard.Must("0.01"), ""
	}
	unit, err := standard.ParseUnit(text)
	if err != nil {
		return "", one, err.(*standard.UnitError).Issue
	}
	if item == Chlorophyll && unit == standard.MgPerM3 {
		unit = standard.UgPerL // of water: that is how the trophic index gives it
	}
	return unit, one, ""
}

// detectionLimit is what the result of s lies below: <0.01, 0.01L, or
// DetectionLimit; none where it is not said.
func detectionLimit(s Sample) standard.Exact {
	text := strings.TrimSuffix(s.Value, "L")
	for _, sign := range []string{"<", "＜", "≤"} {
		text = strings.TrimPrefix(text, sign)
	}
	if x, issue := standard.Read(text); issue == "" {
		return x
	}
	x, _ := standard.Read(s.DetectionLimit)
	return x
}

// plausible says what is wrong with a value that cannot be.
func plausible(item Item, unit standard.Unit, value standard.Exact) standard.Issue {
	switch {
	case value.Sign() < 0 && !unit.Signed():
		return standard.Negative
	case item == PH && value.Cmp(mostPH) > 0,
		item == Temperature && (value.Cmp(leastTemperature) < 0 || value.Cmp(mostTemperature) > 0),
		!unit.Possible(value):
		return Implausible
	}
	return ""
}

// percent reads a saturation as it was measured; none where it is no number.
func percent(text string) standard.Exact {
	x, issue := standard.Read(text)
	if issue != "" || x.Sign() < 0 {
		return standard.Exact{}
	}
	return x
}

// Saturation returns the saturation in percent of dissolved oxygen (mg/L) in
// fresh water at a temperature (℃): DO ÷ (468÷(31.6+T)) × 100. The formula is
// that of the index of HJ 2.3-2018, known at second hand, and the basis says so.
func (b *Book) Saturation(oxygen, temperature standard.Exact, on standard.Date) (_ standard.Exact, basis Basis, _ standard.Issue) {
	defer basis.close()
	r, ok := b.rule(ruleSaturation, "", on)
	switch {
	case !ok || !r.value.IsSet() || !r.upper.IsSet():
		return standard.Exact{}, basis, NoRule
	case !oxygen.IsSet() || !temperature.IsSet():
		return standard.Exact{}, basis, standard.NoValue
	case plausible(Temperature, standard.Celsius, temperature) != "" || oxygen.Sign() < 0:
		return standard.Exact{}, basis, Implausible
	}
	basis.rests(r.line)
	full := r.value.Quo(r.upper.Add(temperature))
	percent := oxygen.Quo(full).Mul(hundred)
	basis.because("饱和溶解氧 ", r.value.String(), "÷(", r.upper.String(), "＋", temperature.String(), ")", equals(full),
		" mg/L，饱和率 ", oxygen.String(), "÷", short(full), equals(percent), "%")
	return percent, basis, ""
}

// short writes a number for a sentence: exactly where nine decimals do, else
// rounded to four significant digits or more behind a sign that says so.
func short(x standard.Exact) string { return beside(x) }

// equals writes a result: ＝0.6, ≈0.3167.
func equals(x standard.Exact) string {
	text := short(x)
	if strings.HasPrefix(text, "≈") {
		return text
	}
	return "＝" + text
}

// beside is short with as many decimals as keep the number on its side of bounds;
// those that are no number are none.
func beside(x standard.Exact, bounds ...standard.Exact) string {
	if !x.IsSet() {
		return "（无）"
	}
	if text := x.String(); x.Terminates() && len(text)-strings.IndexByte(text+".", '.') <= 10 {
		return text
	}
	for digits := 4; digits < 16; digits++ {
		r := x.Rounded(digits)
		if len(strings.TrimLeft(r.String(), "-0.")) >= 4 && !slices.ContainsFunc(bounds, func(bound standard.Exact) bool {
			return bound.IsSet() && r.Cmp(bound) != x.Cmp(bound)
		}) {
			return "≈" + x.Round(digits)
		}
	}
	return "≈" + x.Round(16)
}
