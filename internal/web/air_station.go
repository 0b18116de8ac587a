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
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// How much of a station the curve of hours shows: without being asked, and at
// most (what Series returns).
const (
	airUsual = 7 * day
	airMax   = 62 * day
)

// airDays is how many days the table of a station has.
const airDays = 30

type airDayRow struct {
	On     string
	Href   string
	Report airReport
	Cause  int64 // revision, where it was told otherwise before
}

type airHeatCell struct {
	Text, Class, Says, Href string
}

type airHeatRow struct {
	Month, Href string
	Cells       []airHeatCell
}

type airStationView struct {
	shell
	Station       air.Station
	LevelName     string
	PurposeName   string
	Division      string
	Linked        int64
	Offline       bool
	Hour          placeHour
	HourName, Age string
	Source        string
	Reckoning     airReckoning
	HourHref      string
	Validity      []airValidity
	Published     string // by the national feed
	Days          []airDayRow
	Pollutants    []airValue
	Choices       []option // what the curve may show
	Item          string
	ItemName      string
	Unit          string
	From, To      string
	Shortened     string
	CurveSrc      string
	HeatOf        []option
	HeatYears     []option
	HeatName      string
	HeatUnit      string
	HeatYear      int
	Heat          []airHeatRow
	HeatSteps     []airHeatCell
	HeatHours     []int
}

// airStationOf returns how the station id in the caller's scope stands.
func (s *Server) airStationOf(r *request) (air.StationNow, error) {
	id, err := r.id("id")
	if err != nil {
		return air.StationNow{}, err
	}
	all, err := s.cfg.Air.Now(r.Context(), r.Caller, r.Now)
	if err != nil {
		return air.StationNow{}, err
	}
	for _, n := range all {
		if n.Station.ID == id {
			return n, nil
		}
	}
	return air.StationNow{}, fault.New(fault.NotFound, "没有这个空气站点，请检查网址")
}

func airStationPath(id int64) string { return "/air/stations/" + strconv.FormatInt(id, 10) }

// airSpan is what the curve of a station shows.
type airSpan struct {
	item      string // AQI or the symbol of a pollutant
	from, to  time.Time
	shortened string
	fixed     bool
}

func airSpanOf(r *request) airSpan {
	sp := airSpan{item: r.text("item"), from: r.date("from"), to: r.date("to")}
	if p, ok := aqi.ParsePollutant(sp.item); !ok || !p.Indexed() {
		sp.item = "AQI"
	}
	sp.fixed = !sp.from.IsZero() || !sp.to.IsZero()
	if sp.to.IsZero() {
		sp.to = r.Now.Truncate(time.Hour).Add(time.Hour)
		if !sp.from.IsZero() && sp.to.Sub(sp.from) > airMax {
			sp.to = sp.from.Add(airMax)
		}
	}
	if sp.from.IsZero() {
		sp.from = sp.to.Add(-airUsual)
	}
	if !sp.from.Before(sp.to) {
		sp.from, sp.shortened = sp.to.Add(-airUsual), "开始时间不早于结束时间，已改为结束时间之前的 7 天。"
	}
	if sp.to.Sub(sp.from) > airMax {
		sp.from = sp.to.Add(-airMax)
		sp.shortened = "小时曲线一次最多查看 62 天，已从 " + sp.from.In(clock.Shanghai).Format("2006-01-02 15:04") + " 起显示。"
	}
	return sp
}

func (sp airSpan) query() string {
	q := url.Values{"item": {sp.item}}
	if sp.fixed {
		q.Set("from", sp.from.In(clock.Shanghai).Format(formTime))
		q.Set("to", sp.to.In(clock.Shanghai).Format(formTime))
	}
	return q.Encode()
}

