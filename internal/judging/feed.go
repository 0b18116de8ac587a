package judging

import (
	"fmt"

	"pingzhang/internal/sheet"
	"pingzhang/standard"
	"pingzhang/standard/air"
)

// The columns of a pollutant: of the hour, of the day, and one whose header does
// not say which, which is the hour where the table has columns of the day.
func hourColumn(p air.Pollutant) string  { return feedName[p] + "_1h" }
func dayColumn(p air.Pollutant) string   { return feedName[p] + "_24h" }
func plainColumn(p air.Pollutant) string { return feedName[p] }

// The columns of ozone. The archives of the national feed name two pairs in a
// way that says nothing sure: see pair.
const (
	ozoneHour    = "o3_1h"
	ozoneMaxHour = "o3_1h_daymax"
	ozoneEight   = "o3_8h_now"
	ozoneMax8    = "o3_8h_daymax"
)

var feedName = map[air.Pollutant]string{
	air.SO2: "so2", air.NO2: "no2", air.PM10: "pm10", air.PM25: "pm25", air.CO: "co", air.O3: "o3",
}

// AirColumns are the columns of a file of air stations.
func AirColumns() []sheet.Column {
	all := []sheet.Column{
		{Name: "time", Zh: "时间", Synonyms: []string{"time", "timepoint", "监测时间", "日期", "date", "时次", "发布时间"}, Kind: sheet.Date},
		{Name: "station_code", Zh: "站点编码", Synonyms: []string{"station_code", "stationcode", "站点编号", "点位编码", "编码"}},
		{Name: "station", Zh: "站点", Synonyms: []string{"station", "positionname", "站点名称", "点位", "点位名称", "监测点"}},
		{Name: "city", Zh: "城市", Synonyms: []string{"city", "area", "地区"}},
	}
	number := func(name, zh string, synonyms ...string) {
		all = append(all, sheet.Column{Name: name, Zh: zh, Synonyms: append(synonyms, name), Kind: sheet.Number})
	}
	for _, p := range []air.Pollutant{air.SO2, air.NO2, air.CO, air.PM10, air.PM25} {
		plain := []string{p.Name()}
		if p == air.PM25 {
			plain = append(plain, "pm2_5")
		}
		number(plainColumn(p), p.String(), plain...)
		symbol := p.String()
		hour := []string{symbol + "_1h", p.Name() + "小时均值", p.Name() + "1小时", symbol + "小时", symbol + "(1h)"}
		day := []string{symbol + "_24h", p.Name() + "24小时均值", p.Name() + "日均值", symbol + "日均值", symbol + "(24h)"}
		if p == air.PM25 {
			hour, day = append(hour, "pm2_5_1h"), append(day, "pm2_5_24h")
		}
		number(hourColumn(p), symbol+" 小时均值", hour...)
		number(dayColumn(p), symbol+" 24 小时均值", day...)
	}
	number(ozoneHour, "O3 小时均值", "臭氧小时均值", "臭氧1小时", "O3(1h)")
	number(ozoneMaxHour, "O3 日最大小时均值", "臭氧日最大小时均值", "臭氧日最大1小时")
	number(ozoneEight, "O3 8 小时滑动均值", "臭氧8小时滑动均值")
	number(ozoneMax8, "O3 日最大 8 小时滑动均值", "臭氧日最大8小时", "臭氧日最大8小时滑动均值", "O3_8h_max")
	number("o3", "O3", "臭氧")
	number("o3_24h", "O3_24h")
	number("o3_8h", "O3_8h", "臭氧8小时", "O3-8h", "O3(8h)")
	number("o3_8h_24h", "O3_8h_24h")
	return all
}

// A pair is two columns of ozone, one of which holds the value of the hour and
// the other the day's highest, under headers that are used both ways. The
// archives of the national feed have them swapped: o3 is the day's highest hour,
// o3_24h the hour. The day's highest cannot be lower than the hour; the rows of
// the file show by that which column is which.
type pair struct {
	plain, long string // o3, o3_24h
	swapped     bool   // plain is the highest
	open        bool   // the rows contradict each other
}

// the share of rows, in percent, that must agree on which column is which. No
// source gives one: an archive may have single rows that are wrong, and columns
// that were not of this kind would agree in half of the rows.
const agreeing = 90

// pairOf finds out about a pair; nil where the file lacks one of the columns.
func (f *file) pairOf(plain, long string, t *Table) *pair {
	if !f.Has(plain) || !f.Has(long) {
		return nil
	}
	above, below := 0, 0
	for r := range f.Rows() {
		p, l := r.Reading(plain), r.Reading(long)
		if p.Issue != "" || l.Issue != "" {
			continue
		}
		switch p.Value.Cmp(l.Value) {
		case 1:
			above++
		case -1:
			below++
		}
	}
	// Without any row that shows it the names are those of the archives, and the
	// two columns are alike wherever both are filled.
	got := &pair{plain: plain, long: long, swapped: above >= below}
	got.open = max(above, below)*100 < (above+below)*agreeing
	now, most := long, plain
	if !got.swapped {
		now, most = plain, long
	}
	counts := fmt.Sprintf("%s 较大的 %d 行，%s 较大的 %d 行", plain, above, long, below)
	if got.open {
		t.Notes = append(t.Notes, fmt.Sprintf("%s 与 %s 两列哪个是当前值、哪个是日最大值，各行互相矛盾（%s），两列都没有采用", plain, long, counts))
	} else {
		t.Notes = append(t.Notes, fmt.Sprintf("%s 按当前值、%s 按日最大值采用：日最大值不会小于当前值（%s）", now, most, counts))
	}
	return got
}

