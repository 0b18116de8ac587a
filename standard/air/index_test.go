package air_test

import (
	"strings"
	"testing"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

// The days on which the two editions meet.
const (
	lastOf2012  standard.Date = "2026-02-28"
	firstOf2026 standard.Date = "2026-03-01"
)

func edition(t *testing.T, on standard.Date) *air.Edition {
	t.Helper()
	e, ok := book(t).Edition(on)
	if !ok {
		t.Fatalf("no edition on %s", on)
	}
	return e
}

func TestEditionByDate(t *testing.T) {
	b := book(t)
	for on, want := range map[standard.Date]string{lastOf2012: "HJ 633-2012", firstOf2026: "HJ 633-2026", "2016-01-01": "HJ 633-2012", "2040-01-01": "HJ 633-2026"} {
		if got := edition(t, on).Citation().Number(); got != want {
			t.Errorf("on %s %s; want %s", on, got, want)
		}
	}
	if _, ok := b.Edition("2015-12-31"); ok {
		t.Error("an edition before the first")
	}
	if r := b.Report(air.Daily, "2015-12-31"); r.Issue != air.NoEdition || r.Published {
		t.Errorf("a report before the first edition: %+v", r)
	}
	if n := len(b.Editions(lastOf2012, firstOf2026)); n != 2 {
		t.Errorf("%d editions across the change; want 2", n)
	}
	if n := len(b.Editions(firstOf2026, "2026-12-31")); n != 1 {
		t.Errorf("%d editions after the change; want 1", n)
	}
}

// Mistakes of public libraries, each with the value that is right.
func TestKnownMistakes(t *testing.T) {
	for _, tt := range []struct {
		name  string
		on    standard.Date
		p     air.Pollutant
		a     air.Averaging
		value string
		want  int
	}{
		{"the day column of SO2 is not that of the hour (aqi-hub: 0/150/500)", firstOf2026, air.SO2, air.Day, "150", 100},
		{"SO2 50 of a day is 50", firstOf2026, air.SO2, air.Day, "50", 50},
		{"SO2 800 of a day is 200", firstOf2026, air.SO2, air.Day, "800", 200},
		{"CO 2.2 is 55 exactly and not rounded up by a float (aqi-hub: 56)", firstOf2026, air.CO, air.Day, "2.2", 55},
		{"the same in 2012", lastOf2012, air.CO, air.Day, "2.2", 55},
		{"PM2.5 38 is 53.75 and rounded up (go-aqi: 53)", lastOf2012, air.PM25, air.Day, "38", 54},
		{"nothing in the air is 0 (go-aqi: 166)", lastOf2012, air.PM25, air.Day, "0", 0},
		{"the same in 2026", firstOf2026, air.PM25, air.Day, "0", 0},
		{"PM2.5 35 is still 50 in 2026 (a repository says 30)", firstOf2026, air.PM25, air.Day, "35", 50},
		{"PM2.5 30 is 43", firstOf2026, air.PM25, air.Day, "30", 43},
		{"PM2.5 60 is 100 in 2026", firstOf2026, air.PM25, air.Day, "60", 100},
		{"and was 82 before: 50/40·25+50=81.25", lastOf2012, air.PM25, air.Day, "60", 82},
		{"PM10 120 is 100 in 2026", firstOf2026, air.PM10, air.Day, "120", 100},
		{"and was 85 before", lastOf2012, air.PM10, air.Day, "120", 85},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := edition(t, tt.on).Single(air.Read(tt.p, tt.a, tt.value, tt.p.Unit()))
			if s.IAQI != tt.want {
				t.Errorf("IAQI %d; want %d: %s", s.IAQI, tt.want, s.Arithmetic())
			}
		})
	}
}

