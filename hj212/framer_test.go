package hj212

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// frame builds a good frame by the bit form of the CRC.
func frame(segment string) string {
	return fmt.Sprintf("##%04d%s%04X", len(segment), segment, crcBits([]byte(segment)))
}

const (
	segmentA = "QN=20240123123205877;ST=32;CN=2011;PW=123456;MN=81733553216204;Flag=5;CP=&&DataTime=20240123123200;w01018-Rtd=46.5,w01018-Flag=N&&"
	segmentB = "QN=20240123123205878;ST=32;CN=2021;PW=123456;MN=81733553216204;Flag=4;CP=&&DataTime=20240123123200;SB1-RS=1&&"
)

// shape is a frame by its reason, the byte of it, and where it stands.
func shape(list []seen) string {
	var b strings.Builder
	for _, f := range list {
		reason := string(f.Reason)
		if reason == "" {
			reason = "ok"
		}
		fmt.Fprintf(&b, "%s@%d+%d ", reason, f.At, len(f.Raw))
	}
	return strings.TrimSpace(b.String())
}

func TestFramer(t *testing.T) {
	a, b := frame(segmentA), frame(segmentB) // 140 and 119 bytes
	withHash := frame("ST=32;CN=2011;MN=1;CP=&&i11001-Info=//##0012&&//&&")
	for _, tt := range []struct {
		name    string
		stream  string
		want    string
		skipped int64
	}{
		{"nothing gives nothing", "", "", 0},
		{"a frame without a line end", a, "ok@0+140", 0},
		{"CR LF, LF and CR are each the end of a line", a + "\r\n" + a + "\n" + a + "\r" + a, "ok@0+140 ok@142+140 ok@283+140 ok@424+140", 0},
		{"LF CR is a line end and a stray byte", a + "\n\r" + b, "ok@0+140 ok@142+119", 1},
		{"frames may touch", a + b, "ok@0+140 ok@140+119", 0},
		{"an empty segment has the CRC FFFF", "##0000FFFF", "ok@0+10", 0},
		{"lower case CRC", strings.ToLower(frame("")) + strings.Replace(b, "8C41", "8c41", 1), "ok@0+10 ok@10+119", 0},
		{"many # before the header", "#####" + a, "ok@5+140", 5},
		{"a lone # at the end is noise", a + "#", "ok@0+140", 1},
		{"noise before, between and after", "AT+CSQ\r\n" + a + "\x00\xff" + b + "NO CARRIER", "ok@8+140 ok@150+119", 20},
		{"a header lookalike inside a good frame changes nothing", withHash + b, fmt.Sprintf("ok@0+%d ok@%d+119", len(withHash), len(withHash)), 0},
		{"too short a length: the end of the segment is found", strings.Replace(a, "0130", "0100", 1) + b, "length@0+140 ok@140+119", 0},
		{"too long a length: the frame behind is not eaten", strings.Replace(a, "0130", "0160", 1) + "\r\n" + b, "length@0+140 ok@142+119", 0},
		{"a length of one more", strings.Replace(a, "0130", "0131", 1) + b, "length@0+140 ok@140+119", 0},
		{"a length at the ceiling is waited for", "##4096ST=1" + a, "truncated@0+10 ok@10+140", 0},
		{"a length above the ceiling is not", "##4097ST=1;CP=&&x-Rtd=1&&0000" + a, "length_ceiling@0+29 ok@29+140", 0},
		{"three digits", "##130" + segmentA + "AD81" + b, "length_field@0+139 ok@139+119", 0},
		{"a half frame, then a whole one", a[:80] + b, "truncated@0+80 ok@80+119", 0},
		{"two half frames, then a whole one", a[:80] + b[:50] + a, "truncated@0+80 truncated@80+50 ok@130+140", 0},
		{"a header alone is noise", "##0130" + b, "ok@6+119", 6},
		{"the stream ends inside a frame", a + b[:60], "ok@0+140 truncated@140+60", 0},
		{"a wrong CRC keeps its line end to itself", strings.Replace(a, "AD81", "AD80", 1) + "\r\n" + b, "crc@0+140 ok@142+119", 0},
		{"a damaged && is a wrong CRC, not a wrong length", strings.Replace(a, "=N&&", "=N&%", 1) + "\r\n" + b, "crc@0+140 ok@142+119", 0},
		{"a damaged CRC field is a wrong CRC", strings.Replace(a, "AD81", "A_81", 1) + "\r\n" + b, "crc@0+140 ok@142+119", 0},
		{"hex digits at a wrong end do not make a CRC", "##0085" + segmentA[:80] + "D201" + segmentA[80:] + "0000" + b, "length@0+144 ok@144+119", 0},
		{"the opening of CP is no end of a segment", "##0300ST=32;CP=&&a01011-Rtd=1&&ABCD" + b, "length@0+35 ok@35+119", 0},
		{"an empty CP is an end", "##0300ST=32;CP=&&&&ABCD" + b, "length@0+23 ok@23+119", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var f Framer
			if got := shape(framesOf(&f, []byte(tt.stream))); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if f.Skipped() != tt.skipped {
				t.Errorf("%d bytes skipped, want %d", f.Skipped(), tt.skipped)
			}
			if f.Pending() != 0 {
				t.Errorf("%d bytes left after Flush", f.Pending())
			}
			checkCuts(t, tt.name, []byte(tt.stream))
		})
	}
}

