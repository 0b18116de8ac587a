package water

import (
	"fmt"

	gb "pingzhang/standard/water"
)

// Slot names a period of which there are results.
type Slot struct {
	Kind gb.Kind `db:"kind"` // gb.Month, gb.Quarter, gb.Year or gb.ToDate
	Year int     `db:"year"`
	N    int     `db:"n"` // month 1 to 12, quarter 1 to 4, year 0, last month of a part of a year
}

// MonthOf, QuarterOf, YearOf and YearTo name slots.
func MonthOf(year, month int) Slot     { return Slot{gb.Month, year, month} }
func QuarterOf(year, quarter int) Slot { return Slot{gb.Quarter, year, quarter} }
func YearOf(year int) Slot             { return Slot{gb.Year, year, 0} }
func YearTo(year, month int) Slot      { return Slot{gb.ToDate, year, month} }

// Valid reports whether s names a period of the years in which GB 3838-2002 can
// be asked.
func (s Slot) Valid() bool {
	if s.Year < 2002 || s.Year > 2100 {
		return false
	}
	switch s.Kind {
	case gb.Month:
		return s.N >= 1 && s.N <= 12
	case gb.Quarter:
		return s.N >= 1 && s.N <= 4
	case gb.Year:
		return s.N == 0
	case gb.ToDate:
		return s.N >= 2 && s.N <= 12
	}
	return false
}

// Period returns the days of the slot.
func (s Slot) Period() gb.Period {
	switch s.Kind {
	case gb.Quarter:
		return gb.OfQuarter(s.Year, s.N)
	case gb.Year:
		return gb.OfYear(s.Year)
	case gb.ToDate:
		return gb.OfYearTo(s.Year, s.N)
	}
	return gb.OfMonth(s.Year, s.N)
}

// Name returns the slot in Chinese: 2026年3月.
func (s Slot) Name() string { return s.Period().Name() }

// Before returns the slot that comes before s and, of the same kind, the year
// before: what 环比 and 同比 compare with. A part of a year has only the latter.
func (s Slot) Before() (last, lastYear Slot) {
	last, lastYear = s, s
	lastYear.Year--
	switch {
	case s.Kind == gb.Year || s.Kind == gb.ToDate:
		last = lastYear
	case s.N > 1:
		last.N--
	case s.Kind == gb.Month:
		last = MonthOf(s.Year-1, 12)
	default:
		last = QuarterOf(s.Year-1, 4)
	}
	return last, lastYear
}

// slotsOf returns the slots of a year that results of a month enter, where newest
// is the last month of the year that has any.
func slotsOf(year, month, newest int) []Slot {
	all := []Slot{MonthOf(year, month), QuarterOf(year, (month+2)/3), YearOf(year)}
	for n := max(month, 2); n <= newest; n++ {
		all = append(all, YearTo(year, n))
	}
	return all
}

// month returns the month that a day or a month lies in.
func month(on string) (year, month int) {
	fmt.Sscanf(on, "%d-%d", &year, &month)
	return year, month
}
