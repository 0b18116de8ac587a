package measure_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"pingzhang/internal/measure"
)

// someFrames makes frames of a few points with everything that must not make
// a difference: contents that differ for one key, equal QNs, none, halves, odd
// texts, two days.
func someFrames(r *rand.Rand, n int) []measure.Frame {
	texts := []string{"1", "1.0", "1.00", "-2.5", "38.50", "38.5", "+1", "007", ".5", "NaN", "--", "", "99999999999999999", "0.0000000000001"}
	factors := []string{"a21026", "a34013", "w01018", "SB1", "x,y", "Ω\x00"}
	var all []measure.Frame
	for range n {
		k := measure.Kinds[r.IntN(len(measure.Kinds))]
		f := measure.Frame{Point: measure.Point(1 + r.IntN(3)), Kind: k, Backfilled: r.IntN(4) == 0}
		switch k {
		case measure.Rtd, measure.Minute:
			f.At = at(0, 0) + int64(r.IntN(20))*7320
		case measure.Hour:
			f.At = at(0, 0) + int64(r.IntN(30))*3600
		case measure.Day:
			f.At = at(0, 0) - int64(r.IntN(3))*86400*16
		}
		f.Received = f.At + int64(r.IntN(5))
		if r.IntN(3) > 0 {
			f.QN = (f.At + int64(r.IntN(3))) * 1000
		}
		var cells []measure.Cell
		for range 1 + r.IntN(4) {
			factor := factors[r.IntN(len(factors))]
			for _, field := range []string{"Avg", "Min", "Own", "Flag"}[:1+r.IntN(4)] {
				text := texts[r.IntN(len(texts))]
				if field == "Flag" {
					text = "NDMN"[r.IntN(3):][:1]
				}
				cells = append(cells, measure.Cell{Factor: factor, Field: field, Text: text})
			}
		}
		f.Cells = measure.Pack(cells...)
		f.Raw = fmt.Appendf(nil, "##%d %v", f.QN, cells)
		all = append(all, f)
	}
	return all
}

func dump(t testing.TB, s *measure.Store) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.Dump(ctx, &b, measure.DumpOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever the order, the batches, the doubles, the seals between and the
// restarts: the same frames give the same table. What is expected is reckoned
// by expect, which knows nothing of the store.
func TestOrderDoesNotMatter(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			for seed := range uint64(12) {
				r := rand.New(rand.NewPCG(seed, 212))
				frames := someFrames(r, 120)
				want := expect(frames)
				each1(t, engine, func(t *testing.T, p place) {
					s := p.open(t)
					again := append(append([]measure.Frame{}, frames...), frames[:60]...)
					r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
					for len(again) > 0 {
						n := min(len(again), 1+r.IntN(40))
						mustAppend(t, s, again[:n]...)
						again = again[n:]
						switch r.IntN(4) {
						case 0:
							if err := s.Seal(ctx, at(0, 0)+int64(r.IntN(60*86400))); err != nil {
								t.Fatal(err)
							}
						case 1:
							s.Close()
							s = p.open(t)
						}
						if n > 30 {
							dump(t, s) // reading between changes nothing
						}
					}
					if got := dump(t, s); got != want {
						t.Fatalf("seed %d: got\n%s\nwant\n%s", seed, got, want)
					}
					if err := s.Seal(ctx, at(0, 0)+90*86400); err != nil {
						t.Fatal(err)
					}
					if got := dump(t, s); got != want {
						t.Fatalf("seed %d, all sealed: got\n%s\nwant\n%s", seed, got, want)
					}
				})
			}
		})
	}
}

func each1(t *testing.T, engine string, test func(t *testing.T, p place)) {
	if engine == "sqlite" {
		test(t, onSQLite(t))
		return
	}
	test(t, onPostgres(t))
}

// Appends, seals, reads and judging at the same moment lose nothing, and a
// reader never misses what was there when it began.
func TestAllAtOnce(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		stores := []*measure.Store{s, s}
		if p.dir == "" {
			stores[1] = p.open(t) // another node
		}
		var all [2][]measure.Frame
		for w := range all {
			for i := range 400 {
				f := minute(at(0, 0)+int64(i)*600, fmt.Sprintf("a21026 Avg=%d.%d Flag=N", i, w))
				f.Point = measure.Point(1 + i%2)
				all[w] = append(all[w], f)
			}
		}
		var wg, readers sync.WaitGroup
		var done atomic.Int64
		fail := func(err error) {
			if err != nil {
				t.Error(err)
			}
		}
		for w, frames := range all {
			wg.Go(func() {
				for i := 0; i < len(frames); i += 10 {
					_, err := stores[w].Append(ctx, frames[i:i+10])
					fail(err)
					if w == 0 {
						done.Store(int64(i) + 10)
					}
				}
			})
		}
		stop := make(chan struct{})
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				fail(s.Seal(ctx, at(0, 0)+done.Load()*600-7200))
				hours, err := s.Dirty(ctx, 50)
				fail(err)
				fail(s.Judged(ctx, hours))
			}
		})
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				n := done.Load()
				found := int64(0)
				for p := range measure.Point(2) {
					q := measure.RangeQuery{Point: p + 1, Kind: measure.Minute, From: at(0, 0), To: at(0, 0) + n*600}
					fail(stores[1].Range(ctx, q, func(b *measure.Block) error {
						found += int64(len(b.At))
						return nil
					}))
				}
				if found != n {
					t.Errorf("%d of %d committed rows were read", found, n)
				}
			}
		})
		wg.Wait()
		close(stop)
		readers.Wait()
		if got, want := dump(t, s), expect(append(all[0], all[1]...)); got != want {
			t.Errorf("got %d bytes, want %d", len(got), len(want))
		}
	})
}
