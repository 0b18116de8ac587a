package standard

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// table is the rules that are shipped.
func table(t *testing.T) *Rules {
	t.Helper()
	r, err := LoadRules(os.DirFS("../catalog/standards"), RulesTable+".tsv")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func exacts(texts ...string) []Exact {
	var out []Exact
	for _, text := range texts {
		x, _ := Read(text)
		out = append(out, x)
	}
	return out
}

func TestHourMean(t *testing.T) {
	gas := table(t).Validity(WasteGas, "2026-03-01")
	for _, tt := range []struct {
		name    string
		v       Validity
		minutes int
		values  []Exact
		want    string
		issue   Issue
	}{
		{"45 minutes make an hour", gas, 45, exacts("10", "20"), "15", ""},
		{"44 minutes do not, and the mean is still shown", gas, 44, exacts("10", "20"), "15", TooFewMinutes},
		{"a mean that does not end stays exact", gas, 60, exacts("10", "10", "12"), "32/3", ""},
		{"what is no number is left out, not taken for zero", gas, 50, exacts("10", "--", "20"), "15", ""},
		{"an hour with nothing has no mean", gas, 0, nil, "", NoValue},
		{"minutes without a value have no mean", gas, 60, exacts("--"), "", NoValue},
		{"before the standard no rule says what counts", table(t).Validity(WasteGas, "2018-02-28"), 60, exacts("10"), "10", NoRule},
		{"one value makes an hour of waste water", table(t).Validity(WasteWater, "2026-03-01"), 1, exacts("10"), "10", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := tt.v.HourMean(tt.minutes, tt.values)
			if m.Value.String() != tt.want || m.Issue != tt.issue || m.Valid != (tt.issue == "") {
				t.Errorf("HourMean = %s, %q, valid %v; want %s, %q", m.Value, m.Issue, m.Valid, tt.want, tt.issue)
			}
		})
	}
}

// hours repeats one hour so many times.
func hours(n int, value, flow string) []Hourly {
	v, issue := Read(value)
	f, _ := Read(flow)
	return slices.Repeat([]Hourly{{Value: v, Valid: issue == "", Flow: f}}, n)
}

func TestDayMean(t *testing.T) {
	gas := table(t).Validity(WasteGas, "2026-03-01")
	water := table(t).Validity(WasteWater, "2026-03-01")
	for _, tt := range []struct {
		name  string
		v     Validity
		hours []Hourly
		want  string
		issue Issue
	}{
		{"twenty hours make a day", gas, hours(20, "10", ""), "10", ""},
		{"nineteen hours do not", gas, hours(19, "10", ""), "10", TooFewHours},
		{"an invalid hour neither enters nor counts", gas, slices.Concat(hours(20, "10", ""), []Hourly{{Value: Int(1000)}}), "10", ""},
		{"a plain day is not weighed", gas, slices.Concat(hours(12, "10", "1"), hours(12, "20", "99")), "15", ""},
		// (12·10·1 + 12·20·3) / (12·1 + 12·3) = 840/48 = 17.5
		{"a day of waste water is weighed with the flow", water, slices.Concat(hours(12, "10", "1"), hours(12, "20", "3")), "17.5", ""},
		{"hours without flow do not enter", water, slices.Concat(hours(6, "10", "1"), hours(18, "500", "0")), "10", ""},
		{"an hour without flow needs no concentration", water, slices.Concat(hours(6, "10", "1"), hours(18, "", "0")), "10", ""},
		{"too few hours known", water, slices.Concat(hours(1, "10", "1"), hours(18, "", "0")), "10", TooFewHours},
		{"hours whose flow is missing do not count", water, slices.Concat(hours(19, "10", "1"), hours(5, "10", "")), "10", NoFlow},
		{"no flow was measured", water, hours(24, "10", ""), "", NoFlow},
		{"nothing flowed all day", water, hours(24, "", "0"), "", NoDischarge},
		{"nothing flowed in the few hours known", water, hours(5, "", "0"), "", TooFewHours},
		{"nothing is known", water, nil, "", NoValue},
		{"no rule", Validity{}, hours(24, "10", "1"), "10", NoRule},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := tt.v.DayMean(tt.hours)
			if m.Value.Equal(Exact{}) != (tt.want == "") || tt.want != "" && !m.Value.Equal(Must(tt.want)) || m.Issue != tt.issue || m.Valid != (tt.issue == "") {
				t.Errorf("DayMean = %s, %q, valid %v; want %s, %q", m.Value, m.Issue, m.Valid, tt.want, tt.issue)
			}
			// What is not valid is never a verdict.
			j := Judge(m.Sample(MgPerL, Day), Limit{Max: Int(1000), Unit: MgPerL, Period: Day})
			if (j.Verdict == Meets) != m.Valid || j.Issue != m.Issue {
				t.Errorf("judged %s, %q", j.Verdict, j.Issue)
			}
		})
	}
}

