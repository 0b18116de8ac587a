package measure

import (
	"encoding/binary"
	"slices"

	"pingzhang/internal/measure/chunk"
)

// value is one packed value, taken apart.
type value struct {
	m    int64  // the mantissa
	dec  uint8  // decimals, or valueChar, or valueText
	char byte   // the text of a valueChar
	odd  []byte // the text of a valueText
}

// charTexts are the texts of one byte, so that none is allocated.
var charTexts = func() (t [256]string) {
	for i := range t {
		t[i] = string([]byte{byte(i)})
	}
	return t
}()

// text returns the value as it was reported.
func (v value) text() string {
	switch v.dec {
	case valueChar:
		return charTexts[v.char]
	case valueText:
		return string(v.odd)
	}
	return chunk.NumberText(v.m, v.dec)
}

func (v value) appendText(dst []byte) []byte {
	switch v.dec {
	case valueChar:
		return append(dst, v.char)
	case valueText:
		return append(dst, v.odd...)
	}
	return chunk.AppendNumber(dst, v.m, v.dec)
}

// cellReader walks packed cells. Call factor, then value once for each of the
// fields. Damaged cells end the walk with bad set; they never panic.
type cellReader struct {
	b     []byte
	code  code
	shape []field
	left  int // values not read yet
	bad   bool
	buf   [16]field
}

// factor goes to the next factor; false at the end.
func (r *cellReader) factor() bool {
	for r.left > 0 {
		r.value()
	}
	if r.bad || len(r.b) == 0 {
		return false
	}
	if r.b[0] == 0xFF {
		r.b = r.b[1:]
		text, ok := r.text()
		if !ok {
			return r.fail()
		}
		r.code = code{literalCode, string(text)}
	} else {
		if len(r.b) < 4 {
			return r.fail()
		}
		n := uint32(r.b[0])<<16 | uint32(r.b[1])<<8 | uint32(r.b[2])
		if n >= 26*100000 {
			return r.fail()
		}
		r.code = code{n: n}
		r.b = r.b[3:]
	}
	return r.readShape()
}

func (r *cellReader) readShape() bool {
	if len(r.b) == 0 {
		return r.fail()
	}
	if r.b[0] == 0 { // as the factor before
		r.b = r.b[1:]
		r.left = len(r.shape)
		return r.left > 0 || r.fail()
	}
	n, ok := r.uvarint()
	if !ok || n > uint64(len(r.b)) {
		return r.fail()
	}
	if r.shape == nil {
		r.shape = r.buf[:0]
	}
	r.shape = r.shape[:0]
	for range n {
		if len(r.b) == 0 {
			return r.fail()
		}
		f := field{id: fieldID(r.b[0])}
		r.b = r.b[1:]
		if f.id == 0 {
			text, ok := r.text()
			if !ok {
				return r.fail()
			}
			f.text = string(text)
		} else if int(f.id) >= len(fieldNames) {
			return r.fail()
		}
		r.shape = append(r.shape, f)
	}
	r.left = int(n)
	return true
}

// fields returns how many values the factor has.
func (r *cellReader) fields() int { return len(r.shape) }

// value reads the next value of the factor.
func (r *cellReader) value() value {
	r.left--
	u, ok := r.uvarint()
	if !ok {
		r.fail()
		return value{dec: valueText}
	}
	v := value{dec: uint8(u & 15)}
	switch v.dec {
	case valueChar:
		v.char = byte(u>>4) ^ 'N'
	case valueText:
		if u>>4 > uint64(len(r.b)) {
			r.fail()
			return value{dec: valueText}
		}
		v.odd = r.b[:u>>4]
		r.b = r.b[u>>4:]
	default:
		v.m = unzigzag(u >> 4)
	}
	return v
}

func (r *cellReader) uvarint() (uint64, bool) {
	if len(r.b) > 0 && r.b[0] < 0x80 {
		u := uint64(r.b[0])
		r.b = r.b[1:]
		return u, true
	}
	u, n := binary.Uvarint(r.b)
	if n <= 0 {
		return 0, false
	}
	r.b = r.b[n:]
	return u, true
}

