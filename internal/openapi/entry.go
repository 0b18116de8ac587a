package openapi

import (
	"context"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/register"
)

// Entry is one thing on a register.
type Entry struct {
	ID         int64    `json:"id"`
	Register   string   `json:"register"`
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	Division   string   `json:"division" doc:"行政区划代码"`
	Enterprise int64    `json:"enterprise,omitempty" doc:"所属排污单位的 id"`
	Lon        *float64 `json:"lon,omitempty" doc:"经度，国家2000坐标系，度"`
	Lat        *float64 `json:"lat,omitempty" doc:"纬度"`
	Fields     Values   `json:"fields" doc:"台账的各字段；引用为 id，数字为原文。密码和密钥不返回"`
	State      string   `json:"state" enum:"active,withdrawn"`
	Version    int64    `json:"version"`
	CreatedAt  string   `json:"created_at"`
	UpdatedAt  string   `json:"updated_at"`
}

// entryOf shows e without its secrets, which the store may have revealed.
func entryOf(e register.Entry, secret func(key string) bool) Entry {
	out := Entry{
		ID: e.ID, Register: string(e.Register), Code: e.Code, Name: e.Name, Division: string(e.Division), Enterprise: e.Enterprise,
		Lon: e.Lon, Lat: e.Lat, Fields: Values{}, State: string(e.State), Version: e.Version, CreatedAt: stamp(e.CreatedAt), UpdatedAt: stamp(e.UpdatedAt),
	}
	for key, v := range e.Data {
		if !secret(key) {
			out.Fields[key] = v
		}
	}
	return out
}

// secret tells which fields of a register never go out.
func (a *api) secret(r register.Register) func(key string) bool {
	d, ok := a.Register.Book.Definition(r)
	return func(key string) bool {
		if !ok {
			return true
		}
		f, known := d.Field(key)
		return known && f.Type == register.Secret
	}
}

// Outlet is an outlet of an enterprise.
type Outlet struct {
	ID             int64  `json:"id"`
	Code           string `json:"code" doc:"排放口编号，如 DA001"`
	Name           string `json:"name"`
	Medium         string `json:"medium" enum:"air,water,rain"`
	Enterprise     int64  `json:"enterprise"`
	EnterpriseCode string `json:"enterprise_code,omitempty" doc:"统一社会信用代码"`
	EnterpriseName string `json:"enterprise_name,omitempty"`
	Division       string `json:"division"`
	State          string `json:"state" enum:"active,withdrawn"`
}

// Enterprise is a site that discharges.
type Enterprise struct {
	ID       int64    `json:"id"`
	Code     string   `json:"code" doc:"统一社会信用代码"`
	Name     string   `json:"name"`
	Division string   `json:"division"`
	Lon      *float64 `json:"lon,omitempty"`
	Lat      *float64 `json:"lat,omitempty"`
	State    string   `json:"state" enum:"active,withdrawn"`
}

// Listing is what every list of entries can be asked for.
type Listing struct {
	Q        string `query:"q" doc:"编号、名称或名称拼音首字母的一部分"`
	Division string `query:"division" doc:"行政区划代码：该区划及其内部"`
	State    string `query:"state" enum:"active,withdrawn" doc:"默认 active"`
	After    string `query:"after" doc:"上一页的 next"`
	Limit    Whole  `query:"limit" doc:"每页条数，1 至 500，默认 100"`
}

func (l *Listing) query(r register.Register, filters map[string]string) (register.Query, error) {
	q := register.Query{Register: r, Text: l.Q, Division: access.Division(l.Division), State: register.State(l.State), After: l.After, Filters: map[string]string{}}
	for key, v := range filters {
		if v != "" {
			q.Filters[key] = v
		}
	}
	if l.State != "" && q.State != register.Active && q.State != register.Withdrawn {
		return q, wrong("state", "应为 active 或 withdrawn")
	}
	var err error
	q.N, err = l.Limit.most("limit", 100, 500)
	return q, err
}

type outletsOut struct {
	Body struct {
		Outlets []Outlet `json:"outlets"`
		Next    string   `json:"next,omitempty"`
	}
}

type enterprisesOut struct {
	Body struct {
		Enterprises []Enterprise `json:"enterprises"`
		Next        string       `json:"next,omitempty"`
	}
}

type entriesOut struct {
	Body struct {
		Entries []Entry `json:"entries"`
		Next    string  `json:"next,omitempty"`
	}
}

type entryOut struct{ Body Entry }

// EntryBody is an entry as it is sent.
type EntryBody struct {
	ID       int64    `json:"id,omitempty" doc:"修改已有记录时填写"`
	Version  int64    `json:"version,omitempty" doc:"修改时：最近一次看到的版本"`
	Code     Text     `json:"code,omitempty"`
	Name     string   `json:"name,omitempty"`
	Division Text     `json:"division,omitempty" doc:"有上级（排污单位、排放口）的记录不填，随上级"`
	Lon      *float64 `json:"lon,omitempty"`
	Lat      *float64 `json:"lat,omitempty"`
	Fields   Values   `json:"fields,omitempty" doc:"台账的各字段，键见 GET 的结果；所属排放口 outlet、排污单位 enterprise 等引用填 id"`
	Reason   string   `json:"reason,omitempty" doc:"修改原因"`
}

