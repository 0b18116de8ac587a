package calendar

import (
	"cmp"
	"slices"
	"time"

	"pingzhang/internal/clock"
)

// Span is a suspension of a clock: the days from From to To, both included,
// are not counted.
type Span struct {
	From   Day    `json:"from"`
	To     Day    `json:"to"` // zero while the suspension is open
	Reason string `json:"reason"`
}

// Pause returns the suspension that was decided on one day and lifted on
// another: the day it was decided is not counted, the day it was lifted is. A
// suspension lifted on the day it was decided suspends nothing. resumed is
// zero while it is open.
func Pause(decided, resumed Day, reason string) Span {
	s := Span{From: decided, Reason: reason}
	if resumed != 0 {
		s.To = max(resumed-1, decided-1)
	}
	return s
}

// open reports whether s has no end yet.
func (s Span) open() bool { return s.To == 0 }

// covers reports whether d falls into s.
func (s Span) covers(d Day) bool { return d >= s.From && (s.open() || d <= s.To) }

// Extension adds to the budget of a clock.
type Extension struct {
	Amount int    `json:"amount"`
	Unit   Unit   `json:"unit"` // as in a Rule
	On     Day    `json:"on"`   // when it was granted
	Reason string `json:"reason"`
}

// Clock is all that a due date follows from, besides the Table.
type Clock struct {
	Start       time.Time   `json:"start"` // of the event; the day of it is day 0
	Rule        Rule        `json:"rule"`
	Suspensions []Span      `json:"suspensions,omitempty"`
	Extensions  []Extension `json:"extensions,omitempty"`
}

// Due returns when c runs out by table.
func (c Clock) Due(table *Table) Deadline {
	return Due(c.Start, c.Rule, c.Suspensions, c.Extensions, table)
}

// Left is a part of a budget that is not used up.
type Left struct {
	Amount int  `json:"amount"`
	Unit   Unit `json:"unit"`
}

// Deadline is when a clock runs out, and how that was counted.
type Deadline struct {
	Clock
	Last    Day       // last day on which the step is in time; zero while Stopped
	End     time.Time // from this moment on the clock is late; zero while Stopped
	Stopped bool      // a suspension is open: there is no due date
	Left    []Left    // while Stopped, what is left of the budget, in the order it will be used
	// Unsure says, in Chinese and for people, why the date is not certain.
	Unsure []string

	table *Table
	steps []Step
}

// Due counts rule from start. Days of suspensions are not counted, extensions
// are added to the budget, and the last day rolls to a working day where the
// rule says so. A rule or an extension that Rule.Validate refuses is named in
// Unsure and counted as far as it can be.
func Due(start time.Time, rule Rule, suspensions []Span, extensions []Extension, table *Table) Deadline {
	c := counter{
		d: Deadline{
			Clock: Clock{start.In(clock.Shanghai), rule, suspensions, extensions},
			table: table,
		},
		years: map[int]bool{},
	}
	if rule.Doubt != "" {
		c.d.Unsure = append(c.d.Unsure, rule.Doubt)
	}
	if rule.Unit == Hours {
		c.hours()
	} else {
		c.days()
	}
	for _, y := range sorted(c.years) {
		if doubt := table.Doubt(y); doubt != "" {
			c.d.Unsure = append(c.d.Unsure, doubt)
		}
	}
	return c.d
}

// counter counts one deadline.
type counter struct {
	d     Deadline
	years map[int]bool // asked about working days
}

// part is a piece of the budget in one unit.
type part struct {
	amount    int
	unit      Unit
	extension *Extension // nil for the rule itself
}

// budget returns the parts to count, each amount within its bounds.
func (c *counter) budget() []part {
	parts := []part{{c.bounded(c.d.Rule.Amount, c.d.Rule.Unit), c.d.Rule.Unit, nil}}
	for i, e := range c.d.Extensions {
		parts = append(parts, part{c.bounded(e.Amount, e.Unit), e.Unit, &c.d.Extensions[i]})
	}
	return parts
}

