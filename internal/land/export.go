package land

import (
	"context"
	"io"
	"slices"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/standard/soil"
)

// Export writes the results of a site in by's scope as a workbook, all rounds, a
// row for each result, each with the figures, the clause, how sure these are, and
// the file and cell that it stands in.
//
// The errors are those of Results.
func (s *Store) Export(ctx context.Context, by access.Caller, id int64, w io.Writer) (err error) {
	defer fault.Wrap(&err, "land.Export(site %d)", id)
	r, err := s.Results(ctx, by, id, "")
	if err != nil {
		return err
	}
	t := sheet.Table{
		Name: "检测结果", Title: r.Site.Name + " 检测结果与评价",
		Columns: []sheet.Column{
			{Zh: "采样批次"}, {Zh: "调查阶段"}, {Zh: "采样日期", Kind: sheet.Date}, {Zh: "采样点位"}, {Zh: "样品编号"}, {Zh: "采样深度", Width: 14}, {Zh: "pH"},
			{Zh: "检测项目", Width: 20}, {Zh: "检测结果（原文）"}, {Zh: "单位"}, {Zh: "比较值", Kind: sheet.Number}, {Zh: "比较值单位"},
			{Zh: "筛选值", Kind: sheet.Number}, {Zh: "管制值", Kind: sheet.Number}, {Zh: "背景值", Kind: sheet.Number}, {Zh: "超筛选值倍数", Kind: sheet.Number},
			{Zh: "评价结果", Width: 26}, {Zh: "核实情况"}, {Zh: "未知的原因", Width: 30}, {Zh: "比较", Width: 40}, {Zh: "依据", Width: 60},
			{Zh: "检测单位"}, {Zh: "报告编号"}, {Zh: "文件", Width: 24}, {Zh: "单元格"},
		},
		Notes: []string{
			r.Site.Kind.Name() + " " + r.Site.Code + " " + r.Site.Name + "；导出时间 " + s.now().In(clock.Shanghai).Format("2006-01-02 15:04"),
			"评价依据 " + r.Site.Kind.Standard() + "，按采样当日施行的版本；“待核实”指数值尚未与标准原文核对，使用前请核对。",
			"未知不等于达标：没有结果、低于检出限而标准未规定如何计、缺少 pH 或用地类型、单位不明的，都列为未知并写明原因。",
			"比较使用未经修约的数值；倍数修约到两位小数（GB/T 8170）。",
		},
	}
	var rows [][]string
	for i := len(r.Rounds) - 1; i >= 0; i-- {
		samples, err := s.samples(ctx, by, id, r.Rounds[i].Name)
		if err != nil {
			return err
		}
		for _, sample := range samples {
			more, err := s.exportSample(ctx, by, sample)
			if err != nil {
				return err
			}
			rows = append(rows, more...)
		}
	}
	return sheet.WriteXLSX(w, t, sheet.RowsOf(rows))
}

// exportSample returns a row for each result of a sample.
func (s *Store) exportSample(ctx context.Context, by access.Caller, sample SampleResult) (rows [][]string, err error) {
	f, err := s.Sample(ctx, by, sample.ID)
	if err != nil {
		return nil, err
	}
	for _, v := range f.Values {
		d, b := v.Verdict, v.Verdict.Basis()
		label := ""
		if len(b.Rows) > 0 {
			label = d.Confidence.Label()
		}
		rows = append(rows, []string{
			sample.Round, StageName(sample.Stage), string(sample.On), sample.Spot, sample.Code, sample.Depth(), sample.PH,
			v.Item, v.Raw, string(v.Unit), d.Compared, string(d.Unit), d.Screening, d.Intervention, d.Background, exactOf(d.Multiple).Round(2),
			d.Text(sample.Kind), label, d.Why(), b.Arithmetic, strings.Join(b.Citations, "；"),
			sample.Laboratory, sample.ReportNo, v.File, v.Cell,
		})
	}
	return rows, nil
}

// Template writes an empty workbook of the form in which Import takes results of
// a kind: long, or wide with a column for each item of table 1.
//
// The error is fault.Invalid for no kind.
func (s *Store) Template(ctx context.Context, k Kind, wide bool, w io.Writer) (err error) {
	defer fault.Wrap(&err, "land.Template(%s)", k)
	if k.Name() == "" {
		return fault.New(fault.Invalid, "没有这种模板")
	}
	book, err := s.Book(ctx)
	if err != nil {
		return err
	}
	t := sheet.Table{Name: "检测结果", Notes: []string{
		"表头请勿改名；“" + siteHeaders[k].Zh + "”须与台账一致，先登记后导入。",
		"采样日期写成 2026-05-01 的样子；采样深度写成 0-20cm 或 0-0.2m 的样子，必须带单位。",
		"未检出写“未检出”或“<检出限”；没有测的留空。不要写 0、-99、—以外的代码。",
		"单位必须写明，不作推测；土壤为 mg/kg 或 µg/kg，地下水为 mg/L、µg/L 等。",
		"同一样品（编码＋样品编号＋采样日期）再次导入，作为新的一次结果与旧结果并存。",
	}}
	due := items(book, k)
	for _, c := range columns(k) {
		result := c.Name == colItem || c.Name == colValue || c.Name == colUnit
		if c.Name == colFrom || c.Name == colTo || result && wide {
			continue
		}
		t.Columns = append(t.Columns, sheet.Column{Name: c.Name, Zh: c.Zh, Kind: c.Kind})
	}
	if wide {
		t.Columns = append(t.Columns, itemHeads(due)...)
	}
	if k == Plot {
		var names []string
		for _, st := range Stages {
			names = append(names, st.Name)
		}
		t.Notes = append(t.Notes, "调查阶段可写："+strings.Join(names, "、")+"。采样批次不写的，按采样月份归并。")
	}
	return sheet.WriteXLSX(w, t, sheet.RowsOf(nil))
}

// itemHeads are the columns of the items of table 1; without figures those that a
// laboratory adds itself.
func itemHeads(due []soil.Item) (all []sheet.Column) {
	due = slices.DeleteFunc(slices.Clone(due), func(i soil.Item) bool { return i.Clause != "表1" })
	for _, i := range due {
		all = append(all, sheet.Column{Name: i.Name, Zh: i.Name, Kind: sheet.Number, Unit: i.Unit})
	}
	return all
}
