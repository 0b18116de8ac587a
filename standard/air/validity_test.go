package air_test

import (
	"slices"
	"testing"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

// hours repeats a value so many times.
func hours(n int, value string) []standard.Exact {
	x, _ := standard.Read(value)
	return slices.Repeat([]standard.Exact{x}, n)
}

func TestMeans(t *testing.T) {
	b := book(t)
	for _, tt := range []struct {
		name  string
		mean  air.Mean
		want  string
		issue standard.Issue
	}{
		{"45 minutes make an hour", b.HourMean(air.SO2, firstOf2026, 45, standard.Int(7)), "7", ""},
		{"44 do not, and the value is still shown", b.HourMean(air.SO2, firstOf2026, 44, standard.Int(7)), "7", standard.TooFewMinutes},
		{"an hour below zero is none", b.HourMean(air.SO2, firstOf2026, 60, standard.Int(-1)), "-1", standard.Negative},
		{"the table has no figure for an hour of particles", b.HourMean(air.PM25, firstOf2026, 60, standard.Int(7)), "7", standard.NoRule},
		{"twenty hours make a day", b.DayMean(air.PM25, firstOf2026, hours(20, "7")), "7", ""},
		{"nineteen do not", b.DayMean(air.PM25, firstOf2026, hours(19, "7")), "7", standard.TooFewHours},
		{"a stroke is no hour", b.DayMean(air.PM25, firstOf2026, slices.Concat(hours(19, "7"), hours(5, "—"))), "7", standard.TooFewHours},
		{"nor is a value below zero", b.DayMean(air.PM25, firstOf2026, slices.Concat(hours(19, "7"), hours(5, "-1"))), "7", standard.TooFewHours},
		{"twenty-five hours are no day", b.DayMean(air.PM25, firstOf2026, hours(25, "7")), "7", air.Incoherent},
		{"nine are not eight", b.EightHour(firstOf2026, hours(9, "7")), "7", air.Incoherent},
		{"ozone has no mean of a day", b.DayMean(air.O3, firstOf2026, hours(24, "7")), "7", standard.NoRule},
		{"the rule of 2012 is the same", b.DayMean(air.CO, lastOf2012, hours(20, "0.7")), "0.7", ""},
		{"nothing at all", b.DayMean(air.CO, firstOf2026, nil), "", standard.NoValue},
		{"before the first edition there is no rule", b.DayMean(air.CO, "2015-12-31", hours(24, "1")), "1", standard.NoRule},
		{"27 days make a month", b.MonthMean(air.PM10, "2027-03-01", hours(27, "7")), "7", ""},
		{"26 do not", b.MonthMean(air.PM10, "2027-03-01", hours(26, "7")), "7", air.TooFewMonth},
		{"25 days make a February", b.MonthMean(air.PM10, "2027-02-01", hours(25, "7")), "7", ""},
		{"24 do not", b.MonthMean(air.PM10, "2027-02-01", hours(24, "7")), "7", air.TooFewMonth},
		{"six hours make eight", b.EightHour(firstOf2026, hours(6, "7")), "7", ""},
		{"five do not", b.EightHour(firstOf2026, hours(5, "7")), "7", standard.TooFewHours},
		{"three of four points make a city", b.CityMean(firstOf2026, hours(3, "7"), 4), "7", ""},
		{"three of five do not", b.CityMean(firstOf2026, hours(3, "7"), 5), "7", air.TooFewPoints},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if want, _ := standard.Read(tt.want); !tt.mean.Value.Equal(want) || tt.mean.Issue != tt.issue || tt.mean.Valid != (tt.issue == "") {
				t.Errorf("%s, valid %v, %q (%s); want %s, %q", tt.mean.Value, tt.mean.Valid, tt.mean.Issue, tt.mean.Arithmetic(), tt.want, tt.issue)
			}
		})
	}
	if c := b.DayMean(air.PM25, firstOf2026, hours(20, "7")).Basis.Confidence; c != standard.Source {
		t.Errorf("GB 3095-2026 table 4 was read: %s", c)
	}
	if c := b.RollingDay(air.PM25, firstOf2026, hours(20, "7")).Basis.Confidence; c != standard.Inference {
		t.Errorf("no text says when 24 rolling hours count: %s", c)
	}
	if text := b.DayMean(air.PM25, firstOf2026, hours(21, "7.5")).Arithmetic(); text != "157.5÷21=7.5；有效 21 个，须 20 个" {
		t.Error(text)
	}
}

