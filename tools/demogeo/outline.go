package main

import "math"

// A cell is a vertex on the source's grid, in 1/1024 degree.
type cell [2]int32

const perDegree = 1024

func onGrid(ring []point) []cell {
	cells := make([]cell, len(ring))
	for i, p := range ring {
		cells[i] = cell{int32(math.Round(p[0] * perDegree)), int32(math.Round(p[1] * perDegree))}
	}
	return cells
}

func (c cell) wgs() point {
	return fromGCJ(point{float64(c[0]) / perDegree, float64(c[1]) / perDegree})
}

// repair makes a simple ring of ring: no vertex twice in a row, no spike, and no
// place that it passes twice. Where it does, the smaller of the two loops goes;
// in the source these are one or two cells of a hundred metres.
func repair(ring []cell) []cell {
	ring = withoutSpikes(ring)
	var stack []cell
	at := map[cell]int{}
	for _, c := range ring {
		k, again := at[c]
		if !again {
			at[c] = len(stack)
			stack = append(stack, c)
			continue
		}
		loop := stack[k:]
		if math.Abs(area(loop)) > math.Abs(area(ring))/2 {
			// The outline itself has closed; what came before it is the loop.
			stack, at = append([]cell(nil), loop...), map[cell]int{}
			for i, c := range stack {
				at[c] = i
			}
			continue
		}
		for _, gone := range loop[1:] {
			delete(at, gone)
		}
		stack = stack[:k+1]
	}
	return withoutSpikes(stack)
}

// withoutSpikes removes vertices that repeat the one before and tips at which
// the ring turns back on itself.
func withoutSpikes(ring []cell) []cell {
	var out []cell
	for _, c := range ring {
		out = append(out, c)
		for n := len(out); n > 1; n = len(out) {
			if out[n-1] == out[n-2] {
				out = out[:n-1]
			} else if n > 2 && out[n-1] == out[n-3] {
				out = out[:n-2]
			} else {
				break
			}
		}
	}
	for n := len(out); n > 2; n = len(out) {
		switch {
		case out[0] == out[n-1]:
			out = out[:n-1]
		case out[0] == out[n-2]:
			out = out[:n-2] // the tip is the last vertex, and its base stands first
		case out[1] == out[n-1]:
			out = out[1 : n-1] // the tip is the first vertex
		default:
			return out
		}
	}
	return out
}

// area returns twice the signed area of ring in cells.
func area(ring []cell) float64 {
	var sum float64
	for i, c := range ring {
		p := ring[(i+len(ring)-1)%len(ring)]
		sum += float64(p[0])*float64(c[1]) - float64(c[0])*float64(p[1])
	}
	return sum
}

// junctions returns the vertices at which borders part: those from which, all
// counties together, other than two edges lead away. Between two junctions an
// arc belongs to the same counties all along.
func junctions(counties []*county) map[cell]bool {
	next := map[cell]map[cell]bool{}
	link := func(a, b cell) {
		if next[a] == nil {
			next[a] = map[cell]bool{}
		}
		next[a][b] = true
	}
	for _, c := range counties {
		for i, v := range c.grid {
			w := c.grid[(i+1)%len(c.grid)]
			link(v, w)
			link(w, v)
		}
	}
	found := map[cell]bool{}
	for v, to := range next {
		if len(to) != 2 {
			found[v] = true
		}
	}
	return found
}

// arcs cuts ring at the junctions. Each arc begins and ends at one, and begins
// where the one before ended. The ring is turned so that it begins at one.
func arcs(ring []cell, junction map[cell]bool) [][]cell {
	start := 0
	for i, c := range ring {
		if junction[c] {
			start = i
			break
		}
	}
	var all [][]cell
	arc := []cell{ring[start]}
	for i := 1; i <= len(ring); i++ {
		c := ring[(start+i)%len(ring)]
		arc = append(arc, c)
		if junction[c] || i == len(ring) {
			all = append(all, arc)
			arc = []cell{c}
		}
	}
	return all
}
