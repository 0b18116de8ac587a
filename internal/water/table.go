package water

import (
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

// The columns of a table of results, beside those of items.
const (
	colCode       = "code"
	colName       = "name"
	colDate       = "date"
	colYear       = "year"
	colMonth      = "month"
	colDay        = "day"
	colSample     = "sample"
	colState      = "state"
	colNote       = "note"
	colItem       = "item"
	colValue      = "value"
	colUnit       = "unit"
	colDetection  = "detection"
	colSaturation = "saturation"
	itemColumn    = "item:" // and the item, of the wide form
)

// columns are those of both forms: a row a result, and a row a sample with a
// column an item.
func columns(b *gb.Book) []sheet.Column {
	all := []sheet.Column{
		{Name: colCode, Zh: "断面编码", Synonyms: []string{"断面代码", "点位编码", "点位代码", "水源地编码", "水源地代码", "编码"}},
		{Name: colName, Zh: "断面名称", Synonyms: []string{"断面", "监测断面", "点位名称", "点位", "监测点位", "采样点位", "水源地名称", "水源地", "section"}},
		{Name: colDate, Zh: "采样日期", Synonyms: []string{"日期", "监测日期", "采样时间", "监测时间", "监测月份", "采样月份", "月份", "date"}, Kind: sheet.Month},
		{Name: colYear, Zh: "年", Synonyms: []string{"年份"}},
		{Name: colMonth, Zh: "月"},
		{Name: colDay, Zh: "日"},
		{Name: colSample, Zh: "样品编号", Synonyms: []string{"样品号", "垂线", "采样位置"}},
		{Name: colState, Zh: "断面状态", Synonyms: []string{"状态", "水体状态", "监测状态"}},
		{Name: colNote, Zh: "备注", Synonyms: []string{"说明"}},
		{Name: colItem, Zh: "监测项目", Synonyms: []string{"项目", "检测项目", "指标", "项目名称", "item"}},
		{Name: colValue, Zh: "监测结果", Synonyms: []string{"结果", "检测结果", "监测值", "数值", "浓度", "value"}, Kind: sheet.Number},
		{Name: colUnit, Zh: "单位", Synonyms: []string{"计量单位", "unit"}},
		{Name: colDetection, Zh: "检出限", Synonyms: []string{"方法检出限"}},
		{Name: colSaturation, Zh: "溶解氧饱和率", Synonyms: []string{"饱和率", "溶解氧饱和度"}, Kind: sheet.Number},
	}
	for _, i := range append(b.Items(), gb.Chlorophyll, gb.Secchi) {
		all = append(all, sheet.Column{Name: itemColumn + string(i), Zh: b.Name(i), Synonyms: b.Spellings(i), Kind: sheet.Number, Signed: i == gb.Temperature})
	}
	return all
}

// What became of a cell.
const (
	Skipped = "skipped" // not taken over
	Kept    = "kept"    // taken over as it stands, and not used in evaluations
	Noted   = "noted"   // in order, and means that there is no number
)

// A Problem is a cell that was not simply taken over, with the reason and what to
// do about it.
type Problem struct {
	Cell   string         `json:"cell"`
	Column string         `json:"column"`
	Raw    string         `json:"raw"` // untouched
	Issue  standard.Issue `json:"issue"`
	Text   string         `json:"text"`
	Todo   string         `json:"todo"`
	Fate   string         `json:"fate"`
}

// String returns the problem as a line.
func (p Problem) String() string {
	return fmt.Sprintf("%s %s“%s”：%s（%s）", p.Cell, p.Column, p.Raw, p.Text, p.Todo)
}

// table is a file of results as it was read.
type table struct {
	*sheet.Sheet
	book     *gb.Book
	places   Places
	now      time.Time
	month    string // 2026-03, the only one that is taken; empty for any
	long     bool
	values   []Value // in the order of the file; nothing but what it says
	problems []Problem
	units    map[string]standard.Unit // of the wide form, by column
	limits   map[string]string        // detection limits of the wide form, by column
	reasons  map[string]sheet.Problem // what package sheet found, by cell
	seen     map[valueKey]int         // index into values
	rows     int                      // that are of a known place and have a date
	months   map[string]bool
}

// valueKey is what a value is of; two values of one are revisions of each other.
type valueKey struct {
	place            int64
	on, sample, item string
}

func (v Value) key() valueKey { return valueKey{v.Place, v.On, v.Sample, v.Item} }

// readTable reads a file of results of places that are known.
//
// The error is fault.Invalid when r is no such table.
func readTable(r io.Reader, b *gb.Book, places Places, month string, now time.Time) (*table, error) {
	s, err := sheet.Read(r, columns(b), sheet.Options{})
	if err != nil {
		return nil, err
	}
	t := &table{
		Sheet: s, book: b, places: places, now: now, month: month, long: s.Has(colItem) && s.Has(colValue),
		units: map[string]standard.Unit{}, limits: map[string]string{}, reasons: map[string]sheet.Problem{}, seen: map[valueKey]int{}, months: map[string]bool{},
	}
	for _, p := range s.Problems {
		t.reasons[p.Cell] = p
	}
	switch {
	case !s.Has(colCode) && !s.Has(colName):
		return nil, fault.New(fault.Invalid, "表里没有断面编码或断面名称一列，不知结果属于哪个断面；请按模板的表头填写")
	case !s.Has(colDate) && !(s.Has(colYear) && s.Has(colMonth)):
		return nil, fault.New(fault.Invalid, "表里没有采样日期（或年、月）一列，不知结果属于哪个月；请按模板的表头填写")
	}
	t.headers()
	if !t.long && len(t.units) == 0 && !s.Has(colState) {
		return nil, fault.New(fault.Invalid, "表里既没有“监测项目、监测结果”两列，也没有以项目为表头并写明单位的列；请按模板的表头填写")
	}
	for r := range s.Rows() {
		t.row(r)
	}
	return t, nil
}

// headers reads the units of the wide form. A column without one is not taken
// over, but for pH: nothing says in what it was measured.
func (t *table) headers() {
	for _, f := range t.Fields {
		item, is := strings.CutPrefix(f.Name, itemColumn)
		if f.Name == colSaturation {
			item, is = saturationItem, true
		}
		if !is || !f.Known || t.long {
			continue
		}
		unit, issue := unitOf(item, f.Unit)
		if issue == "" {
			t.units[f.Name] = unit
			continue
		}
		text := "表头没有写明单位，整列没有采用"
		if f.Unit != "" {
			text = "不认识表头的单位“" + f.Unit + "”，整列没有采用"
		}
		t.problems = append(t.problems, Problem{
			Cell: f.Letter, Column: f.Zh, Raw: f.Header, Issue: issue, Text: text, Todo: "在表头写明单位，如 " + f.Zh + "（mg/L），再导入一次", Fate: Skipped,
		})
	}
}

// unitOf reads the unit of an item; pH and the saturation may stand without one.
func unitOf(item, text string) (standard.Unit, standard.Issue) {
	if text == "" {
		switch item {
		case string(gb.PH):
			return standard.Dimensionless, ""
		case saturationItem:
			return standard.Percent, ""
		}
	}
	if gb.Item(item) == gb.Secchi && (text == "cm" || text == "厘米") {
		return "cm", "" // package water knows it of this item alone
	}
	u, err := standard.ParseUnit(text)
	if err != nil {
		return "", err.(*standard.UnitError).Issue
	}
	return u, ""
}

func (t *table) problem(r sheet.Row, column string, issue standard.Issue, fate, todo, format string, args ...any) {
	p := r.Problem(column, issue, format, args...)
	t.problems = append(t.problems, Problem{p.Cell, p.Column, p.Raw, p.Issue, p.Text, todo, fate})
}

// fold takes width and blanks out of a text; what it means stays.
func fold(text string) string { return strings.Join(strings.Fields(norm.NFKC.String(text)), "") }

// row reads one row.
func (t *table) row(r sheet.Row) {
	if name := fold(r.Text(colName)); name == "检出限" || name == "方法检出限" {
		for column := range t.units {
			t.limits[column] = strings.TrimSuffix(r.Text(column), "L")
		}
		return
	}
	p, ok := t.place(r)
	if !ok {
		return
	}
	on, ok := t.date(r)
	if !ok {
		return
	}
	if !p.Open(gb.Between(dayOf(on), dayOf(on))) {
		t.problem(r, t.placeColumn(), "not_open", Noted, "核对断面档案的启用、停用日期", "%s 在这一天没有启用或已停用，数值照常入库，不计入汇总", p.Name)
	}
	t.rows++
	t.months[on[:7]] = true
	v := Value{Place: p.ID, Division: p.Division, On: on, Sample: fold(r.Text(colSample)), Sheet: t.Name}
	t.state(r, v)
	if t.long {
		t.longRow(r, p, v)
		return
	}
	for _, f := range t.Fields {
		if unit, ok := t.units[f.Name]; ok {
			v.Unit, v.Detection = string(unit), t.limits[f.Name]
			v.Item = strings.TrimPrefix(f.Name, itemColumn)
			if f.Name == colSaturation {
				v.Item = saturationItem
			}
			t.cell(r, f.Name, p, v)
		}
	}
}

func (t *table) placeColumn() string {
	if t.Has(colCode) {
		return colCode
	}
	return colName
}

// place finds the section or source that a row is of: by its code, else by its
// name. It is none where that name is had by several.
func (t *table) place(r sheet.Row) (Place, bool) {
	code, name := fold(r.Text(colCode)), fold(r.Text(colName))
	if code == "" && name == "" {
		t.problem(r, t.placeColumn(), standard.NoValue, Skipped, "填写断面编码或名称", "没有填写断面，整行没有采用")
		return Place{}, false
	}
	var by []Place
	for _, p := range t.places {
		if code != "" && strings.EqualFold(code, p.Code) || code == "" && name == fold(p.Name) {
			by = append(by, p)
		}
	}
	switch {
	case len(by) == 1 && code != "" && name != "" && name != fold(by[0].Name):
		t.problem(r, colName, "name_differs", Skipped, "核对编码和名称，改正后再导入", "编码 %s 的断面叫“%s”，与本行的名称不同，整行没有采用", by[0].Code, by[0].Name)
		return Place{}, false
	case len(by) == 1:
		return by[0], true
	case len(by) > 1:
		t.problem(r, colName, "name_ambiguous", Skipped, "改用断面编码", "有 %d 个断面叫这个名称，不知是哪一个，整行没有采用", len(by))
		return Place{}, false
	}
	t.problem(r, t.placeColumn(), "place_unknown", Skipped, "先在断面（水源地）台账登记，再导入一次", "没有登记这个断面，或不在您的管辖范围内，整行没有采用")
	return Place{}, false
}

// date reads the day, or the month, of a row.
func (t *table) date(r sheet.Row) (on string, ok bool) {
	column, m := colDate, r.Moment(colDate)
	if !t.Has(colDate) {
		column = colMonth
		text := r.Text(colYear) + "-" + r.Text(colMonth)
		if day := r.Text(colDay); day != "" {
			text += "-" + day
		}
		m = sheet.ReadMoment(text)
	}
	skip := func(issue standard.Issue, todo, format string, args ...any) (string, bool) {
		t.problem(r, column, issue, Skipped, todo, format, args...)
		return "", false
	}
	if m.Issue != "" {
		return skip(m.Issue, "写成 2026-03-05 的样子；只知道月份的写 2026-03", "采样日期%s，整行没有采用", reasonOf(m.Issue))
	}
	on = m.Time.Format("2006-01-02")
	if m.Unit == standard.Month {
		on = on[:7]
	}
	switch {
	case m.Time.After(t.now):
		return skip("in_future", "核对年份和月份", "采样日期晚于今天，整行没有采用")
	case m.Time.Year() < 2002:
		return skip("too_old", "核对年份", "采样日期早于 GB 3838-2002 施行，整行没有采用")
	case t.month != "" && on[:7] != t.month:
		return skip("wrong_month", "核对日期；确属其他月份的，请选那个月份导入", "采样日期不在所选的 %s，整行没有采用", t.month)
	}
	return on, true
}

func reasonOf(i standard.Issue) string {
	if i == standard.NoValue {
		return "没有填写"
	}
	return sheet.IssueText(i)
}

// state reads the state of a section.
func (t *table) state(r sheet.Row, v Value) {
	text := fold(r.Text(colState))
	if text == "" {
		return
	}
	code, ok := stateOf(text)
	if !ok {
		t.problem(r, colState, "state_unknown", Skipped, "写成：正常、冰封期、断流或未监测", "不认识的断面状态，这一格没有采用")
		return
	}
	v.Item, v.Raw, v.Unit, v.Detection, v.Sample = stateItem, code, "", "", ""
	v.Reason = r.Text(colNote)
	t.add(r, colState, v)
}

// longRow reads item, unit and result of a row of the long form.
func (t *table) longRow(r sheet.Row, p Place, v Value) {
	name := r.Text(colItem)
	if name == "" {
		if r.Text(colValue) != "" {
			t.problem(r, colItem, standard.NoValue, Skipped, "填写监测项目", "没有填写项目，结果没有采用")
		}
		return
	}
	item, ok := t.book.Item(fold(name))
	if !ok {
		t.problem(r, colItem, gb.NoItem, Skipped, "写成 GB 3838 中的项目名称，如 氨氮、高锰酸盐指数", "标准没有这个项目，结果没有采用")
		return
	}
	v.Item = string(item)
	text, column := r.Text(colUnit), colUnit
	f, _ := t.Field(colValue)
	if text == "" && f.Unit != "" {
		text, column = f.Unit, colValue
	}
	unit, issue := unitOf(v.Item, text)
	if issue != "" {
		if raw := r.Text(colValue); raw != "" {
			t.problem(r, column, issue, Skipped, "写明单位，如 mg/L", "%s，结果“%s”没有采用", IssueText(issue), raw)
		}
		return
	}
	v.Unit, v.Detection = string(unit), strings.TrimSuffix(r.Text(colDetection), "L")
	t.cell(r, colValue, p, v)
}
