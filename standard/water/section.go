package water

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pingzhang/standard"
)

// A Visit is one day at a section of a river or a point of a lake.
type Visit struct {
	On        standard.Date `json:"on"`
	Condition Condition     `json:"condition,omitempty"`
	Samples   []Sample      `json:"samples,omitempty"`
}

// Monitoring is what was found at a section, or point, in a period.
type Monitoring struct {
	Section string  `json:"section"`
	Body    Body    `json:"body"`
	Period  Period  `json:"period"`
	Visits  []Visit `json:"visits"`
}

// A Rating is the word for the state of a section or river, from 优 to 重度污染.
// The zero Rating is none.
type Rating struct {
	Name   string `json:"name,omitempty"`   // 优, 良好, 轻度污染, 中度污染, 重度污染
	Colour string `json:"colour,omitempty"` // in Chinese, as on the map
}

// An Exceedance is an item beyond class III.
type Exceedance struct {
	Item     Item           `json:"item"`
	Name     string         `json:"name"`
	Class    Class          `json:"class,omitempty"` // of the mean; none where the item is that of many sections
	Multiple standard.Exact `json:"multiple"`        // none for pH and dissolved oxygen
	Share    standard.Exact `json:"share"`           // percent of the sections that exceed, of a river
}

// Text writes the item as bulletins do: 高锰酸盐指数(1.2).
func (e Exceedance) Text() string {
	if e.Multiple.IsSet() {
		return e.Name + "(" + times(e.Multiple) + ")"
	}
	return e.Name
}

// A Section is the evaluation of a section, or point, in a period by 环办〔2011〕
// 22号.
type Section struct {
	Name   string `json:"name"`
	Body   Body   `json:"body"`
	Period Period `json:"period"`
	// Class is the worst of the rated items that have one. What was not
	// measured is not in it: the class may be worse, never better.
	Class  Class          `json:"class"`
	Issue  standard.Issue `json:"issue,omitempty"` // why there is no class; empty otherwise
	Rating Rating         `json:"rating"`
	// Condition is Ice or NoFlow where the whole period was: then there is no
	// class, and the section is neither good nor bad.
	Condition Condition    `json:"condition,omitempty"`
	Items     []ItemClass  `json:"items"` // means of all items with a value or an issue, in the order of the tables
	Deciding  []Item       `json:"deciding,omitempty"`
	Main      []Exceedance `json:"main,omitempty"`      // 主要污染指标, in their order; none where the class is I to III
	Exceeding []Exceedance `json:"exceeding,omitempty"` // all rated items beyond class III, in the order of the tables
	Missing   []Item       `json:"missing,omitempty"`   // rated items without any sample
	Unjudged  []Item       `json:"unjudged,omitempty"`  // rated items with samples, none of which is usable
	Results   int          `json:"results"`             // days with a usable value; months in a year
	IceVisits int          `json:"ice_visits,omitempty"`
	DryVisits int          `json:"dry_visits,omitempty"`
	Flags     []Flag       `json:"flags,omitempty"`
	Basis
}

// Of returns the mean of an item and whether the section has it.
func (s Section) Of(i Item) (ItemClass, bool) {
	for _, c := range s.Items {
		if c.Item == i {
			return c, true
		}
	}
	return ItemClass{}, false
}

// Has reports whether the section carries a flag.
func (s Section) Has(issue standard.Issue) bool {
	return slices.ContainsFunc(s.Flags, func(f Flag) bool { return f.Issue == issue })
}

// Text returns the evaluation as a sentence for a person.
func (s Section) Text() string {
	var b strings.Builder
	b.WriteString(s.Name + " " + s.Period.Name() + "：")
	if s.Issue != "" {
		b.WriteString(IssueText(s.Issue))
		return b.String()
	}
	b.WriteString("水质" + s.Class.Wording())
	if s.Rating.Name != "" {
		b.WriteString("，" + s.Rating.Name)
	}
	for i, e := range s.Main {
		b.WriteString([]string{"，主要污染指标为 ", "、"}[min(i, 1)] + e.Text())
	}
	if len(s.Unjudged) > 0 {
		fmt.Fprintf(&b, "，%d 项不能判定", len(s.Unjudged))
	}
	if len(s.Missing) > 0 {
		fmt.Fprintf(&b, "，%d 项未监测", len(s.Missing))
	}
	if s.Has(TooFewResults) {
		b.WriteString("，" + IssueText(TooFewResults))
	}
	if label := s.Label(); label != "" {
		b.WriteString("（" + label + "）")
	}
	return b.String()
}

