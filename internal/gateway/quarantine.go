package gateway

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// stranger is an unknown MN with the frames that wait to be written down.
type stranger struct {
	times       int64
	first, last int64
	remote      string
	st, profile string
	factors     []string
	frames      []keptFrame
}

// keptFrame is a frame that may be sent on its way again.
type keptFrame struct {
	id     int64
	raw    []byte
	at     time.Time
	remote string
}

func (q *stranger) merge(later *stranger) {
	q.times += later.times
	q.last, q.remote = later.last, later.remote
	q.frames = append(q.frames, later.frames...)
	q.addFactors(later.factors...)
}

// maxFactorsShown bounds the list of factors that tells one what an unknown
// device may be.
const maxFactorsShown = 40

func (q *stranger) addFactors(codes ...string) {
	for _, c := range codes {
		if len(q.factors) < maxFactorsShown && len(c) <= 16 && !slices.Contains(q.factors, c) {
			q.factors = append(q.factors, c)
		}
	}
}

// addStranger collects a frame of an unknown MN; n.mu is held.
func (n *recorder) addStranger(r *refusal, m *hj212.Message, from origin) bool {
	q := n.strange[r.mn]
	if q == nil {
		if len(n.strange) >= maxPendingRefused {
			return false
		}
		q = &stranger{first: from.at.Unix()}
		n.strange[r.mn] = q
	}
	q.times++
	q.last, q.remote = from.at.Unix(), from.remote.String()
	q.profile = m.Profile().String()
	if len(m.ST) == 2 {
		q.st = printable(m.ST)
	}
	for f := range m.All() {
		q.addFactors(printable(f.Code))
	}
	if n.frames >= maxPendingFrames || int64(len(q.frames)) >= n.s.cfg.KeepPerMN {
		return true // counted in the row of the MN
	}
	n.frames++
	q.frames = append(q.frames, keptFrame{raw: append([]byte(nil), r.raw...), at: from.at, remote: q.remote})
	return true
}

// writeStranger adds q to the row of its MN and its frames to those kept.
func (n *recorder) writeStranger(ctx context.Context, tx *sqldb.Tx, mn string, q *stranger, t *tally) error {
	var kept int64
	var factors string
	err := tx.QueryRow(ctx, `SELECT kept, factors FROM quarantine WHERE mn = $1`, mn).Scan(&kept, &factors)
	fresh := sqldb.NoRows(err)
	if err != nil && !fresh {
		return err
	}
	if fresh && t.strangers >= n.s.cfg.KeepStrangers {
		t.lost += q.times
		return nil
	}
	before := strings.Fields(factors)
	all := stranger{factors: before}
	all.addFactors(q.factors...)
	room := max(0, min(n.s.cfg.KeepPerMN-kept, n.s.cfg.KeepQuarantine-t.frames, int64(len(q.frames))))
	sample := []byte{}
	if len(q.frames) > 0 {
		sample = q.frames[len(q.frames)-1].raw
	}
	if fresh {
		t.strangers++
		err = tx.ExecOne(ctx, `
			INSERT INTO quarantine (
			  mn, first_at, last_at, frames, kept, remote, st, profile, factors, sample, state, point)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', 0)`,
			mn, q.first, q.last, q.times, room, q.remote, q.st, q.profile, strings.Join(all.factors, " "), sample)
	} else {
		err = tx.ExecOne(ctx, `
			UPDATE quarantine
			   SET last_at = $1,
			       frames  = frames + $2,
			       kept    = kept + $3,
			       remote  = $4,
			       factors = $5,
			       state   = 'open'
			 WHERE mn = $6`,
			q.last, q.times, room, q.remote, strings.Join(all.factors, " "), mn)
	}
	if err != nil {
		return err
	}
	t.frames += room
	for _, f := range q.frames[:room] {
		if _, err := tx.Exec(ctx, `
			INSERT INTO quarantine_frames (id, mn, received_at, remote, raw, state, outcome)
			VALUES ($1, $2, $3, $4, $5, 'kept', '')`,
			sqldb.NewID(), mn, f.at.Unix(), f.remote, f.raw); err != nil {
			return err
		}
	}
	return nil
}

