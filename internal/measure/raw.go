package measure

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// rawBatch is the raw bytes of those frames of a batch that arrived in one
// hour: for each a head and then its bytes, zstd over all.
type rawBatch struct {
	hour, seq, n int64
	b            []byte
}

// nonce returns a number that no process has returned before nor will again,
// but for one chance in 2^63: a row of raw_hot must not bear the number of one
// that was packed and removed. An id that counts from the time, as sqldb.NewID,
// may come again when a process is killed and restarted within the second.
func nonce() int64 { return rand.Int64() }

// rawFrame is one message as it arrived.
type rawFrame struct {
	point    Point
	kind     Kind
	at       int64
	received int64
	bytes    []byte
}

func newEncoder(level zstd.EncoderLevel) *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(2), zstd.WithEncoderCRC(false))
	if err != nil {
		panic(err) // only for options that contradict each other
	}
	return e
}

var (
	rawEncoder  = newEncoder(zstd.SpeedFastest)
	packEncoder = newEncoder(zstd.SpeedDefault)
	rawDecoder  = func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(1<<30))
		if err != nil {
			panic(err)
		}
		return d
	}()
)

// rawBlock is how many plain bytes are compressed at once: more gains nothing,
// and the memory is used again.
const rawBlock = 2 << 20

var rawBuffers = sync.Pool{New: func() any { b := make([]byte, 0, rawBlock+1<<16); return &b }}

// packRaw compresses the raw bytes of storable frames, in blocks of frames that
// arrived in one hour.
func packRaw(frames []Frame, storable []bool) []rawBatch {
	var all []rawBatch
	buf := rawBuffers.Get().(*[]byte)
	plain, hour, n := (*buf)[:0], int64(0), int64(0)
	flush := func() {
		if n > 0 {
			all = append(all, rawBatch{hour, nonce(), n, rawEncoder.EncodeAll(plain, make([]byte, 0, len(plain)/4))})
		}
		plain, n = plain[:0], 0
	}
	for i := range frames {
		f := &frames[i]
		if len(f.Raw) == 0 || !storable[i] {
			continue
		}
		if h := floor(f.Received, 3600); h != hour || len(plain) > rawBlock {
			flush()
			hour = h
		}
		plain = appendRawFrame(plain, &rawFrame{f.Point, f.Kind, f.At, f.Received, f.Raw})
		n++
	}
	flush()
	*buf = plain
	rawBuffers.Put(buf)
	return all
}

// appendRawFrame appends head and bytes of a frame. It is also what is hashed.
func appendRawFrame(dst []byte, f *rawFrame) []byte {
	dst = binary.AppendUvarint(dst, uint64(f.point))
	dst = append(dst, byte(f.kind))
	dst = binary.AppendVarint(dst, f.at)
	dst = binary.AppendVarint(dst, f.received)
	dst = binary.AppendUvarint(dst, uint64(len(f.bytes)))
	return append(dst, f.bytes...)
}

var errDamagedRaw = errors.New("packed raw frames are damaged")

// unpackRaw undoes zstd and appendRawFrame. The frames share one buffer.
func unpackRaw(b []byte) ([]rawFrame, error) {
	plain, err := rawDecoder.DecodeAll(b, nil)
	if err != nil {
		return nil, err
	}
	var all []rawFrame
	for r := (cellReader{b: plain}); len(r.b) > 0; {
		var f rawFrame
		p, ok := r.uvarint()
		if !ok || len(r.b) == 0 {
			return nil, errDamagedRaw
		}
		f.point, f.kind, r.b = Point(p), Kind(r.b[0]), r.b[1:]
		at, ok1 := r.uvarint()
		received, ok2 := r.uvarint()
		if !ok1 || !ok2 {
			return nil, errDamagedRaw
		}
		f.at, f.received = unzigzag(at), unzigzag(received)
		if f.bytes, ok = r.text(); !ok {
			return nil, errDamagedRaw
		}
		all = append(all, f)
	}
	return all, nil
}
