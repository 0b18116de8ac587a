package measure

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// RawSeal is what enters the journal of an hour of raw frames. An hour has a
// second part when frames were stored for it after it was sealed, and when it
// has more frames than are sorted at once.
type RawSeal struct {
	Hour   int64  // start of the hour of arrival, unix seconds
	Part   int64  // 1, 2 …
	Root   []byte // SM3, 32 bytes
	Frames int64
}

// maxPart is how many plain bytes one part may have.
const maxPart = 256 << 20

// SealRaw packs the raw frames of hours of arrival that end before a time,
// sorted by point, time and bytes, and calls enter with the root over each. A
// frame that came twice in one second is packed once, so that the root does not
// depend on how frames came to be stored.
//
// It may be stopped at any moment and run again. enter may then be called again
// with what it was called with before: it must see that the journal has that
// hour and part already.
func (s *Store) SealRaw(ctx context.Context, before int64, enter func(ctx context.Context, seal RawSeal) error) (err error) {
	defer fault.Wrap(&err, "measure.SealRaw(before %s)", clock.Unix(before).Format("2006-01-02 15:04"))

	s.rawMu.Lock()
	defer s.rawMu.Unlock()
	hours, err := sqldb.All[idRow](ctx, s.hot, `SELECT DISTINCT hour AS id FROM raw_hot WHERE hour <= $1 ORDER BY hour`, before-3600)
	if err != nil {
		return err
	}
	for _, h := range hours {
		for more := true; more; {
			if more, err = s.sealRawHour(ctx, h.ID, enter); err != nil {
				return err
			}
		}
	}
	return nil
}

// sealRawHour packs what of an hour is in no pack yet, up to the size of one
// part, enters what has not been entered, and removes what is packed.
func (s *Store) sealRawHour(ctx context.Context, hour int64, enter func(context.Context, RawSeal) error) (more bool, err error) {
	db, release, err := s.raws.open(ctx, monthOf(hour), true)
	if err != nil {
		return false, err
	}
	defer release()
	parts, err := rawParts(ctx, db, hour)
	if err != nil {
		return false, err
	}
	packed := map[int64]bool{}
	for _, p := range parts {
		p.markSeqs(packed)
	}
	frames, seqs, more, err := s.rawOfHour(ctx, hour, packed)
	if err != nil {
		return false, err
	}
	if len(frames) > 0 {
		part := rawPart{Hour: hour, Part: int64(len(parts)) + 1, Seqs: appendSeqs(nil, seqs)}
		if err := db.InTx(ctx, func(tx *sqldb.Tx) error { return writeRawPart(ctx, tx, &part, frames) }); err != nil {
			return false, err
		}
		s.step("raw packed")
		parts = append(parts, part)
		part.markSeqs(packed)
	}
	for _, p := range parts {
		if p.Entered {
			continue
		}
		if err := enter(ctx, RawSeal{p.Hour, p.Part, p.Root, p.N}); err != nil {
			return false, err
		}
		s.step("raw entered")
		if err := db.InTx(ctx, func(tx *sqldb.Tx) error {
			return tx.ExecOne(ctx, `UPDATE raw_hour SET entered = TRUE WHERE hour = $1 AND part = $2`, p.Hour, p.Part)
		}); err != nil {
			return false, err
		}
	}
	return more, s.hot.InTx(ctx, func(tx *sqldb.Tx) error {
		for seq := range packed {
			if _, err := tx.Exec(ctx, `DELETE FROM raw_hot WHERE hour = $1 AND seq = $2`, hour, seq); err != nil {
				return err
			}
		}
		return nil
	})
}

// rawPart is a row of raw_hour.
type rawPart struct {
	Hour    int64  `db:"hour"`
	Part    int64  `db:"part"`
	N       int64  `db:"n"`
	Root    []byte `db:"root"`
	Seqs    []byte `db:"seqs"`
	Entered bool   `db:"entered"`
}

func rawParts(ctx context.Context, q sqldb.Querier, hour int64) ([]rawPart, error) {
	return sqldb.All[rawPart](ctx, q, `SELECT hour, part, n, root, seqs, entered FROM raw_hour WHERE hour = $1 ORDER BY part`, hour)
}

