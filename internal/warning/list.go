package warning

import (
	"fmt"
	"slices"
	"strings"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Pollutants are those of which a list reckons reductions.
var Pollutants = []string{"SO2", "NOx", "PM", "VOCs"}

// Amounts are one number for each of Pollutants, in the unit of the list; one
// that is not set is unknown.
type Amounts [4]standard.Exact

// Units in which an edition may state its amounts.
var Units = []string{"t/d", "kg/d", "t/a"}

// ListState is where an edition of the list stands.
type ListState string

// The states. Which approved edition is in force follows from its date.
const (
	ListDraft    ListState = "draft"
	ListApproved ListState = "approved"
	ListDropped  ListState = "dropped"
)

// List is one edition of the emission-reduction list (应急减排清单).
type List struct {
	ID         int64           `db:"id"`
	Division   access.Division `db:"division"`
	Year       int64           `db:"year"`
	N          int64           `db:"n"` // of the year
	Unit       string          `db:"unit"`
	State      ListState       `db:"state"`
	From       standard.Date   `db:"from_on"`
	BasesText  string          `db:"bases"`       // Amounts: all emissions of the area
	BaseSource string          `db:"base_source"` // where they come from
	Note       string          `db:"note"`
	Import     int64           `db:"import"`
	Who        string          `db:"who"`
	WhoName    string          `db:"who_name"`
	At         int64           `db:"at"`
	SettledBy  string          `db:"settled_by"`
	SettledAt  int64           `db:"settled_at"`
	Reason     string          `db:"reason"`
	Version    int64           `db:"version"`

	InForce bool `db:"-"` // today
}

const listColumns = `id, division, year, n, unit, state, from_on, bases, base_source, note, import, who, who_name, at, settled_by, settled_at, reason, version`

// Name is how people call an edition: 2026 年第 2 版.
func (l List) Name() string { return fmt.Sprintf("%d 年第 %d 版", l.Year, l.N) }

// Status is its state in words.
func (l List) Status() string {
	switch {
	case l.InForce:
		return "现行"
	case l.State == ListDraft:
		return "草案"
	case l.State == ListDropped:
		return "作废"
	}
	return "已批准"
}

// Bases returns the emissions of the whole area.
func (l List) Bases() (a Amounts) {
	unpack(l.BasesText, &a)
	return a
}

// Kind is the sort of a measure.
type Kind string

// The kinds of measures.
const (
	Stop      Kind = "stop"      // 停产
	Limit     Kind = "limit"     // 限产
	Vehicle   Kind = "vehicle"   // 停用车辆
	Transport Kind = "transport" // 错峰运输
	Site      Kind = "site"      // 工地停工
	Other     Kind = "other"
)

// Kinds lists them with their names.
var Kinds = []struct {
	Kind Kind
	Name string
}{{Stop, "停产"}, {Limit, "限产"}, {Vehicle, "停用车辆"}, {Transport, "错峰运输"}, {Site, "工地停工"}, {Other, "其他"}}

// Label returns the Chinese name of k.
func (k Kind) Label() string {
	for _, one := range Kinds {
		if one.Kind == k {
			return one.Name
		}
	}
	return string(k)
}

// Expect is what online data must show while a measure is due: the hour mean of a
// factor at a point is not above Bound. Bound is stated, or a share of a stated
// baseline.
type Expect struct {
	Point    int64          `json:"point"`
	Code     string         `json:"code"` // of the point, as the list names it
	Name     string         `json:"name"` // of the point
	Factor   string         `json:"factor"`
	Baseline standard.Exact `json:"baseline"` // none where the bound is stated itself
	Percent  standard.Exact `json:"percent"`
	Bound    standard.Exact `json:"bound"`
	Unit     standard.Unit  `json:"unit"`
}

// Text says what is expected, with the arithmetic of the bound.
func (e Expect) Text() string {
	where := fmt.Sprintf("%s %s 小时均值", e.Name, factorName(e.Factor))
	if e.Baseline.IsSet() {
		return fmt.Sprintf("%s ≤ %s×%s%%=%s %s", where, e.Baseline, e.Percent, e.Bound, e.Unit)
	}
	return fmt.Sprintf("%s ≤ %s %s", where, e.Bound, e.Unit)
}

// factorName names what is measured, with its code.
func factorName(code string) string {
	if d, ok := hj212.FactorOf(code); ok {
		return d.Name + "（" + code + "）"
	}
	return code
}

// Line is one row of the list: what one production line of a firm does at one
// level.
type Line struct {
	N          int64            `json:"n"` // row of the file
	Code       string           `json:"code"`
	Name       string           `json:"name"`
	Enterprise int64            `json:"enterprise"`
	Division   access.Division  `json:"division"`
	Permit     string           `json:"permit,omitempty"`
	Unit       string           `json:"line"` // 生产线或工序
	Industry   string           `json:"industry,omitempty"`
	Grade      string           `json:"grade,omitempty"`
	Category   string           `json:"category,omitempty"`
	Base       Amounts          `json:"base"`
	Level      aqi.WarningLevel `json:"level"`
	Kind       Kind             `json:"kind"`
	Percent    string           `json:"percent,omitempty"`
	Text       string           `json:"text"`
	Cut        Amounts          `json:"cut"`
	Expect     *Expect          `json:"expect,omitempty"`
}

// key is what a line is of, across editions.
func (l Line) key() string {
	return strings.Join([]string{l.Code, l.Unit, string(l.Level), string(l.Kind), l.Text}, "\x00")
}

// Measure writes what is done: 限产 50%：停用1号锅炉.
func (l Line) Measure() string {
	text := l.Kind.Label()
	if l.Percent != "" {
		text += " " + l.Percent + "%"
	}
	return text + "：" + l.Text
}

// Firm is an enterprise of the list with what it does at one level.
type Firm struct {
	Enterprise int64           `json:"enterprise"`
	Division   access.Division `json:"division"`
	Code       string          `json:"code"`
	Name       string          `json:"name"`
	Industry   string          `json:"industry,omitempty"`
	Grade      string          `json:"grade,omitempty"`
	Category   string          `json:"category,omitempty"`
	Lines      []Line          `json:"lines"`
}

// firms gathers lines by enterprise, in the order of the list.
func firms(lines []Line) (all []Firm) {
	at := map[int64]int{}
	for _, l := range lines {
		i, ok := at[l.Enterprise]
		if !ok {
			i = len(all)
			at[l.Enterprise] = i
			all = append(all, Firm{Enterprise: l.Enterprise, Division: l.Division, Code: l.Code, Name: l.Name, Industry: l.Industry, Grade: l.Grade, Category: l.Category})
		}
		all[i].Lines = append(all[i].Lines, l)
	}
	return all
}

// Cut returns what the firm reduces; a pollutant of which a line does not say is
// known in part, and Missing counts those lines.
func (f Firm) Cut() (sum Amounts, missing [4]int) {
	for i := range Pollutants {
		for _, l := range f.Lines {
			if !l.Cut[i].IsSet() {
				missing[i]++
				continue
			}
			if !sum[i].IsSet() {
				sum[i] = standard.Int(0)
			}
			sum[i] = sum[i].Add(l.Cut[i])
		}
	}
	return sum, missing
}

// Share is what a level reduces of one pollutant against what is asked for.
type Share struct {
	Pollutant string
	Cut       standard.Exact   // known part
	Missing   int              // lines that do not say
	Base      standard.Exact   // all emissions of the area; none where not known
	Need      standard.Exact   // per cent
	Verdict   standard.Verdict // Meets, Exceeds for less than asked for, or Unknown
	Text      string           // the arithmetic, in Chinese
}

// Shares compares what the lines of a level reduce with the share asked for. What
// is not stated is unknown: a known part that reaches the share already meets it,
// one that does not is short only when nothing is missing.
func Shares(lines []Line, level aqi.WarningLevel, bases Amounts, unit string, need standard.Exact) []Share {
	var f Firm
	for _, l := range lines {
		if l.Level == level {
			f.Lines = append(f.Lines, l)
		}
	}
	cut, missing := f.Cut()
	all := make([]Share, len(Pollutants))
	for i, p := range Pollutants {
		s := Share{Pollutant: p, Cut: cut[i], Missing: missing[i], Base: bases[i], Need: need, Verdict: standard.Unknown}
		switch {
		case len(f.Lines) == 0:
			s.Text = "清单没有这个级别的措施"
		case !s.Cut.IsSet():
			s.Text = "清单没有写减排量"
		case !s.Base.IsSet():
			s.Text = fmt.Sprintf("已知减排 %s %s；全社会排放量未填写，比例未知", s.Cut, unit)
		case s.Base.Sign() <= 0:
			s.Text = "全社会排放量为 0，不能计算比例"
		case !need.IsSet():
			s.Text = "没有规定比例"
		default:
			share := s.Cut.Quo(s.Base).Mul(standard.Int(100))
			s.Text = fmt.Sprintf("%s÷%s=%s%%", s.Cut, s.Base, share.Round(3))
			switch {
			case share.Cmp(need) >= 0:
				s.Verdict = standard.Meets
				s.Text += fmt.Sprintf(" ≥ %s%%", need)
			case s.Missing == 0:
				s.Verdict = standard.Exceeds
				s.Text += fmt.Sprintf(" < %s%%", need)
			default:
				s.Text += fmt.Sprintf(" < %s%%，另有未写减排量的措施", need)
			}
		}
		if s.Missing > 0 {
			s.Text += fmt.Sprintf("（%d 项措施没有写减排量）", s.Missing)
		}
		all[i] = s
	}
	return all
}

// Difference is what differs between two editions.
type Difference struct {
	Line    Line
	How     string   // 新增, 删去, 修改
	Changes []string // of a line that was changed
}

// Differences compares two editions line by line.
func Differences(before, after []Line) (all []Difference) {
	old := map[string]Line{}
	for _, l := range before {
		old[l.key()] = l
	}
	seen := map[string]bool{}
	for _, l := range after {
		seen[l.key()] = true
		b, ok := old[l.key()]
		if !ok {
			all = append(all, Difference{Line: l, How: "新增"})
			continue
		}
		if changes := changed(b, l); len(changes) > 0 {
			all = append(all, Difference{l, "修改", changes})
		}
	}
	for _, l := range before {
		if !seen[l.key()] {
			all = append(all, Difference{Line: l, How: "删去"})
		}
	}
	return all
}

// changed names what differs between two lines of one key.
func changed(a, b Line) (all []string) {
	say := func(what, from, to string) {
		if from != to {
			all = append(all, fmt.Sprintf("%s “%s”→“%s”", what, from, to))
		}
	}
	say("单位名称", a.Name, b.Name)
	say("行业", a.Industry, b.Industry)
	say("绩效等级", a.Grade, b.Grade)
	say("类别", a.Category, b.Category)
	say("限产比例", a.Percent, b.Percent)
	for i, p := range Pollutants {
		say(p+"基准排放量", a.Base[i].String(), b.Base[i].String())
		say(p+"减排量", a.Cut[i].String(), b.Cut[i].String())
	}
	say("核查要求", expectText(a.Expect), expectText(b.Expect))
	return all
}

func expectText(e *Expect) string {
	if e == nil {
		return "无"
	}
	return e.Text()
}

// levelOf reads a level as people write it.
func levelOf(text string) (aqi.WarningLevel, bool) {
	for level, names := range map[aqi.WarningLevel][]string{
		aqi.Yellow: {"黄", "黄色", "黄色预警", "Ⅲ级", "III级", "yellow"}, aqi.Orange: {"橙", "橙色", "橙色预警", "Ⅱ级", "II级", "orange"}, aqi.Red: {"红", "红色", "红色预警", "Ⅰ级", "I级", "red"},
	} {
		if slices.Contains(names, text) {
			return level, true
		}
	}
	return "", false
}

// Levels are the colours, from the lowest.
var Levels = []aqi.WarningLevel{aqi.Yellow, aqi.Orange, aqi.Red}
