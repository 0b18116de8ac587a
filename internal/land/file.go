package land

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	"pingzhang/standard/soil"
)

// The columns of a file of results, beside those of the items.
const (
	colSite, colSample, colDate      = "site", "sample", "date"
	colSpot, colDepth                = "spot", "depth"
	colFrom, colTo                   = "depth_from", "depth_to"
	colPH, colStage, colRound        = "ph", "stage", "round"
	colLaboratory, colReport         = "laboratory", "report"
	colItem, colValue, colUnit       = "item", "value", "unit"
	itemColumn                       = "item:" // before the name of an item
	maxValues                        = 200_000
	phItem                           = "pH"
	unitSoil, unitWater, unitAcidity = standard.MgPerKg, standard.MgPerL, standard.Dimensionless
)

// siteHeaders are the headers of the column that names the site.
var siteHeaders = map[Kind]sheet.Column{
	Plot:     {Zh: "地块编码", Synonyms: []string{"地块编号", "地块代码"}},
	Farmland: {Zh: "点位编码", Synonyms: []string{"点位编号", "点位代码", "监测点位编码"}},
	Well:     {Zh: "监测井编码", Synonyms: []string{"监测井编号", "井编号", "井号", "点位编码", "点位编号"}},
}

// columns are what is expected of a file beside its items.
func columns(k Kind) []sheet.Column {
	site := siteHeaders[k]
	site.Name, site.Required = colSite, true
	all := []sheet.Column{
		site,
		{Name: colSample, Zh: "样品编号", Synonyms: []string{"样品编码", "样品号", "样品名称"}, Required: true},
		{Name: colDate, Zh: "采样日期", Synonyms: []string{"采样时间", "日期"}, Kind: sheet.Date, Required: true},
		{Name: colDepth, Zh: "采样深度", Synonyms: []string{"深度", "采样深度（cm）", "深度（cm）"}},
		{Name: colFrom, Zh: "采样深度起", Synonyms: []string{"起始深度", "深度起", "采样深度起（cm）", "起始深度（cm）", "深度起（cm）"}},
		{Name: colTo, Zh: "采样深度止", Synonyms: []string{"终止深度", "深度止", "采样深度止（cm）", "终止深度（cm）", "深度止（cm）"}},
		{Name: colStage, Zh: "调查阶段", Synonyms: []string{"阶段"}},
		{Name: colRound, Zh: "采样批次", Synonyms: []string{"批次"}},
		{Name: colLaboratory, Zh: "检测单位", Synonyms: []string{"实验室", "检测机构", "检测实验室", "监测单位"}},
		{Name: colReport, Zh: "报告编号", Synonyms: []string{"检测报告编号", "报告号"}},
		{Name: colItem, Zh: "检测项目", Synonyms: []string{"项目", "监测项目", "污染物", "指标"}},
		{Name: colValue, Zh: "检测结果", Synonyms: []string{"结果", "监测结果", "含量", "浓度", "数值"}, Kind: sheet.Number},
		{Name: colUnit, Zh: "单位", Synonyms: []string{"计量单位"}},
	}
	if k == Plot {
		all = append(all, sheet.Column{Name: colSpot, Zh: "采样点位", Synonyms: []string{"采样点", "点位", "点位编号", "点位编码"}})
	} else {
		all = append(all, sheet.Column{Name: colSpot, Zh: "采样点", Synonyms: []string{"采样点位"}})
	}
	if k != Well {
		all = append(all, sheet.Column{Name: colPH, Zh: "pH", Synonyms: []string{"土壤pH", "pH值", "酸碱度", "pH（无量纲）"}, Kind: sheet.Number})
	}
	return all
}

// A fileSample is a sample as a file reports it.
type fileSample struct {
	Sample
	site   Site
	rows   []sheet.Row
	values []fileValue
}

// A fileValue is a result with the place where it stands.
type fileValue struct {
	Value
	row    sheet.Row
	column string
	out    bool // contradicted by another row: not used
}

