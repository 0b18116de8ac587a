package subject

import (
	"slices"
	"strconv"
	"strings"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

// reported are the concentrations that a report may be given, by the name of the
// input, with what each is in an hour and in a day.
var reported = []struct {
	name, chinese string
	pollutant     air.Pollutant
	hour, day     air.Averaging
	about         string
}{
	{"SO2", "二氧化硫", air.SO2, air.Hour, air.Day, "实时报为小时均值，日报为 24 小时均值；"},
	{"NO2", "二氧化氮", air.NO2, air.Hour, air.Day, "同上；"},
	{"PM10", "可吸入颗粒物", air.PM10, air.Hour, air.Day, "同上；"},
	{"PM2.5", "细颗粒物", air.PM25, air.Hour, air.Day, "同上；"},
	{"CO", "一氧化碳", air.CO, air.Hour, air.Day, "同上；"},
	{"O3", "臭氧", air.O3, air.Hour, air.MaxEightHour, "实时报为小时均值，日报为日最大 8 小时滑动均值；"},
	{"O3_8h", "臭氧8小时", air.O3, air.EightHour, air.MaxEightHour, "8 小时滑动均值；"},
	{"O3_1h", "臭氧1小时", air.O3, air.Hour, air.MaxHour, "日报为日最大小时均值；"},
	{"SO2_24h", "二氧化硫24小时", air.SO2, air.RollingDay, air.Day, "24 小时滑动均值；"},
	{"PM10_24h", "可吸入颗粒物24小时", air.PM10, air.RollingDay, air.Day, "24 小时滑动均值；"},
	{"PM2.5_24h", "细颗粒物24小时", air.PM25, air.RollingDay, air.Day, "24 小时滑动均值；"},
}

func reportInputs() []Key {
	keys := []Key{{"report", "报类", "实时报（hourly）或日报（daily）；不写为日报"}}
	for _, r := range reported {
		keys = append(keys, Key{r.name, r.chinese, r.about + "带计量单位"})
	}
	return append(keys, Key{"excused", "免报项目", "按 HJ 633-2026 5.3.2 免报、记为 / 的项目，以 、 分隔"})
}

func askAQI(b books, q *question, a *answer) {
	kind := air.Daily
	if q.one("report", map[string]string{"实时报": string(air.Hourly), "日报": string(air.Daily)}) == string(air.Hourly) {
		kind = air.Hourly
	}
	excused := strings.Split(q.text("excused"), "、")
	var readings []air.Reading
	for _, in := range reported {
		averaging := in.day
		if kind == air.Hourly {
			averaging = in.hour
		}
		if slices.Contains(excused, in.name) || slices.Contains(excused, in.chinese) {
			readings = append(readings, air.Reading{Item: air.Item{Pollutant: in.pollutant, Averaging: averaging}, Excused: true})
		} else if q.has(in.name) {
			text, unit := q.reading(in.name)
			readings = append(readings, air.Read(in.pollutant, averaging, text, unit))
		}
	}
	r := b.air.Report(kind, q.at, readings...)
	if r.AQI != air.NoIAQI {
		a.set("largest", strconv.Itoa(r.AQI))
	}
	a.yes("published", r.Published)
	if r.Published {
		a.set("aqi", strconv.Itoa(r.AQI))
		a.set("level", strconv.Itoa(r.Level.Number))
		a.set("category", r.Level.Category)
		a.set("colour", r.Level.Colour)
	}
	a.none("primary", symbols(r.Primary))
	a.none("exceeding", symbols(r.Exceeding))
	a.none("missing", symbols(r.Missing))
	var groups air.Set
	for _, g := range r.Groups {
		groups |= air.SetOf(g.Pollutant)
	}
	a.none("groups", groups.String())
	var instead, how []string
	for _, s := range r.Items {
		if s.StandIn != nil {
			instead = append(instead, s.Item.String()+"→"+s.StandIn.String())
		}
		if s.Reckoned && s.IAQI != air.NoIAQI {
			how = append(how, s.Arithmetic())
		}
	}
	a.none("stand_in", strings.Join(instead, "、"))
	cited := []standard.Citation{}
	if r.Basis.Citation != (standard.Citation{}) {
		cited = append(cited, r.Basis.Citation)
	}
	a.basis(r.Issue, air.Text, strings.Join(append(how, r.Arithmetic()), "；"), r.Basis.Confidence, cited...)
}

// symbols lists the pollutants of items, each once, in their order.
func symbols(items []air.Item) string {
	var s air.Set
	for _, i := range items {
		s |= air.SetOf(i.Pollutant)
	}
	return s.String()
}
