package air

import (
	"slices"

	"pingzhang/standard"
)

// An Entry is a station, county or city to be ranked.
type Entry struct {
	Name  string         `json:"name"`
	Value standard.Exact `json:"value"`
	Issue standard.Issue `json:"issue,omitempty"` // why it may not be ranked
}

// A Ranked is an entry with its place.
type Ranked struct {
	Entry
	Place int            `json:"place"` // from 1; entries alike share one, and the next place is left out; 0 where not ranked
	Tied  bool           `json:"tied"`
	By    standard.Exact `json:"by"` // the value as it was compared
}

// RankLowest ranks entries, the lowest value first, as with indexes and
// concentrations. Values are compared rounded to so many decimals (GB/T 8170),
// which is how they are published; below zero they are compared unrounded.
// Entries with an issue or without a value come last, unranked.
func RankLowest(entries []Entry, decimals int) []Ranked { return rank(entries, decimals, 1) }

// RankHighest ranks entries, the highest value first, as with the ratio of good
// days; otherwise as RankLowest.
func RankHighest(entries []Entry, decimals int) []Ranked { return rank(entries, decimals, -1) }

func rank(entries []Entry, decimals, sign int) []Ranked {
	var placed, rest []Ranked
	for _, e := range entries {
		r := Ranked{Entry: e, By: e.Value}
		if decimals >= 0 {
			r.By = e.Value.Rounded(decimals)
		}
		if e.Issue != "" || !e.Value.IsSet() {
			rest = append(rest, r)
			continue
		}
		placed = append(placed, r)
	}
	slices.SortStableFunc(placed, func(a, b Ranked) int { return sign * a.By.Cmp(b.By) })
	for i := range placed {
		placed[i].Place = i + 1
		if i > 0 && placed[i].By.Equal(placed[i-1].By) {
			placed[i].Place = placed[i-1].Place
			placed[i].Tied, placed[i-1].Tied = true, true
		}
	}
	return append(placed, rest...)
}

// rising returns the numbers among values, sorted.
func rising(values []standard.Exact) []standard.Exact {
	all := slices.DeleteFunc(slices.Clone(values), func(x standard.Exact) bool { return !x.IsSet() })
	slices.SortFunc(all, standard.Exact.Cmp)
	return all
}
