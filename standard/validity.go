package standard

// A Requirement is how much of something a mean needs to count.
type Requirement struct {
	Known    bool // whether a rule in force gives a figure
	Least    int  // minutes, hours or days
	Citation Citation
	Note     string // in Chinese
	Ref      Ref    // the row of the table
}

// Validity is when the means of automatic monitoring count, for one medium on
// one day. The zero Validity knows no rule, and no mean is valid by it.
type Validity struct {
	Medium       Medium
	Minutes      Requirement // minutes a valid hour needs
	Hours        Requirement // valid hours a valid day needs
	Days         Requirement // valid days a valid month needs
	FebruaryDays Requirement // the same in February
	// FlowWeighted says that a day mean weighs each hour with its flow
	// (HJ 356-2019, waste water); Weighing is the clause.
	FlowWeighted bool
	Weighing     Citation
	// CapturePercent is the share of valid hours of a quarter, in percent,
	// from which on the data may be used for totals; none where no rule in
	// force gives it.
	CapturePercent  Exact
	CaptureCitation Citation
}

// Validity returns the rules in force for medium on the given day.
func (r *Rules) Validity(medium Medium, on Date) Validity {
	v := Validity{
		Medium:       medium,
		Minutes:      r.requirement(HourMinMinutes, medium, on),
		Hours:        r.requirement(DayMinHours, medium, on),
		Days:         r.requirement(MonthMinDays, medium, on),
		FebruaryDays: r.requirement(FebruaryMinDays, medium, on),
	}
	if rule, ok := r.At(DayMeanKind, medium, "", on); ok {
		v.FlowWeighted, v.Weighing = rule.Value == FlowWeighted, rule.Citation
	}
	if rule, ok := r.At(CaptureMinPercent, medium, "", on); ok {
		v.CapturePercent, _ = Read(rule.Value)
		v.CaptureCitation = rule.Citation
	}
	return v
}

func (r *Rules) requirement(name string, medium Medium, on Date) Requirement {
	rule, ok := r.At(name, medium, "", on)
	if !ok {
		return Requirement{}
	}
	value, _ := Read(rule.Value) // checked when the table was read
	least, known := wholeNumber(value)
	return Requirement{Known: known, Least: least, Citation: rule.Citation, Note: rule.Note, Ref: rule.Ref}
}

// A Mean is a mean with the reason why it counts or does not. The value is
// there as soon as anything could be averaged, so that it can be shown; it is
// a basis for a verdict only where Valid.
type Mean struct {
	Value Exact
	Valid bool
	Issue Issue // why not Valid; empty otherwise
	Have  int   // minutes, hours or days that were there
	Need  Requirement
}

// Sample returns the mean as a sample to judge. Where the mean is not valid
// its Issue goes along, and the verdict will be Unknown.
func (m Mean) Sample(unit Unit, period Period) Sample {
	return Sample{Value: m.Value, Unit: unit, Period: period, Issue: m.Issue}
}

// HourMean returns the plain mean of the values of a clock hour in which the
// given number of minutes has valid data. Values that are no number are left
// out. HJ 75-2017: valid from 45 minutes on.
func (v Validity) HourMean(minutes int, values []Exact) Mean {
	value, _ := average(values)
	return finish(value, minutes, v.Minutes, TooFewMinutes)
}

// An Hourly is what one hour contributes to a day.
type Hourly struct {
	Value Exact
	Valid bool
	Flow  Exact // mean flow or volume of the hour, all hours in one unit; none where not measured
}

// DayMean returns the mean of the valid hours of a natural day, weighed with
// the flow where the rules say so: Σ(C·Q)/ΣQ, else plain.
//
// In a weighed mean an hour without flow (0) does not enter, and still counts
// as an hour that is known, since an outlet that rested has no concentration
// to miss. An hour whose flow was not measured neither enters nor counts.
// Where nothing flowed all day the mean is none, with NoDischarge; where no
// flow was measured at all, with NoFlow.
func (v Validity) DayMean(hours []Hourly) Mean {
	if v.FlowWeighted {
		return v.weighedDay(hours)
	}
	values := make([]Exact, 0, 24)
	for _, h := range hours {
		if h.Valid {
			values = append(values, h.Value)
		}
	}
	value, have := average(values)
	return finish(value, have, v.Hours, TooFewHours)
}

func (v Validity) weighedDay(hours []Hourly) Mean {
	sum, flow := Int(0), Int(0)
	have, unmeasured := 0, 0
	for _, h := range hours {
		switch {
		case h.Flow.IsZero():
			have++
		case !h.Valid || !h.Value.IsSet():
		case !h.Flow.IsSet() || h.Flow.Sign() < 0:
			unmeasured++
		default:
			have++
			sum = sum.Add(h.Value.Mul(h.Flow))
			flow = flow.Add(h.Flow)
		}
	}
	m := finish(sum.Quo(flow), have, v.Hours, TooFewHours)
	if m.Value.IsSet() {
		if m.Issue == TooFewHours && have+unmeasured >= v.Hours.Least {
			m.Issue = NoFlow // the hours were there; it is the flow that lacks
		}
		return m
	}
	switch {
	case unmeasured > 0:
		m.Issue = NoFlow
	case have > 0 && v.Hours.Known && have >= v.Hours.Least:
		m.Issue = NoDischarge
	}
	return m
}

// MonthMean returns the plain mean of the valid days of month (1-12).
func (v Validity) MonthMean(month int, days []Mean) Mean {
	values := make([]Exact, 0, 31)
	for _, d := range days {
		if d.Valid {
			values = append(values, d.Value)
		}
	}
	need := v.Days
	if month == 2 {
		need = v.FebruaryDays
	}
	value, have := average(values)
	return finish(value, have, need, TooFewDays)
}

// Capture returns the share of valid among due hours as an exact fraction,
// and whether it lets the quarter be used for totals; CaptureLow or NoRule
// say why not. Where nothing was due there is no share (NoValue).
func (v Validity) Capture(valid, due int) (Exact, Issue) {
	if due <= 0 {
		return Exact{}, NoValue
	}
	rate := Int(int64(valid)).Quo(Int(int64(due)))
	switch {
	case !v.CapturePercent.IsSet():
		return rate, NoRule
	case rate.Mul(Int(100)).Cmp(v.CapturePercent) < 0:
		return rate, CaptureLow
	}
	return rate, ""
}

// average returns the plain mean of those values that are numbers, and how
// many they are; no number where none is.
func average(values []Exact) (Exact, int) {
	sum, n := Int(0), 0
	for _, x := range values {
		if x.IsSet() {
			sum, n = sum.Add(x), n+1
		}
	}
	return sum.Quo(Int(int64(n))), n
}

// finish decides whether a mean counts.
func finish(value Exact, have int, need Requirement, few Issue) Mean {
	m := Mean{Value: value, Have: have, Need: need}
	switch {
	case !value.IsSet() && (have == 0 || !need.Known || have >= need.Least):
		m.Issue = NoValue
	case !need.Known:
		m.Issue = NoRule
	case have < need.Least:
		m.Issue = few
	default:
		m.Valid = true
	}
	return m
}
