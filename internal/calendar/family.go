package calendar

import (
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// Unit is what a limit is counted in.
type Unit string

// The units.
const (
	Workdays    Unit = "workday" // 工作日
	NaturalDays Unit = "natural" // 自然日, only as it is written in a text; a Rule has Days
	// Days in a Rule is a day of the calendar. As it is written in a
	// text (日), the Family decides whether it is that or a Workdays.
	Days   Unit = "day"
	Hours  Unit = "hour"
	Months Unit = "month"
	Years  Unit = "year"
)

// Name returns the unit as it follows a number in Chinese.
func (u Unit) Name() string {
	switch u {
	case Workdays:
		return "个工作日"
	case NaturalDays:
		return "个自然日"
	case Days:
		return "日"
	case Hours:
		return "小时"
	case Months:
		return "个月"
	case Years:
		return "年"
	}
	return string(u)
}

// most bounds the amount of a rule: more is a slip of the pen.
var most = map[Unit]int{Workdays: 2500, NaturalDays: 3660, Days: 3660, Hours: 8784, Months: 240, Years: 50}

// Rule is a limit as it is counted. Families.Rule makes one from what a text
// says.
type Rule struct {
	Family        string `json:"family"`
	Amount        int    `json:"amount"`
	Unit          Unit   `json:"unit"` // workday, day, hour, month or year
	ExcludeStart  bool   `json:"exclude_start"`
	RollToWorkday bool   `json:"roll_to_workday"`
	// Doubt says in Chinese why the way of counting is not certain; it
	// becomes part of Deadline.Unsure.
	Doubt string `json:"doubt,omitempty"`
}

// String returns the limit in words: 5个工作日.
func (r Rule) String() string { return strconv.Itoa(r.Amount) + r.Unit.Name() }

// Validate returns fault.Invalid where Due cannot count the rule.
func (r Rule) Validate() error {
	limit, ok := most[r.Unit]
	if !ok || r.Unit == NaturalDays {
		return fault.New(fault.Invalid, "时限的单位不能是“%s”，可用：workday、day、hour、month、year", r.Unit)
	}
	if r.Amount < 0 || r.Amount > limit {
		return fault.New(fault.Invalid, "时限应为 0 到 %d%s，不能是 %d", limit, r.Unit.Name(), r.Amount)
	}
	return nil
}

// Family is a way of counting that a law or a group of laws has.
type Family struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	// Which amounts of 日 are working days: those listed, those up to a
	// number, or all. The others are calendar days.
	Workdays     []int `yaml:"workdays"`
	WorkdaysUpTo int   `yaml:"workdays_up_to"`
	AllWorkdays  bool  `yaml:"all_workdays"`
	// Roll says that a limit whose last day is off ends on the next working
	// day.
	Roll bool `yaml:"roll"`
	// Agreed marks what is no law but agreed inside the bureau.
	Agreed   bool              `yaml:"agreed"`
	Citation standard.Citation `yaml:"citation"` // where the law says so, and how sure that is
	Note     string            `yaml:"note"`     // in Chinese, shown with the explanation
}

// workdays reports whether so many 日 are working days.
func (f Family) workdays(amount int) bool {
	return f.AllWorkdays || amount <= f.WorkdaysUpTo || slices.Contains(f.Workdays, amount)
}

// Families are the families of the catalog.
type Families struct {
	byID  map[string]Family
	order []string
}

// All returns the families in the order of the catalog.
func (f *Families) All() []Family {
	var all []Family
	for _, id := range f.order {
		all = append(all, f.byID[id])
	}
	return all
}

// Family returns the family of that id.
func (f *Families) Family(id string) (Family, bool) {
	fam, ok := f.byID[id]
	return fam, ok
}

// Rule returns how a limit of a text of that family is counted. unit is as
// the text has it: Days stands for 日 and becomes Workdays where the
// family says so; Workdays (工作日) and NaturalDays (自然日) are taken at their
// word. The error is fault.Invalid.
func (f *Families) Rule(family string, amount int, unit Unit) (Rule, error) {
	fam, ok := f.byID[family]
	if !ok {
		return Rule{}, fault.New(fault.Invalid, "没有“%s”这种计日规则，可用：%s", family, strings.Join(f.order, "、"))
	}
	r := Rule{Family: family, Amount: amount, Unit: unit, ExcludeStart: true, RollToWorkday: fam.Roll}
	switch unit {
	case NaturalDays:
		r.Unit = Days
	case Days:
		if fam.workdays(amount) {
			r.Unit = Workdays
		}
	case Hours:
		r.RollToWorkday = false
	}
	if !fam.Agreed && !fam.Citation.Confidence.Verified() {
		r.Doubt = "计日规则（" + fam.Name + "）" + fam.Citation.Confidence.Label()
		if fam.Note != "" {
			r.Doubt += "：" + fam.Note
		}
	}
	return r, r.Validate()
}

// written are the units as a text writes them, longest first.
var written = []struct {
	text string
	unit Unit
}{
	{"个工作日", Workdays}, {"工作日", Workdays}, {"个自然日", NaturalDays}, {"自然日", NaturalDays}, {"日", Days}, {"天", Days},
	{"个小时", Hours}, {"小时", Hours}, {"个月", Months}, {"年", Years},
}

// ParseLimit reads a limit as a text writes it, with Arabic digits: 15日,
// 7个工作日, 24小时, 6个月, 5年. The error is fault.Invalid.
func ParseLimit(text string) (amount int, unit Unit, err error) {
	t := strings.ReplaceAll(strings.TrimSpace(text), " ", "")
	for _, w := range written {
		if digits, ok := strings.CutSuffix(t, w.text); ok {
			if n, err := strconv.Atoi(digits); err == nil && n >= 0 {
				return n, w.unit, nil
			}
			break
		}
	}
	return 0, "", fault.New(fault.Invalid, "看不懂时限“%s”，应写成 15日、7个工作日、24小时、6个月 或 5年 这样", text)
}
