package calendar

import (
	"fmt"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
)

// Day is a calendar day in Shanghai, counted from 1970-01-01, which as the
// zero Day stands for no day.
type Day int

// DayOf returns the day of t in Shanghai.
func DayOf(t time.Time) Day {
	t = t.In(clock.Shanghai)
	return Date(t.Year(), t.Month(), t.Day())
}

// Date returns the day of that date; a day beyond the end of the month runs
// into the next, as in time.Date.
func Date(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// ParseDay reads yyyy-mm-dd. The error is fault.Invalid.
func ParseDay(text string) (Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1971 {
		return 0, fault.New(fault.Invalid, "“%s”不是正确的日期，应写成 2026-03-01 这样", text)
	}
	return Date(t.Date()), nil
}

// Time returns the first moment of d.
func (d Day) Time() time.Time {
	y, m, day := d.utc().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, clock.Shanghai)
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

// Year returns the year of d.
func (d Day) Year() int { return d.utc().Year() }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// Weekend reports whether d is a Saturday or a Sunday.
func (d Day) Weekend() bool { w := d.Weekday(); return w == time.Saturday || w == time.Sunday }

// Add returns the day n days after d.
func (d Day) Add(n int) Day { return d + Day(n) }

// Sub returns how many days d is after e. Counting the day after a service up
// to and including the day of a re-check (按日连续处罚) is
// recheck.Sub(served).
func (d Day) Sub(e Day) int { return int(d - e) }

// AddMonths returns the same day of the month n months later, or the last day
// of that month where it has no such day.
func (d Day) AddMonths(n int) Day {
	y, m, day := d.utc().Date()
	last := Date(y, m+time.Month(n)+1, 1) - 1
	return min(Date(y, m+time.Month(n), 1)+Day(day-1), last)
}

// String returns yyyy-mm-dd, or nothing for no day.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// Text returns the day with its day of the week: 2026-09-18（周五）.
func (d Day) Text() string { return fmt.Sprintf("%s（%s）", d, weekdays[d.Weekday()]) }

// MarshalText returns String.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Day) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	*d, err = ParseDay(string(text))
	return err
}
