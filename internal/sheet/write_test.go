package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"pingzhang/internal/fault"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(want) != got {
		t.Errorf("%s differs (%v); got\n%s", name, err, got)
	}
}

var export = Table{
	Name: "监测/结果", Title: "十一月断面监测结果", Columns: lab,
	Notes: []string{"=来源：某实验室", "限值待核实"},
}

var exportRows = [][]string{
	{"甲断面", "2026-11-03", "0.150", "-99"},
	{"=HYPERLINK(\"http://x\")", "2026-11-04", "0.025L", "-12.50"},
	{"@cmd", "2026-11", "—", "0"},
	{"-丙", "二〇二六", "=1+1", "1234567890123456789"},
	{"+丁", "2026-11-07 08:30", "", "1.2E-3"},
	{"'戊"},
	{"　＝己", "2026-11-08", "0.1", "-"},
}

func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	if err := WriteCSV(&b, export, RowsOf(exportRows)); err != nil {
		t.Fatal(err)
	}
	golden(t, "export.csv", b.String())
	s, err := Read(&b, lab, Options{})
	if err != nil {
		t.Fatal(err)
	}
	comesBack(t, s)
}

// comesBack compares a sheet with the rows that were written.
func comesBack(t *testing.T, s *Sheet) {
	t.Helper()
	i := 0
	for r := range s.Rows() {
		for j, c := range lab {
			if c.Kind == Number {
				if want, got := readNumber(cell(exportRows[i], j)), r.Reading(c.Name); !got.Value.Equal(want.Value) || got.Issue != want.Issue {
					t.Errorf("row %d: %q came back as %s %q", i, cell(exportRows[i], j), got.Value, got.Issue)
				}
			} else if got, want := r.Raw(c.Name), cell(exportRows[i], j); got != want {
				t.Errorf("row %d: %q came back as %q", i, want, got)
			}
		}
		i++
	}
	if i != len(exportRows) {
		t.Errorf("%d rows came back", i)
	}
}

func TestWriteXLSX(t *testing.T) {
	var b bytes.Buffer
	if err := WriteXLSX(&b, export, RowsOf(exportRows)); err != nil {
		t.Fatal(err)
	}
	golden(t, "export.golden", cellsOf(t, b.Bytes()))
	s, err := Read(bytes.NewReader(b.Bytes()), lab, Options{})
	if err != nil {
		t.Fatal(err)
	}
	comesBack(t, s)
	if s.Form != "Excel 工作簿" || s.Name != "监测 结果" {
		t.Errorf("read as %s %s", s.Form, s.Name)
	}
}

// cellsOf writes a workbook as text: each cell with its type, what it stores and
// what it shows.
func cellsOf(t *testing.T, data []byte) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b strings.Builder
	for _, name := range f.GetSheetList() {
		fmt.Fprintf(&b, "[%s]\n", name)
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, shown := range row {
				at, _ := excelize.CoordinatesToCellName(j+1, i+1)
				kind, _ := f.GetCellType(name, at)
				raw, _ := f.GetCellValue(name, at, excelize.Options{RawCellValue: true})
				formula, _ := f.GetCellFormula(name, at)
				if formula != "" || kind == excelize.CellTypeFormula {
					t.Errorf("%s is a formula: %s", at, formula)
				}
				fmt.Fprintf(&b, "%s %s %q %q\n", at, map[bool]string{true: "number", false: "text"}[kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber], raw, shown)
			}
		}
	}
	return b.String()
}

func TestWriteFails(t *testing.T) {
	broken := errors.New("the database went away")
	rows := func(yield func([]string, error) bool) {
		_ = yield([]string{"甲"}, nil) && yield(nil, broken)
	}
	if err := WriteCSV(&bytes.Buffer{}, export, rows); !errors.Is(err, broken) {
		t.Errorf("CSV: %v", err)
	}
	if err := WriteXLSX(&bytes.Buffer{}, export, rows); !errors.Is(err, broken) {
		t.Errorf("XLSX: %v", err)
	}
	long := RowsOf([][]string{{strings.Repeat("长", excelize.TotalCellChars+1)}})
	if err := WriteXLSX(&bytes.Buffer{}, export, long); !fault.Is(err, fault.Invalid) {
		t.Errorf("a text that no cell holds: %v", err)
	}
}

// book makes a workbook with the library, as other programs would.
func book(t *testing.T, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// labBook is a workbook as a laboratory types it.
func labBook(t *testing.T) []byte {
	return book(t, func(f *excelize.File) {
		styled := func(at string, value any, format string) {
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			must(t, err, f.SetCellValue("Sheet1", at, value), f.SetCellStyle("Sheet1", at, at, style))
		}
		set := func(at string, values ...any) { must(t, f.SetSheetRow("Sheet1", at, &values)) }
		set("A1", "某实验室监测结果")
		set("A3", "断面", "采样日期", "监测结果", nil, "备注")
		set("C4", "氨氮\n(mg/L)", "氧化还原电位")
		must(t, f.MergeCell("Sheet1", "A1", "E1"), f.MergeCell("Sheet1", "A3", "A4"), f.MergeCell("Sheet1", "B3", "B4"),
			f.MergeCell("Sheet1", "C3", "D3"), f.MergeCell("Sheet1", "E3", "E4"))
		set("A5", "甲", 46329, 0.1+0.2, -99)
		styled("B5", 46329, "yyyy/m/d")
		set("B6", "2026年11月4日", "<0.01", 12.5)
		must(t, f.MergeCell("Sheet1", "A5", "A6"), f.MergeCell("Sheet1", "D6", "D7"))
		set("A7", "乙", 46331, 1.5)
		styled("C7", 1.5, "0.00")
		set("A9", "丙", nil, 0.12)
		styled("B9", 46332.5, "yyyy-mm-dd hh:mm")
		styled("C9", 0.12, "0%")
		styled("D9", 1234.5, "#,##0")
		set("A10", "丁", "2026-11-09", true, 46332)
		styled("D10", 46332, "yyyy-mm-dd")
		styled("A11", 46333, `yyyy"年"m"月"d"日"`)
		styled("B11", "11月上旬", "yyyy/m/d")
		styled("E11", 0.3333333333, "h:mm")
	})
}

func TestReadWorkbook(t *testing.T) {
	s, err := Read(bytes.NewReader(labBook(t)), lab, Options{})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "workbook.golden", dump(s))
}

