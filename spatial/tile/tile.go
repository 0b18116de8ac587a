// Package tile makes vector tiles: Mapbox Vector Tile 2.1 in the web Mercator
// grid, y counted from the north (XYZ), 4096 units a side.
//
// # The tile, byte by byte
//
// A tile is a protocol buffer. A key is field<<3|wire type; integers are base-128
// with the low group first; lengths stand before texts, messages and packed lists.
//
//	tile      3 layer
//	layer     15 version = 2, 1 name, 2 feature …, 3 key …, 4 value …, 5 extent = 4096
//	feature   1 id, 2 tags (packed pairs: number of key, number of value), 3 type (1 point, 2 line, 3 polygon), 4 geometry (packed)
//	value     1 string, 3 double, 7 bool
//	geometry  command|count<<3: 1 move to, 2 line to, 7 close; then dx, dy as zigzag
//
// Outer rings run clockwise as seen on the screen, where y grows downwards.
//
// # What always holds
//
//   - A shape is simplified to a quarter of a pixel (512 a side) before it is cut
//     to the tile and a margin of 64 units; the margin hides the cut. How much a
//     vertex matters is worked out once (NewShape), so that a level leaves out
//     what does not show without looking at the line again.
//   - Rings that come out smaller than a unit are left out, at every zoom alike.
//   - The same input gives the same bytes.
package tile

import (
	"math"
	"slices"

	"pingzhang/spatial"
	"pingzhang/spatial/slab"
)

// Extent is how many units a side of a tile has, Margin how far shapes reach
// beyond it.
const (
	Extent = 4096
	Margin = 64
)

// tolerance is what simplification may move a line, in units: 4096/512 units are
// a pixel.
const tolerance = 2.0

// A Value of a property: a string, a float64 or a bool. Others are left out.
type Value any

// A Feature is something to draw.
type Feature struct {
	ID         uint64 // 0 for none
	Shape      Shape
	Properties []Property // in their order
}

// A Property is a named value.
type Property struct {
	Name  string
	Value Value
}

// A Layer is a named set of features.
type Layer struct {
	Name     string
	Features []Feature
}

// MaxZoom is the deepest level that has a grid here.
const MaxZoom = 24

// Box returns the longitudes and latitudes of a tile with its margin: what to
// look for in an index.
func Box(z, x, y int) spatial.Box {
	n := math.Exp2(float64(z))
	m := float64(Margin) / Extent
	lat := func(row float64) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*row/n))) * 180 / math.Pi }
	return spatial.Box{
		Min: spatial.XY{X: (float64(x)-m)/n*360 - 180, Y: lat(float64(y) + 1 + m)},
		Max: spatial.XY{X: (float64(x)+1+m)/n*360 - 180, Y: lat(float64(y) - m)},
	}
}

// Encode returns the tile, empty where nothing lies in it. ok is false where
// there is no such tile.
func Encode(z, x, y int, layers ...Layer) (tile []byte, ok bool) {
	if z < 0 || z > MaxZoom || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return nil, false
	}
	g := grid{scale: math.Exp2(float64(z)) * Extent, x: float64(x) * Extent, y: float64(y) * Extent}
	for _, l := range layers {
		if b := g.layer(l); b != nil {
			tile = message(tile, 3, b)
		}
	}
	return tile, true
}

// A grid takes positions of the world to units of one tile.
type grid struct{ scale, x, y float64 }

func (g grid) at(v spatial.XY) spatial.XY {
	return spatial.XY{X: v.X*g.scale - g.x, Y: v.Y*g.scale - g.y}
}

// window is the tile and its margin.
var window = spatial.Box{Min: spatial.XY{X: -Margin, Y: -Margin}, Max: spatial.XY{X: Extent + Margin, Y: Extent + Margin}}

// line returns what of a line shows at this level.
func (g grid) line(l line) []spatial.XY {
	least := tolerance / g.scale
	out := make([]spatial.XY, 0, 64)
	for i, w := range l.weights {
		if w > least {
			out = append(out, g.at(l.at[i]))
		}
	}
	return out
}

// shows reports whether a line reaches into the window and is not smaller than a
// unit.
func (g grid) shows(l line) bool {
	lo, hi := g.at(l.box.Min), g.at(l.box.Max)
	return spatial.Box{Min: lo, Max: hi}.Meets(window) && (hi.X-lo.X >= 1 || hi.Y-lo.Y >= 1)
}

// polygon returns the commands for one polygon, after the cursor.
func (g grid) polygon(p []line, c *cursor) {
	for i, r := range p {
		if !g.shows(r) {
			if i == 0 {
				return // holes go with their shell
			}
			continue
		}
		for _, cut := range slab.Clip([]spatial.Ring{g.line(r)}, window) {
			c.ring(cut, i == 0)
		}
	}
}

