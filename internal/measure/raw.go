package measure

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/klauspost/compress/zstd"

	"pingzhang/internal/sqldb"
)

// rawBatch is the raw bytes of those frames of a batch that arrived in one
// hour: for each a head and then its bytes, zstd over all.
type rawBatch struct {
	hour, seq, n int64
	b            []byte
}

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

// packRaw compresses the raw bytes of storable frames, one batch for each hour
// of arrival.
func packRaw(frames []Frame) []rawBatch {
	var all []rawBatch
	for i := range frames {
		f := &frames[i]
		if len(f.Raw) == 0 || !f.storable() {
			continue
		}
		hour := floor(f.Received, 3600)
		at := slices.IndexFunc(all, func(r rawBatch) bool { return r.hour == hour })
		if at < 0 {
			at = len(all)
			all = append(all, rawBatch{hour: hour, seq: sqldb.NewID()})
		}
		r := &all[at]
		r.n++
		r.b = appendRawFrame(r.b, &rawFrame{f.Point, f.Kind, f.At, f.Received, f.Raw})
	}
	for i := range all {
		all[i].b = rawEncoder.EncodeAll(all[i].b, nil)
	}
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
