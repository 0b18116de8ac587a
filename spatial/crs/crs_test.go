package crs_test

import (
	"math"
	"strings"
	"testing"

	"pingzhang/spatial"
	"pingzhang/spatial/crs"
)

// heihe is the extent of a city that spans two 3° zones.
var heihe = crs.City{Name: "黑河市", Box: spatial.Box{Min: spatial.XY{X: 124.7, Y: 47.7}, Max: spatial.XY{X: 129.3, Y: 51.1}}}

func TestSmallAreas(t *testing.T) {
	plane := crs.GaussKrueger(3, 126)
	for _, side := range []float64{0.5, 10, 300} {
		var ring spatial.Ring
		for _, c := range []spatial.XY{{X: 0, Y: 0}, {X: side, Y: 0}, {X: side, Y: side}, {X: 0, Y: side}, {X: 0, Y: 0}} {
			p, err := plane.ToLonLat(spatial.XY{X: 500000 + c.X - side/2, Y: 5550000 + c.Y})
			if err != nil {
				t.Fatal(err)
			}
			ring = append(ring, p)
		}
		// On the central meridian the plane is true. 1e-14° is 1e-9 m.
		if got := crs.RingArea(ring); math.Abs(got-side*side) > 1e-8*side*side+1e-7*side {
			t.Errorf("square of %g m: %.12g m²", side, got)
		}
		if got := crs.RingArea(ring.Reversed()); got >= 0 {
			t.Errorf("a clockwise ring has the area %g", got)
		}
	}
}

func TestShiftedSystemsComeBack(t *testing.T) {
	for _, s := range []crs.System{crs.GCJ02, crs.BD09} {
		var worst float64
		for x := 74.0; x < 135; x += 0.73 {
			for y := 18.0; y < 54; y += 0.61 {
				p := spatial.XY{X: x, Y: y}
				there, err := s.FromLonLat(p)
				if err != nil {
					t.Fatal(err)
				}
				back, err := s.ToLonLat(there)
				if err != nil {
					t.Fatal(err)
				}
				worst = max(worst, math.Hypot(back.X-x, back.Y-y))
			}
		}
		if worst > 1e-9 {
			t.Errorf("%s: back within %g°", s, worst)
		}
		p := spatial.XY{X: 127.5, Y: 50.25}
		there, _ := s.FromLonLat(p)
		d := crs.Distance(p, there)
		// Measured with gcoord 1.0.7: 560 and 1290 m at Heihe.
		if want := map[crs.System]float64{crs.GCJ02: 560, crs.BD09: 1290}[s]; math.Abs(d-want) > 20 {
			t.Errorf("%s is %g m off, want about %g", s, d, want)
		}
	}
}

func TestRefusesWhatIsNoPosition(t *testing.T) {
	for _, s := range []crs.System{crs.LonLat, crs.GCJ02, crs.Zone(3, 42), crs.Mercator} {
		for _, p := range []spatial.XY{{X: math.NaN(), Y: 50}, {X: 127, Y: math.Inf(1)}, {X: 1e300, Y: 5}} {
			if _, err := s.ToLonLat(p); err == nil {
				t.Errorf("%s takes %v", s, p)
			}
		}
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name string
		want crs.System
	}{
		{"EPSG:4490", crs.LonLat},
		{"urn:ogc:def:crs:EPSG::4551", crs.GaussKrueger(3, 126)},
		{"urn:ogc:def:crs:OGC:1.3:CRS84", crs.LonLat84},
		{"http://www.opengis.net/def/crs/EPSG/0/4530", crs.Zone(3, 42)},
		{"4497", crs.Zone(6, 19)},
		{"gcj-02", crs.GCJ02},
		{"BD09", crs.BD09},
		{"CGCS2000 3度带 42带", crs.Zone(3, 42)},
		{"2000国家大地坐标系，3度带，中央经线126度", crs.GaussKrueger(3, 126)},
		{"2000国家大地坐标系", crs.LonLat},
	} {
		got, err := crs.Parse(tt.name)
		if err != nil || got != tt.want {
			t.Errorf("Parse(%q) = %v, %v; want %v", tt.name, got, err, tt.want)
		}
	}
	for code := 4490; code <= 4554; code++ {
		if s, ok := crs.ByEPSG(code); !ok || s.EPSG() != code {
			t.Errorf("EPSG:%d is %v, whose code is %d", code, s, s.EPSG())
		}
	}
	if _, err := crs.Parse("火星"); err == nil {
		t.Error("a name that means nothing is taken")
	}
}

