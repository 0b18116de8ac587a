package measure

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

var errDamagedCells = errors.New("packed cells are damaged")

// meta is what is known of a content beside its text.
type meta struct {
	qn         int64 // 0 when absent
	received   int64
	backfilled bool
}

// join returns what is known of a content that came twice: the latest QN, the
// first arrival, and backfilled only if it never came live. It does not depend
// on the order.
func (m meta) join(n meta) meta {
	return meta{max(m.qn, n.qn), min(m.received, n.received), m.backfilled && n.backfilled}
}

// compare orders metas, only so that there is one order.
func (m meta) compare(n meta) int {
	switch {
	case m.qn != n.qn:
		return order(m.qn, n.qn)
	case m.received != n.received:
		return order(m.received, n.received)
	case m.backfilled != n.backfilled && n.backfilled:
		return -1
	case m.backfilled != n.backfilled:
		return 1
	}
	return 0
}

func order(a, b int64) int {
	if a < b {
		return -1
	}
	return 1
}

// version is one content of one factor at one time.
type version struct {
	code    code
	content []byte
	meta
}

// beats reports whether v is the one to show of two contents of one factor: the
// one with the later QN; with the same, or none, the one whose text is larger.
func (v version) beats(w version) bool {
	if v.qn != w.qn {
		return v.qn > w.qn
	}
	if c := bytes.Compare(contentText(v.content), contentText(w.content)); c != 0 {
		return c > 0
	}
	return bytes.Compare(v.content, w.content) > 0
}

// What the second byte of a row says.
const (
	rowVersion    = 1
	rowBackfilled = 1 << 0
	rowQN         = 1 << 1
	rowOverrides  = 1 << 2
)

// appendRow appends the stored form of a frame.
func appendRow(dst []byte, at int64, m meta, cells Cells) []byte {
	dst = append(dst, rowVersion)
	dst = appendMeta(dst, at, m, 0)
	return append(dst, cells...)
}

func appendMeta(dst []byte, at int64, m meta, flags byte) []byte {
	if m.backfilled {
		flags |= rowBackfilled
	}
	if m.qn != 0 {
		flags |= rowQN
	}
	dst = append(dst, flags)
	if m.qn != 0 {
		dst = binary.AppendUvarint(dst, zigzag(m.qn-at*1000))
	}
	return binary.AppendUvarint(dst, zigzag(m.received-at))
}

func (r *cellReader) meta(at int64) (m meta, flags byte, ok bool) {
	if len(r.b) == 0 {
		return m, 0, false
	}
	flags = r.b[0]
	r.b = r.b[1:]
	m.backfilled = flags&rowBackfilled != 0
	if flags&rowQN != 0 {
		u, ok := r.uvarint()
		if !ok {
			return m, 0, false
		}
		m.qn = unzigzag(u) + at*1000
	}
	u, ok := r.uvarint()
	m.received = unzigzag(u) + at
	return m, flags, ok
}

// rowHead is the head of a stored row.
type rowHead struct {
	meta                    // of every factor that has no other
	overrides []indexedMeta // by rising index
	cells     Cells
}

type indexedMeta struct {
	index uint64 // of the factor, in the order of packing
	meta
}

func readRow(b []byte, at int64) (h rowHead, err error) {
	if len(b) < 3 || b[0] != rowVersion {
		return h, errDamagedCells
	}
	r := cellReader{b: b[1:]}
	m, flags, ok := r.meta(at)
	if !ok {
		return h, errDamagedCells
	}
	h.meta = m
	if flags&rowOverrides != 0 {
		n, ok := r.uvarint()
		if !ok || n > uint64(len(r.b)) {
			return h, errDamagedCells
		}
		for range n {
			i, ok := r.uvarint()
			if !ok {
				return h, errDamagedCells
			}
			m, _, ok := r.meta(at)
			if !ok {
				return h, errDamagedCells
			}
			h.overrides = append(h.overrides, indexedMeta{i, m})
		}
	}
	h.cells = r.b
	return h, nil
}

// versions takes a stored row apart, sorted by code.
func versions(b []byte, at int64) ([]version, error) {
	h, err := readRow(b, at)
	if err != nil {
		return nil, err
	}
	parts, err := h.cells.split()
	if err != nil {
		return nil, err
	}
	all := make([]version, len(parts))
	for i, p := range parts {
		all[i] = version{p.code, p.content, h.meta}
	}
	for _, o := range h.overrides {
		if o.index >= uint64(len(all)) {
			return nil, errDamagedCells
		}
		all[o.index].meta = o.meta
	}
	return all, nil
}

// packVersions is the stored form of versions, which are sorted by code: equal
// versions have equal bytes.
func packVersions(at int64, all []version) []byte {
	base := all[0].meta
	var over []indexedMeta
	parts := make([]part, len(all))
	for i, v := range all {
		parts[i] = part{v.code, v.content}
		if v.meta != base {
			over = append(over, indexedMeta{uint64(i), v.meta})
		}
	}
	dst := []byte{rowVersion}
	if len(over) == 0 {
		dst = appendMeta(dst, at, base, 0)
	} else {
		dst = appendMeta(dst, at, base, rowOverrides)
		dst = binary.AppendUvarint(dst, uint64(len(over)))
		for _, o := range over {
			dst = binary.AppendUvarint(dst, o.index)
			dst = appendMeta(dst, at, o.meta, 0)
		}
	}
	return join(dst, parts)
}

// union joins two lists of versions that are sorted by code, of one point, kind
// and time. Where a factor has two contents the one that beats the other goes
// into all, the other into lost.
func union(a, b []version) (all, lost []version) {
	all = make([]version, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := a[0].code.compare(b[0].code); {
		case c < 0:
			all, a = append(all, a[0]), a[1:]
		case c > 0:
			all, b = append(all, b[0]), b[1:]
		default:
			v, w := a[0], b[0]
			a, b = a[1:], b[1:]
			if slices.Equal(v.content, w.content) {
				v.meta = v.meta.join(w.meta)
				all = append(all, v)
				continue
			}
			if w.beats(v) {
				v, w = w, v
			}
			all, lost = append(all, v), append(lost, w)
		}
	}
	all = append(all, a...)
	return append(all, b...), lost
}
