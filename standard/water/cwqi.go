package water

import (
	"fmt"
	"strings"

	"pingzhang/standard"
)

// An ItemIndex is the part of one item in a water quality index.
type ItemIndex struct {
	Item  Item           `json:"item"`
	Name  string         `json:"name"`
	Value standard.Exact `json:"value"` // mean of the sections
	Unit  standard.Unit  `json:"unit"`
	Index standard.Exact `json:"index"`
}

// A WaterIndex is the index of the rivers, or the lakes, of a city.
type WaterIndex struct {
	Sections int            `json:"sections"` // whose mean it is
	Index    standard.Exact `json:"index"`    // none where an item is missing
	Partial  standard.Exact `json:"partial"`  // the sum of the items that are there
	Items    []ItemIndex    `json:"items,omitempty"`
	Missing  []Item         `json:"missing,omitempty"`
	Issue    standard.Issue `json:"issue,omitempty"` // why there is no Index; empty otherwise
	Basis
}

// A CityIndex is the city water quality index, CWQI: the lower the better.
type CityIndex struct {
	Index  standard.Exact `json:"index"`
	Rivers WaterIndex     `json:"rivers"`
	Lakes  WaterIndex     `json:"lakes"`
	Issue  standard.Issue `json:"issue,omitempty"` // why there is no Index; empty otherwise
	Basis
}

// Text returns the index as a sentence for a person.
func (c CityIndex) Text() string {
	if c.Issue != "" {
		return "城市水质指数未知：" + IssueText(c.Issue)
	}
	text := "城市水质指数 " + c.Index.Round(4)
	if label := c.Label(); label != "" {
		text += "（" + label + "）"
	}
	return text
}

// CityIndex returns the CWQI of a city from the evaluations of its river sections
// and lake points in one period. The text of 环办监测〔2017〕51号 was not at hand;
// the basis says so. All 21 items are needed: the sum of fewer would be better
// than the water is.
func (b *Book) CityIndex(rivers, lakes []Section) (c CityIndex) {
	defer c.close()
	if len(rivers)+len(lakes) == 0 {
		c.Issue = NoSections
		return c
	}
	all := append(append([]Section(nil), rivers...), lakes...)
	for _, s := range all {
		if s.Period != all[0].Period {
			c.Issue = PeriodsDiffer
			return c
		}
	}
	how, ok := b.rule(ruleCWQI, "city", all[0].Period.To)
	if !ok {
		c.Issue = NoRule
		return c
	}
	total, n := standard.Int(0), 0
	var terms []string
	for _, of := range []struct {
		sections []Section
		into     *WaterIndex
	}{{rivers, &c.Rivers}, {lakes, &c.Lakes}} {
		if len(of.sections) == 0 {
			continue
		}
		*of.into = b.waterIndex(of.sections)
		c.takes(of.into.Basis)
		if of.into.Issue != "" {
			c.Issue = of.into.Issue
			continue
		}
		total = total.Add(of.into.Index.Mul(standard.Int(int64(of.into.Sections))))
		n += of.into.Sections
		terms = append(terms, short(of.into.Index)+"×"+fmt.Sprint(of.into.Sections))
	}
	c.rests(how.line)
	if c.Issue != "" {
		return c
	}
	c.Index = total.Quo(standard.Int(int64(n)))
	c.because("(", strings.Join(terms, "＋"), ")÷", fmt.Sprint(n), equals(c.Index))
	return c
}

// waterIndex sums the indexes of the rated items of the mean of sections.
func (b *Book) waterIndex(sections []Section) (w WaterIndex) {
	w = WaterIndex{Partial: standard.Int(0)}
	defer w.close()
	shares := SharesOf(sections)
	w.Sections = shares.Judged
	how, ok := b.rule(ruleCWQI, "item", sections[0].Period.To)
	switch {
	case !ok:
		w.Issue = NoRule
	case shares.Judged == 0:
		w.Issue = NoSections
	case shares.Unknown > 0:
		w.Issue = SectionsUnknown
	}
	if w.Issue != "" {
		return w
	}
	w.rests(how.line)
	mean := b.meanOf("", sections)
	w.takes(mean.Basis)
	if mean.Issue != "" {
		w.Issue = mean.Issue
		return w
	}
	for _, item := range b.Rated() {
		c, ok := mean.Of(item)
		if !ok || !c.Value.IsSet() {
			w.Missing = append(w.Missing, item)
			w.Issue = ItemsMissing
			continue
		}
		x, issue := b.itemIndex(c, mean.Body, mean.Period.To, &w.Basis)
		if issue != "" {
			w.Issue = issue
			continue
		}
		w.Items = append(w.Items, ItemIndex{Item: item, Name: c.Name, Value: c.Value, Unit: c.Unit, Index: x})
		w.Partial = w.Partial.Add(x)
	}
	if w.Issue == "" {
		w.Index = w.Partial
	}
	return w
}

// neutral is the pH that is neither sour nor alkaline.
var neutral = standard.Int(7)

// itemIndex is the index of one item: value over the limit of class III, for
// dissolved oxygen the limit over the value, for pH the distance from 7 over that
// of the limit on its side.
func (b *Book) itemIndex(c ItemClass, body Body, on standard.Date, basis *Basis) (standard.Exact, standard.Issue) {
	info := b.of[c.Item]
	r, issue := b.limitFor(info, body, III, on)
	if issue != "" {
		return standard.Exact{}, issue
	}
	basis.rests(r.line)
	part, of := c.Value, r.max
	switch {
	case c.Item == PH && c.Value.Cmp(neutral) <= 0:
		part, of = neutral.Sub(c.Value), neutral.Sub(r.min)
	case c.Item == PH:
		part, of = c.Value.Sub(neutral), r.max.Sub(neutral)
	case c.Item == Oxygen:
		part, of = r.min, c.Value
	}
	x := part.Quo(of)
	if !x.IsSet() {
		return x, IndexUndefined
	}
	basis.because(c.Name, " ", short(part), "÷", short(of), equals(x))
	return x, ""
}
