package air

import (
	"fmt"
	"io"
	"strings"
	"time"

	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Columns of the national feed, in the spellings in which it arrives: the lists
// that carry the averaging in the header (so2_1h), the raw archives of the
// platform (so2, so2_24h), and Chinese tables.
const (
	colTime, colCode, colName, colAQI, colPrimary = "time", "code", "name", "aqi", "primary"
	colO3Hour                                     = "o3_1h"  // says that it is the hour
	colO3Bare                                     = "o3"     // the hour, or in the archives the highest hour of the day
	colO3Swapped                                  = "o3_24h" // in the archives the hour
	colDirection, colSpeed                        = "wind_direction", "wind_speed"
)

var feedColumns = []sheet.Column{
	{Name: colTime, Zh: "时间", Kind: sheet.Time, Required: true,
		Synonyms: []string{"time", "timepoint", "time_point", "监测时间", "数据时间", "时间点", "发布时间", "日期时间", "小时"}},
	{Name: colCode, Zh: "站点编码", Required: true,
		Synonyms: []string{"station_code", "stationcode", "站点编号", "站点代码", "点位编码", "点位编号", "监测点编码", "监测点编号"}},
	{Name: colName, Zh: "站点名称", Synonyms: []string{"station", "positionname", "position_name", "监测点", "监测点位", "点位名称", "站点"}},
	number("SO2", standard.UgPerM3, "so2_1h", "so2", "二氧化硫", "二氧化硫(SO2)", "二氧化硫1小时", "SO2 1小时"),
	number("NO2", standard.UgPerM3, "no2_1h", "no2", "二氧化氮", "二氧化氮(NO2)", "二氧化氮1小时", "NO2 1小时"),
	number("PM10", standard.UgPerM3, "pm10_1h", "pm10", "可吸入颗粒物", "颗粒物(PM10)", "可吸入颗粒物(PM10)", "PM10 1小时"),
	number("PM2.5", standard.UgPerM3, "pm25_1h", "pm2_5", "pm25", "pm2_5_1h", "细颗粒物", "细颗粒物(PM2.5)", "PM2.5 1小时"),
	number("CO", standard.MgPerM3, "co_1h", "co", "一氧化碳", "一氧化碳(CO)", "一氧化碳1小时", "CO 1小时"),
	number(colO3Hour, standard.UgPerM3, "臭氧1小时", "O3 1小时", "臭氧小时值", "臭氧(O3)1小时"),
	number(colO3Bare, standard.UgPerM3, "臭氧", "臭氧(O3)"),
	number(colO3Swapped, standard.UgPerM3),
	{Name: colDirection, Zh: "风向", Kind: sheet.Number, Unit: standard.Degree, Synonyms: []string{"wind_direction", "winddirection", "wd"}},
	{Name: colSpeed, Zh: "风速", Kind: sheet.Number, Unit: standard.MPerS, Synonyms: []string{"wind_speed", "windspeed", "ws"}},
	{Name: colAQI, Zh: "AQI", Synonyms: []string{"aqi_published", "空气质量指数", "空气质量指数(AQI)"}},
	{Name: colPrimary, Zh: "首要污染物", Synonyms: []string{"primarypollutant", "primary_pollutant", "primary_published"}},
}

// number is a column of concentrations. The program's own name is one of its
// headers.
func number(name string, unit standard.Unit, synonyms ...string) sheet.Column {
	c := sheet.Column{Name: name, Zh: name, Kind: sheet.Number, Unit: unit}
	for _, s := range synonyms {
		if !strings.EqualFold(s, name) {
			c.Synonyms = append(c.Synonyms, s)
		}
	}
	return c
}

// Issues of cells of the feed, beside those of packages sheet and standard.
const (
	unknownStation standard.Issue = "air_unknown_station"
	notBearing     standard.Issue = "air_not_bearing"
	doubleHour     standard.Issue = "air_double_hour"
	notWholeHour   standard.Issue = "air_not_whole_hour"
	tooHigh        standard.Issue = "air_too_high"
	ozoneColumns   standard.Issue = "air_ozone_columns"
	notYet         standard.Issue = "air_not_yet"
	corrected      standard.Issue = "air_corrected"
)

// feedHour is one row of the feed that can be used.
type feedHour struct {
	row     sheet.Row
	station Station
	at      int64 // start of the hour
	values  [aqi.Six]string
	wind    [2]string // direction and speed
	aqi     string
	primary string
}

func (h *feedHour) empty() bool { return h.values == [aqi.Six]string{} && h.wind == [2]string{} }

// alike reports whether two rows say the same of what was measured.
func (h *feedHour) alike(o *feedHour) bool { return h.values == o.values && h.wind == o.wind }

// feed is a file of the national feed as it was read.
type feed struct {
	sheet   *sheet.Sheet
	hours   []feedHour
	unknown map[string]int // rows of stations that are not known, by code
	rows    int
}

// problem adds a cell that cannot be used.
func (f *feed) problem(r sheet.Row, column string, issue standard.Issue, format string, args ...any) {
	f.sheet.Problems = append(f.sheet.Problems, r.Problem(column, issue, format, args...))
}

// readFeed reads a file. known are the stations by code; nothing lies after now.
func readFeed(r io.Reader, known map[string]Station, set Settings, now time.Time) (*feed, error) {
	sh, err := sheet.Read(r, feedColumns, sheet.Options{})
	if err != nil {
		return nil, err
	}
	f := &feed{sheet: sh, unknown: map[string]int{}}
	ozone, err := ozoneColumn(sh)
	if err != nil {
		return nil, err
	}
	type key struct {
		station, at int64
	}
	seen := map[key]int{} // position in hours; -1 where rows contradict each other
	for row := range sh.Rows() {
		f.rows++
		h, ok := f.row(row, known, ozone, set, now)
		if !ok || h.empty() && h.aqi == "" {
			continue
		}
		k := key{h.station.ID, h.at}
		i, double := seen[k]
		switch {
		case !double:
			seen[k] = len(f.hours)
			f.hours = append(f.hours, h)
		case i >= 0 && f.hours[i].alike(&h):
			f.problem(row, colCode, doubleHour, "站点 %s 的这个小时与第 %d 行重复，只采用一次", h.station.Code, f.hours[i].row.Number)
		case i >= 0:
			f.problem(row, colCode, doubleHour, "站点 %s 的这个小时与第 %d 行的数值不同，两行都没有采用", h.station.Code, f.hours[i].row.Number)
			f.hours[i].wind = [2]string{}
			f.hours[i].values, f.hours[i].aqi, f.hours[i].primary = [aqi.Six]string{}, "", ""
			seen[k] = -1
		default:
			f.problem(row, colCode, doubleHour, "站点 %s 的这个小时在文件中有几行不同的数值，都没有采用", h.station.Code)
		}
	}
	return f, nil
}

// ozoneColumn returns the column that has the hour of ozone. In the archives of
// the platform the names are swapped: o3 is the highest hour of the day and
// o3_24h the hour (on every row there o3 is at least o3_24h).
func ozoneColumn(sh *sheet.Sheet) (string, error) {
	switch {
	case sh.Has(colO3Hour):
		return colO3Hour, nil
	case sh.Has(colO3Swapped) && sh.Has(colO3Bare):
		return colO3Swapped, nil
	case sh.Has(colO3Swapped):
		return "", fault.New(fault.Invalid, "文件只有 o3_24h 一列而没有 o3，不能判定哪一列是臭氧的小时值；请把小时值一列命名为“臭氧1小时”")
	}
	return colO3Bare, nil
}

// row reads one row. It is false where the row cannot be told to a station and an
// hour; the reason is then a problem.
func (f *feed) row(row sheet.Row, known map[string]Station, ozone string, set Settings, now time.Time) (feedHour, bool) {
	h := feedHour{row: row}
	code := strings.ToUpper(row.Text(colCode))
	st, ok := known[code]
	if !ok {
		if code != "" {
			f.unknown[code]++
		}
		return h, false
	}
	h.station = st
	m := row.Moment(colTime)
	if m.Issue != "" {
		return h, false // sheet has said so
	}
	if m.Time.Minute() != 0 || m.Time.Second() != 0 {
		f.problem(row, colTime, notWholeHour, "时间“%s”不是整点", m.Raw)
		return h, false
	}
	if h.at = m.Time.Unix(); set.FeedNamesEnd {
		h.at -= 3600
	}
	if h.at+3600 > now.Unix() {
		f.problem(row, colTime, notYet, "时间“%s”的小时还没有结束", m.Raw)
		return h, false
	}
	for p := range aqi.Pollutant(aqi.Six) {
		column := p.String()
		if p == aqi.O3 {
			if column = ozone; !f.ozoneFits(row, ozone) {
				continue
			}
		}
		h.values[p] = f.value(row, column, p, set)
	}
	h.wind = f.windOf(row)
	h.aqi, h.primary = row.Text(colAQI), row.Text(colPrimary)
	if _, issue := standard.Read(h.aqi); issue != "" {
		h.aqi, h.primary = "", ""
	}
	return h, true
}

// ozoneFits reports whether the swapped columns of ozone are what they are taken
// for: the highest hour of a day is no lower than an hour of it.
func (f *feed) ozoneFits(row sheet.Row, ozone string) bool {
	if ozone != colO3Swapped {
		return true
	}
	highest, hour := row.Reading(colO3Bare), row.Reading(colO3Swapped)
	if highest.Issue == "" && hour.Issue == "" && highest.Value.Cmp(hour.Value) < 0 {
		f.problem(row, colO3Swapped, ozoneColumns, "o3（当日最大 %s）小于 o3_24h（小时值 %s），不能判定哪一列是小时值", highest.Raw, hour.Raw)
		return false
	}
	return true
}

// windOf returns the texts of direction and speed that can be used.
func (f *feed) windOf(row sheet.Row) (wind [2]string) {
	for i, column := range []string{colDirection, colSpeed} {
		x := row.Reading(column)
		if x.Issue != "" {
			continue
		}
		switch {
		case x.Value.Sign() < 0:
			f.problem(row, column, standard.Negative, "“%s”小于 0", x.Raw)
		case column == colDirection && x.Value.Cmp(standard.Int(360)) > 0:
			f.problem(row, column, notBearing, "风向“%s”大于 360°", x.Raw)
		default:
			wind[i] = strings.TrimSpace(x.Raw)
		}
	}
	return wind
}

// value returns the text of a concentration that can be used; empty where there
// is none. sheet has said what is no number.
func (f *feed) value(row sheet.Row, column string, p aqi.Pollutant, set Settings) string {
	x := row.Reading(column)
	if x.Issue != "" {
		return ""
	}
	if x.Value.Sign() < 0 {
		f.problem(row, column, standard.Negative, "%s 浓度“%s”小于 0", p, x.Raw)
		return ""
	}
	if top := set.ceiling(p); top.IsSet() && x.Value.Cmp(top) > 0 {
		f.problem(row, column, tooHigh, "%s 浓度“%s”高于设定的上限 %s %s，不可信", p, x.Raw, top, p.Unit())
		return ""
	}
	return strings.TrimSpace(x.Raw)
}

// unknownText is a sentence on the rows of a station that is not known.
func unknownText(code string, rows int) string {
	return fmt.Sprintf("没有编码为 %s 的站点，%d 行没有采用；请先登记空气站点", code, rows)
}
