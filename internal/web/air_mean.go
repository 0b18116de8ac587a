package web

import (
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// airHours are the hours of stations over a stretch, by station and by time.
type airHours map[int64]map[int64]*air.Hour

// airHours reads the hours of stations from from before to.
func (s *Server) airHours(r *request, stations []air.Station, from, to time.Time) (airHours, error) {
	all := airHours{}
	for _, st := range stations {
		hours, err := s.cfg.Air.Series(r.Context(), r.Caller, st.ID, from, to)
		if err != nil {
			return nil, err
		}
		all[st.ID] = map[int64]*air.Hour{}
		for i := range hours {
			all[st.ID][hours[i].At] = &hours[i]
		}
	}
	return all, nil
}

// counted returns the stations that the mean of a division is taken over on a
// day.
func counted(stations []air.Station, d access.Division, on standard.Date) (all []air.Station) {
	for _, st := range stations {
		if d.Contains(st.Division) && st.Counts(on) {
			all = append(all, st)
		}
	}
	return all
}

// placeHour is one hour of a place.
type placeHour struct {
	airReport
	At        int64
	Published bool
	Index     int64
	Points    int // of a division: stations that had a report of the hour
	Due       int
}

// stationHour words the hour of a station; h may be nil.
func (s *Server) stationHour(at int64, h *air.Hour) placeHour {
	if h == nil {
		return placeHour{airReport: unknownReport("没有收到该小时的数据"), At: at, Index: aqi.NoIAQI}
	}
	rep := s.airReport(airIndex{dayOn(h.Start()), h.AQI, h.Level, h.Published, h.Primaries(), h.Issue, h.Edition, h.Confidence})
	values := h.Values()
	for p := range aqi.Pollutant(aqi.Six) {
		v := &rep.Values[p]
		if v.Text = concentration(p, values[p].Value); values[p].Issue != "" {
			v.Why = aqi.Text(values[p].Issue)
		}
	}
	return placeHour{airReport: rep, At: at, Published: h.Published, Index: h.AQI}
}

// divisionHour is the report of one hour over the evaluation points of a division:
// the mean concentrations of the points, indexed by the edition in force (HJ 633).
// How many points it takes is the rule for days (HJ 663), since none is known for
// hours; so it says 待核实.
func (s *Server) divisionHour(at int64, points []air.Station, hours airHours) placeHour {
	book, on := s.cfg.Air.Book(), dayOn(clock.Unix(at))
	values := make([][]standard.Exact, aqi.Six)
	out := placeHour{At: at, Due: len(points), Index: aqi.NoIAQI}
	for _, st := range points {
		h := hours[st.ID][at]
		if h == nil {
			continue
		}
		out.Points++
		for p, v := range h.Values() {
			values[p] = append(values[p], v.Value)
		}
	}
	if out.Points == 0 {
		out.airReport = unknownReport("没有评价点报来该小时的数据")
		return out
	}
	var readings []aqi.Reading
	var means [aqi.Six]aqi.Mean
	for p := range aqi.Pollutant(aqi.Six) {
		means[p] = book.CityMean(on, values[p], len(points))
		readings = append(readings, aqi.Of(p, aqi.Hour, means[p]))
	}
	rep := book.Report(aqi.Hourly, on, readings...)
	out.Published, out.Index = rep.Published, int64(rep.AQI)
	out.airReport = s.airReport(airIndex{on, int64(rep.AQI), int64(rep.Level.Number), rep.Published, rep.Primary, rep.Issue, rep.Basis.Citation.Number(), standard.Inference})
	if rep.AQI == aqi.NoIAQI && means[aqi.PM25].Issue != "" { // why no mean counts says more than that none is there
		out.Why = aqi.Text(means[aqi.PM25].Issue)
	}
	for p := range aqi.Pollutant(aqi.Six) {
		v := &out.Values[p]
		if means[p].Valid {
			v.Text = concentration(p, means[p].Value)
		} else {
			v.Why = aqi.Text(means[p].Issue)
		}
	}
	return out
}

// airDay words the report of a day.
func (s *Server) airDay(d *air.Day) airReport {
	if d.Revision == 0 {
		return unknownReport("没有日报")
	}
	rep := s.airReport(airIndex{d.On, d.AQI, d.Level, d.Published, d.Primaries(), d.Issue, d.Edition, d.Confidence})
	values := d.Values().Values
	for p := range aqi.Pollutant(aqi.Six) {
		rep.Values[p].Text = concentration(p, values[p])
	}
	return rep
}
