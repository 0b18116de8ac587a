package air

import (
	"fmt"
	"slices"
	"strings"

	"pingzhang/standard"
)

// A DayValues is what one day contributes to an evaluation.
type DayValues struct {
	On standard.Date `json:"on"`
	// Values are the day means of the six pollutants, of O3 the daily maximum
	// of the 8-hour means, in the units of the pollutants. None where the day
	// is not valid.
	Values [Six]standard.Exact `json:"values"`
	// Deducted are the pollutants whose value was deducted (see Book.Deduct).
	// It stays in Values, counts as measured, and enters no statistic.
	Deducted Set `json:"deducted,omitempty"`
}

// A Statistic is one figure of an evaluation beside its limit.
type Statistic struct {
	Pollutant Pollutant      `json:"pollutant"`
	Percent   int            `json:"percent"` // of a percentile; 0 for a mean
	Value     standard.Exact `json:"value"`
	Days      int            `json:"days"` // that entered it
	// Compared is the value as it was compared: rounded where a rule in the
	// tables says so.
	Compared  standard.Exact     `json:"compared"`
	Judgement standard.Judgement `json:"judgement"`
	Basis     Basis              `json:"basis"`

	reckoning string
}

// Name returns what the statistic is, in Chinese.
func (s Statistic) Name() string {
	if s.Percent == 0 {
		return s.Pollutant.String() + " 均值"
	}
	if s.Pollutant == O3 {
		return fmt.Sprintf("O3 日最大 8 小时均值第 %d 百分位数", s.Percent)
	}
	return fmt.Sprintf("%s 日均值第 %d 百分位数", s.Pollutant, s.Percent)
}

// Arithmetic returns how the statistic was reckoned and compared.
func (s Statistic) Arithmetic() string {
	if !s.Value.IsSet() {
		return s.Name() + "：" + Text(s.Judgement.Issue)
	}
	text := s.Name() + "：" + s.reckoning + equals(s.Value) + show(s.Value) + " " + string(s.Pollutant.Unit())
	if s.Judgement.Issue != "" {
		return text + "；" + Text(s.Judgement.Issue)
	}
	return text + "；" + s.Judgement.Arithmetic()
}

// A PollutantYear is one pollutant in an evaluation.
type PollutantYear struct {
	Pollutant  Pollutant        `json:"pollutant"`
	Count      Mean             `json:"count"` // valid days: how many, how many it takes, and why they do not suffice
	Statistics []Statistic      `json:"statistics"`
	Verdict    standard.Verdict `json:"verdict"` // meets only where every statistic meets its limit
	Issue      standard.Issue   `json:"issue,omitempty"`
}

// An Evaluation is the air of a span by one edition of HJ 663 and one stage of
// GB 3095.
type Evaluation struct {
	From       standard.Date                 `json:"from"`
	To         standard.Date                 `json:"to"`
	On         standard.Date                 `json:"on"` // the day whose rules were taken
	Area       Area                          `json:"area"`
	Pollutants []PollutantYear               `json:"pollutants"`
	Composite  Composite                     `json:"composite"`
	Verdict    standard.Verdict              `json:"verdict"`   // of all six
	Deducted   map[Pollutant][]standard.Date `json:"deducted"`  // days whose values were left out
	Ambiguous  []standard.Date               `json:"ambiguous"` // days given more than once with different values, left out
	Unread     []string                      `json:"unread"`    // rules known to exist whose content is not in the tables
	Basis      Basis                         `json:"basis"`
}

