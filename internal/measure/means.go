package measure

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// Source says what a mean was made from.
type Source string

// The sources.
const (
	Reported     Source = "reported" // the hour mean that the instrument sent, marked normal
	FromMinutes  Source = "minute"
	FromRealtime Source = "realtime"
	FromHours    Source = "hours"
	FromDays     Source = "days"
)

// normal is the one data mark that lets a value into statistics (hj212, table
// of data marks). Any other, and none, does not.
const normal = "N"

// MeanQuery names what to take the mean of, and by which rules.
type MeanQuery struct {
	Point    Point
	Factor   string
	Field    string            // "Avg", which "" stands for, or "ZsAvg"
	Rules    standard.Validity // when a mean counts; of the medium and the day
	Interval int64             // of minute frames, seconds; 0 to tell it from the frames
	Flow     string            // factor to weigh a day with, where Rules say so
}

// Mean is a mean with all that is needed to say why it counts or does not. A
// mean that is not Valid is unknown, whatever its Value.
type Mean struct {
	standard.Mean
	Start    int64  // of the period, unix seconds
	Expected int    // minutes, hours or days that there could be
	Source   Source // empty where there was nothing
	// Rejected counts the values that did not enter, by their data mark; a
	// value without a mark, or without a number, stands under "".
	Rejected map[string]int
	// Marked has the stretches marked by people that touch the period.
	Marked []Mark

	marked int // minutes, hours or days that did not enter because of Marked
}

// Reason says in one sentence why the mean does not count; empty when it does.
func (m *Mean) Reason() string {
	if m.Valid {
		return ""
	}
	var b strings.Builder
	b.WriteString(m.Issue.Text())
	for i, mark := range slices.Sorted(maps.Keys(m.Rejected)) {
		if i == 0 {
			b.WriteString("；未采用的数据：")
		} else {
			b.WriteString("、")
		}
		fmt.Fprintf(&b, "%s %d 个", markText(mark), m.Rejected[mark])
	}
	return b.String()
}

// markText names a data mark (HJ 212-2017 table of data marks; P of the 2005
// edition).
func markText(mark string) string {
	names := map[string]string{
		"N": "正常但没有数值（N）", "F": "停运（F）", "M": "维护（M）", "S": "手工输入（S）", "D": "故障（D）", "C": "校准（C）",
		"T": "超量程（T）", "B": "通讯异常（B）", "P": "电源故障（P）", "": "没有标记",
	}
	if name, ok := names[mark]; ok {
		return name
	}
	return "含义未知的标记 " + mark
}

func (q *MeanQuery) field() string {
	if q.Field == "" {
		return "Avg"
	}
	return q.Field
}

// HourMean returns the mean of the clock hour that at lies in.
//
// It is the hour mean that the instrument reported, if that is marked normal
// and nobody has marked a part of the hour. Otherwise it is the mean of the
// minute frames, or of the realtime samples, whichever cover more of the hour,
// of those that the instrument marked normal and nobody has marked; it counts
// when they cover as many minutes as the rules ask for.
func (s *Store) HourMean(ctx context.Context, q MeanQuery, at int64) (_ Mean, err error) {
	defer fault.Wrap(&err, "measure.HourMean(point %d, %s, %d)", q.Point, q.Factor, at)

	start := floor(at, 3600)
	all, err := s.hours(ctx, q, start, start+3600)
	if err != nil {
		return Mean{}, err
	}
	return all[0], nil
}

// DayMean returns the mean of the natural day that at lies in: of its valid
// hours, weighed by flow where the rules say so.
func (s *Store) DayMean(ctx context.Context, q MeanQuery, at int64) (_ Mean, err error) {
	defer fault.Wrap(&err, "measure.DayMean(point %d, %s, %d)", q.Point, q.Factor, at)

	start := dayStart(at)
	hours, err := s.hours(ctx, q, start, start+daySeconds)
	if err != nil {
		return Mean{}, err
	}
	var flows []Mean
	if q.Rules.FlowWeighted && q.Flow != "" {
		f := q
		f.Factor, f.Field = q.Flow, ""
		if flows, err = s.hours(ctx, f, start, start+daySeconds); err != nil {
			return Mean{}, err
		}
	}
	m := Mean{Start: start, Expected: len(hours)}
	hourly := make([]standard.Hourly, len(hours))
	for i := range hours {
		h := &hours[i]
		hourly[i] = standard.Hourly{Value: h.Value, Valid: h.Valid}
		if flows != nil && flows[i].Valid {
			hourly[i].Flow = flows[i].Value
		}
		m.gather(h)
	}
	m.Mean = q.Rules.DayMean(hourly)
	if m.Value.IsSet() {
		m.Source = FromHours
	}
	m.blame()
	return m, nil
}

