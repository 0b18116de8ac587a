// Package repair says what is wrong with polygons and puts it right where there
// is one way to do so, with a report of what was done and the area before and
// after.
//
// # What is done
//
//	unclosed ring             its first vertex is repeated
//	vertex twice in a row     one is left out
//	spike                     the vertex that runs out and back is left out
//	ring walked twice         one walk is kept
//	the same polygon twice    one is kept
//	wrong direction           outer rings counter-clockwise, holes clockwise
//	crossing, touching rings  cut at the crossings; what an odd number of rings surrounds is kept
//	parts over each other     united
//
// Refused, for there is no one way: coordinates that are no numbers, no area at
// all, a hole that is the whole shell.
//
// # What always holds
//
//   - What comes out passes the strict validation of simplefeatures, or there is
//     a Refusal.
//   - The area before is that of the even-odd rule, by package slab. Where it
//     changes by a repair, the report says by how much. A buffer of width zero,
//     which loses half of a bow-tie without a word, is never used.
//   - A vertex that was given stays where it is; new ones stand at crossings, on
//     a grid of a micrometre.
//
// Coordinates are metres of a plane.
//
// # Where things are
//
// repair.go has the order of things, clean.go what concerns one ring, node.go
// the cutting at crossings, trace.go the rings made anew.
package repair

import (
	"fmt"
	"math"

	"pingzhang/spatial"
	"pingzhang/spatial/simple"
	"pingzhang/spatial/slab"
)

// A Report says what was found and done.
type Report struct {
	Before, After float64         // area on the ellipsoid (or in the plane, if the Plane says so), m²
	Issues        []spatial.Issue // in the order of the rings
	Repaired      bool            // the covered area was worked out anew
}

// add notes an issue.
func (r *Report) add(code string, severity spatial.Severity, where, format string, args ...any) {
	r.Issues = append(r.Issues, spatial.Issue{Code: code, Severity: severity, Where: where, Zh: fmt.Sprintf(format, args...)})
}

// Polygons returns valid polygons that cover what the given ones cover.
func Polygons(in []spatial.Polygon, plane slab.Plane) (_ []spatial.Polygon, report Report, err error) {
	if err := finite(in); err != nil {
		return nil, report, err
	}
	report.Before = before(in, plane)
	var out []spatial.Polygon
	seen := map[string]bool{}
	for i, p := range in {
		where := ""
		if len(in) > 1 {
			where = fmt.Sprintf("第 %d 个面", i+1)
		}
		cleaned, err := clean(p, where, &report)
		if err != nil {
			return nil, report, err
		}
		if len(cleaned) == 0 {
			continue
		}
		if len(in) > 1 && len(cleaned) == 1 {
			key := fingerprint(cleaned[0])
			if seen[key] {
				report.add("repeated_part", spatial.Ask, where, "与前面的面完全相同，只保留一个")
				continue
			}
			seen[key] = true
		}
		fixed, err := mend(cleaned, where, &report)
		if err != nil {
			return nil, report, err
		}
		out = append(out, fixed...)
	}
	if len(out) == 0 {
		return nil, report, spatial.Refuse("zero_area", "", "图形面积为零（所有点重合或在一条线上），不能用来比对；请检查界址点坐标是否抄错或缺行")
	}
	if out, err = unite(out, &report); err != nil {
		return nil, report, err
	}
	report.After = 0
	for _, p := range out {
		report.After += slab.Area(p, plane)
	}
	if d := math.Abs(report.After - report.Before); d > 0.01 && d > 1e-7*report.Before {
		report.add("area_changed", spatial.Ask, "", "修复前按奇偶规则面积 %.2f 平方米，修复后 %.2f 平方米，相差 %.2f 平方米，请核对", report.Before, report.After, d)
	}
	return out, report, nil
}

// before is the area as it was given: each polygon by even-odd.
func before(in []spatial.Polygon, plane slab.Plane) (sum float64) {
	for _, p := range in {
		sum += slab.Area(p, plane)
	}
	return sum
}

// finite refuses coordinates that are no numbers.
func finite(in []spatial.Polygon) error {
	for i, p := range in {
		for j, r := range p {
			for k, v := range r {
				if !v.Finite() {
					return spatial.Refuse("not_finite", fmt.Sprintf("第 %d 个面第 %d 环第 %d 点", i+1, j+1, k+1), "坐标不是有效数字（NaN 或无穷大），请从源数据重新导出")
				}
			}
		}
	}
	return nil
}

// mend makes one polygon valid.
func mend(p spatial.Polygon, where string, report *Report) ([]spatial.Polygon, error) {
	if simple.Validate(p) == nil {
		return []spatial.Polygon{oriented(p)}, nil
	}
	l := newLinework(p)
	crossings, ok := l.node()
	var out []spatial.Polygon
	if ok {
		out = l.trace()
	}
	for _, q := range out {
		if err := simple.Validate(q); err != nil {
			return nil, &spatial.Refusal{Code: "unrepairable", Where: where, Zh: "图形自相交，且无法自动修复；请在 GIS 或 CAD 软件中检查拓扑后重新导出", Cause: err}
		}
	}
	if len(out) == 0 {
		return nil, spatial.Refuse("zero_area", where, "图形相互抵消，面积为零；请检查界址点次序和环的划分")
	}
	report.Repaired = true
	says := "边界线自相交或相接"
	if len(crossings) > 0 {
		at := l.position(crossings[0])
		says += fmt.Sprintf("（%d 处，第一处在 %.3f，%.3f）", len(crossings), at.X, at.Y)
	}
	report.add("self_crossing", spatial.Ask, where, "%s；已在交点处断开，按奇偶规则（被奇数条环包围的部分为图形内部）重新构面，得到 %d 个面，请核对图形", says, len(out))
	return out, nil
}

// oriented turns outer rings counter-clockwise and holes clockwise.
func oriented(p spatial.Polygon) spatial.Polygon {
	for i, r := range p {
		if (r.PlanarArea() > 0) != (i == 0) {
			p[i] = r.Reversed()
		}
	}
	return p
}

// Check returns what is wrong with polygons and changes nothing.
func Check(in []spatial.Polygon) []spatial.Issue {
	_, report, err := Polygons(in, slab.Plane{})
	if r, ok := err.(*spatial.Refusal); ok {
		return append(report.Issues, r.Issue())
	}
	return report.Issues
}

// unite makes one geometry of parts that lie over each other.
func unite(parts []spatial.Polygon, report *Report) ([]spatial.Polygon, error) {
	if len(parts) < 2 || simple.Validate(parts...) == nil {
		return parts, nil
	}
	out, err := simple.Union(parts)
	if err == nil {
		err = simple.Validate(out...)
	}
	if err != nil {
		return nil, &spatial.Refusal{Code: "unrepairable", Zh: "各个面相互重叠，且无法自动合并；请在 GIS 软件中检查后重新导出", Cause: err}
	}
	report.Repaired = true
	report.add("parts_overlap", spatial.Ask, "", "%d 个面有重叠或共边，已合并为 %d 个面，重叠部分只计一次", len(parts), len(out))
	return out, nil
}
