package air

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Place is a station or a division: whichever is set.
type Place struct {
	Station  int64
	Division access.Division
}

// table returns where the days of a place stand, and its key there.
func (p Place) table() (dayTable, any) {
	if p.Station != 0 {
		return stationDays, p.Station
	}
	d := p.Division
	if len(d) == 4 { // a city as a scope writes it
		d += "00"
	}
	return cityDays, string(d)
}

// Columns of lists of days: items and hours are most of a row.
var (
	dayLine   = strings.Replace(dayColumns, "items, hourly", "'' AS items, '' AS hourly", 1)
	dayHourly = strings.Replace(dayColumns, "items, hourly", "'' AS items, hourly", 1)
)

// days returns some columns of the days of a place in by's scope that are stored,
// by day, both ends included.
func (s *Store) days(ctx context.Context, by access.Caller, columns string, p Place, from, to standard.Date) ([]Day, error) {
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	t, key := p.table()
	cond, args := by.Scope.Where("division", "0", 4)
	return sqldb.All[Day](ctx, s.db, `
		SELECT `+columns+`
		  FROM `+t.name+`
		 WHERE `+t.key+` = $1
		   AND day_on >= $2
		   AND day_on <= $3
		   AND `+cond+`
		 ORDER BY day_on`, append([]any{key, string(from), string(to)}, args...)...)
}

// span returns the first and last day of a year.
func span(year int) (from, to standard.Date) {
	return standard.Date(fmt.Sprintf("%04d-01-01", year)), standard.Date(fmt.Sprintf("%04d-12-31", year))
}

// Day returns a day of a place in by's scope. One of which nothing is stored is
// Unknown.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Day(ctx context.Context, by access.Caller, p Place, on standard.Date) (_ Day, err error) {
	defer fault.Wrap(&err, "air.Day(%v, %s)", p, on)
	all, err := s.days(ctx, by, dayColumns, p, on, on)
	if err != nil || len(all) == 0 {
		d := unknownDay(on)
		d.Station, d.Division = p.Station, p.Division
		return d, err
	}
	return all[0], nil
}

// Days returns every day of a year for the calendar of a place in by's scope,
// without Items and Hours, which Day has. A day of which nothing is stored is
// Unknown.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Days(ctx context.Context, by access.Caller, p Place, year int) (_ []Day, err error) {
	defer fault.Wrap(&err, "air.Days(%v, %d)", p, year)
	from, to := span(year)
	return s.DaysBetween(ctx, by, p, from, to)
}

// DaysBetween is Days for any stretch of at most 3,660 days, both ends included.
//
// The error is fault.Invalid when the stretch is none, or longer.
func (s *Store) DaysBetween(ctx context.Context, by access.Caller, p Place, from, to standard.Date) (_ []Day, err error) {
	defer fault.Wrap(&err, "air.DaysBetween(%v, %s, %s)", p, from, to)
	first, last := dayStart(from), dayStart(to)
	if first == 0 || last == 0 || last < first || last-first > 3660*86400 {
		return nil, fault.New(fault.Invalid, "起止日期不对：%s 至 %s", from, to)
	}
	stored, err := s.days(ctx, by, dayLine, p, from, to)
	if err != nil {
		return nil, err
	}
	all := make([]Day, 0, (last-first)/86400+1)
	for at := first; at <= last; at += 86400 {
		on := dateOf(at)
		if len(stored) > 0 && stored[0].On == on {
			all, stored = append(all, stored[0]), stored[1:]
			continue
		}
		d := unknownDay(on)
		d.Station, d.Division = p.Station, p.Division
		all = append(all, d)
	}
	return all, nil
}

// GoodYear is the good days of a year beside their target (黑河蓝).
type GoodYear struct {
	aqi.GoodDays
	Place Place
	Year  int
	// Passed are the days of the year that were over, of which PassedUnknown
	// are unknown: no good days, nor bad ones.
	Passed, PassedUnknown int
	Bad                   int // days above 100
	Target                *Target
	// Allowed is how many days of the year may be bad, and Left how many of
	// them are not yet spent; below zero the target is missed. They are nil
	// where there is no target. Unknown days are not spent and not saved.
	Allowed, Left *int
	Arithmetic    string // how Left follows, in Chinese; empty where there is none
}

// GoodDays counts the good days of a year up to the day before today, for a place
// in by's scope. The target of a division stands in the settings; a station has
// none.
//
// The error is fault.Denied without monitor.read.
func (s *Store) GoodDays(ctx context.Context, by access.Caller, p Place, year int, now time.Time) (g GoodYear, err error) {
	defer fault.Wrap(&err, "air.GoodDays(%v, %d)", p, year)
	from, to := span(year)
	stored, err := s.days(ctx, by, dayLine, p, from, to)
	if err != nil {
		return g, err
	}
	g = GoodYear{Place: p, Year: year}
	editions := s.Book().Editions(from, to)
	reports := make([]aqi.Report, len(stored))
	for i := range stored {
		reports[i] = stored[i].report(editions)
	}
	g.GoodDays = aqi.CountDays(from, to, reports)
	g.Bad = g.Valid - g.Good
	g.Passed = passed(year, now)
	g.PassedUnknown = max(0, g.Passed-g.Valid)
	if p.Station == 0 {
		if t, ok := s.settings.Target(year, p.Division); ok {
			g.spend(t)
		}
	}
	return g, nil
}

