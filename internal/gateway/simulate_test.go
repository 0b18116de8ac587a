package gateway_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/gateway"
	"pingzhang/internal/gateway/instrument"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
)

// registers makes points of simulated devices, from id 100 on.
func (r *rig) registers(specs []instrument.Spec) {
	r.t.Helper()
	for i, s := range specs {
		profile := s.Profile.String()
		if s.Profile == hj212.SurfaceWater {
			profile = "surface"
		}
		r.registry.put(register.Point{
			ID: int64(100 + i), MN: s.MN, Profile: profile, ST: s.Plant.ST(), Password: "123456", SM4Key: fmt.Sprintf("%x", s.Key),
		})
	}
	if err := r.server.Refresh(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// dump is everything that is stored of the points of n simulated devices.
func (r *rig) dump(n int) string {
	var b strings.Builder
	for i := range n {
		for _, k := range []measure.Kind{measure.Minute, measure.Hour, measure.Day} {
			fmt.Fprintln(&b, i, k, strings.Join(r.rows(gateway.PointID(100+i), k), "\n"))
		}
	}
	return b.String()
}

// Loss, doubles, broken lines, wrong CRCs, cut packets and bursts leave the same
// table behind as a perfect line.
func TestFaults(t *testing.T) {
	now := at8.Add(24 * time.Hour)
	specs := instrument.Mixed(6, "SHILI", 42)
	specs[3].Key = []byte("0123456789abcdef")
	run := func(faults instrument.Faults) (string, *instrument.Fleet) {
		r := newRig(t, sqlite(t), nil)
		r.registers(specs)
		mine := make([]instrument.Spec, len(specs))
		for i, s := range specs {
			s.Faults = faults
			mine[i] = s
		}
		fleet := instrument.NewFleet(r.addr, mine, func() time.Time { return now })
		for _, c := range fleet.Clients {
			c.AckWait = 150 * time.Millisecond
			c.Retries = 20
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := fleet.Backfill(ctx, 8); err != nil {
			t.Fatal(err)
		}
		if n := fleet.Waiting(); n != 0 {
			t.Fatalf("%d packets are not answered", n)
		}
		return r.dump(len(specs)), fleet
	}
	perfect, _ := run(instrument.Faults{})
	if !strings.Contains(perfect, "a21026") || !strings.Contains(perfect, "0802 0000 w01018") {
		t.Fatalf("the perfect line has stored:\n%.2000s", perfect)
	}
	for name, faults := range map[string]instrument.Faults{
		"loss and wrong CRC":   {Loss: .1, WrongCRC: .1},
		"duplicates and cuts":  {Duplicate: .3, Split: .3},
		"reconnects in bursts": {Reconnect: .05, Burst: 20},
	} {
		t.Run(name, func(t *testing.T) {
			got, fleet := run(faults)
			if got != perfect {
				t.Error("the table differs from that of a perfect line")
			}
			if s := fleet.Stats; (faults.Loss > 0 && s.Resent.Load() == 0) || (faults.Reconnect > 0 && s.Connects.Load() <= 6) {
				t.Error("the faults have not come about")
			}
		})
	}
	t.Run("unknown MN and wrong password are never answered", func(t *testing.T) {
		r := newRig(t, sqlite(t), nil)
		r.registers(specs[:2])
		lost := []instrument.Spec{specs[0], specs[1]}
		lost[0].Faults.UnknownMN, lost[1].Faults.WrongPW = true, true
		fleet := instrument.NewFleet(r.addr, lost, func() time.Time { return now })
		for _, c := range fleet.Clients {
			c.Push(c.Device.History(now.Add(-time.Hour), now, hj212.CNHour)...)
			c.AckWait = 20 * time.Millisecond
			go c.Drain(t.Context())
		}
		eventually(t, "both are kept", func() bool {
			r.server.Flush(t.Context())
			strangers, err1 := r.server.Strangers(t.Context(), operator, "", 10)
			refused, err2 := r.server.RefusedFrames(t.Context(), operator, gateway.RefusedQuery{Reason: gateway.ReasonPassword})
			return err1 == nil && err2 == nil && len(strangers) == 1 && len(refused) == 1
		})
		if n := fleet.Stats.Acked.Load(); n != 0 {
			t.Errorf("%d were answered", n)
		}
	})
}
