package measure

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// hotKey is the key of a row of hot.
type hotKey struct {
	kind  Kind
	at    int64
	point Point
}

// Append stores frames, with their raw bytes and the hours that have to be
// judged again, in one durable commit. When it returns without an error
// everything but what was Refused is on disk, and may be acknowledged. The order
// in which frames come never matters to what is stored.
//
// Many frames in one call are much cheaper than many calls. The frames are not
// kept, nor changed.
//
// With an error nothing was stored, and nothing may be acknowledged. It is
// fault.Unavailable when the disk is full or the database does not answer.
func (s *Store) Append(ctx context.Context, frames []Frame) (_ Result, err error) {
	defer fault.Wrap(&err, "measure.Append(%d frames)", len(frames))

	if err := ctx.Err(); err != nil || len(frames) == 0 {
		return Result{}, err
	}
	// Once begun it is brought to its end: whoever gave up waiting would not
	// know whether it was stored. A context that never ends is also cheaper for
	// each of the statements.
	ctx = context.WithoutCancel(ctx)
	raw := make(chan []rawBatch, 1)
	b := &batch{frames: frames, storable: make([]bool, len(frames))}
	for i := range frames {
		b.storable[i] = frames[i].storable()
	}
	go func() { raw <- packRaw(frames, b.storable) }()
	if s.pg {
		return s.appendPostgres(ctx, b, <-raw)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.hot.InTx(ctx, func(tx *sqldb.Tx) error {
		b.reset()
		if err := s.insertSQLite(ctx, tx, b); err != nil {
			return err
		}
		if err := s.writeDirty(ctx, tx, b.touched); err != nil {
			return err
		}
		return insertRaw(ctx, tx, <-raw, raw)
	})
	if err != nil {
		return Result{}, err
	}
	s.tookDirty(b.touched)
	s.window.touch(b)
	s.latest.put(b)
	s.provisional(b)
	return b.result, nil
}

// batch is an Append under way. What the transaction finds out is reset when
// it is run again.
type batch struct {
	frames   []Frame
	storable []bool
	result   Result
	merged   map[hotKey][]byte  // the rows as stored, where they are not just the frame
	touched  map[DirtyHour]bool // hours that have something new
	lastHour DirtyHour
}

func (b *batch) reset() {
	b.result = Result{Frames: make([]Outcome, 0, len(b.frames))}
	b.merged = map[hotKey][]byte{}
	b.touched = map[DirtyHour]bool{}
	b.lastHour = DirtyHour{}
}

// done notes the status of the next frame.
func (b *batch) done(f *Frame, st Status) {
	b.result.add(Outcome{Status: st})
	if st != New && st != Changed {
		return
	}
	if h := (DirtyHour{Point: f.Point, Hour: floor(f.At, 3600)}); h != b.lastHour {
		b.touched[h] = true
		b.lastHour = h
	}
}

// provisional marks the outcomes of frames whose period has been sealed.
func (s *Store) provisional(b *batch) {
	for i := range b.frames {
		f := &b.frames[i]
		if f.Kind <= Day && f.At < s.horizon[f.Kind] && b.result.Frames[i].Status != Refused {
			b.result.Frames[i].Provisional = true
		}
	}
}

func (f *Frame) meta() meta { return meta{f.QN, f.Received, f.Backfilled} }

func (f *Frame) key() hotKey { return hotKey{f.Kind, f.At, f.Point} }

// insertSQLite writes the rows one by one: through database/sql several rows a
// statement are no gain.
func (s *Store) insertSQLite(ctx context.Context, tx *sqldb.Tx, b *batch) error {
	insert, err := tx.Prepare(ctx, `
		INSERT INTO hot (kind, ts, point, b)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`)
	if err != nil {
		return err
	}
	defer insert.Close()
	m := merger{tx: tx, b: b}
	for i := range b.frames {
		f := &b.frames[i]
		if !b.storable[i] {
			b.done(f, Refused)
			continue
		}
		s.buf = appendRow(s.buf[:0], f.At, f.meta(), f.Cells)
		res, err := insert.ExecContext(ctx, int64(f.Kind), f.At, int64(f.Point), s.buf)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		st := New
		if n == 0 {
			if st, err = m.merge(ctx, f); err != nil {
				return err
			}
		}
		b.done(f, st)
	}
	return nil
}

// merger joins frames with rows that are there already.
type merger struct {
	tx *sqldb.Tx
	b  *batch
}

var errRowGone = errors.New("the row was sealed meanwhile")

// merge joins a frame with the row that has its key.
func (m *merger) merge(ctx context.Context, f *Frame) (Status, error) {
	query := `SELECT b FROM hot WHERE kind = $1 AND ts = $2 AND point = $3`
	if m.tx.Engine == sqldb.Postgres {
		query += ` FOR UPDATE`
	}
	var stored []byte
	if err := m.tx.QueryRow(ctx, query, int64(f.Kind), f.At, int64(f.Point)).Scan(&stored); err != nil {
		if sqldb.NoRows(err) {
			return 0, errRowGone
		}
		return 0, err
	}
	fresh := appendRow(nil, f.At, f.meta(), f.Cells)
	if bytes.Equal(stored, fresh) {
		return Same, nil
	}
	have, err := versions(stored, f.At)
	if err != nil {
		return 0, err
	}
	brought, err := versions(fresh, f.At)
	if err != nil {
		return 0, err
	}
	st, err := m.status(ctx, f, have, brought)
	if err != nil {
		return 0, err
	}
	all, lost := union(have, brought)
	if err := keep(ctx, m.tx, f.Point, f.Kind, f.At, lost); err != nil {
		return 0, err
	}
	row := packVersions(f.At, all)
	m.b.merged[f.key()] = row
	if bytes.Equal(row, stored) {
		return st, nil
	}
	return st, m.tx.ExecOne(ctx, `
		UPDATE hot
		   SET b = $1
		 WHERE kind = $2
		   AND ts = $3
		   AND point = $4`,
		row, int64(f.Kind), f.At, int64(f.Point))
}

// status says what brought has that is not in have, nor superseded already.
func (m *merger) status(ctx context.Context, f *Frame, have, brought []version) (Status, error) {
	st := Same
	for _, v := range brought {
		i, found := slices.BinarySearchFunc(have, v.code, func(h version, c code) int { return h.code.compare(c) })
		switch {
		case !found:
			if st == Same {
				st = New
			}
		case !bytes.Equal(have[i].content, v.content):
			known, err := superseded(ctx, m.tx, f.Point, f.Kind, f.At, v)
			if err != nil {
				return 0, err
			}
			if !known {
				st = Changed
			}
		}
	}
	return st, nil
}

func superseded(ctx context.Context, q sqldb.Querier, point Point, kind Kind, at int64, v version) (bool, error) {
	_, found, err := sqldb.Value[int64](ctx, q, `
		SELECT 1
		  FROM superseded
		 WHERE point = $1
		   AND kind = $2
		   AND ts = $3
		   AND factor = $4
		   AND content = $5`,
		int64(point), int64(kind), at, storedCode(v.code), v.content)
	return found, err
}

// keep stores versions that another beats.
func keep(ctx context.Context, tx *sqldb.Tx, point Point, kind Kind, at int64, lost []version) error {
	for _, v := range lost {
		_, err := tx.Exec(ctx, `
			INSERT INTO superseded (point, kind, ts, factor, content, qn, received, backfilled)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (point, kind, ts, factor, content) DO UPDATE
			   SET qn         = CASE WHEN excluded.qn > superseded.qn THEN excluded.qn ELSE superseded.qn END,
			       received   = CASE WHEN excluded.received < superseded.received THEN excluded.received ELSE superseded.received END,
			       backfilled = excluded.backfilled AND superseded.backfilled`,
			int64(point), int64(kind), at, storedCode(v.code), v.content, v.qn, v.received, v.backfilled)
		if err != nil {
			return err
		}
	}
	return nil
}

// insertRaw stores the raw bytes of a batch. They are put back, for a run of
// the transaction that may follow.
func insertRaw(ctx context.Context, tx *sqldb.Tx, batches []rawBatch, back chan<- []rawBatch) error {
	if back != nil {
		back <- batches
	}
	for _, r := range batches {
		if _, err := tx.Exec(ctx, `
			INSERT INTO raw_hot (hour, seq, n, b)
			VALUES ($1, $2, $3, $4)`,
			r.hour, r.seq, r.n, r.b); err != nil {
			return err
		}
	}
	return nil
}