func TestMaxEightHour(t *testing.T) {
	b := book(t)
	// without leaves the hours from a to b, both included and counted from 1, out.
	without := func(value string, from, to int) []standard.Exact {
		h := hours(24, value)
		for i := from; i <= to; i++ {
			h[i-1] = standard.Exact{}
		}
		return h
	}
	// The eight hours that end at 8 do not hold the night before.
	night := slices.Concat(hours(8, "300"), hours(16, "8"))
	for _, tt := range []struct {
		name  string
		hours []standard.Exact
		want  string
		have  int
		issue standard.Issue
	}{
		{"17 means end from 8 to 24", hours(24, "100"), "100", 17, ""},
		{"the highest counts, here of 1 to 8", night, "300", 17, ""},
		// Without 3 hours, those windows that hold all three have five: ending at 12 to 17 of 10-12.
		{"three hours missing break the windows that hold them all", without("100", 10, 12), "100", 11, air.TooFewMeans},
		{"two break none", without("100", 10, 11), "100", 17, ""},
		{"the last three hours break one", without("100", 22, 24), "100", 16, ""},
		{"fourteen are enough", without("100", 20, 24), "100", 14, ""},
		{"thirteen are not", without("100", 19, 24), "100", 13, air.TooFewMeans},
		{"unless the result is above the limit", without("160.1", 19, 24), "160.1", 13, ""},
		{"at the limit it is not", without("160", 19, 24), "160", 13, air.TooFewMeans},
		{"a day without hours", nil, "", 0, standard.NoValue},
		{"a day not yet over", hours(12, "100"), "100", 5, air.TooFewMeans},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, on := range []standard.Date{lastOf2012, firstOf2026} {
				m := b.MaxEightHour(on, air.Class2, tt.hours)
				if want, _ := standard.Read(tt.want); !m.Value.Equal(want) || m.Have != tt.have || m.Issue != tt.issue || m.Valid != (tt.issue == "") {
					t.Errorf("%s: %s of %d, %q; want %s of %d, %q", on, m.Value, m.Have, m.Issue, tt.want, tt.have, tt.issue)
				}
				if m.Basis.Verified() {
					t.Error("HJ 663 was not read in the text and must say 待核实")
				}
			}
		})
	}
	if m := b.MaxEightHour(firstOf2026, air.Class1, without("100.1", 19, 24)); !m.Valid {
		t.Error("100.1 is above the limit of class 1")
	}
}

