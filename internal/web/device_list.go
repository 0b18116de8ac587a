package web

import (
	"fmt"
	"net/http"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
)

type devicePage struct {
	shell
	Note       string
	Devices    []deviceRow
	CanOperate bool

	// Of one device.
	Point    int64
	State    stateView
	Facts    []fact
	Commands []commandRow
	Recent   []recentRow
	Forms    []commandForm

	ShowTargets bool
	Targets     []targetRow
}

type deviceRow struct {
	Point    int64
	Name, MN string
	Owner    string
	State    stateView
	Last     time.Time
	Skew     string
	SkewBad  bool
}

type targetRow struct {
	ForwardTarget
	State stateView
}

type recentRow struct {
	Received time.Time
	Text     string
}

// deviceList shows the connection of every registered device, and where frames
// are forwarded to.
func (s *Server) deviceList(w http.ResponseWriter, r *request) error {
	v := devicePage{
		shell: s.shell(r, "设备接入", "/devices"), Note: "数采仪按 HJ 212 连接本平台；未登记的设备在报文检查中认领。",
		CanOperate: r.Caller.May("frame.operate"),
	}
	all, err := s.overviews(r, nil)
	if err != nil {
		return err
	}
	presences, err := s.presences(r)
	if err != nil {
		return err
	}
	for i := range all {
		o := &all[i]
		st, known := presences[measure.Point(o.ID)]
		row := deviceRow{Point: o.ID, Name: o.Name, MN: o.MN, Owner: o.Owner, State: connection(st, known), Last: lastMessage(st, o)}
		row.Skew, row.SkewBad = skewText(st)
		v.Devices = append(v.Devices, row)
	}
	if s.cfg.Monitoring.Forward != nil {
		v.ShowTargets = true
		targets, err := s.cfg.Monitoring.Forward.Targets(r.Context(), r.Caller)
		if err != nil {
			return err
		}
		for _, t := range targets {
			v.Targets = append(v.Targets, targetRow{t, targetState(t)})
		}
	}
	return s.render(w, r, "device", v)
}

// presences returns how devices were last heard; nothing when the gateway does
// not run here.
func (s *Server) presences(r *request) (map[measure.Point]Presence, error) {
	if s.cfg.Monitoring.Devices == nil {
		return nil, nil
	}
	return s.cfg.Monitoring.Devices.Presences(r.Context(), r.Caller)
}

// connection is the state of a connection.
func connection(st Presence, known bool) stateView {
	switch {
	case !known:
		return stateView{"unknown", "未连接过"}
	case st.Connected:
		return stateView{"meets", "在线"}
	}
	return stateView{"offline", "离线"}
}

func targetState(t ForwardTarget) stateView {
	switch {
	case !t.Enabled:
		return stateView{"offline", "已停用"}
	case t.Connected:
		return stateView{"meets", "已连接"}
	case t.Error != "":
		return stateView{"exceeds", "连不上"}
	}
	return stateView{"unknown", "未连接"}
}

// lastMessage is when the device last spoke, or, before it has since the start,
// the time of its newest reading.
func lastMessage(st Presence, o *pointOverview) time.Time {
	if st.LastAt.IsZero() {
		if rd := o.newest(); rd != nil {
			return clock.Unix(rd.At)
		}
	}
	return st.LastAt
}

// skewText says how far the clock of a device is off.
func skewText(st Presence) (text string, bad bool) {
	if !st.SkewKnown {
		return "未知", false
	}
	d, word := st.Skew.Round(time.Second), "快"
	if d < 0 {
		d, word = -d, "慢"
	}
	bad = st.Drifting
	switch {
	case d < 2*time.Second:
		return "一致", false
	case d < time.Minute:
		return fmt.Sprintf("%s %d 秒", word, int(d.Seconds())), bad
	case d < time.Hour:
		return fmt.Sprintf("%s %d 分 %d 秒", word, int(d.Minutes()), int(d.Seconds())%60), bad
	case d < 48*time.Hour:
		return fmt.Sprintf("%s %.1f 小时", word, d.Hours()), bad
	}
	return fmt.Sprintf("%s %d 天", word, int(d.Hours()/24)), bad
}

// deviceView shows one device: its connection, its commands, its last messages.
func (s *Server) deviceView(w http.ResponseWriter, r *request) error {
	_, p, err := s.pointOf(r)
	if err != nil {
		return err
	}
	v := devicePage{
		shell: s.shell(r, p.Name, "/devices", link{"设备接入", "/devices"}), Point: p.ID, Note: "设备编号 " + p.MN,
		CanOperate: r.Caller.May("frame.operate") && s.cfg.Monitoring.Devices != nil,
	}
	presences, err := s.presences(r)
	if err != nil {
		return err
	}
	st, known := presences[measure.Point(p.ID)]
	v.State, v.Facts = connection(st, known), deviceFacts(p, st, known)
	if s.cfg.Monitoring.Devices == nil {
		return s.render(w, r, "device", v)
	}
	recent, err := s.cfg.Monitoring.Devices.Recent(r.Context(), r.Caller, measure.Point(p.ID))
	if err != nil {
		return err
	}
	for _, f := range recent[:min(len(recent), 20)] {
		v.Recent = append(v.Recent, recentRow{f.At, escapeBytes(hideSecrets(r, f.Raw))})
	}
	commands, err := s.cfg.Monitoring.Devices.Commands(r.Context(), r.Caller, measure.Point(p.ID), 30)
	if err != nil {
		return err
	}
	for _, c := range commands {
		v.Commands = append(v.Commands, commandRowOf(p, c))
	}
	if v.CanOperate {
		v.Forms = commandForms(p)
	}
	return s.render(w, r, "device", v)
}

func deviceFacts(p register.Point, st Presence, known bool) []fact {
	facts := []fact{{Name: "设备编号", Value: p.MN}, {Name: "协议", Value: profileOf(p).Zh()}}
	if !known {
		return append(facts, fact{Name: "连接", Value: "本次启动后没有连接过"})
	}
	skew, bad := skewText(st)
	if bad {
		skew += "，超出允许范围，请校时"
	}
	facts = append(facts, fact{Name: "来源地址", Value: st.Remote}, fact{Name: "最近报文", Value: stamp(st.LastAt, "2006-01-02 15:04:05")})
	return append(facts,
		fact{Name: "时钟偏差", Value: skew}, fact{Name: "接收报文", Value: fmt.Sprintf("%d 条（本次启动后）", st.Frames)})
}
