package read

import (
	"encoding/binary"
	"errors"
	"math"

	"pingzhang/spatial"
)

var errWKB = errors.New("the geometry is not valid WKB")

// A wkb is being read: byte order, type, then counts and positions. Types of
// 1000 and more, and the high bits of PostGIS, say that Z or M follows.
type wkb struct {
	b     []byte
	order binary.ByteOrder
	skip  int // numbers after x and y
}

func (w *wkb) uint32() (uint32, error) {
	if len(w.b) < 4 {
		return 0, errWKB
	}
	v := w.order.Uint32(w.b)
	w.b = w.b[4:]
	return v, nil
}

func (w *wkb) line() ([]spatial.XY, error) {
	n, err := w.uint32()
	size := 16 + 8*w.skip
	if err != nil || int64(n)*int64(size) > int64(len(w.b)) {
		return nil, errWKB
	}
	out := make([]spatial.XY, n)
	for i := range out {
		out[i] = w.position()
	}
	return out, nil
}

// position reads one; the caller has looked at the length.
func (w *wkb) position() spatial.XY {
	v := spatial.XY{X: math.Float64frombits(w.order.Uint64(w.b)), Y: math.Float64frombits(w.order.Uint64(w.b[8:]))}
	w.b = w.b[16+8*w.skip:]
	return v
}

// geometry adds one to g.
func (w *wkb) geometry(g *spatial.Geometry, depth int) error {
	if len(w.b) < 5 || depth > maxNesting {
		return errWKB
	}
	w.order = binary.ByteOrder(binary.LittleEndian)
	if w.b[0] == 0 {
		w.order = binary.BigEndian
	}
	w.b = w.b[1:]
	kind, _ := w.uint32()
	w.skip = 0
	if kind&0x80000000 != 0 {
		w.skip++
	}
	if kind&0x40000000 != 0 {
		w.skip++
	}
	if kind&0x20000000 != 0 { // an SRID follows
		if _, err := w.uint32(); err != nil {
			return err
		}
	}
	kind &= 0x0fffffff
	w.skip += []int{0, 1, 1, 2}[min(kind/1000, 3)]
	switch kind % 1000 {
	case 1:
		if len(w.b) < 16+8*w.skip {
			return errWKB
		}
		if v := w.position(); !math.IsNaN(v.X) { // NaN is how an empty point is written
			g.Points = append(g.Points, v)
		}
		return nil
	case 2:
		line, err := w.line()
		if len(line) > 0 {
			g.Lines = append(g.Lines, line)
		}
		return err
	case 3:
		n, err := w.uint32()
		if err != nil || int64(n)*4 > int64(len(w.b)) {
			return errWKB
		}
		var p spatial.Polygon
		for range n {
			r, err := w.line()
			if err != nil {
				return err
			}
			if len(r) > 0 {
				p = append(p, r)
			}
		}
		if len(p) > 0 {
			g.Polygons = append(g.Polygons, p)
		}
		return nil
	case 4, 5, 6, 7:
		n, err := w.uint32()
		if err != nil || int64(n)*5 > int64(len(w.b)) {
			return errWKB
		}
		for range n {
			if err := w.geometry(g, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return errWKB // curves and surfaces
}