func TestSingle(t *testing.T) {
	for _, tt := range []struct {
		name    string
		on      standard.Date
		reading air.Reading
		want    int
		issue   standard.Issue
		words   string // in the arithmetic
	}{
		{"2026 rounds half to even first: 35.5 is 36", firstOf2026, air.Read(air.PM25, air.Day, "35.5", standard.UgPerM3), 52, "", "修约为 36"},
		{"34.5 is 34", firstOf2026, air.Read(air.PM25, air.Day, "34.5", standard.UgPerM3), 49, "", "修约为 34"},
		{"35.4 is 35", firstOf2026, air.Read(air.PM25, air.Day, "35.4", standard.UgPerM3), 50, "", "修约为 35"},
		{"2012 does not round first: 35.4 is 50.5", lastOf2012, air.Read(air.PM25, air.Day, "35.4", standard.UgPerM3), 51, "", "+50=50.5，向上取整 51"},
		{"CO to one decimal: 2.25 is 2.2", firstOf2026, air.Read(air.CO, air.Day, "2.25", standard.MgPerM3), 55, "", "修约为 2.2"},
		{"2.35 is 2.4", firstOf2026, air.Read(air.CO, air.Day, "2.35", standard.MgPerM3), 60, "", "修约为 2.4"},
		{"units are converted where both are named", firstOf2026, air.Read(air.CO, air.Day, "2200", standard.UgPerM3), 55, "", ""},
		{"a fraction that no decimal writes", lastOf2012, air.Reading{Item: air.Item{Pollutant: air.PM25, Averaging: air.Day}, Value: standard.Int(107).Quo(standard.Int(3)), Unit: standard.UgPerM3}, 51, "", "≈50.8333"},
		{"no unit, no index", firstOf2026, air.Read(air.CO, air.Day, "2.2", ""), air.NoIAQI, standard.NoUnit, "计量单位"},
		{"a unit of water", firstOf2026, air.Read(air.CO, air.Day, "2.2", standard.MgPerL), air.NoIAQI, standard.UnitMismatch, ""},
		{"below zero", firstOf2026, air.Read(air.O3, air.Hour, "-1", standard.UgPerM3), air.NoIAQI, standard.Negative, ""},
		{"-99 is no concentration", firstOf2026, air.Read(air.O3, air.Hour, "-99", standard.UgPerM3), air.NoIAQI, standard.Negative, ""},
		{"a stroke", firstOf2026, air.Read(air.O3, air.Hour, "—", standard.UgPerM3), air.NoIAQI, standard.NotMeasured, "未监测"},
		{"below detection is not guessed at", firstOf2026, air.Read(air.SO2, air.Hour, "<3", standard.UgPerM3), air.NoIAQI, standard.BelowDetection, ""},
		{"full-width digits", firstOf2026, air.Read(air.SO2, air.Hour, "１２", standard.UgPerM3), air.NoIAQI, standard.FullWidth, ""},
		{"lead has no index", firstOf2026, air.Read(air.Pb, air.Day, "1", standard.UgPerM3), air.NoIAQI, air.NoColumn, ""},
		{"SO2 of an hour up to 800", lastOf2012, air.Read(air.SO2, air.Hour, "800", standard.UgPerM3), 200, "", ""},
		{"above it has no index in 2012", lastOf2012, air.Read(air.SO2, air.Hour, "800.001", standard.UgPerM3), air.NoIAQI, air.AboveTable, ""},
		{"and is 200 in 2026", firstOf2026, air.Read(air.SO2, air.Hour, "801", standard.UgPerM3), 200, "", "高于 800，分指数按 200 计"},
		{"rounded to 800 it is not above", firstOf2026, air.Read(air.SO2, air.Hour, "800.5", standard.UgPerM3), 200, "", "+150=200"},
		{"O3 of eight hours above 800 is 300 in 2026", firstOf2026, air.Read(air.O3, air.MaxEightHour, "801", standard.UgPerM3), 300, "", "分指数按 300 计"},
		{"at the last corner", firstOf2026, air.Read(air.PM25, air.Day, "500", standard.UgPerM3), 500, "", "+400=500"},
		{"above the last corner it stays 500", firstOf2026, air.Read(air.PM25, air.Day, "501", standard.UgPerM3), 500, "", "高于分指数表最高值 500"},
		{"absurdly far above", firstOf2026, air.Read(air.PM25, air.Day, "1e60", standard.UgPerM3), 500, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := edition(t, tt.on).Single(tt.reading)
			if s.IAQI != tt.want || s.Issue != tt.issue || !strings.Contains(s.Arithmetic(), tt.words) {
				t.Errorf("IAQI %d, %q, %s; want %d, %q, …%s", s.IAQI, s.Issue, s.Arithmetic(), tt.want, tt.issue, tt.words)
			}
			if s.IAQI != air.NoIAQI && (len(s.Basis.Refs) == 0 || s.Basis.Confidence != standard.Source || s.Basis.Citation.Document != "HJ 633") {
				t.Errorf("the index rests on %+v", s.Basis)
			}
		})
	}
}

