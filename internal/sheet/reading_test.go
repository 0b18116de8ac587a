package sheet

import (
	"strings"
	"testing"

	"pingzhang/standard"
)

func TestReadNumber(t *testing.T) {
	for _, tt := range []struct {
		name, text, value string
		issue             standard.Issue
		below             bool
		limit             string
	}{
		{"a number keeps its zeros", " 1.50\u3000", "1.50", "", false, ""},
		{"a number below zero is one", "-0.3", "-0.3", "", false, ""},
		{"an empty cell", "", "", standard.NoValue, false, ""},
		{"a cell of blanks that are not seen", "\u00a0\u200b ", "", standard.NoValue, false, ""},
		{"a stroke is not measured", "—", "", standard.NotMeasured, false, ""},
		{"a code for missing data", "-99", "", Placeholder, false, ""},
		{"the same code with decimals", "-999.0", "", Placeholder, false, ""},
		{"beside the code", "-98", "-98", "", false, ""},
		{"below a limit that is given", "<0.01", "", standard.BelowDetection, true, "0.01"},
		{"below a limit, full width", "＜ 0.01", "", standard.BelowDetection, true, "0.01"},
		{"below a limit by HJ 91.1", "0.01L", "", standard.BelowDetection, true, "0.01"},
		{"below a limit that is not given", "未检出", "", standard.BelowDetection, true, ""},
		{"a word behind a <", "<一些", "", standard.NotNumber, false, ""},
		{"nothing behind a <", "<", "", standard.NotNumber, false, ""},
		{"above the range", ">24000", "", AboveRange, false, ""},
		{"a word behind a >", ">很多", "", standard.NotNumber, false, ""},
		{"full-width digits", "１２", "", standard.FullWidth, false, ""},
		{"a unit behind the number", "12 mg/L", "", standard.NotNumber, false, ""},
		{"separators of thousands", "1,234", "", standard.NotNumber, false, ""},
		{"text", "停产", "", standard.NotNumber, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := ReadNumber(tt.text)
			if r.Raw != tt.text || r.Value.String() != tt.value || r.Issue != tt.issue || r.Below != tt.below || r.Limit.String() != tt.limit {
				t.Errorf("ReadNumber = %q %q %v %q; want %q %q %v %q", r.Value, r.Issue, r.Below, r.Limit, tt.value, tt.issue, tt.below, tt.limit)
			}
			if tt.issue != "" && (explain(tt.issue, tt.text) == "" || strings.HasPrefix(explain(tt.issue, tt.text), "原因不明")) {
				t.Errorf("%s has no sentence", tt.issue)
			}
		})
	}
}

func TestReadStored(t *testing.T) {
	for _, tt := range []struct {
		name, shown, stored string
		value               string
		issue               standard.Issue
	}{
		{"the format adds zeros", "1.50", "1.5", "1.50", ""},
		{"the format rounds", "1.2", "1.234", "1.234", ""},
		{"the format rounds half up", "1.3", "1.25", "1.25", ""},
		{"the format rounds to whole numbers", "12", "12.4", "12.4", ""},
		{"the format separates thousands", "1,234.5", "1234.5", "1234.5", ""},
		{"the format adds a unit", "12.3 mg/L", "12.3", "12.3", ""},
		{"the format has an exponent", "1.23E+04", "12345", "12345", ""},
		{"a percentage is not the number stored", "12%", "0.12", "", standard.NotNumber},
		{"a date is no number", "2026-11-24", "46350", "", standard.NotNumber},
		{"the format says below detection", "<0.01", "0.01", "", standard.BelowDetection},
		{"the format hides the sign", "12.5", "-12.5", "", ShownOtherwise},
		{"the format shows thousands as one", "1.2", "1200", "", ShownOtherwise},
		{"true is no number", "TRUE", "1", "", standard.NotNumber},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readStored(tt.shown, tt.stored, ReadNumber)
			if r.Value.String() != tt.value || r.Issue != tt.issue {
				t.Errorf("readStored = %s, %q; want %s, %q", r.Value, r.Issue, tt.value, tt.issue)
			}
		})
	}
}

