package overlay_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/spatial"
	"pingzhang/spatial/overlay"
)

// load puts zones and projects into tables of PostGIS: in the plane (EPSG:4551)
// and, with edges of at most 100 m, as geography.
func load(t testing.TB, zones []overlay.Zone, todo [][]spatial.Polygon) *pgx.Conn {
	conn := sqldbtest.PostGIS(t)
	ctx := context.Background()
	for _, q := range []string{
		`CREATE TABLE zone (id int PRIMARY KEY, g geometry(MultiPolygon, 4551))`,
		`CREATE TABLE project (id int PRIMARY KEY, g geometry(MultiPolygon, 4551))`,
	} {
		if _, err := conn.Exec(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	copyIn := func(table string, n int, at func(int) []spatial.Polygon) {
		var batch pgx.Batch
		for i := range n {
			batch.Queue(`INSERT INTO `+table+` (id, g) VALUES ($1, ST_GeomFromText($2, 4551))`, i, wkt(at(i)))
		}
		if err := conn.SendBatch(ctx, &batch).Close(); err != nil {
			t.Fatal(err)
		}
	}
	copyIn("zone", len(zones), func(i int) []spatial.Polygon { return zones[i].Polygons })
	copyIn("project", len(todo), func(i int) []spatial.Polygon { return todo[i] })
	for _, q := range []string{`CREATE INDEX ON zone USING gist (g)`, `ANALYZE zone`} {
		if _, err := conn.Exec(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

// TestAreasAsGeography compares every area of every pair with PostGIS: the area
// as geography of the intersection, both with the boundaries straight in the
// plane and, on edges so short that it makes no difference, by the intersection
// of geographies.
func TestAreasAsGeography(t *testing.T) {
	zones := terrain(11, 20, 6)
	todo := projects(12, 200, zones)
	conn := load(t, zones, todo)
	ix := overlay.New(plane, zones)
	ctx := context.Background()
	pairs, worst := 0, 0.0
	for i, project := range todo {
		parts, area := ix.Parts(project, overlay.DefaultTolerance)
		got := map[int]float64{}
		for _, p := range parts {
			got[p.Zone] = p.Area
		}
		rows, err := conn.Query(ctx, `
			SELECT z.id,
			       ST_Area(ST_Transform(ST_Segmentize(ST_Intersection(z.g, p.g), 50), 4490)::geography)
			  FROM zone z
			  JOIN project p ON ST_Intersects(z.g, p.g)
			 WHERE p.id = $1`, i)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var zone int
			var want float64
			if err := rows.Scan(&zone, &want); err != nil {
				t.Fatal(err)
			}
			d := math.Abs(got[zone] - want)
			delete(got, zone)
			pairs++
			// 1 mm² in 1 m²: below that PostGIS itself has noise (see package crs).
			if d > 1e-6*want+1e-3 {
				t.Errorf("project %d (%.0f m²), %s: differs by %g of %g m²", i, area, zones[zone].Code, d, want)
			} else if want > 1000 {
				worst = max(worst, d/want)
			}
		}
		if rows.Err() != nil {
			t.Fatal(rows.Err())
		}
		for zone, a := range got {
			if a > 1e-3 {
				t.Errorf("project %d: PostGIS does not find %s with %g m²", i, zones[zone].Code, a)
			}
		}
	}
	t.Logf("%d pairs, worst %.2g of those above 1000 m²", pairs, worst)
	if pairs < 200 {
		t.Errorf("only %d pairs were compared", pairs)
	}
}

// TestAreasAsGeographyIntersection lets PostGIS intersect as geography too.
func TestAreasAsGeographyIntersection(t *testing.T) {
	zones := terrain(13, 20, 6)
	todo := projects(14, 60, zones)
	conn := load(t, zones, todo)
	ix := overlay.New(plane, zones)
	pairs, worst := 0, 0.0
	for i, project := range todo {
		parts, area := ix.Parts(project, overlay.DefaultTolerance)
		for _, p := range parts {
			var want float64
			if err := conn.QueryRow(context.Background(), `
				SELECT ST_Area(ST_Intersection(ST_Transform(ST_Segmentize(z.g, 50), 4490)::geography,
				                               ST_Transform(ST_Segmentize(p.g, 50), 4490)::geography))
				  FROM zone z, project p
				 WHERE z.id = $1 AND p.id = $2`, p.Zone, i).Scan(&want); err != nil {
				t.Fatal(err)
			}
			pairs++
			// PostGIS intersects in a projection of its own choice, to a precision
			// that shows in slivers.
			if d := math.Abs(p.Area - want); d > 1e-6*want && d > 1e-6*area+0.01 {
				t.Errorf("project %d (%.0f m²), %s: differs by %g of %g m²", i, area, p.Code, d, want)
			} else if want > 1000 {
				worst = max(worst, d/want)
			}
		}
	}
	t.Logf("%d pairs, worst %.2g of those above 1000 m²", pairs, worst)
}

// TestDistanceAsGeography compares the distance of what is near.
func TestDistanceAsGeography(t *testing.T) {
	zones := terrain(15, 30, 4)
	todo := projects(16, 60, zones)
	conn := load(t, zones, todo)
	ix := overlay.New(plane, zones)
	pairs := 0
	for i, project := range todo {
		parts, _ := ix.Parts(project, overlay.DefaultTolerance)
		for _, n := range ix.Near(project, 3000, parts) {
			var line, want float64
			if err := conn.QueryRow(context.Background(), `
				SELECT ST_Length(ST_Transform(ST_ShortestLine(z.g, p.g), 4490)::geography),
				       ST_Distance(ST_Transform(ST_Segmentize(z.g, 200), 4490)::geography, ST_Transform(ST_Segmentize(p.g, 200), 4490)::geography)
				  FROM zone z, project p
				 WHERE z.id = $1 AND p.id = $2`, n.Zone, i).Scan(&line, &want); err != nil {
				t.Fatal(err)
			}
			pairs++
			// Below some decimetres ST_Distance of geography takes edges for crossing
			// that are not; the shortest line of the plane does not.
			if math.Abs(n.Distance-line) > 1e-5 || want > 10 && math.Abs(n.Distance-want) > 1e-4*want {
				t.Errorf("project %d, %s: %.6f m, shortest line %.6f, geography %.4f", i, n.Code, n.Distance, line, want)
			}
		}
	}
	t.Logf("%d pairs", pairs)
}

func wkt(polygons []spatial.Polygon) string {
	var b strings.Builder
	b.WriteString("MULTIPOLYGON(")
	for i, p := range polygons {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, r := range p {
			b.WriteString([]string{",(", "(("}[min(1, max(0, 1-j))])
			for k, v := range r {
				if k > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, "%.17g %.17g", v.X, v.Y)
			}
			b.WriteByte(')')
		}
		b.WriteByte(')')
	}
	return b.String() + ")"
}
