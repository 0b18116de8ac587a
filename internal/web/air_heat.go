package web

import (
	"fmt"
	"net/http"
	"strconv"

	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// heatRange are five equal steps from the lowest to the highest of some means: no
// rule says what such a mean is worth.
type heatRange struct{ low, high, width standard.Exact }

func heatScale(all []standard.Exact) (h heatRange) {
	for _, x := range all {
		if x.IsSet() && (!h.low.IsSet() || x.Cmp(h.low) < 0) {
			h.low = x
		}
		if x.IsSet() && (!h.high.IsSet() || x.Cmp(h.high) > 0) {
			h.high = x
		}
	}
	if h.low.IsSet() {
		h.width = h.high.Sub(h.low).Quo(standard.Int(5))
	}
	return h
}

// class is the class of the style sheet for a mean.
func (h heatRange) class(x standard.Exact) string {
	if !x.IsSet() || !h.low.IsSet() {
		return "aqi-none"
	}
	return "heat-" + strconv.Itoa(heatStep(x, h.low, h.width))
}

// steps are the legend; none where nothing is known.
func (h heatRange) steps(p aqi.Pollutant) (all []airHeatCell) {
	if !h.low.IsSet() {
		return nil
	}
	digits := heatDigits(p) + 1
	for i := range 5 {
		from, to := h.low.Add(h.width.Mul(standard.Int(int64(i)))), h.low.Add(h.width.Mul(standard.Int(int64(i+1))))
		all = append(all, airHeatCell{Text: from.Round(digits) + "～" + to.Round(digits), Class: "heat-" + strconv.Itoa(i+1)})
	}
	return all
}

// heatDigits is how many decimals a cell shows.
func heatDigits(p aqi.Pollutant) int {
	if p == aqi.CO {
		return 1
	}
	return 0
}

// heatStep is the step from 1 to 5 that a mean lies in.
func heatStep(x, low, width standard.Exact) int {
	step := 1
	for edge := low.Add(width); step < 5 && width.Sign() > 0 && x.Cmp(edge) >= 0; edge = edge.Add(width) {
		step++
	}
	return step
}

type airHeatView struct {
	shell
	Places           []option
	Place, PlaceName string
	Items            []option
	ItemName, Unit   string
	Years, Months    []option
	Year, Month      int
	Hours            []int
	Days             []airHeatRow // of the month
	DaySteps         []airHeatCell
	Calendar         []airHeatRow // of the year, by month and day
	CalendarDays     []int
	CalendarSteps    []airHeatCell
	IsStation        bool
	Known            int // hours of the month that are known
}

// airHeatMonth shows a month of a pollutant by day and hour, and the year by month
// and day.
func (s *Server) airHeatMonth(w http.ResponseWriter, r *request) error {
	stations, err := s.cfg.Air.Stations(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	place, options, err := choosePlace(r, s.airPlaces(r, stations))
	if err != nil {
		return err
	}
	now := r.Now.In(clock.Shanghai)
	v := airHeatView{shell: s.shell(r, "浓度热力图", "/air/heat", link{"今日空气", "/air"}), Places: options, Place: place.Code, PlaceName: place.Name, IsStation: place.Station != 0}
	p, items := airItems(r.text("item"))
	v.Items, v.ItemName, v.Unit = items, p.String(), string(p.Unit())
	v.Year, v.Years = airYears(int(r.int("year")), now.Year())
	if v.Month = int(r.int("month")); v.Month < 1 || v.Month > 12 {
		v.Month = int(now.AddDate(0, 0, -1).Month())
	}
	for m := 1; m <= 12; m++ {
		v.Months = append(v.Months, option{strconv.Itoa(m), strconv.Itoa(m) + " 月", m == v.Month})
	}
	if place.Code == "" {
		return s.render(w, r, "air_heat", v)
	}
	h, err := s.cfg.Air.MonthHeat(r.Context(), r.Caller, place.Place, v.Year, v.Month, p)
	if err != nil {
		return err
	}
	v.month(place, &h)
	days, err := s.cfg.Air.Days(r.Context(), r.Caller, place.Place, v.Year)
	if err != nil {
		return err
	}
	v.calendar(place, p, days)
	return s.render(w, r, "air_heat", v)
}

// month lays out the days and hours of a month.
func (v *airHeatView) month(place airPlace, h *air.MonthHeat) {
	var all []standard.Exact
	for _, d := range h.Days {
		all = append(all, d.Hours[:]...)
	}
	scale := heatScale(all)
	v.DaySteps = scale.steps(h.Pollutant)
	for hour := range 24 {
		v.Hours = append(v.Hours, hour)
	}
	for _, d := range h.Days {
		row := airHeatRow{Month: string(d.On[8:]) + " 日", Href: airDayPath(place.Place, d.On)}
		start := timeOn(d.On).Unix()
		for hour, x := range d.Hours {
			cell := airHeatCell{Text: "—", Class: scale.class(x), Says: fmt.Sprintf("%s %d 时，未知", d.On, hour)}
			if x.IsSet() {
				v.Known++
				cell.Text, cell.Says = x.Round(heatDigits(h.Pollutant)), fmt.Sprintf("%s %d 时至 %d 时，%s %s", d.On, hour, hour+1, concentration(h.Pollutant, x), h.Pollutant.Unit())
			}
			cell.Href = row.Href
			if place.Station != 0 {
				cell.Href = airHourPath(place.Station, start+int64(hour)*3600)
			}
			row.Cells = append(row.Cells, cell)
		}
		v.Days = append(v.Days, row)
	}
}

// calendar lays out the daily means of a year.
func (v *airHeatView) calendar(place airPlace, p aqi.Pollutant, days []air.Day) {
	values := make([]standard.Exact, len(days))
	for i := range days {
		values[i] = days[i].Values().Values[p]
	}
	scale := heatScale(values)
	v.CalendarSteps = scale.steps(p)
	for d := 1; d <= 31; d++ {
		v.CalendarDays = append(v.CalendarDays, d)
	}
	for i := range days {
		t := timeOn(days[i].On)
		if t.Day() == 1 {
			v.Calendar = append(v.Calendar, airHeatRow{Month: strconv.Itoa(int(t.Month())) + " 月"})
		}
		row := &v.Calendar[len(v.Calendar)-1]
		cell := airHeatCell{Text: "—", Class: scale.class(values[i]), Says: string(days[i].On) + "，未知", Href: airDayPath(place.Place, days[i].On)}
		if values[i].IsSet() {
			cell.Text, cell.Says = values[i].Round(heatDigits(p)), fmt.Sprintf("%s，%s %s", days[i].On, concentration(p, values[i]), p.Unit())
		}
		row.Cells = append(row.Cells, cell)
	}
	for i := range v.Calendar { // short months end early
		for len(v.Calendar[i].Cells) < 31 {
			v.Calendar[i].Cells = append(v.Calendar[i].Cells, airHeatCell{})
		}
	}
}
