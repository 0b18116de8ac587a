package judging

import (
	"io"
	"strings"

	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	"pingzhang/standard/air"
)

// Options say how to judge a file.
type Options struct {
	// At is the day whose rules are applied to all rows; empty for the day of
	// each row.
	At standard.Date
	// Daily asks for the report of the day instead of that of the hour; of air
	// only.
	Daily bool
	// Body is the kind of water of rows that do not state it, a word such as 河流;
	// of water only. Where neither says it, what hangs on it is unknown.
	Body string
	// Ceiling (µg/m³) and CeilingCO (mg/m³) are the concentrations of ambient air
	// beyond which a cell is not believed; of air only. None takes those of
	// Ceilings, which are agreed and no law.
	Ceiling, CeilingCO standard.Exact
}

// Ceilings are the concentrations of ambient air beyond which a cell is not
// believed, as the program takes over hours: µg/m³, and mg/m³ for CO.
var Ceilings = struct{ Any, CO standard.Exact }{standard.Int(10000), standard.Int(500)}

// ceiling is that for a pollutant, in its unit.
func (o Options) ceiling(p air.Pollutant) standard.Exact {
	most, or := o.Ceiling, Ceilings.Any
	if p == air.CO {
		most, or = o.CeilingCO, Ceilings.CO
	}
	if !most.IsSet() {
		return or
	}
	return most
}

// A Table is what can be said of a file as a whole.
type Table struct {
	Form     string          // for a person: CSV（UTF-8，逗号分隔）
	Rows     int             // that are not empty, without the headers
	Notes    []string        // how the columns were taken, in Chinese
	Problems []sheet.Problem // of the headers
}

// A Row is what the results of all media have in common.
type Row struct {
	Type string `json:"type"` // air, water, soil, emission
	Line int    `json:"line"` // in the file, from 1
	// On is the day whose rules were applied; empty where it is not known.
	On standard.Date `json:"on,omitempty"`
	// Reason says in Chinese why there is no verdict, or what is to be held
	// against the one there is; empty for neither.
	Reason string          `json:"reason,omitempty"`
	Issues []sheet.Problem `json:"issues,omitempty"` // of its cells
	// Other are the cells of columns that are not of the list, by header.
	Other map[string]string `json:"other,omitempty"`
}

// Wrong counts the issues that are no mere notes.
func (r Row) Wrong() int {
	n := 0
	for _, p := range r.Issues {
		if !p.Note {
			n++
		}
	}
	return n
}

// A Basis is the clause that a result rests on.
type Basis struct {
	Edition    string              `json:"edition,omitempty"` // "HJ 633-2012"
	Clause     string              `json:"clause,omitempty"`
	Citation   string              `json:"citation,omitempty"` // with title and dates, in Chinese
	Confidence standard.Confidence `json:"confidence,omitempty"`
	Label      string              `json:"label,omitempty"` // 待核实 where that is so
	Rows       []standard.Ref      `json:"rows,omitempty"`  // of the tables
}

// basis returns the basis of a citation with the confidence of the weakest row.
func basis(c standard.Citation, confidence standard.Confidence, rows []standard.Ref) Basis {
	b := Basis{Edition: c.Number(), Clause: c.Clause, Citation: c.String(), Confidence: confidence, Rows: rows}
	if c.Document == "" {
		b.Edition, b.Citation = "", ""
	}
	if !confidence.Verified() {
		b.Label = confidence.Label()
	}
	return b
}

// A file is a table while it is judged.
type file struct {
	*sheet.Sheet
	Options
	issues map[int][]sheet.Problem // by line
	twins  map[int][]sheet.Problem // by line; see twin.go
	medium string
}

// open reads a file of a medium that has the columns.
func open(medium string, r io.Reader, columns []sheet.Column, o Options) (*file, Table, error) {
	s, err := sheet.Read(r, columns, sheet.Options{})
	if err != nil {
		return nil, Table{}, err
	}
	f := &file{Sheet: s, Options: o, medium: medium, issues: map[int][]sheet.Problem{}, twins: map[int][]sheet.Problem{}}
	t := Table{Form: s.Form, Rows: s.Len()}
	if s.Name != "" {
		t.Form += "，工作表“" + s.Name + "”"
	}
	lines := map[int]bool{}
	for r := range s.Rows() {
		lines[r.Number] = true
	}
	for _, p := range s.Problems {
		if !lines[p.Row] {
			t.Problems = append(t.Problems, p)
			continue
		}
		f.issues[p.Row] = append(f.issues[p.Row], p)
	}
	return f, t, nil
}

