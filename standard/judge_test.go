package standard

import (
	"encoding/json"
	"strings"
	"testing"
)

var coal = Citation{Document: "GB 13271", Edition: "2014", Clause: "表2", Title: "锅炉大气污染物排放标准", From: "2014-07-01", Confidence: Source}

// Nitrogen oxides of a new coal-fired boiler: GB 13271-2014 table 2
// (300 mg/m³) at the 9 % oxygen of table 6.
var coalNOx = Limit{Max: Must("300"), RefOxygen: Must("9"), Unit: MgPerM3, Period: Hour, Confidence: Source, Citation: coal}

// pH of surface water and of most discharges: 6 to 9, GB 3838-2002 table 1.
var pH = Limit{Min: Must("6"), Max: Must("9"), Unit: Dimensionless, Confidence: Source}

func with(s Sample, change func(*Sample)) Sample { change(&s); return s }
func but(l Limit, change func(*Limit)) Limit     { change(&l); return l }

func TestJudge(t *testing.T) {
	gas := func(value, oxygen string) Sample { return Reported(value, oxygen, MgPerM3) }
	water := func(value string) Sample { return Reported(value, "", MgPerL) }
	ph := func(value string) Sample { return Reported(value, "", Dimensionless) }
	cod := Limit{Max: Must("50"), Unit: MgPerL, Confidence: Source}
	for _, tt := range []struct {
		name     string
		sample   Sample
		limit    Limit
		want     Verdict
		value    string // to two decimals, rounded by GB/T 8170
		multiple string // to two decimals
		issue    Issue
	}{
		{"thin flue gas weighs more", gas("200", "12"), coalNOx, Meets, "266.67", "", ""},
		{"equal to the limit meets it", gas("225", "12"), coalNOx, Meets, "300.00", "", ""},
		{"just above the limit exceeds it", gas("225.01", "12"), coalNOx, Exceeds, "300.01", "0.00", ""},
		{"twice the limit exceeds it once", gas("450", "12"), coalNOx, Exceeds, "600.00", "1.00", ""},
		{"oxygen was not measured", gas("200", ""), coalNOx, Unknown, "", "", NoOxygen},
		{"oxygen was not readable", gas("200", "--"), coalNOx, Unknown, "", "", NoOxygen},
		{"plain air: the fan runs, the boiler does not", gas("2", "21"), coalNOx, Unknown, "", "", OxygenHigh},
		{"more oxygen than air has", gas("2", "21.5"), coalNOx, Unknown, "", "", OxygenHigh},
		{"just below plain air still converts", gas("0.01", "20.99"), coalNOx, Meets, "12.00", "", ""},
		{"oxygen below zero", gas("200", "-0.1"), coalNOx, Unknown, "", "", OxygenNegative},
		{"no oxygen in the gas at all", gas("525", "0"), coalNOx, Meets, "300.00", "", ""},
		{"above the ceiling for starting", gas("2", "19.1"), but(coalNOx, func(l *Limit) { l.OxygenCeiling = Must("19") }), Unknown, "", "", Dilution},
		{"at the ceiling for starting", gas("2", "19"), but(coalNOx, func(l *Limit) { l.OxygenCeiling = Must("19") }), Meets, "12.00", "", ""},
		{"a value already converted is not converted again", with(gas("299", "12"), func(s *Sample) { s.Converted = true }), coalNOx, Meets, "299.00", "", ""},
		{"a reference of 21 makes no sense", gas("200", "12"), but(coalNOx, func(l *Limit) { l.RefOxygen = Must("21") }), Unknown, "", "", LimitFaulty},
		{"no value", gas("", "12"), coalNOx, Unknown, "", "", NoValue},
		{"not measured is not met", gas("--", "12"), coalNOx, Unknown, "", "", NotMeasured},
		{"below detection is not zero", water("<0.5"), cod, Unknown, "", "", BelowDetection},
		{"zero is a value and meets", water("0"), cod, Meets, "0.00", "", ""},
		{"below zero is a fault", water("-0.1"), cod, Unknown, "-0.10", "", Negative},
		{"water at its limit", water("50"), cod, Meets, "50.00", "", ""},
		{"water just above its limit", water("50.0000001"), cod, Exceeds, "50.00", "0.00", ""},
		{"water in another unit is converted", Reported("50000", "", UgPerL), cod, Meets, "50.00", "", ""},
		{"water in another unit, just above", Reported("50000.1", "", UgPerL), cod, Exceeds, "50.00", "0.00", ""},
		{"gas against a limit for water", gas("12", ""), cod, Unknown, "", "", UnitMismatch},
		{"a value without unit", Reported("12", "", ""), cod, Unknown, "", "", NoUnit},
		{"neither has a unit", Reported("12", "", ""), but(cod, func(l *Limit) { l.Unit = "" }), Unknown, "", "", NoUnit},
		{"a unit nobody knows", Reported("12", "", "furlong"), cod, Unknown, "", "", UnitUnknown},
		{"a unit nobody knows on both sides compares", Reported("12", "", "ngTEQ/m³"), Limit{Max: Must("12"), Unit: "ngTEQ/m³"}, Meets, "12.00", "", ""},
		{"pH at its lower bound", ph("6.00"), pH, Meets, "6.00", "", ""},
		{"pH just below", ph("5.99"), pH, Exceeds, "5.99", "", ""},
		{"pH at its upper bound", ph("9"), pH, Meets, "9.00", "", ""},
		{"pH just above", ph("9.01"), pH, Exceeds, "9.01", "0.00", ""},
		{"oxygen dissolved at its minimum", Reported("5", "", MgPerL), Limit{Min: Must("5"), Unit: MgPerL}, Meets, "5.00", "", ""},
		{"oxygen dissolved below its minimum", Reported("4.9", "", MgPerL), Limit{Min: Must("5"), Unit: MgPerL}, Exceeds, "4.90", "", ""},
		{"a maximum of zero has no multiple", water("1"), but(cod, func(l *Limit) { l.Max = Int(0) }), Exceeds, "1.00", "", ""},
		{"a limit without figure", water("1"), Limit{Unit: MgPerL}, Unknown, "", "", NoLimit},
		{"a minimum above the maximum", ph("7"), Limit{Min: Must("9"), Max: Must("6"), Unit: Dimensionless}, Unknown, "", "", LimitFaulty},
		{"a day mean against an hour limit", with(gas("1", "9"), func(s *Sample) { s.Period = Day }), coalNOx, Unknown, "", "", PeriodMismatch},
		{"an hour mean against an hour limit", with(gas("1", "9"), func(s *Sample) { s.Period = Hour }), coalNOx, Meets, "1.00", "", ""},
		{"the day before the edition", with(gas("1", "9"), func(s *Sample) { s.On = "2014-06-30" }), coalNOx, Unknown, "", "", NotInForce},
		{"the first day of the edition", with(gas("1", "9"), func(s *Sample) { s.On = "2014-07-01" }), coalNOx, Meets, "1.00", "", ""},
		{"marked invalid: the value stays, the verdict does not", with(gas("900", "9"), func(s *Sample) { s.Issue = MarkedInvalid }), coalNOx, Unknown, "900.00", "", MarkedInvalid},
		{"abnormal condition", with(gas("900", "9"), func(s *Sample) { s.Issue = AbnormalCondition }), coalNOx, Unknown, "900.00", "", AbnormalCondition},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := Judge(tt.sample, tt.limit)
			if j.Verdict != tt.want || j.Issue != tt.issue || j.Value.Round(2) != tt.value || j.Multiple.Round(2) != tt.multiple {
				t.Errorf("Judge = %s, %q, value %q, multiple %q; want %s, %q, %q, %q", j.Verdict, j.Issue,
					j.Value.Round(2), j.Multiple.Round(2), tt.want, tt.issue, tt.value, tt.multiple)
			}
			if (j.Verdict == Unknown) != (j.Issue != "") {
				t.Errorf("verdict %s with issue %q", j.Verdict, j.Issue)
			}
			if j.Issue != "" && strings.Contains(j.Issue.Text(), "原因不明") {
				t.Errorf("issue %q has no Chinese text", j.Issue)
			}
			if j.Arithmetic() == "" {
				t.Error("no arithmetic")
			}
		})
	}
}

