package platform

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/web"
)

// job is something that is done again and again. Each may run on several nodes
// at once: the stores see to it that nothing happens twice.
type job struct {
	name  string
	every time.Duration
	run   func(ctx context.Context, now time.Time) error
}

func (p *Platform) jobs() []job {
	worker := fmt.Sprintf("node%d", p.Options.Node)
	return []job{
		{"judge", 3 * time.Second, func(ctx context.Context, now time.Time) error {
			done, err := p.Discharge.Judge(ctx, now)
			if done.Changed > 0 {
				p.Live.Publish(web.News{Topic: "finding", Division: p.Places.Code}, web.News{Topic: "matter", Division: p.Places.Code})
			}
			return err
		}},
		{"notes", 10 * time.Second, func(ctx context.Context, now time.Time) error {
			_, err := p.Discharge.PostNotes(ctx, now)
			return err
		}},
		{"states", 30 * time.Second, func(ctx context.Context, now time.Time) error {
			_, err := p.Discharge.Watch(ctx, now)
			return err
		}},
		{"silence", 10 * time.Minute, func(ctx context.Context, now time.Time) error {
			_, err := p.Discharge.Silences(ctx, now)
			return err
		}},
		{"clocks", 30 * time.Second, func(ctx context.Context, now time.Time) error {
			_, err := p.Matter.FireDue(ctx, now, worker)
			return err
		}},
		{"seal", 10 * time.Minute, func(ctx context.Context, now time.Time) error {
			before := now.Truncate(time.Hour).Add(-time.Hour).Unix()
			if err := p.Measure.Seal(ctx, before); err != nil {
				return err
			}
			return p.Measure.SealRaw(ctx, before, p.enterRaw)
		}},
		{"checkpoint", 2 * time.Minute, func(ctx context.Context, now time.Time) error {
			_, err := p.Journal.Checkpoint(ctx, now)
			return err
		}},
		{"sessions", time.Hour, func(ctx context.Context, now time.Time) error {
			_, err := access.NewSessions(p.DB).Sweep(ctx)
			return err
		}},
	}
}

// enterRaw puts the root of an hour of raw frames into the journal, once.
func (p *Platform) enterRaw(ctx context.Context, seal measure.RawSeal) error {
	object := fmt.Sprintf("raw/%d.%d", seal.Hour, seal.Part)
	return p.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		there, _, err := sqldb.Value[int64](ctx, tx, `SELECT COUNT(*) FROM journal WHERE object = $1`, object)
		if err != nil || there > 0 {
			return err
		}
		return journal.Append(ctx, tx, access.Platform().Entry("raw.sealed", object, map[string]any{"root": hex.EncodeToString(seal.Root), "frames": seal.Frames}))
	})
}

// startWorker runs the jobs until the platform stops.
func (r *Running) startWorker(ctx context.Context) error {
	bg, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	for _, j := range r.jobs() {
		running.Go(func() {
			tick := time.NewTicker(j.every)
			defer tick.Stop()
			for {
				if err := j.run(bg, r.clock.Now()); err != nil && bg.Err() == nil {
					slog.Error("a job failed and is tried again", "job", j.name, "err", err)
				}
				select {
				case <-bg.Done():
					return
				case <-tick.C:
				}
			}
		})
	}
	r.stops = append(r.stops, func(context.Context) {
		cancel()
		running.Wait()
	})
	return nil
}