// passed returns how many days of a year are over at now.
func passed(year int, now time.Time) int {
	first := time.Date(year, 1, 1, 0, 0, 0, 0, clock.Shanghai)
	end := clock.Day(now.In(clock.Shanghai))
	if next := first.AddDate(1, 0, 0); end.After(next) {
		end = next
	}
	return max(0, int(end.Sub(first)/(24*time.Hour)))
}

// spend reckons what is left to spend by a target. A percent is taken of all days
// of the year, as if each will be valid.
func (g *GoodYear) spend(t Target) {
	g.Target = &t
	days, percent := t.number()
	how := fmt.Sprintf("目标 %d 天", days)
	if t.Percent != "" {
		days = ceiling(percent.Mul(standard.Int(int64(g.Due))).Quo(standard.Int(100)))
		how = fmt.Sprintf("目标 %s%%，全年 %d 天按全部有效计为 %d 天", percent, g.Due, days)
	}
	allowed := g.Due - days
	left := allowed - g.Bad
	g.Allowed, g.Left = &allowed, &left
	g.Arithmetic = fmt.Sprintf("%s；可有超标 %d−%d=%d 天，已有 %d 天，剩余 %d 天；未知 %d 天没有计入", how, g.Due, days, allowed, g.Bad, left, g.PassedUnknown)
}

// ceiling returns the smallest whole number that is not below x.
func ceiling(x standard.Exact) int {
	r := x.Rat()
	if r == nil {
		return 0
	}
	q, m := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int))
	if m.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return int(q.Int64())
}

// Evaluate evaluates a year of a place in by's scope by HJ 663, with the weights
// that are claimed for 2026 where claimed asks for them. Across a change of
// editions there is one evaluation for each. A division is evaluated as class 2,
// a station by the class of its area.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Evaluate(ctx context.Context, by access.Caller, p Place, year int, claimed bool) (_ []aqi.Evaluation, err error) {
	from, to := span(year)
	return s.EvaluateBetween(ctx, by, p, from, to, claimed)
}

// EvaluateBetween is Evaluate for a month, a quarter or any other span, both ends
// included. Only a year has a verdict.
func (s *Store) EvaluateBetween(ctx context.Context, by access.Caller, p Place, from, to standard.Date, claimed bool) (_ []aqi.Evaluation, err error) {
	defer fault.Wrap(&err, "air.Evaluate(%v, %s, %s)", p, from, to)
	values, area, err := s.dayValues(ctx, by, p, from, to)
	if err != nil {
		return nil, err
	}
	return s.Book().Evaluate(from, to, area, values, claimed), nil
}

// dayValues returns the days of a place as an evaluation takes them, and the class
// of its area as it is at the end.
func (s *Store) dayValues(ctx context.Context, by access.Caller, p Place, from, to standard.Date) ([]aqi.DayValues, aqi.Area, error) {
	stored, err := s.days(ctx, by, dayLine, p, from, to)
	area := aqi.Class2
	values := make([]aqi.DayValues, len(stored))
	for i := range stored {
		values[i] = stored[i].Values()
		area = stored[i].Area
	}
	return values, area, err
}

// Cell is the mean of a pollutant over one hour of the day in one month.
type Cell struct {
	Mean  standard.Exact // none where nothing was measured
	Hours int            // that it rests on
}

// Heat is a year of a pollutant by month and hour of the day: Cells[0][0] is
// January from 0 to 1 o'clock. It is for looking at; no rule says when such a
// mean counts, and Hours says what each rests on.
type Heat struct {
	Pollutant aqi.Pollutant
	Cells     [12][24]Cell
}

// Heat returns the means of pollutants of a station in by's scope over a year, by
// month and hour of the day; the rose of the months is drawn from the same.
// Without pollutants it returns all six.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Heat(ctx context.Context, by access.Caller, station int64, year int, pollutants ...aqi.Pollutant) ([]Heat, error) {
	return s.HeatOf(ctx, by, Place{Station: station}, year, pollutants...)
}

// HeatOf is Heat of a station or a division.
func (s *Store) HeatOf(ctx context.Context, by access.Caller, p Place, year int, pollutants ...aqi.Pollutant) (_ []Heat, err error) {
	defer fault.Wrap(&err, "air.Heat(%v, %d)", p, year)
	from, to := span(year)
	days, err := s.days(ctx, by, dayHourly, p, from, to)
	if err != nil {
		return nil, err
	}
	if len(pollutants) == 0 {
		for p := range aqi.Pollutant(aqi.Six) {
			pollutants = append(pollutants, p)
		}
	}
	all := make([]Heat, len(pollutants))
	for i, p := range pollutants {
		all[i].Pollutant = p
		for j := range days {
			d := &days[j]
			month := int(d.On[5]-'0')*10 + int(d.On[6]-'0') - 1
			for hour, x := range d.Hours(p) {
				if c := &all[i].Cells[month][hour]; x.IsSet() {
					if c.Hours++; c.Hours == 1 {
						c.Mean = standard.Int(0)
					}
					c.Mean = c.Mean.Add(x) // the sum, until the end
				}
			}
		}
		for month := range all[i].Cells {
			for hour := range all[i].Cells[month] {
				if c := &all[i].Cells[month][hour]; c.Hours > 0 {
					c.Mean = c.Mean.Quo(standard.Int(int64(c.Hours)))
				}
			}
		}
	}
	return all, nil
}

// literal keeps the signs of LIKE from meaning anything, with ! before them.
func literal(text string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text)
}

// columnsOf returns columns with an alias before each.
func columnsOf(alias, columns string) string {
	all := strings.Split(columns, ",")
	for i := range all {
		all[i] = alias + "." + strings.TrimSpace(all[i])
	}
	return strings.Join(all, ", ")
}
