package water

import (
	"cmp"
	"slices"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

// Items that are no items of the standard: the state of a section on a visit, and
// the measured saturation of dissolved oxygen, which goes with that.
const (
	stateItem      = "state"
	saturationItem = "do_saturation"
)

// NotMonitored is the state of a section that nobody went to, for a reason that
// the laboratory gives. It is neither ice nor lack of flow, and nothing is known.
const NotMonitored gb.Condition = "not_monitored"

// The ways to write a state.
var states = []struct {
	state gb.Condition
	code  string // as stored
	texts []string
}{
	{gb.Flowing, "flowing", []string{"正常", "有水", "已监测"}},
	{gb.Ice, "ice", []string{"冰封期", "冰封", "封冻"}},
	{gb.NoFlow, "no_flow", []string{"断流", "干涸", "无水"}},
	{NotMonitored, "not_monitored", []string{"未监测", "未采样", "未开展监测"}},
}

// stateOf reads a state; ok is false where the text is none.
func stateOf(text string) (code string, ok bool) {
	for _, s := range states {
		if s.code == text || slices.Contains(s.texts, text) {
			return s.code, true
		}
	}
	return "", false
}

// StateName returns the Chinese word for a state as it is stored.
func StateName(code string) string {
	for _, s := range states {
		if s.code == code {
			return s.texts[0]
		}
	}
	return code
}

// Doubts are reasons for which a value is kept and not used, beside those of
// package standard, which its text speaks for itself.
const (
	Contradicted standard.Issue = "sample_contradicted" // the file gives two values for one sample and item
	Absurd       standard.Issue = "absurd"              // thousandfold beyond class V: rather a unit that is wrong
)

var doubtTexts = map[standard.Issue]string{
	standard.Negative: "浓度不能是负数",
	Contradicted:      "同一样品同一项目有不同的数值，不知以哪个为准",
	Absurd:            "数值超过Ⅴ类（或唯一）限值的1000倍，请核对数值和单位",
}

func init() {
	standard.DescribeIssues(map[standard.Issue]string{Contradicted: doubtTexts[Contradicted], Absurd: doubtTexts[Absurd]})
}

// IssueText returns an issue in Chinese: of this package, of cells, of the
// standards.
func IssueText(i standard.Issue) string {
	if text, ok := doubtTexts[i]; ok {
		return text
	}
	if text := gb.IssueText(i); text != string(i) {
		return text
	}
	return sheet.IssueText(i)
}

// Value is one result of a laboratory as it was reported, in one of its revisions.
type Value struct {
	ID       int64           `db:"id"`
	Place    int64           `db:"place"`
	Division access.Division `db:"division"`
	On       string          `db:"sampled_on"` // 2026-03-05; 2026-03 where only the month was reported
	Sample   string          `db:"sample"`     // tells samples of one day apart; mostly empty
	Item     string          `db:"item"`       // of the standard, or stateItem, saturationItem
	Revision int64           `db:"revision"`
	Standing bool            `db:"standing"` // it is the latest revision
	Raw      string          `db:"raw"`      // empty: withdrawn
	Unit     string          `db:"unit"`
	// Detection is the detection limit, in Unit, for where Raw says only 未检出.
	Detection string `db:"detection"`
	// Doubt says why the value is kept and not used; most have none.
	Doubt      standard.Issue `db:"doubt"`
	Import     int64          `db:"import"` // 0: entered by a person
	Sheet      string         `db:"sheet"`
	Cell       string         `db:"cell"`
	Reason     string         `db:"reason"` // of a correction
	Who        string         `db:"who"`
	WhoName    string         `db:"who_name"`
	EnteredAt  int64          `db:"entered_at"`
	ReplacedAt int64          `db:"replaced_at"`
}

const valueColumns = `id, place, division, sampled_on, sample, item, revision, standing, raw, unit, detection, doubt, import, sheet, cell, reason,
		       who, who_name, entered_at, replaced_at`

func (v *Value) args() []any {
	return []any{v.ID, v.Place, string(v.Division), v.On, v.Sample, v.Item, v.Revision, v.Standing, v.Raw, v.Unit, v.Detection, string(v.Doubt), v.Import, v.Sheet,
		v.Cell, v.Reason, v.Who, v.WhoName, v.EnteredAt, v.ReplacedAt}
}

// same reports whether two values say the same.
func (v Value) same(w Value) bool {
	return v.Raw == w.Raw && v.Unit == w.Unit && v.Detection == w.Detection && v.Doubt == w.Doubt
}

// State reports whether v is the state of its section and not a result.
func (v Value) State() bool { return v.Item == stateItem }

// ItemName names what v is of.
func (v Value) ItemName(b *gb.Book) string {
	switch v.Item {
	case stateItem:
		return "断面状态"
	case saturationItem:
		return "溶解氧饱和率"
	}
	return b.Name(gb.Item(v.Item))
}

// Text writes v for a person: the raw text, and a state in words.
func (v Value) Text() string {
	switch {
	case v.Raw == "":
		return "（已撤回）"
	case v.State():
		return StateName(v.Raw)
	}
	return v.Raw
}

// doubted stands before a value that is kept and not used.
const doubted = "存疑："

// visits makes of standing values what was found on each day. A value in doubt is
// given to the standards as a text that is no number, so that its item counts as
// reported and unreadable.
func visits(values []Value) (all []gb.Visit, unvisited bool) {
	type key struct{ on, sample string }
	saturations := map[key]string{}
	byDay := map[string]*gb.Visit{}
	monitored := false
	for _, v := range values {
		if v.Item == saturationItem && v.Doubt == "" {
			saturations[key{v.On, v.Sample}] = v.Raw
		}
	}
	for _, v := range values {
		if v.Raw == "" || v.Item == saturationItem {
			continue
		}
		if byDay[v.On] == nil {
			byDay[v.On] = &gb.Visit{On: dayOf(v.On)}
		}
		day := byDay[v.On]
		if v.State() {
			switch v.Raw {
			case "ice", "no_flow":
				day.Condition = gb.Condition(v.Raw)
				monitored = true
			case string(NotMonitored):
				unvisited = true
			}
			continue
		}
		monitored = true
		s := gb.Sample{Item: v.Item, Value: v.Raw, Unit: v.Unit, DetectionLimit: v.Detection}
		if v.Doubt != "" {
			s.Value = doubted + v.Raw
		}
		if gb.Item(v.Item) == gb.Oxygen {
			s.Saturation = saturations[key{v.On, v.Sample}]
		}
		day.Samples = append(day.Samples, s)
	}
	for _, v := range byDay {
		all = append(all, *v)
	}
	slices.SortFunc(all, func(a, b gb.Visit) int { return cmp.Compare(a.On, b.On) })
	return all, unvisited && !monitored
}

// dayOf is the day that stands for a date as it was reported: the first of a
// month of which no day was said. Periods are whole months, so that it makes no
// difference which.
func dayOf(on string) standard.Date {
	if len(on) == len("2026-03") {
		on += "-01"
	}
	return standard.Date(on)
}

// within returns the values of the months from first to last.
func within(values []Value, first, last string) (some []Value) {
	for _, v := range values {
		if m := v.On[:7]; strings.Compare(m, first) >= 0 && strings.Compare(m, last) <= 0 {
			some = append(some, v)
		}
	}
	return some
}
