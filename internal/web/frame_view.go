package web

import (
	"fmt"
	"net/http"
	"strings"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
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
	if r.Caller.May("frame.operate") && f.State != "accepted" {
		v.ReplayHref, v.ReplayText = fmt.Sprintf("/frames/%d/replay", id), "重放"
	}
	v.Facts = []fact{
		{Name: "来源地址", Value: f.Remote}, {Name: "次数", Value: timesText(f)},
		{Name: "首次", Value: stamp(f.First, "2006-01-02 15:04:05")}, {Name: "最近", Value: stamp(f.Last, "2006-01-02 15:04:05")},
	}
	if !f.TriedAt.IsZero() {
		v.Facts = append(v.Facts, fact{Name: "重放", Value: fmt.Sprintf("%s %s：%s", stamp(f.TriedAt, "2006-01-02 15:04"), f.TriedBy, f.Outcome)})
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
	f, err := s.cfg.Monitoring.Frames.Replay(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	return seeOther(w, r, fmt.Sprintf("/frames/%d", id), f.Outcome)
}

// timesText says how often a frame came, and what of it was not kept.
func timesText(f RefusedFrame) string {
	text := fmt.Sprintf("%d 次", f.Times)
	if f.Omitted > 0 {
		text += fmt.Sprintf("，同一设备同样原因另有 %d 条未留存", f.Omitted)
	}
	return text
}

// quarantineView shows a device that is not registered by one of its frames.
func (s *Server) quarantineView(w http.ResponseWriter, r *request) error {
	if s.cfg.Monitoring.Frames == nil {
		return errNoFrames
	}
	d, err := s.stranger(r, r.PathValue("mn"))
	if err != nil {
		return err
	}
	v := framePage{
		shell:       s.shell(r, "未登记设备 "+d.MN, "/frames", link{"报文检查", "/frames"}, link{"未登记设备", "/frames?tab=quarantine"}),
		Note:        fmt.Sprintf("已收到 %d 条报文，留存 %d 条；登记点位后全部补入。下面是其中一条。", d.Frames, d.Kept),
		Inspections: s.inspectBytes(r, d.Sample),
	}
	var factors []string
	for _, code := range d.Factors {
		factors = append(factors, factorOption(code))
	}
	v.Facts = []fact{
		{Name: "协议", Value: d.profile().Zh()}, {Name: "来源地址", Value: d.Remote},
		{Name: "首次", Value: stamp(d.First, "2006-01-02 15:04:05")}, {Name: "最近", Value: stamp(d.Last, "2006-01-02 15:04:05")},
		{Name: "因子", Value: strings.Join(factors, "、"), Wide: true},
	}
	if !r.Caller.May("frame.operate") {
		return s.render(w, r, "frame", v)
	}
	if _, known := s.senderOf(r, d.MN); known {
		v.ReplayHref, v.ReplayText = quarantineHref(d.MN)+"/replay", "补入已收到的报文"
	} else {
		v.Claim = claimHref(d)
	}
	return s.render(w, r, "frame", v)
}

// stranger returns the device in quarantine with that number.
func (s *Server) stranger(r *request, mn string) (Stranger, error) {
	all, err := s.cfg.Monitoring.Frames.Strangers(r.Context(), r.Caller, 500)
	if err != nil {
		return Stranger{}, err
	}
	for _, d := range all {
		if d.MN == mn {
			return d, nil
		}
	}
	return Stranger{}, fault.New(fault.NotFound, "没有设备编号（MN）为 %s 的未登记设备；可能已登记，报文已补入", mn)
}

// quarantineClaim takes in the frames of a device that is registered by now.
func (s *Server) quarantineClaim(w http.ResponseWriter, r *request) error {
	mn := r.PathValue("mn")
	p, known := s.senderOf(r, mn)
	if !known {
		return fault.New(fault.Invalid, "设备 %s 还没有登记，请先认领并登记点位", mn)
	}
	done, err := s.claim(r, p)
	if err != nil {
		return err
	}
	return seeOther(w, r, pointAddress(p.ID), done)
}

// claim takes in what a device sent before its point was registered, and says
// what came of it.
func (s *Server) claim(r *request, p register.Point) (string, error) {
	if s.cfg.Monitoring.Frames == nil {
		return "", errNoFrames
	}
	c, err := s.cfg.Monitoring.Frames.Claim(r.Context(), r.Caller, p.MN, measure.Point(p.ID))
	if err != nil {
		return "", err
	}
	done := fmt.Sprintf("已补入登记前收到的 %d 条报文", c.Stored)
	if c.Refused > 0 {
		done += fmt.Sprintf("，%d 条仍被拒收，见报文检查", c.Refused)
	}
	return done, nil
}

// claimSaved takes in what the device of a point that was just saved sent
// before; "" when there is nothing, or the caller may not. A failure is said and
// does not undo the saving.
func (s *Server) claimSaved(r *request, e register.Entry) string {
	p := register.PointOf(e)
	if e.Register != register.PointEntry || s.cfg.Monitoring.Frames == nil || !r.Caller.May("frame.operate") {
		return ""
	}
	if _, err := s.stranger(r, p.MN); err != nil {
		return ""
	}
	done, err := s.claim(r, p)
	if err != nil {
		return "报文没有补入：" + fault.Text(err)
	}
	return done
}

// pointRaw shows the messages that a reading came from.
func (s *Server) pointRaw(w http.ResponseWriter, r *request) error {
	_, p, err := s.pointOf(r)
	if err != nil {
		return err
	}
	if err := need(s.cfg.Monitoring.Readings, "数据存储"); err != nil {
		return err
	}
	kind, at := kindOf(r.text("kind")).kind, r.int("at")
	frames, err := s.cfg.Monitoring.Readings.RawOf(r.Context(), measure.Point(p.ID), kind, at)
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
			i.Header = append(i.Header, fact{Name: "到达时间", Value: stamp(f.Received, "2006-01-02 15:04:05")}, proofFact(&f))
			v.Inspections = append(v.Inspections, i)
		}
	}
	return s.render(w, r, "frame", v)
}

// proofFact says whether a message is proved to be as it arrived.
func proofFact(f *measure.RawFrame) fact {
	v := fact{Name: "存证", Value: "本小时尚未封存"}
	if f.Proof == nil {
		return v
	}
	v.Value = "已封存，与封存时一致"
	if f.Verify() != nil {
		v.Value = "与封存时不一致，请联系审计管理员"
	}
	return v
}