func TestArithmetic(t *testing.T) {
	fifty := Limit{Max: Must("50"), RefOxygen: Must("9"), Unit: MgPerM3, Citation: coal, Confidence: Source}
	for _, tt := range []struct {
		name   string
		sample Sample
		limit  Limit
		want   string
	}{
		{"an exact conversion", Reported("12.3", "12", MgPerM3), fifty, "12.3×(21−9)/(21−12)=16.4 mg/m³ ＜ 50 mg/m³"},
		{"a conversion that does not end", Reported("200", "12", MgPerM3), coalNOx, "200×(21−9)/(21−12)≈266.67 mg/m³ ＜ 300 mg/m³"},
		{"rounding never hides an exceedance", Reported("225.00001", "12", MgPerM3), coalNOx, "225.00001×(21−9)/(21−12)≈300.00001 mg/m³ ＞ 300 mg/m³"},
		{"no conversion", Reported("50.0", "", MgPerL), Limit{Max: Must("50"), Unit: MgPerL}, "50.0 mg/L ＝ 50 mg/L"},
		{"another unit", Reported("51000", "", UgPerL), Limit{Max: Must("50"), Unit: MgPerL}, "51000 µg/L=51 mg/L ＞ 50 mg/L"},
		{"another unit and oxygen", Reported("12300", "12", UgPerM3), fifty, "12300 µg/m³=12.3 mg/m³，12.3×(21−9)/(21−12)=16.4 mg/m³ ＜ 50 mg/m³"},
		{"already converted", with(Reported("16.4", "12", MgPerM3), func(s *Sample) { s.Converted = true }), fifty, "16.4 mg/m³ ＜ 50 mg/m³"},
		{"between two bounds", Reported("7.2", "", Dimensionless), pH, "7.2，在 6～9 之内"},
		{"above two bounds", Reported("9.3", "", Dimensionless), pH, "9.3 ＞ 9"},
		{"below two bounds", Reported("5.2", "", Dimensionless), pH, "5.2 ＜ 6"},
		{"a mean that does not end", Sample{Value: Int(100).Quo(Int(3)), Unit: MgPerL}, Limit{Max: Must("50"), Unit: MgPerL}, "≈33.33 mg/L ＜ 50 mg/L"},
		{"nothing to reckon", Reported("--", "12", MgPerM3), fifty, "未监测"},
		{"a value that proves nothing", with(Reported("900", "9", MgPerM3), func(s *Sample) { s.Issue = MarkedInvalid }), fifty, "900×(21−9)/(21−9)=900 mg/m³，数据已标记为无效"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Judge(tt.sample, tt.limit).Arithmetic(); got != tt.want {
				t.Errorf("Arithmetic = %s\nwant         %s", got, tt.want)
			}
		})
	}
}

