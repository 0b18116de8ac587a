package measure

import (
	"encoding/binary"
	"slices"

	"pingzhang/internal/measure/chunk"
)

// Cells are the cells of a frame in their packed form, which doc.go describes.
// Equal cells have equal bytes.
type Cells []byte

// Packer packs the cells of frame after frame without allocating. The zero
// Packer is ready for the first frame. It is not for concurrent use.
type Packer struct {
	items  []item
	order  []uint64 // key and index, to sort
	other  []item   // items, sorted
	values []byte
	texts  []byte // names of factors and fields that have no number
	odd    bool   // some item has such a name
	sorted bool
}

// item is a cell that was added; where things are in Packer.values and texts.
type item struct {
	key                uint64 // code and field in the order of packing, unless odd
	code               uint32
	field              fieldID
	codeAt, codeLen    uint32
	fieldAt, fieldLen  uint32
	valueAt, valueTail uint32
}

// Add adds a cell. A second text for the same factor and field is ignored, as
// hj212 ignores it; the raw frame keeps it. Nothing of the arguments is kept.
func (p *Packer) Add(factor, field, text []byte) {
	it := item{field: fieldOf(field), valueAt: uint32(len(p.values))}
	var ok bool
	if it.code, ok = standardCode(factor); !ok {
		it.code, p.odd = literalCode, true
		it.codeAt, it.codeLen = p.text(factor)
	}
	if it.field == 0 {
		p.odd = true
		it.fieldAt, it.fieldLen = p.text(field)
	}
	it.key = uint64(it.code)<<8 | uint64(it.field)
	p.values = appendValue(p.values, text)
	it.valueTail = uint32(len(p.values))
	if n := len(p.items); n == 0 {
		p.sorted = true
	} else if p.items[n-1].key >= it.key {
		p.sorted = false
	}
	p.items = append(p.items, it)
}

func (p *Packer) text(s []byte) (at, n uint32) {
	at = uint32(len(p.texts))
	p.texts = append(p.texts, s...)
	return at, uint32(len(s))
}

// Pack appends the packed form of the cells added since the last Pack to dst
// and returns it; the result is a valid Frame.Cells from where dst ended.
func (p *Packer) Pack(dst []byte) []byte {
	if p.odd {
		slices.SortStableFunc(p.items, p.compare)
	} else if !p.sorted {
		p.sort()
	}
	p.unique()
	var before []item
	for first := 0; first < len(p.items); {
		end := first + 1
		for end < len(p.items) && p.sameCode(&p.items[first], &p.items[end]) {
			end++
		}
		group := p.items[first:end]
		dst = p.packFactor(dst, group, before)
		before, first = group, end
	}
	p.items, p.values, p.texts = p.items[:0], p.values[:0], p.texts[:0]
	p.odd = false
	return dst
}

// sort sorts items without odd names, those with one key in the order in which
// they were added.
func (p *Packer) sort() {
	p.order = p.order[:0]
	for i := range p.items {
		p.order = append(p.order, p.items[i].key<<32|uint64(i))
	}
	slices.Sort(p.order)
	p.other = p.other[:0]
	for _, o := range p.order {
		p.other = append(p.other, p.items[uint32(o)])
	}
	p.items, p.other = p.other, p.items
}

func (p *Packer) packFactor(dst []byte, group, before []item) []byte {
	it := &group[0]
	if it.code < literalCode {
		dst = append(dst, byte(it.code>>16), byte(it.code>>8), byte(it.code))
	} else {
		dst = append(dst, 0xFF)
		dst = binary.AppendUvarint(dst, uint64(it.codeLen))
		dst = append(dst, p.texts[it.codeAt:it.codeAt+it.codeLen]...)
	}
	if p.sameShape(group, before) {
		dst = append(dst, 0)
	} else {
		dst = binary.AppendUvarint(dst, uint64(len(group)))
		for i := range group {
			it := &group[i]
			dst = append(dst, byte(it.field))
			if it.field == 0 {
				dst = binary.AppendUvarint(dst, uint64(it.fieldLen))
				dst = append(dst, p.texts[it.fieldAt:it.fieldAt+it.fieldLen]...)
			}
		}
	}
	for i := range group {
		dst = append(dst, p.values[group[i].valueAt:group[i].valueTail]...)
	}
	return dst
}

func (p *Packer) codeText(it *item) string {
	return string(p.texts[it.codeAt : it.codeAt+it.codeLen])
}

func (p *Packer) fieldText(it *item) string {
	return string(p.texts[it.fieldAt : it.fieldAt+it.fieldLen])
}

func (p *Packer) compare(a, b item) int {
	if c := (code{a.code, p.codeText(&a)}).compare(code{b.code, p.codeText(&b)}); c != 0 {
		return c
	}
	return field{a.field, p.fieldText(&a)}.compare(field{b.field, p.fieldText(&b)})
}

func (p *Packer) sameCode(a, b *item) bool {
	return a.code == b.code && (a.code < literalCode || p.codeText(a) == p.codeText(b))
}

func (p *Packer) sameField(a, b *item) bool {
	return a.field == b.field && (a.field != 0 || p.fieldText(a) == p.fieldText(b))
}

func (p *Packer) sameShape(a, b []item) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !p.sameField(&a[i], &b[i]) {
			return false
		}
	}
	return true
}

// unique keeps the first of the items with one factor and field.
func (p *Packer) unique() {
	n := 0
	for i := range p.items {
		it := &p.items[i]
		if n > 0 && p.items[n-1].key == it.key && p.sameCode(&p.items[n-1], it) && p.sameField(&p.items[n-1], it) {
			continue
		}
		if n != i {
			p.items[n] = *it
		}
		n++
	}
	p.items = p.items[:n]
}

// Pack packs cells that are at hand as values. Where many frames are packed a
// Packer allocates less.
func Pack(cells ...Cell) Cells {
	var p Packer
	for _, c := range cells {
		p.Add([]byte(c.Factor), []byte(c.Field), []byte(c.Text))
	}
	return p.Pack(nil)
}

// What the low four bits of a packed value say.
const (
	maxDecimals = 13 // up to here: the number of decimals
	valueChar   = 14 // a text of one byte
	valueText   = 15 // a text of any length
)

// appendValue appends the packed form of a text.
func appendValue(dst, text []byte) []byte {
	if m, dec, ok := chunk.Number(text); ok {
		return binary.AppendUvarint(dst, zigzag(m)<<4|uint64(dec))
	}
	if len(text) == 1 {
		return binary.AppendUvarint(dst, uint64(text[0]^'N')<<4|valueChar)
	}
	dst = binary.AppendUvarint(dst, uint64(len(text))<<4|valueText)
	return append(dst, text...)
}

func zigzag(v int64) uint64   { return uint64(v<<1) ^ uint64(v>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }
