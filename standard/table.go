package standard

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// A Table holds figures of standards as rows: a key, cells of its own, and the
// citation that each figure rests on. The packages below this one read their
// figures from tables, which are data of the caller: those of package catalog, or
// others of the same form.
//
// A table never forgets. A correction (Table.With) adds a revision of a row and
// leaves the old one where a stored result finds it.
type Table struct {
	Name    string
	Columns []string // of its own: those between key and document
	rows    []Row    // each key's revisions together, the newest last
	newest  []int    // indexes into rows
}

// A Row is one revision of one line of a table.
type Row struct {
	Key      string // unique in the table, and the same through all revisions
	Revision int    // 1 as it was shipped; 2, 3 … corrections
	Citation Citation
	Note     string // in Chinese
	// By, Reason and At are of a correction; empty in revision 1. At is a time as
	// 2006-01-02T15:04:05+08:00.
	By, Reason, At string

	columns []string
	cells   []string
}

// A Ref names the revision of a row that a result rests on.
type Ref struct {
	Table    string `json:"table"`
	Key      string `json:"key"`
	Revision int    `json:"revision"`
}

// Ref returns the name of r in table t.
func (t *Table) Ref(r Row) Ref { return Ref{t.Name, r.Key, r.Revision} }

// the columns at the end of every table.
var tableTail = []string{"document", "edition", "clause", "title", "from", "to", "confidence", "source", "note"}

