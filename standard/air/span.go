package air

import (
	"fmt"

	"pingzhang/standard"
)

// A DayValue is the mean of one day.
type DayValue struct {
	On    standard.Date  `json:"on"`
	Value standard.Exact `json:"value"`
}

// SpanMean returns the mean of the valid days of a calendar month, quarter or
// year, both ends included, and whether they suffice (GB 3095 table 4: 324 days
// a year and 27 a month; of TSP, BaP and Pb 60 days, and 5 a month). on is the
// day whose rules are taken. Other spans are NoRule. It is also for pollutants
// without an index.
func (b *Book) SpanMean(p Pollutant, on, from, to standard.Date, days []DayValue) Mean {
	var s series
	var values []standard.Exact
	for _, d := range days {
		if month, ok := monthOf(d.On); ok && from <= d.On && d.On <= to && d.Value.IsSet() && d.Value.Sign() >= 0 {
			values = append(values, d.Value)
			s.days++
			s.months[month]++
		}
	}
	m := b.count(p, on, from, to, s)
	averaged := mean(values)
	m.Value, m.Sum = averaged.Value, averaged.Sum
	return m
}

// monthOf returns the month of a date.
func monthOf(on standard.Date) (int, bool) {
	if len(on) != 10 || on[5] < '0' || on[5] > '1' || on[6] < '0' || on[6] > '9' {
		return 0, false
	}
	month := int(on[5]-'0')*10 + int(on[6]-'0')
	return month, month >= 1 && month <= 12
}

// count says whether the valid days of a span suffice. Its value is how many
// they are.
func (b *Book) count(p Pollutant, on, from, to standard.Date, s series) Mean {
	m := Mean{Have: s.days}
	if s.days > 0 {
		m.Value = standard.Int(int64(s.days))
	}
	month := b.rule(Year, "min_daily_means_per_month", p, on)
	span := spanOf(from, to)
	if span == Month {
		m.decide(month, monthNeed(month, from), TooFewMonth)
		return m
	}
	whole := cited{}
	if span == Year || span == Quarter {
		whole = b.rule(span, "min_daily_means", p, on)
	}
	need, _ := whole.whole("value")
	m.decide(whole, need, TooFewInYear)
	perMonth, evenly := whole.whole("per_month")
	if !evenly {
		m.Basis.rest(month)
	}
	first, _ := monthOf(from)
	last, _ := monthOf(to)
	for i := first; i <= last && m.Valid; i++ {
		least := perMonth
		if !evenly {
			least = monthNeed(month, standard.Date(fmt.Sprintf("%s-%02d", from[:4], i)))
		}
		if s.months[i] < least {
			m.Valid, m.Issue = false, TooFewMonth
		}
	}
	return m
}

// spanOf says whether a span is a calendar month, quarter or year; empty for
// others.
func spanOf(from, to standard.Date) Averaging {
	first, ok1 := monthOf(from)
	last, ok2 := monthOf(to)
	if !ok1 || !ok2 || from[:4] != to[:4] || from[8:] != "01" || string(to[8:]) != lastDay(string(to[:4]), string(to[5:7])) {
		return ""
	}
	switch {
	case first == 1 && last == 12:
		return Year
	case first == last:
		return Month
	case last == first+2 && first%3 == 1:
		return Quarter
	}
	return ""
}
