package gateway

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// refusedRow is a refusal that waits to be written down.
type refusedRow struct {
	digest      string
	times       int64
	first, last int64
	remote, mn  string
	refusal     *hj212.Refusal
	raw         []byte
	point       PointID
	division    access.Division
	enterprise  int64
}

// writeRefused adds r to the table: to an identical row, as a new one, or, when
// enough of its like are kept, to the number that the newest of these omits.
func (n *recorder) writeRefused(ctx context.Context, tx *sqldb.Tx, r *refusedRow, t *tally) error {
	changed, err := tx.Exec(ctx, `
		UPDATE frames_refused
		   SET times   = times + $1,
		       last_at = $2
		 WHERE digest = $3`, r.times, r.last, r.digest)
	if err != nil || changed > 0 {
		return err
	}
	hour := (tx.Now.Add(-time.Hour).Unix() - idEpoch) << 22
	var alike, newest int64
	if err := tx.QueryRow(ctx, `
		SELECT COUNT(*), COALESCE(MAX(id), 0)
		  FROM frames_refused
		 WHERE mn = $1
		   AND reason = $2
		   AND id > $3`, r.mn, string(r.refusal.Reason), hour).Scan(&alike, &newest); err != nil {
		return err
	}
	if alike >= n.s.cfg.KeepAlike || t.refused >= n.s.cfg.KeepRefused {
		t.lost += r.times
		if newest == 0 {
			return nil
		}
		_, err := tx.Exec(ctx, `
			UPDATE frames_refused
			   SET omitted = omitted + $1,
			       last_at = $2
			 WHERE id = $3`, r.times, r.last, newest)
		return err
	}
	t.refused++
	return tx.ExecOne(ctx, `
		INSERT INTO frames_refused (
		  id, first_at, last_at, times, omitted, remote, mn, point, division, enterprise,
		  reason, at_byte, text, raw, digest, state, outcome)
		VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', '')`,
		sqldb.NewID(), r.first, r.last, r.times, r.remote, r.mn, int64(r.point), string(r.division), r.enterprise,
		string(r.refusal.Reason), r.refusal.At, r.refusal.Zh, r.raw, r.digest)
}

// idEpoch is the zero of the time part of an id; see sqldb.NewID.
const idEpoch = 1704067200

// Refused is a frame that was refused, as it is kept.
type Refused struct {
	ID         int64
	First      time.Time
	Last       time.Time
	Times      int64 // how often exactly this frame came
	Omitted    int64 // others of the same device and reason that were not kept
	Remote     string
	MN         string
	Point      PointID // 0 when the MN is not known
	Division   access.Division
	Enterprise int64
	Reason     hj212.Reason
	At         int // byte of Raw at which the check failed
	Text       string
	Raw        []byte
	State      string // open, accepted (a replay stored it) or failed (a replay was refused)
	Outcome    string // of the last replay
	TriedAt    time.Time
	TriedBy    string
}

type refusedStored struct {
	ID         int64   `db:"id"`
	First      int64   `db:"first_at"`
	Last       int64   `db:"last_at"`
	Times      int64   `db:"times"`
	Omitted    int64   `db:"omitted"`
	Remote     string  `db:"remote"`
	MN         string  `db:"mn"`
	Point      int64   `db:"point"`
	Division   string  `db:"division"`
	Enterprise int64   `db:"enterprise"`
	Reason     string  `db:"reason"`
	At         int     `db:"at_byte"`
	Text       string  `db:"text"`
	Raw        []byte  `db:"raw"`
	State      string  `db:"state"`
	Outcome    string  `db:"outcome"`
	TriedAt    *int64  `db:"tried_at"`
	TriedBy    *string `db:"tried_by"`
}

const refusedColumns = `id, first_at, last_at, times, omitted, remote, mn, point, division, enterprise,
		       reason, at_byte, text, raw, state, outcome, tried_at, tried_by`

func (r refusedStored) refused() Refused {
	out := Refused{
		ID: r.ID, First: clock.Unix(r.First), Last: clock.Unix(r.Last), Times: r.Times, Omitted: r.Omitted,
		Remote: r.Remote, MN: r.MN, Point: PointID(r.Point), Division: access.Division(r.Division), Enterprise: r.Enterprise,
		Reason: hj212.Reason(r.Reason), At: r.At, Text: r.Text, Raw: r.Raw, State: r.State, Outcome: r.Outcome,
	}
	if r.TriedAt != nil {
		out.TriedAt = clock.Unix(*r.TriedAt)
	}
	if r.TriedBy != nil {
		out.TriedBy = *r.TriedBy
	}
	return out
}

