package measure

import (
	"context"
	"errors"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure/chunk"
	"pingzhang/internal/sqldb"
)

// sealWindow is what a seal is moving. Append notes in it the rows that it
// changed meanwhile, which then must stay in hot.
type sealWindow struct {
	kind     Kind
	from, to int64
	touched  map[hotKey]bool
}

// touch notes the rows of a batch that lie in the window, with Store.mu held.
func (w *sealWindow) touch(b *batch) {
	if w == nil {
		return
	}
	for i := range b.frames {
		f := &b.frames[i]
		if b.storable[i] && f.Kind == w.kind && f.At >= w.from && f.At < w.to {
			w.touched[f.key()] = true
		}
	}
}

// sealUnit returns up to where a seal before a time goes: whole hours of
// realtime and minute rows; whole days of hour and day rows, of which an hour
// would be a single row.
func sealUnit(k Kind, before int64) int64 {
	switch k {
	case Rtd, Minute:
		return floor(before, 3600)
	}
	return dayStart(before)
}

// maxWindowRows is how many rows a seal holds in memory at once.
const maxWindowRows = 1_000_000

// Seal moves everything before a time from the hot rows into chunks: whole
// hours of realtime and minute rows, whole days of hour and day rows. It may be stopped at any moment, by a kill too, and be run again:
// a chunk is written before the rows that it holds are removed, and rows and
// chunks are always read as one union. Appends go on meanwhile; what they bring
// for a time that is sealed is moved by the next Seal.
//
// A damaged chunk is left as it is, and so are the hot rows that belong into
// it. Everything else is sealed, and the error then tells of the damage.
func (s *Store) Seal(ctx context.Context, before int64) (err error) {
	defer fault.Wrap(&err, "measure.Seal(before %s)", clock.Unix(before).Format("2006-01-02 15:04"))

	s.sealMu.Lock()
	defer s.sealMu.Unlock()
	var hurt []error
	for _, k := range Kinds {
		end := sealUnit(k, before)
		for from := minAt; ; {
			next, found, err := sqldb.Value[*int64](ctx, s.hot, `SELECT MIN(ts) FROM hot WHERE kind = $1 AND ts >= $2 AND ts < $3`, int64(k), from, end)
			if err != nil {
				return err
			}
			if !found || next == nil {
				break
			}
			to, err := s.windowEnd(ctx, k, *next, end)
			if err != nil {
				return err
			}
			if err := s.sealWindow(ctx, k, *next, to, end); err != nil {
				var d *Damaged
				if !errors.As(err, &d) {
					return err
				}
				hurt = append(hurt, err)
			}
			from = to
		}
		if err := s.joinSpans(ctx, k, end); err != nil {
			var d *Damaged
			if !errors.As(err, &d) {
				return err
			}
			hurt = append(hurt, err)
		}
		if err := s.moveHorizon(ctx, k, end); err != nil {
			return err
		}
	}
	if s.pg {
		if err := s.dropEmptyDays(ctx, dayStart(before)); err != nil {
			return err
		}
	}
	return errors.Join(hurt...)
}

// windowEnd returns where the window that begins with the row at from ends: at
// the end of its span if that is not too many rows, else after its hour.
func (s *Store) windowEnd(ctx context.Context, k Kind, from, end int64) (int64, error) {
	to := min(end, spanEnd(k, spanStart(k, from)))
	n, _, err := sqldb.Value[int64](ctx, s.hot, `SELECT COUNT(*) FROM hot WHERE kind = $1 AND ts >= $2 AND ts < $3`, int64(k), from, to)
	if err == nil && n > maxWindowRows {
		to = min(to, floor(from, 3600)+3600)
	}
	return to, err
}

