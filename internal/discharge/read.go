package discharge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// PointState is how a point stands now.
type PointState struct {
	Point    int64
	State    State
	Reason   string    // why unknown or offline
	Since    time.Time // since when, as far as it was watched; zero when it was not
	Received time.Time // when the last message came; zero for never
	At       time.Time // time of the newest reading; an instrument's clock may be wrong
	Hour     time.Time // the hour that Verdicts are of; zero when there are none
	// Verdicts are those on the last complete hour, by factor; where only day
	// means are limited, those on the last complete day.
	Verdicts []Verdict
}

// States returns how each point of a pollution source in by's scope stands at
// now, by point. Points that are not among sources, such as air stations, are
// not in it.
//
// The error is fault.Denied without monitor.read.
func (s *Store) States(ctx context.Context, by access.Caller, now time.Time) (_ []PointState, err error) {
	defer fault.Wrap(&err, "discharge.States")
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	places, err := s.load(ctx, now)
	if err != nil {
		return nil, err
	}
	var ids []measure.Point
	for id, p := range places {
		if by.Scope.Sees(p.point.Division, p.point.Enterprise) {
			ids = append(ids, measure.Point(id))
		}
	}
	slices.Sort(ids)
	latest, err := s.readings.Latest(ctx, ids...)
	if err != nil {
		return nil, err
	}
	received, newest := map[int64]int64{}, map[int64]int64{}
	for _, r := range latest {
		id := int64(r.Point)
		newest[id] = max(newest[id], r.At)
		for _, row := range r.Rows {
			received[id] = max(received[id], row.Received)
		}
	}
	recent, err := s.recent(ctx, by, now)
	if err != nil {
		return nil, err
	}
	since, err := s.since(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]PointState, 0, len(ids))
	for _, id := range ids {
		p := places[int64(id)]
		st := s.pointState(p, received[p.point.ID], recent[p.point.ID], now)
		if at := newest[p.point.ID]; at != 0 {
			st.At = clock.Unix(at)
		}
		if w, ok := since[p.point.ID]; ok && w.State == st.State {
			st.Since = clock.Unix(w.Since)
		}
		all = append(all, st)
	}
	return all, nil
}

// pointState puts together what is known of one point.
func (s *Store) pointState(p place, received int64, recent []Verdict, now time.Time) PointState {
	st := PointState{Point: p.point.ID}
	if received != 0 {
		st.Received = clock.Unix(received)
	}
	hour := lastComplete(now, s.settings)
	period, at := standard.Hour, hour
	if len(p.inForce(standard.Hour, hour)) == 0 && len(p.inForce(standard.Day, hour)) > 0 {
		period, at = standard.Day, s.lastDay(now)
	}
	for _, v := range recent { // newest first
		if v.Period != period || v.At < at || v.Issue == standard.NotInForce {
			continue
		}
		if len(st.Verdicts) > 0 && v.At != st.Verdicts[0].At {
			break
		}
		st.Verdicts = append(st.Verdicts, v)
	}
	if len(st.Verdicts) > 0 {
		st.Hour = clock.Unix(st.Verdicts[0].At)
	}
	limits := len(p.inForce(period, at)) > 0
	st.State, st.Reason = stateOf(received, at, st.Verdicts, limits, now, s.settings)
	return st
}

// lastDay returns the start of the last day that must have been judged at now.
func (s *Store) lastDay(now time.Time) int64 {
	return clock.Day(now.Add(-s.settings.DayGrace-judgingTakes)).AddDate(0, 0, -1).Unix()
}

// recent returns the verdicts in by's scope that may be on the last complete
// period, by point, the newest first.
func (s *Store) recent(ctx context.Context, by access.Caller, now time.Time) (map[int64][]Verdict, error) {
	cond, args := by.Scope.Where("division", "enterprise", 3)
	rows, err := sqldb.All[Verdict](ctx, s.db, `
		SELECT `+verdictColumns+`
		  FROM verdicts
		 WHERE (period = 'hour' AND at >= $1 OR period = 'day' AND at >= $2)
		   AND `+cond+`
		 ORDER BY at DESC, factor, limit_id`, append([]any{lastComplete(now, s.settings), s.lastDay(now)}, args...)...)
	all := map[int64][]Verdict{}
	for _, v := range rows {
		all[v.Point] = append(all[v.Point], v)
	}
	return all, err
}

type watched struct {
	Point int64 `db:"point"`
	State State `db:"state"`
	Since int64 `db:"since_at"`
}

