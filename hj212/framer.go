package hj212

import (
	"bytes"
	"io"
)

// The ceiling of LLLL: four digits declare at most MaxSegment bytes. The
// standards allow 1024, but devices that exceed it are in service, so a Framer
// accepts DefaultMaxLen unless told otherwise.
const (
	MaxSegment    = 9999
	DefaultMaxLen = 4096
	// StandardMaxLen is the longest segment of all three versions.
	StandardMaxLen = 1024

	headLen = 6 // ##LLLL
	tailLen = 4 // CCCC
)

// A Frame is one packet found in a stream, or what was taken for one and
// refused. Its slices are valid until the next Push or Fill.
type Frame struct {
	Raw     []byte // from ## to the CRC field, without CR LF
	Data    []byte // the data segment; of a refused frame what there is of it
	SentCRC uint16 // the CRC field
	HasCRC  bool   // false where a refused frame has none in sight
	At      int64  // offset of Raw in the stream
	Skipped int    // bytes that belong to no frame, since the frame before
	Err     *Refusal
}

// dataAt is the byte of Raw at which Data begins.
func (f *Frame) dataAt() int {
	at := len(f.Raw) - len(f.Data)
	if f.HasCRC {
		at -= tailLen
	}
	return max(at, 2)
}

// A Framer finds frames in a byte stream. It goes by the declared length alone,
// so a segment may hold any bytes: ##, &&, CR LF, ciphertext. Where the length
// cannot be right it looks again one byte further on, so that nothing whole is
// lost behind something broken.
//
// Give it bytes with Push or Fill and then call Next until it returns false.
// The frames that come out do not depend on how the stream was cut. The zero
// value is ready to use. A Framer that is read out after each Push holds at
// most one frame of MaxLen and the bytes of that Push.
type Framer struct {
	// MaxLen is the longest segment believed, up to MaxSegment. A header that
	// declares more is refused at once. Zero means DefaultMaxLen.
	MaxLen int

	buf   []byte
	r     int   // buf[r:] is not yet consumed
	base  int64 // stream offset of buf[0]
	total int64 // bytes skipped so far
	skip  int   // of these, since the last frame
	eol   eol   // what may still follow the frame just returned
	last  Reason
	final bool // no more bytes will complete what is in buf

	// Of the partial frame at r: frames that begin inside it. A wrong length
	// swallows whole frames; the first of them that is complete with a good CRC
	// refutes the partial. Eight are enough for deciding early: when the partial
	// is refuted otherwise, all of it is looked through again.
	inner  [8]inner
	inners int
	seen   int // bytes of the partial looked through

	// Of a false start at r, being measured.
	bad      bool
	reason   Reason
	declared int
	head     int // length of ## and the digits
	look     int // bytes of it looked through
}

type inner struct{ at, end int }

type eol uint8

const (
	eolNone eol = iota
	eolLF       // CR has come, LF may
	eolCRLF     // CR or LF may come
)

// Push appends p to what is to be looked through. p is copied.
func (f *Framer) Push(p []byte) {
	f.makeRoom(len(p))
	f.buf = append(f.buf, p...)
	f.final = false
}

// Fill reads once from r, straight into the framer's buffer, and returns what
// the reader returned.
func (f *Framer) Fill(r io.Reader) (int, error) {
	const want = 4096
	f.makeRoom(want)
	if cap(f.buf)-len(f.buf) < 512 {
		f.buf = append(make([]byte, 0, 2*cap(f.buf)+want), f.buf...)
	}
	n, err := r.Read(f.buf[len(f.buf):cap(f.buf)])
	f.buf = f.buf[:len(f.buf)+n]
	f.final = false
	return n, err
}

// makeRoom moves what is left to the front where that spares growing.
func (f *Framer) makeRoom(n int) {
	if f.r == 0 {
		return
	}
	if f.r == len(f.buf) || len(f.buf)+n > cap(f.buf) {
		f.base += int64(f.r)
		f.buf = f.buf[:copy(f.buf, f.buf[f.r:])]
		f.r = 0
	}
}

// Expire says that the partial frame in hand has waited long enough (30 s is
// usual; the caller holds the timer, while Pending is not zero). What is in the
// buffer is looked through again as it stands, so whole frames behind a false
// length come out of the following calls of Next.
func (f *Framer) Expire() { f.final, f.last = true, ReasonExpired }

// Flush says that the stream has ended. The rest comes out of Next.
func (f *Framer) Flush() { f.final, f.last = true, ReasonTruncated }

// Pending is the number of bytes held that are not yet a frame.
func (f *Framer) Pending() int { return len(f.buf) - f.r }

// Skipped is the number of bytes of the whole stream that belong to no frame,
// neither a good one nor a refused one, and are not the line end of one.
func (f *Framer) Skipped() int64 { return f.total }

// Release gives the buffer back when nothing is pending. Ten thousand idle
// connections then cost no buffers.
func (f *Framer) Release() {
	if f.Pending() == 0 {
		f.base += int64(f.r)
		f.buf, f.r = nil, 0
	}
}

