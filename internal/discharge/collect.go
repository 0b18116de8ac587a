package discharge

import (
	"context"
	"slices"

	"pingzhang/hj212"
	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

// Readings is what judging needs of package measure.
type Readings interface {
	Dirty(ctx context.Context, n int) ([]measure.DirtyHour, error)
	Judged(ctx context.Context, hours []measure.DirtyHour) error
	HourMean(ctx context.Context, q measure.MeanQuery, at int64) (measure.Mean, error)
	DayMean(ctx context.Context, q measure.MeanQuery, at int64) (measure.Mean, error)
	Rows(ctx context.Context, q measure.RowQuery, fn func(measure.Row) error) error
	Marks(ctx context.Context, p measure.Point, from, to int64) ([]measure.Mark, error)
	Latest(ctx context.Context, points ...measure.Point) ([]measure.Reading, error)
}

// place is a monitoring point of a pollution source with the limits of its
// outlet, of every date.
type place struct {
	point  register.Point
	limits []register.Limit
}

func (p place) medium() standard.Medium {
	if p.point.Kind == "source_water" {
		return standard.WasteWater
	}
	return standard.WasteGas
}

// inForce returns the limits for means of a period that are in force on the day
// of at. Several for one factor are all judged by.
func (p place) inForce(period standard.Period, at int64) []register.Limit {
	var all []register.Limit
	for _, l := range p.limits {
		if l.Period == string(period) && l.Covers(clock.Unix(at)) {
			all = append(all, l)
		}
	}
	return all
}

// unit returns the unit in which the device sends a code: the one that is
// registered for it, else for its other edition's. A person who registers the
// new code of a device that sends the old one has said the unit of that device.
func (p place) unit(code string) string {
	for _, c := range append([]string{code}, p.codes(code)...) {
		if unit, ok := p.point.Unit(c); ok {
			return unit
		}
	}
	return ""
}

// codes returns the codes under which the device may send a factor: those that
// are registered for it, then the code itself and its other edition's.
func (p place) codes(factor string) []string {
	same := hj212.CodesOf(factor)
	registered := func(code string) bool {
		return slices.ContainsFunc(p.point.Factors, func(f register.FactorUnit) bool { return f.Code == code })
	}
	slices.SortStableFunc(same, func(a, b string) int {
		switch {
		case registered(a) == registered(b):
			return 0
		case registered(a):
			return -1
		}
		return 1
	})
	return same
}

// collector fetches what one place reported over one period.
type collector struct {
	readings Readings
	place    place
	rules    standard.Validity
	period   standard.Period
	at       int64
	reported map[string]measure.Row // what the instrument reported for the whole period, by code
	late     []measure.Mark
	values   map[string]Value
	flowCode string // once it is known
}

// collect prepares to fetch: it reads what was reported for the period as a
// whole, and the marks that were not honoured.
func collect(ctx context.Context, r Readings, rules *standard.Rules, p place, period standard.Period, at int64) (*collector, error) {
	c := &collector{
		readings: r, place: p, period: period, at: at, reported: map[string]measure.Row{}, values: map[string]Value{},
		rules: rules.Validity(p.medium(), standard.Date(clock.Unix(at).Format("2006-01-02"))),
	}
	kind := measure.Hour
	if period == standard.Day {
		kind = measure.Day
	}
	point := measure.Point(p.point.ID)
	err := r.Rows(ctx, measure.RowQuery{Point: point, Kind: kind, From: at, To: at + 1}, func(row measure.Row) error {
		c.reported[row.Factor] = row
		return nil
	})
	if err != nil {
		return nil, err
	}
	marks, err := r.Marks(ctx, point, at, at+step(period))
	for _, m := range marks {
		if m.Late && m.WithdrawnAt == 0 {
			c.late = append(c.late, m)
		}
	}
	return c, err
}

// value returns what is known of a factor over the period.
func (c *collector) value(ctx context.Context, factor string) (v Value, err error) {
	if v, ok := c.values[factor]; ok {
		return v, nil
	}
	for i, code := range c.place.codes(factor) {
		one, err := c.valueOf(ctx, code)
		if err != nil {
			return v, err
		}
		if i == 0 || one.reported() {
			v = one
		}
		if v.reported() {
			break
		}
	}
	c.values[factor] = v
	return v, nil
}

// reported tells whether the device sent anything under the code that v is of.
// A day that lacks nothing but the flow, or on which nothing flowed, has no mean
// and was reported all the same.
func (v Value) reported() bool {
	return v.Raw != "" || v.Mean.Source != "" || v.Mean.Have > 0 || len(v.Mean.Rejected) > 0 ||
		v.Mean.Issue == standard.NoFlow || v.Mean.Issue == standard.NoDischarge
}

func (c *collector) valueOf(ctx context.Context, code string) (v Value, err error) {
	unit := c.place.unit(code)
	v.Unit = unitOf(unit)
	if row, ok := c.reported[code]; ok {
		v.Raw, _ = row.Version.Value("Avg")
		v.RawMark, v.Corrected = row.Mark, row.Fix != nil
	}
	for _, m := range c.late {
		v.Late = v.Late || m.Factor == "" || m.Factor == code
	}
	v.Mean, err = c.mean(ctx, code, "Avg", v.Unit)
	return v, err
}

// mean asks for the mean of a field over the period.
func (c *collector) mean(ctx context.Context, code, field string, unit standard.Unit) (measure.Mean, error) {
	q := c.query(code, field)
	if c.period == standard.Hour {
		return c.readings.HourMean(ctx, q, c.at)
	}
	// Only a concentration is weighed with the flow: a pH or a temperature has no
	// load that a flow could carry.
	if _, err := standard.Convert(standard.Int(1), unit, standard.MgPerL); err != nil {
		q.Rules.FlowWeighted = false
	}
	if q.Rules.FlowWeighted {
		flow, err := c.flow(ctx)
		if err != nil {
			return measure.Mean{}, err
		}
		q.Flow = flow
	}
	return c.readings.DayMean(ctx, q, c.at)
}

func (c *collector) query(code, field string) measure.MeanQuery {
	return measure.MeanQuery{
		Point: measure.Point(c.place.point.ID), Factor: code, Field: field, Rules: c.rules,
		Interval: int64(c.place.point.MinuteEvery) * 60,
	}
}

// flow is the code under which the device sent the flow on the day; the first of
// its codes where it sent none.
func (c *collector) flow(ctx context.Context) (string, error) {
	if c.flowCode != "" {
		return c.flowCode, nil
	}
	factor := "a00000"
	if c.place.medium() == standard.WasteWater {
		factor = "w00000"
	}
	codes := c.place.codes(factor)
	c.flowCode = codes[0]
	for _, code := range codes {
		q := c.query(code, "Avg")
		q.Rules.FlowWeighted = false
		m, err := c.readings.DayMean(ctx, q, c.at)
		if err != nil {
			return "", err
		}
		if m.Source != "" {
			c.flowCode = code
			break
		}
	}
	return c.flowCode, nil
}

// converted fills in the converted value of v, which is judged by a limit at
// reference oxygen, and returns the oxygen content over the period.
func (c *collector) converted(ctx context.Context, v *Value, l register.Limit) (oxygen Value, err error) {
	factor := l.Factor
	if l.OxygenFactor != "" {
		if oxygen, err = c.value(ctx, l.OxygenFactor); err != nil {
			return oxygen, err
		}
	}
	for _, code := range c.place.codes(factor) {
		if v.Converted, err = c.mean(ctx, code, "ZsAvg", v.Unit); err != nil || v.Converted.Source != "" {
			break
		}
	}
	if err != nil || c.period == standard.Hour || v.Converted.Valid && v.Converted.Have == v.Mean.Have {
		return oxygen, err
	}
	return oxygen, c.hourly(ctx, v, l)
}

// hourly takes the day mean of a converted value from its hours, each as
// reported, or else converted with the oxygen content of that hour.
func (c *collector) hourly(ctx context.Context, v *Value, l register.Limit) error {
	ref, _ := standard.Read(l.RefOxygen)
	hours := make([]standard.Hourly, 0, 24)
	for at := c.at; at < c.at+86400; at += 3600 {
		h := collector{readings: c.readings, place: c.place, rules: c.rules, period: standard.Hour, at: at, values: map[string]Value{}}
		one, err := h.value(ctx, l.Factor)
		if err != nil {
			return err
		}
		if one.Mean.Source == "" {
			continue
		}
		oxygen, err := h.converted(ctx, &one, l)
		if err != nil {
			return err
		}
		switch {
		case one.Converted.Valid:
			hours = append(hours, standard.Hourly{Value: one.Converted.Value, Valid: true})
		case one.Mean.Valid && oxygen.Mean.Valid:
			x, issue := standard.AtReferenceOxygen(one.Mean.Value, oxygen.Mean.Value, ref)
			hours = append(hours, standard.Hourly{Value: x, Valid: issue == ""})
		}
	}
	rules := c.rules
	rules.FlowWeighted = false
	v.Converted = measure.Mean{Mean: rules.DayMean(hours), Start: c.at, Expected: 24, Source: measure.FromHours, Marked: v.Mean.Marked, Rejected: v.Mean.Rejected}
	v.HourlyConverted = true
	return nil
}

// judgePeriod gives the verdicts on one place over one period by every limit in
// force.
func (s *Store) judgePeriod(ctx context.Context, p place, period standard.Period, at int64) ([]Verdict, error) {
	limits := p.inForce(period, at)
	if len(limits) == 0 {
		return nil, nil
	}
	c, err := collect(ctx, s.readings, s.Rules(), p, period, at)
	if err != nil {
		return nil, err
	}
	var all []Verdict
	for _, l := range limits {
		v, err := c.value(ctx, l.Factor)
		if err != nil {
			return nil, err
		}
		var oxygen Value
		if l.RefOxygen != "" {
			if oxygen, err = c.converted(ctx, &v, l); err != nil {
				return nil, err
			}
		}
		all = append(all, judge(p.point, l, v, oxygen, at, s.settings))
	}
	return all, nil
}
