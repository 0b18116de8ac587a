package remind

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

var ctx = context.Background()

// t0 is a Tuesday noon.
var t0 = time.Date(2026, 11, 24, 12, 0, 0, 0, clock.Shanghai)

func each(t *testing.T, test func(t *testing.T, db *sqldb.DB)) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		db.Clock = clock.Fixed(t0)
		test(t, db)
	}, journal.Migrations, Migrations)
}

func counting(name string, every time.Duration, n *int) Job {
	return Job{Name: name, Label: name, Every: every, Run: func(context.Context, time.Time) (string, error) { *n++; return "done", nil }}
}

func TestDue(t *testing.T) {
	nightly := Job{Daily: 2*time.Hour + 30*time.Minute}
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04:05", s, clock.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, tt := range []struct {
		name      string
		job       Job
		end, want string
	}{
		{"after its time of today it waits for tomorrow's", nightly, "2026-11-24 02:30:01", "2026-11-25 02:30:00"},
		{"just at its time too: it has run", nightly, "2026-11-24 02:30:00", "2026-11-25 02:30:00"},
		{"before it, for today's", nightly, "2026-11-24 02:29:59", "2026-11-24 02:30:00"},
		{"midnight is that of the night to come", Job{Daily: 24 * time.Hour}, "2026-11-24 00:00:00", "2026-11-25 00:00:00"},
		{"others count from their end", Job{Every: time.Minute}, "2026-11-24 00:00:30", "2026-11-24 00:01:30"},
	} {
		if got := tt.job.next(at(tt.end)); !got.Equal(at(tt.want)) {
			t.Errorf("%s: got %s", tt.name, got)
		}
	}
}

func TestTick(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		var quick, nightly int
		jobs := []Job{counting("quick", time.Minute, &quick), {Name: "nightly", Daily: 2 * time.Hour, Run: func(context.Context, time.Time) (string, error) { nightly++; return "", nil }}}
		w := New(db, clock.Fixed(t0), "a", jobs)
		tick := func(now time.Time, want ...string) {
			t.Helper()
			if got, err := w.Tick(ctx, now); err != nil || !slices.Equal(got, want) {
				t.Errorf("Tick(%s) ran %v, %v; want %v", now.Format("15:04:05"), got, err, want)
			}
		}
		tick(t0, "quick")
		tick(t0.Add(time.Minute - time.Second))
		tick(t0.Add(time.Minute+time.Second), "quick")
		tick(t0.Add(14*time.Hour-time.Second), "quick")
		tick(t0.Add(14*time.Hour), "nightly")
		tick(t0.Add(14*time.Hour+time.Second*30+time.Minute), "quick")
		if quick != 4 || nightly != 1 {
			t.Errorf("ran %d and %d times", quick, nightly)
		}
	})
}

func TestTwoWorkers(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		var mu sync.Mutex
		runs := map[string]int{}
		worker := func(node string) *Worker {
			return New(db, clock.Fixed(t0), node, []Job{{Name: "judge", Every: time.Minute, Run: func(context.Context, time.Time) (string, error) {
				mu.Lock()
				defer mu.Unlock()
				runs[node]++
				return "", nil
			}}})
		}
		var wg sync.WaitGroup
		for _, node := range []string{"a", "b", "c", "d"} {
			w := worker(node)
			wg.Go(func() {
				if _, err := w.Tick(ctx, t0); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		total := 0
		for _, n := range runs {
			total += n
		}
		if total != 1 {
			t.Errorf("four workers at once ran one due job %d times: %v", total, runs)
		}
	})
}

// TestDeadNode is of a node that dies in the middle of a job.
func TestDeadNode(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		n := 0
		jobs := []Job{{Name: "judge", Every: time.Minute, Lease: 5 * time.Minute, Run: func(context.Context, time.Time) (string, error) { n++; return "", nil }}}
		w := New(db, clock.Fixed(t0), "b", jobs)
		if err := w.enter(ctx); err != nil {
			t.Fatal(err)
		}
		// The claim without its end is what a killed process leaves.
		if err := db.InTx(ctx, func(tx *sqldb.Tx) error {
			return tx.ExecOne(ctx, `UPDATE jobs SET node = 'dead', started_at = $1, lease_until = $2`, t0.Unix(), t0.Add(5*time.Minute).Unix())
		}); err != nil {
			t.Fatal(err)
		}
		if ran, err := w.Tick(ctx, t0.Add(5*time.Minute-time.Second)); err != nil || len(ran) != 0 {
			t.Errorf("within the lease it was taken: %v, %v", ran, err)
		}
		st, err := w.Status(ctx, t0.Add(time.Minute))
		if err != nil || !st[0].Running || st[0].Node != "dead" {
			t.Errorf("got %+v, %v", st, err)
		}
		if ran, err := w.Tick(ctx, t0.Add(5*time.Minute)); err != nil || len(ran) != 1 || n != 1 {
			t.Errorf("after the lease another goes on: %v, %v", ran, err)
		}
	})
}

