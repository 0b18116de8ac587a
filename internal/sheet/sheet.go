package sheet

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"strings"

	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// Limits bound what a file may cost. A zero field means its default.
type Limits struct {
	Bytes    int64 // of the file; 50 MB
	Unzipped int64 // of all parts of a workbook; 256 MB, of which a quarter for its texts
	Rows     int   // that are not empty; 200,000
	Columns  int   // 500
	Cells    int   // 5,000,000
}

func (l Limits) withDefaults() Limits {
	l.Bytes = or(l.Bytes, 50<<20)
	l.Unzipped = or(l.Unzipped, 256<<20)
	l.Rows = or(l.Rows, 200_000)
	l.Columns = or(l.Columns, 500)
	l.Cells = or(l.Cells, 5_000_000)
	return l
}

func or[N int | int64](n, otherwise N) N {
	if n > 0 {
		return n
	}
	return otherwise
}

// Options say how to read. The zero Options are good for most files.
type Options struct {
	Limits Limits
	// Sheet is the name of the sheet of a workbook to read. Where it is empty the
	// first visible sheet is read that has all the columns that must be there.
	Sheet string
	// HeaderRows is how many rows from the top are searched for headers; 0 for 20.
	HeaderRows int
}

// A Sheet is a table as it was read.
type Sheet struct {
	Form     string    // for a person: "Excel 工作簿", "CSV（GB18030，逗号分隔）"
	Name     string    // of the sheet; empty for CSV
	Fields   []Field   // the columns of the table, from the left
	Problems []Problem // what was wrong, by row and column; the caller may add his own

	header int // row in which the headers stand, the lower of two
	rows   []line
	fields map[string]int // by name
	// merged holds the cells of number columns that lie under a merged one.
	merged map[place]bool
	book   bool // a workbook, whose dates may be serial numbers
	from04 bool // its serial numbers count from 1904
}

// A line is one row of a file that is not empty.
type line struct {
	number int      // from 1, as Excel counts
	shown  []string // the texts of the cells as they show
	stored []string // the numbers behind them where they differ; nil for none
}

type place struct{ row, col int } // row from 1, column from 0

// A Problem is a cell that could not be read, or that holds no number for a
// reason which its author gave.
type Problem struct {
	Row    int            `json:"row"`    // from 1
	Col    int            `json:"col"`    // from 1
	Cell   string         `json:"cell"`   // "C7"
	Column string         `json:"column"` // its header in the words of the bureau
	Raw    string         `json:"raw"`    // untouched
	Issue  standard.Issue `json:"issue"`
	Text   string         `json:"text"` // the reason, in Chinese
	// Note says that the cell is in order and means that there is no number:
	// below detection, not measured, a code for missing data.
	Note bool `json:"note,omitempty"`
}

// String returns the problem as a line: C7 氨氮“12mg”：数值后面还有文字“mg”.
func (p Problem) String() string {
	return fmt.Sprintf("%s %s“%s”：%s", p.Cell, p.Column, p.Raw, p.Text)
}

