package web

import (
	"net/http"
	"strings"

	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
	"pingzhang/internal/warning"
)

type warningHourRow struct {
	Hour, Measure, Arithmetic, Why string
	Verdict                        stateView
	Class                          string
	Href                           string // page of the point, at this hour
	Revised                        bool
}

type warningLineView struct {
	Line, Measure, Expect, Cut string
}

// warningFirmBody is what the pages of the bureau and of the firm show of one
// firm in one phase.
type warningFirmBody struct {
	Answer     warning.Answer
	Firm       warning.Firm
	Division   string
	Level      levelView
	From, Due  string
	To         string
	AnswerDue  string
	Reply      string
	ReplyLate  bool
	Verdict    stateView
	Online     stateView
	Site       bool
	Lines      []warningLineView
	Hours      []warningHourRow
	Replies    []warning.Replied
	Checks     []warningCheckView
	Measures   string // asked for by the bureau
	AnswerSpan string
	Legal      string
	Errors     map[string]string
	Problem    string
	Allowed    string
	Text       string // of a reply that was refused
	Confirmed  bool
}

type warningCheckView struct {
	warning.Checked
	View stateView
}

type warningFirmPage struct {
	shell
	warningFirmBody
	Href     string
	CanCheck bool
	Checked  string // moment of the form
	Reason   string
}

// warningFirm shows a firm: what it owes, what it answered, every hour that was
// checked with its arithmetic and the way back to the readings.
func (s *Server) warningFirm(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	return s.warningFirmPage(w, r, http.StatusOK, id, warningFirmPage{})
}

