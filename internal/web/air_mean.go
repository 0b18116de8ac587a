package web

import (
	"time"

	"pingzhang/internal/air"
	aqi "pingzhang/standard/air"
)

// airHours reads the hours of stations from from before to.
func (s *Server) airHours(r *request, stations []air.Station, from, to time.Time) (air.HoursOf, error) {
	ids := make([]int64, len(stations))
	for i, st := range stations {
		ids[i] = st.ID
	}
	return s.cfg.Air.SeriesOf(r.Context(), r.Caller, ids, from, to)
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

// divisionHour words the report of one hour over the evaluation points of a
// division.
func (s *Server) divisionHour(at int64, points []air.Station, hours air.HoursOf) placeHour {
	d := air.MeanHour(s.cfg.Air.Book(), at, points, hours)
	out := placeHour{At: at, Published: d.Published, Index: int64(d.AQI), Points: d.Points, Due: d.Due}
	if d.Points == 0 {
		out.airReport = unknownReport("没有评价点报来该小时的数据")
		return out
	}
	out.airReport = s.airReport(airIndex{d.On, int64(d.AQI), int64(d.Level.Number), d.Published, d.Primary, d.Issue, d.Basis.Citation.Number(), d.Confidence})
	for p, m := range d.Means {
		v := &out.Values[p]
		if m.Valid {
			v.Text = concentration(aqi.Pollutant(p), m.Value)
		} else {
			v.Why = aqi.Text(m.Issue)
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