func TestParseWKT(t *testing.T) {
	const esri = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	gk := func(name, east string) string {
		return `PROJCS["` + name + `",` + esri + `,PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",` + east + `],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",126.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
	}
	for _, tt := range []struct {
		name, text string
		want       crs.System
	}{
		{"degrees", esri, crs.LonLat},
		{"zone 42", gk("CGCS2000_3_Degree_GK_Zone_42", "42500000.0"), crs.Zone(3, 42)},
		{"meridian 126", gk("CGCS2000_3_Degree_GK_CM_126E", "500000.0"), crs.GaussKrueger(3, 126)},
		{"WGS 84", `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]`, crs.LonLat84},
		{"WKT 2", `PROJCRS["CGCS2000 / 3-degree Gauss-Kruger CM 126E",BASEGEOGCRS["China Geodetic Coordinate System 2000",DATUM["China 2000",ELLIPSOID["CGCS2000",6378137,298.257222101,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0]],CONVERSION["x",METHOD["Transverse Mercator",ID["EPSG",9807]],PARAMETER["Latitude of natural origin",0],PARAMETER["Longitude of natural origin",126],PARAMETER["Scale factor at natural origin",1],PARAMETER["False easting",500000],PARAMETER["False northing",0]],CS[Cartesian,2],LENGTHUNIT["metre",1],ID["EPSG",4551]]`, crs.GaussKrueger(3, 126)},
	} {
		got, err := crs.ParseWKT(tt.text)
		if err != nil || got != tt.want {
			t.Errorf("%s: %#v, %v; want %#v", tt.name, got, err, tt.want)
		}
	}
	old, err := crs.ParseWKT(strings.ReplaceAll(gk("Xian_1980_3_Degree_GK_Zone_42", "42500000"), "China_Geodetic_Coordinate_System_2000", "Xian_1980"))
	if err != nil || old.Datum != crs.Xian80 {
		t.Errorf("Xian 1980 is %v, %v", old, err)
	}
	if _, err := old.ToLonLat(spatial.XY{X: 42500000, Y: 5500000}); err == nil || !strings.Contains(err.Error(), "西安80") {
		t.Errorf("an old datum is converted: %v", err)
	}
	for _, bad := range []string{"", "[", "PROJCS[", strings.Repeat("A[", 1000), `GEOGCS["x",DATUM["y"]]`, strings.Replace(gk("x", "0"), `"Meter",1.0`, `"Foot",0.3048`, 1)} {
		if s, err := crs.ParseWKT(bad); err == nil {
			t.Errorf("%.30q is read as %v", bad, s)
		}
	}
}

func TestJudge(t *testing.T) {
	at := []spatial.XY{{X: 127.50, Y: 50.25}, {X: 127.51, Y: 50.25}, {X: 127.51, Y: 50.26}}
	in := func(s crs.System, swap bool) []spatial.XY {
		var out []spatial.XY
		for _, p := range at {
			q, err := s.FromLonLat(p)
			if err != nil {
				t.Fatal(err)
			}
			if swap {
				q.X, q.Y = q.Y, q.X
			}
			out = append(out, q)
		}
		return out
	}
	moved := func(points []spatial.XY, dx float64) []spatial.XY {
		for i := range points {
			points[i].X += dx
		}
		return points
	}
	zone42, lonlat := crs.Zone(3, 42), crs.LonLat
	west := moved(in(zone42.Bare(), false), -142600) // 125.5° east of Greenwich, or 128.5
	for _, tt := range []struct {
		name   string
		points []spatial.XY
		stated *crs.System
		want   crs.System // where it is settled
		code   string     // of the question, or of the issue where it is settled
		has    string     // first candidate
		count  int
	}{
		{"stated and in the city", in(lonlat, false), &lonlat, lonlat, "", "", 0},
		{"a zone number says which zone", in(zone42, false), nil, zone42, "system_assumed", "", 0},
		{"bare metres that land by one meridian only", in(zone42.Bare(), false), nil, zone42.Bare(), "system_assumed", "", 0},
		{"bare metres may be of several meridians", west, nil, crs.System{}, "which_system", "中央经线 126°E", 2},
		{"degrees are asked about", in(lonlat, false), nil, crs.System{}, "which_system", "CGCS2000 经纬度", 3},
		{"swapped axes are asked about", in(zone42, true), nil, crs.System{}, "which_system", "横纵坐标次序颠倒", 1},
		{"a stated system with swapped axes is asked about", in(zone42, true), &zone42, crs.System{}, "system_contradicted", "颠倒", 1},
		{"a wrong number before the easting", moved(in(zone42, false), -2e6), nil, crs.System{}, "which_system", "带号 40 应为", 1},
		{"a stated system that is another", in(zone42.Bare(), false), &zone42, crs.System{}, "system_contradicted", "不含带号", 1},
		{"degrees in a file that says metres", in(lonlat, false), &zone42, crs.System{}, "system_contradicted", "CGCS2000 经纬度", 3},
		{"elsewhere by any reading", []spatial.XY{{X: 113.2, Y: 23.1}}, nil, crs.System{}, "outside_city", "", 0},
		{"mixed systems", append(in(lonlat, false), in(zone42, false)...), nil, crs.System{}, "mixed_systems", "", 0},
		{"a local grid", []spatial.XY{{X: 1200, Y: 3400}}, nil, crs.System{}, "outside_city", "", 0},
		{"partly outside", append(in(lonlat, false), spatial.XY{X: 131, Y: 50}), &lonlat, lonlat, "partly_outside", "", 0},
		{"nothing but NaN", []spatial.XY{{X: math.NaN(), Y: 1}}, nil, crs.System{}, "no_position", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := crs.Judge(tt.points, tt.stated, heihe)
			if tt.want != (crs.System{}) {
				if got.Question != nil || got.System != tt.want {
					t.Fatalf("%v, question %+v", got.System, got.Question)
				}
				if tt.code == "" && len(got.Issues) > 0 || tt.code != "" && (len(got.Issues) != 1 || got.Issues[0].Code != tt.code) {
					t.Errorf("issues %+v", got.Issues)
				}
				return
			}
			q := got.Question
			if q == nil {
				t.Fatalf("settled as %v", got.System)
			}
			if q.Code != tt.code || len(q.Candidates) != tt.count || q.Zh == "" {
				t.Fatalf("%s, %d candidates: %+v", q.Code, len(q.Candidates), q)
			}
			if tt.count > 0 && !strings.Contains(q.Candidates[0].Zh, tt.has) {
				t.Errorf("first candidate %q, want %q", q.Candidates[0].Zh, tt.has)
			}
		})
	}
}

func TestOutlineDecides(t *testing.T) {
	city := heihe
	city.Outline = []spatial.Polygon{{{{X: 125, Y: 48}, {X: 127.4, Y: 48}, {X: 127.4, Y: 50.2}, {X: 125, Y: 50.2}, {X: 125, Y: 48}}}}
	lonlat := crs.LonLat
	over := []spatial.XY{{X: 127.6, Y: 50.3}} // the other bank
	if got := crs.Judge(over, &lonlat, city); got.Question == nil {
		t.Error("a position beyond the outline, within the box, is taken")
	}
}

func FuzzWKT(f *testing.F) {
	f.Add(`PROJCS["a",GEOGCS["CGCS2000",DATUM["D"]],PROJECTION["Gauss_Kruger"],PARAMETER["Central_Meridian",126]]`)
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := crs.ParseWKT(text); err == nil {
			_ = s.String()
			s.ToLonLat(spatial.XY{X: 42500000, Y: 5500000})
		}
	})
}
