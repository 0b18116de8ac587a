package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
)

// formTime is how a form writes a minute.
const formTime = "2006-01-02T15:04"

// kindSpan is how much of a kind a page shows: without being asked, and at most.
type kindSpan struct {
	kind       measure.Kind
	usual, max time.Duration
	note       string
}

const day = 24 * time.Hour

var kindSpans = []kindSpan{
	{measure.Rtd, 2 * time.Hour, 3 * day, "时间为采样时刻"},
	{measure.Minute, day, 31 * day, "时间为时段开始"},
	{measure.Hour, 7 * day, 732 * day, "时间为时段开始，小时均值用于判定"},
	{measure.Day, 90 * day, 3660 * day, "时间为当日零时，日均值用于判定"},
}

// kindOf returns the kind that a form names; without one it is real time.
func kindOf(name string) kindSpan {
	for _, k := range kindSpans {
		if k.kind.String() == name {
			return k
		}
	}
	return kindSpans[0]
}

type kindTab struct {
	Name, Href string
	Chosen     bool
}

type pointPage struct {
	shell
	Point        register.Point
	State        stateView
	Why          string
	Enterprise   register.Name
	Outlet       register.Name
	Division     string
	MN           string
	CanDevice    bool
	CanBackfill  bool
	CanMark      bool
	Kinds        []kindTab
	Kind         string
	KindName     string
	KindNote     string
	Factors      []option
	Factor       string
	FactorName   string
	Unit         string
	From, To     string // as a form takes them
	Self         string // read again as values arrive; "" for a span that has passed
	Shortened    string // why the span is not the one asked for
	CurveSrc     string
	Rows         []valueRow
	RowNote      string
	HasConverted bool
	Limits       []limitView
	RateSpan     string
	Rates        []rateView
	Gaps         []gapView
	GapKind      string
	GapUnit      string
	MoreGaps     int
	Matters      []matterRow
	MarkNow      string
	Marks        []markRow
}

// span is what a page or a curve shows.
type span struct {
	kindSpan
	factor    string
	from, to  time.Time // to is not included
	shortened string
	fixed     bool // asked for: not the last hours until now
}

// spanOf reads the span from a form or an address.
func (r *request) spanOf() span {
	sp := span{kindSpan: kindOf(r.text("kind")), factor: r.text("factor")}
	sp.from, sp.to = r.date("from"), r.date("to")
	sp.fixed = !sp.from.IsZero() || !sp.to.IsZero()
	if sp.to.IsZero() {
		sp.to = r.Now.Truncate(time.Minute).Add(time.Minute)
		if !sp.from.IsZero() && sp.to.Sub(sp.from) > sp.max {
			sp.to = sp.from.Add(sp.max)
		}
	}
	if sp.from.IsZero() {
		sp.from = sp.to.Add(-sp.usual)
	}
	if !sp.from.Before(sp.to) {
		sp.from, sp.shortened = sp.to.Add(-sp.usual), "开始时间不早于结束时间，已改为结束时间之前的默认时段。"
	}
	if sp.to.Sub(sp.from) > sp.max {
		sp.from = sp.to.Add(-sp.max)
		sp.shortened = fmt.Sprintf("%s一次最多查看 %d 天，已从 %s 起显示。", sp.kind.Zh(), int(sp.max/day), sp.from.In(clock.Shanghai).Format("2006-01-02 15:04"))
	}
	return sp
}

// query is the span in an address; the last hours until now go without times.
func (sp span) query() string {
	q := url.Values{"kind": {sp.kind.String()}, "factor": {sp.factor}}
	if sp.fixed {
		q.Set("from", sp.from.In(clock.Shanghai).Format(formTime))
		q.Set("to", sp.to.In(clock.Shanghai).Format(formTime))
	}
	return q.Encode()
}

