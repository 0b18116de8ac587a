package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/register"
)

func (s *Server) monitorRoutes() []route {
	return []route{
		{"GET /monitor", "monitor.read", s.monitorList},
		{"GET /points/{id}", "monitor.read", s.pointView},
		{"GET /points/{id}/curve", "monitor.read", s.pointCurve},
		{"GET /points/{id}/raw", "monitor.read", s.pointRaw},
		{"POST /points/{id}/mark", markNeeds, s.pointMark},
		{"POST /points/{id}/marks/{mark}/withdraw", markNeeds, s.markWithdraw},
		{"GET /wall", "monitor.read", s.wall},
	}
}

// monitorPage is how many points a page of the list has.
const monitorPage = 100

type monitorView struct {
	shell
	CanOperate bool
	Filter     struct{ Text string }
	Divisions  []option
	Types      []option
	States     []option
	Counts     []stateCount
	Points     []monitorRow
	Total      int
	Self       string
	Pager      pager
}

// stateCount is how many points are in a state.
type stateCount struct {
	Class, Code, Name string
	N                 int
	Href              string
}

type monitorRow struct {
	ID                         int64
	Name, Enterprise, Division string
	State                      stateView
	Why                        string
	At                         time.Time
	Ago                        string
	Factors                    []factorView
}

// monitorList shows every point that the caller sees with its newest values,
// what wants looking at first.
func (s *Server) monitorList(w http.ResponseWriter, r *request) error {
	text, division, kind, state := r.text("q"), access.Division(r.text("division")), r.text("type"), r.text("state")
	all, err := s.overviews(r, func(p register.Point) bool {
		return (kind == "" || p.Kind == kind) && (division == "" || division.Contains(p.Division) || division == p.Division)
	})
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(o pointOverview) bool { return !o.matches(text) })
	v := monitorView{
		shell: s.shell(r, "实时监测", "/monitor"), CanOperate: r.Caller.May("point.edit"),
		Divisions: s.divisionOptions(r, string(division)), Types: s.typeOptions(kind), Self: self(r),
		Counts: countStates(all, r.URL.Query()),
	}
	v.Filter.Text = text
	v.States = append(v.States, option{"", "全部", state == ""})
	for _, st := range stateWords {
		v.States = append(v.States, option{st.Class, st.Text, st.Class == state})
	}
	if state != "" {
		all = slices.DeleteFunc(all, func(o pointOverview) bool { return stateOf(o.State.Class).Class != state })
	}
	slices.SortFunc(all, func(a, b pointOverview) int {
		return cmp.Or(stateRank(a.State.Class)-stateRank(b.State.Class), strings.Compare(string(a.Division), string(b.Division)), strings.Compare(a.Owner, b.Owner), cmp.Compare(a.ID, b.ID))
	})
	v.Total = len(all)
	from := 0
	if after := r.int("after"); after != 0 {
		from = 1 + slices.IndexFunc(all, func(o pointOverview) bool { return o.ID == after })
	}
	next := ""
	if end := from + monitorPage; end < len(all) {
		next = strconv.FormatInt(all[end-1].ID, 10)
		all = all[:end]
	}
	v.Pager = pageLinks(r, next)
	for i := range all[from:] {
		v.Points = append(v.Points, s.monitorRow(&all[from+i], r.Now))
	}
	return s.render(w, r, "monitor", v)
}

func (s *Server) monitorRow(o *pointOverview, now time.Time) monitorRow {
	row := monitorRow{
		ID: o.ID, Name: o.Name, Enterprise: o.Owner, Division: s.cfg.Divisions.NameOf(o.Division),
		State: stateOf(o.State.Class), Why: o.State.Why, Factors: o.factorsOf(4),
	}
	if rd := o.newest(); rd != nil {
		row.At = clock.Unix(rd.At)
		row.Ago = ago(row.At, now)
	}
	return row
}

// matches reports whether the point is found by text.
func (o *pointOverview) matches(text string) bool {
	if text == "" {
		return true
	}
	for _, part := range []string{o.Name, o.Owner, o.MN, o.Code} {
		if strings.Contains(strings.ToLower(part), strings.ToLower(text)) {
			return true
		}
	}
	return false
}

// countStates counts points by state, with the address that shows them alone.
func countStates(all []pointOverview, query url.Values) []stateCount {
	if query == nil {
		query = url.Values{}
	}
	counts := make([]stateCount, len(stateWords))
	for i, st := range stateWords {
		query.Set("state", st.Class)
		query.Del("after")
		counts[i] = stateCount{Class: st.Class, Code: st.Class, Name: st.Text, Href: "/monitor?" + query.Encode()}
	}
	for i := range all {
		counts[stateRank(all[i].State.Class)].N++
	}
	return counts
}

// typeOptions lists the kinds of points, as the register names them.
func (s *Server) typeOptions(chosen string) []option {
	all := []option{{"", "全部", chosen == ""}}
	d, ok := s.cfg.Register.Book.Definition(register.PointEntry)
	if !ok {
		return all
	}
	if f, ok := d.Field("kind"); ok {
		for _, c := range f.Choices {
			all = append(all, option{c.Value, c.Label, c.Value == chosen})
		}
	}
	return all
}
