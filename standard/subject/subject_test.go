package subject

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/standard/script"
)

// open makes the subjects of the tables that are shipped.
func open(t *testing.T) script.Subjects {
	t.Helper()
	subjects, err := Open(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	return subjects
}

// shipped parses the scripts that are shipped.
func shipped(t *testing.T) []*script.Script {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(rules, "*.txt"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var all []*script.Script
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := script.Parse(filepath.Base(name), data)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func TestShippedScripts(t *testing.T) {
	subjects := open(t)
	cases := 0
	for _, s := range shipped(t) {
		t.Run(s.Name, func(t *testing.T) {
			failed := 0
			for _, r := range script.Run(s, subjects).Results {
				if cases++; r.Because == "" {
					t.Errorf("%s:%d: no reason is given", s.Name, r.Line)
				}
				if !r.Passed {
					if failed++; failed <= 20 {
						t.Errorf("%s:%d: %s", s.Name, r.Line, r)
					}
				}
			}
			if failed > 20 {
				t.Errorf("%d failures in all", failed)
			}
		})
	}
	t.Logf("%d cases", cases)
}

func TestMistakesAreExplained(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"the index is another, and the arithmetic and the clause are told",
			"air.iaqi：给定 污染物 PM2.5，时段 24h，数值 75 µg/m³ 在 2026-02-28 期望 分指数 101 因为 表1",
			"未通过 air.iaqi: 期望 分指数 101，得到 100；计算：PM2.5 24 小时均值 75 µg/m³：(100−50)÷(75−35)×(75−35)+50=100；引用：《环境空气质量指数（AQI）技术规定（试行）》（HJ 633-2012）"},
		{"no day is named where the edition decides", "water.class：给定 项目 氨氮，数值 1 mg/L 期望 类别 Ⅲ类", "须写明日期"},
		{"an input is not known", "air.iaqi：给定 污染 PM2.5 在 2026-03-01 期望 分指数 1", "给定的 污染 不认识；可以给定：pollutant、污染物"},
		{"an input is missing", "air.iaqi：给定 污染物 PM2.5，时段 24h 在 2026-03-01 期望 分指数 1", "缺少 数值（value）"},
		{"an input is given by both names", "air.iaqi：给定 污染物 PM2.5，pollutant PM2.5，时段 24h，数值 1 µg/m³ 在 2026-03-01 期望 分指数 1", "以两个名称给定了两次"},
		{"a result is not known", "air.iaqi：给定 污染物 PM2.5，时段 24h，数值 1 µg/m³ 在 2026-03-01 期望 指数 2", "结果里没有 指数；可以期望："},
		{"a word is not of its list", "soil.farmland：给定 项目 镉，用地 旱地，pH 6，数值 1 mg/kg 在 2026-03-01 期望 结论 未知", "可以是：其他、果园、水旱轮作地、水田"},
		{"several limits apply", "emission.limit：给定 标准 GB 18485，污染物 氮氧化物，建设日期 2020-01-01 在 2026-03-01 期望 上限 300 mg/m³", "请再给定位置、限制的量或时段：排气筒 concentration 小时均值；排气筒 concentration 日均值"},
		{"a list repeats beyond reason", "air.validity：给定 污染物 PM2.5，时段 24h，小时值 50×9999 在 2026-03-01 期望 有效 是", "次数为 1 至 8784"},
		{"a target without a base", "carbon.intensity：给定 排放量 1，生产总值 1，目标 18，目标年数 5，第几年 1 期望 进度 未知", "缺少 基期排放量（base_co2）"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := script.Parse("t", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			r := script.Run(s, open(t)).Results[0]
			if r.Passed || !strings.Contains(r.String(), tt.want) {
				t.Errorf("%s; want … %s …", r, tt.want)
			}
		})
	}
}

// What a script in English asks is the same, with codes for words.
func TestEnglishNames(t *testing.T) {
	s, err := script.Parse("t", []byte(`air.iaqi: given pollutant PM2.5, averaging 24h, value 75 µg/m³ at 2026-02-28 expect iaqi 100, level 2, unverified no
soil.farmland: given item Cd, use paddy, ph 5.5, value 0.31 mg/kg at 2026-03-01 expect outcome between, screening 0.3 mg/kg, unverified yes
number.judge: given value 200 mg/m³, max 300, oxygen 12, reference 9 expect verdict meets, value 800/3 mg/m³, issue none
emission.judge: given document GB 13271, pollutant NOx, level new, fuel coal, steam 20, value 200 mg/m³ at 2026-03-01 expect verdict unknown, issue no_oxygen
`))
	if err != nil {
		t.Fatal(err)
	}
	if r := script.Run(s, open(t)); !r.Passed() {
		t.Error(r)
	}
}

func TestDescribe(t *testing.T) {
	subjects := open(t)
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	if len(Describe()) != len(subjects) {
		t.Errorf("%d subjects are described, %d are there", len(Describe()), len(subjects))
	}
	for _, h := range Describe() {
		if subjects[h.Name] == nil || !strings.Contains(string(doc), "//\t"+h.Name+" ") {
			t.Errorf("%s is not there, or not in the comment of the package", h.Name)
		}
		if _, err := subjects[h.Name](map[string]string{}, ""); h.Dated && err == nil {
			t.Errorf("%s answers without a day", h.Name)
		}
		for _, keys := range [][]Key{h.Inputs, h.Results} {
			seen := map[string]bool{}
			for _, k := range keys {
				if k.Name == "" || k.Chinese == "" || k.About == "" || seen[k.Name] || seen[k.Chinese] {
					t.Errorf("%s: key %+v lacks a name, or has one twice", h.Name, k)
				}
				seen[k.Name], seen[k.Chinese] = true, true
			}
		}
	}
}