// pointView shows what a point reports, how it stands to its limits, and how
// complete its data is.
func (s *Server) pointView(w http.ResponseWriter, r *request) error {
	e, p, err := s.pointOf(r)
	if err != nil {
		return err
	}
	states, err := s.statesOf(r, p)
	if err != nil {
		return err
	}
	o := pointOverview{Point: p, State: states[p.ID]}
	if p.Outlet != 0 {
		if o.Limits, err = s.cfg.Register.Limits(r.Context(), r.Caller, p.Outlet, "", r.Now); err != nil {
			return err
		}
	}
	one := []pointOverview{o}
	if err := s.fillLatest(r, one); err != nil {
		return err
	}
	o = one[0]
	sp := r.spanOf()
	codes := o.factorCodes()
	if sp.factor == "" && len(codes) > 0 {
		sp.factor = codes[0]
	}
	v := pointPage{
		shell: s.shell(r, p.Name, "/monitor", link{"实时监测", "/monitor"}), Point: p, State: stateOf(o.State.Class), Why: o.State.Why,
		Outlet: e.Refs["outlet"], Division: s.cfg.Divisions.NameOf(p.Division), MN: p.MN,
		CanDevice: r.Caller.May("frame.read"), CanMark: r.Caller.May(markNeeds) && s.cfg.Monitoring.Readings != nil,
		CanBackfill: r.Caller.May("frame.operate") && s.cfg.Monitoring.Devices != nil,
		Kind:        sp.kind.String(), KindName: sp.kind.Zh(), KindNote: sp.note, Factor: sp.factor, Shortened: sp.shortened,
		From: sp.from.In(clock.Shanghai).Format(formTime), To: sp.to.In(clock.Shanghai).Format(formTime),
		CurveSrc: pointAddress(p.ID) + "/curve?" + sp.query(), MarkNow: r.Now.In(clock.Shanghai).Format(formTime),
	}
	if !sp.fixed {
		v.Self = pointAddress(p.ID) + "?" + sp.query()
	}
	for _, k := range kindSpans {
		tab := span{kindSpan: k, factor: sp.factor}
		v.Kinds = append(v.Kinds, kindTab{k.kind.Zh(), pointAddress(p.ID) + "?" + tab.query(), k.kind == sp.kind})
	}
	if sp.factor != "" && !slices.Contains(codes, sp.factor) {
		codes = append(codes, sp.factor)
	}
	for _, c := range codes {
		v.Factors = append(v.Factors, option{c, factorOption(c), c == sp.factor})
	}
	if sp.factor != "" {
		v.FactorName, v.Unit = factorName(sp.factor), unitOf(p, sp.factor)
	}
	return s.pointParts(w, r, &o, sp, &v)
}

// pointParts fills in what stands below and beside the curve.
func (s *Server) pointParts(w http.ResponseWriter, r *request, o *pointOverview, sp span, v *pointPage) error {
	if o.Enterprise != 0 {
		names, err := s.cfg.Register.Names(r.Context(), r.Caller, o.Enterprise)
		if err != nil {
			return err
		}
		v.Enterprise = names[o.Enterprise]
	}
	v.Limits = o.limitViews()
	for _, part := range []func(*request, *pointOverview, span, *pointPage) error{s.pointRows, s.pointQuality, s.pointMarks} {
		if err := part(r, o, sp, v); err != nil {
			return err
		}
	}
	var around entryPage
	if err := s.entryMatters(r, o.Enterprise, &around); err != nil {
		return err
	}
	v.Matters = around.Matters
	return s.render(w, r, "point", v)
}

// factorCodes lists the factors that a point reports or should, those with a
// limit first. One that is registered under a code of one edition and sent under
// that of another is there once, as it is sent.
func (o *pointOverview) factorCodes() []string {
	var codes []string
	for _, rd := range o.Latest {
		for _, row := range rd.Rows {
			codes = append(codes, row.Factor)
		}
	}
	for _, f := range o.Factors {
		if !slices.ContainsFunc(codes, func(sent string) bool { return sameFactor(sent, f.Code) }) {
			codes = append(codes, f.Code)
		}
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	slices.SortStableFunc(codes, func(a, b string) int { return cmp.Compare(o.weight(a), o.weight(b)) })
	return codes
}

func factorOption(code string) string {
	name := factorName(code)
	if strings.HasPrefix(name, code) {
		return name
	}
	return name + " " + code
}

func pointAddress(id int64) string { return fmt.Sprintf("/points/%d", id) }

// rawHref leads to the messages that a reading came from.
func rawHref(point int64, k measure.Kind, at int64) string {
	return fmt.Sprintf("/points/%d/raw?kind=%s&at=%d", point, k, at)
}
