package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
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
		{"POST /frames/quarantine/{mn}/replay", "frame.operate", s.quarantineReplay},
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
	Tab                  string
	Refused, Quarantined int
	CanOperate           bool
	Self                 string
	MN                   string
	Reasons              []option
	Rows                 []refusedRow
	Pager                pager
	Devices              []quarantineRow
	Raw, Problem         string
	Inspections          []inspection
}

type refusedRow struct {
	ID         int64
	Text, MN   string
	ByteAt     string
	Times      int64
	Last       time.Time
	Remote     string
	Replayed   string
	ReplayedOK bool
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
	{hj212.ReasonNoField, "没有字段"}, {hj212.ReasonCipher, "无法解密"}, {"password", "密码错误"}, {"unknown_cn", "未知命令"},
}

// frameTabs fills in what all tabs of the page show.
func (s *Server) frameTabs(r *request, tab string) (frameListView, error) {
	v := frameListView{shell: s.shell(r, "报文检查", "/frames"), Tab: tab, CanOperate: r.Caller.May("frame.operate"), Self: self(r)}
	if s.cfg.Monitoring.Frames == nil {
		return v, nil
	}
	var err error
	v.Refused, v.Quarantined, err = s.cfg.Monitoring.Frames.Waiting(r.Context(), r.Caller)
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
		err = s.quarantineRows(r, &v)
	} else {
		err = s.refusedRows(r, &v)
	}
	if err != nil {
		return err
	}
	return s.render(w, r, "frame_list", v)
}

func (s *Server) refusedRows(r *request, v *frameListView) error {
	q := FrameQuery{MN: r.text("mn"), Reason: r.text("reason"), Before: r.int("after"), N: framesPage}
	v.MN = q.MN
	known := false
	for _, n := range reasonNames {
		v.Reasons = append(v.Reasons, option{string(n.reason), n.name, string(n.reason) == q.Reason})
		known = known || string(n.reason) == q.Reason
	}
	if q.Reason != "" && !known {
		v.Reasons = append(v.Reasons, option{q.Reason, q.Reason, true})
	}
	all, err := s.cfg.Monitoring.Frames.Refused(r.Context(), r.Caller, q)
	if err != nil {
		return err
	}
	for _, f := range all {
		row := refusedRow{ID: f.ID, Text: f.Text, MN: f.MN, ByteAt: "—", Times: f.Times, Last: f.Last, Remote: f.Remote, Replayed: "未重放"}
		if f.ByteAt >= 0 {
			row.ByteAt = strconv.Itoa(f.ByteAt + 1)
		}
		if !f.ReplayedAt.IsZero() {
			row.Replayed, row.ReplayedOK = f.Outcome, true
		}
		v.Rows = append(v.Rows, row)
	}
	next := ""
	if len(all) == framesPage {
		next = strconv.FormatInt(all[len(all)-1].ID, 10)
	}
	v.Pager = pageLinks(r, next)
	return nil
}

func (s *Server) quarantineRows(r *request, v *frameListView) error {
	all, err := s.cfg.Monitoring.Frames.Quarantine(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b UnknownDevice) int { return b.Last.Compare(a.Last) })
	for _, d := range all {
		v.Devices = append(v.Devices, quarantineRow{
			MN: d.MN, Profile: d.Profile.Zh(), Frames: d.Frames, First: d.First, Last: d.Last, Remote: d.Remote,
			Look: quarantineHref(d.MN), Claim: claimHref(d),
		})
	}
	return nil
}

func quarantineHref(mn string) string { return "/frames/quarantine/" + url.PathEscape(mn) }

// claimHref leads to the form for a new point with what the device says of
// itself filled in. Once the point is saved, its frames are taken in.
func claimHref(d UnknownDevice) string {
	q := url.Values{"mn": {d.MN}}
	switch d.Profile {
	case hj212.SurfaceWater:
		q.Set("profile", "surface")
	case hj212.Auto:
	default:
		q.Set("profile", d.Profile.String())
	}
	if d.ST != "" {
		q.Set("st", d.ST)
	}
	return "/registers/point/new?" + q.Encode()
}
