package hj212

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Names as they stand in the eight bytes before =, little endian.
const (
	wordFlag     = uint64('F') | 'l'<<8 | 'a'<<16 | 'g'<<24
	wordDataTime = uint64('D') | 'a'<<8 | 't'<<16 | 'a'<<24 | 'T'<<32 | 'i'<<40 | 'm'<<48 | 'e'<<56
)

// content reads the items of CP; the marks from index i on stand in it.
//
// An item is name=value, closed by ; or , or the end. The standard groups the
// fields of one factor by commas and the factors by semicolons; devices mix
// both up, and the code in each name says anyway to which factor it belongs. So
// the two are taken alike.
func (m *Message) content(i int) {
	data, marks := m.data, m.marks
	start := m.cpAt
	stop := start + len(m.CP)
	m.lastItemMark = ';'
	for i < len(marks) && int(marks[i]) < stop {
		p := int(marks[i])
		i++
		if data[p] != '=' {
			m.bare(start, p)
			m.lastItemMark = data[p]
			start = p + 1
			continue
		}
		end := stop
		for i < len(marks) {
			q := int(marks[i])
			if q >= stop {
				break
			}
			i++
			if c := data[q]; c != '=' && !logOpen(data[p+1:q]) {
				end = q
				break
			}
		}
		if m.blanks {
			s, e := trim(data, start, p)
			vs, ve := trim(data, p+1, end)
			m.item(s, e, vs, ve)
		} else {
			m.item(start, p, p+1, end)
		}
		start = end + 1
		if end < stop {
			m.lastItemMark = data[end]
		}
	}
	if start < stop {
		m.bare(start, stop)
	}
}

// logOpen reports whether value is the beginning of a log text, which stands
// between // and // and may hold any mark (HJ 212-2017 table B.10, i11001).
func logOpen(value []byte) bool {
	if len(value) < 2 || value[0] != '/' || value[1] != '/' {
		return false
	}
	n := len(value)
	return n < 4 || value[n-1] != '/' || value[n-2] != '/'
}

// bare takes what stands between two marks without a =.
func (m *Message) bare(s, e int) {
	s, e = trim(m.data, s, e)
	if s >= e {
		return
	}
	m.note(IssueNoEquals, s)
	m.param(s, e, e, e)
}

// item takes the field with name data[s:e] and value data[vs:ve]. The name is
// split at its last - that has a code before it and a letter after it.
//
// Of nearly every name the - stands in the eight bytes before =, and the code
// fits into eight bytes too, so both are compared as words.
func (m *Message) item(s, e, vs, ve int) {
	data := m.data
	if e < 8 || s >= e {
		m.oddItem(s, e, vs, ve)
		return
	}
	word := binary.LittleEndian.Uint64(data[e-8 : e])
	if word == wordDataTime && e-s == 8 && len(m.params) == 0 {
		m.dataTime(vs, ve)
		m.params = append(m.params, newField(s, e, vs, ve))
		return
	}
	x := word ^ '-'*ones
	z := ^((x&lows + lows) | x) & highs
	after := bits.LeadingZeros64(z) >> 3 // bytes after the last -
	dash := e - 1 - after
	if z == 0 || dash <= s || after == 0 || !letter(data[dash+1]) {
		m.oddItem(s, e, vs, ve)
		return
	}
	m.field(s, dash, e, vs, ve, word>>(64-8*after))
}

// oddItem is item for names that are not a code, -, and a suffix of one to seven
// letters.
func (m *Message) oddItem(s, e, vs, ve int) {
	if s >= e {
		m.note(IssueNoName, s)
		if vs < ve {
			m.param(s, s, vs, ve)
		}
		return
	}
	for dash := e - 2; dash > s; dash-- {
		if m.data[dash] == '-' && letter(m.data[dash+1]) {
			m.field(s, dash, e, vs, ve, tailWord(m.data[dash+1:e]))
			return
		}
	}
	m.param(s, e, vs, ve)
}

// tailWord is the last eight bytes of b, the last one highest.
func tailWord(b []byte) (w uint64) {
	for _, c := range b[max(0, len(b)-8):] {
		w = w>>8 | uint64(c)<<56
	}
	if n := len(b); n < 8 {
		w >>= 64 - 8*n
	}
	return w
}

func letter(c byte) bool { return c|0x20-'a' < 26 }

// slot spreads a word over 64 bits: one of them is set for each name or code
// seen, so that most new ones need not be searched for.
func slot(word uint64) uint64 { return 1 << ((word * 0x9E3779B97F4A7C15) >> 58) }

