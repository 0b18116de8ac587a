package overlay_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"pingzhang/spatial"
	"pingzhang/spatial/overlay"
)

// plane is where the tests' land lies: 300 km by 300 km about 126° E, 49° N.
var plane = overlay.NewPlane(126)

const (
	west, south = 400000.0, 5300000.0
	extent      = 300000.0
)

// terrain returns side × side zones that tile the land and share ragged borders,
// each of about 4·2^depth vertices.
func terrain(seed uint64, side, depth int) []overlay.Zone {
	random := rand.New(rand.NewPCG(seed, 1))
	step := extent / float64(side)
	corners := make([][]spatial.XY, side+1)
	for i := range corners {
		for j := range side + 1 {
			corners[i] = append(corners[i], spatial.XY{
				X: west + step*(float64(i)+0.3*(random.Float64()-0.5)),
				Y: south + step*(float64(j)+0.3*(random.Float64()-0.5)),
			})
		}
	}
	east, north := map[[2]int][]spatial.XY{}, map[[2]int][]spatial.XY{}
	for i := range side + 1 {
		for j := range side + 1 {
			if i < side {
				east[[2]int{i, j}] = ragged(random, corners[i][j], corners[i+1][j], depth)
			}
			if j < side {
				north[[2]int{i, j}] = ragged(random, corners[i][j], corners[i][j+1], depth)
			}
		}
	}
	var zones []overlay.Zone
	for i := range side {
		for j := range side {
			var r spatial.Ring
			r = append(r, east[[2]int{i, j}][:1<<depth]...)
			r = append(r, north[[2]int{i + 1, j}][:1<<depth]...)
			r = append(r, backwards(east[[2]int{i, j + 1}])[:1<<depth]...)
			r = append(r, backwards(north[[2]int{i, j}])...)
			zones = append(zones, overlay.Zone{Code: fmt.Sprintf("ZH%05d", i*side+j), Polygons: []spatial.Polygon{{r}}})
		}
	}
	return zones
}

// ragged returns a line from a to b by moving middles, narrow enough that it
// does not cross itself or its neighbours.
func ragged(random *rand.Rand, a, b spatial.XY, depth int) []spatial.XY {
	if depth == 0 {
		return []spatial.XY{a, b}
	}
	k := (random.Float64() - 0.5) * 0.16
	mid := spatial.XY{X: (a.X+b.X)/2 - k*(b.Y-a.Y), Y: (a.Y+b.Y)/2 + k*(b.X-a.X)}
	return append(ragged(random, a, mid, depth-1)[:1<<(depth-1)], ragged(random, mid, b, depth-1)...)
}

func backwards(line []spatial.XY) []spatial.XY {
	out := make([]spatial.XY, len(line))
	for i, v := range line {
		out[len(line)-1-i] = v
	}
	return out
}

// projects returns n projects on the land: blobs, parcels, corridors, and ones
// that share borders of zones or lie a little off them.
func projects(seed uint64, n int, zones []overlay.Zone) [][]spatial.Polygon {
	random := rand.New(rand.NewPCG(seed, 2))
	at := func() spatial.XY {
		return spatial.XY{X: west + extent*(0.25+0.5*random.Float64()), Y: south + extent*(0.25+0.5*random.Float64())}
	}
	var out [][]spatial.Polygon
	for i := range n {
		var p spatial.Polygon
		switch {
		case i%20 < 11:
			p = blob(random, at(), math.Pow(10, 1.5+2*random.Float64()), 12+random.IntN(180))
			if i%10 == 0 {
				b := p.Box()
				p = append(p, blob(random, b.Centre(), (b.Max.X-b.Min.X)/8, 16)[0].Reversed())
			}
		case i%20 < 14:
			p = parcel(at(), 20+400*random.Float64(), 20+300*random.Float64(), random.Float64())
		case i%20 < 16:
			p = parcel(at(), 5000+55000*random.Float64(), 20+60*random.Float64(), random.Float64()*6)
		default:
			side := int(math.Sqrt(float64(len(zones))))
			z := zones[1+random.IntN(side-2)+side*(1+random.IntN(side-2))].Polygons[0]
			off := []float64{0, 1e-9, 1e-3, 0.3, 2}[random.IntN(5)]
			var r spatial.Ring
			for _, v := range z[0] {
				r = append(r, spatial.XY{X: v.X + off, Y: v.Y - off/2})
			}
			p = spatial.Polygon{r}
		}
		out = append(out, []spatial.Polygon{p})
	}
	return out
}

func blob(random *rand.Rand, c spatial.XY, radius float64, n int) spatial.Polygon {
	var r spatial.Ring
	for i := range n {
		a := float64(i) / float64(n) * 2 * math.Pi
		d := radius * (0.55 + 0.4*random.Float64())
		r = append(r, spatial.XY{X: c.X + d*math.Cos(a), Y: c.Y + d*math.Sin(a)})
	}
	return spatial.Polygon{append(r, r[0])}
}

func parcel(c spatial.XY, w, h, turn float64) spatial.Polygon {
	s, k := math.Sincos(turn)
	var r spatial.Ring
	for _, v := range []spatial.XY{{X: 0, Y: 0}, {X: w, Y: 0}, {X: w, Y: h}, {X: 0, Y: h}, {X: 0, Y: 0}} {
		r = append(r, spatial.XY{X: c.X + v.X*k - v.Y*s, Y: c.Y + v.X*s + v.Y*k})
	}
	return spatial.Polygon{r}
}
