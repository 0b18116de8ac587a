package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"pingzhang/internal/fault"
	"pingzhang/standard"
)

const encrypted = "工作簿设有打开密码，无法读取；请取消密码后再传"

// The most parts that a workbook may have. One with pictures has some hundreds.
const maxParts = 10_000

// readWorkbook reads the sheet of a workbook that has the columns wanted.
func (s *Sheet) readWorkbook(data []byte, x index, columns []Column, o Options) (lines []line, h heading, err error) {
	// The library indexes into what the file claims; a file made to mislead it
	// must not bring the server down.
	defer func() {
		if r := recover(); r != nil {
			err = damaged(fmt.Errorf("panic: %v", r))
		}
	}()
	if err := inspect(data, o.Limits); err != nil {
		return nil, h, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		// All parts in memory: they are within the limit, and the other way goes
		// through files on disk.
		UnzipSizeLimit: o.Limits.Unzipped, UnzipXMLSizeLimit: o.Limits.Unzipped,
	})
	if err != nil {
		return nil, h, damaged(err)
	}
	defer f.Close()
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		s.from04 = *props.Date1904
	}
	if err := markDates(f); err != nil {
		return nil, h, damaged(err)
	}
	s.Form = "Excel 工作簿"
	if s.Name, h, err = s.choose(f, x, columns, o); err != nil {
		return nil, h, err
	}
	if lines, err = s.readLines(f, s.Name, o.Limits, 0); err != nil {
		return nil, h, err
	}
	if err := s.unmerge(f, lines, h); err != nil {
		return nil, h, err
	}
	return lines, h, nil
}

func damaged(cause error) error {
	return fault.From(cause, fault.Invalid, "工作簿已损坏或不是有效的 .xlsx 文件；请用 Excel 或 WPS 打开后另存一次再传")
}

// inspect looks at the directory of the archive before anything is unpacked. A
// directory that understates a size does not help: reading fails where the part
// grows beyond it.
func inspect(data []byte, limits Limits) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return damaged(err)
	}
	if len(z.File) > maxParts {
		return fault.New(fault.Invalid, "工作簿里的部件超过 %d 个，不予读取", maxParts)
	}
	var total uint64
	book := false
	for _, part := range z.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		size64 := part.UncompressedSize64
		total += size64
		switch {
		case part.Flags&1 != 0:
			return fault.New(fault.Invalid, encrypted)
		case size64 > uint64(limits.Unzipped) || total > uint64(limits.Unzipped):
			return fault.New(fault.Invalid, "工作簿解压后超过 %s，不予读取；请只保留需要的工作表和行", size(limits.Unzipped))
		// A text takes many times its bytes once it is in memory.
		case strings.HasSuffix(name, "sharedstrings.xml") && size64 > uint64(limits.Unzipped/4):
			return fault.New(fault.Invalid, "工作簿里的文字超过 %s，不予读取；请只保留需要的工作表和行", size(limits.Unzipped/4))
		case strings.HasSuffix(name, "xl/workbook.bin"):
			return fault.New(fault.Invalid, "文件是二进制工作簿（.xlsb），请另存为 .xlsx 再传")
		case strings.HasPrefix(name, "xl/"):
			book = true
		}
	}
	for _, part := range z.File {
		if err := verify(part); err != nil {
			return damaged(err)
		}
	}
	if !book {
		return fault.New(fault.Invalid, "文件是压缩包或其他 Office 文件，不是 Excel 工作簿（.xlsx）；压缩包请解压后上传里面的表格")
	}
	return nil
}

// verify reads a part through to its checksum, and a sheet as XML. The library
// takes a part that breaks off, and a sheet that is no XML from some place on,
// for complete up to there: rows would be lost without a word.
func verify(part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if strings.Contains(strings.ToLower(part.Name), "worksheets/") && strings.HasSuffix(strings.ToLower(part.Name), ".xml") {
		d := xml.NewDecoder(r)
		for err == nil {
			_, err = d.RawToken()
		}
		if !errors.Is(err, io.EOF) {
			return fmt.Errorf("%s: %w", part.Name, err)
		}
	}
	_, err = io.Copy(io.Discard, r)
	return err
}

