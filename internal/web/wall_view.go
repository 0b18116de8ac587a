package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/warning"
)

// How many rows a column of the wall has room for at 1920×1080.
const (
	wallExceeding = 6
	wallDue       = 7
	wallCounties  = 10
)

type wallPage struct {
	shell
	MapNote   string
	Warnings  []warningCard // in force
	Total     int
	Figures   []stateCount
	Counties  []wallCounty
	Due       []matterRow
	DueMore   int
	Late      int
	Open      int
	ShowDue   bool
	Stages    []wallStage
	Found     []wallFound
	ShowFound bool
	Exceeding []wallExceed
	ExMore    int
	Silent    []wallSilent
}

// wallCounty is how the points of a county stand; Share is the part that meets,
// of all of them: what is unknown does not meet.
type wallCounty struct {
	Name                           string
	Class                          string
	Total, Exceeds, Unknown, Meets int
	Share                          string
}

type wallExceed struct {
	Point                                   int64
	Name, Factor, Value, Limit, Times, When string
}

type wallSilent struct {
	Point      int64
	Name, Note string
	State      stateView
}

// wallWarnings returns the warnings for heavy pollution that are in force.
func (s *Server) wallWarnings(r *request) (all []warningCard, err error) {
	if s.cfg.Warning == nil || !r.Caller.May("warning.read") {
		return nil, nil
	}
	live, err := s.cfg.Warning.Warnings(r.Context(), r.Caller, warning.Query{States: []warning.State{warning.Published}, N: 2})
	for _, one := range live {
		c, err := s.warningCard(r, one)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, err
}

// wall is the page for the screen on the wall: no mouse, nothing that scrolls.
func (s *Server) wall(w http.ResponseWriter, r *request) error {
	all, err := s.overviews(r, nil)
	if err != nil {
		return err
	}
	v := wallPage{shell: s.shell(r, "污染源监控大屏", "/map"), MapNote: s.mapNote(), Total: len(all), Figures: countStates(all, nil)}
	v.Wall = true
	v.Counties = s.wallCounties(r, all)
	v.exceeding(all)
	byState(all)
	for i := range all {
		if st := stateOf(all[i].State.Class); len(v.Silent) < 6 && (st.Class == "offline" || st.Class == "unknown") {
			v.Silent = append(v.Silent, wallSilent{all[i].ID, titleOf(&all[i]), silentNote(&all[i], r.Now), st})
		}
	}
	if v.Warnings, err = s.wallWarnings(r); err != nil {
		return err
	}
	if r.Caller.May("matter.read") && s.cfg.Matter != nil {
		v.ShowDue = true
		if err := s.wallDue(r, &v); err != nil {
			return err
		}
	}
	if r.Caller.May("finding.read") && s.cfg.Matter != nil {
		v.ShowFound = true
		if err := s.wallFound(r, &v); err != nil {
			return err
		}
	}
	return s.render(w, r, "wall", v)
}

// exceeding fills in what is above its limit now, the furthest in front.
func (v *wallPage) exceeding(all []pointOverview) {
	type one struct {
		o *pointOverview
		v *PointVerdict
	}
	var over []one
	for i := range all {
		if worst := all[i].exceeding(); worst != nil && stateOf(all[i].State.Class).Class == "exceeds" {
			over = append(over, one{&all[i], worst})
		}
	}
	slices.SortStableFunc(over, func(a, b one) int {
		x, y := a.v.Judgement.Multiple, b.v.Judgement.Multiple
		switch {
		case x.IsSet() && y.IsSet():
			return y.Cmp(x)
		case x.IsSet():
			return -1
		case y.IsSet():
			return 1
		}
		return 0
	})
	for _, e := range over[:min(len(over), wallExceeding)] {
		row := wallExceed{
			Point: e.o.ID, Name: titleOf(e.o), Factor: factorName(e.v.Factor), Value: valueWithUnit(e.v.Judgement),
			Limit: judgedLimit(e.v.Judgement), Times: multipleText(e.v.Judgement), When: periodName(e.v),
		}
		v.Exceeding = append(v.Exceeding, row)
	}
	v.ExMore = len(over) - len(v.Exceeding)
}

func silentNote(o *pointOverview, now time.Time) string {
	if rd := o.newest(); rd != nil {
		return "最近数据 " + ago(clock.Unix(rd.At), now)
	}
	return "从未上报"
}

// wallCounties ranks the divisions that points lie in, the worst first.
func (s *Server) wallCounties(r *request, all []pointOverview) []wallCounty {
	at := map[access.Division]*wallCounty{}
	var order []access.Division
	for i := range all {
		d := all[i].Division
		c := at[d]
		if c == nil {
			c = &wallCounty{Name: s.cfg.Divisions.NameOf(d)}
			at[d], order = c, append(order, d)
		}
		c.Total++
		switch stateOf(all[i].State.Class).Class {
		case "exceeds":
			c.Exceeds++
			c.Class = "exceeds"
		case "unknown", "offline":
			c.Unknown++
		case "meets", "warn": // near the limit is within it
			c.Meets++
		}
	}
	rows := make([]wallCounty, 0, len(order))
	for _, d := range order {
		c := *at[d]
		c.Share = "—"
		if c.Unknown < c.Total { // a share of nothing known would read as a verdict
			c.Share = percent(c.Meets, c.Total)
		}
		rows = append(rows, c)
	}
	slices.SortStableFunc(rows, func(a, b wallCounty) int {
		return cmp.Or(b.Exceeds-a.Exceeds, a.Meets*b.Total-b.Meets*a.Total, strings.Compare(a.Name, b.Name))
	})
	return rows[:min(len(rows), wallCounties)]
}

// percent writes n of total with one decimal, rounded down: 100 means all.
func percent(n, total int) string {
	if total == 0 {
		return "—"
	}
	tenths := n * 1000 / total
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}
