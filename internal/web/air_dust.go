package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	aqi "pingzhang/standard/air"
)

type airDustRow struct {
	ID                     int64
	State                  stateView
	From, To               time.Time
	Days                   int
	Places                 []string
	Pollutants             []string
	Reason, Evidence       string
	By, Decided, Decision  string
	At, DecidedAt, EndedAt time.Time
	Ended, EndedWhy        string
	CanDecide              bool
	Withdraw               string // what who looks may do: withdraw his own, revoke another's; or nothing
	Own                    bool   // proposed by who looks
}

type airDustView struct {
	shell
	Year       int
	Years      []option
	Rows       []airDustRow
	CanPropose bool
	Problem    string
	Errors     map[string]string
	Places     []option
	Pollutants []option
	From, To   string
	Reason     string
	Evidence   string
}

var dustStates = map[air.DustState]stateView{
	air.DustProposed: {"warn", "待审批"}, air.DustApproved: {"meets", "已审批，扣除"}, air.DustRefused: {"plain", "不同意扣除"}, air.DustWithdrawn: {"plain", "已撤回"},
}

// airDust lists the deductions of sand and dust of a year, with the form for
// another.
func (s *Server) airDust(w http.ResponseWriter, r *request) error {
	return s.airDustPage(w, r, nil)
}

// airDustPropose proposes a deduction.
func (s *Server) airDustPropose(w http.ResponseWriter, r *request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	d := air.Dust{From: seconds(r.date("from")), To: seconds(r.date("to")), Reason: r.text("reason"), Evidence: r.text("evidence")}
	stations, err := s.cfg.Air.Stations(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	var places []air.Place
	for _, p := range s.airPlaces(r, stations) {
		if slices.Contains(r.Form["places"], p.Code) {
			places = append(places, p.Place)
		}
	}
	var pollutants aqi.Set
	for _, name := range r.Form["pollutants"] {
		if p, ok := aqi.ParsePollutant(name); ok {
			pollutants |= aqi.SetOf(p)
		}
	}
	d, err = s.cfg.Air.Deduct(r.Context(), r.Caller, d, places, pollutants)
	if fault.Is(err, fault.Invalid) {
		return s.airDustPage(w, r, err)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/air/dust?year="+clock.Unix(d.From).In(clock.Shanghai).Format("2006"), "已提出沙尘扣除，等待审批；审批前不扣除")
}

// seconds is 0 for a time that was not entered.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// airDustDecide approves or refuses a deduction.
func (s *Server) airDustDecide(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	approve := r.text("approve") == "yes"
	done := "已审批，年度评价同时列出扣除前后的结果"
	if !approve {
		done = "已记录：不同意扣除"
	}
	return s.airDustAct(w, r, s.cfg.Air.DecideDust(r.Context(), r.Caller, id, approve, r.text("words")), done)
}

// airDustWithdraw takes a deduction back: who proposed it withdraws it, who approves
// revokes it.
func (s *Server) airDustWithdraw(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	return s.airDustAct(w, r, s.cfg.Air.WithdrawDust(r.Context(), r.Caller, id, r.text("words")), "已撤回，不再扣除")
}

func (s *Server) airDustAct(w http.ResponseWriter, r *request, err error, done string) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return s.airDustPage(w, r, err)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/air/dust?year="+strconv.FormatInt(max(r.int("year"), firstAirYear), 10), done)
}

func (s *Server) airDustPage(w http.ResponseWriter, r *request, problem error) error {
	v := airDustView{
		shell: s.shell(r, "沙尘扣除", "/air/dust", link{"年度评价", "/air/evaluation"}), CanPropose: r.Caller.May(air.MayDeduct),
		Errors: fault.FieldsOf(problem), From: r.text("from"), To: r.text("to"), Reason: r.text("reason"), Evidence: r.text("evidence"),
	}
	v.Year, v.Years = airYears(int(r.int("year")), r.Now.In(clock.Shanghai).Year())
	status := http.StatusOK
	if problem != nil {
		v.Problem, status = fault.Text(problem), statusOf[fault.Of(problem)]
	}
	stations, err := s.cfg.Air.Stations(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, p := range s.airPlaces(r, stations) {
		names[p.Code] = p.Name
		v.Places = append(v.Places, option{p.Code, p.Name, slices.Contains(r.Form["places"], p.Code)})
	}
	for _, p := range []aqi.Pollutant{aqi.PM10, aqi.PM25} {
		v.Pollutants = append(v.Pollutants, option{p.String(), p.String() + " " + p.Name(), problem == nil && p == aqi.PM10 || slices.Contains(r.Form["pollutants"], p.String())})
	}
	all, err := s.cfg.Air.Dusts(r.Context(), r.Caller, v.Year)
	if err != nil {
		return err
	}
	for i := range all {
		v.Rows = append(v.Rows, airDustRowOf(r, &all[i], names))
	}
	return s.renderStatus(w, r, status, "air_dust", v)
}

func airDustRowOf(r *request, d *air.Dust, names map[string]string) airDustRow {
	row := airDustRow{
		ID: d.ID, State: dustStates[d.State], From: clock.Unix(d.From), To: clock.Unix(d.To), Days: len(d.Days()), Reason: d.Reason, Evidence: d.Evidence,
		By: d.ProposedName, At: clock.Unix(d.ProposedAt), Decided: d.DecidedName, Decision: d.Decision, DecidedAt: clock.Unix(d.DecidedAt),
		Ended: d.EndedName, EndedWhy: d.EndedWhy, EndedAt: clock.Unix(d.EndedAt), Own: d.ProposedBy == r.Caller.Login,
	}
	for _, p := range d.Places() {
		row.Places = append(row.Places, orText(names[p.Key()], "其他区域或站点"))
	}
	for _, p := range d.Pollutants().List() {
		row.Pollutants = append(row.Pollutants, p.String())
	}
	row.CanDecide = d.State == air.DustProposed && !row.Own && r.Caller.May(air.MayApprove)
	if d.State == air.DustProposed || d.State == air.DustApproved {
		switch {
		case r.Caller.May(air.MayApprove):
			row.Withdraw = "revoke"
		case row.Own && r.Caller.May(air.MayDeduct):
			row.Withdraw = "withdraw"
		}
	}
	return row
}
