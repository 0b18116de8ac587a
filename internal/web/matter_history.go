package web

import (
	"fmt"

	"pingzhang/internal/matter"
)

// matterClocks fills in the time limits, running ones first.
func (s *Server) matterClocks(r *request, m *matter.Matter, v *matterView) error {
	all, err := s.cfg.Matter.Clocks(r.Context(), r.Caller, m.ID)
	if err != nil {
		return err
	}
	for i := range all {
		c := all[i]
		if !c.StoppedAt.IsZero() {
			continue
		}
		cv := clockView{
			ID: c.ID, Name: c.Def.Label, Budget: fmt.Sprintf("%d %s", c.Def.Amount, c.Def.Unit.Name()), UnitName: c.Def.Unit.Name(),
			Basis: s.clockBasis(c), Marks: c.Marks(c.Deadline), Running: true, Clock: timerOf(c, r.Now),
		}
		if c.Deadline.Stopped {
			cv.Left = c.Deadline.Remaining(r.Now).Text()
		} else {
			cv.Due = c.Deadline.Last.Time()
		}
		if c.Stage != "" || v.Clock.Text == "" {
			v.Clock = cv.Clock
		}
		v.Clocks = append(v.Clocks, cv)
	}
	return nil
}

func (s *Server) clockBasis(c matter.Running) string {
	if c.Def.Basis == matter.Agreed {
		return "内部约定，可在办理流程中修改"
	}
	b, err := s.cfg.Law.Basis(c.Def.Basis, c.Start)
	if err != nil {
		return string(c.Def.Basis)
	}
	return b.Citation()
}

// matterTimeline fills in what was done, the oldest first, and what is public.
func (s *Server) matterTimeline(r *request, m *matter.Matter, v *matterView) error {
	events, err := s.cfg.Matter.Timeline(r.Context(), r.Caller, m.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		ev := eventView{At: e.At, Head: e.Title, By: e.ByName, Text: e.Note}
		if ev.By == "" {
			ev.By = e.ByLogin
		}
		if name := s.cfg.OfficeName(e.Office); e.Office != "" && name != "" {
			ev.By = name + " " + ev.By
		}
		switch {
		case e.Kind == "finding" || e.Back:
			ev.Class = "exceeds"
		case e.Kind == "rung":
			ev.Class = "exceeds"
		case e.Kind == "comment" || e.Kind == "clock" || e.Kind == "evidence":
			ev.Class = "muted"
		case e.Kind == "move" && m.Playbook != nil:
			if st, ok := m.Playbook.Stage(e.To); ok && st.Final {
				ev.Class = "meets"
			}
		}
		for _, item := range e.Items {
			ev.Fields = append(ev.Fields, fact{Name: item.Label, Value: item.Value, Wide: len(item.Value) > 60})
		}
		for _, file := range e.Evidence {
			ev.Evidence = append(ev.Evidence, evidenceOf(file))
		}
		v.Timeline = append(v.Timeline, ev)
		if def, ok := m.Playbook.Move(e.From, publishing(m, e)); ok && e.Kind == "move" {
			v.Published = publishedFacts(def, e)
		}
	}
	return nil
}

// publishing returns the id of the publishing move that an event was, if any.
func publishing(m *matter.Matter, e matter.Event) string {
	st, ok := m.Playbook.Stage(e.From)
	if !ok {
		return ""
	}
	for _, d := range st.Moves {
		if d.Publishes && d.Label == e.Title && d.To == e.To {
			return d.ID
		}
	}
	return ""
}

func publishedFacts(def *matter.MoveDef, e matter.Event) []fact {
	public := map[string]bool{}
	for _, f := range def.Fields {
		public[f.Label] = f.Public
	}
	var all []fact
	for _, item := range e.Items {
		if public[item.Label] {
			all = append(all, fact{Name: item.Label, Value: item.Value})
		}
	}
	return all
}

func evidenceOf(e matter.Evidence) evidenceView {
	v := evidenceView{ID: e.ID, Name: e.Name, Size: sizeText(e.Size), Hash: e.Hash[:12] + "…", Thumb: e.Thumbnail}
	if !e.TakenAt.IsZero() {
		v.Shot = e.TakenAt.Format("2006-01-02 15:04")
	}
	if e.Lon != nil && e.Lat != nil {
		v.Shot += " " + degreesText(*e.Lon, *e.Lat)
	}
	return v
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d 字节", n)
}