func TestJudgementText(t *testing.T) {
	sample := Reported("75", "9", MgPerM3)
	limit := Limit{Max: Must("50"), RefOxygen: Must("9"), Unit: MgPerM3, Citation: coal, Confidence: Source}
	const sure = "超标 0.50 倍：75×(21−9)/(21−9)=75 mg/m³ ＞ 50 mg/m³；依据《锅炉大气污染物排放标准》（GB 13271-2014） 表2，2014-07-01 起施行"
	if got := Judge(sample, limit).Text(); got != sure {
		t.Errorf("Text = %s\nwant   %s", got, sure)
	}
	limit.Confidence = Memory
	if j := Judge(sample, limit); j.Verified() || j.Text() != sure+"；限值待核实" {
		t.Errorf("a figure from memory: verified %v, %s", j.Verified(), j.Text())
	}
	limit.Citation.Confidence = SourceSecondary
	if j := Judge(sample, limit); j.Confidence != Memory || !strings.HasSuffix(j.Text(), "起施行（待核实）") {
		t.Errorf("a clause at second hand: confidence %s, %s", j.Confidence, j.Text())
	}
}

// What is stored is enough to come to the same verdict again.
func TestJudgementFromJSON(t *testing.T) {
	j := Judge(Reported("225.01", "12", MgPerM3), coalNOx)
	data, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	var back Judgement
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	again := Judge(back.Sample, back.Limit)
	if again.Verdict != j.Verdict || !again.Value.Equal(j.Value) || !back.Value.Equal(j.Value) || again.Text() != j.Text() {
		t.Errorf("judged again: %s\nfirst:        %s\nstored: %s", again.Text(), j.Text(), data)
	}
}

