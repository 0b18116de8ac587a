package discharge

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/matter"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// tell gives the finding of e one exceeding period, opening finding and matter
// with the first.
func (y *syncing) tell(ctx context.Context, e *Episode, v Verdict) error {
	f, err := y.finding(e, v)
	if err != nil {
		return err
	}
	f.Peak, f.Unit, f.Times = v.Value, v.Unit, v.Multiple
	if e.Finding != 0 {
		if _, _, err := y.matters.FindTx(ctx, y.tx, platform, f); err != nil {
			return err
		}
		return y.noteDeadline(ctx, e, v)
	}
	other, err := y.other(ctx, e)
	if err != nil {
		return err
	}
	var found matter.Finding
	if other != 0 {
		found, _, err = y.matters.FindTx(ctx, y.tx, platform, f)
	} else {
		found, _, err = y.matters.ReportTx(ctx, y.tx, platform, f, Playbook)
	}
	if err != nil {
		return err
	}
	e.Finding, e.Matter = found.ID, int64(found.Matter)
	if other != 0 {
		e.Matter = other
		if err := y.note(ctx, e, "attached", y.now.Unix(),
			fmt.Sprintf("同一排污口同一因子另有超标：%s（%s，%s），线索编号%d，一并办理。", f.Title, moment(v.Period, v.At), v.Arithmetic, found.ID)); err != nil {
			return err
		}
	}
	return y.noteDeadline(ctx, e, v)
}

// noteDeadline lets the matter know, once a factor and day, when the day of v
// can be marked no longer.
func (y *syncing) noteDeadline(ctx context.Context, e *Episode, v Verdict) error {
	if e.Matter == 0 {
		return nil
	}
	day, deadline := clock.Unix(v.At), y.markingDeadline(v.At)
	key := fmt.Sprintf("%s%d/%s/%s", deadlineNote, e.Matter, v.Factor, day.Format(time.DateOnly))
	_, name := y.limit(v)
	return y.put(ctx, e, key, deadline, fmt.Sprintf(
		"%s %s数据的标记时限（%s）已过，没有使其不再作为判定依据的标记；按标记规则视为对数据有效性无异议（待核实）。",
		day.Format("1月2日"), name, clock.Unix(deadline).Format("1月2日15时")))
}

// retell tells the finding of e that a period of it no longer exceeds.
func (y *syncing) retell(ctx context.Context, e *Episode, v Verdict, note bool) error {
	if e.Finding == 0 {
		return nil
	}
	f, err := y.finding(e, v)
	if err != nil {
		return err
	}
	f.Unit = v.Unit
	if _, _, err := y.matters.FindTx(ctx, y.tx, platform, f); err != nil || !note {
		return err
	}
	return y.note(ctx, e, fmt.Sprintf("gone/%d/%d", v.At, v.Revision), y.now.Unix(),
		fmt.Sprintf("%s：%s%s，原因：%s。原判定已保留。", y.subject(e), moment(v.Period, v.At), gone, reason(v)))
}

// finding returns one period of the finding of e.
func (y *syncing) finding(e *Episode, v Verdict) (matter.Finding, error) {
	l, name := y.limit(v)
	facts, err := json.Marshal(y.facts(v, name, l.Basis))
	return matter.Finding{
		Key: e.Key, Kind: KindExceedance, Division: v.Division, Enterprise: v.Enterprise, Outlet: v.Outlet, Point: v.Point,
		Title: title(y.names, v, name), Facts: facts, At: clock.Unix(e.First), LastAt: clock.Unix(v.At),
	}, err
}

// limit returns the limit of v and the name of its factor.
func (y *syncing) limit(v Verdict) (register.Limit, string) {
	for _, l := range y.place.limits {
		if l.ID == v.Limit {
			if l.FactorName != "" {
				return l, l.FactorName
			}
			return l, v.Factor
		}
	}
	return register.Limit{}, v.Factor
}

func (y *syncing) subject(e *Episode) string {
	_, name := y.limit(Verdict{Limit: e.Limit, Factor: e.Factor})
	return name + e.Period.Name()
}

// other returns the open matter on which the same outlet and factor are being
// handled already for one of the days of e, or 0.
func (y *syncing) other(ctx context.Context, e *Episode) (int64, error) {
	first := clock.Day(clock.Unix(e.First)).Unix()
	end := clock.Day(clock.Unix(e.Last)).AddDate(0, 0, 1).Unix()
	rows, err := sqldb.All[Episode](ctx, y.tx, `
		SELECT `+episodeColumns+`
		  FROM episodes
		 WHERE outlet = $1
		   AND factor = $2
		   AND last_at >= $3
		   AND first_at < $4
		   AND id <> $5
		   AND matter <> 0
		 ORDER BY id`, e.Outlet, e.Factor, first, end, e.ID)
	if err != nil {
		return 0, err
	}
	for _, o := range rows {
		if !o.live() {
			continue
		}
		m, err := y.matters.Matter(ctx, platform, matter.ID(o.Matter))
		if err != nil {
			return 0, err
		}
		if !m.Closed() {
			return o.Matter, nil
		}
	}
	return 0, nil
}

// moment writes the start of a period.
func moment(p standard.Period, at int64) string {
	if p == standard.Day {
		return clock.Unix(at).Format("2006-01-02")
	}
	return clock.Unix(at).Format("2006-01-02 15:04")
}
