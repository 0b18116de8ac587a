package law_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/law"
	"pingzhang/internal/testkit"
)

func day(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, clock.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func book(t *testing.T) *law.Book {
	t.Helper()
	b, err := law.Load(os.DirFS(filepath.Join(testkit.Root(t), "catalog", "law")))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The clauses and amounts are those of the clause map old -> new for the acts
// of a municipal bureau (生态环境法典, in force 2026-08-15).
func TestBasis(t *testing.T) {
	b := book(t)
	for _, tt := range []struct {
		name     string
		code     law.Code
		on       string
		citation string
		fine     string
		mark     string
	}{
		{"an exceedance on the first day of the code falls under it", "exceedance", "2026-08-15",
			"《中华人民共和国生态环境法典》第1107条", "10万元至100万元", ""},
		{"a day earlier the clause is not recorded, and none is cited", "exceedance", "2026-08-14",
			"超过排放标准或者总量控制指标排放污染物：2026-08-14 适用的条款待补充", "", "待补充"},
		{"a breach of the permit before the code falls under the regulation", "permit_breach", "2026-08-14",
			"《排污许可管理条例》（国务院令第736号）第34条", "20万元至100万元", ""},
		{"and after it under the code", "permit_breach", "2026-08-15",
			"《中华人民共和国生态环境法典》第1103条", "10万元至100万元", ""},
		{"no edition covers a day before the regulation", "permit_breach", "2021-02-28",
			"不按照排污许可证规定排放污染物（种类、浓度、排放量、许可限值）：2021-02-28 适用的条款待补充", "", "待补充"},
		{"a clause seen in one copy says so", "false_monitoring", "2026-09-01",
			"《中华人民共和国生态环境法典》第1088条", "10万元至100万元", "单一文本，待复核"},
		{"a text below statute, not read, is to be verified", "marking", "2026-09-01",
			"《污染物排放自动监测设备标记规则》（生态环境部公告2022年第21号）", "", "待核实"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := b.Basis(tt.code, day(tt.on))
			if err != nil {
				t.Fatal(err)
			}
			fine := ""
			if p := got.Edition.Penalty; p != nil {
				fine = p.Text()
			}
			if got.Citation() != tt.citation || fine != tt.fine || got.Mark() != tt.mark {
				t.Errorf("got %q, %q, %q; want %q, %q, %q", got.Citation(), fine, got.Mark(), tt.citation, tt.fine, tt.mark)
			}
		})
	}
	if _, err := b.Basis("nonsense", day("2026-09-01")); !fault.Is(err, fault.NotFound) {
		t.Errorf("an act that is not there gives %v, want fault.NotFound", err)
	}
}

func TestCompare(t *testing.T) {
	b := book(t)
	for _, tt := range []struct {
		name          string
		code          law.Code
		act, decision string
		want          string
	}{
		{"100,000 to a million is lighter than 200,000 to a million", "permit_breach", "2026-08-01", "2026-09-01", "决定时的规定较轻"},
		{"act and decision under one clause need no choice", "permit_breach", "2026-08-15", "2026-09-01", "同一条款"},
		{"an unknown clause is never compared", "exceedance", "2026-08-01", "2026-09-01", "待补充"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := b.Compare(tt.code, day(tt.act), day(tt.decision))
			if err != nil || !strings.Contains(got.Advice, tt.want) {
				t.Errorf("got %q, %v; want %q in it", got.Advice, err, tt.want)
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	const docs = "documents:\n  - id: A\n    title: 甲法\n    level: 法律\n    effective_from: 2020-01-01\n    confidence: S1\n"
	for _, tt := range []struct {
		name string
		text string
		want []string
	}{
		{"a level that does not exist", "documents:\n  - id: A\n    title: 甲法\n    level: 通知\n    confidence: S1\n",
			[]string{"a.yaml", "4", "通知", "行政法规"}},
		{"a misspelt key", "documents:\n  - id: A\n    titel: 甲法\n", []string{"a.yaml", "3", "titel"}},
		{"a document that is not there", docs + "bases:\n  - code: x\n    title: 某行为\n    editions:\n      - document: B\n        effective_from: 2020-01-01\n        confidence: S1\n        source: 甲\n",
			[]string{"a.yaml", "11", "“B”", "可用：A"}},
		{"two clauses on one day", docs + "bases:\n  - code: x\n    title: 某行为\n    editions:\n      - document: A\n        effective_from: 2020-01-01\n        confidence: S1\n        source: 甲\n      - document: A\n        effective_from: 2021-01-01\n        confidence: S1\n        source: 甲\n",
			[]string{"a.yaml", "15", "重叠"}},
		{"a clause older than its document", docs + "bases:\n  - code: x\n    title: 某行为\n    editions:\n      - document: A\n        effective_from: 2019-12-31\n        confidence: S1\n        source: 甲\n",
			[]string{"a.yaml", "12", "2020-01-01"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := law.Load(fstest.MapFS{"a.yaml": {Data: []byte(tt.text)}})
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("got %v, want fault.Invalid", err)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
}
