package discharge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// Progress is what a round of judging did.
type Progress struct {
	Hours, Days int // periods of points that were judged
	Waiting     int // hours that are not complete yet
	Changed     int // verdicts that are new or came out otherwise
	Failed      int // periods that could not be judged; they stay on the list
}

// The most that one round takes from the lists at once.
const (
	batchDirty   = 2000
	batchPending = 500
	maxBatches   = 200 // of a round; what is left waits for the next
)

// Judge judges every hour and day that is complete at now and has something
// new, and brings findings and matters in line. What fails at one point, such
// as a damaged file of readings, stays on the list and keeps nothing else from
// being judged; the error then names it.
//
// It may be stopped at any moment and run by several workers at once.
func (s *Store) Judge(ctx context.Context, now time.Time) (p Progress, err error) {
	defer fault.Wrap(&err, "discharge.Judge")

	r := round{Store: s, now: now}
	for i := 0; i < maxBatches; i++ {
		more, err := r.dirty(ctx)
		if err != nil {
			return r.Progress, err
		}
		if !more {
			break
		}
	}
	for i := 0; i < maxBatches; i++ {
		more, err := r.pending(ctx)
		if err != nil {
			return r.Progress, err
		}
		if !more {
			break
		}
	}
	if err := s.lapse(ctx, now); err != nil {
		return r.Progress, err
	}
	return r.Progress, errors.Join(r.errs...)
}

// round is one call of Judge.
type round struct {
	*Store
	now time.Time
	Progress
	errs []error
}

// maxErrors is how many failures a round remembers; it counts all.
const maxErrors = 10

// failed notes what could not be judged. It returns err when it is not about
// this one period but about the whole machine.
func (r *round) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil || fault.Is(err, fault.Unavailable) {
		return err
	}
	if r.Failed++; len(r.errs) < maxErrors {
		r.errs = append(r.errs, err)
	}
	return nil
}

// dirty judges a batch of measure's list; more is false when nothing on it can
// be judged now.
func (r *round) dirty(ctx context.Context) (more bool, err error) {
	list, err := r.readings.Dirty(ctx, batchDirty)
	if err != nil || len(list) == 0 {
		return false, err
	}
	r.Waiting = 0
	failed := r.Failed
	var done []measure.DirtyHour
	for _, h := range list {
		ready, err := r.ready(ctx, h)
		if err != nil {
			return false, err
		}
		if !ready {
			r.Waiting++
			continue
		}
		if err := r.period(ctx, int64(h.Point), standard.Hour, h.Hour, true); err != nil {
			if err := r.failed(ctx, err); err != nil {
				return false, errors.Join(err, r.readings.Judged(ctx, done))
			}
			continue
		}
		done = append(done, h)
	}
	// What failed would come again in the next batch of this round.
	return len(done) > 0 && r.Failed == failed && len(list) == batchDirty, r.readings.Judged(ctx, done)
}

// ready reports whether an hour is complete: it is over and the grace with it,
// or it is over and its hour value has been reported.
func (r *round) ready(ctx context.Context, h measure.DirtyHour) (bool, error) {
	end := clock.Unix(h.Hour + 3600)
	if r.now.Before(end) {
		return false, nil
	}
	if !r.now.Before(end.Add(r.settings.HourGrace)) {
		return true, nil
	}
	reported := false
	err := r.readings.Rows(ctx, measure.RowQuery{Point: h.Point, Kind: measure.Hour, From: h.Hour, To: h.Hour + 1}, func(measure.Row) error {
		reported = true
		return nil
	})
	return reported, err
}

type pendingRow struct {
	Point  int64           `db:"point"`
	Period standard.Period `db:"period"`
	At     int64           `db:"at"`
	Gen    int64           `db:"gen"`
}

