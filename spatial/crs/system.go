package crs

import (
	"math"

	"pingzhang/spatial"
)

// A Kind is how the numbers of a system are made.
type Kind string

const (
	Degrees     Kind = "degrees"      // longitude and latitude
	Transverse  Kind = "transverse"   // Gauss-Krüger and UTM
	WebMercator Kind = "web_mercator" // EPSG:3857
	GCJ         Kind = "gcj02"
	BD          Kind = "bd09"
)

// A Datum is what longitude and latitude refer to.
type Datum string

const (
	CGCS2000  Datum = "CGCS2000"
	WGS84     Datum = "WGS84"
	Xian80    Datum = "西安80"
	Beijing54 Datum = "北京54"
)

// A System is a coordinate system. Systems are compared with ==.
type System struct {
	Kind     Kind
	Datum    Datum
	Meridian float64 // central meridian of a Transverse
	Width    int     // 3 or 6 for a zone of the national division, else 0
	Prefix   int     // zone number before the easting; 0 for none
	East     float64 // false easting, without the prefix
	North    float64 // false northing
	Scale    float64 // on the central meridian; 1 for Gauss-Krüger
}

// Lon/lat systems and the shifted ones.
var (
	LonLat   = System{Kind: Degrees, Datum: CGCS2000} // EPSG:4490
	LonLat84 = System{Kind: Degrees, Datum: WGS84}    // EPSG:4326
	GCJ02    = System{Kind: GCJ, Datum: WGS84}
	BD09     = System{Kind: BD, Datum: WGS84}
	Mercator = System{Kind: WebMercator, Datum: WGS84} // EPSG:3857
)

// GaussKrueger returns the CGCS2000 system about a central meridian, without a
// zone before the easting. Width is 3 or 6, or 0 for a meridian of one's own.
func GaussKrueger(width int, meridian float64) System {
	return System{Kind: Transverse, Datum: CGCS2000, Meridian: meridian, Width: width, East: 500000, Scale: 1}
}

// Zone returns the CGCS2000 system of a numbered zone, with the number before
// the easting: 25-45 of 3°, 13-23 of 6°.
func Zone(width, number int) System {
	meridian := float64(3 * number)
	if width == 6 {
		meridian = float64(6*number - 3)
	}
	s := GaussKrueger(width, meridian)
	s.Prefix = number
	return s
}

// For returns the 3° system without prefix whose central meridian is nearest to
// a longitude: the plane in which a city's boundaries are overlaid.
func For(longitude float64) System {
	return GaussKrueger(3, 3*math.Round(longitude/3))
}

// number returns the number of the zone, whether it is written before the
// easting or not; 0 where there is none.
func (s System) number() int {
	switch s.Width {
	case 3:
		return int(math.Round(s.Meridian / 3))
	case 6:
		return int(math.Round((s.Meridian + 3) / 6))
	}
	return 0
}

// Prefixed returns the system with the zone number before the easting, or s
// where it has no numbered zone.
func (s System) Prefixed() System {
	s.Prefix = s.number()
	return s
}

// Bare returns the system without a zone number before the easting.
func (s System) Bare() System {
	s.Prefix = 0
	return s
}

// Planar reports whether the numbers are metres.
func (s System) Planar() bool { return s.Kind == Transverse || s.Kind == WebMercator }

const mercatorRadius = 6378137.0

// ToLonLat returns the longitude and latitude (CGCS2000, WGS84) of p. It fails
// where p is not finite or lies where the system has no meaning.
func (s System) ToLonLat(p spatial.XY) (spatial.XY, error) {
	if !p.Finite() {
		return p, spatial.Refuse("not_finite", "", "坐标不是有效数字（NaN 或无穷大），请从源数据重新导出")
	}
	if s.Datum == Xian80 || s.Datum == Beijing54 {
		return p, s.refuseDatum()
	}
	switch s.Kind {
	case Transverse:
		x := (p.X - s.East - float64(s.Prefix)*1e6) / s.Scale
		y := (p.Y - s.North) / s.Scale
		// Beyond a third of the globe from the meridian the series means nothing.
		if math.Abs(x) > 2.2e6 || math.Abs(y) > 1.0e7 {
			return p, spatial.Refuse("outside_projection", "", "坐标（%.3f，%.3f）不在%s的范围内", p.X, p.Y, s)
		}
		lambda, phi := unproject(x, y)
		return spatial.XY{X: s.Meridian + lambda*180/math.Pi, Y: phi * 180 / math.Pi}, nil
	case WebMercator:
		if math.Abs(p.X) > 2.1e7 || math.Abs(p.Y) > 2.1e7 {
			return p, spatial.Refuse("outside_projection", "", "坐标（%.3f，%.3f）不在 Web 墨卡托投影的范围内", p.X, p.Y)
		}
		return spatial.XY{X: p.X / mercatorRadius * 180 / math.Pi, Y: math.Atan(math.Sinh(p.Y/mercatorRadius)) * 180 / math.Pi}, nil
	}
	if math.Abs(p.X) > 180 || math.Abs(p.Y) > 90 {
		return p, spatial.Refuse("not_degrees", "", "坐标（%g，%g）不是经纬度：经度应在 ±180 之间，纬度应在 ±90 之间", p.X, p.Y)
	}
	switch s.Kind {
	case GCJ:
		return undo(p, toGCJ), nil
	case BD:
		return undo(undo(p, toBD), toGCJ), nil
	}
	return p, nil
}

// FromLonLat returns the numbers of the system for a longitude and latitude.
func (s System) FromLonLat(p spatial.XY) (spatial.XY, error) {
	if !p.Finite() || math.Abs(p.X) > 180 || math.Abs(p.Y) > 90 {
		return p, spatial.Refuse("not_degrees", "", "（%g，%g）不是经纬度", p.X, p.Y)
	}
	switch s.Kind {
	case Transverse:
		d := math.Remainder(p.X-s.Meridian, 360)
		if math.Abs(d) > 20 {
			return p, spatial.Refuse("outside_projection", "", "经度 %g 距中央经线 %g 太远，不能投影", p.X, s.Meridian)
		}
		x, y := project(d*math.Pi/180, p.Y*math.Pi/180)
		return spatial.XY{X: x*s.Scale + s.East + float64(s.Prefix)*1e6, Y: y*s.Scale + s.North}, nil
	case WebMercator:
		if math.Abs(p.Y) > 85.06 {
			return p, spatial.Refuse("outside_projection", "", "纬度 %g 超出 Web 墨卡托投影的范围", p.Y)
		}
		return spatial.XY{X: p.X * math.Pi / 180 * mercatorRadius, Y: math.Asinh(math.Tan(p.Y*math.Pi/180)) * mercatorRadius}, nil
	case GCJ:
		return toGCJ(p), nil
	case BD:
		return toBD(toGCJ(p)), nil
	}
	return p, nil
}

// refuseDatum says why a system of an old datum is not converted.
func (s System) refuseDatum() error {
	return spatial.Refuse("old_datum", "", "坐标系为%s，与 CGCS2000 相差数十米，转换参数由自然资源（测绘）部门掌握；请请其转换为 CGCS2000 后再导入", s.Datum)
}
