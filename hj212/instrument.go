package hj212

import (
	"bytes"
	"time"
)

// A Record is one moment or period of an instrument's data.
type Record struct {
	At    time.Time // DataTime
	Items []string  // see Item
}

// A Site is what stands behind an instrument: its clock, data and settings. A
// simulator has one that invents them.
type Site interface {
	// Now is the instrument's clock, right or wrong.
	Now() time.Time
	// Records returns the data of a command (2011, 2021, 2031, 2041, 2051, 2061,
	// 2071, 3015, 3019, 3020...) from begin to end, both included; of the present
	// where both are zero. m is the request, for its other parameters.
	Records(cn CN, begin, end time.Time, m *Message) []Record
	// Setting returns the items that answer a request for settings (1061
	// RtdInterval=30, 1063 MinInterval=10, 3018 ...).
	Setting(cn CN, m *Message) []string
	// Carry carries a command out (1012 SystemTime, 1062, 3011...) and says how
	// that went.
	Carry(cn CN, m *Message) ExeRtn
}

// An Instrument is the device side of the protocol: it answers requests and
// builds uploads. It holds no connection. It is not safe for concurrent use.
type Instrument struct {
	Device
	Key  []byte // SM4 key, with which 2025 encrypts what it must; nil sends plain
	Site Site
	// NoQN sends uploads of 2005 without QN, as most such devices do.
	NoQN bool

	last int64 // ms of the last QN, so that none is used twice
}

// qn returns a time for the next packet: the clock's, but later than any given
// out before, by n milliseconds for n further packets.
func (in *Instrument) qn(n int) time.Time {
	ms := max(in.Site.Now().UnixMilli(), in.last+1)
	in.last = ms + int64(max(n-1, 0))
	return time.UnixMilli(ms)
}

// Answer appends the frames that answer a message of the host: for a request
// 9011, the data if any, and 9012; for a notification 9013; nothing for 9013
// and 9014, which a caller matches with what it has sent.
//
// A request that is not acceptable is answered by its QnRtn alone: wrong
// password 3, other MN 4, no QN 7, unknown CN 8 (2 in 2005).
func (in *Instrument) Answer(dst []byte, m *Message) ([]byte, error) {
	cn := m.CN
	c, known := Lookup(in.Profile, cn)
	if known && c.Down == Answer {
		return dst, nil
	}
	if known && c.Down == Notification {
		in.Site.Carry(cn, m)
		return in.reply(dst, m, CNNotify, "")
	}
	if rtn := in.judge(m, known && c.Down == Request); rtn != QnReady {
		return in.reply(dst, m, CNRequest, "QnRtn="+itoa(int(rtn.in(in.Profile))))
	}
	dst, err := in.reply(dst, m, CNRequest, "QnRtn=1")
	if err != nil {
		return dst, err
	}
	dst, exe, err := in.carry(dst, m, c)
	if err != nil {
		return dst, err
	}
	return in.reply(dst, m, CNExecute, "ExeRtn="+itoa(int(exe.in(in.Profile))))
}

func (in *Instrument) judge(m *Message, known bool) QnRtn {
	switch {
	case len(m.QN) == 0:
		return QnQN
	case in.PW != "" && string(m.PW) != in.PW:
		return QnPW
	case string(m.MN) != in.MN && m.CN != 1002:
		return QnMN
	case !known:
		return QnCN
	}
	return QnReady
}

// carry does what the request asks and appends its data.
func (in *Instrument) carry(dst []byte, m *Message, c Command) ([]byte, ExeRtn, error) {
	switch c.Up {
	case Response:
		var items []string
		if c.CN == 1011 || c.CN == 1014 && in.Profile == SurfaceWater {
			if pol, ok := m.Param("PolId"); ok {
				items = append(items, "PolId="+string(pol))
			}
			items = append(items, "SystemTime="+Stamp(in.Site.Now()))
		} else {
			items = in.Site.Setting(c.CN, m)
		}
		dst, err := in.response(dst, m, items)
		return dst, ExeDone, err
	case Upload:
		begin, end, asked := span(m)
		records := in.Site.Records(c.CN, begin, end, m)
		if len(records) == 0 {
			return dst, ExeNoData, nil
		}
		for _, r := range records {
			var err error
			if asked && in.Profile != SurfaceWater {
				dst, err = in.Upload(dst, c.CN, r, m.Flag.Wants(), false)
			} else {
				dst, err = in.upload(dst, c.CN, r, string(m.QN), m.Flag.Wants(), false)
			}
			if err != nil {
				return dst, ExeFault, err
			}
		}
		return dst, ExeDone, nil
	}
	return dst, in.Site.Carry(c.CN, m), nil
}

// span reads BeginTime and EndTime of a request.
func span(m *Message) (begin, end time.Time, ok bool) {
	b, _ := m.Param("BeginTime")
	e, _ := m.Param("EndTime")
	begin, ok1 := ParseTime(b)
	end, ok2 := ParseTime(e)
	return begin, end, ok1 && ok2
}

// reply appends 9011, 9012 or 9013 with the QN of the request.
func (in *Instrument) reply(dst []byte, m *Message, cn CN, item string) ([]byte, error) {
	o := in.outgoing(cn)
	o.ST, o.QNText = string(systemInteraction), string(m.RefQN())
	if in.Profile == P2005 {
		o.QNInCP, o.NoFlag = true, cn == CNExecute
	}
	if item != "" {
		o.Items = []string{item}
	}
	dst, _, err := o.Append(dst)
	return dst, err
}

