package remind

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of jobs and of sealed hours of raw frames.
var Migrations = sqldb.Migrations{Set: "remind", Files: sub(migrations)}

func sub(files embed.FS) fs.FS {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dir
}

// Worker runs jobs. It is safe for many goroutines; many workers, in one process
// or in several, share the jobs of one database.
type Worker struct {
	db    *sqldb.DB
	clock clock.Clock
	node  string
	jobs  []Job

	mu     sync.Mutex
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// New returns a worker that is called node, which must differ from that of every
// other worker on db.
func New(db *sqldb.DB, c clock.Clock, node string, jobs []Job) *Worker {
	return &Worker{db: db, clock: c, node: node, jobs: jobs}
}

// Start begins to run the jobs, each when it is due, until Stop or until ctx
// ends. Each has a goroutine of its own, so that a long one delays no other.
//
// The error is that of the database; nothing is running then.
func (w *Worker) Start(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "remind.Start(%s)", w.node)

	if err := w.enter(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cancel != nil {
		return nil
	}
	ctx, w.cancel = context.WithCancel(context.WithoutCancel(ctx))
	for i := range w.jobs {
		w.wg.Add(1)
		go w.loop(ctx, &w.jobs[i])
	}
	return nil
}

// Stop tells the jobs that run to end and waits until they have.
func (w *Worker) Stop() {
	w.mu.Lock()
	cancel := w.cancel
	w.cancel = nil
	w.mu.Unlock()
	if cancel != nil {
		cancel()
		w.wg.Wait()
	}
}

// The least and the most that a loop waits before it looks at its job again: a
// job may have been run by another node, and a machine may have slept.
const (
	minWait = 200 * time.Millisecond
	maxWait = 30 * time.Second
)

func (w *Worker) loop(ctx context.Context, j *Job) {
	defer w.wg.Done()
	for {
		wait := maxWait
		if _, err := w.try(ctx, j, w.clock.Now()); err != nil && ctx.Err() == nil {
			slog.Error("a job could not be claimed or noted", "job", j.Name, "err", err)
			wait = time.Second
		} else if next, found, err := sqldb.Value[int64](ctx, w.db, `SELECT CASE WHEN lease_until > $1 THEN lease_until ELSE next_at END FROM jobs WHERE name = $2`,
			w.clock.Now().Unix(), j.Name); err == nil && found {
			wait = clock.Unix(next).Sub(w.clock.Now())
		}
		timer := time.NewTimer(min(max(wait, minWait), maxWait))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// Tick runs, one after the other, every job that is due at now and that no other
// worker has. It returns the names of those it ran. What fails is in Status.
func (w *Worker) Tick(ctx context.Context, now time.Time) (ran []string, err error) {
	defer fault.Wrap(&err, "remind.Tick(%s)", w.node)

	if err := w.enter(ctx); err != nil {
		return nil, err
	}
	for i := range w.jobs {
		did, err := w.try(ctx, &w.jobs[i], now)
		if err != nil {
			return ran, err
		}
		if did {
			ran = append(ran, w.jobs[i].Name)
		}
	}
	return ran, nil
}

// enter gives each job its row. A new job is due at once, a daily one at its
// next time.
func (w *Worker) enter(ctx context.Context) error {
	return w.db.InTx(ctx, func(tx *sqldb.Tx) error {
		for i := range w.jobs {
			j := &w.jobs[i]
			next := int64(0)
			if j.Daily != 0 {
				next = j.next(w.clock.Now()).Unix()
			}
			if _, err := tx.Exec(ctx, `
				INSERT INTO jobs (name, node, next_at, lease_until, started_at, finished_at, took_ms, runs, failures, note, error)
				VALUES ($1, '', $2, 0, 0, 0, 0, 0, 0, '', '')
				ON CONFLICT (name) DO NOTHING`, j.Name, next); err != nil {
				return err
			}
		}
		return nil
	})
}

// try claims a job that is due, runs it and notes how it went.
func (w *Worker) try(ctx context.Context, j *Job, now time.Time) (did bool, err error) {
	claimed := false
	err = w.db.InTx(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `
			UPDATE jobs
			   SET node        = $1,
			       lease_until = $2,
			       started_at  = $3
			 WHERE name = $4
			   AND next_at <= $5
			   AND lease_until <= $6`,
			w.node, now.Add(j.lease()).Unix(), now.Unix(), j.Name, now.Unix(), now.Unix())
		claimed = n == 1
		return err
	})
	if err != nil || !claimed {
		return false, err
	}
	begun := time.Now()
	note, failure := run(ctx, j, now)
	took := time.Since(begun)
	end := now.Add(took)
	text := ""
	if failure != nil {
		text = cut(failure.Error(), 1000)
		if ctx.Err() == nil {
			slog.Error("a job failed", "job", j.Name, "err", failure)
		}
	}
	if ctx.Err() != nil { // told to stop: give the job back as it was
		return true, w.release(context.WithoutCancel(ctx), j, now)
	}
	return true, w.db.InTx(ctx, func(tx *sqldb.Tx) error {
		// Another node may have taken over after the lease; then it is its row.
		_, err := tx.Exec(ctx, `
			UPDATE jobs
			   SET next_at     = $1,
			       lease_until = 0,
			       finished_at = $2,
			       took_ms     = $3,
			       runs        = runs + 1,
			       failures    = CASE WHEN $4 = '' THEN 0 ELSE failures + 1 END,
			       note        = $5,
			       error       = $6
			 WHERE name = $7
			   AND node = $8
			   AND started_at = $9`,
			j.next(end).Unix(), end.Unix(), took.Milliseconds(), text, cut(note, 500), text, j.Name, w.node, now.Unix())
		return err
	})
}

// release gives up a claim without a run, so that another node need not wait.
func (w *Worker) release(ctx context.Context, j *Job, now time.Time) error {
	return w.db.InTx(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE jobs SET lease_until = 0 WHERE name = $1 AND node = $2 AND started_at = $3`, j.Name, w.node, now.Unix())
		return err
	})
}

// run calls the job; a panic is an error like another, since the rest of the
// platform must go on.
func run(ctx context.Context, j *Job, now time.Time) (note string, err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("a job panicked", "job", j.Name, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return j.Run(ctx, now)
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

type jobRow struct {
	Name       string `db:"name"`
	Node       string `db:"node"`
	NextAt     int64  `db:"next_at"`
	LeaseUntil int64  `db:"lease_until"`
	StartedAt  int64  `db:"started_at"`
	FinishedAt int64  `db:"finished_at"`
	TookMs     int64  `db:"took_ms"`
	Runs       int64  `db:"runs"`
	Failures   int64  `db:"failures"`
	Note       string `db:"note"`
	Error      string `db:"error"`
}

// Status returns how the jobs stand at now, in the order in which they were
// given, whichever node runs them.
func (w *Worker) Status(ctx context.Context, now time.Time) (_ []Status, err error) {
	defer fault.Wrap(&err, "remind.Status")

	rows, err := sqldb.All[jobRow](ctx, w.db, `
		SELECT name, node, next_at, lease_until, started_at, finished_at, took_ms, runs, failures, note, error
		  FROM jobs`)
	if err != nil {
		return nil, err
	}
	byName := map[string]jobRow{}
	for _, r := range rows {
		byName[r.Name] = r
	}
	all := make([]Status, len(w.jobs))
	for i := range w.jobs {
		j := &w.jobs[i]
		r, known := byName[j.Name]
		st := Status{Name: j.Name, Label: j.Label, Node: r.Node, Took: time.Duration(r.TookMs) * time.Millisecond,
			Running: r.LeaseUntil > now.Unix(), Runs: r.Runs, Failures: r.Failures, Note: r.Note, Error: r.Error}
		for _, t := range []struct {
			to *time.Time
			at int64
		}{{&st.Started, r.StartedAt}, {&st.Finished, r.FinishedAt}, {&st.Next, r.NextAt}} {
			if t.at != 0 {
				*t.to = clock.Unix(t.at)
			}
		}
		st.Late = known && r.NextAt != 0 && !st.Running && now.Sub(clock.Unix(r.NextAt)) > j.lease()+lateAfter
		all[i] = st
	}
	return all, nil
}
