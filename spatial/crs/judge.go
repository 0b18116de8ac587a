package crs

import (
	"fmt"
	"math"

	"pingzhang/spatial"
)

// A City is where boundaries are expected.
type City struct {
	Name    string
	Box     spatial.Box       // in longitude and latitude
	Outline []spatial.Polygon // where it is known, decides in place of Box
}

// Has reports whether a longitude and latitude lies in the city.
func (c City) Has(p spatial.XY) bool {
	if !c.Box.Has(p) {
		return false
	}
	if len(c.Outline) == 0 {
		return true
	}
	for _, polygon := range c.Outline {
		in := false
		for _, r := range polygon {
			for i := 1; i < len(r); i++ {
				a, b := r[i-1], r[i]
				if (a.Y > p.Y) != (b.Y > p.Y) && p.X < a.X+(p.Y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
					in = !in
				}
			}
		}
		if in {
			return true
		}
	}
	return false
}

// A Candidate is a reading of the coordinates that would land in the city.
type Candidate struct {
	System  System     `json:"-"`
	Name    string     `json:"name"`
	EPSG    int        `json:"epsg,omitempty"`
	Swapped bool       `json:"swapped"` // east and north stand the other way about in the file
	Centre  spatial.XY `json:"centre"`  // where it would be, longitude and latitude
	Zh      string     `json:"zh"`      // what it would mean
}

// A Question is put to the person who brought the file. With no candidate left
// there is nothing to choose, and Zh says what to look into.
type Question struct {
	Code       string      `json:"code"`
	Zh         string      `json:"zh"`
	Candidates []Candidate `json:"candidates"`
}

// An Answer is a settled system, or a question.
type Answer struct {
	System   System
	Swapped  bool
	Question *Question
	Issues   []spatial.Issue
}

// Judge compares the positions of a file, X before Y as they were read, with the
// city. stated is the system that the file or a person names, nil for none.
//
// A stated system is taken where at least one position lands in the city; what
// lies outside is an issue. One that lands nowhere near is a question, whatever
// says it. Without a statement everything is a question, but for metres that
// land in the city by a single reading, which Judge assumes and says so.
func Judge(points []spatial.XY, stated *System, city City) Answer {
	points = finite(points)
	if len(points) == 0 {
		return Answer{Question: &Question{Code: "no_position", Zh: "文件里没有可用的坐标；请检查坐标列是否为空"}}
	}
	if q := mixed(points); q != nil {
		return Answer{Question: q}
	}
	if stated != nil {
		in, _ := landing(points, *stated, false, city)
		if in > 0 {
			return settled(*stated, false, in, len(points), city)
		}
	}
	candidates := Candidates(points, city)
	if stated != nil {
		return Answer{Question: contradicted(points, *stated, candidates, city)}
	}
	switch {
	case len(candidates) == 0:
		return Answer{Question: &Question{Code: "outside_city", Zh: fmt.Sprintf(
			"按任何一种已知坐标系，坐标（%s 起）都不在%s范围内。请核对坐标是否抄错、是否为独立（地方）坐标系，并注明坐标系", show(points[0]), city.Name)}}
	case len(candidates) == 1 && candidates[0].System.Planar() && candidates[0].System.rightly() && !candidates[0].Swapped:
		c := candidates[0]
		in, _ := landing(points, c.System, c.Swapped, city)
		a := settled(c.System, c.Swapped, in, len(points), city)
		a.Issues = append(a.Issues, spatial.Issue{Code: "system_assumed", Severity: spatial.Ask, Zh: fmt.Sprintf("文件没有注明坐标系。只有按%s才落在%s范围内，暂按此处理，请确认", c.System, city.Name)})
		return a
	case candidates[0].System.Kind == Degrees:
		return Answer{Question: &Question{Code: "which_system", Candidates: candidates, Zh: "坐标是经纬度，但没有注明是哪一种：国家坐标（CGCS2000）与高德（GCJ-02）、百度（BD-09）地图坐标相差约 0.5 公里和 1.3 公里，仅看数字分不清。请选择坐标的来源" + swappedNote(candidates)}}
	}
	return Answer{Question: &Question{Code: "which_system", Candidates: candidates, Zh: fmt.Sprintf("文件没有注明坐标系，有 %d 种读法都落在%s范围内，请选择其中一种%s", len(candidates), city.Name, swappedNote(candidates))}}
}

func swappedNote(c []Candidate) string {
	if c[0].Swapped {
		return "。另外，文件里两列坐标的次序像是颠倒的（按颠倒后计算）"
	}
	return ""
}

// contradicted is the question when the stated system lands outside the city.
func contradicted(points []spatial.XY, stated System, candidates []Candidate, city City) *Question {
	zh := fmt.Sprintf("文件注明的坐标系是%s，", stated)
	if at, err := stated.ToLonLat(points[0]); err == nil {
		zh += fmt.Sprintf("按它第一个点在东经 %.4f°、北纬 %.4f°，不在%s范围内。", at.X, at.Y, city.Name)
	} else {
		zh += "但坐标的数值不是这种坐标系的。"
	}
	if stated.Datum == Xian80 || stated.Datum == Beijing54 {
		return &Question{Code: "old_datum", Zh: stated.refuseDatum().Error()}
	}
	if len(candidates) == 0 {
		return &Question{Code: "outside_city", Zh: zh + "按其他已知坐标系也都不在。请核对是否送错了文件、坐标是否抄错"}
	}
	return &Question{Code: "system_contradicted", Candidates: candidates, Zh: zh + "按下列读法则在范围内，请核对后选择；都不对时请向提供单位核实"}
}

