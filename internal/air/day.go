package air

import (
	"strings"

	"pingzhang/internal/access"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Good says whether a day was good: index at most 100 (优良).
type Good string

// The answers.
const (
	GoodDay Good = "good"
	BadDay  Good = "bad"
	Unknown Good = "unknown"
)

// Day is the report of one day, of a station or of a division. A day of which
// nothing is stored is the zero Day with its date, Good Unknown and AQI NoIAQI.
type Day struct {
	Station    int64               `db:"station"` // 0 for a division
	Division   access.Division     `db:"division"`
	On         standard.Date       `db:"day_on"`
	Revision   int64               `db:"revision"` // 0 where nothing is stored
	Area       aqi.Area            `db:"area"`
	Assessed   bool                `db:"assessed"`   // the station counted for its division on that day
	Due        int64               `db:"points_due"` // of a division: the stations that count
	AQI        int64               `db:"aqi"`
	Published  bool                `db:"published"`
	Level      int64               `db:"level"`
	Primary    string              `db:"primary_items"`
	Good       Good                `db:"good"`
	Issue      standard.Issue      `db:"issue"`
	Edition    string              `db:"edition"`
	Confidence standard.Confidence `db:"confidence"`
	// The means that may be used, as exact text; empty where there is none. Those
	// that may not are in Items with the reason.
	SO2        string `db:"so2"`
	NO2        string `db:"no2"`
	PM10       string `db:"pm10"`
	PM25       string `db:"pm25"`
	CO         string `db:"co"`
	O3         string `db:"o3"`    // highest 8-hour mean
	O3Hour     string `db:"o3_1h"` // highest hour
	ItemsJSON  string `db:"items"`
	Hourly     string `db:"hourly"` // a line a pollutant, 24 hours with commas between
	Basis      int64  `db:"basis"`  // for Refs
	Cause      string `db:"cause"`
	ReckonedAt int64  `db:"reckoned_at"`

	refs string // of Basis, while it is not stored
}

// Values returns the day as an evaluation takes it.
func (d *Day) Values() aqi.DayValues {
	return aqi.DayValues{On: d.On, Values: [aqi.Six]standard.Exact{
		aqi.SO2: exactOf(d.SO2), aqi.NO2: exactOf(d.NO2), aqi.PM10: exactOf(d.PM10), aqi.PM25: exactOf(d.PM25), aqi.CO: exactOf(d.CO), aqi.O3: exactOf(d.O3),
	}}
}

// Items returns the items of the report, each with its index or the reason.
func (d *Day) Items() (all []Single) {
	unpack(d.ItemsJSON, &all)
	return all
}

// Primaries returns the primary pollutants.
func (d *Day) Primaries() []aqi.Item { return itemsOf(d.Primary) }

// Hours returns the hours of a pollutant: of a station those that entered its day,
// of a division their means. Hours[0] starts at 0 o'clock.
func (d *Day) Hours(p aqi.Pollutant) (hours [24]standard.Exact) {
	line := d.Hourly
	for range p {
		_, line, _ = strings.Cut(line, "\n")
	}
	line, _, _ = strings.Cut(line, "\n")
	for i := range hours {
		var text string
		text, line, _ = strings.Cut(line, ",")
		hours[i] = exactOf(text)
	}
	return hours
}

// report returns the day as the counting of good days takes it. editions are those
// it may have been reckoned by.
func (d *Day) report(editions []*aqi.Edition) aqi.Report {
	r := aqi.Report{Kind: aqi.Daily, On: d.On, AQI: int(d.AQI), Published: d.Published, Issue: d.Issue, Primary: d.Primaries(),
		Level: aqi.Level{Number: int(d.Level)}, Basis: aqi.Basis{Confidence: d.Confidence}}
	for _, e := range editions {
		if c := e.Citation(); c.Number() == d.Edition {
			r.Basis.Citation = c
		}
	}
	if d.Good == BadDay && d.AQI <= 100 { // above the table, with nothing to stand in
		r.Items = []aqi.Single{{Reckoned: true, Issue: aqi.AboveTable}}
	}
	return r
}

// same reports whether o says the same as d, whoever made it and when.
func (d Day) same(o Day) bool {
	o.Revision, o.Cause, o.ReckonedAt, o.refs = d.Revision, d.Cause, d.ReckonedAt, d.refs
	return d == o
}

// exactOf reads a number that a row keeps.
func exactOf(text string) (x standard.Exact) {
	if text != "" {
		if x.UnmarshalText([]byte(text)) != nil {
			return standard.Exact{}
		}
	}
	return x
}

// unknownDay is a day of which nothing is stored.
func unknownDay(on standard.Date) Day {
	return Day{On: on, AQI: aqi.NoIAQI, Good: Unknown, Issue: standard.NoValue}
}

// reckonDay makes the day of a station from its hours; hours[0] starts at 0
// o'clock, which the standards call the hour of 1 o'clock.
func reckonDay(b *aqi.Book, st Station, on standard.Date, hours [24]*Values) Day {
	d := Day{Station: st.ID, Division: st.Division, On: on, Area: st.Area, Assessed: st.Counts(on)}
	means := map[aqi.Item]aqi.Mean{}
	var lines []string
	for p := range aqi.Pollutant(aqi.Six) {
		values := make([]standard.Exact, 24)
		texts := make([]string, 24)
		for i, h := range hours {
			if h != nil {
				values[i] = h[p].Value
				texts[i] = values[i].String()
			}
		}
		lines = append(lines, strings.Join(texts, ","))
		if p != aqi.O3 {
			means[aqi.Item{Pollutant: p, Averaging: aqi.Day}] = b.DayMean(p, on, values)
			continue
		}
		eight := b.MaxEightHour(on, st.Area, values)
		means[aqi.Item{Pollutant: p, Averaging: aqi.MaxEightHour}] = eight
		means[aqi.Item{Pollutant: p, Averaging: aqi.MaxHour}] = maxHour(eight, values)
	}
	d.Hourly = strings.Join(lines, "\n")
	d.finish(b, means)
	return d
}

// maxHour returns the highest hour of ozone of a day. No text at hand says when
// it counts; it does where the highest 8-hour mean of the day does.
func maxHour(eight aqi.Mean, hours []standard.Exact) aqi.Mean {
	m := eight
	m.Value, m.Have, m.Need = standard.Exact{}, 0, 0
	for _, x := range hours {
		if x.IsSet() && x.Sign() >= 0 {
			m.Have++
			if !m.Value.IsSet() || x.Cmp(m.Value) > 0 {
				m.Value = x
			}
		}
	}
	m.Basis.Confidence = m.Basis.Confidence.Weaker(standard.Inference)
	return m
}

// finish makes the report of a day from its means.
func (d *Day) finish(b *aqi.Book, means map[aqi.Item]aqi.Mean) {
	var readings []aqi.Reading
	var refs []standard.Ref
	confidence := standard.Source
	for p := range aqi.Pollutant(aqi.Six) {
		for _, a := range []aqi.Averaging{aqi.Day, aqi.MaxEightHour, aqi.MaxHour} {
			m, ok := means[aqi.Item{Pollutant: p, Averaging: a}]
			if !ok {
				continue
			}
			readings = append(readings, aqi.Of(p, a, m))
			refs = append(refs, m.Basis.Refs...)
			confidence = confidence.Weaker(m.Basis.Confidence)
		}
	}
	r := b.Report(aqi.Daily, d.On, readings...)
	d.AQI, d.Published, d.Level, d.Issue = int64(r.AQI), r.Published, int64(r.Level.Number), r.Issue
	d.Primary, d.Edition = textOf(r.Primary), r.Basis.Citation.Number()
	d.Confidence = confidence.Weaker(r.Basis.Confidence)
	d.Good = Unknown
	if good, known := r.Good(); known {
		d.Good = BadDay
		if good {
			d.Good = GoodDay
		}
	}
	for to, i := range map[*string]aqi.Item{
		&d.SO2: {Pollutant: aqi.SO2, Averaging: aqi.Day}, &d.NO2: {Pollutant: aqi.NO2, Averaging: aqi.Day},
		&d.PM10: {Pollutant: aqi.PM10, Averaging: aqi.Day}, &d.PM25: {Pollutant: aqi.PM25, Averaging: aqi.Day}, &d.CO: {Pollutant: aqi.CO, Averaging: aqi.Day},
		&d.O3: {Pollutant: aqi.O3, Averaging: aqi.MaxEightHour}, &d.O3Hour: {Pollutant: aqi.O3, Averaging: aqi.MaxHour},
	} {
		if m := means[i]; m.Valid {
			*to = m.Value.String()
		}
	}
	d.ItemsJSON = pack(singles(r, means))
	d.Basis, d.refs = basisOf(append(refs, r.Basis.Refs...))
}

// reckonCity makes the day of a division from those of the stations that count
// for it, of which due should report.
func reckonCity(b *aqi.Book, division access.Division, on standard.Date, due int, days []Day) Day {
	d := Day{Division: division, On: on, Area: aqi.Class2, Due: int64(due), Assessed: true}
	means := map[aqi.Item]aqi.Mean{}
	column := func(p aqi.Pollutant, a aqi.Averaging, text func(*Day) string) {
		var values []standard.Exact
		for i := range days {
			if x := exactOf(text(&days[i])); x.IsSet() {
				values = append(values, x)
			}
		}
		means[aqi.Item{Pollutant: p, Averaging: a}] = b.CityMean(on, values, due)
	}
	column(aqi.SO2, aqi.Day, func(d *Day) string { return d.SO2 })
	column(aqi.NO2, aqi.Day, func(d *Day) string { return d.NO2 })
	column(aqi.PM10, aqi.Day, func(d *Day) string { return d.PM10 })
	column(aqi.PM25, aqi.Day, func(d *Day) string { return d.PM25 })
	column(aqi.CO, aqi.Day, func(d *Day) string { return d.CO })
	column(aqi.O3, aqi.MaxEightHour, func(d *Day) string { return d.O3 })
	column(aqi.O3, aqi.MaxHour, func(d *Day) string { return d.O3Hour })
	d.Hourly = hourlyOf(b, on, due, days)
	d.finish(b, means)
	return d
}

// hourlyOf returns the hours of a division: of each hour the mean of the stations,
// where enough of them have one.
func hourlyOf(b *aqi.Book, on standard.Date, due int, days []Day) string {
	var lines []string
	for p := range aqi.Pollutant(aqi.Six) {
		var values [24][]standard.Exact
		for i := range days {
			for hour, x := range days[i].Hours(p) {
				values[hour] = append(values[hour], x)
			}
		}
		texts := make([]string, 24)
		for hour := range values {
			if m := b.CityMean(on, values[hour], due); m.Valid {
				texts[hour] = m.Value.String()
			}
		}
		lines = append(lines, strings.Join(texts, ","))
	}
	return strings.Join(lines, "\n")
}