func (a *api) entries() {
	read := []access.Permission{"register.read"}
	add(a, op{id: "listEnterprises", method: "GET", path: "/enterprises", tag: "台账", summary: "排污单位", needs: read},
		func(ctx context.Context, by access.Caller, in *struct{ Listing }) (*enterprisesOut, error) {
			q, err := in.query(register.Enterprise, nil)
			if err != nil {
				return nil, err
			}
			page, err := a.Register.List(ctx, by, q)
			out := &enterprisesOut{}
			out.Body.Enterprises, out.Body.Next = []Enterprise{}, page.Next
			for _, e := range page.Entries {
				out.Body.Enterprises = append(out.Body.Enterprises, Enterprise{ID: e.ID, Code: e.Code, Name: e.Name, Division: string(e.Division), Lon: e.Lon, Lat: e.Lat, State: string(e.State)})
			}
			return out, err
		})
	add(a, op{id: "listOutlets", method: "GET", path: "/outlets", tag: "台账", summary: "排放口", needs: read}, a.outlets)
	add(a, op{id: "listEntries", method: "GET", path: "/entries/{register}", tag: "台账", summary: "某个台账的记录", needs: read}, a.entryList)
	add(a, op{id: "saveEntry", method: "POST", path: "/entries/{register}", tag: "台账", summary: "新增或修改台账记录", status: 201, body: EntryBody{},
		detail: "台账 enterprise、outlet、limit 需要 `register.edit`，point 需要 `point.edit`。修改时填写 id 和 version，没有写出的字段将清空，密码和密钥除外。"}, a.entrySave)
}

func (a *api) outlets(ctx context.Context, by access.Caller, in *struct {
	Listing
	Enterprise Whole  `query:"enterprise" doc:"排污单位的 id"`
	Medium     string `query:"medium" enum:"air,water,rain"`
}) (*outletsOut, error) {
	q, err := in.query(register.Outlet, map[string]string{"enterprise": string(in.Enterprise), "medium": in.Medium})
	if err != nil {
		return nil, err
	}
	page, err := a.Register.List(ctx, by, q)
	out := &outletsOut{}
	out.Body.Outlets, out.Body.Next = []Outlet{}, page.Next
	for _, e := range page.Entries {
		owner := e.Refs["enterprise"]
		out.Body.Outlets = append(out.Body.Outlets, Outlet{
			ID: e.ID, Code: e.Code, Name: e.Name, Medium: e.Text("medium"), Enterprise: e.Enterprise, EnterpriseCode: owner.Code, EnterpriseName: owner.Name,
			Division: string(e.Division), State: string(e.State),
		})
	}
	return out, err
}

func (a *api) entryList(ctx context.Context, by access.Caller, in *struct {
	Listing
	Register string `path:"register" doc:"enterprise、outlet、point、limit 等"`
	Outlet   Whole  `query:"outlet" doc:"所属排放口的 id（point、limit）"`
}) (*entriesOut, error) {
	q, err := in.query(register.Register(in.Register), map[string]string{"outlet": string(in.Outlet)})
	if err != nil {
		return nil, err
	}
	if err := a.known(q.Register); err != nil {
		return nil, err
	}
	page, err := a.Register.List(ctx, by, q)
	out := &entriesOut{}
	out.Body.Entries, out.Body.Next = []Entry{}, page.Next
	for _, e := range page.Entries {
		out.Body.Entries = append(out.Body.Entries, entryOf(e, a.secret(e.Register)))
	}
	return out, err
}

// known returns fault.NotFound unless there is a register of that name.
func (a *api) known(r register.Register) error {
	if _, ok := a.Register.Book.Definition(r); !ok {
		return fault.New(fault.NotFound, "没有台账“%s”", r)
	}
	return nil
}

func (a *api) entrySave(ctx context.Context, by access.Caller, in *struct {
	Register string `path:"register"`
}) (*entryOut, error) {
	r := register.Register(in.Register)
	if err := a.known(r); err != nil {
		return nil, err
	}
	body, err := bodyOf[EntryBody](ctx)
	if err != nil {
		return nil, err
	}
	e, err := a.Register.Save(ctx, by, register.Entry{
		ID: body.ID, Version: body.Version, Register: r, Code: string(body.Code), Name: body.Name, Division: access.Division(body.Division),
		Lon: body.Lon, Lat: body.Lat, Data: body.Fields,
	}, body.Reason)
	if err != nil {
		return nil, err
	}
	return &entryOut{Body: entryOf(e, a.secret(r))}, nil
}