// RefusedQuery says which refused frames are wanted. The zero value asks for the
// newest.
type RefusedQuery struct {
	MN     string
	Point  PointID
	Reason hj212.Reason
	State  string
	Before int64 // id of the last of the page before
	N      int   // 50 unless set, at most 500
}

// RefusedFrames returns refused frames in by's scope, the newest first. Those of
// unknown division are seen by who sees the whole city.
func (s *Server) RefusedFrames(ctx context.Context, by access.Caller, q RefusedQuery) (_ []Refused, err error) {
	defer fault.Wrap(&err, "gateway.RefusedFrames")
	if err := by.Must("frame.read"); err != nil {
		return nil, err
	}
	cond, args := scoped(by, 1)
	where := []string{cond}
	add := func(column string, v any) {
		args = append(args, v)
		where = append(where, column+" $"+strconv.Itoa(len(args)))
	}
	if q.MN != "" {
		add("mn =", q.MN)
	}
	if q.Point != 0 {
		add("point =", int64(q.Point))
	}
	if q.Reason != "" {
		add("reason =", string(q.Reason))
	}
	if q.State != "" {
		add("state =", q.State)
	}
	if q.Before != 0 {
		add("id <", q.Before)
	}
	rows, err := sqldb.All[refusedStored](ctx, s.cfg.DB, `
		SELECT `+refusedColumns+`
		  FROM frames_refused
		 WHERE `+strings.Join(where, "\n   AND ")+`
		 ORDER BY id DESC
		 LIMIT `+strconv.Itoa(pageSize(q.N)), args...)
	if err != nil {
		return nil, err
	}
	all := make([]Refused, len(rows))
	for i, r := range rows {
		all[i] = r.refused()
	}
	return all, nil
}

func pageSize(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 500)
}

// RefusedFrame returns one refused frame.
//
// The error is fault.NotFound when there is none in by's scope.
func (s *Server) RefusedFrame(ctx context.Context, by access.Caller, id int64) (_ Refused, err error) {
	defer fault.Wrap(&err, "gateway.RefusedFrame(%d)", id)
	if err := by.Must("frame.read"); err != nil {
		return Refused{}, err
	}
	cond, args := scoped(by, 2)
	r, err := sqldb.One[refusedStored](ctx, s.cfg.DB, "没有这条被拒报文，或不在您的管辖范围内", `
		SELECT `+refusedColumns+`
		  FROM frames_refused
		 WHERE id = $1
		   AND `+cond, append([]any{id}, args...)...)
	return r.refused(), err
}

// Replay sends a refused frame on its way again, as if it had just been read
// with the settings of now (a corrected password, a registered key), and notes
// the outcome. The frame keeps its time of arrival.
//
// The error is fault.NotFound outside of by's scope, fault.Conflict when the
// frame was accepted by an earlier replay.
func (s *Server) Replay(ctx context.Context, by access.Caller, id int64) (_ Refused, err error) {
	defer fault.Wrap(&err, "gateway.Replay(%d)", id)
	if err := by.Must("frame.operate"); err != nil {
		return Refused{}, err
	}
	r, err := s.RefusedFrame(ctx, by.Grant("frame.read"), id)
	if err != nil {
		return Refused{}, err
	}
	if r.State == "accepted" {
		return Refused{}, fault.New(fault.Conflict, "这条报文已经重放入库，不必再次重放")
	}
	if err := s.Refresh(ctx); err != nil {
		return Refused{}, err
	}
	out, err := s.run(ctx, []keptFrame{{raw: r.Raw, at: r.First}})
	if err != nil {
		return Refused{}, err
	}
	r.State, r.Outcome = "accepted", "重放成功，数据已入库"
	if why := out[0]; why != nil {
		r.State, r.Outcome = "failed", "重放仍被拒绝："+why.Zh
	}
	device := s.devices.byMN(r.MN)
	err = s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		if device != nil && r.Point == 0 {
			r.Point, r.Division, r.Enterprise = device.Point, device.Division, device.Enterprise
		}
		r.TriedAt, r.TriedBy = tx.Now, by.Login
		if err := tx.ExecOne(ctx, `
			UPDATE frames_refused
			   SET state      = $1,
			       outcome    = $2,
			       tried_at   = $3,
			       tried_by   = $4,
			       point      = $5,
			       division   = $6,
			       enterprise = $7
			 WHERE id = $8`,
			r.State, r.Outcome, tx.Now.Unix(), by.Login, int64(r.Point), string(r.Division), r.Enterprise, id); err != nil {
			return err
		}
		return journal.Append(ctx, tx, entry(by, "frame.replay", fmt.Sprintf("refused/%d", id), r.Division, r.Enterprise,
			map[string]any{"mn": r.MN, "reason": r.Reason, "outcome": r.Outcome, "digest": digestOf(r.Raw)}))
	})
	return r, err
}
