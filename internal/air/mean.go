package air

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// HoursOf are hours of stations, by station and by the start of the hour. An hour
// that is not there is unknown.
type HoursOf map[int64]map[int64]*Hour

// hourLine are the columns of lists of hours: items are most of a row.
var hourLine = strings.Replace(hourColumns, "vals, items", "vals, '' AS items", 1)

// SeriesOf is Series of many stations, read at once, without the items of each
// report.
//
// The error is fault.Denied without monitor.read, fault.Invalid for more than 62
// days.
func (s *Store) SeriesOf(ctx context.Context, by access.Caller, stations []int64, from, to time.Time) (_ HoursOf, err error) {
	defer fault.Wrap(&err, "air.SeriesOf(%d stations)", len(stations))
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	if to.Sub(from) > maxSeries {
		return nil, fault.New(fault.Invalid, "小时曲线一次最多显示 62 天，请缩短时间")
	}
	all := HoursOf{}
	args := []any{from.Unix(), to.Unix()}
	marks := make([]string, len(stations))
	for i, id := range stations {
		all[id] = map[int64]*Hour{}
		args = append(args, id)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	if len(stations) == 0 {
		return all, nil
	}
	cond, more := by.Scope.Where("division", "0", len(args)+1)
	hours, err := sqldb.All[Hour](ctx, s.db, `
		SELECT `+hourLine+`
		  FROM air_hours
		 WHERE at >= $1
		   AND at < $2
		   AND station IN (`+strings.Join(marks, ", ")+`)
		   AND `+cond, append(args, more...)...)
	for i := range hours {
		all[hours[i].Station][hours[i].At] = &hours[i]
	}
	return all, err
}

// Counting returns those of stations that the mean of a division is taken over on
// a day.
func Counting(stations []Station, d access.Division, on standard.Date) (all []Station) {
	for _, st := range stations {
		if d.Contains(st.Division) && st.Counts(on) {
			all = append(all, st)
		}
	}
	return all
}

// DivisionHour is the report of one hour over the stations that count for a
// division.
type DivisionHour struct {
	aqi.Report
	At     int64
	Points int // stations that had a report of the hour
	Due    int // stations that should have had one
	Means  [aqi.Six]aqi.Mean
	// Confidence is that of the report, but no better than inference: how many
	// points it takes is the rule for days (HJ 663), since none is known for hours.
	Confidence standard.Confidence
}

// MeanHour makes the report of the hour that starts at at, over the stations that
// count for a division (see Counting): the mean concentrations of the points,
// indexed by the edition in force (HJ 633). Where no point reported there is no
// report: its Issue is standard.NoValue.
func MeanHour(b *aqi.Book, at int64, points []Station, hours HoursOf) DivisionHour {
	on := dateOf(at)
	d := DivisionHour{At: at, Due: len(points), Confidence: standard.Inference}
	values := make([][]standard.Exact, aqi.Six)
	for _, st := range points {
		h := hours[st.ID][at]
		if h == nil || h.Source == None {
			continue
		}
		d.Points++
		for p, v := range h.Values() {
			values[p] = append(values[p], v.Value)
		}
	}
	if d.Points == 0 {
		d.Report = aqi.Report{Kind: aqi.Hourly, On: on, AQI: aqi.NoIAQI, Issue: standard.NoValue}
		return d
	}
	var readings []aqi.Reading
	for p := range aqi.Pollutant(aqi.Six) {
		d.Means[p] = b.CityMean(on, values[p], len(points))
		readings = append(readings, aqi.Of(p, aqi.Hour, d.Means[p]))
	}
	d.Report = b.Report(aqi.Hourly, on, readings...)
	d.Confidence = d.Confidence.Weaker(d.Basis.Confidence)
	if d.AQI == aqi.NoIAQI && d.Means[aqi.PM25].Issue != "" { // why no mean counts says more than that none is there
		d.Issue = d.Means[aqi.PM25].Issue
	}
	return d
}
