// Package sheet reads and writes the tables that people exchange: workbooks of
// Excel and CSV files, from laboratories, the national feed, other bureaux.
//
// # What is read
//
// A file is recognised by its content, never by its name. It is an XLSX
// workbook, or text with separators: UTF-8 with or without a byte order mark,
// UTF-16 with one, or GB18030; separated by commas, semicolons or tabs. The
// table in it is found by its headers, which need not stand in the first row
// and may take two rows; every spelling of a header that is expected is named
// by the caller (Column). Columns that nobody expects are kept.
//
// # What always holds
//
//   - Nothing is guessed. A cell that cannot be read for certain is a Problem
//     with its place, its raw text and the reason; all the others are read.
//   - The raw text of every cell is kept.
//   - Not measured, below the detection limit, a code for missing data and an
//     empty cell are different things and none of them is a number (Reading).
//   - A file that is no table, or whose columns cannot be told, is an error of
//     kind fault.Invalid with a sentence for the person who sent it.
//   - What is written is never taken for a formula by the program that opens
//     it.
//
// # Numbers and dates of a workbook
//
// A workbook stores numbers as binary fractions with up to 17 digits, of which
// Excel shows and compares 15: 0.1+0.2 is stored as 0.30000000000000004. Such a
// number is read with 15 significant digits, as the shortest text that has
// them: 0.3. Where its format shows the same number, the shown text is kept,
// with its zeros at the end (1.50); where the format rounds, the stored number
// is read, for verdicts are made on unrounded values. Where the shown text says
// something else than the stored number (12% for 0.12, <0.01, a date) the shown
// text is what a person has seen and signed, and it is read like typed text,
// hence mostly a Problem.
//
// Dates are read from the serial number that is stored, and their text is
// 2026-11-24 or 2026-11-24 08:00 in whatever form they show. A formula is read as
// the result that was stored with it; one that was never computed is an empty
// cell.
//
// # Where things are
//
// sheet.go has the table as it was read; column.go finds columns by their
// headers; reading.go reads numbers and moment.go dates; workbook.go, with
// datestyle.go, and csv.go take the two kinds of file apart. table.go, with write_xlsx.go and
// write_csv.go, writes.
package sheet
