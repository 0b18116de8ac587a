package openapi

import (
	"context"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
)

// How many readings a page has.
const (
	usualReadings = 10_000
	mostReadings  = 100_000
)

// kinds are the kinds of readings, with the stretch that is answered when no
// time is given.
var kinds = map[string]struct {
	kind measure.Kind
	span time.Duration
}{
	"rtd":    {measure.Rtd, 24 * time.Hour},
	"minute": {measure.Minute, 24 * time.Hour},
	"hour":   {measure.Hour, 31 * 24 * time.Hour},
	"day":    {measure.Day, 366 * 24 * time.Hour},
}

// ReadingPage is a part of the readings of a point.
type ReadingPage struct {
	Point    int64             `json:"point" doc:"点位的 id"`
	MN       string            `json:"mn"`
	Kind     string            `json:"kind" enum:"rtd,minute,hour,day"`
	Units    map[string]string `json:"units" doc:"因子的单位，台账有登记的"`
	Readings []Reading         `json:"readings" doc:"按时间、因子排列"`
	Next     string            `json:"next,omitempty" doc:"还有更多时：作为 after 取下一页"`
}

// Reading is one factor at one time.
type Reading struct {
	Time     string `json:"time" doc:"数据时间，RFC 3339；小时、日等时段为其开始"`
	DataTime string `json:"data_time" doc:"数据时间，报文的写法，如 20240123123000"`
	Factor   string `json:"factor"`
	Content
	Revision   int       `json:"revision" doc:"第几种内容：1 为没有被更正过"`
	Fixed      *Fixed    `json:"fixed,omitempty" doc:"人工修正；values 已是修正后的"`
	Superseded []Content `json:"superseded,omitempty" doc:"被取代的内容，最近的在前；仅当 revisions=1"`
}

// Content is what a message said of a factor.
type Content struct {
	Values     map[string]string `json:"values" doc:"各字段的原文，如 Avg、Min、Max、Cou、Rtd、Flag"`
	Value      string            `json:"value,omitempty" doc:"主要数值的原文：实时为 Rtd，其他为 Avg"`
	Mark       string            `json:"mark,omitempty" doc:"数据标记（Flag），如 N；没有上报则没有"`
	QN         string            `json:"qn,omitempty" doc:"报文的请求编码"`
	ReceivedAt string            `json:"received_at,omitempty" doc:"到达时间"`
	Backfilled bool              `json:"backfilled" doc:"是否补传"`
}

// Fixed is the correction that was applied.
type Fixed struct {
	By       string            `json:"by"`
	Why      string            `json:"why"`
	At       string            `json:"at"`
	Reported map[string]string `json:"reported" doc:"设备上报的原文"`
}

type readingsIn struct {
	MN        string   `query:"mn" doc:"设备编号；与 point 二选一"`
	Point     Whole    `query:"point" doc:"点位的 id"`
	Kind      string   `query:"kind" enum:"rtd,minute,hour,day" doc:"实时、分钟、小时、日；默认 rtd"`
	Factors   []string `query:"factor,explode" doc:"因子编码，可重复；不填为全部"`
	From      string   `query:"from" doc:"开始（含）：RFC 3339、2026-09-01T08:00:00（北京时间）、20260901080000 或 Unix 秒"`
	To        string   `query:"to" doc:"结束（含），同 from；默认现在"`
	Revisions string   `query:"revisions" doc:"为 1 时附上被取代的内容"`
	After     string   `query:"after" doc:"上一页的 next"`
	Limit     Whole    `query:"limit" doc:"每页条数，1 至 100000，默认 10000"`
}

func (a *api) readings() {
	schemas := a.huma.OpenAPI().Components.Schemas
	add(a, op{id: "listReadings", method: "GET", path: "/readings", tag: "监测数据", summary: "一个点位的监测数据", needs: []access.Permission{"monitor.read"},
		detail: "不填时间时：rtd、minute 为最近 24 小时，hour 为最近 31 天，day 为最近一年。",
		answer: &huma.MediaType{Schema: schemas.Schema(reflect.TypeFor[ReadingPage](), true, "ReadingPage")}}, a.readingList)
}

// readingQuery is what of readings is asked for, understood.
type readingQuery struct {
	rows      measure.RowQuery
	kind      string
	mn        string
	units     map[string]string
	after     position
	most      int
	revisions bool
}

// position is a place in the order of readings.
type position struct {
	at     int64
	factor string
}

func (p position) String() string { return strconv.FormatInt(p.at, 10) + "." + p.factor }

