package measure

import (
	"context"
	"slices"
	"sync"
)

// Once returns a context in which what is read of a point is read once: later
// reads of the same stretch, or of a part of it, answer from memory. It is for a
// computation that asks many things of one hour or day, such as a judgement of
// all factors of an outlet, and shall not outlive it: what is written meanwhile
// is not seen.
func Once(ctx context.Context) context.Context {
	return context.WithValue(ctx, onceKey{}, &memory{})
}

type onceKey struct{}

// memory holds what was read in one context of Once.
type memory struct {
	mu      sync.Mutex
	sources []*sources
	marks   []markedStretch
}

type markedStretch struct {
	point    Point
	from, to int64
	marks    []Mark
}

func memoryOf(ctx context.Context) *memory {
	m, _ := ctx.Value(onceKey{}).(*memory)
	return m
}

// find returns a copy of the sources of a stretch if one that holds it was read.
func (m *memory) find(p Point, k Kind, from, to int64) *sources {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, have := range m.sources {
		if have.point == p && have.kind == k && have.from <= from && to <= have.to {
			return have.part(from, to)
		}
	}
	return nil
}

func (m *memory) keep(src *sources) {
	m.mu.Lock()
	m.sources = append(m.sources, src)
	m.mu.Unlock()
}

// part returns what src has of a stretch in it.
func (src *sources) part(from, to int64) *sources {
	out := &sources{point: src.point, kind: src.kind, from: from, to: to}
	for _, h := range src.hot {
		if h.at >= from && h.at < to {
			out.hot = append(out.hot, h)
		}
	}
	first := spanStart(src.kind, from)
	for _, c := range src.chunks {
		if c.t0 >= first && c.t0 < to {
			out.chunks = append(out.chunks, c)
		}
	}
	for _, f := range src.fixes {
		if f.At >= from && f.At < to {
			out.fixes = append(out.fixes, f)
		}
	}
	return out
}

// marksOf returns the marks of a stretch by read, or from memory.
func (m *memory) marksOf(p Point, from, to int64, read func() ([]Mark, error)) ([]Mark, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, have := range m.marks {
		if have.point == p && have.from <= from && to <= have.to {
			return slices.DeleteFunc(slices.Clone(have.marks), func(k Mark) bool { return k.From >= to || k.To <= from }), nil
		}
	}
	all, err := read()
	if err == nil {
		m.marks = append(m.marks, markedStretch{p, from, to, slices.Clone(all)})
	}
	return all, err
}
