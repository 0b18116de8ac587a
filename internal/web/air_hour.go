package web

import (
	"net/http"
	"strconv"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	aqi "pingzhang/standard/air"
)

// airRawRow is what was reported of one factor in an hour.
type airRawRow struct {
	Name, Text, Unit, Mark, Fix string
	Used                        string // in the unit of the pollutant
	Why                         string // why it is not used
	How                         string // what the mean was taken from
}

type airRawFrame struct {
	Received, Text, Proof string
}

// airMark is what somebody marked on data of the hour.
type airMark struct{ Name, Factor, Reason, By, At, Note string }

type airHourVersion struct {
	Revision int64
	Report   airReport
	Cause    airCause
	Reckoned time.Time
}

type airHourView struct {
	shell
	Station        air.Station
	At             int64
	Name           string
	Hour           placeHour
	Stored         bool
	Source         string
	PublishedAQI   string
	Rows           []airRawRow
	Frames         []airRawFrame // of an import
	FramesHref     string        // of a device
	Reckoning      airReckoning
	Refs           []airRef
	Cause          airCause
	Revision       int64
	Before         []airHourVersion
	Marks          []airMark
	Earlier, Later string
	DayHref, DayOn string
}

// airHourPage shows one hour of a station with all that it was made from.
func (s *Server) airHourPage(w http.ResponseWriter, r *request) error {
	n, err := s.airStationOf(r)
	if err != nil {
		return err
	}
	st, at := n.Station, r.int("at")
	if at <= 0 || at%3600 != 0 {
		return fault.New(fault.NotFound, "没有这个小时，请检查网址")
	}
	start := clock.Unix(at)
	hours, err := s.cfg.Air.Series(r.Context(), r.Caller, st.ID, start, start.Add(time.Hour))
	if err != nil {
		return err
	}
	on := dayOn(start)
	v := airHourView{
		shell: s.shell(r, hourName(at), "/air", link{"今日空气", "/air"}, link{st.Name, airStationPath(st.ID)}), Station: st, At: at,
		Name: start.In(clock.Shanghai).Format("2006 年 ") + hourName(at), Earlier: airHourPath(st.ID, at-3600), Later: airHourPath(st.ID, at+3600),
		DayHref: airDayPath(air.Place{Station: st.ID}, on), DayOn: string(on), Hour: s.stationHour(at, nil),
	}
	if len(hours) == 0 {
		return s.render(w, r, "air_hour", v)
	}
	h := &hours[0]
	v.Stored, v.Hour, v.Source, v.PublishedAQI = true, s.stationHour(at, h), sourceNames[string(h.Source)], h.PublishedAQI
	if h.PublishedPrimary != "" {
		v.PublishedAQI += "，首要污染物 " + h.PublishedPrimary
	}
	v.Reckoning, v.Cause, v.Revision = s.airHourReckoning(h), s.airCause(r, h.Cause), h.Revision
	if v.Refs, err = s.airRefs(r, h.Basis); err != nil {
		return err
	}
	v.Rows = airValueRows(h)
	if err := s.airRaw(r, &v, h); err != nil {
		return err
	}
	before, err := s.cfg.Air.HourRevisions(r.Context(), r.Caller, st.ID, at)
	for i := range before {
		b := &before[i]
		v.Before = append(v.Before, airHourVersion{b.Revision, s.stationHour(at, b).airReport, s.airCause(r, b.Cause), clock.Unix(b.ReckonedAt)})
	}
	if err != nil {
		return err
	}
	return s.render(w, r, "air_hour", v)
}

// airValueRows says of each pollutant what entered the report and why something
// did not.
func airValueRows(h *air.Hour) (rows []airRawRow) {
	for p, x := range h.Values() {
		row := airRawRow{Name: aqi.Pollutant(p).String() + " " + aqi.Pollutant(p).Name(), Used: concentration(aqi.Pollutant(p), x.Value), Unit: string(aqi.Pollutant(p).Unit())}
		if row.Text = x.Text; row.Text != "" && x.Unit != "" {
			row.Text += " " + string(x.Unit)
		}
		if x.Issue != "" {
			row.Why = aqi.Text(x.Issue)
		}
		switch x.From {
		case measure.FromMinutes:
			row.How = "由分钟值平均，" + strconv.Itoa(x.Minutes) + " 分钟有效"
		case "", measure.Reported:
			row.How = "上报的小时值"
		default:
			row.How = "由实时值平均，" + strconv.Itoa(x.Minutes) + " 分钟有效"
		}
		if x.Corrected {
			row.Fix = "经人工更正"
		}
		rows = append(rows, row)
	}
	return rows
}

// airRaw fills in the messages that brought the hour: a link to those of a device,
// the rows of an imported file themselves.
func (s *Server) airRaw(r *request, v *airHourView, h *air.Hour) error {
	if err := s.airMarks(r, v); err != nil {
		return err
	}
	if h.Source == air.Device {
		v.FramesHref = pointAddress(v.Station.Linked) + "/raw?kind=hour&at=" + strconv.FormatInt(h.At, 10)
		return nil
	}
	if s.cfg.Monitoring.Readings == nil {
		return nil
	}
	frames, err := s.cfg.Monitoring.Readings.RawOf(r.Context(), measure.Point(v.Station.ID), measure.Hour, h.At)
	for i := range frames {
		f := &frames[i]
		v.Frames = append(v.Frames, airRawFrame{stamp(f.Received, "2006-01-02 15:04:05"), string(f.Bytes), proofFact(f).Value})
	}
	return err
}

// airMarks fills in what people marked on the data of the hour, of the station and
// of its device.
func (s *Server) airMarks(r *request, v *airHourView) error {
	if s.cfg.Monitoring.Readings == nil {
		return nil
	}
	points := []int64{v.Station.ID}
	if v.Station.Linked != 0 {
		points = append(points, v.Station.Linked)
	}
	for _, p := range points {
		marks, err := s.cfg.Monitoring.Readings.Marks(r.Context(), measure.Point(p), v.At, v.At+3600)
		if err != nil {
			return err
		}
		for i := range marks {
			m := &marks[i]
			row := airMark{Name: markName(m.Mark), Factor: "全部因子", Reason: m.Reason, By: m.Who, At: stamp(m.EnteredAt, "2006-01-02 15:04")}
			if m.Factor != "" {
				row.Factor = factorName(m.Factor)
			}
			switch {
			case m.WithdrawnAt != 0:
				row.Note = m.WithdrawnBy + " 已撤回：" + m.WithdrawnWhy
			case !m.Honoured():
				row.Note = "逾期标记，不影响结果"
			}
			v.Marks = append(v.Marks, row)
		}
	}
	return nil
}
