package openapi

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/register"
)

// FactorUnit is what a device measures and the unit it sends it in.
type FactorUnit struct {
	Code     string `json:"code" doc:"因子编码，如 a21026"`
	Unit     string `json:"unit,omitempty" doc:"设备上报所用的单位，如 mg/m3；不填为未知"`
	Decimals *int   `json:"decimals,omitempty" doc:"显示的小数位数；不填按原文"`
}

// Point is a monitoring point.
type Point struct {
	ID            int64        `json:"id"`
	Code          string       `json:"code"`
	Name          string       `json:"name"`
	Kind          string       `json:"kind"`
	MN            string       `json:"mn" doc:"设备编号"`
	Profile       string       `json:"profile" enum:"2005,2017,2025,surface"`
	ST            string       `json:"st,omitempty"`
	Outlet        int64        `json:"outlet,omitempty"`
	OutletCode    string       `json:"outlet_code,omitempty"`
	OutletName    string       `json:"outlet_name,omitempty"`
	Enterprise    int64        `json:"enterprise,omitempty"`
	Division      string       `json:"division"`
	Factors       []FactorUnit `json:"factors"`
	RtdSeconds    int          `json:"rtd_interval_s,omitempty"`
	MinuteMinutes int          `json:"minute_interval_min,omitempty"`
	PasswordSet   bool         `json:"password_set" doc:"是否设有访问密码；密码本身不返回"`
	SM4KeySet     bool         `json:"sm4_key_set" doc:"是否设有 SM4 密钥；密钥本身不返回"`
	ToleratedCRC  string       `json:"tolerated_crc,omitempty"`
	Lon           *float64     `json:"lon,omitempty"`
	Lat           *float64     `json:"lat,omitempty"`
	State         string       `json:"state" enum:"active,withdrawn"`
	Version       int64        `json:"version"`
	CreatedAt     string       `json:"created_at"`
	UpdatedAt     string       `json:"updated_at"`
	Status        *PointStatus `json:"status,omitempty" doc:"当前状况；没有判定的点位没有"`
}

// PointStatus is how a point stands now.
type PointStatus struct {
	State      string    `json:"state" enum:"exceeds,warn,meets,unknown,offline"`
	Reason     string    `json:"reason,omitempty" doc:"为什么未知或离线"`
	Since      string    `json:"since,omitempty"`
	ReceivedAt string    `json:"received_at,omitempty" doc:"最近一次收到报文"`
	DataAt     string    `json:"data_at,omitempty" doc:"最新数据的时间"`
	Verdicts   []Verdict `json:"verdicts" doc:"最近一个完整时段各因子的判定"`
}

// Verdict is the verdict on a factor over a period.
type Verdict struct {
	Factor     string `json:"factor"`
	Period     string `json:"period" enum:"hour,day"`
	At         string `json:"at" doc:"时段的开始"`
	Verdict    string `json:"verdict"`
	Issue      string `json:"issue,omitempty" doc:"为什么未知"`
	Value      string `json:"value,omitempty" doc:"用来比较的数值"`
	Limit      string `json:"limit,omitempty"`
	Unit       string `json:"unit,omitempty"`
	Multiple   string `json:"multiple,omitempty" doc:"超标倍数"`
	Arithmetic string `json:"arithmetic,omitempty"`
	Citation   string `json:"citation,omitempty"`
	Confidence string `json:"confidence,omitempty" doc:"不是 source 的，为待核实"`
}

func pointOf(e register.Entry) Point {
	p := register.PointOf(e)
	outlet := e.Refs["outlet"]
	out := Point{
		ID: e.ID, Code: e.Code, Name: e.Name, Kind: p.Kind, MN: p.MN, Profile: p.Profile, ST: p.ST, Outlet: p.Outlet, OutletCode: outlet.Code, OutletName: outlet.Name,
		Enterprise: e.Enterprise, Division: string(e.Division), Factors: []FactorUnit{}, RtdSeconds: p.RtdSeconds, MinuteMinutes: p.MinuteEvery,
		PasswordSet: p.Password != "", SM4KeySet: p.SM4Key != "", ToleratedCRC: p.ToleratedCRC, Lon: e.Lon, Lat: e.Lat,
		State: string(e.State), Version: e.Version, CreatedAt: stamp(e.CreatedAt), UpdatedAt: stamp(e.UpdatedAt),
	}
	for _, f := range p.Factors {
		out.Factors = append(out.Factors, FactorUnit(f))
	}
	return out
}

type pointOut struct{ Body Point }

type pointsOut struct {
	Body struct {
		Points []Point `json:"points"`
		Next   string  `json:"next,omitempty"`
	}
}

