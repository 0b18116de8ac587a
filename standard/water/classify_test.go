package water

import (
	"testing"

	"pingzhang/standard"
)

func TestClassify(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		name  string
		s     Sample
		body  Body
		class Class
		issue standard.Issue
	}{
		{"oxygen of 7.5 is class I", Sample{Item: "溶解氧", Value: "7.5", Unit: "mg/L"}, River, I, ""},
		{"below it, and nothing else known, class II", Sample{Item: "溶解氧", Value: "7.49", Unit: "mg/L"}, River, II, ""},
		{"a measured saturation of 90 % makes class I", Sample{Item: "溶解氧", Value: "6.9", Unit: "mg/L", Saturation: "90"}, River, I, ""},
		{"one of 89.9 % does not", Sample{Item: "溶解氧", Value: "6.9", Unit: "mg/L", Saturation: "89.9"}, River, II, ""},
		// 468/(31.6+28.4) = 7.8; 7.02/7.8 = 90 %
		{"warm water of 28.4 ℃ is 90 % saturated at 7.02", Sample{Item: "溶解氧", Value: "7.02", Unit: "mg/L", Temperature: "28.4"}, River, I, ""},
		{"and not at 7.01", Sample{Item: "溶解氧", Value: "7.01", Unit: "mg/L", Temperature: "28.4"}, River, II, ""},
		{"cold water of 0 ℃ is class I by 7.5 though half saturated", Sample{Item: "溶解氧", Value: "7.6", Unit: "mg/L", Temperature: "0"}, River, I, ""},
		{"a temperature that is a word does not matter", Sample{Item: "溶解氧", Value: "7", Unit: "mg/L", Temperature: "冷"}, River, II, ""},
		{"no oxygen is worse than V", Sample{Item: "溶解氧", Value: "0", Unit: "mg/L"}, River, WorseThanV, ""},
		{"pH needs no unit", Sample{Item: "pH", Value: "9"}, River, I, ""},
		{"pH above 9 is worse than V", Sample{Item: "pH", Value: "9.01", Unit: "无量纲"}, River, WorseThanV, ""},
		{"pH below 6 is worse than V", Sample{Item: "pH", Value: "5.99", Unit: "pH"}, River, WorseThanV, ""},
		{"pH above 14 cannot be", Sample{Item: "pH", Value: "14.1"}, River, 0, Implausible},
		{"phosphorus in a river", Sample{Item: "总磷", Value: "0.05", Unit: "mg/L"}, River, II, ""},
		{"the same in a lake", Sample{Item: "总磷", Value: "0.05", Unit: "mg/L"}, Lake, III, ""},
		{"total nitrogen in a lake", Sample{Item: "总氮", Value: "1.2", Unit: "mg/L"}, Lake, IV, ""},
		{"total nitrogen in a river", Sample{Item: "总氮", Value: "1.2", Unit: "mg/L"}, River, 0, LakesOnly},
		{"temperature has no classes", Sample{Item: "水温", Value: "21", Unit: "℃"}, River, 0, NoClasses},
		{"iron has no classes", Sample{Item: "铁", Value: "0.2", Unit: "mg/L"}, River, 0, NoClasses},
		{"µg/L are converted", Sample{Item: "汞", Value: "0.05", Unit: "ug/L"}, River, I, ""},
		{"mg/m³ are of gas", Sample{Item: "汞", Value: "0.05", Unit: "mg/m3"}, River, 0, standard.UnitMismatch},
		{"no unit", Sample{Item: "氨氮", Value: "0.1"}, River, 0, standard.NoUnit},
		{"an unknown unit", Sample{Item: "氨氮", Value: "0.1", Unit: "mgl"}, River, 0, standard.UnitUnknown},
		{"an unknown item", Sample{Item: "悬浮物", Value: "12", Unit: "mg/L"}, River, 0, NoItem},
		{"neither river nor lake", Sample{Item: "氨氮", Value: "0.1", Unit: "mg/L"}, "", 0, BodyOdd},
		{"below detection is not known", Sample{Item: "氨氮", Value: "<0.01", Unit: "mg/L"}, River, 0, standard.BelowDetection},
		{"with an L as well", Sample{Item: "氨氮", Value: "0.01L", Unit: "mg/L"}, River, 0, standard.BelowDetection},
		{"未检出 as well", Sample{Item: "氨氮", Value: "未检出", Unit: "mg/L", DetectionLimit: "0.01"}, River, 0, standard.BelowDetection},
		{"negative", Sample{Item: "氨氮", Value: "-0.1", Unit: "mg/L"}, River, 0, standard.Negative},
		{"-99", Sample{Item: "氨氮", Value: "-99", Unit: "mg/L"}, River, 0, standard.Negative},
		{"a stroke", Sample{Item: "氨氮", Value: "—", Unit: "mg/L"}, River, 0, standard.NotMeasured},
		{"nothing", Sample{Item: "氨氮", Value: "", Unit: "mg/L"}, River, 0, standard.NoValue},
		{"full-width digits", Sample{Item: "氨氮", Value: "０．１", Unit: "mg/L"}, River, 0, standard.FullWidth},
		{"a word", Sample{Item: "氨氮", Value: "低", Unit: "mg/L"}, River, 0, standard.NotNumber},
		{"more than the water itself", Sample{Item: "氨氮", Value: "1000001", Unit: "mg/L"}, River, 0, Implausible},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := b.Classify(tt.s, tt.body, "2026-03-01")
			if c.Class != tt.class || c.Issue != tt.issue {
				t.Errorf("Classify = %s, %q; want %s, %q", c.Class, c.Issue, tt.class, tt.issue)
			}
			if (c.Class == 0) != (c.Issue != "") || c.Confidence == "" || c.Issue != "" && IssueText(c.Issue) == "" {
				t.Errorf("%s, issue %q, confidence %q", c.Class, c.Issue, c.Confidence)
			}
			if c.Issue == "" && (len(c.Rows) == 0 || len(c.Citations) == 0 || c.Arithmetic() == "") {
				t.Errorf("rests on %v, %q", c.Rows, c.Arithmetic())
			}
			if len(c.Inputs) != 1 || c.Inputs[0].Sample != tt.s {
				t.Errorf("inputs %+v", c.Inputs)
			}
		})
	}
}

