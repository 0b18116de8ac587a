package standard

// A Limit is what is allowed, in one edition of one document.
type Limit struct {
	Factor string `json:"factor,omitempty"` // what is limited: a code or a name, the caller's
	Min    Exact  `json:"min"`              // lowest value allowed, as with pH; none where there is no lower bound
	Max    Exact  `json:"max"`              // highest value allowed; none where there is no upper bound
	Unit   Unit   `json:"unit"`
	Period Period `json:"period,omitempty"` // of the mean that is limited; empty where the document does not say

	// RefOxygen is the reference oxygen content in percent to which a value
	// is converted before it is compared; none where the limit knows none.
	RefOxygen Exact `json:"ref_oxygen"`
	// OxygenCeiling is the oxygen content in percent above which a
	// conversion says nothing about the fire, as when a boiler starts. None
	// means that only 21 stops a conversion. No standard at hand gives a
	// figure: it is the bureau's.
	OxygenCeiling Exact `json:"oxygen_ceiling"`

	Confidence Confidence `json:"confidence"` // in the figures above
	Citation   Citation   `json:"citation"`
}

// A Sample is a value to be judged.
type Sample struct {
	Value  Exact  `json:"value"`
	Unit   Unit   `json:"unit"`
	Oxygen Exact  `json:"oxygen"`           // oxygen content in percent, where it was measured
	Period Period `json:"period,omitempty"` // what the value stands for; empty where it is not known
	On     Date   `json:"on,omitempty"`     // the day of the value; empty leaves out the check of dates

	// Converted says that Value is already at reference oxygen, as the
	// instruments report it beside the measured value.
	Converted bool `json:"converted,omitempty"`
	// Issue says why the value is no basis for a verdict although it may be
	// there: not readable, marked invalid, abnormal condition, a mean with
	// too few hours.
	Issue Issue `json:"issue,omitempty"`
}

// Reported returns the sample of a value and an oxygen content as they were
// reported, oxygen empty where there is none. Where the value is no number
// the sample has the Issue; oxygen that cannot be read counts as not
// measured.
func Reported(value, oxygen string, unit Unit) Sample {
	v, issue := Read(value)
	o, _ := Read(oxygen)
	return Sample{Value: v, Oxygen: o, Unit: unit, Issue: issue}
}

// A Judgement is a verdict with all that it follows from. Judging its Sample
// by its Limit again gives the same.
type Judgement struct {
	Verdict Verdict `json:"verdict"`
	Issue   Issue   `json:"issue,omitempty"` // why Unknown; empty otherwise
	// Value is what was compared: the sample in the unit of the limit, at
	// its reference oxygen. None where it could not be reckoned; it may be
	// there though the verdict is Unknown.
	Value Exact `json:"value"`
	// Multiple is by how many times the limit the value is above it,
	// value/limit - 1 (超标倍数). None unless the value is above a maximum
	// that is not 0.
	Multiple   Exact      `json:"multiple"`
	Confidence Confidence `json:"confidence"` // the weakest of what the verdict rests on
	Sample     Sample     `json:"sample"`
	Limit      Limit      `json:"limit"`
}

// Judge compares s with l. A value equal to the limit meets it. The verdict
// is Unknown, with an Issue, wherever the value, its unit, its oxygen, its
// period or the limit leave a doubt; see the Issue constants.
func Judge(s Sample, l Limit) Judgement {
	j := Judgement{Verdict: Unknown, Sample: s, Limit: l, Confidence: l.Confidence.Weaker(l.Citation.Confidence)}
	j.Value, j.Issue = inTermsOf(l, s)
	if s.Issue != "" {
		j.Issue = s.Issue // what was known before says more than what follows from it
	}
	if j.Issue != "" {
		return j
	}
	switch {
	case l.Max.IsSet() && j.Value.Cmp(l.Max) > 0:
		j.Verdict = Exceeds
		if l.Max.Sign() > 0 {
			j.Multiple = j.Value.Quo(l.Max).Sub(Int(1))
		}
	case l.Min.IsSet() && j.Value.Cmp(l.Min) < 0:
		j.Verdict = Exceeds
	default:
		j.Verdict = Meets
	}
	return j
}

// inTermsOf returns the value of s in the terms of l, or why there is none.
func inTermsOf(l Limit, s Sample) (Exact, Issue) {
	switch {
	case !l.Min.IsSet() && !l.Max.IsSet():
		return Exact{}, NoLimit
	case l.Min.IsSet() && l.Max.IsSet() && l.Min.Cmp(l.Max) > 0:
		return Exact{}, LimitFaulty
	case !s.Value.IsSet():
		return Exact{}, NoValue
	case !l.Citation.InForce(s.On):
		return Exact{}, NotInForce
	case s.Period != "" && l.Period != "" && s.Period != l.Period:
		return Exact{}, PeriodMismatch
	}
	v := s.Value
	if s.Unit != l.Unit || s.Unit == "" {
		var err error
		if v, err = Convert(v, s.Unit, l.Unit); err != nil {
			return Exact{}, err.(*UnitError).Issue
		}
	}
	if v.Sign() < 0 && !l.Unit.Signed() {
		return v, Negative
	}
	if !l.Unit.Possible(v) {
		return v, Implausible
	}
	if !l.RefOxygen.IsSet() || s.Converted {
		return v, ""
	}
	if s.Oxygen.IsSet() && l.OxygenCeiling.IsSet() && s.Oxygen.Cmp(l.OxygenCeiling) > 0 && s.Oxygen.Cmp(airOxygen) < 0 {
		return Exact{}, Dilution
	}
	return AtReferenceOxygen(v, s.Oxygen, l.RefOxygen)
}

// Verified reports whether all that the verdict rests on was read in the
// standard itself. Where it is false, 待核实 belongs beside the verdict.
func (j Judgement) Verified() bool { return j.Confidence.Verified() }