// PointBody is a point as it is registered.
type PointBody struct {
	MN           Text         `json:"mn" doc:"设备编号，与数采仪发送的 MN 完全一致"`
	Profile      Text         `json:"profile" doc:"通讯协议：2005、2017、2025，地表水为 surface"`
	Password     Text         `json:"password,omitempty" doc:"访问密码（PW）"`
	Outlet       Text         `json:"outlet,omitempty" doc:"所属排放口：id，或唯一的编号 DA001，或“统一社会信用代码/DA001”；污染源必填"`
	Name         string       `json:"name,omitempty" doc:"不填时由排放口名称和 MN 组成"`
	Kind         string       `json:"kind,omitempty" doc:"source_air、source_water、air、surface、noise、dust；不填时按排放口的类型"`
	Factors      []FactorUnit `json:"factors,omitempty"`
	ST           Text         `json:"st,omitempty" doc:"系统类型编码"`
	RtdSeconds   Text         `json:"rtd_interval_s,omitempty" doc:"实时数据间隔，秒"`
	Minutes      Text         `json:"minute_interval_min,omitempty" doc:"分钟数据间隔，分钟"`
	Code         Text         `json:"code,omitempty" doc:"点位编号；不填与 MN 相同"`
	Division     Text         `json:"division,omitempty" doc:"没有排放口的点位填写"`
	Lon          *float64     `json:"lon,omitempty"`
	Lat          *float64     `json:"lat,omitempty"`
	SM4Key       Text         `json:"sm4_key,omitempty"`
	ToleratedCRC string       `json:"tolerated_crc,omitempty"`
	Vendor       string       `json:"vendor,omitempty" doc:"运维单位"`
	Note         string       `json:"note,omitempty"`
}

func (a *api) points() {
	read := []access.Permission{"register.read"}
	add(a, op{id: "createPoint", method: "POST", path: "/points", tag: "点位", summary: "登记监测点位", needs: []access.Permission{"point.edit"}, status: 201, body: PointBody{},
		detail: "登记后即可接收该设备的报文。MN 已被使用时返回 422，errors 中的 mn 说明。"}, a.pointCreate)
	add(a, op{id: "listPoints", method: "GET", path: "/points", tag: "点位", summary: "监测点位", needs: read}, a.pointList)
	add(a, op{id: "getPoint", method: "GET", path: "/points/{id}", tag: "点位", summary: "一个监测点位和它的当前状况", needs: read, detail: "当前状况另需 `monitor.read`。"}, a.pointView)
}

func (a *api) pointList(ctx context.Context, by access.Caller, in *struct {
	Listing
	MN      string `query:"mn"`
	Outlet  Whole  `query:"outlet" doc:"所属排放口的 id"`
	Kind    string `query:"kind"`
	Profile string `query:"profile"`
}) (*pointsOut, error) {
	q, err := in.query(register.PointEntry, map[string]string{"mn": in.MN, "outlet": string(in.Outlet), "kind": in.Kind, "profile": profile(in.Profile)})
	if err != nil {
		return nil, err
	}
	page, err := a.Register.List(ctx, by, q)
	out := &pointsOut{}
	out.Body.Points, out.Body.Next = []Point{}, page.Next
	for _, e := range page.Entries {
		out.Body.Points = append(out.Body.Points, pointOf(e))
	}
	return out, err
}

func (a *api) pointView(ctx context.Context, by access.Caller, in *struct {
	ID Whole `path:"id"`
}) (*pointOut, error) {
	id, err := in.ID.number("id")
	if err != nil {
		return nil, err
	}
	e, err := a.pointEntry(ctx, by, id)
	if err != nil {
		return nil, err
	}
	out := &pointOut{Body: pointOf(e)}
	if a.States == nil || !by.May("monitor.read") {
		return out, nil
	}
	out.Body.Status, err = a.status(ctx, by, id)
	return out, err
}

// pointEntry returns the entry id, which must be a point.
func (a *api) pointEntry(ctx context.Context, by access.Caller, id int64) (register.Entry, error) {
	e, err := a.Register.Entry(ctx, by, id)
	if err == nil && e.Register != register.PointEntry || fault.Is(err, fault.NotFound) {
		return register.Entry{}, fault.New(fault.NotFound, "没有编号为 %d 的监测点位，或不在您的管辖范围内", id)
	}
	return e, err
}

func (a *api) status(ctx context.Context, by access.Caller, point int64) (*PointStatus, error) {
	all, err := a.States.States(ctx, by, a.Clock.Now())
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.Point != point {
			continue
		}
		out := &PointStatus{State: string(s.State), Reason: s.Reason, Since: stamp(s.Since), ReceivedAt: stamp(s.Received), DataAt: stamp(s.At), Verdicts: []Verdict{}}
		for i := range s.Verdicts {
			v := &s.Verdicts[i]
			out.Verdicts = append(out.Verdicts, Verdict{
				Factor: v.Factor, Period: string(v.Period), At: stampUnix(v.At), Verdict: string(v.Verdict), Issue: string(v.Issue), Value: v.Value, Limit: v.LimitText,
				Unit: v.Unit, Multiple: v.Multiple, Arithmetic: v.Arithmetic, Citation: v.Citation, Confidence: v.Confidence,
			})
		}
		return out, nil
	}
	return nil, nil
}