// file is a file of results as it was read.
type file struct {
	*sheet.Sheet
	kind    Kind
	items   []soil.Item
	samples []*fileSample
	unknown map[string]int // rows of sites that are not known, by code
	unused  []string       // headers that were not used
	rows    int
	values  int

	byKey map[string]*fileSample
	said  map[string]bool // of a whole column or item, said once
}

// once reports whether something of a whole column is to be said, which it is
// once a file.
func (f *file) once(what string) bool {
	if f.said[what] {
		return false
	}
	f.said[what] = true
	return true
}

// readFile reads a file of results of a kind. sites are those known, by code in
// capitals; nothing was sampled after now.
//
// The error is fault.Invalid when it is no table, or lacks site, sample, date or
// any results.
func readFile(data []byte, kind Kind, items []soil.Item, sites map[string]Site, now time.Time) (*file, error) {
	base := columns(kind)
	first, err := sheet.Read(bytes.NewReader(data), base, sheet.Options{})
	if err != nil {
		return nil, err
	}
	f := &file{Sheet: first, kind: kind, items: items, unknown: map[string]int{}, byKey: map[string]*fileSample{}, said: map[string]bool{}}
	long := first.Has(colItem) && first.Has(colValue)
	if !long {
		more := f.itemColumns(first)
		if len(more) == 0 {
			return nil, fault.New(fault.Invalid, "表里没有检测结果：长表应有“检测项目”“检测结果”“单位”三列，宽表应有以项目命名的列，如“砷（mg/kg）”；可下载模板")
		}
		// The second reading looks at the columns of items as numbers.
		if f.Sheet, err = sheet.Read(bytes.NewReader(data), append(base, more...), sheet.Options{Sheet: first.Name}); err != nil {
			return nil, err
		}
	}
	for row := range f.Rows() {
		f.rows++
		s, ok := f.sampleOf(row, sites, now)
		if !ok {
			continue
		}
		if long {
			f.long(s, row)
		} else {
			f.wide(s, row)
		}
		if f.values > maxValues {
			return nil, fault.New(fault.Invalid, "文件中的结果超过 %d 个，请分开导入", maxValues)
		}
	}
	f.twins()
	return f, nil
}

// problem adds a cell that cannot be used; note adds one that is in order.
func (f *file) problem(r sheet.Row, column string, issue standard.Issue, format string, args ...any) {
	f.Problems = append(f.Problems, r.Problem(column, issue, format, args...))
}

func (f *file) note(r sheet.Row, column string, issue standard.Issue, format string, args ...any) {
	p := r.Problem(column, issue, format, args...)
	p.Note = true
	f.Problems = append(f.Problems, p)
}

// itemColumns finds the columns of a wide table that hold items: those that
// name an item of the standard, and those that name a unit.
func (f *file) itemColumns(s *sheet.Sheet) (all []sheet.Column) {
	taken := map[string]bool{}
	for _, field := range s.Fields {
		if field.Known || field.Header == "" {
			continue
		}
		name, unit := sheet.SplitHeader(field.Header)
		_, ruled := soil.FindItem(f.items, name)
		if !ruled && unit == "" && field.Unit == "" && !strings.EqualFold(name, phItem) {
			f.unused = append(f.unused, field.Header)
			continue
		}
		if key := strings.ToLower(name); !taken[key] {
			taken[key] = true
			all = append(all, sheet.Column{Name: itemColumn + name, Zh: name, Kind: sheet.Number})
		}
	}
	return all
}