// appendSeqs writes which rows of raw_hot a part holds.
func appendSeqs(dst []byte, seqs []int64) []byte {
	slices.Sort(seqs)
	last := int64(0)
	for _, seq := range seqs {
		dst = binary.AppendVarint(dst, seq-last)
		last = seq
	}
	return dst
}

func (p *rawPart) markSeqs(seqs map[int64]bool) {
	last := int64(0)
	for b := p.Seqs; len(b) > 0; {
		d, n := binary.Varint(b)
		if n <= 0 {
			return // what is not marked is packed once more, into a part of its own
		}
		last += d
		seqs[last] = true
		b = b[n:]
	}
}

// rawOfHour reads rows of raw_hot that are not packed, until a part is full.
func (s *Store) rawOfHour(ctx context.Context, hour int64, packed map[int64]bool) (frames []rawFrame, seqs []int64, more bool, err error) {
	rows, err := s.hot.Query(ctx, `SELECT seq, b FROM raw_hot WHERE hour = $1 ORDER BY seq`, hour)
	if err != nil {
		return nil, nil, false, err
	}
	defer rows.Close()
	size := 0
	for rows.Next() {
		var seq int64
		var b []byte
		if err := rows.Scan(&seq, &b); err != nil {
			return nil, nil, false, err
		}
		if packed[seq] {
			continue
		}
		if size > maxPart {
			return frames, seqs, true, nil
		}
		fs, err := unpackRaw(b)
		if err != nil {
			return nil, nil, false, fault.From(err, fault.Invalid, "%s 中 %s 时的原始报文已损坏；请从备份恢复该文件", s.hot.Path(), clock.Unix(hour).Format("2006-01-02 15"))
		}
		for i := range fs {
			size += len(fs[i].bytes) + 64
		}
		frames, seqs = append(frames, fs...), append(seqs, seq)
	}
	return frames, seqs, false, rows.Err()
}

func compareRaw(a, b rawFrame) int {
	return cmp.Or(cmp.Compare(a.point, b.point), cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind), bytes.Compare(a.bytes, b.bytes), cmp.Compare(a.received, b.received))
}

// writeRawPart sorts frames, and writes packs and root.
func writeRawPart(ctx context.Context, tx *sqldb.Tx, part *rawPart, frames []rawFrame) error {
	slices.SortFunc(frames, compareRaw)
	frames = slices.CompactFunc(frames, func(a, b rawFrame) bool { return compareRaw(a, b) == 0 })
	var points [][]byte
	for first := 0; first < len(frames); {
		end := first
		var plain []byte
		var leaves [][]byte
		for ; end < len(frames) && frames[end].point == frames[first].point; end++ {
			plain = appendRawFrame(plain, &frames[end])
			leaves = append(leaves, frameLeaf(&frames[end]))
		}
		root := treeRoot(leaves)
		points = append(points, pointLeaf(frames[first].point, len(leaves), root))
		if _, err := tx.Exec(ctx, `
			INSERT INTO raw_pack (hour, part, point, n, root, b)
			VALUES ($1, $2, $3, $4, $5, $6)`,
			part.Hour, part.Part, int64(frames[first].point), int64(len(leaves)), root, packEncoder.EncodeAll(plain, nil)); err != nil {
			return err
		}
		first = end
	}
	part.N, part.Root = int64(len(frames)), treeRoot(points)
	_, err := tx.Exec(ctx, `
		INSERT INTO raw_hour (hour, part, n, root, seqs, entered)
		VALUES ($1, $2, $3, $4, $5, FALSE)`,
		part.Hour, part.Part, part.N, part.Root, part.Seqs)
	return err
}

