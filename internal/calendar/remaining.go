package calendar

import (
	"fmt"
	"strings"
	"time"
)

// Remaining is what is left of a clock at some moment.
type Remaining struct {
	Stopped bool // suspended; Left of the deadline says what is left
	Late    bool
	// Amount is how many days of Unit lie between today and the last day, or
	// how many it is late. For a limit in hours it is hours, rounded up.
	Amount int
	Unit   Unit // Workdays, Days or Hours
	left   []Left
}

// Late reports whether the clock has run out at now. It is never late while a
// suspension is open.
func (d Deadline) Late(now time.Time) bool { return !d.Stopped && !now.Before(d.End) }

// Remaining returns what is left of the clock at now. On its last day nothing
// is left and it is not late.
func (d Deadline) Remaining(now time.Time) Remaining {
	r := Remaining{Stopped: d.Stopped, Late: d.Late(now), Unit: Days, left: d.Left}
	switch {
	case d.Stopped:
		if len(d.Left) > 0 {
			r.Amount, r.Unit = d.Left[0].Amount, d.Left[0].Unit
		}
		return r
	case d.Rule.Unit == Hours:
		r.Unit = Hours
		left := d.End.Sub(now)
		r.Amount = int((max(left, -left) + time.Hour - 1) / time.Hour)
		return r
	case d.Rule.Unit == Workdays:
		r.Unit = Workdays
	}
	from, to := DayOf(now), d.Last
	if r.Late {
		from, to = to, from
	} else {
		from = max(from, DayOf(d.Start))
	}
	c := counter{d: d, years: map[int]bool{}}
	for day := from + 1; day <= to; day++ {
		if _, suspended := c.suspended(day); suspended && !r.Late {
			continue
		}
		if r.Unit == Days || d.table.Working(day) {
			r.Amount++
		}
	}
	return r
}

// Text returns what is left in Chinese: 剩余 3 个工作日, 今日到期, 已超期 2 日,
// 已中止，剩余 4 个工作日.
func (r Remaining) Text() string {
	amount := fmt.Sprintf("%d %s", r.Amount, r.Unit.Name())
	switch {
	case r.Stopped:
		var parts []string
		for _, l := range r.left {
			parts = append(parts, fmt.Sprintf("%d %s", l.Amount, l.Unit.Name()))
		}
		return "已中止，剩余 " + strings.Join(parts, "加 ")
	case r.Late && r.Amount == 0:
		return "已超期"
	case r.Late:
		return "已超期 " + amount
	case r.Amount == 0:
		return "今日到期"
	}
	return "剩余 " + amount
}
