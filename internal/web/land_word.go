package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"pingzhang/internal/land"
	"pingzhang/standard"
)

// landClass is the colour of a state.
func landClass(st land.State) string {
	switch st {
	case land.Good:
		return "meets"
	case land.Over:
		return "warn"
	case land.Severe:
		return "exceeds"
	case land.Exempt, land.Classed, land.Unruled:
		return "plain"
	}
	return "unknown"
}

// landState is a state in its colour and words.
func landState(k land.Kind, st land.State) stateView { return stateView{landClass(st), st.Name(k)} }

// landStanding is what a round comes to. One in which nothing is above its value
// is good only where every item of table 1 was measured; a well has its class.
func landStanding(r land.Round) stateView {
	c := r.Counts()
	v := landState(r.Kind, r.State)
	if r.State == land.Good && !c.Complete() {
		v = stateView{"plain", "所测项目" + v.Text}
	}
	if c.Class != "" {
		v.Text = land.ClassName(c.Class) + "，" + v.Text
	}
	return v
}

// landNote says what a round does not cover.
func landNote(c land.Counts) string {
	var parts []string
	if n := len(c.Missing); n > 0 {
		parts = append(parts, fmt.Sprintf("表1项目缺测 %d 项", n))
	}
	if n := len(c.UnknownOf) - len(c.Unruled); n > 0 {
		parts = append(parts, fmt.Sprintf("%d 项有未知", n))
	}
	if n := len(c.Unruled); n > 0 {
		parts = append(parts, fmt.Sprintf("%d 项标准未规定", n))
	}
	return strings.Join(parts, "，")
}

func stageNames(keys []string) string {
	var names []string
	for _, k := range keys {
		names = append(names, land.StageName(k))
	}
	return strings.Join(names, "、")
}

// landMultiple writes a multiple for showing, rounded by GB/T 8170; one that would
// round to 0 says that it is below the last digit.
func landMultiple(text string) string {
	var x standard.Exact
	if x.UnmarshalText([]byte(text)) != nil || !x.IsSet() {
		return "—"
	}
	if out := x.Round(2); out != "0.00" {
		return out
	}
	return "＜0.01"
}

// figureText writes what was compared: as it was reported, and a conversion that
// has no short decimal rounded to six.
func figureText(text string) string {
	var x standard.Exact
	if text == "" || x.UnmarshalText([]byte(text)) != nil {
		return "—"
	}
	if x.Terminates() {
		return x.String()
	}
	return "≈" + x.Round(6)
}

// landRatio writes which share of samples is over, and of how many nothing is
// known.
func landRatio(c land.Counts) string {
	if c.Unknown == 0 {
		return c.Ratio()
	}
	return c.Ratio() + fmt.Sprintf("，%d 个未知", c.Unknown)
}

// landFindingHref leads from a finding to the round of the site.
func landFindingHref(facts json.RawMessage) string {
	var f land.Facts
	if json.Unmarshal(facts, &f) != nil || f.Site == 0 {
		return ""
	}
	return roundHref(f.Site, f.Round)
}

// roundHref leads to a round on the page of its site.
func roundHref(site int64, round string) string {
	return entryHref(site) + "?round=" + url.QueryEscape(round)
}
