package web

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// airStatistic is one figure of an evaluation beside its limits.
type airStatistic struct {
	Name, Value, Unit  string
	Limit, Other       string // of the class of the area, and of the other class
	State, OtherState  stateView
	Times              string // how many times above
	Arithmetic         string
	Days               int
	Citation           string
	Unverified, Counts bool
}

// airEvaluated is an evaluation by one edition.
type airEvaluated struct {
	Title, Since string
	Area         string
	State        stateView
	Why          string
	Statistics   []airStatistic
	Counts       []airValidityCell
	Composite    string
	CompositeHow string
	Claimed      string // the index with weights that are claimed and not verified; empty where none are
	ClaimedHow   string
	Largest      string
	Unread       []string
	Unverified   bool
	Citation     string
}

type airEvaluationView struct {
	shell
	Places       []option
	Place        string
	PlaceName    string
	Year         int
	Years        []option
	From, To     string
	Whole        bool // the year is over
	Both         []airEvaluatedPair
	Record       []airDeductedRow
	Good         airCalendarView // its figures of good days
	SheetHref    string
	DustHref     string
	Completeness string
}

// airEvaluatedPair is one edition with nothing deducted and, where something was,
// with the days of dust left out.
type airEvaluatedPair struct {
	Plain    airEvaluated
	Deducted *airEvaluated
}

type airDeductedRow struct {
	On, Pollutants, By, Reason, At, Removed, Why string
}

// airEvaluation shows the evaluation of a year, or of the part of it that is over.
func (s *Server) airEvaluation(w http.ResponseWriter, r *request) error {
	v, err := s.airEvaluationOf(r)
	if err != nil {
		return err
	}
	return s.render(w, r, "air_evaluation", v)
}

func (s *Server) airEvaluationOf(r *request) (v airEvaluationView, err error) {
	stations, err := s.cfg.Air.Stations(r.Context(), r.Caller)
	if err != nil {
		return v, err
	}
	place, options, err := choosePlace(r, s.airPlaces(r, stations))
	if err != nil {
		return v, err
	}
	this := r.Now.In(clock.Shanghai).Year()
	v = airEvaluationView{
		shell: s.shell(r, "年度评价", "/air/evaluation", link{"今日空气", "/air"}), Places: options, Place: place.Code, PlaceName: place.Name, Year: int(r.int("year")),
	}
	v.Year, v.Years = airYears(v.Year, this)
	if place.Code == "" {
		return v, nil
	}
	from, to := standard.Date(fmt.Sprintf("%d-01-01", v.Year)), standard.Date(fmt.Sprintf("%d-12-31", v.Year))
	v.Whole = v.Year < this
	v.From, v.To = string(from), string(to)
	if !v.Whole {
		v.To = string(dayOn(clock.Day(r.Now.In(clock.Shanghai)).AddDate(0, 0, -1)))
	}
	e, err := s.cfg.Air.EvaluateBoth(r.Context(), r.Caller, place.Place, from, to, false)
	if err != nil {
		return v, err
	}
	claimed, err := s.cfg.Air.EvaluateBoth(r.Context(), r.Caller, place.Place, from, to, true)
	if err != nil {
		return v, err
	}
	for i := range e.Plain {
		pair := airEvaluatedPair{Plain: s.evaluated(&e.Plain[i])}
		if i < len(claimed.Plain) {
			pair.Plain.claim(&claimed.Plain[i].Composite)
		}
		if i < len(e.Deducted) {
			d := s.evaluated(&e.Deducted[i])
			if i < len(claimed.Deducted) {
				d.claim(&claimed.Deducted[i].Composite)
			}
			pair.Deducted = &d
		}
		v.Both = append(v.Both, pair)
	}
	for i := range e.Record {
		v.Record = append(v.Record, deductedRow(&e.Record[i]))
	}
	v.Good.IsStation = place.Station != 0
	if v.Good.Good, err = s.cfg.Air.GoodDays(r.Context(), r.Caller, place.Place, v.Year, r.Now); err != nil {
		return v, err
	}
	v.Good.account()
	q := url.Values{"place": {place.Code}, "year": {strconv.Itoa(v.Year)}}.Encode()
	v.SheetHref, v.DustHref = "/air/evaluation.xlsx?"+q, "/air/dust?year="+strconv.Itoa(v.Year)
	return v, nil
}

