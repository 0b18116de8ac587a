package hj212

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// Parse fills m from a data segment, the Data of a good Frame. It goes through
// the segment once for the positions of = , and ; eight bytes at a time, and
// once over these positions.
//
// The error is a *Refusal, valid until the next Parse; m then still has the header fields that were found,
// so that a refused message can be named. Its At counts from the first byte of
// the segment.
func (m *Message) Parse(data []byte) error {
	m.reset(data)
	if len(data) > MaxSegment {
		m.data = nil
		return m.refuse(Refusal{
			Reason: ReasonTooLong, At: MaxSegment,
			Text: "the segment is longer than four digits can declare",
			Zh:   "数据段超过9999字节，四位长度无法表示，请按1024字节分包发送。",
		})
	}
	if len(data) > StandardMaxLen {
		m.note(IssueOverlong, StandardMaxLen)
	}
	m.scan()
	i, refusal := m.header()
	if refusal == nil {
		m.content(i)
	}
	m.finish()
	if refusal != nil {
		return refusal
	}
	return nil
}

// ParseFrame parses the segment of a frame; the byte of its refusal is counted
// from the frame's first byte.
func (m *Message) ParseFrame(frame *Frame) error {
	err := m.Parse(frame.Data)
	if r, ok := err.(*Refusal); ok {
		r.At += frame.dataAt()
	}
	return err
}

func (m *Message) reset(data []byte) {
	m.QN, m.ST, m.PW, m.MN, m.cn, m.CP = nil, nil, nil, nil, nil, nil
	m.CN, m.Flag, m.PNUM, m.PNO = 0, 0, 0, 0
	m.HasFlag, m.BackFill, m.HasCP = false, false, false
	m.hasSent, m.hasAt, m.scattered = false, false, false
	m.sent, m.at, m.names, m.codes = 0, 0, 0, 0
	m.data = data
	m.extra, m.factors, m.fields = m.extra[:0], m.factors[:0], m.fields[:0]
	m.params, m.issues = m.params[:0], m.issues[:0]
}

func (m *Message) note(kind IssueKind, at int) {
	m.issues = append(m.issues, Issue{kind, at})
}

const (
	ones  = 0x0101010101010101
	lows  = 0x7F7F7F7F7F7F7F7F
	highs = 0x8080808080808080
)

// matches sets the high bit of each byte of w that is , ; or =.
func matches(w uint64) uint64 {
	// A byte x is zero exactly where (x&7F)+7F and x both leave the high bit
	// clear.
	a, b, c := w^(','*ones), w^(';'*ones), w^('='*ones)
	a = (a&lows + lows) | a
	b = (b&lows + lows) | b
	c = (c&lows + lows) | c
	return ^(a & b & c) & highs
}

// scan collects the positions of , ; and = in data, and says whether there are
// blanks or control characters.
func (m *Message) scan() {
	data := m.data
	n := 0
	if need := len(data) + 8; cap(m.marks) < need {
		m.marks = make([]uint16, max(need, 512))
	}
	marks := m.marks[:cap(m.marks)]
	var low uint64 // a byte below ! sets a bit of it
	at := 0
	for ; at+8 <= len(data); at += 8 {
		w := binary.LittleEndian.Uint64(data[at:])
		low |= (w - '!'*ones) &^ w
		for z := matches(w); z != 0; z &= z - 1 {
			marks[n] = uint16(at + bits.TrailingZeros64(z)>>3)
			n++
		}
	}
	if left := len(data) - at; left > 0 {
		w := lastWord(data, left)
		low |= (w - '!'*ones) &^ w
		for z := matches(w); z != 0; z &= z - 1 {
			marks[n] = uint16(at + bits.TrailingZeros64(z)>>3)
			n++
		}
	}
	m.marks, m.blanks = marks[:n], low&highs != 0
}

// lastWord is the last n < 8 bytes of data, filled up with !.
func lastWord(data []byte, n int) uint64 {
	const fill = '!' * ones
	if len(data) >= 8 {
		w := binary.LittleEndian.Uint64(data[len(data)-8:])
		return w>>(8*(8-n)) | fill<<(8*n)
	}
	w := uint64(fill)
	for i, c := range data {
		w = w&^(0xFF<<(8*i)) | uint64(c)<<(8*i)
	}
	return w
}

