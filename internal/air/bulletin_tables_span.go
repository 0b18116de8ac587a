package air

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/bulletin"
	aqi "pingzhang/standard/air"
)

// spanTables are the tables of a bulletin of a month, quarter or year.
func (b *Bulletin) spanTables() []bulletin.Table {
	division := func(l *SpanLine) bool { return !l.station() }
	station := func(l *SpanLine) bool { return l.station() }
	var all []bulletin.Table
	for _, of := range []struct {
		name string
		own  []column[SpanLine]
		want func(*SpanLine) bool
	}{
		{"区域", rowColumns(spanRow, false), division}, {"站点", rowColumns(spanRow, true), station},
	} {
		for _, part := range []struct {
			name    string
			columns []column[SpanLine]
		}{{"评价", resultColumns()}, {"浓度", figureColumns()}, {"天数", dayColumnsOf()}} {
			all = append(all, tableOf(of.name+part.name, append(of.own[:len(of.own):len(of.own)], part.columns...), b.Spans, of.want))
		}
	}
	validity := append(rowColumns(spanRow, true), validityColumns()...)
	return append(all, tableOf("数据有效性", validity, b.Spans, station))
}

// count makes a column of a number of days.
func count(field, header string, n func(*SpanLine) int) column[SpanLine] {
	return column[SpanLine]{field, header, func(l *SpanLine) string { return strconv.Itoa(n(l)) }}
}

// resultColumns are good days, composite index and rank beside a year ago.
func resultColumns() []column[SpanLine] {
	return []column[SpanLine]{
		count("优良天数", "优良天数", func(l *SpanLine) int { return l.Good }),
		count("有效天数", "有效天数", func(l *SpanLine) int { return l.Valid }),
		{"优良率", "优良天数比率（%）", func(l *SpanLine) string { return l.Ratio }},
		{"上年优良率", "上年同期（%）", func(l *SpanLine) string { return l.RatioBefore }},
		{"优良率变化", "优良率变化（百分点）", func(l *SpanLine) string { return l.RatioChange }},
		count("重污染天数", "重污染天数", func(l *SpanLine) int { return l.Heavy }),
		{"综合指数", "综合指数", func(l *SpanLine) string { return l.Composite }},
		{"上年综合指数", "上年综合指数", func(l *SpanLine) string { return l.CompositeBefore }},
		{"综合指数变化", "综合指数变化（%）", func(l *SpanLine) string { return l.CompositeChange }},
		{"最大指数污染物", "最大单项指数的污染物", func(l *SpanLine) string { return l.Largest }},
		{"排名", "排名", func(l *SpanLine) string { return l.place() }},
		{"说明", "说明", (*SpanLine).remark},
		{"待核实", "核实情况", func(l *SpanLine) string { return l.mark("优良天数", "综合指数", "排名") }},
	}
}

func (l *SpanLine) remark() string {
	if l.CompositeWhy == "" {
		return ""
	}
	return "综合指数：" + l.CompositeWhy
}

// figureColumns are the concentrations, each with its change.
func figureColumns() (all []column[SpanLine]) {
	for p := range aqi.Pollutant(aqi.Six) {
		name := p.String()
		all = append(all,
			column[SpanLine]{name, name + "（" + string(p.Unit()) + "）", func(l *SpanLine) string { return l.Figures[p].Text }},
			column[SpanLine]{name + "变化", name + " 同比（%）", func(l *SpanLine) string { return l.Figures[p].Change }})
	}
	return append(all,
		column[SpanLine]{"说明", "说明", func(l *SpanLine) string { return strings.Join(lacking(l.Figures[:]), "；") }},
		column[SpanLine]{"待核实", "核实情况", func(l *SpanLine) string { return l.mark("浓度") }})
}