// needs refuses a file without one of the columns, each of which may be there
// under several names.
func (f *file) needs(columns []sheet.Column, names ...string) error {
	var missing []string
	for _, name := range names {
		if !f.Has(name) {
			missing = append(missing, header(columns, name))
		}
	}
	if len(missing) > 0 {
		return fault.New(fault.Invalid, "表里缺少这些列：%s；各列的写法见本命令的 --help", strings.Join(missing, "、"))
	}
	return nil
}

func header(columns []sheet.Column, name string) string {
	for _, c := range columns {
		if c.Name == name && c.Zh != "" {
			return c.Zh
		}
	}
	return name
}

// A reader reads one row and keeps what is wrong with it.
type reader struct {
	sheet.Row
	file *file
	out  *Row
}

// row begins the result of a row.
func (f *file) row(r sheet.Row, out *Row) *reader {
	out.Type, out.Line, out.Other = f.medium, r.Number, r.Extra()
	out.Issues = append(append(out.Issues, f.issues[r.Number]...), f.twins[r.Number]...)
	if len(out.Other) == 0 {
		out.Other = nil
	}
	return &reader{r, f, out}
}

// bad adds an issue of a cell.
func (r *reader) bad(column string, issue standard.Issue, text string) {
	r.out.Issues = append(r.out.Issues, r.Problem(column, issue, "%s", text))
}

// note adds an issue of a cell that is in order.
func (r *reader) note(column string, issue standard.Issue, text string) {
	p := r.Problem(column, issue, "%s", text)
	p.Note = true
	r.out.Issues = append(r.out.Issues, p)
}

// day sets the day whose rules apply, and reports whether there is one. Where
// there is none the reason says why.
func (r *reader) day(column string) bool {
	m := r.Moment(column)
	if r.out.On = m.Date(); r.file.At != "" {
		r.out.On = r.file.At
	}
	if r.out.On != "" {
		return true
	}
	if m.Issue == standard.NoValue && r.Cell(column) != "" {
		r.bad(column, standard.NoValue, "没有填写日期")
	}
	r.out.Reason = "日期" + reasonOf(m) + "，不能确定适用哪一版标准；可用 --at 指定日期"
	return false
}

func reasonOf(m sheet.Moment) string {
	if m.Issue == standard.NoValue {
		return "没有填写"
	}
	return "“" + strings.TrimSpace(m.Raw) + "”" + sheet.IssueText(m.Issue)
}

// number reads a cell of a column of numbers that cannot be below zero.
func (r *reader) number(column string, signed bool) sheet.Reading {
	got := r.Reading(column)
	if got.Issue == "" && !signed && got.Value.Sign() < 0 {
		got = sheet.Reading{Raw: got.Raw, Issue: standard.Negative}
		r.bad(column, standard.Negative, standard.Negative.Text())
	}
	return got
}

// mismatch marks the unit of a row that was refused for it.
func (r *reader) mismatch(issue standard.Issue) {
	if issue == standard.UnitMismatch {
		r.bad("unit", issue, issue.Text())
	}
}

// sample reads value and unit of a row. bare is the unit of a value that may
// stand without one; empty where none may.
func (r *reader) sample(value, unit string, bare standard.Unit) standard.Sample {
	u, issue := r.unit(value, unit, bare)
	got := r.number(value, u.Signed())
	s := standard.Sample{Value: got.Value, Unit: u, On: r.out.On, Issue: got.Issue}
	if s.Issue == "" {
		s.Issue = issue
	}
	if s.Issue == "" && !u.Possible(s.Value) {
		s.Issue = standard.Implausible
		r.bad(value, s.Issue, s.Issue.Text())
	}
	return s
}

// unit reads the unit of a row: from its cell, or from the header of the value.
func (r *reader) unit(value, unit string, bare standard.Unit) (standard.Unit, standard.Issue) {
	text, column := r.Text(unit), unit
	f, _ := r.file.Field(value)
	switch {
	case text == "" && f.Unit != "":
		text, column = f.Unit, value
	case text == "" && bare != "":
		return bare, ""
	}
	u, err := standard.ParseUnit(text)
	if err != nil {
		issue := err.(*standard.UnitError).Issue
		r.bad(column, issue, issue.Text())
		return "", issue
	}
	if f.Unit != "" && column == unit {
		if other, err := standard.ParseUnit(f.Unit); err != nil || other != u {
			r.bad(unit, standard.UnitMismatch, "与表头写的单位 "+f.Unit+" 不同，不知以哪个为准")
			return u, standard.UnitMismatch
		}
	}
	return u, ""
}
