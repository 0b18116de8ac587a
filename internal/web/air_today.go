package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	aqi "pingzhang/standard/air"
)

// airGroup is the title of the entries in the menu, which are not there without
// the duty.
const airGroup = "空气质量"

// airNeeded answers with a sentence where the duty is not there.
func (s *Server) airNeeded(act action) action {
	return func(w http.ResponseWriter, r *request) error {
		if err := need(s.cfg.Air, airGroup); err != nil {
			return err
		}
		return act(w, r)
	}
}

// airPlace is a place that pages can be asked for.
type airPlace struct {
	air.Place
	Code, Name string
}

// airPlaces lists the divisions that the caller sees whole and that have
// evaluation points, then the stations.
func (s *Server) airPlaces(r *request, stations []air.Station) (all []airPlace) {
	for _, d := range s.cfg.Divisions.Within(r.Caller.Scope) {
		if slices.ContainsFunc(stations, func(st air.Station) bool {
			return d.Code.Contains(st.Division) && st.Assessed && st.Purpose == "evaluation"
		}) {
			all = append(all, airPlace{air.Place{Division: d.Code}, string(d.Code), d.Name})
		}
	}
	for _, st := range stations {
		all = append(all, airPlace{air.Place{Station: st.ID}, "s" + strconv.FormatInt(st.ID, 10), st.Name + "（站点）"})
	}
	return all
}

// choosePlace returns the place that the address asks for, by default the first,
// and the list to choose from.
func choosePlace(r *request, all []airPlace) (chosen airPlace, options []option, err error) {
	code := r.text("place")
	if code == "" && len(all) > 0 {
		code = all[0].Code
	}
	for _, p := range all {
		if p.Code == code {
			chosen = p
		}
		options = append(options, option{p.Code, p.Name, p.Code == code})
	}
	if chosen.Code == "" && code != "" {
		return chosen, nil, fault.New(fault.NotFound, "没有这个站点或区域，请检查网址")
	}
	return chosen, options, nil
}

// airTrendHours is how many hours the trend of today shows.
const airTrendHours = 24

type airStationRow struct {
	ID                   int64
	Code, Name, Division string
	Place                int // 0: not ranked
	Tied, Offline        bool
	Hour                 placeHour
	HourName, Age        string
	LastYear             airReport
}

type airDivisionCard struct {
	Name, Hour string
	Report     placeHour
}

type airTrendRow struct {
	Hour     string
	Now      placeHour
	LastYear placeHour
}

type airTwin struct {
	Name, On string
	Report   airReport
}

type airTodayView struct {
	shell
	Divisions  []airDivisionCard
	Stations   []airStationRow
	Pollutants []airValue // heads of the columns
	Latest     string
	Offline    string // after how long a station is offline
	Places     []option
	Place      string
	PlaceName  string
	Advice     string
	AdviceOf   airLevel
	Trend      []airTrendRow
	CurveSrc   string
	Twins      []airTwin
	CanImport  bool
	CanEdit    bool
	MapNote    string
}

// airToday shows the latest hour of every place and station, and the last day.
func (s *Server) airToday(w http.ResponseWriter, r *request) error {
	all, err := s.cfg.Air.Now(r.Context(), r.Caller, r.Now)
	if err != nil {
		return err
	}
	settings := s.cfg.Air.Settings()
	v := airTodayView{
		shell: s.shell(r, "今日空气", "/air"), Pollutants: unknownReport("").Values, Offline: spell(settings.Offline),
		CanImport: r.Caller.May(airImportNeeds), CanEdit: r.Caller.May("register.edit"),
		MapNote: s.mapNote(),
	}
	if len(all) == 0 {
		return s.render(w, r, "air_today", v)
	}
	d, err := s.readAirDay(r, all)
	if err != nil {
		return err
	}
	if d.latest != 0 {
		v.Latest = hourName(d.latest)
	}
	for i := range all {
		v.Stations = append(v.Stations, s.airStationRow(r, &all[i], d))
	}
	for _, p := range s.airPlaces(r, d.stations) {
		if p.Division == "" {
			continue
		}
		h := s.latestOf(p, d)
		if h.Due == 0 {
			continue
		}
		card := airDivisionCard{Name: p.Name, Report: h}
		if h.At != 0 {
			card.Hour = hourName(h.At)
		}
		v.Divisions = append(v.Divisions, card)
	}
	place, options, err := choosePlace(r, s.airPlaces(r, d.stations))
	if err != nil {
		return err
	}
	v.Places, v.Place, v.PlaceName = options, place.Code, place.Name
	v.CurveSrc = "/air/curve?" + url.Values{"place": {place.Code}}.Encode()
	v.Trend = s.airTrendRows(place, d)
	s.advise(&v, place, d)
	if v.Twins, err = s.airTwins(r, place); err != nil {
		return err
	}
	return s.render(w, r, "air_today", v)
}

// airDayData is the last hours of all stations, and the same of the year before.
type airDayData struct {
	stations    []air.Station
	latest      int64 // the newest hour that a station reports now; 0 for none
	end         int64 // start of the last hour of the trend
	hours, then air.HoursOf
	now         time.Time
}

