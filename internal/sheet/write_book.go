package sheet

import (
	"io"

	"github.com/xuri/excelize/v2"

	"pingzhang/internal/fault"
)

// A Leaf is a table of a workbook of several.
type Leaf struct {
	Table
	Rows Rows
}

// WriteBook writes tables as the sheets of one workbook, in their order, each as
// WriteXLSX does. Their names must differ. Notes are those of the first.
func WriteBook(w io.Writer, leaves ...Leaf) (err error) {
	defer fault.Wrap(&err, "sheet.WriteBook")

	f := excelize.NewFile()
	defer f.Close()
	var first *writer
	for i, l := range leaves {
		name := sheetName(l.Name)
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			return err
		}
		x := &writer{file: f, table: l.Table, styles: map[string]int{}}
		if x.stream, err = f.NewStreamWriter(name); err != nil {
			return err
		}
		if err := x.fill(l.Rows); err != nil {
			return err
		}
		if i == 0 {
			first = x
		}
	}
	if first != nil {
		if err := first.notes(); err != nil {
			return err
		}
	}
	_, err = f.WriteTo(w)
	return err
}

// fill writes title, headers and rows.
func (x *writer) fill(rows Rows) error {
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
