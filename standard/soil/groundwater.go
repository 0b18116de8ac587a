package soil

import (
	"fmt"
	"slices"

	"pingzhang/standard"
)

// The classes of groundwater, from the best to the worst.
var groundwaterClasses = []string{"I", "II", "III", "IV", "V"}

type groundwaterRow struct {
	line
	class       int // index into groundwaterClasses
	least, most standard.Exact
}

func (b *Book) readGroundwater(l line) error {
	n, err := l.Numbers("min", "max")
	if err != nil {
		return err
	}
	class := slices.Index(groundwaterClasses, l.Cell("class"))
	if class < 0 {
		return fmt.Errorf("行 %s 的 class 一列只能是 %v 之一，不能是 %q", l.Key, groundwaterClasses, l.Cell("class"))
	}
	b.groundwater = append(b.groundwater, groundwaterRow{l, class, n[0], n[1]})
	return nil
}

// A GroundwaterResult is the class of groundwater by one item.
type GroundwaterResult struct {
	Item       string              `json:"item"`
	Class      string              `json:"class,omitempty"` // I to V; empty where unknown
	Issue      standard.Issue      `json:"issue,omitempty"` // why there is no class
	Judgement  standard.Judgement  `json:"judgement"`       // by the row that took the value
	Confidence standard.Confidence `json:"confidence"`
	Rows       []standard.Ref      `json:"rows"`
}

// Groundwater returns the class of groundwater by one item (GB/T 14848): the
// best class of the table whose bounds take the value. As shipped the table has
// no rows, and every answer is NoFigures.
func (b *Book) Groundwater(item string, s standard.Sample) GroundwaterResult {
	r := GroundwaterResult{Item: item, Confidence: standard.Missing}
	if len(b.groundwater) == 0 {
		r.Issue = NoFigures
		return r
	}
	rows := slices.DeleteFunc(slices.Clone(b.groundwater), func(g groundwaterRow) bool { return !g.names(item) })
	if len(rows) == 0 {
		r.Issue = NoItem
		return r
	}
	if rows = inForce(rows, func(g groundwaterRow) line { return g.line }, s.On); len(rows) == 0 {
		r.Issue = standard.NotInForce
		return r
	}
	slices.SortStableFunc(rows, func(a, b groundwaterRow) int { return a.class - b.class })
	r.Item, r.Confidence = rows[0].Cell("item"), standard.Source
	r.Issue = ClassesFaulty
	for _, g := range rows {
		r.Rows = append(r.Rows, g.ref)
		r.Confidence = r.Confidence.Weaker(g.Citation.Confidence)
		limit := g.limit(g.most)
		limit.Min = g.least
		r.Judgement = standard.Judge(s, limit)
		if r.Judgement.Verdict == standard.Unknown {
			r.Issue = missingFigure(r.Judgement.Issue)
			return r
		}
		if r.Judgement.Verdict == standard.Meets {
			r.Class, r.Issue = groundwaterClasses[g.class], ""
			return r
		}
	}
	return r
}
