package web

import (
	"net/http"
	"strconv"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

type airDayVersion struct {
	Revision int64
	Report   airReport
	Changed  string // what the next one changed
	Cause    airCause
	Reckoned time.Time
	Refs     []airRef
}

type airDayHour struct {
	Name, Href string
	Values     []airValue
}

type airDayPoint struct {
	Name, Href string
	Report     airReport
}

type airDayView struct {
	shell
	Place          airPlace
	On             string
	Report         airReport
	Stored         bool
	Due            int64
	Reckoning      airReckoning
	Refs           []airRef
	Cause          airCause
	Revision       int64
	Reckoned       time.Time
	Before         []airDayVersion
	Hours          []airDayHour
	Points         []airDayPoint
	Pollutants     []airValue
	Earlier, Later string
}

// airDayPage shows a day of a station or a division: how it was reckoned, its
// hours, and each result that was told before.
func (s *Server) airDayPage(w http.ResponseWriter, r *request) error {
	stations, err := s.cfg.Air.Stations(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	place, _, err := choosePlace(r, s.airPlaces(r, stations))
	if err != nil {
		return err
	}
	day := r.date("on")
	if place.Code == "" || day.IsZero() {
		return fault.New(fault.NotFound, "没有这一天的日报，请检查网址")
	}
	on := dayOn(day)
	d, err := s.cfg.Air.Day(r.Context(), r.Caller, place.Place, on)
	if err != nil {
		return err
	}
	v := airDayView{
		shell: s.shell(r, place.Name+" "+string(on), "/air/calendar", link{"优良日历", "/air/calendar?" + "place=" + place.Code + "&year=" + string(on[:4])}), Place: place, On: string(on),
		Report: s.airDay(&d), Stored: d.Revision > 0, Due: d.Due, Revision: d.Revision, Pollutants: unknownReport("").Values,
		Earlier: airDayPath(place.Place, dayOn(day.AddDate(0, 0, -1))), Later: airDayPath(place.Place, dayOn(day.AddDate(0, 0, 1))),
	}
	if v.Stored {
		v.Reckoning, v.Cause, v.Reckoned = s.airDayReckoning(&d), s.airCause(r, d.Cause), clock.Unix(d.ReckonedAt)
		v.Hours = airDayHours(place, day, &d)
		if v.Refs, err = s.airRefs(r, d.Basis); err != nil {
			return err
		}
	}
	if err := s.airDayBefore(r, &v, &d); err != nil {
		return err
	}
	if err := s.airDayPoints(r, &v, stations, on); err != nil {
		return err
	}
	return s.render(w, r, "air_day", v)
}

// airDayBefore fills in the results that were told before, each with what the one
// after it changed.
func (s *Server) airDayBefore(r *request, v *airDayView, now *air.Day) error {
	before, err := s.cfg.Air.Revisions(r.Context(), r.Caller, v.Place.Place, now.On)
	if err != nil {
		return err
	}
	next := s.airDay(now)
	for i := range before {
		b := &before[i]
		one := airDayVersion{Revision: b.Revision, Report: s.airDay(b), Cause: s.airCause(r, b.Cause), Reckoned: clock.Unix(b.ReckonedAt)}
		one.Changed = changedText(one.Report, next)
		if one.Refs, err = s.airRefs(r, b.Basis); err != nil {
			return err
		}
		next = one.Report
		v.Before = append(v.Before, one)
	}
	return nil
}

// changedText says what changed from one report to the next.
func changedText(from, to airReport) string {
	text := ""
	add := func(name, a, b string) {
		if a == b {
			return
		}
		if text != "" {
			text += "；"
		}
		text += name + " " + a + " → " + b
	}
	add("AQI", from.AQI, to.AQI)
	add("首要污染物", from.Primary, to.Primary)
	for i := range from.Values {
		add(from.Values[i].Name, from.Values[i].Text, to.Values[i].Text)
	}
	add("标准版本", from.Edition, to.Edition)
	return orText(text, "数值未变，所依据的数据或标准数值有变")
}

func airDayHours(place airPlace, day time.Time, d *air.Day) (rows []airDayHour) {
	for hour := range 24 {
		at := day.Unix() + int64(hour)*3600
		row := airDayHour{Name: strconv.Itoa(hour) + "—" + strconv.Itoa(hour+1) + " 时"}
		if place.Station != 0 {
			row.Href = airHourPath(place.Station, at)
		}
		for p := range aqi.Pollutant(aqi.Six) {
			row.Values = append(row.Values, airValue{p.String(), string(p.Unit()), concentration(p, d.Hours(p)[hour]), ""})
		}
		rows = append(rows, row)
	}
	return rows
}

// airDayPoints fills in the stations that the day of a division is taken over.
func (s *Server) airDayPoints(r *request, v *airDayView, stations []air.Station, on standard.Date) error {
	if v.Place.Station != 0 {
		return nil
	}
	for _, st := range air.Counting(stations, v.Place.Division, on) {
		p := air.Place{Station: st.ID}
		d, err := s.cfg.Air.Day(r.Context(), r.Caller, p, on)
		if err != nil {
			return err
		}
		v.Points = append(v.Points, airDayPoint{st.Name, airDayPath(p, on), s.airDay(&d)})
	}
	return nil
}
