package standard

// airOxygen is the oxygen content of air, in percent, as the formula of
// GB 13271-2014 5.2 has it.
var airOxygen = Int(21)

// OxygenFormula is the clause of the conversion in AtReferenceOxygen.
// GB 13223-2011 and GB 18485-2014 use the same formula with reference values
// of their own.
var OxygenFormula = Citation{
	Document: "GB 13271", Edition: "2014", Clause: "5.2",
	Title: "锅炉大气污染物排放标准", From: "2014-07-01", Confidence: Source,
}

// AtReferenceOxygen converts a concentration measured at the given oxygen
// content to what it would be at the reference oxygen content, both in
// percent: c·(21−ref)/(21−oxygen), GB 13271-2014 5.2. The result is an exact
// fraction in the unit of the concentration.
//
// There is no result, and the Issue says why, where the concentration is not
// there (NoValue), oxygen was not measured (NoOxygen), is below zero
// (OxygenNegative), or is 21 or above (OxygenHigh: plain air; the fan runs,
// the fire does not), and where the reference is not below 21 or is negative
// (LimitFaulty).
func AtReferenceOxygen(c, oxygen, ref Exact) (Exact, Issue) {
	switch {
	case !c.IsSet():
		return Exact{}, NoValue
	case !ref.IsSet() || ref.Sign() < 0 || ref.Cmp(airOxygen) >= 0:
		return Exact{}, LimitFaulty
	case !oxygen.IsSet():
		return Exact{}, NoOxygen
	case oxygen.Sign() < 0:
		return Exact{}, OxygenNegative
	case oxygen.Cmp(airOxygen) >= 0:
		return Exact{}, OxygenHigh
	}
	return c.Mul(airOxygen.Sub(ref)).Quo(airOxygen.Sub(oxygen)), ""
}
