package sheet

import (
	"fmt"
	"strconv"
	"strings"

	"pingzhang/standard"
)

// Issues of cells, beside those of package standard.
const (
	Placeholder    standard.Issue = "placeholder"     // -99, -999, -9999: a code for missing data
	AboveRange     standard.Issue = "above_range"     // >24000
	ShownOtherwise standard.Issue = "shown_otherwise" // the cell shows another number than it stores
	Merged         standard.Issue = "merged"          // under a merged cell: whose number it is, is open
	NotDate        standard.Issue = "not_date"        // no date
	DateOrder      standard.Issue = "date_order"      // 11/24/26: which is the year, the month, the day?
	NoSuchDay      standard.Issue = "no_such_day"     // 2026-02-30, 25:00
	NoDay          standard.Issue = "no_day"          // a month where a day is needed
	NoClock        standard.Issue = "no_clock"        // a day where a time of day is needed
)

var issueTexts = map[standard.Issue]string{
	Placeholder:    "是表示缺测的代码，不是测得的数值",
	AboveRange:     "高于测定上限，没有给出数值",
	ShownOtherwise: "单元格显示的数与实际存储的数不同，不知以哪个为准",
	Merged:         "在合并单元格之内，不知数值属于哪一行",
	NotDate:        "不是日期，请写成 2026-11-24 或 2026-11-24 08:00 的样子",
	DateOrder:      "年、月、日的次序不明，请写成 2026-11-24 的样子",
	NoSuchDay:      "没有这个日期或时刻",
	NoDay:          "只有月份，没有日",
	NoClock:        "只有日期，没有时刻",
}

func init() { standard.DescribeIssues(issueTexts) }

// IssueText returns the reason in Chinese, for the issues of this package and
// those of package standard.
func IssueText(issue standard.Issue) string { return issue.Text() }

// explain is IssueText with what can be said of a text in particular.
func explain(issue standard.Issue, raw string) string {
	raw = trim(raw)
	switch {
	case issue != standard.NotNumber:
	case strings.HasPrefix(raw, "#") && strings.HasSuffix(raw, "!") || raw == "#N/A" || raw == "#NAME?":
		return "公式出错，没有结果"
	case ReadMoment(raw).Issue == "":
		return "是日期，不是数值"
	default:
		number, rest := numberPrefix(raw)
		if _, bad := standard.Read(number); bad == "" && rest != "" {
			return fmt.Sprintf("数值后面还有文字“%s”", rest)
		}
	}
	return IssueText(issue)
}

// A Reading is a cell of a column of numbers.
type Reading struct {
	Raw   string         // as it was given, untouched
	Value standard.Exact // none when there is an Issue
	Issue standard.Issue // why there is no number; empty when there is one
	// Below says that the result lies below the detection limit, and Limit what
	// that is where it was given: <0.01 and 0.01L, but not 未检出. Half of it is
	// put for the value only by the caller whose standard says so.
	Below bool
	Limit standard.Exact
}

// ReadNumber reads a typed text as a number: what standard.Read reads, with
// blanks around it. It tells apart an empty text, a stroke, what is below
// detection or above the range, the codes -99, -999 and -9999 for missing data,
// full-width digits, and other text; none of them is a number. A number below
// zero is one: whether it can be, the caller knows.
func ReadNumber(text string) Reading {
	r := readNumber(text)
	if r.Issue == "" && r.Value.Sign() < 0 && placeholder(r.Value) {
		return Reading{Raw: text, Issue: Placeholder}
	}
	return r
}

func readNumber(text string) Reading {
	t := trim(text)
	x, issue := standard.Read(t)
	r := Reading{Raw: text, Value: x, Issue: issue}
	switch issue {
	case standard.BelowDetection:
		return below(r, t)
	case standard.NotNumber:
		if limit, ok := cutAny(t, ">", "＞", "≥"); ok {
			if _, bad := standard.Read(trim(limit)); bad == "" {
				r.Issue = AboveRange
			}
		}
	}
	return r
}