func TestShortest(t *testing.T) {
	for _, tt := range []struct{ name, stored, want string }{
		{"0.1+0.2", "0.30000000000000004", "0.3"},
		{"1.1*3", "3.3000000000000003", "3.3"},
		{"15 digits stay", "0.123456789012345", "0.123456789012345"},
		{"whole numbers stay", "20261124", "20261124"},
		{"small numbers", "1.5E-3", "0.0015"},
		{"very small numbers", "1.5000000000000001E-12", "1.5E-12"},
		{"no number stays", "x", "x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := shortest(tt.stored); got != tt.want {
				t.Errorf("shortest = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestReadMoment(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string // in Beijing
		unit             standard.Period
		issue            standard.Issue
	}{
		{"strokes", "2026-11-24", "2026-11-24 00:00:00", standard.Day, ""},
		{"slashes, one digit, a time", "2026/1/4 8:00", "2026-01-04 08:00:00", standard.Minute, ""},
		{"points", "2026.11.24", "2026-11-24 00:00:00", standard.Day, ""},
		{"Chinese", "2026年11月24日", "2026-11-24 00:00:00", standard.Day, ""},
		{"Chinese with an hour", "2026年11月24日8时", "2026-11-24 08:00:00", standard.Hour, ""},
		{"Chinese with minutes", "2026年11月24日 8时30分", "2026-11-24 08:30:00", standard.Minute, ""},
		{"Chinese without 日", "2026年11月24", "2026-11-24 00:00:00", standard.Day, ""},
		{"a full-width colon", "2026-11-24 08：30", "2026-11-24 08:30:00", standard.Minute, ""},
		{"eight digits", "20261124", "2026-11-24 00:00:00", standard.Day, ""},
		{"ten digits", "2026112408", "2026-11-24 08:00:00", standard.Hour, ""},
		{"fourteen digits", "20261124083015", "2026-11-24 08:30:15", standard.Instant, ""},
		{"ISO 8601 without a zone", "2017-07-07T16:00:00", "2017-07-07 16:00:00", standard.Instant, ""},
		{"ISO 8601 in UTC", "2026-11-24T16:30:00Z", "2026-11-25 00:30:00", standard.Instant, ""},
		{"ISO 8601 in Beijing", "2026-11-24T16:30:00.5+08:00", "2026-11-24 16:30:00", standard.Instant, ""},
		{"the end of a day", "2026-12-31 24:00", "2027-01-01 00:00:00", standard.Minute, ""},
		{"a month", "2026-11", "2026-11-01 00:00:00", standard.Month, ""},
		{"a Chinese month", "2026年11月", "2026-11-01 00:00:00", standard.Month, ""},
		{"a leap day", "2028-02-29", "2028-02-29 00:00:00", standard.Day, ""},
		{"no leap day", "2026-02-29", "", "", NoSuchDay},
		{"no such hour", "2026-11-24 25:00", "", "", NoSuchDay},
		{"no such end of a day", "2026-11-24 24:01", "", "", NoSuchDay},
		{"no such month", "20261301", "", "", NoSuchDay},
		{"day zero", "2026-11-00", "", "", NoSuchDay},
		{"the year comes last", "11/24/2026", "", "", DateOrder},
		{"a year of two digits", "26-11-24", "", "", DateOrder},
		{"a year of two digits and a day of one", "26年11月5日", "", "", DateOrder},
		{"full-width digits", "２０２６-11-24", "", "", standard.FullWidth},
		{"nothing", " ", "", "", standard.NoValue},
		{"a stroke", "—", "", "", standard.NotMeasured},
		{"words", "昨天", "", "", NotDate},
		{"a serial number in a text", "46350", "", "", NotDate},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := ReadMoment(tt.text)
			got := ""
			if m.Issue == "" {
				got = m.Time.Format("2006-01-02 15:04:05")
			}
			if got != tt.want || m.Unit != tt.unit || m.Issue != tt.issue || m.Raw != tt.text {
				t.Errorf("ReadMoment = %s %s %q; want %s %s %q", got, m.Unit, m.Issue, tt.want, tt.unit, tt.issue)
			}
		})
	}
}

