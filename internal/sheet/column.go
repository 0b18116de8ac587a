package sheet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// A Kind says what the cells of a column hold.
type Kind string

// The kinds. The zero Kind counts as Text.
const (
	Text   Kind = "text"
	Number Kind = "number"
	Month  Kind = "month" // a month, or any day in it
	Date   Kind = "date"  // a day, with or without a time of day
	Time   Kind = "time"  // a day and a time of day
)

// A Column is one that the caller expects in a table, or writes into one.
type Column struct {
	Name     string   // by which the program asks for it
	Zh       string   // its header; Name where it is empty
	Synonyms []string // other headers under which it arrives
	Kind     Kind
	Required bool // the table must have it, and no cell of it may be empty
	// Unit is what the numbers are measured in. A header that names another unit
	// spoils its column (standard.UnitMismatch); one that names none is trusted.
	// Where Unit is empty the caller looks at Field.Unit himself.
	Unit standard.Unit
	// Signed says that -99, -999 and -9999 are values here, as of a redox
	// potential, and not codes for missing data.
	Signed bool
	Width  float64 // in characters, when written; 0 for a width by kind and header
}

// header is the header under which c is written.
func (c Column) header() string {
	zh := cmp.Or(c.Zh, c.Name)
	if c.Unit == "" {
		return zh
	}
	return zh + "（" + string(c.Unit) + "）"
}

// A Field is a column that was found in a table.
type Field struct {
	Column
	Known  bool   // it is one that the caller expects
	Header string // as it stands in the table, in one line
	Unit   string // that the header or the row below it names, as written; often none
	Letter string // of the column: "C"

	index    int  // from 0
	mismatch bool // Unit is another than the one expected
}

// normal folds the differences between headers that mean the same: width and
// case of letters, sub- and superscripts, blanks, and the star of a field that
// must be filled in.
func normal(header string) string {
	header = strings.Trim(norm.NFKC.String(header), "* \t\r\n")
	return strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(header, "\u200b", "")), ""))
}

// bare splits a header such as PM2.5(μg/m3) into name and unit. What stands in
// the brackets is left in the name when it is no unit: PM2.5(24h) is another
// thing than PM2.5(1h).
func bare(header string) (name, unit string) {
	header = strings.TrimSpace(header)
	for _, pair := range []string{"()", "（）", "[]", "【】", "〔〕"} {
		left, right := string([]rune(pair)[0]), string([]rune(pair)[1])
		inside, closed := strings.CutSuffix(header, right)
		i := strings.LastIndex(inside, left)
		if !closed || i <= 0 {
			continue
		}
		if unit, ok := unitIn(inside[i+len(left):]); ok {
			return strings.TrimSpace(inside[:i]), unit
		}
		return header, ""
	}
	for _, separator := range []string{"\n", " ", "，", ",", "_", "/"} {
		// The unit itself may hold a slash, so each place is tried.
		for at := 0; ; {
			i := strings.Index(header[at:], separator)
			if i < 0 {
				break
			}
			i += at
			at = i + len(separator)
			if unit := strings.TrimSpace(header[at:]); i > 0 && isUnit(unit) {
				return strings.TrimSpace(header[:i]), unit
			}
		}
	}
	return header, ""
}

// SplitHeader splits a header into the name of the column and the unit that it
// names, as the headers of expected columns are split: 砷（mg/kg） is 砷 in mg/kg.
// Where it names none, unit is empty.
func SplitHeader(header string) (name, unit string) { return bare(oneLine(header)) }

// unitIn returns the unit that the brackets of a header hold: mg/L, 单位：mg/L,
// 以N计，mg/L.
func unitIn(text string) (string, bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '，' || r == '、' || r == ';' || r == '；' })
	unit := ""
	for _, p := range parts {
		p = strings.TrimSpace(p)
		for _, prefix := range []string{"单位：", "单位:", "单位"} {
			p = strings.TrimPrefix(p, prefix)
		}
		switch {
		case isUnit(p) || strings.Contains(p, "/"):
			unit = strings.TrimSpace(p)
		case strings.HasPrefix(p, "以") && strings.HasSuffix(p, "计"):
		default:
			return "", false
		}
	}
	return unit, unit != ""
}

func isUnit(text string) bool {
	_, err := standard.ParseUnit(text)
	return err == nil
}

// An index finds columns by the normal form of their headers.
type index map[string]int // position in the list of columns

func newIndex(columns []Column) (index, error) {
	x := index{}
	for i, c := range columns {
		for _, name := range append([]string{cmp.Or(c.Zh, c.Name)}, c.Synonyms...) {
			key := normal(name)
			if key == "" {
				continue
			}
			if other, ok := x[key]; ok && other != i {
				return nil, fault.New(fault.Internal, "列定义有误：%s 与 %s 都叫“%s”", columns[other].Name, c.Name, name)
			}
			x[key] = i
		}
	}
	return x, nil
}

// find returns the expected column for which any of headers stands, and the
// unit named there.
func (x index) find(headers ...string) (column int, unit string, ok bool) {
	for _, h := range headers {
		name, unit := bare(h)
		if i, ok := x[normal(h)]; ok && normal(h) != "" {
			return i, unit, true
		}
		if i, ok := x[normal(name)]; ok && normal(name) != "" {
			return i, unit, true
		}
	}
	return 0, "", false
}

// A heading is a guess at where the headers of a table stand.
type heading struct {
	fields []Field
	known  int
	twice  string // a sentence when two headers stand for one column
	below  int    // index of the first line under the headers
}

