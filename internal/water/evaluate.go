package water

import (
	"fmt"
	"slices"
	"strings"

	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

// NoGroundwater says why a source of groundwater has no verdict.
const NoGroundwater standard.Issue = "no_groundwater_figures"

func init() {
	doubtTexts[NoGroundwater] = "地下水水源按 GB/T 14848 评价，其限值未收录，不能判定"
	standard.DescribeIssues(map[standard.Issue]string{NoGroundwater: doubtTexts[NoGroundwater]})
}

// evaluate makes the result of a place in a period from its standing values of
// that period. It touches no database and does not ask for the time.
func evaluate(b *gb.Book, p Place, slot Slot, values []Value) Result {
	period := slot.Period()
	found, unmonitored := visits(values)
	r := Result{Place: p.ID, Slot: slot, Division: p.Division, Attained: NoTarget}
	m := gb.Monitoring{Section: p.Name, Body: p.Body(), Period: period, Visits: found}
	if p.Source() {
		r.source(b, p, m, unmonitored)
		return r
	}
	s := b.Section(m)
	d := detailOf(b, s)
	d.doubts(b, values)
	basis := s.Basis
	r.settle(s, unmonitored)
	if t := p.TargetOn(period.To); t.Class != 0 {
		a := b.Attain(s, t.Class)
		r.Target, r.Attained, d.Document = t.Class, attained(a.Verdict), t.Document
		basis = a.Basis
		d.against(a.Exceeding)
		d.Because = a.Because
		if r.Issue == "" {
			r.Issue = a.Issue
		}
	}
	if s.Body == gb.Lake && s.Class.Known() {
		t := b.Trophic(s)
		d.Trophic, d.TLI, d.TLIIssue = t.Class, t.Index, t.Issue
	}
	r.Confidence = basis.Confidence
	d.cite(basis.Citations)
	r.seal(d, basis.Rows)
	return r
}

// settle takes over class and state of a section.
func (r *Result) settle(s gb.Section, unmonitored bool) {
	r.Class, r.Issue = s.Class, s.Issue
	switch {
	case s.Class.Known():
		r.State = Judged
	case s.Condition == gb.Ice:
		r.State = IceBound
	case s.Condition == gb.NoFlow:
		r.State = NoFlowing
	case unmonitored:
		r.State = Unmonitored
	default:
		r.State = StateUnknown
	}
}

// attained is a verdict as it is stored.
func attained(v standard.Verdict) Attained {
	switch v {
	case standard.Meets:
		return Meets
	case standard.Exceeds:
		return Exceeds
	}
	return UnknownAttained
}

// detailOf takes over what a section is made of.
func detailOf(b *gb.Book, s gb.Section) Detail {
	d := Detail{
		Body: s.Body, Rating: s.Rating, Missing: names(b, s.Missing), Unjudged: names(b, s.Unjudged), Flags: s.Flags, Because: s.Because,
		Results: s.Results, Ice: s.IceVisits, Dry: s.DryVisits,
	}
	for _, e := range s.Main {
		d.Main = append(d.Main, e.Text())
	}
	for _, c := range s.Items {
		d.Items = append(d.Items, Item{
			Item: c.Item, Name: c.Name, Value: c.Value, Unit: c.Unit, Rated: c.Rated, Class: c.Class, Multiple: c.Multiple, Issue: c.Issue,
			Inputs: used(c.Inputs), Halved: c.Halved(), Because: c.Because, Confidence: c.Confidence,
		})
	}
	return d
}

// doubts gives items that could not be read the doubts of their values, which say
// more than that these are no numbers.
func (d *Detail) doubts(b *gb.Book, values []Value) {
	why := map[string]standard.Issue{}
	for _, v := range values {
		if v.Doubt != "" && v.Raw != "" {
			why[v.ItemName(b)] = v.Doubt
		}
	}
	for i := range d.Items {
		if doubt := why[d.Items[i].Name]; doubt != "" && d.Items[i].Issue == standard.NotNumber {
			d.Items[i].Issue = doubt
		}
	}
	for i, f := range d.Flags {
		if text, is := strings.CutPrefix(f.Value, doubted); is && why[f.Item] != "" {
			d.Flags[i].Issue, d.Flags[i].Value = why[f.Item], text
		}
	}
}

func used(all []gb.Input) (n int) {
	for _, in := range all {
		if in.Issue == "" {
			n++
		}
	}
	return n
}

func names(b *gb.Book, items []gb.Item) (all []string) {
	for _, i := range items {
		all = append(all, b.Name(i))
	}
	return all
}

// against notes which items are beyond the target, and by how much.
func (d *Detail) against(exceeding []gb.Judgement) {
	for i := range d.Items {
		if d.Items[i].Rated && d.Items[i].Class.Known() {
			d.Items[i].Verdict = standard.Meets
		}
	}
	for _, j := range exceeding {
		d.Beyond = append(d.Beyond, gb.Exceedance{Name: j.Name, Multiple: j.Multiple}.Text())
		if i := slices.IndexFunc(d.Items, func(x Item) bool { return x.Item == j.Item }); i >= 0 {
			d.Items[i].Verdict, d.Items[i].Beyond = standard.Exceeds, j.Multiple
		}
	}
}

func (d *Detail) cite(all []standard.Citation) {
	for _, c := range all {
		if text := c.String(); !slices.Contains(d.Citations, text) {
			d.Citations = append(d.Citations, text)
		}
	}
}

// source evaluates a source of drinking water.
func (r *Result) source(b *gb.Book, p Place, m gb.Monitoring, unmonitored bool) {
	r.Attained = UnknownAttained
	if p.Water == Groundwater {
		m.Body = gb.River // for the means alone: limits of rivers say nothing of groundwater
		s := b.Section(m)
		d := Detail{Flags: s.Flags, Results: s.Results}
		for _, c := range s.Items {
			d.Items = append(d.Items, Item{Item: c.Item, Name: c.Name, Value: c.Value, Unit: c.Unit, Issue: NoGroundwater, Inputs: used(c.Inputs), Halved: c.Halved()})
		}
		r.State, r.Issue, r.Confidence = StateUnknown, NoGroundwater, standard.Missing
		if unmonitored {
			r.State = Unmonitored
		}
		r.seal(d, nil)
		return
	}
	section := b.Section(m)
	r.settle(section, unmonitored)
	s := b.Source(gb.SourceMonitoring{Monitoring: m, Chosen: p.Chosen})
	d := Detail{
		Body: m.Body, Missing: names(b, s.Missing), Unjudged: names(b, s.Unjudged), Flags: s.Flags, Because: s.Because, Results: section.Results,
		Ice: section.IceVisits, Dry: section.DryVisits,
	}
	for _, j := range append(slices.Clone(s.Items), s.Reference...) {
		c, _ := section.Of(j.Item)
		d.Items = append(d.Items, Item{
			Item: j.Item, Name: j.Name, Value: j.Value, Unit: c.Unit, Class: c.Class, Issue: j.Issue, Verdict: j.Verdict, Beyond: j.Multiple,
			Rated: slices.ContainsFunc(s.Items, func(x gb.Judgement) bool { return x.Item == j.Item }), Inputs: used(c.Inputs), Halved: c.Halved(),
			Because: j.Because, Confidence: j.Confidence,
		})
		if j.Verdict == standard.Exceeds && d.Items[len(d.Items)-1].Rated {
			d.Beyond = append(d.Beyond, gb.Exceedance{Name: j.Name, Multiple: j.Multiple}.Text())
		}
	}
	if section.Body == gb.Lake && section.Class.Known() {
		t := b.Trophic(section)
		d.Trophic, d.TLI, d.TLIIssue = t.Class, t.Index, t.Issue
	}
	r.Target, r.Attained, r.Issue, r.Confidence = s.Class, attained(s.Verdict), s.Issue, s.Confidence
	d.cite(s.Citations)
	r.seal(d, s.Rows)
}

// section returns what a group of sections needs of a stored result: the class,
// the means, what exceeds. It rests on that result, in its revision.
func (r *Result) section(d Detail, name string) gb.Section {
	s := gb.Section{
		Name: name, Body: d.Body, Period: r.Period(), Class: r.Class, Issue: r.Issue, Rating: d.Rating, Results: d.Results, Flags: d.Flags,
		Basis: gb.Basis{Confidence: r.Confidence, Rows: []standard.Ref{{Table: ResultTable, Key: r.String(), Revision: int(r.Revision)}}},
	}
	switch r.State {
	case IceBound:
		s.Condition = gb.Ice
	case NoFlowing:
		s.Condition = gb.NoFlow
	}
	for _, i := range d.Items {
		c := gb.ItemClass{Item: i.Item, Name: i.Name, Value: i.Value, Unit: i.Unit, Class: i.Class, Rated: i.Rated, Multiple: i.Multiple, Issue: i.Issue,
			Basis: gb.Basis{Confidence: i.Confidence}}
		s.Items = append(s.Items, c)
		if c.Rated && c.Class > gb.III {
			s.Exceeding = append(s.Exceeding, gb.Exceedance{Item: c.Item, Name: c.Name, Class: c.Class, Multiple: c.Multiple})
		}
	}
	return s
}

// ResultTable names, among the rows that a group rests on, results of this package.
const ResultTable = "water_results"

// String names a result: 12/month/2026/3.
func (r Result) String() string { return fmt.Sprintf("%d/%s/%d/%d", r.Place, r.Kind, r.Year, r.N) }
