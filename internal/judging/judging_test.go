package judging_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"pingzhang/catalog"
	"pingzhang/internal/fault"
	"pingzhang/internal/judging"
	"pingzhang/internal/sheet"
	"pingzhang/standard/air"
	"pingzhang/standard/emission"
	"pingzhang/standard/soil"
	"pingzhang/standard/water"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A judge judges a file of a medium and writes each result as a line of JSON.
type judge func(in io.Reader, o judging.Options) (string, error)

func lines[R any](rows iter.Seq[R], to *bytes.Buffer) error {
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	for r := range rows {
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// judges are the four media with the standards that are shipped.
func judges(t testing.TB) map[string]judge {
	t.Helper()
	files := catalog.FS("")
	airs, err := air.Open(files)
	must(t, err)
	waters, err := water.Open(files)
	must(t, err)
	soils, err := soil.Open(files)
	must(t, err)
	emissions, err := emission.Open(files)
	must(t, err)
	return map[string]judge{
		"air": func(in io.Reader, o judging.Options) (string, error) {
			table, rows, err := judging.Air(airs, in, o)
			return written(table, rows, nil, err)
		},
		"water": func(in io.Reader, o judging.Options) (string, error) {
			table, rows, sections, err := judging.Water(waters, in, o)
			return written(table, rows, sections, err)
		},
		"soil": func(in io.Reader, o judging.Options) (string, error) {
			table, rows, err := judging.Soil(soils, in, o)
			return written(table, rows, nil, err)
		},
		"emission": func(in io.Reader, o judging.Options) (string, error) {
			table, rows, err := judging.Emission(emissions, in, o)
			return written(table, rows, nil, err)
		},
	}
}

// written is all that is said of a file but its form, which names the encoding.
func written[R any](t judging.Table, rows iter.Seq[R], sections iter.Seq[judging.SectionRow], err error) (string, error) {
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	for _, n := range t.Notes {
		b.WriteString("# " + n + "\n")
	}
	for _, p := range t.Problems {
		b.WriteString("# " + p.String() + "\n")
	}
	if err := lines(rows, &b); err != nil || sections == nil {
		return b.String(), err
	}
	err = lines(sections, &b)
	return b.String(), err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Every fixture gives the same results in both encodings, and those of its
// golden file.
func TestGolden(t *testing.T) {
	for medium, judge := range judges(t) {
		t.Run(medium, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", medium+".csv"))
			must(t, err)
			got, err := judge(bytes.NewReader(text), judging.Options{})
			must(t, err)
			old, err := simplifiedchinese.GB18030.NewEncoder().Bytes(text)
			must(t, err)
			again, err := judge(bytes.NewReader(old), judging.Options{})
			must(t, err)
			if again != got {
				t.Errorf("in GB18030 the results are others")
			}
			golden := filepath.Join("testdata", medium+".golden")
			if *update {
				must(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			must(t, err)
			if got != string(want) {
				t.Errorf("results differ from %s; run with -update and read the difference", golden)
			}
		})
	}
}

// What one row says, by the keys of its JSON. The figures of air were reckoned by
// hand from HJ 633-2012 tables 1 and 2 and HJ 633-2026 table 3.
func TestRows(t *testing.T) {
	const (
		hour = "time,station,so2_1h,no2_1h,co_1h,o3_1h,pm10_1h,pm25_1h,so2_24h\n"
		feed = "timepoint,positionname,so2,no2,co,o3,o3_24h,pm10,pm2_5\n"
		day  = "time,station,so2_24h,no2_24h,co_24h,pm10_24h,pm25_24h,o3_8h_daymax,o3_1h_daymax\n"
		wet  = "断面,日期,项目,结果,单位,目标类别,水体\n"
		dirt = "地块,日期,项目,结果,单位,pH,用地\n"
		flue = "排放源,日期,标准,类别,污染物,结果,单位,取值时间,氧含量,级别,燃料,蒸发量\n"
	)
	all := judges(t)
	for _, tt := range []struct {
		name, medium, text string
		o                  judging.Options
		want               []string // parts of the result of the last row
	}{
		{"the last hour of the old edition", "air", hour + "2026-02-28T23:00,甲,8,21,0.6,64,48,58,\n", judging.Options{},
			[]string{`"aqi":79`, `"edition":"HJ 633-2012"`, `"primary":"细颗粒物(PM2.5)"`, `"primary_codes":["PM2.5"]`}},
		{"the first hour of the new edition", "air", hour + "2026-03-01T00:00,甲,8,21,0.6,64,48,58,\n", judging.Options{},
			[]string{`"aqi":96`, `"edition":"HJ 633-2026"`}},
		{"the day given overrides that of the row", "air", hour + "2026-02-28T23:00,甲,8,21,0.6,64,48,58,\n", judging.Options{At: "2026-03-01"},
			[]string{`"aqi":96`, `"on":"2026-03-01"`}},
		{"the day given serves a row without one", "air", hour + ",甲,8,21,0.6,64,48,58,\n", judging.Options{At: "2026-03-01"}, []string{`"aqi":96`}},
		{"a row without a day has no index", "air", hour + ",甲,8,21,0.6,64,48,58,\n", judging.Options{},
			[]string{`"aqi":null`, `"aqi_text":"NA"`, `不能确定适用哪一版标准`}},
		{"with an item missing nothing is published up to 100 in 2026", "air", hour + "2026-03-01T00:00,甲,8,21,0.6,64,—,58,\n", judging.Options{},
			[]string{`"aqi":null`, `"highest_iaqi":96`, `"primary":""`, `"missing":["PM10/1h"]`, `"raw":"—"`}},
		{"above 100 it is", "air", hour + "2026-03-01T00:00,甲,8,21,0.6,64,—,61,\n", judging.Options{}, []string{`"aqi":101`, `"issue":"air_incomplete"`}},
		{"SO2 above 800 takes the index of 24 hours", "air", hour + "2022-03-01T00:00,甲,900,21,0.6,64,48,30,160\n", judging.Options{},
			[]string{`"aqi":102`, `"stand_in":"SO2/24h_rolling"`}},
		{"without them there is no index", "air", hour + "2022-03-01T00:00,甲,900,21,0.6,64,48,30,\n", judging.Options{}, []string{`"aqi":null`, `"issue":"air_above_table"`}},
		{"the swapped columns of the archives", "air", feed + "2022-03-01T00:00,甲,8,21,0.6,170,64,48,30\n", judging.Options{}, []string{`"item":"O3/1h"`, `"raw":"64"`}},
		{"the same columns the right way round", "air", feed + "2022-03-01T00:00,甲,8,21,0.6,64,170,48,30\n", judging.Options{}, []string{`"raw":"64"`}},
		{"columns that contradict each other are not used", "air", feed + "2022-03-01T00:00,乙,8,21,0.6,170,64,48,30\n2022-03-01T00:00,甲,8,21,0.6,64,170,48,30\n",
			judging.Options{}, []string{`"issue":"order_open"`, `"missing":["O3/1h"]`}},
		{"a unit in the header is converted", "air", "time,station,so2,no2,co(µg/m³),o3,pm10,pm25\n2022-03-01T00:00,甲,8,21,600,64,48,30\n", judging.Options{},
			[]string{`"value":"0.6"`, `"iaqi":6`}},
		{"a unit that does not fit is an issue", "air", "time,station,so2,no2,co(mg/L),o3,pm10,pm25\n2022-03-01T00:00,甲,8,21,600,64,48,30\n", judging.Options{},
			[]string{`"issue":"unit_mismatch"`, `"cell":"E2"`, `"missing":["CO/1h"]`}},
		{"the report of a day", "air", day + "2026-03-01,甲,8,21,0.6,48,38,101,120\n", judging.Options{Daily: true},
			[]string{`"report":"daily"`, `"item":"O3/8h_daily_max"`, `"aqi":56`}},
		{"text, full width, below detection and a code are issues, each with its raw text", "air",
			hour + "2026-03-01T00:00,甲,８,21mg,未检出,-5,-99,<0.01,\n", judging.Options{},
			[]string{`"raw":"８"`, `"full_width"`, `"raw":"21mg"`, `"not_number"`, `"below_detection"`, `"raw":"-5"`, `"negative"`, `"placeholder"`, `"raw":"<0.01"`, `没有一项浓度可用`}},
		{"a month that is none", "air", hour + "2026-13-01T00:00,甲,8,21,0.6,64,48,58,\n", judging.Options{}, []string{`"no_such_day"`, `"aqi":null`}},
		{"a station-hour twice", "air", hour + "2026-03-01T08:00,甲,8,21,0.6,64,48,58,\n2026-03-01T08:00,甲,8,21,0.6,64,48,58,\n", judging.Options{},
			[]string{`"repeated"`, `"aqi":96`, `与第 2 行重复`}},

		{"a section without its body where it makes no difference", "water", wet + "甲,2026-03-03,氨氮,0.42,mg/L,Ⅲ,\n", judging.Options{},
			[]string{`"type":"water_section"`, `"class_text":"Ⅱ类"`, `"attained":"meets"`}},
		{"a section without its body where it does", "water", wet + "甲,2026-03-03,总磷,0.15,mg/L,Ⅲ,\n", judging.Options{},
			[]string{`"issue":"body_needed"`, `按河流为Ⅲ类，按湖库为Ⅴ类`}},
		{"the body of the whole file", "water", wet + "甲,2026-03-03,总磷,0.15,mg/L,Ⅲ,\n", judging.Options{Body: "湖库"}, []string{`"class_text":"Ⅴ类"`, `"attained":"exceeds"`}},
		{"a section under ice is neither good nor bad", "water", "断面,日期,项目,结果,单位,水体,状态\n甲,2026-01-03,,,,河流,冰封\n", judging.Options{},
			[]string{`"issue":"ice_bound"`, `"class_text":"未知"`}},

		{"cadmium at the screening value", "soil", dirt + "甲,2026-05-12,镉,0.4,mg/kg,6.5,水田\n", judging.Options{},
			[]string{`"outcome":"not_above_screening"`, `"screening":"0.4"`, `"label":"待核实"`}},
		{"and above it", "soil", dirt + "甲,2026-05-12,镉,0.401,mg/kg,6.5,水田\n", judging.Options{}, []string{`"outcome":"between"`}},
		{"farmland without pH", "soil", dirt + "甲,2026-05-12,镉,0.4,mg/kg,,水田\n", judging.Options{}, []string{`"outcome":"unknown"`, `"issue":"no_ph"`}},
		{"before the standard", "soil", dirt + "甲,2018-07-31,镉,0.4,mg/kg,6.5,水田\n", judging.Options{}, []string{`"issue":"not_in_force"`}},
		{"before the standard, judged as of a later day", "soil", dirt + "甲,2018-07-31,镉,0.4,mg/kg,6.5,水田\n", judging.Options{At: "2026-01-01"},
			[]string{`"outcome":"not_above_screening"`}},
		{"a unit of water in soil", "soil", dirt + "甲,2026-05-12,镉,0.4,mg/L,6.5,水田\n", judging.Options{}, []string{`"outcome":"unknown"`, `"unit_mismatch"`, `"raw":"mg/L"`}},

		{"a boiler at its limit (GB 13271-2014 table 2)", "emission", flue + "炉,2026-01-05,GB 13271,锅炉,SO2,225,mg/m³,小时均值,12,新建,煤,20\n", judging.Options{},
			[]string{`"verdict":"meets"`, `"converted":"300"`, `"clause":"表2"`}},
		{"and above it", "emission", flue + "炉,2026-01-05,GB 13271,锅炉,SO2,225.1,mg/m³,小时均值,12,新建,煤,20\n", judging.Options{}, []string{`"verdict":"exceeds"`}},
		{"what was not stated is asked for", "emission", flue + "炉,2026-01-05,GB 13271,锅炉,SO2,250,mg/m³,小时均值,9,,煤,20\n", judging.Options{},
			[]string{`"verdict":"unknown"`, `"issue":"level_needed"`, `须说明执行的级别`}},
		{"and not where it makes no difference", "emission", flue + "炉,2026-01-05,GB 13271,锅炉,SO2,20,mg/m³,小时均值,9,,煤,20\n", judging.Options{}, []string{`"verdict":"meets"`}},
		{"neither standard nor kind of source", "emission", flue + "炉,2026-01-05,,,SO2,20,mg/m³,小时均值,9,,煤,20\n", judging.Options{}, []string{`"issue":"source_needed"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := all[tt.medium](strings.NewReader(tt.text), tt.o)
			must(t, err)
			rows := strings.Split(strings.TrimSpace(got), "\n")
			last := rows[len(rows)-1]
			for _, part := range tt.want {
				if !strings.Contains(last, part) {
					t.Errorf("%s is not in\n%s", part, last)
				}
			}
		})
	}
}

func TestFileThatIsNone(t *testing.T) {
	all := judges(t)
	for _, tt := range []struct {
		name, medium, text string
		o                  judging.Options
		want               string
	}{
		{"no header", "air", "1,2\n3,4\n", judging.Options{}, "表里没有找到表头"},
		{"no time", "air", "站点,so2,no2\n甲,1,2\n", judging.Options{}, "表里缺少这些列：时间"},
		{"no concentration", "air", "时间,站点\n2026-03-01,甲\n", judging.Options{}, "没有实时报要用的浓度列"},
		{"no columns of the day", "air", "时间,so2_1h\n2026-03-01,1\n", judging.Options{Daily: true}, "没有日报要用的浓度列"},
		{"no value", "soil", "地块,日期,项目\n甲,2026-03-01,镉\n", judging.Options{}, "表里缺少这些列：结果"},
		{"a body that is none", "water", "断面,日期,项目,结果\n甲,2026-03-01,氨氮,1\n", judging.Options{Body: "海"}, "不认识的水体“海”"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := all[tt.medium](strings.NewReader(tt.text), tt.o)
			if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.want) {
				t.Errorf("error %v; want one that says %s", err, tt.want)
			}
		})
	}
}

// A workbook says what the same rows say as text: its numbers and days are read
// from what is stored.
func TestWorkbook(t *testing.T) {
	table := sheet.Table{Columns: []sheet.Column{
		{Name: "地块"}, {Name: "日期", Kind: sheet.Date}, {Name: "项目"}, {Name: "结果", Kind: sheet.Number}, {Name: "单位"},
		{Name: "pH", Kind: sheet.Number}, {Name: "用地"},
	}}
	rows := [][]string{
		{"甲", "2026-05-12", "镉", "0.40", "mg/kg", "6.5", "水田"},
		{"甲", "2026-05-13", "镉", "未检出", "mg/kg", "6.5", "水田"},
	}
	var book, text bytes.Buffer
	must(t, sheet.WriteXLSX(&book, table, sheet.RowsOf(rows)))
	must(t, sheet.WriteCSV(&text, table, sheet.RowsOf(rows)))
	judge := judges(t)["soil"]
	want, err := judge(&text, judging.Options{})
	must(t, err)
	got, err := judge(&book, judging.Options{})
	must(t, err)
	if got != want || !strings.Contains(got, `"not_above_screening"`) {
		t.Errorf("the workbook gives\n%s\nthe text\n%s", got, want)
	}
}
