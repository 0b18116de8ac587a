package water

import (
	"cmp"
	"slices"
	"strings"

	"pingzhang/standard"
)

// series is the results of one item in a period.
type series struct {
	item        Item
	name        string
	unit        standard.Unit
	inputs      []Input
	saturations []standard.Exact // beside the usable inputs, in their order
	basis       Basis
}

// gathering collects the samples of visits into series.
type gathering struct {
	book    *Book
	section *Section
	items   map[Item]*series
	days    map[string]bool // with a usable value of a rated item; months in a year
}

func (g *gathering) flag(f Flag) { g.section.Flags = append(g.section.Flags, f) }

func (g *gathering) visit(v Visit) {
	s := g.section
	switch {
	case !isDay(v.On):
		g.flag(Flag{Issue: DateOdd, Value: string(v.On)})
		return
	case !s.Period.Has(v.On):
		g.flag(Flag{Issue: OutsidePeriod, On: v.On})
		return
	}
	switch v.Condition {
	case Flowing:
		for _, sample := range v.Samples {
			g.sample(v.On, sample)
		}
		return
	case Ice:
		s.IceVisits++
	case NoFlow:
		s.DryVisits++
	default:
		g.flag(Flag{Issue: ConditionOdd, On: v.On, Value: string(v.Condition)})
		return
	}
	if len(v.Samples) > 0 {
		g.flag(Flag{Issue: ValuesUnused, On: v.On, Value: v.Condition.Name()})
	}
}

func (g *gathering) sample(on standard.Date, sample Sample) {
	x := g.seriesOf(sample)
	if x == nil {
		g.flag(Flag{Issue: NoItem, On: on, Item: sample.Item, Value: sample.Value})
		return
	}
	for _, before := range x.inputs {
		if before.On != on {
			continue
		}
		if before.Sample.Value == sample.Value && before.Sample.Unit == sample.Unit {
			g.flag(Flag{Issue: Duplicate, On: on, Item: x.name, Value: sample.Value})
			return
		}
		g.flag(Flag{Issue: SameDay, On: on, Item: x.name, Value: sample.Value})
	}
	in, detection := g.book.measure(sample, x.item, x.unit, statistics, g.section.Period.To, &x.basis)
	in.On = on
	x.inputs = append(x.inputs, in)
	if in.Issue != "" {
		g.flag(Flag{Issue: in.Issue, On: on, Item: x.name, Value: sample.Value})
		return
	}
	g.detect(x, on, sample, detection)
	var saturation standard.Exact
	if x.item == Oxygen {
		saturation = percent(sample.Saturation)
	}
	x.saturations = append(x.saturations, saturation)
	if info := g.book.of[x.item]; info != nil && info.rated {
		key := string(on)
		if step := g.section.Period.step(on); step != "" {
			key = step
		}
		g.days[key] = true
	}
}

// detect flags a detection limit above the limit of class III: half of it says
// little.
func (g *gathering) detect(x *series, on standard.Date, sample Sample, detection standard.Exact) {
	if !detection.IsSet() {
		return
	}
	limit, _, issue := g.book.Limit(x.item, g.section.Body, III, g.section.Period.To)
	if issue == "" && limit.Max.IsSet() && detection.Cmp(limit.Max) > 0 {
		g.flag(Flag{Issue: DetectionCoarse, On: on, Item: x.name, Value: sample.Value})
	}
}

// seriesOf returns the series of the item that a sample is of; nil where nobody
// knows the item.
func (g *gathering) seriesOf(sample Sample) *series {
	item, ok := g.book.Item(sample.Item)
	if !ok {
		return nil
	}
	x := g.items[item]
	if x == nil {
		x = &series{item: item, name: g.book.Name(item), unit: g.book.UnitOf(item)}
		g.items[item] = x
	}
	return x
}

// UnitOf returns the unit in which an item is reckoned.
func (b *Book) UnitOf(item Item) standard.Unit {
	if info := b.of[item]; info != nil {
		return info.unit
	}
	if item == Secchi {
		return standard.Metre
	}
	return standard.UgPerL // chlorophyll a: 1 µg/L is 1 mg/m³
}

// means returns the mean of each series, in no order.
func (g *gathering) means() []ItemClass {
	all := make([]ItemClass, 0, len(g.items))
	for _, x := range g.items {
		m := ItemClass{Item: x.item, Name: x.name, Unit: x.unit, Inputs: x.inputs, Basis: x.basis}
		if info := g.book.of[x.item]; info != nil {
			m.Rated = info.rated
		}
		m.average(g.section.Period)
		m.settled()
		if m.Issue == "" && !slices.ContainsFunc(x.saturations, func(s standard.Exact) bool { return !s.IsSet() }) {
			m.Saturation = plain(x.saturations)
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b ItemClass) int { return cmp.Compare(a.Item, b.Item) })
	return all
}

// average sets the value of m: the mean of its usable inputs, in a year that of
// the means of its months.
func (m *ItemClass) average(p Period) {
	steps := map[string][]standard.Exact{}
	var order []string
	for _, in := range m.Inputs {
		if in.Issue != "" {
			continue
		}
		step := p.step(in.On)
		if _, ok := steps[step]; !ok {
			order = append(order, step)
		}
		steps[step] = append(steps[step], in.Value)
	}
	if len(order) == 0 {
		m.Issue = standard.NoValue
		for _, in := range m.Inputs {
			if absent(m.Issue) { // else it is already said what was wrong
				m.Issue = in.Issue
			}
		}
		return
	}
	slices.Sort(order)
	values := steps[order[0]]
	if p.Kind == Year || p.Kind == ToDate {
		values = make([]standard.Exact, len(order))
		for i, step := range order {
			values[i] = plain(steps[step])
			if len(steps[step]) > 1 {
				m.because(step, " 月均值 ", sum(steps[step]), equals(values[i]))
			}
		}
	}
	m.Value = plain(values)
	if n := m.Halved(); n > 0 {
		m.because("低于检出限的 ", standard.Int(int64(n)).String(), " 个结果取检出限的一半")
	}
	if len(values) > 1 {
		m.because("均值 ", sum(values), equals(m.Value), unitText(m.Unit))
	}
}

// plain returns the arithmetic mean.
func plain(values []standard.Exact) standard.Exact {
	total := standard.Int(0)
	for _, x := range values {
		total = total.Add(x)
	}
	return total.Quo(standard.Int(int64(len(values))))
}

// sum writes a mean as it is reckoned: (0.1＋0.3)÷2.
func sum(values []standard.Exact) string {
	var b strings.Builder
	b.WriteString("(")
	for i, x := range values {
		if i > 0 {
			b.WriteString("＋")
		}
		b.WriteString(short(x))
	}
	b.WriteString(")÷" + standard.Int(int64(len(values))).String())
	return b.String()
}