// choose returns the sheet to read and where its headers stand.
func (s *Sheet) choose(f *excelize.File, x index, columns []Column, o Options) (string, heading, error) {
	names := f.GetSheetList()
	if o.Sheet != "" && !slices.Contains(names, o.Sheet) {
		return "", heading{}, fault.New(fault.Invalid, "工作簿里没有名为“%s”的工作表；有的是：%s", o.Sheet, strings.Join(names, "、"))
	}
	var nearest heading
	var failure error
	for _, name := range names {
		if visible, err := f.GetSheetVisible(name); o.Sheet == "" && (err != nil || !visible) || o.Sheet != "" && name != o.Sheet {
			continue
		}
		lines, err := s.readLines(f, name, o.Limits, o.HeaderRows)
		if err != nil {
			return "", heading{}, err
		}
		h, err := x.findHeading(lines, columns)
		if err == nil {
			return name, h, nil
		}
		if failure == nil || h.known > nearest.known {
			nearest, failure = h, err
			if len(names) > 1 {
				failure = fault.New(fault.Invalid, "工作表“%s”：%s", name, fault.Text(err))
			}
		}
	}
	if failure == nil {
		failure = fault.New(fault.Invalid, "工作簿里没有可见的工作表")
	}
	return "", nearest, failure
}

// readLines reads a sheet, or its first rows where a number is given. The sheet
// is read twice side by side, because the library gives either what a cell
// shows or what it stores.
func (s *Sheet) readLines(f *excelize.File, name string, limits Limits, first int) ([]line, error) {
	shown, err := f.Rows(name)
	if err != nil {
		var none excelize.ErrSheetNotExist
		if errors.As(err, &none) {
			return nil, nil // a sheet that is a chart
		}
		return nil, damaged(err)
	}
	defer shown.Close()
	stored, err := f.Rows(name)
	if err != nil {
		return nil, damaged(err)
	}
	defer stored.Close()
	spent := budget{limits: limits}
	var lines []line
	for number := 1; (first == 0 || number <= first) && shown.Next() && stored.Next(); number++ {
		cells, err := shown.Columns()
		if err != nil {
			return nil, damaged(err)
		}
		raw, err := stored.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, damaged(err)
		}
		if blank(cells) {
			continue
		}
		cells = shorten(cells)
		if err := spent.spend(len(cells)); err != nil {
			return nil, err
		}
		lines = append(lines, line{number: number, shown: cells, stored: s.differing(cells, raw)})
	}
	if err := errors.Join(shown.Error(), stored.Error()); err != nil {
		return nil, damaged(err)
	}
	return lines, nil
}

// differing returns the numbers in raw that the cells show otherwise, nil for
// none, and writes the dates among the cells.
func (s *Sheet) differing(cells, raw []string) []string {
	var stored []string
	for i, c := range cells {
		if i >= len(raw) || raw[i] == c {
			continue
		}
		number := shortest(raw[i])
		if _, issue := standard.Read(number); issue != "" || number == c {
			continue
		}
		if strings.HasSuffix(c, dayMark) {
			cells[i] = s.writeDate(number, dayMark)
		} else if strings.HasSuffix(c, clockMark) {
			cells[i] = s.writeDate(number, clockMark)
		}
		if stored == nil {
			stored = make([]string, len(cells))
		}
		stored[i] = number
	}
	return stored
}

// Beyond so many rows merged cells are not looked for: the library takes the
// whole sheet into memory for it, and tables of that length are made by
// programs, which do not merge.
const mostMerged = 20_000

// unmerge gives the text of a cell that is merged downwards to the rows under
// it, as it shows; the number of one it gives to none of them but the first.
// Cells merged to the right stay as they are: what is right of a cell is
// another column.
func (s *Sheet) unmerge(f *excelize.File, lines []line, h heading) error {
	if len(lines) > mostMerged || h.below >= len(lines) {
		return nil
	}
	merged, err := f.GetMergeCells(s.Name, true)
	if err != nil {
		return damaged(err)
	}
	at := map[int]*line{}
	for i := range lines[h.below:] {
		at[lines[h.below+i].number] = &lines[h.below+i]
	}
	numbers := map[int]bool{}
	for _, f := range h.fields {
		numbers[f.index] = f.Known && f.Kind == Number
	}
	s.merged = map[place]bool{}
	for _, m := range merged {
		col, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		_, bottom, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		first := at[top]
		if err != nil || err2 != nil || first == nil || bottom == top {
			continue
		}
		for _, l := range lines[h.below:] {
			if l.number <= top || l.number > bottom {
				continue
			}
			if numbers[col-1] {
				s.merged[place{l.number, col - 1}] = true
			} else {
				at[l.number].put(col-1, cell(first.shown, col-1), cell(first.stored, col-1))
			}
		}
	}
	return nil
}

// put sets a cell of l.
func (l *line) put(col int, shown, stored string) {
	for len(l.shown) <= col {
		l.shown = append(l.shown, "")
	}
	l.shown[col] = shown
	if stored == "" {
		return
	}
	for len(l.stored) <= col {
		l.stored = append(l.stored, "")
	}
	l.stored[col] = stored
}
