package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"pingzhang/internal/fault"
)

// What the bytes at the beginning of other files say.
var strangers = []struct {
	magic, text string
}{
	{"PK\x05\x06", "文件是空的压缩包，不是表格"},
	{"%PDF", "文件是 PDF，不是表格；请上传 Excel 工作簿（.xlsx）或 CSV 文件"},
	{"\x89PNG", "文件是图片，不是表格；请上传 Excel 工作簿（.xlsx）或 CSV 文件"},
	{"\xff\xd8\xff", "文件是图片，不是表格；请上传 Excel 工作簿（.xlsx）或 CSV 文件"},
	{"Rar!", "文件是压缩包，请解压后上传里面的表格"},
	{"7z\xbc\xaf", "文件是压缩包，请解压后上传里面的表格"},
	{"\x1f\x8b", "文件是压缩包，请解压后上传里面的表格"},
}

const neither = "文件既不是 Excel 工作簿（.xlsx），也不是 CSV 文本；请另存为其中一种再传"

// readText reads a CSV file.
func (s *Sheet) readText(data []byte, x index, columns []Column, o Options) ([]line, heading, error) {
	text, encoding, err := decode(data)
	if err != nil {
		return nil, heading{}, err
	}
	comma, text := separator(text)
	lines, err := parseCSV(text, comma, o.Limits)
	if err != nil {
		return nil, heading{}, err
	}
	s.Form = "CSV（" + encoding + "，" + map[rune]string{',': "逗号", ';': "分号", '\t': "制表符"}[comma] + "分隔）"
	h, err := x.findHeading(head(lines, o.HeaderRows), columns)
	return lines, h, err
}

// decode returns the text of a file and the name of its encoding.
func decode(data []byte) (text, encoding string, err error) {
	if err := stranger(data); err != nil {
		return "", "", err
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		text, encoding = string(data[3:]), "UTF-8"
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", "", fault.From(err, fault.Invalid, neither)
		}
		text, encoding = string(out), "UTF-16"
	case utf8.Valid(data):
		text, encoding = string(data), "UTF-8"
	default:
		out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil {
			return "", "", fault.From(err, fault.Invalid, neither)
		}
		text, encoding = string(out), "GB18030"
	}
	switch {
	case !utf8.ValidString(text) || encoding != "UTF-8" && strings.ContainsRune(text, utf8.RuneError):
		return "", "", fault.New(fault.Invalid, "文件里有认不出的文字编码；CSV 请用 UTF-8 或 GB18030（GBK）编码保存")
	case strings.ContainsRune(text, 0):
		return "", "", fault.New(fault.Invalid, neither)
	case trim(text) == "":
		return "", "", fault.New(fault.Invalid, "文件是空的")
	}
	return text, encoding, nil
}

// stranger says what a file is that is no text.
func stranger(data []byte) error {
	if bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
		// The container of old Office files, and of workbooks under a password: the
		// names in its directory are UTF-16.
		if bytes.Contains(data, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
			return fault.New(fault.Invalid, encrypted)
		}
		return fault.New(fault.Invalid, "文件是旧格式的 Office 文件（如 .xls），请在 Excel 或 WPS 里另存为 .xlsx 再传")
	}
	for _, s := range strangers {
		if bytes.HasPrefix(data, []byte(s.magic)) {
			return fault.New(fault.Invalid, "%s", s.text)
		}
	}
	// Many systems give a web page the name of a workbook.
	start := strings.ToLower(string(data[:min(len(data), 1024)]))
	if t := strings.TrimLeft(start, "\ufeff \t\r\n"); strings.HasPrefix(t, "<") && (strings.Contains(t, "<html") || strings.Contains(t, "<table") || strings.HasPrefix(t, "<?xml") || strings.HasPrefix(t, "<!doctype")) {
		return fault.New(fault.Invalid, "文件其实是网页或 XML（有的系统导出时起名为 .xls），请在 Excel 或 WPS 里另存为 .xlsx 再传")
	}
	return nil
}

// separator finds what separates the fields: the candidate that occurs equally
// often, and at least once, in most of the first lines. Excel's own first line
// sep=; is obeyed and removed.
func separator(text string) (rune, string) {
	if first, rest, _ := strings.Cut(text, "\n"); strings.HasPrefix(first, "sep=") {
		switch s := strings.TrimRight(first[4:], "\r"); s {
		case ",", ";", "\t":
			return rune(s[0]), "\n" + rest // the line stays, so that rows keep their numbers
		}
	}
	best, most := ',', 0
	for _, candidate := range []byte{',', '\t', ';'} {
		often := map[int]int{}
		for _, n := range countOutside(text, candidate, 50) {
			if n > 0 {
				often[n]++
			}
		}
		for _, lines := range often {
			if lines > most {
				best, most = rune(candidate), lines
			}
		}
	}
	return best, text
}

// countOutside counts c outside of quotes in each of the first lines.
func countOutside(text string, c byte, lines int) []int {
	counts := []int{0}
	quoted := false
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == c:
			counts[len(counts)-1]++
		case b == '\n':
			if len(counts) == lines {
				return counts
			}
			counts = append(counts, 0)
		}
	}
	return counts
}

// parseCSV reads the rows of a text. Their numbers are those that a spreadsheet
// gives them: an empty line is a row, and a quoted field of two lines is not.
func parseCSV(text string, comma rune, limits Limits) ([]line, error) {
	// A lone CR ends a line for old programs of Apple, and for nobody else.
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = comma, -1
	spent := budget{limits: limits}
	var lines []line
	for number := 1; ; number++ {
		start := r.InputOffset()
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, quoteFault(err)
		}
		number += emptyLines(text[start:])
		if blank(fields) {
			continue
		}
		for i, f := range fields {
			fields[i] = unguard(f)
		}
		fields = shorten(fields)
		if err := spent.spend(len(fields)); err != nil {
			return nil, err
		}
		lines = append(lines, line{number: number, shown: fields})
	}
}

// emptyLines counts the lines at the beginning of text that hold nothing, which
// the reader passes over.
func emptyLines(text string) int {
	n := 0
	for {
		switch {
		case strings.HasPrefix(text, "\n"):
			text = text[1:]
		case strings.HasPrefix(text, "\r\n"):
			text = text[2:]
		default:
			return n
		}
		n++
	}
}

// quoteFault says where the quotes of a CSV file do not pair.
func quoteFault(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return fault.From(err, fault.Invalid, "CSV 第 %d 行的双引号没有配对（字段里的双引号应写两个，并把整个字段放在双引号里）", p.StartLine)
	}
	return fault.From(err, fault.Invalid, "CSV 无法读取")
}
