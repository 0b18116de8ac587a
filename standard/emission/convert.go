package emission

import (
	"pingzhang/standard"
)

// A Reckoned is a number that was reckoned, with all that it follows from.
type Reckoned struct {
	Value      standard.Exact      `json:"value"`
	Unit       standard.Unit       `json:"unit"`
	Issue      standard.Issue      `json:"issue,omitempty"` // why there is no value; empty otherwise
	Arithmetic string              `json:"arithmetic"`      // in words, Chinese
	Citation   standard.Citation   `json:"citation"`
	Confidence standard.Confidence `json:"confidence"`
	Rows       []standard.Ref      `json:"rows"`
}

// The topics of the rules that the conversions cite.
const (
	topicAir   = "excess_air"
	topicMass  = "mass_rate"
	topicMolar = "ppm_to_mg"
	topicState = "to_standard_state"
)

var (
	air      = standard.Int(21) // oxygen of air in percent, as the formulas have it
	million  = standard.Int(1000000)
	hundred  = standard.Int(100)
	kelvin   = standard.Int(273)    // as the formula of HJ 75-2017 has it
	pressure = standard.Int(101325) // Pa
)

// reckon begins a result that rests on the rule of a topic.
func (b *Book) reckon(topic string, unit standard.Unit, on standard.Date) (Reckoned, ruleRow) {
	r, ok := b.rule(topic, on)
	if !ok {
		return Reckoned{Unit: unit, Issue: standard.NoRule, Arithmetic: standard.NoRule.Text(), Confidence: standard.Missing}, r
	}
	return Reckoned{Unit: unit, Citation: r.Citation, Confidence: r.Citation.Confidence, Rows: []standard.Ref{r.ref}}, r
}

// fail leaves the result without value.
func (r Reckoned) fail(issue standard.Issue) Reckoned {
	r.Issue, r.Arithmetic = issue, IssueText(issue)
	return r
}

// AirCoefficient returns the excess-air coefficient of a fire whose gas has so
// much oxygen, in percent: 21/(21−O₂). There is none, and the Issue says why,
// where oxygen was not measured, is negative, or is 21 or above; and where it is
// above ceiling, which may be none (Dilution).
func AirCoefficient(oxygen, ceiling standard.Exact) (standard.Exact, standard.Issue) {
	switch {
	case !oxygen.IsSet():
		return standard.Exact{}, standard.NoOxygen
	case oxygen.Sign() < 0:
		return standard.Exact{}, standard.OxygenNegative
	case oxygen.Cmp(air) >= 0:
		return standard.Exact{}, standard.OxygenHigh
	case ceiling.IsSet() && oxygen.Cmp(ceiling) > 0:
		return standard.Exact{}, standard.Dilution
	}
	return air.Quo(air.Sub(oxygen)), ""
}

// A FurnaceSample is a concentration in the gas of an industrial furnace.
type FurnaceSample struct {
	Value     standard.Exact
	Unit      standard.Unit
	Oxygen    standard.Exact // in percent; or
	Alpha     standard.Exact // the excess-air coefficient itself, which goes first
	Reference standard.Exact // the coefficient that is laid down for the furnace
	Ceiling   standard.Exact // oxygen from which on a conversion says nothing; none where not set
	On        standard.Date
}

// AtReferenceAir converts a concentration to the excess-air coefficient that is
// laid down for a furnace: c·α/α₀, GB 9078-1996. The coefficients are not in the
// tables: they are the caller's.
func (b *Book) AtReferenceAir(s FurnaceSample) Reckoned {
	r, _ := b.reckon(topicAir, s.Unit, s.On)
	alpha, text := s.Alpha, ""
	if !alpha.IsSet() {
		var issue standard.Issue
		if alpha, issue = AirCoefficient(s.Oxygen, s.Ceiling); issue != "" {
			return r.fail(issue)
		}
		text = "α=21/(21−" + show(s.Oxygen) + ")" + equals(alpha) + "；"
	}
	switch {
	case r.Issue != "":
		return r
	case !s.Value.IsSet():
		return r.fail(standard.NoValue)
	case s.Value.Sign() < 0:
		return r.fail(standard.Negative)
	case alpha.Cmp(standard.Int(1)) < 0:
		return r.fail(AlphaImplausible)
	case !s.Reference.IsSet() || s.Reference.Cmp(standard.Int(1)) < 0:
		return r.fail(NoAlphaReference)
	}
	r.Value = s.Value.Mul(alpha).Quo(s.Reference)
	r.Arithmetic = text + show(s.Value) + "×" + show(alpha) + "/" + show(s.Reference) + equals(r.Value) + " " + string(s.Unit)
	return r
}

