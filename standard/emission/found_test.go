package emission

import (
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/standard"
)

func TestJudge(t *testing.T) {
	b := open(t)
	const on = "2026-11-24"
	coal := Source{Document: "GB 13271", Fuel: Coal, SteamTPH: exact("20"), Pollutant: "NOx", Level: "new", On: on}
	noLevel, noCapacity, ceiling, warm := coal, coal, coal, Source{Document: "GB 18918", Pollutant: "氨氮", Level: "1A", On: on}
	noLevel.Level = ""
	noCapacity.SteamTPH = standard.Exact{}
	ceiling.OxygenCeiling = exact("19")
	water := Source{Document: "GB 8978", Level: "1", Built: "2000-01-01", On: on}
	of := func(s Source, pollutant, trade, level string) Source {
		s.Pollutant, s.Trade, s.Level = pollutant, trade, level
		return s
	}
	hospital := "医院50床以上"
	for _, tt := range []struct {
		name          string
		source        Source
		value, oxygen string
		unit          standard.Unit
		want          standard.Verdict
		issue         standard.Issue
	}{
		{"equal to the limit at reference oxygen", coal, "225", "12", standard.MgPerM3, standard.Meets, ""},
		{"just above it", coal, "225.01", "12", standard.MgPerM3, standard.Exceeds, ""},
		{"oxygen was not measured", coal, "100", "", standard.MgPerM3, standard.Unknown, standard.NoOxygen},
		{"plain air", coal, "1", "21", standard.MgPerM3, standard.Unknown, standard.OxygenHigh},
		{"just below 21 % is converted where no ceiling is set", coal, "0.1", "20.9", standard.MgPerM3, standard.Meets, ""},
		{"at the ceiling of the bureau it is converted", ceiling, "1", "19", standard.MgPerM3, standard.Meets, ""},
		{"above the ceiling the boiler starts", ceiling, "1", "19.1", standard.MgPerM3, standard.Unknown, standard.Dilution},
		{"not measured", coal, "—", "12", standard.MgPerM3, standard.Unknown, standard.NotMeasured},
		{"a negative value", coal, "-1", "12", standard.MgPerM3, standard.Unknown, standard.Negative},
		{"another unit is converted", coal, "0.225", "12", standard.GPerM3, standard.Meets, ""},
		{"a unit of water is not", coal, "1", "12", standard.MgPerL, standard.Unknown, standard.UnitMismatch},
		{"of unknown level: meets the strictest", noLevel, "200", "9", standard.MgPerM3, standard.Meets, ""},
		{"of unknown level: exceeds the most lenient", noLevel, "400.1", "9", standard.MgPerM3, standard.Exceeds, ""},
		{"of unknown level: between them", noLevel, "300", "9", standard.MgPerM3, standard.Unknown, LevelNeeded},
		{"of unknown level: level 3 has no ammonia limit", Source{Document: "GB 18918", Pollutant: "氨氮", WaterCelsius: exact("20"), On: on}, "26", "", standard.MgPerL, standard.Unknown, LevelNeeded},
		{"of unknown level: all levels limit COD", Source{Document: "GB 18918", Pollutant: "COD", On: on}, "121", "", standard.MgPerL, standard.Exceeds, ""},
		{"ultra-low emission not claimed", Source{Document: "环发〔2015〕164号", Fuel: Coal, Device: BoilerDevice, Pollutant: "NOx", On: on}, "51", "6", standard.MgPerM3, standard.Unknown, LevelNeeded},
		{"of unknown capacity: meets what may hold", noCapacity, "300", "9", standard.MgPerM3, standard.Meets, ""},
		{"of unknown capacity: what is exceeded may not hold", noCapacity, "301", "9", standard.MgPerM3, standard.Unknown, CapacityNeeded},
		{"ammonia that meets both", warm, "5", "", standard.MgPerL, standard.Meets, ""},
		{"ammonia that hangs on the temperature", warm, "5.1", "", standard.MgPerL, standard.Unknown, TemperatureNeeded},
		{"ammonia at the second value", warm, "8", "", standard.MgPerL, standard.Unknown, TemperatureNeeded},
		{"ammonia above both", warm, "8.01", "", standard.MgPerL, standard.Exceeds, ""},
		{"pH 6", of(water, "pH", "", "1"), "6", "", standard.Dimensionless, standard.Meets, ""},
		{"pH under 6", of(water, "pH", "", "1"), "5.99", "", standard.Dimensionless, standard.Exceeds, ""},
		{"pH 9", of(water, "pH", "", "1"), "9", "", standard.Dimensionless, standard.Meets, ""},
		{"pH over 9", of(water, "pH", "", "1"), "9.01", "", standard.Dimensionless, standard.Exceeds, ""},
		{"not detectable and not detected", of(water, "乐果", "", "1"), "未检出", "", standard.MgPerL, standard.Meets, ""},
		{"not detectable and under the limit of detection", of(water, "乐果", "", "1"), "<0.0001", "", standard.MgPerL, standard.Meets, ""},
		{"not detectable and detected", of(water, "乐果", "", "1"), "0.0001", "", standard.MgPerL, standard.Exceeds, ""},
		{"not detectable and zero: nobody measures that", of(water, "乐果", "", "1"), "0", "", standard.MgPerL, standard.Unknown, standard.NoValue},
		{"not detectable and not measured", of(water, "乐果", "", "1"), "—", "", standard.MgPerL, standard.Unknown, standard.NotMeasured},
		{"chlorine must stay under 0.5", of(water, "总余氯", hospital, "1"), "0.49", "", standard.MgPerL, standard.Meets, ""},
		{"0.5 is not under it", of(water, "总余氯", hospital, "1"), "0.5", "", standard.MgPerL, standard.Exceeds, ""},
		{"chlorine of level 2: the time of contact is in words", of(water, "总余氯", hospital, "2"), "3.1", "", standard.MgPerL, standard.Unknown, WordsOnly},
		{"chlorine of level 2 that is too little", of(water, "总余氯", hospital, "2"), "3", "", standard.MgPerL, standard.Exceeds, ""},
		{"what the eye sees is not for a program", Source{Document: "GB 16297", Place: Boundary, Pollutant: "颗粒物", Trade: "染料尘", Built: "2000-01-01", On: on}, "0", "", standard.MgPerM3, standard.Unknown, WordsOnly},
		{"no stack, no rate", Source{Document: "GB 16297", Quantity: Rate, Pollutant: "苯", Level: "2", Built: "2000-01-01", On: on}, "0.001", "", standard.KgPerH, standard.Unknown, StackNeeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := b.Limits(tt.source)
			if len(a.Found) != 1 {
				t.Fatalf("found %s", summary(a))
			}
			s := standard.Reported(tt.value, tt.oxygen, tt.unit)
			s.On = on
			got := a.Found[0].Judge(s)
			if got.Verdict != tt.want || got.Issue != tt.issue {
				t.Errorf("%s, %q; want %s, %q: %s", got.Verdict, got.Issue, tt.want, tt.issue, got.Text())
			}
			if strings.Contains(got.Text(), "原因不明") || got.Verdict == standard.Unknown && got.Issue == "" {
				t.Errorf("text %s", got.Text())
			}
		})
	}
}

