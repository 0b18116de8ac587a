package read

import (
	"fmt"

	"pingzhang/spatial"
	"pingzhang/spatial/crs"
)

// An Attribute is a named value of a feature, as text.
type Attribute struct{ Name, Value string }

// A Feature is one thing of a file.
type Feature struct {
	Name       string
	Geometry   spatial.Geometry
	Attributes []Attribute
	Where      string // place in the file: 第 3 条记录
}

// Value returns the attribute with a name, "" for none.
func (f Feature) Value(name string) string {
	for _, a := range f.Attributes {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// A Result is everything a file holds.
type Result struct {
	Format   string // "Shapefile", "GeoJSON" …
	Features []Feature
	Stated   *crs.System // nil where the file does not say
	StatedBy string      // what says it, in Chinese
	Issues   []spatial.Issue
}

func (r *Result) add(code string, severity spatial.Severity, where, format string, args ...any) {
	r.Issues = append(r.Issues, spatial.Issue{Code: code, Severity: severity, Where: where, Zh: fmt.Sprintf(format, args...)})
}

func (r *Result) state(s crs.System, by string) { r.Stated, r.StatedBy = &s, by }

// Fields returns the names of the attributes in the order in which they come.
func (r *Result) Fields() (names []string) {
	seen := map[string]bool{}
	for _, f := range r.Features {
		for _, a := range f.Attributes {
			if !seen[a.Name] {
				seen[a.Name] = true
				names = append(names, a.Name)
			}
		}
	}
	return names
}

// Vertices returns how many positions there are.
func (r *Result) Vertices() (n int) {
	for _, f := range r.Features {
		n += f.Geometry.Vertices()
	}
	return n
}

// sampleSize is how many positions are looked at to tell the system.
const sampleSize = 20000

// sample returns positions from all over the file: the first of each feature,
// and others at a constant distance.
func (r *Result) sample() []spatial.XY {
	step := r.Vertices()/sampleSize + 1
	var out []spatial.XY
	for _, f := range r.Features {
		i := 0
		f.Geometry.Each(func(v spatial.XY) bool {
			if i%step == 0 {
				out = append(out, v)
			}
			i++
			return true
		})
	}
	return out
}

// A Choice is a person's answer to a question: the system, and whether east and
// north stand the other way about.
type Choice struct {
	System  crs.System
	Swapped bool
}

// Locate returns the features in longitude and latitude (CGCS2000), with the
// system that is stated, chosen by a person, or the only one that fits, or a
// question. With a question there are no features.
func (r *Result) Locate(city crs.City, chosen *Choice) ([]Feature, crs.Answer, error) {
	points := r.sample()
	var answer crs.Answer
	if chosen != nil {
		if chosen.Swapped {
			for i, p := range points {
				points[i] = spatial.XY{X: p.Y, Y: p.X}
			}
		}
		answer = crs.Judge(points, &chosen.System, city)
		answer.Swapped = chosen.Swapped
	} else {
		answer = crs.Judge(points, r.Stated, city)
	}
	if answer.Question != nil {
		return nil, answer, nil
	}
	out := make([]Feature, len(r.Features))
	for i, f := range r.Features {
		g, err := f.Geometry.Map(func(p spatial.XY) (spatial.XY, error) {
			if answer.Swapped {
				p.X, p.Y = p.Y, p.X
			}
			return answer.System.ToLonLat(p)
		})
		if err != nil {
			if refusal, ok := err.(*spatial.Refusal); ok {
				refusal.Where = f.Where
			}
			return nil, answer, err
		}
		f.Geometry = g
		out[i] = f
	}
	return out, answer, nil
}

// finish refuses what no format may hold and counts the vertices.
func (r *Result) finish(l Limits) (*Result, error) {
	if len(r.Features) == 0 {
		return nil, spatial.Refuse("empty", "", "%s 文件里没有找到任何图形；请确认导出时选中了图层", r.Format)
	}
	if n := r.Vertices(); n > l.Vertices {
		return nil, spatial.Refuse("too_many_vertices", "", "共有 %d 个点，超过上限 %d；请分批导出，或先在 GIS 软件中适当简化", n, l.Vertices)
	}
	for i := range r.Features {
		f := &r.Features[i]
		var err error
		f.Geometry.Each(func(v spatial.XY) bool {
			if !v.Finite() {
				err = spatial.Refuse("not_finite", f.Where, "坐标不是有效数字（NaN 或无穷大），请从源数据重新导出")
			}
			return err == nil
		})
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}

// polygonsOf sorts closed rings into polygons: a ring inside an outer one is a
// hole of the smallest that holds it, and one within a hole is a polygon again.
func polygonsOf(rings []spatial.Ring) []spatial.Polygon {
	type nest struct {
		ring  spatial.Ring
		area  float64
		depth int
		owner int
	}
	list := make([]nest, len(rings))
	for i, r := range rings {
		a := r.PlanarArea()
		list[i] = nest{ring: r, area: max(a, -a), owner: -1}
	}
	boxes := make([]spatial.Box, len(rings))
	for i, r := range rings {
		boxes[i] = spatial.Polygon{r}.Box()
	}
	for i := range list {
		for j := range list {
			// Half of the vertices or more decide, since a hole may touch its shell.
			if i == j || list[j].area <= list[i].area || !boxes[j].Meets(boxes[i]) || !within(list[i].ring, list[j].ring) {
				continue
			}
			list[i].depth++
			if o := list[i].owner; o < 0 || list[j].area < list[o].area {
				list[i].owner = j
			}
		}
	}
	at := map[int]int{}
	var out []spatial.Polygon
	for i, n := range list {
		if n.depth%2 == 0 {
			at[i] = len(out)
			out = append(out, spatial.Polygon{n.ring})
		}
	}
	for _, n := range list {
		if n.depth%2 == 1 {
			k := at[n.owner]
			out[k] = append(out[k], n.ring)
		}
	}
	return out
}

// within reports whether most of r lies in s.
func within(r, s spatial.Ring) bool {
	in, n := 0, 0
	for i := 1; i < len(r); i++ {
		mid := spatial.XY{X: (r[i-1].X + r[i].X) / 2, Y: (r[i-1].Y + r[i].Y) / 2}
		n++
		odd := false
		for j := 1; j < len(s); j++ {
			a, b := s[j-1], s[j]
			if (a.Y > mid.Y) != (b.Y > mid.Y) && mid.X < a.X+(mid.Y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
				odd = !odd
			}
		}
		if odd {
			in++
		}
		if n == 64 { // enough to tell
			break
		}
	}
	return in*2 > n
}

// closed returns r with its first vertex at its end.
func closed(r spatial.Ring) spatial.Ring {
	if len(r) > 0 && !r.Closed() {
		r = append(r, r[0])
	}
	return r
}
