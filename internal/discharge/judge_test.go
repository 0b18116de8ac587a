package discharge

import (
	"testing"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

func exact(s string) standard.Exact { return standard.Must(s) }

// noon is an hour of 2026-11-24.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, clock.Shanghai).Unix()

// mean is a valid mean of an hour; without a value there is none.
func mean(text string) measure.Mean {
	if text == "" {
		return measure.Mean{Mean: standard.Mean{Issue: standard.NoValue}}
	}
	return measure.Mean{Mean: standard.Mean{Value: exact(text), Valid: true, Have: 60}, Source: measure.Reported}
}

func invalid(text string, issue standard.Issue) measure.Mean {
	m := mean(text)
	m.Valid, m.Issue = false, issue
	return m
}

var (
	// Sulphur dioxide of a new coal-fired boiler, GB 13271-2014 table 2, at the
	// 9 % oxygen of table 6: here with a maximum of 200.
	so2 = register.Limit{ID: 9, Outlet: 5, Factor: "a21026", FactorName: "二氧化硫", Max: "200", Unit: "mg/m3", Period: "hour", RefOxygen: "9",
		OxygenFactor: "a19001", From: "2026-01-01", To: "2026-12-31", Document: "示例许可证", Clause: "表1", Verified: true, State: register.Active, Version: 1}
	ph = register.Limit{ID: 8, Outlet: 5, Factor: "w01001", FactorName: "pH值", Min: "6", Max: "9", Unit: "1", Period: "hour",
		From: "2026-01-01", Document: "示例许可证", State: register.Active, Version: 1}
	cod = register.Limit{ID: 7, Outlet: 5, Factor: "w01018", FactorName: "化学需氧量", Max: "50", Unit: "mg/L", Period: "day",
		From: "2026-01-01", Document: "示例许可证", Verified: true, State: register.Active, Version: 1}
)

func with(l register.Limit, change func(*register.Limit)) register.Limit {
	change(&l)
	return l
}

func TestJudge(t *testing.T) {
	gas := func(avg, zs string) Value { return Value{Mean: mean(avg), Converted: mean(zs), Unit: standard.MgPerM3} }
	o2 := func(text string) Value { return Value{Mean: mean(text), Unit: standard.Percent} }
	phOf := func(text string) Value { return Value{Mean: mean(text), Unit: standard.Dimensionless} }
	for _, tt := range []struct {
		name     string
		value    Value
		oxygen   Value
		limit    register.Limit
		want     standard.Verdict
		issue    standard.Issue
		shown    string
		multiple string
		near     bool
		notes    string
	}{
		// (21-9)/(21-12) = 4/3: 150 becomes 200, 150.01 becomes 200.0133…
		{"computed at reference oxygen, equal to the limit it meets it", gas("150", ""), o2("12"), so2, standard.Meets, "", "200", "", true, ""},
		{"computed just above the limit it exceeds it", gas("150.01", ""), o2("12"), so2, standard.Exceeds, "", "200.01", "0.0001", false, ""},
		{"the reported converted mean is judged, not the measured one", gas("150", "200.01"), o2("12"), so2, standard.Exceeds, "", "200.01", "0.00005", false, ""},
		{"a reported mean equal to the limit meets it", gas("150", "200"), o2("12"), so2, standard.Meets, "", "200", "", true, ""},
		// 5 % of 200 is 10.
		{"a reported mean may differ from the computed one by 5 %", gas("150", "190"), o2("12"), so2, standard.Meets, "", "190", "", true, ""},
		{"beyond 5 % it is noted", gas("150", "189.99"), o2("12"), so2, standard.Meets, "", "189.99", "", true, "converted_differs"},
		{"without oxygen and converted mean nothing is judged", gas("150", ""), o2(""), so2, standard.Unknown, standard.NoOxygen, "", "", false, ""},
		{"a converted mean needs no oxygen", gas("150", "201"), o2(""), so2, standard.Exceeds, "", "201", "0.005", false, ""},
		{"plain air cannot be converted", gas("2", ""), o2("21"), so2, standard.Unknown, standard.OxygenHigh, "", "", false, ""},
		{"an exceedance of a half is 0.46 times", gas("219", ""), o2("12"), so2, standard.Exceeds, "", "292", "0.46", false, ""},
		{"below nine tenths it is not near", gas("134.99", ""), o2("12"), so2, standard.Meets, "", "179.99", "", false, ""},
		{"at nine tenths it is near", gas("135", ""), o2("12"), so2, standard.Meets, "", "180", "", true, ""},
		{"too few minutes prove nothing", Value{Mean: invalid("900", standard.TooFewMinutes), Converted: invalid("900", standard.TooFewMinutes), Unit: standard.MgPerM3}, o2("12"), so2,
			standard.Unknown, standard.TooFewMinutes, "1200", "", false, ""},
		{"marked invalid is no basis, whatever the value", Value{Mean: invalid("", standard.MarkedInvalid), Converted: mean(""), Unit: standard.MgPerM3}, o2("12"), so2,
			standard.Unknown, standard.MarkedInvalid, "", "", false, ""},
		{"an abnormal condition is no basis, and people check it", Value{Mean: invalid("900", standard.AbnormalCondition), Converted: mean(""), Unit: standard.MgPerM3}, o2("12"), so2,
			standard.Unknown, standard.AbnormalCondition, "1200", "", false, "abnormal_unchecked"},
		{"nothing came", gas("", ""), o2(""), so2, standard.Unknown, standard.NoValue, "", "", false, ""},
		{"micrograms are converted", Value{Mean: mean("150000"), Unit: standard.UgPerM3}, o2("12"), so2, standard.Meets, "", "200", "", true, ""},
		{"another kind of unit is never guessed at", Value{Mean: mean("150"), Unit: standard.MgPerL}, o2("12"), so2, standard.Unknown, standard.UnitMismatch, "", "", false, ""},
		{"nor is one that the register does not say", Value{Mean: mean("150")}, o2("12"), so2, standard.Unknown, standard.NoUnit, "", "", false, ""},
		{"nor one it does not know", Value{Mean: mean("150"), Unit: "furlong"}, o2("12"), so2, standard.Unknown, standard.UnitUnknown, "", "", false, ""},
		{"below zero the instrument drifts", gas("-1", ""), o2("12"), so2, standard.Unknown, standard.Negative, "-1", "", false, ""},
		{"pH at its lower bound meets it", phOf("6"), Value{}, ph, standard.Meets, "", "6", "", false, ""},
		{"pH below its lower bound exceeds it", phOf("5.99"), Value{}, ph, standard.Exceeds, "", "5.99", "", false, ""},
		{"pH at its upper bound meets it", phOf("9"), Value{}, ph, standard.Meets, "", "9", "", true, ""},
		{"pH above its upper bound exceeds it", phOf("9.01"), Value{}, ph, standard.Exceeds, "", "9.01", "0.001", false, ""},
		{"a limit without figures says nothing", gas("1", "1"), o2("12"), with(so2, func(l *register.Limit) { l.Max = "" }), standard.Unknown, standard.NoLimit, "", "", false, "converted_differs"},
		{"a late mark is noted", Value{Mean: mean("10"), Unit: standard.Dimensionless, Late: true}, Value{}, ph, standard.Exceeds, "", "10", "0.11", false, "mark_late"},
		{"a correction is noted", Value{Mean: mean("7"), Unit: standard.Dimensionless, Corrected: true}, Value{}, ph, standard.Meets, "", "7", "", false, "corrected"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := judge(register.Point{ID: 3, Enterprise: 1, Division: "231102"}, tt.limit, tt.value, tt.oxygen, noon, DefaultSettings())
			if v.Verdict != tt.want || v.Issue != tt.issue || v.Value != tt.shown || v.Multiple != tt.multiple || v.Near != tt.near || v.Notes != tt.notes {
				t.Errorf("judge = %s %q value %q multiple %q near %v notes %q (%s); want %s %q %q %q %v %q",
					v.Verdict, v.Issue, v.Value, v.Multiple, v.Near, v.Notes, v.Arithmetic, tt.want, tt.issue, tt.shown, tt.multiple, tt.near, tt.notes)
			}
			if v.Verdict == standard.Unknown && v.Issue == "" || v.Arithmetic == "" || v.Citation == "" {
				t.Errorf("a verdict names issue, arithmetic and citation: %+v", v)
			}
			if (v.Severity != "") != (v.Verdict == standard.Exceeds) {
				t.Errorf("severity %q of %s", v.Severity, v.Verdict)
			}
			b, ok := v.Inputs()
			if !ok {
				t.Fatal("no basis")
			}
			if b.Judgement != nil {
				again := standard.Judge(b.Judgement.Sample, b.Judgement.Limit)
				if again.Verdict != v.Verdict || again.Arithmetic() != v.Arithmetic {
					t.Errorf("recomputed from what is stored: %s %s; stored %s %s", again.Verdict, again.Arithmetic(), v.Verdict, v.Arithmetic)
				}
			} else if j := (&Store{settings: DefaultSettings()}).Judgement(v); j.Verdict != standard.Meets {
				t.Errorf("a plain meets, recomputed: %+v", j)
			}
		})
	}
}

