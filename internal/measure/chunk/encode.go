package chunk

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"

	"github.com/klauspost/compress/zstd"
)

const version = 1

var magic = [4]byte{'P', 'Z', 'C', version}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// MaxRows and MaxCells bound what a chunk may hold: a sample a second for a
// month is 2.7 million rows. Encode refuses more, and so does Decode, which so
// cannot be made to fill the memory by a few bytes.
const (
	MaxRows  = 3_000_000
	MaxCells = 1 << 25
)

// Effort is how hard Encode tries to be short.
type Effort int

// The efforts. Quick is for chunks that will soon be joined with others: for an
// hour of minutes, Best takes more than ten times as long.
const (
	Quick Effort = iota
	Best
)

var encoders = [...]*zstd.Encoder{
	Quick: newEncoder(zstd.SpeedFastest),
	Best:  newEncoder(zstd.SpeedBetterCompression),
}

func newEncoder(level zstd.EncoderLevel) *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(2), zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true))
	if err != nil {
		panic(err) // only for options that contradict each other
	}
	return e
}

// What a column's encoding is.
const (
	asText    = 0 // every cell odd: runs of texts
	asNumbers = 1
)

// What a residual is taken from, and how it is written.
const (
	fromPrevious  = 0 // the number in the row before that has one
	fromReference = 1 // the column that Table names as reference
	signZigzag    = 0
	signNone      = 1 << 1 // no residual is below zero
	signNegated   = 2 << 1 // no residual is above zero; written negated
)

// How the decimals of a column are known.
const (
	decFixed    = 0 // all numbers have Scale
	decStripped = 1 // each as few as it can
	decEach     = 2 // written for each number
)

// Encode appends the chunk that holds t, which Finish has been called for and
// which has at least one row. ok is false when t is too large for one chunk.
func Encode(dst []byte, t *Table, effort Effort) (_ []byte, ok bool) {
	columns := 0
	for i := range t.Factors {
		columns += len(t.Factors[i].Columns)
	}
	if len(t.At) == 0 || len(t.At) > MaxRows || len(t.At)*max(columns, 4*len(t.Lanes)) > MaxCells {
		return dst, false
	}
	start := len(dst)
	dst = append(dst, magic[:]...)
	dst = append(dst, t.Kind)
	dst = binary.AppendUvarint(dst, uint64(t.Point))
	dst = binary.AppendVarint(dst, t.T0)
	dst = binary.AppendUvarint(dst, uint64(len(t.At)))
	dst = binary.AppendUvarint(dst, uint64(len(t.Lanes)))
	dst = binary.AppendUvarint(dst, uint64(len(t.Factors)))

	var raw, sections []byte
	var dir directory
	raw = appendTimes(raw, t)
	for i := range t.Lanes {
		raw = appendLane(raw, t, &t.Lanes[i])
	}
	dir.section(&sections, raw, effort)
	for i := range t.Factors {
		f := &t.Factors[i]
		raw = dir.factor(raw[:0], t, f)
		dir.section(&sections, raw, effort)
	}
	dst = binary.AppendUvarint(dst, uint64(len(dir.b)))
	dst = append(dst, dir.b...)
	dst = append(dst, sections...)
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli)), true
}

// directory says of each section what is in it and how long it is.
type directory struct{ b []byte }

// section compresses raw, where that is shorter, appends it, and notes it.
func (d *directory) section(sections *[]byte, raw []byte, effort Effort) {
	before := len(*sections)
	stored := len(raw)
	if len(raw) > 16 {
		*sections = encoders[effort].EncodeAll(raw, *sections)
		stored = len(*sections) - before
	}
	if stored >= len(raw) {
		*sections = append((*sections)[:before], raw...)
		stored = len(raw)
	}
	d.b = binary.AppendUvarint(d.b, uint64(len(raw)))
	d.b = binary.AppendUvarint(d.b, uint64(stored))
}