func TestArithmeticInWords(t *testing.T) {
	s := edition(t, lastOf2012).Single(air.Read(air.PM25, air.Day, "38", standard.UgPerM3))
	if want := "PM2.5 24 小时均值 38 µg/m³：(100−50)÷(75−35)×(38−35)+50=53.75，向上取整 54"; s.Arithmetic() != want {
		t.Errorf("%s; want %s", s.Arithmetic(), want)
	}
}

// day makes the readings of a daily report, in the order SO2 NO2 PM10 PM2.5 CO
// O3 8 h, and O3 1 h where there is one more. "" leaves one out.
func day(values ...string) []air.Reading {
	var all []air.Reading
	for p, text := range values {
		p, a := air.Pollutant(p), air.Day
		switch p {
		case air.O3:
			a = air.MaxEightHour
		case air.Six:
			p, a = air.O3, air.MaxHour
		}
		if text != "" {
			all = append(all, air.Read(p, a, text, p.Unit()))
		}
	}
	return all
}

func TestDailyReport(t *testing.T) {
	for _, tt := range []struct {
		name      string
		on        standard.Date
		readings  []air.Reading
		aqi       int
		published bool
		level     string
		primary   string
		exceeding int
		issue     standard.Issue
	}{
		{"an excellent day has no primary pollutant", firstOf2026, day("10", "40", "50", "35", "1", "100"), 50, true, "优", "", 0, ""},
		{"just above it has", firstOf2026, day("10", "40", "50", "36", "1", "100"), 52, true, "良", "细颗粒物(PM2.5)", 0, ""},
		{"ties are named together", firstOf2026, day("10", "80", "120", "60", "4", "160"), 100, true, "良", "二氧化氮,颗粒物(PM10),细颗粒物(PM2.5),一氧化碳,臭氧8小时", 0, ""},
		{"2026 names no exceeding pollutants", firstOf2026, day("10", "81", "50", "35", "1", "100"), 101, true, "轻度污染", "二氧化氮", 0, ""},
		{"2012 does", lastOf2012, day("10", "81", "151", "35", "1", "100", "100"), 101, true, "轻度污染", "二氧化氮,颗粒物(PM10)", 2, ""},
		{"at 100 nothing exceeds", lastOf2012, day("10", "80", "50", "35", "1", "100", "100"), 100, true, "良", "二氧化氮", 0, ""},
		{"the ozone of an hour is of 2012 only", lastOf2012, day("10", "20", "20", "20", "1", "100", "300"), 150, true, "轻度污染", "臭氧1小时", 1, ""},
		{"and not of 2026", firstOf2026, day("10", "20", "20", "20", "1", "100", "300"), 50, true, "优", "", 0, ""},
		{"2012, eight hours above 800: the hour stands in", lastOf2012, day("10", "20", "20", "20", "1", "801", "900"), 350, true, "严重污染", "臭氧1小时", 1, ""},
		{"without the hour nothing is published", lastOf2012, day("10", "20", "20", "20", "1", "801"), 29, false, "", "", 0, air.AboveTable},
		{"2026: with one missing and 100 it is NA", firstOf2026, day("10", "80", "", "35", "1", "100"), 100, false, "", "二氧化氮", 0, air.Incomplete},
		{"with one missing and above 100 it is published", firstOf2026, day("10", "81", "", "35", "1", "100"), 101, true, "轻度污染", "二氧化氮", 0, air.Incomplete},
		{"2012: published all the same, with a caveat", lastOf2012, day("10", "80", "", "35", "1", "100", "100"), 100, true, "良", "二氧化氮", 0, air.Incomplete},
		{"a negative value is a missing one", firstOf2026, day("10", "80", "-1", "35", "1", "100"), 100, false, "", "二氧化氮", 0, air.Incomplete},
		{"nothing at all", firstOf2026, nil, air.NoIAQI, false, "", "", 0, standard.NoValue},
		{"clean air is level 1, though 2026 begins at 1", firstOf2026, day("0", "0", "0", "0", "0", "0"), 0, true, "优", "", 0, ""},
		{"above every table", firstOf2026, day("9999", "9999", "9999", "9999", "999", "9999"), 500, true, "严重污染", "二氧化硫,二氧化氮,颗粒物(PM10),细颗粒物(PM2.5),一氧化碳", 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := edition(t, tt.on).Report(air.Daily, tt.on, tt.readings...)
			if r.AQI != tt.aqi || r.Published != tt.published || r.Level.Category != tt.level || r.FeedPrimary() != tt.primary || len(r.Exceeding) != tt.exceeding || r.Issue != tt.issue {
				t.Errorf("AQI %d published %v %q primary %q exceeding %v issue %q: %s", r.AQI, r.Published, r.Level.Category, r.FeedPrimary(), r.Exceeding, r.Issue, r.Text())
			}
			if r.Published && r.Basis.Verified() != (r.Issue == "" || tt.on == firstOf2026) {
				t.Errorf("confidence %s", r.Basis.Confidence)
			}
		})
	}
}

