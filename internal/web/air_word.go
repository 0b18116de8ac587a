package web

import (
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// airLevel is a level of the index as pages show it: its colour by number, and
// its word. The zero one is unknown.
type airLevel struct {
	Number int64
	Text   string
}

// airValue is a concentration, or the reason why there is none.
type airValue struct {
	Name, Unit, Text, Why string
}

// airReport is what pages show of the report of an hour or a day.
type airReport struct {
	AQI        string // "—" where none is known
	Level      airLevel
	Primary    string
	Values     []airValue // of the six pollutants
	Why        string     // why there is no index, or what it lacks
	Edition    string
	Unverified bool
}

// unknownReport says that nothing is known.
func unknownReport(why string) airReport {
	rep := airReport{AQI: "—", Level: airLevel{0, "未知"}, Primary: "—", Why: why}
	for p := range aqi.Pollutant(aqi.Six) {
		rep.Values = append(rep.Values, airValue{p.String(), string(p.Unit()), "—", ""})
	}
	return rep
}

// airIndex is what an hour and a day have in common.
type airIndex struct {
	on         standard.Date
	aqi, level int64
	published  bool
	primaries  []aqi.Item
	issue      standard.Issue
	edition    string
	confidence standard.Confidence
}

// airReport words a report. An index that is not published is not shown: it
// would read as if it were one.
func (s *Server) airReport(x airIndex) airReport {
	rep := unknownReport("")
	rep.Edition = x.edition
	rep.Unverified = x.edition != "" && !x.confidence.Verified()
	if x.issue != "" {
		rep.Why = aqi.Text(x.issue)
	}
	if !x.published || x.aqi < 0 {
		return rep
	}
	rep.AQI, rep.Level, rep.Primary = strconv.FormatInt(x.aqi, 10), s.airLevel(x.on, x.aqi), primaryText(x.primaries)
	return rep
}

// airLevel returns the level of a published index by the edition in force on a
// day.
func (s *Server) airLevel(on standard.Date, index int64) airLevel {
	e, ok := s.cfg.Air.Book().Edition(on)
	if !ok || index < 0 {
		return airLevel{0, "未知"}
	}
	l := e.Level(int(index))
	return airLevel{int64(l.Number), l.Category}
}

// primaryText names primary pollutants; of a published index that has none
// (HJ 633: up to 50) it says so.
func primaryText(items []aqi.Item) string {
	if len(items) == 0 {
		return "无"
	}
	var all []string
	for _, i := range items {
		all = append(all, i.FeedName())
	}
	return strings.Join(all, "、")
}

// concentration writes a concentration as it was reported; a mean that has many
// digits is rounded for showing (GB/T 8170), of CO to two decimals.
func concentration(p aqi.Pollutant, x standard.Exact) string {
	if !x.IsSet() {
		return "—"
	}
	digits := 1
	if p == aqi.CO {
		digits = 2
	}
	text := x.String()
	if _, decimals, _ := strings.Cut(text, "."); x.Terminates() && len(decimals) <= digits {
		return text
	}
	return x.Round(digits)
}

// hourName names an hour by its beginning and its end, for people name it by
// either.
func hourName(at int64) string {
	from := clock.Unix(at).In(clock.Shanghai)
	end := from.Add(time.Hour).Format("15:04")
	if end == "00:00" {
		end = "24:00"
	}
	return from.Format("01-02 15:04") + "—" + end
}

// dayOn is the day of Shanghai that a moment lies in.
func dayOn(t time.Time) standard.Date {
	return standard.Date(t.In(clock.Shanghai).Format(time.DateOnly))
}

// timeOn is the beginning of a day; the zero time where on is none.
func timeOn(on standard.Date) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(on), clock.Shanghai)
	if err != nil {
		return time.Time{}
	}
	return t
}

// yearBefore is the same moment a year before, and whether there is one: 29
// February has none.
func yearBefore(t time.Time) (time.Time, bool) {
	t = t.In(clock.Shanghai)
	before := t.AddDate(-1, 0, 0)
	return before, before.Day() == t.Day()
}

// sourceNames say where the values of an hour come from.
var sourceNames = map[string]string{"device": "站点联网设备", "feed": "导入的国家发布数据", "none": "没有数据"}

// percentText writes a ratio in percent with one decimal.
func percentText(x standard.Exact) string { return x.Mul(standard.Int(100)).Round(1) }

// invalidText returns the sentence of an error about what was entered, which a
// page shows beside the form; other errors it returns.
func invalidText(err error) (string, error) {
	if fault.Is(err, fault.Invalid) {
		return fault.Text(err), nil
	}
	return "", err
}