// profile returns the profile as the register has it.
func profile(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "surface-water" || s == "surface_water" {
		return "surface"
	}
	return s
}

// kindOf is the kind of a point by the medium of its outlet.
var kindOf = map[string]string{"air": "source_air", "water": "source_water", "rain": "source_water"}

func (a *api) pointCreate(ctx context.Context, by access.Caller, _ *struct{}) (*pointOut, error) {
	body, err := bodyOf[PointBody](ctx)
	if err != nil {
		return nil, err
	}
	// Who registers a point has to find the outlet it belongs to; the scope of
	// the caller says which.
	reader := by.Grant("register.read")
	e := body.entry()
	if ref := strings.TrimSpace(string(body.Outlet)); ref != "" {
		outlet, err := a.outlet(ctx, reader, ref)
		if err != nil {
			return nil, err
		}
		e.Data["outlet"] = outlet.ID
		if body.Kind == "" {
			e.Data["kind"] = kindOf[outlet.Text("medium")]
		}
		if e.Name == "" {
			e.Name = fmt.Sprintf("%s %s", outlet.Name, body.MN)
		}
	} else if body.Kind == "" {
		if e.Data["profile"] != "surface" {
			return nil, wrong("outlet", "请填写所属排放口 outlet；不属于排放口的点位请填写类型 kind")
		}
		e.Data["kind"] = "surface"
	}
	if e.Name == "" {
		e.Name = string(body.MN)
	}
	if e.Division == "" && len(by.Scope.Divisions) == 1 {
		e.Division = by.Scope.Divisions[0] // the owner's takes its place where there is one
	}
	saved, err := a.Register.Save(ctx, by, e, "接口登记")
	if err != nil {
		return nil, err
	}
	if saved, err = a.Register.Entry(ctx, reader, saved.ID); err != nil {
		return nil, err
	}
	return &pointOut{Body: pointOf(saved)}, nil
}

// entry returns what the body says as an entry of the register.
func (b *PointBody) entry() register.Entry {
	e := register.Entry{Register: register.PointEntry, Code: string(b.Code), Name: b.Name, Division: access.Division(b.Division), Lon: b.Lon, Lat: b.Lat, Data: map[string]any{}}
	for key, v := range map[string]string{
		"mn": string(b.MN), "profile": profile(string(b.Profile)), "password": string(b.Password), "kind": b.Kind, "st": string(b.ST),
		"rtd_interval_s": string(b.RtdSeconds), "minute_interval_min": string(b.Minutes), "sm4_key": string(b.SM4Key), "tolerated_crc": b.ToleratedCRC,
		"vendor": b.Vendor, "note": b.Note,
	} {
		if v != "" {
			e.Data[key] = v
		}
	}
	if len(b.Factors) > 0 {
		e.Data["factors"] = b.Factors
	}
	return e
}

// outlet finds the outlet that ref names: by id, by a code that only one has,
// or by the code of its enterprise and its own.
func (a *api) outlet(ctx context.Context, by access.Caller, ref string) (register.Entry, error) {
	if id, err := strconv.ParseInt(ref, 10, 64); err == nil {
		e, err := a.Register.Entry(ctx, by, id)
		if fault.Is(err, fault.NotFound) || err == nil && e.Register != register.Outlet {
			return register.Entry{}, wrong("outlet", "没有 id 为 %d 的排放口，或不在您的管辖范围内", id)
		}
		return e, err
	}
	owner, code, within := strings.Cut(ref, "/")
	if !within {
		owner, code = "", ref
	}
	filters := map[string]string{}
	if within {
		all, err := a.coded(ctx, by, register.Query{Register: register.Enterprise, Text: owner}, owner)
		if err != nil {
			return register.Entry{}, err
		}
		if len(all) != 1 {
			return register.Entry{}, wrong("outlet", "没有统一社会信用代码为 %s 的排污单位，或不在您的管辖范围内", owner)
		}
		filters["enterprise"] = strconv.FormatInt(all[0].ID, 10)
	}
	all, err := a.coded(ctx, by, register.Query{Register: register.Outlet, Text: code, Filters: filters}, code)
	switch {
	case err != nil:
		return register.Entry{}, err
	case len(all) == 0:
		return register.Entry{}, wrong("outlet", "没有排放口 %s，或不在您的管辖范围内", ref)
	case len(all) > 1:
		return register.Entry{}, wrong("outlet", "有 %d 个排放口的编号都是 %s，请写成“统一社会信用代码/%s”或填 id", len(all), code, code)
	}
	return all[0], nil
}

// coded returns all entries that q finds whose code is code.
func (a *api) coded(ctx context.Context, by access.Caller, q register.Query, code string) (all []register.Entry, err error) {
	q.N = 500
	for {
		page, err := a.Register.List(ctx, by, q)
		if err != nil {
			return nil, err
		}
		for _, e := range page.Entries {
			if e.Code == code {
				all = append(all, e)
			}
		}
		if page.Next == "" {
			return all, nil
		}
		q.After = page.Next
	}
}
