package openapi

import (
	"context"
	"strconv"

	"pingzhang/internal/access"
	"pingzhang/internal/matter"
)

// Finding is something wrong that a rule noticed. One episode is one finding.
type Finding struct {
	ID         int64  `json:"id"`
	Kind       string `json:"kind" doc:"exceedance 为超标"`
	Title      string `json:"title"`
	Division   string `json:"division"`
	Enterprise int64  `json:"enterprise,omitempty"`
	Outlet     int64  `json:"outlet,omitempty"`
	Point      int64  `json:"point,omitempty"`
	At         string `json:"at" doc:"第一个时段的开始"`
	LastAt     string `json:"last_at" doc:"最后一个时段的开始"`
	Periods    int    `json:"periods" doc:"时段数"`
	Peak       string `json:"peak,omitempty" doc:"最差的数值"`
	Unit       string `json:"unit,omitempty"`
	Times      string `json:"times,omitempty" doc:"最大超标倍数"`
	Matter     int64  `json:"matter,omitempty" doc:"督办事项的 id，立项后才有"`
	Facts      Facts  `json:"facts" doc:"最差时段的判定：限值、依据、计算过程等"`
	CreatedAt  string `json:"created_at"`
	UpdatedAt  string `json:"updated_at"`
}

// FindingPeriod is one period of an episode.
type FindingPeriod struct {
	At         string `json:"at"`
	Revision   int    `json:"revision" doc:"第几次判定"`
	Peak       string `json:"peak,omitempty"`
	Times      string `json:"times,omitempty"`
	Facts      Facts  `json:"facts"`
	RecordedAt string `json:"recorded_at"`
}

func findingOf(f *matter.Finding) Finding {
	return Finding{
		ID: f.ID, Kind: f.Kind, Title: f.Title, Division: string(f.Division), Enterprise: f.Enterprise, Outlet: f.Outlet, Point: f.Point,
		At: stamp(f.At), LastAt: stamp(f.LastAt), Periods: f.Periods, Peak: f.Peak, Unit: f.Unit, Times: f.Times, Matter: int64(f.Matter), Facts: Facts(f.Facts),
		CreatedAt: stamp(f.CreatedAt), UpdatedAt: stamp(f.UpdatedAt),
	}
}

type findingsOut struct {
	Body struct {
		Findings []Finding `json:"findings" doc:"新的在前"`
		Next     string    `json:"next,omitempty"`
	}
}

type findingOut struct {
	Body struct {
		Finding
		PeriodList []FindingPeriod `json:"period_list"`
	}
}

func (a *api) findings() {
	needs := []access.Permission{"finding.read"}
	add(a, op{id: "listFindings", method: "GET", path: "/findings", tag: "问题线索", summary: "问题线索", needs: needs}, a.findingList)
	add(a, op{id: "getFinding", method: "GET", path: "/findings/{id}", tag: "问题线索", summary: "一条问题线索和它的各时段", needs: needs}, a.findingView)
}

func (a *api) findingList(ctx context.Context, by access.Caller, in *struct {
	Kind       string `query:"kind"`
	Point      Whole  `query:"point"`
	Enterprise Whole  `query:"enterprise"`
	Unopened   string `query:"unopened" doc:"为 1 时只列没有立项的"`
	After      Whole  `query:"after" doc:"上一页的 next"`
	Limit      Whole  `query:"limit" doc:"每页条数，1 至 500，默认 100"`
}) (*findingsOut, error) {
	q := matter.FindingQuery{Kind: in.Kind, Unopened: in.Unopened == "1" || in.Unopened == "true"}
	n, err := in.Limit.most("limit", 100, 500)
	if err == nil {
		err = numbers(number{"point", in.Point, &q.Point}, number{"enterprise", in.Enterprise, &q.Enterprise}, number{"after", in.After, &q.Before})
	}
	if err != nil {
		return nil, err
	}
	q.N = n
	all, err := a.Matter.Findings(ctx, by, q)
	out := &findingsOut{}
	out.Body.Findings = []Finding{}
	for i := range all {
		out.Body.Findings = append(out.Body.Findings, findingOf(&all[i]))
	}
	if len(all) == n {
		out.Body.Next = strconv.FormatInt(all[n-1].ID, 10)
	}
	return out, err
}

func (a *api) findingView(ctx context.Context, by access.Caller, in *struct {
	ID Whole `path:"id"`
}) (*findingOut, error) {
	id, err := in.ID.number("id")
	if err != nil {
		return nil, err
	}
	f, err := a.Matter.Finding(ctx, by, id)
	if err != nil {
		return nil, err
	}
	periods, err := a.Matter.Periods(ctx, by, id)
	if err != nil {
		return nil, err
	}
	out := &findingOut{}
	out.Body.Finding, out.Body.PeriodList = findingOf(&f), []FindingPeriod{}
	for _, p := range periods {
		out.Body.PeriodList = append(out.Body.PeriodList, FindingPeriod{At: stamp(p.At), Revision: p.Revision, Peak: p.Peak, Times: p.Times, Facts: Facts(p.Facts), RecordedAt: stamp(p.RecordedAt)})
	}
	return out, nil
}

// number is a parameter that is a whole number, and where it goes.
type number struct {
	name string
	text Whole
	into *int64
}

// numbers reads parameters; the error names the first that is no number.
func numbers(all ...number) error {
	for _, n := range all {
		v, err := n.text.number(n.name)
		if err != nil {
			return err
		}
		*n.into = v
	}
	return nil
}