func (a *api) readingList(ctx context.Context, by access.Caller, in *readingsIn) (*huma.StreamResponse, error) {
	q, err := in.parse(a.Clock.Now())
	if err != nil {
		return nil, err
	}
	p, err := a.pointOf(ctx, by, in)
	if err != nil {
		return nil, err
	}
	q.rows.Point, q.mn, q.units = measure.Point(p.ID), p.MN, map[string]string{}
	for _, f := range p.Factors {
		if f.Unit != "" {
			q.units[f.Code] = f.Unit
		}
	}
	return &huma.StreamResponse{Body: func(out huma.Context) { a.writeReadings(ctx, out, q) }}, nil
}

// pointOf returns the point that in names. To see readings one need not be
// allowed to read registers; the scope of the caller holds.
func (a *api) pointOf(ctx context.Context, by access.Caller, in *readingsIn) (register.Point, error) {
	reader := by.Grant("register.read")
	switch {
	case in.MN != "" && in.Point != "":
		return register.Point{}, wrong("point", "mn 和 point 只填一个")
	case in.MN != "":
		return a.Register.PointByMN(ctx, reader, in.MN)
	case in.Point == "":
		return register.Point{}, wrong("mn", "请填写设备编号 mn 或点位 point")
	}
	id, err := in.Point.number("point")
	if err != nil {
		return register.Point{}, err
	}
	e, err := a.pointEntry(ctx, reader, id)
	return register.PointOf(e), err
}

// parse reads the parameters that do not ask for a point.
func (in *readingsIn) parse(now time.Time) (q readingQuery, err error) {
	bad := map[string]string{}
	q.kind = in.Kind
	if q.kind == "" {
		q.kind = "rtd"
	}
	k, ok := kinds[q.kind]
	if !ok {
		bad["kind"] = "应为 rtd、minute、hour 或 day"
	}
	to := readMoment(bad, "to", in.To, now)
	from := readMoment(bad, "from", in.From, to.Add(-k.span))
	if len(bad) == 0 && from.After(to) {
		bad["to"] = "结束时间早于开始时间"
	}
	if in.After != "" {
		if q.after, ok = readPosition(in.After); !ok {
			bad["after"] = "应为上一页的 next"
		}
	}
	switch in.Revisions {
	case "", "0", "false":
	case "1", "true":
		q.revisions = true
	default:
		bad["revisions"] = "应为 1 或 0"
	}
	if q.most, err = in.Limit.most("limit", usualReadings, mostReadings); err != nil {
		bad["limit"] = fault.FieldsOf(err)["limit"]
	}
	q.rows = measure.RowQuery{Kind: k.kind, From: max(from.Unix(), q.after.at), To: to.Unix() + 1, Superseded: q.revisions}
	for _, f := range in.Factors {
		for part := range strings.SplitSeq(f, ",") {
			if part = strings.TrimSpace(part); part != "" {
				q.rows.Factors = append(q.rows.Factors, part)
			}
		}
	}
	return q, fault.Fields(bad)
}

func readMoment(bad map[string]string, name, text string, usual time.Time) time.Time {
	if text == "" {
		return usual
	}
	t, ok := moment(text)
	if !ok {
		bad[name] = momentHelp
	}
	return t
}

func readPosition(s string) (position, bool) {
	at, factor, ok := strings.Cut(s, ".")
	n, err := strconv.ParseInt(at, 10, 64)
	return position{n, factor}, ok && err == nil && factor != ""
}

// readingOf shows a row.
func readingOf(r *measure.Row, k measure.Kind) Reading {
	t := clock.Unix(r.At)
	out := Reading{Time: stamp(t), DataTime: t.Format("20060102150405"), Factor: r.Factor, Content: contentOf(&r.Version, k), Revision: r.Revision}
	for i := range r.Superseded {
		out.Superseded = append(out.Superseded, contentOf(&r.Superseded[i], k))
	}
	if r.Fix != nil {
		out.Fixed = &Fixed{By: r.Fix.Who, Why: r.Fix.Why, At: stampUnix(r.Fix.FixedAt), Reported: valuesOf(r.Reported)}
	}
	return out
}

func contentOf(v *measure.Version, k measure.Kind) Content {
	c := Content{Values: valuesOf(v.Values), Mark: v.Mark, ReceivedAt: stampUnix(v.Received), Backfilled: v.Backfilled}
	first, second := "Avg", "Rtd"
	if k == measure.Rtd {
		first, second = second, first
	}
	// Some instruments send the one where the other belongs.
	if text, ok := v.Value(first); ok {
		c.Value = text
	} else if text, ok := v.Value(second); ok {
		c.Value = text
	}
	if v.QN != 0 {
		t := time.UnixMilli(v.QN).In(clock.Shanghai)
		c.QN = strings.Replace(t.Format("20060102150405.000"), ".", "", 1)
	}
	return c
}

func valuesOf(values []measure.Value) map[string]string {
	m := make(map[string]string, len(values))
	for _, v := range values {
		m[v.Field] = v.Text
	}
	return m
}
