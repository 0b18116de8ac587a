package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pingzhang/internal/fault"
	"pingzhang/internal/judging"
	"pingzhang/internal/testkit"
)

// The command reproduces each index, level and primary pollutant that the
// national centre published in two hours (HJ 633-2012).
func TestJudgePublishedHours(t *testing.T) {
	for _, tt := range []struct {
		file, aqi, level, primary string
		published                 int
	}{
		{"data/cnemc_2017-07-07T16.csv", "aqi_published", "level_published", "primary_published", 1462},
		{"data/cnemc_2022-01-04T20_heilongjiang.csv", "aqi", "", "primarypollutant", 29},
	} {
		t.Run(tt.file, func(t *testing.T) {
			published := 0
			for _, r := range judgedAir(t, judged{File: testkit.Shared(t, tt.file)}) {
				aqi := r.Other[tt.aqi]
				if aqi == "" {
					continue
				}
				published++
				if r.AQIText != aqi || r.Primary != r.Other[tt.primary] || tt.level != "" && r.Category != r.Other[tt.level] || r.Edition != "HJ 633-2012" {
					t.Errorf("line %d: %s %s %q by %s; published %s %s %q", r.Line, r.AQIText, r.Category, r.Primary, r.Edition, aqi,
						r.Other[tt.level], r.Other[tt.primary])
				}
			}
			if published != tt.published {
				t.Errorf("%d published values were compared; want %d", published, tt.published)
			}
		})
	}
}

// As of a day of 2026 the same hour has the index that another program reckoned.
func TestJudgeHourBy2026(t *testing.T) {
	for _, r := range judgedAir(t, judged{File: testkit.Shared(t, "data/cnemc_2017-07-07T16.csv"), At: "2026-03-01"}) {
		if want := r.Other["aqi_hj633_2026_recomputed"]; want != "" && (r.Highest == nil || strconv.Itoa(*r.Highest) != want) {
			t.Errorf("line %d: %s, highest index %v; want %s", r.Line, r.AQIText, r.Highest, want)
		}
	}
}

func judgedAir(t *testing.T, c judged) []judging.AirRow {
	t.Helper()
	c.JSON = true
	var out bytes.Buffer
	if err := (&judgeAirCmd{judged: c}).run(&out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var rows []judging.AirRow
	for dec := json.NewDecoder(&out); dec.More(); {
		var r judging.AirRow
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

func TestJudgePrints(t *testing.T) {
	file := filepath.Join(t.TempDir(), "soil.csv")
	text := "地块,日期,项目,结果,单位,pH,用地\n甲,2026-05-12,镉,0.4,mg/kg,6.5,水田\n乙地块,2026-05-12,镉,少许,mg/kg,6.5,水田\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, aside bytes.Buffer
	if err := (&judgeSoilCmd{judged{File: file}}).run(&out, &aside); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	// A Chinese character takes two places: 乙地块 is as wide as 甲 and four blanks.
	if !strings.HasPrefix(lines[1], "2   甲      2026-05-12") || !strings.HasPrefix(lines[2], "3   乙地块  2026-05-12") {
		t.Errorf("the columns are not aligned:\n%s", out.String())
	}
	if !strings.Contains(lines[1], "GB 15618-2018 表1（待核实）") || !strings.HasPrefix(lines[3], "    D3 结果“少许”：") {
		t.Errorf("the clause or the issue is missing:\n%s", out.String())
	}
	if want := "行数 2，有结果 1，没有结果 1，有问题的单元格 1"; !strings.Contains(aside.String(), want) {
		t.Errorf("the summary is %q; want %q in it", aside.String(), want)
	}
}

func TestJudgeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    judged
		want string
	}{
		{"a file that is not there", judged{File: "nowhere.csv"}, "打不开文件 nowhere.csv"},
		{"a folder", judged{File: t.TempDir()}, "请确认它是文件而不是文件夹"},
		{"a day that is none", judged{File: "nowhere.csv", At: "明天"}, "“明天”不是日期"},
		{"a month", judged{File: "nowhere.csv", At: "2026-03"}, "“2026-03”不是日期"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := (&judgeAirCmd{judged: tt.c}).run(io.Discard, io.Discard)
			if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.want) {
				t.Errorf("error %v; want one that says %s", err, tt.want)
			}
		})
	}
}

func TestSpelled(t *testing.T) {
	for _, tt := range []struct{ name, args, want string }{
		{"one stroke is as good as two", "judge air f.csv -at 2026-03-01 -json", "judge air f.csv --at 2026-03-01 --json"},
		{"with the value behind a sign", "judge air f.csv -at=2026-03-01", "judge air f.csv --at=2026-03-01"},
		{"short flags stay", "judge air -j f.csv", "judge air -j f.csv"},
		{"other commands too", "frames f.txt -json", "frames f.txt --json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := spelled(strings.Fields(tt.args)); !slices.Equal(got, strings.Fields(tt.want)) {
				t.Errorf("spelled = %q; want %q", got, tt.want)
			}
		})
	}
}

// The example in the help of each command is a file that it judges.
func TestJudgeHelpExamples(t *testing.T) {
	for _, tt := range []struct {
		name, help string
		run        func(judged, io.Writer) error
	}{
		{"air", judgeAirCmd{}.Help(), func(c judged, w io.Writer) error { return (&judgeAirCmd{judged: c}).run(w, w) }},
		{"water", judgeWaterCmd{}.Help(), func(c judged, w io.Writer) error { return (&judgeWaterCmd{judged: c}).run(w, w) }},
		{"soil", judgeSoilCmd{}.Help(), func(c judged, w io.Writer) error { return (&judgeSoilCmd{judged: c}).run(w, w) }},
		{"emission", judgeEmissionCmd{}.Help(), func(c judged, w io.Writer) error { return (&judgeEmissionCmd{judged: c}).run(w, w) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, example, _ := strings.Cut(tt.help, "例：\n\n")
			example, _, _ = strings.Cut(example, "\n\n")
			file := filepath.Join(t.TempDir(), "example.csv")
			if err := os.WriteFile(file, []byte(strings.ReplaceAll(example, "    ", "")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := tt.run(judged{File: file}, &out); err != nil || !strings.Contains(out.String(), "没有结果 0") {
				t.Errorf("%v\n%s", err, out.String())
			}
		})
	}
}