// The frame behind a false length must not wait for the false length to fill.
func TestAFalseLengthDoesNotDelayTheFrameBehindIt(t *testing.T) {
	var f Framer
	f.Push([]byte("##4000ST=32;CN=2011;CP=&&x-Rtd=1&&0000\r\n" + frame(segmentA)))
	first, ok := f.Next()
	if !ok || first.Err == nil || first.Err.Reason != ReasonLength {
		t.Fatalf("first = %v, %v; want a refused length", first.Err, ok)
	}
	second, ok := f.Next()
	if !ok || second.Err != nil || string(second.Data) != segmentA {
		t.Fatalf("second = %q, %v; want the whole frame at once", second.Data, ok)
	}
}

func TestExpire(t *testing.T) {
	var f Framer
	half := frame(segmentA)[:100]
	f.Push([]byte(half))
	if _, ok := f.Next(); ok || f.Pending() != 100 {
		t.Fatalf("a partial frame came out, or is not held: %d pending", f.Pending())
	}
	f.Expire()
	got, ok := f.Next()
	if !ok || got.Err == nil || got.Err.Reason != ReasonExpired || string(got.Raw) != half {
		t.Fatalf("after Expire: %q, %v, %v", got.Raw, got.Err, ok)
	}
	if _, ok := f.Next(); ok || f.Pending() != 0 {
		t.Fatal("something is left after Expire")
	}
	// The stream goes on: the rest of the frame is noise, the next frame is whole.
	rest := frame(segmentA)[100:] + "\r\n"
	f.Push([]byte(rest + frame(segmentB)))
	next, ok := f.Next()
	if !ok || next.Err != nil || next.At != int64(len(half)+len(rest)) || next.Skipped != len(rest) {
		t.Fatalf("after the gap: at %d, skipped %d, %v, %v", next.At, next.Skipped, next.Err, ok)
	}
}

func TestTheCeilingCanBeRaised(t *testing.T) {
	segment := "ST=32;CN=3020;MN=1;CP=&&i11001-Info=//" + strings.Repeat("x", 9000) + "//&&"
	long := []byte(frame(segment))
	f := Framer{MaxLen: MaxSegment}
	if got := framesOf(&f, long); len(got) != 1 || got[0].Reason != "" || got[0].Data != segment {
		t.Errorf("got %s", shape(got))
	}
	var low Framer
	if got := framesOf(&low, long); len(got) == 0 || got[0].Reason != ReasonLengthCeiling {
		t.Errorf("default ceiling: %s", shape(got))
	}
}

// A hostile stream must not make the framer hold more than a frame and a half.
func TestFramerHoldsLittle(t *testing.T) {
	for _, tt := range []struct{ name, part string }{
		{"plain noise", strings.Repeat("x", 1000)},
		{"noise of #", strings.Repeat("#", 1000)},
		{"headers one after another", strings.Repeat("##4096", 170)},
		{"headers above the ceiling with fields", strings.Repeat("##9999a=b", 120)},
		{"a header and then fields without end", "##9999" + strings.Repeat("a=b;", 250)},
		{"openings of CP", strings.Repeat("##99990CP=&&a010", 60)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var f Framer
			most := 0
			for range 200 {
				f.Push([]byte(tt.part))
				for {
					if _, ok := f.Next(); !ok {
						break
					}
				}
				most = max(most, f.Pending())
			}
			if limit := DefaultMaxLen + 64; most > limit {
				t.Errorf("%d bytes pending, more than %d", most, limit)
			}
		})
	}
}

func TestFillReadsWhatPushIsGiven(t *testing.T) {
	stream := strings.Repeat(frame(segmentA)+"\r\n"+frame(segmentB)+"\r\n", 200)
	var f Framer
	r := strings.NewReader(stream)
	n := 0
	for {
		_, err := f.Fill(r)
		for {
			frame, ok := f.Next()
			if !ok {
				break
			}
			if frame.Err != nil {
				t.Fatal(frame.Err)
			}
			n++
		}
		if err == io.EOF {
			break
		}
	}
	if n != 400 || f.Skipped() != 0 {
		t.Errorf("%d frames, %d skipped", n, f.Skipped())
	}
	f.Release()
	if f.buf != nil {
		t.Error("the buffer is kept with nothing pending")
	}
	f.Push([]byte(frame(segmentA)))
	if frame, ok := f.Next(); !ok || frame.At != int64(len(stream)) {
		t.Errorf("after Release the frame is at %d, want %d", frame.At, len(stream))
	}
}

