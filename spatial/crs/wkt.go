package crs

import (
	"math"
	"strconv"
	"strings"

	"pingzhang/spatial"
)

// A node is a keyword of a WKT text with what stands in its brackets.
type node struct {
	keyword string
	text    string // the first quoted argument
	numbers []float64
	nodes   []*node
}

// find returns the first node below n, itself included, with one of the
// keywords, or nil.
func (n *node) find(keywords ...string) *node {
	for _, k := range keywords {
		if n.keyword == k {
			return n
		}
	}
	for _, c := range n.nodes {
		if got := c.find(keywords...); got != nil {
			return got
		}
	}
	return nil
}

// number returns the first number of n, or def.
func (n *node) number(def float64) float64 {
	if n == nil || len(n.numbers) == 0 {
		return def
	}
	return n.numbers[0]
}

// maxDepth bounds the brackets within brackets of a WKT text.
const maxDepth = 32

// parseWKT reads one KEYWORD[...] and returns what is left of s.
func parseWKT(s string, depth int) (*node, string, bool) {
	s = strings.TrimLeft(s, " \t\r\n,")
	end := strings.IndexAny(s, "[(")
	if end <= 0 || depth > maxDepth {
		return nil, s, false
	}
	n := &node{keyword: strings.ToUpper(strings.TrimSpace(s[:end]))}
	s = s[end+1:]
	for {
		s = strings.TrimLeft(s, " \t\r\n,")
		switch {
		case s == "":
			return nil, s, false
		case s[0] == ']' || s[0] == ')':
			return n, s[1:], true
		case s[0] == '"':
			close := strings.IndexByte(s[1:], '"')
			if close < 0 {
				return nil, s, false
			}
			if n.text == "" {
				n.text = s[1 : close+1]
			} else if v, err := strconv.ParseFloat(s[1:close+1], 64); err == nil {
				n.numbers = append(n.numbers, v) // AUTHORITY["EPSG","4490"]
			}
			s = s[close+2:]
		default:
			stop := strings.IndexAny(s, ",[](){}\"")
			if stop < 0 {
				return nil, s, false
			}
			if s[stop] == '[' || s[stop] == '(' {
				child, rest, ok := parseWKT(s, depth+1)
				if !ok {
					return nil, s, false
				}
				n.nodes, s = append(n.nodes, child), rest
				continue
			}
			if stop == 0 {
				return nil, s, false
			}
			if v, err := strconv.ParseFloat(strings.TrimSpace(s[:stop]), 64); err == nil {
				n.numbers = append(n.numbers, v)
			}
			s = s[stop:]
		}
	}
}

// ParseWKT reads the text of a .prj file or of a GeoPackage (WKT 1 in the
// dialects of OGC and ESRI, and WKT 2).
func ParseWKT(text string) (System, error) {
	root, _, ok := parseWKT(strings.TrimPrefix(text, "\ufeff"), 0)
	if !ok {
		return System{}, spatial.Refuse("bad_wkt", "", "坐标系说明不是有效的 WKT 文本（%.40q）；请从 GIS 软件重新导出 .prj", text)
	}
	projected := root.find("PROJCS", "PROJCRS", "PROJECTEDCRS")
	geographic := root.find("GEOGCS", "GEOGCRS", "GEODCRS", "GEODETICCRS", "GEOGRAPHICCRS", "BASEGEOGCRS", "BASEGEODCRS")
	if geographic == nil {
		return System{}, spatial.Refuse("bad_wkt", "", "坐标系说明（%.40q）里没有大地坐标系；请从 GIS 软件重新导出 .prj", root.text)
	}
	datum, err := datumOf(geographic)
	if err != nil {
		return System{}, err
	}
	if projected == nil {
		return System{Kind: Degrees, Datum: datum}, nil
	}
	return projection(projected, datum)
}

