package hj212

import (
	"bytes"
	"iter"
	"time"
)

// A Message is the meaning of one data segment: header fields, factors and
// parameters. It is filled by Parse and may be used again for the next segment;
// parsing then allocates nothing. All its slices lead into the segment that was
// parsed, and share its life.
type Message struct {
	QN   []byte // number of the exchange, 17 digits of time; empty where absent
	ST   []byte // system type, 2 characters; see Systems
	PW   []byte // password
	MN   []byte // identity of the device, as it was sent
	CN   CN     // command; 0 where absent or not a number
	Flag Flag   // version and wishes; meaningless unless HasFlag

	HasFlag  bool
	BackFill bool // RF=1: a back-filled packet of HJ 212-2025
	PNUM     int  // number of packets of a split message, 0 where absent
	PNO      int  // number of this one, from 1

	CP    []byte // what stands between CP=&& and the last &&
	HasCP bool

	data    []byte
	cn      []byte // CN as it was sent
	extra   []field
	factors []factor
	fields  []field
	params  []field
	issues  []Issue
	refusal Refusal
	marks   []uint16 // positions of = , ; in data

	sent, at     int64 // QN and DataTime in ms since 1970 UTC
	hasSent      bool
	hasAt        bool
	blanks       bool // a byte at or below the blank is in data
	scattered    bool // fields of one factor are not neighbours yet
	names        uint64
	codes        uint64
	lastItemMark byte
	qnAt, cpAt   int // where the value of QN and the content of CP begin
}

// field is a name=value of data, by position.
type field struct {
	factor         uint16
	name, nameEnd  uint16
	value, valueAt uint16 // value ends at valueAt
}

// factor is a code and where its fields stand in Message.fields.
type factor struct {
	key          uint64 // first eight bytes of the code
	code, length uint16
	first, n     uint16
}

// CNText returns CN as it was sent.
func (m *Message) CNText() []byte { return m.cn }

// Len is the number of factors.
func (m *Message) Len() int { return len(m.factors) }

// At returns factor i, in the order of first appearance.
func (m *Message) At(i int) Factor {
	f := &m.factors[i]
	return Factor{
		Code:   m.data[f.code : f.code+f.length],
		data:   m.data,
		fields: m.fields[f.first : f.first+f.n],
	}
}

// All ranges over the factors.
func (m *Message) All() iter.Seq[Factor] {
	return func(yield func(Factor) bool) {
		for i := range m.factors {
			if !yield(m.At(i)) {
				return
			}
		}
	}
}

// Find returns the factor of that code.
func (m *Message) Find(code string) (Factor, bool) {
	for i := range m.factors {
		f := &m.factors[i]
		if string(m.data[f.code:f.code+f.length]) == code {
			return m.At(i), true
		}
	}
	return Factor{}, false
}

// A Factor is one measured thing with its fields, such as w01018 with Rtd and
// Flag. It is a view into its Message.
type Factor struct {
	Code   []byte
	data   []byte
	fields []field
}

// Len is the number of fields.
func (f Factor) Len() int { return len(f.fields) }

// Field returns field i: the name without the code (Rtd, Avg, Flag...), and the
// value without the blanks around it.
func (f Factor) Field(i int) (name, value []byte) {
	d := &f.fields[i]
	return f.data[d.name:d.nameEnd], f.data[d.value:d.valueAt]
}

// Value returns the value of the field of that name; false where there is none.
// An empty value that was sent is not the same as none.
func (f Factor) Value(name string) ([]byte, bool) {
	for i := range f.fields {
		d := &f.fields[i]
		if string(f.data[d.name:d.nameEnd]) == name {
			return f.data[d.value:d.valueAt:d.valueAt], true
		}
	}
	return nil, false
}

// Mark returns the data mark: the value of Flag, empty where absent.
func (f Factor) Mark() []byte {
	v, _ := f.Value("Flag")
	return v
}

// Params is the number of items of CP without a factor code: DataTime, PolId,
// QnRtn, but also what a device sends without a suffix (s10001=0).
func (m *Message) Params() int { return len(m.params) }

// ParamAt returns such an item; value is empty where no = followed the name.
func (m *Message) ParamAt(i int) (name, value []byte) {
	d := &m.params[i]
	return m.data[d.name:d.nameEnd:d.nameEnd], m.data[d.value:d.valueAt:d.valueAt]
}

// Param returns the last item of that name. Case does not matter: the editions
// themselves print PolId and PolID, Ctime and CTime.
func (m *Message) Param(name string) ([]byte, bool) {
	for i := len(m.params) - 1; i >= 0; i-- {
		if n, v := m.ParamAt(i); equalFold(n, name) {
			return v, true
		}
	}
	return nil, false
}

// Extra ranges over header fields that no edition knows, such as IMEI.
func (m *Message) Extra() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for i := range m.extra {
			d := &m.extra[i]
			if !yield(m.data[d.name:d.nameEnd], m.data[d.value:d.valueAt]) {
				return
			}
		}
	}
}

// Issues returns what is wrong with the message and did not stop it. The slice
// is used again by the next Parse.
func (m *Message) Issues() []Issue { return m.issues }

// Has reports whether the message has an issue of that kind.
func (m *Message) Has(kind IssueKind) bool {
	for i := range m.issues {
		if m.issues[i].Kind == kind {
			return true
		}
	}
	return false
}

// Sent returns the time in QN, in milliseconds since 1970 UTC. ok is false
// where QN is absent or no date. It is the device's clock and may be wrong.
func (m *Message) Sent() (ms int64, ok bool) { return m.sent, m.hasSent }

// DataTime returns the DataTime of CP, in milliseconds since 1970 UTC: the
// instant of 2011 and 2021, the start of the period of 2051, 2061, 2031 and
// 2041 (HJ 212-2017 table 4). ok is false where it is absent or no date.
func (m *Message) DataTime() (ms int64, ok bool) { return m.at, m.hasAt }

// SentTime is Sent as a time in UTC+8, the zero time where there is none.
func (m *Message) SentTime() time.Time { return timeOf(m.sent, m.hasSent) }

// DataAt is DataTime as a time in UTC+8, the zero time where there is none.
func (m *Message) DataAt() time.Time { return timeOf(m.at, m.hasAt) }

// RefQN is the QN that the message belongs to: that of its header, or, in
// answers of 2005, which carry it there, that in CP.
func (m *Message) RefQN() []byte {
	if len(m.QN) > 0 {
		return m.QN
	}
	v, _ := m.Param("QN")
	return v
}

// equalFold compares an ASCII name without regard to case.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	return bytes.EqualFold(b, []byte(s))
}
