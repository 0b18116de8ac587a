package measure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure/chunk"
	"pingzhang/internal/sqldb"
)

// hotRow is a row of hot of one point and kind.
type hotRow struct {
	at int64
	b  []byte
}

// storedChunk is a row of the table chunk.
type storedChunk struct {
	file string
	t0   int64
	b    []byte
}

// spanStart returns the start of the span whose chunks hold at: a day of
// realtime and minute rows, a month of hours and days. Chunks of one span may
// overlap in time; once the span is over and sealed there is one.
func spanStart(k Kind, at int64) int64 {
	if k == Rtd || k == Minute {
		return dayStart(at)
	}
	return monthOf(at).start()
}

func spanEnd(k Kind, start int64) int64 {
	if k == Rtd || k == Minute {
		return start + daySeconds
	}
	return (monthOf(start) + 1).start()
}

// sources is all that is stored about a range of one point and kind.
type sources struct {
	point    Point
	kind     Kind
	from, to int64
	hot      []hotRow
	chunks   []storedChunk
	fixes    []Fix // the last of each key, by time
}

// sources reads hot rows first and chunks second: a seal that commits between
// the two shows its rows twice, which the union forgives, and never not at all.
func (s *Store) sources(ctx context.Context, p Point, k Kind, from, to int64) (*sources, error) {
	src := &sources{point: p, kind: k, from: max(from, minAt), to: min(to, maxAt)}
	if src.from >= src.to || k < Rtd || k > Day {
		return src, nil
	}
	memory := memoryOf(ctx)
	if memory != nil {
		if have := memory.find(p, k, src.from, src.to); have != nil {
			return have, nil
		}
	}
	var err error
	if src.hot, err = s.hotRows(ctx, p, k, src.from, src.to); err != nil {
		return nil, err
	}
	if src.chunks, err = s.storedChunks(ctx, p, k, spanStart(k, src.from), src.to); err != nil {
		return nil, err
	}
	if s.app != nil {
		src.fixes, err = currentFixes(ctx, s.app, p, k, src.from, src.to)
	}
	if memory != nil && err == nil {
		memory.keep(src.part(src.from, src.to)) // readers may change what they get
	}
	return src, err
}

// hotSQLite leaps from time to time: the key begins with time, so that the rows
// of one point lie scattered among those of all others.
const hotSQLite = `
	WITH RECURSIVE times(at) AS (
	  SELECT MIN(ts) FROM hot WHERE kind = $1 AND ts >= $2 AND ts < $3
	  UNION ALL
	  SELECT (SELECT MIN(ts) FROM hot WHERE kind = $1 AND ts > at AND ts < $3) FROM times WHERE at IS NOT NULL
	)
	SELECT hot.ts, hot.b
	  FROM times
	  CROSS JOIN hot
	 WHERE hot.kind = $1
	   AND hot.ts = at
	   AND hot.point = $4`

// hotPostgres is a plain range, for which the key has every column.
const hotPostgres = `
	SELECT ts, b
	  FROM hot
	 WHERE kind = $1
	   AND ts >= $2
	   AND ts < $3
	   AND point = $4
	 ORDER BY ts`

