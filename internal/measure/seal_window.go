package measure

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure/chunk"
	"pingzhang/internal/sqldb"
)

// sealWindow seals the rows of one kind from from before to, all of one span.
func (s *Store) sealWindow(ctx context.Context, k Kind, from, to, end int64) error {
	if s.pg {
		return s.sealPostgres(ctx, k, from, to, end)
	}
	return s.sealSQLite(ctx, k, from, to, end)
}

// sealSQLite keeps to an order, as hot.db and the monthly file cannot commit
// together: contents that lost are written first, then the chunks, and only
// then are the hot rows removed. Whatever was done is found again by the next.
func (s *Store) sealSQLite(ctx context.Context, k Kind, from, to, end int64) error {
	w := &sealWindow{kind: k, from: from, to: to, touched: map[hotKey]bool{}}
	s.setWindow(w)
	defer s.setWindow(nil)
	rows, err := readWindow(ctx, s.hot, k, from, to, "")
	if err != nil {
		return err
	}
	db, release, err := s.chunks.open(ctx, monthOf(from), true)
	if err != nil {
		return err
	}
	defer release()
	all, hurt, err := s.sealPoints(ctx, db, db.Path(), k, rows, end)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(sp *sealedPoint) bool { return len(sp.lost) > 0 }) {
		if err := s.hot.InTx(ctx, func(tx *sqldb.Tx) error { return keepLost(ctx, tx, k, all) }); err != nil {
			return err
		}
		s.step("superseded written")
	}
	if err := db.InTx(ctx, func(tx *sqldb.Tx) error { return writeChunks(ctx, tx, k, all) }); err != nil {
		return err
	}
	s.step("chunks written")
	if err := s.removeSealed(ctx, w, all, hurt == nil); err != nil {
		return err
	}
	s.step("hot removed")
	return hurt
}

func (s *Store) setWindow(w *sealWindow) {
	s.mu.Lock()
	s.window = w
	s.mu.Unlock()
}

// sealPoints makes the chunks of a window. hurt joins the errors of damaged
// chunks, whose points are left out.
func (s *Store) sealPoints(ctx context.Context, q sqldb.Querier, file string, k Kind, rows map[Point][]hotRow, end int64) (all []*sealedPoint, hurt, err error) {
	points := make([]Point, 0, len(rows))
	for p := range rows {
		points = append(points, p)
	}
	slices.Sort(points)
	t := tables.Get().(*chunk.Table)
	defer tables.Put(t)
	for _, p := range points {
		lo, hi := touches(k, rows[p][0].at, end)
		chunks, err := chunksIn(ctx, q, nil, p, k, lo, hi, file)
		if err != nil {
			return nil, nil, err
		}
		sp, err := s.sealPoint(k, p, rows[p], chunks, end, t)
		var d *Damaged
		switch {
		case errors.As(err, &d):
			hurt = errors.Join(hurt, err)
		case err != nil:
			return nil, nil, fmt.Errorf("point %d: %w", p, err)
		default:
			all = append(all, sp)
		}
	}
	return all, hurt, nil
}

