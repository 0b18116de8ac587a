package read

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"pingzhang/spatial"
	"pingzhang/spatial/crs"
)

// kml reads the Placemarks of a KML document, whatever folders they lie in.
// Positions are WGS 84 by the standard; files drawn on shifted maps say the same
// and are not, which is why Locate's answer is shown to a person.
func (s source) kml() (*Result, error) {
	r := &Result{Format: "KML"}
	r.state(crs.LonLat84, "KML 标准规定为 WGS84 经纬度")
	d := xml.NewDecoder(strings.NewReader(text(s.data)))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // text has done it
	fail := func(err error) error {
		var refusal *spatial.Refusal
		if errors.As(err, &refusal) {
			return refusal
		}
		line, _ := d.InputPos()
		return &spatial.Refusal{Code: "bad_kml", Where: fmt.Sprintf("第 %d 行", line), Zh: "不是有效的 KML；文件可能没有传完整，请重新导出", Cause: err}
	}
	root := ""
	depth := 0
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fail(err)
		}
		switch e := t.(type) {
		case xml.StartElement:
			if depth++; depth > 200 {
				return nil, fail(spatial.Refuse("nested", "", "文件夹嵌套超过 200 层，请整理后重新导出"))
			}
			if root == "" {
				root = e.Name.Local
			}
			if e.Name.Local != "Placemark" {
				continue
			}
			line, _ := d.InputPos()
			k := placemark{d: d, feature: Feature{Where: fmt.Sprintf("第 %d 行的 Placemark", line)}}
			if err := k.read(e.Name.Local, 0); err != nil {
				return nil, fail(err)
			}
			depth--
			if k.feature.Geometry.Empty() {
				r.add("null_shape", spatial.Note, k.feature.Where, "这个 Placemark（%s）没有图形，已略过", k.feature.Name)
				continue
			}
			r.Features = append(r.Features, k.feature)
		case xml.EndElement:
			depth--
		}
	}
	if root == "" || root == "html" {
		return nil, spatial.Refuse("bad_kml", s.name, "不是 KML 文件；请从地图软件导出 KML 或 KMZ")
	}
	return r, nil
}

// A placemark is being read.
type placemark struct {
	d       *xml.Decoder
	feature Feature
	polygon spatial.Polygon
}

// read takes everything up to the end of the element that has begun.
func (k *placemark) read(element string, depth int) error {
	if depth > 4*maxNesting {
		return spatial.Refuse("nested", k.feature.Where, "几何嵌套层数过多，请拆开后导出")
	}
	for {
		t, err := k.d.Token()
		if err != nil {
			return err
		}
		switch e := t.(type) {
		case xml.EndElement:
			if element == "Polygon" && len(k.polygon) > 0 {
				k.feature.Geometry.Polygons = append(k.feature.Geometry.Polygons, k.polygon)
				k.polygon = nil
			}
			return nil
		case xml.StartElement:
			if err := k.child(element, e, depth); err != nil {
				return err
			}
		}
	}
}

func (k *placemark) child(parent string, e xml.StartElement, depth int) error {
	switch name := e.Name.Local; name {
	case "name", "description":
		if parent != "Placemark" {
			return k.d.Skip()
		}
		s, err := k.text()
		if name == "name" {
			k.feature.Name = s
		}
		k.feature.Attributes = append(k.feature.Attributes, Attribute{name, s})
		return err
	case "SimpleData", "Data":
		s, err := k.text()
		for _, a := range e.Attr {
			if a.Name.Local == "name" {
				k.feature.Attributes = append(k.feature.Attributes, Attribute{a.Value, s})
			}
		}
		return err
	case "coordinates":
		s, err := k.text()
		if err != nil {
			return err
		}
		line, err := tuples(s)
		if err != nil {
			return &spatial.Refusal{Code: "bad_kml", Where: k.feature.Where, Zh: "坐标的写法不对（应为 经度,纬度,高程），请重新导出", Cause: err}
		}
		switch parent {
		case "Point":
			k.feature.Geometry.Points = append(k.feature.Geometry.Points, line...)
		case "LineString":
			k.feature.Geometry.Lines = append(k.feature.Geometry.Lines, line)
		case "LinearRing":
			if len(line) > 0 {
				k.polygon = append(k.polygon, line)
			}
		}
		return nil
	case "Polygon":
		k.polygon = nil
		return k.read(name, depth+1)
	default:
		return k.read(name, depth+1)
	}
}

// text returns the characters up to the end of the element, those of elements in
// it (value of Data) too.
func (k *placemark) text() (string, error) {
	var b strings.Builder
	for depth := 1; depth > 0; {
		t, err := k.d.Token()
		if err != nil {
			return "", err
		}
		switch e := t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			b.Write(e)
		}
	}
	return strings.TrimSpace(b.String()), nil
}

// tuples reads x,y or x,y,z, with blanks between.
func tuples(s string) (out []spatial.XY, err error) {
	for _, t := range strings.Fields(s) {
		first, rest, ok := strings.Cut(t, ",")
		second, _, _ := strings.Cut(rest, ",")
		if !ok {
			return nil, fmt.Errorf("%q", t)
		}
		x, err1 := strconv.ParseFloat(first, 64)
		y, err2 := strconv.ParseFloat(second, 64)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		out = append(out, spatial.XY{X: x, Y: y})
	}
	return out, nil
}
