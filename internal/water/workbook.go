package water

import (
	"io"
	"strconv"

	"pingzhang/internal/sheet"
	gb "pingzhang/standard/water"
)

// WriteXLSX writes the bulletin as a workbook: sections, rivers, sources, and what
// is to be said of them.
func (bu Bulletin) WriteXLSX(w io.Writer) error {
	leaves := bu.leaves()
	titles := []string{bu.Title, bu.Title + " 河流、湖库和流域", bu.Title + " 饮用水水源地"}
	for i := range leaves {
		leaves[i].Table.Title = titles[i]
	}
	return sheet.WriteBook(w, bu.remarks(), leaves...)
}

// remarks are the sheet of notes.
func (bu Bulletin) remarks() []string {
	notes := append(append([]string{bu.Title}, bu.Lead...), bu.Notes...)
	for _, c := range bu.Citations {
		notes = append(notes, "依据："+c)
	}
	return notes
}

// leaves are the tables of the bulletin.
func (bu Bulletin) leaves() []sheet.Page {
	before, then := beforeNames(bu.Slot)
	sections := sheet.Page{Table: sheet.Table{Name: "断面水质", Columns: []sheet.Column{
		{Zh: "序号", Kind: sheet.Number, Width: 6}, {Zh: "县（市、区）", Width: 14}, {Zh: "河流（湖库）", Width: 14}, {Zh: "断面名称", Width: 20}, {Zh: "断面编码", Width: 14},
		{Zh: "断面级别"}, {Zh: "水质目标"}, {Zh: "本期水质"}, {Zh: before}, {Zh: then}, {Zh: "是否达标"}, {Zh: "超标项目（超目标倍数）", Width: 34},
		{Zh: "主要污染指标（超Ⅲ类倍数）", Width: 34}, {Zh: "未监测项数", Kind: sheet.Number}, {Zh: "不能判定项数", Kind: sheet.Number},
	}}}
	var rows [][]string
	for i, l := range bu.Sections {
		rows = append(rows, []string{strconv.Itoa(i + 1), l.County, l.River, l.Name, l.Code, l.Level, orDash(l.Target), l.Class, l.Last, l.LastYear, l.Attained.Name(),
			orDash(l.Beyond), orDash(l.Main), strconv.Itoa(l.Missing), strconv.Itoa(l.Unjudged)})
	}
	sections.Rows = sheet.RowsOf(rows)
	waters := sheet.Page{Table: sheet.Table{Name: "河流湖库", Columns: []sheet.Column{
		{Zh: "类别"}, {Zh: "名称", Width: 20}, {Zh: "断面数", Kind: sheet.Number}, {Zh: "Ⅰ～Ⅲ类（%）", Kind: sheet.Number}, {Zh: "劣Ⅴ类（%）", Kind: sheet.Number},
		{Zh: "水质状况", Width: 24}, {Zh: "环比", Width: 14}, {Zh: "同比", Width: 14}, {Zh: "主要污染指标", Width: 34},
	}}}
	rows = nil
	for _, l := range bu.Waters {
		rows = append(rows, []string{l.Kind, l.Name, strconv.Itoa(l.Sections), l.Good, l.Worst, l.Rating, l.Last, l.LastYear, orDash(l.Main)})
	}
	waters.Rows = sheet.RowsOf(rows)
	leaves := []sheet.Page{sections, waters}
	if len(bu.Sources) > 0 {
		leaves = append(leaves, bu.sources())
	}
	return leaves
}

func (bu Bulletin) sources() sheet.Page {
	l := sheet.Page{Table: sheet.Table{Name: "饮用水水源地", Columns: []sheet.Column{
		{Zh: "县（市、区）", Width: 14}, {Zh: "水源地", Width: 24}, {Zh: "级别", Width: 16}, {Zh: "类型", Width: 12}, {Zh: "是否达标"}, {Zh: "超标项目（倍数）", Width: 34},
		{Zh: "参评项数", Kind: sheet.Number}, {Zh: "未监测项数", Kind: sheet.Number}, {Zh: "未知的原因", Width: 34},
	}}}
	var rows [][]string
	for _, s := range bu.Sources {
		rows = append(rows, []string{s.County, s.Name, s.Level, s.Water, s.Attained.Name(), orDash(s.Beyond), strconv.Itoa(s.Items), strconv.Itoa(s.Missing), s.Why})
	}
	l.Rows = sheet.RowsOf(rows)
	return l
}

// beforeNames are the heads of what a period is compared with.
func beforeNames(slot Slot) (before, then string) {
	last, lastYear := slot.Before()
	if last == lastYear {
		return "上年", "上年同期"
	}
	return last.Name(), lastYear.Name()
}

func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// WriteTemplate writes an empty table of results to fill in: a row a sample with a
// column an item of table 1, and on another sheet how it is filled in.
func WriteTemplate(w io.Writer, b *gb.Book, places Places) error {
	t := sheet.Table{Name: "监测结果", Columns: []sheet.Column{
		{Zh: "断面编码", Width: 16}, {Zh: "断面名称", Width: 20}, {Zh: "采样日期", Kind: sheet.Date}, {Zh: "断面状态"}, {Zh: "样品编号", Width: 12},
	}, Notes: []string{
		"一行一个样品。断面按编码或名称对应台账；两者都填的须一致。",
		"采样日期写成 2026-03-05；只知道月份的写 2026-03。",
		"断面状态：正常（可不填）、冰封期、断流、未监测；未监测的原因写在“备注”列。",
		"低于检出限的写 <0.01 或 0.01L；只写“未检出”而没有检出限的不能参加评价。也可以加一行，断面名称写“检出限”，各列写检出限。",
		"没有监测的项目留空或写“—”。表头的单位须与数值一致；可增加表2、表3的项目，表头写明单位。",
		"同一断面同一天有几个样品的，填写样品编号加以区分。",
		"也可以一行一个结果，表头为：断面编码、断面名称、采样日期、监测项目、监测结果、单位、检出限。",
	}}
	for _, i := range b.Rated() {
		unit := b.UnitOf(i)
		zh := b.Name(i)
		if i != gb.PH {
			zh += "（" + string(unit) + "）"
		}
		t.Columns = append(t.Columns, sheet.Column{Zh: zh, Kind: sheet.Number})
	}
	var rows [][]string
	for _, p := range places {
		if p.Closed == "" {
			rows = append(rows, []string{p.Code, p.Name})
		}
	}
	return sheet.WriteXLSX(w, t, sheet.RowsOf(rows))
}
