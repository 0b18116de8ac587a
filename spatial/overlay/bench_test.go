package overlay_test

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"pingzhang/spatial"
	"pingzhang/spatial/overlay"
)

// BenchmarkParts asks for one project after another among 10,000 units of about
// 200 vertices, and reports the middle and the 99th percentile.
func BenchmarkParts(b *testing.B) {
	zones := terrain(21, 100, 6)
	todo := projects(22, 1000, zones)
	before := heap()
	ix := overlay.New(plane, zones)
	b.ReportMetric(float64(heap()-before)/1e6, "MB-index")
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		from := time.Now()
		ix.Parts(todo[i%len(todo)], overlay.DefaultTolerance)
		took = append(took, time.Since(from))
	}
	report(b, took)
}

// BenchmarkVerify is the same with the second way and its geometry.
func BenchmarkVerify(b *testing.B) {
	zones := terrain(21, 100, 6)
	todo := projects(22, 1000, zones)
	ix := overlay.New(plane, zones)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		from := time.Now()
		project := todo[i%len(todo)]
		parts, _ := ix.Parts(project, overlay.DefaultTolerance)
		for _, p := range parts {
			if _, err := ix.Verify(project, p); err != nil {
				b.Error(err)
			}
		}
		took = append(took, time.Since(from))
	}
	report(b, took)
}

// BenchmarkRepair takes 10,000 polygons with 2,000,000 vertices to the plane,
// checks and repairs them and builds the index, as an import does after reading.
func BenchmarkRepair(b *testing.B) {
	zones := terrain(23, 100, 6)
	vertices := 0
	lifted := make([][]spatial.Polygon, len(zones))
	for i, z := range zones {
		lifted[i], _ = plane.Lift(z.Polygons)
		vertices += len(z.Polygons[0][0])
	}
	b.ReportMetric(float64(vertices), "vertices")
	for b.Loop() {
		laid := make([]overlay.Zone, len(zones))
		var wait sync.WaitGroup
		next := make(chan int)
		for range runtime.GOMAXPROCS(0) {
			wait.Go(func() {
				for i := range next {
					polygons, _, err := plane.Lay(lifted[i])
					if err != nil {
						b.Error(err)
					}
					laid[i] = overlay.Zone{Code: zones[i].Code, Polygons: polygons}
				}
			})
		}
		for i := range zones {
			next <- i
		}
		close(next)
		wait.Wait()
		overlay.New(plane, laid)
	}
}

// BenchmarkAgainstPostGIS asks the same of PostGIS, geometry in the plane with a
// spatial index, over a local connection, and reports both middles.
func BenchmarkAgainstPostGIS(b *testing.B) {
	zones := terrain(21, 100, 6)
	todo := projects(22, 1000, zones)
	conn := load(b, zones, todo)
	ix := overlay.New(plane, zones)
	var ours, theirs []time.Duration
	const query = `
		SELECT z.id, ST_Area(ST_Intersection(z.g, p.g))
		  FROM zone z, (SELECT ST_GeomFromText($1, 4551) AS g) p
		 WHERE ST_Intersects(z.g, p.g)`
	for i := 0; b.Loop(); i++ {
		project := todo[i%len(todo)]
		from := time.Now()
		ix.Parts(project, overlay.DefaultTolerance)
		ours = append(ours, time.Since(from))
		text := wkt(project)
		from = time.Now()
		rows, err := conn.Query(context.Background(), query, text)
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
		}
		if rows.Err() != nil {
			b.Fatal(rows.Err())
		}
		theirs = append(theirs, time.Since(from))
	}
	report(b, ours)
	slices.Sort(theirs)
	b.ReportMetric(ms(theirs[len(theirs)/2]), "p50-PostGIS-ms")
	b.ReportMetric(ms(theirs[len(theirs)*99/100]), "p99-PostGIS-ms")
}

// BenchmarkHuge lays projects on one red line of 200,000 vertices.
func BenchmarkHuge(b *testing.B) {
	line := terrain(24, 1, 16)
	todo := projects(25, 200, terrain(26, 20, 5))
	ix := overlay.New(plane, line)
	b.ReportMetric(float64(len(line[0].Polygons[0][0])), "vertices")
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		from := time.Now()
		ix.Parts(todo[i%len(todo)], overlay.DefaultTolerance)
		took = append(took, time.Since(from))
	}
	report(b, took)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
	b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
}