// Stranger is a device that no point is registered for.
type Stranger struct {
	MN          string
	First, Last time.Time
	Frames      int64 // that came
	Kept        int64 // of these, kept for a claim
	Remote      string
	ST          string
	Profile     string   // that its frames show
	Factors     []string // codes it has sent
	Sample      []byte   // one of its first frames
	State       string   // open or claimed
	Point       PointID  // that claimed it
	ClaimedAt   time.Time
	ClaimedBy   string
}

type strangerStored struct {
	MN        string  `db:"mn"`
	First     int64   `db:"first_at"`
	Last      int64   `db:"last_at"`
	Frames    int64   `db:"frames"`
	Kept      int64   `db:"kept"`
	Remote    string  `db:"remote"`
	ST        string  `db:"st"`
	Profile   string  `db:"profile"`
	Factors   string  `db:"factors"`
	Sample    []byte  `db:"sample"`
	State     string  `db:"state"`
	Point     int64   `db:"point"`
	ClaimedAt *int64  `db:"claimed_at"`
	ClaimedBy *string `db:"claimed_by"`
}

// Strangers returns the devices in quarantine, those heard last first, up to n.
// Only who sees the whole city sees them: nobody knows their division.
func (s *Server) Strangers(ctx context.Context, by access.Caller, state string, n int) (_ []Stranger, err error) {
	defer fault.Wrap(&err, "gateway.Strangers")
	if err := by.Must("frame.read"); err != nil {
		return nil, err
	}
	if !holdsCity(by.Scope) {
		return nil, nil
	}
	if state == "" {
		state = "open"
	}
	rows, err := sqldb.All[strangerStored](ctx, s.cfg.DB, `
		SELECT mn, first_at, last_at, frames, kept, remote, st, profile, factors, sample, state, point, claimed_at, claimed_by
		  FROM quarantine
		 WHERE state = $1
		 ORDER BY last_at DESC, mn
		 LIMIT $2`, state, pageSize(n))
	if err != nil {
		return nil, err
	}
	all := make([]Stranger, len(rows))
	for i, r := range rows {
		all[i] = Stranger{
			MN: r.MN, First: clock.Unix(r.First), Last: clock.Unix(r.Last), Frames: r.Frames, Kept: r.Kept, Remote: r.Remote,
			ST: r.ST, Profile: r.Profile, Factors: strings.Fields(r.Factors), Sample: r.Sample, State: r.State, Point: PointID(r.Point),
		}
		if r.ClaimedAt != nil {
			all[i].ClaimedAt = clock.Unix(*r.ClaimedAt)
		}
		if r.ClaimedBy != nil {
			all[i].ClaimedBy = *r.ClaimedBy
		}
	}
	return all, nil
}

// Claimed is what came of a claim.
type Claimed struct {
	Stored  int
	Refused map[hj212.Reason]int // frames that the settings of the point do not let pass
}

// claimAtOnce is how many kept frames are read into memory at a time.
const claimAtOnce = 500

