package discharge

import (
	"slices"

	"pingzhang/standard"
)

// EpisodeState says how far an episode has gone.
type EpisodeState string

// The states of an episode.
const (
	Open    EpisodeState = "open"    // exceeding, or not yet shown to meet the limit again
	Cleared EpisodeState = "cleared" // enough periods on end met the limit
	Lapsed  EpisodeState = "lapsed"  // nothing shows that it cleared, and it is too long ago to go on
	Void    EpisodeState = "void"    // after late or corrected data nothing exceeds any more
	Merged  EpisodeState = "merged"  // late data joined it to an earlier one
)

// Label returns the Chinese name of s.
func (s EpisodeState) Label() string {
	switch s {
	case Open:
		return "持续中"
	case Cleared:
		return "已恢复达标"
	case Lapsed:
		return "其后数据未知，未见恢复"
	case Void:
		return "复核后不再超标"
	case Merged:
		return "已并入另一次超标"
	}
	return string(s)
}

// step is the length of a period in seconds. Days have no summer time.
func step(p standard.Period) int64 {
	if p == standard.Day {
		return 86400
	}
	return 3600
}

// Span is one stretch of exceeding periods: their starts, rising.
type Span []int64

// First returns the start of the first period.
func (s Span) First() int64 { return s[0] }

// Last returns the start of the last period.
func (s Span) Last() int64 { return s[len(s)-1] }

// Spans groups the starts of exceeding periods, each step seconds long: two
// belong together when no more than rejoin periods lie between them. The order
// of exceeding and repeats in it do not matter.
func Spans(exceeding []int64, step int64, rejoin int) []Span {
	all := slices.Clone(exceeding)
	slices.Sort(all)
	all = slices.Compact(all)
	var spans []Span
	for i, at := range all {
		if i > 0 && at-all[i-1] <= int64(rejoin+1)*step {
			last := len(spans) - 1
			spans[last] = append(spans[last], at)
			continue
		}
		spans = append(spans, Span{at})
	}
	return spans
}

// Ending tells how far an episode has gone whose last exceeding period began at
// last: cleared when clear periods on end meet the limit within the periods in
// which an exceedance would still rejoin it, or within as many as clear takes
// if that is longer; lapsed when all these are over at now and it has not.
// verdicts has those of the periods after last; one that is not there is
// unknown.
func Ending(last int64, verdicts map[int64]standard.Verdict, step int64, rejoin, clear int, now int64) EpisodeState {
	window := int64(max(rejoin, clear))
	run := 0
	for i := int64(1); i <= window; i++ {
		if verdicts[last+i*step] != standard.Meets {
			run = 0
			continue
		}
		if run++; run == clear {
			return Cleared
		}
	}
	if now >= last+(window+1)*step {
		return Lapsed
	}
	return Open
}
