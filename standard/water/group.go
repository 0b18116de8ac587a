package water

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pingzhang/standard"
)

// Shares are how many sections are of which class.
type Shares struct {
	Counts  [WorseThanV + 1]int `json:"counts"`  // by class; those of unknown class at 0
	Judged  int                 `json:"judged"`  // with a class
	Ice     int                 `json:"ice"`     // under ice all the time
	Dry     int                 `json:"dry"`     // without flow all the time
	Unknown int                 `json:"unknown"` // everything else
}

// Of returns the percentage of class c among the sections that have a class;
// none where none has.
func (s Shares) Of(c Class) standard.Exact { return share(s.Counts[c], s.Judged) }

// Good returns the percentage of classes I to III (优良比例) among the sections
// that have a class; none where none has.
func (s Shares) Good() standard.Exact { return share(s.good(), s.Judged) }

// Worst returns the percentage worse than class V among the sections that have a
// class; none where none has.
func (s Shares) Worst() standard.Exact { return share(s.Counts[WorseThanV], s.Judged) }

// Sections returns how many sections there are, whatever their state.
func (s Shares) Sections() int { return s.Judged + s.Ice + s.Dry + s.Unknown }

func (s Shares) good() int { return s.Counts[I] + s.Counts[II] + s.Counts[III] }

func share(part, of int) standard.Exact {
	return standard.Int(int64(part)).Mul(hundred).Quo(standard.Int(int64(of)))
}

// SharesOf counts sections by class and state.
func SharesOf(sections []Section) Shares {
	var s Shares
	for _, each := range sections {
		switch {
		case each.Class.Known():
			s.Counts[each.Class]++
			s.Judged++
		case each.Condition == Ice:
			s.Ice++
		case each.Condition == NoFlow:
			s.Dry++
		default:
			s.Unknown++
			s.Counts[0]++
		}
	}
	return s
}

// A Group is the evaluation of a river, a basin or a region by its sections.
type Group struct {
	Name   string `json:"name"`
	Period Period `json:"period"`
	Shares Shares `json:"shares"`
	// Mean is the evaluation of the mean of all sections, where they are so few
	// that the shares do not count; nil otherwise.
	Mean   *Section       `json:"mean,omitempty"`
	Rating Rating         `json:"rating"`
	Issue  standard.Issue `json:"issue,omitempty"` // why there is no rating; empty otherwise
	// AtBest and AtWorst are the ratings if all sections of unknown class were
	// good, or worse than V. Where they differ there is no rating.
	AtBest  Rating       `json:"at_best"`
	AtWorst Rating       `json:"at_worst"`
	Main    []Exceedance `json:"main,omitempty"` // 主要污染指标
	Flags   []Flag       `json:"flags,omitempty"`
	Basis
}

// Text returns the evaluation as a sentence for a person.
func (g Group) Text() string {
	var b strings.Builder
	b.WriteString(g.Name + " " + g.Period.Name() + "：")
	switch {
	case g.Issue == SectionsUnknown:
		b.WriteString(g.AtWorst.Name + "至" + g.AtBest.Name + "，" + IssueText(g.Issue))
	case g.Issue != "":
		b.WriteString(IssueText(g.Issue))
	default:
		b.WriteString("水质状况为" + g.Rating.Name)
	}
	s := g.Shares
	fmt.Fprintf(&b, "；断面（点位）%d 个", s.Sections())
	for _, part := range []struct {
		n    int
		name string
	}{{s.Ice, "冰封"}, {s.Dry, "断流"}, {s.Unknown, "类别未知"}} {
		if part.n > 0 {
			fmt.Fprintf(&b, "，%s %d 个", part.name, part.n)
		}
	}
	if s.Judged > 0 {
		fmt.Fprintf(&b, "，Ⅰ～Ⅲ类占 %s%%，劣Ⅴ类占 %s%%", s.Good().Round(1), s.Worst().Round(1))
	}
	for i, e := range g.Main {
		b.WriteString([]string{"；主要污染指标为 ", "、"}[min(i, 1)] + e.Text())
	}
	if label := g.Label(); label != "" {
		b.WriteString("（" + label + "）")
	}
	return b.String()
}

// River evaluates a river, or a basin, by its sections (环办〔2011〕22号): with
// fewer than five, the mean of all sections and then the single factor; with
// five or more, the shares of the classes. Sections under ice or without flow
// count for their number, and enter neither mean nor share.
func (b *Book) River(name string, sections []Section) Group {
	g, ok := b.group(name, sections)
	if !ok {
		return g
	}
	few, known := b.rule(ruleRiverMeanBelow, "", g.Period.To)
	if !known {
		g.Issue = NoRule
		return g
	}
	g.rests(few.line)
	if len(sections) < few.whole() {
		g.because("断面 ", fmt.Sprint(len(sections)), " 个，少于 ", few.text, " 个，先求各断面平均再单因子评价")
		b.byMean(&g, sections)
		return g
	}
	b.byShare(&g, sections)
	return g
}

