package read_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"pingzhang/internal/testkit"
	"pingzhang/spatial"
	"pingzhang/spatial/crs"
	"pingzhang/spatial/read"
)

var heihe = crs.City{Name: "黑河市", Box: spatial.Box{Min: spatial.XY{X: 124.7, Y: 47.7}, Max: spatial.XY{X: 129.3, Y: 51.1}}}

// form is a plot of the ministry's form: a square of 100 m with a hole of 20 m,
// and a triangle.
const form = `[属性描述]
格式版本号=1.01版本
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=42
精度=0.001
[地块坐标]
8,0.96,1,示例地块一,面,,工业用地,,@
J1,1,5560000.000,42600000.000
J2,1,5560100.000,42600000.000
J3,1,5560100.000,42600100.000
J4,1,5560000.000,42600100.000
J1,1,5560000.000,42600000.000
J5,2,5560040.000,42600040.000
J6,2,5560060.000,42600040.000
J7,2,5560060.000,42600060.000
J8,2,5560040.000,42600060.000
J5,2,5560040.000,42600040.000
3,0.5,2,示例地块二,面,,,,@
J1,1,5570000,42610000
J2,1,5570100,42610000
J3,1,5570000,42610100
`

func zipped(files map[string]string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, _ := z.Create(name)
		w.Write([]byte(content))
	}
	z.Close()
	return b.String()
}

func gbk(s string) string {
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return out
}

func book(rows [][]any) string {
	f := excelize.NewFile()
	for i, r := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		f.SetSheetRow("Sheet1", cell, &r)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		panic(err)
	}
	return b.String()
}

// kml of one square with a hole.
const kml = `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><Placemark><name>示例厂区</name>
<ExtendedData><Data name="code"><value>A1</value></Data></ExtendedData><MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>
127.5,50.25,0 127.51,50.25,0 127.51,50.26,0 127.5,50.26,0 127.5,50.25,0</coordinates></LinearRing></outerBoundaryIs>
<innerBoundaryIs><LinearRing><coordinates>127.504,50.254 127.506,50.254 127.506,50.256 127.504,50.256 127.504,50.254</coordinates></LinearRing></innerBoundaryIs>
</Polygon></MultiGeometry></Placemark></Folder></Document></kml>`

const dxf = "  0\nSECTION\n  2\nHEADER\n  9\n$ACADVER\n  1\nAC1015\n  0\nENDSEC\n  0\nSECTION\n  2\nENTITIES\n  0\nLINE\n  8\n0\n 10\n1\n 20\n2\n  0\nLWPOLYLINE\n  8\nJZD\n 90\n4\n 70\n1\n 10\n600000\n 20\n5560000\n 10\n600100\n 20\n5560000\n 10\n600100\n 20\n5560100\n 10\n600000\n 20\n5560100\n  0\nENDSEC\n  0\nEOF\n"