func TestChooseSheet(t *testing.T) {
	data := book(t, func(f *excelize.File) {
		for _, name := range []string{"隐藏", "结果", "另一"} {
			_, err := f.NewSheet(name)
			must(t, err, f.SetSheetRow(name, "A1", &[]any{"断面", "采样日期"}), f.SetSheetRow(name, "A2", &[]any{name, "2026-11-03"}))
		}
		must(t, f.SetCellStr("Sheet1", "A1", "说明"), f.SetSheetVisible("隐藏", false))
	})
	for _, tt := range []struct{ name, sheet, want string }{
		{"the first visible one with the columns", "", "结果"},
		{"the one asked for", "另一", "另一"},
		{"a hidden one that is asked for", "隐藏", "隐藏"},
		{"one without the columns", "Sheet1", "工作表“Sheet1”：表里没有找到表头"},
		{"one that is not there", "没有", "工作簿里没有名为“没有”的工作表；有的是：Sheet1、隐藏、结果、另一"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Read(bytes.NewReader(data), lab, Options{Sheet: tt.sheet})
			got := fault.Text(err)
			if err == nil {
				got = s.Name
			}
			if !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// rezip changes the parts of a workbook.
func rezip(t *testing.T, data []byte, change func(name string, part []byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, file := range in.File {
		r, err := file.Open()
		must(t, err)
		var part bytes.Buffer
		_, err = part.ReadFrom(r)
		must(t, err)
		w, err := out.Create(file.Name)
		must(t, err)
		_, err = w.Write(change(file.Name, part.Bytes()))
		must(t, err)
	}
	must(t, out.Close())
	return b.Bytes()
}

func TestWorkbookRefused(t *testing.T) {
	good := labBook(t)
	swap := func(part, with string) []byte {
		return rezip(t, good, func(name string, data []byte) []byte {
			if strings.HasSuffix(name, part) {
				return []byte(with)
			}
			return data
		})
	}
	zeros := strings.Repeat(" ", 1<<20)
	flipped := bytes.Clone(good)
	flipped[bytes.Index(flipped, []byte("xl/worksheets/sheet1.xml"))+100] ^= 0xff
	locked := bytes.Clone(good)
	locked[bytes.LastIndex(locked, []byte("PK\x01\x02"))+8] |= 1
	small := Options{Limits: Limits{Unzipped: 1 << 20}}
	for _, tt := range []struct {
		name string
		data []byte
		o    Options
		want string
	}{
		{"a zip bomb of one part", swap("theme1.xml", zeros+zeros), small, "工作簿解压后超过 1 MB"},
		{"a zip bomb of texts", swap("sharedStrings.xml", zeros[:1<<19]), small, "工作簿里的文字超过 256 KB"},
		{"a byte was changed on the way", flipped, Options{}, "工作簿已损坏"},
		{"a sheet that ends early", swap("sheet1.xml", "<worksheet><sheetData><row r=\"1\"><c r=\"A1\""), Options{}, "工作簿已损坏"},
		{"parts under a password", locked, Options{}, "工作簿设有打开密码"},
		{"a row too many", good, Options{Limits: Limits{Rows: 7}}, "表的行数超过 7"},
		{"a column too many", good, Options{Limits: Limits{Columns: 4}}, "表的列数超过 4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(tt.data), lab, tt.o)
			if !fault.Is(err, fault.Invalid) || !strings.HasPrefix(fault.Text(err), tt.want) {
				t.Errorf("error %v; want %s…", err, tt.want)
			}
		})
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("word/document.xml")
	must(t, err)
	_, err = w.Write([]byte("x"))
	must(t, err, z.Close())
	if _, err := Read(&b, lab, Options{}); !strings.HasPrefix(fault.Text(err), "文件是压缩包或其他 Office 文件") {
		t.Errorf("a document of Word: %v", err)
	}
}

func TestFormula(t *testing.T) {
	for text, want := range map[string]bool{
		"=1+1": true, "+1+1": true, "-1+1": true, "@SUM(A1)": true, " =1": true, "\t=1": true, "\tx": true, "＝1": true, "-2+cmd|' /C calc'!A0": true,
		"-1.5": false, "+1": false, "-": false, "--": false, "—": false, "－": false, "a=1": false, "": false, "'=1": false,
	} {
		if formula(text) != want {
			t.Errorf("formula(%q) = %v", text, !want)
		}
		if back := unguard(guard(text)); back != text && !formula(strings.TrimPrefix(text, "'")) {
			t.Errorf("%q came back as %q", text, back)
		}
	}
	if _, _, ok := storable("123456789012345.6"); ok {
		t.Error("16 digits go into a workbook without loss")
	}
	if n, d, ok := storable("1.50"); !ok || d != 2 || n != 1.5 {
		t.Error("1.50 lost its zeros")
	}
}