func TestHourlyReport(t *testing.T) {
	six := hour(map[string]string{"so2": "810", "x": "20", "co": "1"}, [air.Six]string{"so2", "x", "x", "x", "co", "x"})
	for _, tt := range []struct {
		name      string
		on        standard.Date
		readings  []air.Reading
		aqi       int
		published bool
		words     string
	}{
		{"2012: SO2 above 800, the day stands in", lastOf2012, append(six[:6:6], air.Read(air.SO2, air.Day, "475", standard.UgPerM3)), 150, true, "高于 800，改用 SO2 24 小时均值 475 µg/m³"},
		{"without it nothing is published", lastOf2012, six, 29, false, air.Text(air.AboveTable)},
		{"2026: 200", firstOf2026, six, 200, true, "高于 800，分指数按 200 计"},
		{"the 24 hours and eight hours that 2012 lists do not enter the index", lastOf2012,
			append(hour(map[string]string{"x": "20"}, [air.Six]string{"x", "x", "x", "x", "x", "x"})[:4:4], air.Read(air.CO, air.Hour, "1", standard.MgPerM3), air.Read(air.O3, air.Hour, "20", standard.UgPerM3), air.Read(air.PM25, air.RollingDay, "200", standard.UgPerM3)), 29, true, "SO2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := edition(t, tt.on).Report(air.Hourly, tt.on, tt.readings...)
			if r.AQI != tt.aqi || r.Published != tt.published || !strings.Contains(r.Items[0].Arithmetic(), tt.words) {
				t.Errorf("AQI %d published %v: %s", r.AQI, r.Published, r.Items[0].Arithmetic())
			}
		})
	}
}

func TestLevels(t *testing.T) {
	for _, on := range []standard.Date{lastOf2012, firstOf2026} {
		for aqi, want := range map[int]string{0: "优绿#00E400", 50: "优绿#00E400", 51: "良黄#FFFF00", 100: "良黄#FFFF00", 101: "轻度污染橙#FF7E00", 150: "轻度污染橙#FF7E00",
			151: "中度污染红#FF0000", 200: "中度污染红#FF0000", 201: "重度污染紫#99004C", 300: "重度污染紫#99004C", 301: "严重污染褐红#7E0023", 500: "严重污染褐红#7E0023"} {
			l := edition(t, on).Level(aqi)
			if l.Category+l.Colour+l.RGB != want || l.Advice == "" {
				t.Errorf("%s: AQI %d is %+v; want %s", on, aqi, l, want)
			}
		}
	}
}

