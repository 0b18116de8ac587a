package platform_test

import (
	"context"
	"fmt"
	"testing"

	"pingzhang/internal/access"
	"pingzhang/internal/platform"
	"pingzhang/internal/testkit/browsertest"
	"pingzhang/internal/water"
)

// TestWaterPages opens the pages of surface water of the demonstration on the three
// screens.
func TestWaterPages(t *testing.T) {
	r := start(t, "")
	ctx := context.Background()
	all := access.Platform("register.read", "monitor.read")
	places, err := r.Water.Places(ctx, all)
	if err != nil || len(places) < 8 {
		t.Fatal(places, err)
	}
	ids := map[string]int64{}
	for _, p := range places {
		ids[p.Code] = p.ID
	}
	latest, err := r.Water.Latest(ctx, all)
	if err != nil {
		t.Fatal(err)
	}
	values, err := r.Water.Values(ctx, all, ids["SL-01"], latest)
	if err != nil || len(values) == 0 {
		t.Fatal(values, err)
	}
	july := water.MonthOf(latest.Year, 7)
	if latest.N < 7 {
		july.Year--
	}
	b := browsertest.Start(t, "http://"+r.HTTPAddr)
	b.SignIn("demo-section", platform.DemoPassword)
	for name, path := range map[string]string{
		"water": "/water", "water-july": fmt.Sprintf("/water?year=%d&part=m7", july.Year), "water-year": fmt.Sprintf("/water?year=%d&part=y", latest.Year-1),
		"water-section": fmt.Sprintf("/water/sections/%d?year=%d&part=m7&item=codmn", ids["SL-02"], july.Year), "water-ice": fmt.Sprintf("/water/sections/%d?year=%d&part=m1", ids["SL-03"], latest.Year),
		"water-lake": fmt.Sprintf("/water/sections/%d", ids["SL-05"]), "water-source": fmt.Sprintf("/water/sections/%d", ids["SY-01"]), "water-attainment": "/water/attainment",
		"water-sources": "/water/sources", "water-import": "/water/import", "water-value": fmt.Sprintf("/water/values/%d", values[0].ID), "water-bulletins": "/water/bulletins",
		"water-draft": fmt.Sprintf("/water/bulletins/draft?year=%d&part=m7", july.Year), "water-register": "/registers/water_section", "water-target": "/registers/water_target",
	} {
		for _, size := range []browsertest.Size{browsertest.Desk, browsertest.Wall, browsertest.Phone} {
			b.Look(size)
			b.Open(path)
			b.See("main h1")
			b.NoSideways()
			b.Shoot(name + "-" + size.Name)
		}
		b.Clean()
	}
	b.Look(browsertest.Desk)
	b.Open(fmt.Sprintf("/water/bulletins/draft?year=%d&part=m7", july.Year))
	b.Click(`form[action="/water/bulletins"] button`)
	b.See(".tag-meets")
	b.Clean()
}