// airStation shows a station: how its latest report was reckoned, its last days,
// its hours, and its year by month and hour.
func (s *Server) airStation(w http.ResponseWriter, r *request) error {
	n, err := s.airStationOf(r)
	if err != nil {
		return err
	}
	st := n.Station
	v := airStationView{
		shell: s.shell(r, st.Name, "/air", link{"今日空气", "/air"}), Station: st, Division: s.cfg.Divisions.NameOf(st.Division), Linked: st.Linked,
		LevelName: s.airChoice("level", st.Level), PurposeName: s.airChoice("purpose", st.Purpose), Offline: n.Offline, Pollutants: unknownReport("").Values,
	}
	v.Hour = s.stationHour(0, n.Hour)
	if n.Hour != nil {
		v.HourName, v.Age, v.Source = hourName(n.Hour.At), ago(n.Hour.Start().Add(time.Hour), r.Now), sourceNames[string(n.Hour.Source)]
		if v.Published = n.Hour.PublishedAQI; v.Published != "" && n.Hour.PublishedPrimary != "" {
			v.Published += "，首要污染物 " + n.Hour.PublishedPrimary
		}
		v.Reckoning, v.HourHref = s.airHourReckoning(n.Hour), airHourPath(st.ID, n.Hour.At)
	}
	if err := s.airLastDays(r, &v); err != nil {
		return err
	}
	if v.Validity, err = s.airValidities(r, st); err != nil {
		return err
	}
	sp := airSpanOf(r)
	v.Item, v.ItemName, v.Unit, v.Shortened = sp.item, sp.item, airUnit(sp.item), sp.shortened
	v.From, v.To = sp.from.In(clock.Shanghai).Format(formTime), sp.to.In(clock.Shanghai).Format(formTime)
	v.CurveSrc = airStationPath(st.ID) + "/curve?" + sp.query()
	v.Choices = append(v.Choices, option{"AQI", "AQI", sp.item == "AQI"})
	for p := range aqi.Pollutant(aqi.Six) {
		v.Choices = append(v.Choices, option{p.String(), p.String() + " " + p.Name(), sp.item == p.String()})
	}
	if err := s.airHeat(r, &v); err != nil {
		return err
	}
	return s.render(w, r, "air_station", v)
}

// airChoice words a choice of the register of stations.
func (s *Server) airChoice(field, value string) string {
	if d, ok := s.cfg.Register.Book.Definition(air.StationRegister); ok {
		if f, ok := d.Field(field); ok {
			for _, c := range f.Choices {
				if c.Value == value {
					return c.Label
				}
			}
		}
	}
	return value
}

func airUnit(item string) string {
	if p, ok := aqi.ParsePollutant(item); ok {
		return string(p.Unit())
	}
	return ""
}

// airLastDays fills in the days that are over, the newest first.
func (s *Server) airLastDays(r *request, v *airStationView) error {
	today := clock.Day(r.Now.In(clock.Shanghai))
	days, err := s.cfg.Air.DaysBetween(r.Context(), r.Caller, air.Place{Station: v.Station.ID}, dayOn(today.AddDate(0, 0, -airDays)), dayOn(today.AddDate(0, 0, -1)))
	if err != nil {
		return err
	}
	for i := range days {
		row := airDayRow{On: string(days[i].On), Href: airDayPath(air.Place{Station: v.Station.ID}, days[i].On), Report: s.airDay(&days[i])}
		if days[i].Revision > 1 {
			row.Cause = days[i].Revision
		}
		v.Days = append(v.Days, row)
	}
	slices.Reverse(v.Days)
	return nil
}

// airStationCurve answers with the hours of a station.
func (s *Server) airStationCurve(w http.ResponseWriter, r *request) error {
	n, err := s.airStationOf(r)
	if err != nil {
		return err
	}
	sp := airSpanOf(r)
	hours, err := s.cfg.Air.Series(r.Context(), r.Caller, n.Station.ID, sp.from, sp.to)
	if err != nil {
		return err
	}
	byTime := map[int64]*air.Hour{}
	for i := range hours {
		byTime[hours[i].At] = &hours[i]
	}
	c := curveJSON{Title: n.Station.Name + " " + sp.item, Unit: airUnit(sp.item), Factor: sp.item, Name: sp.item, Kind: "hour", Limits: s.airLimits(n.Station, sp)}
	var line airLine
	end := min(sp.to.Unix(), r.Now.Truncate(time.Hour).Unix())
	for at := sp.from.Add(time.Hour - time.Second).Truncate(time.Hour).Unix(); at < end; at += 3600 {
		text, exceeds := s.airPoint(n.Station, sp.item, byTime[at])
		line.add(at, text, exceeds)
	}
	c.Series, c.Unknown = []curveSeries{{sp.item + " 小时值", line.points()}}, line.unknown()
	return sendCurve(w, c)
}