// Evaluate evaluates the days of a span, both ends included (HJ 663): means and
// percentiles beside their limits, the composite index and whether the air
// attained. Across a change of edition or stage there is one evaluation for
// each, the oldest first, and each takes all the days.
//
// A calendar year counts with 324 days and 27 a month (25 in February), a
// calendar month with those of a month; for other spans no rule says when they
// count. Only a year that counts has a verdict; the statistics and the composite
// index are there for any span, with the issue.
// A span that is none, or whose ends are no dates, has no evaluation.
//
// claimed takes the weights of the composite index that are claimed for
// HJ 663-2026 and not verified, instead of 1.
func (b *Book) Evaluate(from, to standard.Date, area Area, days []DayValues, claimed bool) []Evaluation {
	if daysBetween(from, to) == 0 {
		return nil
	}
	series, ambiguous := gather(from, to, days)
	var all []Evaluation
	for _, on := range b.changes(from, to) {
		e := Evaluation{From: from, To: to, On: on, Area: area, Ambiguous: ambiguous, Verdict: standard.Meets, Deducted: map[Pollutant][]standard.Date{}}
		rows := b.evaluationRows(on)
		for p := range Pollutant(Six) {
			py := b.pollutant(p, area, on, from, to, series[p], rows)
			e.Pollutants = append(e.Pollutants, py)
			e.Verdict = worse(e.Verdict, py.Verdict)
			for _, s := range py.Statistics {
				e.Basis.join(s.Basis)
			}
			e.Basis.join(py.Count.Basis)
			if series[p].deducted != nil {
				e.Deducted[p] = series[p].deducted
			}
		}
		for _, r := range rows {
			if r.Citation.Confidence == standard.SourceExistence {
				e.Unread = append(e.Unread, r.Cell("text"))
			}
			if e.Basis.Citation.Document == "" && r.Cell("topic") == "annual_statistics" {
				e.Basis.Citation = r.Citation
			}
		}
		if len(e.Deducted) > 0 {
			e.Basis.rest(b.dustRow())
		}
		e.Composite = composite(rows, e.Pollutants, claimed)
		all = append(all, e)
	}
	return all
}

// changes returns the first day of a span and the days in it on which rules or
// limits change.
func (b *Book) changes(from, to standard.Date) []standard.Date {
	on := []standard.Date{from}
	add := func(c standard.Citation) {
		if from < c.From && c.From <= to && !slices.Contains(on, c.From) {
			on = append(on, c.From)
		}
	}
	for _, r := range b.evaluation {
		add(r.Citation)
	}
	for _, l := range b.limits {
		add(l.Citation)
	}
	slices.Sort(on)
	return on
}

// evaluationRows returns the rows of HJ 663 in force on a day.
func (b *Book) evaluationRows(on standard.Date) []cited {
	return slices.DeleteFunc(slices.Clone(b.evaluation), func(r cited) bool { return !r.Citation.InForce(on) })
}

// a series is the values of one pollutant.
type series struct {
	sorted   []standard.Exact // those that enter the statistics, rising
	months   [13]int          // valid days by month, those deducted too
	days     int
	deducted []standard.Date
}

// gather makes the series of the six pollutants from the days of a span. Of
// a day that was given more than once the values that differ are left out.
func gather(from, to standard.Date, days []DayValues) (all [Six]series, ambiguous []standard.Date) {
	at := map[standard.Date]int{}
	var unique []DayValues
	for _, d := range days {
		if _, ok := monthOf(d.On); !ok || d.On < from || d.On > to {
			continue
		}
		i, again := at[d.On]
		if !again {
			at[d.On] = len(unique)
			unique = append(unique, d)
			continue
		}
		for p := range Six {
			if !unique[i].Values[p].Equal(d.Values[p]) {
				unique[i].Values[p] = standard.Exact{}
				if !slices.Contains(ambiguous, d.On) {
					ambiguous = append(ambiguous, d.On)
				}
			}
		}
		unique[i].Deducted |= d.Deducted
	}
	for _, d := range unique {
		month, _ := monthOf(d.On)
		for p := range all {
			s, x := &all[p], d.Values[p]
			if !x.IsSet() || x.Sign() < 0 {
				continue
			}
			s.days++
			s.months[month]++
			if d.Deducted.Has(Pollutant(p)) {
				s.deducted = append(s.deducted, d.On)
				continue
			}
			s.sorted = append(s.sorted, x)
		}
	}
	for p := range all {
		slices.SortFunc(all[p].sorted, standard.Exact.Cmp)
	}
	return all, ambiguous
}

