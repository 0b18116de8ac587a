package discharge

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// Episode is one stretch of exceedances of a point by one limit.
type Episode struct {
	ID         int64           `db:"id"`
	Key        string          `db:"key"` // natural key of its finding
	Point      int64           `db:"point"`
	Outlet     int64           `db:"outlet"`
	Enterprise int64           `db:"enterprise"`
	Division   access.Division `db:"division"`
	Factor     string          `db:"factor"`
	Limit      int64           `db:"limit_id"`
	Period     standard.Period `db:"period"`
	First      int64           `db:"first_at"` // start of the first exceeding period, unix seconds
	Last       int64           `db:"last_at"`  // start of the last one
	Periods    int64           `db:"periods"`  // exceeding ones
	PeakAt     int64           `db:"peak_at"`
	Peak       string          `db:"peak"`
	Unit       string          `db:"unit"`
	Multiple   string          `db:"multiple"` // of the peak; empty below a minimum
	State      EpisodeState    `db:"state"`
	MergedInto int64           `db:"merged_into"` // id of the episode it was merged into, or 0
	Finding    int64           `db:"finding"`
	Matter     int64           `db:"matter"` // that it opened or was attached to, or 0
	UpdatedAt  int64           `db:"updated_at"`
}

const episodeColumns = `id, key, point, outlet, enterprise, division, factor, limit_id, period, first_at, last_at, periods, peak_at, peak, unit,
		       multiple, state, merged_into, finding, matter, updated_at`

func (e *Episode) live() bool { return e.State == Open || e.State == Cleared || e.State == Lapsed }

// spread is the rejoin and clear setting of a period.
func (s *Store) spread(p standard.Period) (rejoin, clear int) {
	if p == standard.Day {
		return s.settings.RejoinDays, s.settings.ClearDays
	}
	return s.settings.RejoinHours, s.settings.ClearHours
}

// syncing brings the episodes of one point, factor and limit in line with its
// verdicts.
type syncing struct {
	*Store
	tx    *sqldb.Tx
	place place
	names map[int64]register.Name
	v     change // what set it off
	now   time.Time
}

