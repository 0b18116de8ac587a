package air

import (
	"fmt"
	"strconv"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// A BulletinKind is what a bulletin is of.
type BulletinKind string

// The kinds.
const (
	DayBulletin     BulletinKind = "day"
	MonthBulletin   BulletinKind = "month"
	QuarterBulletin BulletinKind = "quarter"
	YearBulletin    BulletinKind = "year"
)

// BulletinKinds are all kinds, the shortest first.
var BulletinKinds = []BulletinKind{DayBulletin, MonthBulletin, QuarterBulletin, YearBulletin}

// Name returns the Chinese word.
func (k BulletinKind) Name() string {
	return map[BulletinKind]string{DayBulletin: "日报", MonthBulletin: "月报", QuarterBulletin: "季报", YearBulletin: "年报"}[k]
}

// A Period is the day, month, quarter or year of a bulletin.
type Period struct {
	Kind BulletinKind  `json:"kind"`
	From standard.Date `json:"from"`
	To   standard.Date `json:"to"` // included
}

// PeriodOf returns the period in which a day lies.
func PeriodOf(kind BulletinKind, day time.Time) Period {
	day = clock.Day(day.In(clock.Shanghai))
	y, m := day.Year(), day.Month()
	from, to := day, day
	switch kind {
	case MonthBulletin:
		from = time.Date(y, m, 1, 0, 0, 0, 0, clock.Shanghai)
		to = from.AddDate(0, 1, -1)
	case QuarterBulletin:
		from = time.Date(y, (m-1)/3*3+1, 1, 0, 0, 0, 0, clock.Shanghai)
		to = from.AddDate(0, 3, -1)
	case YearBulletin:
		from = time.Date(y, 1, 1, 0, 0, 0, 0, clock.Shanghai)
		to = from.AddDate(1, 0, -1)
	}
	return Period{kind, dateOf(from.Unix()), dateOf(to.Unix())}
}

// ParsePeriod reads what String writes.
//
// The error is fault.NotFound for another kind, or what is no period of it.
func ParsePeriod(kind BulletinKind, text string) (Period, error) {
	wrong := fault.New(fault.NotFound, "没有这样的时段“%s”，请检查网址", text)
	var day time.Time
	var err error
	switch kind {
	case DayBulletin:
		day, err = time.ParseInLocation(time.DateOnly, text, clock.Shanghai)
	case MonthBulletin:
		day, err = time.ParseInLocation("2006-01", text, clock.Shanghai)
	case YearBulletin:
		day, err = time.ParseInLocation("2006", text, clock.Shanghai)
	case QuarterBulletin:
		if len(text) != 7 || text[4:6] != "-Q" || text[6] < '1' || text[6] > '4' {
			return Period{}, wrong
		}
		if day, err = time.ParseInLocation("2006", text[:4], clock.Shanghai); err == nil {
			day = day.AddDate(0, 3*int(text[6]-'1'), 0)
		}
	default:
		return Period{}, wrong
	}
	if err != nil || day.Year() < 1900 {
		return Period{}, wrong
	}
	return PeriodOf(kind, day), nil
}

// String writes the period for an address: 2026-11-23, 2026-11, 2026-Q4, 2026.
func (p Period) String() string {
	switch p.Kind {
	case MonthBulletin:
		return string(p.From[:7])
	case QuarterBulletin:
		return fmt.Sprintf("%s-Q%d", p.From[:4], p.quarter())
	case YearBulletin:
		return string(p.From[:4])
	}
	return string(p.From)
}

// Name writes the period for people: 2026年11月23日, 2026年第四季度.
func (p Period) Name() string {
	t := p.start()
	switch p.Kind {
	case MonthBulletin:
		return t.Format("2006年1月")
	case QuarterBulletin:
		return t.Format("2006年") + "第" + []string{"一", "二", "三", "四"}[p.quarter()-1] + "季度"
	case YearBulletin:
		return t.Format("2006年")
	}
	return t.Format("2006年1月2日")
}

func (p Period) start() time.Time { return clock.Unix(dayStart(p.From)) }

// End returns the moment at which the period is over.
func (p Period) End() time.Time { return clock.Unix(dayStart(p.To)).AddDate(0, 0, 1) }

func (p Period) quarter() int {
	m, err := strconv.Atoi(string(p.From[5:7]))
	if err != nil {
		return 1 // From is a date
	}
	return (m-1)/3 + 1
}

// Prior returns the period just before.
func (p Period) Prior() Period { return PeriodOf(p.Kind, p.start().AddDate(0, 0, -1)) }

// LastYear returns the same period of the year before; 29 February has none.
func (p Period) LastYear() (Period, bool) {
	t := p.start()
	before := t.AddDate(-1, 0, 0)
	return PeriodOf(p.Kind, before), before.Day() == t.Day()
}
