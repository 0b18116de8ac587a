package water

import (
	"fmt"
	"slices"
	"strings"

	"pingzhang/standard"
)

// A SourceMonitoring is what was found at a source of drinking water.
type SourceMonitoring struct {
	Monitoring
	// Class is the class that the items of table 1 must meet; none for that of
	// the table of evaluation, III.
	Class Class `json:"class,omitempty"`
	// Chosen are the items of table 3 that the authority has chosen for this
	// source (GB 3838-2002). Empty: those that were reported.
	Chosen []string `json:"chosen,omitempty"`
}

// A Source is the evaluation of a source of drinking water by tables 1, 2 and 3
// of GB 3838.
type Source struct {
	Name    string           `json:"name"`
	Period  Period           `json:"period"`
	Class   Class            `json:"class"` // that the items of table 1 must meet
	Verdict standard.Verdict `json:"verdict"`
	Issue   standard.Issue   `json:"issue,omitempty"` // why Unknown; empty otherwise
	// Items are those that count, in the order of the tables: the 21 rated items
	// of table 1, all of table 2, those chosen of table 3.
	Items []Judgement `json:"items"`
	// Reference are the items of table 1 that do not count: total nitrogen of
	// lakes, faecal coliforms.
	Reference []Judgement `json:"reference,omitempty"`
	Exceeding []Item      `json:"exceeding,omitempty"`
	Missing   []Item      `json:"missing,omitempty"`  // that count and were not measured
	Unjudged  []Item      `json:"unjudged,omitempty"` // that count and have no usable value
	Flags     []Flag      `json:"flags,omitempty"`
	Basis
}

// Text returns the evaluation as a sentence for a person.
func (s Source) Text() string {
	text := s.Name + " " + s.Period.Name() + "：" + s.Verdict.Name()
	if s.Issue != "" {
		text += "，" + IssueText(s.Issue)
	}
	var items []string
	for _, j := range s.Items {
		if j.Verdict == standard.Exceeds {
			items = append(items, Exceedance{Name: j.Name, Multiple: j.Multiple}.Text())
		}
	}
	if len(items) > 0 {
		text += "，超标项目 " + strings.Join(items, "、")
	}
	if n := len(s.Missing); n > 0 {
		text += fmt.Sprintf("，%d 项未监测", n)
	}
	if n := len(s.Unjudged); n > 0 {
		text += fmt.Sprintf("，%d 项不能判定", n)
	}
	if label := s.Label(); label != "" {
		text += "（" + label + "）"
	}
	return text
}

// Source evaluates a source of drinking water. It exceeds when one item that
// counts exceeds; it meets only when all that count were measured and meet;
// otherwise it is Unknown.
func (b *Book) Source(m SourceMonitoring) (s Source) {
	s = Source{Name: m.Section, Period: m.Period, Class: m.Class, Verdict: standard.Unknown}
	defer s.close()
	on := m.Period.To
	section := b.Section(m.Monitoring)
	s.Flags = section.Flags
	if s.Class == 0 {
		if r, ok := b.rule(ruleSourceClass, "", on); ok {
			s.Class, _ = ParseClass(r.text)
			s.rests(r.line)
		}
	}
	switch {
	case s.Class < I || s.Class > V:
		s.Issue = ClassOdd
		return s
	case section.Condition != "" || section.Issue == BodyOdd || section.Issue == DateOdd || section.Issue == MixedStates:
		s.Issue = section.Issue
		return s
	}
	if r, ok := b.rule(ruleSourceItems, "", on); ok {
		s.rests(r.line)
	}
	chosen := b.chosen(m.Chosen, &s)
	for _, info := range b.items {
		c, reported := section.Of(info.item)
		reported = reported && !absent(c.Issue)
		counts := info.rated || info.table == "表2" || info.table == "表3" && (reported && len(m.Chosen) == 0 || slices.Contains(chosen, info.item))
		if !reported {
			if counts {
				s.Missing = append(s.Missing, info.item)
			}
			continue
		}
		s.add(b.judgeMean(c, info, m.Body, s.Class, on), counts)
	}
	s.conclude()
	return s
}

// chosen resolves the names of the items chosen of table 3, and flags those that
// nobody knows.
func (b *Book) chosen(names []string, s *Source) []Item {
	var all []Item
	for _, name := range names {
		item, ok := b.Item(name)
		if !ok {
			s.Flags = append(s.Flags, Flag{Issue: NoItem, Item: name})
			s.Missing = append(s.Missing, Item(name))
			continue
		}
		all = append(all, item)
	}
	return all
}

// judgeMean compares the mean of an item with the limit of a class. What the
// section made of it, its class, is left out.
func (b *Book) judgeMean(c ItemClass, info *itemRows, body Body, target Class, on standard.Date) Judgement {
	if c.Value.IsSet() {
		c.Issue = "" // that it has no class does not matter here
	}
	c.Basis = c.of
	return b.judge(c, info, body, target, on)
}

// add adds the judgement of an item that counts, or of one for reference.
func (s *Source) add(j Judgement, counts bool) {
	if !counts {
		if j.Issue != NoClasses && j.Issue != LakesOnly {
			s.Reference = append(s.Reference, j)
		}
		return
	}
	s.Items = append(s.Items, j)
	s.takes(j.Basis)
	switch j.Verdict {
	case standard.Exceeds:
		s.Exceeding = append(s.Exceeding, j.Item)
		s.because(j.Name, " ", j.Arithmetic())
	case standard.Unknown:
		s.Unjudged = append(s.Unjudged, j.Item)
	}
}

// conclude makes the verdict of those of the items.
func (s *Source) conclude() {
	s.because("参评 ", fmt.Sprint(len(s.Items)), " 项，超标 ", fmt.Sprint(len(s.Exceeding)), " 项，不能判定 ", fmt.Sprint(len(s.Unjudged)),
		" 项，未监测 ", fmt.Sprint(len(s.Missing)), " 项")
	switch {
	case len(s.Exceeding) > 0:
		s.Verdict = standard.Exceeds
	case len(s.Unjudged) > 0:
		s.Issue = ItemsUnjudged
	case len(s.Missing) > 0:
		s.Issue = ItemsMissing
	default:
		s.Verdict = standard.Meets
	}
}
