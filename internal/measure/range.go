package measure

import (
	"context"
	"slices"
	"sync"

	"pingzhang/internal/fault"
	"pingzhang/internal/measure/chunk"
)

// RangeQuery names a stretch of one point's readings.
type RangeQuery struct {
	Point   Point
	Kind    Kind
	Factors []string // codes; nil for all
	Fields  []string // Avg, Flag …; nil for all
	From    int64    // unix seconds
	To      int64    // not included
}

// Block is a piece of a range: times, and for each factor and field what was
// reported then. It is valid until the callback returns.
type Block struct {
	At      []int64 // unix seconds, rising
	Columns []Column
}

// Column is one field of one factor, as long as Block.At. Its methods Text,
// Number and Float say what stands in a row; nothing is not zero.
type Column struct {
	Factor, Field string
	chunk.Column
}

// Column returns the column of a factor and field, or nil.
func (b *Block) Column(factor, field string) *Column {
	for i := range b.Columns {
		if c := &b.Columns[i]; c.Factor == factor && c.Field == field {
			return c
		}
	}
	return nil
}

var tables = sync.Pool{New: func() any { return new(chunk.Table) }}

// Range calls fn with the readings of a range, block after block in the order
// of time, corrections applied. It is what curves are drawn from. An error of
// fn ends it and is returned.
//
// The error is a fault.Invalid around a *Damaged when a chunk is damaged.
func (s *Store) Range(ctx context.Context, q RangeQuery, fn func(*Block) error) (err error) {
	defer fault.Wrap(&err, "measure.Range(point %d, %s, %d to %d)", q.Point, q.Kind, q.From, q.To)

	src, err := s.sources(ctx, q.Point, q.Kind, q.From, q.To)
	if err != nil {
		return err
	}
	want := chunk.Want{Factors: q.Factors, Fields: q.Fields, NoMeta: true}
	return src.spans(func(span *sources) error {
		done, err := span.plain(want, fn)
		if done || err != nil {
			return err
		}
		rows, err := span.merge()
		if err != nil {
			return err
		}
		if rows, err = applyFixes(rows, span.fixes); err != nil {
			return err
		}
		t := tables.Get().(*chunk.Table)
		defer tables.Put(t)
		t.Reset(int64(q.Point), uint8(q.Kind), 0)
		for _, r := range rows {
			addRow(t, r.at, r.all, want)
		}
		t.Finish()
		return emit(t, q.From, q.To, fn)
	})
}

// plain hands out a span whose chunks and hot rows follow one another without
// overlapping, as nearly all do; done is false when they do not.
func (src *sources) plain(want chunk.Want, fn func(*Block) error) (done bool, err error) {
	if len(src.fixes) > 0 {
		return false, nil
	}
	var all []*chunk.Table
	defer func() {
		for _, t := range all {
			tables.Put(t)
		}
	}()
	last := int64(minAt - 1)
	for i := range src.chunks {
		t := tables.Get().(*chunk.Table)
		all = append(all, t)
		if err := src.chunks[i].decode(src.point, src.kind, t, want); err != nil {
			return false, err
		}
		if t.At[0] <= last {
			return false, nil
		}
		last = t.At[len(t.At)-1]
	}
	if len(src.hot) > 0 {
		if src.hot[0].at <= last {
			return false, nil
		}
		t := tables.Get().(*chunk.Table)
		all = append(all, t)
		t.Reset(int64(src.point), uint8(src.kind), 0)
		for _, h := range src.hot {
			if err := addHot(t, h.at, h.b, want); err != nil {
				return false, err
			}
		}
		t.Finish()
	}
	for _, t := range all {
		if err := emit(t, src.from, src.to, fn); err != nil {
			return true, err
		}
	}
	return true, nil
}

// emit hands the rows of t from before to to fn.
func emit(t *chunk.Table, from, to int64, fn func(*Block) error) error {
	i, _ := slices.BinarySearch(t.At, from)
	j, _ := slices.BinarySearch(t.At, to)
	if i == j {
		return nil
	}
	b := Block{At: t.At[i:j]}
	for f := range t.Factors {
		fac := &t.Factors[f]
		for c := range fac.Columns {
			b.Columns = append(b.Columns, Column{fac.Code, fac.Columns[c].Name, fac.Columns[c].Slice(i, j)})
		}
	}
	return fn(&b)
}
