package slab

import "pingzhang/spatial"

// Clip returns rings cut to a box, by Sutherland and Hodgman. What lay outside
// is folded onto the edge of the box, where it goes to and fro: by even-odd it
// covers nothing, but such rings may fail strict validation.
func Clip(rings []spatial.Ring, b spatial.Box) []spatial.Ring {
	var out []spatial.Ring
	for _, r := range rings {
		inside := true
		for _, v := range r {
			if !b.Has(v) {
				inside = false
				break
			}
		}
		if !inside {
			r = clipRing(r, b)
		}
		if len(r) > 3 {
			out = append(out, r)
		}
	}
	return out
}

func clipRing(r spatial.Ring, b spatial.Box) spatial.Ring {
	if r.Closed() {
		r = r[:len(r)-1]
	}
	r = cut(r, func(v spatial.XY) float64 { return v.X - b.Min.X }, func(v *spatial.XY) { v.X = b.Min.X })
	r = cut(r, func(v spatial.XY) float64 { return b.Max.X - v.X }, func(v *spatial.XY) { v.X = b.Max.X })
	r = cut(r, func(v spatial.XY) float64 { return v.Y - b.Min.Y }, func(v *spatial.XY) { v.Y = b.Min.Y })
	r = cut(r, func(v spatial.XY) float64 { return b.Max.Y - v.Y }, func(v *spatial.XY) { v.Y = b.Max.Y })
	if len(r) < 3 {
		return nil
	}
	return append(r, r[0])
}

// cut keeps the side of a line where depth is not negative; onto puts a point on
// the line exactly.
func cut(r spatial.Ring, depth func(spatial.XY) float64, onto func(*spatial.XY)) spatial.Ring {
	var out spatial.Ring
	for i, v := range r {
		u := r[(i+len(r)-1)%len(r)]
		du, dv := depth(u), depth(v)
		if (du < 0) != (dv < 0) {
			t := du / (du - dv)
			p := spatial.XY{X: u.X + t*(v.X-u.X), Y: u.Y + t*(v.Y-u.Y)}
			onto(&p)
			out = append(out, p)
		}
		if dv >= 0 {
			out = append(out, v)
		}
	}
	return out
}
