package gateway

import (
	"bytes"
	"net/netip"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
)

// The reasons of the gateway, beside those of hj212. The names are stable.
const (
	ReasonUnknownMN hj212.Reason = "unknown_mn" // no point has this MN: quarantine
	ReasonAddress   hj212.Reason = "address"    // not an address from which the device may connect
	ReasonPassword  hj212.Reason = "password"   // PW is not the registered one
	ReasonNoKey     hj212.Reason = "no_key"     // encrypted, and no key is registered
	ReasonCN        hj212.Reason = "cn"         // an unknown command, or none that a device may send
)

// worker is what reading one frame after another needs. Workers are pooled, so
// that ten thousand silent connections hold none.
type worker struct {
	m    hj212.Message
	pack measure.Packer
}

// A stage is what one read of one connection brought and is to be committed.
type stage struct {
	conn    *conn
	frames  []measure.Frame
	devices []*Device // of frames, in their order
	events  []event
	passed  []passed // frames that forward targets want
	acks    []byte
	raw     []byte // holds Frame.Raw
	cells   []byte // holds Frame.Cells
	after   []func()
	done    func(error) // for who waits for the commit; may be nil
}

func (st *stage) reset() {
	clear(st.frames)
	clear(st.devices)
	clear(st.events)
	clear(st.passed)
	clear(st.after)
	*st = stage{
		frames: st.frames[:0], devices: st.devices[:0], events: st.events[:0], passed: st.passed[:0],
		acks: st.acks[:0], raw: st.raw[:0], cells: st.cells[:0], after: st.after[:0],
	}
}

func (st *stage) weight() int { return len(st.frames) + len(st.events) }

// empty reports whether there is nothing to commit and nothing to answer.
func (st *stage) empty() bool { return st.weight() == 0 && len(st.acks) == 0 && len(st.after) == 0 }

// origin says where frames come from.
type origin struct {
	conn   *conn // nil for frames from a file or from quarantine
	remote netip.AddrPort
	at     time.Time
	replay bool // not live: says nothing of the device's clock or connection
}

// take brings one frame on its way: into st when it is good, else a refusal is
// returned.
func (s *Server) take(st *stage, w *worker, f *hj212.Frame, from origin) *refusal {
	device, refused := s.check(w, f, from.remote, from.replay)
	if refused != nil {
		return refused
	}
	s.meter.frames.Inc()
	m := &w.m
	exchange := false
	if m.CN == hj212.CNExecute && !from.replay {
		// The end of an exchange counts once the data before it are stored.
		data := append([]byte(nil), f.Data...)
		st.after = append(st.after, func() { s.commands.ended(device, data, from.at) })
	} else if device.live.flight.Load() != nil && !from.replay {
		exchange = s.commands.receive(device, m, from.at)
	}
	back := m.BackFill || exchange && historic(m.CN) || late(m, from.at)
	if !from.replay {
		device.live.heard(from.conn, w, from.at, f.Raw, s.cfg.Ring, !back && m.CN != hj212.CNRequest)
	}
	s.store(st, w, f, device, from, back)
	if from.conn != nil {
		st.acks, _ = hj212.AppendAck(st.acks, m, device.Profile)
	}
	for _, t := range device.targets {
		st.pass(t, f.Raw, from.at)
	}
	return nil
}

// check decides whether a frame is to be believed, and whose it is.
func (s *Server) check(w *worker, f *hj212.Frame, remote netip.AddrPort, replay bool) (*Device, *refusal) {
	m := &w.m
	var device *Device
	if f.Err != nil {
		device = s.rescue(w, f)
		if f.Err != nil {
			return nil, refuse(f, m, device, f.Err)
		}
	}
	if err := m.ParseFrame(f); err != nil {
		r, _ := err.(*hj212.Refusal)
		return nil, refuse(f, m, s.devices.find(m.MN), r)
	}
	device = s.known(m.MN)
	if device == nil {
		return nil, refuse(f, m, nil, unknownMN(f, m))
	}
	if r := device.admits(f, m, remote, replay); r != nil {
		return nil, refuse(f, m, device, r)
	}
	return device, nil
}

