package platform

import (
	"context"
	"slices"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/discharge"
	"pingzhang/internal/measure"
	"pingzhang/internal/web"
	"pingzhang/standard"
)

// judged shows the pages how points stand to their limits.
type judged struct{ d *discharge.Store }

func (j judged) States(ctx context.Context, by access.Caller, now time.Time, points ...int64) (map[int64]web.PointState, error) {
	all, err := j.d.States(ctx, by, now)
	if err != nil {
		return nil, err
	}
	out := map[int64]web.PointState{}
	for _, s := range all {
		if len(points) > 0 && !slices.Contains(points, s.Point) {
			continue
		}
		st := web.PointState{Class: string(s.State), Why: s.Reason}
		for i := range s.Verdicts {
			st.Factors = append(st.Factors, pointVerdict(&s.Verdicts[i]))
		}
		out[s.Point] = st
	}
	return out, nil
}

func (j judged) Verdicts(ctx context.Context, by access.Caller, point int64, from, to time.Time) ([]web.PointVerdict, error) {
	all, err := j.d.Verdicts(ctx, by, discharge.VerdictQuery{Point: point, From: from, To: to})
	out := make([]web.PointVerdict, len(all))
	for i := range all {
		out[i] = pointVerdict(&all[i])
	}
	return out, err
}

// pointVerdict shows a verdict with all that it was recomputed from where that
// is kept; a plain meets keeps its words.
func pointVerdict(v *discharge.Verdict) web.PointVerdict {
	out := web.PointVerdict{Factor: v.Factor, Period: measure.Hour, At: clock.Unix(v.At), LimitID: v.Limit, Arithmetic: v.Arithmetic}
	if v.Period == standard.Day {
		out.Period = measure.Day
	}
	if b, ok := v.Inputs(); ok && b.Judgement != nil {
		out.Judgement = *b.Judgement
	}
	out.Judgement.Verdict, out.Judgement.Issue = v.Verdict, v.Issue
	out.Judgement.Confidence = standard.Confidence(v.Confidence)
	if !out.Judgement.Value.IsSet() {
		if x, err := standard.Parse(v.Value); err == nil {
			out.Judgement.Value = x
		}
	}
	if !out.Judgement.Multiple.IsSet() {
		if x, err := standard.Parse(v.Multiple); err == nil {
			out.Judgement.Multiple = x
		}
	}
	return out
}