func (s *Store) hotRows(ctx context.Context, p Point, k Kind, from, to int64) ([]hotRow, error) {
	query := hotSQLite
	if s.pg {
		query = hotPostgres
	}
	rows, err := s.hot.Query(ctx, query, int64(k), from, to, int64(p))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []hotRow
	for rows.Next() {
		var r hotRow
		if err := rows.Scan(&r.at, &r.b); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

func (s *Store) storedChunks(ctx context.Context, p Point, k Kind, from, to int64) ([]storedChunk, error) {
	var all []storedChunk
	for m := monthOf(from); m <= monthOf(to-1); m++ {
		lo, hi := max(from, m.start()), min(to, (m+1).start())
		if s.pg { // one query for all months
			lo, hi, m = from, to, monthOf(to-1)
		}
		db, release, err := s.chunks.open(ctx, m, false)
		if err != nil {
			return nil, err
		}
		if db == nil {
			continue
		}
		all, err = chunksIn(ctx, db, all, p, k, lo, hi, db.Path())
		release()
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func chunksIn(ctx context.Context, q sqldb.Querier, all []storedChunk, p Point, k Kind, lo, hi int64, file string) ([]storedChunk, error) {
	rows, err := q.Query(ctx, `
		SELECT t0, b
		  FROM chunk
		 WHERE point = $1
		   AND kind = $2
		   AND t0 >= $3
		   AND t0 < $4
		 ORDER BY t0`, int64(p), int64(k), lo, hi)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		c := storedChunk{file: file}
		if err := rows.Scan(&c.t0, &c.b); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// Damaged is the error of a chunk that cannot be read.
type Damaged struct {
	File  string // where the chunk is
	Point Point
	Kind  Kind
	Start int64 // of the chunk, unix seconds
	cause error
}

// Error describes the damage for a developer.
func (d *Damaged) Error() string {
	return fmt.Sprintf("%s: chunk of point %d, %s, from %s: %v", d.File, d.Point, d.Kind, clock.Unix(d.Start).Format("2006-01-02 15:04"), d.cause)
}

// Unwrap returns what is wrong with the bytes.
func (d *Damaged) Unwrap() error { return d.cause }

// decode decodes a chunk and says where it is when it is damaged.
func (c *storedChunk) decode(p Point, k Kind, t *chunk.Table, want chunk.Want) error {
	err := chunk.Decode(c.b, t, want)
	if err == nil && (t.Point != int64(p) || t.Kind != uint8(k) || t.T0 != c.t0) {
		err = fmt.Errorf("%w: it is that of another point, kind or time", chunk.ErrDamaged)
	}
	if err == nil {
		return nil
	}
	return fault.From(&Damaged{c.file, p, k, c.t0, err}, fault.Invalid,
		"数据文件 %s 中监测点 %d 于 %s 的%s已损坏，无法读取；请从备份恢复该文件，原始报文仍可查", c.file, p, clock.Unix(c.t0).Format("2006-01-02"), k.Zh())
}

// spans calls fn for the sources of each span, in order.
func (src *sources) spans(fn func(span *sources) error) error {
	starts := map[int64]*sources{}
	at := func(t int64) *sources {
		start := spanStart(src.kind, t)
		if starts[start] == nil {
			starts[start] = &sources{point: src.point, kind: src.kind, from: src.from, to: src.to}
		}
		return starts[start]
	}
	for _, h := range src.hot {
		sp := at(h.at)
		sp.hot = append(sp.hot, h)
	}
	for _, c := range src.chunks {
		sp := at(c.t0)
		sp.chunks = append(sp.chunks, c)
	}
	for _, f := range src.fixes {
		sp := at(f.At)
		sp.fixes = append(sp.fixes, f)
	}
	order := make([]int64, 0, len(starts))
	for t := range starts {
		order = append(order, t)
	}
	slices.Sort(order)
	for _, t := range order {
		if err := fn(starts[t]); err != nil {
			return err
		}
	}
	return nil
}

// mergedRow is all that is known of one time, after the union.
type mergedRow struct {
	at   int64
	all  []version // what the instrument said last, by code
	lost []version // other contents met on the way, in no order
}

// merge joins everything in the span row by row.
func (src *sources) merge() ([]mergedRow, error) {
	rows := map[int64]*mergedRow{}
	add := func(at int64, v []version) {
		if at < src.from || at >= src.to {
			return
		}
		row := rows[at]
		if row == nil {
			rows[at] = &mergedRow{at: at, all: v}
			return
		}
		all, lost := union(row.all, v)
		row.all, row.lost = all, append(row.lost, lost...)
	}
	var t chunk.Table
	for i := range src.chunks {
		if err := src.chunks[i].decode(src.point, src.kind, &t, chunk.Want{}); err != nil {
			return nil, err
		}
		for row, at := range t.At {
			if at >= src.from && at < src.to {
				add(at, tableVersions(&t, row))
			}
		}
	}
	for _, h := range src.hot {
		v, err := versions(h.b, h.at)
		if err != nil {
			return nil, err
		}
		add(h.at, v)
	}
	all := make([]mergedRow, 0, len(rows))
	for _, r := range rows {
		all = append(all, *r)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].at < all[j].at })
	return all, nil
}

// tableVersions takes a row of a table apart, sorted by code.
func tableVersions(t *chunk.Table, row int) []version {
	all := make([]version, 0, len(t.Factors))
	var fields []struct {
		f field
		c *chunk.Column
	}
	for i := range t.Factors {
		f := &t.Factors[i]
		m, ok := t.MetaOf(i, row)
		if !ok {
			continue
		}
		fields = fields[:0]
		for j := range f.Columns {
			if c := &f.Columns[j]; c.Dec[row] != chunk.Absent {
				fd := field{id: fieldOf([]byte(c.Name))}
				if fd.id == 0 {
					fd.text = c.Name
				}
				fields = append(fields, struct {
					f field
					c *chunk.Column
				}{fd, c})
			}
		}
		sort.SliceStable(fields, func(a, b int) bool { return fields[a].f.compare(fields[b].f) < 0 })
		shape := make([]field, len(fields))
		for j := range fields {
			shape[j] = fields[j].f
		}
		content := appendShape(nil, shape)
		for _, fd := range fields {
			text, _ := fd.c.Text(row)
			content = appendValue(content, []byte(text))
		}
		all = append(all, version{codeOf(f.Code), content, meta{m.QN, m.Received, m.Backfilled}})
	}
	slices.SortFunc(all, func(a, b version) int { return a.code.compare(b.code) })
	return all
}

// addRow adds the versions of a row to a table, those of factors and fields
// that want names.
func addRow(t *chunk.Table, at int64, all []version, want chunk.Want) {
	t.AddRow(at)
	for i := range all {
		v := &all[i]
		r := readContent(v.content)
		addFactor(t, v.code, i, chunk.Meta{QN: v.qn, Received: v.received, Backfilled: v.backfilled}, &r, want)
	}
}

// addFactor adds the factor that r stands before the values of.
func addFactor(t *chunk.Table, c code, guess int, m chunk.Meta, r *cellReader, want chunk.Want) {
	name := c.String()
	if want.Factors != nil && !slices.Contains(want.Factors, name) {
		return
	}
	f := t.Factor(name, guess)
	if !want.NoMeta {
		t.SetMeta(f, m)
	}
	for i := range r.fields() {
		v := r.value()
		field := r.shape[i].name()
		if want.Fields != nil && !slices.Contains(want.Fields, field) {
			continue
		}
		c := t.Column(f, field, i)
		if v.dec <= maxDecimals {
			t.SetNumber(f, c, v.m, v.dec)
		} else {
			t.SetText(f, c, v.text())
		}
	}
}

// addHot adds a stored row of hot to a table without taking it apart.
func addHot(t *chunk.Table, at int64, b []byte, want chunk.Want) error {
	h, err := readRow(b, at)
	if err != nil {
		return err
	}
	t.AddRow(at)
	r := cellReader{b: h.cells}
	over := h.overrides
	for i := 0; r.factor(); i++ {
		m := h.meta
		if len(over) > 0 && over[0].index == uint64(i) {
			m, over = over[0].meta, over[1:]
		}
		addFactor(t, r.code, i, chunk.Meta{QN: m.qn, Received: m.received, Backfilled: m.backfilled}, &r, want)
	}
	if r.bad {
		return errDamagedCells
	}
	return nil
}

var errTooManyRows = errors.New("one span has more than a chunk may hold")