func (c *counter) bounded(amount int, unit Unit) int {
	if err := (Rule{Amount: amount, Unit: unit}).Validate(); err != nil {
		c.d.Unsure = append(c.d.Unsure, "时限设置有误："+Rule{Amount: amount, Unit: unit}.String())
	}
	return min(max(amount, 0), most[unit])
}

// days counts a limit in days, months or years.
func (c *counter) days() {
	cursor := DayOf(c.d.Start)
	if c.d.Rule.ExcludeStart {
		c.step(Step{Kind: StepStart, From: cursor, To: cursor})
	} else {
		c.step(Step{Kind: StepStartCounted, From: cursor, To: cursor})
		cursor--
	}
	last, ok := c.walk(cursor, c.budget())
	if !ok {
		return
	}
	if c.d.Rule.RollToWorkday {
		if last, ok = c.roll(last); !ok {
			return
		}
	}
	c.d.Last, c.d.End = last, (last + 1).Time()
	c.step(Step{Kind: StepEnd, From: last, To: last})
}

// walk uses up parts from the day after cursor on and returns the day on
// which the last is used up; false when an open suspension stops it.
func (c *counter) walk(cursor Day, parts []part) (Day, bool) {
	counted, base := 0, cursor
	for i, p := range parts {
		c.extend(p)
		if i > 0 && parts[i-1].unit != p.unit {
			counted, base = 0, cursor
		}
		need := counted + p.amount
		if months := p.months(); months > 0 {
			// An extension by months goes on from where the months before
			// it began, so that 3 + 3 months are 6.
			total := months
			for k := i - 1; k >= 0 && parts[k].unit == p.unit; k-- {
				total += parts[k].months()
			}
			end := base.AddMonths(total)
			need = end.Sub(base)
			c.step(Step{Kind: StepMonths, From: base, To: end, Last: p.amount * total / months, Unit: p.unit})
		}
		for counted < need {
			cursor++
			if s, ok := c.suspended(cursor); ok {
				if s.open() {
					c.stop(s, cursor, need-counted, p, parts[i+1:])
					return 0, false
				}
				c.step(Step{Kind: StepSuspended, From: cursor, To: cursor, Reason: s.Reason})
				continue
			}
			if p.unit == Workdays && !c.working(cursor) {
				c.skip(cursor)
				continue
			}
			counted++
			c.count(cursor, counted, p.unit)
		}
	}
	return cursor, true
}

// extend records that p is an extension, where it is one.
func (c *counter) extend(p part) {
	if e := p.extension; e != nil {
		c.step(Step{Kind: StepExtension, From: e.On, To: e.On, Last: p.amount, Unit: p.unit, Reason: e.Reason})
	}
}

// months returns the length of a part in months; 0 when it is in days.
func (p part) months() int {
	switch p.unit {
	case Months:
		return p.amount
	case Years:
		return 12 * p.amount
	}
	return 0
}

// roll returns the first working day from last on; false when an open
// suspension stops it.
func (c *counter) roll(last Day) (Day, bool) {
	for day := last; ; day++ {
		s, suspended := c.suspended(day)
		switch {
		case day > last && suspended && s.open():
			c.stop(s, day, 0, part{unit: Days}, nil)
			return 0, false
		case day > last && suspended:
			c.step(Step{Kind: StepSuspended, From: day, To: day, Reason: s.Reason})
		case c.working(day):
			return day, true
		default:
			c.step(Step{Kind: StepRoll, From: day, To: day, Reason: c.why(day)})
		}
	}
}

// stop ends the counting at an open suspension.
func (c *counter) stop(s Span, at Day, left int, p part, rest []part) {
	c.d.Stopped = true
	unit := p.unit
	if p.months() > 0 {
		unit = Days
	}
	c.d.Left = []Left{{left, unit}}
	for _, r := range rest {
		n := len(c.d.Left) - 1
		if c.d.Left[n].Unit == r.unit {
			c.d.Left[n].Amount += r.amount
		} else if r.amount > 0 {
			c.d.Left = append(c.d.Left, Left{r.amount, r.unit})
		}
	}
	c.step(Step{Kind: StepStop, From: at, Reason: s.Reason})
}

