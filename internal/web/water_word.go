package web

import (
	"fmt"
	"strings"

	"pingzhang/internal/water"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

// waterCell is a class or a state as pages show it: a colour, a short word in it
// and a sentence for who cannot see it.
type waterCell struct {
	Class string // of the style
	Text  string // in a narrow cell: Ⅲ, 冰
	Long  string // Ⅲ类, 冰封期
	Says  string
	Href  string
}

var waterStates = map[water.State]waterCell{
	water.IceBound:    {Class: "wq-ice", Text: "冰"},
	water.NoFlowing:   {Class: "wq-dry", Text: "断"},
	water.Unmonitored: {Class: "wq-none", Text: "未"},
}

// classCell words a result, which may be nil; when names its period.
func classCell(r *water.Result, when string) waterCell {
	c := waterCell{Class: "wq-none", Text: "？", Long: "未知"}
	switch {
	case r == nil:
		c.Says = "未知，没有监测结果"
	case r.State == water.Judged && r.Class.Known():
		name := r.Class.Name()
		c = waterCell{Class: fmt.Sprintf("wq-%d", r.Class), Text: strings.TrimSuffix(name, "类"), Long: name, Says: name}
	default:
		if known, ok := waterStates[r.State]; ok {
			c = known
		}
		c.Long = r.State.Name()
		c.Says = c.Long
		if r.Issue != "" && r.State == water.StateUnknown {
			c.Says += "，" + water.IssueText(r.Issue)
		}
	}
	if when != "" {
		c.Says = when + "：" + c.Says
	}
	return c
}

// targetText writes a class that is to be reached.
func targetText(c gb.Class) string {
	if c == 0 {
		return "—"
	}
	return c.Name()
}

// attainedState words whether a target was reached.
func attainedState(a water.Attained, state water.State) stateView {
	switch {
	case a == water.Meets:
		return stateView{"meets", "达标"}
	case a == water.Exceeds:
		return stateView{"exceeds", "不达标"}
	case a == water.NoTarget:
		return stateView{"plain", "无目标"}
	case state == water.IceBound || state == water.NoFlowing || state == water.Unmonitored:
		return stateView{"unknown", state.Name()}
	}
	return stateView{"unknown", "未知"}
}

// attainedCell is attainedState in a narrow cell.
func attainedCell(a water.Attained, state water.State, when string) waterCell {
	v := attainedState(a, state)
	c := waterCell{Class: "wq-none", Text: "？", Long: v.Text, Says: when + "：" + v.Text}
	switch {
	case a == water.Meets:
		c.Class, c.Text = "wq-met", "达"
	case a == water.Exceeds:
		c.Class, c.Text = "wq-missed", "超"
	case a == water.NoTarget:
		c.Class, c.Text = "wq-blank", "—"
	default:
		if known, ok := waterStates[state]; ok {
			c.Class, c.Text = known.Class, known.Text
		}
	}
	return c
}

// number writes a mean for showing: exactly where it is short, else rounded to four
// significant digits behind a sign that says so.
func number(x standard.Exact) string {
	if !x.IsSet() {
		return "—"
	}
	text := x.String()
	if _, decimals, _ := strings.Cut(text, "."); x.Terminates() && len(decimals) <= 6 {
		return text
	}
	return "≈" + significant(x)
}

// significant rounds a number to four significant digits, or to its integer part.
func significant(x standard.Exact) string {
	for digits := 0; digits < 12; digits++ {
		text := x.Round(digits)
		whole, decimals, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
		if len(strings.TrimLeft(whole+decimals, "0")) >= 4 {
			return text
		}
	}
	return x.Round(12)
}

// waterLimit writes a limit: ≤0.5, ≥5, 6～9.
func waterLimit(l standard.Limit, issue standard.Issue) string {
	switch {
	case issue != "":
		return "—"
	case l.Min.IsSet() && l.Max.IsSet():
		return l.Min.String() + "～" + l.Max.String()
	case l.Min.IsSet():
		return "≥" + l.Min.String()
	case l.Max.IsSet():
		return "≤" + l.Max.String()
	}
	return "—"
}

// waterUnit is a unit as it stands behind a number.
func waterUnit(u standard.Unit) string {
	if u == standard.Dimensionless {
		return ""
	}
	return string(u)
}

// shareText is a percentage for showing; — where there is none.
func shareText(x standard.Exact) string {
	if !x.IsSet() {
		return "—"
	}
	return x.Round(1)
}

var borderNames = map[string]string{"national": "国界（界河）", "provincial": "省界", "city": "市界", "county": "县界", "none": "非交界"}
