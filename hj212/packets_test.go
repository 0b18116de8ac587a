package hj212

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"pingzhang/internal/testkit"
)

// packets are the captured and derived streams beside the project.
func packets(t testing.TB) []Sample {
	t.Helper()
	f, err := os.Open(testkit.Shared(t, "data/hj212-packets.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, err := ReadSamples(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 126 {
		t.Fatalf("%d streams, the file's head says 126", len(list))
	}
	return list
}

// zeros is the key of HJ 212-2025 A.2.
var zeros = bytes.Repeat([]byte("0"), 16)

// seen is all of a frame that must not depend on how the stream was cut.
type seen struct {
	Raw, Data string
	SentCRC   uint16
	HasCRC    bool
	At        int64
	Skipped   int
	Reason    Reason
	ErrAt     int
}

func see(f *Frame) seen {
	s := seen{string(f.Raw), string(f.Data), f.SentCRC, f.HasCRC, f.At, f.Skipped, "", 0}
	if f.Err != nil {
		s.Reason, s.ErrAt = f.Err.Reason, f.Err.At
	}
	return s
}

// framesOf feeds the parts of a stream one after another.
func framesOf(f *Framer, parts ...[]byte) (list []seen) {
	for _, p := range parts {
		f.Push(p)
		for {
			frame, ok := f.Next()
			if !ok {
				break
			}
			list = append(list, see(&frame))
		}
	}
	f.Flush()
	for {
		frame, ok := f.Next()
		if !ok {
			return list
		}
		list = append(list, see(&frame))
	}
}

var (
	lengthWords = regexp.MustCompile(`length OK \(declared (\d+), actual (\d+)\)|length MISMATCH \(declared (\d+), actual (\d+)\)`)
	crcWords    = regexp.MustCompile(`CRC OK \(([0-9A-F]{4})\)|CRC WRONG`)
	expectWords = regexp.MustCompile(`expect (\d+) frame`)
)

// Every verdict in the comments of the packets file, found by a second program,
// is that of the framer.
func TestVerdictsOfThePacketsFile(t *testing.T) {
	lengths, crcs := 0, 0
	for _, s := range packets(t) {
		length := lengthWords.FindStringSubmatch(s.Comment)
		crc := crcWords.FindStringSubmatch(s.Comment)
		if length == nil || crc == nil {
			continue
		}
		t.Run(fmt.Sprintf("line %d", s.Line), func(t *testing.T) {
			var f Framer
			f.Push(s.Bytes)
			f.Flush()
			frame, ok := f.Next()
			if !ok {
				t.Fatal("no frame")
			}
			if _, more := f.Next(); more {
				t.Error("a second frame")
			}
			if f.Skipped() != 0 {
				t.Errorf("%d bytes skipped", f.Skipped())
			}
			actual := length[2] + length[4]
			if got := fmt.Sprint(len(frame.Data)); got != actual {
				t.Errorf("the segment has %s bytes, the comment says %s", got, actual)
			}
			lengthOK := length[1] != "" && !strings.Contains(s.Comment, "3 digits")
			lengths++
			if bad := frame.Err != nil && strings.HasPrefix(string(frame.Err.Reason), "length"); bad == lengthOK {
				t.Errorf("refusal %v, the comment says %s", frame.Err, length[0])
			}
			crcOK := crc[1] != ""
			crcs++
			if right := frame.SentCRC == CRC(frame.Data); right != crcOK {
				t.Errorf("CRC right: %v; the comment says %s", right, crc[0])
			}
			if crcOK && fmt.Sprintf("%04X", frame.SentCRC) != crc[1] {
				t.Errorf("CRC %04X, the comment says %s", frame.SentCRC, crc[1])
			}
			if (frame.Err == nil) != (lengthOK && crcOK) {
				t.Errorf("refusal %v of a frame whose length is right: %v and CRC is right: %v", frame.Err, lengthOK, crcOK)
			}
		})
	}
	if lengths < 100 || crcs < 100 {
		t.Errorf("only %d comments on length and %d on CRC were understood", lengths, crcs)
	}
}

// The streams of section D that say how many frames must come out.
func TestExpectationsOfThePacketsFile(t *testing.T) {
	found := 0
	for _, s := range packets(t) {
		var good, bad int
		switch m := expectWords.FindStringSubmatch(s.Comment); {
		case m != nil:
			fmt.Sscan(m[1], &good)
		case strings.Contains(s.Comment, "expect the second frame"):
			good, bad = 1, 1
		case strings.Contains(s.Comment, "expect 1 bad CRC + 1 good frame"):
			good, bad = 1, 1
		case strings.Contains(s.Comment, "same frame twice"), strings.Contains(s.Comment, "same minute sent twice"):
			good = 2
		case strings.Contains(s.Comment, "counts CHARACTERS"), strings.Contains(s.Comment, "bytes swapped"):
			bad = 1
		default:
			continue
		}
		found++
		t.Run(fmt.Sprintf("line %d", s.Line), func(t *testing.T) {
			var f Framer
			gotGood, gotBad := 0, 0
			for _, frame := range framesOf(&f, s.Bytes) {
				if frame.Reason == "" {
					gotGood++
				} else {
					gotBad++
				}
			}
			if gotGood != good || gotBad != bad {
				t.Errorf("%d good and %d refused, want %d and %d: %s", gotGood, gotBad, good, bad, s.Comment)
			}
		})
	}
	if found < 14 {
		t.Errorf("only %d expectations were understood", found)
	}
}

// A stream gives the same frames however it is cut, and each of its frames twice
// when it is sent twice.
func TestFramesDoNotDependOnTheCut(t *testing.T) {
	for _, s := range packets(t) {
		checkCuts(t, fmt.Sprintf("line %d", s.Line), s.Bytes)
	}
}

func checkCuts(t *testing.T, name string, stream []byte) {
	t.Helper()
	var whole Framer
	want := framesOf(&whole, stream)
	check := func(how string, parts ...[]byte) {
		t.Helper()
		var f Framer
		if got := framesOf(&f, parts...); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s, %s:\n got %v\nwant %v", name, how, got, want)
		}
		if f.Skipped() != whole.Skipped() {
			t.Fatalf("%s, %s: %d skipped, want %d", name, how, f.Skipped(), whole.Skipped())
		}
	}
	single := make([][]byte, len(stream))
	for i := range stream {
		single[i] = stream[i : i+1]
		check(fmt.Sprintf("cut at byte %d", i), stream[:i], stream[i:])
	}
	check("byte by byte", single...)
}

func TestStreamsSentTwiceGiveTheirFramesTwice(t *testing.T) {
	for _, s := range packets(t) {
		var one, two Framer
		want := framesOf(&one, s.Bytes)
		if len(want) == 0 || one.Skipped() != 0 || want[len(want)-1].Reason == ReasonTruncated {
			continue
		}
		got := framesOf(&two, s.Bytes, s.Bytes)
		if len(got) != 2*len(want) {
			t.Errorf("line %d: %d frames, sent twice %d", s.Line, len(want), len(got))
		}
	}
}
