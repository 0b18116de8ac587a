package read

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"pingzhang/spatial"
)

// dxf reads closed LWPOLYLINE and POLYLINE of the ENTITIES section: pairs of
// lines, a group code and its value. A drawing states no system.
func (s source) dxf() (*Result, error) {
	r := &Result{Format: "DXF"}
	d := dxfReader{r: r}
	lines := strings.Split(strings.ReplaceAll(text(s.data), "\r\n", "\n"), "\n")
	section, expect := "", false
	for i := 0; i+1 < len(lines); i += 2 {
		code, err := strconv.Atoi(strings.TrimSpace(lines[i]))
		if err != nil {
			return nil, spatial.Refuse("bad_dxf", fmt.Sprintf("第 %d 行", i+1), "应为组码（整数），实为“%.20s”；文件不完整或不是文本 DXF，请在 CAD 中另存为 ASCII DXF", strings.TrimSpace(lines[i]))
		}
		value := strings.TrimSpace(lines[i+1])
		switch {
		case code == 0 && value == "SECTION":
			expect = true
		case code == 2 && expect:
			section, expect = value, false
		case code == 0 && value == "ENDSEC":
			d.end()
			section = ""
		case section == "ENTITIES":
			if err := d.group(code, value, i+1); err != nil {
				return nil, err
			}
		}
	}
	if section != "" {
		return nil, spatial.Refuse("bad_dxf", fmt.Sprintf("第 %d 行", len(lines)), "文件在 %s 段中断，没有传完整；请重新导出", section)
	}
	d.end()
	if d.open > 0 {
		r.add("open_polyline", spatial.Ask, "", "有 %d 条多段线没有闭合，已略过；需要时请在 CAD 中闭合（PEDIT → C）后重新导出", d.open)
	}
	if len(d.others) > 0 {
		r.add("other_entities", spatial.Note, "", "略过了其他实体：%s", d.summary())
	}
	if len(r.Features) == 0 {
		return nil, spatial.Refuse("empty", s.name, "图纸里没有闭合的多段线（有未闭合的 %d 条）；请把宗地边界画成闭合多段线（LWPOLYLINE）后另存为 DXF", d.open)
	}
	return r, nil
}

// A dxfReader gathers one entity at a time.
type dxfReader struct {
	r      *Result
	kind   string
	layer  string
	line   int
	flags  int
	points []spatial.XY
	bulges []float64
	vertex bool // within a VERTEX of a POLYLINE
	open   int
	others map[string]int
	arcs   bool
}

func (d *dxfReader) group(code int, value string, line int) error {
	if code == 0 {
		switch {
		case value == "VERTEX" && d.kind == "POLYLINE":
			d.vertex = true
			d.points = append(d.points, spatial.XY{X: math.NaN(), Y: math.NaN()})
			d.bulges = append(d.bulges, 0)
			return nil
		case value == "SEQEND":
			return nil
		}
		d.end()
		d.kind, d.line = value, line
		if value != "LWPOLYLINE" && value != "POLYLINE" {
			if d.others == nil {
				d.others = map[string]int{}
			}
			d.others[value]++
		}
		return nil
	}
	if d.kind != "LWPOLYLINE" && d.kind != "POLYLINE" {
		return nil
	}
	number := func() (float64, error) {
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return 0, spatial.Refuse("bad_dxf", fmt.Sprintf("第 %d 行", line+1), "坐标“%.20s”不是数字，请重新导出", value)
		}
		return v, nil
	}
	switch code {
	case 8:
		if !d.vertex {
			d.layer = value
		}
	case 70:
		if !d.vertex {
			d.flags, _ = strconv.Atoi(value)
		}
	case 10:
		v, err := number()
		if err != nil {
			return err
		}
		if d.kind == "LWPOLYLINE" {
			d.points = append(d.points, spatial.XY{X: v, Y: math.NaN()})
			d.bulges = append(d.bulges, 0)
		} else if d.vertex {
			d.points[len(d.points)-1].X = v
		}
	case 20:
		v, err := number()
		if err != nil {
			return err
		}
		if n := len(d.points); n > 0 && (d.kind == "LWPOLYLINE" || d.vertex) {
			d.points[n-1].Y = v
		}
	case 42:
		v, err := number()
		if err != nil {
			return err
		}
		if n := len(d.bulges); n > 0 {
			d.bulges[n-1] = v
		}
	}
	return nil
}

// end files the entity that is done.
func (d *dxfReader) end() {
	defer func() {
		*d = dxfReader{r: d.r, open: d.open, others: d.others, arcs: d.arcs}
	}()
	if d.kind != "LWPOLYLINE" && d.kind != "POLYLINE" || len(d.points) == 0 {
		return
	}
	where := fmt.Sprintf("第 %d 行的 %s", d.line, d.kind)
	ring := spatial.Ring(d.points)
	if d.flags&1 == 0 && !ring.Closed() || len(ring) < 3 {
		d.open++
		return
	}
	f := Feature{Where: where, Attributes: []Attribute{{"图层", d.layer}}}
	out := make(spatial.Ring, 0, len(ring)+1)
	curved := false
	for i, v := range ring {
		out = append(out, v)
		if b := d.bulges[i]; b != 0 && !math.IsNaN(b) && !math.IsInf(b, 0) {
			curved = true
			out = append(out, arc(v, ring[(i+1)%len(ring)], b)...)
		}
	}
	f.Geometry.Polygons = []spatial.Polygon{{closed(out)}}
	if curved {
		d.r.add("arc", spatial.Ask, where, "边界含圆弧，已按每 5 度一段折线近似，请核对面积")
	}
	d.r.Features = append(d.r.Features, f)
}

// arc returns the positions between a and b on an arc whose quarter angle has
// the tangent bulge, positive to the right of the way from a to b.
func arc(a, b spatial.XY, bulge float64) (out []spatial.XY) {
	angle := 4 * math.Atan(bulge)
	n := int(math.Ceil(math.Abs(angle) / (5 * math.Pi / 180)))
	// The centre lies on the perpendicular through the middle of the chord.
	k := (1 - bulge*bulge) / (4 * bulge)
	c := spatial.XY{X: (a.X+b.X)/2 - k*(b.Y-a.Y), Y: (a.Y+b.Y)/2 + k*(b.X-a.X)}
	for i := 1; i < n; i++ {
		s, co := math.Sincos(angle * float64(i) / float64(n))
		dx, dy := a.X-c.X, a.Y-c.Y
		out = append(out, spatial.XY{X: c.X + dx*co - dy*s, Y: c.Y + dx*s + dy*co})
	}
	return out
}

func (d *dxfReader) summary() string {
	var parts []string
	for name, n := range d.others {
		parts = append(parts, fmt.Sprintf("%.20s %d 个", name, n))
	}
	slices.Sort(parts)
	return strings.Join(parts[:min(8, len(parts))], "、")
}