// RawOf returns the messages that a point's readings of one time came in, with
// the proof of each once its hour is sealed. There are several when a message
// was split, or other contents came later.
func (s *Store) RawOf(ctx context.Context, p Point, k Kind, at int64) (_ []RawFrame, err error) {
	defer fault.Wrap(&err, "measure.RawOf(point %d, %s, %d)", p, k, at)

	hours := map[int64]bool{}
	q := RowQuery{Point: p, Kind: k, From: at, To: at + 1, Superseded: true}
	if err := s.reported(ctx, q, func(r Row) error {
		hours[floor(r.Received, 3600)] = true
		for _, v := range r.Superseded {
			hours[floor(v.Received, 3600)] = true
		}
		return nil
	}); err != nil {
		return nil, err
	}
	var all []RawFrame
	for hour := range hours {
		// The packs come second: a row leaves raw_hot only once it is packed.
		fresh, _, _, err := s.rawOfHour(ctx, hour, nil)
		if err != nil {
			return nil, err
		}
		sealed, err := s.rawPacked(ctx, hour, p, k, at)
		if err != nil {
			return nil, err
		}
		all = append(all, sealed...)
		for _, f := range fresh {
			known := func(r RawFrame) bool { return r.Received == f.received && bytes.Equal(r.Bytes, f.bytes) }
			if f.point == p && f.kind == k && f.at == at && !slices.ContainsFunc(all, known) {
				all = append(all, RawFrame{p, k, at, f.received, bytes.Clone(f.bytes), nil})
			}
		}
	}
	slices.SortFunc(all, func(a, b RawFrame) int {
		return cmp.Or(cmp.Compare(a.Received, b.Received), bytes.Compare(a.Bytes, b.Bytes))
	})
	return all, nil
}

// rawPacked finds frames in the packs of an hour.
func (s *Store) rawPacked(ctx context.Context, hour int64, p Point, k Kind, at int64) ([]RawFrame, error) {
	db, release, err := s.raws.open(ctx, monthOf(hour), false)
	if err != nil || db == nil {
		return nil, err
	}
	defer release()
	parts, err := rawParts(ctx, db, hour)
	if err != nil {
		return nil, err
	}
	var all []RawFrame
	for _, part := range parts {
		b, found, err := sqldb.Value[[]byte](ctx, db, `SELECT b FROM raw_pack WHERE hour = $1 AND part = $2 AND point = $3`, hour, part.Part, int64(p))
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		frames, err := unpackRaw(b)
		if err != nil {
			return nil, fault.From(err, fault.Invalid, "数据文件 %s 中监测点 %d 于 %s 时收到的原始报文已损坏；请从备份恢复该文件", db.Path(), p, clock.Unix(hour).Format("2006-01-02 15"))
		}
		var upper *RawProof
		for i, f := range frames {
			if f.kind != k || f.at != at {
				continue
			}
			if upper == nil {
				if upper, err = pointProof(ctx, db, part, p); err != nil {
					return nil, err
				}
			}
			proof := *upper
			leaves := make([][]byte, len(frames))
			for j := range frames {
				leaves[j] = frameLeaf(&frames[j])
			}
			proof.Frame, proof.Frames, proof.Path = i, len(frames), treePath(leaves, i)
			all = append(all, RawFrame{p, k, at, f.received, f.bytes, &proof})
		}
	}
	return all, nil
}

// pointProof fills in the upper half of a proof.
func pointProof(ctx context.Context, q sqldb.Querier, part rawPart, p Point) (*RawProof, error) {
	type packRow struct {
		Point int64  `db:"point"`
		N     int64  `db:"n"`
		Root  []byte `db:"root"`
	}
	rows, err := sqldb.All[packRow](ctx, q, `SELECT point, n, root FROM raw_pack WHERE hour = $1 AND part = $2 ORDER BY point`, part.Hour, part.Part)
	if err != nil {
		return nil, err
	}
	proof := &RawProof{Hour: part.Hour, Part: part.Part, Root: part.Root, Points: len(rows)}
	leaves := make([][]byte, len(rows))
	for i, r := range rows {
		leaves[i] = pointLeaf(Point(r.Point), int(r.N), r.Root)
		if Point(r.Point) == p {
			proof.Point = i
		}
	}
	proof.PointPath = treePath(leaves, proof.Point)
	return proof, nil
}