func TestRefusalsSayWhatAndWhere(t *testing.T) {
	for _, tt := range []struct {
		name   string
		stream string
		reason Reason
		at     int
		text   string
		zh     string
	}{
		{"a length that counts characters", "##0144QN=20160801085857223;ST=32;CN=3020;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20100301145000;PolId=w01018;i11001-Info=//清洗管路//&&9741",
			ReasonLengthCharacters, 2, "counts characters, the segment has 152 bytes; the CRC fits", "按字符数计算"},
		{"the same in GBK: two bytes a character", "##0046ST=32;CN=3020;MN=1;CP=&&i11001-Info=//\xC7\xE5\xCF\xB4\xB9\xDC\xC2\xB7//&&0000",
			ReasonLengthCharacters, 2, "counts characters", "按字符数计算"},
		{"MODBUS", strings.Replace(frame("QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"), "1C80", "0759", 1),
			ReasonCRC, 107, "the device computes CRC-16/MODBUS", "CRC-16/MODBUS"},
		{"a CRC that HJ 212 never gives", strings.Replace(frame(segmentA), "AD81", "1234", 1),
			ReasonCRC, 136, "no segment has that CRC", "不可能得出1234"},
		{"a CRC that it might give", strings.Replace(frame(segmentA), "AD81", "1C80", 1),
			ReasonCRC, 136, "the CRC sent is 1C80, that of the segment is AD81", "收到1C80"},
		{"above the ceiling", "##9999ST=32;CN=2011;CP=&&a34004-Rtd=2.3&&0000", ReasonLengthCeiling, 2, "9999 is above the ceiling 4096", "超过上限4096"},
		{"two digits", "##00ZZST=32;CN=2011;CP=&&a34004-Rtd=2.3&&0000", ReasonLengthField, 4, "2 decimal digits", "只有2位"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var f Framer
			f.Push([]byte(tt.stream))
			f.Flush()
			got, ok := f.Next()
			if !ok || got.Err == nil {
				t.Fatalf("not refused: %v", ok)
			}
			if got.Err.Reason != tt.reason || got.Err.At != tt.at {
				t.Errorf("%s at %d, want %s at %d", got.Err.Reason, got.Err.At, tt.reason, tt.at)
			}
			if !strings.Contains(got.Err.Text, tt.text) || !strings.Contains(got.Err.Zh, tt.zh) {
				t.Errorf("%q / %q; want %q / %q in it", got.Err.Text, got.Err.Zh, tt.text, tt.zh)
			}
		})
	}
}

func TestTolerate(t *testing.T) {
	stream := strings.Replace(frame(segmentA), "AD81", "81AD", 1)
	for _, tt := range []struct {
		name string
		as   string
		want bool
	}{
		{"the algorithm that was registered", "HJ 212, bytes swapped", true},
		{"another one", "CRC-16/MODBUS", false},
		{"none", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var f Framer
			f.Push([]byte(stream))
			got, _ := f.Next()
			if ok := got.Tolerate(tt.as); ok != tt.want || (got.Err == nil) != tt.want {
				t.Errorf("Tolerate = %v, refusal %v", ok, got.Err)
			}
		})
	}
}

// The frames that the standards print, which the project carries.
func standards(t testing.TB) []Sample {
	t.Helper()
	b, err := os.ReadFile("testdata/standards.txt")
	if err != nil {
		t.Fatal(err)
	}
	list, err := ReadSamples(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestFramesOfTheStandards(t *testing.T) {
	list := standards(t)
	if len(list) != 38 {
		t.Fatalf("%d frames, want 38", len(list))
	}
	for _, s := range list {
		t.Run(fmt.Sprintf("line %d", s.Line), func(t *testing.T) {
			d := Decode(s, zeros)
			if len(d.Frames) != 1 || !d.Frames[0].OK || d.Skipped != 0 {
				t.Fatalf("%s: %+v", s.Comment, d)
			}
			if _, crc, _ := strings.Cut(s.Comment, "CRC "); !strings.HasPrefix(crc, d.Frames[0].CRC) {
				t.Errorf("CRC %s: %s", d.Frames[0].CRC, s.Comment)
			}
		})
		checkCuts(t, s.Comment, s.Bytes)
	}
}
