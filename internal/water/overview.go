package water

import (
	"cmp"
	"context"
	"slices"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

// Which says which sections are counted together.
type Which struct {
	Division access.Division // this division and all inside it; empty: the whole scope
	Level    string          // national, provincial, city, county; empty: any
	Assessed bool            // those that are assessed alone
}

// Has reports whether a place is one of them.
func (w Which) Has(p Place) bool {
	return (w.Division == "" || w.Division.Contains(p.Division)) && (w.Level == "" || w.Level == p.Level) && (!w.Assessed || p.Assessed)
}

// Standing is how a place stands in a period. Results that are nil are unknown.
type Standing struct {
	Place    Place
	Result   *Result
	Detail   Detail  // of Result
	Last     *Result // the period before
	LastYear *Result // the same period of the year before
}

// State returns what is known of the place.
func (st Standing) State() State {
	if st.Result == nil {
		return StateUnknown
	}
	return st.Result.State
}

// Target returns the class to be reached; none where there is no target.
func (st Standing) Target(slot Slot) gb.Class {
	if st.Result != nil {
		return st.Result.Target
	}
	return st.Place.TargetOn(slot.Period().To).Class
}

// Attained reports whether the target was reached.
func (st Standing) Attained(slot Slot) Attained {
	switch {
	case st.Result != nil:
		return st.Result.Attained
	case st.Place.Source() || st.Target(slot) != 0:
		return UnknownAttained
	}
	return NoTarget
}

// Attainment counts places by whether they reached their target.
type Attainment struct {
	gb.Attained
	NoTarget int `json:"no_target"`
}

// Count adds a place.
func (a *Attainment) Count(st Standing, slot Slot) {
	switch at := st.Attained(slot); {
	case at == NoTarget:
		a.NoTarget++
	case at == Meets:
		a.Met++
	case at == Exceeds:
		a.Exceeded++
	case st.State() == IceBound:
		a.Ice++
	case st.State() == NoFlowing:
		a.Dry++
	default:
		a.Unknown++
	}
}

// Compared is a group of sections with what it was before.
type Compared struct {
	gb.Group
	Target   Attainment // of its sections
	Last     gb.Trend   // against the period before
	LastYear gb.Trend   // against the same period of the year before
}

// Overview is what is known of sections and sources in a period.
type Overview struct {
	Slot     Slot
	Which    Which
	Sections []Standing
	Sources  []Standing
	Region   Compared   // all sections
	Rivers   []Compared // by name of the river or lake
	Basins   []Compared // the rivers of each basin
	Index    gb.CityIndex
}

// Overview evaluates the sections of by's scope in a period: each by itself, as it
// is stored, then rivers, basins and all of them, by the standards of now.
//
// The error is fault.Denied without monitor.read and register.read, fault.Invalid
// for no period.
func (s *Store) Overview(ctx context.Context, by access.Caller, slot Slot, which Which) (o Overview, err error) {
	defer fault.Wrap(&err, "water.Overview(%s)", slot.Name())
	if !slot.Valid() {
		return o, fault.New(fault.Invalid, "没有这个评价时段，请检查年份和月份")
	}
	places, err := s.Places(ctx, by)
	if err != nil {
		return o, err
	}
	o = Overview{Slot: slot, Which: which}
	last, lastYear := slot.Before()
	now, err := s.standings(ctx, by, slot)
	if err != nil {
		return o, err
	}
	before, err := s.standings(ctx, by, last)
	if err != nil {
		return o, err
	}
	then := before
	if lastYear != last {
		if then, err = s.standings(ctx, by, lastYear); err != nil {
			return o, err
		}
	}
	details := map[*Result]Detail{}
	for _, p := range places {
		if !p.Open(slot.Period()) {
			continue
		}
		st := Standing{Place: p, Result: now[p.ID], Last: before[p.ID], LastYear: then[p.ID]}
		if st.Result != nil {
			st.Detail = st.Result.Detail()
			details[st.Result] = st.Detail
		}
		switch {
		case p.Source() && which.Division != "" && !which.Division.Contains(p.Division):
		case p.Source():
			o.Sources = append(o.Sources, st)
		case which.Has(p):
			o.Sections = append(o.Sections, st)
		}
	}
	g := grouping{s.Book(), slot, places, which, [3]map[int64]*Result{now, before, then}, details, map[*Result]gb.Section{}}
	g.fill(&o)
	return o, nil
}

// standings returns the results of a period by place.
func (s *Store) standings(ctx context.Context, by access.Caller, slot Slot) (map[int64]*Result, error) {
	all, err := s.Results(ctx, by, slot)
	of := map[int64]*Result{}
	for i := range all {
		of[all[i].Place] = &all[i]
	}
	return of, err
}

// grouping puts sections together, for the period and the two before it.
type grouping struct {
	book    *gb.Book
	slot    Slot
	places  Places
	which   Which
	results [3]map[int64]*Result
	details map[*Result]Detail // that were read already
	made    map[*Result]gb.Section
}

// sections returns the sections that some condition takes, in one of the three
// periods; those of which nothing is known are among them.
func (g *grouping) sections(at int, takes func(Place) bool) (all []gb.Section) {
	last, lastYear := g.slot.Before()
	slot := []Slot{g.slot, last, lastYear}[at]
	for _, p := range g.places {
		if p.Source() || !g.which.Has(p) || !p.Open(slot.Period()) || !takes(p) {
			continue
		}
		r := g.results[at][p.ID]
		if r == nil {
			all = append(all, gb.Section{Name: p.Name, Body: p.Body(), Period: slot.Period(), Issue: gb.NoRatedItem, Basis: gb.Basis{Confidence: standard.Missing}})
			continue
		}
		s, ok := g.made[r]
		if !ok {
			d, read := g.details[r]
			if !read {
				d = r.Detail()
			}
			s = r.section(d, p.Name)
			s.Body = p.Body()
			g.made[r] = s
		}
		all = append(all, s)
	}
	return all
}

// group evaluates what takes takes, and compares it with before.
func (g *grouping) group(o *Overview, takes func(Place) bool, evaluate func([]gb.Section) gb.Group) Compared {
	c := Compared{Group: evaluate(g.sections(0, takes))}
	c.Last = g.book.Trend(evaluate(g.sections(1, takes)), c.Group)
	c.LastYear = g.book.Trend(evaluate(g.sections(2, takes)), c.Group)
	for _, st := range o.Sections {
		if takes(st.Place) {
			c.Target.Count(st, o.Slot)
		}
	}
	return c
}

func (g *grouping) fill(o *Overview) {
	o.Region = g.group(o, func(Place) bool { return true }, func(all []gb.Section) gb.Group { return g.book.Region("全部断面", all) })
	type water struct {
		name string
		body gb.Body
	}
	rivers, basins := map[water]bool{}, map[string]bool{}
	for _, st := range o.Sections {
		rivers[water{st.Place.River, st.Place.Body()}] = true
		if st.Place.Basin != "" && st.Place.Body() == gb.River {
			basins[st.Place.Basin] = true
		}
	}
	for w := range rivers {
		o.Rivers = append(o.Rivers, g.group(o, func(p Place) bool { return p.River == w.name && p.Body() == w.body }, func(all []gb.Section) gb.Group {
			if w.body == gb.Lake {
				return g.book.Lake(w.name, all)
			}
			return g.book.River(w.name, all)
		}))
	}
	for name := range basins {
		o.Basins = append(o.Basins, g.group(o, func(p Place) bool { return p.Basin == name && p.Body() == gb.River },
			func(all []gb.Section) gb.Group { return g.book.River(name, all) }))
	}
	byName := func(a, b Compared) int { return cmp.Compare(a.Name, b.Name) }
	slices.SortFunc(o.Rivers, byName)
	slices.SortFunc(o.Basins, byName)
	o.Index = g.book.CityIndex(
		g.sections(0, func(p Place) bool { return p.Body() == gb.River }),
		g.sections(0, func(p Place) bool { return p.Body() == gb.Lake }))
}
