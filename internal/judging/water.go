package judging

import (
	"io"
	"iter"
	"slices"
	"strings"

	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	"pingzhang/standard/water"
)

// A WaterRow is the class of one item in one sample of water, and whether it
// meets the class that is wanted.
type WaterRow struct {
	Row
	Section string `json:"section"` // as it stands in the file, like the next five
	Date    string `json:"date"`
	Item    string `json:"item"`
	Value   string `json:"value"`
	Unit    string `json:"unit"`
	Target  string `json:"target,omitempty"`

	Body      string           `json:"body"` // river, lake; empty where it was not stated and makes no difference
	Class     water.Class      `json:"class"`
	ClassText string           `json:"class_text"`
	Verdict   standard.Verdict `json:"verdict,omitempty"` // against the target; none where there is no target
	Limit     standard.Exact   `json:"limit"`             // of the target, the highest allowed
	Min       standard.Exact   `json:"min"`               // the lowest allowed, of dissolved oxygen and pH
	Multiple  standard.Exact   `json:"multiple"`          // above the limit of the target
	Issue     standard.Issue   `json:"issue,omitempty"`
	// Arithmetic says how class and verdict follow, in Chinese.
	Arithmetic string `json:"arithmetic,omitempty"`
	Basis
}

// Judged reports whether the row has a class, or a verdict.
func (r WaterRow) Judged() bool {
	return r.Class.Known() || r.Verdict == standard.Meets || r.Verdict == standard.Exceeds
}

// WaterColumns are the columns of a file of water samples.
func WaterColumns() []sheet.Column {
	return []sheet.Column{
		{Name: "section", Zh: "断面", Synonyms: []string{"section", "断面名称", "监测断面", "点位", "点位名称"}},
		{Name: "date", Zh: "日期", Synonyms: []string{"date", "采样日期", "采样时间", "监测日期", "监测时间"}, Kind: sheet.Date},
		{Name: "item", Zh: "项目", Synonyms: []string{"item", "监测项目", "检测项目", "指标"}},
		{Name: "value", Zh: "结果", Synonyms: []string{"value", "检测结果", "监测结果", "监测值", "数值", "浓度"}, Kind: sheet.Number},
		{Name: "unit", Zh: "单位", Synonyms: []string{"unit", "计量单位"}},
		{Name: "target", Zh: "目标类别", Synonyms: []string{"target", "class_wanted", "class wanted", "wanted", "目标", "水质目标", "考核目标"}},
		{Name: "body", Zh: "水体", Synonyms: []string{"body", "water_body", "water body", "水体类型", "河流湖库", "类型"}},
		{Name: "detection_limit", Zh: "检出限", Synonyms: []string{"detection_limit", "方法检出限"}, Kind: sheet.Number},
		{Name: "temperature", Zh: "水温", Synonyms: []string{"temperature"}, Kind: sheet.Number, Unit: standard.Celsius, Signed: true},
		{Name: "saturation", Zh: "饱和率", Synonyms: []string{"saturation", "溶解氧饱和率"}, Kind: sheet.Number, Unit: standard.Percent},
		{Name: "condition", Zh: "状态", Synonyms: []string{"condition", "断面状态"}},
	}
}

var bodies = []word[water.Body]{
	{water.River, []string{"河流", "河", "江"}},
	{water.Lake, []string{"湖库", "湖泊", "水库", "湖", "库", "湖、库", "湖泊水库"}},
}

// flowing stands for water.Flowing, which is empty.
const flowing water.Condition = "flowing"

var conditions = []word[water.Condition]{
	{flowing, []string{"正常", "有水"}},
	{water.Ice, []string{"冰封期", "冰封", "封冻"}},
	{water.NoFlow, []string{"断流", "干涸"}},
}

// bothBodies are what a row may be of that does not say so.
var bothBodies = []water.Body{water.River, water.Lake}

// A waterFile is a file of water samples while it is judged.
type waterFile struct {
	*file
	book     *water.Book
	body     water.Body // of rows that do not state it; empty where it is open
	sections []*monitored
}

// Water reads a file of water samples, a row a result or a row a sample with a column
// an item, and judges each result by GB 3838. After the
// rows come the results of each section and month, by 环办〔2011〕22号, in the
// order in which they first stand in the file.
//
// The error is fault.Invalid when the file cannot be read or lacks a column.
func Water(book *water.Book, r io.Reader, o Options) (Table, iter.Seq[WaterRow], iter.Seq[SectionRow], error) {
	f, t, wide, err := openWater(book, r, o)
	if err != nil {
		return t, nil, nil, err
	}
	w := &waterFile{file: f, book: book}
	if o.Body != "" {
		body, ok := find(bodies, o.Body)
		if !ok {
			return t, nil, nil, fault.New(fault.Invalid, "不认识的水体“%s”，可以写：%s", o.Body, listed(bodies))
		}
		w.body = body
	}
	if err := w.needed(o, wide); err != nil {
		return t, nil, nil, err
	}
	if !wide && !f.Has("unit") {
		if v, _ := f.Field("value"); v.Unit == "" {
			t.Notes = append(t.Notes, "表里没有单位，除 pH 外都不能判定")
		}
	}
	if !wide {
		f.findTwins("item", f.sampleOf("section"), valueOf)
	}
	var rows []WaterRow
	for r := range f.Rows() {
		if wide {
			rows = append(rows, w.wideRow(r)...)
		} else {
			rows = append(rows, w.row(r))
		}
	}
	each := func(yield func(WaterRow) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}
	return t, each, w.evaluate, nil
}

