package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
)

func matterHref(id matter.ID) string { return "/matters/" + strconv.FormatInt(int64(id), 10) }

// ledger runs a change of a matter's clocks and goes back to its page.
func (s *Server) ledger(w http.ResponseWriter, r *request, done string, change func(ctx context.Context, by access.Caller, id matter.ID, version int64) (*matter.Matter, error)) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	m, err := change(r.Context(), r.Caller, matter.ID(id), r.int("version"))
	if err != nil {
		return err
	}
	s.cfg.Live.Publish(News{Topic: "matter", ID: id, Division: m.Division, Enterprise: m.Enterprise})
	return seeOther(w, r, matterHref(m.ID), done)
}

// matterSuspend stops the counting of the matter's clocks.
func (s *Server) matterSuspend(w http.ResponseWriter, r *request) error {
	return s.ledger(w, r, "时限已中止", func(ctx context.Context, by access.Caller, id matter.ID, version int64) (*matter.Matter, error) {
		return s.cfg.Matter.Suspend(ctx, by, id, version, r.text("reason"), 0)
	})
}

// matterResume lets the clocks count again.
func (s *Server) matterResume(w http.ResponseWriter, r *request) error {
	return s.ledger(w, r, "时限已恢复", func(ctx context.Context, by access.Caller, id matter.ID, version int64) (*matter.Matter, error) {
		return s.cfg.Matter.Resume(ctx, by, id, version, r.text("reason"))
	})
}

// matterExtend adds to the budget of one clock.
func (s *Server) matterExtend(w http.ResponseWriter, r *request) error {
	return s.ledger(w, r, "时限已延长", func(ctx context.Context, by access.Caller, id matter.ID, version int64) (*matter.Matter, error) {
		return s.cfg.Matter.Extend(ctx, by, id, version, r.int("clock"), int(r.int("amount")), r.text("reason"), r.text("approver"))
	})
}

type explainStep struct{ Text string }

type explainView struct {
	shell
	Matter      int64
	MatterTitle string
	Facts       []fact
	Unsure      []string
	Steps       []explainStep
}

// clockExplain says how a due date was counted, by the code that counted it.
func (s *Server) clockExplain(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	clockID, err := r.id("clock")
	if err != nil {
		return err
	}
	m, err := s.cfg.Matter.Matter(r.Context(), r.Caller, matter.ID(id))
	if err != nil {
		return err
	}
	all, err := s.cfg.Matter.Clocks(r.Context(), r.Caller, m.ID)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.ID != clockID {
			continue
		}
		v := explainView{
			shell:  s.shell(r, c.Def.Label+"：这个日期怎么算的", "/matters", link{"督办事项", "/matters"}, link{m.Title, matterHref(m.ID)}),
			Matter: id, MatterTitle: m.Title, Unsure: c.Deadline.Unsure,
			Facts: []fact{
				{Name: "时限", Value: fmt.Sprintf("%d %s", c.Def.Amount, c.Def.Unit.Name())},
				{Name: "依据", Value: s.clockBasis(c), Unverified: c.Def.Confidence.Mark() != ""},
				{Name: "起算", Value: c.Start.Format("2006-01-02 15:04")},
				{Name: "剩余", Value: c.Deadline.Remaining(r.Now).Text()},
			},
		}
		if !c.Deadline.Stopped {
			v.Facts = append(v.Facts, fact{Name: "最后一天", Value: c.Deadline.Last.Text()})
		}
		for _, st := range c.Deadline.Explain() {
			v.Steps = append(v.Steps, explainStep{Text: st.Text()})
		}
		return s.render(w, r, "explain", v)
	}
	return fault.New(fault.NotFound, "这个事项没有这项时限")
}
