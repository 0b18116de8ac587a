package chunk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// ErrDamaged is what every error of Decode is.
var ErrDamaged = errors.New("chunk is damaged")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// Want says which part of a chunk to decode. The zero Want is all of it.
type Want struct {
	Factors []string // nil for all
	Fields  []string // nil for all
	NoMeta  bool     // leaves Lanes and Factor.Lane empty
}

var decoder = func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		panic(err) // only for options that contradict each other
	}
	return d
}()

// maxSection bounds the plain length of one section: a number takes at most
// ten bytes.
const maxSection = 16 * MaxCells

// Decode fills t from a chunk. It does not trust its input: the error is an
// ErrDamaged that says what is wrong, and t is then not to be used.
func Decode(b []byte, t *Table, want Want) error {
	if len(b) < len(magic)+4 || [4]byte(b[:4]) != magic {
		if len(b) >= 4 && string(b[:3]) == string(magic[:3]) {
			return damaged("version %d is not known", b[3])
		}
		return damaged("it does not begin as a chunk")
	}
	body := b[:len(b)-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return damaged("the checksum does not fit")
	}
	r := reader{b: body[4:]}
	kind := r.byte()
	point := int64(r.uvarint(1 << 62))
	t.Reset(point, kind, r.varint())
	n := r.uvarint(MaxRows)
	lanes := r.uvarint(MaxCells)
	factors := r.uvarint(MaxCells)
	dir := reader{b: r.take(r.uvarint(uint64(len(r.b))))}
	if r.bad || n == 0 || n*lanes*4 > MaxCells {
		return damaged("its head")
	}
	d := decoding{t: t, n: int(n), want: want, dir: dir, sections: r}
	d.head(int(lanes))
	for range factors {
		if d.bad() {
			break
		}
		d.factor()
	}
	if d.bad() || len(d.sections.b) != 0 || len(d.dir.b) != 0 {
		return damaged("its content")
	}
	return nil
}

// decoding is a Decode under way.
type decoding struct {
	t        *Table
	n        int
	want     Want
	dir      reader
	sections reader
	columns  int
	plain    []byte // scratch
}

func (d *decoding) bad() bool { return d.dir.bad || d.sections.bad }

// section returns the plain bytes of the next section, or nil when skip.
func (d *decoding) section(plain, stored uint64, skip bool) reader {
	b := d.sections.take(stored)
	if d.bad() || skip {
		return reader{}
	}
	if plain == stored {
		return reader{b: b}
	}
	if uint64(cap(d.plain)) < plain {
		d.plain = make([]byte, 0, plain)
	}
	out, err := decoder.DecodeAll(b, d.plain[:0:plain])
	if err != nil || uint64(len(out)) != plain {
		d.sections.bad = true
		return reader{}
	}
	return reader{b: out}
}

// lengths reads the lengths of a section. A plain length far beyond what the
// stored bytes could hold is refused before memory is taken for it.
func (d *decoding) lengths() (plain, stored uint64) {
	plain = d.dir.uvarint(maxSection)
	stored = d.dir.uvarint(uint64(len(d.sections.b)))
	if plain < stored || plain > stored*(1<<17)+64 {
		d.dir.bad = true
	}
	return plain, stored
}

// head reads times and lanes.
func (d *decoding) head(lanes int) {
	r := d.section2()
	t := d.t
	at := t.T0 + r.varint()
	t.At = append(slices.Grow(t.At, d.n), at)
	r.runs(d.n-1, func(v int64, _, count int) bool {
		if v <= 0 {
			return false
		}
		for range count {
			at += v
			t.At = append(t.At, at)
		}
		return true
	})
	if r.bad {
		d.sections.bad = true
		return
	}
	if d.want.NoMeta {
		return
	}
	t.Lanes = make([]Lane, lanes)
	for i := range t.Lanes {
		if !r.lane(t, &t.Lanes[i]) {
			d.sections.bad = true
			return
		}
	}
	if len(r.b) != 0 {
		d.sections.bad = true
	}
}

func (d *decoding) section2() reader {
	plain, stored := d.lengths()
	return d.section(plain, stored, false)
}

