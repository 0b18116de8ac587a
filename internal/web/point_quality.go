package web

import (
	"fmt"
	"slices"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/standard"
)

// rateDays is how many whole days the rates beside a curve are counted over.
const rateDays = 7

// gapsShown is how many gaps a page lists.
const gapsShown = 20

// latest is how long after its end a mean may arrive before it is missing.
const latest = 15 * time.Minute

type rateView struct{ Name, Value, Note string }

// gapView is a run of missing periods, from the start of the first to the start
// of the last.
type gapView struct {
	From, To time.Time
	Missing  int
}

// pointQuality fills in the rates of the last days and the gaps of the span.
func (s *Server) pointQuality(r *request, o *pointOverview, sp span, v *pointPage) error {
	if s.cfg.Monitoring.Readings == nil {
		return nil
	}
	if err := s.pointRates(r, o, sp, v); err != nil {
		return err
	}
	kind := sp.kind
	every := everyOf(o.Point, kind)
	if kind == measure.Rtd || every == 0 { // real time cannot be asked for again; a distance nobody registered cannot be counted by
		kind, every = measure.Hour, time.Hour
	}
	q := slots(o.Point.ID, kind, every, sp.from, earlier(sp.to, r.Now.Add(-latest)))
	v.GapKind, v.GapUnit = kind.String(), kind.Zh()
	if q.From >= q.To {
		return nil
	}
	gaps, err := s.cfg.Monitoring.Readings.Gaps(r.Context(), q)
	if err != nil {
		return err
	}
	slices.Reverse(gaps) // the newest first
	for _, g := range gaps[:min(len(gaps), gapsShown)] {
		v.Gaps = append(v.Gaps, gapView{clock.Unix(g.From), clock.Unix(g.To), g.Slots})
	}
	v.MoreGaps = max(0, len(gaps)-gapsShown)
	return nil
}

// pointRates fills in how complete the hours of a factor are.
func (s *Server) pointRates(r *request, o *pointOverview, sp span, v *pointPage) error {
	to := clock.Day(r.Now)
	from := to.AddDate(0, 0, -rateDays)
	v.RateSpan = fmt.Sprintf("%s 至 %s，按小时数据", from.Format("01-02"), to.AddDate(0, 0, -1).Format("01-02"))
	if sp.factor == "" {
		return nil
	}
	q := slots(o.Point.ID, measure.Hour, time.Hour, from, to)
	q.Factors = []string{sp.factor}
	rates, err := s.cfg.Monitoring.Readings.Rates(r.Context(), q)
	if err != nil {
		return err
	}
	for _, rate := range rates {
		if rate.Factor != sp.factor {
			continue
		}
		v.Rates = []rateView{
			{"传输率", inPercent(rate.Transmission()), fmt.Sprintf("应收 %d 个，实收 %d 个", rate.Expected, rate.Received)},
			{"有效率", inPercent(rate.Validity()), fmt.Sprintf("有效 %d 个", rate.Valid)},
			{"传输有效率", inPercent(rate.Effective()), ""},
		}
	}
	return nil
}

// inPercent writes a share in percent; "" when there is none.
func inPercent(x standard.Exact) string {
	if !x.IsSet() {
		return ""
	}
	return x.Mul(standard.Int(100)).Round(1)
}

// slots names the periods of the day in Shanghai that lie between from and to as
// a whole.
func slots(point int64, k measure.Kind, every time.Duration, from, to time.Time) measure.SlotQuery {
	step := int64(every / time.Second)
	return measure.SlotQuery{Point: measure.Point(point), Kind: k, From: wholePeriod(from.Add(every-time.Second), step), To: wholePeriod(to, step), Interval: step}
}

// wholePeriod returns the start of the period of step seconds that t lies in.
func wholePeriod(t time.Time, step int64) int64 {
	const shift = 8 * 3600
	u := t.Unix() + shift
	return u - u%step - shift
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
