package carbon

import (
	"strings"
	"testing"

	"pingzhang/internal/testkit"
	"pingzhang/standard"
)

// Each row of the shared tables is in ours, with confidence and source.
func TestSharedTables(t *testing.T) {
	read := func(name string) []map[string]string { return testkit.Records(t, "standards/"+name) }
	b := open(t)
	var ours []string
	say := func(l line, topic, region, year, value, unit string) {
		ours = append(ours, strings.Join([]string{topic, region, year, value, unit, string(l.Citation.Confidence), l.Citation.Source}, "|"))
	}
	for _, g := range b.grid {
		topic := map[Kind]string{Average: "grid average CO2 factor", ExcludingMarket: "grid factor excl. market non-fossil"}[g.kind]
		say(g.line, topic, g.region, g.Cell("year"), g.Cell("factor"), g.Cell("unit"))
	}
	for _, f := range b.fuel {
		if f.Cell("kind") == "heat" {
			say(f.line, "purchased heat", "全国", "", f.Cell("factor"), f.Cell("unit"))
		} else {
			say(f.line, "fuel CO2 factor (intensity assessment)", f.Cell("name"), "", f.Cell("factor"), f.Cell("unit"))
		}
	}
	for _, x := range b.targets {
		period, unit := x.Cell("from_year")+"-"+x.Cell("to_year"), "% cumulative decline"
		if x.from == x.to {
			period, unit = x.Cell("from_year"), "% decline (about)"
		}
		say(x.line, "carbon intensity target", x.Cell("area")+" "+period, "", x.Cell("decline_percent"), unit)
	}
	all := "\n" + strings.Join(ours, "\n") + "\n"
	for _, m := range read("carbon_factors.csv") {
		if m["topic"] == "formula" {
			if r := b.rules[ruleDecline]; string(r.Citation.Confidence) != m["confidence"] {
				t.Errorf("the formula is %s", r.Citation.Confidence)
			}
			continue
		}
		want := strings.Join([]string{m["topic"], m["region_or_fuel"], m["year"], m["value"], m["unit"], m["confidence"], m["source"]}, "|")
		if !strings.Contains(all, "\n"+want+"\n") {
			t.Errorf("no row of ours is %s", want)
		}
	}
	for _, m := range read("ecological_quality.csv") {
		index, _, _ := strings.Cut(m["index"], " ")
		kinds := map[string]string{"formula": weightRow, "classes": classRow, "change": changeRow, "national": publishedRow}
		n := 0
		for _, r := range b.ecology {
			if r.index == index && r.kind == kinds[m["part"]] {
				n++
				if !strings.HasPrefix(m["confidence"], string(r.Citation.Confidence)) || index == EQI && m["part"] != "change" && !strings.Contains(m["source"], r.Citation.Source) && !strings.Contains(m["confidence"], r.Citation.Source) {
					t.Errorf("%s: %s, %s; want %v", r.Key, r.Citation.Confidence, r.Citation.Source, m)
				}
				// Every figure of a row stands in the words of the shared one.
				for _, x := range []standard.Exact{r.low, r.high, r.weight, r.value} {
					if x.IsSet() && x.Cmp(standard.Int(1)) != 0 && x.Sign() != 0 && !(r.kind == weightRow && x.Cmp(hundred) == 0) && !strings.Contains(m["weight_or_rule"], x.String()) {
						t.Errorf("%s: %s is not in %s", r.Key, x, m["weight_or_rule"])
					}
				}
			}
		}
		if n == 0 {
			t.Errorf("no row of ours is %v", m)
		}
	}
}
