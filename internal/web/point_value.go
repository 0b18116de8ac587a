package web

import (
	"slices"
	"strings"

	"pingzhang/hj212"
	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

// mainFields are the fields that stand for a factor, the best first.
func mainFields(k measure.Kind) []string {
	if k == measure.Rtd {
		return []string{"Rtd", "Avg", "Cou", "Max", "Min"}
	}
	return []string{"Avg", "Rtd", "Cou", "Max", "Min"}
}

// convertedFields are the same at reference oxygen.
func convertedFields(k measure.Kind) []string {
	if k == measure.Rtd {
		return []string{"ZsRtd", "ZsAvg"}
	}
	return []string{"ZsAvg", "ZsRtd"}
}

// firstValue returns the first of fields that v has, and its text.
func firstValue(v *measure.Version, fields []string) (field, text string) {
	for _, f := range fields {
		if t, ok := v.Value(f); ok {
			return f, t
		}
	}
	return "", ""
}

// markWords is what all marks of 2017 begin with; the pages leave it out.
const markWords = "在线监控（监测）仪器仪表"

// markView shows a data mark. Full is the whole text of the standard.
type markView struct {
	Text, Full string
	Valid      bool // may enter statistics, or there is no mark
	Normal     bool // says that all is well
}

// markOf names the mark of a value. A value without a mark is said to have none:
// devices of 2005 send none with means.
func markOf(p register.Point, mark string) markView {
	if mark == "" {
		return markView{Text: "未带标记", Full: "设备没有随这个数据发送标记", Valid: true}
	}
	m, known := profileOf(p).Mark([]byte(p.ST), []byte(mark))
	if !known {
		return markView{Text: mark + " 未知标记", Full: "标准中没有这个标记，数据不参与统计"}
	}
	return markView{Text: mark + " " + strings.TrimPrefix(m.Zh, markWords), Full: m.Zh, Valid: m.Valid, Normal: m.Valid}
}

// limitText writes the figures of a limit without its unit.
func limitText(l register.Limit) string {
	switch {
	case l.Min != "" && l.Max != "":
		return l.Min + "～" + l.Max
	case l.Min != "":
		return "≥ " + l.Min
	}
	return l.Max
}

// limitPeriod names the mean that a limit is for.
func limitPeriod(l register.Limit) string {
	if l.Period == "day" {
		return "日均值"
	}
	return "小时均值"
}

// limitOn returns the limit on a factor, that of hours before that of days.
func limitOn(all []register.Limit, factor string) (l register.Limit, ok bool) {
	for _, x := range all {
		if sameFactor(x.Factor, factor) && (!ok || x.Period == "hour") {
			l, ok = x, true
		}
	}
	return l, ok
}

// inUnit writes a figure of from in to; ok is false when the two cannot be
// compared.
func inUnit(figure, from, to string) (string, bool) {
	from, to = unitText(from), unitText(to)
	if from == to {
		return figure, figure != ""
	}
	x, err := standard.Parse(figure)
	if err != nil {
		return "", false
	}
	u, err := standard.ParseUnit(to)
	if err != nil {
		return "", false
	}
	x, err = standard.Convert(x, standard.Unit(from), u)
	if err != nil {
		return "", false
	}
	return x.String(), true
}

// factorView is the newest value of a factor in a list.
type factorView struct {
	Code, Name, Value, Unit, Limit string
	Exceeds                        string // the mean that exceeds its limit; "" when none does. The value may be a later one.
	Mark                           string // "" when it is a normal one, or none
	Note                           string // 折算
	RawHref                        string
}

// factorsOf shows the newest values of a point, those with a limit first.
func (o *pointOverview) factorsOf(n int) []factorView {
	rd := o.newest()
	if rd == nil {
		return nil
	}
	rows := slices.Clone(rd.Rows)
	slices.SortStableFunc(rows, func(a, b measure.Row) int { return o.weight(a.Factor) - o.weight(b.Factor) })
	var all []factorView
	for i := range rows {
		if len(all) == n {
			break
		}
		if v, ok := o.factorView(rd.Kind, &rows[i]); ok {
			all = append(all, v)
		}
	}
	return all
}

// weight orders factors: what exceeds, what is limited, the others, and last
// what only describes the flow.
func (o *pointOverview) weight(factor string) int {
	if v := o.verdictOn(factor); v != nil && v.Judgement.Verdict == standard.Exceeds {
		return 0
	}
	if _, ok := limitOn(o.Limits, factor); ok {
		return 1
	}
	if strings.HasPrefix(factor, "a0100") || strings.HasPrefix(factor, "w00000") {
		return 3
	}
	return 2
}

// periodName names the hour or day that a verdict is on.
func periodName(v *PointVerdict) string {
	at := v.At.In(clock.Shanghai)
	if v.Period == measure.Day {
		return at.Format("01-02") + " 日均值"
	}
	return at.Format("15:04") + " 小时均值"
}

func (o *pointOverview) factorView(k measure.Kind, row *measure.Row) (factorView, bool) {
	field, text := firstValue(&row.Version, mainFields(k))
	if field == "" {
		return factorView{}, false
	}
	v := factorView{Code: row.Factor, Name: factorName(row.Factor), Value: text, Unit: unitOf(o.Point, row.Factor), RawHref: rawHref(o.ID, k, row.At)}
	if field == "Cou" {
		d, _ := hj212.FactorOf(row.Factor)
		v.Unit, v.Note = d.Emission, "累计"
	}
	l, limited := limitOn(o.Limits, row.Factor)
	if limited {
		v.Limit = limitText(l)
		if u := unitText(l.Unit); u != v.Unit {
			v.Limit += " " + u
		}
		if _, zs := firstValue(&row.Version, convertedFields(k)); l.RefOxygen != "" && zs != "" {
			v.Value, v.Note = zs, "折算"
		}
	}
	if m := markOf(o.Point, row.Mark); !m.Valid {
		v.Mark = m.Text
	}
	if verdict := o.verdictOn(row.Factor); verdict != nil && verdict.Judgement.Verdict == standard.Exceeds {
		v.Exceeds = periodName(verdict) + "超标"
		if times := multipleText(verdict.Judgement); times != "" {
			v.Exceeds += " " + times + " 倍"
		}
	}
	return v, true
}
