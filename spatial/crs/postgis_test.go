package crs_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/spatial"
	"pingzhang/spatial/crs"
)

// TestProjectionAsPROJ compares Gauss-Krüger, both ways, with PROJ as PostGIS
// calls it.
func TestProjectionAsPROJ(t *testing.T) {
	conn := sqldbtest.PostGIS(t)
	random := rand.New(rand.NewPCG(1, 2))
	var worst, back float64
	for _, s := range []crs.System{crs.Zone(3, 41), crs.GaussKrueger(3, 126), crs.Zone(6, 22), crs.GaussKrueger(6, 129), crs.Mercator} {
		for range 200 {
			p := spatial.XY{X: s.Meridian - 6 + 12*random.Float64(), Y: 18 + 36*random.Float64()}
			if s == crs.Mercator {
				p.X = 120 + 12*random.Float64()
			}
			var want spatial.XY
			q := fmt.Sprintf(`SELECT ST_X(g), ST_Y(g) FROM ST_Transform(ST_SetSRID(ST_MakePoint($1,$2), 4490), %d) g`, s.EPSG())
			if err := conn.QueryRow(context.Background(), q, p.X, p.Y).Scan(&want.X, &want.Y); err != nil {
				t.Fatal(s, err)
			}
			got, err := s.FromLonLat(p)
			if err != nil {
				t.Fatal(err)
			}
			worst = max(worst, math.Hypot(got.X-want.X, got.Y-want.Y))
			again, err := s.ToLonLat(want)
			if err != nil {
				t.Fatal(err)
			}
			back = max(back, math.Hypot(again.X-p.X, again.Y-p.Y))
		}
	}
	t.Logf("worst %.2g m, back %.2g°", worst, back)
	// Prefixed eastings of 4e7 have 7e-9 m between neighbouring float64.
	if worst > 2e-8 || back > 2e-13 {
		t.Errorf("worst %g m, back %g°", worst, back)
	}
}

// TestAreaAndDistanceAsPostGIS compares rings of all sizes with ST_Area and
// ST_Distance of geography.
func TestAreaAndDistanceAsPostGIS(t *testing.T) {
	conn := sqldbtest.PostGIS(t)
	random := rand.New(rand.NewPCG(3, 4))
	var worst, far float64
	for range 300 {
		centre := spatial.XY{X: 110 + 20*random.Float64(), Y: 20 + 33*random.Float64()}
		radius := math.Pow(10, -4+3.5*random.Float64()) // 10 m to 30 km
		var ring spatial.Ring
		n := 12 + random.IntN(200)
		for i := range n {
			a := float64(i) / float64(n) * 2 * math.Pi
			r := radius * (0.5 + random.Float64()/2)
			ring = append(ring, spatial.XY{X: centre.X + r*math.Cos(a), Y: centre.Y + r*math.Sin(a)})
		}
		ring = append(ring, ring[0])
		var want, between float64
		if err := conn.QueryRow(context.Background(), `SELECT ST_Area($1::geography)`, "SRID=4490;"+wkt(ring)).Scan(&want); err != nil {
			t.Fatal(err)
		}
		got := crs.RingArea(ring)
		// PostGIS itself is good to some 1e-4 m² only: it shows on 100 m².
		if math.Abs(got-want) > 1e-3 {
			worst = max(worst, math.Abs(got-want)/want)
		}
		a, b := ring[0], ring[n/2]
		if err := conn.QueryRow(context.Background(), `SELECT ST_Distance(ST_SetSRID(ST_MakePoint($1,$2),4490)::geography, ST_SetSRID(ST_MakePoint($3,$4),4490)::geography)`,
			a.X, a.Y, b.X, b.Y).Scan(&between); err != nil {
			t.Fatal(err)
		}
		far = max(far, math.Abs(crs.Distance(a, b)-between))
	}
	t.Logf("area within %.2g, distance within %.2g m", worst, far)
	if worst > 1.5e-7 || far > 1e-4 {
		t.Errorf("area differs by %g, distance by %g m", worst, far)
	}
}

func wkt(r spatial.Ring) string {
	var b strings.Builder
	for i, v := range r {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%.17g %.17g", v.X, v.Y)
	}
	return "POLYGON((" + b.String() + "))"
}
