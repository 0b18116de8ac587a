package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/water"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

type waterItemRow struct {
	Name, Code, Value, Unit  string
	Limit3, LimitTarget      string // of a source: that which it must meet, in LimitTarget
	Class                    waterCell
	Multiple, Beyond         string
	State                    stateView
	Rated, Unverified        bool
	How, Citation, Why, Href string
	Inputs, Halved           int
}

type waterValueRow struct {
	ID                   int64
	On, Sample, Item     string
	Text, Unit, Doubt    string
	Cell, From, Revision string
}

type waterYearRow struct {
	Year   int
	Months []waterCell
	Whole  waterCell
}

type waterRevision struct {
	Number            int64
	Class             waterCell
	Attained          stateView
	Beyond, Why       string
	At                int64
	CauseText, CauseH string
}

type waterSectionView struct {
	shell
	Place      water.Place
	IsSource   bool
	County     string
	Level      string
	Kind       string
	Border     string
	Target     string
	TargetFrom string
	Choice     slotChoice
	Class      waterCell
	Attained   stateView
	Rating     string
	Why        string
	Main       string
	Beyond     string
	Missing    []string
	Unjudged   []string
	Flags      []string
	Because    []string
	Citations  []string
	Unverified bool
	Trophic    string
	Results    int
	Items      []waterItemRow
	Values     []waterValueRow
	Years      []waterYearRow
	Revision   *waterRevision
	Earlier    []waterRevision
	Curves     []option
	Curve      string
	CurveSrc   string
	Trend      string
}

// waterSection shows a section or a source: its classes over the years, and one
// period item by item.
func (s *Server) waterSection(w http.ResponseWriter, r *request) error {
	p, err := s.waterPlace(r)
	if err != nil {
		return err
	}
	history, err := s.cfg.Water.History(r.Context(), r.Caller, p.ID, gb.Month, false)
	if err != nil {
		return err
	}
	years, err := s.cfg.Water.History(r.Context(), r.Caller, p.ID, gb.Year, false)
	if err != nil {
		return err
	}
	c, err := s.waterSlot(r, true)
	if err != nil {
		return err
	}
	if r.text("part") == "" && len(history) > 0 { // its own last month
		c.choose(history[len(history)-1].Slot, r.Now.In(clock.Shanghai).Year())
	}
	active, crumb := "/water", waterCrumb
	if p.Source() {
		active, crumb = "/water/sources", link{"饮用水水源", "/water/sources"}
	}
	v := waterSectionView{
		shell: s.shell(r, p.Name, active, crumb), Place: p, IsSource: p.Source(), County: s.cfg.Divisions.NameOf(p.Division),
		Level: water.LevelName(p.Level), Kind: water.WaterName(p.Water), Border: borderNames[p.Border], Choice: c,
	}
	if p.Source() {
		v.Level = water.SourceLevelName(p.Level)
	}
	v.Years = waterYears(history, years, r.Now.In(clock.Shanghai).Year())
	if err := s.waterPeriod(r, &v); err != nil {
		return err
	}
	s.waterCurves(r, &v)
	return s.render(w, r, "water_section", v)
}

// choose sets the period of a choice.
func (c *slotChoice) choose(slot water.Slot, this int) {
	c.Slot, c.Name, c.Code = slot, slot.Name(), slotCode(slot)
	c.Years = yearOptions(max(this, slot.Year), slot.Year)
	for i := range c.Parts {
		c.Parts[i].Chosen = c.Parts[i].Code == c.Code
	}
}

// waterYears lays out the months of each year of which anything is known, the
// latest first.
func waterYears(months, years []water.Result, this int) (rows []waterYearRow) {
	at := map[water.Slot]*water.Result{}
	first := this
	for _, list := range [][]water.Result{months, years} {
		for i := range list {
			at[list[i].Slot] = &list[i]
			first = min(first, list[i].Year)
		}
	}
	for y := this; y >= first; y-- {
		row := waterYearRow{Year: y}
		for m := 1; m <= 12; m++ {
			slot := water.MonthOf(y, m)
			cell := classCell(at[slot], slot.Name())
			cell.Href = fmt.Sprintf("?year=%d&part=m%d", y, m)
			row.Months = append(row.Months, cell)
		}
		row.Whole = classCell(at[water.YearOf(y)], water.YearOf(y).Name())
		row.Whole.Href = fmt.Sprintf("?year=%d&part=y", y)
		rows = append(rows, row)
	}
	return rows
}

// waterPeriod fills in the chosen period.
func (s *Server) waterPeriod(r *request, v *waterSectionView) error {
	slot, p := v.Choice.Slot, v.Place
	res, err := s.cfg.Water.Result(r.Context(), r.Caller, p.ID, slot)
	if err != nil {
		return err
	}
	v.Class, v.Attained = classCell(res, ""), stateView{"unknown", "未知"}
	if t := p.TargetOn(slot.Period().To); t.Class != 0 {
		v.Target, v.TargetFrom = t.Class.Name(), t.Document
	} else if !p.Source() {
		v.Attained = stateView{"plain", "无目标"}
	}
	values, err := s.cfg.Water.Values(r.Context(), r.Caller, p.ID, slot)
	if err != nil {
		return err
	}
	for _, x := range values {
		v.Values = append(v.Values, s.waterValueRow(x))
	}
	if res == nil {
		v.Why = "这个时段没有监测结果，水质未知"
		return nil
	}
	d := res.Detail()
	v.Attained, v.Rating, v.Main, v.Beyond = attainedState(res.Attained, res.State), d.Rating.Name, strings.Join(d.Main, "、"), strings.Join(d.Beyond, "、")
	v.Missing, v.Unjudged, v.Because, v.Citations, v.Results = d.Missing, d.Unjudged, d.Because, d.Citations, d.Results
	v.Unverified = res.Label() != ""
	if res.Issue != "" {
		v.Why = water.IssueText(res.Issue)
	}
	switch {
	case d.Trophic != "":
		v.Trophic = d.Trophic + "，TLI(Σ) " + d.TLI.Round(1)
	case d.TLIIssue != "":
		v.Trophic = "未知：" + water.IssueText(d.TLIIssue)
	}
	for _, f := range d.Flags {
		v.Flags = append(v.Flags, f.Text())
	}
	if res.Target != 0 {
		v.Target = res.Target.Name()
	}
	for _, i := range d.Items {
		v.Items = append(v.Items, s.waterItem(i, d.Body, res))
	}
	now := revisionOf(res)
	v.Revision = &now
	earlier, err := s.cfg.Water.ResultRevisions(r.Context(), r.Caller, p.ID, slot)
	for i := range earlier {
		v.Earlier = append(v.Earlier, revisionOf(&earlier[i]))
	}
	return err
}

