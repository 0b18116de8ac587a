package air

import (
	"fmt"

	"pingzhang/standard"
)

// A Limit is a concentration limit of GB 3095 for one class of area.
type Limit struct {
	standard.Limit
	Pollutant Pollutant `json:"pollutant"`
	Averaging Averaging `json:"averaging"`
	Area      Area      `json:"area"`
	// Stage is transition or final where an edition has both, reference for
	// the informative annex, which judges nothing; otherwise empty.
	Stage     string       `json:"stage,omitempty"`
	Condition string       `json:"condition,omitempty"` // state of the gas, or kind of land; in Chinese
	Note      string       `json:"note,omitempty"`
	Ref       standard.Ref `json:"ref"`
}

// Stages of GB 3095-2026 4.4, and the informative annex.
const (
	Transition = "transition"
	Final      = "final"
	Reference  = "reference"
)

// readLimits makes the limits of one row: one for each class.
func readLimits(r cited) ([]Limit, error) {
	p, ok := ParsePollutant(r.Cell("pollutant"))
	a := Averaging(r.Cell("averaging"))
	if !ok || !a.Known() {
		return nil, fmt.Errorf("行 %s 的项目 %q 或统计时段 %q 不认识", r.Key, r.Cell("pollutant"), string(a))
	}
	var all []Limit
	for i, column := range []string{"class1", "class2"} {
		bound, err := r.Number(column)
		if err != nil {
			return nil, err
		}
		if bound.IsSet() && bound.Sign() <= 0 {
			return nil, fmt.Errorf("行 %s 的 %s 一列应大于 0", r.Key, column)
		}
		all = append(all, Limit{
			Limit: standard.Limit{
				Factor: p.String(), Max: bound, Unit: standard.Unit(r.Cell("unit")), Period: a.Period(),
				Confidence: r.Citation.Confidence, Citation: r.Citation,
			},
			Pollutant: p, Averaging: a, Area: Area(i + 1), Stage: r.Cell("stage"), Condition: r.Cell("condition"), Note: r.Note, Ref: r.ref,
		})
	}
	return all, nil
}

// Limit returns the limit in force on a day, and whether there is one; for an
// empty day the newest. The informative annex is left out.
func (b *Book) Limit(p Pollutant, a Averaging, area Area, on standard.Date) (Limit, bool) {
	found, ok := Limit{}, false
	for _, l := range b.limits {
		if l.Pollutant == p && l.Averaging == a && l.Area == area && l.Stage != Reference && l.Citation.InForce(on) &&
			(!ok || l.Citation.From > found.Citation.From) {
			found, ok = l, true
		}
	}
	return found, ok
}

// Limits returns the limits for an area in force on any day of a span, in the
// order of the table: across a change of edition or stage, those of both. The
// informative annex is among them. An empty bound is open.
func (b *Book) Limits(area Area, from, to standard.Date) []Limit {
	var all []Limit
	for _, l := range b.limits {
		if l.Area == area && within(l.Citation, from, to) {
			all = append(all, l)
		}
	}
	return all
}

// A Judgement is a concentration beside its limit.
type Judgement struct {
	standard.Judgement
	Basis Basis `json:"basis"`
}

// Judge compares a concentration with the limit in force on a day (GB 3095).
// A value equal to the limit meets it; values are compared unrounded. The
// verdict is Unknown where no limit is in force (standard.NoLimit) or the
// value gives no ground for one.
func (b *Book) Judge(r Reading, area Area, on standard.Date) Judgement {
	l, ok := b.Limit(r.Item.Pollutant, r.Item.limited(), area, on)
	s := standard.Sample{Value: r.Value, Unit: r.Unit, Period: r.Item.Averaging.Period(), On: on, Issue: r.Issue}
	if !ok {
		j := Judgement{Judgement: standard.Judgement{Verdict: standard.Unknown, Issue: standard.NoLimit, Sample: s, Confidence: standard.Missing}}
		j.Basis.Confidence = standard.Missing
		return j
	}
	return Judgement{
		Judgement: standard.Judge(s, l.Limit),
		Basis:     Basis{Citation: l.Citation, Confidence: l.Confidence, Refs: []standard.Ref{l.Ref}},
	}
}

// limited is the averaging under which the limit of i stands.
func (i Item) limited() Averaging {
	switch i.Averaging {
	case MaxHour:
		return Hour
	case EightHour:
		return MaxEightHour
	case RollingDay:
		return Day
	}
	return i.Averaging
}