// trim narrows data[start:end] by the blanks around it.
func trim(data []byte, start, end int) (int, int) {
	for start < end && (data[start] == ' ' || data[start] == '\t') {
		start++
	}
	for start < end && (data[end-1] == ' ' || data[end-1] == '\t') {
		end--
	}
	return start, end
}

// header reads the fields before CP. It returns the index in m.marks at which
// the content of CP begins.
func (m *Message) header() (int, *Refusal) {
	data, marks := m.data, m.marks
	start, found := 0, false
	for i := 0; i < len(marks); {
		p := int(marks[i])
		i++
		if data[p] != '=' {
			if s, e := trim(data, start, p); s < e {
				m.note(IssueNoEquals, s)
			} else if data[p] == ',' {
				m.note(IssueHeaderComma, p)
			}
			start = p + 1
			continue
		}
		s, e := start, p
		if m.blanks {
			s, e = trim(data, s, e)
		}
		if e-s == 2 && data[s]|0x20 == 'c' && data[s+1]|0x20 == 'p' {
			m.openCP(p + 1)
			return i, nil
		}
		for i < len(marks) && data[marks[i]] == '=' {
			i++
		}
		end := len(data)
		if i < len(marks) {
			end = int(marks[i])
			i++
			if data[end] == ',' {
				m.note(IssueHeaderComma, end)
			}
		}
		vs, ve := p+1, end
		if m.blanks {
			vs, ve = trim(data, vs, ve)
		}
		m.headerField(s, e, vs, ve)
		found = true
		start = end + 1
	}
	if !found {
		return 0, m.refuse(Refusal{
			Reason: ReasonNoField, At: 0,
			Text: "the segment has no name=value field",
			Zh:   "数据段中没有任何“名称=值”字段，无法识别，请核对该端口接入的是否为HJ 212设备。",
		})
	}
	return 0, m.refuse(Refusal{
		Reason: ReasonNoCP, At: len(data),
		Text: "the segment has no CP field",
		Zh:   "数据段缺少CP字段，只能识别包头，请厂家按HJ 212补上CP=&&…&&。",
	})
}

// refuse keeps r in m, so that refusing allocates nothing either.
func (m *Message) refuse(r Refusal) *Refusal {
	m.refusal = r
	return &m.refusal
}

// openCP sets CP, which begins at byte at.
func (m *Message) openCP(at int) {
	data := m.data
	m.HasCP = true
	start, _ := trim(data, at, len(data))
	if !bytes.HasPrefix(data[start:], []byte("&&")) {
		m.note(IssueCPMarks, start)
		m.CP, m.cpAt = data[at:], at
		if rest, ok := bytes.CutSuffix(m.CP, []byte("&&")); ok {
			m.CP = rest
		}
		return
	}
	body := data[start+2:]
	end := len(body)
	if end >= 2 && body[end-1] == '&' && body[end-2] == '&' {
		end -= 2
	} else if i := bytes.LastIndex(body, []byte("&&")); i >= 0 {
		end = i
		m.note(IssueAfterCP, start+2+i+2)
	} else {
		m.note(IssueCPMarks, len(data))
	}
	m.CP, m.cpAt = body[:end:end], start+2
}

// headerField stores the field with name data[s:e] and value data[vs:ve].
func (m *Message) headerField(s, e, vs, ve int) {
	value := m.data[vs:ve:ve]
	name, exact := headerName(m.data[s:e])
	switch name {
	case nameQN:
		m.twice(m.QN, s)
		m.QN, m.qnAt = value, vs
	case nameST:
		m.twice(m.ST, s)
		m.ST = value
	case nameCN:
		m.twice(m.cn, s)
		m.cn, m.CN = value, parseCN(value)
	case namePW:
		m.twice(m.PW, s)
		m.PW = value
	case nameMN:
		m.twice(m.MN, s)
		m.MN = value
	case nameFlag:
		if m.HasFlag {
			m.note(IssueDuplicate, s)
		}
		if n, ok := smallNumber(value); ok && n <= 255 {
			m.Flag, m.HasFlag = Flag(n), true
		} else {
			m.note(IssueBadFlag, vs)
		}
	case namePNUM, namePNO:
		m.packetNumber(name, value, vs)
	case nameRF:
		m.BackFill = len(value) == 1 && value[0] == '1'
	default:
		m.note(IssuePrivateField, s)
		m.extra = append(m.extra, newField(s, e, vs, ve))
		return
	}
	if !exact {
		m.note(IssueHeaderCase, s)
	}
}

