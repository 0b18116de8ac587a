package water

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/register"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

// The registers of the duty.
const (
	SectionRegister register.Register = "water_section"
	SourceRegister  register.Register = "water_source"
	TargetRegister  register.Register = "water_target"
)

// Groundwater is the kind of water of a source that is judged by GB/T 14848.
const Groundwater = "groundwater"

// Target is the class that a section must reach over some time.
type Target struct {
	Class    gb.Class
	From, To standard.Date // To is the last day; empty: open
	Document string
}

// Place is a section of a river, a point of a lake or a source of drinking water:
// an entry of its register with its fields typed.
type Place struct {
	ID       int64
	Register register.Register
	Code     string
	Name     string
	Division access.Division
	Lon, Lat *float64
	Level    string // national, provincial, city, county, township, village
	Water    string // river, lake, reservoir, river_reservoir, groundwater
	River    string // or lake
	Basin    string
	Border   string // national, provincial, city, county, none; empty: not stated
	Assessed bool   // 参与考核
	Point    int64  // of its automatic station; 0 for none
	Opened   standard.Date
	Closed   standard.Date // the last day; empty: open
	Targets  []Target      // by time
	State    register.State

	// Of sources alone.
	Use        string   // used, spare
	Population string   // as it was entered
	Supply     string   // m³ a day
	Chosen     []string // items of table 3 of GB 3838
}

// Source reports whether p is a source of drinking water.
func (p Place) Source() bool { return p.Register == SourceRegister }

// Body returns the kind of water that limits hang on; none for groundwater. A
// reservoir that is like a river counts as one (环办〔2011〕22号).
func (p Place) Body() gb.Body {
	switch p.Water {
	case "river", "river_reservoir":
		return gb.River
	case "lake", "reservoir":
		return gb.Lake
	}
	return ""
}

// Open reports whether p was in use on some day of a period.
func (p Place) Open(in gb.Period) bool {
	return p.Opened <= in.To && (p.Closed == "" || p.Closed >= in.From)
}

// TargetOn returns the target in force on a day; the zero Target where there is
// none.
func (p Place) TargetOn(on standard.Date) Target {
	for _, t := range p.Targets {
		if t.From <= on && (t.To == "" || on <= t.To) {
			return t
		}
	}
	return Target{}
}

// placeOf returns an entry of a register as a Place, without its targets.
func placeOf(e register.Entry) Place {
	p := Place{
		ID: e.ID, Register: e.Register, Code: e.Code, Name: e.Name, Division: e.Division, Lon: e.Lon, Lat: e.Lat, Level: e.Text("level"),
		Water: e.Text("water"), River: e.Text("river"), Basin: e.Text("basin"), Border: e.Text("border"), Assessed: e.Text("assessed") == "yes",
		Point: e.Ref("point"), Opened: standard.Date(e.Text("opened_on")), Closed: standard.Date(e.Text("closed_on")), State: e.State,
		Use: e.Text("use"), Population: e.Text("population"), Supply: e.Text("supply_m3d"),
	}
	p.Chosen = strings.FieldsFunc(e.Text("chosen"), func(r rune) bool { return strings.ContainsRune("、；;\n\r\t", r) })
	for i := range p.Chosen {
		p.Chosen[i] = strings.TrimSpace(p.Chosen[i])
	}
	// An entry that was withdrawn without a last day has counted until then.
	if p.State != register.Active && p.Closed == "" {
		p.Closed = standard.Date(clock.Day(e.UpdatedAt).AddDate(0, 0, -1).Format(time.DateOnly))
	}
	return p
}

// Places are sections and sources with their targets.
type Places []Place

// ByID returns the place id.
func (all Places) ByID(id int64) (Place, bool) {
	i := slices.IndexFunc(all, func(p Place) bool { return p.ID == id })
	if i < 0 {
		return Place{}, false
	}
	return all[i], true
}

// Places returns the sections and sources in by's scope, also those withdrawn, by
// register, river and code.
//
// The error is fault.Denied without register.read.
func (s *Store) Places(ctx context.Context, by access.Caller) (all Places, err error) {
	defer fault.Wrap(&err, "water.Places")
	targets := map[int64][]Target{}
	for _, r := range []register.Register{TargetRegister, SectionRegister, SourceRegister} {
		for _, state := range []register.State{register.Active, register.Withdrawn} {
			entries, err := s.entries(ctx, by, r, state)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				switch {
				case r != TargetRegister:
					all = append(all, placeOf(e))
				case state == register.Active:
					n, _ := strconv.Atoi(e.Text("class"))
					targets[e.Ref("section")] = append(targets[e.Ref("section")], Target{
						gb.Class(n), standard.Date(e.Text("valid_from")), standard.Date(e.Text("valid_to")), e.Text("document")})
				}
			}
		}
	}
	for i := range all {
		all[i].Targets = targets[all[i].ID]
		slices.SortFunc(all[i].Targets, func(a, b Target) int { return cmp.Compare(a.From, b.From) })
	}
	slices.SortFunc(all, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Register, b.Register), cmp.Compare(a.River, b.River), cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// entries returns all entries of a register and a state in by's scope.
func (s *Store) entries(ctx context.Context, by access.Caller, r register.Register, state register.State) (all []register.Entry, err error) {
	q := register.Query{Register: r, State: state, N: 500}
	for {
		page, err := s.register.List(ctx, by, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Entries...)
		if q.After = page.Next; q.After == "" {
			return all, nil
		}
	}
}