func TestSerial(t *testing.T) {
	s := &Sheet{book: true}
	for _, tt := range []struct{ name, stored, shown, want string }{
		{"a day", "45292", "2024-01-01", "2024-01-01 00:00 day"},
		{"the first day after the leap day that never was", "61", "1900/3/1", "1900-03-01 00:00 day"},
		{"before it nothing is sure", "60", "1900/2/29", ""},
		{"a time with the noise of a fraction", "45292.333333333336", "2024/1/1 8:00", "2024-01-01 08:00 minute"},
		{"midnight that is shown", "45292", "2024/1/1 0:00", "2024-01-01 00:00 minute"},
		{"just before midnight", "45292.999999999", "2024/1/2 0:00", "2024-01-02 00:00 minute"},
		{"beyond the last day", "2958466", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if m, ok := s.serial(tt.stored, tt.shown); ok {
				got = m.Time.Format("2006-01-02 15:04 ") + string(m.Unit)
			}
			if got != tt.want {
				t.Errorf("serial = %q, want %q", got, tt.want)
			}
		})
	}
	s.from04 = true
	if m, _ := s.serial("43830", "2024-01-01"); m.Date() != "2024-01-01" {
		t.Errorf("counted from 1904: %s", m.Date())
	}
}

func TestMarkOf(t *testing.T) {
	for _, tt := range []struct{ name, code, want string }{
		{"a day", "yyyy/m/d;@", dayMark},
		{"a Chinese day", `yyyy"年"m"月"d"日"`, dayMark},
		{"a day in a language", `[$-804]yyyy"年"m"月"`, dayMark},
		{"a day and a time", "yyyy-mm-dd hh:mm", clockMark},
		{"elapsed hours", "[h]:mm", clockMark},
		{"tenths of seconds", "mm:ss.0", clockMark},
		{"a number", "0.00", ""},
		{"a number with a unit", `0.0"mg/m³"`, ""},
		{"a number in red", "0.0;[Red]-0.0", ""},
		{"an exponent", "0.00E+00", ""},
		{"any", "General", ""},
		{"an escaped letter", `0\d`, ""},
		{"a quote that does not close", `0"d`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := markOf(tt.code); got != tt.want {
				t.Errorf("markOf(%s) = %q, want %q", tt.code, got, tt.want)
			}
		})
	}
	if got := clockOnly("0.333333333333333"); got != "08:00:00" || clockOnly("5") != "5" {
		t.Errorf("a time of day is written as %s", got)
	}
}

func FuzzCells(f *testing.F) {
	for _, text := range []string{"1.50", "<0.01", "-99", "1e5", "2026/11/24 8:00", "2026年11月24日8时", "20261124", "2026-11-24T08:00:00+08:00", "９"} {
		f.Add(text, "46350.5")
	}
	f.Fuzz(func(t *testing.T, text, stored string) {
		for _, r := range []Reading{ReadNumber(text), readStored(text, stored, ReadNumber)} {
			if r.Value.IsSet() == (r.Issue != "") {
				t.Errorf("%q, %q: value %s with issue %q", text, stored, r.Value, r.Issue)
			}
			if r.Below != (r.Issue == standard.BelowDetection) {
				t.Errorf("%q: below %v with issue %q", text, r.Below, r.Issue)
			}
		}
		m := ReadMoment(text)
		if m.Time.IsZero() == (m.Issue == "") && m.Time.Year() != 1 {
			t.Errorf("%q: %v with issue %q", text, m.Time, m.Issue)
		}
		(&Sheet{book: true}).serial(stored, text)
		explain(standard.NotNumber, text)
		markOf(text)
		clockOnly(stored)
	})
}
