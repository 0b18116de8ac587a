package web

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
	"pingzhang/internal/warning"
	aqi "pingzhang/standard/air"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// formFile opens the file of a form.
//
// The error is fault.Invalid where none was chosen.
func formFile(r *request) (f io.ReadCloser, name string, err error) {
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 {
		return nil, "", fault.New(fault.Invalid, "请选择要导入的文件（CSV 或 XLSX）")
	}
	h := r.MultipartForm.File["file"][0]
	f, err = h.Open()
	return f, h.Filename, err
}

type warningEvent struct {
	Text, Reason, Who string
	At                int64
	Class             string
	Files             []warning.File
}

type warningPhaseView struct {
	N             int64
	Level         levelView
	From, Due, To string
	Measures      string
	Edition       string
	EditionHref   string
	Chosen        bool
	Href          string
}

type warningFirmRow struct {
	Href, Name, Grade, Division string
	Measures                    []string
	Reply                       string
	ReplyLate                   bool
	Verdict                     stateView
	Site                        bool
	Why                         string
	Matter, Finding             int64
}

type warningPlan struct {
	Levels        []option
	CanLift, Lift bool
	Starts, Due   string
	Measures      string
	Reason        string
}

type warningActView struct {
	Act, Label string
	Primary    bool
}

type warningViewPage struct {
	shell
	W           warning.Warning
	Level       levelView
	Status      string
	Change      string
	Area        string
	Steps       []warningStep
	Phases      []warningPhaseView
	Events      []warningEvent
	Proposals   []*proposalView
	Acts        []warningActView // but Submit and Evaluate
	CanSubmit   bool
	CanEvaluate bool
	Own         bool // the caller put the change forward and so cannot approve it
	Plan        warningPlan
	Errors      map[string]string
	Problem     string
	Lead        string // why the start is not as early as it should be
	Firms       []warningFirmRow
	FirmTotal   int
	Counts      []stateCount
	Filters     []option
	Filter      string
	NoList      bool
	Legal       string
	Evaluation  *warning.Evaluation
	Twins       []warningTwin
	Preview     bool
	CanRecheck  bool
	Allowed     string
}

type warningTwin struct{ Place, On, Foretold, Made, Measured, Primary string }

type warningStep struct{ Name, Class string }

// warningView shows a warning with its history, its firms and what may be done.
func (s *Server) warningView(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	if r.Caller.Scope.Enterprise != 0 {
		http.Redirect(w, r.Request, "/warnings/"+itoa(id)+"/mine", http.StatusSeeOther)
		return nil
	}
	return s.warningPage(w, r, http.StatusOK, id, warningViewPage{})
}