func TestVerdictCites(t *testing.T) {
	v := judge(register.Point{ID: 3}, so2, Value{Mean: mean("219"), Unit: standard.MgPerM3}, Value{Mean: mean("12")}, noon, DefaultSettings())
	if v.Arithmetic != "219×(21−9)/(21−12)=292 mg/m³ ＞ 200 mg/m³" || v.Citation != "示例许可证 表1，2026-01-01 至 2026-12-31 施行" || v.Confidence != "source" {
		t.Errorf("got %q, %q, %q", v.Arithmetic, v.Citation, v.Confidence)
	}
	so2.Verified = false
	defer func() { so2.Verified = true }()
	v = judge(register.Point{ID: 3}, so2, Value{Mean: mean("219"), Unit: standard.MgPerM3}, Value{Mean: mean("12")}, noon, DefaultSettings())
	if v.Confidence != "unverified" || v.Citation != "示例许可证 表1，2026-01-01 至 2026-12-31 施行（待核实）" {
		t.Errorf("an unverified limit says so: %q, %q", v.Citation, v.Confidence)
	}
	m := mean("219")
	m.Need = standard.Requirement{Known: true, Least: 45, Citation: standard.Citation{Confidence: standard.SourceSecondary}}
	so2.Verified = true
	v = judge(register.Point{ID: 3}, so2, Value{Mean: m, Unit: standard.MgPerM3}, Value{Mean: mean("12")}, noon, DefaultSettings())
	if v.Confidence != "source-secondary" {
		t.Errorf("a verdict is no surer than the rule of its mean: %q", v.Confidence)
	}
}

