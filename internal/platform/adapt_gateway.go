package platform

import (
	"context"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/gateway"
	"pingzhang/internal/measure"
	"pingzhang/internal/web"
)

// The faces do not know each other: what the pages show of the gateway passes
// through here.

// frames shows the pages what the gateway did not take in.
type frames struct{ g *gateway.Server }

func (f frames) RefusedFrames(ctx context.Context, by access.Caller, q web.FrameQuery) ([]web.RefusedFrame, error) {
	all, err := f.g.RefusedFrames(ctx, by, gateway.RefusedQuery{MN: q.MN, Reason: q.Reason, Before: q.Before, N: q.N})
	out := make([]web.RefusedFrame, len(all))
	for i, r := range all {
		out[i] = refusedFrame(r)
	}
	return out, err
}

func refusedFrame(r gateway.Refused) web.RefusedFrame {
	return web.RefusedFrame{
		ID: r.ID, First: r.First, Last: r.Last, Times: r.Times, Omitted: r.Omitted, Remote: r.Remote, MN: r.MN, Point: r.Point, Reason: r.Reason, At: r.At,
		Text: r.Text, Raw: r.Raw, State: r.State, Outcome: r.Outcome, TriedAt: r.TriedAt, TriedBy: r.TriedBy,
	}
}

func (f frames) RefusedFrame(ctx context.Context, by access.Caller, id int64) (web.RefusedFrame, error) {
	r, err := f.g.RefusedFrame(ctx, by, id)
	return refusedFrame(r), err
}

func (f frames) Replay(ctx context.Context, by access.Caller, id int64) (web.RefusedFrame, error) {
	r, err := f.g.Replay(ctx, by, id)
	return refusedFrame(r), err
}

func (f frames) Strangers(ctx context.Context, by access.Caller, n int) ([]web.Stranger, error) {
	all, err := f.g.Strangers(ctx, by, "open", n)
	out := make([]web.Stranger, len(all))
	for i, s := range all {
		out[i] = web.Stranger{
			MN: s.MN, First: s.First, Last: s.Last, Frames: s.Frames, Kept: s.Kept, Remote: s.Remote, ST: s.ST, Profile: s.Profile, Factors: s.Factors, Sample: s.Sample,
		}
	}
	return out, err
}

func (f frames) Claim(ctx context.Context, by access.Caller, mn string, point measure.Point) (web.Claimed, error) {
	c, err := f.g.Claim(ctx, by, mn, point)
	out := web.Claimed{Stored: c.Stored}
	for _, n := range c.Refused {
		out.Refused += n
	}
	return out, err
}

// devices shows the pages the connections to devices and their commands.
type devices struct{ g *gateway.Server }

func (d devices) Presences(ctx context.Context, by access.Caller) (map[measure.Point]web.Presence, error) {
	all, err := d.g.Presences(ctx, by)
	out := map[measure.Point]web.Presence{}
	for id, p := range all {
		out[id] = web.Presence{Connected: p.Connected, LastAt: p.LastAt, Remote: p.Remote, Skew: p.Skew, SkewKnown: p.SkewKnown, Drifting: p.Drifting, Frames: p.Frames}
	}
	return out, err
}

func (d devices) Recent(ctx context.Context, by access.Caller, point measure.Point) ([]web.Seen, error) {
	all, err := d.g.Recent(ctx, by, point)
	out := make([]web.Seen, len(all))
	for i, s := range all {
		out[i] = web.Seen{At: s.At, Raw: s.Raw}
	}
	return out, err
}

// commandState turns a state of the gateway into that of the pages.
func commandState(c gateway.Command) web.CommandState {
	switch c.State {
	case gateway.Queued:
		return web.CommandQueued
	case gateway.Sent, gateway.Accepted:
		return web.CommandSent
	case gateway.TimedOut:
		return web.CommandSilent
	case gateway.Done:
		if c.ExeRtn == hj212.ExeNoData {
			return web.CommandNoData
		}
		return web.CommandDone
	}
	return web.CommandFailed
}

func (d devices) Commands(ctx context.Context, by access.Caller, point measure.Point, n int) ([]web.Command, error) {
	all, err := d.g.Commands(ctx, by, gateway.CommandQuery{Point: point, N: n})
	out := make([]web.Command, len(all))
	for i, c := range all {
		out[i] = web.Command{ID: c.ID, Order: hj212.Order{CN: c.CN, Args: c.Args}, State: commandState(c), Note: c.Result, By: c.AskedBy, At: c.AskedAt}
	}
	return out, err
}

func (d devices) Send(ctx context.Context, by access.Caller, point measure.Point, o hj212.Order) error {
	_, err := d.g.Order(ctx, by, point, o)
	return err
}

// historyOf is the command that fetches the readings of a kind.
var historyOf = map[measure.Kind]hj212.CN{measure.Rtd: 2011, measure.Minute: 2051, measure.Hour: 2061, measure.Day: 2031}

func (d devices) Backfill(ctx context.Context, by access.Caller, point measure.Point, k measure.Kind, from, to time.Time) (int, error) {
	all, err := d.g.Backfill(ctx, by, point, historyOf[k], from, to)
	return len(all), err
}

// forwards shows the pages where original frames are passed on to.
type forwards struct{ g *gateway.Server }

func (f forwards) Targets(ctx context.Context, by access.Caller) ([]web.ForwardTarget, error) {
	all, err := f.g.Targets(ctx, by)
	out := make([]web.ForwardTarget, len(all))
	for i, t := range all {
		out[i] = web.ForwardTarget{ID: t.ID, Name: t.Name, Address: t.Address, Enabled: t.Enabled, Connected: t.Enabled && t.Trouble == "", Backlog: t.Backlog, Sent: t.Sent, Error: t.Trouble}
	}
	return out, err
}

func (f forwards) AddTarget(ctx context.Context, by access.Caller, name, address string) error {
	_, err := f.g.SaveTarget(ctx, by, gateway.Target{Name: name, Address: address, Enabled: true})
	return err
}

func (f forwards) EnableTarget(ctx context.Context, by access.Caller, id int64, on bool) error {
	all, err := f.g.Targets(ctx, by)
	if err != nil {
		return err
	}
	for _, t := range all {
		if t.ID == id {
			t.Enabled = on
			_, err := f.g.SaveTarget(ctx, by, t)
			return err
		}
	}
	return fault.New(fault.NotFound, "没有这个转发目标")
}
