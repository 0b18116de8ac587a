package web

import (
	"net/http"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/internal/warning"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// historyShown is how many warnings the console lists.
const historyShown = 30

// warningCard is a warning on the console.
type warningCard struct {
	ID                          int64
	Href, Title, Area, Status   string
	Level                       levelView // in force, or of the change where none is
	Change                      string
	Since, Due                  string
	Firms, Answered             int
	Met, Unmet, Unknown, Silent int
}

// forecastDay is a day of the strip.
type forecastDay struct {
	Date, Day, Weekday string
	AQI                string
	Level              airLevel
	Primary, Event     string
	Source             string
	Forecast, Today    bool
}

type proposalView struct {
	Kind, Why, At        string
	Level                levelView
	Asks                 bool
	Other                string
	Citation, Mark       string
	Rows                 []string // of the standard that it rests on
	Notices, UnknownDays []string
	Days                 []warning.Day
	CanDraft             bool
	Draft                string // href of the warning being prepared
}

type forecastRevision struct {
	On, Range, Primary, Event, Source, Note, Who string
	At                                           int64
	Revision                                     int64
	Latest, Withdrawn                            bool
}

type warningConsoleView struct {
	shell
	Enterprise bool
	InForce    []warningCard
	Preparing  []warningCard
	Places     []option
	Place      string
	PlaceName  string
	Strip      []forecastDay
	Proposal   *proposalView
	CanDraft   bool
	Today      string
	Form       warning.Forecast
	FormRange  string
	Errors     map[string]string
	Problem    string
	Events     []string
	Imported   *warning.Imported
	Problems   []sheet.Problem
	Revisions  []forecastRevision
	History    []warningCard
	Settings   []warning.Setting
	Draft      warningDraftForm
}

// warningDraftForm is the form in which a person drafts a warning.
type warningDraftForm struct {
	Levels []option
	Areas  []option
	Reason string
	Errors map[string]string
	Open   bool
}

// warningConsole shows the state now, the forecast, what the rules come to, and
// the warnings before.
func (s *Server) warningConsole(w http.ResponseWriter, r *request) error {
	return s.warningConsolePage(w, r, http.StatusOK, warningConsoleView{})
}

func (s *Server) warningConsolePage(w http.ResponseWriter, r *request, status int, v warningConsoleView) error {
	v.shell = s.shell(r, "重污染预警", "/warnings")
	v.Enterprise, v.CanDraft, v.Today = r.Caller.Scope.Enterprise != 0, r.Caller.May("warning.draft"), r.Now.Format(time.DateOnly)
	v.Events, v.Settings = warning.Events, s.settingsShown()
	if err := s.warningCards(r, &v); err != nil {
		return err
	}
	if !v.Enterprise {
		if err := s.warningOutlook(r, &v); err != nil {
			return err
		}
	}
	if v.Draft.Levels == nil {
		v.Draft.Levels = levelOptions(aqi.Yellow)
		for _, p := range v.Places {
			v.Draft.Areas = append(v.Draft.Areas, option{p.Code, p.Name, p.Code == v.Place})
		}
	}
	if v.Imported != nil {
		v.Problems = v.Imported.Problems[:min(len(v.Imported.Problems), airProblems)]
	}
	return s.renderStatus(w, r, status, "warning_console", v)
}

func (s *Server) settingsShown() []warning.Setting {
	settings := s.cfg.Warning.Settings()
	return settings.All()
}

// warningCards fills in the warnings in force, those being prepared and the
// others.
func (s *Server) warningCards(r *request, v *warningConsoleView) error {
	all, err := s.cfg.Warning.Warnings(r.Context(), r.Caller, warning.Query{N: historyShown})
	if err != nil {
		return err
	}
	for _, one := range all {
		c, err := s.warningCard(r, one)
		if err != nil {
			return err
		}
		switch one.State {
		case warning.Published:
			v.InForce = append(v.InForce, c)
		case warning.Open:
			v.Preparing = append(v.Preparing, c)
		default:
			v.History = append(v.History, c)
		}
	}
	return nil
}

func (s *Server) warningCard(r *request, one warning.Warning) (c warningCard, err error) {
	c = warningCard{ID: one.ID, Href: warningHref(r, one.ID), Title: one.Title, Area: s.areaText(one), Status: one.Status(), Change: one.Change(), Level: levelOf(one.Level), Since: stampOf(one.MovedAt)}
	if one.State == warning.Open {
		c.Level = levelOf(one.Target)
	}
	if one.State != warning.Published && one.State != warning.Lifted && one.State != warning.Evaluated {
		return c, nil
	}
	phases, err := s.cfg.Warning.Phases(r.Context(), r.Caller, one.ID)
	if err != nil || len(phases) == 0 {
		return c, err
	}
	last := phases[len(phases)-1]
	c.Since, c.Due = stampOf(last.StartsAt), stampOf(last.DueAt)
	if one.State != warning.Published {
		c.Level = levelOf(highest(phases))
		c.Since = stampOf(phases[0].StartsAt)
	}
	answers, err := s.cfg.Warning.Answers(r.Context(), r.Caller, one.ID, warning.AnswerQuery{})
	for _, a := range answers {
		c.Firms++
		if a.AnsweredAt != 0 {
			c.Answered++
		} else {
			c.Silent++
		}
		switch a.Verdict {
		case warning.Met:
			c.Met++
		case warning.Unmet:
			c.Unmet++
		default:
			c.Unknown++
		}
	}
	return c, err
}

// highest is the highest level that a warning had.
func highest(phases []warning.Phase) (level aqi.WarningLevel) {
	for _, p := range phases {
		if p.Level.Above(level) {
			level = p.Level
		}
	}
	return level
}

// warningHref is the page of a warning for the caller: an enterprise has its own.
func warningHref(r *request, id int64) string {
	href := "/warnings/" + itoa(id)
	if r.Caller.Scope.Enterprise != 0 {
		href += "/mine"
	}
	return href
}

// warningOutlook fills in the forecast of the chosen place and what the rules come
// to.
func (s *Server) warningOutlook(r *request, v *warningConsoleView) error {
	chosen, places, err := s.warningPlaces(r, r.text("place"))
	if err != nil || chosen.Code == "" {
		return err
	}
	v.Places, v.Place, v.PlaceName = places, string(chosen.Code), chosen.Name
	p, err := s.cfg.Warning.Propose(r.Context(), r.Caller, chosen.Code)
	if err != nil {
		return err
	}
	v.Strip = s.strip(p)
	v.Proposal = s.proposalOf(p)
	v.Proposal.CanDraft = v.CanDraft && p.Kind == warning.ProposeIssue
	all, err := s.cfg.Warning.Warnings(r.Context(), r.Caller, warning.Query{States: []warning.State{warning.Open}})
	if err != nil {
		return err
	}
	for _, one := range all {
		for _, d := range one.Areas {
			if d == chosen.Code {
				v.Proposal.Draft, v.Proposal.CanDraft = "/warnings/"+itoa(one.ID), false
			}
		}
	}
	revisions, err := s.cfg.Warning.ForecastHistory(r.Context(), r.Caller, chosen.Code, dayOn(r.Now))
	for i, f := range revisions {
		v.Revisions = append(v.Revisions, forecastRevision{
			On: string(f.On), Range: f.Range(), Primary: f.Primary, Event: f.Event, Source: f.Source, Note: f.Note, Who: f.WhoName, At: f.At, Revision: f.Revision,
			Latest: i == 0 || revisions[i-1].On != f.On, Withdrawn: f.Withdrawn,
		})
	}
	return err
}

var weekdayNames = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// strip shows the days of a proposal, one beside the other.
func (s *Server) strip(p warning.Proposal) (all []forecastDay) {
	for _, d := range p.Days {
		t := timeOn(d.On)
		f := forecastDay{Date: string(d.On), Day: t.Format("1月2日"), Weekday: weekdayNames[t.Weekday()], AQI: d.Text, Primary: d.Primary, Event: d.Event, Source: d.Source, Forecast: d.Forecast, Today: d.On == p.On}
		f.Level = airLevel{0, "未知"}
		if l := s.cfg.Warning.LevelOf(d.On, d.AQI); l.Number != 0 {
			f.Level = airLevel{int64(l.Number), l.Category}
		}
		all = append(all, f)
	}
	return all
}

// proposalOf shows a proposal with all that it rests on.
func (s *Server) proposalOf(p warning.Proposal) *proposalView {
	v := &proposalView{Kind: p.Kind.Label(), Why: p.Why, Level: levelOf(p.Level), Asks: p.Kind.Asks(), Days: p.Days, At: stampOf(p.At)}
	if p.Kind == warning.ProposeUnknown {
		v.Level = levelView{"unknown", p.Kind.Label()}
	}
	if p.Kind == warning.ProposeLift || p.Kind == warning.ProposeNotice || p.Kind == warning.ProposeNone {
		v.Level = levelView{"none", p.Kind.Label()}
	}
	if p.Differs {
		v.Other = "按预报区间的另一端研判为：" + p.Other.Name()
	}
	c := p.Basis.Citation
	v.Citation = c.String()
	if !p.Basis.Verified() {
		v.Mark = "待核实"
	}
	for _, ref := range p.Basis.Refs {
		v.Rows = append(v.Rows, ref.Key)
	}
	for _, n := range p.Warn.Notices {
		v.Notices = append(v.Notices, string(n.On)+"（AQI "+itoa(int64(n.AQI))+"）："+n.Why)
	}
	for _, d := range p.Warn.Unknown {
		v.UnknownDays = append(v.UnknownDays, string(d))
	}
	return v
}

// warningForetell takes a forecast.
func (s *Server) warningForetell(w http.ResponseWriter, r *request) error {
	f := warning.Forecast{Division: access.Division(r.text("place")), On: standard.Date(r.text("on")), Event: r.text("event"), Source: r.text("source"), Note: r.text("note")}
	wrong := map[string]string{}
	var bad string
	if f.Low, f.High, bad = warning.ReadRange(r.text("aqi")); bad != "" {
		wrong["aqi"] = bad
	}
	if f.Primary, bad = warning.ReadPollutants(r.text("primary")); bad != "" {
		wrong["primary"] = bad
	}
	err := fault.Fields(wrong)
	if err == nil {
		_, err = s.cfg.Warning.Foretell(r.Context(), r.Caller, f)
	}
	if formAgain(err) {
		f.Primary = r.text("primary")
		return s.warningConsolePage(w, r, http.StatusUnprocessableEntity, warningConsoleView{Form: f, FormRange: r.text("aqi"), Errors: fault.FieldsOf(err), Problem: fault.Text(err)})
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/warnings?place="+string(f.Division), "已保存 "+string(f.On)+" 的预报")
}

// warningUntell takes a forecast back.
func (s *Server) warningUntell(w http.ResponseWriter, r *request) error {
	d := access.Division(r.text("place"))
	err := s.cfg.Warning.WithdrawForecast(r.Context(), r.Caller, d, standard.Date(r.text("on")), r.text("note"))
	if formAgain(err) {
		text := fault.Text(err)
		for _, t := range fault.FieldsOf(err) {
			text = t
		}
		return s.warningConsolePage(w, r, http.StatusUnprocessableEntity, warningConsoleView{Problem: text})
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/warnings?place="+string(d), "已撤回预报，原内容保留在修订记录中")
}

// warningForecastImport takes a file of forecasts. A file that comes again changes
// nothing.
func (s *Server) warningForecastImport(w http.ResponseWriter, r *request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	var in warning.Imported
	f, name, err := formFile(r)
	if err == nil {
		defer f.Close()
		in, err = s.cfg.Warning.ImportForecasts(detached(r), r.Caller, name, r.text("source"), f)
	}
	if formAgain(err) {
		return s.warningConsolePage(w, r, http.StatusUnprocessableEntity, warningConsoleView{Problem: fault.Text(err)})
	}
	if err != nil {
		return err
	}
	return s.warningConsolePage(w, r, http.StatusOK, warningConsoleView{Imported: &in})
}

// warningDraft puts a warning on record as 建议.
func (s *Server) warningDraft(w http.ResponseWriter, r *request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	var areas []access.Division
	for _, a := range r.Form["areas"] {
		areas = append(areas, access.Division(a))
	}
	level := aqi.WarningLevel(r.text("level"))
	id, err := s.cfg.Warning.Draft(r.Context(), r.Caller, areas, level, r.text("reason"))
	if formAgain(err) || fault.Is(err, fault.Conflict) {
		form := warningDraftForm{Levels: levelOptions(level), Reason: r.text("reason"), Errors: fault.FieldsOf(err), Open: true}
		for _, p := range s.cfg.Divisions.Within(r.Caller.Scope) {
			form.Areas = append(form.Areas, option{string(p.Code), p.Name, r.chosen("areas", string(p.Code))})
		}
		return s.warningConsolePage(w, r, http.StatusUnprocessableEntity, warningConsoleView{Draft: form, Problem: fault.Text(err)})
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/warnings/"+itoa(id), "已列为建议；请填写方案后报请批准")
}