// suspended returns the suspension that day falls into; an open one first.
func (c *counter) suspended(day Day) (Span, bool) {
	found, ok := Span{}, false
	for _, s := range c.d.Suspensions {
		if s.covers(day) && (!ok || s.open()) {
			found, ok = s, true
		}
	}
	return found, ok
}

// working asks the table, and remembers that the date rests on that year.
func (c *counter) working(day Day) bool {
	c.years[day.Year()] = true
	return c.d.table.Working(day)
}

// why says what makes day no working day: the name of the holiday, or 周末.
func (c *counter) why(day Day) string {
	if h := c.d.table.Day(day); h.Kind == Off {
		return h.Name
	}
	return "周末"
}

func (c *counter) skip(day Day) {
	c.step(Step{Kind: StepOff, From: day, To: day, Reason: c.why(day)})
}

func (c *counter) count(day Day, n int, unit Unit) {
	s := Step{Kind: StepCounted, From: day, To: day, First: n, Last: n, Unit: unit}
	if h := c.d.table.Day(day); unit == Workdays && h.Kind == Work {
		s.Kind, s.Reason = StepMadeUp, h.Name
	}
	c.step(s)
}

// step records s, as part of the step before where it goes on from it.
func (c *counter) step(s Step) {
	if n := len(c.d.steps); n > 0 {
		b := &c.d.steps[n-1]
		sameRun := b.Kind == s.Kind && b.Reason == s.Reason && b.Unit == s.Unit && b.To+1 == s.From
		switch {
		case !sameRun:
		case s.Kind == StepCounted, s.Kind == StepMadeUp:
			b.To, b.Last = s.To, s.Last
			return
		case s.Kind == StepOff, s.Kind == StepSuspended, s.Kind == StepRoll:
			b.To = s.To
			return
		}
	}
	c.d.steps = append(c.d.steps, s)
}

// hours counts a limit in hours: from the moment of the event, through nights
// and holidays, without the days of suspensions. Extensions in days add whole
// days to the moment reached.
func (c *counter) hours() {
	parts := c.budget()
	c.step(Step{Kind: StepStartMoment, At: c.d.Start})
	var budget time.Duration
	var rest []part
	for i, p := range parts {
		if p.unit != Hours {
			rest = parts[i:]
			break
		}
		c.extend(p)
		budget += time.Duration(p.amount) * time.Hour
	}
	at, ok := c.run(c.d.Start, budget, rest)
	if !ok {
		return
	}
	if len(rest) > 0 {
		day := DayOf(at)
		last, ok := c.walk(day, rest)
		if !ok {
			return
		}
		at = at.Add(last.Time().Sub(day.Time()))
	}
	c.d.Last, c.d.End = DayOf(at.Add(-1)), at
	c.step(Step{Kind: StepEndMoment, At: at})
}

// run lets budget pass from at on, standing still during suspensions.
func (c *counter) run(at time.Time, budget time.Duration, rest []part) (time.Time, bool) {
	spans := slices.SortedFunc(slices.Values(c.d.Suspensions), func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	for _, s := range spans {
		from := s.From.Time()
		if !at.Add(budget).After(from) {
			break
		}
		if !s.open() && (s.To < s.From || !(s.To + 1).Time().After(at)) {
			continue
		}
		if from.After(at) {
			budget -= from.Sub(at)
			at = from
		}
		if s.open() {
			left := int((budget + time.Hour - 1) / time.Hour)
			c.stop(s, DayOf(at), left, part{unit: Hours}, rest)
			return at, false
		}
		c.step(Step{Kind: StepSuspended, From: s.From, To: s.To, Reason: s.Reason})
		at = (s.To + 1).Time()
	}
	return at.Add(budget), true
}

func sorted(years map[int]bool) []int {
	var all []int
	for y := range years {
		all = append(all, y)
	}
	slices.Sort(all)
	return all
}