func (s *Server) readAirDay(r *request, all []air.StationNow) (d airDayData, err error) {
	d.now = r.Now
	for i := range all {
		d.stations = append(d.stations, all[i].Station)
		if h := all[i].Hour; h != nil && !all[i].Offline {
			d.latest = max(d.latest, h.At)
		}
	}
	if d.end = d.latest; d.end == 0 {
		d.end = r.Now.Truncate(time.Hour).Add(-time.Hour).Unix()
	}
	end := clock.Unix(d.end).Add(time.Hour)
	if d.hours, err = s.airHours(r, d.stations, end.Add(-airTrendHours*time.Hour), end); err != nil {
		return d, err
	}
	from, ok := yearBefore(end.Add(-airTrendHours * time.Hour))
	if !ok { // 29 February is followed by a day that has one
		from = from.AddDate(0, 0, -1)
	}
	to, _ := yearBefore(end)
	d.then, err = s.airHours(r, d.stations, from, to.Add(time.Hour))
	return d, err
}

// hourOf returns an hour of a place.
func (s *Server) hourOf(p airPlace, stations []air.Station, at int64, hours air.HoursOf) placeHour {
	if p.Station != 0 {
		return s.stationHour(at, hours[p.Station][at])
	}
	return s.divisionHour(at, air.Counting(stations, p.Division, dayOn(clock.Unix(at))), hours)
}

// latestOf returns the latest hour of a place that has an index, no older than
// what makes a station offline; else the newest, which says why it has none.
func (s *Server) latestOf(p airPlace, d airDayData) placeHour {
	newest := s.hourOf(p, d.stations, d.end, d.hours)
	oldest := d.now.Add(-s.cfg.Air.Settings().Offline - time.Hour).Unix()
	for at := d.end; at >= oldest && at > d.end-airTrendHours*3600; at -= 3600 {
		if h := s.hourOf(p, d.stations, at, d.hours); h.Published {
			return h
		}
	}
	return newest
}

// thenOf returns the same hour of the year before.
func (s *Server) thenOf(p airPlace, d airDayData, at int64) placeHour {
	then, ok := yearBefore(clock.Unix(at))
	if !ok {
		return placeHour{airReport: unknownReport("去年没有这一天"), Index: aqi.NoIAQI}
	}
	return s.hourOf(p, d.stations, then.Unix(), d.then)
}

func (s *Server) airStationRow(r *request, n *air.StationNow, d airDayData) airStationRow {
	row := airStationRow{
		ID: n.Station.ID, Code: n.Station.Code, Name: n.Station.Name, Division: s.cfg.Divisions.NameOf(n.Station.Division),
		Place: n.Place, Tied: n.Tied, Offline: n.Offline,
	}
	if n.Hour == nil {
		row.Hour = placeHour{airReport: unknownReport("从未收到数据")}
		row.LastYear = unknownReport("")
		return row
	}
	row.HourName = hourName(n.Hour.At)
	row.Age = ago(n.Hour.Start().Add(time.Hour), r.Now)
	at := n.Hour.At
	if n.Offline { // what it said then says nothing of now
		at = d.end
		row.Hour = placeHour{airReport: unknownReport("离线，最近一个小时报已超过 " + spell(s.cfg.Air.Settings().Offline)), At: n.Hour.At}
	} else {
		row.Hour = s.stationHour(n.Hour.At, n.Hour)
	}
	row.LastYear = s.thenOf(airPlace{Place: air.Place{Station: n.Station.ID}}, d, at).airReport
	return row
}

func (s *Server) airTrendRows(p airPlace, d airDayData) (rows []airTrendRow) {
	for at := d.end - (airTrendHours-1)*3600; at <= d.end; at += 3600 {
		rows = append(rows, airTrendRow{hourName(at), s.hourOf(p, d.stations, at, d.hours), s.thenOf(p, d, at)})
	}
	return rows
}

// advise fills in what the level of the latest hour advises; of an unknown hour
// nothing is advised.
func (s *Server) advise(v *airTodayView, p airPlace, d airDayData) {
	h := s.latestOf(p, d)
	if e, ok := s.cfg.Air.Book().Edition(dayOn(clock.Unix(h.At))); ok && h.Published {
		l := e.Level(int(h.Index))
		v.Advice, v.AdviceOf = l.Advice, airLevel{int64(l.Number), l.Category}
	}
}

// airTwins returns yesterday beside the same day of the year before.
func (s *Server) airTwins(r *request, p airPlace) ([]airTwin, error) {
	yesterday := clock.Day(r.Now.In(clock.Shanghai)).AddDate(0, 0, -1)
	var all []airTwin
	add := func(name string, t time.Time) error {
		on := dayOn(t)
		days, err := s.cfg.Air.DaysBetween(r.Context(), r.Caller, p.Place, on, on)
		if err != nil || len(days) == 0 {
			return err
		}
		all = append(all, airTwin{name, string(on), s.airDay(&days[0])})
		return nil
	}
	if err := add("昨日", yesterday); err != nil {
		return nil, err
	}
	before, ok := yearBefore(yesterday)
	if !ok {
		return append(all, airTwin{"去年同日", "", unknownReport("去年没有 2 月 29 日")}), nil
	}
	return all, add("去年同日", before)
}

// spell writes a span of hours or minutes.
func spell(d time.Duration) string {
	if d%time.Hour == 0 {
		return strconv.Itoa(int(d/time.Hour)) + " 小时"
	}
	return strconv.Itoa(int(d/time.Minute)) + " 分钟"
}