func TestWhatOxygenRestsOn(t *testing.T) {
	b := open(t)
	s := Sample{Item: "溶解氧", Value: "7.02", Unit: "mg/L", Temperature: "28.4"}
	if c := b.Classify(s, River, "2026-03-01"); c.Confidence != standard.SourceSecondary || c.Verified() || c.Label() != "待核实" {
		t.Errorf("class by reckoned saturation is %s", c.Confidence)
	}
	s.Saturation = "90"
	if c := b.Classify(s, River, "2026-03-01"); !c.Verified() {
		t.Errorf("class by measured saturation is %s", c.Confidence)
	}
	s = Sample{Item: "溶解氧", Value: "8", Unit: "mg/L", Temperature: "28.4"}
	if c := b.Classify(s, River, "2026-03-01"); !c.Verified() {
		t.Errorf("class by concentration is %s", c.Confidence)
	}
	if x, by, issue := b.Saturation(standard.Must("7.02"), standard.Must("28.4"), ""); issue != "" || !x.Equal(standard.Int(90)) || by.Verified() {
		t.Errorf("saturation %s, %q", x, issue)
	}
	if _, _, issue := b.Saturation(standard.Must("7.02"), standard.Must("-31.6"), ""); issue != Implausible {
		t.Errorf("issue %q", issue)
	}
}

func TestBySingleRuleBelowDetection(t *testing.T) {
	b, err := corrected(t, EvaluationTable, "未检出-单次判定", "value", "half")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Sample{
		{Item: "氨氮", Value: "<0.04", Unit: "mg/L"}, {Item: "氨氮", Value: "0.04L", Unit: "mg/L"},
		{Item: "氨氮", Value: "未检出", Unit: "mg/L", DetectionLimit: "0.04"}, {Item: "氨氮", Value: "＜40", Unit: "µg/L"},
	} {
		c := b.Classify(s, River, "2026-03-01")
		if c.Class != I || !c.Value.Equal(standard.Must("0.02")) || c.Halved() != 1 || c.Confidence != standard.Unverified {
			t.Errorf("%s: %s of %s, %s, %q", s.Value, c.Class, c.Value, c.Confidence, c.Issue)
		}
	}
	if c := b.Classify(Sample{Item: "氨氮", Value: "未检出", Unit: "mg/L"}, River, "2026-03-01"); c.Issue != NoDetectionLimit {
		t.Errorf("issue %q", c.Issue)
	}
	if c := b.Classify(Sample{Item: "pH", Value: "<6"}, River, "2026-03-01"); c.Issue != standard.BelowDetection {
		t.Errorf("issue %q", c.Issue)
	}
}

func TestByDate(t *testing.T) {
	b := open(t)
	s := Sample{Item: "氨氮", Value: "0.1", Unit: "mg/L"}
	for on, want := range map[standard.Date]standard.Issue{"2002-05-31": standard.NotInForce, "2002-06-01": "", "": "", "2026-02-30": DateOdd} {
		if c := b.Classify(s, River, on); c.Issue != want {
			t.Errorf("on %q: %q, want %q", on, c.Issue, want)
		}
	}
}

