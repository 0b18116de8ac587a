package web

import (
	"slices"
	"strings"

	"pingzhang/hj212"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

// stateWords are the states of a point in the order in which they want to be
// looked at.
var stateWords = []stateView{{"exceeds", "超标"}, {"warn", "接近限值"}, {"unknown", "未知"}, {"offline", "离线"}, {"meets", "达标"}}

// stateRank is the place of a state in stateWords; what is not there is unknown.
func stateRank(class string) int {
	i := slices.IndexFunc(stateWords, func(s stateView) bool { return s.Class == class })
	if i < 0 {
		return 2
	}
	return i
}

func stateOf(class string) stateView { return stateWords[stateRank(class)] }

// verdictState is the state that a verdict shows as.
func verdictState(v standard.Verdict) stateView {
	switch v {
	case standard.Meets:
		return stateOf("meets")
	case standard.Exceeds:
		return stateOf("exceeds")
	}
	return stateOf("unknown")
}

// pointOverview is a point with all that lists and maps show of it.
type pointOverview struct {
	register.Point
	Owner  string // name of the enterprise
	State  PointState
	Latest []measure.Reading // of each kind
	Limits []register.Limit  // in force today
}

// verdictOn returns the newest verdict on a factor, an hour's before a day's.
func (o *pointOverview) verdictOn(factor string) *PointVerdict {
	var best *PointVerdict
	for i := range o.State.Factors {
		if v := &o.State.Factors[i]; sameFactor(v.Factor, factor) && (best == nil || v.Period < best.Period || v.Period == best.Period && v.At.After(best.At)) {
			best = v
		}
	}
	return best
}

// newest returns the reading that says most about now: the later of the real
// time and the minutes, else an hour or a day; nil when nothing was reported.
func (o *pointOverview) newest() *measure.Reading {
	var best *measure.Reading
	for i := range o.Latest {
		r := &o.Latest[i]
		if best == nil || r.At > best.At && r.Kind <= measure.Minute {
			best = r
		}
	}
	return best
}

// overviews returns the active points in the caller's scope that keep picks,
// with their states. keep may be nil.
func (s *Server) overviews(r *request, keep func(register.Point) bool) ([]pointOverview, error) {
	points, err := s.cfg.Register.Points(r.Context(), r.Caller)
	if err != nil {
		return nil, err
	}
	if keep != nil {
		points = slices.DeleteFunc(points, func(p register.Point) bool { return !keep(p) })
	}
	states, err := s.statesOf(r, points...)
	if err != nil {
		return nil, err
	}
	var owners []int64
	for _, p := range points {
		if p.Enterprise != 0 && !slices.Contains(owners, p.Enterprise) {
			owners = append(owners, p.Enterprise)
		}
	}
	names, err := s.cfg.Register.Names(r.Context(), r.Caller, owners...)
	if err != nil {
		return nil, err
	}
	limits, err := s.cfg.Register.AllLimits(r.Context(), r.Caller)
	if err != nil {
		return nil, err
	}
	byOutlet := map[int64][]register.Limit{}
	for _, l := range limits {
		if l.Covers(r.Now) {
			byOutlet[l.Outlet] = append(byOutlet[l.Outlet], l)
		}
	}
	all := make([]pointOverview, len(points))
	for i, p := range points {
		all[i] = pointOverview{Point: p, Owner: names[p.Enterprise].Name, State: states[p.ID]}
		if p.Outlet != 0 {
			all[i].Limits = byOutlet[p.Outlet]
		}
	}
	return all, s.fillLatest(r, all)
}

// statesOf returns the state of every one of points; what nobody judged is
// unknown.
func (s *Server) statesOf(r *request, points ...register.Point) (map[int64]PointState, error) {
	ids := make([]int64, len(points))
	for i, p := range points {
		ids[i] = p.ID
	}
	states := map[int64]PointState{}
	if s.cfg.Monitoring.Judged != nil && len(ids) > 0 {
		var err error
		if states, err = s.cfg.Monitoring.Judged.States(r.Context(), r.Caller, r.Now, ids...); err != nil {
			return nil, err
		}
	}
	full := make(map[int64]PointState, len(ids))
	for _, id := range ids {
		st, ok := states[id]
		if !ok {
			st = PointState{Class: "unknown", Why: "尚未判定"}
		}
		full[id] = st
	}
	return full, s.airStates(r, points, full)
}

func (s *Server) fillLatest(r *request, all []pointOverview) error {
	if s.cfg.Monitoring.Readings == nil || len(all) == 0 {
		return nil
	}
	ids := make([]measure.Point, len(all))
	at := map[measure.Point]*pointOverview{}
	for i := range all {
		ids[i] = measure.Point(all[i].ID)
		at[ids[i]] = &all[i]
	}
	readings, err := s.cfg.Monitoring.Readings.Latest(r.Context(), ids...)
	for _, rd := range readings {
		if o := at[rd.Point]; o != nil {
			o.Latest = append(o.Latest, rd)
		}
	}
	return err
}

// pointOf returns the point id in the caller's scope.
func (s *Server) pointOf(r *request) (register.Entry, register.Point, error) {
	id, err := r.id("id")
	if err != nil {
		return register.Entry{}, register.Point{}, err
	}
	return s.pointByID(r, id)
}

func (s *Server) pointByID(r *request, id int64) (register.Entry, register.Point, error) {
	e, err := s.cfg.Register.Entry(r.Context(), r.Caller, id)
	if err != nil {
		return e, register.Point{}, err
	}
	if e.Register != register.PointEntry {
		return e, register.Point{}, fault.New(fault.NotFound, "没有这个监测点位，请检查网址")
	}
	return e, register.PointOf(e), nil
}

// profileOf returns how the device of a point speaks.
func profileOf(p register.Point) hj212.Profile {
	profile, _ := hj212.ParseProfile(p.Profile)
	return profile
}

// factorName names a factor as people do; a code without one meaning stays one.
func factorName(code string) string {
	if d, ok := hj212.FactorOf(code); ok {
		return d.Name
	}
	var names []string
	for _, d := range hj212.FactorsOf(code) {
		names = append(names, d.Name)
	}
	if len(names) > 0 {
		return code + "（" + strings.Join(names, "或") + "）"
	}
	return code
}

// unitText writes a unit in its one spelling.
func unitText(unit string) string {
	if unit == "1" {
		return string(standard.Dimensionless)
	}
	if u, err := standard.ParseUnit(unit); err == nil {
		return string(u)
	}
	return hj212.NormalUnit(unit)
}

// unitOf returns the unit that a point reports a factor in, under whichever of
// its codes it is registered; what the register does not say is not guessed.
func unitOf(p register.Point, factor string) string {
	for _, code := range hj212.CodesOf(factor) {
		if unit, ok := p.Unit(code); ok {
			return unitText(unit)
		}
	}
	return "单位未登记"
}

// sameFactor reports whether two codes name one factor: limits are written with
// the codes of 2017, some devices send those of 2005.
func sameFactor(a, b string) bool { return a == b || slices.Contains(hj212.CodesOf(a), b) }

// need returns an error that says so when a part of the platform is not there.
func need(part any, what string) error {
	if part == nil {
		return fault.New(fault.Unavailable, "%s没有启用，请联系系统管理员检查配置", what)
	}
	return nil
}
