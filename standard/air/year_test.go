package air_test

import (
	"fmt"
	"math/big"
	"slices"
	"sort"
	"testing"
	"time"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

// year makes a year of days from the text of each value; "" is none.
func year(y int, value func(day, p int) string) []air.DayValues {
	var all []air.DayValues
	for at := time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() == y; at = at.AddDate(0, 0, 1) {
		d := air.DayValues{On: standard.Date(at.Format(time.DateOnly))}
		for p := range d.Values {
			d.Values[p], _ = standard.Read(value(at.YearDay(), p))
		}
		all = append(all, d)
	}
	return all
}

func TestPercentile(t *testing.T) {
	count := func(n int) (all []standard.Exact) {
		for i := range n {
			all = append(all, standard.Int(int64(n-i)))
		}
		return all
	}
	for _, tt := range []struct {
		name    string
		values  []standard.Exact
		percent int
		want    string
	}{
		// k = 1+(365−1)·0.95 = 346.8: 346+(347−346)·0.8
		{"between two values", count(365), 95, "346.80"},
		{"on a value", count(101), 98, "99"},
		{"the highest", count(7), 100, "7"},
		{"the lowest", count(7), 0, "1"},
		{"of one value", count(1), 90, "1"},
		{"of none", nil, 90, ""},
		{"what is no number is left out", append(count(101), standard.Exact{}), 98, "99"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := air.Percentile(tt.values, tt.percent)
			if want, _ := standard.Read(tt.want); !got.Equal(want) {
				t.Errorf("Percentile = %s; want %s", got, tt.want)
			}
		})
	}
}

// flat is a year in which each pollutant stays at one value, in the order SO2 NO2
// PM10 PM2.5 CO O3.
func flat(y int, values ...string) []air.DayValues {
	return year(y, func(_, p int) string { return values[p] })
}

func TestEvaluate(t *testing.T) {
	b := book(t)

	for _, tt := range []struct {
		name      string
		year      int
		area      air.Area
		values    []string
		want      []standard.Verdict // by SO2 NO2 PM10 PM2.5 CO O3, of the last edition
		composite string             // to four decimals
	}{
		{"at every limit of 2012 the air attains", 2025, air.Class2, []string{"60", "40", "70", "35", "4", "160"}, all(standard.Meets), "6.0000"},
		{"just above each it does not", 2025, air.Class2, []string{"60.1", "40.1", "70.1", "35.1", "4.1", "160.1"}, all(standard.Exceeds), "6.0341"},
		// PM10 60 and PM2.5 30 are the limits of the transition and the divisors then.
		{"at every limit of the transition", 2027, air.Class2, []string{"60", "40", "60", "30", "4", "160"}, all(standard.Meets), "6.0000"},
		{"a little above those for particles", 2030, air.Class2, []string{"60", "40", "60.1", "30.1", "4", "160"},
			[]standard.Verdict{standard.Meets, standard.Meets, standard.Exceeds, standard.Exceeds, standard.Meets, standard.Meets}, "6.0050"},
		{"at every final limit", 2031, air.Class2, []string{"20", "30", "50", "25", "4", "160"}, all(standard.Meets), "4.7500"},
		{"above the final limits", 2031, air.Class2, []string{"20.1", "30.1", "50.1", "25.1", "4.1", "160.1"}, all(standard.Exceeds), "4.7848"},
		{"class 1 areas have limits of their own", 2027, air.Class1, []string{"20", "40", "40", "15", "4", "100"}, all(standard.Meets), "4.1250"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			y := fmt.Sprint(tt.year)
			got := b.Evaluate(standard.Date(y+"-01-01"), standard.Date(y+"-12-31"), tt.area, flat(tt.year, tt.values...), false)
			if len(got) != 1 {
				t.Fatalf("%d evaluations; want 1", len(got))
			}
			e := got[0]
			for p, py := range e.Pollutants {
				if py.Verdict != tt.want[p] {
					t.Errorf("%s: %s %s; want %s", py.Pollutant, py.Verdict, air.Text(py.Issue), tt.want[p])
				}
			}
			if e.Composite.Value.Round(4) != tt.composite || e.Composite.Issue != "" {
				t.Errorf("composite %s; want %s (%s)", e.Composite.Value.Round(4), tt.composite, e.Composite.Arithmetic())
			}
			if e.Basis.Verified() {
				t.Error("HJ 663 was not read in the text and must say 待核实")
			}
		})
	}
}

func all(v standard.Verdict) []standard.Verdict { return slices.Repeat([]standard.Verdict{v}, air.Six) }

