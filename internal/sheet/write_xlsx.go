package sheet

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// WriteXLSX writes a table as a workbook: title, headers that stay in sight,
// rows, and a second sheet 说明 with the notes.
//
// In a column of kind Number a text that is a number is written as one, shown
// with the decimals of the text; all others (未检出, <0.01) stay texts, and so do
// numbers of more than 15 digits, which a workbook cannot hold. In columns of
// kind Date and Time, whole dates become dates. Texts are never formulas.
//
// The error is fault.Invalid for more rows than a workbook holds, else that of
// w or of rows.
func WriteXLSX(w io.Writer, t Table, rows Rows) (err error) {
	return WriteBook(w, t.Notes, Page{t, rows})
}

// A Page is a table of a workbook with several.
type Page struct {
	Table Table // its notes are not looked at
	Rows  Rows
}

// WriteBook writes tables as a workbook, a sheet for each, and a last sheet 说明
// with the notes; otherwise as WriteXLSX. Tables whose sheets would have one name
// are numbered.
func WriteBook(w io.Writer, notes []string, pages ...Page) (err error) {
	defer fault.Wrap(&err, "sheet.WriteBook")

	f := excelize.NewFile()
	defer f.Close()
	x := &writer{file: f, styles: map[string]int{}}
	for i, p := range pages {
		x.table, x.row, x.cells = p.Table, 0, nil
		if err := x.page(i, p.Rows); err != nil {
			return err
		}
	}
	if err := x.notes(notes); err != nil {
		return err
	}
	_, err = f.WriteTo(w)
	return err
}

// page writes the table as the sheet of that number, from 0.
func (x *writer) page(i int, rows Rows) (err error) {
	name := x.free(sheetName(x.table.Name))
	if i == 0 {
		err = x.file.SetSheetName("Sheet1", name)
	} else {
		_, err = x.file.NewSheet(name)
	}
	if err != nil {
		return err
	}
	x.names = append(x.names, name)
	if x.stream, err = x.file.NewStreamWriter(name); err != nil {
		return err
	}
	if err := x.begin(); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if err := x.add(row); err != nil {
			return err
		}
	}
	return x.stream.Flush()
}

// free returns name, or name with a number where a sheet has it already.
func (x *writer) free(name string) string {
	like := func(n string) bool {
		return slices.ContainsFunc(x.names, func(had string) bool { return strings.EqualFold(had, n) })
	}
	for i, base := 2, []rune(name); like(name); i++ {
		name = string(base[:min(len(base), 28)]) + strconv.Itoa(i)
	}
	return name
}

// A writer is a workbook that is being written.
type writer struct {
	file   *excelize.File
	stream *excelize.StreamWriter
	table  Table
	styles map[string]int // by number format
	names  []string       // of the sheets
	row    int            // the last one written
	cells  []any
}

// sheetName makes a name that a sheet may have.
func sheetName(name string) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			return ' '
		}
		return r
	}, name), "' ")
	if name == "" {
		return "数据"
	}
	if r := []rune(name); len(r) > 31 {
		name = string(r[:31])
	}
	return name
}

// begin writes what stands above the rows.
func (x *writer) begin() error {
	top := 1
	if x.table.Title != "" {
		top = 2
	}
	// Widths and panes come first in the file, or not at all.
	for i, c := range x.table.Columns {
		if err := x.stream.SetColWidth(i+1, i+1, c.width()); err != nil {
			return err
		}
	}
	corner, err := excelize.CoordinatesToCellName(1, top+1)
	if err != nil {
		return err
	}
	if err := x.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: top, TopLeftCell: corner, ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if x.table.Title != "" {
		if err := x.title(); err != nil {
			return err
		}
	}
	style, err := x.file.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7EEF3"}},
		Border:    []excelize.Border{{Type: "bottom", Style: 1, Color: "7F8C96"}},
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true},
	})
	if err != nil {
		return err
	}
	cells := make([]any, len(x.table.Columns))
	for i, c := range x.table.Columns {
		cells[i] = excelize.Cell{StyleID: style, Value: c.header()}
	}
	return x.put(cells)
}

func (x *writer) title() error {
	style, err := x.file.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true, Size: 14},
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"},
	})
	if err != nil {
		return err
	}
	if err := x.put([]any{excelize.Cell{StyleID: style, Value: x.table.Title}}, excelize.RowOpts{Height: 28}); err != nil {
		return err
	}
	if n := len(x.table.Columns); n > 1 {
		last, err := excelize.CoordinatesToCellName(n, 1)
		if err != nil {
			return err
		}
		return x.stream.MergeCell("A1", last)
	}
	return nil
}