// removeSealed removes the hot rows that are in chunks now, except those that
// an Append has changed since they were read.
func (s *Store) removeSealed(ctx context.Context, w *sealWindow, all []*sealedPoint, whole bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hot.InTx(ctx, func(tx *sqldb.Tx) error {
		if whole && len(w.touched) == 0 {
			_, err := tx.Exec(ctx, `DELETE FROM hot WHERE kind = $1 AND ts >= $2 AND ts < $3`, int64(w.kind), w.from, w.to)
			return err
		}
		remove, err := tx.Prepare(ctx, `DELETE FROM hot WHERE kind = $1 AND ts = $2 AND point = $3`)
		if err != nil {
			return err
		}
		defer remove.Close()
		for _, sp := range all {
			for _, r := range sp.rows {
				if w.touched[hotKey{w.kind, r.at, sp.point}] {
					continue
				}
				if _, err := remove.ExecContext(ctx, int64(w.kind), r.at, int64(sp.point)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// sealPostgres does all in one transaction. The rows are locked, so that an
// Append that would change one waits and then finds it gone.
func (s *Store) sealPostgres(ctx context.Context, k Kind, from, to, end int64) (hurt error) {
	if _, _, err := s.chunks.open(ctx, monthOf(from), true); err != nil {
		return err
	}
	err := s.hot.InTx(ctx, func(tx *sqldb.Tx) error {
		rows, err := readWindow(ctx, tx, k, from, to, " FOR UPDATE")
		if err != nil {
			return err
		}
		all, damage, err := s.sealPoints(ctx, tx, s.hot.Path(), k, rows, end)
		if err != nil {
			return err
		}
		hurt = damage
		if err := keepLost(ctx, tx, k, all); err != nil {
			return err
		}
		if err := writeChunks(ctx, tx, k, all); err != nil {
			return err
		}
		var ats, points []int64
		for _, sp := range all {
			for _, r := range sp.rows {
				ats, points = append(ats, r.at), append(points, int64(sp.point))
			}
		}
		_, err = tx.Exec(ctx, `
			DELETE FROM hot
			 USING unnest($2::bigint[], $3::bigint[]) AS gone(at, p)
			 WHERE kind = $1
			   AND ts = at
			   AND point = p
			   AND ts >= $4
			   AND ts < $5`, int64(k), ats, points, from, to)
		return err
	})
	return errors.Join(err, hurt)
}

// dropEmptyDays drops the partitions of hot of days before a time that have no
// row left. It does not wait for appends: what it cannot lock it leaves for the
// next seal.
func (s *Store) dropEmptyDays(ctx context.Context, before int64) error {
	type part struct {
		Name string `db:"relname"`
	}
	all, err := sqldb.All[part](ctx, s.hot, `
		SELECT child.relname
		  FROM pg_inherits
		  JOIN pg_class AS child ON child.oid = inhrelid
		 WHERE inhparent = 'hot'::regclass
		   AND child.relname < $1
		 ORDER BY child.relname`, "hot_d"+clock.Unix(before).Format("20060102"))
	if err != nil {
		return err
	}
	for _, p := range all {
		err := s.hot.InTx(ctx, func(tx *sqldb.Tx) error {
			if _, found, err := sqldb.Value[int64](ctx, tx, `SELECT 1 FROM `+p.Name+` LIMIT 1`); err != nil || found {
				return err
			}
			for _, statement := range []string{
				`SET LOCAL lock_timeout = '200ms'`,
				`LOCK TABLE ONLY hot IN ACCESS EXCLUSIVE MODE`,
				`LOCK TABLE ` + p.Name + ` IN ACCESS EXCLUSIVE MODE`,
			} {
				if _, err := tx.Exec(ctx, statement); err != nil {
					return err
				}
			}
			if _, found, err := sqldb.Value[int64](ctx, tx, `SELECT 1 FROM `+p.Name+` LIMIT 1`); err != nil || found {
				return err
			}
			_, err := tx.Exec(ctx, `DROP TABLE `+p.Name)
			return err
		})
		if err != nil && !lockTimeout(err) {
			return err
		}
	}
	s.days.forget()
	return nil
}

// joinSpans joins the chunks of spans that ended since the last seal, of those
// points that had nothing to seal after their end.
func (s *Store) joinSpans(ctx context.Context, k Kind, end int64) error {
	s.mu.Lock()
	since := s.horizon[k]
	s.mu.Unlock()
	if since == 0 {
		return nil
	}
	var hurt error
	for start := spanStart(k, since-1); spanEnd(k, start) <= end; start = spanEnd(k, start) {
		if err := s.joinSpan(ctx, k, start, end); err != nil {
			var d *Damaged
			if !errors.As(err, &d) {
				return err
			}
			hurt = errors.Join(hurt, err)
		}
	}
	return hurt
}

func (s *Store) joinSpan(ctx context.Context, k Kind, start, end int64) (hurt error) {
	db, release, err := s.chunks.open(ctx, monthOf(start), false)
	if err != nil || db == nil {
		return err
	}
	defer release()
	type many struct {
		Point int64 `db:"point"`
	}
	points, err := sqldb.All[many](ctx, db, `
		SELECT point
		  FROM chunk
		 WHERE kind = $1
		   AND t0 >= $2
		   AND t0 < $3
		 GROUP BY point
		HAVING COUNT(*) > 1 OR MIN(t0) > $2
		 ORDER BY point`, int64(k), start, spanEnd(k, start))
	if err != nil {
		return err
	}
	for _, p := range points {
		err := db.InTx(ctx, func(tx *sqldb.Tx) error {
			return s.joinPoint(ctx, tx, k, Point(p.Point), start, db.Path())
		})
		var d *Damaged
		switch {
		case errors.As(err, &d):
			hurt = errors.Join(hurt, err)
		case err != nil:
			return err
		}
	}
	return hurt
}

// joinPoint joins the chunks of one point and span to one. Chunks that overlap
// may have contents that lose; they must be written before, so such a span is
// left as it is: it is read the same, and the next hot row for it joins it.
func (s *Store) joinPoint(ctx context.Context, tx *sqldb.Tx, k Kind, p Point, start int64, file string) error {
	chunks, err := chunksIn(ctx, tx, nil, p, k, start, spanEnd(k, start), file)
	if err != nil || len(chunks) == 0 {
		return err
	}
	t := tables.Get().(*chunk.Table)
	defer tables.Put(t)
	out := &sealedPoint{point: p, t0: start}
	for _, c := range chunks {
		if c.t0 != start {
			out.drop = append(out.drop, c.t0)
		}
	}
	if err := s.pack(out, &sources{point: p, kind: k, from: minAt, to: maxAt, chunks: chunks}, true, t); err != nil {
		return err
	}
	if len(out.lost) > 0 {
		return nil
	}
	return writeChunks(ctx, tx, k, []*sealedPoint{out})
}
