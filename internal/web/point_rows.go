package web

import (
	"fmt"
	"slices"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

// tableRows is how many values the table below a curve has.
const tableRows = 200

// valueRow is one value in the table.
type valueRow struct {
	At, Received     time.Time
	Value, Converted string
	Mark             markView
	Revision         int
	Backfilled       bool
	Fixed            string // who corrected it and why; "" when nobody did
	Reported         string // what the instrument said, where Fixed
	RawHref          string
	Class            string
}

// pointRows fills in the table of values, the newest first.
func (s *Server) pointRows(r *request, o *pointOverview, sp span, v *pointPage) error {
	if s.cfg.Monitoring.Readings == nil || sp.factor == "" {
		return nil
	}
	q := measure.RowQuery{Point: measure.Point(o.ID), Kind: sp.kind, Factors: []string{sp.factor}, From: sp.from.Unix(), To: sp.to.Unix()}
	all := 0
	var last []measure.Row
	err := s.cfg.Monitoring.Readings.Rows(r.Context(), q, func(row measure.Row) error {
		all++
		if len(last) == 2*tableRows { // keep the end of a long span, not all of it
			last = append(last[:0], last[tableRows:]...)
		}
		last = append(last, row)
		return nil
	})
	if err != nil {
		return err
	}
	last = last[max(0, len(last)-tableRows):]
	if all > len(last) {
		v.RowNote = fmt.Sprintf("共 %d 个，下表为最近 %d 个。", all, len(last))
	}
	slices.Reverse(last)
	verdicts, err := s.verdictsAt(r, o.ID, sp)
	if err != nil {
		return err
	}
	for i := range last {
		row := o.valueRow(sp.kind, &last[i])
		if j, ok := verdicts[last[i].At]; ok && j.Verdict == standard.Exceeds {
			row.Class = "exceeds"
		}
		v.HasConverted = v.HasConverted || row.Converted != ""
		v.Rows = append(v.Rows, row)
	}
	return nil
}

func (o *pointOverview) valueRow(k measure.Kind, row *measure.Row) valueRow {
	v := valueRow{
		At: clock.Unix(row.At), Mark: markOf(o.Point, row.Mark), Revision: row.Revision,
		Backfilled: row.Backfilled, RawHref: rawHref(o.ID, k, row.At),
	}
	if row.Received != 0 {
		v.Received = clock.Unix(row.Received)
	}
	_, v.Value = firstValue(&row.Version, mainFields(k))
	_, v.Converted = firstValue(&row.Version, convertedFields(k))
	if row.Fix != nil {
		v.Fixed = fmt.Sprintf("%s 于 %s 修正：%s", row.Fix.Who, clock.Unix(row.Fix.FixedAt).Format("2006-01-02 15:04"), row.Fix.Why)
		_, v.Reported = firstValue(&measure.Version{Values: row.Reported}, mainFields(k))
	}
	if !v.Mark.Valid {
		v.Class = "unknown"
	}
	return v
}

// verdictsAt returns the judgements on a factor of a span by the beginning of
// their period. Of several the worst counts.
func (s *Server) verdictsAt(r *request, point int64, sp span) (map[int64]standard.Judgement, error) {
	if s.cfg.Monitoring.Judged == nil || sp.kind < measure.Hour {
		return nil, nil
	}
	all, err := s.cfg.Monitoring.Judged.Verdicts(r.Context(), r.Caller, point, sp.from, sp.to)
	if err != nil {
		return nil, err
	}
	at := map[int64]standard.Judgement{}
	for _, v := range all {
		if v.Factor != sp.factor || v.Period != sp.kind {
			continue
		}
		if was, ok := at[v.At.Unix()]; !ok || was.Verdict != standard.Exceeds {
			at[v.At.Unix()] = v.Judgement
		}
	}
	return at, nil
}

// limitView is a limit of a point with the last verdict on it.
type limitView struct {
	Factor, Period, Figure, Unit string
	Document                     string
	Href                         string
	Span                         string
	Unverified                   bool
	State                        stateView
	When, Arithmetic, Issue      string
	Multiple                     string
}

// limitViews shows the limits in force and how the point stands to each.
func (o *pointOverview) limitViews() []limitView {
	var all []limitView
	for _, l := range o.Limits {
		v := limitView{
			Factor: l.FactorName, Period: limitPeriod(l), Figure: limitText(l), Unit: unitText(l.Unit),
			Document: l.Document, Href: entryHref(l.ID), Unverified: !l.Verified, State: stateOf("unknown"), Issue: "尚未判定",
			Span: l.From + " 起",
		}
		if v.Factor == "" {
			v.Factor = factorName(l.Factor)
		}
		if l.Clause != "" {
			v.Document += " " + l.Clause
		}
		if l.To != "" {
			v.Span = l.From + " 至 " + l.To
		}
		if verdict := o.verdictFor(l); verdict != nil {
			j := verdict.Judgement
			v.State, v.Issue = verdictState(j.Verdict), j.Issue.Text()
			if v.Arithmetic = verdict.Arithmetic; v.Arithmetic == "" {
				v.Arithmetic = j.Arithmetic()
			}
			v.When = verdict.At.In(clock.Shanghai).Format("01-02 15:04")
			if verdict.Period == measure.Day {
				v.When = verdict.At.In(clock.Shanghai).Format("01-02")
			}
			v.Multiple = multipleText(j)
			v.Unverified = v.Unverified || !j.Verified()
		}
		all = append(all, v)
	}
	return all
}

// verdictFor returns the newest verdict by l.
func (o *pointOverview) verdictFor(l register.Limit) *PointVerdict {
	var best *PointVerdict
	for i := range o.State.Factors {
		v := &o.State.Factors[i]
		same := v.LimitID == l.ID || v.LimitID == 0 && v.Factor == l.Factor && v.Period.String() == l.Period
		if same && (best == nil || v.At.After(best.At)) {
			best = v
		}
	}
	return best
}

// multipleText says how many times a value is above its limit, to two decimals.
func multipleText(j standard.Judgement) string {
	if !j.Multiple.IsSet() {
		return ""
	}
	return j.Multiple.Round(2)
}