func TestFailuresStayApart(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		n, broken := 0, true
		w := New(db, clock.Fixed(t0), "a", []Job{
			{Name: "breaks", Every: time.Minute, Run: func(context.Context, time.Time) (string, error) {
				if broken {
					return "half", errors.New("no disk")
				}
				return "all", nil
			}},
			{Name: "panics", Every: time.Minute, Run: func(context.Context, time.Time) (string, error) { panic("oops") }},
			counting("works", time.Minute, &n),
		})
		for i := range 2 {
			if ran, err := w.Tick(ctx, t0.Add(time.Duration(i)*2*time.Minute)); err != nil || len(ran) != 3 {
				t.Fatalf("ran %v, %v", ran, err)
			}
		}
		st, err := w.Status(ctx, t0.Add(2*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if st[0].Error != "no disk" || st[0].Failures != 2 || st[0].Note != "half" || st[0].OK() {
			t.Errorf("a job that fails says so: %+v", st[0])
		}
		if !strings.Contains(st[1].Error, "oops") || st[1].Runs != 2 {
			t.Errorf("a panic is an error: %+v", st[1])
		}
		if n != 2 || !st[2].OK() || st[2].Note != "done" || !st[2].Started.Equal(t0.Add(2*time.Minute)) {
			t.Errorf("the others go on: %+v", st[2])
		}
		broken = false
		if _, err := w.Tick(ctx, t0.Add(4*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if st, _ := w.Status(ctx, t0.Add(4*time.Minute)); !st[0].OK() || st[0].Failures != 0 {
			t.Errorf("once it works it is well again: %+v", st[0])
		}
		// next_at was 12:05; lease 10 minutes and 1 more.
		for _, tt := range []struct {
			after time.Duration
			late  bool
		}{{16 * time.Minute, false}, {16*time.Minute + 2*time.Second, true}} {
			if st, _ := w.Status(ctx, t0.Add(tt.after)); st[2].Late != tt.late {
				t.Errorf("%s after, late is %v", tt.after, st[2].Late)
			}
		}
	})
}

func TestStartStop(t *testing.T) {
	db := sqldbtest.SQLite(t, Migrations)
	ran, ended := make(chan bool, 1), make(chan bool, 1)
	w := New(db, clock.System{}, "a", []Job{{Name: "long", Every: time.Hour, Run: func(ctx context.Context, _ time.Time) (string, error) {
		ran <- true
		<-ctx.Done()
		ended <- true
		return "", ctx.Err()
	}}})
	if err := w.Start(ctx); err != nil {
		t.Fatal(err)
	}
	<-ran
	w.Stop()
	select {
	case <-ended:
	default:
		t.Error("Stop came back before the job had ended")
	}
	st, err := w.Status(ctx, time.Now())
	if err != nil || st[0].Running || st[0].Error != "" || st[0].Runs != 0 {
		t.Errorf("a job that was told to stop is given back: %+v, %v", st, err)
	}
	w.Stop() // a second time does nothing
}

func TestRawRoots(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		seal := measure.RawSeal{Hour: t0.Unix(), Part: 1, Root: []byte{0xAB, 0xCD}, Frames: 7}
		for range 2 {
			if err := enterRoot(ctx, db, seal); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := journal.New(db, nil, "").Page(ctx, access.System, journal.Filter{}, 0, 10)
		if err != nil || len(rows) != 1 || !strings.Contains(rows[0].Detail, `"root":"abcd"`) || rows[0].Act != "raw.sealed" {
			t.Fatalf("entered twice, it stands once: %+v, %v", rows, err)
		}
		seal.Root = []byte{0xAB, 0xCE}
		if err := enterRoot(ctx, db, seal); !fault.Is(err, fault.Internal) || !strings.Contains(fault.Text(err), "可能被改动") {
			t.Errorf("another root for the same hour is refused: %v", err)
		}
		seal.Part = 2
		if err := enterRoot(ctx, db, seal); err != nil {
			t.Errorf("a second part of the hour is entered: %v", err)
		}
	})
}