// LoadTable reads a table from a file; see ParseTable. Its name is the name of the
// file without folder and extension.
func LoadTable(files fs.FS, path string) (*Table, error) {
	data, err := fs.ReadFile(files, path)
	if err != nil {
		return nil, err
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	name, _, _ = strings.Cut(name, ".")
	t, err := ParseTable(name, data)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	return t, nil
}

// LoadTables reads the tables standards/NAME.tsv of a catalog, each into the
// place under its name.
func LoadTables(files fs.FS, into map[string]**Table) error {
	for _, name := range slices.Sorted(maps.Keys(into)) {
		t, err := LoadTable(files, "standards/"+name+".tsv")
		if err != nil {
			return err
		}
		*into[name] = t
	}
	return nil
}

// A RowReader takes the rows of a table.
type RowReader struct {
	Name  string // of the table, for when it is not there
	Table *Table
	Read  func(Row, Ref) error
}

// ReadRows hands each reader the newest revision of each row of its table. The
// error names the table that is missing, or the one that has the row of which a
// reader complains.
func ReadRows(readers ...RowReader) error {
	for _, r := range readers {
		if r.Table == nil {
			return fmt.Errorf("缺少表 %s", r.Name)
		}
		for _, row := range r.Table.Rows() {
			if err := r.Read(row, r.Table.Ref(row)); err != nil {
				return fmt.Errorf("%s：%w", r.Table.Name, err)
			}
		}
	}
	return nil
}

// ParseTable reads a table: UTF-8, a row a line, fields separated by tabs, lines
// beginning with # and empty lines being comments. The first other line names the
// columns: key, those of the table, and document, edition, clause, title, from,
// to, confidence, source, note. An error begins with the line number and says what
// is allowed there.
func ParseTable(name string, data []byte) (*Table, error) {
	t := &Table{Name: name}
	seen := map[string]int{}
	for i, line := range strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		line = strings.TrimRight(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if t.Columns == nil {
			n := len(fields) - 1 - len(tableTail)
			if n < 0 || fields[0] != "key" || !slices.Equal(fields[1+n:], tableTail) {
				return nil, fmt.Errorf("%d: 表头应为 key、本表各列，再接 %s（以制表符分隔）", i+1, strings.Join(tableTail, " "))
			}
			t.Columns = slices.Clone(fields[1 : 1+n])
			continue
		}
		r, err := t.parse(fields)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
		if before, ok := seen[r.Key]; ok {
			return nil, fmt.Errorf("%d: key %s 已在第 %d 行用过", i+1, r.Key, before)
		}
		seen[r.Key] = i + 1
		t.rows = append(t.rows, r)
		t.newest = append(t.newest, len(t.rows)-1)
	}
	if t.Columns == nil {
		return nil, errors.New("1: 文件是空的，没有表头")
	}
	return t, nil
}

func (t *Table) parse(fields []string) (Row, error) {
	if want := len(t.Columns) + 1 + len(tableTail); len(fields) != want {
		return Row{}, fmt.Errorf("应有 %d 列（以制表符分隔），实有 %d 列", want, len(fields))
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	f := fields[1+len(t.Columns):]
	r := Row{
		Key: fields[0], Revision: 1, Note: f[8], columns: t.Columns, cells: fields[1 : 1+len(t.Columns)],
		Citation: Citation{
			Document: f[0], Edition: f[1], Clause: f[2], Title: f[3], From: Date(f[4]), To: Date(f[5]), Confidence: Confidence(f[6]), Source: f[7],
		},
	}
	if r.Key == "" {
		return r, errors.New("key 一列不能为空")
	}
	return r, r.Citation.check()
}

// check reports what is wrong with the words of c.
func (c Citation) check() error {
	switch {
	case !c.Confidence.Known():
		return fmt.Errorf("confidence 一列只能是 %v 之一，不能是 %q", degrees, c.Confidence)
	case !c.From.valid() || !c.To.valid():
		return errors.New("from、to 两列应为 2006-01-02 这样的日期或空")
	case c.To != "" && c.To < c.From:
		return fmt.Errorf("to（%s）早于 from（%s）", c.To, c.From)
	}
	return nil
}

// Rows returns the newest revision of each row, in the order of the file.
func (t *Table) Rows() []Row {
	all := make([]Row, len(t.newest))
	for i, j := range t.newest {
		all[i] = t.rows[j]
	}
	return all
}

// InForce returns the newest revision of each row that was in force on a day.
func (t *Table) InForce(on Date) []Row {
	return slices.DeleteFunc(t.Rows(), func(r Row) bool { return !r.Citation.InForce(on) })
}

// Row returns the newest revision of the row with key.
func (t *Table) Row(key string) (Row, bool) {
	for _, j := range t.newest {
		if t.rows[j].Key == key {
			return t.rows[j], true
		}
	}
	return Row{}, false
}

// Revisions returns all revisions of the row with key, the oldest first.
func (t *Table) Revisions(key string) []Row {
	return slices.DeleteFunc(slices.Clone(t.rows), func(r Row) bool { return r.Key != key })
}

// Cell returns the text of a column; empty for one that the table does not have.
func (r Row) Cell(column string) string {
	if i := slices.Index(r.columns, column); i >= 0 {
		return r.cells[i]
	}
	return ""
}

// Number returns the cell of a column as a number, none where it is empty. The
// error names row and column.
func (r Row) Number(column string) (Exact, error) {
	text := r.Cell(column)
	if text == "" {
		return Exact{}, nil
	}
	x, issue := Read(text)
	if issue != "" {
		return Exact{}, fmt.Errorf("行 %s 的 %s 一列应为数，不能是 %q", r.Key, column, text)
	}
	return x, nil
}

// Numbers returns the cells of columns as numbers; see Number.
func (r Row) Numbers(columns ...string) ([]Exact, error) {
	all := make([]Exact, len(columns))
	for i, c := range columns {
		var err error
		if all[i], err = r.Number(c); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// A Correction changes cells of a row. What it does not name stays.
type Correction struct {
	Key        string            `json:"key"`
	Cells      map[string]string `json:"cells"` // by column
	Confidence Confidence        `json:"confidence"`
	Source     string            `json:"source"` // where the figure was read
	By         string            `json:"by"`
	Reason     string            `json:"reason"`
	At         string            `json:"at"` // 2006-01-02T15:04:05+08:00
}

// With returns the table with corrections applied one after another; t stays as
// it is. Each needs an author, a reason and a time. The error says which does not
// fit.
func (t *Table) With(corrections ...Correction) (*Table, error) {
	next := &Table{Name: t.Name, Columns: t.Columns, rows: slices.Clone(t.rows), newest: slices.Clone(t.newest)}
	for _, c := range corrections {
		if err := next.correct(c); err != nil {
			return nil, err
		}
	}
	return next, nil
}

func (t *Table) correct(c Correction) error {
	at := slices.IndexFunc(t.newest, func(j int) bool { return t.rows[j].Key == c.Key })
	switch {
	case at < 0:
		return fmt.Errorf("表 %s 没有行 %s", t.Name, c.Key)
	case c.By == "" || c.Reason == "" || c.At == "":
		return fmt.Errorf("更正行 %s 须写明更正人、理由和时间", c.Key)
	}
	r := t.rows[t.newest[at]]
	r.Revision++
	r.By, r.Reason, r.At = c.By, c.Reason, c.At
	r.cells = slices.Clone(r.cells)
	for column, text := range c.Cells {
		i := slices.Index(t.Columns, column)
		if i < 0 {
			return fmt.Errorf("表 %s 没有 %s 一列", t.Name, column)
		}
		r.cells[i] = strings.TrimSpace(text)
	}
	if c.Confidence != "" {
		r.Citation.Confidence = c.Confidence
	}
	if c.Source != "" {
		r.Citation.Source = c.Source
	}
	if err := r.Citation.check(); err != nil {
		return fmt.Errorf("更正行 %s：%w", c.Key, err)
	}
	t.rows = append(t.rows, r)
	t.newest[at] = len(t.rows) - 1
	return nil
}
