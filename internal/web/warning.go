package web

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
	"pingzhang/internal/warning"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Warning keeps warnings for heavy pollution: warning.Store does.
type Warning interface {
	Settings() warning.Settings
	Legal(at time.Time) string
	LevelOf(on standard.Date, index int) aqi.Level
	Foretell(ctx context.Context, by access.Caller, f warning.Forecast) (warning.Forecast, error)
	WithdrawForecast(ctx context.Context, by access.Caller, d access.Division, on standard.Date, reason string) error
	ForecastHistory(ctx context.Context, by access.Caller, d access.Division, from standard.Date) ([]warning.Forecast, error)
	ImportForecasts(ctx context.Context, by access.Caller, name, source string, r io.Reader) (warning.Imported, error)
	Propose(ctx context.Context, by access.Caller, d access.Division) (warning.Proposal, error)
	Proposals(ctx context.Context, by access.Caller, id int64) ([]warning.Proposal, error)
	Warnings(ctx context.Context, by access.Caller, q warning.Query) ([]warning.Warning, error)
	Warning(ctx context.Context, by access.Caller, id int64) (warning.Warning, error)
	Phases(ctx context.Context, by access.Caller, id int64) ([]warning.Phase, error)
	Events(ctx context.Context, by access.Caller, id int64) ([]warning.Event, error)
	Draft(ctx context.Context, by access.Caller, areas []access.Division, level aqi.WarningLevel, reason string) (int64, error)
	Move(ctx context.Context, by access.Caller, id, version int64, act warning.Act, p warning.Plan, files []matter.Evidence) error
	Evaluate(ctx context.Context, by access.Caller, id, version int64, summary string) error
	Preview(ctx context.Context, by access.Caller, id int64) (warning.Evaluation, error)
	Evaluation(ctx context.Context, by access.Caller, id int64) (warning.Evaluation, error)
	Recheck(ctx context.Context, by access.Caller, id int64) error
	Answers(ctx context.Context, by access.Caller, id int64, q warning.AnswerQuery) ([]warning.Answer, error)
	Answer(ctx context.Context, by access.Caller, id int64) (warning.Answer, error)
	Trail(ctx context.Context, by access.Caller, answer int64) ([]warning.Replied, []warning.Checked, error)
	Hours(ctx context.Context, by access.Caller, answer int64) ([]warning.Hour, error)
	Respond(ctx context.Context, by access.Caller, answer, version int64, confirmed bool, text string, files []matter.Evidence) error
	CheckOnSite(ctx context.Context, by access.Caller, answer, version int64, c warning.Checked, files []matter.Evidence) error
	File(ctx context.Context, by access.Caller, id int64, small bool) (warning.File, []byte, error)
	Lists(ctx context.Context, by access.Caller) ([]warning.List, error)
	ListOf(ctx context.Context, by access.Caller, id int64) (warning.List, []warning.Line, error)
	ImportList(ctx context.Context, by access.Caller, in warning.ListInput, name string, r io.Reader) (warning.Imported, error)
	Import(ctx context.Context, by access.Caller, id int64) (warning.Imported, error)
	SettleList(ctx context.Context, by access.Caller, id, version int64, act warning.ListAct, from standard.Date, reason string) error
}

func (s *Server) warningRoutes() []route {
	all := []route{
		{"GET /warnings", "warning.read", s.warningConsole},
		{"POST /warnings/forecast", "warning.draft", s.warningForetell},
		{"POST /warnings/forecast/withdraw", "warning.draft", s.warningUntell},
		{"POST /warnings/forecast/import", "warning.draft", s.warningForecastImport},
		{"POST /warnings/draft", "warning.draft", s.warningDraft},
		{"GET /warnings/{id}", "warning.read", s.warningView},
		{"POST /warnings/{id}/move", "warning.read", s.warningMove},
		{"POST /warnings/{id}/recheck", "warning.draft", s.warningRecheck},
		{"GET /warnings/{id}/evaluation.xlsx", "warning.read", s.warningSheet},
		{"GET /warnings/{id}/mine", "warning.read", s.warningMine},
		{"GET /warning-answers/{id}", "warning.read", s.warningFirm},
		{"POST /warning-answers/{id}/reply", "warning.answer", s.warningReply},
		{"POST /warning-answers/{id}/check", "warning.check", s.warningCheck},
		{"GET /warning-files/{id}", "warning.read", s.warningFile},
		{"GET /warning-files/{id}/thumb", "warning.read", s.warningThumb},
		{"GET /warnings/list", "warning.list", s.warningLists},
		{"GET /warnings/list/form.xlsx", "warning.list", s.warningListForm},
		{"POST /warnings/list/import", "warning.draft", s.warningListImport},
		{"GET /warning-lists/{id}", "warning.list", s.warningList},
		{"GET /warning-lists/{id}/lines.xlsx", "warning.list", s.warningListSheet},
		{"POST /warning-lists/{id}/settle", "warning.list", s.warningListSettle},
	}
	for i := range all {
		all[i].act = s.warningNeeded(all[i].act)
	}
	return all
}

