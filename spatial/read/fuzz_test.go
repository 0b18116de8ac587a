package read_test

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"pingzhang/spatial"
	"pingzhang/spatial/read"
)

// small keeps what a fuzzer can ask for within a second.
var small = read.Options{Limits: read.Limits{Bytes: 1 << 20, Entries: 20, Vertices: 50_000}}

// fuzz reads data under a name: there is a result whose features all have finite
// positions and a place, or a Refusal that says something.
func fuzz(f *testing.F, name string, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := read.Bytes(name, data, small)
		if err != nil {
			var refusal *spatial.Refusal
			if !errors.As(err, &refusal) || refusal.Zh == "" || refusal.Code == "" {
				t.Fatalf("refused by %v", err)
			}
			return
		}
		if len(r.Features) == 0 || r.Format == "" {
			t.Fatalf("read as nothing: %+v", r)
		}
		for _, feature := range r.Features {
			if feature.Geometry.Empty() || feature.Where == "" {
				t.Fatalf("%+v", feature)
			}
			feature.Geometry.Each(func(v spatial.XY) bool {
				if !v.Finite() {
					t.Fatalf("%v in %s", v, feature.Where)
				}
				return true
			})
		}
		r.Locate(heihe, nil)
	})
}

func FuzzGeoJSON(f *testing.F) {
	fuzz(f, "a.json", `{"type":"Polygon","coordinates":[[[127,50],[128,50],[128,51],[127,50]]]}`,
		`{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:4551"}},"features":[{"type":"Feature","properties":{"a":[1]},"geometry":{"type":"GeometryCollection","geometries":[{"type":"MultiPoint","coordinates":[[1,2],[]]}]}}]}`)
}

func FuzzKML(f *testing.F) { fuzz(f, "a.kml", kml, kml[:500]) }

func FuzzWKTFile(f *testing.F) {
	fuzz(f, "a.wkt", "SRID=4490;POLYGON Z((0 0 1,1 0 1,1 1 1,0 0 1))", "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4))", "MULTIPOINT((1 2),(3 4)) POINT EMPTY")
}

func FuzzDXF(f *testing.F) {
	fuzz(f, "a.dxf", dxf, strings.Replace(dxf, "LWPOLYLINE", "POLYLINE", 1), "0\nSECTION\n2\nENTITIES\n0\nPOLYLINE\n70\n1\n0\nVERTEX\n10\n1\n20\n2\n42\n1\n0\nSEQEND\n0\nENDSEC\n")
}

func FuzzList(f *testing.F) {
	fuzz(f, "a.txt", form, gbk(form), "点号,经度,纬度\n1,127°30′,50°15′\n2,128,50\n3,128,51\n", "地块1\n50 127\n50 128\n51 128\n\n内环\n50.1 127.2")
}

func FuzzWorkbook(f *testing.F) {
	fuzz(f, "a.xlsx", book([][]any{{"点号", "X", "Y"}, {"J1", 5560000.5, 42600000.25}, {"J2", 5560100.5, 42600000.25}, {"J3", 5560100.5, 42600100.25}}))
}

func FuzzArchive(f *testing.F) {
	fuzz(f, "a.zip", zipped(map[string]string{"doc.kml": kml}), zipped(map[string]string{"a.shp": shp(5, 1, 4), "a.dbf": "x"}), zipped(map[string]string{"a.zip": "PK"}))
}

func FuzzShapefile(f *testing.F) {
	fuzz(f, "a.shp", shp(5, 1, 4), shp(3, 1, 4), shp(15, 2, 4), shp(5, 1<<30, 4)[:140])
}

func FuzzGeoPackage(f *testing.F) {
	fuzz(f, "a.gpkg", "SQLite format 3\x00"+strings.Repeat("\x00", 84))
}

// FuzzDBF reads a table beside a good shape.
func FuzzDBF(f *testing.F) {
	f.Add([]byte(dbf("名称", "示例", 0x4d)))
	f.Fuzz(func(t *testing.T, table []byte) {
		r, err := read.Bytes("a.zip", []byte(zipped(map[string]string{"a.shp": shp(5, 1, 4), "a.dbf": string(table)})), small)
		if err == nil && len(r.Features) != 1 {
			t.Fatalf("%+v", r)
		}
	})
}

// shp is a Shapefile of one record: parts that all begin at the first vertex,
// and a square of n vertices.
func shp(kind, parts uint32, n int) string {
	var body []byte
	body = binary.LittleEndian.AppendUint32(body, kind)
	body = append(body, make([]byte, 32)...)
	body = binary.LittleEndian.AppendUint32(body, parts)
	body = binary.LittleEndian.AppendUint32(body, uint32(n))
	for range min(parts, 4) {
		body = binary.LittleEndian.AppendUint32(body, 0)
	}
	for i := range n {
		body = binary.LittleEndian.AppendUint64(body, math.Float64bits(127+float64(i&1)))
		body = binary.LittleEndian.AppendUint64(body, math.Float64bits(50+float64(i>>1)))
	}
	out := make([]byte, 100)
	copy(out, "\x00\x00\x27\x0a")
	out = binary.BigEndian.AppendUint32(out, 1)
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)/2))
	return string(append(out, body...))
}

// dbf is a table of one record with one field of 20 bytes.
func dbf(name, value string, mark byte) string {
	b := make([]byte, 65)
	b[0], b[29] = 3, mark
	binary.LittleEndian.PutUint32(b[4:], 1)
	binary.LittleEndian.PutUint16(b[8:], 65)
	binary.LittleEndian.PutUint16(b[10:], 21)
	copy(b[32:43], gbk(name))
	b[43], b[48], b[64] = 'C', 20, 0x0d
	record := append([]byte(" "), gbk(value)...)
	for len(record) < 21 {
		record = append(record, ' ')
	}
	return string(append(b, record...))
}

func TestTableOfGBK(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
	}{
		{"by the mark of the table", map[string]string{"图层.shp": shp(5, 1, 4), "图层.dbf": dbf("名称", "示例单元", 0x4d)}},
		{"found out", map[string]string{"a.shp": shp(5, 1, 4), "a.DBF": dbf("名称", "示例单元", 0)}},
		{"by .cpg", map[string]string{"a.shp": shp(5, 1, 4), "a.dbf": dbf("名称", "示例单元", 0), "a.cpg": "GBK"}},
		{"by a .cpg that is wrong", map[string]string{"a.shp": shp(5, 1, 4), "a.dbf": dbf("名称", "示例单元", 0), "a.cpg": "UTF-8"}},
	} {
		r, err := read.Bytes("a.zip", []byte(zipped(tt.files)), read.Options{})
		if err != nil || len(r.Features) != 1 || r.Features[0].Value("名称") != "示例单元" {
			t.Errorf("%s: %+v, %v", tt.name, r, err)
		}
	}
}
