package main

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"pingzhang/internal/judging"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
)

// none stands for what there is not.
const none = "—"

func airTable(rows iter.Seq[judging.AirRow]) section {
	head := []string{"行", "时间", "编码", "站点", "AQI", "级别", "类别", "首要污染物", "分指数", "依据", "说明"}
	return sectionOf("行数", head, rows, func(r judging.AirRow) line {
		level := none
		if r.Level > 0 {
			level = []string{"一级", "二级", "三级", "四级", "五级", "六级"}[r.Level-1]
		}
		var all []string
		for _, i := range r.Items {
			if i.Reckoned {
				symbol, _, _ := strings.Cut(i.Item, "/")
				index := none
				if i.IAQI != nil {
					index = strconv.Itoa(*i.IAQI)
				}
				all = append(all, symbol+" "+index)
			}
		}
		return lineOf(r.Row, r.Basis, r.Judged(), r.Time, r.StationCode, r.Station, r.AQIText, level, cmp.Or(r.Category, none),
			cmp.Or(r.Primary, none), strings.Join(all, " "), clause(r.Basis), r.Reason)
	})
}

func waterTable(rows iter.Seq[judging.WaterRow]) section {
	head := []string{"行", "断面", "日期", "项目", "结果", "单位", "类别", "目标", "判定", "超标倍数", "依据", "说明"}
	return sectionOf("行数", head, rows, func(r judging.WaterRow) line {
		verdict := none
		if r.Verdict != "" {
			verdict = r.Verdict.Name()
		}
		return lineOf(r.Row, r.Basis, r.Judged(), r.Section, r.Date, r.Item, r.Value, r.Unit, r.ClassText, cmp.Or(r.Target, none), verdict,
			multiple(r.Multiple), clause(r.Basis), r.Reason)
	})
}

func sectionTable(rows iter.Seq[judging.SectionRow]) section {
	head := []string{"断面", "月份", "类别", "水质状况", "主要污染指标", "目标", "判定", "未监测", "说明"}
	return sectionOf("断面月份数", head, rows, func(r judging.SectionRow) line {
		verdict := none
		if r.Attained != "" {
			verdict = r.Attained.Name()
		}
		missing := none
		if len(r.Missing) > 0 {
			missing = fmt.Sprintf("%d 项", len(r.Missing))
		}
		l := line{judged: r.Judged(), based: r.Edition, cells: []string{
			r.Section, r.Month, r.ClassText, cmp.Or(r.Rating, none), cmp.Or(strings.Join(r.Main, "、"), none), cmp.Or(r.Target, none), verdict, missing,
			r.Reason,
		}}
		if r.Judged() {
			l.label = r.Label
		}
		for _, part := range []struct {
			name, by string
			of       []string
		}{{"未监测：", "、", r.Missing}, {"不能判定：", "、", r.Unjudged}, {"超过目标：", "、", r.Beyond}, {"说明：", "；", r.Flags}} {
			if len(part.of) > 0 {
				l.below = append(l.below, part.name+strings.Join(part.of, part.by))
			}
		}
		if r.Citation != "" {
			l.below = append(l.below, "依据："+r.Citation)
		}
		return l
	})
}

func soilTable(rows iter.Seq[judging.SoilRow]) section {
	head := []string{"行", "地块", "日期", "项目", "结果", "单位", "pH", "用地", "结论", "筛选值", "管制值", "依据", "说明"}
	return sectionOf("行数", head, rows, func(r judging.SoilRow) line {
		return lineOf(r.Row, r.Basis, r.Judged(), r.Plot, r.Date, r.Item, r.Value, r.Unit, cmp.Or(r.PH, none), cmp.Or(r.Land, none), r.OutcomeText,
			cmp.Or(r.Screening.String(), none), cmp.Or(r.Intervention.String(), none), clause(r.Basis), r.Reason)
	})
}

func emissionTable(rows iter.Seq[judging.EmissionRow]) section {
	head := []string{"行", "排放源", "日期", "污染物", "结果", "单位", "判定", "超标倍数", "依据", "说明"}
	return sectionOf("行数", head, rows, func(r judging.EmissionRow) line {
		l := lineOf(r.Row, r.Basis, r.Judged(), r.Source, r.Date, r.Pollutant, r.Value, r.Unit, r.VerdictText, multiple(r.Multiple),
			clause(r.Basis), r.Reason)
		for _, limit := range r.Limits {
			if !limit.Compared {
				continue
			}
			text := strings.TrimSpace(limit.Edition+" "+limit.Clause+" "+limit.Place.Name()) + "：" + cmp.Or(strings.Join(limit.Candidates, " 或 "), none) +
				"；" + limit.Verdict.Name() + "：" + limit.Arithmetic
			if limit.Open != "" && limit.Open != limit.Issue {
				text += "；" + limit.OpenText
			}
			l.below = append(l.below, text+brackets(limit.Label))
		}
		return l
	})
}

// clause writes a basis in short: HJ 633-2012 5.1.3（待核实）.
func clause(b judging.Basis) string {
	if b.Edition == "" {
		return none
	}
	return strings.TrimSpace(b.Edition+" "+b.Clause) + brackets(b.Label)
}

func brackets(text string) string {
	if text == "" {
		return ""
	}
	return "（" + text + "）"
}

// multiple writes by how many times a limit is exceeded: to two decimals, or to
// as many as keep it from reading as none.
func multiple(x standard.Exact) string {
	if !x.IsSet() {
		return none
	}
	for digits := 2; digits < 8; digits++ {
		if text := x.Round(digits); !standard.Must(text).IsZero() {
			return text
		}
	}
	return "＜0.0000001"
}

// align writes a table for people: columns as wide as their widest cell, where
// a Chinese character takes two places, and below each line what belongs to it.
func align(out io.Writer, table, below [][]string) {
	widest := make([]int, len(table[0]))
	for _, cells := range table {
		for i, c := range cells {
			widest[i] = max(widest[i], columns(c))
		}
	}
	for n, cells := range table {
		var b strings.Builder
		for i, c := range cells {
			b.WriteString(c + strings.Repeat(" ", widest[i]-columns(c)+2))
		}
		fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
		for _, text := range below[n] {
			fmt.Fprintln(out, "    "+text)
		}
	}
}

// columns returns how many places a text takes on a screen.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n++
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n++
		}
	}
	return n
}

// columnHelp documents the columns of a file, with an example.
func columnHelp(intro string, all []sheet.Column, example ...string) string {
	var b strings.Builder
	b.WriteString(intro + "\n\n表头可以写成下列任一种；列的次序不限，其余的列原样带出：\n\n")
	for _, c := range all {
		names := []string{cmp.Or(c.Zh, c.Name)}
		for _, s := range append([]string{c.Name}, c.Synonyms...) {
			if s != names[0] && len(names) < 5 && !strings.Contains(strings.Join(names, " "), s) {
				names = append(names, s)
			}
		}
		fmt.Fprintf(&b, "    %s\n", strings.Join(names, " | "))
	}
	b.WriteString("\n例：\n\n")
	for _, l := range example {
		b.WriteString("    " + l + "\n")
	}
	b.WriteString("\n不能读的单元格（负数、文字、全角数字、<0.01、未检出、-99、—、单位不符）逐个说明位置、原文和原因，其余照常判定；结果不靠猜测。" +
		"\n\n只用内置的标准数据和 --catalog 文件夹中的，不读数据库：数据目录由正在运行的服务使用。本局在“标准数值”中更正过的表，" +
		"在该表的页面下载（含更正），放进 --catalog 文件夹的 standards/，本命令和 rules test 就按更正后的数值判定。")
	return b.String()
}
