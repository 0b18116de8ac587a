package chunk

import "encoding/binary"

// reader reads bytes that may be damaged: past the end it returns zeros and
// sets bad.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) fail() { r.bad, r.b = true, nil }

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail()
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

// uvarint reads a number of at most most.
func (r *reader) uvarint(most uint64) uint64 {
	u, n := binary.Uvarint(r.b)
	if n <= 0 || u > most {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return u
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) text() string { return string(r.take(r.uvarint(uint64(len(r.b))))) }

// runs reads runs until n values have come, and hands each to f.
func (r *reader) runs(n int, f func(v int64, from, count int) bool) {
	for from := 0; from < n; {
		v := r.varint()
		count := int(r.uvarint(uint64(n - from)))
		if r.bad || count == 0 || !f(v, from, count) {
			r.fail()
			return
		}
		from += count
	}
}