// pending judges a batch of what is down to be judged at a time: days that are
// over, and what people have asked for.
func (r *round) pending(ctx context.Context) (more bool, err error) {
	list, err := sqldb.All[pendingRow](ctx, r.db, fmt.Sprintf(`
		SELECT point, period, at, gen
		  FROM judge_pending
		 WHERE ready_at <= $1
		 ORDER BY ready_at, point, at
		 LIMIT %d`, batchPending), r.now.Unix())
	if err != nil {
		return false, err
	}
	failed := r.Failed
	done := 0
	for _, p := range list {
		if p.Period == standard.Day {
			err = r.fill(ctx, p.Point, p.At)
		}
		if err == nil {
			err = r.period(ctx, p.Point, p.Period, p.At, true)
		}
		if err != nil {
			if err = r.failed(ctx, err); err != nil {
				return false, err
			}
			continue
		}
		// A day put down again meanwhile has another generation and stays.
		if err := r.db.InTx(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM judge_pending WHERE point = $1 AND period = $2 AND at = $3 AND gen = $4`,
				p.Point, string(p.Period), p.At, p.Gen)
			return err
		}); err != nil {
			return false, err
		}
		done++
	}
	return done > 0 && r.Failed == failed && len(list) == batchPending, nil
}

// fill judges those hours of a day that have no verdict: nothing came of them,
// and they are unknown.
func (r *round) fill(ctx context.Context, point, day int64) error {
	places, err := r.load(ctx, r.now)
	if err != nil {
		return err
	}
	p := places[point]
	rows, err := sqldb.All[struct {
		At int64 `db:"at"`
	}](ctx, r.db, `
		SELECT DISTINCT at
		  FROM verdicts
		 WHERE point = $1
		   AND period = 'hour'
		   AND at >= $2
		   AND at < $3`, point, day, day+86400)
	if err != nil {
		return err
	}
	have := map[int64]bool{}
	for _, row := range rows {
		have[row.At] = true
	}
	for at := day; at < day+86400; at += 3600 {
		if have[at] || len(p.inForce(standard.Hour, at)) == 0 {
			continue
		}
		if err := r.period(ctx, point, standard.Hour, at, false); err != nil {
			return err
		}
	}
	return nil
}

// period judges one period of a point and stores what comes of it, with
// findings and matters, in one transaction. pend puts the day of an hour down to
// be judged; where the hour is judged for the sake of its day it must not.
func (r *round) period(ctx context.Context, point int64, period standard.Period, at int64, pend bool) (err error) {
	defer fault.Wrap(&err, "point %d, %s of %s", point, period, clock.Unix(at).Format("2006-01-02 15:04"))

	places, err := r.load(ctx, r.now)
	if err != nil {
		return err
	}
	p, ok := places[point]
	if !ok {
		return nil // no pollution source, or withdrawn
	}
	verdicts, err := r.judgePeriod(ctx, p, period, at)
	if err != nil {
		return err
	}
	if period == standard.Hour {
		r.Hours++
	} else {
		r.Days++
	}
	var names map[int64]register.Name
	for i := range verdicts {
		if verdicts[i].Exceeds() && names == nil {
			if names, err = r.register.Names(ctx, platform, p.point.Enterprise, p.point.Outlet); err != nil {
				return err
			}
		}
	}
	changed := 0
	err = r.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if err := lock(ctx, tx, point); err != nil {
			return err
		}
		changes, err := r.save(ctx, tx, point, period, at, verdicts)
		if err != nil {
			return err
		}
		changed = len(changes)
		if err := r.sync(ctx, tx, p, changes, names, r.now); err != nil {
			return err
		}
		if period == standard.Hour && pend && len(p.limits) > 0 {
			return r.pendDay(ctx, tx, point, clock.Day(clock.Unix(at)).Unix())
		}
		return nil
	})
	r.Changed += changed
	return err
}

// lapse brings the state of open episodes up to date that nothing new follows.
func (s *Store) lapse(ctx context.Context, now time.Time) error {
	open, err := sqldb.All[Episode](ctx, s.db, `
		SELECT `+episodeColumns+`
		  FROM episodes
		 WHERE state = 'open'
		   AND last_at < $1
		 ORDER BY last_at
		 LIMIT 1000`, now.Unix()-3600)
	if err != nil {
		return err
	}
	for _, e := range open {
		state, err := s.endingOf(ctx, s.db, &e, now)
		if err != nil {
			return err
		}
		if state != Lapsed {
			continue
		}
		if err := s.db.InTx(ctx, func(tx *sqldb.Tx) error {
			if err := lock(ctx, tx, e.Point); err != nil {
				return err
			}
			if state, err := s.endingOf(ctx, tx, &e, now); err != nil || state != Lapsed {
				return err
			}
			_, err := tx.Exec(ctx, `
				UPDATE episodes
				   SET state      = 'lapsed',
				       updated_at = $1
				 WHERE id = $2
				   AND state = 'open'
				   AND last_at = $3`, tx.Now.Unix(), e.ID, e.Last)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
