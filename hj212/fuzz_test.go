package hj212

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
)

// FuzzFramer: the frames of a stream do not depend on how it is cut; they stand
// in order and do not overlap; every byte is in a frame, skipped, or a line end
// of a frame; a frame that is not refused has the length and CRC it declares;
// and little is held.
func FuzzFramer(f *testing.F) {
	for _, s := range standards(f) {
		f.Add(s.Bytes, uint16(7))
	}
	f.Add([]byte("##0130Q"+frame(segmentA)+"\r\n"+frame(segmentB)), uint16(3))
	f.Add([]byte("##9999ST=32;CP=&&x=1&&0000\r\n##299ST=1;CP=&&&&0000##0012##0013ab"), uint16(1))
	f.Add([]byte("##0040##0030##0020##0010##0000FFFF##0001aA881##"), uint16(2))
	f.Fuzz(func(t *testing.T, stream []byte, step uint16) {
		var whole, cut Framer
		want := framesOf(&whole, stream)
		size := int(step%97) + 1
		var parts [][]byte
		for rest := stream; len(rest) > 0; {
			n := min(size, len(rest))
			parts = append(parts, rest[:n])
			rest = rest[n:]
		}
		if got := framesOf(&cut, parts...); !reflect.DeepEqual(got, want) || cut.Skipped() != whole.Skipped() {
			t.Fatalf("cut in %d: %v, %d skipped\nwhole: %v, %d skipped", size, got, cut.Skipped(), want, whole.Skipped())
		}
		at, inFrames := int64(0), int64(0)
		for _, s := range want {
			if s.At < at {
				t.Fatalf("frame at %d begins before %d", s.At, at)
			}
			at = s.At + int64(len(s.Raw))
			inFrames += int64(len(s.Raw))
			if at > int64(len(stream)) || string(stream[s.At:at]) != s.Raw {
				t.Fatalf("Raw is not what stands at %d", s.At)
			}
			if s.Reason == "" && s.Raw[:2] != "##" || s.Reason == "" && (fmt.Sprintf("%04d", len(s.Data)) != s.Raw[2:6] || crcBits([]byte(s.Data)) != s.SentCRC) {
				t.Fatalf("a good frame that is not: %+v", s)
			}
		}
		ends := int64(len(stream)) - inFrames - whole.Skipped()
		if lines := int64(bytes.Count(stream, []byte("\r")) + bytes.Count(stream, []byte("\n"))); ends < 0 || ends > lines {
			t.Fatalf("%d bytes are neither in frames nor skipped; there are %d line ends", ends, lines)
		}
		if whole.Pending() != 0 {
			t.Fatalf("%d bytes pending after Flush", whole.Pending())
		}
		var held Framer
		for range 4 {
			held.Push(stream)
			for {
				if _, ok := held.Next(); !ok {
					break
				}
			}
			if held.Pending() > DefaultMaxLen+32 {
				t.Fatalf("%d bytes held", held.Pending())
			}
		}
	})
}

// FuzzParse: parsing never fails but with a Refusal, finds everything inside the
// segment, gives the same result on a used Message, and names each factor and
// each field of it once.
func FuzzParse(f *testing.F) {
	for _, s := range standards(f) {
		if len(s.Bytes) > 12 {
			f.Add(s.Bytes[6 : len(s.Bytes)-6])
		}
	}
	f.Add([]byte("FLAG=3;PNO=1;,CP=&& a-Rtd=1, a-Rtd =2;b-c-d=//x;y//;a-Flag=Q;=;-=-;PNUM=2&&"))
	f.Add([]byte("CP=&&abcdefghi-Rtd=1;abcdefghj-Rtd=2;abcdefghi-Rtd=3&&tail"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var fresh, used Message
		used.Parse([]byte("QN=1;ST=2;CN=3;MN=4;CP=&&x-y=1,x-y=2;z=3;x=4;a-b=1;x-q=2&&"))
		err1, err2 := fresh.Parse(data), used.Parse(data)
		if (err1 == nil) != (err2 == nil) || tell(&fresh) != tell(&used) {
			t.Fatalf("fresh %s %v\nused  %s %v", tell(&fresh), err1, tell(&used), err2)
		}
		if r, ok := err1.(*Refusal); err1 != nil && (!ok || r.Reason == "" || r.Zh == "" || r.At < 0 || r.At > len(data)) {
			t.Fatalf("refusal %+v", err1)
		}
		codes := map[string]bool{}
		for factor := range fresh.All() {
			if codes[string(factor.Code)] || len(factor.Code) == 0 || factor.Len() == 0 {
				t.Fatalf("factor %q twice or empty: %s", factor.Code, tell(&fresh))
			}
			codes[string(factor.Code)] = true
			names := map[string]bool{}
			for i := range factor.Len() {
				name, value := factor.Field(i)
				if names[string(name)] || len(name) == 0 {
					t.Fatalf("field %q of %q twice or empty", name, factor.Code)
				}
				names[string(name)] = true
				if got, ok := factor.Value(string(name)); !ok || !bytes.Equal(got, value) {
					t.Fatalf("Value(%q) = %q, want %q", name, got, value)
				}
			}
		}
		for _, issue := range fresh.Issues() {
			if issue.At < 0 || issue.At > len(data) {
				t.Fatalf("issue %+v outside %d bytes", issue, len(data))
			}
		}
		ack, _ := AppendAck(nil, &fresh, Auto)
		if len(ack) > 0 && bytes.IndexByte(fresh.QN, '#') < 0 && bytes.IndexByte(fresh.PW, '#') < 0 && bytes.IndexByte(fresh.MN, '#') < 0 {
			var f Framer
			if got := framesOf(&f, ack); len(got) != 1 || got[0].Reason != "" {
				t.Fatalf("the answer is no frame: %q", ack)
			}
		}
	})
}

// FuzzDecrypt: opening a frame never breaks it, never panics, and what one side
// encrypts the other reads.
func FuzzDecrypt(f *testing.F) {
	for _, s := range standards(f) {
		f.Add(s.Bytes, []byte("a-Rtd=1"))
	}
	f.Add([]byte("##0030ST=1;CP=&&{0xE4,0x3E,0x15}&&0000"), []byte("0123456789abcdef"))
	f.Fuzz(func(t *testing.T, stream, cp []byte) {
		var framer Framer
		framer.Push(stream)
		framer.Flush()
		for {
			frame, ok := framer.Next()
			if !ok {
				break
			}
			was := frame.Err
			if opened := frame.Open(zeros); opened && (was == nil || frame.Err != nil || CRC(frame.Data) != frame.SentCRC) {
				t.Fatalf("opened %q: was %v, is %v", frame.Raw, was, frame.Err)
			} else if !opened && (was == nil) != (frame.Err == nil) {
				t.Fatalf("not opened, but %v became %v", was, frame.Err)
			}
		}
		segment := append(append([]byte("ST=31;CN=2011;MN=1;Flag=9;CP=&&"), cp...), "&&"...)
		if len(segment) > DefaultMaxLen {
			return
		}
		sent, err := EncryptFrame(nil, segment, zeros)
		if err != nil {
			t.Fatal(err)
		}
		plain, cipher := segment[31:len(segment)-2], sent[6+31:6+len(segment)-2]
		if bytes.Equal(plain, cipher) != (len(plain) < KeySize) {
			t.Fatalf("%d bytes: encrypted is %q", len(plain), cipher)
		}
		if DecryptCP(zeros, cipher); !bytes.Equal(plain, cipher) {
			t.Fatalf("decrypted is %q", cipher)
		}
	})
}
