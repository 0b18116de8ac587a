package water

import (
	"fmt"
	"slices"
	"strings"

	"pingzhang/standard"
)

// An Attainment says whether a section meets its target class.
type Attainment struct {
	Section   string           `json:"section"`
	Period    Period           `json:"period"`
	Target    Class            `json:"target"`
	Class     Class            `json:"class"` // of the section; none where it is not known
	Verdict   standard.Verdict `json:"verdict"`
	Issue     standard.Issue   `json:"issue,omitempty"` // why Unknown; empty otherwise
	Condition Condition        `json:"condition,omitempty"`
	Exceeding []Judgement      `json:"exceeding,omitempty"` // rated items beyond the target, with multiples of its limit
	Missing   []Item           `json:"missing,omitempty"`   // rated items without any sample
	Unjudged  []Item           `json:"unjudged,omitempty"`  // rated items without a usable value
	Flags     []Flag           `json:"flags,omitempty"`
	Basis
}

// Text returns the attainment as a sentence for a person.
func (a Attainment) Text() string {
	text := a.Section + " " + a.Period.Name() + "：目标" + a.Target.Name() + "，"
	if a.Issue != "" {
		return text + a.Verdict.Name() + "，" + IssueText(a.Issue)
	}
	text += "水质" + a.Class.Wording() + "，" + a.Verdict.Name()
	var items []string
	for _, j := range a.Exceeding {
		items = append(items, Exceedance{Name: j.Name, Multiple: j.Multiple}.Text())
	}
	if len(items) > 0 {
		text += "，超标项目 " + strings.Join(items, "、")
	}
	if len(a.Missing) > 0 {
		text += fmt.Sprintf("，%d 项未监测", len(a.Missing))
	}
	if slices.ContainsFunc(a.Flags, func(f Flag) bool { return f.Issue == TooFewResults }) {
		text += "，" + IssueText(TooFewResults)
	}
	if label := a.Label(); label != "" {
		text += "（" + label + "）"
	}
	return text
}

// Attain compares the evaluation of a section with its target class, one of I to
// V. A section under ice or without flow neither attains nor fails. Where no
// item exceeds but one was reported and could not be judged, the verdict is
// Unknown; items that were not measured at all are listed.
func (b *Book) Attain(s Section, target Class) (a Attainment) {
	a = Attainment{
		Section: s.Name, Period: s.Period, Target: target, Class: s.Class, Verdict: standard.Unknown, Condition: s.Condition,
		Missing: s.Missing, Unjudged: s.Unjudged, Basis: s.Basis,
	}
	a.Because = slices.Clone(s.Because)
	defer a.close()
	switch {
	case target < I || target > V:
		a.Issue = ClassOdd
		return a
	case !s.Class.Known():
		a.Issue = orElse(s.Issue, NoRatedItem)
		return a
	}
	for _, f := range s.Flags {
		if f.Issue == TooFewResults || f.Issue == ItemsUnjudged {
			a.Flags = append(a.Flags, f)
		}
	}
	for _, c := range s.Items {
		if !c.Rated || !c.Class.Known() {
			continue
		}
		c.Basis = c.of
		j := b.judge(c, b.of[c.Item], s.Body, target, s.Period.To)
		a.takes(j.Basis)
		if j.Verdict == standard.Exceeds {
			a.Exceeding = append(a.Exceeding, j)
			a.because(j.Name, " ", j.Arithmetic())
		}
	}
	switch {
	case len(a.Exceeding) > 0:
		a.Verdict = standard.Exceeds
	case len(a.Unjudged) > 0:
		a.Issue = ItemsUnjudged
	default:
		a.Verdict = standard.Meets
	}
	return a
}

// Attained is how many sections attained their target, and how many did not or
// cannot be said to.
type Attained struct {
	Met      int `json:"met"`
	Exceeded int `json:"exceeded"`
	Ice      int `json:"ice"`
	Dry      int `json:"dry"`
	Unknown  int `json:"unknown"`
}

// CountAttained counts attainments by verdict and state.
func CountAttained(all []Attainment) Attained {
	var n Attained
	for _, a := range all {
		switch {
		case a.Verdict == standard.Meets:
			n.Met++
		case a.Verdict == standard.Exceeds:
			n.Exceeded++
		case a.Condition == Ice:
			n.Ice++
		case a.Condition == NoFlow:
			n.Dry++
		default:
			n.Unknown++
		}
	}
	return n
}

// Share returns the percentage that met among those with a verdict; none where
// none has one. Unknown is shown beside it.
func (n Attained) Share() standard.Exact { return share(n.Met, n.Met+n.Exceeded) }
