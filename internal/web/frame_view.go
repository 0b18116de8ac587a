package web

import (
	"fmt"
	"net/http"
	"strconv"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
)

type framePage struct {
	shell
	Note        string
	Facts       []fact
	ReplayHref  string
	ReplayText  string
	Claim       string
	Empty       string
	Inspections []inspection
}

// frameView shows a refused frame with the byte at which it failed.
func (s *Server) frameView(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	if s.cfg.Monitoring.Frames == nil {
		return errNoFrames
	}
	f, err := s.cfg.Monitoring.Frames.RefusedFrame(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	v := framePage{shell: s.shell(r, "拒收报文", "/frames", link{"报文检查", "/frames"}), Note: f.Text, Inspections: s.refusedInspections(r, f)}
	if r.Caller.May("frame.operate") {
		v.ReplayHref, v.ReplayText = fmt.Sprintf("/frames/%d/replay", id), "重放"
	}
	v.Facts = []fact{
		{Name: "来源地址", Value: f.Remote}, {Name: "次数", Value: strconv.FormatInt(f.Times, 10)},
		{Name: "首次", Value: stamp(f.First, "2006-01-02 15:04:05")}, {Name: "最近", Value: stamp(f.Last, "2006-01-02 15:04:05")},
	}
	if !f.ReplayedAt.IsZero() {
		v.Facts = append(v.Facts, fact{Name: "重放", Value: fmt.Sprintf("%s %s：%s", stamp(f.ReplayedAt, "2006-01-02 15:04"), f.ReplayedBy, f.Outcome)})
	}
	return s.render(w, r, "frame", v)
}

// frameReplay takes a refused frame in once more, as after the register was put
// right.
func (s *Server) frameReplay(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	if s.cfg.Monitoring.Frames == nil {
		return errNoFrames
	}
	outcome, err := s.cfg.Monitoring.Frames.Replay(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	return seeOther(w, r, fmt.Sprintf("/frames/%d", id), "已重放："+outcome)
}

// quarantineView shows the last frames of a device that is not registered.
func (s *Server) quarantineView(w http.ResponseWriter, r *request) error {
	if s.cfg.Monitoring.Frames == nil {
		return errNoFrames
	}
	mn := r.PathValue("mn")
	frames, err := s.cfg.Monitoring.Frames.QuarantineFrames(r.Context(), r.Caller, mn, 20)
	if err != nil {
		return err
	}
	if len(frames) == 0 {
		return fault.New(fault.NotFound, "没有设备编号（MN）为 %s 的未登记设备；可能已登记，报文已补入", mn)
	}
	v := framePage{
		shell: s.shell(r, "未登记设备 "+mn, "/frames", link{"报文检查", "/frames"}, link{"未登记设备", "/frames?tab=quarantine"}),
		Note:  fmt.Sprintf("最近 %d 条报文，新的在前。登记点位后全部补入。", len(frames)),
	}
	for _, f := range frames {
		v.Inspections = append(v.Inspections, s.inspectBytes(r, f.Bytes)...)
	}
	if r.Caller.May("frame.operate") {
		if _, known := s.senderOf(r, mn); known {
			v.ReplayHref, v.ReplayText = quarantineHref(mn)+"/replay", "补入已收到的报文"
		} else if v.Claim, err = s.claimOf(r, mn); err != nil {
			return err
		}
	}
	return s.render(w, r, "frame", v)
}

// claimOf returns the link that claims a device in quarantine.
func (s *Server) claimOf(r *request, mn string) (string, error) {
	all, err := s.cfg.Monitoring.Frames.Quarantine(r.Context(), r.Caller)
	if err != nil {
		return "", err
	}
	for _, d := range all {
		if d.MN == mn {
			return claimHref(d), nil
		}
	}
	return claimHref(UnknownDevice{MN: mn}), nil
}

// quarantineReplay takes in the frames of a device that is registered by now.
func (s *Server) quarantineReplay(w http.ResponseWriter, r *request) error {
	if s.cfg.Monitoring.Frames == nil {
		return errNoFrames
	}
	mn := r.PathValue("mn")
	p, known := s.senderOf(r, mn)
	if !known {
		return fault.New(fault.Invalid, "设备 %s 还没有登记，请先认领并登记点位", mn)
	}
	n, err := s.cfg.Monitoring.Frames.ReplayQuarantine(r.Context(), r.Caller, mn)
	if err != nil {
		return err
	}
	return seeOther(w, r, pointAddress(p.ID), fmt.Sprintf("已补入 %d 条报文", n))
}

// pointRaw shows the messages that a reading came from.
func (s *Server) pointRaw(w http.ResponseWriter, r *request) error {
	_, p, err := s.pointOf(r)
	if err != nil {
		return err
	}
	if err := need(s.cfg.Monitoring.Raw, "原始报文存储"); err != nil {
		return err
	}
	kind, at := kindOf(r.text("kind")).kind, r.int("at")
	frames, err := s.cfg.Monitoring.Raw.RawOf(r.Context(), measure.Point(p.ID), kind, at)
	if err != nil {
		return err
	}
	v := framePage{
		shell: s.shell(r, "原始报文", "/monitor", link{"实时监测", "/monitor"}, link{p.Name, pointAddress(p.ID) + "?kind=" + kind.String()}),
		Note:  fmt.Sprintf("%s，%s，%s。共 %d 条，先到的在前。", p.Name, kind.Zh(), clock.Unix(at).Format("2006-01-02 15:04:05"), len(frames)),
		Empty: "没有找到这个数据的原始报文。数据可能是人工修正或导入的。",
	}
	for _, f := range frames {
		for _, i := range s.inspectBytes(r, f.Bytes) {
			i.Header = append(i.Header, fact{Name: "到达时间", Value: stamp(f.Received, "2006-01-02 15:04:05")})
			v.Inspections = append(v.Inspections, i)
		}
	}
	return s.render(w, r, "frame", v)
}
