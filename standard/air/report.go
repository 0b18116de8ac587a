package air

import (
	"slices"

	"pingzhang/standard"
)

// A Reading is a concentration as it was reported.
type Reading struct {
	Item  Item           `json:"item"`
	Value standard.Exact `json:"value"`
	Unit  standard.Unit  `json:"unit"`
	Text  string         `json:"text,omitempty"`  // as it was written
	Issue standard.Issue `json:"issue,omitempty"` // why the value may not be used
	// Excused says that the item is outside the monitoring plan and excused by
	// HJ 633-2026 5.3.2 (see Edition.Excuse): shown as "/", and not missed.
	Excused bool `json:"excused,omitempty"`
}

// Read returns the reading of a text. What is no number has the Issue of
// standard.Read.
func Read(p Pollutant, a Averaging, text string, unit standard.Unit) Reading {
	v, issue := standard.Read(text)
	return Reading{Item: Item{p, a}, Value: v, Unit: unit, Text: text, Issue: issue}
}

// Of returns the reading of a mean in the unit of p. Where the mean is not
// valid its Issue goes along.
func Of(p Pollutant, a Averaging, m Mean) Reading {
	return Reading{Item: Item{p, a}, Value: m.Value, Unit: p.Unit(), Issue: m.Issue}
}

// A Single is one item of a report with its index.
type Single struct {
	Reading
	// Reckoned says that the item enters the index of the report.
	Reckoned bool `json:"reckoned"`
	// Used is the concentration that the index was reckoned from: in the unit
	// of the pollutant, rounded where the edition says so.
	Used  standard.Exact `json:"used"`
	IAQI  int            `json:"iaqi"` // NoIAQI where there is none; Issue says why
	Issue standard.Issue `json:"issue,omitempty"`
	// Above says that the concentration is above the table.
	Above bool `json:"above,omitempty"`
	// StandIn is the item that the index was reckoned from instead, where the
	// rule above the table says so (HJ 633-2012).
	StandIn *Item `json:"stand_in,omitempty"`
	Basis   Basis `json:"basis"`

	column *Column
	upper  int   // corner above Used
	over   cited // the rule above the table, where it answered
}

// Led returns the item whose concentration the index comes from.
func (s Single) Led() Item {
	if s.StandIn != nil {
		return *s.StandIn
	}
	return s.Item
}

// A Report is the air quality index of an hour or a day by one edition.
type Report struct {
	Kind Kind          `json:"kind"`
	On   standard.Date `json:"on"`
	// AQI is the largest index of the items that have one, NoIAQI where none
	// has. It stands as the index of the report only where Published.
	AQI       int            `json:"aqi"`
	Published bool           `json:"published"`
	Issue     standard.Issue `json:"issue,omitempty"` // why not published, or published with a caveat
	Level     Level          `json:"level"`           // of a published AQI; zero otherwise
	Primary   []Item         `json:"primary"`         // where AQI is above 50, ties together
	Exceeding []Item         `json:"exceeding"`       // index above 100; only by editions with the notion
	Missing   []Item         `json:"missing"`         // items that ought to enter the index and have none
	Groups    []Group        `json:"groups,omitempty"`
	Items     []Single       `json:"items"`
	Basis     Basis          `json:"basis"`
}

// Report makes the report of the edition in force on a day. Where none is, its
// Issue is NoEdition.
func (b *Book) Report(kind Kind, on standard.Date, readings ...Reading) Report {
	e, ok := b.Edition(on)
	if !ok {
		return Report{Kind: kind, On: on, AQI: NoIAQI, Issue: NoEdition, Basis: Basis{Confidence: standard.Missing}}
	}
	return e.Report(kind, on, readings...)
}

// Report makes the report of an hour or a day, also for days on which the
// edition was not in force. Readings that the report does not list serve where
// the rules above the table ask for them. An item that is not given is missing.
//
// HJ 633-2026 publishes an index with items missing only above 100 (5.3.1).
// HJ 633-2012 has no such rule in the tables: the index of the rest is
// published, as the national platform does, with Incomplete as a caveat and at
// best the confidence of an inference. Where an item lies above its column and
// what should stand in is not there, nothing is published.
func (e *Edition) Report(kind Kind, on standard.Date, readings ...Reading) Report {
	r := Report{Kind: kind, On: on, AQI: NoIAQI, Basis: Basis{Citation: e.citation}}
	items := e.rows["items."+string(kind)]
	r.Basis.Citation.Clause = items.Citation.Clause
	r.Basis.rest(items, e.rows["rounding"])
	over := false
	for _, i := range e.listed[kind] {
		s := e.single(i, readings)
		s.Reckoned = slices.Contains(e.reckoned[kind], i)
		r.Items = append(r.Items, s)
		if !s.Reckoned {
			continue
		}
		r.Basis.join(s.Basis)
		r.AQI = max(r.AQI, s.IAQI)
		over = over || s.Issue == AboveTable
		switch {
		case s.IAQI != NoIAQI:
		case s.Excused && e.years > 0:
			r.Basis.rest(e.rows["not_monitored"])
		default:
			r.Missing = append(r.Missing, i)
		}
	}
	r.Published = r.AQI != NoIAQI && !over && (len(r.Missing) == 0 || r.AQI > e.publish)
	switch {
	case over:
		r.Issue = AboveTable
	case r.AQI == NoIAQI:
		r.Issue = standard.NoValue
	case len(r.Missing) > 0:
		r.Issue = Incomplete
	}
	if len(r.Missing) > 0 {
		if missing := e.rows["missing"]; missing.Key != "" {
			r.Basis.rest(missing)
		} else {
			r.Basis.weaken(standard.Inference)
		}
	}
	e.lead(&r)
	return r
}

