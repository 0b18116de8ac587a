package measure

import (
	"context"
	"slices"
	"strings"

	"pingzhang/internal/fault"
)

// Value is one field of a factor, in the text it was reported in.
type Value struct{ Field, Text string }

// Version is one content that a factor had at one time.
type Version struct {
	Values     []Value
	Mark       string // the text of Flag; empty where it was not sent
	QN         int64  // unix milliseconds, 0 when absent
	Received   int64  // first arrival, unix seconds
	Backfilled bool   // never came live
}

// Row is one factor at one time.
type Row struct {
	At     int64
	Factor string
	Version
	Revision   int       // 1 for the first content, 2 when one was superseded …
	Superseded []Version // the others, the last one first; only when asked for
	Fix        *Fix      // the correction that was applied, or nil
	Reported   []Value   // what the instrument said, where Fix is not nil
}

// Value returns the text of a field; false where it was not reported.
func (v *Version) Value(field string) (string, bool) {
	for i := range v.Values {
		if v.Values[i].Field == field {
			return v.Values[i].Text, true
		}
	}
	return "", false
}

// RowQuery names rows of one point.
type RowQuery struct {
	Point      Point
	Kind       Kind
	Factors    []string // nil for all
	From, To   int64    // unix seconds; To is not included
	Superseded bool     // with the contents that others have superseded
}

// Rows calls fn for each factor at each time, by time and then by factor, with
// corrections applied. For curves Range is many times quicker.
//
// The error is a fault.Invalid around a *Damaged when a chunk is damaged.
func (s *Store) Rows(ctx context.Context, q RowQuery, fn func(Row) error) (err error) {
	defer fault.Wrap(&err, "measure.Rows(point %d, %s, %d to %d)", q.Point, q.Kind, q.From, q.To)

	return s.rows(ctx, q, true, fn)
}

// reported is Rows without corrections.
func (s *Store) reported(ctx context.Context, q RowQuery, fn func(Row) error) error {
	return s.rows(ctx, q, false, fn)
}

func (s *Store) rows(ctx context.Context, q RowQuery, fixed bool, fn func(Row) error) error {
	src, err := s.sources(ctx, q.Point, q.Kind, q.From, q.To)
	if err != nil {
		return err
	}
	if !fixed {
		src.fixes = nil
	}
	// After the chunks: a content leaves them only once it is written there.
	old, err := s.supersededIn(ctx, q)
	if err != nil {
		return err
	}
	return src.spans(func(span *sources) error {
		rows, err := span.merge()
		if err != nil {
			return err
		}
		for _, r := range withFixTimes(rows, span.fixes) {
			lost := append(r.lost, old[r.at]...)
			out := make([]Row, 0, len(r.all))
			for _, v := range r.all {
				if q.Factors == nil || slices.Contains(q.Factors, v.code.String()) {
					out = append(out, history(r.at, v, lost, q.Superseded))
				}
			}
			out = fixRows(out, r.at, q, span.fixes)
			sortRows(out)
			for i := range out {
				if err := fn(out[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// supersededIn reads the contents that were superseded, by time.
func (s *Store) supersededIn(ctx context.Context, q RowQuery) (map[int64][]version, error) {
	rows, err := s.hot.Query(ctx, `
		SELECT ts, factor, content, qn, received, backfilled
		  FROM superseded
		 WHERE point = $1
		   AND kind = $2
		   AND ts >= $3
		   AND ts < $4`, int64(q.Point), int64(q.Kind), q.From, q.To)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all map[int64][]version
	for rows.Next() {
		var at int64
		var factor string
		var v version
		if err := rows.Scan(&at, &factor, &v.content, &v.qn, &v.received, &v.backfilled); err != nil {
			return nil, err
		}
		v.code = codeStored(factor)
		if all == nil {
			all = map[int64][]version{}
		}
		all[at] = append(all[at], v)
	}
	return all, rows.Err()
}

// history joins the content that counts with all others that are known, each
// once, whatever order they came in.
func history(at int64, v version, lost []version, with bool) Row {
	var others []version
	for _, l := range lost {
		if l.code.compare(v.code) != 0 {
			continue
		}
		if slices.Equal(l.content, v.content) {
			v.meta = v.meta.join(l.meta)
			continue
		}
		i := slices.IndexFunc(others, func(o version) bool { return slices.Equal(o.content, l.content) })
		if i < 0 {
			others = append(others, l)
		} else {
			others[i].meta = others[i].meta.join(l.meta)
		}
	}
	row := v.row(at)
	row.Revision = 1 + len(others)
	if with {
		slices.SortFunc(others, func(a, b version) int {
			if a.beats(b) {
				return -1
			}
			return 1
		})
		for _, o := range others {
			row.Superseded = append(row.Superseded, o.row(at).Version)
		}
	}
	return row
}

// row returns v as a Row of revision 1.
func (v version) row(at int64) Row {
	row := Row{At: at, Factor: v.code.String(), Revision: 1}
	row.QN, row.Received, row.Backfilled = v.qn, v.received, v.backfilled
	r := readContent(v.content)
	row.Values = make([]Value, 0, len(r.shape))
	for i := range r.shape {
		text := r.value().text()
		if r.shape[i].id == fieldFlag {
			row.Mark = text
		}
		row.Values = append(row.Values, Value{r.shape[i].name(), text})
	}
	return row
}

func sortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(a.Factor, b.Factor) })
}
