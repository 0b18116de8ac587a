package openapi

import (
	"context"
	"strconv"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/matter"
)

// Matter is a thing to be done, with its owner.
type Matter struct {
	ID         int64  `json:"id"`
	Title      string `json:"title"`
	Finding    int64  `json:"finding" doc:"问题线索的 id"`
	Playbook   string `json:"playbook" doc:"办理流程，如 exceedance"`
	Stage      string `json:"stage"`
	StageLabel string `json:"stage_label" doc:"环节的名称"`
	Owner      Owner  `json:"owner" doc:"由谁办理下一步；办结后没有"`
	Division   string `json:"division"`
	Enterprise int64  `json:"enterprise,omitempty"`
	Outcome    string `json:"outcome,omitempty" doc:"办理结果"`
	Version    int64  `json:"version" doc:"办理时带上，防止两人同时办理"`
	Suspended  bool   `json:"suspended" doc:"时限是否中止"`
	Late       bool   `json:"late" doc:"是否已超期"`
	DueAt      string `json:"due_at,omitempty" doc:"最先到期的时限"`
	OpenedAt   string `json:"opened_at"`
	MovedAt    string `json:"moved_at"`
	ClosedAt   string `json:"closed_at,omitempty"`
}

// Owner says who owes the next step.
type Owner struct {
	Roles      []string `json:"roles"`
	Division   string   `json:"division,omitempty"`
	Enterprise int64    `json:"enterprise,omitempty"`
}

// Clock is a time limit of a matter.
type Clock struct {
	ID         int64    `json:"id"`
	Label      string   `json:"label"`
	Stage      string   `json:"stage,omitempty" doc:"所属环节；全程时限没有"`
	Rule       string   `json:"rule" doc:"如 5个工作日"`
	Confidence string   `json:"confidence" doc:"agreed 为内部约定"`
	Basis      string   `json:"basis"`
	Marks      []string `json:"marks" doc:"期限旁的说明，如 待核实"`
	StartedAt  string   `json:"started_at"`
	StoppedAt  string   `json:"stopped_at,omitempty"`
	Suspended  bool     `json:"suspended"`
	DueOn      string   `json:"due_on,omitempty" doc:"最后一日"`
	DueAt      string   `json:"due_at,omitempty" doc:"从此刻起为超期"`
	Late       bool     `json:"late"`
	Remaining  string   `json:"remaining" doc:"剩余时间"`
	Explain    []string `json:"explain" doc:"期限是怎样数出来的"`
	Unsure     []string `json:"unsure" doc:"期限为什么不确定"`
}