func TestEvaluateAcrossTheChange(t *testing.T) {
	got := book(t).Evaluate("2026-01-01", "2026-12-31", air.Class2, flat(2026, "10", "10", "65", "32", "1", "100"), false)
	if len(got) != 2 || got[0].Verdict != standard.Meets || got[1].Verdict != standard.Exceeds {
		t.Fatalf("want one evaluation that attains by 2012 and one that does not by 2026: %+v", got)
	}
	if got[0].Composite.Basis.Citation.Edition != "2013" || got[1].Composite.Basis.Citation.Edition != "2026" {
		t.Errorf("editions %s, %s", got[0].Composite.Basis.Citation, got[1].Composite.Basis.Citation)
	}
	if got[1].Composite.Basis.Confidence != standard.Unverified || len(got[1].Unread) != 3 {
		t.Errorf("the composite index of 2026 is %s; rules not read: %v", got[1].Composite.Basis.Confidence, got[1].Unread)
	}
}

func TestClaimedWeights(t *testing.T) {
	b, days := book(t), flat(2027, "60", "40", "60", "30", "4", "160")
	e := b.Evaluate("2027-01-01", "2027-12-31", air.Class2, days, true)[0]
	// 1+2+1+3+1+2
	if e.Composite.Value.Round(4) != "10.0000" || !e.Composite.Claimed || e.Composite.Largest != air.SetOf(air.PM25) {
		t.Errorf("claimed weights give %s, led by %s", e.Composite.Value, e.Composite.Largest)
	}
	table, err := standard.LoadTable(catalogFiles, "standards/air_evaluation.tsv")
	if err != nil {
		t.Fatal(err)
	}
	table, err = table.With(standard.Correction{Key: "hj663-2026.composite.pm25", Cells: map[string]string{"weight": "3"}, By: "张三", Reason: "试用", At: "2026-11-24T10:00:00+08:00"})
	if err != nil {
		t.Fatal(err)
	}
	c := bookWith(t, table).Evaluate("2027-01-01", "2027-12-31", air.Class2, days, false)[0].Composite
	if c.Value.Round(4) != "8.0000" || !slices.Contains(c.Basis.Refs, standard.Ref{Table: "air_evaluation", Key: "hj663-2026.composite.pm25", Revision: 2}) {
		t.Errorf("a corrected weight gives %s, resting on %v", c.Value, c.Basis.Refs)
	}
}

func TestTooFewDays(t *testing.T) {
	b := book(t)
	without := func(missing func(day int) bool) []air.DayValues {
		return year(2027, func(day, p int) string {
			if missing(day) {
				return ""
			}
			return "1"
		})
	}
	for _, tt := range []struct {
		name  string
		days  []air.DayValues
		issue standard.Issue
	}{
		// 43 days are left out but for two: 365−41=324.
		{"324 days and 27 a month count", without(func(day int) bool { return spread(day) && day != 59 && day != 334 }), ""},
		{"323 days do not, though each month has its 27", without(func(day int) bool { return spread(day) && day != 59 }), air.TooFewInYear},
		{"a month of 26 days spoils the year", without(func(day int) bool { return day >= 1 && day <= 5 }), air.TooFewMonth},
		{"a February of 25 does not", without(func(day int) bool { return day >= 57 && day <= 59 }), ""},
		{"a February of 24 does", without(func(day int) bool { return day >= 56 && day <= 59 }), air.TooFewMonth},
		{"nothing was measured", nil, standard.NoValue},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := b.Evaluate("2027-01-01", "2027-12-31", air.Class2, tt.days, false)[0]
			for _, py := range e.Pollutants {
				if py.Count.Issue != tt.issue || (py.Verdict == standard.Meets) != (tt.issue == "") {
					t.Errorf("%s: %s, %q with %d days; want %q", py.Pollutant, py.Verdict, py.Count.Issue, py.Count.Have, tt.issue)
				}
			}
			if (e.Verdict == standard.Meets) != (tt.issue == "") {
				t.Errorf("the year is %s", e.Verdict)
			}
		})
	}
}

// spread names the last days of the months, 43 in all: four of months with 31,
// three of those with 30 and of February.
func spread(day int) bool {
	at := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day-1)
	last := at.AddDate(0, 1, -at.Day()).Day()
	out := 3
	if last == 31 {
		out = 4
	}
	return at.Day() > last-out
}