func TestInForce(t *testing.T) {
	at := func(s string) int64 {
		d, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return d.Unix()
	}
	old := with(so2, func(l *register.Limit) { l.ID, l.From, l.To = 1, "2024-01-01", "2026-06-30" })
	fresh := with(so2, func(l *register.Limit) { l.ID, l.From, l.To = 2, "2026-07-01", "" })
	daily := with(so2, func(l *register.Limit) { l.ID, l.Period = 3, "day" })
	second := with(so2, func(l *register.Limit) { l.ID, l.From, l.To, l.Document = 4, "2026-07-01", "", "GB 13271-2014" })
	withdrawn := with(so2, func(l *register.Limit) { l.ID, l.State = 5, register.Withdrawn })
	p := place{limits: []register.Limit{old, fresh, daily, second, withdrawn}}
	for _, tt := range []struct {
		name   string
		period standard.Period
		at     string
		want   []int64
	}{
		{"the last hour of the old limit is judged by it", standard.Hour, "2026-06-30 23:00", []int64{1}},
		{"the first hour of the new ones by all of them", standard.Hour, "2026-07-01 00:00", []int64{2, 4}},
		{"before the first there is none", standard.Hour, "2023-12-31 23:00", nil},
		{"a day mean by the limit on day means", standard.Day, "2026-07-01 00:00", []int64{3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []int64
			for _, l := range p.inForce(tt.period, at(tt.at)) {
				got = append(got, l.ID)
			}
			if len(got) != len(tt.want) || len(got) > 0 && got[0] != tt.want[0] || len(got) > 1 && got[1] != tt.want[1] {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestCodes(t *testing.T) {
	p := place{point: register.Point{Factors: []register.FactorUnit{{Code: "011", Unit: "mg/L"}}}}
	if got := p.codes("w01018"); got[0] != "011" || got[1] != "w01018" {
		t.Errorf("a device registered with the code of 2005 sends that: %v", got)
	}
	p.point.Factors = []register.FactorUnit{{Code: "w01018", Unit: "mg/L"}}
	if got := p.codes("w01018"); got[0] != "w01018" {
		t.Errorf("got %v", got)
	}
	if got := p.codes("zz9999"); len(got) != 1 || got[0] != "zz9999" {
		t.Errorf("a code that no table has stands for itself: %v", got)
	}
}
