package sheet

import (
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"pingzhang/standard"
)

// The library takes 55 µs to write a date by its format, which for the column
// of times of a long table is most of the time of reading it. So each format of
// a date is replaced, in memory only, by one that shows nothing but a mark, and
// the date is written here: as 2026-11-24 or 2026-11-24 08:00, whatever form the
// workbook gave it.
const (
	dayMark   = "\ue000" // of private use: no text has them
	clockMark = "\ue001" // the format shows a time of day
)

// The formats that every workbook has without saying so; 27 to 36 and 50 to 58
// are those of Chinese editions.
var (
	dayFormats   = []int{14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58}
	clockFormats = []int{18, 19, 20, 21, 22, 32, 33, 34, 35, 45, 46, 47, 55, 56}
)

// markDates replaces the formats of dates.
func markDates(f *excelize.File) error {
	if f.Styles == nil || f.Styles.CellXfs == nil {
		return nil
	}
	codes := map[int]string{}
	if f.Styles.NumFmts != nil {
		for _, n := range f.Styles.NumFmts.NumFmt {
			codes[n.NumFmtID] = n.FormatCode
		}
	}
	given := len(f.Styles.CellXfs.Xf)
	marks := map[string]*int{}
	for _, mark := range []string{dayMark, clockMark} {
		code := `"` + mark + `"`
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			return err
		}
		marks[mark] = f.Styles.CellXfs.Xf[style].NumFmtID
	}
	for i, x := range f.Styles.CellXfs.Xf[:given] {
		if x.NumFmtID == nil {
			continue
		}
		mark := ""
		if code, custom := codes[*x.NumFmtID]; custom {
			mark = markOf(code)
		} else if slices.Contains(dayFormats, *x.NumFmtID) {
			mark = dayMark
		} else if slices.Contains(clockFormats, *x.NumFmtID) {
			mark = clockMark
		}
		if mark != "" {
			f.Styles.CellXfs.Xf[i].NumFmtID = marks[mark]
		}
	}
	return nil
}

// markOf returns the mark for a format code, or "" where it is none of a date.
// Only its first section counts, and of that what is neither quoted nor escaped
// nor a colour or language in brackets.
func markOf(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			i = len(code)
		case '\\', '_', '*':
			i++
		case '"', '[':
			end := strings.IndexByte(code[i+1:], map[byte]byte{'"': '"', '[': ']'}[c])
			if end < 0 {
				return ""
			}
			if inside := strings.ToLower(code[i+1 : i+1+end]); c == '[' && strings.Trim(inside, "hms") == "" {
				b.WriteString(inside) // elapsed hours, minutes or seconds
			}
			i += end + 1
		default:
			b.WriteByte(c)
		}
	}
	letters := strings.ToLower(b.String())
	switch {
	case strings.Contains(letters, "general") || strings.ContainsAny(letters, "0#%?") && !strings.ContainsAny(letters, "ymdh"):
		return ""
	case strings.ContainsAny(letters, "hs"):
		return clockMark
	case strings.ContainsAny(letters, "ymd"):
		return dayMark
	}
	return ""
}

// writeDate returns the text for a serial number in a cell that shows mark.
func (s *Sheet) writeDate(stored, mark string) string {
	shown := ""
	if mark == clockMark {
		shown = ":"
	}
	m, ok := s.serial(stored, shown)
	if !ok {
		return clockOnly(stored)
	}
	switch m.Unit {
	case standard.Day:
		return m.Time.Format(time.DateOnly)
	case standard.Minute:
		return m.Time.Format("2006-01-02 15:04")
	}
	return m.Time.Format(time.DateTime)
}

// clockOnly writes a time of day without a day, which is a number below 1.
func clockOnly(stored string) string {
	x, issue := standard.Read(stored)
	if issue != "" || x.Sign() < 0 || x.Cmp(standard.Int(1)) >= 0 {
		return stored
	}
	seconds := x.Mul(standard.Int(86400)).Rounded(0).Float64()
	return day1900.Add(time.Duration(seconds) * time.Second).Format(time.TimeOnly)
}