func TestMonthMean(t *testing.T) {
	gas := table(t).Validity(WasteGas, "2026-03-01")
	days := func(n int) []Mean { return slices.Repeat([]Mean{{Value: Int(7), Valid: true}}, n) }
	for _, tt := range []struct {
		name  string
		month int
		days  []Mean
		issue Issue
	}{
		{"25 days make a month", 3, days(25), ""},
		{"24 days do not", 3, days(24), TooFewDays},
		{"23 days make a February", 2, days(23), ""},
		{"22 days do not", 2, days(22), TooFewDays},
		{"an invalid day does not count", 3, append(days(24), Mean{Value: Int(7), Issue: TooFewHours}), TooFewDays},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if m := gas.MonthMean(tt.month, tt.days); m.Issue != tt.issue || !m.Value.Equal(Int(7)) || m.Need.Citation.Confidence != Unverified {
				t.Errorf("MonthMean = %s, %q, resting on %s; want 7, %q", m.Value, m.Issue, m.Need.Citation, tt.issue)
			}
		})
	}
}

func TestCapture(t *testing.T) {
	gas := table(t).Validity(WasteGas, "2026-03-01")
	for _, tt := range []struct {
		name       string
		valid, due int
		want       string
		issue      Issue
	}{
		{"three quarters suffice", 1638, 2184, "0.75", ""},
		{"one hour less does not", 1637, 2184, "1637/2184", CaptureLow},
		{"nothing due has no rate", 0, 0, "", NoValue},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if rate, issue := gas.Capture(tt.valid, tt.due); rate.String() != tt.want || issue != tt.issue {
				t.Errorf("Capture = %s, %q; want %s, %q", rate, issue, tt.want, tt.issue)
			}
		})
	}
}

func TestShippedRules(t *testing.T) {
	r := table(t)
	for _, tt := range []struct {
		name, rule, particular string
		want                   string
		confidence             Confidence
	}{
		{"the hour of waste gas", HourMinMinutes, "", "45", SourceSecondary},
		{"the disputed day of waste gas", DayMinHours, "", "20", Unverified},
		{"coal boilers, read in GB 13271-2014 5.2", OxygenReference, "燃煤锅炉", "9", Source},
		{"coal boilers of power stations, GB 13223-2011", OxygenReference, "火电厂燃煤锅炉", "6", Memory},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule, ok := r.At(tt.rule, WasteGas, tt.particular, "2026-01-01")
			if !ok || rule.Value != tt.want || rule.Citation.Confidence != tt.confidence {
				t.Errorf("At = %+v, %v; want %s, %s", rule, ok, tt.want, tt.confidence)
			}
		})
	}
	if v := r.Validity(WasteWater, "2026-01-01"); !v.FlowWeighted || v.Weighing.Confidence != Memory {
		t.Errorf("waste water is weighed: %v, by %s", v.FlowWeighted, v.Weighing)
	}
	for _, row := range r.All() {
		if row.Citation.Confidence != Source && row.Citation.Confidence.Label() == "" {
			t.Errorf("%s %s shows no 待核实", row.Name, row.Medium)
		}
	}
}

