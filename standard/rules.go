package standard

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// A Medium is what an automatic monitor measures in.
type Medium string

// The media.
const (
	WasteGas   Medium = "gas"   // 废气
	WasteWater Medium = "water" // 废水
)

// The names of rules that this package reckons with. A table may hold others
// besides, for its readers.
const (
	HourMinMinutes     = "hour_min_minutes"            // valid minutes that make an hour mean valid
	DayMinHours        = "day_min_hours"               // valid hours that make a day mean valid
	MonthMinDays       = "month_min_days"              // valid days that make a month mean valid
	FebruaryMinDays    = "february_min_days"           // the same in February
	DayMeanKind        = "day_mean"                    // plain, or flow_weighted
	CaptureMinPercent  = "quarter_capture_min_percent" // valid share that lets a quarter be used for totals
	OxygenReference    = "oxygen_reference"            // reference oxygen in percent, of what For names
	FlowWeighted       = "flow_weighted"
	PlainMean          = "plain"
	rulesHeader        = "rule\tmedium\tfor\tvalue\tunit\tdocument\tedition\tclause\ttitle\tfrom\tto\tconfidence\tsource\tnote"
	rulesColumns       = 14
	rulesCommentPrefix = "#"
)

// A Rule is one figure of the rules for automatic monitoring.
type Rule struct {
	Name     string // one of the names above, or another
	Medium   Medium // empty for both
	For      string // what it applies to in particular, such as 燃煤锅炉; empty for all
	Value    string // the figure; empty where it is known to exist and was not found
	Unit     string
	Citation Citation
	Note     string // in Chinese, for the administrator
}

// Rules is a table of rules, with all editions.
type Rules struct{ rows []Rule }

// LoadRules reads the table of the named file; see ParseRules.
func LoadRules(files fs.FS, name string) (*Rules, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	return ParseRules(name, data)
}

// ParseRules reads a table of rules: UTF-8, one rule a line, its fields
// separated by tabs, the first line that is no comment naming the columns
//
//	rule medium for value unit document edition clause title from to confidence source note
//
// Lines beginning with # and empty lines are comments. An error begins with
// name and line number and says what is allowed there. Two rows that would
// answer the same question on the same day are an error.
func ParseRules(name string, data []byte) (*Rules, error) {
	rules, header := &Rules{}, false
	for i, line := range strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		line = strings.TrimRight(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, rulesCommentPrefix) {
			continue
		}
		if !header {
			if line != rulesHeader {
				return nil, fmt.Errorf("%s:%d: 表头应为（以制表符分隔）：%s", name, i+1, strings.ReplaceAll(rulesHeader, "\t", " "))
			}
			header = true
			continue
		}
		rule, err := parseRule(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
		for _, other := range rules.rows {
			if other.clashes(rule) {
				return nil, fmt.Errorf("%s:%d: 规则 %s（%s %s）在同一时期已有另一行", name, i+1, rule.Name, rule.Medium, rule.For)
			}
		}
		rules.rows = append(rules.rows, rule)
	}
	if !header {
		return nil, fmt.Errorf("%s: 文件是空的，没有表头", name)
	}
	return rules, nil
}

// parseRule reads one line of the table.
func parseRule(line string) (Rule, error) {
	f := strings.Split(line, "\t")
	if len(f) != rulesColumns {
		return Rule{}, fmt.Errorf("应有 %d 列（以制表符分隔），实有 %d 列", rulesColumns, len(f))
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	r := Rule{
		Name: f[0], Medium: Medium(f[1]), For: f[2], Value: f[3], Unit: f[4],
		Citation: Citation{
			Document: f[5], Edition: f[6], Clause: f[7], Title: f[8],
			From: Date(f[9]), To: Date(f[10]), Confidence: Confidence(f[11]), Source: f[12],
		},
		Note: f[13],
	}
	switch {
	case r.Name == "":
		return r, fmt.Errorf("rule 一列不能为空")
	case r.Medium != "" && r.Medium != WasteGas && r.Medium != WasteWater:
		return r, fmt.Errorf("medium 一列只能是 gas、water 或空，不能是 %q", f[1])
	}
	if err := r.Citation.check(); err != nil {
		return r, err
	}
	return r, r.checkValue()
}

// checkValue checks the figure of the rules that are reckoned with.
func (r Rule) checkValue() error {
	if r.Value == "" {
		return nil
	}
	var low, high int64
	switch r.Name {
	case DayMeanKind:
		if r.Value != FlowWeighted && r.Value != PlainMean {
			return fmt.Errorf("规则 %s 的 value 只能是 %s 或 %s，不能是 %q", r.Name, PlainMean, FlowWeighted, r.Value)
		}
		return nil
	case HourMinMinutes:
		high = 60
	case DayMinHours:
		high = 24
	case MonthMinDays:
		high = 31
	case FebruaryMinDays:
		high = 29
	case CaptureMinPercent:
		high = 100
	case OxygenReference:
		high = 20
	default:
		return nil
	}
	v, issue := Read(r.Value)
	if issue != "" || v.Cmp(Int(low)) < 0 || v.Cmp(Int(high)) > 0 {
		return fmt.Errorf("规则 %s 的 value 应为 %d 到 %d 的数，不能是 %q", r.Name, low, high, r.Value)
	}
	if _, whole := wholeNumber(v); !whole && r.Name != OxygenReference && r.Name != CaptureMinPercent {
		return fmt.Errorf("规则 %s 的 value 应为整数，不能是 %q", r.Name, r.Value)
	}
	return nil
}

// clashes reports whether r and other answer the same question on some day.
func (r Rule) clashes(other Rule) bool {
	a, b := r.Citation, other.Citation
	return r.Name == other.Name && r.Medium == other.Medium && r.For == other.For &&
		a.Number() == b.Number() &&
		(a.To == "" || a.To >= b.From) && (b.To == "" || b.To >= a.From)
}

// valid reports whether d is empty or of the form of a date.
func (d Date) valid() bool {
	if d == "" {
		return true
	}
	if len(d) != 10 || d[4] != '-' || d[7] != '-' {
		return false
	}
	for i, c := range d {
		if i != 4 && i != 7 && (c < '0' || c > '9') {
			return false
		}
	}
	return d[5:7] >= "01" && d[5:7] <= "12" && d[8:] >= "01" && d[8:] <= "31"
}

// At returns the rule of that name in force on the day for medium and what
// applies in particular, or else the one that names no medium. An empty day
// means the latest. The second result is false where there is none.
func (r *Rules) At(name string, medium Medium, particular string, on Date) (Rule, bool) {
	var found Rule
	ok := false
	for _, row := range r.rows {
		if row.Name != name || row.For != particular || !row.Citation.InForce(on) ||
			row.Medium != "" && row.Medium != medium {
			continue
		}
		if !ok || row.Medium != "" && found.Medium == "" ||
			row.Medium == found.Medium && row.Citation.From > found.Citation.From {
			found, ok = row, true
		}
	}
	return found, ok
}

// All returns the rows in the order of the file.
func (r *Rules) All() []Rule { return slices.Clone(r.rows) }

// wholeNumber returns x as an int where it is one.
func wholeNumber(x Exact) (int, bool) {
	if !x.IsSet() {
		return 0, false
	}
	rat := x.rat()
	if !rat.IsInt() || !rat.Num().IsInt64() {
		return 0, false
	}
	return int(rat.Num().Int64()), true
}