// Next returns the next frame; false when more bytes are needed.
func (f *Framer) Next() (Frame, bool) {
	for {
		if f.bad {
			frame, found, more := f.measure()
			if found {
				return frame, true
			}
			if more {
				return Frame{}, false
			}
			continue
		}
		if f.eol != eolNone {
			f.swallow()
		}
		b := f.buf[f.r:]
		if len(b) < 2 || b[0] != '#' || b[1] != '#' {
			if !f.hunt(b) {
				return Frame{}, false
			}
			continue
		}
		n, digits := header(b)
		if digits < 4 {
			switch {
			case len(b) == 2+digits && !f.final:
				return Frame{}, false
			case digits == 0 && len(b) > 2:
				f.drop(1)
			default:
				f.refute(ReasonLengthField, n, 2+digits)
			}
			continue
		}
		if n > f.max() {
			f.refute(ReasonLengthCeiling, n, headLen)
			continue
		}
		end := headLen + n + tailLen
		if len(b) < end {
			switch {
			case f.swallowed(b, len(b)):
				f.refute(ReasonTruncated, n, headLen)
			case f.final:
				f.refute(f.last, n, headLen)
			default:
				return Frame{}, false
			}
			continue
		}
		if frame, ok := f.whole(b[:end], n); ok {
			return frame, true
		}
	}
}

// whole judges a frame all of whose bytes are there. It returns false when the
// frame is a false start.
func (f *Framer) whole(raw []byte, n int) (Frame, bool) {
	data := raw[headLen : headLen+n]
	sent, hex := hexCRC(raw[headLen+n:])
	marks := bytes.IndexByte(data, '#') >= 0
	if marks && f.swallowed(raw, len(raw)-1) {
		f.refute(ReasonTruncated, n, headLen)
		return Frame{}, false
	}
	if !hex {
		f.refute(ReasonLength, n, headLen)
		return Frame{}, false
	}
	want := CRC(data)
	if sent != want {
		// Four hex digits may stand at the declared end by chance. A segment that
		// does not close with &&, or in which another header stands, is more
		// likely to be a wrong length than a wrong CRC.
		if lessMarks(data) == nil || marks && hasHeader(data, f.max()) {
			f.refute(ReasonLength, n, headLen)
			return Frame{}, false
		}
	}
	frame := f.take(len(raw))
	frame.Data, frame.SentCRC, frame.HasCRC = data, sent, true
	if sent != want {
		frame.Err = refuseCRC(data, sent, want, headLen+n)
	}
	return frame, true
}

// take consumes n bytes as a frame.
func (f *Framer) take(n int) Frame {
	frame := Frame{Raw: f.buf[f.r : f.r+n : f.r+n], At: f.base + int64(f.r), Skipped: f.skip}
	f.r += n
	f.skip, f.eol = 0, eolCRLF
	f.inners, f.seen = 0, 0
	return frame
}

// drop consumes n bytes as belonging to no frame.
func (f *Framer) drop(n int) {
	f.r += n
	f.skip += n
	f.total += int64(n)
	if n > 0 {
		f.eol = eolNone
	}
	f.inners, f.seen = 0, 0
}

// swallow passes over the CR LF, CR or LF after a frame.
func (f *Framer) swallow() {
	for f.eol != eolNone && f.r < len(f.buf) {
		switch c := f.buf[f.r]; {
		case c == '\r' && f.eol == eolCRLF:
			f.r++
			f.eol = eolLF
		case c == '\n':
			f.r++
			f.eol = eolNone
		default:
			f.eol = eolNone
		}
	}
}

// hunt drops what stands before the next ##. It returns false when there is
// none.
func (f *Framer) hunt(b []byte) bool {
	if i := bytes.Index(b, marksHash); i >= 0 {
		f.drop(i)
		return true
	}
	keep := 0
	if n := len(b); n > 0 && b[n-1] == '#' && !f.final {
		keep = 1
	}
	f.drop(len(b) - keep)
	return false
}

var marksHash = []byte("##")

// header reads the digits after ##, at most four.
func header(b []byte) (n, digits int) {
	for digits < 4 && 2+digits < len(b) {
		c := b[2+digits] - '0'
		if c > 9 {
			break
		}
		n = n*10 + int(c)
		digits++
	}
	return n, digits
}

// hasHeader reports whether a believable header stands in data.
func hasHeader(data []byte, max int) bool {
	for {
		i := bytes.Index(data, marksHash)
		if i < 0 {
			return false
		}
		data = data[i:]
		if n, digits := header(data); digits == 4 && n <= max {
			return true
		}
		data = data[1:]
	}
}

// swallowed reports whether a whole frame with a good CRC stands inside the
// partial b, complete within its first limit bytes.
func (f *Framer) swallowed(b []byte, limit int) bool {
	at := max(f.seen, 2)
	for f.inners < len(f.inner) {
		i := bytes.IndexByte(b[at:limit], '#')
		if i < 0 {
			at = limit
			break
		}
		at += i
		if at+headLen > limit {
			break
		}
		if b[at+1] == '#' {
			if n, digits := header(b[at:]); digits == 4 && n <= f.max() {
				f.inner[f.inners] = inner{at, at + headLen + n + tailLen}
				f.inners++
			}
		}
		at++
	}
	f.seen = at
	for i := range f.inner[:f.inners] {
		in := &f.inner[i]
		if in.end == 0 || in.end > limit {
			continue
		}
		data := b[in.at+headLen : in.end-tailLen]
		if sent, ok := hexCRC(b[in.end-tailLen : in.end]); ok && sent == CRC(data) {
			return true
		}
		in.end = 0
	}
	return false
}

func (f *Framer) max() int {
	switch {
	case f.MaxLen <= 0:
		return DefaultMaxLen
	case f.MaxLen > MaxSegment:
		return MaxSegment
	}
	return f.MaxLen
}
