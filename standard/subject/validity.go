package subject

import (
	"fmt"
	"strconv"
	"time"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

func askValidity(b books, q *question, a *answer) {
	p, averaging := q.pollutant(), q.averaging()
	if q.err != nil {
		return
	}
	var m air.Mean
	switch averaging {
	case air.Hour:
		q.need("minutes", "分钟数")
		m = b.air.HourMean(p, q.at, q.whole("minutes"), standard.Int(1))
		m.Value = standard.Exact{} // the question has none
	case air.Day:
		m = b.air.DayMean(p, q.at, q.hours())
	case air.RollingDay:
		m = b.air.RollingDay(p, q.at, q.hours())
	case air.EightHour:
		m = b.air.EightHour(q.at, q.hours())
	case air.MaxEightHour:
		m = b.air.MaxEightHour(q.at, q.area(), q.hours())
	case air.Month, air.Quarter, air.Year:
		m = q.counted(b, p, averaging)
	default:
		q.fail("没有 %s 是否有效的规定可问", averaging.Name())
		return
	}
	a.yes("valid", m.Valid)
	a.number("mean", m.Value, p.Unit())
	a.set("have", strconv.Itoa(m.Have))
	if m.Need > 0 {
		a.set("need", strconv.Itoa(m.Need))
	}
	how := m.Arithmetic()
	if averaging == air.Hour {
		how = fmt.Sprintf("采样 %d 分钟，须 %d 分钟", m.Have, m.Need)
	}
	a.basis(m.Issue, air.Text, how, m.Basis.Confidence, m.Basis.Citation)
}

// hours reads the hours of a day; what is no number is a missing hour.
func (q *question) hours() []standard.Exact {
	q.need("hours", "小时值")
	return q.numbers("hours")
}

// counted asks about so many days of each month, from the month, quarter or year
// of the day on. Which days these are makes no difference.
func (q *question) counted(b books, p air.Pollutant, averaging air.Averaging) air.Mean {
	q.need("days", "各月天数")
	at, err := time.Parse("2006-01-02", string(q.at))
	if err != nil {
		q.fail("日期“%s”不存在", q.at)
		return air.Mean{}
	}
	months, first := 1, at.Month()
	switch averaging {
	case air.Quarter:
		months, first = 3, (at.Month()-1)/3*3+1
	case air.Year:
		months, first = 12, time.January
	}
	counts := q.series("days")
	if len(counts) != months {
		q.fail("各月天数应有 %d 个，现有 %d 个", months, len(counts))
		return air.Mean{}
	}
	from := time.Date(at.Year(), first, 1, 0, 0, 0, 0, time.UTC)
	day := func(t time.Time) standard.Date { return standard.Date(t.Format("2006-01-02")) }
	var days []air.DayValue
	for i, text := range counts {
		month := from.AddDate(0, i, 0)
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > month.AddDate(0, 1, -1).Day() {
			q.fail("%d 月的天数不能是“%s”", month.Month(), text)
			return air.Mean{}
		}
		for d := range n {
			days = append(days, air.DayValue{On: day(month.AddDate(0, 0, d)), Value: standard.Int(1)})
		}
	}
	return b.air.SpanMean(p, q.at, day(from), day(from.AddDate(0, months, -1)), days)
}
