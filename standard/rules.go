package standard

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
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
	HourMinMinutes    = "hour_min_minutes"            // valid minutes that make an hour mean valid
	DayMinHours       = "day_min_hours"               // valid hours that make a day mean valid
	MonthMinDays      = "month_min_days"              // valid days that make a month mean valid
	FebruaryMinDays   = "february_min_days"           // the same in February
	DayMeanKind       = "day_mean"                    // plain, or flow_weighted
	CaptureMinPercent = "quarter_capture_min_percent" // valid share that lets a quarter be used for totals
	OxygenReference   = "oxygen_reference"            // reference oxygen in percent, of what For names
)

// What DayMeanKind may be.
const (
	FlowWeighted = "flow_weighted"
	PlainMean    = "plain"
)

// RulesTable is the name of the table of these rules, which is a file
// standards/NAME.tsv of the catalog.
const RulesTable = "auto_monitoring"

var rulesColumns = []string{"rule", "medium", "for", "value", "unit"}

// A Rule is one figure of the rules for automatic monitoring.
type Rule struct {
	Name     string // one of the names above, or another
	Medium   Medium // empty for both
	For      string // what it applies to in particular, such as 燃煤锅炉; empty for all
	Value    string // the figure; empty where it is known to exist and was not found
	Unit     string
	Citation Citation
	Note     string // in Chinese, for the administrator
	Ref      Ref    // the row
}

// Rules are the rules for automatic monitoring, of all editions. They never
// change; a corrected table (Table.With) makes others.
type Rules struct{ rows []Rule }

// LoadRules is LoadTable and NewRules.
func LoadRules(files fs.FS, path string) (*Rules, error) {
	t, err := LoadTable(files, path)
	if err != nil {
		return nil, err
	}
	return NewRules(t)
}

// NewRules makes rules of a table with the columns rule, medium, for, value and
// unit. The error names the table and the row, and says what is allowed there. Two
// rows that would answer the same question on the same day are an error.
func NewRules(t *Table) (*Rules, error) {
	if t == nil {
		return nil, fmt.Errorf("缺少表 %s", RulesTable)
	}
	for _, column := range rulesColumns {
		if !slices.Contains(t.Columns, column) {
			return nil, fmt.Errorf("%s：缺少 %s 一列", t.Name, column)
		}
	}
	rules := &Rules{}
	for _, row := range t.Rows() {
		r := Rule{
			Name: row.Cell("rule"), Medium: Medium(row.Cell("medium")), For: row.Cell("for"), Value: row.Cell("value"), Unit: row.Cell("unit"),
			Citation: row.Citation, Note: row.Note, Ref: t.Ref(row),
		}
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("%s：行 %s：%w", t.Name, row.Key, err)
		}
		for _, other := range rules.rows {
			if other.clashes(r) {
				return nil, fmt.Errorf("%s：行 %s 与行 %s 在同一时期是同一规则（%s %s %s）", t.Name, row.Key, other.Ref.Key, r.Name, r.Medium, r.For)
			}
		}
		rules.rows = append(rules.rows, r)
	}
	return rules, nil
}

// check reports what is wrong with r.
func (r Rule) check() error {
	switch {
	case r.Name == "":
		return errors.New("rule 一列不能为空")
	case r.Medium != "" && r.Medium != WasteGas && r.Medium != WasteWater:
		return fmt.Errorf("medium 一列只能是 gas、water 或空，不能是 %q", string(r.Medium))
	}
	return r.checkValue()
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