// MonthMean returns the plain mean of the valid days of the month that at lies
// in.
func (s *Store) MonthMean(ctx context.Context, q MeanQuery, at int64) (_ Mean, err error) {
	defer fault.Wrap(&err, "measure.MonthMean(point %d, %s, %d)", q.Point, q.Factor, at)

	mon := monthOf(at)
	m := Mean{Start: mon.start()}
	var days []standard.Mean
	for day := mon.start(); day < (mon + 1).start(); day += daySeconds {
		d, err := s.DayMean(ctx, q, day)
		if err != nil {
			return Mean{}, err
		}
		days = append(days, d.Mean)
		m.gather(&d)
	}
	m.Expected = len(days)
	m.Mean = q.Rules.MonthMean(int(mon)%12+1, days)
	if m.Value.IsSet() {
		m.Source = FromDays
	}
	m.blame()
	return m, nil
}

// gather adds what a part did not use.
func (m *Mean) gather(part *Mean) {
	for mark, n := range part.Rejected {
		m.reject(mark, n)
	}
	if part.Issue == standard.MarkedInvalid || part.Issue == standard.AbnormalCondition {
		m.marked++
	}
	for _, k := range part.Marked {
		if !slices.ContainsFunc(m.Marked, func(have Mark) bool { return have.ID == k.ID }) {
			m.Marked = append(m.Marked, k)
		}
	}
}

func (m *Mean) reject(mark string, n int) {
	if m.Rejected == nil {
		m.Rejected = map[string]int{}
	}
	m.Rejected[mark] += n
}

// blame names the marks of people as the reason why the mean does not count,
// where it would without them: it then is neither met nor exceeded.
func (m *Mean) blame() {
	if m.Valid || m.marked == 0 || m.Need.Known && m.Have+m.marked < m.Need.Least {
		return
	}
	m.Issue = standard.MarkedInvalid
	if slices.ContainsFunc(m.Marked, func(k Mark) bool { return k.Mark == MarkAbnormal }) {
		m.Issue = standard.AbnormalCondition
	}
}

// hours returns the means of the hours from from before to.
func (s *Store) hours(ctx context.Context, q MeanQuery, from, to int64) ([]Mean, error) {
	marks, err := s.honoured(ctx, q.Point, from, to)
	if err != nil {
		return nil, err
	}
	marks = slices.DeleteFunc(marks, func(m Mark) bool { return m.Factor != "" && m.Factor != q.Factor })
	reported, err := s.samples(ctx, q, Hour, q.field(), from, to)
	if err != nil {
		return nil, err
	}
	all := make([]Mean, 0, (to-from)/3600)
	missing := false
	for start := from; start < to; start += 3600 {
		m := Mean{Start: start, Expected: 60}
		for _, k := range marks {
			if k.From < start+3600 && k.To > start {
				m.Marked = append(m.Marked, k)
			}
		}
		if r := within(reported, start, start+1); len(r) == 1 && r[0].value.IsSet() && r[0].mark == normal && len(m.Marked) == 0 {
			m.Mean = standard.Mean{Value: r[0].value, Valid: true, Have: 60, Need: q.Rules.Minutes}
			m.Source = Reported
		} else {
			missing = true
			for _, bad := range r {
				if bad.mark == normal && bad.value.IsSet() {
					m.marked = 60 // by people
				} else {
					m.reject(bad.mark, 1)
				}
			}
		}
		all = append(all, m)
	}
	if !missing {
		return all, nil
	}
	return all, s.compute(ctx, q, all, from, to)
}