// Section evaluates what was found at a section in a period: the mean of each
// item over its usable results, the class of each mean, and the worst of those
// of the 21 rated items. Results below the detection limit enter as the table
// says. In a year the results of each month are averaged first. The rules and
// limits are those in force on the last day of the period.
//
// There is no class, and an issue, where no rated item has a usable value: it is
// IceBound or NoFlowing where all visits found that.
func (b *Book) Section(m Monitoring) (s Section) {
	s = Section{Name: m.Section, Body: m.Body, Period: m.Period}
	defer s.close()
	switch {
	case m.Body != River && m.Body != Lake:
		s.Issue = BodyOdd
		return s
	case !isDay(m.Period.From) || !isDay(m.Period.To) || m.Period.To < m.Period.From:
		s.Issue = DateOdd
		return s
	}
	g := gathering{book: b, section: &s, items: map[Item]*series{}, days: map[string]bool{}}
	for _, v := range m.Visits {
		g.visit(v)
	}
	s.Results = len(g.days)
	b.settle(&s, g.means())
	b.countResults(&s)
	return s
}

// settle determines the class of the section from the means of its items.
func (b *Book) settle(s *Section, means []ItemClass) {
	on := s.Period.To
	if _, ok := b.rule(ruleSectionClass, "", on); !ok {
		s.Issue = NoRule
		return
	}
	b.judgeMeans(s, means)
	for _, info := range b.items {
		if !info.rated {
			continue
		}
		c, ok := s.Of(info.item)
		switch {
		case !ok || absent(c.Issue):
			s.Missing = append(s.Missing, info.item)
		case c.Issue != "":
			s.Unjudged = append(s.Unjudged, info.item)
		case c.Class > s.Class:
			s.Class = c.Class
			fallthrough
		default:
			s.takes(c.Basis)
		}
	}
	if s.Class == 0 {
		s.Issue = s.nothing()
		return
	}
	if len(s.Unjudged) > 0 {
		s.Flags = append(s.Flags, Flag{Issue: ItemsUnjudged})
	}
	b.conclude(s)
}

// judgeMeans classifies the means and adds them to the section.
func (b *Book) judgeMeans(s *Section, means []ItemClass) {
	on := s.Period.To
	for _, c := range means {
		if info := b.of[c.Item]; info != nil && c.Issue == "" {
			b.classify(&c, info, s.Body, on)
			if e, issue := info.at(s.Body, s.Period.From); issue == "" {
				if now, _ := info.at(s.Body, on); now[0].Citation.From != e[0].Citation.From {
					s.Flags = append(s.Flags, Flag{Issue: EditionChanged, Item: c.Name})
				}
			}
		}
		c.close()
		s.Items = append(s.Items, c)
	}
	slices.SortStableFunc(s.Items, func(x, y ItemClass) int { return cmp.Compare(b.order(x.Item), b.order(y.Item)) })
}

// order is the place of an item in the tables; what they do not name comes last.
func (b *Book) order(i Item) int {
	if at := slices.IndexFunc(b.items, func(info *itemRows) bool { return info.item == i }); at >= 0 {
		return at
	}
	return len(b.items)
}

// absent reports whether an issue says that nothing was measured.
func absent(i standard.Issue) bool { return i == standard.NoValue || i == standard.NotMeasured }