// dayColumnsOf are the days by level, and by what led those above 100.
func dayColumnsOf() (all []column[SpanLine]) {
	for i, level := range []string{"优", "良", "轻度污染", "中度污染", "重度污染", "严重污染"} {
		all = append(all, count(level, level, func(l *SpanLine) int { return l.Levels[i+1] }))
	}
	all = append(all, count("未知", "未知", func(l *SpanLine) int { return l.Unknown }))
	for p := range aqi.Pollutant(aqi.Six) {
		name := p.String()
		all = append(all, count(name+"首要", name+" 首要超标天数", func(l *SpanLine) int { return l.Led[p] }))
	}
	return append(all, column[SpanLine]{"待核实", "核实情况", func(l *SpanLine) string { return l.mark("优良天数") }})
}

// validityColumns are how many days there were, and why not all.
func validityColumns() []column[SpanLine] {
	return []column[SpanLine]{
		count("应有天数", "应有天数", func(l *SpanLine) int { return l.Due }),
		count("有效天数", "有效天数", func(l *SpanLine) int { return l.Valid }),
		count("未知天数", "未知天数", func(l *SpanLine) int { return l.Unknown }),
		{"原因", "未知的原因", func(l *SpanLine) string { return l.Missed }},
	}
}

// spanSummary is a bulletin of a month, quarter or year in words.
func (b *Bulletin) spanSummary() []string {
	l := &b.Spans[0]
	good := fmt.Sprintf("%s，%s环境空气质量有效监测 %d 天，", b.Period.Name(), b.Name, l.Valid)
	if l.Valid == 0 {
		good += "优良天数未知"
	} else {
		good += fmt.Sprintf("优良 %d 天，优良天数比率 %s%%%s，重污染 %d 天", l.Good, l.Ratio, than(l.RatioChange, l.RatioBefore+"%", " 个百分点"), l.Heavy)
	}
	if l.Unknown > 0 {
		good += fmt.Sprintf("；未知 %d 天（%s）", l.Unknown, l.Missed)
	}
	all := []string{good + l.doubt("优良天数") + "。"}
	var figures, alone, lack []string
	for _, p := range []aqi.Pollutant{aqi.PM25, aqi.PM10, aqi.O3, aqi.NO2, aqi.SO2, aqi.CO} {
		f := l.Figures[p]
		if f.Text == none {
			lack = append(lack, p.String()+"（"+f.Why+"）")
			continue
		}
		text := p.String() + " " + f.Text + " " + string(p.Unit())
		if f.Change == none {
			alone = append(alone, p.String())
		} else {
			text += than(f.Change, f.Before, "%")
		}
		figures = append(figures, text)
	}
	if figures != nil {
		text := "主要污染物浓度：" + strings.Join(figures, "；") + l.doubt("浓度")
		if alone != nil {
			text += "。上年同期无法比较的有：" + strings.Join(alone, "、")
		}
		all = append(all, text+"。")
	}
	if lack != nil {
		all = append(all, "浓度未知的有："+strings.Join(lack, "；")+"。")
	}
	if l.Composite == none {
		return append(all, "综合指数未知："+l.CompositeWhy+"。")
	}
	return append(all, "综合指数为 "+l.Composite+than(l.CompositeChange, l.CompositeBefore, "%")+"，单项指数最大的污染物为 "+l.Largest+l.doubt("综合指数")+"。")
}

// doubt says in a sentence that a figure of the line is unverified, where it is.
func (l *SpanLine) doubt(what string) string {
	if !slices.Contains(l.Unverified, what) {
		return ""
	}
	return doubt([]string{what})
}

// than says how a figure compares with a year ago.
func than(change, before, unit string) string {
	switch {
	case change == none:
		return "（上年同期无法比较）"
	case strings.HasPrefix(change, "+"):
		return "，比上年同期（" + before + "）上升 " + change[1:] + unit
	case strings.HasPrefix(change, "-"):
		return "，比上年同期（" + before + "）下降 " + change[1:] + unit
	}
	return "，与上年同期持平"
}
