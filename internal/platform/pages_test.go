package platform_test

import (
	"context"
	"net/url"
	"testing"

	"pingzhang/internal/platform"
	"pingzhang/internal/testkit/browsertest"
)

// start runs a demonstration on loopback in a new folder.
func start(t *testing.T, gateway string) *platform.Running {
	t.Helper()
	ctx := context.Background()
	p, err := platform.Open(ctx, platform.Options{Data: t.TempDir(), HTTP: "127.0.0.1:0", Gateway: gateway, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	if err := p.SeedDemo(ctx); err != nil {
		t.Fatal(err)
	}
	r, err := p.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return r
}

// TestPages opens every page of every kind of person on the three screens:
// nothing from elsewhere, no exception, no violation of the policy, and no page
// wider than its window. With PINGZHANG_SHOTS it leaves pictures.
func TestPages(t *testing.T) {
	r := start(t, "")
	if err := r.DemoAirHistory(context.Background(), 40); err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t, "http://"+r.HTTPAddr)
	look := func(name, path string) {
		for _, size := range []browsertest.Size{browsertest.Desk, browsertest.Wall, browsertest.Phone} {
			b.Look(size)
			b.Open(path)
			b.See("main")
			b.NoSideways()
			b.Shoot(name + "-" + size.Name)
		}
		b.Clean()
	}
	look("signin", "/signin")
	for _, person := range []struct {
		login string
		pages map[string]string
	}{
		{"demo-section", map[string]string{
			"desk": "/", "monitor": "/monitor", "map": "/map", "wall": "/wall", "frames": "/frames", "quarantine": "/frames?tab=quarantine", "paste": "/frames?tab=paste", "devices": "/devices",
			"inbox": "/inbox", "matters": "/matters", "findings": "/findings", "enterprises": "/registers/enterprise", "outlets": "/registers/outlet", "points": "/registers/point", "limits": "/registers/limit",
			"enterprise-new": "/registers/enterprise/new", "point-new": "/registers/point/new", "calendar": "/calendar", "tokens": "/tokens", "notices": "/notices", "password": "/password",
			"air": "/air", "air-calendar": "/air/calendar", "air-ranking": "/air/ranking", "air-heat": "/air/heat", "air-rose": "/air/rose", "air-evaluation": "/air/evaluation",
			"air-dust": "/air/dust", "air-import": "/air/import", "air-recompute": "/air/recompute", "air-stations": "/registers/air_station",
			"warnings": "/warnings", "warning-lists": "/warnings/list",
			"figures": "/figures", "figure-table": "/figures/air_limits", "figure-wide": "/figures/emission_gb13271", "figures-unverified": "/figures/water_evaluation?only=unverified",
			"figure-row": "/figures/emission_gb8978/" + url.PathEscape("表4-氟化物-低氟地区(<0.5mg/L)-一级"), "figures-stale": "/figures/stale", "figures-coverage": "/figures/coverage", "figures-clauses": "/figures/coverage?of=GB+3095-2026",
			"land": "/land", "land-farmland": "/land?kind=farmland", "land-wells": "/land?kind=groundwater_well", "land-import": "/land/import", "plots": "/registers/plot", "plot-new": "/registers/plot/new",
			"air-bulletins": "/air/bulletins", "air-bulletins-month": "/air/bulletins?kind=month", "air-bulletin": "/bulletins/air/month/231100/2026-10",
		}},
		{"demo-heat", map[string]string{"enterprise-desk": "/", "enterprise-monitor": "/monitor"}},
		{"demo-sys", map[string]string{"accounts": "/accounts"}},
		{"demo-sec", map[string]string{"roles": "/roles", "policy": "/policy"}},
		{"demo-audit", map[string]string{"journal": "/journal"}},
	} {
		b.Look(browsertest.Desk)
		b.SignIn(person.login, platform.DemoPassword)
		for name, path := range person.pages {
			look(name, path)
		}
	}
}
