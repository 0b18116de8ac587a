package discharge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
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
	batchStored  = 64  // in one transaction: each costs the disk a flush
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
	for batch := range slices.Chunk(list, batchStored) {
		some, err := r.hours(ctx, batch)
		done = append(done, some...)
		if err != nil {
			return false, errors.Join(err, r.readings.Judged(ctx, done))
		}
	}
	// What failed would come again in the next batch of this round.
	return len(done) > 0 && r.Failed == failed && len(list) == batchDirty, r.readings.Judged(ctx, done)
}

// hours judges those hours of a list that are ready, and returns those that are
// done with. The error is about the whole machine, not about one of them.
func (r *round) hours(ctx context.Context, list []measure.DirtyHour) (done []measure.DirtyHour, err error) {
	places, err := r.load(ctx, r.now)
	if err != nil {
		return nil, err
	}
	var all []judged
	var others []measure.DirtyHour
	for _, h := range list {
		if _, mine := places[int64(h.Point)]; !mine {
			others = append(others, h)
			continue
		}
		ready, err := r.ready(ctx, h)
		if err != nil {
			return nil, err
		}
		if !ready {
			r.Waiting++
			continue
		}
		j, err := r.judge(ctx, int64(h.Point), standard.Hour, h.Hour)
		if err != nil {
			if err := r.failed(ctx, err); err != nil {
				return nil, err
			}
			continue
		}
		j.dirty, j.pend = h, true
		all = append(all, j)
	}
	if r.others != nil && len(others) > 0 {
		if err := r.others(ctx, others); err != nil {
			return nil, err
		}
	}
	done = append(done, others...)
	// In one order everywhere, so that two workers do not wait for each other.
	slices.SortFunc(all, func(a, b judged) int { return cmp.Or(cmp.Compare(a.point, b.point), cmp.Compare(a.at, b.at)) })
	whole := r.store(ctx, all)
	for i := range all {
		if whole != nil { // find out which of them it was
			if err := r.store(ctx, all[i:i+1]); err != nil {
				if err := r.failed(ctx, err); err != nil {
					return done, err
				}
				continue
			}
		}
		done = append(done, all[i].dirty)
	}
	return done, nil
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
			err = r.again(ctx, p)
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

// again judges a period that is down to be judged. An hour among them, which
// people have asked for, puts its day down as well.
func (r *round) again(ctx context.Context, p pendingRow) error {
	j, err := r.judge(ctx, p.Point, p.Period, p.At)
	if err != nil {
		return err
	}
	j.pend = p.Period == standard.Hour
	return r.store(ctx, []judged{j})
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
		if err := r.period(ctx, point, standard.Hour, at); err != nil {
			return err
		}
	}
	return nil
}

// judged is one period of a point with what came of judging it.
type judged struct {
	place    place // zero where the point is no pollution source, or withdrawn
	point    int64
	period   standard.Period
	at       int64
	verdicts []Verdict
	names    map[int64]register.Name // for what exceeds
	pend     bool                    // puts the day of an hour down to be judged
	dirty    measure.DirtyHour
}

// period judges one period of a point and stores what comes of it.
func (r *round) period(ctx context.Context, point int64, period standard.Period, at int64) error {
	j, err := r.judge(ctx, point, period, at)
	if err != nil {
		return err
	}
	return r.store(ctx, []judged{j})
}

// judge judges one period of a point. It writes nothing.
func (r *round) judge(ctx context.Context, point int64, period standard.Period, at int64) (j judged, err error) {
	defer wrapPeriod(&err, point, period, at)

	j = judged{point: point, period: period, at: at}
	places, err := r.load(ctx, r.now)
	if err != nil {
		return j, err
	}
	p, ok := places[point]
	if !ok {
		return j, nil
	}
	j.place = p
	ctx = measure.Once(ctx)
	if j.verdicts, err = r.judgePeriod(ctx, p, period, at); err != nil {
		return j, err
	}
	if period == standard.Hour {
		r.Hours++
	} else {
		r.Days++
	}
	if slices.ContainsFunc(j.verdicts, func(v Verdict) bool { return v.Exceeds() }) {
		j.names, err = r.register.Names(ctx, platform, p.point.Enterprise, p.point.Outlet)
	}
	return j, err
}

func wrapPeriod(err *error, point int64, period standard.Period, at int64) {
	fault.Wrap(err, "point %d, %s of %s", point, period, clock.Unix(at).Format("2006-01-02 15:04"))
}

// store writes what came of judging, with findings and matters, in one
// transaction.
func (r *round) store(ctx context.Context, all []judged) error {
	changed := 0
	err := r.db.InTx(ctx, func(tx *sqldb.Tx) error {
		changed = 0
		for _, j := range all {
			n, err := r.storeOne(ctx, tx, j)
			if err != nil {
				return err
			}
			changed += n
		}
		return nil
	})
	if err == nil {
		r.Changed += changed
	}
	return err
}

func (r *round) storeOne(ctx context.Context, tx *sqldb.Tx, j judged) (changed int, err error) {
	defer wrapPeriod(&err, j.point, j.period, j.at)

	if j.place.point.ID == 0 {
		return 0, nil
	}
	if err := lock(ctx, tx, j.point); err != nil {
		return 0, err
	}
	changes, err := r.save(ctx, tx, j.point, j.period, j.at, j.verdicts)
	if err != nil {
		return 0, err
	}
	if err := r.sync(ctx, tx, j.place, changes, j.names, r.now); err != nil {
		return 0, err
	}
	if j.pend && len(j.place.limits) > 0 {
		return len(changes), r.pendDay(ctx, tx, j.point, clock.Day(clock.Unix(j.at)).Unix())
	}
	return len(changes), nil
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