// Event is one thing that happened to a matter.
type Event struct {
	At       string     `json:"at"`
	Kind     string     `json:"kind" enum:"move,comment,evidence,clock,rung,finding"`
	Title    string     `json:"title"`
	From     string     `json:"from,omitempty"`
	To       string     `json:"to,omitempty"`
	Back     bool       `json:"back,omitempty" doc:"是否退回"`
	By       string     `json:"by"`
	ByName   string     `json:"by_name"`
	Office   string     `json:"office,omitempty"`
	Note     string     `json:"note,omitempty"`
	Items    []Item     `json:"items,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Item is one labelled value.
type Item struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

func matterOf(m *matter.Matter) Matter {
	out := Matter{
		ID: int64(m.ID), Title: m.Title, Finding: m.Finding, Playbook: m.Playbook.ID, Stage: string(m.Stage), StageLabel: m.StageDef().Label,
		Owner:    Owner{Roles: m.Owner.Roles, Division: string(m.Owner.Division), Enterprise: m.Owner.Enterprise},
		Division: string(m.Division), Enterprise: m.Enterprise, Outcome: m.Outcome, Version: m.Version, Suspended: m.Suspended,
		OpenedAt: stamp(m.OpenedAt), MovedAt: stamp(m.MovedAt), ClosedAt: stamp(m.ClosedAt),
	}
	if out.Owner.Roles == nil {
		out.Owner.Roles = []string{}
	}
	return out
}

// withClocks returns m with what its clocks say at now.
func withClocks(m *matter.Matter, clocks []matter.Running, now time.Time) Matter {
	out := matterOf(m)
	var first time.Time
	for _, c := range clocks {
		if !c.StoppedAt.IsZero() || c.Deadline.Stopped {
			continue
		}
		out.Late = out.Late || c.Deadline.Late(now)
		if first.IsZero() || c.Deadline.End.Before(first) {
			first = c.Deadline.End
		}
	}
	out.DueAt = stamp(first)
	return out
}

func clockOf(c *matter.Running, now time.Time) Clock {
	out := Clock{
		ID: c.ID, Label: c.Def.Label, Stage: string(c.Stage), Rule: c.Rule.String(), Confidence: string(c.Def.Confidence), Basis: string(c.Def.Basis),
		Marks: some(c.Marks(c.Deadline)), StartedAt: stamp(c.Start), StoppedAt: stamp(c.StoppedAt), Suspended: c.Clock.Suspended(),
		DueOn: c.Deadline.Last.String(), DueAt: stamp(c.Deadline.End), Explain: []string{}, Unsure: some(c.Deadline.Unsure),
	}
	if c.StoppedAt.IsZero() {
		out.Late, out.Remaining = c.Deadline.Late(now), c.Deadline.Remaining(now).Text()
	} else {
		out.Late = c.Deadline.Late(c.StoppedAt)
	}
	for _, s := range c.Deadline.Explain() {
		out.Explain = append(out.Explain, s.Text())
	}
	return out
}

func some(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

func eventOf(e *matter.Event) Event {
	out := Event{At: stamp(e.At), Kind: e.Kind, Title: e.Title, From: string(e.From), To: string(e.To), Back: e.Back, By: e.ByLogin, ByName: e.ByName, Office: e.Office, Note: e.Note}
	for _, it := range e.Items {
		out.Items = append(out.Items, Item(it))
	}
	for i := range e.Evidence {
		out.Evidence = append(out.Evidence, evidenceOf(&e.Evidence[i]))
	}
	return out
}

type mattersOut struct {
	Body struct {
		Matters []Matter `json:"matters" doc:"新的在前"`
		Next    string   `json:"next,omitempty"`
	}
}

type matterOut struct {
	Body struct {
		Matter
		Timeline []Event     `json:"timeline"`
		Clocks   []Clock     `json:"clocks"`
		Moves    []MoveOffer `json:"moves" doc:"本令牌的账号现在可以办理的操作"`
	}
}

// MatterPath is the path of a matter.
type MatterPath struct {
	ID Whole `path:"id" doc:"事项的 id"`
}

func (m *MatterPath) id() (matter.ID, error) {
	n, err := m.ID.number("id")
	return matter.ID(n), err
}

func (a *api) matters() {
	needs := []access.Permission{"matter.read"}
	add(a, op{id: "listMatters", method: "GET", path: "/matters", tag: "督办事项", summary: "督办事项", needs: needs}, a.matterList)
	add(a, op{id: "getMatter", method: "GET", path: "/matters/{id}", tag: "督办事项", summary: "一个督办事项：经过、时限和可办理的操作", needs: needs}, a.matterView)
}

func (a *api) matterList(ctx context.Context, by access.Caller, in *struct {
	State      string `query:"state" enum:"open,closed" doc:"open 在办，closed 办结；不填为全部"`
	Stage      string `query:"stage"`
	Playbook   string `query:"playbook"`
	Outcome    string `query:"outcome"`
	Enterprise Whole  `query:"enterprise"`
	Division   string `query:"division"`
	Q          string `query:"q" doc:"标题的一部分"`
	After      Whole  `query:"after" doc:"上一页的 next"`
	Limit      Whole  `query:"limit" doc:"每页条数，1 至 500，默认 100"`
}) (*mattersOut, error) {
	q := matter.Query{Stage: matter.Stage(in.Stage), Playbook: in.Playbook, Outcome: in.Outcome, Division: access.Division(in.Division), Text: in.Q}
	switch open := in.State == "open"; in.State {
	case "":
	case "open", "closed":
		q.Open = &open
	default:
		return nil, wrong("state", "应为 open 或 closed")
	}
	n, err := in.Limit.most("limit", 100, 500)
	if err == nil {
		err = numbers(number{"enterprise", in.Enterprise, &q.Enterprise}, number{"after", in.After, (*int64)(&q.Before)})
	}
	if err != nil {
		return nil, err
	}
	q.N = n
	all, err := a.Matter.List(ctx, by, q)
	out := &mattersOut{}
	out.Body.Matters = []Matter{}
	now := a.Clock.Now()
	for _, l := range all {
		m := matterOf(l.Matter)
		if l.Next != nil {
			m.Late, m.DueAt = l.Late(now), stamp(l.Next.Deadline.End)
		}
		out.Body.Matters = append(out.Body.Matters, m)
	}
	if len(all) == n {
		out.Body.Next = strconv.FormatInt(int64(all[n-1].ID), 10)
	}
	return out, err
}

func (a *api) matterView(ctx context.Context, by access.Caller, in *struct{ MatterPath }) (*matterOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	m, err := a.Matter.Matter(ctx, by, id)
	if err != nil {
		return nil, err
	}
	events, err := a.Matter.Timeline(ctx, by, id)
	if err != nil {
		return nil, err
	}
	clocks, err := a.Matter.Clocks(ctx, by, id)
	if err != nil {
		return nil, err
	}
	now := a.Clock.Now()
	out := &matterOut{}
	b := &out.Body
	b.Matter, b.Timeline, b.Clocks, b.Moves = withClocks(m, clocks, now), []Event{}, []Clock{}, offers(m, by)
	for i := range events {
		b.Timeline = append(b.Timeline, eventOf(&events[i]))
	}
	for i := range clocks {
		b.Clocks = append(b.Clocks, clockOf(&clocks[i], now))
	}
	return out, nil
}