// sampleOf returns the sample that a row speaks of; false where it cannot be
// told, and the reason is a problem.
func (f *file) sampleOf(row sheet.Row, sites map[string]Site, now time.Time) (*fileSample, bool) {
	code, number := row.Text(colSite), row.Text(colSample)
	site, known := sites[strings.ToUpper(code)]
	if code != "" && !known {
		f.unknown[code]++
		f.problem(row, colSite, unknownSite, "没有登记编码为“%s”的%s，或不在您的管辖范围内；请先登记，再导入同一文件", code, f.kind.Name())
	}
	m := row.Moment(colDate)
	if !known || number == "" || m.Issue != "" {
		return nil, false // sheet has said what is missing
	}
	if m.Time.After(now) {
		f.problem(row, colDate, notYet, "采样日期“%s”还没有到；请核对年月日", strings.TrimSpace(m.Raw))
		return nil, false
	}
	s := &fileSample{site: site, rows: []sheet.Row{row}, Sample: Sample{
		Site: site.ID, Kind: f.kind, Division: string(site.Division), Code: number, On: m.Date(), Spot: row.Text(colSpot),
		Laboratory: row.Text(colLaboratory), ReportNo: row.Text(colReport), Round: row.Text(colRound), Line: int64(row.Number),
	}}
	f.stage(s, row)
	f.depth(s, row)
	f.acidity(s, row, colPH)
	key := fmt.Sprintf("%d\n%s\n%s", site.ID, number, s.On)
	before, again := f.byKey[key]
	if !again {
		f.byKey[key] = s
		f.samples = append(f.samples, s)
		return s, true
	}
	if column, ok := before.merge(s); !ok {
		f.problem(row, column, contradicted, "与第 %d 行同一样品（%s）的内容不同，这一行没有采用；请核对", before.rows[0].Number, number)
		return nil, false
	}
	before.rows = append(before.rows, row)
	return before, true
}

// merge takes from another row of the same sample what s does not say yet. Where
// the two differ it returns the column.
func (s *fileSample) merge(t *fileSample) (column string, ok bool) {
	pairs := []struct {
		column string
		is     *string
		other  string
	}{
		{colSpot, &s.Spot, t.Spot}, {colDepth, &s.DepthRaw, t.DepthRaw}, {colRound, &s.Round, t.Round}, {colStage, &s.Stage, t.Stage},
		{colPH, &s.PH, t.PH}, {colLaboratory, &s.Laboratory, t.Laboratory}, {colReport, &s.ReportNo, t.ReportNo},
	}
	for _, p := range pairs {
		if *p.is != "" && p.other != "" && *p.is != p.other {
			return p.column, false
		}
	}
	if s.DepthRaw == "" {
		s.From, s.To = t.From, t.To
	}
	if s.PH == "" {
		s.PHIssue, s.PHCell = t.PHIssue, t.PHCell
	}
	for _, p := range pairs {
		*p.is = cmp.Or(*p.is, p.other)
	}
	return "", true
}

// stage reads the stage of the survey.
func (f *file) stage(s *fileSample, row sheet.Row) {
	text := row.Text(colStage)
	if text == "" {
		return
	}
	var names []string
	for _, st := range Stages {
		if st.Name == text || st.Name == strings.TrimSuffix(text, "阶段") {
			s.Stage = st.Key
			return
		}
		names = append(names, st.Name)
	}
	f.problem(row, colStage, stageOdd, "调查阶段“%s”不在列表中；可写：%s", text, strings.Join(names, "、"))
}

// depth reads the depth, from one column or from two.
func (f *file) depth(s *fileSample, row sheet.Row) {
	text, column, unit := row.Text(colDepth), colDepth, ""
	if field, ok := f.Field(colDepth); ok {
		unit = depthUnit(field)
	}
	if from, to := row.Text(colFrom), row.Text(colTo); text == "" && (from != "" || to != "") {
		text, column = from+"-"+to, colFrom
		up, down := "", ""
		if field, ok := f.Field(colFrom); ok {
			up = depthUnit(field)
		}
		if field, ok := f.Field(colTo); ok {
			down = depthUnit(field)
		}
		if unit = up; up != down {
			unit = ""
		}
	}
	if text == "" {
		return
	}
	s.DepthRaw = text
	from, to, issue, why := readDepth(text, unit)
	if issue != "" {
		f.problem(row, column, issue, "%s；深度按未知处理", why)
		return
	}
	s.From, s.To = plain(from), plain(to)
}

// acidity reads the pH of the soil from a column.
func (f *file) acidity(s *fileSample, row sheet.Row, column string) {
	if f.kind == Well || row.Text(column) == "" {
		return
	}
	r := row.Reading(column)
	s.PH, s.PHIssue, s.PHCell = strings.TrimSpace(r.Raw), r.Issue, row.Cell(column)
	if r.Issue == "" && (r.Value.Sign() < 0 || r.Value.Cmp(standard.Int(14)) > 0) {
		s.PHIssue = phOdd
		f.problem(row, column, phOdd, "pH“%s”不在 0 至 14 之间；没有采用，须按 pH 判定的项目为未知", s.PH)
	}
	if r.Issue == "" && s.PHIssue == "" {
		s.PH = r.Value.String()
	}
}