// rescue looks whether a frame with a wrong CRC is encrypted, or of a device
// whose foreign CRC is tolerated; then f.Err becomes nil. It returns the device
// that the frame names, if any.
func (s *Server) rescue(w *worker, f *hj212.Frame) *Device {
	if !f.HasCRC || w.m.Parse(f.Data) != nil && len(w.m.MN) == 0 {
		w.m.Parse(f.Data)
		return nil
	}
	device := s.devices.find(w.m.MN)
	if f.Err.Reason != hj212.ReasonCRC && f.Err.Reason != hj212.ReasonLength {
		return device
	}
	var key []byte
	tolerated := ""
	if device != nil {
		key, tolerated = device.Key, device.ToleratedCRC
	}
	openFrame(f, key, tolerated)
	return device
}

// openFrame lets a frame with a wrong CRC pass where key opens it or its CRC is
// the tolerated one.
func openFrame(f *hj212.Frame, key []byte, tolerated string) {
	if tolerated != "" && f.HasCRC && f.Err.Reason == hj212.ReasonCRC {
		if name, ok := hj212.ForeignCRC(f.Data, f.SentCRC); ok && name == tolerated {
			f.Err = nil
			return
		}
	}
	if f.Open(key) || f.Err.Reason != hj212.ReasonCipher || key != nil {
		return
	}
	f.Err = &hj212.Refusal{
		Reason: ReasonNoKey, At: f.Err.At,
		Text: "CP is encrypted and no key is registered",
		Zh:   "报文CP已加密，但该设备没有登记SM4密钥；请在点位登记中填写密钥后重放此包。",
	}
}

func unknownMN(f *hj212.Frame, m *hj212.Message) *hj212.Refusal {
	zh := "设备编号（MN）" + printable(m.MN) + "没有登记，报文已存入待认领区；请登记监测点位后认领。"
	if len(m.MN) == 0 {
		zh = "报文没有设备编号（MN），无法确定是哪个监测点位；请厂家补上MN。"
	}
	return &hj212.Refusal{Reason: ReasonUnknownMN, At: byteOf(f, "MN="), Text: "no point has this MN", Zh: zh}
}

// admits checks what depends on the device: address, password, command.
func (d *Device) admits(f *hj212.Frame, m *hj212.Message, remote netip.AddrPort, replay bool) *hj212.Refusal {
	if !replay && !d.Policy.allows(remote.Addr()) {
		return &hj212.Refusal{
			Reason: ReasonAddress, At: byteOf(f, "MN="), Text: "not from an address of the allow-list",
			Zh: "连接地址" + remote.Addr().String() + "不在该设备允许的地址范围内；请核对是否有人冒用，或在设备策略中补上该地址。",
		}
	}
	if d.PW != "" && string(m.PW) != d.PW && !d.isBeingGiven(m.PW) && !(m.CN == hj212.CNData && len(m.PW) == 0) {
		return &hj212.Refusal{
			Reason: ReasonPassword, At: byteOf(f, "PW="), Text: "PW is not the registered one",
			Zh: "访问密码（PW）与登记的不符；请核对设备密码，更正后可重放此包。",
		}
	}
	p := d.Profile.Or(m)
	c, ok := hj212.Lookup(p, m.CN)
	switch {
	case !ok:
		return &hj212.Refusal{
			Reason: ReasonCN, At: byteOf(f, "CN="), Text: "unknown CN",
			Zh: "命令编码CN=" + printable(m.CNText()) + "在" + p.Zh() + "中没有定义，无法处理；请核对设备的协议版本。",
		}
	case c.Up == hj212.NoRole:
		return &hj212.Refusal{
			Reason: ReasonCN, At: byteOf(f, "CN="), Text: "a command that only a host sends",
			Zh: "命令CN=" + m.CN.String() + "（" + c.Zh + "）只能由平台下发，设备不应上传；请核对设备程序。",
		}
	}
	return nil
}