// waterItem words an item of a result, with the limits that it is compared with.
func (s *Server) waterItem(i water.Item, body gb.Body, res *water.Result) waterItemRow {
	row := waterItemRow{
		Name: i.Name, Code: string(i.Item), Value: number(i.Value), Unit: waterUnit(i.Unit), Rated: i.Rated, Unverified: i.Label() != "", Inputs: i.Inputs,
		Halved: i.Halved, How: strings.Join(i.Because, "；"), Limit3: "—", LimitTarget: "—",
	}
	if i.Class.Known() {
		row.Class = classCell(&water.Result{State: water.Judged, Class: i.Class}, "")
	}
	if i.Issue != "" {
		row.Why = water.IssueText(i.Issue)
	}
	if i.Multiple.IsSet() {
		row.Multiple = significantMultiple(i.Multiple)
	}
	if i.Beyond.IsSet() {
		row.Beyond = significantMultiple(i.Beyond)
	}
	switch i.Verdict {
	case standard.Meets:
		row.State = stateView{"meets", "达标"}
	case standard.Exceeds:
		row.State = stateView{"exceeds", "超标"}
	}
	if body == "" {
		return row
	}
	on := res.Period().To
	l, _, issue := s.cfg.Water.Book().Limit(i.Item, body, gb.III, on)
	row.Limit3 = waterLimit(l, issue)
	if issue == "" {
		row.Citation = l.Citation.String()
	}
	if res.Target != 0 {
		l, _, issue = s.cfg.Water.Book().Limit(i.Item, body, res.Target, on)
		row.LimitTarget = waterLimit(l, issue)
	}
	return row
}

// significantMultiple writes by how many times a limit is exceeded: to one decimal,
// or as many as show it.
func significantMultiple(x standard.Exact) string {
	for digits := 1; digits < 4; digits++ {
		if text := x.Round(digits); strings.Trim(text, "0.") != "" {
			return text
		}
	}
	return x.Round(4)
}

func (s *Server) waterValueRow(x water.Value) waterValueRow {
	row := waterValueRow{ID: x.ID, On: x.On, Sample: x.Sample, Item: x.ItemName(s.cfg.Water.Book()), Text: x.Text(), Unit: x.Unit, Cell: x.Cell, Revision: strconv.FormatInt(x.Revision, 10)}
	if row.Unit == string(standard.Dimensionless) || x.State() {
		row.Unit = ""
	}
	if x.Doubt != "" {
		row.Doubt = water.IssueText(x.Doubt)
	}
	row.From = "更正（" + x.WhoName + "）"
	if x.Import != 0 {
		row.From = "导入"
	}
	return row
}

// revisionOf words a result with what made it.
func revisionOf(res *water.Result) waterRevision {
	d := res.Detail()
	v := waterRevision{
		Number: res.Revision, Class: classCell(res, ""), Attained: attainedState(res.Attained, res.State), Beyond: strings.Join(d.Beyond, "、"), At: res.ReckonedAt,
	}
	kind, id, _ := strings.Cut(res.Cause, "/")
	switch kind {
	case "import":
		v.CauseText, v.CauseH = "导入监测结果", "/water/import?id="+id
	case "value":
		id, _, _ = strings.Cut(id, "/")
		v.CauseText, v.CauseH = "更正数值", "/water/values/"+id
	case "entry":
		id, _, _ = strings.Cut(id, "/")
		v.CauseText, v.CauseH = "台账（断面或目标）变更", "/entries/"+id
	case "recompute":
		v.CauseText = "人工重新计算"
	}
	return v
}

// waterCurves lists the items that a curve can show.
func (s *Server) waterCurves(r *request, v *waterSectionView) {
	v.Curve = r.text("item")
	known := slices.ContainsFunc(v.Items, func(i waterItemRow) bool { return i.Code == v.Curve })
	if !known && len(v.Items) > 0 {
		v.Curve = v.Items[0].Code
		for _, want := range []string{"codmn", "nh3n"} {
			if slices.ContainsFunc(v.Items, func(i waterItemRow) bool { return i.Code == want }) {
				v.Curve = want
				break
			}
		}
	}
	for _, i := range v.Items {
		v.Curves = append(v.Curves, option{i.Code, i.Name, i.Code == v.Curve})
	}
	if v.Curve != "" {
		v.CurveSrc = fmt.Sprintf("/water/sections/%d/curve?item=%s", v.Place.ID, v.Curve)
	}
}

// countyName gives the names of divisions.
func (s *Server) countyName(d access.Division) string { return s.cfg.Divisions.NameOf(d) }