// sync brings episodes, findings and matters in line with changed verdicts.
func (s *Store) sync(ctx context.Context, tx *sqldb.Tx, p place, changes []change, names map[int64]register.Name, now time.Time) error {
	if len(changes) == 0 {
		return nil
	}
	first := changes[0].new
	rejoin, clear := s.spread(first.Period)
	reach := int64(max(rejoin, clear)+1) * step(first.Period)
	near, err := sqldb.All[Episode](ctx, tx, `
		SELECT `+episodeColumns+`
		  FROM episodes
		 WHERE point = $1
		   AND period = $2
		   AND last_at >= $3
		   AND first_at <= $4`, first.Point, string(first.Period), first.At-reach, first.At+reach)
	if err != nil {
		return err
	}
	for _, c := range changes {
		touched := slices.ContainsFunc(near, func(e Episode) bool { return e.Factor == c.new.Factor && e.Limit == c.new.Limit })
		if !c.new.Exceeds() && !touched {
			continue
		}
		y := syncing{s, tx, p, names, c, now}
		if err := y.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (y *syncing) run(ctx context.Context) error {
	spans, lo, hi, err := y.spans(ctx)
	if err != nil {
		return err
	}
	known, err := y.episodes(ctx, lo, hi)
	if err != nil {
		return err
	}
	primaries, rest := assign(spans, known)
	for i, span := range spans {
		if primaries[i], err = y.grow(ctx, span, primaries[i]); err != nil {
			return err
		}
	}
	for _, e := range rest {
		if err := y.lose(ctx, e, spans, primaries); err != nil {
			return err
		}
	}
	return nil
}

// spans returns the spans of exceeding periods in reach of the change, each
// whole, and the times between which they were looked for.
func (y *syncing) spans(ctx context.Context) (spans []Span, lo, hi int64, err error) {
	v := y.v.new
	rejoin, clear := y.spread(v.Period)
	size := step(v.Period)
	reach := int64(max(rejoin, clear)+1) * size
	lo, hi = v.At-reach, v.At+reach
	for {
		rows, err := sqldb.All[struct {
			At int64 `db:"at"`
		}](ctx, y.tx, `
			SELECT at
			  FROM verdicts
			 WHERE point = $1
			   AND factor = $2
			   AND limit_id = $3
			   AND period = $4
			   AND at >= $5
			   AND at <= $6
			   AND verdict = 'exceeds'
			   AND suppressed = 0
			 ORDER BY at`, v.Point, v.Factor, v.Limit, string(v.Period), lo, hi)
		if err != nil {
			return nil, 0, 0, err
		}
		all := make([]int64, len(rows))
		for i, r := range rows {
			all[i] = r.At
		}
		// A span is whole when nothing exceeds for a reach beyond it.
		if len(all) > 0 && (all[0]-reach < lo || all[len(all)-1]+reach > hi) {
			lo, hi = min(lo, all[0]-reach), max(hi, all[len(all)-1]+reach)
			continue
		}
		return Spans(all, size, rejoin), lo, hi, nil
	}
}

func (y *syncing) episodes(ctx context.Context, lo, hi int64) ([]*Episode, error) {
	v := y.v.new
	rows, err := sqldb.All[Episode](ctx, y.tx, `
		SELECT `+episodeColumns+`
		  FROM episodes
		 WHERE point = $1
		   AND period = $2
		   AND last_at >= $3
		   AND first_at <= $4
		   AND factor = $5
		   AND limit_id = $6
		 ORDER BY first_at, id`, v.Point, string(v.Period), lo, hi, v.Factor, v.Limit)
	all := make([]*Episode, len(rows))
	for i := range rows {
		all[i] = &rows[i]
	}
	return all, err
}

// assign gives each span the episode that goes on in it: the earliest living
// one that touches it, else one that had been void or merged. rest are the
// episodes that no span has taken.
func assign(spans []Span, known []*Episode) (primaries []*Episode, rest []*Episode) {
	taken := map[*Episode]bool{}
	primaries = make([]*Episode, len(spans))
	for _, living := range []bool{true, false} {
		for i, span := range spans {
			for _, e := range known {
				if primaries[i] == nil && !taken[e] && e.live() == living && touches(e, span) {
					primaries[i], taken[e] = e, true
				}
			}
		}
	}
	for _, e := range known {
		if !taken[e] {
			rest = append(rest, e)
		}
	}
	return primaries, rest
}

func touches(e *Episode, s Span) bool { return e.First <= s.Last() && e.Last >= s.First() }

// grow makes e, or a new episode where it is nil, that of span, and tells its
// finding the periods that are new to it.
func (y *syncing) grow(ctx context.Context, span Span, e *Episode) (*Episode, error) {
	verdicts, err := y.verdicts(ctx, span.First(), span.Last())
	if err != nil {
		return nil, err
	}
	fresh := e == nil
	if fresh {
		if e, err = y.fresh(ctx, span); err != nil {
			return nil, err
		}
	}
	was := *e
	peak := worst(verdicts)
	e.First, e.Last, e.Periods, e.MergedInto = span.First(), span.Last(), int64(len(span)), 0
	e.PeakAt, e.Peak, e.Unit, e.Multiple = peak.At, peak.Value, peak.Unit, peak.Multiple
	if e.State, err = y.endingOf(ctx, y.tx, e, y.now); err != nil {
		return nil, err
	}
	if fresh {
		if err := y.insert(ctx, e); err != nil {
			return nil, err
		}
	}
	if err := y.tellPeriods(ctx, &was, e, verdicts, fresh); err != nil {
		return nil, err
	}
	if err := y.tellState(ctx, &was, e, fresh); err != nil {
		return nil, err
	}
	return e, y.update(ctx, e)
}

// tellPeriods gives the finding of e what it has not been told.
func (y *syncing) tellPeriods(ctx context.Context, was, e *Episode, verdicts []Verdict, fresh bool) error {
	inside := func(at int64) bool { return !fresh && at >= was.First && at <= was.Last }
	for _, v := range verdicts {
		if inside(v.At) && was.live() && v.At != y.v.new.At {
			continue // told before
		}
		if err := y.tell(ctx, e, v); err != nil {
			return err
		}
	}
	if n := y.v.new; inside(n.At) && y.lost() {
		return y.retell(ctx, e, n, true)
	}
	return nil
}

// lost reports whether the change took back an exceedance.
func (y *syncing) lost() bool { return y.v.old != nil && y.v.old.Exceeds() && !y.v.new.Exceeds() }

// tellState says on the matter of e what its state has come to.
func (y *syncing) tellState(ctx context.Context, was, e *Episode, fresh bool) error {
	switch {
	case e.State == Cleared && (fresh || was.State != Cleared || was.Last != e.Last):
		_, clear := y.spread(e.Period)
		word := "小时"
		if e.Period == standard.Day {
			word = "日"
		}
		return y.note(ctx, e, fmt.Sprintf("cleared/%d", e.Last), y.now.Unix(),
			fmt.Sprintf("%s已恢复达标：最后一个超标时段为 %s，其后连续 %d 个%s均值达标。", y.subject(e), moment(e.Period, e.Last), clear, word))
	case was.State == Void && e.live():
		return y.note(ctx, e, fmt.Sprintf("again/%d/%d", y.v.new.At, y.v.new.Revision), y.now.Unix(),
			fmt.Sprintf("%s经再次判定，%s 超标。", y.subject(e), moment(e.Period, y.v.new.At)))
	}
	return nil
}

// lose is for an episode that no span has taken: it was joined to another, or
// nothing in it exceeds any more.
func (y *syncing) lose(ctx context.Context, e *Episode, spans []Span, primaries []*Episode) error {
	if !e.live() {
		return nil
	}
	if n := y.v.new; y.lost() && n.At >= e.First && n.At <= e.Last {
		if err := y.retell(ctx, e, n, false); err != nil {
			return err
		}
	}
	for i, span := range spans {
		if !touches(e, span) {
			continue
		}
		into := primaries[i]
		e.State, e.MergedInto = Merged, into.ID
		if err := y.update(ctx, e); err != nil {
			return err
		}
		joined := fmt.Sprintf("补传的数据表明，%s 起的超标与 %s 起的超标属于同一次，原另立的线索（编号%d）已并入线索（编号%d）",
			moment(e.Period, e.First), moment(e.Period, into.First), e.Finding, into.Finding)
		if e.Matter == into.Matter {
			return y.note(ctx, e, fmt.Sprintf("merged/%d", into.ID), y.now.Unix(), joined+"。")
		}
		if err := y.note(ctx, into, fmt.Sprintf("joined/%d", e.ID), y.now.Unix(), joined+"。"); err != nil {
			return err
		}
		return y.note(ctx, e, fmt.Sprintf("merged/%d", into.ID), y.now.Unix(), joined+"；本事项如何处理请人工决定。")
	}
	e.State = Void
	if err := y.update(ctx, e); err != nil {
		return err
	}
	return y.note(ctx, e, fmt.Sprintf("void/%d/%d", y.v.new.At, y.v.new.Revision), y.now.Unix(),
		fmt.Sprintf("%s%s，原因：%s。本事项如何处理请人工决定。", y.subject(e), gone, reason(y.v.new)))
}

// reason says why a verdict is no longer an exceedance.
func reason(v Verdict) string {
	switch {
	case v.Suppressed != 0:
		return "该时段已暂停预警"
	case v.Verdict == standard.Meets:
		return "更正后的数据达标（" + v.Arithmetic + "）"
	}
	return v.Issue.Text()
}

// fresh returns a new episode for span.
func (y *syncing) fresh(ctx context.Context, span Span) (*Episode, error) {
	v := y.v.new
	e := &Episode{ID: sqldb.NewID(), Point: v.Point, Outlet: v.Outlet, Enterprise: v.Enterprise, Division: v.Division, Factor: v.Factor, Limit: v.Limit,
		Period: v.Period, State: Open}
	base := fmt.Sprintf("%d|%s|%d|%s|%d", v.Point, v.Factor, v.Limit, v.Period, span.First())
	for n := 1; ; n++ {
		e.Key = base
		if n > 1 { // an episode that began then has since moved on
			e.Key = fmt.Sprintf("%s|%d", base, n)
		}
		_, taken, err := sqldb.Value[int64](ctx, y.tx, `SELECT id FROM episodes WHERE key = $1`, e.Key)
		if err != nil || !taken {
			return e, err
		}
	}
}

// verdicts returns the exceeding verdicts from first to last.
func (y *syncing) verdicts(ctx context.Context, first, last int64) ([]Verdict, error) {
	v := y.v.new
	return sqldb.All[Verdict](ctx, y.tx, `
		SELECT `+verdictColumns+`
		  FROM verdicts
		 WHERE point = $1
		   AND factor = $2
		   AND limit_id = $3
		   AND period = $4
		   AND at >= $5
		   AND at <= $6
		   AND verdict = 'exceeds'
		   AND suppressed = 0
		 ORDER BY at`, v.Point, v.Factor, v.Limit, string(v.Period), first, last)
}

// worst returns the verdict furthest beyond its limit, the earlier of equals.
func worst(all []Verdict) Verdict {
	peak := all[0]
	var most standard.Exact
	for _, v := range all {
		var x standard.Exact
		if err := x.UnmarshalText([]byte(v.Severity)); err != nil || !x.IsSet() {
			continue
		}
		if !most.IsSet() || x.Cmp(most) > 0 {
			most, peak = x, v
		}
	}
	return peak
}

// endingOf tells the state of e from the verdicts that follow it.
func (s *Store) endingOf(ctx context.Context, q sqldb.Querier, e *Episode, now time.Time) (EpisodeState, error) {
	rejoin, clear := s.spread(e.Period)
	size := step(e.Period)
	rows, err := sqldb.All[Verdict](ctx, q, `
		SELECT at, verdict
		  FROM verdicts
		 WHERE point = $1
		   AND factor = $2
		   AND limit_id = $3
		   AND period = $4
		   AND at > $5
		   AND at <= $6`, e.Point, e.Factor, e.Limit, string(e.Period), e.Last, e.Last+int64(max(rejoin, clear))*size)
	verdicts := map[int64]standard.Verdict{}
	for _, r := range rows {
		verdicts[r.At] = r.Verdict
	}
	grace := s.settings.HourGrace
	if e.Period == standard.Day {
		grace = s.settings.DayGrace
	}
	return Ending(e.Last, verdicts, size, rejoin, clear, now.Add(-grace).Unix()), err
}

func (y *syncing) insert(ctx context.Context, e *Episode) error {
	return y.tx.ExecOne(ctx, `
		INSERT INTO episodes (`+episodeColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		e.ID, e.Key, e.Point, e.Outlet, e.Enterprise, string(e.Division), e.Factor, e.Limit, string(e.Period), e.First, e.Last, e.Periods, e.PeakAt,
		e.Peak, e.Unit, e.Multiple, string(e.State), e.MergedInto, e.Finding, e.Matter, y.tx.Now.Unix())
}

func (y *syncing) update(ctx context.Context, e *Episode) error {
	return y.tx.ExecOne(ctx, `
		UPDATE episodes
		   SET first_at    = $1,
		       last_at     = $2,
		       periods     = $3,
		       peak_at     = $4,
		       peak        = $5,
		       unit        = $6,
		       multiple    = $7,
		       state       = $8,
		       merged_into = $9,
		       finding     = $10,
		       matter      = $11,
		       updated_at  = $12
		 WHERE id = $13`,
		e.First, e.Last, e.Periods, e.PeakAt, e.Peak, e.Unit, e.Multiple, string(e.State), e.MergedInto, e.Finding, e.Matter, y.tx.Now.Unix(), e.ID)
}
