package measure

import (
	"context"
	"slices"

	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// DirtyHour is an hour of a point that has something new since it was judged.
// Its generation, which is not exported, tells a later change from this one.
type DirtyHour struct {
	Point Point
	Hour  int64 // start, unix seconds

	hot, app int64 // generations in dirty and in redo; 0 where there is no row
}

// dirtyState is what memory knows of a row of dirty.
type dirtyState struct {
	gen    int64
	handed bool // given out since it was written: a change needs a new generation
}

func (s *Store) loadDirty(ctx context.Context) error {
	rows, err := s.hot.Query(ctx, `SELECT point, hour, gen FROM dirty`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var h DirtyHour
		var gen int64
		if err := rows.Scan(&h.Point, &h.Hour, &gen); err != nil {
			return err
		}
		// What was handed out before this process began is not known.
		s.dirty[h] = dirtyState{gen: gen, handed: true}
	}
	return rows.Err()
}

// writeDirty writes the hours that are not written already, with s.mu held.
func (s *Store) writeDirty(ctx context.Context, tx *sqldb.Tx, touched map[DirtyHour]bool) error {
	fresh := map[DirtyHour]bool{}
	for h := range touched {
		if st, known := s.dirty[h]; !known || st.handed {
			fresh[h] = true
		}
	}
	return writeDirtyAlways(ctx, tx, fresh)
}

// tookDirty notes, after the commit, that the hours are written.
func (s *Store) tookDirty(touched map[DirtyHour]bool) {
	for h := range touched {
		s.dirty[h] = dirtyState{}
	}
}

// writeDirtyAlways gives each of the hours a new generation.
func writeDirtyAlways(ctx context.Context, tx *sqldb.Tx, hours map[DirtyHour]bool) error {
	return writeHours(ctx, tx, `
		INSERT INTO dirty (point, hour, gen)
		VALUES ($1, $2, $3)
		ON CONFLICT (point, hour) DO UPDATE
		   SET gen = excluded.gen`, hours)
}

// writeHours runs an upsert of (point, hour, generation) for each hour.
func writeHours(ctx context.Context, tx *sqldb.Tx, upsert string, hours map[DirtyHour]bool) error {
	if len(hours) == 0 {
		return nil
	}
	sorted := make([]DirtyHour, 0, len(hours))
	for h := range hours {
		sorted = append(sorted, h)
	}
	slices.SortFunc(sorted, compareHours) // so that no two transactions wait for each other
	stmt, err := tx.Prepare(ctx, upsert)
	if err != nil {
		return err
	}
	defer stmt.Close()
	gen := nonce()
	for _, h := range sorted {
		if _, err := stmt.ExecContext(ctx, int64(h.Point), h.Hour, gen); err != nil {
			return err
		}
	}
	return nil
}

func compareHours(a, b DirtyHour) int {
	switch {
	case a.Hour != b.Hour:
		return order(a.Hour, b.Hour)
	case a.Point != b.Point:
		return order(int64(a.Point), int64(b.Point))
	}
	return 0
}

// Dirty returns up to n hours of points that have something new since they
// were last Judged, the oldest first: readings that arrived, corrections and
// marks that people entered. They stay until Judged names them.
func (s *Store) Dirty(ctx context.Context, n int) (_ []DirtyHour, err error) {
	defer fault.Wrap(&err, "measure.Dirty(%d)", n)

	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[DirtyHour]*DirtyHour{}
	read := func(q sqldb.Querier, query string, set func(h *DirtyHour, gen int64)) error {
		rows, err := q.Query(ctx, query, n)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var h DirtyHour
			var gen int64
			if err := rows.Scan(&h.Point, &h.Hour, &gen); err != nil {
				return err
			}
			if found[h] == nil {
				c := h
				found[h] = &c
			}
			set(found[h], gen)
		}
		return rows.Err()
	}
	if err := read(s.hot, `SELECT point, hour, gen FROM dirty ORDER BY hour, point LIMIT $1`, func(h *DirtyHour, gen int64) { h.hot = gen }); err != nil {
		return nil, err
	}
	if s.app != nil {
		if err := read(s.app, `SELECT point, hour, gen FROM redo ORDER BY hour, point LIMIT $1`, func(h *DirtyHour, gen int64) { h.app = gen }); err != nil {
			return nil, err
		}
	}
	all := make([]DirtyHour, 0, len(found))
	for _, h := range found {
		all = append(all, *h)
	}
	slices.SortFunc(all, compareHours)
	all = all[:min(n, len(all))]
	if !s.pg {
		for _, h := range all {
			if h.hot != 0 {
				s.dirty[DirtyHour{Point: h.Point, Hour: h.Hour}] = dirtyState{gen: h.hot, handed: true}
			}
		}
	}
	return all, nil
}

// Judged says that hours from Dirty have been judged. An hour that something
// new came to since then stays.
func (s *Store) Judged(ctx context.Context, hours []DirtyHour) (err error) {
	defer fault.Wrap(&err, "measure.Judged(%d hours)", len(hours))

	s.mu.Lock()
	defer s.mu.Unlock()
	remove := func(db *sqldb.DB, query string, gen func(DirtyHour) int64) error {
		return db.InTx(ctx, func(tx *sqldb.Tx) error {
			for _, h := range hours {
				if gen(h) == 0 {
					continue
				}
				if _, err := tx.Exec(ctx, query, int64(h.Point), h.Hour, gen(h)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := remove(s.hot, `DELETE FROM dirty WHERE point = $1 AND hour = $2 AND gen = $3`, func(h DirtyHour) int64 { return h.hot }); err != nil {
		return err
	}
	if !s.pg {
		for _, h := range hours {
			key := DirtyHour{Point: h.Point, Hour: h.Hour}
			if st := s.dirty[key]; st.handed && st.gen == h.hot {
				delete(s.dirty, key)
			}
		}
	}
	if s.app == nil {
		return nil
	}
	return remove(s.app, `DELETE FROM redo WHERE point = $1 AND hour = $2 AND gen = $3`, func(h DirtyHour) int64 { return h.app })
}