// pollutant evaluates one pollutant.
func (b *Book) pollutant(p Pollutant, area Area, on, from, to standard.Date, s series, rows []cited) PollutantYear {
	py := PollutantYear{Pollutant: p, Verdict: standard.Meets, Count: b.count(p, on, from, to, s)}
	for _, r := range rows {
		if r.Cell("topic") != "annual_statistics" || r.Cell("pollutant") != p.String() {
			continue
		}
		st := b.statistic(p, area, on, s, r, rows)
		switch {
		case py.Count.Issue != "":
			st.Judgement.Verdict, st.Judgement.Issue = standard.Unknown, py.Count.Issue
		case spanOf(from, to) != Year:
			// The limits are of a year; a month beside them is to be seen, not judged.
			st.Judgement.Verdict, st.Judgement.Issue = standard.Unknown, standard.PeriodMismatch
		}
		py.Statistics = append(py.Statistics, st)
		py.Verdict = worse(py.Verdict, st.Judgement.Verdict)
		if st.Judgement.Issue != "" {
			py.Issue = st.Judgement.Issue
		}
	}
	if len(py.Statistics) == 0 {
		py.Verdict, py.Issue = standard.Unknown, NoStatistic
	}
	return py
}

// worse joins two verdicts on things that must all meet: one that exceeds
// decides, and otherwise one that is unknown.
func worse(a, b standard.Verdict) standard.Verdict {
	for _, v := range []standard.Verdict{standard.Exceeds, standard.Unknown} {
		if a == v || b == v {
			return v
		}
	}
	return standard.Meets
}

// statistic reckons one statistic and compares it with its limit.
func (b *Book) statistic(p Pollutant, area Area, on standard.Date, s series, r cited, rows []cited) Statistic {
	st := Statistic{Pollutant: p, Days: len(s.sorted)}
	st.Basis.Citation = r.Citation
	st.Basis.rest(r)
	averaging := Year
	if r.Cell("statistic") == "percentile" {
		st.Percent, _ = r.whole("percent")
		st.Value, st.reckoning = percentile(s.sorted, st.Percent)
		st.Basis.rest(topic(rows, "percentile")...)
		averaging = Day
		if p == O3 {
			averaging = MaxEightHour
		}
	} else {
		m := mean(s.sorted)
		st.Value = m.Value
		if m.Value.IsSet() {
			st.reckoning = show(m.Sum) + "÷" + fmt.Sprint(m.Have)
		}
	}
	st.Compared = st.Value
	for _, round := range topic(rows, "rounding") {
		if decimals, ok := round.whole("decimals"); ok && round.names("pollutant", p) {
			st.Compared = st.Value.Rounded(decimals)
			st.Basis.rest(round)
		}
	}
	l, ok := b.Limit(p, averaging, area, on)
	if !ok {
		st.Judgement = standard.Judgement{Verdict: standard.Unknown, Issue: standard.NoLimit}
		return st
	}
	st.Judgement = standard.Judge(standard.Sample{Value: st.Compared, Unit: p.Unit(), Period: l.Period}, l.Limit)
	st.Basis.weaken(l.Confidence)
	st.Basis.Refs = append(st.Basis.Refs, l.Ref)
	st.Judgement.Confidence = st.Basis.Confidence
	return st
}

// topic returns the rows of a topic.
func topic(rows []cited, name string) []cited {
	var all []cited
	for _, r := range rows {
		if r.Cell("topic") == name {
			all = append(all, r)
		}
	}
	return all
}

// checkEvaluation reports what is wrong with the rows of HJ 663.
func (b *Book) checkEvaluation() error {
	for _, r := range b.evaluation {
		var err error
		symbol := r.Cell("pollutant")
		p, known := ParsePollutant(symbol)
		switch t := r.Cell("topic"); {
		case t == "annual_statistics" && r.Cell("statistic") == "percentile":
			var percent int
			if percent, err = r.need("percent"); err == nil && percent > 100 {
				err = fmt.Errorf("行 %s 的百分位数应为 0 到 100", r.Key)
			}
		case t == "composite_index":
			err = r.checkTerm(p)
		case t == "rounding" && r.Cell("decimals") != "":
			_, err = r.need("decimals")
		}
		if err == nil && !known && symbol != "*" && !strings.Contains(symbol, ";") {
			err = fmt.Errorf("行 %s 的项目 %q 不认识", r.Key, symbol)
		}
		if err != nil {
			return fmt.Errorf("%s：%w", evaluationTable, err)
		}
	}
	return nil
}
