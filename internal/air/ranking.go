package air

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// RankBy is what places are ranked by over a span.
type RankBy string

// The measures. The composite index and the mean of PM2.5 are ranked from the
// lowest, the ratio of good days from the highest.
const (
	ByComposite RankBy = "composite"
	ByPM25      RankBy = "pm25"
	ByGoodRatio RankBy = "good"
)

// compositeDecimals is how many decimals a composite index is published, and
// compared, with (HJ 663-2013).
const compositeDecimals = 2

// Standing is a place with what it is ranked by.
type Standing struct {
	Of    Place
	Rank  int // from 1; 0 where not ranked
	Tied  bool
	Issue standard.Issue // why not ranked, or why the figure does not count
	// Index, PM25 and Good are those of the span, by the last edition in force in
	// it; Days is how many days had a report.
	Index aqi.Composite
	PM25  standard.Exact
	Good  aqi.GoodDays
	Days  int
}

// Ranking ranks places in by's scope over a span of at most 366 days, both ends
// included, by their figures with nothing deducted; those that cannot be ranked
// come last. A place is ranked also where its days do not suffice for an
// evaluation; its Issue then says so.
//
// The error is fault.Denied without monitor.read, fault.Invalid for a span that is
// none.
func (s *Store) Ranking(ctx context.Context, by access.Caller, places []Place, from, to standard.Date, measure RankBy) (_ []Standing, err error) {
	defer fault.Wrap(&err, "air.Ranking(%d places, %s, %s)", len(places), from, to)
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	if first, last := dayStart(from), dayStart(to); first == 0 || last < first || last-first >= 366*86400 {
		return nil, fault.New(fault.Invalid, "起止日期不对，或超过一年：%s 至 %s", from, to)
	}
	days := map[Place][]Day{}
	for _, t := range []dayTable{stationDays, cityDays} {
		if err := s.daysOf(ctx, by, t, places, from, to, days); err != nil {
			return nil, err
		}
	}
	all := make([]Standing, len(places))
	entries := make([]aqi.Entry, len(places))
	// A year of a place costs some milliseconds of arithmetic.
	var running sync.WaitGroup
	workers := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, p := range places {
		running.Go(func() {
			workers <- struct{}{}
			all[i] = s.standing(p, from, to, days[p])
			<-workers
		})
	}
	running.Wait()
	for i := range places {
		entries[i] = aqi.Entry{Name: fmt.Sprint(i), Value: all[i].by(measure)}
		if !entries[i].Value.IsSet() && all[i].Issue == "" {
			all[i].Issue = standard.NoValue
		}
	}
	rank := aqi.RankLowest
	decimals := compositeDecimals
	switch measure {
	case ByPM25:
		decimals = 0
	case ByGoodRatio:
		rank, decimals = aqi.RankHighest, 3 // of the ratio; 0.1 of a percent
	}
	sorted := make([]Standing, 0, len(all))
	for _, r := range rank(entries, decimals) {
		var i int
		fmt.Sscan(r.Name, &i)
		all[i].Rank, all[i].Tied = r.Place, r.Tied
		sorted = append(sorted, all[i])
	}
	return sorted, nil
}

func (s *Standing) by(m RankBy) standard.Exact {
	switch m {
	case ByPM25:
		return s.PM25
	case ByGoodRatio:
		return s.Good.Ratio
	}
	return s.Index.Value
}

// standing reckons the figures of a place from its days.
func (s *Store) standing(p Place, from, to standard.Date, days []Day) Standing {
	st := Standing{Of: p, Days: len(days)}
	area := aqi.Class2
	values := make([]aqi.DayValues, len(days))
	reports := make([]aqi.Report, len(days))
	editions := s.Book().Editions(from, to)
	for i := range days {
		values[i], reports[i], area = days[i].Values(), days[i].report(editions), days[i].Area
	}
	st.Good = aqi.CountDays(from, to, reports)
	all := s.Book().Evaluate(from, to, area, values, false)
	if len(all) == 0 {
		return st
	}
	e := &all[len(all)-1]
	st.Index = e.Composite
	st.Issue = e.Composite.Issue
	for _, x := range e.Pollutants[aqi.PM25].Statistics {
		if x.Percent == 0 {
			st.PM25 = x.Value
		}
	}
	return st
}

// daysOf reads the days of many places at once into all, without what only the
// page of a day shows.
func (s *Store) daysOf(ctx context.Context, by access.Caller, t dayTable, places []Place, from, to standard.Date, all map[Place][]Day) error {
	args := []any{string(from), string(to)}
	var marks []string
	at := map[any]Place{}
	for _, p := range places {
		if mine, key := p.table(); mine == t {
			args = append(args, key)
			marks = append(marks, fmt.Sprintf("$%d", len(args)))
			at[key] = p
		}
	}
	if len(marks) == 0 {
		return nil
	}
	cond, more := by.Scope.Where("division", "0", len(args)+1)
	days, err := sqldb.All[Day](ctx, s.db, `
		SELECT station, division, day_on, area, aqi, published, level, primary_items, good, issue, edition, confidence, so2, no2, pm10, pm25, co, o3
		  FROM `+t.name+`
		 WHERE day_on >= $1
		   AND day_on <= $2
		   AND `+t.key+` IN (`+strings.Join(marks, ", ")+`)
		   AND `+cond+`
		 ORDER BY day_on`, append(args, more...)...)
	for _, d := range days {
		key := any(d.Station)
		if t == cityDays {
			key = string(d.Division)
		}
		all[at[key]] = append(all[at[key]], d)
	}
	return err
}