// airYears returns a year that can be asked for, and the list.
func airYears(year, this int) (int, []option) {
	if year < firstAirYear || year > this {
		year = this
	}
	var all []option
	for y := this; y >= firstAirYear; y-- {
		all = append(all, option{strconv.Itoa(y), strconv.Itoa(y) + " 年", y == year})
	}
	return year, all
}

// evaluated words an evaluation.
func (s *Server) evaluated(e *aqi.Evaluation) airEvaluated {
	out := airEvaluated{
		Title: e.Basis.Citation.Number(), Since: string(e.On), Area: e.Area.Name(), State: attained(e.Verdict), Composite: "—", Largest: "—",
		Unread: e.Unread, Unverified: !e.Basis.Verified(), Citation: e.Basis.Citation.String(),
	}
	for _, y := range e.Pollutants {
		cell := validityCell(y.Pollutant, y.Count.Have, y.Count.Need, y.Count.Issue, true, false)
		out.Counts = append(out.Counts, cell)
		if y.Issue != "" && out.Why == "" {
			out.Why = y.Pollutant.String() + "：" + aqi.Text(y.Issue)
		}
		for _, st := range y.Statistics {
			out.Statistics = append(out.Statistics, s.evaluatedStatistic(e, st))
		}
	}
	if c := e.Composite; c.Value.IsSet() {
		out.Composite, out.Largest = c.Value.Round(2), ""
		for _, p := range c.Largest.List() {
			if out.Largest != "" {
				out.Largest += "、"
			}
			out.Largest += p.String()
		}
	}
	out.CompositeHow = e.Composite.Arithmetic()
	return out
}

// claim adds the composite index with the weights that are claimed for the edition,
// where they make another one.
func (e *airEvaluated) claim(c *aqi.Composite) {
	if how := c.Arithmetic(); c.Value.IsSet() && how != e.CompositeHow {
		e.Claimed, e.ClaimedHow = c.Value.Round(2), how
	}
}

func attained(v standard.Verdict) stateView {
	switch v {
	case standard.Meets:
		return stateView{"meets", "达标"}
	case standard.Exceeds:
		return stateView{"exceeds", "未达标"}
	}
	return stateView{"unknown", "未知"}
}

func (s *Server) evaluatedStatistic(e *aqi.Evaluation, st aqi.Statistic) airStatistic {
	row := airStatistic{
		Name: st.Name(), Value: concentration(st.Pollutant, st.Value), Unit: string(st.Pollutant.Unit()), Days: st.Days, Limit: "—", Other: "—",
		State: attained(st.Judgement.Verdict), Arithmetic: st.Arithmetic(), Citation: st.Basis.Citation.Number(), Unverified: !st.Basis.Verified(),
		OtherState: attained(standard.Unknown),
	}
	averaging := aqi.Year
	if st.Percent != 0 {
		averaging = aqi.Day
		if st.Pollutant == aqi.O3 {
			averaging = aqi.MaxEightHour
		}
	}
	book := s.cfg.Air.Book()
	if l, ok := book.Limit(st.Pollutant, averaging, e.Area, e.On); ok {
		row.Limit = l.Max.String()
	}
	other := aqi.Class1
	if e.Area == aqi.Class1 {
		other = aqi.Class2
	}
	if l, ok := book.Limit(st.Pollutant, averaging, other, e.On); ok {
		row.Other = l.Max.String()
		if st.Compared.IsSet() && st.Judgement.Issue == "" {
			row.OtherState = attained(standard.Judge(standard.Sample{Value: st.Compared, Unit: st.Pollutant.Unit(), Period: l.Period}, l.Limit).Verdict)
		}
	}
	if st.Judgement.Multiple.IsSet() && st.Judgement.Verdict == standard.Exceeds {
		row.Times = st.Judgement.Multiple.Round(2)
	}
	return row
}

