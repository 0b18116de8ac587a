package water

import (
	"slices"

	"pingzhang/standard"
)

// An ItemClass is the class of one item.
type ItemClass struct {
	Item Item   `json:"item"`
	Name string `json:"name"` // as the tables name it; as it was asked where they do not
	// Value is the result, or the mean of results, in Unit.
	Value standard.Exact `json:"value"`
	Unit  standard.Unit  `json:"unit"`
	Class Class          `json:"class"`
	Issue standard.Issue `json:"issue,omitempty"` // why there is no class; empty otherwise
	Rated bool           `json:"rated"`           // one of the 21 items that determine the class of a section
	// Multiple is by how many times the limit of class III the value is above
	// it (超标倍数). None unless it is above, and none for temperature, pH and
	// dissolved oxygen.
	Multiple standard.Exact `json:"multiple"`
	// Saturation is that of dissolved oxygen in percent, where it is known; see
	// Book.Classify.
	Saturation standard.Exact `json:"saturation"`
	Inputs     []Input        `json:"inputs,omitempty"`
	Basis

	of Basis // what Value rests on, without the class
}

// settled notes that the value is there, and what it rests on.
func (c *ItemClass) settled() {
	c.of = c.Basis
	c.of.Citations, c.of.Rows, c.of.Because = slices.Clip(c.of.Citations), slices.Clip(c.of.Rows), slices.Clip(c.of.Because)
}

// Halved counts the inputs that entered as half the detection limit.
func (c ItemClass) Halved() int {
	n := 0
	for _, in := range c.Inputs {
		if in.Halved && in.Issue == "" {
			n++
		}
	}
	return n
}

// Text returns the class of the item as a sentence for a person.
func (c ItemClass) Text() string {
	text := c.Name + "：" + c.Class.Name()
	if c.Issue != "" {
		return text + "，" + IssueText(c.Issue)
	}
	if c.Multiple.IsSet() {
		text += "，超Ⅲ类 " + times(c.Multiple) + " 倍"
	}
	return text + "；" + c.Arithmetic() + c.cited()
}

// Classify returns the class of a result by table 1 of GB 3838 in force on a day.
//
// Dissolved oxygen below 7.5 mg/L is of class I all the same where the
// saturation is 90 %: as it was measured, or, where the sample has only the
// temperature, as Book.Saturation reckons it. pH outside 6 to 9 is worse than
// V. A result below the detection limit has no class, unless the table says
// what a single one counts for (rule nondetect).
func (b *Book) Classify(s Sample, body Body, on standard.Date) ItemClass {
	c, info := b.read(s, body, on)
	if c.Issue == "" {
		c.Saturation = b.saturationOf(s, c.Value, on, &c.Basis)
		b.classify(&c, info, body, on)
	}
	c.close()
	return c
}

// read begins a result with the one sample that it is of.
func (b *Book) read(s Sample, body Body, on standard.Date) (ItemClass, *itemRows) {
	c := ItemClass{Name: s.Item, Inputs: []Input{{On: on, Sample: s}}}
	item, _ := b.Item(s.Item)
	info := b.of[item]
	switch {
	case info == nil:
		c.Issue = NoItem
	case body != River && body != Lake:
		c.Issue = BodyOdd
	case on != "" && !isDay(on):
		c.Issue = DateOdd
	}
	if info != nil {
		c.Item, c.Name, c.Unit, c.Rated = item, info.name, info.unit, info.rated
	}
	if c.Issue != "" {
		return c, info
	}
	in, _ := b.measure(s, item, info.unit, single, on, &c.Basis)
	c.Inputs[0], c.Value, c.Issue = in, in.Value, in.Issue
	if in.Halved && in.Issue == "" {
		c.because("低于检出限，取检出限的一半 ", short(in.Value), unitText(info.unit))
	}
	c.settled()
	return c, info
}

// saturationOf is the saturation that goes with a result of dissolved oxygen.
func (b *Book) saturationOf(s Sample, oxygen standard.Exact, on standard.Date, basis *Basis) standard.Exact {
	if item, _ := b.Item(s.Item); item != Oxygen {
		return standard.Exact{}
	}
	if x := percent(s.Saturation); x.IsSet() {
		return x
	}
	temperature, issue := standard.Read(s.Temperature)
	if issue != "" {
		return standard.Exact{}
	}
	// It matters, and weakens the result, only where the concentration alone
	// does not make class I.
	if e, issue := b.of[Oxygen].at(River, on); issue != "" || !e[0].min.IsSet() || oxygen.Cmp(e[0].min) >= 0 {
		return standard.Exact{}
	}
	x, by, issue := b.Saturation(oxygen, temperature, on)
	if issue != "" {
		return standard.Exact{}
	}
	basis.takes(by)
	basis.Because = append(basis.Because, by.Because...)
	return x
}