func TestConvert(t *testing.T) {
	for _, tt := range []struct {
		name     string
		value    string
		from, to string
		want     string
		issue    Issue
	}{
		{"milli to micro in gas", "1.5", "mg/m3", "µg/m³", "1500.0", ""},
		{"micro to milli in water, three letters for µ", "15", "μg/L", "mg/L", "0.015", ""},
		{"nano to milli", "25", "纳克/升", "毫克/升", "0.000025", ""},
		{"litres a second to cubic metres an hour", "10", "升/秒", "立方米/小时", "36", ""},
		{"cubic metres a day to an hour, exactly", "100", "m3/d", "m3/h", "25/6", ""},
		{"tonnes to kilograms", "0.25", "吨", "kg", "250", ""},
		{"the same unit in two spellings", "7.0", "无量纲", "pH", "7.0", ""},
		{"grams to milligrams in soil", "0.02", "g/kg", "mg/kg", "20", ""},
		{"centimetres of transparency", "85", "cm", "米", "0.85", ""},
		{"dioxins, with and without the blank", "100", "pg TEQ/m3", "ngTEQ/m³", "0.1", ""},
		{"faecal coliforms in 100 mL", "350", "MPN/100mL", "个/L", "3500", ""},
		{"the most probable number is one of counts", "3500", "MPN/L", "个/L", "3500", ""},
		{"ten thousand kWh", "1.5", "万千瓦时", "MWh", "15.0", ""},
		{"heat", "2", "TJ", "GJ", "2000", ""},
		{"standard coal", "0.3", "万吨标准煤", "tce", "3000", ""},
		{"the same times", "40", "倍", "稀释倍数", "40", ""},
		{"the same grade", "1", "级", "级", "1", ""},
		{"toxic equivalents are no mass", "0.1", "ng TEQ/m³", "ng/m³", "", UnitMismatch},
		{"heat is no electricity", "3.6", "MJ", "kW·h", "", UnitMismatch},
		{"coal is no mass of anything", "1", "tce", "t", "", UnitMismatch},
		{"times are no degrees of colour", "40", "倍", "度", "", UnitMismatch},
		{"a grade is no number", "1", "级", "无量纲", "", UnitMismatch},
		{"water to gas", "1", "mg/L", "mg/m3", "", UnitMismatch},
		{"ppm to mg/m³ needs the molar mass", "1", "ppm", "mg/m3", "", UnitMismatch},
		{"concentration to mass", "1", "mg/L", "kg", "", UnitMismatch},
	} {
		t.Run(tt.name, func(t *testing.T) {
			from, err1 := ParseUnit(tt.from)
			to, err2 := ParseUnit(tt.to)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			got, err := Convert(Must(tt.value), from, to)
			ue, _ := err.(*UnitError)
			if tt.issue == "" && (err != nil || !got.Equal(mustFraction(tt.want))) || tt.issue != "" && (ue == nil || ue.Issue != tt.issue || ue.Text() == "") {
				t.Errorf("Convert = %s, %v; want %s, %s", got, err, tt.want, tt.issue)
			}
		})
	}
	for _, text := range []string{"", "mg/", "毫克每升", "mg/L2"} {
		if u, err := ParseUnit(text); err == nil {
			t.Errorf("ParseUnit(%q) = %s", text, u)
		}
	}
	for text, u := range spellings {
		if got, err := ParseUnit(text); err != nil || !got.Known() {
			t.Errorf("ParseUnit(%q) = %q, %v; want %q", text, got, err, u)
		}
	}
}

func mustFraction(text string) Exact {
	var x Exact
	if err := x.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return x
}

func TestConfidence(t *testing.T) {
	if !Source.Verified() || Source.Label() != "" {
		t.Error("what was read in the standard needs no label")
	}
	for _, c := range append(degrees[1:], "", "guess") {
		if c.Verified() || c.Label() != "待核实" || c.Name() == "" {
			t.Errorf("%q: verified %v, label %q", c, c.Verified(), c.Label())
		}
		if Source.Weaker(c) != c || c.Weaker(Source) != c {
			t.Errorf("the weaker of source and %q is not %q", c, c)
		}
	}
}
