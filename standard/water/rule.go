package water

import (
	"fmt"
	"slices"
	"strings"

	"pingzhang/standard"
)

// A rule is one row of the table of evaluation.
type rule struct {
	line
	name, text                  string // text is the column value
	value, upper, slope, weight standard.Exact
}

// The rules that this package reckons with. Others are for the reader of the
// table.
const (
	ruleItems          = "items"
	ruleSectionClass   = "section_class"
	ruleSectionRating  = "section_rating"
	ruleMainMost       = "main_most"
	ruleMainFirst      = "main_first"
	ruleNoMultiple     = "main_no_multiple"
	ruleMultiple       = "multiple"
	ruleRiverMeanBelow = "river_mean_below"
	ruleGoodShare      = "river_good_share"
	ruleBadShare       = "river_bad_share"
	ruleRiverMainMost  = "river_main_most"
	ruleLake           = "lake"
	ruleRegion         = "region"
	ruleLeast          = "least_results"
	ruleTrendShare     = "trend_share"
	ruleTrendGrade     = "trend_grade"
	ruleNondetect      = "nondetect"
	ruleTLI            = "tli"
	ruleTLIClass       = "tli_class"
	ruleCWQI           = "cwqi"
	ruleTemperature    = "temperature"
	ruleSaturation     = "saturation"
	ruleSourceClass    = "source_class"
	ruleSourceItems    = "source_items"
)

// numeric are the rules whose value is a number or nothing.
var numeric = []string{
	ruleItems, ruleMainMost, ruleRiverMeanBelow, ruleGoodShare, ruleBadShare, ruleRiverMainMost, ruleLeast, ruleTrendShare,
	ruleTrendGrade, ruleTLI, ruleTLIClass, ruleTemperature, ruleSaturation,
}

func (b *Book) readRule(l line) error {
	r := rule{line: l, name: l.Cell("name"), text: l.Cell("value")}
	name := l.Cell("rule")
	for column, into := range map[string]*standard.Exact{"upper": &r.upper, "slope": &r.slope, "weight": &r.weight} {
		var err error
		if *into, err = l.Number(column); err != nil {
			return err
		}
	}
	if slices.Contains(numeric, name) {
		var err error
		if r.value, err = l.Number("value"); err != nil {
			return err
		}
	}
	if name == ruleSectionRating || name == ruleSourceClass {
		for _, text := range strings.Split(r.text, ",") {
			if _, ok := ParseClass(text); !ok {
				return fmt.Errorf("行 %s 的 value 一列应为水质类别，不能是 %q", l.Key, text)
			}
		}
	}
	b.rules[name] = append(b.rules[name], r)
	return nil
}

// all returns the rows of a rule in force on a day, in the order of the table.
func (b *Book) all(name string, on standard.Date) []rule {
	rows := b.rules[name]
	for i, r := range rows {
		if !r.Citation.InForce(on) {
			kept := slices.Clone(rows[:i])
			for _, r := range rows[i:] {
				if r.Citation.InForce(on) {
					kept = append(kept, r)
				}
			}
			return kept
		}
	}
	return rows
}

// rule returns the newest row of a rule, with a name or none, in force on a day.
func (b *Book) rule(rule, name string, on standard.Date) (r rule, ok bool) {
	for _, each := range b.rules[rule] {
		if each.name == name && each.Citation.InForce(on) && (!ok || each.Citation.From >= r.Citation.From) {
			r, ok = each, true
		}
	}
	return r, ok
}

// lists reports whether the value of r, items separated by semicolons, names an
// item.
func (r rule) lists(i Item) bool { return slices.Contains(strings.Split(r.text, ";"), string(i)) }

// whole returns the value of r as a whole number, or 0.
func (r rule) whole() int {
	if !r.value.IsSet() {
		return 0
	}
	return int(r.value.Float64())
}