// long takes the result of a row of a long table.
func (f *file) long(s *fileSample, row sheet.Row) {
	name := row.Text(colItem)
	if name == "" {
		f.problem(row, colItem, standard.NoValue, "没有填写检测项目")
		return
	}
	if f.kind != Well && strings.EqualFold(name, phItem) {
		other := &fileSample{Sample: Sample{}}
		if f.acidity(other, row, colValue); other.PH == "" {
			return
		}
		if _, ok := s.merge(other); !ok {
			f.problem(row, colValue, contradicted, "与同一样品的另一个 pH（%s）不同，没有采用；请核对", s.PH)
		}
		return
	}
	r := row.Reading(colValue)
	if r.Issue == standard.NoValue {
		f.problem(row, colValue, standard.NoValue, "没有填写检测结果；未检出的请写“未检出”或“<检出限”，没有测的请删去这一行")
		return
	}
	field, _ := f.Field(colValue)
	unit, issue := f.unitOf(row, name, row.Text(colUnit), field.Unit)
	f.add(s, row, colValue, name, r, unit, issue)
}

// unitOf reads the unit of a row of a long table, from its cell or from the
// header of the results.
func (f *file) unitOf(row sheet.Row, item, text, header string) (standard.Unit, standard.Issue) {
	column := colUnit
	switch {
	case text == "" && strings.EqualFold(item, phItem) && header == "":
		return unitAcidity, ""
	case text == "":
		text, column = header, colValue
	case header != "" && !sameUnit(text, header):
		f.problem(row, colUnit, standard.UnitMismatch, "单位“%s”与表头写的“%s”不同，不知以哪个为准；请统一", text, header)
		return "", standard.UnitMismatch
	}
	if text == "" {
		f.problem(row, colUnit, standard.NoUnit, "没有写单位，不能判定；请补充 mg/kg、µg/kg、mg/L 等")
		return "", standard.NoUnit
	}
	return f.unit(row, column, item, text)
}

// unit reads the text of a unit and refuses one of another kind of thing than the
// item is. What the standard does not name, such as moisture, may be anything.
func (f *file) unit(row sheet.Row, column, item, text string) (standard.Unit, standard.Issue) {
	u, err := standard.ParseUnit(text)
	if err != nil {
		f.problem(row, column, standard.UnitUnknown, "不认识的单位“%s”；土壤请写 mg/kg 或 µg/kg，地下水请写 mg/L 或 µg/L", text)
		return "", standard.UnitUnknown
	}
	if f.wrongMedium(item, u) {
		want := "土壤的含量应以 mg/kg 或 µg/kg 计"
		if f.kind == Well {
			want = "地下水的浓度不以固体或气体的单位计"
		}
		f.problem(row, column, standard.UnitMismatch, "单位“%s”不对：%s；没有换算", text, want)
		return u, standard.UnitMismatch
	}
	return u, ""
}

// headUnit reads the unit in the header of a column; what is wrong with it is
// said once.
func (f *file) headUnit(row sheet.Row, field sheet.Field, name string) (standard.Unit, standard.Issue) {
	u, err := standard.ParseUnit(field.Unit)
	switch {
	case err == nil && !f.wrongMedium(name, u):
		return u, ""
	case f.once("unit " + field.Name):
		return f.unit(row, field.Name, name, field.Unit)
	case err != nil:
		return "", standard.UnitUnknown
	}
	return u, standard.UnitMismatch
}

// wrongMedium reports whether a unit cannot be that of an item of the standard.
func (f *file) wrongMedium(item string, u standard.Unit) bool {
	if _, ruled := soil.FindItem(f.items, item); !ruled && f.kind != Well {
		return false
	}
	measures := func(like standard.Unit) bool {
		_, err := standard.Convert(standard.Int(1), u, like)
		return err == nil
	}
	if f.kind != Well {
		return !measures(unitSoil)
	}
	return slices.ContainsFunc([]standard.Unit{unitSoil, standard.MgPerM3, standard.UmolPerMol, standard.KgPerH, standard.Kg, standard.M3PerH}, measures)
}