// Region evaluates the sections and points of a region, such as a city, by the
// shares of their classes; a mean over different waters would say nothing.
func (b *Book) Region(name string, sections []Section) Group {
	g, ok := b.group(name, sections)
	if !ok {
		return g
	}
	r, known := b.rule(ruleRegion, "", g.Period.To)
	if !known {
		g.Issue = NoRule
		return g
	}
	g.rests(r.line)
	b.byShare(&g, sections)
	return g
}

// group begins a group, and reports whether there is something to evaluate.
func (b *Book) group(name string, sections []Section) (Group, bool) {
	g := Group{Name: name, Shares: SharesOf(sections)}
	g.Confidence = standard.Missing
	if len(sections) == 0 {
		g.Issue = NoSections
		return g, false
	}
	g.Period = sections[0].Period
	for _, s := range sections {
		if s.Period != g.Period {
			g.Issue = PeriodsDiffer
			return g, false
		}
		if s.Has(TooFewResults) {
			g.Flags = append(g.Flags, Flag{Issue: TooFewResults, Item: s.Name})
		}
		if s.Has(ItemsUnjudged) {
			g.Flags = append(g.Flags, Flag{Issue: ItemsUnjudged, Item: s.Name})
		}
	}
	if g.Shares.Judged == 0 {
		g.Issue = NoSections
		switch {
		case g.Shares.Unknown > 0:
			g.Issue = SectionsUnknown
		case g.Shares.Ice == len(sections):
			g.Issue = IceBound
		case g.Shares.Dry == len(sections):
			g.Issue = NoFlowing
		}
		return g, false
	}
	g.Confidence = ""
	for _, s := range sections {
		g.takes(s.Basis)
	}
	return g, true
}

// byMean evaluates the mean of all sections.
func (b *Book) byMean(g *Group, sections []Section) {
	s := b.meanOf(g.Name, sections)
	g.Mean, g.Issue, g.Rating, g.Main = &s, s.Issue, s.Rating, s.Main
	g.takes(s.Basis)
	g.Because = append(g.Because, s.Because...)
	g.AtBest, g.AtWorst = g.Rating, g.Rating
	if g.Shares.Unknown > 0 && g.Issue == "" {
		// The mean of some sections is not the mean of all.
		g.Issue, g.Rating = SectionsUnknown, Rating{}
		g.AtBest, g.AtWorst = b.rating(I, g.Period.To, &g.Basis), b.rating(WorseThanV, g.Period.To, &g.Basis)
	}
}

// meanOf evaluates the mean of the means of sections with a class. Each item is
// averaged over the sections that have a value of it.
func (b *Book) meanOf(name string, sections []Section) (s Section) {
	first := sections[0]
	s = Section{Name: name, Body: first.Body, Period: first.Period}
	defer s.close()
	means := map[Item]*ItemClass{}
	values := map[Item][]standard.Exact{}
	var order []Item
	for _, section := range sections {
		if section.Body != s.Body {
			s.Issue = BodiesDiffer
			return s
		}
		if !section.Class.Known() {
			continue
		}
		s.Results = max(s.Results, section.Results)
		for _, c := range section.Items {
			if !c.Value.IsSet() {
				continue
			}
			if means[c.Item] == nil {
				means[c.Item] = &ItemClass{Item: c.Item, Name: c.Name, Unit: c.Unit, Rated: c.Rated}
				order = append(order, c.Item)
			}
			m := means[c.Item]
			m.takes(c.of)
			m.Inputs = append(m.Inputs, c.Inputs...)
			values[c.Item] = append(values[c.Item], c.Value)
		}
	}
	all := make([]ItemClass, len(order))
	for i, item := range order {
		m := means[item]
		m.Value = plain(values[item])
		if len(values[item]) > 1 {
			m.because("各断面（点位）均值 ", sum(values[item]), equals(m.Value), unitText(m.Unit))
		}
		m.settled()
		all[i] = *m
	}
	b.settle(&s, all)
	return s
}

