package web

import (
	"slices"
	"time"

	"pingzhang/internal/matter"
)

// wallFinds is how many findings of the last days the wall has room for, and
// wallDays how long a finding is shown.
const (
	wallFinds = 5
	wallDays  = 7
)

// wallStage is how many open matters stand in a stage.
type wallStage struct {
	Name string
	N    int
}

type wallFound struct {
	Title, When string
	Matter      int64
}

// wallDue fills in the open matters, what runs out first in front.
func (s *Server) wallDue(r *request, v *wallPage) error {
	open := true
	all, err := s.cfg.Matter.List(r.Context(), r.Caller, matter.Query{Open: &open, N: 500})
	if err != nil {
		return err
	}
	v.Open = len(all)
	v.stages(all)
	due := slices.DeleteFunc(all, func(l matter.Listed) bool { return l.Next == nil || l.Next.Deadline.Stopped })
	slices.SortStableFunc(due, func(a, b matter.Listed) int { return a.Next.Deadline.End.Compare(b.Next.Deadline.End) })
	for _, l := range due {
		if l.Late(r.Now) {
			v.Late++
		}
		if len(v.Due) < wallDue {
			v.Due = append(v.Due, s.rowOfMatter(l, r.Now))
		}
	}
	v.DueMore = len(due) - len(v.Due)
	return nil
}

// stages counts the open matters by stage, in the order of their playbooks;
// stages of one name count together.
func (v *wallPage) stages(open []matter.Listed) {
	count := map[string]int{}
	for _, l := range open {
		for _, st := range l.Playbook.Stages {
			if !st.Final && !slices.ContainsFunc(v.Stages, func(have wallStage) bool { return have.Name == st.Label }) {
				v.Stages = append(v.Stages, wallStage{Name: st.Label})
			}
		}
		count[l.StageDef().Label]++
	}
	for i := range v.Stages {
		v.Stages[i].N = count[v.Stages[i].Name]
	}
}

// wallFound fills in what was found in the last days, the newest first.
func (s *Server) wallFound(r *request, v *wallPage) error {
	all, err := s.cfg.Matter.Findings(r.Context(), r.Caller, matter.FindingQuery{N: wallFinds})
	if err != nil {
		return err
	}
	for _, f := range all {
		if r.Now.Sub(f.UpdatedAt) > wallDays*24*time.Hour {
			continue
		}
		v.Found = append(v.Found, wallFound{Title: f.Headline(), When: foundWhen(f), Matter: int64(f.Matter)})
	}
	return nil
}

// foundWhen says in which periods something was found.
func foundWhen(f matter.Finding) string {
	const form = "01-02 15:04"
	if f.LastAt.Equal(f.At) {
		return f.At.Format(form)
	}
	return f.At.Format(form) + " 至 " + f.LastAt.Format(form)
}
