package hj212

import (
	"encoding/binary"
	"time"
)

// Zone is UTC+8, in which all times of HJ 212 are. China has no summer time.
var Zone = time.FixedZone("UTC+8", 8*60*60)

const zoneMillis = 8 * 60 * 60 * 1000

// StampLayout is the form of DataTime, BeginTime, EndTime and SystemTime.
const StampLayout = "20060102150405"

// parseStamp reads a time of 12 (no seconds), 14, 16, 17 (milliseconds) or more
// digits; of 16 and 18 digits, which no edition knows and devices send, it takes
// the first 14 and, of 18, the three that follow. ms is since 1970 UTC. width is
// that of b. ok is false where b is no such time; 30 February is none.
func parseStamp(b []byte) (ms int64, width int, ok bool) {
	width = len(b)
	if width < 12 || width > 18 || width == 13 || width == 15 {
		return 0, width, false
	}
	date, ok := eightDigits(binary.LittleEndian.Uint64(b))
	if !ok {
		return 0, width, false
	}
	// The day again, hour, minute and second: also eight digits. A time without
	// seconds gets two zeros.
	var word uint64
	if width >= 14 {
		word = binary.LittleEndian.Uint64(b[6:])
	} else {
		word = binary.LittleEndian.Uint64(b[4:])>>16 | '0'<<48 | '0'<<56
	}
	clock, ok := eightDigits(word)
	if !ok {
		return 0, width, false
	}
	year, month, day := int(date/10000), int(date/100%100), int(date%100)
	hour, minute, second := int(clock/10000%100), int(clock/100%100), int(clock%100)
	if hour > 23 || minute > 59 || second > 59 || !realDate(year, month, day) {
		return 0, width, false
	}
	milli := 0
	for i := 14; i < width; i++ {
		c := b[i] - '0'
		if c > 9 {
			return 0, width, false
		}
		if width >= 17 && i < 17 {
			milli = milli*10 + int(c)
		}
	}
	days := daysSince1970(year, month, day)
	return ((days*24+int64(hour))*60+int64(minute))*60_000 + int64(second)*1000 + int64(milli) - zoneMillis, width, true
}

// ParseTime reads a time as parseStamp does, as a time in UTC+8.
func ParseTime(b []byte) (time.Time, bool) {
	ms, _, ok := parseStamp(b)
	return timeOf(ms, ok), ok
}

func timeOf(ms int64, ok bool) time.Time {
	if !ok {
		return time.Time{}
	}
	return time.UnixMilli(ms).In(Zone)
}

// eightDigits reads eight digits at once; w is little endian, so the first
// digit is its lowest byte.
func eightDigits(w uint64) (uint64, bool) {
	const high, zeros = 0xF0F0F0F0F0F0F0F0, 0x3030303030303030
	if w&high != zeros || (w+0x0606060606060606)&high != zeros {
		return 0, false
	}
	w &= 0x0F0F0F0F0F0F0F0F
	w = w * 2561 >> 8 & 0x00FF00FF00FF00FF
	w = w * 6553601 >> 16 & 0x0000FFFF0000FFFF
	return w * 42949672960001 >> 32, true
}

func realDate(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 || year < 1 {
		return false
	}
	last := int(monthDays[month])
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		last = 29
	}
	return day <= last
}

var monthDays = [13]uint8{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// daysSince1970 counts days of the Gregorian calendar, years beginning in March
// so that the leap day comes last.
func daysSince1970(year, month, day int) int64 {
	y, mp := year, month-3
	if mp < 0 {
		y, mp = y-1, mp+12
	}
	return int64(y)*365 + int64(y/4-y/100+y/400) + int64((153*mp+2)/5+day-1) - 719468
}

// AppendStamp appends the 14 digits of t in UTC+8.
func AppendStamp(dst []byte, t time.Time) []byte {
	return t.In(Zone).AppendFormat(dst, StampLayout)
}

// AppendQN appends the 17 digits of t in UTC+8.
func AppendQN(dst []byte, t time.Time) []byte {
	t = t.In(Zone)
	ms := t.Nanosecond() / 1_000_000
	dst = t.AppendFormat(dst, StampLayout)
	return append(dst, byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}
