package hj212

import (
	"bytes"
	"strconv"
	"testing"
)

// validStream is every good frame of the packets file, one after another.
func validStream(b *testing.B) (stream []byte, frames int) {
	for _, s := range packets(b) {
		var f Framer
		for _, frame := range framesOf(&f, s.Bytes) {
			if frame.Reason == "" {
				stream = append(stream, frame.Raw...)
				stream = append(stream, '\r', '\n')
				frames++
			}
		}
	}
	return stream, frames
}

// touch reads every factor with every field, as a host must.
func touch(m *Message) (sum int) {
	for i := range m.Len() {
		f := m.At(i)
		sum += len(f.Code)
		for j := range f.Len() {
			name, value := f.Field(j)
			sum += len(name) + len(value)
			if len(value) > 0 {
				sum += int(value[0])
			}
		}
	}
	return sum
}

var sink int

// BenchmarkParse is framing, CRC, parsing and touching every factor, over the
// good frames of the packets file; ns/frame and allocs/frame are what count.
func BenchmarkParse(b *testing.B) {
	stream, frames := validStream(b)
	report := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*frames), "ns/frame")
		b.ReportMetric(float64(b.N*frames)/b.Elapsed().Seconds(), "frames/s")
	}
	b.Run("pingzhang", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(stream)))
		var f Framer
		var m Message
		for b.Loop() {
			n := 0
			for rest := stream; len(rest) > 0; {
				cut := min(len(rest), 16<<10)
				f.Push(rest[:cut])
				rest = rest[cut:]
				for {
					frame, ok := f.Next()
					if !ok {
						break
					}
					if frame.Err == nil {
						m.ParseFrame(&frame)
						sink += touch(&m)
						n++
					}
				}
			}
			if n != frames {
				b.Fatalf("%d frames of %d", n, frames)
			}
		}
		report(b)
	})
	b.Run("naive", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(stream)))
		var m naiveMessage
		for b.Loop() {
			n := 0
			for rest := stream; len(rest) > 0; {
				data, after, ok := naiveFrame(rest)
				if !ok {
					b.Fatal("no frame")
				}
				rest = after
				m.parse(data)
				sink += m.touch()
				n++
			}
			if n != frames {
				b.Fatalf("%d frames of %d", n, frames)
			}
		}
		report(b)
	})
	b.Run("frame only", func(b *testing.B) {
		b.SetBytes(int64(len(stream)))
		var f Framer
		for b.Loop() {
			for rest := stream; len(rest) > 0; {
				cut := min(len(rest), 16<<10)
				f.Push(rest[:cut])
				rest = rest[cut:]
				for {
					frame, ok := f.Next()
					if !ok {
						break
					}
					sink += len(frame.Data)
				}
			}
		}
		report(b)
	})
}

// naiveMessage is the plain parser to compare with: table CRC, no copies, fields
// cut with bytes.Cut, one slice of fields that is used again.
type naiveMessage struct {
	header [12][2][]byte
	n      int
	fields [][3][]byte
}

func naiveFrame(b []byte) (data, after []byte, ok bool) {
	i := bytes.Index(b, marksHash)
	if i < 0 || len(b) < i+headLen {
		return nil, nil, false
	}
	n, err := strconv.Atoi(string(b[i+2 : i+6]))
	if err != nil || len(b) < i+n+10 {
		return nil, nil, false
	}
	data = b[i+6 : i+6+n]
	sent, err := strconv.ParseUint(string(b[i+6+n:i+10+n]), 16, 16)
	if err != nil || uint16(sent) != crcByTable(data) {
		return nil, nil, false
	}
	return data, bytes.TrimLeft(b[i+10+n:], "\r\n"), true
}

func (m *naiveMessage) parse(data []byte) {
	m.n, m.fields = 0, m.fields[:0]
	head, cp, found := bytes.Cut(data, []byte("CP=&&"))
	if !found {
		return
	}
	cp = bytes.TrimSuffix(cp, []byte("&&"))
	for len(head) > 0 {
		var item []byte
		item, head, _ = bytes.Cut(head, []byte(";"))
		name, value, ok := bytes.Cut(item, []byte("="))
		if ok && m.n < len(m.header) {
			m.header[m.n] = [2][]byte{bytes.TrimSpace(name), bytes.TrimSpace(value)}
			m.n++
		}
	}
	for len(cp) > 0 {
		var item []byte
		item, cp, _ = bytes.Cut(cp, []byte(";"))
		for len(item) > 0 {
			var sub []byte
			sub, item, _ = bytes.Cut(item, []byte(","))
			name, value, ok := bytes.Cut(sub, []byte("="))
			if !ok {
				continue
			}
			code, suffix := bytes.TrimSpace(name), []byte(nil)
			if i := bytes.LastIndexByte(code, '-'); i >= 0 {
				code, suffix = code[:i], code[i+1:]
			}
			m.fields = append(m.fields, [3][]byte{code, suffix, bytes.TrimSpace(value)})
		}
	}
}

func (m *naiveMessage) touch() (sum int) {
	for i := range m.fields {
		f := &m.fields[i]
		sum += len(f[0]) + len(f[1]) + len(f[2])
		if len(f[2]) > 0 {
			sum += int(f[2][0])
		}
	}
	return sum
}