func (r *reader) lane(t *Table, l *Lane) bool {
	n := len(t.At)
	l.Has, l.Meta = make([]bool, n), make([]Meta, n)
	states := make([]int8, n)
	r.runs(n, func(v int64, from, count int) bool {
		if v < 0 || v > 4 {
			return false
		}
		for i := from; i < from+count; i++ {
			states[i] = int8(v)
			l.Has[i] = v > 0
			l.Meta[i].Backfilled = v > 2
		}
		return true
	})
	if r.bad {
		return false
	}
	last := int64(0)
	for i, s := range states {
		if s == 2 || s == 4 {
			last += r.varint()
			l.Meta[i].QN = last + t.At[i]*1000
		}
	}
	last = 0
	for i, s := range states {
		if s > 0 {
			last += r.varint()
			l.Meta[i].Received = last + t.At[i]
			if s == 2 || s == 4 {
				l.Meta[i].Received = last + l.Meta[i].QN/1000
			}
		}
	}
	return !r.bad
}

// columnHead is what the directory says of a column.
type columnHead struct {
	name    string
	numeric bool
	scale   int8
	length  uint64
	wanted  bool
	needed  bool // wanted, or the reference of one that is
	at      int  // index among the columns that were decoded
}

func (d *decoding) factor() {
	code := d.dir.text()
	count := int(d.dir.uvarint(uint64(len(d.dir.b))))
	laneLength := d.dir.uvarint(maxSection)
	d.columns += count
	if d.dir.bad || d.n*d.columns > MaxCells || count == 0 {
		d.dir.bad = true
		return
	}
	heads := make([]columnHead, count)
	for i := range heads {
		h := &heads[i]
		h.name = d.dir.text()
		switch d.dir.byte() {
		case asText:
		case asNumbers:
			h.numeric, h.scale = true, int8(d.dir.byte())
			d.dir.varint()
			d.dir.varint()
			if h.scale < 0 || h.scale > MaxDecimals {
				d.dir.bad = true
			}
		default:
			d.dir.bad = true
		}
		h.length = d.dir.uvarint(maxSection)
		h.wanted = d.want.Fields == nil || slices.Contains(d.want.Fields, h.name)
	}
	plain, stored := d.lengths()
	if d.dir.bad {
		return
	}
	wanted := d.want.Factors == nil || slices.Contains(d.want.Factors, code)
	r := d.section(plain, stored, !wanted)
	if !wanted || d.bad() {
		return
	}
	if !d.content(code, heads, reader{b: r.take(laneLength)}, &r) || len(r.b) != 0 {
		d.sections.bad = true
	}
}

// content reads the section of a factor.
func (d *decoding) content(code string, heads []columnHead, lane reader, r *reader) bool {
	for i := range heads {
		h := &heads[i]
		h.needed = h.needed || h.wanted
		for j := range heads[:i] {
			if h.wanted && references[h.name] == heads[j].name {
				heads[j].needed = true
			}
		}
	}
	t := d.t
	f := &t.Factors[t.Factor(code, len(t.Factors))]
	if len(f.Lane) > 0 || len(f.Columns) > 0 {
		return false // a factor that is there twice
	}
	f.Columns = slices.Grow(f.Columns[:0], len(heads))
	if !d.want.NoMeta && !d.lane(f, lane) {
		return false
	}
	for i := range heads {
		h := &heads[i]
		b := reader{b: r.take(h.length)}
		if r.bad {
			return false
		}
		if !h.needed {
			continue
		}
		h.at = len(f.Columns)
		f.Columns = append(f.Columns, Column{Name: h.name, Dec: make([]int8, d.n), M: make([]int64, d.n)})
		if ok := b.column(f.Columns, h, heads); !ok || len(b.b) != 0 {
			return false
		}
	}
	f.Columns = slices.DeleteFunc(f.Columns, func(c Column) bool {
		return d.want.Fields != nil && !slices.Contains(d.want.Fields, c.Name)
	})
	return true
}

func (d *decoding) lane(f *Factor, lane reader) bool {
	f.Lane = make([]int16, d.n)
	lanes := int64(len(d.t.Lanes))
	lane.runs(d.n, func(v int64, from, count int) bool {
		if v < 0 || v > lanes {
			return false
		}
		for i := from; i < from+count; i++ {
			if v > 0 && !d.t.Lanes[v-1].Has[i] {
				return false
			}
			f.Lane[i] = int16(v - 1)
		}
		return true
	})
	return !lane.bad && len(lane.b) == 0
}

// column reads the last of columns.
func (r *reader) column(columns []Column, h *columnHead, heads []columnHead) bool {
	c := &columns[len(columns)-1]
	numbers, odd := 0, 0
	r.runs(len(c.Dec), func(v int64, from, count int) bool {
		switch v {
		case 0:
			fill(c.Dec[from:from+count], Absent)
		case 1:
			numbers += count // Dec is 0 already
		case 2:
			odd += count
			fill(c.Dec[from:from+count], Odd)
		default:
			return false
		}
		return true
	})
	if r.bad {
		return false
	}
	if !h.numeric {
		return odd == 0 && r.texts(c, numbers)
	}
	if numbers > len(r.b) || odd > len(r.b) {
		return false
	}
	for i, d := range c.Dec {
		if d == Odd {
			c.M[i] = c.text(r.text())
		}
	}
	return !r.bad && r.numbers(columns, h, heads)
}