// lead names what leads, what exceeds, the level, and whom it concerns.
func (e *Edition) lead(r *Report) {
	for _, s := range r.Items {
		if !s.Reckoned || s.IAQI == NoIAQI {
			continue
		}
		if r.AQI > e.primary && s.IAQI == r.AQI && !slices.Contains(r.Primary, s.Led()) {
			r.Primary = append(r.Primary, s.Led())
		}
		if e.exceeds != NoIAQI && s.IAQI > e.exceeds && !slices.Contains(r.Exceeding, s.Led()) {
			r.Exceeding = append(r.Exceeding, s.Led())
		}
		if g, ok := e.groups[s.Item.Pollutant]; ok && s.IAQI > g.above {
			r.Groups = append(r.Groups, g)
		}
	}
	if len(r.Primary) > 0 {
		r.Basis.rest(e.rows["primary"])
	}
	if e.exceeds != NoIAQI && len(r.Exceeding) > 0 {
		r.Basis.rest(e.rows["exceeding"])
	}
	if r.Published {
		i := e.levelOf(r.AQI)
		r.Level = e.levels[i]
		r.Basis.rest(e.levelRow[i])
	}
}

// PrimaryPollutants returns the pollutants of Primary as a set.
func (r Report) PrimaryPollutants() Set {
	var s Set
	for _, i := range r.Primary {
		s |= 1 << i.Pollutant
	}
	return s
}

// Single reckons the index of one reading.
func (e *Edition) Single(r Reading) Single { return e.single(r.Item, []Reading{r}) }

// single reckons the index of an item from the readings.
func (e *Edition) single(i Item, readings []Reading) Single {
	s := Single{Reading: find(i, readings), IAQI: NoIAQI}
	s.Item = i
	s.column = e.Column(i)
	s.Used, s.Issue = usable(s.Reading)
	switch {
	case s.column == nil:
		s.Issue = NoColumn
	case s.Issue == "":
		s.reckon(e, readings)
	}
	return s
}

// reckon sets the index of s, whose Used is a concentration not yet rounded.
func (s *Single) reckon(e *Edition, readings []Reading) {
	c := s.column
	s.Basis.Citation = c.corners[0].Citation
	s.Used = c.round(s.Used)
	s.Basis.rest(c.input)
	if c.overRule(s.Used) {
		s.Above, s.over = true, c.rule
		s.Basis.rest(c.rule)
		if c.fixed != NoIAQI {
			s.IAQI = int(c.fixed)
			return
		}
		s.standIn(e, readings)
		return
	}
	s.upper = c.segment(s.Used)
	if s.upper == c.n {
		s.Above = true
		s.IAQI = int(c.index[c.n-1])
		s.Basis.rest(c.corners[c.n-1])
		return
	}
	s.IAQI = ceil(c.at(s.Used, s.upper))
	s.Basis.rest(c.corners[s.upper-1], c.corners[s.upper])
}

// standIn takes the index of the first item of the rule above the table that
// has one.
func (s *Single) standIn(e *Edition, readings []Reading) {
	s.Issue = AboveTable
	for _, i := range s.column.standIns {
		if t := e.single(i, readings); t.IAQI != NoIAQI && t.StandIn == nil {
			s.IAQI, s.Issue = t.IAQI, ""
			s.StandIn = &t.Item
			s.Used, s.column, s.upper = t.Used, t.column, t.upper
			s.Basis.join(t.Basis)
			return
		}
	}
}

// find returns the reading of an item; one that was given twice with different
// values is Incoherent.
func find(i Item, readings []Reading) Reading {
	found := Reading{Item: i, Issue: standard.NoValue}
	seen := false
	for _, r := range readings {
		switch {
		case r.Item != i:
		case !seen:
			found, seen = r, true
		case !r.Value.Equal(found.Value) || r.Unit != found.Unit:
			found.Issue = Incoherent
		}
	}
	return found
}

// usable returns the concentration of a reading in the unit of its pollutant,
// or why it may not be used.
func usable(r Reading) (standard.Exact, standard.Issue) {
	switch {
	case r.Issue != "":
		return standard.Exact{}, r.Issue
	case r.Excused:
		return standard.Exact{}, standard.NotMeasured
	case !r.Value.IsSet():
		return standard.Exact{}, standard.NoValue
	}
	x, err := standard.Convert(r.Value, r.Unit, r.Item.Pollutant.Unit())
	if err != nil {
		return standard.Exact{}, err.(*standard.UnitError).Issue
	}
	if x.Sign() < 0 {
		return standard.Exact{}, standard.Negative
	}
	return x, ""
}
