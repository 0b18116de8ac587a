package measure_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
)

// expect is what a store must dump after frames, by the plain rule: of the
// contents of one point, kind, time and factor the one with the latest QN is
// current, with equal QN the one whose text is larger.
func expect(frames []measure.Frame) string {
	type key struct {
		kind   measure.Kind
		point  measure.Point
		at     int64
		factor string
	}
	type content struct {
		text, line   string
		qn, received int64
		backfilled   bool
	}
	all := map[key]map[string]*content{}
	for _, f := range frames {
		factors := map[string][]measure.Cell{}
		for c := range f.Cells.All() {
			factors[c.Factor] = append(factors[c.Factor], c)
		}
		for factor, cells := range factors {
			var text, line []string
			for _, c := range cells {
				text = append(text, c.Field+"="+c.Text)
				line = append(line, fmt.Sprintf("\t%s=%q", c.Field, c.Text))
			}
			k := key{f.Kind, f.Point, f.At, factor}
			if all[k] == nil {
				all[k] = map[string]*content{}
			}
			c := &content{strings.Join(text, ","), strings.Join(line, ""), f.QN, f.Received, f.Backfilled}
			if old := all[k][c.text]; old != nil {
				c.qn, c.received, c.backfilled = max(c.qn, old.qn), min(c.received, old.received), c.backfilled && old.backfilled
			}
			all[k][c.text] = c
		}
	}
	var keys []key
	for k := range all {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		switch {
		case a.kind != b.kind:
			return a.kind < b.kind
		case a.point != b.point:
			return a.point < b.point
		case a.at != b.at:
			return a.at < b.at
		}
		return a.factor < b.factor
	})
	var out strings.Builder
	for _, k := range keys {
		var contents []*content
		for _, c := range all[k] {
			contents = append(contents, c)
		}
		slices.SortFunc(contents, func(a, b *content) int {
			if a.qn != b.qn {
				return int(b.qn - a.qn)
			}
			return strings.Compare(b.text, a.text)
		})
		for i, c := range contents {
			revision, state := "superseded", "live"
			if i == 0 {
				revision = fmt.Sprint(len(contents))
			}
			if c.backfilled {
				state = "backfilled"
			}
			fmt.Fprintf(&out, "%s\t%d\t%s\t%s\t%s\t%d\t%d\t%s%s\n", k.kind, k.point, clock.Unix(k.at).Format("2006-01-02 15:04:05"), k.factor, revision, c.qn, c.received, state, c.line)
		}
	}
	return out.String()
}