// nothing says why the section has no class, and in which state it is.
func (s *Section) nothing() standard.Issue {
	switch {
	case slices.ContainsFunc(s.Items, func(c ItemClass) bool { return !absent(c.Issue) }):
		return NoRatedItem
	case s.IceVisits > 0 && s.DryVisits > 0:
		return MixedStates
	case s.IceVisits > 0:
		s.Condition = Ice
		return IceBound
	case s.DryVisits > 0:
		s.Condition = NoFlow
		return NoFlowing
	}
	return NoRatedItem
}

// conclude adds what follows from the class.
func (b *Book) conclude(s *Section) {
	on := s.Period.To
	for _, name := range []string{ruleItems, ruleSectionClass} {
		if r, ok := b.rule(name, "", on); ok {
			s.rests(r.line)
		}
	}
	var deciding []string
	for _, c := range s.Items {
		if c.Rated && c.Class == s.Class {
			s.Deciding = append(s.Deciding, c.Item)
			deciding = append(deciding, c.Name)
		}
		if c.Rated && c.Class > III {
			s.Exceeding = append(s.Exceeding, Exceedance{Item: c.Item, Name: c.Name, Class: c.Class, Multiple: c.Multiple})
		}
	}
	s.because("单因子评价，", s.Class.Wording(), "，定类项目：", strings.Join(deciding, "、"))
	s.Rating = b.rating(s.Class, on, &s.Basis)
	if !s.Class.Good() {
		s.Main = b.mainOf(s.Exceeding, on, &s.Basis)
	}
}

// rating returns the word for a class.
func (b *Book) rating(c Class, on standard.Date, basis *Basis) Rating {
	for _, r := range b.all(ruleSectionRating, on) {
		for _, text := range strings.Split(r.text, ",") {
			if class, _ := ParseClass(text); class == c {
				basis.rests(r.line)
				return Rating{r.name, r.Cell("colour")}
			}
		}
	}
	return Rating{}
}

// mainOf returns the main pollutants of one section, or of the mean of few: the
// items that go first when they exceed, then those of the worst class, then
// those with the largest multiple; three by 环办〔2011〕22号. Items without a
// multiple come after those of their class that have one.
func (b *Book) mainOf(exceeding []Exceedance, on standard.Date, basis *Basis) []Exceedance {
	most, ok := b.rule(ruleMainMost, "", on)
	first, _ := b.rule(ruleMainFirst, "", on)
	if !ok || len(exceeding) == 0 {
		return nil
	}
	basis.rests(most.line)
	all := slices.Clone(exceeding)
	slices.SortStableFunc(all, func(x, y Exceedance) int {
		if fx, fy := first.lists(x.Item), first.lists(y.Item); fx != fy {
			basis.rests(first.line)
			if fx {
				return -1
			}
			return 1
		}
		if x.Class != y.Class {
			return cmp.Compare(y.Class, x.Class)
		}
		return byMultiple(x, y)
	})
	if n := most.whole(); len(all) > n {
		basis.because("超过Ⅲ类的共 ", fmt.Sprint(len(all)), " 项，取前 ", most.text, " 项为主要污染指标")
		all = all[:n]
	}
	return all
}

// byMultiple orders the larger multiple first, and what has none last.
func byMultiple(x, y Exceedance) int {
	switch {
	case x.Multiple.IsSet() && y.Multiple.IsSet():
		return y.Multiple.Cmp(x.Multiple)
	case x.Multiple.IsSet():
		return -1
	case y.Multiple.IsSet():
		return 1
	}
	return 0
}

// countResults flags a section with fewer results than its period asks for.
func (b *Book) countResults(s *Section) {
	if s.Class == 0 {
		return
	}
	kind := s.Period.Kind
	if kind == Span {
		kind = Month // weeks and spans of ten days need what a month needs
	}
	r, ok := b.rule(ruleLeast, string(kind), s.Period.To)
	if !ok || !r.value.IsSet() {
		return
	}
	s.rests(r.line)
	if s.Results < r.whole() {
		s.Flags = append(s.Flags, Flag{Issue: TooFewResults, Value: fmt.Sprint(s.Results)})
		s.because(s.Period.Name(), "有 ", fmt.Sprint(s.Results), " 次结果，应不少于 ", r.text, " 次")
	}
}
