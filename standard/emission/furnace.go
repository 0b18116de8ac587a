package emission

import (
	"fmt"

	"pingzhang/standard"
)

// The rows of the rules for the furnaces of waste incineration.
const (
	topicFurnace     = "furnace"
	phaseTemperature = "炉温"
	phaseTimes       = "炉温次数"
)

// A FurnaceDay is how the furnace of a waste incineration plant was kept for a
// day.
type FurnaceDay struct {
	Verdict    standard.Verdict
	Issue      standard.Issue // why Unknown; empty otherwise
	Cold       int            // five-minute means below the least temperature
	Missing    int            // means that are no number
	Arithmetic string         // in words, Chinese
	Citation   standard.Citation
	Confidence standard.Confidence
	Rows       []standard.Ref
}

// FurnaceDay judges the five-minute means of the furnace temperature of a day, in
// ℃, one for each five minutes that the furnace ran, by the number of those below
// the least (生态环境部令第 10 号: more than five below 850 ℃ are a violation). Means that are no number may have been cold: where
// they could make the difference the verdict is Unknown, as it is without any mean.
func (b *Book) FurnaceDay(means []standard.Exact, on standard.Date) FurnaceDay {
	d := FurnaceDay{Verdict: standard.Unknown, Confidence: standard.Missing}
	least, ok := b.furnace(phaseTemperature, on)
	times, ok2 := b.furnace(phaseTimes, on)
	switch {
	case !ok || !ok2 || !least.value.IsSet() || !times.value.IsSet():
		d.Issue = standard.NoRule
	case len(means) == 0:
		d.Issue = standard.NoValue
	}
	if d.Issue != "" {
		d.Arithmetic = IssueText(d.Issue)
		return d
	}
	d.Citation = times.Citation
	d.Rows = []standard.Ref{least.ref, times.ref}
	d.Confidence = least.Citation.Confidence.Weaker(times.Citation.Confidence)
	for _, x := range means {
		switch {
		case !x.IsSet():
			d.Missing++
		case x.Cmp(least.value) < 0:
			d.Cold++
		}
	}
	d.Arithmetic = fmt.Sprintf("5 min 均值 %d 个，低于 %s ℃ 的 %d 个，缺 %d 个；一日不得超过 %s 次", len(means), show(least.value), d.Cold, d.Missing, show(times.value))
	switch {
	case standard.Int(int64(d.Cold)).Cmp(times.value) > 0:
		d.Verdict = standard.Exceeds
	case standard.Int(int64(d.Cold+d.Missing)).Cmp(times.value) > 0:
		d.Issue = standard.NoValue
	default:
		d.Verdict = standard.Meets
	}
	return d
}

// furnace returns the row of a phase of the rules for furnaces.
func (b *Book) furnace(phase string, on standard.Date) (ruleRow, bool) {
	for _, r := range b.rules {
		if r.Cell("topic") == topicFurnace && r.Cell("phase") == phase && r.Citation.InForce(on) {
			return r, true
		}
	}
	return ruleRow{}, false
}