// classify determines the class of c.Value, and by what it exceeds class III.
func (b *Book) classify(c *ItemClass, info *itemRows, body Body, on standard.Date) {
	e, issue := info.at(body, on)
	if issue != "" {
		c.Issue = issue
		return
	}
	if e[0].class == 0 {
		c.rests(e[0].line)
		c.Issue = NoClasses
		return
	}
	c.Class = WorseThanV
	for i, r := range e {
		if r.class != I+Class(i) || len(e) != int(V) || !r.min.IsSet() && !r.max.IsSet() {
			c.rests(r.line)
			c.Class, c.Issue = 0, FigureMissing
			return
		}
		if r.takes(c.Value) {
			c.met(e, i, "")
			break
		}
		if r.saturated(c.Saturation) {
			c.met(e, i, "饱和率 "+short(c.Saturation)+"% ≥ "+r.saturation.String()+"%，")
			break
		}
	}
	if c.Class == WorseThanV {
		last := e[len(e)-1]
		c.rests(last.line)
		c.because(beside(c.Value, last.min, last.max), unitText(c.Unit), " 劣于Ⅴ类限值 ", last.text())
	}
	if c.Class > III {
		c.Multiple = b.multiple(info, c.Value, e[III-I], on, &c.Basis)
	}
}

// takes reports whether a value meets the limit.
func (r limitRow) takes(value standard.Exact) bool {
	return (!r.min.IsSet() || value.Cmp(r.min) >= 0) && (!r.max.IsSet() || value.Cmp(r.max) <= 0)
}

// saturated reports whether a saturation suffices in place of the limit.
func (r limitRow) saturated(percent standard.Exact) bool {
	return r.saturation.IsSet() && percent.IsSet() && percent.Cmp(r.saturation) >= 0
}

// met notes that the value is of the class of row i, and not of the one before.
func (c *ItemClass) met(e edition, i int, saturation string) {
	c.Class = e[i].class
	c.rests(e[i].line)
	limit := e[i].text()
	if saturation != "" {
		c.because(short(c.Value), unitText(c.Unit), "，", saturation, c.Class.Wording())
		return
	}
	before := e[max(i-1, 0)]
	text := beside(c.Value, e[i].min, e[i].max, before.min, before.max) + unitText(c.Unit) + " " + c.Class.Wording() + "（" + limit + "）"
	if i > 0 {
		c.rests(before.line)
		text += "，不符合" + before.class.Name() + "（" + before.text() + "）"
	}
	c.because(text)
}

// multiple returns by how many times the limit of r the value is above it; none
// where the rules reckon none.
func (b *Book) multiple(info *itemRows, value standard.Exact, r limitRow, on standard.Date, basis *Basis) standard.Exact {
	none, ok := b.rule(ruleNoMultiple, "", on)
	how, known := b.rule(ruleMultiple, "", on)
	if !ok || !known || none.lists(info.item) || !r.max.IsSet() || r.max.Sign() <= 0 || value.Cmp(r.max) <= 0 {
		return standard.Exact{}
	}
	basis.rests(r.line)
	basis.rests(how.line)
	x := value.Sub(r.max).Quo(r.max)
	name := "限值"
	if r.class.Known() {
		name = r.class.Name() + "限值"
	}
	basis.because("超标倍数（以", name, "计）(", short(value), "－", r.max.String(), ")÷", r.max.String(), equals(x))
	return x
}

// times writes a multiple as bulletins do, to one decimal, or to as many as keep
// it from reading as none.
func times(x standard.Exact) string {
	for digits := 1; digits < 12; digits++ {
		if text := x.Round(digits); text != standard.Int(0).Round(digits) {
			return text
		}
	}
	return "不到 0.00000000001"
}

// unitText is a unit as it follows a number.
func unitText(u standard.Unit) string {
	switch u {
	case "", standard.Dimensionless:
		return ""
	case standard.Percent, standard.Celsius:
		return string(u)
	}
	return " " + string(u)
}
