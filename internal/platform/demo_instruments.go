package platform

import (
	"context"
	"hash/fnv"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/gateway/instrument"
)

// demoBackfill is how many hours of history the instruments of the
// demonstration send at start, so that curves and day means are there at once;
// demoRealtime of real time, of which there is much.
const (
	demoBackfill = 50
	demoRealtime = 2
)

// StartDemoInstruments connects the simulated instruments of the demonstration
// city: each pushes its history, then reports live. It returns at once; stop
// ends them.
func (r *Running) StartDemoInstruments(ctx context.Context) (stop func(), err error) {
	c, err := r.demoCity()
	if err != nil {
		return nil, err
	}
	specs, silent := demoSpecs(c, r.clock.Now())
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	start := func(specs []instrument.Spec, live bool) {
		fleet := instrument.NewFleet(r.GatewayAddr, specs, r.clock.Now)
		running.Go(func() {
			err := fleet.Backfill(ctx, demoBackfill, 2061, 2051)
			if err == nil && live {
				err = fleet.Backfill(ctx, demoRealtime, 2011)
			}
			if err != nil && ctx.Err() == nil {
				slog.Warn("the simulated instruments did not send all their history", "err", err)
			}
			if live {
				fleet.Run(ctx)
			}
		})
	}
	start(append(specs, airSpecs(c)...), true)
	start(silent, false)
	running.Go(func() {
		if err := r.DemoAirHistory(ctx, demoAirDays); err != nil && ctx.Err() == nil {
			slog.Warn("the history of the demonstration's air is not complete", "err", err)
		}
	})
	return func() {
		cancel()
		running.Wait()
	}, nil
}

// demoSpecs returns the instruments of the city, those that fall silent apart.
func demoSpecs(c *demoCity, now time.Time) (live, silent []instrument.Spec) {
	for _, e := range c.Enterprises {
		for _, o := range e.Outlets {
			for _, p := range o.Points {
				s := instrument.Spec{MN: p.MN, PW: "123456", Plant: instrument.WasteWater, RefOxygen: 9, Seed: seedOf(p.MN)}
				s.Profile, _ = hj212.ParseProfile(p.Profile)
				if p.Sim == "flue_gas" {
					s.Plant = instrument.FlueGas
				}
				for _, ep := range p.Episodes {
					times, err := strconv.ParseFloat(ep.Times, 64)
					if err != nil {
						times = 2
					}
					from := now.Truncate(time.Hour).Add(-time.Duration(ep.AgoH) * time.Hour)
					s.Episodes = append(s.Episodes, instrument.Episode{Factor: ep.Factor, From: from, Hours: float64(ep.Hours), Multiple: times})
				}
				if p.Silent {
					silent = append(silent, s)
				} else {
					live = append(live, s)
				}
			}
		}
	}
	return live, silent
}

func seedOf(mn string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(mn))
	return h.Sum64()
}