// headingAt reads line i, together with the next one when two is set, as
// headers. In two rows of headers an upper cell that is merged down has nothing
// below it, and one that is merged to the right belongs to all cells below it.
func (x index) headingAt(lines []line, i int, two bool, columns []Column) heading {
	upper, lower := lines[i].shown, []string(nil)
	h := heading{below: i + 1}
	if two {
		lower = lines[i+1].shown
		h.below++
	}
	spread, at := "", map[int]string{}
	for col := range max(len(upper), len(lower)) {
		up, low := oneLine(cell(upper, col)), oneLine(cell(lower, col))
		if up != "" {
			spread = up
		}
		f := Field{Header: low, index: col, Letter: letter(col)}
		names := []string{low, spread + low}
		if low == "" {
			f.Header, names = up, []string{up}
		} else if two && spread != "" {
			f.Header = spread + " " + low
		}
		if c, unit, ok := x.find(names...); ok {
			if first, ok := at[c]; ok && h.twice == "" {
				h.twice = fmt.Sprintf("“%s”一列在表里出现两次（%s 列和 %s 列），不知该用哪一列；请删去或改名一列后再传", columns[c].header(), first, f.Letter)
			} else if !ok {
				h.known++
			}
			at[c] = f.Letter
			f.Column, f.Known, f.Unit = columns[c], true, unit
		}
		h.fields = append(h.fields, f)
	}
	return h
}

// findHeading looks for the headers in the lines given, which are the first of
// a table. The row with the most expected columns wins, the first of equals.
func (x index) findHeading(lines []line, columns []Column) (heading, error) {
	if len(columns) == 0 {
		return anyHeading(lines)
	}
	var best heading
	// Two rows are taken for headers only where they show more than one does: the
	// upper one is often a title.
	for _, two := range []bool{false, true} {
		for i := range lines {
			if two && i+1 == len(lines) {
				break
			}
			if h := x.headingAt(lines, i, two, columns); h.known > best.known {
				best = h
			}
		}
	}
	if missing := best.missing(columns); best.known == 0 || len(missing) > 0 {
		if best.known == 0 {
			return best, fault.New(fault.Invalid, "表里没有找到表头；表头应有这些列：%s", strings.Join(expected(columns), "、"))
		}
		return best, fault.New(fault.Invalid, "表里缺少这些列：%s；表头中其余的列是：%s", strings.Join(missing, "、"), strings.Join(best.headers(), "、"))
	}
	if best.twice != "" {
		return best, fault.New(fault.Invalid, "%s", best.twice)
	}
	return best, nil
}

// anyHeading takes the first row that has more than one cell, or else the
// first, for the headers of a table of which nothing is known.
func anyHeading(lines []line) (heading, error) {
	if len(lines) == 0 {
		return heading{}, fault.New(fault.Invalid, "表是空的")
	}
	i := max(0, slices.IndexFunc(lines, func(l line) bool {
		filled := slices.DeleteFunc(slices.Clone(l.shown), func(s string) bool { return trim(s) == "" })
		return len(filled) > 1
	}))
	return index{}.headingAt(lines, i, false, nil), nil
}

// missing names the columns that must be there and are not.
func (h heading) missing(columns []Column) []string {
	var names []string
	for _, c := range columns {
		if c.Required && !slices.ContainsFunc(h.fields, func(f Field) bool { return f.Known && f.Name == c.Name }) {
			names = append(names, c.header())
		}
	}
	return names
}

func (h heading) headers() []string {
	var names []string
	for _, f := range h.fields {
		if f.Header != "" {
			names = append(names, f.Header)
		}
	}
	return names
}

// expected names the columns that must be there, or all when none must.
func expected(columns []Column) []string {
	var must, all []string
	for _, c := range columns {
		all = append(all, c.header())
		if c.Required {
			must = append(must, c.header())
		}
	}
	if len(must) > 0 {
		return must
	}
	return all
}

// finish names the columns that nobody expects, takes units from a row of
// units if there is one, and compares units.
func (h *heading) finish(lines []line) {
	if h.below < len(lines) && h.unitRow(lines[h.below]) {
		for i := range h.fields {
			if unit := trim(cell(lines[h.below].shown, h.fields[i].index)); unit != "" && !isDash(unit) {
				h.fields[i].Unit = unit
			}
		}
		h.below++
	}
	taken := map[string]bool{}
	for _, f := range h.fields {
		if f.Known {
			taken[f.Name] = true
		}
	}
	for i := range h.fields {
		f := &h.fields[i]
		if f.Known {
			f.mismatch = f.Column.Unit != "" && f.Unit != "" && !sameUnit(f.Unit, f.Column.Unit)
			continue
		}
		f.Name, f.Kind = f.Header, Text
		if f.Name == "" {
			f.Name = f.Letter
		}
		if taken[f.Name] {
			f.Name += "（" + f.Letter + "）"
		}
		f.Zh, taken[f.Name] = f.Name, true
	}
}

// unitRow reports whether l holds units only, and at least one.
func (h *heading) unitRow(l line) bool {
	units := 0
	for _, text := range l.shown {
		switch text = trim(text); {
		case text == "" || isDash(text):
		case isUnit(text):
			units++
		default:
			return false
		}
	}
	return units > 0
}

func sameUnit(text string, want standard.Unit) bool {
	unit, err := standard.ParseUnit(text)
	return err == nil && unit == want
}

func isDash(text string) bool { return strings.Trim(text, "-—–－/") == "" }

// oneLine joins the lines and blanks of a header.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// letter returns the name of a column counted from 0: 0 is A.
func letter(col int) string {
	name, err := excelize.ColumnNumberToName(col + 1)
	if err != nil {
		// Beyond the last column of a workbook, which a CSV file may be.
		return fmt.Sprintf("第%d列", col+1)
	}
	return name
}