// response appends the data packet that answers a request for settings.
func (in *Instrument) response(dst []byte, m *Message, items []string) ([]byte, error) {
	o := in.outgoing(m.CN)
	o.ST, o.QNText = string(m.ST), string(m.QN)
	o.QNInCP = in.Profile == P2005
	o.Items = items
	dst, _, err := o.Append(dst)
	return dst, err
}

func (in *Instrument) outgoing(cn CN) Outgoing {
	o := Outgoing{Profile: in.Profile, ST: in.ST, CN: cn, PW: in.PW, MN: in.MN}
	if in.Key != nil && in.Profile == P2025 && Encrypted(cn) {
		o.Key = in.Key
	}
	return o
}

// Encrypted reports whether HJ 212-2025 6.4 has the CP of a command from device
// to host encrypted: 2000 to 2999, 1014 and 3020.
func Encrypted(cn CN) bool { return cn >= 2000 && cn <= 2999 || cn == 1014 || cn == 3020 }

// Upload appends the packets of one record with new QNs. wants asks for the
// host's answer; backFill marks the packet RF=1 where the profile is 2025.
func (in *Instrument) Upload(dst []byte, cn CN, r Record, wants, backFill bool) ([]byte, error) {
	return in.upload(dst, cn, r, "", wants, backFill)
}

func (in *Instrument) upload(dst []byte, cn CN, r Record, qn string, wants, backFill bool) ([]byte, error) {
	o := in.outgoing(cn)
	o.Wants, o.BackFill, o.QNText = wants, backFill, qn
	o.Lead = []string{"DataTime=" + Stamp(r.At)}
	o.Items = r.Items
	if qn == "" {
		// How many packets there will be, and so how many QNs, is only known
		// afterwards; none has more packets than items.
		o.QN = in.qn(len(r.Items))
		o.NoQN = in.NoQN && in.Profile == P2005
		// 2005 leaves Flag out where it wants nothing.
		o.NoFlag = in.Profile == P2005 && !wants
	}
	dst, n, err := o.Append(dst)
	if qn == "" {
		in.last = o.QN.UnixMilli() + int64(max(n-1, 0))
	}
	return dst, err
}

// Realtime appends a realtime packet (2011).
func (in *Instrument) Realtime(dst []byte, r Record, wants bool) ([]byte, error) {
	return in.Upload(dst, CNRealtime, r, wants, false)
}

// Period appends minute, hour or day data (2051, 2061, 2031); r.At is the start
// of the period.
func (in *Instrument) Period(dst []byte, cn CN, r Record, wants bool) ([]byte, error) {
	return in.Upload(dst, cn, r, wants, false)
}

// States appends the running states of facilities (2021): state i is that of
// facility i+1, 0 off, 1 running, 2 calibrating, 3 in maintenance, 4 alarm, 5
// blowing back (2005: 0 and 1).
func (in *Instrument) States(dst []byte, at time.Time, states []int, wants bool) ([]byte, error) {
	r := Record{At: at}
	for i, s := range states {
		r.Items = append(r.Items, "SB"+itoa(i+1)+"-RS="+itoa(s))
	}
	return in.Upload(dst, 2021, r, wants, false)
}

// Started appends the start time of the logger (2081), sent when it connects
// after a restart.
func (in *Instrument) Started(dst []byte, restarted time.Time, wants bool) ([]byte, error) {
	r := Record{At: in.Site.Now(), Items: []string{"RestartTime=" + Stamp(restarted)}}
	return in.Upload(dst, 2081, r, wants, false)
}

// Info appends device information (3020): of the instrument of a factor, or of
// the logger where factor is empty. fields are information codes and values in
// turn.
func (in *Instrument) Info(dst []byte, at time.Time, factor string, wants bool, fields ...string) ([]byte, error) {
	r := Record{At: at}
	if factor != "" {
		r.Items = append(r.Items, "PolId="+factor)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		r.Items = append(r.Items, fields[i]+"-Info="+fields[i+1])
	}
	return in.Upload(dst, 3020, r, wants, false)
}

// AskTime appends the notification by which a device asks for the time (1013).
func (in *Instrument) AskTime(dst []byte, factor string) ([]byte, error) {
	o := in.outgoing(1013)
	o.QN, o.Wants = in.qn(1), true
	if factor != "" {
		o.Items = []string{"PolId=" + factor}
	}
	dst, _, err := o.Append(dst)
	return dst, err
}

// Heartbeat appends 9015 of 2025 and of the surface-water dialect.
func (in *Instrument) Heartbeat(dst []byte) ([]byte, error) {
	o := in.outgoing(CNHeartbeat)
	o.QN, o.Wants = in.qn(1), true
	dst, _, err := o.Append(dst)
	return dst, err
}

// Answered reports whether m, from the host, is the answer (9013 or 9014) to the
// packet that was sent with that QN and command.
func (in *Instrument) Answered(m *Message, qn string, cn CN) bool {
	if m.CN != CNData && m.CN != CNNotify {
		return false
	}
	if ref := m.RefQN(); len(ref) > 0 || qn != "" {
		return string(ref) == qn
	}
	// 2005 without QN: the answer names the command alone.
	v, _ := m.Param("CN")
	return bytes.Equal(v, []byte(cn.String()))
}

func itoa(n int) string { return string(appendInt(nil, n)) }