func TestFormats(t *testing.T) {
	lonlat := crs.LonLat84
	zone42, bare := crs.Zone(3, 42), crs.GaussKrueger(3, 126)
	for _, tt := range []struct {
		name, file, content string
		stated              *crs.System
		features, rings     int
		area                float64 // by the coordinates
		codes               string
		check               func(*testing.T, *read.Result)
	}{
		{"GeoJSON of a feature", "a.geojson", `{"type":"Feature","properties":{"name":"示例","n":1.5,"x":null},"geometry":{"type":"Polygon","coordinates":[[[127,50],[128,50],[128,51],[127,51],[127,50]]]}}`, &lonlat, 1, 1, 1, "", func(t *testing.T, r *read.Result) {
			if f := r.Features[0]; f.Name != "示例" || f.Value("n") != "1.5" || f.Value("x") != "" {
				t.Errorf("%+v", f)
			}
		}},
		{"GeoJSON with a crs member", "a.json", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4551"}},"features":[{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[2,0],[2,2],[0,0]]]]}},{"type":"Feature","geometry":null}]}`, &bare, 1, 1, 2, "null_shape", nil},
		{"GeoJSON nested", "a.json", `{"type":"GeometryCollection","geometries":[{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2,3]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}]}`, &lonlat, 1, 0, 0, "", nil},
		{"KML", "a.kml", kml, &lonlat, 1, 2, 1e-4 - 4e-6, "", func(t *testing.T, r *read.Result) {
			if f := r.Features[0]; f.Name != "示例厂区" || f.Value("code") != "A1" || !strings.HasPrefix(f.Where, "第 1 行") {
				t.Errorf("%+v", f)
			}
		}},
		{"KML in GBK", "a.kml", gbk(strings.Replace(kml, "UTF-8", "GBK", 1)), &lonlat, 1, 2, 1e-4 - 4e-6, "", func(t *testing.T, r *read.Result) {
			if r.Features[0].Name != "示例厂区" {
				t.Errorf("%+v", r.Features[0])
			}
		}},
		{"KMZ", "a.kmz", zipped(map[string]string{"doc.kml": kml, "files/a.png": "x"}), &lonlat, 1, 2, 1e-4 - 4e-6, "", nil},
		{"WKT with SRID", "a.wkt", "SRID=4551;POLYGON((0 0,2 0,2 2,0 0))\nMULTIPOLYGON Z(((0 0 1,1 0 1,1 1 1,0 0 1)),((5 5 0,6 5 0,6 6 0,5 5 0)))", &bare, 2, 3, 2 + 1, "", nil},
		{"WKT of points", "a.txt", "POINT(127 50)\nMULTIPOINT((1 2),(3 4))\nPOINT EMPTY\n", nil, 2, 0, 0, "null_shape", nil},
		{"DXF", "a.dxf", dxf, nil, 1, 1, 10000, "other_entities", func(t *testing.T, r *read.Result) {
			if r.Features[0].Value("图层") != "JZD" {
				t.Errorf("%+v", r.Features[0])
			}
		}},
		{"DXF with an arc", "a.dxf", strings.Replace(dxf, " 20\n5560000\n 10\n600100", " 20\n5560000\n 42\n1\n 10\n600100", 1), nil, 1, 1, 10000 + math.Pi*1250, "arc other_entities", nil},
		{"the ministry's form", "a.txt", form, &zone42, 2, 3, 10000 - 400 + 5000, "rings unclosed axes", func(t *testing.T, r *read.Result) {
			if f := r.Features[0]; f.Name != "示例地块一" || f.Value("地块用途") != "工业用地" || f.Where != "第 10 行" || len(f.Geometry.Polygons) != 1 || f.Geometry.Polygons[0][0][0].X != 42600000 {
				t.Errorf("%+v", f)
			}
		}},
		{"the ministry's form in GBK with Windows lines", "a.txt", gbk(strings.ReplaceAll(form, "\n", "\r\n")), &zone42, 2, 3, 14600, "rings unclosed axes", nil},
		{"plain degrees, north first", "a.txt", "50.25 127.5\n50.25 127.51\n50.26 127.51\n", nil, 1, 1, 5e-5, "unclosed axes", nil},
		{"degrees, minutes, seconds", "a.csv", "点号,经度,纬度\nJ1,127°30′00″,50°15′00″\nJ2,127°30′36″,50°15′00\"\nJ3,127°30′36″,50°15′36″\n", nil, 1, 1, 5e-5, "unclosed", nil},
		{"letters of direction", "a.txt", "N50-15-00 E127-30-00\nN50-15-00 E127-30-36\nN50-15-36 E127-30-36\n", nil, 1, 1, 5e-5, "unclosed axes", nil},
		{"two rings with a blank line", "a.txt", "0.5 100\n0.5 101\n1.5 101\n1.5 100\n0.5 100\n\n5 100\n5 101\n6 101\n5 100\n", nil, 1, 2, 1.5, "rings axes", nil},
		{"numbered points with heights", "a.txt", "1 600000.0 5560000.0 123.4\n2 600100.0 5560000.0 125\n3 600100.0 5560100.0 122.1\n", nil, 1, 1, 5000, "unclosed", nil},
		{"a sheet", "a.xlsx", book([][]any{{"点号", "X", "Y"}, {"J1", 5560000.5, 42600000.25}, {"J2", 5560100.5, 42600000.25}, {"J3", 5560100.5, 42600100.25}, {"J1", 5560000.5, 42600000.25}}), nil, 1, 1, 5000, "", nil},
		{"a sheet whose heading is the wrong way about", "a.xlsx", book([][]any{{"点号", "Y", "X"}, {"J1", 5560000.5, 42600000.25}, {"J2", 5560100.5, 42600000.25}, {"J3", 5560100.5, 42600100.25}, {"J1", 5560000.5, 42600000.25}}), nil, 1, 1, 5000, "heading_contradicted axes", nil},
		{"a stated system in a plain list", "a.txt", "坐标系：EPSG:4530\nJ1 5560000.5 42600000.2\nJ2 5560100.5 42600000.2\nJ3 5560100.5 42600100.2\n", &zone42, 1, 1, 5000, "unclosed axes", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := read.Bytes(tt.file, []byte(tt.content), read.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if (r.Stated == nil) != (tt.stated == nil) || r.Stated != nil && *r.Stated != *tt.stated {
				t.Errorf("stated %v, want %v", r.Stated, tt.stated)
			}
			rings, area := 0, 0.0
			for _, f := range r.Features {
				for _, p := range f.Geometry.Polygons {
					rings += len(p)
					area += p.Area()
				}
			}
			if len(r.Features) != tt.features || rings != tt.rings || math.Abs(area-tt.area) > 0.01*tt.area {
				t.Errorf("%d features, %d rings, area %g; want %d, %d, %g", len(r.Features), rings, area, tt.features, tt.rings, tt.area)
			}
			var codes []string
			for _, i := range r.Issues {
				codes = append(codes, i.Code)
			}
			if got := strings.Join(codes, " "); got != tt.codes {
				t.Errorf("issues %q, want %q: %+v", got, tt.codes, r.Issues)
			}
			if tt.check != nil {
				tt.check(t, r)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	deep := strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 30) + strings.Repeat("]}", 30)
	bomb := zipped(map[string]string{"a.kml": strings.Repeat(" ", 3<<20)})
	for _, tt := range []struct{ name, file, content, code string }{
		{"nothing", "a.shp", "", "empty"},
		{"cut JSON", "a.json", `{"type":"Feature","geometry":{"type":"Poly`, "bad_json"},
		{"deep JSON", "a.json", deep, "nested"},
		{"a position of one number", "a.json", `{"type":"Polygon","coordinates":[[[1],[2],[3],[1]]]}`, "bad_json"},
		{"cut KML", "a.kml", kml[:400], "bad_kml"},
		{"a page", "a.kml", "<html><body/></html>", "bad_kml"},
		{"no features", "a.json", `{"type":"FeatureCollection","features":[]}`, "empty"},
		{"NaN", "a.wkt", "POLYGON((0 0,1 0,NaN NaN,0 0))", "not_finite"},
		{"open brackets", "a.wkt", "POLYGON((0 0,1 0", "bad_wkt"},
		{"two systems", "a.wkt", "SRID=4490;POINT(1 2)\nSRID=4551;POINT(3 4)", "mixed_systems"},
		{"a drawing of a closed format", "a.dwg", "AC1032 binary", "dwg"},
		{"open polylines only", "a.dxf", strings.Replace(dxf, " 70\n1", " 70\n0", 1), "empty"},
		{"cut DXF", "a.dxf", dxf[:200], "bad_dxf"},
		{"part of a Shapefile", "a.dbf", "\x03abc", "shp_part"},
		{"a false Shapefile", "a.shp", "hello", "bad_shp"},
		{"short Shapefile", "a.shp", "\x00\x00\x27\x0a\x00", "bad_shp"},
		{"bomb", "a.kmz", bomb, "zip_bomb"},
		{"archive with nothing to read", "a.zip", zipped(map[string]string{"a.doc": "x"}), "no_layer"},
		{"two layers", "a.zip", zipped(map[string]string{"a.shp": "x", "b.shp": "y"}), "several_layers"},
		{"broken archive", "a.zip", "PK\x03\x04junk", "bad_zip"},
		{"prose", "a.txt", "关于项目选址的说明", "unknown_format"},
		{"a line with one number", "a.txt", "J1 5560000.0 42600000.0\nJ2 5560100.0\nJ3 5560100.0 42600100.0", "bad_row"},
		{"mixed order", "a.txt", "50.25 127.5\n127.51 50.25\n50.26 127.51\n", "mixed_axes"},
		{"two points", "a.txt", "50.25 127.5\n50.25 127.51\n", "too_few_points"},
		{"binary", "a.txt", "\x00\x01\x02 1 2", "unknown_format"},
		{"minutes above 60", "a.txt", "127-75-00 50-15-00\n127-76-00 50-15-00\n127-77-00 50-16-00\n", "bad_row"},
		{"old Excel", "a.xls", "\xd0\xcf\x11\xe0\xa1\xb1", "old_excel"},
		{"broken Excel", "a.xlsx", "PK\x03\x04junk", "bad_xlsx"},
		{"broken GeoPackage", "a.gpkg", "SQLite format 3\x00" + strings.Repeat("x", 200), "bad_gpkg"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := read.Options{Limits: read.Limits{Bytes: 2 << 20, Entries: 10, Vertices: 1000}}
			r, err := read.Bytes(tt.file, []byte(tt.content), o)
			var refusal *spatial.Refusal
			if !errors.As(err, &refusal) || refusal.Code != tt.code {
				t.Fatalf("%+v, %v", r, err)
			}
			if refusal.Zh == "" || r != nil {
				t.Errorf("says nothing, or is half read: %+v", r)
			}
		})
	}
	many := "POLYGON((" + strings.Repeat("1 1,", 2000) + "1 1))"
	if _, err := read.Bytes("a.wkt", []byte(many), read.Options{Limits: read.Limits{Bytes: 1 << 20, Entries: 1, Vertices: 1000}}); err == nil {
		t.Error("2001 vertices pass a limit of 1000")
	}
}

func TestLocate(t *testing.T) {
	r, err := read.Bytes("a.txt", []byte(form), read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	features, answer, err := r.Locate(heihe, nil)
	if err != nil || answer.Question != nil || len(features) != 2 {
		t.Fatalf("%+v, %v", answer, err)
	}
	if area := crs.Area(features[0].Geometry.Polygons...); math.Abs(area-9600) > 9600*4e-4 {
		t.Errorf("9600 m² of the plane are %g m²", area)
	}
	plain, err := read.Bytes("a.txt", []byte("50.25 127.5\n50.25 127.51\n50.26 127.51\n"), read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f, answer, _ := plain.Locate(heihe, nil); answer.Question == nil || f != nil {
		t.Error("degrees without a system are taken")
	}
	f, _, err := plain.Locate(heihe, &read.Choice{System: crs.GCJ02})
	if err != nil || len(f) != 1 || math.Abs(crs.Distance(f[0].Geometry.Polygons[0][0][0], spatial.XY{X: 127.5, Y: 50.25})-560) > 20 {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestFilesOfGDAL reads what ogr2ogr writes: Shapefile, GeoPackage, KML, DXF.
func TestFilesOfGDAL(t *testing.T) {
	ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		testkit.Missing(t, "ogr2ogr (Debian: gdal-bin)")
	}
	dir := t.TempDir()
	const in = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"ZH1","name":"示例单元"},"geometry":{"type":"Polygon","coordinates":[[[127.5,50.25],[127.51,50.25],[127.51,50.26],[127.5,50.26],[127.5,50.25]],[[127.504,50.254],[127.504,50.256],[127.506,50.256],[127.506,50.254],[127.504,50.254]]]}},
{"type":"Feature","properties":{"code":"ZH2","name":"示例二"},"geometry":{"type":"MultiPolygon","coordinates":[[[[127.6,50.25],[127.61,50.25],[127.61,50.26],[127.6,50.25]]],[[[127.7,50.25],[127.71,50.25],[127.71,50.26],[127.7,50.25]]]]}}]}`
	source := filepath.Join(dir, "in.geojson")
	if err := os.WriteFile(source, []byte(in), 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := read.File(source, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	area := func(r *read.Result) (sum float64) {
		features, answer, err := r.Locate(heihe, nil)
		if err != nil || answer.Question != nil {
			t.Errorf("%s: %+v, %v", r.Format, answer.Question, err)
		}
		for _, f := range features {
			sum += crs.Area(f.Geometry.Polygons...)
		}
		return sum
	}
	for _, tt := range []struct {
		file string
		args []string
		code string
	}{
		{"degrees.shp", []string{"-f", "ESRI Shapefile", "-a_srs", "EPSG:4490", "-lco", "ENCODING=GBK"}, "ZH1"},
		{"metres.shp", []string{"-f", "ESRI Shapefile", "-s_srs", "EPSG:4490", "-t_srs", "EPSG:4530", "-lco", "ENCODING=UTF-8"}, "ZH1"},
		{"utm.gpkg", []string{"-f", "GPKG", "-t_srs", "EPSG:32652"}, "ZH1"},
		{"a b#.gpkg", []string{"-f", "GPKG", "-a_srs", "EPSG:4490"}, "ZH1"},
		{"mercator.gpkg", []string{"-f", "GPKG", "-t_srs", "EPSG:3857"}, "ZH1"},
		{"out.kml", []string{"-f", "KML"}, ""},
	} {
		t.Run(tt.file, func(t *testing.T) {
			path := filepath.Join(dir, tt.file)
			if out, err := exec.Command(ogr, append(tt.args, path, source)...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			r, err := read.File(path, read.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Features) != 2 || tt.code != "" && (r.Features[0].Value("code") != tt.code || r.Features[0].Value("name") != "示例单元") {
				t.Errorf("%+v", r.Features)
			}
			// Metres make straight lines of what was straight in degrees.
			if got, want := area(r), area(want); math.Abs(got-want) > 1e-5*want {
				t.Errorf("area %g, want %g; stated %v", got, want, r.Stated)
			}
		})
	}
	for _, ext := range []string{".prj", ".dbf", ".cpg"} {
		os.Remove(filepath.Join(dir, "metres"+ext))
	}
	r, err := read.File(filepath.Join(dir, "metres.shp"), read.Options{})
	if err != nil || r.Stated != nil || len(r.Issues) != 2 {
		t.Fatalf("without .prj and .dbf: %+v, %v", r, err)
	}
	// The number before the easting still says which zone.
	if _, answer, _ := r.Locate(heihe, nil); answer.Question != nil || answer.System != crs.Zone(3, 42) || len(answer.Issues) != 1 {
		t.Errorf("%+v", answer)
	}
}
