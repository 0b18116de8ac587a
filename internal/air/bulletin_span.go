package air

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// spanned is a place over a period as it is reckoned.
type spanned struct {
	good   aqi.GoodDays
	eval   aqi.Evaluation
	known  bool // there is an evaluation
	many   bool // by more than one edition
	missed map[string]int
	// plain is the evaluation with nothing deducted, where days of dust were: then
	// eval is the one without them.
	plain *aqi.Evaluation
	dust  []standard.Date
}

// over reckons a place over a period from its days that are stored. What was
// approved to be deducted as dust is: the practice of the national monthly reports,
// which leaves the good days as they are.
func (m *making) over(period Period, stored []Day, deductions []aqi.Deduction) (x spanned, err error) {
	editions := m.Book().Editions(period.From, period.To)
	reports := make([]aqi.Report, len(stored))
	values := make([]aqi.DayValues, len(stored))
	area := aqi.Class2
	x.missed = map[string]int{}
	for i := range stored {
		d := &stored[i]
		if d.Good == Unknown {
			x.missed[aqi.Text(d.Issue)]++
		}
		reports[i], values[i], area = d.report(editions), d.Values(), d.Area
	}
	x.good = aqi.CountDays(period.From, period.To, reports)
	if n := x.good.Due - len(stored); n > 0 {
		x.missed[aqi.Text(standard.NoValue)] += n
	}
	all := m.Book().Evaluate(period.From, period.To, area, values, false)
	if len(all) == 0 {
		return x, nil
	}
	// The edition in force at the end of the period.
	x.eval, x.known, x.many = all[len(all)-1], true, len(all) > 1
	if len(deductions) == 0 {
		return x, nil
	}
	left, record, err := m.Book().Deduct(values, deductions...)
	if err != nil {
		return x, err
	}
	for _, d := range record {
		if d.Issue == "" && !slices.Contains(x.dust, d.On) {
			x.dust = append(x.dust, d.On)
		}
	}
	if deducted := m.Book().Evaluate(period.From, period.To, area, left, false); x.dust != nil {
		plain := x.eval
		x.plain, x.eval = &plain, deducted[len(deducted)-1]
	}
	return x, nil
}

// spanLines adds the lines of places over a month, quarter or year.
func (m *making) spanLines(rows []Row) error {
	now, err := m.all(rows, m.b.Period)
	if err != nil {
		return err
	}
	then := make([]spanned, len(rows))
	if m.b.Before != nil {
		if then, err = m.all(rows, *m.b.Before); err != nil {
			return err
		}
	}
	for i, r := range rows {
		m.span(r, now[i], then[i])
	}
	return nil
}

// all reckons the places of rows over a period.
func (m *making) all(rows []Row, period Period) ([]spanned, error) {
	places := make([]Place, len(rows))
	for i, r := range rows {
		places[i] = r.Place
	}
	days := map[Place][]Day{}
	for _, t := range []dayTable{stationDays, cityDays} {
		if err := m.daysOf(m.ctx, m.by, t, places, period.From, period.To, days); err != nil {
			return nil, err
		}
	}
	var err error
	all, errs := make([]spanned, len(rows)), make([]error, len(rows))
	deductions := make([][]aqi.Deduction, len(rows))
	for i, r := range rows {
		if deductions[i], err = m.deductions(m.ctx, r.Place, period.From, period.To); err != nil {
			return nil, err
		}
	}
	// A year of a place costs some milliseconds of arithmetic.
	var running sync.WaitGroup
	workers := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, r := range rows {
		running.Go(func() {
			workers <- struct{}{}
			defer func() { <-workers }()
			all[i], errs[i] = m.over(period, days[r.Place], deductions[i])
		})
	}
	running.Wait()
	return all, errors.Join(errs...)
}

// span adds the line of a place over a month, quarter or year.
func (m *making) span(r Row, now, then spanned) {
	m.twoEditions = m.twoEditions || now.many
	g := now.good
	l := SpanLine{Row: r, Due: g.Due, Valid: g.Valid, Good: g.Good, Heavy: g.Heavy, Unknown: g.Unknown, Levels: g.Levels, Led: g.Led, Missed: reasons(now.missed)}
	l.ratios(g.Ratio, then.good.Ratio)
	doubt := map[string]bool{"优良天数": g.Valid > 0 && !g.Basis.Verified()}
	for _, c := range g.Editions {
		m.cite(c)
	}
	for p := range aqi.Pollutant(aqi.Six) {
		f := &l.Figures[p]
		var x, y standard.Exact
		var verified bool
		x, f.What, f.Why, verified = statistic(now, p)
		y, _, _, _ = statistic(then, p)
		f.fill(p, x, y)
		doubt["浓度"] = doubt["浓度"] || x.IsSet() && !verified
	}
	l.compose(now, then)
	doubt["综合指数"] = l.composite.IsSet() && !now.eval.Composite.Basis.Verified()
	if now.known {
		m.cite(now.eval.Basis.Citation)
	}
	l.dusty(now)
	for _, what := range []string{"优良天数", "浓度", "综合指数"} {
		if doubt[what] {
			l.Unverified = append(l.Unverified, what)
		}
	}
	if doubt["综合指数"] {
		l.Unverified = append(l.Unverified, "排名")
	}
	m.b.Spans = append(m.b.Spans, l)
}

