package air

import (
	"pingzhang/internal/access"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// A Bulletin is the air of a division over a period, as bureaux publish it
// (日报、月报、季报、年报). Days or Spans is filled, by the kind of the period: the
// division itself comes first, then the divisions in it, then its stations.
type Bulletin struct {
	Period   Period          `json:"period"`
	Before   *Period         `json:"before"` // the same period of the year before
	Division access.Division `json:"division"`
	Name     string          `json:"name"` // of the division
	Days     []DayLine       `json:"days,omitempty"`
	Spans    []SpanLine      `json:"spans,omitempty"`
	Editions []string        `json:"editions"` // what the figures rest on, as citations
	Notes    []string        `json:"notes"`    // what must be said with them
}

// A Row names the place that a line of a bulletin is of.
type Row struct {
	Place Place  `json:"place"`
	Name  string `json:"name"`
	Code  string `json:"code"`
	In    string `json:"in"`    // of a station: the division in which it stands
	Class string `json:"class"` // of a station: 考核点 or 其他点
	Rank  int    `json:"rank"`  // among those of its sort, from 1; 0 where not ranked
	Tied  bool   `json:"tied"`
	// Unverified are the figures of the line that rest on what was not read in the
	// text of the standard.
	Unverified []string `json:"unverified,omitempty"`
}

// station reports whether the line is of a station.
func (r Row) station() bool { return r.Place.Station != 0 }

// A Figure is a concentration of a bulletin.
type Figure struct {
	Pollutant aqi.Pollutant  `json:"pollutant"`
	What      string         `json:"what"`  // mean of the day, percentile …
	Value     standard.Exact `json:"value"` // unrounded
	Text      string         `json:"text"`  // as published; — where it is unknown
	Why       string         `json:"why,omitempty"`
	Before    string         `json:"before"` // a year ago
	Change    string         `json:"change"` // percent, with its sign
}

// A DayLine is a place on one day.
type DayLine struct {
	Row
	AQI         string          `json:"aqi"` // — where none is published
	Level       string          `json:"level"`
	LevelNumber int             `json:"level_number"`
	Primary     string          `json:"primary"`
	Good        Good            `json:"good"`
	Why         string          `json:"why,omitempty"` // why there is no index, or what it lacks
	Figures     [aqi.Six]Figure `json:"figures"`
	AQIBefore   string          `json:"aqi_before"`
	LevelBefore string          `json:"level_before"`
	index       standard.Exact
}

// A SpanLine is a place over a month, a quarter or a year.
type SpanLine struct {
	Row
	Due     int          `json:"due"`     // days of the period
	Valid   int          `json:"valid"`   // of which it is known whether they were good
	Good    int          `json:"good"`    // 优良天数
	Heavy   int          `json:"heavy"`   // 重污染天数
	Unknown int          `json:"unknown"` // Due − Valid
	Levels  [7]int       `json:"levels"`  // days of levels 1 to 6
	Led     [aqi.Six]int `json:"led"`     // days above 100 that each pollutant led
	Missed  string       `json:"missed"`  // the reasons of the unknown days, each with its days

	Ratio       string `json:"ratio"` // 优良天数比率, percent
	RatioBefore string `json:"ratio_before"`
	RatioChange string `json:"ratio_change"` // points of percent

	Figures [aqi.Six]Figure `json:"figures"`

	Composite       string `json:"composite"` // 综合指数
	CompositeWhy    string `json:"composite_why,omitempty"`
	CompositeBefore string `json:"composite_before"`
	CompositeChange string `json:"composite_change"` // percent
	Largest         string `json:"largest"`          // what contributes most to it
	// Dust are the days that were deducted as dust from PM10, PM2.5 and the
	// composite index; Undeducted are these with nothing deducted.
	Dust       []standard.Date `json:"dust,omitempty"`
	Undeducted string          `json:"undeducted,omitempty"`
	composite  standard.Exact
}

// none stands where a figure is unknown.
const none = "—"

// published writes a concentration as bulletins do: in whole µg/m³, of CO in
// tenths of a mg/m³.
func published(p aqi.Pollutant, x standard.Exact) standard.Exact {
	if !x.IsSet() {
		return x
	}
	digits := 0
	if p == aqi.CO {
		digits = 1
	}
	return x.Rounded(digits)
}

// textOfPublished writes what published rounds, with its zeros.
func textOfPublished(p aqi.Pollutant, x standard.Exact) string {
	switch {
	case !x.IsSet():
		return none
	case p == aqi.CO:
		return x.Round(1)
	}
	return x.Round(0)
}

// changeOf writes by how many percent now differs from before, both as they are
// published; — where that cannot be told.
func changeOf(now, before standard.Exact) string {
	if !now.IsSet() || !before.IsSet() || before.Sign() <= 0 {
		return none
	}
	return signed(now.Sub(before).Mul(standard.Int(100)).Quo(before), 1)
}

// signed writes x rounded, with its sign; no change has none.
func signed(x standard.Exact, digits int) string {
	text := x.Round(digits)
	switch x.Rounded(digits).Sign() {
	case 1:
		return "+" + text
	case 0:
		return standard.Int(0).Round(digits)
	}
	return text
}