// moveHorizon stores that everything of a kind before end has been sealed.
func (s *Store) moveHorizon(ctx context.Context, k Kind, end int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if end <= s.horizon[k] {
		return nil
	}
	err := s.hot.InTx(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO sealed (kind, before)
			VALUES ($1, $2)
			ON CONFLICT (kind) DO UPDATE
			   SET before = excluded.before
			 WHERE sealed.before < excluded.before`, int64(k), end)
		return err
	})
	if err == nil {
		s.horizon[k] = end
	}
	return err
}

// windowRow is a hot row of a window.
type windowRow struct {
	point Point
	hotRow
}

// readWindow reads the rows of a window, grouped by point.
func readWindow(ctx context.Context, q sqldb.Querier, k Kind, from, to int64, lock string) (map[Point][]hotRow, error) {
	rows, err := q.Query(ctx, `
		SELECT ts, point, b
		  FROM hot
		 WHERE kind = $1
		   AND ts >= $2
		   AND ts < $3
		 ORDER BY ts, point`+lock, int64(k), from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[Point][]hotRow{}
	for rows.Next() {
		var r windowRow
		if err := rows.Scan(&r.at, &r.point, &r.b); err != nil {
			return nil, err
		}
		all[r.point] = append(all[r.point], r.hotRow)
	}
	return all, rows.Err()
}

// sealed is what becomes of the hot rows of one point in a window.
type sealedPoint struct {
	point Point
	rows  []hotRow
	t0    int64
	n     int
	b     []byte  // the chunk
	drop  []int64 // t0 of chunks that it takes the place of
	lost  []mergedRow
}

// touches returns between which t0 the chunks are that rows from first on are
// joined with: all of the span when it is over, and else only the one of the
// hour that they begin in.
func touches(k Kind, first, end int64) (lo, hi int64) {
	start := spanStart(k, first)
	if end >= spanEnd(k, start) {
		return start, spanEnd(k, start)
	}
	hour := floor(first, 3600)
	return hour, hour + 1
}

// sealPoint makes the chunk for the rows of one point in a span, joined with
// the chunks that it touches. When the span is over it becomes one chunk; until
// then it is one of its own, by the hour that it begins in.
func (s *Store) sealPoint(k Kind, p Point, rows []hotRow, chunks []storedChunk, end int64, t *chunk.Table) (*sealedPoint, error) {
	lo, hi := touches(k, rows[0].at, end)
	out := &sealedPoint{point: p, rows: rows, t0: lo}
	for _, c := range chunks {
		if c.t0 != out.t0 {
			out.drop = append(out.drop, c.t0)
		}
	}
	src := &sources{point: p, kind: k, from: minAt, to: maxAt, hot: rows, chunks: chunks}
	return out, s.pack(out, src, hi-lo > 1, t)
}

// pack joins the sources and encodes them.
func (s *Store) pack(out *sealedPoint, src *sources, over bool, t *chunk.Table) error {
	effort := chunk.Quick
	if over {
		effort = chunk.Best
	}
	t.Reset(int64(src.point), uint8(src.kind), out.t0)
	if len(src.chunks) == 0 {
		for _, h := range src.hot {
			if err := addHot(t, h.at, h.b, chunk.Want{}); err != nil {
				return err
			}
		}
	} else if done, err := src.concat(t); err != nil {
		return err
	} else if !done {
		t.Reset(int64(src.point), uint8(src.kind), out.t0)
		rows, err := src.merge()
		if err != nil {
			return err
		}
		for _, r := range rows {
			addRow(t, r.at, r.all, chunk.Want{})
			if len(r.lost) > 0 {
				out.lost = append(out.lost, r)
			}
		}
	}
	t.Finish()
	b, ok := chunk.Encode(nil, t, effort)
	if !ok {
		return errTooManyRows
	}
	out.b, out.n = b, len(t.At)
	return nil
}

// concat puts chunks and hot rows that follow one another into t; done is false
// when they overlap.
func (src *sources) concat(t *chunk.Table) (done bool, err error) {
	part := tables.Get().(*chunk.Table)
	defer tables.Put(part)
	last := int64(minAt - 1)
	for i := range src.chunks {
		if err := src.chunks[i].decode(src.point, src.kind, part, chunk.Want{}); err != nil {
			return false, err
		}
		if part.At[0] <= last {
			return false, nil
		}
		last = part.At[len(part.At)-1]
		t.Append(part)
	}
	if len(src.hot) > 0 && src.hot[0].at <= last {
		return false, nil
	}
	for _, h := range src.hot {
		if err := addHot(t, h.at, h.b, chunk.Want{}); err != nil {
			return false, err
		}
	}
	return true, nil
}

func keepLost(ctx context.Context, tx *sqldb.Tx, k Kind, all []*sealedPoint) error {
	for _, sp := range all {
		for _, r := range sp.lost {
			if err := keep(ctx, tx, sp.point, k, r.at, r.lost); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeChunks writes chunks and drops those that they take the place of.
func writeChunks(ctx context.Context, tx *sqldb.Tx, k Kind, all []*sealedPoint) error {
	put, err := tx.Prepare(ctx, `
		INSERT INTO chunk (point, kind, t0, n, b)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (point, kind, t0) DO UPDATE
		   SET n = excluded.n,
		       b = excluded.b`)
	if err != nil {
		return err
	}
	defer put.Close()
	for _, sp := range all {
		if _, err := put.ExecContext(ctx, int64(sp.point), int64(k), sp.t0, int64(sp.n), sp.b); err != nil {
			return err
		}
		for _, t0 := range sp.drop {
			if _, err := tx.Exec(ctx, `DELETE FROM chunk WHERE point = $1 AND kind = $2 AND t0 = $3`, int64(sp.point), int64(k), t0); err != nil {
				return err
			}
		}
	}
	return nil
}
