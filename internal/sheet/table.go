package sheet

import (
	"iter"
	"strings"

	"pingzhang/standard"
)

// A Table says how an export looks. Its rows come one by one, as texts in the
// order of the columns, so that a long one need not be held in memory. The
// text of a cell is that in which its value was reported.
type Table struct {
	Name    string // of the sheet; empty for 数据
	Title   string // above the headers of a workbook; empty for none
	Columns []Column
	// Notes stand on a sheet of their own: what the table is, its period, its
	// sources, what in it is 待核实. A CSV file has neither title nor notes, for
	// the programs that read it would take them for rows; what must be said with
	// a value needs a column.
	Notes []string
}

// Rows are the rows of an export. The first error ends it.
type Rows = iter.Seq2[[]string, error]

// RowsOf returns rows that are in memory already.
func RowsOf(rows [][]string) Rows {
	return func(yield func([]string, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// formula reports whether a spreadsheet could take text for a formula. The
// full-width signs are among them: some versions read them as the narrow ones.
// A number, and a stroke for what was not measured, are no formulas.
func formula(text string) bool {
	t := strings.TrimLeft(text, " \t\r\n\u00a0\u3000")
	if t == "" {
		return false
	}
	if text[0] == '\t' || text[0] == '\r' || text[0] == '\n' {
		return true
	}
	if !strings.HasPrefix(t, "=") && !strings.HasPrefix(t, "+") && !strings.HasPrefix(t, "-") && !strings.HasPrefix(t, "@") &&
		!strings.HasPrefix(t, "＝") && !strings.HasPrefix(t, "＋") && !strings.HasPrefix(t, "－") && !strings.HasPrefix(t, "＠") {
		return false
	}
	if _, issue := standard.Read(t); issue == "" {
		return false
	}
	return !isDash(t)
}

// guard marks a text that could be taken for a formula with an apostrophe,
// which spreadsheets know for "this is text".
func guard(text string) string {
	if formula(text) {
		return "'" + text
	}
	return text
}

// unguard removes the mark of guard.
func unguard(text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok && formula(rest) {
		return rest
	}
	return text
}
