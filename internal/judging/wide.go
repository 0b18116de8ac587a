package judging

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	"pingzhang/standard/water"
)

// itemColumn and the item is the name of a column of the wide form: a row a sample,
// a column an item, whose unit the header names.
const itemColumn = "item:"

// wideColumns are those of the wide form. The temperature stays what goes with
// dissolved oxygen.
func wideColumns(book *water.Book) []sheet.Column {
	all := slices.DeleteFunc(WaterColumns(), func(c sheet.Column) bool {
		return slices.Contains([]string{"item", "value", "unit", "detection_limit"}, c.Name)
	})
	for _, i := range book.Items() {
		if i != water.Temperature {
			all = append(all, sheet.Column{Name: itemColumn + string(i), Zh: book.Name(i), Synonyms: book.Spellings(i), Kind: sheet.Number})
		}
	}
	return all
}

// openWater reads a file of one of the two forms.
func openWater(book *water.Book, r io.Reader, o Options) (f *file, t Table, wide bool, err error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, t, false, err
	}
	f, t, err = open("water", bytes.NewReader(data), WaterColumns(), o)
	if err != nil || f.Has("item") || f.Has("value") {
		return f, t, false, err
	}
	other, s, bad := open("water", bytes.NewReader(data), wideColumns(book), o)
	if bad != nil {
		return f, t, false, nil // what is missing of the usual form will be said
	}
	for _, x := range other.Fields {
		if x.Known && strings.HasPrefix(x.Name, itemColumn) {
			s.Notes = append(s.Notes, "一行一个样品、一列一个项目；每个结果一行输出")
			return other, s, true, nil
		}
	}
	return f, t, false, nil
}

// wideRow judges the results of one sample, and keeps them for the month of their
// section. Empty cells are no results.
func (w *waterFile) wideRow(line sheet.Row) (rows []WaterRow) {
	for _, f := range w.Fields {
		item, is := strings.CutPrefix(f.Name, itemColumn)
		if !is || !f.Known || line.Text(f.Name) == "" {
			continue
		}
		rows = append(rows, w.wideCell(line, f, item))
	}
	if len(rows) == 0 { // a visit without a sample
		rows = append(rows, w.row(line))
	}
	return rows
}

// wideCell judges one result.
func (w *waterFile) wideCell(line sheet.Row, f sheet.Field, item string) WaterRow {
	out := WaterRow{
		Section: line.Text("section"), Date: line.Text("date"), Item: w.book.Name(water.Item(item)), Value: line.Text(f.Name), Unit: f.Unit, Target: line.Text("target"),
	}
	r := w.file.row(line, &out.Row)
	out.Issues = slices.DeleteFunc(slices.Clone(out.Issues), func(p sheet.Problem) bool { // those of the other results
		return p.Cell != line.Cell(f.Name) && slices.ContainsFunc(w.Fields, func(x sheet.Field) bool {
			return strings.HasPrefix(x.Name, itemColumn) && p.Cell == line.Cell(x.Name)
		})
	})
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
	s, readable := r.wideSample(f, item)
	w.keep(r, kept{body: body, bodyOK: bodyOK, condition: condition, target: target, targetOK: targetOK, sample: s, sampled: readable})
	switch {
	case !dated:
		out.Issue = sheet.NoDay
	case !readable:
		out.Issue = r.Reading(f.Name).Issue
		out.Reason = out.Issue.Text()
	case !bodyOK:
		out.Issue, out.Reason = WordUnknown, "水体是河流还是湖库，写法不认识"
	default:
		w.judge(&out, s, body, target, targetOK)
	}
	out.ClassText = out.Class.Name()
	return out
}

// wideSample is the sample of a cell. A column whose header names no unit has none
// that could be judged, but for pH.
func (r *reader) wideSample(f sheet.Field, item string) (s water.Sample, readable bool) {
	got := r.number(f.Name, false)
	s = water.Sample{
		Item: item, Value: strings.TrimSpace(got.Raw), Unit: f.Unit, Temperature: r.number("temperature", true).Value.String(),
		Saturation: r.number("saturation", false).Value.String(),
	}
	switch got.Issue {
	case "":
		s.Value = got.Value.String() // of a workbook what is stored, not what is shown
	case sheet.Placeholder, sheet.ShownOtherwise, sheet.Merged:
		return s, false
	}
	return s, true
}

// needed refuses a file of the usual form that lacks a column.
func (w *waterFile) needed(o Options, wide bool) error {
	names := []string{"item", "value"}
	if wide {
		names = nil
	}
	if o.At == "" {
		names = append(names, "date")
	}
	if err := w.needs(WaterColumns(), names...); err != nil {
		return fault.From(err, fault.Invalid, "%s（也可以一行一个样品、一列一个项目，表头写明单位）", fault.Text(err))
	}
	return nil
}
