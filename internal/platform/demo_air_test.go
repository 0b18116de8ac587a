package platform_test

import (
	"context"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// The demonstration's stations have days behind them that are reckoned from
// imported files, once: a second run imports nothing.
func TestDemoAir(t *testing.T) {
	r := start(t, "")
	ctx := context.Background()
	if err := r.DemoAirHistory(ctx, 6); err != nil {
		t.Fatal(err)
	}
	by := access.Platform("monitor.read", "register.read", "point.edit")
	by.Scope = access.Scope{Divisions: []access.Division{"231100"}}
	yesterday := clock.Day(time.Now().In(clock.Shanghai)).AddDate(0, 0, -1)
	day := func(back int) standard.Date {
		return standard.Date(yesterday.AddDate(0, 0, -back).Format(time.DateOnly))
	}
	for back := range 5 {
		d, err := r.Air.Day(ctx, by, air.Place{Division: "231100"}, day(back))
		if err != nil || d.Revision != 1 || d.AQI < 0 || d.Due != 7 {
			t.Errorf("%s: revision %d, AQI %d of %d points, %v: each day is told once, from the whole file", day(back), d.Revision, d.AQI, d.Due, err)
		}
	}
	now, err := r.Air.Now(ctx, by, time.Now())
	if err != nil || len(now) != 8 {
		t.Fatal(len(now), err)
	}
	offline := 0
	for _, n := range now {
		if n.Offline {
			offline++
			continue
		}
		rose, err := r.Air.Rose(ctx, by, n.Station.ID, aqi.PM25, day(3), day(0))
		if err != nil || !rose.Measured {
			t.Errorf("%s has wind: %v", n.Station.Name, err)
		}
	}
	if offline != 1 {
		t.Errorf("%d stations are offline; one shows what that looks like", offline)
	}
	before, err := r.Air.Imports(ctx, by, 100)
	if err != nil || len(before) == 0 {
		t.Fatal(before, err)
	}
	if err := r.DemoAirHistory(ctx, 6); err != nil {
		t.Fatal(err)
	}
	if after, err := r.Air.Imports(ctx, by, 100); err != nil || len(after) != len(before) {
		t.Errorf("%d imports became %d: %v", len(before), len(after), err)
	}
}