func (s *Server) warningPage(w http.ResponseWriter, r *request, status int, id int64, v warningViewPage) error {
	one, err := s.cfg.Warning.Warning(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	v.shell = s.shell(r, one.Title, "/warnings", link{"重污染预警", "/warnings"})
	v.W, v.Level, v.Status, v.Change, v.Area = one, levelOf(one.Level), one.Status(), one.Change(), s.areaText(one)
	if one.State == warning.Open {
		v.Level = levelOf(one.Target)
	}
	v.Allowed = "." + strings.Join(matter.Allowed(), ",.")
	v.Steps, v.Legal = warningSteps(one), s.cfg.Warning.Legal(r.Now)
	s.warningActs(r, &v)
	for _, part := range []func(*request, *warningViewPage) error{s.warningPhases, s.warningHistory, s.warningFirms, s.warningEvaluation} {
		if err := part(r, &v); err != nil {
			return err
		}
	}
	return s.renderStatus(w, r, status, "warning", v)
}

// warningSteps is the way of a warning, with where it stands.
func warningSteps(w warning.Warning) []warningStep {
	names := []string{"建议", "报批", "批准", "发布", "解除", "评估"}
	at := map[warning.Step]int{warning.Proposed: 0, warning.Returned: 0, warning.Pending: 1, warning.Approved: 2}[w.Step]
	switch w.State {
	case warning.Published:
		at = 3
	case warning.Lifted:
		at = 4
	case warning.Evaluated:
		at = 6
	}
	all := make([]warningStep, len(names))
	for i, n := range names {
		all[i] = warningStep{n, ""}
		switch {
		case w.State == warning.Dropped:
		case i < at || w.State == warning.Lifted && i == at:
			all[i].Class = "done"
		case i == at:
			all[i].Class = "current"
		}
	}
	return all
}

// warningActs fills in what the caller may do, and the plan of a change.
func (s *Server) warningActs(r *request, v *warningViewPage) {
	w := v.W
	for _, a := range w.Acts(r.Caller) {
		switch a {
		case warning.Submit:
			v.CanSubmit = true
		case warning.Evaluate:
			v.CanEvaluate = true
		default:
			v.Acts = append(v.Acts, warningActView{string(a), a.Label(), a == warning.Approve || a == warning.Publish})
		}
	}
	v.Own = w.Step == warning.Pending && r.Caller.May("warning.approve") && w.DraftedBy == r.Caller.Login
	v.CanRecheck = r.Caller.May("warning.draft") && (w.State == warning.Published || w.State == warning.Lifted)
	settings := s.cfg.Warning.Settings()
	if v.Plan.Levels == nil {
		level, starts := w.Target, w.StartsAt
		if w.State == warning.Published && w.Step == warning.NoStep {
			level, starts = w.Level, 0
		}
		v.Plan = warningPlan{Levels: levelOptions(level), Starts: minuteOf(starts), Due: minuteOf(w.DueAt), Measures: w.Measures, Lift: w.State == warning.Published && w.Step == warning.Returned && w.Target == aqi.NoWarning}
		if starts == 0 {
			v.Plan.Starts, v.Plan.Due = r.Now.Add(settings.Lead).Truncate(time.Hour).Format(formTime), ""
		}
	}
	v.Plan.CanLift = w.State == warning.Published
	if w.Step == warning.Pending || w.Step == warning.Approved {
		if w.Target != aqi.NoWarning && w.StartsAt-r.Now.Unix() < int64(settings.Lead/time.Second) {
			v.Lead = "距起始时间不足 " + spell(settings.Lead) + "：原则上提前 " + spell(settings.Lead) + "发布"
		}
	}
}

func (s *Server) warningPhases(r *request, v *warningViewPage) error {
	all, err := s.cfg.Warning.Phases(r.Context(), r.Caller, v.W.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	names := map[int64]string{}
	if r.Caller.May("warning.list") {
		lists, err := s.cfg.Warning.Lists(r.Context(), r.Caller)
		if err != nil {
			return err
		}
		for _, l := range lists {
			names[l.ID] = l.Name()
		}
	}
	if v.W.State == warning.Lifted || v.W.State == warning.Evaluated {
		v.Level = levelOf(highest(all)) // what it was
	}
	wanted := r.int("phase")
	if wanted == 0 {
		wanted = all[len(all)-1].N
	}
	for _, p := range all {
		pv := warningPhaseView{N: p.N, Level: levelOf(p.Level), From: stampOf(p.StartsAt), Due: stampOf(p.DueAt), To: stampOf(p.EndedAt), Measures: p.Measures,
			Edition: names[p.Edition], Chosen: p.N == wanted, Href: "/warnings/" + itoa(v.W.ID) + "?phase=" + itoa(p.N)}
		if pv.Edition != "" {
			pv.EditionHref = "/warning-lists/" + itoa(p.Edition)
		}
		if p.N == wanted {
			v.NoList = p.Edition == 0
		}
		v.Phases = append(v.Phases, pv)
	}
	return nil
}

func (s *Server) warningHistory(r *request, v *warningViewPage) error {
	events, err := s.cfg.Warning.Events(r.Context(), r.Caller, v.W.ID)
	if err != nil {
		return err
	}
	for i := range events {
		e := &events[len(events)-1-i]
		class := map[string]string{"publish": "meets", "return": "exceeds", "drop": "muted"}[e.Act]
		v.Events = append(v.Events, warningEvent{e.Text, e.Reason, e.WhoName, e.At, class, e.Files})
	}
	all, err := s.cfg.Warning.Proposals(r.Context(), r.Caller, v.W.ID)
	for _, p := range all {
		v.Proposals = append(v.Proposals, s.proposalOf(p))
	}
	return err
}

// warningFilters are the filters of the firms.
var warningFilters = []option{{"", "全部", false}, {"unmet", "未落实", false}, {"unknown", "未知", false}, {"met", "落实", false}, {"pending", "待核查", false}, {"silent", "未反馈", false}}

func (s *Server) warningFirms(r *request, v *warningViewPage) error {
	if len(v.Phases) == 0 {
		return nil
	}
	phases, err := s.cfg.Warning.Phases(r.Context(), r.Caller, v.W.ID)
	if err != nil {
		return err
	}
	phase := phases[0].ID
	for i, p := range v.Phases {
		if p.Chosen {
			phase = phases[i].ID
		}
	}
	all, err := s.cfg.Warning.Answers(r.Context(), r.Caller, v.W.ID, warning.AnswerQuery{Phase: phase})
	if err != nil {
		return err
	}
	v.Filter, v.FirmTotal = r.text("show"), len(all)
	counts := map[string]int{"": len(all)}
	for _, a := range all {
		counts[string(a.Verdict)]++
		if a.AnsweredAt == 0 {
			counts["silent"]++
		}
		if v.Filter != "" && v.Filter != string(a.Verdict) && !(v.Filter == "silent" && a.AnsweredAt == 0) {
			continue
		}
		v.Firms = append(v.Firms, s.warningFirmRow(r, a))
	}
	for _, f := range warningFilters {
		q := url.Values{"show": {f.Code}}
		if n := r.text("phase"); n != "" {
			q.Set("phase", n)
		}
		v.Filters = append(v.Filters, option{"?" + q.Encode() + "#firms", f.Name + " " + strconv.Itoa(counts[f.Code]), f.Code == v.Filter})
	}
	return nil
}

func (s *Server) warningFirmRow(r *request, a warning.Answer) warningFirmRow {
	f := a.Firm()
	row := warningFirmRow{
		Href: "/warning-answers/" + itoa(a.ID), Name: f.Name, Grade: f.Grade, Division: s.cfg.Divisions.NameOf(a.Division), Reply: a.Reply(r.Now),
		ReplyLate: a.AnsweredAt == 0 && r.Now.Unix() > a.AnswerDueAt, Verdict: verdictView(a.Verdict), Site: a.Verdict != a.Online, Why: a.Why, Matter: a.Matter, Finding: a.Finding,
	}
	for _, l := range f.Lines {
		row.Measures = append(row.Measures, strings.TrimSpace(l.Unit+" "+l.Measure()))
	}
	return row
}

func (s *Server) warningEvaluation(r *request, v *warningViewPage) error {
	var e warning.Evaluation
	var err error
	switch v.W.State {
	case warning.Evaluated:
		e, err = s.cfg.Warning.Evaluation(r.Context(), r.Caller, v.W.ID)
	case warning.Lifted:
		v.Preview = true
		e, err = s.cfg.Warning.Preview(r.Context(), r.Caller, v.W.ID)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	v.Evaluation = &e
	for _, d := range e.Days {
		v.Twins = append(v.Twins, warningTwin{s.cfg.Divisions.NameOf(d.Division), string(d.On), d.Foretold, stampOf(d.Made), d.Measured, d.Primary})
	}
	return nil
}

// warningMove takes a step.
func (s *Server) warningMove(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	if err := parseForm(r); err != nil {
		return err
	}
	if r.Caller.Scope.Enterprise != 0 {
		return fault.New(fault.Denied, "排污单位不能办理预警")
	}
	act := warning.Act(r.text("act"))
	p := warning.Plan{Level: aqi.WarningLevel(r.text("level")), StartsAt: r.date("starts"), DueAt: r.date("due"), Measures: r.text("measures"), Reason: r.text("reason")}
	if p.Level == "lift" {
		p.Level = aqi.NoWarning
	}
	if act.Label() == "" {
		return fault.New(fault.Invalid, "没有“%s”这个办理动作，请回到预警页面重新选择", act)
	}
	if err := r.Caller.Must(act.Needs()); err != nil {
		return err
	}
	if act == warning.Evaluate {
		err = s.cfg.Warning.Evaluate(detached(r), r.Caller, id, r.int("version"), p.Reason)
	} else {
		var files []matter.Evidence
		if files, err = s.keepFiles(r); err == nil {
			err = s.cfg.Warning.Move(r.Context(), r.Caller, id, r.int("version"), act, p, files)
		}
	}
	if formAgain(err) || fault.Is(err, fault.Conflict) {
		v := warningViewPage{Errors: fault.FieldsOf(err), Problem: fault.Text(err)}
		v.Plan = warningPlan{Levels: levelOptions(p.Level), Lift: r.text("level") == "lift", Starts: r.text("starts"), Due: r.text("due"), Measures: p.Measures, Reason: p.Reason}
		status := http.StatusUnprocessableEntity
		if fault.Is(err, fault.Conflict) {
			status = http.StatusConflict
		}
		return s.warningPage(w, r, status, id, v)
	}
	if err != nil {
		return err
	}
	s.cfg.Live.Tell("notice")
	return seeOther(w, r, "/warnings/"+itoa(id), "已"+act.Label())
}

// warningRecheck checks every hour of the firms again.
func (s *Server) warningRecheck(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	if err := s.cfg.Warning.Recheck(detached(r), r.Caller, id); err != nil {
		return err
	}
	return seeOther(w, r, "/warnings/"+itoa(id)+"#firms", "已按现有数据重新核查")
}

// warningSheet sends the evaluation as a workbook: the frozen one, or how it would
// be now.
func (s *Server) warningSheet(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	one, err := s.cfg.Warning.Warning(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	e, err := s.cfg.Warning.Evaluation(r.Context(), r.Caller, id)
	name := one.Title + "评估"
	if fault.Is(err, fault.NotFound) {
		e, err = s.cfg.Warning.Preview(r.Context(), r.Caller, id)
		name = one.Title + "落实情况（未评估）"
	}
	if err != nil {
		return err
	}
	return workbook(w, name, func(out io.Writer) error { return e.WriteXLSX(out, s.cfg.Divisions.NameOf) })
}