// isBeingGiven reports whether pw is the password that a command under way sets:
// some loggers use it from their answer on.
func (d *Device) isBeingGiven(pw []byte) bool {
	if d.live == nil {
		return false
	}
	f := d.live.flight.Load()
	return f != nil && f.newPW != "" && string(pw) == f.newPW
}

// byteOf returns the byte of the frame at which a header field begins; 0 where
// it has none.
func byteOf(f *hj212.Frame, name string) int {
	raw := f.Raw
	for at := 0; ; {
		i := bytes.Index(raw[at:], []byte(name))
		if i < 0 {
			return 0
		}
		at += i
		if at <= 6 || raw[at-1] == ';' || raw[at-1] == ',' {
			return at
		}
		at++
	}
}

// The times that the store takes; see measure.Frame.
var (
	minAt = time.Date(1990, 1, 1, 0, 0, 0, 0, clock.Shanghai).UnixMilli()
	maxAt = time.Date(2100, 1, 1, 0, 0, 0, 0, clock.Shanghai).UnixMilli()
)

// store stages what the message holds: readings, or an event. A data packet
// without a usable time, or without a factor, is an event, so that it is neither
// lost nor guessed at.
func (s *Server) store(st *stage, w *worker, f *hj212.Frame, d *Device, from origin, back bool) {
	m := &w.m
	kind := m.Kind(d.Profile)
	at, dated := m.DataTime()
	k := readings(kind)
	switch {
	case kind == hj212.KindHeartbeat, kind == hj212.KindAnswer:
		return
	case k == 0 || !dated || at < minAt || at >= maxAt || m.Len() == 0:
		st.events = append(st.events, newEvent(f, m, d, kind, from.at))
		if m.CN == 1013 && !from.replay {
			st.after = append(st.after, func() { s.commands.clockAsked(d) })
		}
		return
	}
	fields := 0
	for i := range m.Len() {
		factor := m.At(i)
		n := factor.Len()
		for j := range n {
			name, value := factor.Field(j)
			w.pack.Add(factor.Code, name, value)
		}
		fields += n
	}
	cellsAt, rawAt := len(st.cells), len(st.raw)
	st.cells = w.pack.Pack(st.cells)
	st.raw = append(st.raw, f.Raw...)
	qn, _ := m.Sent()
	st.frames = append(st.frames, measure.Frame{
		Point: d.Point, Kind: k, At: at / 1000, QN: max(qn, 0), Received: from.at.Unix(), Backfilled: back,
		Cells: st.cells[cellsAt:len(st.cells):len(st.cells)],
		Raw:   st.raw[rawAt:len(st.raw):len(st.raw)],
	})
	st.devices = append(st.devices, d)
	s.meter.readings.Add(m.Len())
}

// readings is the kind under which the store keeps them, 0 for what is no
// reading.
func readings(k hj212.Kind) measure.Kind {
	switch k {
	case hj212.KindRtd:
		return measure.Rtd
	case hj212.KindMinute:
		return measure.Minute
	case hj212.KindHour:
		return measure.Hour
	case hj212.KindDay:
		return measure.Day
	}
	return 0
}

func historic(cn hj212.CN) bool {
	return cn == hj212.CNMinute || cn == hj212.CNHour || cn == hj212.CNDay || cn == hj212.CNRealtime
}

// late reports whether a data packet was made long after its period: HJ 212-2017
// has no mark for what is sent later. The time of making is QN, or, where there
// is none, that of arrival.
func late(m *hj212.Message, arrived time.Time) bool {
	at, ok := m.DataTime()
	if !ok {
		return false
	}
	made, ok := m.Sent()
	if !ok {
		made = arrived.UnixMilli()
	}
	var patience time.Duration
	switch m.CN {
	case hj212.CNRealtime:
		patience = 10 * time.Minute
	case hj212.CNMinute:
		patience = time.Hour
	case hj212.CNHour:
		patience = 3 * time.Hour
	case hj212.CNDay:
		patience = 36 * time.Hour
	default:
		return false
	}
	return made-at > patience.Milliseconds()
}
