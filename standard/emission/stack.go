package emission

import (
	"slices"
	"strings"

	"pingzhang/standard"
)

// A curve is the rows of one limit: several where it goes by the height of the
// stack, otherwise one.
type curve []entry

// curves parts rows that compete into the limits that they belong to.
func curves(rows []entry) []curve {
	var all []curve
	at := map[string]int{}
	for _, e := range rows {
		if e.rule == "" {
			all = append(all, curve{e})
			continue
		}
		var parts []string
		for _, c := range []string{"trade", "fuel", "device", "furnace", "region", "level", "built_from", "built_to", "steam_tph", "heat_mw", "house_mw", "unit"} {
			parts = append(parts, e.Cell(c))
		}
		key := strings.Join(append(parts, e.Citation.Clause), "|")
		i, ok := at[key]
		if !ok {
			i = len(all)
			at[key] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], e)
	}
	return all
}

// Heights in metres.
var (
	lowStack  = standard.Int(15) // GB 16297-1996, the least height of a stack
	clearance = standard.Int(5)  // GB 16297-1996, how far a stack must be above the buildings
	// coldWater is the temperature of GB 18918-2002 table 1, note: at it and below
	// the second value of ammonia holds.
	coldWater = standard.Int(12)
)

var half = standard.Must("0.5")

// candidates returns the limits that the curve may mean for the source, more
// than one where open was not stated; or the issue why there is none.
func (c curve) candidates(s Source) (all []Candidate, open, issue standard.Issue) {
	e := c[0]
	if e.rule == "" {
		return e.atTemperature(s)
	}
	switch {
	case !s.StackM.IsSet() || s.StackM.Sign() <= 0:
		return nil, "", StackNeeded
	case e.stackMin.IsSet() && s.StackM.Cmp(e.stackMin) < 0:
		return nil, "", StackTooLow
	}
	c = slices.Clone(c)
	slices.SortFunc(c, func(a, b entry) int { return a.stack.Cmp(b.stack) })
	if e.rule == interpolate {
		return c.byHeight(s)
	}
	return c.nearestTo(s)
}

// atTemperature returns the limit of a row, with regard to cold water.
func (e entry) atTemperature(s Source) (all []Candidate, open, issue standard.Issue) {
	warm := e.candidate(e.most, s)
	if !e.cold.IsSet() {
		return []Candidate{warm}, "", ""
	}
	cold := e.candidate(e.cold, s)
	warm.Because = append(warm.Because, "水温高于 12 ℃")
	cold.Because = append(cold.Because, "水温不高于 12 ℃，用第二个数值")
	switch {
	case !s.WaterCelsius.IsSet():
		return []Candidate{warm, cold}, TemperatureNeeded, ""
	case s.WaterCelsius.Cmp(coldWater) <= 0:
		return []Candidate{cold}, "", ""
	}
	return []Candidate{warm}, "", ""
}

// candidate is the row as a limit of at most max.
func (e entry) candidate(most standard.Exact, s Source) Candidate {
	return Candidate{
		Limit: e.limit(most, s), Words: e.words, Strict: e.strict, Level: e.level, Trade: e.Cell("trade"), Sampling: e.Cell("sampling"),
		Rows: []standard.Ref{e.ref},
	}
}

// nearestTo returns the row whose height is nearest to the stack, the higher of
// two as near (GB 14554-93 6.1.2: heights are rounded).
func (c curve) nearestTo(s Source) (all []Candidate, open, issue standard.Issue) {
	top := c[len(c)-1]
	if s.StackM.Cmp(top.stack) > 0 && top.rule != from {
		return nil, "", StackBeyond
	}
	best := c[0]
	for _, e := range c {
		if e.stack.Sub(s.StackM).Abs().Cmp(best.stack.Sub(s.StackM).Abs()) <= 0 {
			best = e
		}
	}
	found := best.candidate(best.most, s)
	if !best.stack.Equal(s.StackM) {
		found.Because = append(found.Because, "排气筒 "+s.StackM.String()+" m，取最接近的 "+best.stack.String()+" m 一行（6.1.2）")
	}
	return []Candidate{found}, "", ""
}

