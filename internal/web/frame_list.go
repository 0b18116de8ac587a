package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/hj212"
)

func (s *Server) frameRoutes() []route {
	return []route{
		{"GET /frames", "frame.read", s.frameList},
		{"POST /frames/inspect", "frame.read", s.frameInspect},
		{"GET /frames/{id}", "frame.read", s.frameView},
		{"POST /frames/{id}/replay", "frame.operate", s.frameReplay},
		{"GET /frames/quarantine/{mn}", "frame.read", s.quarantineView},
		{"POST /frames/quarantine/{mn}/replay", "frame.operate", s.quarantineClaim},
		{"GET /devices", "frame.read", s.deviceList},
		{"GET /devices/{id}", "frame.read", s.deviceView},
		{"POST /devices/{id}/command", "frame.operate", s.deviceCommand},
		{"POST /devices/{id}/backfill", "frame.operate", s.deviceBackfill},
		{"POST /forward", "frame.operate", s.forwardAdd},
		{"POST /forward/{id}", "frame.operate", s.forwardEnable},
	}
}

// framesPage is how many refused frames a page of the list has.
const framesPage = 50

type frameListView struct {
	shell
	Tab          string
	Quarantined  int
	CanOperate   bool
	Self         string
	MN           string
	Reasons      []option
	Rows         []refusedRow
	Pager        pager
	Devices      []quarantineRow
	strangers    []Stranger
	Raw, Problem string
	Inspections  []inspection
}

type refusedRow struct {
	ID       int64
	Text, MN string
	ByteAt   int // counted from 1
	Times    int64
	Last     time.Time
	Remote   string
	Replayed stateView
}

type quarantineRow struct {
	MN, Profile string
	Frames      int64
	First, Last time.Time
	Remote      string
	Look, Claim string
}

// reasonNames are the reasons that a list can be filtered by.
var reasonNames = []struct {
	reason hj212.Reason
	name   string
}{
	{hj212.ReasonCRC, "校验错误"}, {hj212.ReasonLength, "长度不符"}, {hj212.ReasonLengthField, "长度字段错误"},
	{hj212.ReasonLengthCeiling, "长度超限"}, {hj212.ReasonLengthCharacters, "长度按字符计"}, {hj212.ReasonTruncated, "报文不完整"},
	{hj212.ReasonExpired, "等待超时"}, {hj212.ReasonTooLong, "数据段过长"}, {hj212.ReasonNoCP, "缺少 CP"},
	{hj212.ReasonNoField, "没有字段"}, {hj212.ReasonCipher, "无法解密"},
}

// frameTabs fills in what all tabs of the page show.
func (s *Server) frameTabs(r *request, tab string) (frameListView, error) {
	v := frameListView{shell: s.shell(r, "报文检查", "/frames"), Tab: tab, CanOperate: r.Caller.May("frame.operate"), Self: self(r)}
	if s.cfg.Monitoring.Frames == nil {
		return v, nil
	}
	var err error
	v.strangers, err = s.cfg.Monitoring.Frames.Strangers(r.Context(), r.Caller, 500)
	v.Quarantined = len(v.strangers)
	return v, err
}

// frameList shows what was not taken in: refused frames, devices that are not
// registered, and the form for pasted frames.
func (s *Server) frameList(w http.ResponseWriter, r *request) error {
	tab := r.text("tab")
	if tab != "quarantine" && tab != "paste" {
		tab = "refused"
	}
	v, err := s.frameTabs(r, tab)
	if err != nil {
		return err
	}
	if tab == "paste" {
		return s.render(w, r, "frame_list", v)
	}
	if s.cfg.Monitoring.Frames == nil {
		return errNoFrames
	}
	if tab == "quarantine" {
		v.quarantineRows()
	} else if err := s.refusedRows(r, &v); err != nil {
		return err
	}
	return s.render(w, r, "frame_list", v)
}

func (s *Server) refusedRows(r *request, v *frameListView) error {
	q := FrameQuery{MN: r.text("mn"), Reason: hj212.Reason(r.text("reason")), Before: r.int("after"), N: framesPage}
	v.MN = q.MN
	known := false
	for _, n := range reasonNames {
		v.Reasons = append(v.Reasons, option{string(n.reason), n.name, n.reason == q.Reason})
		known = known || n.reason == q.Reason
	}
	if q.Reason != "" && !known {
		v.Reasons = append(v.Reasons, option{string(q.Reason), string(q.Reason), true})
	}
	all, err := s.cfg.Monitoring.Frames.RefusedFrames(r.Context(), r.Caller, q)
	if err != nil {
		return err
	}
	for _, f := range all {
		row := refusedRow{ID: f.ID, Text: f.Text, MN: f.MN, ByteAt: f.At + 1, Times: f.Times, Last: f.Last, Remote: f.Remote, Replayed: replayState(f)}
		v.Rows = append(v.Rows, row)
	}
	next := ""
	if len(all) == framesPage {
		next = strconv.FormatInt(all[len(all)-1].ID, 10)
	}
	v.Pager = pageLinks(r, next)
	return nil
}

// replayState says whether a frame has been taken in after all.
func replayState(f RefusedFrame) stateView {
	switch f.State {
	case "accepted":
		return stateView{"meets", "已入库"}
	case "failed":
		return stateView{"exceeds", "仍被拒绝"}
	}
	return stateView{"unknown", "未重放"}
}

func (v *frameListView) quarantineRows() {
	slices.SortStableFunc(v.strangers, func(a, b Stranger) int { return b.Last.Compare(a.Last) })
	for _, d := range v.strangers {
		v.Devices = append(v.Devices, quarantineRow{
			MN: d.MN, Profile: d.profile().Zh(), Frames: d.Frames, First: d.First, Last: d.Last, Remote: d.Remote,
			Look: quarantineHref(d.MN), Claim: claimHref(d),
		})
	}
}

// profile is how the frames of the device look.
func (d Stranger) profile() hj212.Profile {
	p, _ := hj212.ParseProfile(d.Profile)
	return p
}

func quarantineHref(mn string) string { return "/frames/quarantine/" + url.PathEscape(mn) }

// claimHref leads to the form for a new point with what the device says of
// itself filled in. Once the point is saved, its frames are taken in.
func claimHref(d Stranger) string {
	q := url.Values{"mn": {d.MN}}
	switch d.profile() {
	case hj212.SurfaceWater:
		q.Set("profile", "surface")
	case hj212.Auto:
	default:
		q.Set("profile", d.profile().String())
	}
	if d.ST != "" {
		q.Set("st", d.ST)
	}
	if len(d.Factors) > 0 {
		q.Set("factors", strings.Join(d.Factors, "\n"))
	}
	return "/registers/point/new?" + q.Encode()
}