func sameUnit(a, b string) bool {
	x, err := standard.ParseUnit(a)
	y, err2 := standard.ParseUnit(b)
	return err == nil && err2 == nil && x == y
}

// wide takes the results of a row of a wide table.
func (f *file) wide(s *fileSample, row sheet.Row) {
	for _, field := range f.Fields {
		name, ok := strings.CutPrefix(field.Name, itemColumn)
		if !ok || !field.Known {
			continue
		}
		r := row.Reading(field.Name)
		if r.Issue == standard.NoValue {
			continue // not measured of this sample
		}
		if strings.EqualFold(name, phItem) && f.kind != Well {
			continue
		}
		unit, issue := standard.Unit(""), standard.Issue("")
		switch {
		case field.Unit != "":
			unit, issue = f.headUnit(row, field, name)
		case strings.EqualFold(name, phItem):
			unit = unitAcidity
		default:
			if issue = standard.NoUnit; f.once("unit " + field.Name) {
				f.problem(row, field.Name, standard.NoUnit, "“%s”一列的表头没有写单位，不能判定；请写成“%s（mg/kg）”的样子", name, name)
			}
		}
		f.add(s, row, field.Name, name, r, unit, issue)
	}
}

// add takes a result to its sample.
func (f *file) add(s *fileSample, row sheet.Row, column, name string, r sheet.Reading, unit standard.Unit, issue standard.Issue) {
	item, ruled := soil.FindItem(f.items, name)
	if !ruled {
		item.Name = soil.CommonName(name)
		if len(f.items) > 0 && f.once("unruled "+item.Name) {
			f.note(row, columnOr(f, colItem, column), unruledItem, "%s没有规定“%s”；已保存，不作评价，若名称写错请改正后再导入", f.kind.Standard(), name)
		}
	}
	v := Value{Item: item.Name, ItemRaw: name, Raw: r.Raw, Unit: unit, Issue: cmp.Or(r.Issue, issue), Cell: row.Cell(column)}
	if r.Issue == "" {
		v.Number = r.Value.String()
		if r.Value.Sign() < 0 && !unit.Signed() {
			v.Issue = standard.Negative
			f.problem(row, column, standard.Negative, "“%s”小于 0，不可能；没有采用数值", strings.TrimSpace(r.Raw))
		}
		if x, err := standard.Convert(r.Value, unit, unitSoil); err == nil && x.Cmp(whole) > 0 {
			v.Issue = tooMuch
			f.problem(row, column, tooMuch, "“%s %s”超过 1000000 mg/kg（100%%），不可能；请核对数值和单位", strings.TrimSpace(r.Raw), unit)
		}
	}
	f.values++
	s.values = append(s.values, fileValue{Value: v, row: row, column: column})
}

// columnOr returns the first column where the file has it, else the second.
func columnOr(f *file, first, second string) string {
	if f.Has(first) {
		return first
	}
	return second
}

// twins finds results that stand twice in the file. The same result counts once;
// different ones count not at all.
func (f *file) twins() {
	for _, s := range f.samples {
		at := map[string]int{}
		for i := range s.values {
			v := &s.values[i]
			first, double := at[v.Item]
			if !double {
				at[v.Item] = i
				continue
			}
			w := &s.values[first]
			v.out = true
			if v.same(w.Value) {
				f.note(v.row, v.column, doubleValue, "与 %s 的结果重复，只采用一次", w.Cell)
				continue
			}
			f.problem(v.row, v.column, doubleValue, "样品 %s 的%s与 %s 的结果不同，都没有采用；请核对后再导入", s.Code, v.Item, w.Cell)
			if !w.out {
				w.out = true
				f.problem(w.row, w.column, doubleValue, "样品 %s 的%s与 %s 的结果不同，都没有采用；请核对后再导入", s.Code, v.Item, v.Cell)
			}
		}
	}
}