// datumOf tells the datum by the names in a geographic system.
func datumOf(g *node) (Datum, error) {
	names := g.text
	if d := g.find("DATUM", "ENSEMBLE", "TRF", "GEODETICDATUM"); d != nil {
		names += " " + d.text
	}
	n := strings.ToUpper(strings.NewReplacer("_", "", " ", "", "-", "").Replace(names))
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(n, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("XIAN", "西安"):
		return Xian80, nil
	case has("BEIJING", "北京"):
		return Beijing54, nil
	case has("CGCS2000", "CHINA2000", "CHINAGEODETICCOORDINATESYSTEM2000", "国家大地"):
		return CGCS2000, nil
	case has("WGS84", "WGS1984", "WORLDGEODETICSYSTEM1984"):
		return WGS84, nil
	}
	return "", spatial.Refuse("unknown_datum", "", "不认识大地坐标系“%s”；请转换为 CGCS2000 后再导入，或者由提供单位书面说明", g.text)
}

// projection reads the parameters of a projected system.
func projection(p *node, datum Datum) (System, error) {
	method := ""
	if m := p.find("PROJECTION", "METHOD"); m != nil {
		method = strings.ToUpper(strings.NewReplacer("_", "", " ", "", "-", "").Replace(m.text))
	}
	if strings.Contains(method, "MERCATORAUXILIARYSPHERE") || strings.Contains(method, "PSEUDOMERCATOR") || strings.Contains(strings.ToUpper(p.text), "PSEUDO-MERCATOR") {
		return Mercator, nil
	}
	if !strings.Contains(method, "GAUSSKRUGER") && !strings.Contains(method, "TRANSVERSEMERCATOR") {
		return System{}, spatial.Refuse("unknown_projection", "", "不支持投影方式“%s”（%s）；请转换为 CGCS2000 经纬度或高斯-克吕格投影后再导入", method, p.text)
	}
	s := System{Kind: Transverse, Datum: datum, Scale: 1}
	var origin float64
	for _, c := range p.nodes {
		collect(c, &s, &origin)
	}
	for _, c := range p.nodes {
		if (c.keyword == "UNIT" || c.keyword == "LENGTHUNIT") && math.Abs(c.number(1)-1) > 1e-9 {
			return System{}, spatial.Refuse("unit", "", "坐标单位是“%s”而不是米；请以米为单位重新导出", c.text)
		}
	}
	if s.Meridian < -180 || s.Meridian > 180 || s.Scale < 0.9 || s.Scale > 1.1 || math.Abs(origin) > 90 {
		return System{}, spatial.Refuse("bad_wkt", "", "投影参数不合理（中央经线 %g、比例 %g）；请核对 .prj", s.Meridian, s.Scale)
	}
	if zone := math.Floor(s.East / 1e6); zone >= 1 && zone < 61 {
		s.Prefix, s.East = int(zone), s.East-zone*1e6
	}
	if origin != 0 {
		_, y := project(0, origin*math.Pi/180)
		s.North -= y * s.Scale
	}
	if s.Scale == 1 && s.East == 500000 && s.North == 0 {
		wide := 0
		if strings.Contains(p.text, "6") && !strings.Contains(strings.ToUpper(p.text), "3_DEGREE") && !strings.Contains(strings.ToUpper(p.text), "3-DEGREE") {
			wide = 6
		}
		if n, ok := numbered(s.Prefix); ok {
			wide = n.Width
		}
		s.Width = zoneWidth(s.Meridian, wide)
	}
	return s, nil
}

// collect reads PARAMETER nodes, which WKT 2 holds within CONVERSION.
func collect(c *node, s *System, origin *float64) {
	if c.keyword == "CONVERSION" {
		for _, d := range c.nodes {
			collect(d, s, origin)
		}
		return
	}
	if c.keyword != "PARAMETER" {
		return
	}
	name := strings.ToLower(strings.NewReplacer("_", " ").Replace(c.text))
	v := c.number(0)
	switch {
	case name == "central meridian" || name == "longitude of natural origin" || name == "longitude of center":
		s.Meridian = v
	case name == "false easting":
		s.East = v
	case name == "false northing":
		s.North = v
	case name == "scale factor" || name == "scale factor at natural origin":
		s.Scale = v
	case name == "latitude of origin" || name == "latitude of natural origin":
		*origin = v
	}
}
