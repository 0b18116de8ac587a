package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// airDayCell is a day of a month; the zero one fills up a week.
type airDayCell struct {
	Day    int
	Ahead  bool // not over yet
	AQI    string
	Level  airLevel
	Says   string // for readers of the screen
	Mark   string // what stands where there is no number
	Number int64  // of the level, 0 for unknown
	Href   string
}

type airMonth struct {
	Name  string
	Weeks [][7]airDayCell
}

// airMonthRow counts the days of a month.
type airMonthRow struct {
	Name                           string
	Passed                         int
	Levels                         [7]int
	Good, Bad, Unknown, Unlevelled int
	Led                            string // what led the days above 100
}

type airCalendarView struct {
	shell
	Blue       string // what the city calls its good days
	Places     []option
	Place      string
	PlaceName  string
	IsStation  bool
	Year       int
	Years      []option
	Months     []airMonth
	Rows       []airMonthRow
	Sum        airMonthRow
	Good       air.GoodYear
	Ratio      string // of the days that are known, in percent; empty where none is
	RatioHow   string
	LeftClass  string
	Left       string
	TargetText string
	Editions   string
}

// firstAirYear is the first year that a calendar can be asked for: HJ 633 came into
// force in 2016.
const firstAirYear = 2016

// airCalendar shows a year of days of a place, and its good days beside the
// target.
func (s *Server) airCalendar(w http.ResponseWriter, r *request) error {
	stations, err := s.cfg.Air.Stations(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	place, options, err := choosePlace(r, s.airPlaces(r, stations))
	if err != nil {
		return err
	}
	this := r.Now.In(clock.Shanghai).Year()
	v := airCalendarView{
		shell: s.shell(r, "优良日历", "/air/calendar", link{"今日空气", "/air"}), Blue: strings.TrimSuffix(s.cfg.City, "市") + "蓝",
		Places: options, Place: place.Code, PlaceName: place.Name, IsStation: place.Station != 0, Year: int(r.int("year")),
	}
	if v.Year < firstAirYear || v.Year > this {
		v.Year = this
	}
	for y := this; y >= firstAirYear; y-- {
		v.Years = append(v.Years, option{strconv.Itoa(y), strconv.Itoa(y) + " 年", y == v.Year})
	}
	if place.Code == "" {
		return s.render(w, r, "air_calendar", v)
	}
	days, err := s.cfg.Air.Days(r.Context(), r.Caller, place.Place, v.Year)
	if err != nil {
		return err
	}
	if v.Good, err = s.cfg.Air.GoodDays(r.Context(), r.Caller, place.Place, v.Year, r.Now); err != nil {
		return err
	}
	s.airMonths(&v, place.Place, days, dayOn(r.Now))
	v.account()
	return s.render(w, r, "air_calendar", v)
}

// airMonths lays the days out by month and counts them. Today is not over.
func (s *Server) airMonths(v *airCalendarView, place air.Place, days []air.Day, today standard.Date) {
	v.Sum.Name = "全年"
	var led [13][aqi.Six]int
	var rows [13]airMonthRow
	for i := range days {
		d := &days[i]
		t := timeOn(d.On)
		if t.Day() == 1 {
			v.Months = append(v.Months, airMonth{Name: fmt.Sprintf("%d 月", t.Month())})
		}
		month := &v.Months[len(v.Months)-1]
		at := (int(t.Weekday()) + 6) % 7 // from Monday on
		if t.Day() == 1 || at == 0 {
			month.Weeks = append(month.Weeks, [7]airDayCell{})
		}
		cell := s.airDayCell(d, t, today)
		cell.Href = airDayPath(place, d.On)
		month.Weeks[len(month.Weeks)-1][at] = cell
		if cell.Ahead {
			continue
		}
		for _, n := range []int{0, int(t.Month())} {
			rows[n].count(d, cell)
			if d.Good == air.BadDay {
				for _, item := range d.Primaries() {
					if item.Pollutant.Indexed() {
						led[n][item.Pollutant]++
					}
				}
			}
		}
	}
	for n := range rows {
		rows[n].Led = ledText(led[n])
		if n > 0 && n <= len(v.Months) {
			rows[n].Name = v.Months[n-1].Name
			v.Rows = append(v.Rows, rows[n])
		}
	}
	v.Sum = rows[0]
	v.Sum.Name = "全年"
}

func (row *airMonthRow) count(d *air.Day, cell airDayCell) {
	row.Passed++
	switch d.Good {
	case air.GoodDay:
		row.Good++
	case air.BadDay:
		row.Bad++
	default:
		row.Unknown++
		return
	}
	if n := cell.Level.Number; n > 0 && int(n) < len(row.Levels) {
		row.Levels[n]++
	} else {
		row.Unlevelled++
	}
}

// airDayCell words a day. A day whose index is not known for sure is unknown,
// whatever the rest of its pollutants say.
func (s *Server) airDayCell(d *air.Day, t time.Time, today standard.Date) airDayCell {
	cell := airDayCell{Day: t.Day()}
	if d.On >= today {
		cell.Ahead, cell.Says = true, "未结束"
		return cell
	}
	rep := s.airDay(d)
	cell.AQI, cell.Level, cell.Number = rep.AQI, rep.Level, rep.Level.Number
	switch {
	case d.Good == air.Unknown || d.Good == "":
		cell.AQI, cell.Level, cell.Number, cell.Mark = "—", airLevel{0, "未知"}, 0, "未知"
		cell.Says = "未知，" + orText(rep.Why, "没有日报")
	case cell.Number == 0: // above 100 for sure, though no index may be published
		cell.Mark, cell.Says = "超标", "超标，AQI 不能发布："+rep.Why
	default:
		cell.Says = rep.Level.Text + "，AQI " + rep.AQI + "，首要污染物" + rep.Primary
	}
	return cell
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// ledText lists what led the days above 100, the most frequent first.
func ledText(led [aqi.Six]int) string {
	var order []aqi.Pollutant
	for p, n := range led {
		if n > 0 {
			order = append(order, aqi.Pollutant(p))
		}
	}
	slices.SortStableFunc(order, func(a, b aqi.Pollutant) int { return led[b] - led[a] })
	var all []string
	for _, p := range order {
		all = append(all, fmt.Sprintf("%s %d 天", p, led[p]))
	}
	return strings.Join(all, "，")
}

// account words the figures of the year.
func (v *airCalendarView) account() {
	g := &v.Good
	if g.Ratio.IsSet() {
		v.Ratio = g.Ratio.Mul(standard.Int(100)).Round(1)
		v.RatioHow = fmt.Sprintf("%d÷%d（有效天数）", g.Good, g.Valid)
	}
	var editions []string
	for _, c := range g.Editions {
		editions = append(editions, c.Number())
	}
	v.Editions = strings.Join(editions, "、")
	v.Left, v.LeftClass = "—", "unknown"
	if g.Target == nil {
		return
	}
	if v.TargetText = g.Target.Days + " 天"; g.Target.Percent != "" {
		v.TargetText = g.Target.Percent + "%"
	}
	if g.Left == nil {
		return
	}
	v.Left = strconv.Itoa(*g.Left)
	switch {
	case *g.Left < 0:
		v.LeftClass = "exceeds"
	case *g.Left-g.PassedUnknown < 0: // if the unknown days turn out bad, the target is missed
		v.LeftClass = "warn"
	default:
		v.LeftClass = ""
	}
}