func (s *Server) warningFirmPage(w http.ResponseWriter, r *request, status int, id int64, v warningFirmPage) error {
	a, err := s.cfg.Warning.Answer(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	if r.Caller.Scope.Enterprise != 0 {
		http.Redirect(w, r.Request, "/warnings/"+itoa(a.Warning)+"/mine", http.StatusSeeOther)
		return nil
	}
	one, err := s.cfg.Warning.Warning(r.Context(), r.Caller, a.Warning)
	if err != nil {
		return err
	}
	if err := s.warningFirmBody(r, a, &v.warningFirmBody); err != nil {
		return err
	}
	v.Href = "/warnings/" + itoa(one.ID)
	v.shell = s.shell(r, v.Firm.Name, "/warnings", link{"重污染预警", "/warnings"}, link{one.Title, v.Href})
	v.CanCheck = r.Caller.May("warning.check") && a.Online == warning.Unknown && !one.Over()
	if v.Checked == "" {
		v.Checked = r.Now.Format(formTime)
	}
	return s.renderStatus(w, r, status, "warning_firm", v)
}

func (s *Server) warningFirmBody(r *request, a warning.Answer, v *warningFirmBody) error {
	phases, err := s.cfg.Warning.Phases(r.Context(), r.Caller, a.Warning)
	if err != nil {
		return err
	}
	v.Answer, v.Firm, v.Division = a, a.Firm(), s.cfg.Divisions.NameOf(a.Division)
	for _, p := range phases {
		if p.ID == a.Phase {
			v.Level, v.From, v.Due, v.To, v.Measures, v.Legal = levelOf(p.Level), stampOf(p.StartsAt), stampOf(p.DueAt), stampOf(p.EndedAt), p.Measures, s.cfg.Warning.Legal(r.Now)
		}
	}
	v.AnswerDue, v.Reply, v.ReplyLate = stampOf(a.AnswerDueAt), a.Reply(r.Now), a.AnsweredAt == 0 && r.Now.Unix() > a.AnswerDueAt
	v.Verdict, v.Online, v.Site = verdictView(a.Verdict), verdictView(a.Online), a.Verdict != a.Online
	v.Allowed = "." + strings.Join(matter.Allowed(), ",.")
	v.AnswerSpan = spell(s.cfg.Warning.Settings().AnswerWithin)
	for _, l := range v.Firm.Lines {
		lv := warningLineView{Line: l.Unit, Measure: l.Measure(), Expect: "不能用在线数据核查，由现场核查"}
		if l.Expect != nil {
			lv.Expect = l.Expect.Text()
		}
		var cuts []string
		for i, p := range warning.Pollutants {
			if l.Cut[i].IsSet() {
				cuts = append(cuts, p+" "+l.Cut[i].String())
			}
		}
		if lv.Cut = strings.Join(cuts, "，"); lv.Cut == "" {
			lv.Cut = "未写"
		}
		v.Lines = append(v.Lines, lv)
	}
	hours, err := s.cfg.Warning.Hours(r.Context(), r.Caller, a.ID)
	if err != nil {
		return err
	}
	for i := range hours {
		h := hours[len(hours)-1-i]
		row := warningHourRow{Hour: hourName(h.At), Arithmetic: h.Arithmetic, Why: h.Why, Verdict: verdictView(h.Verdict), Href: spanHref(h.Point, h.Factor, h.At), Revised: h.Revision > 1}
		row.Class = row.Verdict.Class
		if int(h.Item) < len(v.Firm.Lines) {
			row.Measure = v.Firm.Lines[h.Item].Measure()
		}
		v.Hours = append(v.Hours, row)
	}
	var checks []warning.Checked
	v.Replies, checks, err = s.cfg.Warning.Trail(r.Context(), r.Caller, a.ID)
	for _, c := range checks {
		v.Checks = append(v.Checks, warningCheckView{c, verdictView(c.Verdict)})
	}
	return err
}

// warningCheck takes a check on the site.
func (s *Server) warningCheck(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	if err := parseForm(r); err != nil {
		return err
	}
	c := warning.Checked{Verdict: warning.Verdict(r.text("verdict")), Reason: r.text("reason")}
	if t := r.date("checked"); !t.IsZero() {
		c.CheckedAt = t.Unix()
	}
	files, err := s.keepFiles(r)
	if err == nil {
		err = s.cfg.Warning.CheckOnSite(r.Context(), r.Caller, id, r.int("version"), c, files)
	}
	if formAgain(err) || fault.Is(err, fault.Conflict) {
		v := warningFirmPage{Checked: r.text("checked"), Reason: c.Reason}
		v.Errors, v.Problem = fault.FieldsOf(err), fault.Text(err)
		return s.warningFirmPage(w, r, http.StatusUnprocessableEntity, id, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/warning-answers/"+itoa(id), "已保存现场核查：应急减排措施"+c.Verdict.Label())
}

type warningMinePage struct {
	shell
	Warning string
	Status  string
	Area    string
	Parts   []warningFirmBody // the last phase first
	CanSay  bool
}

// warningMine is the page of a firm: what it is asked to do, and the form to
// answer with.
func (s *Server) warningMine(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	return s.warningMinePage(w, r, http.StatusOK, id, nil)
}

// warningMinePage shows the page; refused is a reply that was not taken.
func (s *Server) warningMinePage(w http.ResponseWriter, r *request, status int, id int64, refused *warningFirmBody) error {
	one, err := s.cfg.Warning.Warning(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	if r.Caller.Scope.Enterprise == 0 {
		http.Redirect(w, r.Request, "/warnings/"+itoa(id), http.StatusSeeOther)
		return nil
	}
	phases, err := s.cfg.Warning.Phases(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	v := warningMinePage{shell: s.shell(r, one.Title, "/warnings", link{"重污染预警", "/warnings"}), Warning: one.Title, Status: one.Status(), Area: s.areaText(one),
		CanSay: r.Caller.May("warning.answer") && !one.Over()}
	for i := range phases {
		p := phases[len(phases)-1-i]
		all, err := s.cfg.Warning.Answers(r.Context(), r.Caller, id, warning.AnswerQuery{Phase: p.ID})
		if err != nil {
			return err
		}
		for _, a := range all {
			var b warningFirmBody
			if refused != nil && refused.Answer.ID == a.ID {
				b = *refused
			}
			if err := s.warningFirmBody(r, a, &b); err != nil {
				return err
			}
			v.Parts = append(v.Parts, b)
		}
	}
	return s.renderStatus(w, r, status, "warning_mine", v)
}

// warningReply takes what a firm answers.
func (s *Server) warningReply(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	if err := parseForm(r); err != nil {
		return err
	}
	a, err := s.cfg.Warning.Answer(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	files, err := s.keepFiles(r)
	if err == nil && r.text("confirmed") == "" {
		err = fault.Fields(map[string]string{"confirmed": "请选择措施是否已经落实"})
	}
	if err == nil {
		err = s.cfg.Warning.Respond(r.Context(), r.Caller, id, r.int("version"), r.text("confirmed") == "yes", r.text("text"), files)
	}
	if formAgain(err) || fault.Is(err, fault.Conflict) {
		refused := warningFirmBody{Answer: a, Errors: fault.FieldsOf(err), Problem: fault.Text(err), Text: r.text("text"), Confirmed: r.text("confirmed") == "yes"}
		return s.warningMinePage(w, r, http.StatusUnprocessableEntity, a.Warning, &refused)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/warnings/"+itoa(a.Warning)+"/mine", "已收到您的反馈")
}