func TestSensitiveGroups(t *testing.T) {
	e := edition(t, firstOf2026)
	r := e.Report(air.Daily, "", day("10", "81", "50", "61", "1", "160")...)
	if len(r.Groups) != 2 || r.Groups[0].Pollutant != air.NO2 || !strings.Contains(r.Groups[1].Text, "户外活动") || r.Groups[0].Basis.Verified() {
		t.Errorf("groups %+v", r.Groups)
	}
}

func TestDoubleReadings(t *testing.T) {
	e := edition(t, firstOf2026)
	readings := append(day("10", "20", "20", "20", "1", "100"), air.Read(air.PM25, air.Day, "20.0", standard.UgPerM3))
	if r := e.Report(air.Daily, "", readings...); !r.Published {
		t.Errorf("the same value twice: %s", r.Text())
	}
	readings[6] = air.Read(air.PM25, air.Day, "21", standard.UgPerM3)
	if r := e.Report(air.Daily, "", readings...); r.Published || r.Items[3].Issue != air.Incoherent {
		t.Errorf("two values: %s, %q", r.Text(), r.Items[3].Issue)
	}
}

func TestExcused(t *testing.T) {
	e := edition(t, "2027-01-01")
	var before []air.Report
	for _, on := range []standard.Date{"2026-05-01", "2027-05-01", "2028-05-01"} {
		before = append(before, e.Report(air.Daily, on, day("10", "81", "20", "20", "1", "100")...))
	}
	if ok, why := e.Excuse(air.SO2, "2029-01-01", before); !ok {
		t.Errorf("three years without a day led by SO2 excuse it: %s", why)
	}
	if ok, why := e.Excuse(air.NO2, "2029-01-01", before); ok || !strings.Contains(why, "2026-05-01") {
		t.Errorf("NO2 led: %s", why)
	}
	if ok, why := e.Excuse(air.SO2, "2029-01-01", before[1:]); ok || !strings.Contains(why, "2026") {
		t.Errorf("two years do not excuse: %s", why)
	}
	if ok, _ := edition(t, lastOf2012).Excuse(air.SO2, "2029-01-01", before); ok {
		t.Error("2012 has no such rule")
	}
	so2 := air.Reading{Item: air.Item{Pollutant: air.SO2, Averaging: air.Day}, Excused: true}
	r := e.Report(air.Daily, "2029-01-01", append(day("", "20", "20", "20", "1", "100"), so2)...)
	if !r.Published || r.Issue != "" || !strings.HasSuffix(r.Items[0].Arithmetic(), "/") {
		t.Errorf("an excused item blocks nothing: %s", r.Text())
	}
	if r := edition(t, lastOf2012).Report(air.Daily, lastOf2012, append(day("", "20", "20", "20", "1", "100", "100"), so2)...); r.Issue != air.Incomplete {
		t.Errorf("2012 knows no excuse: %q", r.Issue)
	}
}

// The fast way and the explained way say the same of hours and days of both
// editions, with things missing and above the tables.
func TestQuickIsReport(t *testing.T) {
	n := 0
	for _, on := range []standard.Date{lastOf2012, firstOf2026} {
		e := edition(t, on)
		for _, kind := range []air.Kind{air.Hourly, air.Daily} {
			items := e.Items(kind)
			for seed := range 3000 {
				var values []air.Milli
				var readings []air.Reading
				for i, item := range items {
					m := air.Milli((seed*7919 + i*104729 + seed*seed*31) % 1300000)
					switch {
					case (seed+i)%17 == 0:
						m = air.None
					case seed%3 > 0:
						m /= 8
					}
					if item.Pollutant == air.CO {
						m /= 20
					}
					values = append(values, m)
					if m != air.None {
						readings = append(readings, air.Reading{Item: item, Value: standard.Int(int64(m)).Quo(standard.Int(1000)), Unit: item.Pollutant.Unit()})
					}
				}
				q, r := e.Quick(kind, values), e.Report(kind, on, readings...)
				if r.Items[len(items)-1].StandIn != nil {
					continue // the hour of ozone stood in, which Quick does not know of
				}
				n++
				if q.AQI != r.AQI || q.Published != r.Published || q.Primary != r.PrimaryPollutants() || (q.Missing != 0) != (len(r.Missing) > 0) || (q.Exceeding != 0) != (len(r.Exceeding) > 0) {
					t.Fatalf("%s %s %v: %+v; report %d %v %v", on, kind, values, q, r.AQI, r.Published, r.PrimaryPollutants())
				}
			}
		}
	}
	if n < 10000 {
		t.Errorf("%d cases were compared", n)
	}
}

