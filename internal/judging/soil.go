package judging

import (
	"io"
	"iter"

	"pingzhang/internal/sheet"
	"pingzhang/standard"
	"pingzhang/standard/soil"
)

// A SoilRow is the outcome of one item in one sample of soil.
type SoilRow struct {
	Row
	Plot   string `json:"plot"` // as it stands in the file, like all but the outcome
	Sample string `json:"sample,omitempty"`
	Depth  string `json:"depth,omitempty"`
	Date   string `json:"date"`
	Item   string `json:"item"`
	// Value, Unit and PH are the texts of their cells.
	Value string `json:"value"`
	Unit  string `json:"unit"`
	PH    string `json:"ph,omitempty"`
	Land  string `json:"land"` // use or class, as it was taken, in Chinese

	Outcome      soil.Outcome   `json:"outcome"`
	OutcomeText  string         `json:"outcome_text"`
	Category     string         `json:"category,omitempty"`
	Screening    standard.Exact `json:"screening"`    // the value that holds, in the unit of the standard
	Intervention standard.Exact `json:"intervention"` // none where there is none
	Multiple     standard.Exact `json:"multiple"`     // above the screening value
	Issue        standard.Issue `json:"issue,omitempty"`
	Arithmetic   string         `json:"arithmetic,omitempty"`
	Because      []string       `json:"because,omitempty"`
	Basis
}

// Judged reports whether the row has an outcome.
func (r SoilRow) Judged() bool { return r.Outcome != soil.Unknown }

// SoilColumns are the columns of a file of soil samples.
func SoilColumns() []sheet.Column {
	return []sheet.Column{
		{Name: "plot", Zh: "地块", Synonyms: []string{"plot", "地块名称"}},
		{Name: "sample", Zh: "样品", Synonyms: []string{"sample", "样品编号", "点位", "采样点", "点位编号"}},
		{Name: "depth", Zh: "深度", Synonyms: []string{"depth", "采样深度"}},
		{Name: "date", Zh: "日期", Synonyms: []string{"date", "采样日期", "采样时间", "监测日期"}, Kind: sheet.Date},
		{Name: "item", Zh: "项目", Synonyms: []string{"item", "监测项目", "检测项目", "污染物", "指标"}},
		{Name: "value", Zh: "结果", Synonyms: []string{"value", "含量", "检测结果", "监测结果", "数值", "浓度"}, Kind: sheet.Number},
		{Name: "unit", Zh: "单位", Synonyms: []string{"unit", "计量单位"}},
		{Name: "ph", Zh: "pH", Synonyms: []string{"土壤pH", "pH值", "酸碱度"}, Kind: sheet.Number},
		{Name: "land", Zh: "用地", Synonyms: []string{
			"land", "land_use", "land_class", "土地利用", "土地利用类型", "用地类型", "用地类别", "农用地类型", "建设用地类别", "利用方式",
		}},
		{Name: "background", Zh: "背景值", Synonyms: []string{"background", "土壤背景值"}, Kind: sheet.Number},
	}
}

// A land is a use of farmland, a class of development land, or one of the two
// words that say only which of the standards is asked.
type land string

const (
	paddy       land = "paddy"
	orchard     land = "orchard"
	upland      land = "other"
	rotation    land = "rotation"
	farmland    land = "farmland"
	class1      land = "1"
	class2      land = "2"
	unsettled   land = "unclear"
	development land = "development"
)

var lands = []word[land]{
	{paddy, []string{"水田"}},
	{orchard, []string{"果园"}},
	{upland, []string{"其他", "旱地", "水浇地", "其他农用地"}},
	{rotation, []string{"水旱轮作地", "水旱轮作"}},
	{farmland, []string{"农用地"}},
	{class1, []string{"第一类用地", "一类用地", "第一类", "一类", "class1"}},
	{class2, []string{"第二类用地", "二类用地", "第二类", "二类", "class2"}},
	{unsettled, []string{"规划用途不明确", "用途不明确", "规划用途未定"}},
	{development, []string{"建设用地"}},
}

