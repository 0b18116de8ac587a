package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"pingzhang/standard"
)

// Beijing is the time in which every table is read and written.
var Beijing = time.FixedZone("CST", 8*60*60)

// A Moment is a cell of a column of months, days or times.
type Moment struct {
	Raw   string          // as it shows, untouched
	Time  time.Time       // in Beijing, the beginning of the month, day or hour; zero when there is an Issue
	Unit  standard.Period // how exactly it is given: Month, Day, Hour, Minute, or Instant with seconds
	Issue standard.Issue  // why there is none
}

// Date returns the day; empty when there is none.
func (m Moment) Date() standard.Date {
	if m.Issue != "" || m.Unit == standard.Month {
		return ""
	}
	return standard.Date(m.Time.Format(time.DateOnly))
}

// The forms in which people write dates. The parts are year, month, day, hour,
// minute, second and zone.
var (
	written = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?` +
		`(?:(?:[T ]|日) *(\d{1,2})(?:[:时点](?:(\d{1,2})(?:[:分](?:(\d{1,2})(?:\.\d+)?秒?)?)?)?)(Z|[+-]\d{2}:?\d{2})?)?$`)
	compact = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(?:(\d{2}):?(?:(\d{2}))?)?)?()$`)
	// disordered is a date of which the first part is no year.
	disordered = regexp.MustCompile(`^\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,4}(?:日|\b)`)
)

// ReadMoment reads a date as people write it: 2026-11-24, 2026/11/24, 2026.11.24,
// 2026年11月24日, 20261124, each with a time of day after it (8:00, 08:00:30,
// 8时, 8时30分) or not; 2026112408; 2026-11-24T08:00:00+08:00; and a month
// as 2026-11 or 2026年11月. 24:00 is the end of the day. Years of two digits
// and days before months are DateOrder: there is no telling which is which.
func ReadMoment(text string) Moment {
	t := strings.Join(strings.Fields(trim(text)), " ")
	t = strings.ReplaceAll(t, "：", ":")
	bad := func(issue standard.Issue) Moment { return Moment{Raw: text, Issue: issue} }
	parts := written.FindStringSubmatch(t)
	if parts == nil {
		parts = compact.FindStringSubmatch(t)
	}
	if parts == nil {
		_, issue := standard.Read(t)
		switch {
		case issue == standard.NoValue || issue == standard.NotMeasured || issue == standard.FullWidth:
			return bad(issue)
		case disordered.MatchString(t):
			return bad(DateOrder)
		}
		return bad(NotDate)
	}
	m, ok := fromParts(parts[1:])
	if !ok {
		return bad(NoSuchDay)
	}
	m.Raw = text
	return m
}

// fromParts makes a moment of year, month, day, hour, minute, second and zone,
// the later of which may be empty.
func fromParts(parts []string) (Moment, bool) {
	var n [6]int
	for i := range n {
		n[i], _ = strconv.Atoi(parts[i])
	}
	m := Moment{Unit: standard.Instant}
	for i, unit := range []standard.Period{standard.Month, standard.Day, standard.Hour, standard.Minute} {
		if parts[i+2] == "" {
			m.Unit = unit
			break
		}
	}
	day := max(n[2], 1)
	if parts[2] != "" {
		day = n[2]
	}
	zone, ok := zoneOf(parts[6])
	m.Time = time.Date(n[0], time.Month(n[1]), day, n[3], n[4], n[5], 0, zone)
	midnight := n[3] == 24 && n[4] == 0 && n[5] == 0
	if midnight {
		m.Time = time.Date(n[0], time.Month(n[1]), day, 0, 0, 0, 0, zone)
	}
	// Date carries what is too large over into the next unit: the 30th of
	// February becomes a day in March.
	same := m.Time.Year() == n[0] && m.Time.Month() == time.Month(n[1]) && m.Time.Day() == day
	if !ok || !same || n[3] > 24 || n[3] == 24 && !midnight || n[4] > 59 || n[5] > 59 || n[0] == 0 {
		return Moment{}, false
	}
	if midnight {
		m.Time = m.Time.AddDate(0, 0, 1)
	}
	m.Time = m.Time.In(Beijing)
	return m, true
}

// zoneOf reads Z, +08:00 or +0800; nothing is Beijing.
func zoneOf(text string) (*time.Location, bool) {
	if text == "" {
		return Beijing, true
	}
	if text == "Z" {
		return time.UTC, true
	}
	digits := strings.ReplaceAll(text[1:], ":", "")
	hours, _ := strconv.Atoi(digits[:2])
	minutes, _ := strconv.Atoi(digits[2:])
	seconds := hours*3600 + minutes*60
	if text[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone(text, seconds), hours <= 14 && minutes <= 59
}

// moment reads the cell of f by the kind of its column.
func (r Row) moment(f Field) Moment {
	shown, stored := cell(r.line.shown, f.index), cell(r.line.stored, f.index)
	m := ReadMoment(shown)
	switch {
	case !r.sheet.book:
	case stored != "":
		if s, ok := r.sheet.serial(stored, shown); ok {
			m = s
		}
	case m.Issue == NotDate && plainSerial.MatchString(shown):
		// A number without a format, as a program leaves it that knows no dates.
		if s, ok := r.sheet.serial(shown, shown); ok {
			m = s
		}
	}
	m.Raw = shown
	if m.Issue == "" {
		switch {
		case (f.Kind == Date || f.Kind == Time) && m.Unit == standard.Month:
			m = Moment{Raw: shown, Issue: NoDay}
		case f.Kind == Time && m.Unit == standard.Day:
			m = Moment{Raw: shown, Issue: NoClock}
		}
	}
	return m
}

// plainSerial is a serial number of the years 1982 to 2064. Shorter ones are
// more likely a year, longer ones an identifier.
var plainSerial = regexp.MustCompile(`^[345]\d{4}(\.\d+)?$`)

// The serial numbers of a workbook count days from 1899-12-30, which makes all
// after its 29 February 1900, a day that never was, come out right; or else
// from 1904-01-01.
var (
	day1900 = time.Date(1899, 12, 30, 0, 0, 0, 0, Beijing)
	day1904 = time.Date(1904, 1, 1, 0, 0, 0, 0, Beijing)
)

const firstSerial, lastSerial = 61, 2958465 // 1900-03-01 and 9999-12-31

// serial reads the serial number of a cell. A whole day is midnight only when
// the cell shows a time of day.
func (s *Sheet) serial(stored, shown string) (Moment, bool) {
	x, issue := standard.Read(stored)
	if issue != "" || x.Cmp(standard.Int(firstSerial)) < 0 || x.Cmp(standard.Int(lastSerial)) >= 0 {
		return Moment{}, false
	}
	// A day has 86400 seconds; the fraction is exact to about a microsecond, and
	// people mean seconds.
	seconds, err := strconv.ParseInt(x.Mul(standard.Int(86400)).Round(0), 10, 64)
	if err != nil {
		return Moment{}, false
	}
	begin := day1900
	if s.from04 {
		begin = day1904
	}
	m := Moment{Unit: standard.Day, Time: begin.AddDate(0, 0, int(seconds/86400)).Add(time.Duration(seconds%86400) * time.Second)}
	switch {
	case seconds%60 != 0:
		m.Unit = standard.Instant
	case seconds%86400 != 0 || strings.ContainsAny(shown, ":：时点"):
		m.Unit = standard.Minute
	}
	return m, true
}