// field adds a field to its factor: code data[s:dash], name data[dash+1:e].
// word has the name's bytes.
func (m *Message) field(s, dash, e, vs, ve int, word uint64) {
	data := m.data
	length := uint16(dash - s)
	var key uint64
	if s+8 <= len(data) && length < 8 {
		key = binary.LittleEndian.Uint64(data[s:]) & (1<<(8*length) - 1)
	} else {
		key = headWord(data[s:dash])
	}
	last := len(m.factors) - 1
	if last < 0 || m.factors[last].key != key || m.factors[last].length != length ||
		length > 8 && !m.sameCode(last, s, dash) {
		last = m.turn(key, s, dash)
	}
	bit := slot(word)
	if m.names&bit != 0 && m.replaced(last, dash+1, e, vs, ve) {
		return
	}
	m.names |= bit
	m.fields = append(m.fields, field{uint16(last), uint16(dash + 1), uint16(e), uint16(vs), uint16(ve)})
	m.factors[last].n++
	if word == wordFlag && e-dash == 5 {
		if ve-vs != 1 || !m.knownMark(data[vs]) {
			m.note(IssueUnknownMark, vs)
		}
	}
}

// headWord is the first eight bytes of b.
func headWord(b []byte) (w uint64) {
	for i, c := range b[:min(8, len(b))] {
		w |= uint64(c) << (8 * i)
	}
	return w
}

func (m *Message) sameCode(i, s, dash int) bool {
	f := &m.factors[i]
	return bytes.Equal(m.data[f.code:f.code+f.length], m.data[s:dash])
}

// turn leaves the factor last added to for the one with code data[s:dash],
// which it adds where it is new. It returns its index.
func (m *Message) turn(key uint64, s, dash int) int {
	length := uint16(dash - s)
	bit := slot(key)
	if m.codes&bit != 0 {
		for i := range m.factors {
			if m.factors[i].key == key && m.factors[i].length == length && (length <= 8 || m.sameCode(i, s, dash)) {
				m.scattered = true
				m.names = ^uint64(0)
				return i
			}
		}
	}
	if n := len(m.factors); m.lastItemMark == ',' && n > 0 {
		before := &m.factors[n-1]
		if before.length == length+1 && bytes.Equal(m.data[before.code+1:before.code+before.length], m.data[s:dash]) {
			m.note(IssueCodeMisprint, s)
		}
	}
	m.codes |= bit
	m.names = 0
	m.factors = append(m.factors, factor{key: key, code: uint16(s), length: length, first: uint16(len(m.fields))})
	return len(m.factors) - 1
}

// replaced gives the field data[s:e] of factor its later value, where it has
// one already.
func (m *Message) replaced(factor, s, e, vs, ve int) bool {
	name := m.data[s:e]
	for i := range m.fields {
		f := &m.fields[i]
		if int(f.factor) == factor && bytes.Equal(m.data[f.name:f.nameEnd], name) {
			f.value, f.valueAt = uint16(vs), uint16(ve)
			m.note(IssueDuplicate, s)
			return true
		}
	}
	return false
}

// param adds an item without a factor code.
func (m *Message) param(s, e, vs, ve int) {
	data := m.data
	name := data[s:e]
	switch {
	case string(name) == "DataTime":
		m.dataTime(vs, ve)
	case e-s == 4 && equalFold(name, "Flag"):
		m.note(IssueBareFlag, s)
	case e-s == 4 && equalFold(name, "PNUM") && m.PNUM == 0:
		m.packetInCP(namePNUM, data[vs:ve], vs)
	case e-s == 3 && equalFold(name, "PNO") && m.PNO == 0:
		m.packetInCP(namePNO, data[vs:ve], vs)
	}
	if e > s && !equalFold(name, "CTime") { // 3014 lists its times under one name
		for i := range m.params {
			d := &m.params[i]
			if bytes.Equal(data[d.name:d.nameEnd], name) {
				m.note(IssueDuplicate, s)
				break
			}
		}
	}
	m.params = append(m.params, newField(s, e, vs, ve))
}

func (m *Message) packetInCP(name headerKey, value []byte, at int) {
	m.packetNumber(name, value, at)
	if !bytes.Equal(m.ST, []byte("91")) { // the 9014 of 2005 has them there by right
		m.note(IssuePNUMInCP, at)
	}
}

func (m *Message) dataTime(vs, ve int) {
	ms, width, ok := parseStamp(m.data[vs:ve])
	if width != 14 {
		m.note(IssueDataTimeWidth, vs)
	}
	if m.at, m.hasAt = ms, ok; !ok {
		m.note(IssueImpossible, vs)
	}
}
