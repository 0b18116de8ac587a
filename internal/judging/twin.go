package judging

import (
	"fmt"

	"pingzhang/internal/sheet"
	"pingzhang/standard"
)

// Issues of this package, beside those of the packages that it asks.
const (
	Repeated     standard.Issue = "repeated"      // the row stands in the file before
	Contradicted standard.Issue = "contradicted"  // another row says something else of the same
	WordUnknown  standard.Issue = "word_unknown"  // a word that is not of the list
	NotStated    standard.Issue = "not_stated"    // a cell that is needed is empty
	PlaceNeeded  standard.Issue = "place_needed"  // limits of several places hold, with different verdicts
	BodyNeeded   standard.Issue = "body_needed"   // river and lake are judged differently
	OrderOpen    standard.Issue = "order_open"    // which of two columns is which cannot be told
	OrderOdd     standard.Issue = "order_odd"     // the row contradicts the others about which is which
	SourceNeeded standard.Issue = "source_needed" // neither standard nor kind of source
	NotCompared  standard.Issue = "not_compared"  // no limit is in the unit and for the period of the value
)

// findTwins marks the rows that speak of the same thing, as key tells; an empty
// key is of nothing. What they say of it is said by the columns values. The
// mark stands at the cell of column.
func (f *file) findTwins(column string, key func(sheet.Row) string, values func(sheet.Row) string) {
	type seen struct {
		first  sheet.Row
		value  string
		marked bool // as contradicted
	}
	all := map[string]*seen{}
	for r := range f.Rows() {
		k := key(r)
		if k == "" {
			continue
		}
		s := all[k]
		if s == nil {
			all[k] = &seen{first: r, value: values(r)}
			continue
		}
		if values(r) == s.value {
			f.mark(r, column, Repeated, fmt.Sprintf("与第 %d 行重复", s.first.Number))
			continue
		}
		f.mark(r, column, Contradicted, fmt.Sprintf("与第 %d 行说的是同一件事，数值却不同；不知以哪一行为准", s.first.Number))
		if !s.marked {
			s.marked = true
			f.mark(s.first, column, Contradicted, fmt.Sprintf("与第 %d 行说的是同一件事，数值却不同；不知以哪一行为准", r.Number))
		}
	}
}

func (f *file) mark(r sheet.Row, column string, issue standard.Issue, text string) {
	f.twins[r.Number] = append(f.twins[r.Number], r.Problem(column, issue, "%s", text))
}