// Lake evaluates a lake or reservoir, or a zone of a large one, by its points:
// the mean of the points, each the mean of its results over time, and then the
// single factor (环办〔2011〕22号). A reservoir that is like a river is evaluated
// by River.
func (b *Book) Lake(name string, points []Section) Group {
	g, ok := b.group(name, points)
	if !ok {
		return g
	}
	if r, known := b.rule(ruleLake, "", g.Period.To); known {
		g.rests(r.line)
		b.byMean(&g, points)
		return g
	}
	g.Issue = NoRule
	return g
}

// byShare rates a group by the shares of its classes.
func (b *Book) byShare(g *Group, sections []Section) {
	on, s := g.Period.To, g.Shares
	g.because("Ⅰ～Ⅲ类 ", fmt.Sprint(s.good()), "÷", fmt.Sprint(s.Judged), equals(s.Good()), "%，劣Ⅴ类 ",
		fmt.Sprint(s.Counts[WorseThanV]), "÷", fmt.Sprint(s.Judged), equals(s.Worst()), "%")
	all := s.Judged + s.Unknown
	g.AtBest = b.byRatio(share(s.good()+s.Unknown, all), share(s.Counts[WorseThanV], all), on, &g.Basis)
	g.AtWorst = b.byRatio(share(s.good(), all), share(s.Counts[WorseThanV]+s.Unknown, all), on, &g.Basis)
	switch {
	case g.AtBest.Name == "":
		g.Issue = NoRule
	case g.AtBest != g.AtWorst:
		g.Issue = SectionsUnknown
	default:
		g.Rating = g.AtBest
	}
	if s.Unknown > 0 {
		g.because("类别未知 ", fmt.Sprint(s.Unknown), " 个，按最好为", g.AtBest.Name, "，按最差为", g.AtWorst.Name)
	}
	if len(s.exceeding()) > 0 {
		b.mainByShare(g, sections)
	}
}

// exceeding lists the classes beyond III that occur.
func (s Shares) exceeding() []Class {
	return slices.DeleteFunc([]Class{IV, V, WorseThanV}, func(c Class) bool { return s.Counts[c] == 0 })
}

// byRatio returns the rating for the shares of classes I to III and of those
// worse than V.
func (b *Book) byRatio(good, worst standard.Exact, on standard.Date, basis *Basis) Rating {
	for _, r := range b.all(ruleGoodShare, on) {
		if r.value.IsSet() && good.Cmp(r.value) >= 0 {
			basis.rests(r.line)
			return b.rated(r.name, on)
		}
	}
	for _, r := range b.all(ruleBadShare, on) {
		if r.value.IsSet() && worst.Cmp(r.value) >= 0 && (!r.upper.IsSet() || worst.Cmp(r.upper) < 0) {
			basis.rests(r.line)
			return b.rated(r.name, on)
		}
	}
	return Rating{}
}

// rated returns the rating with a name.
func (b *Book) rated(name string, on standard.Date) Rating {
	for _, r := range b.all(ruleSectionRating, on) {
		if r.name == name {
			return Rating{name, r.Cell("colour")}
		}
	}
	return Rating{Name: name}
}

// mainByShare adds the items beyond class III, those that most sections exceed
// first; three by 环办〔2011〕22号. There are none where the rating is 优 or 良好.
func (b *Book) mainByShare(g *Group, sections []Section) {
	on := g.Period.To
	most, ok := b.rule(ruleRiverMainMost, "", on)
	if !ok || g.Rating.Name == "" || b.grade(g.Rating, on) <= b.grade(b.rating(III, on, &Basis{}), on) {
		return
	}
	g.rests(most.line)
	counts := map[Item]int{}
	for _, s := range sections {
		for _, e := range s.Exceeding {
			if counts[e.Item]++; counts[e.Item] == 1 {
				g.Main = append(g.Main, Exceedance{Item: e.Item, Name: e.Name})
			}
		}
	}
	for i, e := range g.Main {
		g.Main[i].Share = share(counts[e.Item], g.Shares.Judged)
	}
	slices.SortStableFunc(g.Main, func(x, y Exceedance) int {
		return cmp.Or(y.Share.Cmp(x.Share), cmp.Compare(b.order(x.Item), b.order(y.Item)))
	})
	for _, e := range g.Main {
		g.because(e.Name, " 超Ⅲ类断面 ", fmt.Sprint(counts[e.Item]), "÷", fmt.Sprint(g.Shares.Judged), equals(e.Share), "%")
	}
	if n := most.whole(); len(g.Main) > n {
		g.Main = g.Main[:n]
	}
}

// grade is the place of a rating among the ratings of the table, from 1; 0 for
// none.
func (b *Book) grade(r Rating, on standard.Date) int {
	return 1 + slices.IndexFunc(b.all(ruleSectionRating, on), func(row rule) bool { return row.name == r.Name })
}
