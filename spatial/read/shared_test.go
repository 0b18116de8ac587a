package read_test

import (
	"math"
	"testing"

	"pingzhang/internal/testkit"
	"pingzhang/spatial/crs"
	"pingzhang/spatial/overlay"
	"pingzhang/spatial/read"
)

// TestCounties reads a real layer: its areas on the ellipsoid are those that
// were measured when it was made (km²), and no two counties overlap by more than
// slivers.
func TestCounties(t *testing.T) {
	r, err := read.File(testkit.Shared(t, "data/heihe_counties.geojson"), read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	features, answer, err := r.Locate(heihe, nil)
	if err != nil || answer.Question != nil || len(features) != 6 {
		t.Fatalf("%d, %+v, %v", len(features), answer, err)
	}
	want := []float64{13916, 15218, 7193, 15088, 10689, 4778}
	plane := overlay.PlaneFor(127)
	var zones []overlay.Zone
	found := 0
	for _, f := range features {
		area := crs.Area(f.Geometry.Polygons...) / 1e6
		for _, w := range want {
			if math.Abs(area-w) < 2.5 { // measured before the lines were simplified
				found++
			}
		}
		polygons, report, err := plane.Lay(f.Geometry.Polygons)
		if err != nil || report.Repaired {
			t.Errorf("%s: %+v, %v", f.Name, report.Issues, err)
		}
		if math.Abs(report.After/1e6-area) > 1e-4*area {
			t.Errorf("%s: %g km² in the plane, %g by its degrees", f.Name, report.After/1e6, area)
		}
		zones = append(zones, overlay.Zone{Code: f.Name, Polygons: polygons})
	}
	if found != 6 {
		t.Errorf("%d areas of 6 are as published with the layer", found)
	}
	ix := overlay.New(plane, zones)
	for _, z := range zones {
		parts, area := ix.Parts(z.Polygons, overlay.DefaultTolerance)
		for _, p := range parts {
			if _, err := ix.Verify(z.Polygons, p); err != nil {
				t.Error(err)
			}
			if p.Code == z.Code && math.Abs(p.Area-area) > 1e-6*area || p.Code != z.Code && p.Share > 1e-4 {
				t.Errorf("%s in %s: %+v of %g m²", z.Code, p.Code, p, area)
			}
		}
	}
}