// Soil reads a file of soil samples and judges each row: of farmland by
// GB 15618, of development land by GB 36600.
//
// The error is fault.Invalid when the file cannot be read or lacks a column.
func Soil(book *soil.Book, r io.Reader, o Options) (Table, iter.Seq[SoilRow], error) {
	f, t, err := open("soil", r, SoilColumns(), o, soilWords)
	if err != nil {
		return t, nil, err
	}
	needed := []string{"item", "value"}
	if o.At == "" {
		needed = append(needed, "date")
	}
	if err := f.needs(SoilColumns(), needed...); err != nil {
		return t, nil, err
	}
	f.findTwins("item", f.sampleOf("plot", "sample", "depth"), valueOf)
	return t, func(yield func(SoilRow) bool) {
		for r := range f.Rows() {
			if !yield(f.soil(book, r)) {
				return
			}
		}
	}, nil
}

// sampleOf tells what a row of samples speaks of: the item on a day, at the place
// in the columns; of nothing where none of these is filled.
func (f *file) sampleOf(places ...string) func(sheet.Row) string {
	return func(r sheet.Row) string {
		m := r.Moment("date")
		key, some := "", false
		for _, p := range places {
			some = some || r.Text(p) != ""
			key += fold(r.Text(p)) + "\n"
		}
		if !some || m.Issue != "" || r.Text("item") == "" {
			return ""
		}
		return key + m.Time.Format("2006-01-02T15:04") + "\n" + fold(r.Text("item"))
	}
}

func valueOf(r sheet.Row) string { return r.Text("value") + "\n" + r.Text("unit") }

func (f *file) soil(book *soil.Book, line sheet.Row) SoilRow {
	out := SoilRow{
		Plot: line.Text("plot"), Sample: line.Text("sample"), Depth: line.Text("depth"), Date: line.Text("date"),
		Item: line.Text("item"), Value: line.Text("value"), Unit: line.Text("unit"),
		PH: line.Text("ph"), Land: line.Text("land"), Outcome: soil.Unknown,
	}
	r := f.row(line, &out.Row)
	dated := r.day("date")
	item := soilItem(out.Item)
	sample := r.sample("value", "unit", bareUnit(item))
	ph := r.number("ph", false)
	use, known := meaning(r, "land", lands)
	switch {
	case !dated:
		out.Issue = sheet.NoDay
	case item == "":
		r.refuse(&out.Issue, "item", NotStated, "没有填写项目")
	case !known:
		out.Issue, out.Reason = soil.UseUnknown, soilWords(soil.UseUnknown)+"“"+out.Land+"”"
	case use == "":
		r.refuse(&out.Issue, "land", NotStated, "没有说明用地：农用地写"+listed(lands[:4])+"，建设用地写"+listed(lands[5:8]))
	case use == development:
		r.refuse(&out.Issue, "land", NotStated, "建设用地须写明"+listed(lands[5:8]))
	case use == class1 || use == class2 || use == unsettled:
		background := r.number("background", false)
		out.take(book.Development(soil.DevelopmentSample{Item: item, Class: soil.LandClass(use), Sample: sample, Background: background.Value}))
	default:
		if use == farmland {
			use = ""
		}
		out.take(book.Farmland(soil.FarmlandSample{Item: item, Use: soil.LandUse(use), PH: ph.Value, Sample: sample}))
	}
	r.mismatch(out.Issue)
	out.OutcomeText = out.Outcome.Name()
	return out
}

// refuse says why a row cannot be judged, at the cell that lacks something.
func (r *reader) refuse(to *standard.Issue, column string, issue standard.Issue, text string) {
	*to, r.out.Reason = issue, text
	r.bad(column, issue, text)
}

// soilItem is the name of an item as the standards have it.
func soilItem(text string) string { return soil.CommonName(fold(text)) }

// take copies a result into the row.
func (r *SoilRow) take(got soil.Result) {
	r.Outcome, r.Category, r.Issue = got.Outcome, got.Category, got.Issue
	r.Screening, r.Intervention, r.Multiple = got.Screening.Limit.Max, got.Intervention.Limit.Max, got.Screening.Multiple
	r.Because = got.Because
	r.Basis = basis(got.Screening.Limit.Citation, got.Confidence, got.Rows)
	if got.Issue != "" {
		r.Reason = soilWords(got.Issue)
		return
	}
	r.Arithmetic = got.Arithmetic()
}