// settled accepts a system and says how much lies outside.
func settled(s System, swapped bool, in, all int, city City) Answer {
	a := Answer{System: s, Swapped: swapped}
	if in < all {
		a.Issues = append(a.Issues, spatial.Issue{Code: "partly_outside", Severity: spatial.Ask, Zh: fmt.Sprintf("%d 个点中有 %d 个不在%s范围内，请核对边界是否越出市界、或者个别坐标抄错", all, all-in, city.Name)})
	}
	return a
}

// Candidates returns every reading of the positions, in the order of how common
// it is, by which at least nine tenths of them land in the city. Readings that
// take the number before the easting for wrong are only given where none takes
// it for right.
func Candidates(points []spatial.XY, city City) []Candidate {
	if out := readings(points, city, false); len(out) > 0 {
		return out
	}
	return readings(points, city, true)
}

func readings(points []spatial.XY, city City, misread bool) []Candidate {
	var out []Candidate
	for _, swapped := range []bool{false, true} {
		for _, s := range plausible(turned(points[0], swapped), city, misread) {
			in, centre := landing(points, s, swapped, city)
			if in*10 < len(points)*9 {
				continue
			}
			c := Candidate{System: s, Name: s.String(), EPSG: s.EPSG(), Swapped: swapped, Centre: centre, Zh: s.String()}
			if swapped {
				c.Zh += "，且横纵坐标次序颠倒"
			}
			if misread {
				c.Zh += fmt.Sprintf("（带号 %d 应为 %d）", s.Prefix, s.number())
			}
			c.Zh += fmt.Sprintf("：在东经 %.4f°、北纬 %.4f°", centre.X, centre.Y)
			out = append(out, c)
		}
	}
	return out
}

// plausible lists the systems whose numbers have the size of p; with misread,
// those whose number before the easting is not that of their meridian.
func plausible(p spatial.XY, city City, misread bool) []System {
	if math.Abs(p.X) <= 180 && math.Abs(p.Y) <= 90 {
		if misread {
			return nil
		}
		return []System{LonLat, GCJ02, BD09}
	}
	if p.Y < 1.0e6 || p.Y > 7e6 { // 9° to 63° north
		return nil
	}
	prefix := int(math.Floor(p.X / 1e6))
	if right, ok := numbered(prefix); ok && !misread {
		return []System{right, Mercator}
	}
	if prefix != 0 && !misread {
		return []System{Mercator}
	}
	if prefix == 0 && misread {
		return nil
	}
	// The meridians within reach of the city, by which a zone may be meant. A 6°
	// zone has the meridian of a 3° zone and says the same.
	var out []System
	for n := 25; n <= 45; n++ {
		s := Zone(3, n)
		if s.Meridian < city.Box.Min.X-3 || s.Meridian > city.Box.Max.X+3 {
			continue
		}
		s.Prefix = prefix
		out = append(out, s)
	}
	return out
}

// landing counts the positions that land in the city and returns the middle of
// all.
func landing(points []spatial.XY, s System, swapped bool, city City) (in int, centre spatial.XY) {
	box := spatial.NoBox
	for _, p := range points {
		at, err := s.ToLonLat(turned(p, swapped))
		if err != nil {
			continue
		}
		box = box.With(at)
		if city.Has(at) {
			in++
		}
	}
	return in, box.Centre()
}

// rightly reports whether the number before the easting, if any, is that of the
// meridian.
func (s System) rightly() bool { return s.Prefix == 0 || s.Prefix == s.number() }

func turned(p spatial.XY, swapped bool) spatial.XY {
	if swapped {
		return spatial.XY{X: p.Y, Y: p.X}
	}
	return p
}

// mixed is the question when some positions are degrees and some metres, or some
// have a zone before the easting and some have not.
func mixed(points []spatial.XY) *Question {
	first := size(points[0])
	for i, p := range points {
		if got := size(p); got != first {
			return &Question{Code: "mixed_systems", Zh: fmt.Sprintf("同一文件里混有不同的坐标：第 1 个点（%s）是%s，第 %d 个点（%s）是%s。请统一为一种坐标系后重新提交", show(points[0]), first, i+1, show(p), got)}
		}
	}
	return nil
}

// size names the magnitude of a position, whichever way its axes stand.
func size(p spatial.XY) string {
	big := max(math.Abs(p.X), math.Abs(p.Y))
	switch {
	case big <= 180:
		return "经纬度（度）"
	case big < 1e7:
		return "平面坐标（米，不含带号）"
	}
	return "平面坐标（米，含带号）"
}

func show(p spatial.XY) string {
	if math.Abs(p.X) <= 180 {
		return fmt.Sprintf("%.6f，%.6f", p.X, p.Y)
	}
	return fmt.Sprintf("%.3f，%.3f", p.X, p.Y)
}

func finite(points []spatial.XY) []spatial.XY {
	out := make([]spatial.XY, 0, len(points))
	for _, p := range points {
		if p.Finite() {
			out = append(out, p)
		}
	}
	return out
}