// row judges one row, and keeps it for the month of its section.
func (w *waterFile) row(line sheet.Row) WaterRow {
	out := WaterRow{
		Section: line.Text("section"), Date: line.Text("date"), Item: line.Text("item"), Value: line.Text("value"), Unit: line.Text("unit"),
		Target: line.Text("target"),
	}
	r := w.file.row(line, &out.Row)
	dated := r.day("date")
	body, bodyOK := meaning(r, "body", bodies)
	if body == "" && bodyOK {
		body = w.body
	}
	out.Body = string(body)
	condition, _ := meaning(r, "condition", conditions)
	target, targetOK := r.target()
	if target != 0 {
		out.Verdict = standard.Unknown
	}
	empty := out.Item == "" && out.Value == ""
	s, readable := water.Sample{}, false
	if !empty {
		s, readable = r.water()
	}
	w.keep(r, kept{body: body, bodyOK: bodyOK, condition: condition, target: target, targetOK: targetOK, sample: s, sampled: !empty && readable})
	switch {
	case !dated:
		out.Issue = sheet.NoDay
	case empty && (condition == water.Ice || condition == water.NoFlow):
		out.Reason = condition.Name() + "，没有样品"
	case out.Item == "":
		r.refuse(&out.Issue, "item", NotStated, "没有填写项目")
	case !readable:
		out.Issue = r.Reading("value").Issue
		out.Reason = out.Issue.Text()
	case !bodyOK:
		out.Issue, out.Reason = WordUnknown, "水体是河流还是湖库，写法不认识"
	default:
		w.judge(&out, s, body, target, targetOK)
		r.mismatch(out.Issue)
	}
	out.ClassText = out.Class.Name()
	return out
}

// target reads the class that is wanted. It is none, and ok, where none is.
func (r *reader) target() (water.Class, bool) {
	text := r.Text("target")
	if text == "" {
		return 0, true
	}
	c, ok := water.ParseClass(text)
	if !ok || c == water.WorseThanV {
		r.bad("target", water.ClassOdd, water.ClassOdd.Text())
		return 0, false
	}
	return c, true
}

// water reads a sample for package water. It is not readable where the file
// leaves open which number is meant, or says with a code that there is none.
func (r *reader) water() (s water.Sample, readable bool) {
	item := fold(r.Text("item"))
	unit, _ := r.unit("value", "unit", bareUnit(item))
	got := r.number("value", unit.Signed())
	s = water.Sample{
		Item: item, Value: strings.TrimSpace(got.Raw), Unit: string(unit),
		DetectionLimit: r.number("detection_limit", false).Value.String(),
		Temperature:    r.number("temperature", true).Value.String(),
		Saturation:     r.number("saturation", false).Value.String(),
	}
	if unit == "" {
		s.Unit = r.Text("unit") // for package water to refuse, or to know
	}
	switch got.Issue {
	case "":
		s.Value = got.Value.String() // of a workbook what is stored, not what is shown
	case sheet.Placeholder, sheet.ShownOtherwise, sheet.Merged:
		return s, false
	}
	return s, true
}

// judge determines class and verdict of a sample. Where the body was not stated
// it is judged as of a river and as of a lake, and the result stands where both
// agree.
func (w *waterFile) judge(out *WaterRow, s water.Sample, body water.Body, target water.Class, targetOK bool) {
	of := []water.Body{body}
	if body == "" {
		of = bothBodies
	}
	var all []WaterRow
	for _, b := range of {
		one := *out
		one.take(w.book.Classify(s, b, out.On))
		if target != 0 {
			one.verdict(w.book.Judge(s, b, target, out.On))
		}
		all = append(all, one)
	}
	*out = all[0]
	if !targetOK && out.Reason == "" {
		out.Reason = "目标类别的写法不认识，没有与目标比较"
	}
	if len(all) == 2 && (all[0].Class != all[1].Class || all[0].Verdict != all[1].Verdict || all[0].Issue != all[1].Issue ||
		!all[0].Multiple.Equal(all[1].Multiple)) {
		out.Class, out.Verdict, out.Issue, out.Reason, out.Arithmetic = 0, "", BodyNeeded, BodyNeeded.Text(), ""
		out.Limit, out.Min, out.Multiple = standard.Exact{}, standard.Exact{}, standard.Exact{}
		if target != 0 {
			out.Verdict = standard.Unknown
		}
	}
}

// take copies a class into the row.
func (r *WaterRow) take(c water.ItemClass) {
	r.Class, r.Issue, r.Arithmetic = c.Class, c.Issue, c.Arithmetic()
	if c.Issue != "" {
		r.Reason, r.Arithmetic = c.Issue.Text(), ""
	}
	r.Basis = waterBasis(c.Basis)
}

// verdict copies a comparison with the target into the row. An item without
// classes has a limit all the same.
func (r *WaterRow) verdict(j water.Judgement) {
	r.Verdict, r.Limit, r.Min, r.Multiple = j.Verdict, j.Limit.Max, j.Limit.Min, j.Multiple
	if j.Verdict == standard.Unknown || j.Verdict == "" {
		return
	}
	if r.Issue == water.NoClasses {
		r.Issue, r.Reason, r.Basis = "", "", waterBasis(j.Basis)
	}
	if text := j.Arithmetic(); text != "" && r.Arithmetic != "" {
		r.Arithmetic += "；与目标比较：" + text
	} else {
		r.Arithmetic += text
	}
}

// waterBasis is the first citation of a result, with all rows.
func waterBasis(b water.Basis) Basis {
	var first standard.Citation
	if len(b.Citations) > 0 {
		first = b.Citations[0]
	}
	out := basis(first, b.Confidence, b.Rows)
	var all []string
	for _, c := range b.Citations {
		if text := c.String(); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	out.Citation = strings.Join(all, "；")
	return out
}
