package measure_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/measure"
)

func rawFrames(n int) []measure.Frame {
	var all []measure.Frame
	for i := range n {
		f := minute(at(8, i), "a21026 Avg=1 Flag=N")
		f.Point = measure.Point(1 + i%3)
		f.Received = at(9, 0) + int64(i)
		f.Raw = fmt.Appendf(nil, "##0100QN=%d;ST=31;CN=2051;CP=&&&&%04d\r\n", i, i)
		all = append(all, f)
	}
	return all
}

func TestRawIsProved(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		frames := rawFrames(50)
		mustAppend(t, s, frames...)
		before, err := s.RawOf(ctx, frames[7].Point, measure.Minute, frames[7].At)
		if err != nil || len(before) != 1 || !bytes.Equal(before[0].Bytes, frames[7].Raw) || before[0].Proof != nil {
			t.Fatalf("before sealing: %v, %v; want the message without a proof", before, err)
		}
		var entered []measure.RawSeal
		enter := func(_ context.Context, seal measure.RawSeal) error {
			entered = append(entered, seal)
			return nil
		}
		// An hour that is not over is left; a journal that fails is asked again.
		if err := s.SealRaw(ctx, at(9, 59), enter); err != nil || len(entered) != 0 {
			t.Fatalf("an hour that is not over: %v, %v", entered, err)
		}
		broken := errors.New("no journal")
		if err := s.SealRaw(ctx, at(10, 0), func(context.Context, measure.RawSeal) error { return broken }); !errors.Is(err, broken) {
			t.Fatalf("got %v, want the error of enter", err)
		}
		s = p.open(t)
		if err := s.SealRaw(ctx, at(10, 0), enter); err != nil {
			t.Fatal(err)
		}
		if len(entered) != 1 || entered[0].Hour != at(9, 0) || entered[0].Part != 1 || entered[0].Frames != 50 {
			t.Fatalf("entered %+v, want one part of 50 frames", entered)
		}
		if err := s.SealRaw(ctx, at(10, 0), enter); err != nil || len(entered) != 1 {
			t.Fatalf("sealing again entered %d, %v", len(entered), err)
		}
		for _, f := range frames {
			got, err := s.RawOf(ctx, f.Point, f.Kind, f.At)
			if err != nil || len(got) != 1 || !bytes.Equal(got[0].Bytes, f.Raw) || got[0].Received != f.Received {
				t.Fatalf("point %d at %d: %v, %v", f.Point, f.At, got, err)
			}
			if err := got[0].Verify(); err != nil || !bytes.Equal(got[0].Proof.Root, entered[0].Root) {
				t.Fatalf("proof of point %d at %d: %v", f.Point, f.At, err)
			}
			got[0].Bytes = bytes.Replace(got[0].Bytes, []byte("QN="), []byte("QN=9"), 1)
			if got[0].Verify() == nil {
				t.Fatal("a changed message is still proved")
			}
		}
		// What comes for a sealed hour makes a second part.
		late := rawFrames(51)[50:]
		mustAppend(t, s, late...)
		if err := s.SealRaw(ctx, at(10, 0), enter); err != nil || len(entered) != 2 || entered[1].Part != 2 || entered[1].Frames != 1 {
			t.Fatalf("entered %+v, %v; want a second part", entered, err)
		}
		got, err := s.RawOf(ctx, late[0].Point, measure.Minute, late[0].At)
		if err != nil || len(got) != 1 || got[0].Verify() != nil || got[0].Proof.Part != 2 {
			t.Fatalf("the late message: %v, %v", got, err)
		}
	})
}

func TestRawRootDoesNotDependOnArrival(t *testing.T) {
	root := func(frames []measure.Frame) []byte {
		s := onSQLite(t).open(t)
		for len(frames) > 0 {
			n := min(len(frames), 7)
			mustAppend(t, s, frames[:n]...)
			frames = frames[n:]
		}
		var r []byte
		if err := s.SealRaw(ctx, at(10, 0), func(_ context.Context, seal measure.RawSeal) error { r = seal.Root; return nil }); err != nil {
			t.Fatal(err)
		}
		return r
	}
	frames := rawFrames(40)
	doubled := append(append([]measure.Frame{}, frames...), frames[:11]...)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(doubled), func(i, j int) { doubled[i], doubled[j] = doubled[j], doubled[i] })
	if a, b := root(frames), root(doubled); !bytes.Equal(a, b) {
		t.Errorf("roots %x and %x of the same messages differ", a, b)
	}
}

// The root of one message is a hash of its bytes that anyone can reckon, as
// RFC 6962 2.1 and the layout in doc.go say.
func TestRawRootByHand(t *testing.T) {
	s := onSQLite(t).open(t)
	f := minute(1000000000, "a21026 Avg=1")
	f.Received, f.Raw = 1000000061, []byte("##raw")
	mustAppend(t, s, f)
	// point 1, kind 2, zigzag varints of 1000000000 and 1000000061, length 5
	leaf := []byte{0, 1, 2, 0x80, 0xa8, 0xd6, 0xb9, 0x07, 0xfa, 0xa8, 0xd6, 0xb9, 0x07, 5, '#', '#', 'r', 'a', 'w'}
	frame := sm3.Sum(leaf)
	want := sm3.Sum(append([]byte{0, 1, 1}, frame[:]...)) // point 1, one frame
	if err := s.SealRaw(ctx, at(10, 0), func(_ context.Context, seal measure.RawSeal) error {
		if !bytes.Equal(seal.Root, want[:]) {
			t.Errorf("root %x, want %x", seal.Root, want)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
