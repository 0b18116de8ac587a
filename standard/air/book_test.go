package air_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

// fix is a correction of one cell.
func fix(key, column, text string) standard.Correction {
	return standard.Correction{Key: key, Cells: map[string]string{column: text}, By: "张三", Reason: "核对", At: "2026-11-24T10:00:00+08:00"}
}

func table(t *testing.T, name string, corrections ...standard.Correction) *standard.Table {
	t.Helper()
	tb, err := standard.LoadTable(catalogFiles, "standards/"+name+".tsv")
	if err == nil {
		tb, err = tb.With(corrections...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return tb
}

func TestCorrection(t *testing.T) {
	b := bookWith(t, table(t, "aqi_breakpoints", fix("hj633-2026.pm25.24h.100", "concentration", "65")))
	e, _ := b.Edition(firstOf2026)
	s := e.Single(air.Read(air.PM25, air.Day, "50", standard.UgPerM3))
	if s.IAQI != 75 || !slices.Contains(s.Basis.Refs, standard.Ref{Table: "aqi_breakpoints", Key: "hj633-2026.pm25.24h.100", Revision: 2}) {
		t.Errorf("IAQI %d resting on %v", s.IAQI, s.Basis.Refs)
	}
	if s := edition(t, firstOf2026).Single(air.Read(air.PM25, air.Day, "50", standard.UgPerM3)); s.IAQI != 80 {
		t.Errorf("the book before the correction has changed: %d", s.IAQI)
	}
}

func TestTablesThatCannotBeReckonedWith(t *testing.T) {
	for _, tt := range []struct {
		name, table string
		fix         standard.Correction
		want        string
	}{
		{"a word for a corner", "aqi_breakpoints", fix("hj633-2026.co.24h.50", "concentration", "two"), "hj633-2026.co.24h.50"},
		{"four decimals", "aqi_breakpoints", fix("hj633-2026.co.24h.50", "concentration", "2.0001"), "三位小数"},
		{"a corner below the one before", "aqi_breakpoints", fix("hj633-2026.co.24h.100", "concentration", "1"), "逐行增大"},
		{"another unit", "aqi_breakpoints", fix("hj633-2026.co.24h.50", "unit", "µg/m³"), "单位应为 mg/m³"},
		{"a pollutant without index", "aqi_breakpoints", fix("hj633-2026.co.24h.50", "pollutant", "Pb"), "没有分指数"},
		{"a column that does not begin at 0", "aqi_breakpoints", fix("hj633-2026.co.24h.0", "concentration", "1"), "第一个拐点"},
		{"an index above 500", "aqi_breakpoints", fix("hj633-2026.co.24h.500", "iaqi", "501"), "不超过 500"},
		{"rounding down", "aqi_rules", fix("hj633-2026.rounding", "value", "down"), "取整只能是 up"},
		{"an item nobody knows", "aqi_rules", fix("hj633-2026.items.daily", "reckoned", "SO2/25h"), "不是项目"},
		{"a threshold above its column", "aqi_rules", fix("hj633-2026.above.so2.1h", "above", "900"), "最高浓度"},
		{"levels with a gap", "aqi_levels", fix("hj633-2026.level.2", "low", "52"), "相接"},
		{"a limit of 0", "air_limits", fix("gb3095-2026.final.so2.24h", "class1", "0"), "大于 0"},
		{"an averaging nobody knows", "air_limits", fix("gb3095-2026.final.so2.24h", "averaging", "25h"), "不认识"},
		{"a word for a number of hours", "air_validity", fix("gb3095-2026.day.hours", "value", "many"), "不小于 0 的整数"},
		{"the 101st percentile", "air_evaluation", fix("hj663-2026.annual.co.p95", "percent", "101"), "0 到 100"},
		{"a weight of nothing", "air_evaluation", fix("hj663-2026.composite.so2", "weight", ""), "大于 0"},
		{"hours in words", "heavy_pollution", fix("hdq2024-6.yellow.150", "hours", "two days"), "hours"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tables := []*standard.Table{table(t, tt.table, tt.fix)}
			for _, name := range air.Tables {
				if name != tt.table {
					tables = append(tables, table(t, name))
				}
			}
			if _, err := air.New(tables...); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), tt.table) {
				t.Errorf("error %v; want one of %s with %s", err, tt.table, tt.want)
			}
		})
	}
	if _, err := air.New(table(t, "air_limits")); err == nil || !strings.Contains(err.Error(), "缺少表") {
		t.Errorf("a table is missing: %v", err)
	}
}

// Whatever is not read in the text itself is known as such.
func TestConfidenceIsKept(t *testing.T) {
	for _, row := range shared(t, "standards/air_validity.csv") {
		found := false
		for _, r := range table(t, "air_validity").Rows() {
			found = found || r.Citation.Number() == row["standard"] && r.Cell("averaging") == row["averaging"] && r.Cell("rule") == row["rule"] &&
				r.Cell("value") == row["value"] && string(r.Citation.Confidence) == row["confidence"] && r.Citation.Source == row["source"]
		}
		if !found {
			t.Errorf("the rule %v is not in the table", row)
		}
	}
	for _, name := range air.Tables {
		for _, r := range table(t, name).Rows() {
			if r.Citation.Confidence == standard.Source && r.Citation.Source == "" {
				t.Errorf("%s %s was read, but where?", name, r.Key)
			}
		}
	}
}

func TestTextForms(t *testing.T) {
	r := edition(t, firstOf2026).Report(air.Daily, firstOf2026, day("10", "81", "", "35", "1", "100")...)
	if want := "AQI 101，轻度污染，首要污染物二氧化氮，缺 PM10 24 小时均值；依据《环境空气质量指数（AQI）技术规定》（HJ 633-2026） 4.2.2，2026-03-01 起施行"; r.Text() != want {
		t.Errorf("%s; want %s", r.Text(), want)
	}
	if want := "AQI=max(SO2 24 小时均值 10，NO2 24 小时均值 101，PM2.5 24 小时均值 50，CO 24 小时均值 25，O3 日最大 8 小时滑动均值 50)=101"; r.Arithmetic() != want {
		t.Errorf("%s; want %s", r.Arithmetic(), want)
	}
	text, err := json.Marshal(r.Items[0])
	if err != nil || !strings.Contains(string(text), `"pollutant":"SO2"`) || !strings.Contains(string(text), `"iaqi":10`) {
		t.Errorf("%s, %v", text, err)
	}
	var p air.Pollutant
	if p.UnmarshalText([]byte("PM2.5")) != nil || p != air.PM25 || p.UnmarshalText([]byte("PM3")) == nil {
		t.Error("symbols of pollutants")
	}
	for _, i := range []standard.Issue{air.NoEdition, air.NoColumn, air.AboveTable, air.Incomplete, air.Incoherent, air.TooFewMeans, air.TooFewPoints,
		air.TooFewInYear, air.TooFewMonth, air.NoStatistic, air.NothingDust, air.GapInSeries, air.SeriesShort, standard.NoRule} {
		if text := air.Text(i); text == "" || strings.Contains(text, "原因不明") {
			t.Errorf("%s has no text", i)
		}
	}
}
