package platform_test

import (
	"strings"
	"testing"

	"pingzhang/internal/platform"
	"pingzhang/internal/testkit/browsertest"
)

// TestLandPages walks from the overview to a plot, to a sample of it and back in
// time, as an officer does, on the three screens.
func TestLandPages(t *testing.T) {
	r := start(t, "")
	b := browsertest.Start(t, "http://"+r.HTTPAddr)
	b.Look(browsertest.Desk)
	b.SignIn("demo-section", platform.DemoPassword)
	// click follows a link and returns where it leads.
	click := func(from, selector string) string {
		b.Look(browsertest.Desk)
		b.Open(from)
		b.Click(selector)
		b.Until("location.pathname !== '" + strings.Split(from, "?")[0] + "' || location.search.includes('id=')")
		b.See("main")
		return b.URL()
	}
	look := func(name, path string) {
		for _, size := range []browsertest.Size{browsertest.Desk, browsertest.Wall, browsertest.Phone} {
			b.Look(size)
			b.Open(strings.ReplaceAll(path, "SIZE", size.Name)) // one address twice would open only once
			b.See("main")
			b.NoSideways()
			b.Shoot(name + "-" + size.Name)
		}
		b.Clean()
	}
	look("land", "/land")
	plot := click("/land", "#land-sites tbody a")
	look("land-plot", plot)
	for _, part := range []string{"items-h", "samples-h", "compare-h", "rounds-h"} {
		look("land-plot-"+part, plot+"?look=SIZE#"+part)
	}
	look("land-sample", click(plot, `#results tbody a[href^="/land/samples/"]`))
	for _, kind := range []string{"farmland", "groundwater_well"} {
		look("land-"+kind, "/land?kind="+kind)
		look("land-site-"+kind, click("/land?kind="+kind, "#land-sites tbody a"))
	}
	look("land-import", "/land/import")
	look("land-imported", click("/land/import", `a[href^="/land/import?id="]`))
	look("land-findings", "/findings")
}
