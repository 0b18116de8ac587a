package discharge_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/discharge"
	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/standard"
)

// story is what a boiler did in 40 hours: converted values, an empty one where
// nothing came, D where the instrument was broken.
func story(r *rand.Rand) []string {
	all := make([]string, 40)
	for i := range all {
		switch r.IntN(10) {
		case 0, 1, 2:
			all[i] = fmt.Sprint(201 + r.IntN(200))
		case 3:
			all[i] = "D"
		case 4:
		default:
			all[i] = fmt.Sprint(r.IntN(201))
		}
	}
	return all
}

func (b *bench) frames(start time.Time, story []string) (all []measure.Frame) {
	for i, zs := range story {
		hour := start.Add(time.Duration(i) * time.Hour)
		switch zs {
		case "":
		case "D":
			all = append(all, b.hourFrame(hour, "0", "0", "12", "D", 0))
		default:
			all = append(all, b.hourFrame(hour, "100", zs, "12", "N", 0))
		}
	}
	return all
}

// byHand writes the episodes of a story, from the words of the rule: exceeding
// hours with at most three others between are one; two hours on end that meet
// the limit, within three hours of the last, clear it.
func byHand(start time.Time, story []string) (out []string) {
	value := func(i int) int {
		if i >= len(story) || story[i] == "" || story[i] == "D" {
			return -1
		}
		var n int
		fmt.Sscan(story[i], &n)
		return n
	}
	hour := func(i int) string { return start.Add(time.Duration(i) * time.Hour).Format("02T15") }
	for i := 0; i < len(story); i++ {
		if value(i) <= 200 {
			continue
		}
		first, last, n, peak := i, i, 1, i
		for j := i + 1; j < len(story) && j-last <= 4; j++ {
			if value(j) > 200 {
				last, n = j, n+1
				if value(j) > value(peak) {
					peak = j
				}
			}
		}
		state := "lapsed"
		if v := [3]int{value(last + 1), value(last + 2), value(last + 3)}; v[1] >= 0 && (v[0] >= 0 || v[2] >= 0) {
			state = "cleared"
		}
		out = append(out, fmt.Sprintf("%s-%s %d peak %d at %s %s", hour(first), hour(last), n, value(peak), hour(peak), state))
		i = last
	}
	return out
}

// TestAnyOrder: in whatever order the hours arrive, and however often it is
// judged in between, the same episodes come out, and each has one finding with
// all its hours.
func TestAnyOrder(t *testing.T) {
	start := at("2026-11-20 00:00")
	end := start.Add(4 * 24 * time.Hour)
	run := func(t *testing.T, db *sqldb.DB, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 7))
		b := newBench(t, db)
		what := story(r)
		frames := b.frames(start, what)
		r.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
		for len(frames) > 0 {
			n := min(1+r.IntN(6), len(frames))
			b.append(frames[:n]...)
			if r.IntN(4) == 0 { // some come twice
				b.append(frames[0])
			}
			frames = frames[n:]
			b.judge(end)
		}
		if got, want := b.spans(), byHand(start, what); !reflect.DeepEqual(got, want) {
			t.Fatalf("story %q\ngot  %q\nwant %q", what, got, want)
		}
		b.eachFindingIsWhole()
	}
	t.Run("sqlite", func(t *testing.T) {
		for seed := range uint64(12) {
			run(t, sqldbtest.SQLite(t, sets...), seed)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		for seed := range uint64(3) {
			run(t, sqldbtest.Postgres(t, sets...), 100+seed)
		}
	})
}

// eachFindingIsWhole checks that each living episode of hour means has a finding
// of its own that has been told every exceeding hour of it.
func (b *bench) eachFindingIsWhole() {
	b.t.Helper()
	seen := map[int64]bool{}
	for _, e := range b.episodes() {
		if e.Period != standard.Hour || e.State == discharge.Void || e.State == discharge.Merged {
			continue
		}
		if seen[e.Finding] || e.Finding == 0 || e.Matter == 0 {
			b.t.Errorf("episode %+v has no finding or matter of its own", e)
		}
		seen[e.Finding] = true
		periods, err := b.matter.Periods(ctx, city, e.Finding)
		if err != nil {
			b.t.Fatal(err)
		}
		told := map[int64]bool{}
		for _, p := range periods {
			told[p.At.Unix()] = p.Times != ""
		}
		hours := b.verdicts(standard.Hour, time.Unix(e.First, 0), int((e.Last-e.First)/3600)+1)
		for _, v := range hours {
			if v.Exceeds() && v.Limit == e.Limit && !told[v.At] {
				b.t.Errorf("finding %d of %+v has not been told %s", e.Finding, e, time.Unix(v.At, 0))
			}
		}
	}
}

// shaky fails now and then, at each of the steps from verdict to the list of
// what is judged.
type shaky struct {
	discharge.Matters
	discharge.Readings
	r *rand.Rand
}

var errShaken = errors.New("the process was killed here")

func (s *shaky) fails() bool { return s.r.IntN(3) == 0 }

func (s *shaky) FindTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, f matter.Finding) (matter.Finding, bool, error) {
	if s.fails() {
		return matter.Finding{}, false, errShaken
	}
	got, created, err := s.Matters.FindTx(ctx, tx, by, f)
	if err == nil && s.fails() {
		err = errShaken
	}
	return got, created, err
}

