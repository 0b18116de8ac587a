package crs

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"pingzhang/spatial"
)

// String returns the Chinese name, as it stands in reports.
func (s System) String() string {
	switch s.Kind {
	case Degrees:
		return string(s.Datum) + " 经纬度"
	case WebMercator:
		return "Web 墨卡托（EPSG:3857）"
	case GCJ:
		return "GCJ-02（高德、腾讯地图坐标）"
	case BD:
		return "BD-09（百度地图坐标）"
	case Transverse:
		if s.Scale == 0.9996 {
			return fmt.Sprintf("%s UTM，中央经线 %g°E", s.Datum, s.Meridian)
		}
		name := fmt.Sprintf("%s 高斯-克吕格", s.Datum)
		if s.Width > 0 {
			name += fmt.Sprintf(" %d 度带", s.Width)
		}
		name += fmt.Sprintf("，中央经线 %g°E", s.Meridian)
		if s.Prefix > 0 {
			return name + fmt.Sprintf("，横坐标含带号 %d", s.Prefix)
		}
		return name + "，横坐标不含带号"
	}
	return "未知坐标系"
}

// EPSG returns the code of the system, 0 where it has none.
func (s System) EPSG() int {
	switch s.Kind {
	case Degrees:
		return map[Datum]int{CGCS2000: 4490, WGS84: 4326, Xian80: 4610, Beijing54: 4214}[s.Datum]
	case WebMercator:
		return 3857
	case Transverse:
		n := s.number()
		switch {
		case s.Scale == 0.9996 && s.Datum == WGS84:
			return 32600 + int(math.Round((s.Meridian+183)/6))
		case s.Datum != CGCS2000 || s.Scale != 1:
		case s.Width == 6 && n >= 13 && n <= 23 && s.Prefix == n:
			return 4491 + n - 13
		case s.Width == 3 && n >= 25 && n <= 45 && s.Prefix == n:
			return 4513 + n - 25
		case s.Prefix != 0:
		case s.Width == 6 && n >= 13 && n <= 23:
			return 4502 + n - 13
		case s.Width == 3 && n >= 25 && n <= 45:
			return 4534 + n - 25
		}
	}
	return 0
}

// ByEPSG returns the system of a code.
func ByEPSG(code int) (System, bool) {
	utm := func(zone int, datum Datum) System {
		return System{Kind: Transverse, Datum: datum, Meridian: float64(6*zone - 183), East: 500000, Scale: 0.9996}
	}
	old := func(s System, d Datum) System { s.Datum = d; return s }
	switch {
	case code == 4490:
		return LonLat, true
	case code == 4326 || code == 4979:
		return LonLat84, true
	case code == 4610:
		return System{Kind: Degrees, Datum: Xian80}, true
	case code == 4214:
		return System{Kind: Degrees, Datum: Beijing54}, true
	case code == 3857 || code == 900913 || code == 102100:
		return Mercator, true
	case code >= 4491 && code <= 4501:
		return Zone(6, code-4491+13), true
	case code >= 4502 && code <= 4512:
		return Zone(6, code-4502+13).Bare(), true
	case code >= 4513 && code <= 4533:
		return Zone(3, code-4513+25), true
	case code >= 4534 && code <= 4554:
		return Zone(3, code-4534+25).Bare(), true
	case code >= 2327 && code <= 2390: // 西安80, 6° and 3°
		return old(Zone(3, 25), Xian80), true
	case code >= 2401 && code <= 2442, code >= 21413 && code <= 21483: // 北京54
		return old(Zone(3, 25), Beijing54), true
	case code >= 32643 && code <= 32653:
		return utm(code-32600, WGS84), true
	}
	return System{}, false
}

var (
	epsgText = regexp.MustCompile(`(?i)EPSG\W{0,3}(?:\d+(?:\.\d+)*[:/])?(\d{4,6})|^(\d{4,6})$`)
	zoneText = regexp.MustCompile(`(\d{2})\s*带`)
	midText  = regexp.MustCompile(`(?i)(?:中央(?:经|子午)线|CM)\D{0,3}(\d{2,3}(?:\.\d+)?)`)
)

// Parse reads a system as people and programs name it: EPSG:4551,
// urn:ogc:def:crs:EPSG::4490, CRS84, gcj02, bd09, CGCS2000 3度带 42带,
// 2000国家大地坐标系 中央经线126. A zone without word of a prefix has none.
func Parse(text string) (System, error) {
	t := strings.ToUpper(strings.TrimSpace(text))
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(t)
	if m := epsgText.FindStringSubmatch(t); m != nil {
		code, _ := strconv.Atoi(m[1] + m[2])
		if s, ok := ByEPSG(code); ok {
			return s, nil
		}
		return System{}, spatial.Refuse("unknown_epsg", "", "不认识坐标系代码 EPSG:%d；可用 4490（CGCS2000 经纬度）、4513-4554（3 度带）、4491-4512（6 度带）、4326", code)
	}
	switch {
	case strings.Contains(t, "CRS84"):
		return LonLat84, nil
	case strings.Contains(plain, "GCJ02"):
		return GCJ02, nil
	case strings.Contains(plain, "BD09"):
		return BD09, nil
	case strings.Contains(t, "西安") || strings.Contains(t, "XIAN") || strings.Contains(plain, "1980西安"):
		return System{Kind: Degrees, Datum: Xian80}, nil
	case strings.Contains(t, "北京") || strings.Contains(t, "BEIJING"):
		return System{Kind: Degrees, Datum: Beijing54}, nil
	}
	wide := 0
	switch {
	case strings.Contains(t, "6度") || strings.Contains(t, "六度") || strings.Contains(t, "6°"):
		wide = 6
	case strings.Contains(t, "3度") || strings.Contains(t, "三度") || strings.Contains(t, "3°"):
		wide = 3
	}
	if m := midText.FindStringSubmatch(t); m != nil {
		if l, err := strconv.ParseFloat(m[1], 64); err == nil && l > 60 && l < 150 {
			return GaussKrueger(zoneWidth(l, wide), l), nil
		}
	}
	if m := zoneText.FindStringSubmatch(t); m != nil {
		n, _ := strconv.Atoi(m[1])
		if s, ok := numbered(n); ok && (wide == 0 || wide == s.Width) {
			if strings.Contains(t, "不含带号") || strings.Contains(t, "无带号") {
				s = s.Bare()
			}
			return s, nil
		}
	}
	switch {
	case strings.Contains(plain, "WGS84"):
		return LonLat84, nil
	case wide == 0 && (strings.Contains(plain, "CGCS2000") || strings.Contains(t, "2000国家大地")):
		return LonLat, nil
	}
	return System{}, spatial.Refuse("unknown_system", "", "不认识坐标系“%s”；请写 EPSG 代码（如 EPSG:4490、EPSG:4551）、gcj02、bd09，或“CGCS2000 3度带 42带”", text)
}

// numbered returns the zone with a number: 13-23 are of 6°, 25-45 of 3°.
func numbered(n int) (System, bool) {
	switch {
	case n >= 13 && n <= 23:
		return Zone(6, n), true
	case n >= 25 && n <= 45:
		return Zone(3, n), true
	}
	return System{}, false
}

// zoneWidth returns wide where the meridian is one of that division, else the
// width of the division it does belong to, else 0.
func zoneWidth(meridian float64, wide int) int {
	three, six := math.Mod(meridian, 3) == 0, math.Mod(meridian+3, 6) == 0
	switch {
	case wide == 6 && six:
		return 6
	case three:
		return 3
	}
	return 0
}
