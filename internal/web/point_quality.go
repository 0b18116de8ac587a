package web

import (
	"fmt"
	"slices"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
)

// markNeeds is what one must be allowed for marking readings.
const markNeeds = "data.mark"

// rateDays is how many whole days the rates beside a curve are counted over.
const rateDays = 7

type gapView struct {
	From, To time.Time
	Missing  int
	Unit     string
}

type markRow struct {
	DataMark
	Name       string
	FactorName string
}

// pointQuality fills in the rates of the last days and the gaps of the span.
func (s *Server) pointQuality(r *request, o *pointOverview, sp span, v *pointPage) error {
	q := s.cfg.Monitoring.Quality
	if q == nil {
		return nil
	}
	to := clock.Day(r.Now)
	from := to.AddDate(0, 0, -rateDays)
	v.RateSpan = fmt.Sprintf("%s 至 %s", from.Format("01-02"), to.AddDate(0, 0, -1).Format("01-02"))
	var err error
	if v.Rates, err = q.Rates(r.Context(), measure.Point(o.ID), from, to); err != nil {
		return err
	}
	kind := sp.kind
	if kind == measure.Rtd { // cannot be asked for again
		kind = measure.Minute
	}
	end := sp.to
	if end.After(r.Now) {
		end = r.Now
	}
	gaps, err := q.Gaps(r.Context(), measure.Point(o.ID), kind, sp.from, end)
	if err != nil {
		return err
	}
	slices.Reverse(gaps) // the newest first
	for _, g := range gaps[:min(len(gaps), 20)] {
		v.Gaps = append(v.Gaps, gapView{g.From, g.To, g.Missing, kindWord(kind)})
	}
	v.GapKind, v.MoreGaps = kind.String(), max(0, len(gaps)-20)
	return nil
}

func kindWord(k measure.Kind) string {
	return map[measure.Kind]string{measure.Rtd: "实时", measure.Minute: "分钟", measure.Hour: "小时", measure.Day: "日"}[k]
}

// pointMarks fills in what people marked in the last month.
func (s *Server) pointMarks(r *request, o *pointOverview, sp span, v *pointPage) error {
	if s.cfg.Monitoring.Marking == nil {
		return nil
	}
	from := sp.from
	if month := r.Now.AddDate(0, -1, 0); month.Before(from) {
		from = month
	}
	marks, err := s.cfg.Monitoring.Marking.Marks(r.Context(), r.Caller, o.ID, from, r.Now.AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	for _, m := range marks {
		row := markRow{DataMark: m, Name: markName(m.Mark), FactorName: "全部因子"}
		if m.Factor != "" {
			row.FactorName = factorName(m.Factor)
		}
		v.Marks = append(v.Marks, row)
	}
	return nil
}

// markName names a mark that people put on readings.
func markName(mark string) string {
	switch mark {
	case MarkInvalid:
		return "数据无效"
	case MarkAbnormal:
		return "非正常工况"
	}
	return mark
}