// lines cuts a line to the window.
func (g grid) lines(l line, c *cursor) {
	if !g.shows(l) {
		return
	}
	line := g.line(l)
	var piece []spatial.XY
	for i := 1; i < len(line); i++ {
		a, b, ok := cutEdge(line[i-1], line[i])
		if !ok {
			continue
		}
		if len(piece) == 0 || piece[len(piece)-1] != a {
			c.line(piece)
			piece = []spatial.XY{a}
		}
		piece = append(piece, b)
	}
	c.line(piece)
}

// cutEdge returns what of an edge lies in the window, by Liang and Barsky.
func cutEdge(a, b spatial.XY) (spatial.XY, spatial.XY, bool) {
	from, to := 0.0, 1.0
	dx, dy := b.X-a.X, b.Y-a.Y
	for _, s := range [4][2]float64{{-dx, a.X - window.Min.X}, {dx, window.Max.X - a.X}, {-dy, a.Y - window.Min.Y}, {dy, window.Max.Y - a.Y}} {
		switch p, q := s[0], s[1]; {
		case p == 0 && q < 0:
			return a, b, false
		case p < 0:
			from = max(from, q/p)
		case p > 0:
			to = min(to, q/p)
		}
	}
	if from > to {
		return a, b, false
	}
	u, v := a, b
	if from > 0 {
		u = spatial.XY{X: a.X + from*dx, Y: a.Y + from*dy}
	}
	if to < 1 {
		v = spatial.XY{X: a.X + to*dx, Y: a.Y + to*dy}
	}
	return u, v, true
}

// layer returns the message of a layer, nil where nothing of it is in the tile.
func (g grid) layer(l Layer) []byte {
	var features []byte
	w := words{keys: map[string]uint64{}, values: map[Value]uint64{}}
	for _, f := range l.Features {
		var areas, lines, points cursor
		for _, p := range f.Shape.polygons {
			g.polygon(p, &areas)
		}
		for _, line := range f.Shape.lines {
			g.lines(line, &lines)
		}
		for _, v := range f.Shape.points {
			if at := g.at(v); window.Has(at) {
				points.points = append(points.points, [2]int{int(math.Round(at.X)), int(math.Round(at.Y))})
			}
		}
		points.flush()
		for kind, c := range []*cursor{&points, &lines, &areas} {
			if len(c.out) == 0 {
				continue
			}
			var b []byte
			if f.ID != 0 {
				b = number(b, 1, f.ID)
			}
			b = packed(b, 2, w.tags(f.Properties))
			b = number(b, 3, uint64(kind+1))
			features = message(features, 2, packed(b, 4, c.out))
		}
	}
	if features == nil {
		return nil
	}
	b := number(nil, 15, 2)
	b = message(b, 1, []byte(l.Name))
	b = append(b, features...)
	b = append(b, w.out...)
	return append(b, number(nil, 5, Extent)...)
}

// A cursor writes commands relative to where it stands.
type cursor struct {
	x, y   int
	out    []uint64
	points [][2]int
}

func zigzag(v int) uint64 { return uint64(uint32(v<<1) ^ uint32(v>>31)) }

func (c *cursor) move(p [2]int) {
	c.out = append(c.out, zigzag(p[0]-c.x), zigzag(p[1]-c.y))
	c.x, c.y = p[0], p[1]
}

// flush writes the gathered points as one command.
func (c *cursor) flush() {
	if len(c.points) > 0 {
		c.out = append(c.out, 1|uint64(len(c.points))<<3)
		for _, p := range c.points {
			c.move(p)
		}
	}
}

// whole rounds to units and drops what falls together.
func whole(line []spatial.XY) [][2]int {
	out := make([][2]int, 0, len(line))
	for _, v := range line {
		out = append(out, [2]int{int(math.Round(v.X)), int(math.Round(v.Y))})
	}
	return slices.Compact(out)
}

func (c *cursor) line(in []spatial.XY) {
	if p := whole(in); len(p) >= 2 {
		c.path(p)
	}
}

func (c *cursor) path(p [][2]int) {
	c.out = append(c.out, 1|1<<3)
	c.move(p[0])
	c.out = append(c.out, 2|uint64(len(p)-1)<<3)
	for _, v := range p[1:] {
		c.move(v)
	}
}

// ring writes a closed ring, clockwise on the screen where it is an outer one.
func (c *cursor) ring(in spatial.Ring, outer bool) {
	p := whole(in)
	if len(p) > 1 && p[0] == p[len(p)-1] {
		p = p[:len(p)-1]
	}
	if len(p) < 3 {
		return
	}
	area := 0
	for i := range p {
		q := p[(i+1)%len(p)]
		area += p[i][0]*q[1] - q[0]*p[i][1]
	}
	if area == 0 {
		return
	}
	if (area > 0) != outer {
		slices.Reverse(p)
	}
	c.path(p)
	c.out = append(c.out, 7|1<<3)
}
