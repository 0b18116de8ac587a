package instrument

import (
	"time"

	"pingzhang/hj212"
)

// Packet is one frame that a device sends.
type Packet struct {
	MN    string
	CN    hj212.CN
	QN    string // empty where the device sends none
	At    time.Time
	Bytes []byte // with CR LF
	Wants bool   // an answer
}

// ladder is what becomes due, with how often.
func (d *Device) ladder() []hj212.CN {
	all := []hj212.CN{hj212.CNMinute, hj212.CNHour, hj212.CNDay}
	if d.Spec.RtdEvery > 0 {
		all = append([]hj212.CN{hj212.CNRealtime}, all...)
	}
	return all
}

func (d *Device) step(cn hj212.CN) time.Duration {
	if cn == hj212.CNRealtime {
		return d.Spec.RtdEvery
	}
	return d.period(cn)
}

// Due returns the packets that have become due since the last call, or since
// Start, by the device's own clock.
func (d *Device) Due() []Packet {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.clock()
	from := d.done
	if from.IsZero() || from.After(now) {
		from = now // a clock that was set back sends nothing twice
	}
	d.done = now
	return d.between(from, now, d.ladder(), false)
}

// Start makes what is due from t on, by the device's clock, the next to be sent.
func (d *Device) Start(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done = t
}

// History returns the packets of what was due after from and until to, oldest
// first, as a device sends them that was cut off for so long. With no commands it
// is minute, hour and day data.
func (d *Device) History(from, to time.Time, cns ...hj212.CN) []Packet {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(cns) == 0 {
		cns = []hj212.CN{hj212.CNMinute, hj212.CNHour, hj212.CNDay}
	}
	return d.between(from, to, cns, true)
}

// between returns the packets that were due after from and until to.
func (d *Device) between(from, to time.Time, cns []hj212.CN, back bool) []Packet {
	var all []Packet
	next := make([]time.Time, len(cns))
	for i, cn := range cns {
		next[i] = floor(from, d.step(cn)).Add(d.step(cn))
	}
	for {
		first := -1
		for i := range cns {
			if !next[i].After(to) && (first < 0 || next[i].Before(next[first])) {
				first = i
			}
		}
		if first < 0 {
			return all
		}
		cn, due := cns[first], next[first]
		next[first] = due.Add(d.step(cn))
		at := due
		if cn != hj212.CNRealtime {
			at = due.Add(-d.period(cn))
		}
		all = append(all, d.packets(cn, d.Record(cn, at), back)...)
	}
}

// packets encodes a record; d.mu is held.
func (d *Device) packets(cn hj212.CN, r hj212.Record, back bool) []Packet {
	b, err := d.in.Upload(nil, cn, r, !d.Spec.Unasked, back)
	if err != nil {
		panic(err) // a record of ours always fits
	}
	return d.cut(b, cn, r.At)
}

// cut splits bytes into the frames they hold.
func (d *Device) cut(b []byte, cn hj212.CN, at time.Time) []Packet {
	var framer hj212.Framer
	framer.Push(b)
	framer.Flush()
	var m hj212.Message
	var all []Packet
	for {
		f, ok := framer.Next()
		if !ok {
			return all
		}
		m.Parse(f.Data) // the header is read, even where CP is encrypted
		raw := append(append(make([]byte, 0, len(f.Raw)+2), f.Raw...), '\r', '\n')
		all = append(all, Packet{MN: d.Spec.MN, CN: cn, QN: string(m.RefQN()), At: at, Bytes: raw, Wants: m.HasFlag && m.Flag.Wants()})
	}
}

// Restarted returns the packet by which the device tells that it has started.
func (d *Device) Restarted() []Packet {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.in.Started(nil, d.clock(), !d.Spec.Unasked)
	if err != nil {
		panic(err) // it always fits
	}
	return d.cut(b, 2081, d.clock())
}

// AskTime returns the packet by which the device asks for the time.
func (d *Device) AskTime() []Packet {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.in.AskTime(nil, "")
	if err != nil {
		panic(err) // it always fits
	}
	return d.cut(b, 1013, d.clock())
}

// answer returns what the device answers to a message of the host.
func (d *Device) answer(m *hj212.Message) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.in.Answer(nil, m)
}

// damaged returns the bytes with a wrong CRC.
func (p Packet) damaged() []byte {
	b := append([]byte(nil), p.Bytes...)
	last := &b[len(b)-3]
	if *last == '0' {
		*last = '1'
	} else {
		*last = '0'
	}
	return b
}

// answeredBy reports whether m is the host's answer to p.
func (p Packet) answeredBy(d *Device, m *hj212.Message) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.in.Answered(m, p.QN, p.CN)
}