func TestMonthEvaluation(t *testing.T) {
	b := book(t)
	days := flat(2027, "60", "40", "60", "30", "4", "160")
	e := b.Evaluate("2027-02-01", "2027-02-28", air.Class2, days, false)[0]
	if e.Composite.Value.Round(2) != "6.00" || e.Composite.Issue != "" {
		t.Errorf("the composite index of a month: %s", e.Composite.Arithmetic())
	}
	if e.Verdict != standard.Unknown || e.Pollutants[0].Issue != standard.PeriodMismatch {
		t.Errorf("a month beside the limits of a year is %s, %q", e.Verdict, e.Pollutants[0].Issue)
	}
	if e := b.Evaluate("2027-02-01", "2027-02-20", air.Class2, days, false)[0]; e.Composite.Issue != standard.NoRule {
		t.Errorf("no rule says when twenty days count: %q", e.Composite.Issue)
	}
}

func TestDoubleDays(t *testing.T) {
	days := flat(2027, "10", "10", "10", "10", "1", "10")
	other := days[5]
	other.Values[air.PM10] = standard.Int(999)
	e := book(t).Evaluate("2027-01-01", "2027-12-31", air.Class2, append(slices.Clone(days), days[4], other), false)[0]
	if !slices.Equal(e.Ambiguous, []standard.Date{"2027-01-06"}) || e.Pollutants[air.PM10].Count.Have != 364 || e.Pollutants[air.PM25].Count.Have != 365 {
		t.Errorf("ambiguous %v, %d days of PM10, %d of PM2.5", e.Ambiguous, e.Pollutants[air.PM10].Count.Have, e.Pollutants[air.PM25].Count.Have)
	}
}

func TestDeduct(t *testing.T) {
	b := book(t)
	days := flat(2027, "10", "10", "50", "20", "1", "100")
	days[99].Values[air.PM10] = standard.Int(5000)
	d := air.Deduction{On: days[99].On, Pollutants: air.SetOf(air.PM10, air.PM25), By: "李四", Reason: "沙尘天气，省站认定", At: "2027-04-11T09:00:00+08:00"}
	deducted, record, err := b.Deduct(days, d)
	if err != nil {
		t.Fatal(err)
	}
	if len(record) != 1 || len(record[0].Removed) != 2 || !record[0].Removed[0].Value.Equal(standard.Int(5000)) || record[0].By != "李四" || record[0].Basis.Confidence != standard.SourceSecondary {
		t.Errorf("record %+v", record)
	}
	if days[99].Deducted != 0 {
		t.Error("the days that were given have changed")
	}
	before := b.Evaluate("2027-01-01", "2027-12-31", air.Class2, days, false)[0]
	after := b.Evaluate("2027-01-01", "2027-12-31", air.Class2, deducted, false)[0]
	pm10 := func(e air.Evaluation) string { return e.Pollutants[air.PM10].Statistics[0].Value.Round(2) }
	// (364·50+5000)/365 = 63.56
	if pm10(before) != "63.56" || pm10(after) != "50.00" || after.Pollutants[air.PM10].Count.Have != 365 {
		t.Errorf("PM10 %s before, %s after, %d days", pm10(before), pm10(after), after.Pollutants[air.PM10].Count.Have)
	}
	if before.Verdict != standard.Exceeds || after.Verdict != standard.Meets || !slices.Equal(after.Deducted[air.PM10], []standard.Date{days[99].On}) {
		t.Errorf("%s before, %s after; deducted %v", before.Verdict, after.Verdict, after.Deducted)
	}
	if before.Composite.Value.Cmp(after.Composite.Value) <= 0 {
		t.Error("the composite index is to fall")
	}
	for name, bad := range map[string]air.Deduction{
		"nobody":    {On: d.On, Pollutants: d.Pollutants, Reason: "a", At: "b"},
		"no reason": {On: d.On, Pollutants: d.Pollutants, By: "a", At: "b"},
		"ozone":     {On: d.On, Pollutants: air.SetOf(air.O3), By: "a", Reason: "b", At: "c"},
	} {
		if _, _, err := b.Deduct(days, bad); err == nil {
			t.Errorf("a deduction was taken: %s", name)
		}
	}
	d.On = "2028-01-01"
	if _, record, _ := b.Deduct(days, d); record[0].Issue != air.NothingDust {
		t.Errorf("a day without values: %q", record[0].Issue)
	}
}

