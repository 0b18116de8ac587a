package air_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb/sqldbtest"
)

// days that the frames of story fill: those around the change of editions, so
// that rolling hours reach over it.
var storyFrom = at("2026-02-27 00:00")

const storyDays = 4

// story makes hours of three stations with gaps, corrections (a later QN) and
// values on both sides of the corners.
func story(r *rand.Rand, stations []int64) (all []measure.Frame) {
	for _, st := range stations {
		for i := range storyDays * 24 {
			start := storyFrom.Add(time.Duration(i) * time.Hour)
			if r.IntN(12) == 0 {
				continue
			}
			for version := range 1 + r.IntN(5)/4 {
				texts := make([]string, 6)
				for p, top := range []int{1200, 90, 180, 120, 30, 260} {
					switch n := r.IntN(20); {
					case n == 0:
					case n == 1 && p != 4:
						texts[p] = fmt.Sprint(r.IntN(top) * 3)
					case p == 4:
						texts[p] = fmt.Sprintf("%d.%d", r.IntN(top)/10, r.IntN(10))
					default:
						texts[p] = fmt.Sprint(r.IntN(top) / 2)
					}
				}
				f := frame(st, start, start.UnixMilli()+int64(version)+1, texts...)
				if len(f.Cells) > 0 {
					all = append(all, f)
				}
			}
		}
	}
	return all
}

// Late, doubled, shuffled and corrected hours, handed over and reckoned at any
// moment, give the identical hours and days.
func TestOrderNeverMatters(t *testing.T) {
	end := storyFrom.AddDate(0, 0, storyDays).Add(2 * time.Hour)
	engines(t, func(t *testing.T, fresh func() *bench) {
		want := ""
		for seed := range uint64(4) {
			b := fresh()
			var ids []int64
			for i, code := range []string{"2263A", "2264A", "2265A"} {
				more := []any{}
				if i == 2 {
					more = []any{"purpose", "control", "assessed", "no"}
				}
				ids = append(ids, b.station(code, "231102", more...).ID)
			}
			frames := story(rand.New(rand.NewPCG(7, 7)), []int64{0, 1, 2})
			for i := range frames {
				frames[i].Point = measure.Point(ids[frames[i].Point])
			}
			r := rand.New(rand.NewPCG(seed, 1))
			if seed > 0 {
				frames = append(frames, frames[:len(frames)/3]...)
				r.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
			}
			for len(frames) > 0 {
				n := min(len(frames), 1+r.IntN(80))
				b.append(frames[:n]...)
				frames = frames[n:]
				if seed > 1 && r.IntN(2) == 0 {
					b.reckon(storyFrom.Add(time.Duration(r.IntN(120)) * time.Hour))
				}
			}
			b.reckon(end)
			if p := b.reckon(end.Add(time.Hour)); p.Changed != 0 || b.count(`SELECT COUNT(*) FROM air_pending`) != 0 {
				t.Errorf("seed %d: a second round changed %+v", seed, p)
			}
			got := numbered(b.dump(), ids)
			if want == "" {
				want = got
				if b.count(`SELECT COUNT(*) FROM air_days`) != 3*storyDays || b.count(`SELECT COUNT(*) FROM air_city_days`) != 2*storyDays {
					t.Fatalf("the story has %d days", b.count(`SELECT COUNT(*) FROM air_days`))
				}
			} else if got != want {
				t.Errorf("seed %d: %s", seed, differ(got, want))
			}
		}
	})
}

// engines runs a test on both engines, which may have as many benches as it likes.
func engines(t *testing.T, test func(t *testing.T, fresh func() *bench)) {
	t.Run("sqlite", func(t *testing.T) { test(t, func() *bench { return newBench(t, sqldbtest.SQLite(t, sets...)) }) })
	t.Run("postgres", func(t *testing.T) { test(t, func() *bench { return newBench(t, sqldbtest.Postgres(t, sets...)) }) })
}

// numbered puts the position of a station for its id, which differs by bench.
func numbered(text string, ids []int64) string {
	for i, id := range ids {
		text = strings.ReplaceAll(text, fmt.Sprintf("Station:%d ", id), fmt.Sprintf("Station:%d ", i))
	}
	return text
}

// differ returns the first lines that are not alike.
func differ(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got\n" + g[i] + "\nwant\n" + w[i]
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// Several workers at once, each handing over and reckoning, come to the same.
func TestManyWorkers(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ids := []int64{b.station("2263A", "231102").ID, b.station("2264A", "231102").ID}
		frames := story(rand.New(rand.NewPCG(3, 3)), ids)
		end := storyFrom.AddDate(0, 0, storyDays).Add(2 * time.Hour)
		b.hand.set(end)
		var workers sync.WaitGroup
		for part := range 4 {
			workers.Add(1)
			go func() {
				defer workers.Done()
				s := air.New(b.db, b.config)
				for i := part; i < len(frames); i += 16 {
					var some []measure.Frame
					for j := i; j < min(i+16, len(frames)); j += 4 {
						some = append(some, frames[j])
					}
					if _, err := b.measure.Append(ctx, some); err != nil {
						t.Error(err)
					}
					list, err := b.measure.Dirty(ctx, 100)
					if err != nil {
						t.Error(err)
					}
					if err := s.Touched(ctx, list); err != nil {
						t.Error(err)
					}
					if err := b.measure.Judged(ctx, list); err != nil {
						t.Error(err)
					}
					if _, err := s.Reckon(ctx, end); err != nil {
						t.Error(err)
					}
				}
			}()
		}
		workers.Wait()
		b.append(frames...)
		b.reckon(end)
		got := b.dump()
		if _, err := b.Recompute(ctx, city, "2026-02-26", "2026-03-03", "核对"); err != nil {
			t.Fatal(err)
		}
		if p, err := b.Reckon(ctx, end); err != nil || p.Changed != 0 {
			t.Errorf("all again: %+v, %v", p, err)
		}
		if again := b.dump(); again != got {
			t.Error(differ(again, got))
		}
	})
}
