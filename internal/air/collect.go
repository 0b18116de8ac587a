package air

import (
	"context"
	"slices"

	"pingzhang/hj212"
	"pingzhang/internal/measure"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// factors are the codes of the six pollutants (HJ 212, of ozone HJ 524).
var factors = [aqi.Six]string{aqi.SO2: "a21026", aqi.NO2: "a21004", aqi.PM10: "a34002", aqi.PM25: "a34004", aqi.CO: "a21005", aqi.O3: "a05024"}

// What a feed published itself is kept beside the readings under this code.
const (
	publishedFactor  = "aqi"
	publishedPrimary = "Primary"
)

// collected is what is known of one hour of a station.
type collected struct {
	source           Source // None where nothing was reported
	values           Values
	aqi, primaryText string // that the feed published
}

// collector fetches hours of one day of a station.
type collector struct {
	readings Readings
	book     *aqi.Book
	station  Station
	on       standard.Date
	rules    [aqi.Six]standard.Requirement // minutes of a valid hour
	feed     map[int64]map[string]measure.Row
	device   map[int64]bool // hours of which the device sent anything
	marks    []measure.Mark // on what was imported
}

// collect prepares to fetch hours of one day, from start before end: it reads what
// was imported, and of which hours the device sent anything.
func (s *Store) collect(ctx context.Context, st Station, start, end int64) (*collector, error) {
	c := &collector{readings: s.readings, book: s.Book(), station: st, on: dateOf(start), feed: map[int64]map[string]measure.Row{}, device: map[int64]bool{}}
	err := s.readings.Rows(ctx, measure.RowQuery{Point: measure.Point(st.ID), Kind: measure.Hour, From: start, To: end}, func(r measure.Row) error {
		if c.feed[r.At] == nil {
			c.feed[r.At] = map[string]measure.Row{}
		}
		c.feed[r.At][r.Factor] = r
		return nil
	})
	if err != nil {
		return nil, err
	}
	if c.marks, err = s.honoured(ctx, measure.Point(st.ID), start, end); err != nil || st.device.ID == 0 {
		return c, err
	}
	for p := range aqi.Pollutant(aqi.Six) {
		m := c.book.HourMean(p, c.on, 0, standard.Int(0))
		c.rules[p] = standard.Requirement{Known: m.Issue != standard.NoRule, Least: m.Need, Citation: m.Basis.Citation}
	}
	var codes []string
	for _, f := range factors {
		codes = append(codes, hj212.CodesOf(f)...)
	}
	for _, kind := range []measure.Kind{measure.Hour, measure.Minute, measure.Rtd} {
		q := measure.RowQuery{Point: measure.Point(st.Linked), Kind: kind, Factors: codes, From: start, To: end}
		err := s.readings.Rows(ctx, q, func(r measure.Row) error {
			c.device[r.At-r.At%3600] = true
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

// honoured returns the marks of people that take values out.
func (s *Store) honoured(ctx context.Context, p measure.Point, from, to int64) ([]measure.Mark, error) {
	marks, err := s.readings.Marks(ctx, p, from, to)
	return slices.DeleteFunc(marks, func(m measure.Mark) bool { return !m.Honoured() }), err
}

// hour fetches one hour: of the device where that sent anything, else what was
// imported. The two are never mixed, for a report has one source.
func (c *collector) hour(ctx context.Context, at int64) (collected, error) {
	feed := c.feed[at]
	out := collected{source: None}
	if row, ok := feed[publishedFactor]; ok {
		out.aqi, _ = row.Value("Avg")
		out.primaryText, _ = row.Value(publishedPrimary)
	}
	if c.device[at] {
		out.source = Device
		for p := range aqi.Pollutant(aqi.Six) {
			v, err := c.deviceValue(ctx, p, at)
			if err != nil {
				return out, err
			}
			out.values[p] = v
		}
		return out, nil
	}
	if len(feed) > 0 {
		out.source = Feed
	}
	for p := range aqi.Pollutant(aqi.Six) {
		out.values[p] = c.feedValue(p, feed, at)
	}
	return out, nil
}

// feedValue is what was imported of a pollutant. Units are those of the feed:
// µg/m³, of CO mg/m³.
func (c *collector) feedValue(p aqi.Pollutant, feed map[string]measure.Row, at int64) Value {
	row, ok := feed[factors[p]]
	if !ok {
		return Value{Issue: standard.NoValue}
	}
	text, _ := row.Version.Value("Avg")
	v := Value{Corrected: row.Fix != nil}
	v.Value, v.Issue = standard.Read(text)
	for _, m := range c.marks {
		if m.From < at+3600 && m.To > at && (m.Factor == "" || m.Factor == factors[p]) {
			v.Issue = standard.MarkedInvalid
		}
	}
	if row.Mark != "N" {
		v.Issue = standard.MarkedInvalid
	}
	return v.checked(text, p.Unit())
}

// checked leaves the value out where there is an issue, and keeps the text where
// the value does not say it.
func (v Value) checked(text string, unit standard.Unit) Value {
	if v.Issue == "" && v.Value.Sign() < 0 {
		v.Issue = standard.Negative
	}
	if v.Issue != "" {
		v.Value, v.Text, v.Unit = standard.Exact{}, text, unit
	}
	return v
}

// deviceValue is the hour mean of a pollutant that the device reported, or that
// its minutes or samples give, where enough of the hour is covered. Particles
// have no rule for that (GB 3095 table 4), so that only a reported hour counts.
func (c *collector) deviceValue(ctx context.Context, p aqi.Pollutant, at int64) (Value, error) {
	var first *Value
	for _, code := range c.codes(factors[p]) {
		m, err := c.readings.HourMean(ctx, measure.MeanQuery{
			Point: measure.Point(c.station.Linked), Factor: code, Rules: standard.Validity{Minutes: c.rules[p]}, Interval: int64(c.station.device.MinuteEvery) * 60,
		}, at)
		if err != nil {
			return Value{}, err
		}
		v := c.converted(p, code, m)
		if m.Source != "" || len(m.Rejected) > 0 || len(m.Marked) > 0 {
			return v, nil
		}
		if first == nil {
			first = &v
		}
	}
	return *first, nil
}

// converted turns the mean of a code into the unit of the pollutant. A device
// whose unit is not registered measures nothing that could be compared.
func (c *collector) converted(p aqi.Pollutant, code string, m measure.Mean) Value {
	v := Value{Value: m.Value, Issue: m.Issue}
	if m.Source != measure.Reported {
		v.From, v.Minutes = m.Source, m.Have
	}
	if !m.Value.IsSet() && v.Issue == "" {
		v.Issue = standard.NoValue
	}
	text, unit := m.Value.String(), c.unit(code)
	if v.Issue != "" {
		return v.checked(text, unit)
	}
	x, err := standard.Convert(m.Value, unit, p.Unit())
	if err != nil {
		v.Issue = unitIssue(err)
		return v.checked(text, unit)
	}
	if v.Value = x; unit != p.Unit() {
		v.Text, v.Unit = text, unit
	}
	return v.checked(text, unit)
}

// unit is the unit in which the device sends a code; empty where nobody has
// registered it.
func (c *collector) unit(code string) standard.Unit {
	text, _ := c.station.device.Unit(code)
	u, err := standard.ParseUnit(text)
	if err != nil {
		return standard.Unit(text)
	}
	return u
}

// codes returns the codes under which the device may send a factor, those that
// are registered for it first.
func (c *collector) codes(factor string) []string {
	all := hj212.CodesOf(factor)
	slices.SortStableFunc(all, func(a, b string) int {
		_, hasA := c.station.device.Unit(a)
		_, hasB := c.station.device.Unit(b)
		switch {
		case hasA == hasB:
			return 0
		case hasA:
			return -1
		}
		return 1
	})
	return all
}