// A mean that does not count, or that is marked, is no basis; an hour is not
// judged by a day's limit; the weakest row is the confidence of the result.
func TestJudgeKeepsItsGuards(t *testing.T) {
	b := open(t)
	found := b.Limits(Source{Document: "GB 18485", Pollutant: "二氧化硫", Built: "2020-01-01", On: "2026-01-01"}).Found
	hour, day := found[0], found[1]
	v := b.Validity(standard.WasteGas, "2026-01-01")
	few := v.HourMean(44, []standard.Exact{exact("10")}).Sample(standard.MgPerM3, standard.Hour)
	few.Converted = true
	if j := hour.Judge(few); j.Verdict != standard.Unknown || j.Issue != standard.TooFewMinutes {
		t.Errorf("44 minutes: %s", j.Text())
	}
	enough := v.HourMean(45, []standard.Exact{exact("10")}).Sample(standard.MgPerM3, standard.Hour)
	enough.Converted = true
	if j := hour.Judge(enough); j.Verdict != standard.Meets || j.Confidence != standard.Memory || !strings.Contains(j.Text(), "待核实") {
		t.Errorf("45 minutes: %s, %s", j.Text(), j.Confidence)
	}
	if j := day.Judge(enough); j.Issue != standard.PeriodMismatch {
		t.Errorf("an hour for a day: %s", j.Text())
	}
	if _, ok := day.Settled(); !ok || day.Candidates[0].Limit.Confidence != standard.SourceSecondary {
		t.Errorf("day %+v", day)
	}
}

// A correction changes the limit and the name of the row; the old book stays.
func TestCorrections(t *testing.T) {
	tables, err := Load(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	old, err := New(tables)
	if err != nil {
		t.Fatal(err)
	}
	fix := func(column, text string) error {
		next := tables
		next.Limits = nil
		for _, table := range tables.Limits {
			if table.Name == "emission_gb13223" {
				if table, err = table.With(standard.Correction{Key: "表1-燃煤锅炉-烟尘", Cells: map[string]string{column: text}, Confidence: standard.Source,
					By: "张三", Reason: "核对原文", At: "2026-11-24T10:00:00+08:00"}); err != nil {
					t.Fatal(err)
				}
			}
			next.Limits = append(next.Limits, table)
		}
		b, err := New(next)
		if err != nil {
			return err
		}
		s := Source{Document: "GB 13223", Fuel: Coal, Device: BoilerDevice, Pollutant: "烟尘", Level: "new", On: "2026-01-01"}
		c, _ := b.Limits(s).Found[0].Settled()
		before, _ := old.Limits(s).Found[0].Settled()
		if c.Limit.Max.String() != text || c.Rows[0].Revision != 2 || c.Limit.Confidence != standard.Source ||
			before.Limit.Max.String() != "30" || before.Rows[0].Revision != 1 {
			t.Errorf("after %+v, before %+v", c, before)
		}
		return nil
	}
	if err := fix("max", "25"); err != nil {
		t.Error(err)
	}
	for column, text := range map[string]string{"max": "many", "steam_tph": "10-20", "heat_mw": "(a,]", "stack_rule": "guess", "stack_m": "15", "unit": "", "pollutant": "", "category": ""} {
		if err := fix(column, text); err == nil || !strings.Contains(err.Error(), "表1-燃煤锅炉-烟尘") {
			t.Errorf("%s %q: %v", column, text, err)
		}
	}
}
