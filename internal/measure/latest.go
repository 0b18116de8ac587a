package measure

import (
	"context"
	"errors"
	"sync"

	"pingzhang/internal/fault"
	"pingzhang/internal/measure/chunk"
	"pingzhang/internal/sqldb"
)

type latestKey struct {
	point Point
	kind  Kind
}

// latestMap holds the newest row of each point and kind, by At and not by
// arrival. It is filled at start and after each commit.
type latestMap struct {
	mu   sync.RWMutex
	rows map[latestKey]*latestRow

	scratch []byte
}

type latestRow struct {
	at int64
	b  []byte
}

// take takes over a row that is not older. One of the same time is joined: what
// is there may have come from a chunk.
func (r *latestRow) take(at int64, b []byte) {
	if at == r.at && len(r.b) > 0 {
		have, err1 := versions(r.b, at)
		more, err2 := versions(b, at)
		if err1 == nil && err2 == nil {
			all, _ := union(have, more)
			r.b = packVersions(at, all)
			return
		}
	}
	r.at, r.b = at, append(r.b[:0], b...)
}

// put takes over what a batch has committed.
func (l *latestMap) put(b *batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range b.frames {
		f := &b.frames[i]
		if !b.storable[i] {
			continue
		}
		row := l.at(f.Point, f.Kind)
		if merged := b.merged[f.key()]; f.At < row.at {
			continue
		} else if merged != nil {
			row.take(f.At, merged)
		} else if b.result.Frames[i].Status == New {
			l.scratch = appendRow(l.scratch[:0], f.At, f.meta(), f.Cells)
			row.take(f.At, l.scratch)
		}
	}
}

// at returns the row of a point, making it.
func (l *latestMap) at(p Point, k Kind) *latestRow {
	if l.rows == nil {
		l.rows = map[latestKey]*latestRow{}
	}
	row := l.rows[latestKey{p, k}]
	if row == nil {
		row = &latestRow{}
		l.rows[latestKey{p, k}] = row
	}
	return row
}

// loadLatest fills the map from the hot rows and, for points without any, from
// the newest chunks. Rows come in the order of time, so the last one stays.
func (s *Store) loadLatest(ctx context.Context) error {
	rows, err := s.hot.Query(ctx, `SELECT kind, ts, point, b FROM hot ORDER BY kind, ts, point`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k Kind
		var p Point
		var at int64
		var b []byte
		if err := rows.Scan(&k, &at, &p, &b); err != nil {
			return err
		}
		row := s.latest.at(p, k)
		row.at, row.b = at, b
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return s.latestFromChunks(ctx)
}

// Reading is the newest row of a point and kind.
type Reading struct {
	Point Point
	Kind  Kind
	At    int64
	Rows  []Row // one a factor, sorted by factor
}

// Latest returns the newest readings of points, of each kind that they have
// reported, with corrections applied. A point that never reported has none:
// what is not here is unknown, not zero.
func (s *Store) Latest(ctx context.Context, points ...Point) (_ []Reading, err error) {
	defer fault.Wrap(&err, "measure.Latest(%d points)", len(points))

	var all []Reading
	for _, p := range points {
		if s.pg {
			found, err := s.latestPostgres(ctx, p)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
			continue
		}
		for _, k := range Kinds {
			r, ok, err := s.latest.get(p, k)
			if err != nil {
				return nil, err
			}
			if ok {
				all = append(all, r)
			}
		}
	}
	return all, s.fixLatest(ctx, all)
}

func (l *latestMap) get(p Point, k Kind) (Reading, bool, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	row := l.rows[latestKey{p, k}]
	if row == nil || len(row.b) == 0 {
		return Reading{}, false, nil
	}
	all, err := versions(row.b, row.at)
	if err != nil {
		return Reading{}, false, err
	}
	r := Reading{Point: p, Kind: k, At: row.at}
	for _, v := range all {
		r.Rows = append(r.Rows, v.row(row.at))
	}
	sortRows(r.Rows)
	return r, true, nil
}

// latestPostgres reads what any process appended.
func (s *Store) latestPostgres(ctx context.Context, p Point) ([]Reading, error) {
	type newest struct {
		Kind Kind  `db:"kind"`
		At   int64 `db:"ts"`
	}
	times, err := sqldb.All[newest](ctx, s.hot, `SELECT kind, ts FROM latest WHERE point = $1 ORDER BY kind`, int64(p))
	if err != nil {
		return nil, err
	}
	var all []Reading
	for _, t := range times {
		r := Reading{Point: p, Kind: t.Kind, At: t.At}
		q := RowQuery{Point: p, Kind: t.Kind, From: t.At, To: t.At + 1}
		if err := s.reported(ctx, q, func(row Row) error {
			r.Rows = append(r.Rows, row)
			return nil
		}); err != nil {
			return nil, err
		}
		if len(r.Rows) > 0 {
			all = append(all, r)
		}
	}
	return all, nil
}

// latestFromChunks fills in the newest rows of points that have no newer hot
// row, from the last two months that have any chunks.
func (s *Store) latestFromChunks(ctx context.Context) error {
	months, err := s.chunks.months()
	if err != nil {
		return err
	}
	for i := len(months) - 1; i >= max(0, len(months)-2); i-- {
		if err := s.latestFromMonth(ctx, months[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) latestFromMonth(ctx context.Context, m month) error {
	db, release, err := s.chunks.open(ctx, m, false)
	if err != nil || db == nil {
		return err
	}
	defer release()
	type newest struct {
		Point Point `db:"point"`
		Kind  Kind  `db:"kind"`
		T0    int64 `db:"t0"`
	}
	all, err := sqldb.All[newest](ctx, db, `SELECT point, kind, MAX(t0) AS t0 FROM chunk GROUP BY point, kind`)
	if err != nil {
		return err
	}
	var t chunk.Table
	for _, n := range all {
		if row := s.latest.at(n.Point, n.Kind); row.at >= spanEnd(n.Kind, n.T0) {
			continue
		}
		chunks, err := chunksIn(ctx, db, nil, n.Point, n.Kind, n.T0, n.T0+1, db.Path())
		if err != nil {
			return err
		}
		for i := range chunks {
			if err := chunks[i].decode(n.Point, n.Kind, &t, chunk.Want{}); err != nil {
				var d *Damaged
				if errors.As(err, &d) {
					continue // reading it tells; the store must open all the same
				}
				return err
			}
			s.latest.fromTable(n.Point, n.Kind, &t)
		}
	}
	return nil
}

// fromTable takes the last row of a chunk, joined with the hot row of its time.
func (l *latestMap) fromTable(p Point, k Kind, t *chunk.Table) {
	last := len(t.At) - 1
	row := l.at(p, k)
	if at := t.At[last]; at >= row.at {
		row.take(at, packVersions(at, tableVersions(t, last)))
	}
}