// Claim gives the frames of an unknown MN to the point that was registered for
// it: all that were kept are sent on their way, with the times at which they
// came. They are kept until they are stored; a frame that is still refused goes
// to the refused ones.
//
// The error is fault.Invalid when point does not have that MN, fault.NotFound
// when nothing of the MN is in quarantine or by may not see it.
func (s *Server) Claim(ctx context.Context, by access.Caller, mn string, point PointID) (_ Claimed, err error) {
	defer fault.Wrap(&err, "gateway.Claim(%s, point %d)", mn, point)
	if err := by.Must("frame.operate"); err != nil {
		return Claimed{}, err
	}
	if err := s.Refresh(ctx); err != nil {
		return Claimed{}, err
	}
	device := s.devices.byMN(mn)
	if device == nil || device.Point != point {
		return Claimed{}, fault.New(fault.Invalid, "所选监测点位的设备编号不是 %s；请先登记该编号的点位再认领", mn)
	}
	if !device.in(by.Scope) {
		return Claimed{}, fault.New(fault.NotFound, "没有这个监测点位，或不在您的管辖范围内")
	}
	// What has come and is not yet written down belongs to the claim.
	if err := s.notes.flush(ctx); err != nil {
		return Claimed{}, err
	}
	if _, found, err := sqldb.Value[string](ctx, s.cfg.DB, `SELECT state FROM quarantine WHERE mn = $1`, mn); err != nil {
		return Claimed{}, err
	} else if !found {
		return Claimed{}, fault.New(fault.NotFound, "待认领区没有设备编号 %s 的报文", mn)
	}
	out := Claimed{Refused: map[hj212.Reason]int{}}
	for {
		n, err := s.claimSome(ctx, device, &out)
		if err != nil {
			return out, err
		}
		if n == 0 {
			break
		}
	}
	err = s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		if err := tx.ExecOne(ctx, `
			UPDATE quarantine
			   SET state      = 'claimed',
			       kept       = 0,
			       point      = $1,
			       claimed_at = $2,
			       claimed_by = $3
			 WHERE mn = $4`, int64(point), tx.Now.Unix(), by.Login, mn); err != nil {
			return err
		}
		return journal.Append(ctx, tx, entry(by, "quarantine.claim", "mn/"+mn, device.Division, device.Enterprise,
			map[string]any{"point": int64(point), "stored": out.Stored, "refused": out.Refused}))
	})
	s.notes.recount()
	return out, err
}

// recount makes the next flush count again what is kept.
func (n *recorder) recount() {
	n.flushMu.Lock()
	n.counted = false
	n.flushMu.Unlock()
}

// claimSome replays up to claimAtOnce frames of the device and marks them.
func (s *Server) claimSome(ctx context.Context, d *Device, out *Claimed) (int, error) {
	type stored struct {
		ID     int64  `db:"id"`
		At     int64  `db:"received_at"`
		Remote string `db:"remote"`
		Raw    []byte `db:"raw"`
	}
	rows, err := sqldb.All[stored](ctx, s.cfg.DB, `
		SELECT id, received_at, remote, raw
		  FROM quarantine_frames
		 WHERE mn = $1
		   AND state = 'kept'
		 ORDER BY id
		 LIMIT $2`, d.MN, claimAtOnce)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	frames := make([]keptFrame, len(rows))
	for i, r := range rows {
		frames[i] = keptFrame{id: r.ID, raw: r.Raw, at: clock.Unix(r.At), remote: r.Remote}
	}
	results, err := s.run(ctx, frames)
	if err != nil {
		return 0, err
	}
	err = s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		for i, f := range frames {
			state, outcome := "stored", ""
			if r := results[i]; r != nil {
				state, outcome = "refused", string(r.Reason)
				row := &refusedRow{
					digest: digestOf(string(r.Reason), d.MN, f.raw), times: 1, first: f.at.Unix(), last: f.at.Unix(), remote: f.remote,
					mn: d.MN, refusal: r.Refusal, raw: f.raw, point: d.Point, division: d.Division, enterprise: d.Enterprise,
				}
				if err := s.notes.writeRefused(ctx, tx, row, &tally{}); err != nil {
					return err
				}
			}
			if err := tx.ExecOne(ctx, `UPDATE quarantine_frames SET state = $1, outcome = $2 WHERE id = $3`, state, outcome, f.id); err != nil {
				return fmt.Errorf("frame %d: %w", f.id, err)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, r := range results {
		if r == nil {
			out.Stored++
		} else {
			out.Refused[r.Reason]++
		}
	}
	return len(rows), nil
}