func fill(d []int8, v int8) {
	for i := range d {
		d[i] = v
	}
}

// texts reads what appendTexts wrote; the n cells have Dec 0 so far.
func (r *reader) texts(c *Column, n int) bool {
	count := r.uvarint(uint64(len(r.b)))
	texts := make([]cell, 0, count)
	for range count {
		s := r.text()
		texts = append(texts, cellOf(c, s))
	}
	row := 0
	r.runs(n, func(v int64, _, count int) bool {
		if v < 0 || v >= int64(len(texts)) {
			return false
		}
		for ; count > 0; row++ {
			if c.Dec[row] == Absent {
				continue
			}
			c.Dec[row], c.M[row] = texts[v].dec, texts[v].m
			count--
		}
		return true
	})
	return !r.bad
}

// cell is what stands in Dec and M.
type cell struct {
	dec int8
	m   int64
}

// cellOf returns the cell of a text: a number where it is one, so that a cell
// is the same whether its column was written as numbers or as texts.
func cellOf(c *Column, s string) cell {
	if m, dec, ok := Number(s); ok {
		return cell{int8(dec), m}
	}
	return cell{Odd, c.text(s)}
}

// numbers reads decimals and residuals of a column of numbers.
func (r *reader) numbers(columns []Column, h *columnHead, heads []columnHead) bool {
	c := &columns[len(columns)-1]
	decimals := r.byte()
	var each []byte
	if decimals == decEach {
		n := uint64(0)
		for _, d := range c.Dec {
			if d >= 0 {
				n++
			}
		}
		each = r.take(n)
	}
	mode := r.byte()
	if r.bad || decimals > decEach || mode&^7 != 0 || mode>>1 == 3 {
		return false
	}
	var ref *Column
	if mode&1 == fromReference {
		i := r.uvarint(uint64(len(heads)))
		if r.bad || int(i) >= len(heads) || !heads[i].needed || !heads[i].numeric || heads[i].scale != h.scale || heads[i].at >= len(columns)-1 {
			return false
		}
		ref = &columns[heads[i].at]
		if ref.Name != heads[i].name {
			return false
		}
	}
	if !r.residuals(c, ref, h.scale, mode&^1) {
		return false
	}
	switch decimals {
	case decFixed:
		for i, d := range c.Dec {
			if d >= 0 {
				c.Dec[i] = h.scale
			}
		}
	case decStripped:
		for i, d := range c.Dec {
			if d >= 0 {
				c.strip(i, h.scale)
			}
		}
	default:
		return c.cut(each, h.scale)
	}
	return true
}

// residuals fills M with the numbers at scale.
func (r *reader) residuals(c, ref *Column, scale int8, sign byte) bool {
	b := r.b
	last := int64(0)
	for i, d := range c.Dec {
		if d < 0 {
			continue
		}
		var u uint64
		if len(b) > 0 && b[0] < 0x80 {
			u, b = uint64(b[0]), b[1:]
		} else {
			var n int
			if u, n = binary.Uvarint(b); n <= 0 {
				return false
			}
			b = b[n:]
		}
		v := int64(u)
		switch sign {
		case signZigzag:
			v = int64(u>>1) ^ -int64(u&1)
		case signNegated:
			v = -v
		}
		if ref != nil {
			if ref.Dec[i] < 0 || ref.Dec[i] > scale {
				return false
			}
			v += ref.M[i] * tens[scale-ref.Dec[i]]
		} else {
			v += last
			last = v
		}
		c.M[i] = v
	}
	r.b = b
	return true
}

// strip gives number i, which stands at scale, as few decimals as it can have.
func (c *Column) strip(i int, scale int8) {
	m := c.M[i]
	for scale > 0 && m%10 == 0 {
		m /= 10
		scale--
	}
	c.Dec[i], c.M[i] = scale, m
}

// cut gives the numbers, which stand at scale, the decimals that are written.
func (c *Column) cut(each []byte, scale int8) bool {
	for i, d := range c.Dec {
		if d < 0 {
			continue
		}
		dec := int8(each[0])
		each = each[1:]
		if dec < 0 || dec > scale || c.M[i]%tens[scale-dec] != 0 {
			return false
		}
		c.Dec[i], c.M[i] = dec, c.M[i]/tens[scale-dec]
	}
	return true
}