func TestRank(t *testing.T) {
	entries := []air.Entry{{Name: "甲", Value: standard.Must("3.204")}, {Name: "乙", Value: standard.Must("2.9")}, {Name: "丙", Issue: air.TooFewInYear, Value: standard.Must("1")}, {Name: "丁", Value: standard.Must("3.196")}, {Name: "戊", Value: standard.Must("4")}, {Name: "己"}}
	line := func(ranked []air.Ranked) (s string) {
		for _, r := range ranked {
			s += fmt.Sprint(r.Name, r.Place)
			if r.Tied {
				s += "="
			}
		}
		return s
	}
	for _, tt := range []struct{ name, got, want string }{
		{"to two decimals two share the second place", line(air.RankLowest(entries, 2)), "乙1甲2=丁2=戊4丙0己0"},
		{"unrounded they do not", line(air.RankLowest(entries, -1)), "乙1丁2甲3戊4丙0己0"},
		{"the highest first", line(air.RankHighest(entries, 2)), "戊1甲2=丁2=乙4丙0己0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %s; want %s", tt.got, tt.want)
			}
		})
	}
}

// A year of values that no decimal writes, evaluated again over big.Rat and by
// sorting of its own.
func TestEvaluateAgain(t *testing.T) {
	days := year(2025, func(day, p int) string { return fmt.Sprint((day*day*37 + p*1009) % 191) })
	for i := range days {
		for p, x := range days[i].Values {
			days[i].Values[p] = x.Quo(standard.Int(int64(20 + (i+p)%5)))
		}
	}
	e := book(t).Evaluate("2025-01-01", "2025-12-31", air.Class2, days, false)[0]
	percents := [air.Six]int64{98, 98, 95, 95, 95, 90}
	divisors := [air.Six]int64{60, 40, 70, 35, 4, 160}
	index := new(big.Rat)
	for p := range air.Six {
		var values []*big.Rat
		sum := new(big.Rat)
		for _, d := range days {
			values = append(values, d.Values[p].Rat())
			sum.Add(sum, d.Values[p].Rat())
		}
		sort.Slice(values, func(i, j int) bool { return values[i].Cmp(values[j]) < 0 })
		mean := sum.Quo(sum, big.NewRat(int64(len(values)), 1))
		hundredths := 100 + 364*percents[p] // of k
		at := values[hundredths/100-1]
		next := values[min(hundredths/100, 364)]
		step := new(big.Rat).Sub(next, at)
		percentile := new(big.Rat).Add(at, step.Mul(step, big.NewRat(hundredths%100, 100)))
		counts := mean
		for _, s := range e.Pollutants[p].Statistics {
			want := mean
			if s.Percent > 0 {
				want = percentile
			}
			if s.Value.Rat().Cmp(want) != 0 || int64(s.Percent) != 0 && int64(s.Percent) != percents[p] {
				t.Errorf("%s: %s; want %s", s.Name(), s.Value, want.RatString())
			}
			if len(e.Pollutants[p].Statistics) == 1 {
				counts = percentile
			}
		}
		index.Add(index, new(big.Rat).Quo(counts, big.NewRat(divisors[p], 1)))
	}
	if e.Composite.Value.Rat().Cmp(index) != 0 {
		t.Errorf("composite %s; want %s", e.Composite.Value, index.RatString())
	}
}

func TestStatisticsInWords(t *testing.T) {
	e := book(t).Evaluate("2027-01-01", "2027-12-31", air.Class2, year(2027, func(day, p int) string { return fmt.Sprint(day % 73) }), false)[0]
	pm := e.Pollutants[air.PM25].Statistics
	for i, want := range []string{
		"PM2.5 均值：13140÷365=36 µg/m³；36 µg/m³ ＞ 30 µg/m³",
		"PM2.5 日均值第 95 百分位数：n=365，k=346.8，69+(69−69)×0.8=69 µg/m³；69 µg/m³ ＞ 60 µg/m³",
	} {
		if pm[i].Arithmetic() != want {
			t.Errorf("%s; want %s", pm[i].Arithmetic(), want)
		}
	}
	if want := "36/60+36/40+36/60+36/30+69/4+65/160=20.95625"; e.Composite.Arithmetic() != want {
		t.Errorf("%s; want %s", e.Composite.Arithmetic(), want)
	}
}

func TestSpansThatAreNone(t *testing.T) {
	b := book(t)
	for _, span := range [][2]standard.Date{{"", ""}, {"2027-12-31", "2027-01-01"}, {"x", "y"}, {"2027-13-01", "2027-13-31"}, {"2027-01-01", "2028-12-31"}} {
		all := b.Evaluate(span[0], span[1], air.Class2, flat(2027, "1", "1", "1", "1", "1", "1"), false)
		for _, e := range all {
			if e.Verdict != standard.Unknown {
				t.Errorf("%v is %s", span, e.Verdict)
			}
		}
		if span[1] != "2028-12-31" && len(all) > 0 {
			t.Errorf("%v has %d evaluations", span, len(all))
		}
	}
}