// factor appends the section of f to raw and notes its columns.
func (d *directory) factor(raw []byte, t *Table, f *Factor) []byte {
	d.b = appendText(d.b, f.Code)
	d.b = binary.AppendUvarint(d.b, uint64(len(f.Columns)))
	mark := len(raw)
	raw = appendRuns(raw, len(t.At), func(i int) int64 { return int64(f.Lane[i] + 1) })
	d.b = binary.AppendUvarint(d.b, uint64(len(raw)-mark))
	for i := range f.Columns {
		c := &f.Columns[i]
		mark = len(raw)
		d.b = appendText(d.b, c.Name)
		if scale, numeric := c.scale(); numeric {
			d.b = append(d.b, asNumbers, byte(scale))
			low, high := c.bounds(scale)
			d.b = binary.AppendVarint(d.b, low)
			d.b = binary.AppendVarint(d.b, high)
			raw = appendNumbers(raw, f.Columns[:i], c, scale)
		} else {
			d.b = append(d.b, asText)
			raw = appendTexts(raw, c)
		}
		d.b = binary.AppendUvarint(d.b, uint64(len(raw)-mark))
	}
	return raw
}

func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// appendRuns writes n values as runs: value, then how often.
func appendRuns(dst []byte, n int, value func(i int) int64) []byte {
	for i := 0; i < n; {
		v, j := value(i), i+1
		for j < n && value(j) == v {
			j++
		}
		dst = binary.AppendVarint(dst, v)
		dst = binary.AppendUvarint(dst, uint64(j-i))
		i = j
	}
	return dst
}

// appendTimes writes the distance of the first row from the start and then the
// distances between rows, as runs.
func appendTimes(dst []byte, t *Table) []byte {
	dst = binary.AppendVarint(dst, t.At[0]-t.T0)
	return appendRuns(dst, len(t.At)-1, func(i int) int64 { return t.At[i+1] - t.At[i] })
}

// appendLane writes which rows have a meta there, which of these have a QN and
// were backfilled, then the QNs as distance from the row's time, then the
// arrivals as distance from the second of the QN, or from the row's time. Both
// change little from row to row: what is written is the change.
func appendLane(dst []byte, t *Table, l *Lane) []byte {
	dst = appendRuns(dst, len(t.At), func(i int) int64 {
		if !l.Has[i] {
			return 0
		}
		v := int64(1)
		if l.Meta[i].QN != 0 {
			v += 1
		}
		if l.Meta[i].Backfilled {
			v += 2
		}
		return v
	})
	var last int64
	for i, m := range l.Meta {
		if l.Has[i] && m.QN != 0 {
			d := m.QN - t.At[i]*1000
			dst = binary.AppendVarint(dst, d-last)
			last = d
		}
	}
	last = 0
	for i, m := range l.Meta {
		if l.Has[i] {
			d := m.Received - t.At[i]
			if m.QN != 0 {
				d = m.Received - m.QN/1000
			}
			dst = binary.AppendVarint(dst, d-last)
			last = d
		}
	}
	return dst
}

// scale returns the decimals at which all numbers of c fit; false when less
// than half of its cells are numbers, or they do not fit.
func (c *Column) scale() (scale int8, numeric bool) {
	numbers, odd := 0, 0
	for _, d := range c.Dec {
		switch {
		case d >= 0:
			numbers++
			scale = max(scale, d)
		case d == Odd:
			odd++
		}
	}
	if numbers < odd || numbers == 0 {
		return 0, false
	}
	for i, d := range c.Dec {
		if d >= 0 && d < scale && !fits(c.M[i], scale-d) {
			return 0, false
		}
	}
	return scale, true
}

var tens = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// fits reports whether m times 10^up stays far enough inside of 64 bits for
// differences.
func fits(m int64, up int8) bool {
	return up < 18 && m < math.MaxInt64/4/tens[up] && m > -math.MaxInt64/4/tens[up]
}