// MassRate returns what is let out in an hour, in kg/h: c·Q·10⁻⁶, where c is the
// concentration as measured (not at reference oxygen) and Q the flow, both dry
// and at the standard state. Units are converted; those that do not fit are an
// issue.
func (b *Book) MassRate(c standard.Exact, unit standard.Unit, flow standard.Exact, flowUnit standard.Unit, on standard.Date) Reckoned {
	r, _ := b.reckon(topicMass, standard.KgPerH, on)
	if r.Issue != "" {
		return r
	}
	mg, err := standard.Convert(c, unit, standard.MgPerM3)
	if err != nil {
		return r.fail(err.(*standard.UnitError).Issue)
	}
	q, err := standard.Convert(flow, flowUnit, standard.M3PerH)
	if err != nil {
		return r.fail(err.(*standard.UnitError).Issue)
	}
	switch {
	case !c.IsSet():
		return r.fail(standard.NoValue)
	case !flow.IsSet():
		return r.fail(standard.NoFlow)
	case c.Sign() < 0 || flow.Sign() < 0:
		return r.fail(standard.Negative)
	}
	r.Value = mg.Mul(q).Quo(million)
	r.Arithmetic = show(mg) + "×" + show(q) + "×10⁻⁶" + equals(r.Value) + " kg/h"
	return r
}

// FromMolar converts µmol/mol into mg/m³ at the standard state: M/22.4·c, M being
// the molar mass in g/mol.
func (b *Book) FromMolar(c, molarMass standard.Exact, on standard.Date) Reckoned {
	r, rule := b.reckon(topicMolar, standard.MgPerM3, on)
	switch {
	case r.Issue != "":
		return r
	case !c.IsSet():
		return r.fail(standard.NoValue)
	case c.Sign() < 0:
		return r.fail(standard.Negative)
	case !molarMass.IsSet() || molarMass.Sign() <= 0:
		return r.fail(NoMolarMass)
	case !rule.value.IsSet():
		return r.fail(standard.NoRule)
	}
	r.Value = c.Mul(molarMass).Quo(rule.value)
	r.Arithmetic = show(molarMass) + "/" + show(rule.value) + "×" + show(c) + equals(r.Value) + " mg/m³"
	return r
}

// NitrogenOxides returns NO and NO₂, both in mg/m³, as NO₂: c(NO)·46/30 + c(NO₂).
func (b *Book) NitrogenOxides(no, no2 standard.Exact, on standard.Date) Reckoned {
	r, _ := b.reckon(topicMolar, standard.MgPerM3, on)
	switch {
	case r.Issue != "":
		return r
	case !no.IsSet() || !no2.IsSet():
		return r.fail(standard.NoValue)
	case no.Sign() < 0 || no2.Sign() < 0:
		return r.fail(standard.Negative)
	}
	r.Value = no.Mul(standard.Int(46)).Quo(standard.Int(30)).Add(no2)
	r.Arithmetic = show(no) + "×46/30＋" + show(no2) + equals(r.Value) + " mg/m³"
	return r
}

// A GasState is the state of the gas in a stack.
type GasState struct {
	Atmosphere standard.Exact // pressure of the air, Pa
	Static     standard.Exact // static pressure in the stack against it, Pa
	Celsius    standard.Exact // temperature of the gas, ℃
	Moisture   standard.Exact // in percent of the volume; 0 where the value is of dry gas
}

// StandardState converts a concentration of the gas as it is into one of dry gas
// at 273 K and 101325 Pa: c·101325/(Ba+Ps)·(273+t)/273/(1−X/100).
func (b *Book) StandardState(c standard.Exact, unit standard.Unit, g GasState, on standard.Date) Reckoned {
	r, _ := b.reckon(topicState, unit, on)
	absolute, t := g.Atmosphere.Add(g.Static), kelvin.Add(g.Celsius)
	switch {
	case r.Issue != "":
		return r
	case !c.IsSet() || !absolute.IsSet() || !t.IsSet() || !g.Moisture.IsSet():
		return r.fail(standard.NoValue)
	case c.Sign() < 0:
		return r.fail(standard.Negative)
	case absolute.Sign() <= 0 || t.Sign() <= 0 || g.Moisture.Sign() < 0 || g.Moisture.Cmp(hundred) >= 0:
		return r.fail(StateImplausible)
	}
	wet := c.Mul(pressure).Quo(absolute).Mul(t).Quo(kelvin)
	r.Value = wet.Quo(standard.Int(1).Sub(g.Moisture.Quo(hundred)))
	r.Arithmetic = show(c) + "×101325/(" + show(g.Atmosphere) + "＋" + show(g.Static) + ")×(273＋" + show(g.Celsius) + ")/273/(1−" +
		show(g.Moisture) + "/100)" + equals(r.Value) + " " + string(unit)
	return r
}