// twice notes that the field at byte at has been there before.
func (m *Message) twice(before []byte, at int) {
	if len(before) > 0 {
		m.note(IssueDuplicate, at)
	}
}

func (m *Message) packetNumber(name headerKey, value []byte, at int) {
	n, ok := smallNumber(value)
	switch {
	case !ok || n == 0:
		m.note(IssueBadNumber, at)
	case name == namePNUM:
		m.PNUM = n
	default:
		m.PNO = n
	}
}

// headerKey is a name of the header: its letters, first one lowest.
type headerKey uint32

const (
	nameQN   = headerKey('Q' | 'N'<<8)
	nameST   = headerKey('S' | 'T'<<8)
	nameCN   = headerKey('C' | 'N'<<8)
	namePW   = headerKey('P' | 'W'<<8)
	nameMN   = headerKey('M' | 'N'<<8)
	nameRF   = headerKey('R' | 'F'<<8)
	namePNO  = headerKey('P' | 'N'<<8 | 'O'<<16)
	nameFlag = headerKey('F' | 'l'<<8 | 'a'<<16 | 'g'<<24)
	namePNUM = headerKey('P' | 'N'<<8 | 'U'<<16 | 'M'<<24)

	upperFlag = headerKey('F' | 'L'<<8 | 'A'<<16 | 'G'<<24)
	// caseBits are those in which capitals and small letters differ.
	caseBits = headerKey(0x20202020)
)

// headerName returns the key of a header name, spelt as the standard does, and
// whether it was spelt so; 0 for a name that no edition knows.
func headerName(b []byte) (name headerKey, exact bool) {
	var k, upper headerKey
	switch len(b) {
	case 2:
		k = headerKey(b[0]) | headerKey(b[1])<<8
		upper = k &^ (caseBits & 0xFFFF)
		switch upper {
		case nameQN, nameST, nameCN, namePW, nameMN, nameRF:
			return upper, k == upper
		}
	case 3:
		k = headerKey(b[0]) | headerKey(b[1])<<8 | headerKey(b[2])<<16
		if upper = k &^ (caseBits & 0xFFFFFF); upper == namePNO {
			return namePNO, k == upper
		}
	case 4:
		k = headerKey(b[0]) | headerKey(b[1])<<8 | headerKey(b[2])<<16 | headerKey(b[3])<<24
		switch upper = k &^ caseBits; upper {
		case upperFlag:
			return nameFlag, k == nameFlag
		case namePNUM:
			return namePNUM, k == upper
		}
	}
	return 0, false
}

// smallNumber reads one to four decimal digits.
func smallNumber(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 4 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func parseCN(b []byte) CN {
	if len(b) != 4 {
		return 0
	}
	n, _ := smallNumber(b)
	return CN(n)
}

func newField(s, e, vs, ve int) field {
	return field{name: uint16(s), nameEnd: uint16(e), value: uint16(vs), valueAt: uint16(ve)}
}

// finish does what can only be done when all fields are known.
func (m *Message) finish() {
	if m.scattered {
		m.regroup()
	}
	if m.cn == nil || m.CN == 0 {
		m.note(IssueBadCN, 0)
	}
	if len(m.MN) == 0 && !(m.CN == CNData && !m.HasFlag) { // the 9014 of 2005 has none by right
		m.note(IssueNoMN, 0)
	}
	if m.HasFlag && m.Flag.Version() == 0 {
		m.note(IssueVersion, 0)
	}
	if m.HasFlag && m.Flag.Split() && (m.PNUM == 0 || m.PNO == 0) {
		m.note(IssueSplitNoPNUM, 0)
	}
	if m.PNUM > 0 && m.PNO > m.PNUM {
		m.note(IssueBadNumber, 0)
	}
	if len(m.QN) > 0 {
		ms, width, ok := parseStamp(m.QN)
		if width != 17 {
			m.note(IssueQNWidth, m.qnAt)
		}
		if m.sent, m.hasSent = ms, ok; !ok {
			m.note(IssueImpossible, m.qnAt)
		}
	}
}

// regroup brings the fields of each factor together, in their order.
func (m *Message) regroup() {
	slices.SortStableFunc(m.fields, func(a, b field) int { return int(a.factor) - int(b.factor) })
	next := uint16(0)
	for i := range m.factors {
		m.factors[i].first = next
		next += m.factors[i].n
	}
}