func TestSpanMean(t *testing.T) {
	b := book(t)
	// days are five a month, sixty in all, of which the first n are there.
	days := func(n int) (all []air.DayValue) {
		for _, d := range flat(2027, "1", "1", "1", "1", "1", "1") {
			if last := d.On[9]; (last == '1' || last == '6') && d.On[8:] != "26" && d.On[8:] != "31" && len(all) < n {
				all = append(all, air.DayValue{On: d.On, Value: standard.Must("0.2")})
			}
		}
		return all
	}
	for _, tt := range []struct {
		name  string
		mean  air.Mean
		issue standard.Issue
	}{
		{"sixty days, five a month, make a year of TSP", b.SpanMean(air.TSP, "2027-01-01", "2027-01-01", "2027-12-31", days(60)), ""},
		{"59 do not", b.SpanMean(air.TSP, "2027-01-01", "2027-01-01", "2027-12-31", days(59)), air.TooFewInYear},
		{"fifteen make a quarter of lead", b.SpanMean(air.Pb, "2027-01-01", "2027-01-01", "2027-03-31", days(60)), ""},
		{"fourteen do not", b.SpanMean(air.Pb, "2027-01-01", "2027-01-01", "2027-03-31", days(14)), air.TooFewInYear},
		{"particles have no rule for a quarter", b.SpanMean(air.PM10, "2027-01-01", "2027-01-01", "2027-03-31", days(60)), standard.NoRule},
		{"sixty days make no year of NOx", b.SpanMean(air.NOx, "2027-01-01", "2027-01-01", "2027-12-31", days(60)), air.TooFewInYear},
		{"ten days are no span", b.SpanMean(air.TSP, "2027-01-01", "2027-01-01", "2027-01-10", days(60)), standard.NoRule},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.mean.Issue != tt.issue || !tt.mean.Value.Equal(standard.Must("0.2")) {
				t.Errorf("%s, %q with %d; want %q", tt.mean.Value, tt.mean.Issue, tt.mean.Have, tt.issue)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	b := book(t)
	for _, tt := range []struct {
		name  string
		p     air.Pollutant
		a     air.Averaging
		area  air.Area
		on    standard.Date
		want  string
		stage string
	}{
		{"PM2.5 of a year, the last day of 2012", air.PM25, air.Year, air.Class2, lastOf2012, "35", ""},
		{"the first of the transition", air.PM25, air.Year, air.Class2, firstOf2026, "30", air.Transition},
		{"its last day", air.PM25, air.Year, air.Class2, "2030-12-31", "30", air.Transition},
		{"the first of the final stage", air.PM25, air.Year, air.Class2, "2031-01-01", "25", air.Final},
		{"class 1", air.PM25, air.Year, air.Class1, "2031-01-01", "10", air.Final},
		{"NOx changes by a footnote", air.NOx, air.Day, air.Class2, "2030-12-31", "100", air.Transition},
		{"to 70", air.NOx, air.Day, air.Class2, "2031-01-01", "70", air.Final},
		{"benzo[a]pyrene of a year", air.BaP, air.Year, air.Class2, firstOf2026, "0.001", air.Transition},
		{"without a day the newest", air.PM25, air.Year, air.Class2, "", "25", air.Final},
		{"the informative annex judges nothing", air.Cd, air.Year, air.Class2, firstOf2026, "", ""},
		{"CO has no limit of a year", air.CO, air.Year, air.Class2, firstOf2026, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, ok := b.Limit(tt.p, tt.a, tt.area, tt.on)
			if ok != (tt.want != "") || l.Max.String() != tt.want || l.Stage != tt.stage {
				t.Errorf("%s %q, %v; want %s %q", l.Max, l.Stage, ok, tt.want, tt.stage)
			}
		})
	}
	count := map[string]int{}
	for _, l := range b.Limits(air.Class2, "2030-12-31", "2031-01-01") {
		count[l.Stage]++
	}
	if count[air.Transition] != 23 || count[air.Final] != 23 || count[air.Reference] != 10 {
		t.Errorf("limits across the change of stage: %v", count)
	}
}

func TestJudge(t *testing.T) {
	b := book(t)
	for _, tt := range []struct {
		name    string
		reading air.Reading
		on      standard.Date
		want    standard.Verdict
		issue   standard.Issue
	}{
		{"at the limit it meets", air.Read(air.PM25, air.Day, "60", standard.UgPerM3), firstOf2026, standard.Meets, ""},
		{"just above it exceeds", air.Read(air.PM25, air.Day, "60.01", standard.UgPerM3), firstOf2026, standard.Exceeds, ""},
		{"the day before it met", air.Read(air.PM25, air.Day, "60.01", standard.UgPerM3), lastOf2012, standard.Meets, ""},
		{"milligrams are converted", air.Read(air.PM25, air.Day, "0.061", standard.MgPerM3), firstOf2026, standard.Exceeds, ""},
		{"a day of a rolling mean", air.Read(air.O3, air.EightHour, "161", standard.UgPerM3), firstOf2026, standard.Exceeds, ""},
		{"an hour of particles has no limit", air.Read(air.PM25, air.Hour, "999", standard.UgPerM3), firstOf2026, standard.Unknown, standard.NoLimit},
		{"what was not measured", air.Read(air.PM25, air.Day, "—", standard.UgPerM3), firstOf2026, standard.Unknown, standard.NotMeasured},
		{"no unit", air.Read(air.PM25, air.Day, "6", ""), firstOf2026, standard.Unknown, standard.NoUnit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if j := b.Judge(tt.reading, air.Class2, tt.on); j.Verdict != tt.want || j.Issue != tt.issue {
				t.Errorf("%s %q: %s; want %s %q", j.Verdict, j.Issue, j.Text(), tt.want, tt.issue)
			}
		})
	}
	j := b.Judge(air.Read(air.PM25, air.Day, "72", standard.UgPerM3), air.Class2, firstOf2026)
	if want := "超标 0.20 倍：72 µg/m³ ＞ 60 µg/m³；依据《环境空气质量标准》（GB 3095-2026） 表1、4.4，2026-03-01 至 2030-12-31 施行"; j.Text() != want {
		t.Errorf("%s; want %s", j.Text(), want)
	}
	if len(j.Basis.Refs) != 1 || j.Basis.Refs[0].Key != "gb3095-2026.transition.pm25.24h" {
		t.Errorf("the verdict rests on %v", j.Basis.Refs)
	}
}
