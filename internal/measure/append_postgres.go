package measure

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"

	"pingzhang/internal/clock"
	"pingzhang/internal/sqldb"
)

// storedCode is a factor code as a TEXT column takes it on both engines.
func storedCode(c code) string {
	s := c.String()
	if utf8.ValidString(s) && !strings.Contains(s, "\x00") && !strings.HasPrefix(s, "hex:") {
		return s
	}
	return "hex:" + hex.EncodeToString([]byte(s))
}

func codeStored(s string) code {
	if h, ok := strings.CutPrefix(s, "hex:"); ok {
		if b, err := hex.DecodeString(h); err == nil {
			return codeOf(string(b))
		}
	}
	return codeOf(s)
}

// appendPostgres is the transaction of Append on PostgreSQL, where other
// processes append and seal at the same moment. One statement takes all rows
// (arrays, since COPY cannot pass over those that are there), and is run again
// when a partition or a row that it met was sealed away meanwhile.
func (s *Store) appendPostgres(ctx context.Context, b *batch, raw []rawBatch) (Result, error) {
	var err error
	for range 5 {
		if err = s.ensureDays(ctx, b); err != nil {
			return Result{}, err
		}
		err = s.hot.InTx(ctx, func(tx *sqldb.Tx) error {
			b.reset()
			if err := insertPostgres(ctx, tx, b); err != nil {
				return err
			}
			if err := writeDirtyAlways(ctx, tx, b.touched); err != nil {
				return err
			}
			if err := writeLatest(ctx, tx, b); err != nil {
				return err
			}
			return insertRaw(ctx, tx, raw, nil)
		})
		if err == nil || !errors.Is(err, errRowGone) && !partitionGone(err) {
			break
		}
		s.days.forget()
	}
	if err != nil {
		return Result{}, err
	}
	s.mu.Lock()
	s.provisional(b)
	s.mu.Unlock()
	return b.result, nil
}

// partitionGone reports whether err says that a partition is not there, or was
// dropped while the statement ran.
func partitionGone(err error) bool {
	var pe *pgconn.PgError
	if !errors.As(err, &pe) {
		return false
	}
	return pe.Code == "23514" || pe.Code == "42P01" || pe.Code == "XX000" && strings.Contains(pe.Message, "relation")
}

// ensureDays makes the partitions that the frames fall in.
func (s *Store) ensureDays(ctx context.Context, b *batch) error {
	last := int64(-1)
	for i := range b.frames {
		if !b.storable[i] {
			continue
		}
		day := dayStart(b.frames[i].At)
		if day == last {
			continue
		}
		last = day
		name := "hot_d" + clock.Unix(day).Format("20060102")
		if err := s.days.ensure(ctx, s.hot, "hot", name, day, day+daySeconds); err != nil {
			return err
		}
	}
	return nil
}

func insertPostgres(ctx context.Context, tx *sqldb.Tx, b *batch) error {
	first := make(map[hotKey]int, len(b.frames)) // the frame that may be inserted, by key
	kinds, ats, points, rows := []int64{}, []int64{}, []int64{}, [][]byte{}
	var order []int
	for i := range b.frames {
		if _, doubled := first[b.frames[i].key()]; b.storable[i] && !doubled {
			first[b.frames[i].key()] = i
			order = append(order, i)
		}
	}
	// All transactions meet the rows in one order, so none waits for another
	// that waits for it.
	slices.SortFunc(order, func(i, j int) int { return compareKeys(b.frames[i].key(), b.frames[j].key()) })
	for _, i := range order {
		f := &b.frames[i]
		kinds, ats, points = append(kinds, int64(f.Kind)), append(ats, f.At), append(points, int64(f.Point))
		rows = append(rows, appendRow(nil, f.At, f.meta(), f.Cells))
	}
	inserted, err := tx.Query(ctx, `
		INSERT INTO hot (kind, ts, point, b)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[])
		ON CONFLICT DO NOTHING
		RETURNING kind, ts, point`, kinds, ats, points, rows)
	if err != nil {
		return err
	}
	defer inserted.Close()
	fresh := make(map[hotKey]bool, len(order))
	for inserted.Next() {
		var k hotKey
		if err := inserted.Scan(&k.kind, &k.at, &k.point); err != nil {
			return err
		}
		fresh[k] = true
	}
	if err := inserted.Err(); err != nil {
		return err
	}
	m := merger{tx: tx, b: b}
	status := make([]Status, len(b.frames))
	mergeAt := func(i int) (err error) {
		status[i], err = m.merge(ctx, &b.frames[i])
		return err
	}
	for _, i := range order { // in the order of keys, again
		if fresh[b.frames[i].key()] {
			status[i] = New
		} else if err := mergeAt(i); err != nil {
			return err
		}
	}
	for i := range b.frames {
		f := &b.frames[i]
		if !b.storable[i] {
			status[i] = Refused
		} else if first[f.key()] != i {
			if err := mergeAt(i); err != nil {
				return err
			}
		}
		b.done(f, status[i])
	}
	return nil
}

func compareKeys(a, b hotKey) int {
	switch {
	case a.kind != b.kind:
		return int(a.kind) - int(b.kind)
	case a.at != b.at:
		return order(a.at, b.at)
	case a.point != b.point:
		return order(int64(a.point), int64(b.point))
	}
	return 0
}

// writeLatest moves the time of the latest frame of each point forward.
func writeLatest(ctx context.Context, tx *sqldb.Tx, b *batch) error {
	newest := map[latestKey]int64{}
	for i := range b.frames {
		f := &b.frames[i]
		if k := (latestKey{f.Point, f.Kind}); b.storable[i] && f.At > newest[k] {
			newest[k] = f.At
		}
	}
	keys := make([]latestKey, 0, len(newest))
	for k := range newest {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b latestKey) int {
		return compareKeys(hotKey{a.kind, 0, a.point}, hotKey{b.kind, 0, b.point})
	})
	points, kinds, ats := []int64{}, []int64{}, []int64{}
	for _, k := range keys {
		points, kinds, ats = append(points, int64(k.point)), append(kinds, int64(k.kind)), append(ats, newest[k])
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO latest (point, kind, ts)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
		ON CONFLICT (point, kind) DO UPDATE
		   SET ts = excluded.ts
		 WHERE latest.ts < excluded.ts`, points, kinds, ats)
	if err != nil {
		return fmt.Errorf("latest: %w", err)
	}
	return nil
}

// lockTimeout reports whether err says that a lock was not to be had in time.
func lockTimeout(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && pe.Code == "55P03"
}
