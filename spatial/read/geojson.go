package read

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"pingzhang/spatial"
	"pingzhang/spatial/crs"
)

// A jsonObject is any object of GeoJSON.
type jsonObject struct {
	Type        string
	ID          json.RawMessage
	CRS         json.RawMessage
	Features    []json.RawMessage
	Geometry    json.RawMessage
	Geometries  []json.RawMessage
	Coordinates json.RawMessage
	Properties  json.RawMessage
}

// geojson reads a collection, a feature or a geometry (RFC 7946). Without a crs
// member of the older edition, positions are WGS 84.
func (s source) geojson() (*Result, error) {
	r := &Result{Format: "GeoJSON"}
	var top jsonObject
	if err := json.Unmarshal([]byte(text(s.data)), &top); err != nil {
		return nil, &spatial.Refusal{Code: "bad_json", Where: jsonPlace(s.data, err), Zh: "不是有效的 JSON；文件可能没有传完整，请重新导出", Cause: err}
	}
	system := crs.LonLat84
	r.state(system, "GeoJSON 标准（RFC 7946）规定为 WGS84 经纬度")
	if name := jsonCRS(top.CRS); name != "" {
		named, err := crs.Parse(name)
		if err != nil {
			return nil, err
		}
		r.state(named, "文件的 crs 成员")
	}
	list := [][]byte{s.data}
	switch top.Type {
	case "FeatureCollection":
		list = nil
		for _, f := range top.Features {
			list = append(list, f)
		}
	case "Topology":
		return nil, spatial.Refuse("topojson", s.name, "这是 TopoJSON；请导出为 GeoJSON")
	}
	for i, raw := range list {
		where := fmt.Sprintf("第 %d 个要素", i+1)
		var f jsonObject
		if err := json.Unmarshal(raw, &f); err != nil {
			return nil, &spatial.Refusal{Code: "bad_json", Where: where, Zh: "要素的写法不对，请重新导出", Cause: err}
		}
		feature := Feature{Where: where}
		geometry := json.RawMessage(raw)
		if f.Type == "Feature" {
			geometry = f.Geometry
			feature.Attributes = properties(f.Properties)
		}
		if len(geometry) == 0 || string(geometry) == "null" {
			r.add("null_shape", spatial.Note, where, "这个要素没有图形，已略过")
			continue
		}
		if err := jsonGeometry(geometry, &feature.Geometry, 0); err != nil {
			err.Where = where
			return nil, err
		}
		if feature.Geometry.Empty() {
			r.add("null_shape", spatial.Note, where, "这个要素没有坐标，已略过")
			continue
		}
		feature.Name = feature.first("name", "名称", "NAME")
		r.Features = append(r.Features, feature)
	}
	return r, nil
}

// first returns the first of the attributes that is there.
func (f Feature) first(names ...string) string {
	for _, n := range names {
		if v := f.Value(n); v != "" {
			return v
		}
	}
	return ""
}

// jsonPlace tells the line of a mistake.
func jsonPlace(data []byte, err error) string {
	if syntax, ok := err.(*json.SyntaxError); ok && syntax.Offset <= int64(len(data)) {
		return fmt.Sprintf("第 %d 行", 1+bytes.Count(data[:syntax.Offset], []byte("\n")))
	}
	return ""
}

// jsonCRS returns the name in a crs member.
func jsonCRS(raw json.RawMessage) string {
	var c struct {
		Properties struct {
			Name string
			Code json.Number
		}
	}
	if len(raw) == 0 || json.Unmarshal(raw, &c) != nil {
		return ""
	}
	if c.Properties.Code != "" {
		return "EPSG:" + c.Properties.Code.String()
	}
	return c.Properties.Name
}

// properties reads an object in the order of the file, each value as text.
func properties(raw json.RawMessage) (out []Attribute) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return out
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return out
		}
		var s string
		if json.Unmarshal(value, &s) != nil {
			if s = string(value); s == "null" {
				s = ""
			}
		}
		out = append(out, Attribute{fmt.Sprint(name), s})
	}
	return out
}

