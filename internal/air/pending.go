package air

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// What waits to be reckoned.
const (
	pendHour  = "hour"  // an hour of a station that has something new
	pendWhole = "whole" // a day of a station that people want again, from its readings on
	pendDay   = "day"   // a day of a station, from its hours
	pendCity  = "city"  // a day of a division, from its stations
)

// causeReadings is the cause of what follows from readings that arrived or were
// corrected. Others are import/ID and recompute/ID, whose reasons the journal has.
const causeReadings = "readings"

// pend is one thing that waits.
type pend struct {
	Kind    string `db:"kind"`
	Subject string `db:"subject"` // id of a station, or code of a division
	At      int64  `db:"at"`
	ReadyAt int64  `db:"ready_at"`
	Gen     int64  `db:"gen"`
	Cause   string `db:"cause"`
}

func (p *pend) station() int64 {
	id, _ := strconv.ParseInt(p.Subject, 10, 64)
	return id
}

// put notes what waits, each with a new generation, so that a worker that has
// taken up the one before leaves this one standing. The sooner of two times
// holds, and a cause that names an act of people.
func put(ctx context.Context, tx *sqldb.Tx, all []pend) error {
	if len(all) == 0 {
		return nil
	}
	// In one order everywhere, so that no two transactions wait for each other.
	slices.SortFunc(all, func(a, b pend) int {
		if c := strings.Compare(a.Kind, b.Kind); c != 0 {
			return c
		}
		if c := strings.Compare(a.Subject, b.Subject); c != 0 {
			return c
		}
		return int(max(-1, min(1, a.At-b.At)))
	})
	stmt, err := tx.Prepare(ctx, `
		INSERT INTO air_pending (kind, subject, at, ready_at, gen, cause)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (kind, subject, at) DO UPDATE
		   SET gen      = excluded.gen,
		       ready_at = CASE WHEN excluded.ready_at < air_pending.ready_at THEN excluded.ready_at ELSE air_pending.ready_at END,
		       cause    = CASE WHEN excluded.cause = '`+causeReadings+`' THEN air_pending.cause ELSE excluded.cause END`)
	if err != nil {
		return err
	}
	defer stmt.Close()
	gen := sqldb.NewID()
	for _, p := range all {
		if _, err := stmt.ExecContext(ctx, p.Kind, p.Subject, p.At, p.ReadyAt, gen, p.Cause); err != nil {
			return err
		}
	}
	return nil
}

// take removes one thing that waits, and reports whether it still stood as it was
// read. Where it does not, somebody else has done it or something newer came.
func take(ctx context.Context, tx *sqldb.Tx, p pend) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM air_pending WHERE kind = $1 AND subject = $2 AND at = $3 AND gen = $4`, p.Kind, p.Subject, p.At, p.Gen)
	return n == 1, err
}

// Touched notes durably that hours of points have something new, for Reckon to
// take up. Points that are no air station's are passed over. Once it has returned
// the hours may be taken off measure's list. Doing it twice is harmless.
func (s *Store) Touched(ctx context.Context, hours []measure.DirtyHour) (err error) {
	defer fault.Wrap(&err, "air.Touched(%d hours)", len(hours))

	net, err := s.load(ctx, s.now())
	if err != nil {
		return err
	}
	var all []pend
	for _, h := range hours {
		for _, st := range net.byPoint[h.Point] {
			ready := h.Hour + 3600
			if h.Point != measure.Point(st.ID) {
				ready += int64(s.settings.HourGrace / time.Second)
			}
			all = append(all, pend{Kind: pendHour, Subject: strconv.FormatInt(st.ID, 10), At: h.Hour, ReadyAt: ready, Cause: causeReadings})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error { return put(ctx, tx, slices.Clone(all)) })
}

// maxRecompute is how many days of stations one call may ask for again.
const maxRecompute = 200_000

// Recompute lets Reckon make hours and days of the stations in by's scope again,
// both days included, from their readings on and by the standards and registers of
// now. What comes out otherwise is a new revision that names this act. It returns
// how many days of stations wait.
//
// The error is fault.Denied with neither figure.correct nor point.edit, fault.Invalid without a reason or
// for a span that is none or too long.
func (s *Store) Recompute(ctx context.Context, by access.Caller, from, to standard.Date, reason string) (n int, err error) {
	defer fault.Wrap(&err, "air.Recompute(%s, %s)", from, to)
	if !by.May("figure.correct") {
		if err := by.Must("point.edit"); err != nil {
			return 0, err
		}
	}
	first, last := dayStart(from), dayStart(to)
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return 0, fault.New(fault.Invalid, "请写明重新计算的原因")
	case first == 0 || last == 0 || last < first:
		return 0, fault.New(fault.Invalid, "重新计算的起止日期不对：%s 至 %s", from, to)
	}
	var all []pend
	id := sqldb.NewID()
	cause := fmt.Sprintf("recompute/%d", id)
	for _, state := range registerStates {
		stations, err := s.stations(ctx, by, state)
		if err != nil {
			return 0, err
		}
		for _, st := range stations {
			for at := first; at <= last; at += 86400 {
				if all = append(all, pend{Kind: pendWhole, Subject: strconv.FormatInt(st.ID, 10), At: at, Cause: cause}); len(all) > maxRecompute {
					return 0, fault.New(fault.Invalid, "一次最多重新计算 %d 个站点日，请缩短起止日期", maxRecompute)
				}
			}
		}
	}
	if len(all) == 0 {
		return 0, fault.New(fault.NotFound, "您的范围内没有空气站点")
	}
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if err := put(ctx, tx, slices.Clone(all)); err != nil {
			return err
		}
		return journal.Append(ctx, tx, by.Entry("air.recompute", cause, map[string]any{"from": from, "to": to, "reason": reason, "days": len(all)}))
	})
	return len(all), err
}

// Waiting is how many hours, days and days of divisions are ready at now and wait
// to be reckoned.
func (s *Store) Waiting(ctx context.Context, now time.Time) (_ int64, err error) {
	defer fault.Wrap(&err, "air.Waiting")
	n, _, err := sqldb.Value[int64](ctx, s.db, `SELECT COUNT(*) FROM air_pending WHERE ready_at <= $1`, now.Unix())
	return n, err
}
