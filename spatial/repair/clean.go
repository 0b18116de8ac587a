package repair

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"pingzhang/spatial"
)

// clean puts right what concerns one ring at a time. A polygon without an outer
// ring left comes back empty.
func clean(p spatial.Polygon, where string, report *Report) (spatial.Polygon, error) {
	var out spatial.Polygon
	seen := map[string]int{}
	for i, r := range p {
		at := fmt.Sprintf("%s第 %d 环", where, i+1)
		r = cleanRing(r, at, report)
		if r == nil {
			if i == 0 {
				return nil, nil
			}
			continue
		}
		key := ""
		if len(p) > 1 {
			key = fingerprint(r)
		}
		if first, ok := seen[key]; ok {
			if first == 0 {
				return nil, spatial.Refuse("hole_is_shell", at, "内环与外环完全重合，不知道这块地是实是空；请删去多余的一环后重新提交")
			}
			report.add("repeated_ring", spatial.Note, at, "与前面的内环完全相同，只保留一个")
			continue
		}
		seen[key] = i
		if i == 0 && r.PlanarArea() < 0 {
			report.add("inverted", spatial.Note, at, "外环为顺时针，已改为逆时针（不影响面积）")
		}
		out = append(out, r)
	}
	return out, nil
}

// cleanRing closes a ring and drops what adds nothing to it; nil where nothing
// is left.
func cleanRing(r spatial.Ring, at string, report *Report) spatial.Ring {
	r = slices.Clone(r)
	if len(r) > 2 && !r.Closed() {
		r = append(r, r[0])
		report.add("unclosed", spatial.Note, at, "环没有闭合，已用第一个点闭合")
	}
	n := len(r)
	r = slices.Compact(r)
	if d := n - len(r); d > 0 && n > 2 {
		report.add("duplicate_vertices", spatial.Note, at, "有 %d 个相邻点重复，已去掉", d)
	}
	if twice := walks(r); twice > 1 {
		r = r[:(len(r)-1)/twice+1]
		report.add("walked_twice", spatial.Note, at, "同一条环走了 %d 遍，只保留一遍", twice)
	}
	r, spikes := withoutSpikes(r)
	if spikes > 0 {
		report.add("spike", spatial.Note, at, "有 %d 处原路折返的尖刺，已去掉（不影响面积）", spikes)
	}
	if len(r) < 4 || math.Abs(r.PlanarArea()) == 0 && flat(r) {
		report.add("empty_ring", spatial.Ask, at, "环不足三个不同的点或面积为零，已略去")
		return nil
	}
	return r
}

// flat reports whether all vertices lie on one line, so that nothing is
// surrounded. A bow-tie of equal wings has area zero and is not flat.
func flat(r spatial.Ring) bool {
	far := 0
	for i, v := range r {
		if math.Hypot(v.X-r[0].X, v.Y-r[0].Y) > math.Hypot(r[far].X-r[0].X, r[far].Y-r[0].Y) {
			far = i
		}
	}
	dx, dy := r[far].X-r[0].X, r[far].Y-r[0].Y
	length := math.Hypot(dx, dy)
	for _, v := range r {
		if math.Abs((v.X-r[0].X)*dy-(v.Y-r[0].Y)*dx) > grid*length {
			return false
		}
	}
	return true
}

// walks returns how many times a closed ring runs through the same vertices.
func walks(r spatial.Ring) int {
	n := len(r) - 1
	if n < 6 || !r.Closed() {
		return 1
	}
	// The first vertex must come again at the period.
	for p := 3; p <= n/2; p++ {
		if n%p != 0 || r[p] != r[0] {
			continue
		}
		same := true
		for i := 0; i+p <= n && same; i++ {
			same = r[i] == r[i+p]
		}
		if same {
			return n / p
		}
	}
	return 1
}

// withoutSpikes drops each vertex whose two edges lie upon each other.
func withoutSpikes(r spatial.Ring) (spatial.Ring, int) {
	if !r.Closed() || len(r) < 4 {
		return r, 0
	}
	found := 0
	open := r[:len(r)-1]
	var out spatial.Ring
	// Dropping a vertex can bare another spike, so the end of out is looked at
	// again; the seam is turned once more by starting anew.
	for again := true; again && len(open) >= 3; {
		again, out = false, nil
		for _, v := range open {
			out = append(out, v)
			for len(out) >= 3 && back(out[len(out)-3], out[len(out)-2], out[len(out)-1]) {
				out = slices.Delete(out, len(out)-2, len(out)-1)
				if n := len(out); out[n-1] == out[n-2] {
					out = out[:n-1]
				}
				found++
			}
		}
		for n := len(out); n >= 3; n = len(out) {
			if back(out[n-2], out[n-1], out[0]) || out[n-1] == out[0] {
				out, again = out[:n-1], true
			} else if back(out[n-1], out[0], out[1]) {
				out, again = out[1:], true
			} else {
				break
			}
			found++
		}
		open = out
	}
	if found == 0 {
		return r, 0
	}
	if len(open) < 3 {
		return nil, found
	}
	return append(open, open[0]), found
}

// back reports whether the way a, b, c turns round at b and runs back on itself.
func back(a, b, c spatial.XY) bool {
	ux, uy, vx, vy := a.X-b.X, a.Y-b.Y, c.X-b.X, c.Y-b.Y
	long := max(math.Hypot(ux, uy), math.Hypot(vx, vy))
	short := min(math.Hypot(ux, uy), math.Hypot(vx, vy))
	if ux*vx+uy*vy <= 0 {
		return false
	}
	return math.Abs(ux*vy-uy*vx) <= 1e-9*long && short > 0
}

// fingerprint is the same for two rings through the same vertices in the same
// order, wherever and in whichever direction they begin.
func fingerprint(r spatial.Ring) string {
	n := len(r) - 1
	first := 0
	for i := 1; i < n; i++ {
		if r[i].X < r[first].X || r[i].X == r[first].X && r[i].Y < r[first].Y {
			first = i
		}
	}
	step := 1
	if r.PlanarArea() < 0 {
		step = n - 1
	}
	key := make([]byte, 0, 16*n)
	for i := range n {
		v := r[(first+i*step)%n]
		key = binary.LittleEndian.AppendUint64(key, math.Float64bits(v.X))
		key = binary.LittleEndian.AppendUint64(key, math.Float64bits(v.Y))
	}
	return string(key)
}