// width is that of c in characters; one of Chinese takes two.
func (c Column) width() float64 {
	if c.Width > 0 {
		return min(c.Width, 255)
	}
	header := c.header()
	n := float64(len(header)+utf8.RuneCountInString(header))/2 + 3 // three bytes a Chinese character
	least := map[Kind]float64{Number: 10, Month: 10, Date: 12, Time: 18}[c.Kind]
	return min(max(n, least, 8), 60)
}

// put writes the next row.
func (x *writer) put(cells []any, o ...excelize.RowOpts) error {
	x.row++
	if x.row > excelize.TotalRows {
		return fault.New(fault.Invalid, "行数超过一个工作表能放的 %d 行；请缩小范围，或导出为 CSV", excelize.TotalRows)
	}
	return x.stream.SetRow("A"+strconv.Itoa(x.row), cells, o...)
}

// add writes a row of the table.
func (x *writer) add(row []string) error {
	if x.cells == nil {
		x.cells = make([]any, len(x.table.Columns))
	}
	for i, c := range x.table.Columns {
		value, err := x.value(c, cell(row, i))
		if err != nil {
			return err
		}
		x.cells[i] = value
	}
	return x.put(x.cells)
}

// value returns what is written for a text in column c.
func (x *writer) value(c Column, text string) (any, error) {
	if text == "" {
		return nil, nil
	}
	if utf8.RuneCountInString(text) > excelize.TotalCellChars {
		return nil, fault.New(fault.Invalid, "“%s”一列有超过 %d 字的内容，工作簿放不下；请导出为 CSV", c.Zh, excelize.TotalCellChars)
	}
	switch c.Kind {
	case Number:
		if number, decimals, ok := storable(text); ok {
			return x.styled(number, decimalFormat(decimals))
		}
	case Date, Time:
		m := ReadMoment(text)
		format := "yyyy-mm-dd"
		switch {
		case m.Issue != "" || m.Time.Year() < 1901:
			return text, nil
		case m.Unit == standard.Minute || m.Unit == standard.Hour:
			format = "yyyy-mm-dd hh:mm"
		case m.Unit == standard.Instant:
			format = "yyyy-mm-dd hh:mm:ss"
		case m.Unit != standard.Day:
			return text, nil
		}
		seconds := m.Time.Unix() - day1900.Unix()
		return x.styled(float64(seconds)/86400, format)
	}
	return text, nil
}

// storable returns the number that text is and its decimals, if a workbook can
// hold it without loss.
func storable(text string) (number float64, decimals int, ok bool) {
	exact, issue := standard.Read(text)
	if issue != "" {
		return 0, 0, false
	}
	plain := exact.String()
	digits := strings.TrimLeft(strings.ReplaceAll(strings.TrimPrefix(plain, "-"), ".", ""), "0")
	if len(digits) > 15 {
		return 0, 0, false
	}
	if _, fraction, found := strings.Cut(plain, "."); found {
		decimals = len(fraction)
	}
	number, err := strconv.ParseFloat(plain, 64)
	return number, decimals, err == nil && decimals <= 30
}

func decimalFormat(decimals int) string {
	if decimals == 0 {
		return "0"
	}
	return "0." + strings.Repeat("0", decimals)
}

// styled returns a cell with a number format.
func (x *writer) styled(value float64, format string) (any, error) {
	id, ok := x.styles[format]
	if !ok {
		var err error
		if id, err = x.file.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
			return nil, err
		}
		x.styles[format] = id
	}
	return excelize.Cell{StyleID: id, Value: value}, nil
}

// notes writes the last sheet.
func (x *writer) notes(notes []string) error {
	if len(notes) == 0 {
		return nil
	}
	name := x.free("说明")
	if _, err := x.file.NewSheet(name); err != nil {
		return err
	}
	style, err := x.file.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	if err := x.file.SetColWidth(name, "A", "A", 100); err != nil {
		return err
	}
	for i, note := range notes {
		at := fmt.Sprintf("A%d", i+1)
		if err := x.file.SetCellStr(name, at, note); err != nil {
			return err
		}
		if err := x.file.SetCellStyle(name, at, at, style); err != nil {
			return err
		}
	}
	return nil
}