// dusty notes what was deducted as dust, and what the figures are without that.
func (l *SpanLine) dusty(x spanned) {
	if x.plain == nil {
		return
	}
	l.Dust = append(l.Dust, x.dust...)
	plain := spanned{eval: *x.plain, known: true}
	var all []string
	for _, p := range []aqi.Pollutant{aqi.PM10, aqi.PM25} {
		value, _, _, _ := statistic(plain, p)
		all = append(all, p.String()+" "+textOfPublished(p, value))
	}
	_, text, _ := indexOf(plain)
	l.Undeducted = strings.Join(append(all, "综合指数 "+text), "，")
}

// ratios writes the ratio of good days beside that of the year before.
func (l *SpanLine) ratios(now, then standard.Exact) {
	percent := func(x standard.Exact) (standard.Exact, string) {
		if !x.IsSet() {
			return x, none
		}
		x = x.Mul(standard.Int(100))
		return x.Rounded(1), x.Round(1)
	}
	x, text := percent(now)
	y, before := percent(then)
	l.Ratio, l.RatioBefore, l.RatioChange = text, before, none
	if x.IsSet() && y.IsSet() {
		l.RatioChange = signed(x.Sub(y), 1)
	}
}

// statistic returns the figure by which a pollutant is told over a period: its
// mean, of CO and O3 the percentile. Where its days do not suffice by a rule there
// is no value, and why says what it would be; where no rule says how many it
// takes, the value is unverified.
func statistic(x spanned, p aqi.Pollutant) (value standard.Exact, what, why string, verified bool) {
	if !x.known {
		return standard.Exact{}, "", aqi.Text(standard.NoValue), false
	}
	py := x.eval.Pollutants[p]
	for _, s := range py.Statistics {
		if p == aqi.CO || p == aqi.O3 || s.Percent == 0 {
			value, what, verified = s.Value, s.Name(), s.Basis.Verified() && py.Count.Basis.Verified()
			break
		}
	}
	switch issue := py.Count.Issue; {
	case what == "":
		return standard.Exact{}, "", aqi.Text(aqi.NoStatistic), false
	case !value.IsSet():
		return value, what, aqi.Text(standard.NoValue), false
	case issue == standard.NoRule:
		return value, what, aqi.Text(issue), false
	case issue != "":
		why = aqi.Text(issue)
		if py.Count.Need > 0 {
			why += fmt.Sprintf("（%d 天，须 %d 天）", py.Count.Have, py.Count.Need)
		}
		return standard.Exact{}, what, why + "，仅供参考的值为 " + textOfPublished(p, value), false
	}
	return value, what, "", verified
}

// compose writes the composite index beside that of the year before.
func (l *SpanLine) compose(now, then spanned) {
	l.Composite, l.CompositeBefore, l.CompositeChange, l.Largest = none, none, none, none
	before, text, _ := indexOf(then)
	if before.IsSet() {
		l.CompositeBefore = text
	}
	l.composite, text, l.CompositeWhy = indexOf(now)
	if !l.composite.IsSet() {
		return
	}
	l.Composite, l.Largest = text, now.eval.Composite.Largest.String()
	l.CompositeChange = changeOf(l.composite.Rounded(2), before.Rounded(2))
}

// indexOf returns the composite index of a period where its days suffice, or
// where no rule says how many it takes.
func indexOf(x spanned) (value standard.Exact, text, why string) {
	c := x.eval.Composite
	switch {
	case !x.known || !c.Value.IsSet():
		return standard.Exact{}, none, aqi.Text(standard.NoValue)
	case c.Issue != "" && c.Issue != standard.NoRule:
		return standard.Exact{}, none, aqi.Text(c.Issue) + "，仅供参考的值为 " + c.Value.Round(2)
	}
	return c.Value, c.Value.Round(2), ""
}

// reasons writes why days are unknown, the commonest first.
func reasons(days map[string]int) string {
	var names []string
	for name := range days {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if days[a] != days[b] {
			return days[b] - days[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d 天", name, days[name])
	}
	return strings.Join(names, "，")
}
