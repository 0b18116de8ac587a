package sheet

import (
	"bufio"
	"encoding/csv"
	"io"

	"pingzhang/internal/fault"
)

// WriteCSV writes a table as CSV that Excel opens with a click: UTF-8 with a
// byte order mark, commas, CRLF. A text that could be taken for a formula is
// preceded by an apostrophe. The error is that of w or of rows.
func WriteCSV(w io.Writer, t Table, rows Rows) (err error) {
	defer fault.Wrap(&err, "sheet.WriteCSV(%s)", t.Title)

	b := bufio.NewWriter(w)
	b.WriteString("\ufeff") // its error stays with b
	c := csv.NewWriter(b)
	c.UseCRLF = true
	record := make([]string, len(t.Columns))
	for i, col := range t.Columns {
		record[i] = guard(col.header())
	}
	if err := c.Write(record); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		for i := range record {
			record[i] = guard(cell(row, i))
		}
		if err := c.Write(record); err != nil {
			return err
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return err
	}
	return b.Flush()
}