// airPoint returns the value of an hour as a curve shows it, and whether it is
// above its limit; "" where it is unknown.
func (s *Server) airPoint(st air.Station, item string, h *air.Hour) (text string, exceeds bool) {
	if h == nil {
		return "", false
	}
	p, ok := aqi.ParsePollutant(item)
	if !ok {
		if !h.Published {
			return "", false
		}
		return strconv.FormatInt(h.AQI, 10), h.AQI > 100
	}
	x := h.Values()[p].Value
	if !x.IsSet() {
		return "", false
	}
	j := s.cfg.Air.Book().Judge(aqi.Reading{Item: aqi.Item{Pollutant: p, Averaging: aqi.Hour}, Value: x, Unit: p.Unit()}, st.Area, dayOn(h.Start()))
	return concentration(p, x), j.Verdict == standard.Exceeds
}

// airLimits returns the line that hours are compared with, as in force at the end
// of the span; particles have none for hours (GB 3095).
func (s *Server) airLimits(st air.Station, sp airSpan) []curveLimit {
	p, ok := aqi.ParsePollutant(sp.item)
	if !ok {
		return []curveLimit{{Value: "100", Label: "AQI 100（优良上限）"}}
	}
	l, ok := s.cfg.Air.Book().Limit(p, aqi.Hour, st.Area, dayOn(sp.to.Add(-time.Second)))
	if !ok || l.Unit != p.Unit() || !l.Max.IsSet() {
		return []curveLimit{}
	}
	label := st.Area.Name() + "小时浓度限值 " + l.Max.String() + " " + string(l.Unit) + "，" + l.Citation.Number()
	if mark := l.Citation.Confidence.Label(); mark != "" {
		label += "（" + mark + "）"
	}
	return []curveLimit{{Value: l.Max.String(), Label: label}}
}

// airHeat fills in the means of a pollutant over a year by month and hour of the
// day. The colours are five equal steps from the lowest to the highest of them:
// no rule says what such a mean is worth.
func (s *Server) airHeat(r *request, v *airStationView) error {
	p, ok := aqi.ParsePollutant(r.text("heat"))
	if !ok || !p.Indexed() {
		p = aqi.PM25
	}
	this := r.Now.In(clock.Shanghai).Year()
	if v.HeatYear = int(r.int("year")); v.HeatYear < firstAirYear || v.HeatYear > this {
		v.HeatYear = this
	}
	v.HeatName, v.HeatUnit = p.String(), string(p.Unit())
	for q := range aqi.Pollutant(aqi.Six) {
		v.HeatOf = append(v.HeatOf, option{q.String(), q.String() + " " + q.Name(), p == q})
	}
	for y := this; y >= firstAirYear; y-- {
		v.HeatYears = append(v.HeatYears, option{strconv.Itoa(y), strconv.Itoa(y) + " 年", y == v.HeatYear})
	}
	all, err := s.cfg.Air.Heat(r.Context(), r.Caller, v.Station.ID, v.HeatYear, p)
	if err != nil || len(all) == 0 {
		return err
	}
	var means []standard.Exact
	for _, month := range all[0].Cells {
		for _, c := range month {
			means = append(means, c.Mean)
		}
	}
	scale := heatScale(means)
	if !scale.low.IsSet() {
		return nil
	}
	for hour := range 24 {
		v.HeatHours = append(v.HeatHours, hour)
	}
	for month, cells := range all[0].Cells {
		row := airHeatRow{Month: strconv.Itoa(month+1) + " 月", Href: v.heatMonth(month + 1)}
		for hour, c := range cells {
			cell := airHeatCell{Text: "—", Class: scale.class(c.Mean), Says: "未知", Href: v.heatMonth(month + 1)}
			if c.Mean.IsSet() {
				cell.Text = c.Mean.Round(heatDigits(p))
				cell.Says = strconv.Itoa(month+1) + " 月 " + strconv.Itoa(hour) + " 时，" + strconv.Itoa(c.Hours) + " 个小时值的平均"
			}
			row.Cells = append(row.Cells, cell)
		}
		v.Heat = append(v.Heat, row)
	}
	v.HeatSteps = scale.steps(p)
	return nil
}

// heatMonth is the address of a month of the heat, day by day.
func (v *airStationView) heatMonth(month int) string {
	return "/air/heat?" + url.Values{
		"place": {"s" + strconv.FormatInt(v.Station.ID, 10)}, "item": {v.HeatName}, "year": {strconv.Itoa(v.HeatYear)}, "month": {strconv.Itoa(month)},
	}.Encode()
}
