package bench

import (
	"context"
	"sync/atomic"
	"time"

	"pingzhang/internal/fault"
	"pingzhang/internal/gateway"
	"pingzhang/internal/measure"
)

// MN is the device number of the i-th device, for who registers them.
func MN(i int) string { return deviceMN(i) }

// Site is a whole platform with its devices registered, where what arrives is
// also judged.
type Site struct {
	Gateway *gateway.Server // does not listen yet
	Store   *measure.Store
	// Judge judges what is complete at now, and says how many hours of points
	// that were.
	Judge func(ctx context.Context, now time.Time) (hours int, err error)
}

// JudgedReport is what was measured while everything is judged.
type JudgedReport struct {
	ReadingsPerSec float64 `json:"readings_per_second"` // as fast as it goes
	AckFull        Latency `json:"ack_full"`
	AckPaced       Latency `json:"ack_paced"` // at Options.Paced
	PacedPerSec    float64 `json:"paced_readings_per_second"`
	HoursPerSec    float64 `json:"judged_hours_per_second"` // of points, over both
	// Behind is how many hours of points were still to be judged when the lines
	// fell silent, and CaughtUp how long that took. A device that sends each
	// minute makes 60 frames an hour; here an hour passes in a fraction of a
	// second.
	Behind   int     `json:"hours_behind"`
	CaughtUp float64 `json:"caught_up_seconds"`
}

// RunJudged measures like Run, at a site that judges while it takes in.
func RunJudged(ctx context.Context, o Options, at Site) (r JudgedReport, err error) {
	defer fault.Wrap(&err, "bench.RunJudged")
	o.defaults()
	s := &site{o: o, store: &timed{Store: at.Store}}
	addr, err := at.Gateway.Listen("127.0.0.1:0")
	if err != nil {
		return r, err
	}
	defer func() {
		for _, l := range s.lines {
			l.conn.Close()
		}
	}()
	for i := range o.Devices {
		l, err := dial(addr.String(), i, o.Window)
		if err != nil {
			return r, err
		}
		s.lines = append(s.lines, l)
	}
	sealed := s.sealing(ctx)
	defer sealed()
	var hours atomic.Int64
	judged := s.judging(ctx, at, &hours)
	defer judged()

	o.Progress("预热（边收边判）")
	if _, err := s.load(ctx, o.For/4, 0); err != nil {
		return r, err
	}
	o.Progress("全速接收，同时判定")
	before, start := hours.Load(), time.Now()
	full, err := s.load(ctx, o.For, 0)
	if err != nil {
		return r, err
	}
	r.ReadingsPerSec, r.AckFull = full.perSecond()*factors, full.latency()

	o.Progress("按设定速率接收，同时判定")
	paced, err := s.load(ctx, o.For, o.Paced/factors)
	if err != nil {
		return r, err
	}
	r.PacedPerSec, r.AckPaced = paced.perSecond()*factors, paced.latency()
	judged() // a round tells its hours when it ends
	r.HoursPerSec = float64(hours.Load()-before) / time.Since(start).Seconds()
	o.Progress("判完剩余")
	start = time.Now()
	r.Behind, err = at.Judge(ctx, s.oldest())
	r.CaughtUp = time.Since(start).Seconds()
	return r, err
}

// oldest is the time that every line has reached.
func (s *site) oldest() time.Time {
	oldest := s.lines[0].now.Load()
	for _, l := range s.lines {
		oldest = min(oldest, l.now.Load())
	}
	return time.Unix(oldest, 0)
}

// judging judges without end until the function that it returns is called, which
// may be more than once.
func (s *site) judging(ctx context.Context, at Site, hours *atomic.Int64) func() {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			n, err := at.Judge(ctx, s.oldest())
			hours.Add(int64(n))
			if n == 0 || err != nil {
				sleep(ctx, 50*time.Millisecond)
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
