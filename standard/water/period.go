package water

import (
	"fmt"
	"strings"
	"time"

	"pingzhang/standard"
)

// A Kind of period says how its results are averaged and how many it needs.
type Kind string

// The kinds.
const (
	Span    Kind = "span" // any days: a week, ten days
	Month   Kind = "month"
	Quarter Kind = "quarter"
	Year    Kind = "year" // the mean of the means of its months
	// ToDate is the first months of a year, averaged as a year is. How many
	// results it needs no text at hand says.
	ToDate Kind = "to_date"
)

// A Period is the days that are evaluated together, the last one included.
type Period struct {
	Kind Kind          `json:"kind"`
	From standard.Date `json:"from"`
	To   standard.Date `json:"to"`
}

const day = "2006-01-02"

// Between returns the days from one to another.
func Between(from, to standard.Date) Period { return Period{Span, from, to} }

// OfMonth returns a month, 1 to 12, of a year.
func OfMonth(year, month int) Period { return months(Month, year, month, 1) }

// OfQuarter returns a quarter, 1 to 4, of a year.
func OfQuarter(year, quarter int) Period { return months(Quarter, year, 3*quarter-2, 3) }

// OfYear returns a calendar year.
func OfYear(year int) Period { return months(Year, year, 1, 12) }

// OfYearTo returns the first months of a year, up to a month, 1 to 12.
func OfYearTo(year, month int) Period { return months(ToDate, year, 1, month) }

func months(kind Kind, year, month, n int) Period {
	first := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, n, -1)
	return Period{kind, standard.Date(first.Format(day)), standard.Date(last.Format(day))}
}

// Has reports whether a day lies in the period.
func (p Period) Has(on standard.Date) bool { return p.From <= on && on <= p.To }

// Name returns the period in Chinese: 2026年3月, 2026年第1季度, 2026年, 2026年1—9月.
func (p Period) Name() string {
	if len(p.From) == len(day) {
		year, month := string(p.From[:4]), strings.TrimPrefix(string(p.From[5:7]), "0")
		switch p.Kind {
		case Month:
			return year + "年" + month + "月"
		case Quarter:
			return fmt.Sprintf("%s年第%d季度", year, (int(p.From[5]-'0')*10+int(p.From[6]-'0')+2)/3)
		case Year:
			return year + "年"
		case ToDate:
			return year + "年1—" + strings.TrimPrefix(string(p.To[5:7]), "0") + "月"
		}
	}
	return string(p.From) + " 至 " + string(p.To)
}

// isDay reports whether d is a day that exists.
func isDay(d standard.Date) bool {
	_, err := time.Parse(day, string(d))
	return err == nil
}

// step is the part of the period whose results are averaged first: the month in
// a year or a part of one, nothing otherwise.
func (p Period) step(on standard.Date) string {
	if p.Kind == Year || p.Kind == ToDate {
		return string(on[:7])
	}
	return ""
}