// byHeight reckons the rate of GB 16297-1996 for the height of the stack.
func (c curve) byHeight(s Source) (all []Candidate, open, issue standard.Issue) {
	full := c.rate(s)
	reduced := full
	reduced.Because = slices.Clone(full.Because)
	reduced.Limit.Max = full.Limit.Max.Mul(half)
	reduced.Because = append(reduced.Because, "排气筒没有高出周围 200 m 内建筑物 5 m 以上，严格 50%："+
		show(full.Limit.Max)+"×50%"+equals(reduced.Limit.Max)+" "+string(reduced.Limit.Unit))
	if s.StackM.Cmp(lowStack) < 0 {
		// Each of the two rules demands 50 %. That both at once make a quarter is not said.
		reduced.Limit.Confidence = reduced.Limit.Confidence.Weaker(standard.Inference)
		reduced.Because = append(reduced.Because, "没有高出周围建筑与低于 15 m 同时适用时各严格 50%，为推定")
	}
	switch {
	case !s.BuildingsM.IsSet():
		return []Candidate{full, reduced}, BuildingsNeeded, ""
	case s.StackM.Sub(s.BuildingsM).Cmp(clearance) < 0:
		return []Candidate{reduced}, "", ""
	}
	return []Candidate{full}, "", ""
}

// rate is the rate at the height of the stack alone: of the table, interpolated
// or extrapolated, and halved below 15 m.
func (c curve) rate(s Source) Candidate {
	h, low, high := s.StackM, c[0], c[len(c)-1]
	for _, e := range c {
		if e.stack.Cmp(h) <= 0 {
			low = e
		}
	}
	for _, e := range slices.Backward(c) {
		if e.stack.Cmp(h) >= 0 {
			high = e
		}
	}
	switch {
	case low.stack.Equal(h):
		return low.candidate(low.most, s)
	case high.stack.Equal(h):
		return high.candidate(high.most, s)
	case low.ref == high.ref || h.Cmp(low.stack) < 0 || h.Cmp(high.stack) > 0:
		return extrapolated(c, s)
	}
	share := h.Sub(low.stack).Quo(high.stack.Sub(low.stack))
	q := low.most.Add(high.most.Sub(low.most).Mul(share))
	found := low.candidate(q, s)
	found.Rows = append(found.Rows, high.ref)
	found.Limit.Confidence = found.Limit.Confidence.Weaker(high.Citation.Confidence)
	found.Because = append(found.Because, "排气筒 "+show(h)+" m，内插："+show(low.most)+"＋（"+show(high.most)+"−"+show(low.most)+"）×（"+
		show(h)+"−"+show(low.stack)+"）/（"+show(high.stack)+"−"+show(low.stack)+"）"+equals(q)+" "+string(low.unit))
	return found
}

// extrapolated reckons the rate above or below the table with the square of
// the height.
func extrapolated(c curve, s Source) Candidate {
	h, end := s.StackM, c[0]
	if h.Cmp(end.stack) > 0 {
		end = c[len(c)-1]
	}
	ratio := h.Quo(end.stack)
	q := end.most.Mul(ratio).Mul(ratio)
	found := end.candidate(q, s)
	found.Because = append(found.Because, "排气筒 "+show(h)+" m，外推："+show(end.most)+"×（"+show(h)+"/"+show(end.stack)+"）²"+equals(q)+" "+string(end.unit))
	if h.Cmp(lowStack) < 0 {
		found.Limit.Max = q.Mul(half)
		found.Because = append(found.Because, "排气筒低于 15 m，外推结果再严格 50%："+show(q)+"×50%"+equals(found.Limit.Max)+" "+string(end.unit))
	}
	return found
}

// significant is how many digits of a number a sentence shows.
const significant = 4

// show writes a number for a sentence.
func show(x standard.Exact) string {
	text, _ := x.Short(significant)
	return text
}

// equals writes a number as the result of a reckoning: =1.5, ≈1.333.
func equals(x standard.Exact) string { return x.Equals(significant) }
