package gateway

import (
	"context"
	"slices"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Presence is when and how a device was last heard.
type Presence struct {
	Point     PointID
	Connected bool
	Here      bool // connected to this node
	LastAt    time.Time
	Remote    string
	Profile   string // that its last frame shows
	ST        string
	Frames    int64         // accepted since it was first heard, by its node
	Skew      time.Duration // median of QN less arrival; positive: the device is ahead
	SkewKnown bool          // false before three live packets with QN
	Drifting  bool          // the skew exceeds 60 s
}

// maxSkew is beyond what the clock of a device is to be set right.
const maxSkew = time.Minute

func drifting(skew time.Duration) bool { return skew > maxSkew || skew < -maxSkew }

func median(all []int64) int64 {
	all = slices.Clone(all)
	slices.Sort(all)
	n := len(all)
	if n%2 == 1 {
		return all[n/2]
	}
	return (all[n/2-1] + all[n/2]) / 2
}

func (l *live) presence(p PointID) Presence {
	skew, known := l.skew()
	l.mu.Lock()
	defer l.mu.Unlock()
	out := Presence{
		Point: p, Connected: l.conn != nil, Here: l.conn != nil, LastAt: l.lastAt, Profile: l.profile.String(), Frames: l.frames,
		Skew: skew, SkewKnown: known, Drifting: known && drifting(skew),
	}
	if l.remote.IsValid() {
		out.Remote = l.remote.String()
	}
	if l.st[0] != 0 {
		out.ST = string(l.st[:])
	}
	return out
}

// seenEvery is how often the presence of a device that speaks is written down.
const seenEvery = 10 * time.Second

type unwrittenSeen struct {
	live *live
	at   time.Time
	Presence
}

// unwritten returns the presences that have changed and were not written down
// lately.
func (s *Server) unwritten() []unwrittenSeen {
	var all []unwrittenSeen
	now := s.cfg.Now()
	s.devices.all(func(d *Device) {
		l := d.live
		l.mu.Lock()
		due := !l.lastAt.IsZero() && (l.written.IsZero() || l.lastAt.After(l.written) && now.Sub(l.written) >= seenEvery)
		l.mu.Unlock()
		if due {
			all = append(all, unwrittenSeen{l, now, l.presence(d.Point)})
		}
	})
	return all
}

func (s *Server) written(all []unwrittenSeen) {
	for _, u := range all {
		u.live.mu.Lock()
		u.live.written = u.at
		u.live.mu.Unlock()
	}
}

func (s *Server) writeSeen(ctx context.Context, tx *sqldb.Tx, all []unwrittenSeen) error {
	for _, u := range all {
		var skew *int64
		if u.SkewKnown {
			ms := u.Skew.Milliseconds()
			skew = &ms
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO device_seen (point, node, connected, last_at, remote, profile, st, skew_ms, frames)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (point) DO UPDATE
			   SET node      = excluded.node,
			       connected = excluded.connected,
			       last_at   = excluded.last_at,
			       remote    = excluded.remote,
			       profile   = excluded.profile,
			       st        = excluded.st,
			       skew_ms   = excluded.skew_ms,
			       frames    = excluded.frames`,
			int64(u.Point), s.cfg.Node, u.Connected, u.LastAt.Unix(), u.Remote, u.Profile, u.ST, skew, u.Frames); err != nil {
			return err
		}
	}
	return nil
}

// Presences returns how the devices of points were last heard, here or by other
// nodes, of those in by's scope. A point without an entry was never heard.
func (s *Server) Presences(ctx context.Context, by access.Caller) (_ map[PointID]Presence, err error) {
	defer fault.Wrap(&err, "gateway.Presences")
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	type stored struct {
		Point     int64  `db:"point"`
		Node      string `db:"node"`
		Connected bool   `db:"connected"`
		LastAt    int64  `db:"last_at"`
		Remote    string `db:"remote"`
		Profile   string `db:"profile"`
		ST        string `db:"st"`
		SkewMS    *int64 `db:"skew_ms"`
		Frames    int64  `db:"frames"`
	}
	rows, err := sqldb.All[stored](ctx, s.cfg.DB, `
		SELECT point, node, connected, last_at, remote, profile, st, skew_ms, frames
		  FROM device_seen`)
	if err != nil {
		return nil, err
	}
	all := map[PointID]Presence{}
	for _, r := range rows {
		p := PointID(r.Point)
		d := s.devices.byPoint(p)
		if d == nil || !d.in(by.Scope) {
			continue
		}
		out := Presence{
			Point: p, Connected: r.Connected && r.Node != s.cfg.Node, LastAt: clock.Unix(r.LastAt), Remote: r.Remote,
			Profile: r.Profile, ST: r.ST, Frames: r.Frames,
		}
		if r.SkewMS != nil {
			out.Skew, out.SkewKnown = time.Duration(*r.SkewMS)*time.Millisecond, true
			out.Drifting = drifting(out.Skew)
		}
		all[p] = out
	}
	s.devices.all(func(d *Device) {
		if !d.in(by.Scope) {
			return
		}
		if here := d.live.presence(d.Point); !here.LastAt.IsZero() && !here.LastAt.Before(all[d.Point].LastAt) {
			all[d.Point] = here
		}
	})
	return all, nil
}

// Recent returns the last frames accepted from a point's device since the
// process started, the newest first.
//
// The error is fault.NotFound when the point is not in by's scope.
func (s *Server) Recent(ctx context.Context, by access.Caller, point PointID) (_ []Seen, err error) {
	defer fault.Wrap(&err, "gateway.Recent(point %d)", point)
	d, err := s.deviceFor(by, "frame.read", point)
	if err != nil {
		return nil, err
	}
	l := d.live
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]Seen, 0, len(l.ring))
	for i := range l.ring {
		f := l.ring[(l.ringNext+len(l.ring)-1-i)%len(l.ring)]
		all = append(all, Seen{f.At, slices.Clone(f.Raw)})
	}
	return all, nil
}

// Profile and ST of an order to the device: those registered, else those that
// its last frame showed.
func (d *Device) address() hj212.Device {
	out := hj212.Device{Profile: d.Profile, ST: d.ST, MN: d.MN, PW: d.PW}
	l := d.live
	l.mu.Lock()
	defer l.mu.Unlock()
	if out.Profile == hj212.Auto {
		out.Profile = l.profile
	}
	if out.ST == "" && l.st[0] != 0 {
		out.ST = string(l.st[:])
	}
	return out
}
