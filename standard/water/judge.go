package water

import "pingzhang/standard"

// A Judgement says whether an item meets the limit of a class, or its one limit
// where it has no classes.
type Judgement struct {
	Item    Item             `json:"item"`
	Name    string           `json:"name"`
	Target  Class            `json:"target,omitempty"` // none for items of tables 2 and 3
	Verdict standard.Verdict `json:"verdict"`
	Issue   standard.Issue   `json:"issue,omitempty"` // why Unknown; empty otherwise
	Value   standard.Exact   `json:"value"`           // in the unit of Limit
	Limit   standard.Limit   `json:"limit"`
	// Multiple is by how many times the limit the value is above it (超标倍数);
	// none where it is not, and none for temperature, pH and dissolved oxygen.
	Multiple standard.Exact `json:"multiple"`
	Inputs   []Input        `json:"inputs,omitempty"`
	Basis
}

// Text returns the judgement as a sentence for a person.
func (j Judgement) Text() string {
	text := j.Name + "：" + j.Verdict.Name()
	if j.Issue != "" {
		return text + "，" + IssueText(j.Issue)
	}
	if j.Multiple.IsSet() {
		text += " " + times(j.Multiple) + " 倍"
	}
	return text + "；" + j.Arithmetic() + j.cited()
}

// Judge compares a result with the limit of a class in force on a day. Items of
// tables 2 and 3 have one limit, whatever the class. A value equal to its limit
// meets it. For dissolved oxygen and class I see Classify.
func (b *Book) Judge(s Sample, body Body, target Class, on standard.Date) Judgement {
	c, info := b.read(s, body, on)
	if c.Issue == "" {
		c.Saturation = b.saturationOf(s, c.Value, on, &c.Basis)
	}
	return b.judge(c, info, body, target, on)
}

// judge compares the value of c with the limit of a class. Of the basis of c it
// keeps what the value rests on.
func (b *Book) judge(c ItemClass, info *itemRows, body Body, target Class, on standard.Date) Judgement {
	j := Judgement{
		Item: c.Item, Name: c.Name, Verdict: standard.Unknown, Value: c.Value, Inputs: c.Inputs, Basis: c.Basis, Issue: c.Issue,
	}
	r, issue := b.limitFor(info, body, target, on)
	if j.Issue = orElse(j.Issue, issue); j.Issue != "" {
		j.close()
		return j
	}
	j.Target, j.Limit = r.class, r.limit(info)
	j.rests(r.line)
	switch {
	case r.takes(c.Value):
		j.Verdict = standard.Meets
		j.because(beside(c.Value, r.min, r.max), unitText(info.unit), " 符合限值 ", r.text())
	case r.saturated(c.Saturation):
		j.Verdict = standard.Meets
		j.because("饱和率 ", short(c.Saturation), "% ≥ ", r.saturation.String(), "%")
	default:
		j.Verdict = standard.Exceeds
		j.because(beside(c.Value, r.min, r.max), unitText(info.unit), " 不符合限值 ", r.text())
		j.Multiple = b.multiple(info, c.Value, r, on, &j.Basis)
	}
	return j
}

// limitFor returns the limit of an item for a class, or why there is none.
func (b *Book) limitFor(info *itemRows, body Body, target Class, on standard.Date) (limitRow, standard.Issue) {
	if info == nil {
		return limitRow{}, NoItem
	}
	e, issue := info.at(body, on)
	if issue != "" {
		return limitRow{}, issue
	}
	r, ok := e.of(target)
	switch {
	case !ok:
		return r, ClassOdd
	case info.item == Temperature:
		return r, NoClasses
	case !r.min.IsSet() && !r.max.IsSet():
		return r, FigureMissing
	}
	return r, ""
}

// JudgeTemperature judges a change of water temperature (℃) that people cause,
// as the largest weekly mean: positive a rise, negative a fall (GB 3838-2002
// table 1, item 1). It is a reference item and never determines a class.
func (b *Book) JudgeTemperature(change standard.Exact, on standard.Date) Judgement {
	j := Judgement{Item: Temperature, Name: b.Name(Temperature), Verdict: standard.Unknown, Value: change}
	if !change.IsSet() {
		j.Issue = standard.NoValue
		j.close()
		return j
	}
	name, word := "rise", "温升"
	if change.Sign() < 0 {
		name, word = "fall", "温降"
	}
	r, ok := b.rule(ruleTemperature, name, on)
	if !ok || !r.value.IsSet() {
		j.Issue = NoRule
		j.close()
		return j
	}
	j.rests(r.line)
	j.Limit = standard.Limit{Factor: "周平均最大" + word, Max: r.value, Unit: standard.Celsius, Confidence: r.Citation.Confidence, Citation: r.Citation}
	j.Verdict = standard.Meets
	sign := " ≤ "
	if change.Abs().Cmp(r.value) > 0 {
		j.Verdict, sign = standard.Exceeds, " ＞ "
	}
	j.because("周平均最大", word, " ", short(change.Abs()), sign, r.value.String(), "℃")
	return j
}