func TestRulesByDate(t *testing.T) {
	r, err := rulesOf(rulesHeader +
		"old\tday_min_hours\tgas\t\t18\th\tHJ 75\t2007\t\t\t\t2018-02-28\tmemory\t\t\n" +
		"new\tday_min_hours\tgas\t\t20\th\tHJ 75\t2017\t\t\t2018-03-01\t\tmemory\t\t\n")
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[Date]int{"2017-01-01": 18, "2018-02-28": 18, "2018-03-01": 20, "2026-01-01": 20, "": 20} {
		if got := r.Validity(WasteGas, on).Hours.Least; got != want {
			t.Errorf("on %q a day needs %d hours, want %d", on, got, want)
		}
	}
	if v := r.Validity(WasteWater, "2026-01-01"); v.Hours.Known {
		t.Error("a rule for gas answered for water")
	}
}

const rulesHeader = "key\trule\tmedium\tfor\tvalue\tunit\tdocument\tedition\tclause\ttitle\tfrom\tto\tconfidence\tsource\tnote\n"

func rulesOf(text string) (*Rules, error) {
	made, err := ParseTable("r", []byte(text))
	if err != nil {
		return nil, err
	}
	return NewRules(made)
}

func TestRulesMistakes(t *testing.T) {
	row := func(key, name, medium, value, from, to string) string {
		return strings.Join([]string{key, name, medium, "", value, "", "HJ 75", "2017", "", "", from, to, "memory", "", ""}, "\t") + "\n"
	}
	good := row("a", DayMinHours, "gas", "20", "2018-03-01", "")
	if _, err := rulesOf(rulesHeader + good); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, text, want string }{
		{"a column is missing", strings.Replace(rulesHeader, "\tmedium", "", 1), "缺少 medium 一列"},
		{"a rule without a name", rulesHeader + row("a", "", "gas", "20", "", ""), "行 a：rule 一列"},
		{"a medium nobody knows", rulesHeader + row("a", DayMinHours, "soil", "20", "", ""), "gas、water"},
		{"twenty-five hours in a day", rulesHeader + row("a", DayMinHours, "gas", "25", "", ""), "0 到 24"},
		{"half an hour", rulesHeader + row("a", DayMinHours, "gas", "18.5", "", ""), "整数"},
		{"a word for a number", rulesHeader + row("a", DayMinHours, "gas", "many", "", ""), "0 到 24"},
		{"a kind of mean nobody knows", rulesHeader + row("a", DayMeanKind, "gas", "median", "", ""), "flow_weighted"},
		{"two answers to one question", rulesHeader + good + row("b", DayMinHours, "gas", "18", "2020-01-01", ""), "行 b 与行 a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := rulesOf(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %s", err, tt.want)
			}
		})
	}
	if _, err := NewRules(nil); err == nil {
		t.Error("no table makes rules")
	}
}

// A correction of the figure is in force as soon as rules are made of the table.
func TestCorrectedRule(t *testing.T) {
	made, err := LoadTable(os.DirFS("../catalog/standards"), "auto_monitoring.tsv")
	if err != nil {
		t.Fatal(err)
	}
	made, err = made.With(Correction{Key: "废气-日均值最少小时数", Cells: map[string]string{"value": "18"}, Confidence: Source, Source: "HJ 75-2017",
		By: "张三", Reason: "查阅原文", At: "2026-03-01T09:00:00+08:00"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRules(made)
	if err != nil {
		t.Fatal(err)
	}
	hours := r.Validity(WasteGas, "2026-03-01").Hours
	if hours.Least != 18 || !hours.Citation.Confidence.Verified() || hours.Ref != (Ref{"auto_monitoring", "废气-日均值最少小时数", 2}) {
		t.Errorf("%+v", hours)
	}
}
