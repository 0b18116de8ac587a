package emission

import (
	"slices"
	"strings"

	"pingzhang/standard"
)

// A Considered is a row of the document and pollutant that were asked for, and
// why it applies to the source or not.
type Considered struct {
	Row     standard.Ref `json:"row"`
	Applies bool         `json:"applies"`
	Why     string       `json:"why"` // in Chinese
}

// An Answer is the limits that apply to a source.
type Answer struct {
	Found      []Found        `json:"found"`
	Considered []Considered   `json:"considered"`
	Issue      standard.Issue `json:"issue,omitempty"` // NoRow where Found is empty
}

// Limits returns those limits of the answer that are settled: nothing that was
// not stated decides about them.
func (a Answer) Limits() []standard.Limit {
	var all []standard.Limit
	for _, f := range a.Found {
		if c, ok := f.Settled(); ok {
			all = append(all, c.Limit)
		}
	}
	return all
}

// An entry is a row with its match.
type entry struct {
	row
	match
}

// Limits finds what applies to a source. The order is that of the tables.
func (b *Book) Limits(s Source) Answer {
	var a Answer
	groups := map[string][]entry{}
	var order []string
	name := oneName(s.Pollutant)
	for i := range b.rows {
		r := &b.rows[i]
		if !r.of(s.Document) || s.Category != "" && s.Category != r.category ||
			s.Pollutant != "" && name != r.name {
			continue
		}
		e := entry{*r, r.match(s)}
		if e.fails != "" {
			a.Considered = append(a.Considered, Considered{r.ref, false, e.fails})
			continue
		}
		key := r.question()
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], e)
	}
	for _, key := range order {
		winners := a.compete(groups[key])
		f := a.settle(winners, s, b.complete(winners))
		a.Found = append(a.Found, f)
	}
	if len(a.Found) == 0 {
		a.Issue = NoRow
	}
	return a
}

// question is what rows that compete have in common.
func (r row) question() string {
	return strings.Join([]string{r.number, string(r.category), string(r.place), string(r.quantity), r.name, string(r.period)}, "|")
}

// compete returns the rows that none goes before. A row goes before another if
// it speaks more particularly of the source and applies whenever the other does.
func (a *Answer) compete(rows []entry) []entry {
	var winners []entry
	for _, e := range rows {
		beaten := slices.ContainsFunc(rows, func(other entry) bool {
			return other.rank > e.rank && (len(other.open) == 0 || other.signature() == e.signature())
		})
		if beaten {
			a.Considered = append(a.Considered, Considered{e.ref, false, "有更具体的一行适用"})
			continue
		}
		winners = append(winners, e)
	}
	return winners
}

// settle makes one finding of the rows that answer one question, one of which
// must apply where complete.
func (a *Answer) settle(rows []entry, s Source, complete bool) Found {
	first := rows[0]
	f := Found{Category: first.category, Place: first.place, Quantity: first.quantity, Pollutant: first.pollutant, Complete: complete}
	for _, curve := range curves(rows) {
		if len(curve[0].open) > 0 {
			f.open(curve[0].open[0].issue)
		}
		candidates, open, issue := curve.candidates(s)
		f.open(open)
		switch {
		case issue != "":
			f.Complete = false
			f.open(issue)
		case len(candidates) == 0:
		default:
			f.add(candidates)
		}
		a.explain(curve, candidates, issue)
	}
	f.conclude()
	return f
}

// complete reports whether one of the rows must apply, whatever was not stated.
func (b *Book) complete(rows []entry) bool {
	var plain []row
	for _, e := range rows {
		if len(e.open) == 0 {
			return true
		}
		if len(e.open) > 1 || e.open[0].issue != rows[0].open[0].issue {
			return false
		}
		plain = append(plain, e.row)
	}
	return b.covered(plain, rows[0].open[0].issue)
}

// explain says of the rows of a curve which of them were used.
func (a *Answer) explain(rows curve, candidates []Candidate, issue standard.Issue) {
	for _, e := range rows {
		used := slices.ContainsFunc(candidates, func(c Candidate) bool { return slices.Contains(c.Rows, e.ref) })
		why := "适用"
		switch {
		case issue != "":
			used, why = false, IssueText(issue)
		case !used:
			why = "是另一排气筒高度的限值"
		case len(e.open) > 0:
			why = "是否适用待定：" + IssueText(e.open[0].issue)
		}
		a.Considered = append(a.Considered, Considered{e.ref, used, why})
	}
}