func TestNoAllocation(t *testing.T) {
	e := edition(t, firstOf2026)
	values := []air.Milli{1000, 2000, 3000, 4000, 5000, 6000}
	if n := testing.AllocsPerRun(100, func() { e.Quick(air.Hourly, values) }); n != 0 {
		t.Errorf("%v allocations in an hour", n)
	}
}

func TestDeadlines(t *testing.T) {
	e := edition(t, firstOf2026)
	for kind, want := range map[air.Kind]string{air.Daily: "12 时", air.Hourly: "1 小时", air.Forecast: "20 时"} {
		if text, basis := e.Deadline(kind); !strings.Contains(text, want) || !basis.Verified() {
			t.Errorf("%s is due %q", kind.Name(), text)
		}
	}
	if text, _ := edition(t, lastOf2012).Deadline(air.Daily); text != "" {
		t.Errorf("2012 has no deadline in the tables: %q", text)
	}
}

// Hours become a day, and what is no day is missing from its report.
func TestFromHoursToReport(t *testing.T) {
	b := book(t)
	readings := func(pm25 int) []air.Reading {
		all := []air.Reading{air.Of(air.O3, air.MaxEightHour, b.MaxEightHour(firstOf2026, air.Class2, hours(24, "90")))}
		for _, p := range []air.Pollutant{air.SO2, air.NO2, air.PM10, air.CO} {
			all = append(all, air.Of(p, air.Day, b.DayMean(p, firstOf2026, hours(24, "1.4"))))
		}
		return append(all, air.Of(air.PM25, air.Day, b.DayMean(air.PM25, firstOf2026, hours(pm25, "36"))))
	}
	if r := b.Report(air.Daily, firstOf2026, readings(20)...); !r.Published || r.AQI != 52 {
		t.Error(r.Text())
	}
	if r := b.Report(air.Daily, firstOf2026, readings(19)...); r.Published || r.Items[3].Issue != standard.TooFewHours {
		t.Error(r.Text())
	}
}

func FuzzSingle(f *testing.F) {
	for _, text := range []string{"0", "35.5", "-1", "1e64", "0.00000000000000000000001", "<0.01", "１", "NaN", "800.5"} {
		f.Add(text, uint8(3))
	}
	b, err := air.Open(catalogFiles)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, p uint8) {
		for _, e := range b.Editions("", "") {
			for _, a := range []air.Averaging{air.Hour, air.Day, air.EightHour} {
				s := e.Single(air.Read(air.Pollutant(p), a, text, air.Pollutant(p).Unit()))
				if s.IAQI < air.NoIAQI || s.IAQI > 500 || (s.IAQI == air.NoIAQI) != (s.Issue != "") || s.Arithmetic() == "" {
					t.Errorf("%q: IAQI %d, %q, %s", text, s.IAQI, s.Issue, s.Arithmetic())
				}
				if m, ok := air.MilliOf(s.Value); ok && s.Reading.Issue == "" && e.Column(s.Item) != nil && e.Column(s.Item).IAQI(m) != s.IAQI {
					t.Errorf("%q: the fast way says %d and the explained %d", text, e.Column(s.Item).IAQI(m), s.IAQI)
				}
			}
		}
	})
}
