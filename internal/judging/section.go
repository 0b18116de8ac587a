package judging

import (
	"fmt"
	"slices"

	"pingzhang/standard"
	"pingzhang/standard/water"
)

// A SectionRow is the evaluation of a section in a month.
type SectionRow struct {
	Type    string        `json:"type"` // water_section
	Section string        `json:"section"`
	Month   string        `json:"month"` // 2026-03
	On      standard.Date `json:"on"`    // the day whose rules were applied
	Body    string        `json:"body"`  // river, lake; empty where it was not stated and makes no difference
	Lines   []int         `json:"lines"` // of the file

	Class     water.Class      `json:"class"`
	ClassText string           `json:"class_text"`
	Rating    string           `json:"rating,omitempty"`
	Main      []string         `json:"main"` // main pollutants with multiples: 高锰酸盐指数(0.2)
	Deciding  []string         `json:"deciding,omitempty"`
	Target    string           `json:"target,omitempty"`
	Attained  standard.Verdict `json:"attained,omitempty"` // none where there is no target
	Beyond    []string         `json:"beyond,omitempty"`   // items beyond the target
	Missing   []string         `json:"missing"`            // rated items that were not measured
	Unjudged  []string         `json:"unjudged,omitempty"` // rated items without a usable value
	Issue     standard.Issue   `json:"issue,omitempty"`
	Reason    string           `json:"reason,omitempty"`
	Flags     []string         `json:"flags,omitempty"`
	Text      string           `json:"text"`
	Basis
}

// Judged reports whether the section has a class.
func (r SectionRow) Judged() bool { return r.Class.Known() }

// A kept is what a row says of its section.
type kept struct {
	body             water.Body
	condition        water.Condition
	target           water.Class
	sample           water.Sample
	bodyOK, targetOK bool
	sampled          bool
}

// A monitored is a section in a month while its rows are read.
type monitored struct {
	section string
	year    int
	month   int
	lines   []int
	bodies  []water.Body
	targets []water.Class
	visits  []water.Visit
	odd     bool // a body that was not understood
	oddGoal bool // a target that was not understood
}

// keep adds a row to the month of its section. Rows without section or day are
// of none.
func (w *waterFile) keep(r *reader, k kept) {
	m := r.Moment("date")
	on := m.Date()
	name := r.Text("section")
	if name == "" || on == "" {
		return
	}
	year, month := m.Time.Year(), int(m.Time.Month())
	i := slices.IndexFunc(w.sections, func(s *monitored) bool {
		return s.year == year && s.month == month && fold(s.section) == fold(name)
	})
	if i < 0 {
		i = len(w.sections)
		w.sections = append(w.sections, &monitored{section: name, year: year, month: month})
	}
	s := w.sections[i]
	s.lines = append(s.lines, r.Number)
	s.odd, s.oddGoal = s.odd || !k.bodyOK, s.oddGoal || !k.targetOK
	if !slices.Contains(s.bodies, k.body) && k.body != "" {
		s.bodies = append(s.bodies, k.body)
	}
	if !slices.Contains(s.targets, k.target) && k.target != 0 {
		s.targets = append(s.targets, k.target)
	}
	v := slices.IndexFunc(s.visits, func(v water.Visit) bool { return v.On == on })
	if v < 0 {
		v = len(s.visits)
		s.visits = append(s.visits, water.Visit{On: on})
	}
	if k.condition != "" && k.condition != flowing {
		s.visits[v].Condition = k.condition
	}
	if k.sampled {
		s.visits[v].Samples = append(s.visits[v].Samples, k.sample)
	}
}

// evaluate yields the sections and months.
func (w *waterFile) evaluate(yield func(SectionRow) bool) {
	for _, s := range w.sections {
		if !yield(w.section(s)) {
			return
		}
	}
}

func (w *waterFile) section(m *monitored) SectionRow {
	period := water.OfMonth(m.year, m.month)
	out := SectionRow{Type: "water_section", Section: m.section, Month: fmt.Sprintf("%d-%02d", m.year, m.month), Lines: m.lines, Main: []string{}, Missing: []string{}}
	switch at := w.At; {
	case at != "" && at < period.From:
		return out.refuse(water.DateOdd, "指定的日期早于这个月，那时的规定不能用于断面评价")
	case at > period.To:
		period.To = at // whose rules are applied
	}
	out.On = period.To
	switch {
	case m.odd:
		return out.refuse(WordUnknown, "水体是河流还是湖库，写法不认识")
	case len(m.bodies) > 1:
		return out.refuse(BodyNeeded, "同一断面的各行，水体写得不同")
	}
	of := bothBodies
	if len(m.bodies) == 1 {
		of = m.bodies
		out.Body = string(of[0])
	}
	var all []SectionRow
	for _, body := range of {
		one := out
		one.take(w, w.book.Section(water.Monitoring{Section: m.section, Body: body, Period: period, Visits: m.visits}), m)
		all = append(all, one)
	}
	if len(all) == 2 && (all[0].Class != all[1].Class || all[0].Issue != all[1].Issue || all[0].Attained != all[1].Attained ||
		!slices.Equal(all[0].Main, all[1].Main)) {
		text := fmt.Sprintf("%s：按河流为%s，按湖库为%s", BodyNeeded.Text(), all[0].ClassText, all[1].ClassText)
		return out.refuse(BodyNeeded, text)
	}
	return all[0]
}

// refuse is the result of a section that cannot be evaluated.
func (r SectionRow) refuse(issue standard.Issue, why string) SectionRow {
	r.Issue, r.Reason, r.ClassText = issue, why, water.Class(0).Name()
	r.Text = r.Section + " " + r.Month + "：" + why
	r.Basis = basis(standard.Citation{}, standard.Missing, nil)
	return r
}

// take copies an evaluation into the row, and compares it with the target.
func (r *SectionRow) take(w *waterFile, s water.Section, m *monitored) {
	r.Class, r.ClassText, r.Rating, r.Issue, r.Text = s.Class, s.Class.Name(), s.Rating.Name, s.Issue, s.Text()
	r.Basis = waterBasis(s.Basis)
	r.Main = make([]string, 0, len(s.Main))
	for _, e := range s.Main {
		r.Main = append(r.Main, e.Text())
	}
	r.Deciding, r.Missing, r.Unjudged = w.names(s.Deciding), w.names(s.Missing), w.names(s.Unjudged)
	r.Flags = nil
	for _, f := range s.Flags {
		r.Flags = append(r.Flags, f.Text())
	}
	if s.Issue != "" {
		r.Reason = s.Issue.Text()
	}
	switch {
	case m.oddGoal || len(m.targets) > 1:
		r.Attained = standard.Unknown
		r.Flags = append(r.Flags, "各行的目标类别不同，或有不认识的写法，没有与目标比较")
	case len(m.targets) == 1:
		a := w.book.Attain(s, m.targets[0])
		r.Target, r.Attained, r.Text = a.Target.Name(), a.Verdict, a.Text()
		r.Beyond = nil
		for _, j := range a.Exceeding {
			r.Beyond = append(r.Beyond, water.Exceedance{Name: j.Name, Multiple: j.Multiple}.Text())
		}
		r.Basis = waterBasis(a.Basis)
		if a.Issue != "" && r.Reason == "" {
			r.Reason = a.Issue.Text()
		}
	}
}

// names returns the Chinese names of items.
func (w *waterFile) names(items []water.Item) []string {
	all := make([]string, 0, len(items))
	for _, i := range items {
		all = append(all, w.book.Name(i))
	}
	return all
}
