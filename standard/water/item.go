package water

import (
	"strings"

	"pingzhang/standard"
)

// An Item is what is measured in water: the code of the tables ("do", "nh3n"),
// or the name where the tables give none, as in tables 2 and 3 of GB 3838.
type Item string

// Items that rules name. All others are data; see Book.Items.
const (
	Temperature Item = "temp"
	PH          Item = "ph"
	Oxygen      Item = "do"
	TP          Item = "tp"
	TN          Item = "tn"
	Coliform    Item = "fc"
	CODMn       Item = "codmn"
	Chlorophyll Item = "chla" // of the trophic index only
	Secchi      Item = "sd"   // transparency, of the trophic index only
)

// A Body says what kind of water it is. Total phosphorus and total nitrogen
// have limits of their own in lakes and reservoirs.
type Body string

// The bodies. A reservoir that is like a river is evaluated as a River.
const (
	River Body = "river"
	Lake  Body = "lake" // lakes and reservoirs

	anyBody    Body = "all"
	sourceBody Body = "source" // limits of drinking-water sources only
)

// Name returns the Chinese word.
func (b Body) Name() string {
	switch b {
	case River:
		return "河流"
	case Lake:
		return "湖库"
	}
	return ""
}

// A Condition is the state of a section when it was visited.
type Condition string

// The conditions. Ice and NoFlow are neither good nor bad: nothing was there to
// be sampled.
const (
	Flowing Condition = ""
	Ice     Condition = "ice"     // 冰封期
	NoFlow  Condition = "no_flow" // 断流
)

// Name returns the Chinese word.
func (c Condition) Name() string {
	switch c {
	case Flowing:
		return "正常"
	case Ice:
		return "冰封期"
	case NoFlow:
		return "断流"
	}
	return string(c)
}

// A Sample is the result of one item in one sample of water, as it was reported.
type Sample struct {
	Item  string `json:"item"`  // name, symbol or code
	Value string `json:"value"` // a number, <0.01, 0.01L, 未检出
	// Unit must be named, in any of its spellings; pH has none.
	Unit string `json:"unit"`
	// DetectionLimit is in Unit, for where Value says only 未检出.
	DetectionLimit string `json:"detection_limit,omitempty"`
	// Temperature (℃) and measured Saturation (%) go with dissolved oxygen; see
	// Book.Classify. Empty where not known.
	Temperature string `json:"temperature,omitempty"`
	Saturation  string `json:"saturation,omitempty"`
}

// itemRows is an item with the rows of its limits.
type itemRows struct {
	item  Item
	name  string
	table string // 表1, 表2, 表3
	unit  standard.Unit
	rated bool
	rows  map[Body][]edition // for River and Lake, the newest edition first
}

// An edition is the limits of one item that came into force together, best
// class first. Items of tables 2 and 3 have one limit, without a class.
type edition []limitRow

// limitRow is one limit.
type limitRow struct {
	line
	class      Class
	min, max   standard.Exact
	saturation standard.Exact // percent that suffices in place of the limit
}

// limit is the row as a limit of package standard.
func (r limitRow) limit(info *itemRows) standard.Limit {
	return standard.Limit{
		Factor: info.name, Min: r.min, Max: r.max, Unit: info.unit,
		Confidence: r.Citation.Confidence, Citation: r.Citation,
	}
}

// text writes the limit: ≤0.5, ≥5, 6～9.
func (r limitRow) text() string {
	switch {
	case r.min.IsSet() && r.max.IsSet():
		return r.min.String() + "～" + r.max.String()
	case r.min.IsSet():
		return "≥" + r.min.String()
	case r.max.IsSet():
		return "≤" + r.max.String()
	}
	return "（未查到）"
}

// at returns the limits for a body in force on a day.
func (i *itemRows) at(body Body, on standard.Date) (edition, standard.Issue) {
	all := i.rows[body]
	if len(all) == 0 {
		if i.item == TN && body == River {
			return nil, LakesOnly
		}
		return nil, NoLimitHere
	}
	for _, e := range all {
		if e[0].Citation.InForce(on) {
			return e, ""
		}
	}
	return nil, standard.NotInForce
}

// of returns the limit of a class; that of the item itself where it has no
// classes.
func (e edition) of(c Class) (limitRow, bool) {
	for _, r := range e {
		if r.class == c || r.class == 0 {
			return r, true
		}
	}
	return limitRow{}, false
}

// spellings are those signs that do not tell items apart.
var spellings = strings.NewReplacer(" ", "", "　", "", "（", "(", "）", ")", "，", ",", "₄", "4", "₃", "3", "⁻", "-", "⁺", "+")

// fold brings the spellings of a name together: blanks, full-width brackets and
// letter case do not tell items apart.
func fold(name string) string { return strings.ToLower(spellings.Replace(name)) }