func TestJudge(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		name     string
		s        Sample
		body     Body
		target   Class
		want     standard.Verdict
		multiple string
		issue    standard.Issue
	}{
		{"at the limit meets it", Sample{Item: "氨氮", Value: "1.0", Unit: "mg/L"}, River, III, standard.Meets, "", ""},
		{"above it by a half", Sample{Item: "氨氮", Value: "1.5", Unit: "mg/L"}, River, III, standard.Exceeds, "0.5", ""},
		{"twice the limit of class II", Sample{Item: "氨氮", Value: "1.5", Unit: "mg/L"}, River, II, standard.Exceeds, "2", ""},
		{"oxygen has no multiple", Sample{Item: "溶解氧", Value: "4.9", Unit: "mg/L"}, River, III, standard.Exceeds, "", ""},
		{"pH has no multiple", Sample{Item: "pH", Value: "9.5"}, River, III, standard.Exceeds, "", ""},
		{"saturation serves for class I", Sample{Item: "溶解氧", Value: "7", Unit: "mg/L", Saturation: "95"}, River, I, standard.Meets, "", ""},
		{"iron of a source", Sample{Item: "铁", Value: "0.45", Unit: "mg/L"}, Lake, 0, standard.Exceeds, "0.5", ""},
		{"benzo(a)pyrene at its limit", Sample{Item: "苯并(a)芘", Value: "0.0028", Unit: "µg/L"}, River, 0, standard.Meets, "", ""},
		{"worse than V is no target", Sample{Item: "氨氮", Value: "1", Unit: "mg/L"}, River, WorseThanV, standard.Unknown, "", ClassOdd},
		{"no target", Sample{Item: "氨氮", Value: "1", Unit: "mg/L"}, River, 0, standard.Unknown, "", ClassOdd},
		{"temperature", Sample{Item: "水温", Value: "20", Unit: "℃"}, River, III, standard.Unknown, "", NoClasses},
		{"below detection", Sample{Item: "苯", Value: "未检出", Unit: "mg/L"}, River, 0, standard.Unknown, "", standard.BelowDetection},
		{"nobody knows the item", Sample{Item: "悬浮物", Value: "20", Unit: "mg/L"}, River, 0, standard.Unknown, "", NoItem},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := b.Judge(tt.s, tt.body, tt.target, "2026-03-01")
			if j.Verdict != tt.want || j.Issue != tt.issue || j.Multiple.IsSet() != (tt.multiple != "") || tt.multiple != "" && !j.Multiple.Equal(standard.Must(tt.multiple)) {
				t.Errorf("Judge = %s, %s, %q; want %s, %s, %q", j.Verdict, j.Multiple, j.Issue, tt.want, tt.multiple, tt.issue)
			}
			if j.Text() == "" || j.Confidence == "" {
				t.Errorf("text %q, confidence %q", j.Text(), j.Confidence)
			}
		})
	}
}

func TestJudgeTemperature(t *testing.T) {
	b := open(t)
	for change, want := range map[string]standard.Verdict{"1": standard.Meets, "1.01": standard.Exceeds, "-2": standard.Meets, "-2.01": standard.Exceeds, "0": standard.Meets} {
		if j := b.JudgeTemperature(standard.Must(change), "2026-03-01"); j.Verdict != want || !j.Verified() {
			t.Errorf("%s ℃: %s, %s; want %s", change, j.Verdict, j.Confidence, want)
		}
	}
	if j := b.JudgeTemperature(standard.Exact{}, "2026-03-01"); j.Verdict != standard.Unknown || j.Issue != standard.NoValue {
		t.Errorf("judged %s, %q", j.Verdict, j.Issue)
	}
	if j := b.JudgeTemperature(standard.Int(1), "2001-01-01"); j.Verdict != standard.Unknown || j.Issue != NoRule {
		t.Errorf("judged %s, %q", j.Verdict, j.Issue)
	}
}

func TestMultiplesAreRoundedByGBT8170(t *testing.T) {
	for x, want := range map[string]string{"0.25": "0.2", "0.35": "0.4", "0.251": "0.3", "0.04": "0.04", "0.0004": "0.0004", "1.95": "2.0", "12": "12.0"} {
		if got := times(standard.Must(x)); got != want {
			t.Errorf("%s is shown as %s, want %s", x, got, want)
		}
	}
	// A mean just above its limit must not read as if it were at it.
	third := standard.Int(1).Quo(standard.Int(3))
	if got := beside(standard.Int(6).Add(third.Mul(standard.Must("0.00001"))), standard.Int(6)); got != "≈6.000003" {
		t.Errorf("shown as %s", got)
	}
}