// below adds the detection limit to a result below it. What follows a < must be
// a number, else nothing is known.
func below(r Reading, t string) Reading {
	limit, ok := cutAny(t, "<", "＜", "≤")
	if !ok {
		if limit, ok = strings.CutSuffix(t, "L"); !ok {
			r.Below = true // 未检出
			return r
		}
	}
	x, issue := standard.Read(trim(limit))
	if issue != "" || x.Sign() < 0 {
		r.Issue = standard.NotNumber
		return r
	}
	r.Below, r.Limit = true, x
	return r
}

func cutAny(text string, prefixes ...string) (string, bool) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(text, p); ok {
			return rest, true
		}
	}
	return text, false
}

var placeholders = []standard.Exact{standard.Int(-99), standard.Int(-999), standard.Int(-9999)}

func placeholder(x standard.Exact) bool {
	for _, p := range placeholders {
		if x.Equal(p) {
			return true
		}
	}
	return false
}

// reading reads the cell of f as a number.
func (r Row) reading(f Field) Reading {
	shown, stored := cell(r.line.shown, f.index), cell(r.line.stored, f.index)
	read := ReadNumber
	if f.Signed {
		read = readNumber
	}
	var out Reading
	switch {
	case len(r.sheet.merged) > 0 && r.sheet.merged[place{r.Number, f.index}]:
		out = Reading{Raw: shown, Issue: Merged}
	case stored == "":
		out = read(shown)
	default:
		out = readStored(shown, stored, read)
	}
	if f.mismatch && out.Issue == "" {
		out = Reading{Raw: out.Raw, Issue: standard.UnitMismatch}
	}
	return out
}

// readStored reads a cell that shows one text and stores another number. See
// the comment of the package for what counts.
func readStored(shown, stored string, read func(string) Reading) Reading {
	in, within := tolerance(shown)
	out := read(shown)
	number, issue := standard.Read(stored)
	switch {
	case issue != "":
		return out
	case out.Issue == "" && out.Value.Equal(number):
		return out
	case within.IsSet() && number.Sub(in).Abs().Cmp(within) <= 0:
		out = read(stored)
		return out
	case out.Issue == "":
		return Reading{Raw: shown, Issue: ShownOtherwise}
	}
	return out
}

// tolerance returns the number that a cell shows, without the separators of
// thousands and a unit at its end, and half a unit of its last digit. It
// returns none where the text is a number with something that changes its
// meaning, or none at all.
func tolerance(shown string) (number, within standard.Exact) {
	text := strings.NewReplacer(",", "", "\u00a0", "", " ", "").Replace(trim(shown))
	digits, rest := numberPrefix(text)
	if strings.ContainsAny(rest, "0123456789%‰‱<>") {
		return
	}
	x, issue := standard.Read(digits)
	if issue != "" {
		return
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(digits), "e")
	_, decimals, _ := strings.Cut(mantissa, ".")
	e, _ := strconv.Atoi(exponent)
	half, issue := standard.Read("5e" + strconv.Itoa(e-len(decimals)-1))
	if issue != "" {
		return
	}
	return x, half
}

// numberPrefix splits a text after the longest beginning that looks like a
// number.
func numberPrefix(text string) (number, rest string) {
	i := 0
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		i++
	}
	for i < len(text) && (text[i] >= '0' && text[i] <= '9' || text[i] == '.') {
		i++
	}
	if e := i; e < len(text) && (text[e] == 'E' || text[e] == 'e') {
		e++
		if e < len(text) && (text[e] == '-' || text[e] == '+') {
			e++
		}
		for j := e; j < len(text) && text[j] >= '0' && text[j] <= '9'; j++ {
			i = j + 1
		}
	}
	return text[:i], text[i:]
}

// shortest writes a stored number with at most 15 significant digits, which is
// what Excel itself shows of it, as the shortest text that has them. A text that
// is no number comes back as it is.
func shortest(stored string) string {
	x, err := strconv.ParseFloat(stored, 64)
	if err != nil {
		return stored
	}
	// Rounded to 15 digits and then once more to the shortest: the first alone
	// would write 1e22 as 1E+22 but 0.1 as 0.100000000000000.
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 14, 64), 64)
	if err != nil {
		return stored
	}
	if a := max(y, -y); a != 0 && (a < 1e-9 || a >= 1e18) {
		return strconv.FormatFloat(y, 'E', -1, 64)
	}
	return strconv.FormatFloat(y, 'f', -1, 64)
}