// read returns the value of the hour, or the day's highest.
func (p *pair) read(r *reader, highest bool) (column string, got sheet.Reading) {
	column = p.long
	if highest == p.swapped {
		column = p.plain
	}
	got = r.number(column, false)
	if got.Issue != "" {
		return column, got
	}
	if p.open {
		r.bad(column, OrderOpen, "这一列是当前值还是日最大值不能确定，没有采用")
		return column, sheet.Reading{Raw: got.Raw, Issue: OrderOpen}
	}
	now, most := r.Reading(p.long), r.Reading(p.plain)
	if !p.swapped {
		now, most = most, now
	}
	if now.Issue == "" && most.Issue == "" && now.Value.Cmp(most.Value) > 0 {
		r.note(column, OrderOdd, "当前值大于日最大值，与其他行相反")
	}
	return column, got
}

// A source is the column that an item is read from.
type source struct {
	item   air.Item
	column string // empty where pair has it
	pair   *pair
}

// sources finds the columns of the items of a report.
func (f *file) sources(t *Table) []source {
	var all []source
	add := func(p air.Pollutant, a air.Averaging, columns ...string) {
		for _, c := range columns {
			if f.Has(c) {
				all = append(all, source{item: air.Item{Pollutant: p, Averaging: a}, column: c})
				return
			}
		}
	}
	long := air.RollingDay // what serves the report of the hour
	if f.Daily {
		long = air.Day
	}
	anyDay := false
	for p := range feedName {
		anyDay = anyDay || p != air.O3 && f.Has(dayColumn(p))
	}
	for _, p := range []air.Pollutant{air.SO2, air.NO2, air.PM10, air.PM25, air.CO} {
		if f.Daily && !anyDay {
			add(p, air.Day, plainColumn(p))
			continue
		}
		if !f.Daily {
			add(p, air.Hour, hourColumn(p), plainColumn(p))
		}
		add(p, long, dayColumn(p))
	}
	if f.Daily && !anyDay && len(all) > 0 {
		t.Notes = append(t.Notes, "表里没有 24 小时均值的列，SO2、NO2、PM10、PM2.5、CO 各列按日均值采用")
	}
	return append(all, f.ozone(t)...)
}

// ozone finds the columns of ozone.
func (f *file) ozone(t *Table) []source {
	hour, eight := f.pairOf("o3", "o3_24h", t), f.pairOf("o3_8h", "o3_8h_24h", t)
	pick := func(a air.Averaging, own string, p *pair, lone string) []source {
		s := source{item: air.Item{Pollutant: air.O3, Averaging: a}}
		switch {
		case f.Has(own):
			s.column = own
		case p != nil:
			s.pair = p
		case lone != "" && f.Has(lone):
			s.column = lone
		default:
			return nil
		}
		return []source{s}
	}
	if f.Daily {
		return append(pick(air.MaxHour, ozoneMaxHour, hour, ""), pick(air.MaxEightHour, ozoneMax8, eight, "o3_8h")...)
	}
	return append(append(pick(air.Hour, ozoneHour, hour, "o3"), pick(air.EightHour, ozoneEight, eight, "o3_8h")...),
		pick(air.MaxHour, ozoneMaxHour, hour, "")...)
}

// reading reads the concentration of an item.
func (s source) reading(r *reader) air.Reading {
	column, got := s.column, sheet.Reading{}
	if s.pair != nil {
		column, got = s.pair.read(r, s.item.Averaging == air.MaxHour || s.item.Averaging == air.MaxEightHour)
	} else {
		got = r.number(column, false)
	}
	out := air.Reading{Item: s.item, Value: got.Value, Unit: s.item.Pollutant.Unit(), Text: got.Raw, Issue: got.Issue}
	f, _ := r.file.Field(column)
	if f.Unit == "" {
		return s.believed(r, column, out)
	}
	u, err := standard.ParseUnit(f.Unit)
	if err == nil {
		_, err = standard.Convert(standard.Int(1), u, out.Unit)
	}
	if err != nil {
		out.Issue = err.(*standard.UnitError).Issue
		r.bad(column, out.Issue, "表头的单位 "+f.Unit+" 不能换算成 "+string(out.Unit))
		return out
	}
	out.Unit = u
	return s.believed(r, column, out)
}

// believed marks a concentration that is more than there can be.
func (s source) believed(r *reader, column string, out air.Reading) air.Reading {
	most := r.file.ceiling(s.item.Pollutant)
	x, err := standard.Convert(out.Value, out.Unit, s.item.Pollutant.Unit())
	if err == nil && out.Issue == "" && x.IsSet() && x.Cmp(most) > 0 {
		out.Issue = standard.Implausible
		r.bad(column, out.Issue, out.Issue.Text()+"：高于 "+most.String()+" "+string(s.item.Pollutant.Unit()))
	}
	return out
}