func jsonGeometry(raw json.RawMessage, g *spatial.Geometry, depth int) *spatial.Refusal {
	if depth > maxNesting {
		return spatial.Refuse("nested", "", "几何集合嵌套超过 %d 层，请拆开后导出", maxNesting)
	}
	var o jsonObject
	if err := json.Unmarshal(raw, &o); err != nil {
		return &spatial.Refusal{Code: "bad_json", Zh: "几何的写法不对，请重新导出", Cause: err}
	}
	c := coordinates{b: o.Coordinates}
	switch o.Type {
	case "Point":
		if v, ok := c.position(); ok {
			g.Points = append(g.Points, v)
		}
	case "MultiPoint":
		g.Points = append(g.Points, c.line()...)
	case "LineString":
		if line := c.line(); len(line) > 0 {
			g.Lines = append(g.Lines, line)
		}
	case "MultiLineString":
		c.each(func() { g.Lines = append(g.Lines, c.line()) })
	case "Polygon":
		c.polygon(g)
	case "MultiPolygon":
		c.each(func() { c.polygon(g) })
	case "GeometryCollection":
		for _, child := range o.Geometries {
			if err := jsonGeometry(child, g, depth+1); err != nil {
				return err
			}
		}
		return nil
	default:
		return spatial.Refuse("bad_json", "", "不认识几何类型“%.20s”；请导出为标准 GeoJSON", o.Type)
	}
	if c.bad || len(bytes.TrimSpace(c.b[c.at:])) > 0 {
		return spatial.Refuse("bad_json", "", "坐标的写法不对（应为 [经度, 纬度]），请重新导出")
	}
	return nil
}

// coordinates reads nested arrays of numbers. The text is known to be JSON; what
// is to be seen is whether it has the shape.
type coordinates struct {
	b   []byte
	at  int
	bad bool
}

// next passes over blanks and returns the byte that follows.
func (c *coordinates) next() byte {
	for c.at < len(c.b) && (c.b[c.at] == ' ' || c.b[c.at] == '\n' || c.b[c.at] == '\r' || c.b[c.at] == '\t') {
		c.at++
	}
	if c.at == len(c.b) {
		return 0
	}
	return c.b[c.at]
}

// each calls item for each element of an array.
func (c *coordinates) each(item func()) {
	if c.next() != '[' {
		c.bad = true
		return
	}
	c.at++
	if c.next() == ']' {
		c.at++
		return
	}
	for !c.bad {
		item()
		switch c.next() {
		case ',':
			c.at++
		case ']':
			c.at++
			return
		default:
			c.bad = true
		}
	}
}

// position reads [x, y] or [x, y, z]; an empty one is none.
func (c *coordinates) position() (v spatial.XY, ok bool) {
	n := 0
	c.each(func() {
		c.next()
		from := c.at
		for c.at < len(c.b) && bytes.IndexByte([]byte("+-.0123456789eE"), c.b[c.at]) >= 0 {
			c.at++
		}
		f, err := strconv.ParseFloat(string(c.b[from:c.at]), 64)
		if err != nil {
			c.bad = true
		}
		switch n {
		case 0:
			v.X = f
		case 1:
			v.Y = f
		}
		n++
	})
	c.bad = c.bad || n == 1
	return v, n >= 2
}

func (c *coordinates) line() (out []spatial.XY) {
	c.each(func() {
		if v, ok := c.position(); ok {
			out = append(out, v)
		}
	})
	return out
}

func (c *coordinates) polygon(g *spatial.Geometry) {
	var p spatial.Polygon
	c.each(func() {
		if r := c.line(); len(r) > 0 {
			p = append(p, r)
		}
	})
	if len(p) > 0 {
		g.Polygons = append(g.Polygons, p)
	}
}
