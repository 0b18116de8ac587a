package subject

import (
	"fmt"
	"strconv"
	"strings"

	"pingzhang/standard"
	"pingzhang/standard/water"
)

func askSection(b books, q *question, a *answer) {
	period, ok := q.period()
	if !ok {
		return
	}
	m := water.Monitoring{Section: "断面", Body: q.body(), Period: period, Visits: q.visits(period)}
	if q.err != nil {
		return
	}
	s := b.water.Section(m)
	if s.Class.Known() {
		a.set("class", s.Class.Name())
	}
	a.set("rating", s.Rating.Name)
	var deciding, main []string
	for _, i := range s.Deciding {
		deciding = append(deciding, b.water.Name(i))
	}
	for _, e := range s.Main {
		main = append(main, e.Text())
	}
	a.none("deciding", strings.Join(deciding, "、"))
	a.none("main", strings.Join(main, "、"))
	a.set("unmeasured", strconv.Itoa(len(s.Missing)))
	a.yes("too_few", s.Has(water.TooFewResults))
	a.basis(s.Issue, water.IssueText, s.Arithmetic(), s.Confidence, s.Citations...)
}

// period is that of the day.
func (q *question) period() (water.Period, bool) {
	var year, month int
	if _, err := fmt.Sscanf(string(q.at), "%4d-%2d", &year, &month); err != nil || month < 1 || month > 12 {
		q.fail("日期“%s”不存在", q.at)
		return water.Period{}, false
	}
	switch q.one("period", map[string]string{"月": "month", "季": "quarter", "年": "year"}) {
	case "quarter":
		return water.OfQuarter(year, (month+2)/3), true
	case "year":
		return water.OfYear(year), true
	}
	return water.OfMonth(year, month), true
}

// visits makes visits of the results: the nth of an item on the nth day, or, of a
// year, in the nth month.
func (q *question) visits(p water.Period) []water.Visit {
	if q.has("condition") {
		c := q.one("condition", conditions)
		return []water.Visit{{On: visitDay(p, 1), Condition: water.Condition(c)}}
	}
	return q.sampled(q.need("results", "结果"), p)
}

// conditions are the states in which there is nothing to sample.
var conditions = map[string]string{"冰封期": string(water.Ice), "断流": string(water.NoFlow)}

// sampled makes visits of results.
func (q *question) sampled(results string, p water.Period) []water.Visit {
	most := 28
	if p.Kind == water.Year {
		most = 12
	}
	var all []water.Visit
	seen := map[string]int{}
	names, values := list(results)
	for i, name := range names {
		n := seen[name]
		if seen[name]++; n == most {
			q.fail("%s 的结果多于 %d 次", name, most)
			return nil
		}
		for len(all) <= n {
			all = append(all, water.Visit{On: visitDay(p, len(all)+1)})
		}
		text, unit := split(values[i])
		all[n].Samples = append(all[n].Samples, water.Sample{Item: name, Value: text, Unit: string(unit)})
	}
	return all
}

// visitDay is the nth day of a period, or, of a year, the first of its nth month.
func visitDay(p water.Period, n int) standard.Date {
	if p.Kind == water.Year {
		return standard.Date(fmt.Sprintf("%s-%02d-01", p.From[:4], n))
	}
	return standard.Date(fmt.Sprintf("%s-%02d", p.From[:7], n))
}