func (s *shaky) ReportTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, f matter.Finding, book string) (matter.Finding, bool, error) {
	got, created, err := s.Matters.ReportTx(ctx, tx, by, f, book)
	if err == nil && s.fails() {
		err = errShaken
	}
	return got, created, err
}

func (s *shaky) Comment(ctx context.Context, by access.Caller, id matter.ID, text string) error {
	if s.fails() {
		return errShaken
	}
	err := s.Matters.Comment(ctx, by, id, text)
	if err == nil && s.fails() {
		err = errShaken // told, and not yet noted as told
	}
	return err
}

func (s *shaky) Judged(ctx context.Context, hours []measure.DirtyHour) error {
	if s.fails() {
		return fault.From(errShaken, fault.Unavailable, "断电")
	}
	return s.Readings.Judged(ctx, hours)
}

// TestKilledAnywhere: what was cut off at any step is judged again, to the same.
func TestKilledAnywhere(t *testing.T) {
	start := at("2026-11-20 00:00")
	end := start.Add(4 * 24 * time.Hour)
	each(t, func(t *testing.T, b *bench) {
		r := rand.New(rand.NewPCG(3, 4))
		what := story(r)
		b.append(b.frames(start, what)...)
		b.hand.set(end)
		s := &shaky{b.matter, b.measure, r}
		c := b.config
		c.Matters, c.Readings = s, s
		failures := 0
		now := end
		for quiet := 0; quiet < 3; {
			d := discharge.New(b.db, c)
			_, err := d.Judge(ctx, now)
			if err != nil && !errors.Is(err, errShaken) {
				t.Fatal(err)
			}
			_, err2 := d.PostNotes(ctx, now)
			if err2 != nil && !errors.Is(err2, errShaken) {
				t.Fatal(err2)
			}
			now = now.Add(3 * time.Minute) // the lease of a note passes
			if quiet++; err != nil || err2 != nil {
				failures, quiet = failures+1, 0
			}
		}
		if failures < 3 {
			t.Fatalf("only %d failures: the test tests nothing", failures)
		}
		if got, want := b.spans(), byHand(start, what); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		b.eachFindingIsWhole()
		if n := b.count(`SELECT COUNT(*) FROM verdict_history`); n != 0 {
			t.Errorf("%d verdicts were replaced, though nothing had changed", n)
		}
		b.noDoubles()
	})
}

// noDoubles checks that no matter was told one thing twice.
func (b *bench) noDoubles() {
	b.t.Helper()
	seen := map[int64]bool{}
	for _, e := range b.episodes() {
		if e.Matter == 0 || seen[e.Matter] {
			continue
		}
		seen[e.Matter] = true
		remarks := b.remarks(e.Matter)
		slices.Sort(remarks)
		if n := len(slices.Compact(slices.Clone(remarks))); n != len(remarks) {
			b.t.Errorf("matter %d was told twice:\n%s", e.Matter, strings.Join(remarks, "\n"))
		}
	}
}

// TestTwoWorkers: two at once, while data arrive, come to the same as one.
func TestTwoWorkers(t *testing.T) {
	start := at("2026-11-20 00:00")
	end := start.Add(4 * 24 * time.Hour)
	each(t, func(t *testing.T, b *bench) {
		r := rand.New(rand.NewPCG(5, 6))
		what := story(r)
		frames := b.frames(start, what)
		r.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
		b.hand.set(end)
		done := make(chan bool)
		var wg sync.WaitGroup
		for range 2 {
			d := discharge.New(b.db, b.config)
			wg.Go(func() {
				for last := false; ; {
					if _, err := d.Judge(ctx, end); err != nil {
						t.Error(err)
						return
					}
					if _, err := d.PostNotes(ctx, end); err != nil {
						t.Error(err)
						return
					}
					if last {
						return
					}
					select {
					case <-done:
						last = true
					default:
					}
				}
			})
		}
		for len(frames) > 0 {
			n := min(5, len(frames))
			b.append(frames[:n]...)
			frames = frames[n:]
		}
		close(done)
		wg.Wait()
		if got, want := b.spans(), byHand(start, what); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		b.eachFindingIsWhole()
		b.noDoubles()
	})
}

// What is new at a point that is no pollution source is handed over, once, and
// nothing is lost when handing over fails.
func TestOthersAreHandedOver(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var got []measure.DirtyHour
		var broken error
		c := b.config
		c.Others = func(_ context.Context, hours []measure.DirtyHour) error {
			if broken == nil {
				got = append(got, hours...)
			}
			return broken
		}
		b.Store = discharge.New(b.db, c)
		start := at("2026-11-24 03:00")
		air := b.hourFrame(start, "40", "", "", "N", 0)
		air.Point = 77
		b.append(air, b.hourFrame(start, "100", "133", "12", "N", 0))

		broken = errors.New("the other duty is not there")
		b.hand.set(start.Add(2 * time.Hour))
		if _, err := b.Judge(ctx, start.Add(2*time.Hour)); err == nil {
			t.Error("what could not be handed over was passed in silence")
		}
		broken = nil
		b.judge(start.Add(2 * time.Hour))
		b.judge(start.Add(3 * time.Hour))
		if len(got) != 1 || got[0].Point != 77 || got[0].Hour != start.Unix() {
			t.Errorf("handed over: %+v", got)
		}
	})
}