// Read reads a table that has the columns given. With no columns it reads any
// table, taking the first row with more than one cell for its headers.
//
// The error is fault.Invalid when r holds neither workbook nor text, is
// encrypted, damaged or beyond a limit, when the headers are not found, one
// that must be there is missing, or two stand for the same column. Cells that
// cannot be read are no error but in Problems.
func Read(r io.Reader, columns []Column, o Options) (_ *Sheet, err error) {
	defer fault.Wrap(&err, "sheet.Read")

	o.Limits = o.Limits.withDefaults()
	o.HeaderRows = or(o.HeaderRows, 20)
	data, err := io.ReadAll(io.LimitReader(r, o.Limits.Bytes+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > o.Limits.Bytes {
		return nil, fault.New(fault.Invalid, "文件超过 %s，请拆分后再传", size(o.Limits.Bytes))
	}
	x, err := newIndex(columns)
	if err != nil {
		return nil, err
	}
	s, err := &Sheet{}, error(nil)
	var h heading
	var lines []line
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		s.book = true
		lines, h, err = s.readWorkbook(data, x, columns, o)
	} else {
		lines, h, err = s.readText(data, x, columns, o)
	}
	if err != nil {
		return nil, err
	}
	h.finish(lines)
	s.header = lines[h.below-1].number
	s.rows = lines[h.below:]
	s.setFields(h.fields)
	s.check()
	return s, nil
}

// head returns the lines in which the headers are searched.
func head(lines []line, rows int) []line {
	for i, l := range lines {
		if l.number > rows {
			return lines[:i]
		}
	}
	return lines
}

// setFields keeps the fields, but not those at the right that have neither
// header nor cells.
func (s *Sheet) setFields(fields []Field) {
	s.fields = map[string]int{}
	widest := 0
	for _, r := range s.rows {
		widest = max(widest, len(r.shown))
	}
	// Cells to the right of the last header belong to a column without a name.
	for col := len(fields); col < widest; col++ {
		name := letter(col)
		fields = append(fields, Field{Column: Column{Name: name, Zh: name, Kind: Text}, Letter: name, index: col})
	}
	for _, f := range fields {
		if f.Header == "" && f.index >= widest {
			continue
		}
		s.fields[f.Name] = len(s.Fields)
		s.Fields = append(s.Fields, f)
	}
}

// Has reports whether the table has a column of that name: that of a Column,
// or the header of one that nobody expected.
func (s *Sheet) Has(name string) bool { _, ok := s.fields[name]; return ok }

// Field returns the column of that name.
func (s *Sheet) Field(name string) (Field, bool) {
	if i, ok := s.fields[name]; ok {
		return s.Fields[i], true
	}
	return Field{}, false
}

// Len returns the number of rows that are not empty, without the headers.
func (s *Sheet) Len() int { return len(s.rows) }

// Rows yields the rows that are not empty, from the top.
func (s *Sheet) Rows() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for i := range s.rows {
			if !yield(Row{Number: s.rows[i].number, sheet: s, line: &s.rows[i]}) {
				return
			}
		}
	}
}

// Wrong returns the problems that are no mere notes.
func (s *Sheet) Wrong() []Problem {
	var wrong []Problem
	for _, p := range s.Problems {
		if !p.Note {
			wrong = append(wrong, p)
		}
	}
	return wrong
}

// A Row is one row of a table. Columns are asked for by name; one that the
// table does not have is like one with empty cells.
type Row struct {
	Number int // from 1, as Excel counts

	sheet *Sheet
	line  *line
}

// Raw returns the cell as it shows, untouched.
func (r Row) Raw(name string) string {
	f, ok := r.sheet.Field(name)
	if !ok {
		return ""
	}
	return cell(r.line.shown, f.index)
}

// Text returns the cell as it shows, without blanks around it.
func (r Row) Text(name string) string { return trim(r.Raw(name)) }

// Reading returns the number in the cell, or why there is none.
func (r Row) Reading(name string) Reading {
	f, ok := r.sheet.Field(name)
	if !ok {
		return Reading{Issue: standard.NoValue}
	}
	return r.reading(f)
}

// Moment returns the day or time in the cell, or why there is none. In a column
// of kind Date or Time a month alone is none, and in one of kind Time neither
// is a day alone.
func (r Row) Moment(name string) Moment {
	f, ok := r.sheet.Field(name)
	if !ok {
		return Moment{Issue: standard.NoValue}
	}
	return r.moment(f)
}

// Cell returns the place of the cell: "C7". It is empty when there is no such
// column.
func (r Row) Cell(name string) string {
	f, ok := r.sheet.Field(name)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s%d", f.Letter, r.Number)
}

// Extra returns the cells that are not empty of columns that nobody expected,
// by the name of the column.
func (r Row) Extra() map[string]string {
	extra := map[string]string{}
	for _, f := range r.sheet.Fields {
		if text := trim(cell(r.line.shown, f.index)); !f.Known && text != "" {
			extra[f.Name] = text
		}
	}
	return extra
}

