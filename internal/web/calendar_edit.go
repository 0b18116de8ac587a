package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"pingzhang/internal/calendar"
	"pingzhang/internal/fault"
	"pingzhang/standard"
)

func (s *Server) calendarRoutes() []route {
	return []route{
		{"GET /calendar", "calendar.edit", s.calendarView},
		{"POST /calendar", "calendar.edit", s.calendarSet},
		{"POST /calendar/year", "calendar.edit", s.calendarYear},
	}
}

type dayRow struct {
	Day, Weekday, Name string
	Off                bool
}

type yearView struct {
	Year   int
	Source string
	Doubt  string
	Days   []dayRow
	Known  bool
}

type calendarView struct {
	shell
	Problem string
	Years   []yearView
}

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// calendarView shows the holiday table of this year and the next.
func (s *Server) calendarView(w http.ResponseWriter, r *request) error {
	return s.calendarPage(w, r, nil)
}

func (s *Server) calendarPage(w http.ResponseWriter, r *request, problem error) error {
	table, err := s.cfg.Calendar.Table(r.Context())
	if err != nil {
		return err
	}
	v := calendarView{shell: s.shell(r, "节假日表", "/calendar")}
	years := []int{r.Now.Year() + 1, r.Now.Year()}
	for _, y := range table.Years() {
		if !slices.Contains(years, y.Year) {
			years = append(years, y.Year)
		}
	}
	for _, year := range years {
		yv := yearView{Year: year, Doubt: table.Doubt(year), Known: table.Entered(year)}
		for _, y := range table.Years() {
			if y.Year == year {
				yv.Source = y.Source
			}
		}
		for _, h := range table.Days(year) {
			yv.Days = append(yv.Days, dayRow{h.On.String(), weekdays[h.On.Time().Weekday()], h.Name, h.Kind == calendar.Off})
		}
		v.Years = append(v.Years, yv)
	}
	status := http.StatusOK
	if problem != nil {
		v.Problem, status = fault.Text(problem), statusOf[fault.Of(problem)]
		for _, text := range fault.FieldsOf(problem) {
			v.Problem += "；" + text
		}
	}
	return s.renderStatus(w, r, status, "calendar", v)
}

func editor(r *request) calendar.Editor {
	return calendar.Editor{Login: r.Caller.Login, Via: r.Caller.Via}
}

// calendarSet changes one day.
func (s *Server) calendarSet(w http.ResponseWriter, r *request) error {
	day, err := calendar.ParseDay(r.text("day"))
	if err != nil {
		return s.calendarPage(w, r, fault.New(fault.Invalid, "日期应为 2026-10-01 的形式"))
	}
	h := calendar.Holiday{On: day, Kind: calendar.Kind(r.text("kind")), Name: r.text("name"), Source: r.text("source"), Confidence: standard.Unverified}
	return s.calendarDone(w, r, s.cfg.Calendar.SetDay(r.Context(), editor(r), h), "已保存，未办结事项的到期日随之重新推算")
}

// calendarYear enters a year, or marks the one that is entered as checked
// against its notice.
func (s *Server) calendarYear(w http.ResponseWriter, r *request) error {
	year, _ := strconv.Atoi(r.text("year"))
	table, err := s.cfg.Calendar.Table(r.Context())
	if err != nil {
		return err
	}
	y := calendar.Year{Year: year, Source: r.text("source"), Confidence: standard.Unverified}
	if r.text("checked") == "yes" {
		y.Confidence = standard.Source
	}
	days := slices.Clone(table.Days(year))
	for i := range days {
		days[i].Confidence = y.Confidence
	}
	return s.calendarDone(w, r, s.cfg.Calendar.EnterYear(r.Context(), editor(r), y, days), "已保存 "+strconv.Itoa(year)+" 年节假日表")
}

func (s *Server) calendarDone(w http.ResponseWriter, r *request, err error, done string) error {
	if fault.Is(err, fault.Invalid) {
		return s.calendarPage(w, r, err)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/calendar", done)
}

// today writes a day as a heading does.
func today(t time.Time) string { return t.Format("2006年1月2日 ") + weekdays[t.Weekday()] }