// bounds returns the least and the largest number of c at scale.
func (c *Column) bounds(scale int8) (low, high int64) {
	low, high = math.MaxInt64, math.MinInt64
	for i, d := range c.Dec {
		if d >= 0 {
			v := c.M[i] * tens[scale-d]
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// state of a cell in the runs that open a column: absent, number, odd.
func (c *Column) state(i int) int64 {
	switch {
	case c.Dec[i] >= 0:
		return 1
	case c.Dec[i] == Odd:
		return 2
	}
	return 0
}

// appendTexts writes a column of texts: which rows have a cell, the texts, and
// runs of their indexes.
func appendTexts(dst []byte, c *Column) []byte {
	var texts []string
	var cells []int64
	index := map[string]int64{}
	for i, d := range c.Dec {
		if d == Absent {
			continue
		}
		s, _ := c.Text(i)
		at, known := index[s]
		if !known {
			at = int64(len(texts))
			index[s], texts = at, append(texts, s)
		}
		cells = append(cells, at)
	}
	dst = appendRuns(dst, len(c.Dec), func(i int) int64 { return min(c.state(i), 1) })
	dst = binary.AppendUvarint(dst, uint64(len(texts)))
	for _, s := range texts {
		dst = appendText(dst, s)
	}
	return appendRuns(dst, len(cells), func(i int) int64 { return cells[i] })
}

// appendNumbers writes a column of numbers: the state of each row, the odd
// texts, the decimals, and the residuals of the numbers at scale.
func appendNumbers(dst []byte, before []Column, c *Column, scale int8) []byte {
	dst = appendRuns(dst, len(c.Dec), c.state)
	dst = appendOdd(dst, c)
	dst = appendDecimals(dst, c, scale)

	ref := reference(before, c, scale)
	residuals := make([]int64, 0, len(c.Dec))
	last, low, high := int64(0), int64(0), int64(0)
	for i, d := range c.Dec {
		if d < 0 {
			continue
		}
		v := c.M[i] * tens[scale-d]
		r := v - last
		if ref >= 0 {
			r = v - before[ref].M[i]*tens[scale-before[ref].Dec[i]]
		}
		last = v
		low, high = min(low, r), max(high, r)
		residuals = append(residuals, r)
	}
	mode := byte(fromPrevious)
	if ref >= 0 {
		mode = fromReference
	}
	switch {
	case low == 0:
		mode |= signNone
	case high == 0:
		mode |= signNegated
	}
	dst = append(dst, mode)
	if ref >= 0 {
		dst = binary.AppendUvarint(dst, uint64(ref))
	}
	for _, r := range residuals {
		switch {
		case low == 0:
			dst = binary.AppendUvarint(dst, uint64(r))
		case high == 0:
			dst = binary.AppendUvarint(dst, uint64(-r))
		default:
			dst = binary.AppendVarint(dst, r)
		}
	}
	return dst
}

// appendOdd writes the odd texts, in the order of rows.
func appendOdd(dst []byte, c *Column) []byte {
	for i, d := range c.Dec {
		if d == Odd {
			dst = appendText(dst, c.Texts[c.M[i]])
		}
	}
	return dst
}

// appendDecimals writes how the decimals of the numbers are known.
func appendDecimals(dst []byte, c *Column, scale int8) []byte {
	fixed, stripped := true, true
	for i, d := range c.Dec {
		if d >= 0 {
			fixed = fixed && d == scale
			stripped = stripped && (d == 0 || c.M[i]%10 != 0)
		}
	}
	switch {
	case fixed:
		return append(dst, decFixed)
	case stripped:
		return append(dst, decStripped)
	}
	dst = append(dst, decEach)
	for _, d := range c.Dec {
		if d >= 0 {
			dst = append(dst, byte(d))
		}
	}
	return dst
}

// references names, for a field, the one that it stays close to.
var references = map[string]string{"Min": "Avg", "Max": "Avg", "ZsMin": "ZsAvg", "ZsMax": "ZsAvg"}

// reference returns the index of the column that c is written as distance from:
// one that has a number of the same scale wherever c has one; or -1.
func reference(before []Column, c *Column, scale int8) int {
	name, ok := references[c.Name]
	if !ok {
		return -1
	}
	ref := slices.IndexFunc(before, func(b Column) bool { return b.Name == name })
	if ref < 0 {
		return -1
	}
	b := &before[ref]
	if s, numeric := b.scale(); !numeric || s != scale {
		return -1
	}
	for i, d := range c.Dec {
		if d >= 0 && b.Dec[i] < 0 {
			return -1
		}
	}
	return ref
}
