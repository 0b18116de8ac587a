package read

import (
	"regexp"
	"strconv"
	"strings"
)

// A cell of a list, read as a coordinate.
type number struct {
	value   float64
	integer bool // written without decimals
	degrees bool // written with degrees and minutes, or with a letter of direction
	east    bool // says that it is a longitude
	north   bool // says that it is a latitude
}

var (
	dms     = regexp.MustCompile(`^([+-]?\d{1,3})\s*[°度:dD－-]\s*(\d{1,2}(?:\.\d+)?)\s*(?:['′’分:－-]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:["″”秒]|''|′′)?)?)?$`)
	decimal = regexp.MustCompile(`^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$`)
	wide    = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9", "．", ".", "－", "-", "：", ":", "　", " ")
)

// parseNumber reads decimals, and degrees with minutes and seconds (127°30′12.5″,
// 127-30-12.5, 127:30:12.5, 127度30分12.5秒, E127°30′12.5″, 东经…).
func parseNumber(s string) (n number, ok bool) {
	s = strings.TrimSpace(wide.Replace(s))
	for _, mark := range []string{"东经", "E", "e", "经度"} {
		if t := strings.TrimSuffix(strings.TrimPrefix(s, mark), mark); t != s {
			s, n.east, n.degrees = strings.TrimLeft(t, ":= "), true, true
			break
		}
	}
	for _, mark := range []string{"北纬", "N", "n", "纬度"} {
		if t := strings.TrimSuffix(strings.TrimPrefix(s, mark), mark); t != s {
			s, n.north, n.degrees = strings.TrimLeft(t, ":= "), true, true
			break
		}
	}
	s = strings.TrimSpace(s)
	if bare := strings.TrimSuffix(strings.TrimSuffix(s, "°"), "度"); bare != s && decimal.MatchString(bare) {
		s, n.degrees = bare, true
	}
	if decimal.MatchString(s) {
		v, err := strconv.ParseFloat(s, 64)
		n.value, n.integer = v, !strings.ContainsAny(s, ".eE")
		return n, err == nil
	}
	m := dms.FindStringSubmatch(s)
	if m == nil {
		return n, false
	}
	d, _ := strconv.ParseFloat(m[1], 64)
	minutes, _ := strconv.ParseFloat(m[2], 64)
	seconds := 0.0
	if m[3] != "" {
		seconds, _ = strconv.ParseFloat(m[3], 64)
	}
	if minutes >= 60 || seconds >= 60 {
		return n, false
	}
	part := minutes/60 + seconds/3600
	if strings.HasPrefix(m[1], "-") {
		part = -part
	}
	n.value, n.degrees = d+part, true
	return n, true
}