// compute fills in the hours that were not reported.
func (s *Store) compute(ctx context.Context, q MeanQuery, all []Mean, from, to int64) error {
	minutes, err := s.samples(ctx, q, Minute, q.field(), from, to)
	if err != nil {
		return err
	}
	realtime, err := s.samples(ctx, q, Rtd, strings.Replace(q.field(), "Avg", "Rtd", 1), from, to)
	if err != nil {
		return err
	}
	for i := range all {
		m := &all[i]
		if m.Source == Reported {
			continue
		}
		byMinute := within(minutes, m.Start, m.Start+3600)
		interval := q.Interval
		if interval == 0 {
			interval = smallestGap(byMinute)
		}
		best := m.cover(byMinute, interval, q.Factor, FromMinutes)
		if r := m.cover(within(realtime, m.Start, m.Start+3600), 1, q.Factor, FromRealtime); r.minutes+r.marked > best.minutes+best.marked {
			best = r
		}
		m.Mean = q.Rules.HourMean(best.minutes, best.values)
		m.marked = max(m.marked, best.marked)
		if m.Value.IsSet() {
			m.Source = best.source
		}
		for mark, n := range best.rejected {
			m.reject(mark, n)
		}
		m.blame()
	}
	return nil
}

// sample is one value as it enters a mean.
type sample struct {
	at    int64
	value standard.Exact // none where there is no number
	mark  string
}

// samples returns the values of a field, by time, corrections applied.
func (s *Store) samples(ctx context.Context, q MeanQuery, k Kind, field string, from, to int64) (all []sample, err error) {
	r := RangeQuery{Point: q.Point, Kind: k, Factors: []string{q.Factor}, Fields: []string{field, "Flag"}, From: from, To: to}
	err = s.Range(ctx, r, func(b *Block) error {
		values, marks := b.Column(q.Factor, field), b.Column(q.Factor, "Flag")
		for i, at := range b.At {
			sm := sample{at: at}
			hasValue, hasMark := false, false
			if values != nil {
				var text string
				if text, hasValue = values.Text(i); hasValue {
					sm.value, _ = standard.Read(text)
				}
			}
			if marks != nil {
				sm.mark, hasMark = marks.Text(i)
			}
			if hasValue || hasMark {
				all = append(all, sm)
			}
		}
		return nil
	})
	return all, err
}

// within returns the samples from from before to.
func within(all []sample, from, to int64) []sample {
	cmp := func(s sample, t int64) int { return int(max(-1, min(1, s.at-t))) }
	i, _ := slices.BinarySearchFunc(all, from, cmp)
	j, _ := slices.BinarySearchFunc(all, to, cmp)
	return all[i:j]
}

// smallestGap tells the interval of minute frames from two that follow one
// another; a minute, the least there can be, where there are no two.
func smallestGap(all []sample) int64 {
	gap := int64(3600)
	for i := 1; i < len(all); i++ {
		gap = min(gap, all[i].at-all[i-1].at)
	}
	if len(all) < 2 {
		return 60
	}
	return max(gap, 60)
}

// coverage is how much of an hour the valid samples of one source cover.
type coverage struct {
	source   Source
	minutes  int
	marked   int // minutes that only samples under a mark of people cover
	values   []standard.Exact
	rejected map[string]int
}

// cover counts the distinct minutes of the hour that valid samples cover, each
// for interval seconds from its time.
func (m *Mean) cover(all []sample, interval int64, factor string, src Source) coverage {
	c := coverage{source: src, rejected: map[string]int{}}
	var covered, marked [60]bool
	for _, sm := range all {
		if sm.mark != normal || !sm.value.IsSet() {
			c.rejected[sm.mark]++
			continue
		}
		to := &covered
		if slices.ContainsFunc(m.Marked, func(k Mark) bool {
			return k.covers(factor, sm.at) || k.covers(factor, sm.at+interval-1)
		}) {
			to = &marked
		} else {
			c.values = append(c.values, sm.value)
		}
		for t := sm.at - m.Start; t < sm.at-m.Start+interval && t < 3600; t += 60 {
			to[t/60] = true
		}
	}
	for i := range covered {
		if covered[i] {
			c.minutes++
		} else if marked[i] {
			c.marked++
		}
	}
	return c
}