// Problem returns a problem in the cell, for the caller to add to those of the
// sheet: a negative concentration, a station that nobody knows.
func (r Row) Problem(name string, issue standard.Issue, format string, args ...any) Problem {
	f, ok := r.sheet.Field(name)
	if !ok {
		f = Field{Column: Column{Zh: name}, index: -1}
	}
	return r.problem(f, issue, fmt.Sprintf(format, args...))
}

func (r Row) problem(f Field, issue standard.Issue, text string) Problem {
	p := Problem{Row: r.Number, Col: f.index + 1, Column: f.Zh, Issue: issue, Text: text}
	if p.Column == "" {
		p.Column = f.Name
	}
	if f.index >= 0 {
		p.Cell, p.Raw = fmt.Sprintf("%s%d", f.Letter, r.Number), cell(r.line.shown, f.index)
	}
	return p
}

// check reads every cell of the expected columns once and keeps what is wrong.
func (s *Sheet) check() {
	for _, f := range s.Fields {
		if f.mismatch {
			s.Problems = append(s.Problems, Problem{
				Row: s.header, Col: f.index + 1, Cell: fmt.Sprintf("%s%d", f.Letter, s.header), Column: f.Zh, Raw: f.Header,
				Issue: standard.UnitMismatch,
				Text:  fmt.Sprintf("这一列应以 %s 计，表头写的是 %s；整列没有导入", string(f.Column.Unit), f.Unit),
			})
		}
	}
	for r := range s.Rows() {
		for _, f := range s.Fields {
			if f.Known {
				r.check(f)
			}
		}
	}
}

// check adds the problem of one cell, if it has one.
func (r Row) check(f Field) {
	raw := cell(r.line.shown, f.index)
	var issue standard.Issue
	switch f.Kind {
	case Number:
		if f.mismatch {
			return // said once, at the header
		}
		issue = r.reading(f).Issue
	case Month, Date, Time:
		issue = r.moment(f).Issue
	default:
		if trim(raw) == "" {
			issue = standard.NoValue
		}
	}
	if issue == "" || issue == standard.NoValue && !f.Required {
		return
	}
	p := r.problem(f, issue, explain(issue, raw))
	switch issue {
	case standard.BelowDetection, standard.NotMeasured, Placeholder:
		p.Note = f.Kind == Number
	}
	r.sheet.Problems = append(r.sheet.Problems, p)
}

// cell returns the cell at col, from 0; empty beyond the end of the row.
func cell(cells []string, col int) string {
	if col < len(cells) {
		return cells[col]
	}
	return ""
}

// trim removes the blanks that people and programs leave around a text, those
// that are not seen among them.
func trim(text string) string {
	if text == "" {
		return text
	}
	return strings.TrimFunc(text, func(r rune) bool {
		return r <= ' ' || r == '\u00a0' || r == '\u3000' || r == '\u200b' || r == '\ufeff' || r >= '\u2000' && r <= '\u200a'
	})
}

// blank reports whether no cell holds anything.
func blank(cells []string) bool {
	for _, c := range cells {
		if trim(c) != "" {
			return false
		}
	}
	return true
}

// shorten cuts the empty cells at the end of a row.
func shorten(cells []string) []string {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// A budget counts rows and cells against the limits.
type budget struct {
	limits      Limits
	rows, cells int
}

// spend counts one row and refuses what is too much.
func (b *budget) spend(cells int) error {
	b.rows++
	b.cells += cells
	switch {
	case cells > b.limits.Columns:
		return fault.New(fault.Invalid, "表的列数超过 %d，请只保留需要的列", b.limits.Columns)
	case b.rows > b.limits.Rows:
		return fault.New(fault.Invalid, "表的行数超过 %d，请拆分后再传", b.limits.Rows)
	case b.cells > b.limits.Cells:
		return fault.New(fault.Invalid, "表的单元格超过 %d 个，请拆分后再传", b.limits.Cells)
	}
	return nil
}

// size writes a number of bytes for a person.
func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d KB", (n+1023)>>10)
}
