package air

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/bulletin"
	aqi "pingzhang/standard/air"
)

// A column is one of a table of a bulletin: the name of its placeholder, its
// header, and what stands in it.
type column[L any] struct {
	field, header string
	cell          func(*L) string
}

// tableOf makes a table of those lines that are wanted.
func tableOf[L any](name string, columns []column[L], lines []L, want func(*L) bool) bulletin.Table {
	t := bulletin.Table{Name: name, Rows: [][]string{}}
	for _, c := range columns {
		t.Columns, t.Fields = append(t.Columns, c.header), append(t.Fields, c.field)
	}
	for i := range lines {
		if !want(&lines[i]) {
			continue
		}
		row := make([]string, len(columns))
		for j, c := range columns {
			row[j] = c.cell(&lines[i])
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Title is the title of a bulletin.
func (b *Bulletin) Title() string {
	return b.Name + "环境空气质量" + b.Period.Kind.Name() + "（" + b.Period.Name() + "）"
}

// Content returns the bulletin as it is published.
//
// The error is one of encoding/json, which there is none of for a Bulletin of
// this package.
func (b *Bulletin) Content() (bulletin.Content, error) {
	data, err := json.Marshal(b)
	c := bulletin.Content{
		Key:   bulletin.Key{Duty: "air", Kind: string(b.Period.Kind), Division: b.Division, Period: b.Period.String()},
		Title: b.Title(), EndsOn: b.Period.To, Data: data, Notes: b.Notes,
	}
	for _, e := range b.Editions {
		c.Notes = append(c.Notes, "依据："+e)
	}
	if b.Period.Kind == DayBulletin {
		c.Summary, c.Tables = b.daySummary(), b.dayTables()
	} else {
		c.Summary, c.Tables = b.spanSummary(), b.spanTables()
	}
	return c, err
}

// mark writes 待核实 where figures are; of names those of one table alone.
func (r *Row) mark(names ...string) string {
	var all []string
	for _, u := range r.Unverified {
		if len(names) == 0 || slices.Contains(names, u) {
			all = append(all, u)
		}
	}
	if all == nil {
		return ""
	}
	return "待核实：" + strings.Join(all, "、")
}

// place writes the place in the ranking.
func (r *Row) place() string {
	switch {
	case r.Rank == 0:
		return none
	case r.Tied:
		return strconv.Itoa(r.Rank) + "（并列）"
	}
	return strconv.Itoa(r.Rank)
}

// rowColumns are the columns that say of which place a line is.
func rowColumns[L any](row func(*L) *Row, stations bool) []column[L] {
	if !stations {
		return []column[L]{{"名称", "区域", func(l *L) string { return row(l).Name }}}
	}
	return []column[L]{
		{"名称", "站点", func(l *L) string { return row(l).Name }},
		{"编码", "编码", func(l *L) string { return row(l).Code }},
		{"所在", "所在区域", func(l *L) string { return row(l).In }},
		{"类别", "类别", func(l *L) string { return row(l).Class }},
	}
}

func dayRow(l *DayLine) *Row   { return &l.Row }
func spanRow(l *SpanLine) *Row { return &l.Row }

// dayTables are the tables of a daily bulletin.
func (b *Bulletin) dayTables() []bulletin.Table {
	columns := func(stations bool) []column[DayLine] {
		all := append(rowColumns(dayRow, stations),
			column[DayLine]{"AQI", "AQI", func(l *DayLine) string { return l.AQI }},
			column[DayLine]{"级别", "级别", func(l *DayLine) string { return l.Level }},
			column[DayLine]{"首要污染物", "首要污染物", func(l *DayLine) string { return l.Primary }})
		for p := range aqi.Pollutant(aqi.Six) {
			all = append(all, column[DayLine]{p.String(), p.String() + "（" + string(p.Unit()) + "）", func(l *DayLine) string { return l.Figures[p].Text }})
		}
		return append(all,
			column[DayLine]{"上年AQI", "上年同日 AQI", func(l *DayLine) string { return l.AQIBefore }},
			column[DayLine]{"上年级别", "上年同日级别", func(l *DayLine) string { return l.LevelBefore }},
			column[DayLine]{"排名", "排名", func(l *DayLine) string { return l.place() }},
			column[DayLine]{"说明", "说明", (*DayLine).remark},
			column[DayLine]{"待核实", "核实情况", func(l *DayLine) string { return l.mark() }})
	}
	missing := append(rowColumns(dayRow, true), column[DayLine]{"原因", "原因", (*DayLine).remark})
	return []bulletin.Table{
		tableOf("区域日报", columns(false), b.Days, func(l *DayLine) bool { return !l.station() }),
		tableOf("站点日报", columns(true), b.Days, func(l *DayLine) bool { return l.station() }),
		tableOf("缺测站点", missing, b.Days, func(l *DayLine) bool { return l.station() && l.AQI == none }),
	}
}

// remark says what a line lacks, and why.
func (l *DayLine) remark() string {
	lack := lacking(l.Figures[:])
	switch {
	case l.Why == "":
	case len(lack) == 1 && !slices.ContainsFunc(l.Figures[:], func(f Figure) bool { return f.Why == "" }):
		return l.Why // of all that is missing
	default:
		lack = slices.Insert(lack, 0, l.Why)
	}
	return strings.Join(lack, "；")
}

// lacking says why figures are not there; one reason for all is said once.
func lacking(figures []Figure) []string {
	by := map[string][]string{}
	var order []string
	for _, f := range figures {
		if f.Why == "" {
			continue
		}
		if by[f.Why] == nil {
			order = append(order, f.Why)
		}
		by[f.Why] = append(by[f.Why], f.Pollutant.String())
	}
	for i, why := range order {
		order[i] = strings.Join(by[why], "、") + "：" + why
	}
	return order
}

// daySummary is a daily bulletin in words.
func (b *Bulletin) daySummary() []string {
	l := &b.Days[0]
	text := b.Period.Name() + "，" + b.Name + "环境空气质量指数（AQI）"
	if l.AQI == none {
		text += "未知"
		if r := l.remark(); r != "" {
			text += "（" + r + "）"
		}
	} else {
		text += "为 " + l.AQI + "，级别为" + l.Level
		if l.Primary != "无" {
			text += "，首要污染物为 " + l.Primary
		}
	}
	if l.AQIBefore != none {
		text += "；上年同日 AQI 为 " + l.AQIBefore + "，级别为" + l.LevelBefore
	} else {
		text += "；上年同日未知"
	}
	text += doubt(l.Unverified) + "。"
	all := []string{text}
	counts := map[string]int{}
	stations := 0
	for i := range b.Days {
		if s := &b.Days[i]; s.station() {
			stations++
			counts[s.Level]++
		}
	}
	if stations == 0 {
		return append(all, "区域内没有登记空气站点。")
	}
	var parts []string
	for _, level := range []string{"优", "良", "轻度污染", "中度污染", "重度污染", "严重污染", "未知"} {
		if counts[level] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d 个", level, counts[level]))
		}
	}
	return append(all, fmt.Sprintf("区域内站点 %d 个，其中%s。", stations, strings.Join(parts, "，")))
}

// doubt says in a sentence that something is unverified.
func doubt(what []string) string {
	if len(what) == 0 {
		return ""
	}
	return "（" + strings.Join(what, "、") + "待核实）"
}
