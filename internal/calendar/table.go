package calendar

import (
	"fmt"
	"maps"
	"slices"

	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// Kind says what the holiday table makes of a day.
type Kind string

// The kinds. A day that the table does not name is Plain.
const (
	Off   Kind = "off"   // 放假
	Work  Kind = "work"  // 调休上班: a weekend day that is worked on
	Plain Kind = "plain" // as its day of the week says
)

// Holiday is one day that the holiday table names.
type Holiday struct {
	On         Day                 `json:"on"`
	Kind       Kind                `json:"kind"`
	Name       string              `json:"name"` // of the holiday it belongs to: 国庆节
	Source     string              `json:"source,omitempty"`
	Confidence standard.Confidence `json:"confidence"`
}

// Year says that the holidays of a year are entered, and from what.
type Year struct {
	Year       int                 `json:"year"`
	Source     string              `json:"source"` // the notice of 国务院办公厅
	Confidence standard.Confidence `json:"confidence"`
}

// Table is the holiday table. It never changes; With makes a new one. The
// zero Table and a nil one know weekends only and no year.
type Table struct {
	years map[int]Year
	days  map[Day]Holiday
}

// NewTable returns the table of these years and days.
func NewTable(years []Year, days []Holiday) *Table {
	return (*Table)(nil).With(years, days)
}

// With returns a table in which years and days take the place of what t says
// of them. A Plain day removes what t says.
func (t *Table) With(years []Year, days []Holiday) *Table {
	n := &Table{years: map[int]Year{}, days: map[Day]Holiday{}}
	if t != nil {
		maps.Copy(n.years, t.years)
		maps.Copy(n.days, t.days)
	}
	for _, y := range years {
		n.years[y.Year] = y
	}
	for _, d := range days {
		if d.Kind == Plain {
			delete(n.days, d.On)
		} else {
			n.days[d.On] = d
		}
	}
	return n
}

// Entered reports whether the holidays of year are entered.
func (t *Table) Entered(year int) bool {
	if t == nil {
		return false
	}
	_, ok := t.years[year]
	return ok
}

// Years returns the years entered, in order.
func (t *Table) Years() []Year {
	if t == nil {
		return nil
	}
	return slices.SortedFunc(maps.Values(t.years), func(a, b Year) int { return a.Year - b.Year })
}

// Days returns the days that the table names in year, in order.
func (t *Table) Days(year int) []Holiday {
	if t == nil {
		return nil
	}
	var days []Holiday
	for d, h := range t.days {
		if d.Year() == year {
			days = append(days, h)
		}
	}
	slices.SortFunc(days, func(a, b Holiday) int { return int(a.On - b.On) })
	return days
}

// Day returns what the table says of d; Kind is Plain where it says nothing.
func (t *Table) Day(d Day) Holiday {
	if t != nil {
		if h, ok := t.days[d]; ok {
			return h
		}
	}
	return Holiday{On: d, Kind: Plain}
}

// Working reports whether d is a working day. In a year that is not entered
// that is guessed from the day of the week; see Doubt.
func (t *Table) Working(d Day) bool {
	switch t.Day(d).Kind {
	case Off:
		return false
	case Work:
		return true
	}
	return !d.Weekend()
}

// Doubt says in Chinese why an answer of t about a day of year is not certain:
// the year is not entered, or its table is not verified. It is empty where
// there is no doubt.
func (t *Table) Doubt(year int) string {
	if !t.Entered(year) {
		return fmt.Sprintf("%d 年节假日表尚未录入，暂只按周末推算", year)
	}
	y := t.years[year]
	label := y.Confidence.Label()
	if label == "" {
		return ""
	}
	if y.Source == "" {
		return fmt.Sprintf("%d 年节假日表%s", year, label)
	}
	return fmt.Sprintf("%d 年节假日表%s（来源：%s）", year, label, y.Source)
}

// validate checks a day as it is entered. The error is fault.Invalid and
// names the fields.
func (h Holiday) validate() error {
	wrong := map[string]string{}
	switch {
	case h.On == 0:
		wrong["on"] = "请填写日期"
	case h.Kind == Work && !h.On.Weekend():
		wrong["kind"] = h.On.Text() + "不是周末，不能登记为调休上班"
	}
	if h.Kind != Off && h.Kind != Work && h.Kind != Plain {
		wrong["kind"] = "类型只能是放假、调休上班或恢复为平日"
	}
	if h.Kind != Plain && h.Name == "" {
		wrong["name"] = "请填写节日名称"
	}
	if !h.Confidence.Known() {
		wrong["confidence"] = "请选择核实情况"
	}
	if h.Confidence.Verified() && h.Source == "" {
		wrong["source"] = "标为已核对的，请写明文件名称和文号"
	}
	return fault.Fields(wrong)
}
