package air

import (
	"fmt"
	"slices"
	"strings"

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
}

// over reckons a place over a period.
func (m *making) over(p Place, period Period) (x spanned, err error) {
	days, err := m.DaysBetween(m.ctx, m.by, p, period.From, period.To)
	if err != nil {
		return x, err
	}
	editions := m.Book().Editions(period.From, period.To)
	var reports []aqi.Report
	x.missed = map[string]int{}
	for i := range days {
		d := &days[i]
		if d.Good == Unknown {
			x.missed[aqi.Text(d.Issue)]++
		}
		if d.Revision > 0 {
			reports = append(reports, d.report(editions))
		}
	}
	x.good = aqi.CountDays(period.From, period.To, reports)
	all, err := m.EvaluateBetween(m.ctx, m.by, p, period.From, period.To, false)
	if err != nil || len(all) == 0 {
		return x, err
	}
	// The edition in force at the end of the period.
	x.eval, x.known, x.many = all[len(all)-1], true, len(all) > 1
	return x, nil
}

// span adds the line of a place over a month, quarter or year.
func (m *making) span(r Row) error {
	now, err := m.over(r.Place, m.b.Period)
	if err != nil {
		return err
	}
	var then spanned
	if m.b.Before != nil {
		if then, err = m.over(r.Place, *m.b.Before); err != nil {
			return err
		}
	}
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
		for _, days := range now.eval.Deducted {
			for _, on := range days {
				if !slices.Contains(l.dust, on) {
					l.dust = append(l.dust, on)
				}
			}
		}
	}
	for _, what := range []string{"优良天数", "浓度", "综合指数"} {
		if doubt[what] {
			l.Unverified = append(l.Unverified, what)
		}
	}
	if doubt["综合指数"] {
		l.Unverified = append(l.Unverified, "排名")
	}
	m.b.Spans = append(m.b.Spans, l)
	return nil
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