func (s *Store) since(ctx context.Context) (map[int64]watched, error) {
	rows, err := sqldb.All[watched](ctx, s.db, `SELECT point, state, since_at FROM point_states`)
	all := map[int64]watched{}
	for _, r := range rows {
		all[r.Point] = r
	}
	return all, err
}

// Watch notes which points have come to another state at now, so that States
// can say since when. It returns how many have.
func (s *Store) Watch(ctx context.Context, now time.Time) (changed int, err error) {
	defer fault.Wrap(&err, "discharge.Watch")

	states, err := s.States(ctx, access.Platform("monitor.read"), now)
	if err != nil {
		return 0, err
	}
	before, err := s.since(ctx)
	if err != nil {
		return 0, err
	}
	return changed, s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		changed = 0
		for _, st := range states {
			if w, ok := before[st.Point]; ok && w.State == st.State {
				continue
			}
			since := now.Unix()
			switch {
			case st.State == StateOffline && !st.Received.IsZero():
				since = st.Received.Unix()
			case len(st.Verdicts) > 0 && st.State != StateOffline:
				since = st.Verdicts[0].At
			}
			n, err := tx.Exec(ctx, `
				INSERT INTO point_states (point, state, since_at, updated_at)
				VALUES ($1, $2, $3, $4)
				ON CONFLICT (point) DO UPDATE
				   SET state      = excluded.state,
				       since_at   = excluded.since_at,
				       updated_at = excluded.updated_at
				 WHERE point_states.state <> excluded.state`, st.Point, string(st.State), since, now.Unix())
			if err != nil {
				return err
			}
			changed += int(n)
		}
		return nil
	})
}

// VerdictQuery says which verdicts Verdicts returns.
type VerdictQuery struct {
	Point  int64
	Period standard.Period // empty for both
	Factor string          // empty for all
	From   time.Time
	To     time.Time // not included
	// Old asks for the superseded revisions too, which follow the current ones.
	Old bool
}

// Verdicts returns verdicts on a point in by's scope, by time, factor and limit:
// the strip of hours of a day, the table below a curve. A period without one is
// unknown. At most 5,000 come; ask for a shorter time for the rest.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Verdicts(ctx context.Context, by access.Caller, q VerdictQuery) (all []Verdict, err error) {
	defer fault.Wrap(&err, "discharge.Verdicts(point %d)", q.Point)
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	tables := []string{"verdicts"}
	if q.Old {
		tables = append(tables, "verdict_history")
	}
	for _, table := range tables {
		cond, args := by.Scope.Where("division", "enterprise", 6)
		rows, err := sqldb.All[Verdict](ctx, s.db, `
			SELECT `+verdictColumns+`
			  FROM `+table+`
			 WHERE point = $1
			   AND at >= $2
			   AND at < $3
			   AND ($4 = '' OR period = $4)
			   AND ($5 = '' OR factor = $5)
			   AND `+cond+`
			 ORDER BY at, factor, limit_id, period, revision
			 LIMIT 5000`, append([]any{q.Point, q.From.Unix(), q.To.Unix(), string(q.Period), q.Factor}, args...)...)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

// EpisodeQuery says which episodes Episodes returns.
type EpisodeQuery struct {
	Point   int64
	Outlet  int64
	Finding int64
	Matter  int64 // every episode handled by a matter, those attached to it too
	Live    bool  // neither void nor merged
	Running bool  // open only
	N       int   // 100 unless set
}

// Episodes returns episodes in by's scope, the latest first.
//
// The error is fault.Denied without finding.read.
func (s *Store) Episodes(ctx context.Context, by access.Caller, q EpisodeQuery) (_ []Episode, err error) {
	defer fault.Wrap(&err, "discharge.Episodes")
	if err := by.Must("finding.read"); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("division", "enterprise", 1)
	where := []string{cond}
	for _, c := range []struct {
		column string
		value  int64
	}{{"point", q.Point}, {"outlet", q.Outlet}, {"finding", q.Finding}, {"matter", q.Matter}} {
		if c.value != 0 {
			args = append(args, c.value)
			where = append(where, fmt.Sprintf("%s = $%d", c.column, len(args)))
		}
	}
	if q.Live {
		where = append(where, "state NOT IN ('void', 'merged')")
	}
	if q.Running {
		where = append(where, "state = 'open'")
	}
	if q.N <= 0 {
		q.N = 100
	}
	return sqldb.All[Episode](ctx, s.db, fmt.Sprintf(`
		SELECT `+episodeColumns+`
		  FROM episodes
		 WHERE %s
		 ORDER BY last_at DESC, id DESC
		 LIMIT %d`, strings.Join(where, "\n		   AND "), min(q.N, 1000)), args...)
}