// warningNeeded answers with a sentence where the duty is not there.
func (s *Server) warningNeeded(act action) action {
	return func(w http.ResponseWriter, r *request) error {
		if err := need(s.cfg.Warning, "重污染预警"); err != nil {
			return err
		}
		return act(w, r)
	}
}

// levelView is a level of warning as pages show it: its colour and word.
type levelView struct{ Class, Text string }

func levelOf(l aqi.WarningLevel) levelView {
	if l == aqi.NoWarning {
		return levelView{"none", "无预警"}
	}
	return levelView{string(l), l.Name()}
}

// levelOptions are the colours, to choose one.
func levelOptions(chosen aqi.WarningLevel) (all []option) {
	for _, l := range warning.Levels {
		all = append(all, option{string(l), l.Name(), l == chosen})
	}
	return all
}

// verdictView is a verdict on a firm with its colour and word.
func verdictView(v warning.Verdict) stateView {
	class := map[warning.Verdict]string{warning.Met: "meets", warning.Unmet: "exceeds", warning.Waiting: "plain"}[v]
	if class == "" {
		class = "unknown"
	}
	return stateView{class, v.Label()}
}

// minuteOf writes a moment of a form; empty for none.
func minuteOf(at int64) string {
	if at == 0 {
		return ""
	}
	return clock.Unix(at).Format(formTime)
}

// stampOf writes a moment for reading.
func stampOf(at int64) string { return stamp(at, "2006-01-02 15:04") }

// areaText names the divisions of a warning: the city alone where it covers it.
func (s *Server) areaText(w warning.Warning) string {
	if w.Division.Prefix() != string(w.Division) {
		return "全市"
	}
	text := ""
	for i, d := range w.Areas {
		if i > 0 {
			text += "、"
		}
		text += s.cfg.Divisions.NameOf(d)
	}
	return text
}

// warningPlaces are the divisions to choose from, and the one that is chosen.
func (s *Server) warningPlaces(r *request, code string) (chosen access.Place, all []option, err error) {
	places := s.cfg.Divisions.Within(r.Caller.Scope)
	if code == "" && len(places) > 0 {
		code = string(places[0].Code)
	}
	for _, p := range places {
		if string(p.Code) == code {
			chosen = p
		}
		all = append(all, option{string(p.Code), p.Name, string(p.Code) == code})
	}
	if chosen.Code == "" && len(places) > 0 {
		return chosen, nil, fault.New(fault.NotFound, "没有这个区域，或不在您的管辖范围内")
	}
	return chosen, all, nil
}

// keepFiles stores the files of a form, in the order in which they were chosen.
func (s *Server) keepFiles(r *request) (all []matter.Evidence, err error) {
	if r.MultipartForm == nil {
		return nil, nil
	}
	for _, h := range r.MultipartForm.File["files"] {
		if h.Filename == "" || h.Size == 0 {
			continue
		}
		f, err := h.Open()
		if err != nil {
			return nil, err
		}
		e, err := s.cfg.Matter.Keep(h.Filename, f)
		f.Close()
		if fault.Is(err, fault.Invalid) {
			return nil, fault.Fields(map[string]string{"files": fault.Text(err)})
		}
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// formAgain reports whether a form comes back with the sentences of an error.
func formAgain(err error) bool { return fault.Is(err, fault.Invalid) }

func (s *Server) warningFile(w http.ResponseWriter, r *request) error {
	return s.warningSend(w, r, false)
}

func (s *Server) warningThumb(w http.ResponseWriter, r *request) error {
	return s.warningSend(w, r, true)
}

// warningSend sends a file. Pictures and PDF open in the browser, without any
// right to run something; all else is saved.
func (s *Server) warningSend(w http.ResponseWriter, r *request, small bool) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	f, data, err := s.cfg.Warning.File(r.Context(), r.Caller, id, small)
	if err != nil {
		return err
	}
	how := "attachment"
	if f.Kind == string(matter.Photo) || f.Media == "application/pdf" {
		how = "inline"
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Type", f.Media)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": f.Name}))
	h.Set("Content-Length", strconv.Itoa(len(data)))
	h.Set("Cache-Control", "private, no-store")
	w.Write(data)
	return nil
}

// workbook sends what write writes as a workbook.
func workbook(w http.ResponseWriter, name string, write func(io.Writer) error) error {
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + ".xlsx"}))
	h.Set("Cache-Control", "private, no-store")
	return write(w)
}

// spanHref is the page of a point, at the hours around a moment.
func spanHref(point int64, factor string, at int64) string {
	from, to := clock.Unix(at).Add(-6*time.Hour), clock.Unix(at).Add(7*time.Hour)
	return fmt.Sprintf("/points/%d?kind=hour&factor=%s&from=%s&to=%s", point, factor, from.Format(formTime), to.Format(formTime))
}

// chosen reports whether a form names a value among several.
func (r *request) chosen(name, value string) bool { return slices.Contains(r.Form[name], value) }
