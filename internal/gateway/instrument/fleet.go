package instrument

import (
	"context"
	"fmt"
	"sync"
	"time"

	"pingzhang/hj212"
)

// Fleet is many devices with a connection each.
type Fleet struct {
	Clients []*Client
	Stats   *Stats
}

// NewFleet puts devices of specs on lines to addr.
func NewFleet(addr string, specs []Spec, now func() time.Time) *Fleet {
	f := &Fleet{Stats: &Stats{}}
	for _, s := range specs {
		c := &Client{Device: New(s, now), Addr: addr, Stats: f.Stats}
		c.defaults()
		f.Clients = append(f.Clients, c)
	}
	return f
}

// Backfill makes every device push what was due in the last hours, quickly, and
// returns when all of it is acknowledged or ctx ends.
func (f *Fleet) Backfill(ctx context.Context, hours float64, cns ...hj212.CN) error {
	return f.each(func(c *Client) error {
		now := c.Device.Now()
		c.Push(c.Device.History(now.Add(-time.Duration(hours*float64(time.Hour))), now, cns...)...)
		c.Device.Start(now)
		return c.Drain(ctx)
	})
}

// Run lets all devices work until ctx ends.
func (f *Fleet) Run(ctx context.Context) {
	f.each(func(c *Client) error {
		c.Run(ctx)
		return nil
	})
}

func (f *Fleet) each(do func(*Client) error) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var first error
	for _, c := range f.Clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := do(c); err != nil {
				mu.Lock()
				defer mu.Unlock()
				if first == nil {
					first = err
				}
			}
		}()
	}
	wg.Wait()
	return first
}

// Waiting is the number of packets that wait at all devices.
func (f *Fleet) Waiting() (n int) {
	for _, c := range f.Clients {
		n += c.Waiting()
	}
	return n
}

// Mixed returns n specs of all plants and profiles in turn. Their MN begins with
// prefix and ends with a number, so that they are told apart and found again.
func Mixed(n int, prefix string, seed uint64) []Spec {
	plants := []Plant{FlueGas, WasteWater, FlueGas, WasteWater, Air, Surface}
	profiles := []hj212.Profile{hj212.P2017, hj212.P2017, hj212.P2005, hj212.P2025, hj212.P2017, hj212.SurfaceWater}
	all := make([]Spec, n)
	for i := range all {
		all[i] = Spec{
			MN: fmt.Sprintf("%s%0*d", prefix, max(1, 14-len(prefix)), i+1), PW: "123456",
			Profile: profiles[i%len(profiles)], Plant: plants[i%len(plants)], Seed: seed + uint64(i)*7919,
		}
	}
	return all
}
