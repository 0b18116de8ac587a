package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// refusal is a frame that was not accepted, and why.
type refusal struct {
	*hj212.Refusal
	raw    []byte // of the framer's buffer; copied where it is kept
	mn     string
	device *Device // whose it claims to be; nil when that is nobody's
}

func refuse(f *hj212.Frame, m *hj212.Message, d *Device, r *hj212.Refusal) *refusal {
	out := &refusal{Refusal: r, raw: f.Raw, device: d}
	if d != nil {
		out.mn = d.MN
	} else if len(m.MN) <= 64 {
		out.mn = printable(m.MN)
	}
	return out
}

// printable is b as valid UTF-8 without control characters.
func printable(b []byte) string {
	if utf8.Valid(b) && !strings.ContainsFunc(string(b), isControl) {
		return string(b)
	}
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || isControl(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(string(b), "?"))
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7F }

// recorder collects what is to be noted and writes it down in one transaction
// now and then, so that a flood costs memory and disk that are bounded.
type recorder struct {
	s *Server

	mu      sync.Mutex
	refused map[string]*refusedRow // by digest
	strange map[string]*stranger   // by MN
	frames  int                    // held by strange

	flushMu       sync.Mutex // one flush at a time
	counted       bool
	keptRefused   int64 // rows of frames_refused
	keptStrange   int64 // rows of quarantine_frames
	knownStranger int64 // rows of quarantine
}

// The bounds of what waits to be written down.
const (
	maxPendingRefused = 2000
	maxPendingFrames  = 4000
)

// refuse notes a refusal; keep is false when the connection has sent so many
// that this one is only counted.
func (s *Server) refuse(r *refusal, m *hj212.Message, from origin, keep bool) {
	s.meter.refused(r.Reason)
	if !keep || !s.notes.add(r, m, from) {
		s.meter.lost.Inc()
	}
}

func (n *recorder) add(r *refusal, m *hj212.Message, from origin) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.Reason == ReasonUnknownMN && r.mn != "" {
		return n.addStranger(r, m, from)
	}
	digest := digestOf(string(r.Reason), r.mn, r.raw)
	if row := n.refused[digest]; row != nil {
		row.times++
		row.last = from.at.Unix()
		return true
	}
	if len(n.refused) >= maxPendingRefused {
		return false
	}
	row := &refusedRow{
		digest: digest, times: 1, first: from.at.Unix(), last: from.at.Unix(), remote: from.remote.String(),
		mn: r.mn, refusal: r.Refusal, raw: append([]byte(nil), r.raw...),
	}
	if r.device != nil {
		row.point, row.division, row.enterprise = r.device.Point, r.device.Division, r.device.Enterprise
	}
	n.refused[digest] = row
	return true
}

func digestOf(parts ...any) string {
	h := sha256.New()
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			h.Write([]byte(p))
		case []byte:
			h.Write(p)
		}
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// run writes down until ctx ends.
func (n *recorder) run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := n.flush(ctx); err != nil && ctx.Err() == nil {
			slog.Error("refused frames and device states were not written down", "err", err)
		}
	}
}

// flush writes down what has been collected. What cannot be written stays, and
// its bounds stay.
func (n *recorder) flush(ctx context.Context) (err error) {
	n.flushMu.Lock()
	defer n.flushMu.Unlock()
	defer func() { n.s.trouble.note(err) }()
	n.mu.Lock()
	refused, strange, frames := n.refused, n.strange, n.frames
	n.refused, n.strange, n.frames = map[string]*refusedRow{}, map[string]*stranger{}, 0
	n.mu.Unlock()
	seen := n.s.unwritten()
	if len(refused)+len(strange)+len(seen) == 0 {
		return nil
	}
	var tally tally
	err = n.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		if tally, err = n.tally(ctx, tx); err != nil {
			return err
		}
		for _, r := range refused {
			if err := n.writeRefused(ctx, tx, r, &tally); err != nil {
				return err
			}
		}
		for mn, q := range strange {
			if err := n.writeStranger(ctx, tx, mn, q, &tally); err != nil {
				return err
			}
		}
		return n.s.writeSeen(ctx, tx, seen)
	})
	if err != nil {
		n.putBack(refused, strange, frames)
		return err
	}
	n.counted, n.keptRefused, n.keptStrange, n.knownStranger = true, tally.refused, tally.frames, tally.strangers
	n.s.meter.lost.AddInt64(tally.lost)
	n.s.written(seen)
	return nil
}

// tally is how much is kept in all.
type tally struct{ refused, frames, strangers, lost int64 }

func (n *recorder) tally(ctx context.Context, tx *sqldb.Tx) (t tally, err error) {
	if n.counted {
		return tally{n.keptRefused, n.keptStrange, n.knownStranger, 0}, nil
	}
	err = tx.QueryRow(ctx, `
		SELECT (SELECT COUNT(*) FROM frames_refused),
		       (SELECT COUNT(*) FROM quarantine_frames WHERE state = 'kept'),
		       (SELECT COUNT(*) FROM quarantine)`).Scan(&t.refused, &t.frames, &t.strangers)
	return t, err
}

func (n *recorder) putBack(refused map[string]*refusedRow, strange map[string]*stranger, frames int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for k, r := range refused {
		if now := n.refused[k]; now != nil {
			r.times += now.times
			r.last = now.last
		} else if len(n.refused) >= maxPendingRefused {
			n.s.meter.lost.AddInt64(r.times)
			continue
		}
		n.refused[k] = r
	}
	for mn, q := range strange {
		if now := n.strange[mn]; now != nil {
			q.merge(now)
		}
		n.strange[mn] = q
	}
	n.frames += frames
}

// entry is the journal entry of something that by did.
func entry(by access.Caller, act, object string, division access.Division, enterprise int64, detail any) journal.Entry {
	return journal.Entry{
		By: by.Login, Via: by.Via, Act: act, Object: object,
		Division: string(division), Enterprise: enterprise, Detail: detail,
	}
}

// holdsCity reports whether the scope holds a whole city or more: who may see
// what nobody's division is known of.
func holdsCity(s access.Scope) bool {
	if s.Everything {
		return true
	}
	if s.Enterprise != 0 {
		return false
	}
	for _, d := range s.Divisions {
		if p := d.Prefix(); p != "" && len(p) <= 4 {
			return true
		}
	}
	return false
}

// scoped is the condition of by's scope on rows whose division may be unknown.
func scoped(by access.Caller, from int) (string, []any) {
	cond, args := by.Scope.Where("division", "enterprise", from)
	if holdsCity(by.Scope) {
		cond = "(" + cond + " OR division = '')"
	}
	return cond, args
}