func (r *cellReader) text() ([]byte, bool) {
	n, ok := r.uvarint()
	if !ok || n > uint64(len(r.b)) {
		return nil, false
	}
	text := r.b[:n]
	r.b = r.b[n:]
	return text, true
}

func (r *cellReader) fail() bool {
	r.bad, r.left, r.b = true, 0, nil
	return false
}

// ok reports whether the cells can be read to the end and hold at least one. It
// is asked of every frame, so it keeps nothing.
func (c Cells) ok() bool {
	r := cellReader{b: c}
	fields := uint64(0)
	for len(r.b) > 0 {
		if r.b[0] == 0xFF {
			r.b = r.b[1:]
			if _, ok := r.text(); !ok {
				return false
			}
		} else if len(r.b) < 4 || uint32(r.b[0])<<16|uint32(r.b[1])<<8|uint32(r.b[2]) >= 26*100000 {
			return false
		} else {
			r.b = r.b[3:]
		}
		n, ok := r.uvarint()
		if !ok || n > uint64(len(r.b)) || n == 0 && fields == 0 {
			return false
		}
		for range n {
			if len(r.b) == 0 || int(r.b[0]) >= len(fieldNames) {
				return false
			}
			id := r.b[0]
			r.b = r.b[1:]
			if id == 0 {
				if _, ok := r.text(); !ok {
					return false
				}
			}
		}
		if n > 0 {
			fields = n
		}
		for range fields {
			u, ok := r.uvarint()
			if !ok {
				return false
			}
			if u&15 == valueText {
				if u>>4 > uint64(len(r.b)) {
					return false
				}
				r.b = r.b[u>>4:]
			}
		}
	}
	return fields > 0
}

// part is one factor of packed cells, cut out. content is its shape, never
// written as "same as before", and its values: equal content has equal bytes.
type part struct {
	code    code
	content []byte
}

// split cuts cells into factors. The parts lead into the cells where they can.
func (c Cells) split() ([]part, error) {
	var parts []part
	r := cellReader{b: c}
	for r.factor() {
		values := r.b
		for r.left > 0 {
			r.value()
		}
		if r.bad {
			break
		}
		content := appendShape(nil, r.shape)
		content = append(content, values[:len(values)-len(r.b)]...)
		parts = append(parts, part{r.code, content})
	}
	if r.bad {
		return nil, errDamagedCells
	}
	return parts, nil
}

func appendShape(dst []byte, shape []field) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(shape)))
	for _, f := range shape {
		dst = append(dst, byte(f.id))
		if f.id == 0 {
			dst = binary.AppendUvarint(dst, uint64(len(f.text)))
			dst = append(dst, f.text...)
		}
	}
	return dst
}

// readContent returns a reader that stands before the values of content.
func readContent(content []byte) cellReader {
	r := cellReader{b: content}
	if !r.readShape() {
		r.bad = true
	}
	return r
}

// contentText returns content as a line, Avg=38.50,Flag=N, by which contents
// are ordered and which people read.
func contentText(content []byte) []byte {
	r := readContent(content)
	var line []byte
	for i := range r.shape {
		if r.bad {
			break
		}
		if i > 0 {
			line = append(line, ',')
		}
		line = append(append(line, r.shape[i].name()...), '=')
		line = r.value().appendText(line)
	}
	return line
}

// join puts parts, sorted by code, together to packed cells.
func join(dst []byte, parts []part) []byte {
	var before []byte
	for _, p := range parts {
		if p.code.n < literalCode {
			dst = append(dst, byte(p.code.n>>16), byte(p.code.n>>8), byte(p.code.n))
		} else {
			dst = append(dst, 0xFF)
			dst = binary.AppendUvarint(dst, uint64(len(p.code.text)))
			dst = append(dst, p.code.text...)
		}
		r := readContent(p.content)
		shape := p.content[:len(p.content)-len(r.b)]
		if slices.Equal(shape, before) {
			dst = append(append(dst, 0), r.b...)
		} else {
			dst = append(dst, p.content...)
		}
		before = shape
	}
	return dst
}