func deductedRow(d *aqi.Deducted) airDeductedRow {
	row := airDeductedRow{On: string(d.On), By: d.By, Reason: d.Reason, At: d.At}
	if t, err := time.Parse(time.RFC3339, d.At); err == nil {
		row.At = t.In(clock.Shanghai).Format("2006-01-02 15:04")
	}
	for i, x := range d.Removed {
		if i > 0 {
			row.Removed += "，"
		}
		row.Removed += x.Item.Pollutant.String() + " " + concentration(x.Item.Pollutant, x.Value) + " " + string(x.Unit)
	}
	if d.Issue != "" {
		row.Why = aqi.Text(d.Issue)
	}
	return row
}

// airEvaluationSheet answers with the evaluation as a workbook.
func (s *Server) airEvaluationSheet(w http.ResponseWriter, r *request) error {
	v, err := s.airEvaluationOf(r)
	if err != nil {
		return err
	}
	if v.Place == "" {
		return fault.New(fault.NotFound, "您的辖区内没有空气站点")
	}
	t := sheet.Table{
		Name: "年度评价", Title: fmt.Sprintf("%s %d 年环境空气质量评价", v.PlaceName, v.Year),
		Columns: []sheet.Column{
			{Name: "版本"}, {Name: "沙尘"}, {Name: "统计项目", Width: 30}, {Name: "统计值", Kind: sheet.Number}, {Name: "单位"}, {Name: "有效天数", Kind: sheet.Number}, {Name: "限值"},
			{Name: "另一类限值"}, {Name: "评价结果"}, {Name: "可信度"}, {Name: "算式", Width: 60},
		},
		Notes: []string{
			fmt.Sprintf("统计时段 %s 至 %s；评价区域：%s。", v.From, v.To, v.PlaceName),
			fmt.Sprintf("优良天数 %d 天，有效天数 %d 天，未知天数 %d 天；优良天数不扣除沙尘影响。%s", v.Good.Good.Good, v.Good.Good.Valid, v.Good.Good.PassedUnknown, v.Good.Good.Arithmetic),
			"标注“待核实”的结果所依据的数值尚未核对原文，使用前请核对。",
		},
	}
	if !v.Whole {
		t.Notes = append(t.Notes, "本年尚未结束，只列统计值，不作达标评价。")
	}
	var rows [][]string
	for _, pair := range v.Both {
		rows = append(rows, evaluationRows(&pair.Plain, "未扣除")...)
		if pair.Deducted != nil {
			rows = append(rows, evaluationRows(pair.Deducted, "已扣除")...)
		}
	}
	for _, d := range v.Record {
		t.Notes = append(t.Notes, fmt.Sprintf("沙尘扣除：%s %s，%s，%s 审批于 %s", d.On, d.Removed, d.Reason, d.By, d.At))
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": t.Title + ".xlsx"}))
	h.Set("Cache-Control", "no-store")
	return sheet.WriteXLSX(w, t, sheet.RowsOf(rows))
}

func evaluationRows(e *airEvaluated, dust string) (rows [][]string) {
	mark := func(unverified bool) string {
		if unverified {
			return "待核实"
		}
		return ""
	}
	title := e.Title + "（自 " + e.Since + "）"
	for _, st := range e.Statistics {
		rows = append(rows, []string{title, dust, st.Name, st.Value, st.Unit, strconv.Itoa(st.Days), st.Limit, st.Other, st.State.Text, mark(st.Unverified), st.Arithmetic})
	}
	rows = append(rows, []string{title, dust, "综合指数", e.Composite, "", "", "", "", "", mark(e.Unverified), e.CompositeHow})
	if e.Claimed != "" {
		rows = append(rows, []string{title, dust, "综合指数（权重未核实）", e.Claimed, "", "", "", "", "", "待核实", e.ClaimedHow})
	}
	return rows
}
