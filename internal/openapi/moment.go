package openapi

import (
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/clock"
)

// momentForms are the forms of a time that say a zone or mean Shanghai.
var momentForms = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
	"20060102150405", // as HJ 212 writes DataTime
	time.DateOnly,
}

const momentHelp = "时间应写成 2026-09-01T08:00:00+08:00、2026-09-01T08:00:00（北京时间）、20260901080000 或 Unix 秒"

// moment reads a time; false when s is none. Without a zone it is Shanghai's.
func moment(s string) (time.Time, bool) {
	// A plus that was not escaped in a query arrives as a space.
	if i := strings.LastIndexByte(s, ' '); i > 0 && strings.ContainsRune(s[:i], 'T') {
		s = s[:i] + "+" + s[i+1:]
	}
	for _, form := range momentForms {
		if t, err := time.ParseInLocation(form, s, clock.Shanghai); err == nil {
			return t.In(clock.Shanghai), true
		}
	}
	// 14 digits are a DataTime and were read above, or are none.
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) <= 11 && len(s) >= 9 {
		return clock.Unix(n), true
	}
	return time.Time{}, false
}

// stamp writes a time as RFC 3339 at +08:00; empty when it is zero.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clock.Shanghai).Format(time.RFC3339)
}

// stampUnix writes stored seconds; empty when they are 0.
func stampUnix(s int64) string {
	if s == 0 {
		return ""
	}
	return stamp(clock.Unix(s))
}
