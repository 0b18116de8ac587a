package script

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pingzhang/standard"
)

var update = flag.Bool("update", false, "write the golden files")

func TestParse(t *testing.T) {
	iaqi := Case{
		Subject: "air.iaqi", Given: []Input{{"pollutant", "PM2.5"}, {"averaging", "24h"}, {"value", "75 µg/m³"}},
		At: "2026-02-28", Expect: []Expectation{{Key: "iaqi", Value: "100"}}, Because: "HJ 633-2012 表1",
	}
	zh := iaqi
	zh.Chinese = true
	for _, tt := range []struct {
		name, text string
		want       Case
	}{
		{"a case stands on one line", "air.iaqi: given pollutant PM2.5, averaging 24h, value 75 µg/m³ at 2026-02-28 expect iaqi 100 because HJ 633-2012 表1", iaqi},
		{"a case takes several lines", "air.iaqi:\n  given pollutant PM2.5, averaging 24h\n    value  75  µg/m³\n\tat 2026-02-28\nexpect iaqi 100\n  because HJ 633-2012\n    表1\n", iaqi},
		{"its words are Chinese", "air.iaqi：给定 pollutant PM2.5，averaging 24h，value 75 µg/m³ 在 2026-02-28 期望 iaqi 100 因为 HJ 633-2012 表1\r\n", zh},
		{"the clauses stand in another order", "air.iaqi: because HJ 633-2012 表1\n expect iaqi 100 at 2026-02-28 given pollutant PM2.5, averaging 24h, value 75 µg/m³", iaqi},
		{"a comma inside a word separates nothing", "水: given 项目 1,2-二氯乙烷, 断面 甲、乙 expect 类别 Ⅲ",
			Case{Subject: "水", Given: []Input{{"项目", "1,2-二氯乙烷"}, {"断面", "甲、乙"}}, Expect: []Expectation{{Key: "类别", Value: "Ⅲ"}}}},
		{"quotes hold separators, words of the form and quotes", `a: given x "at 1, 2", y “期望，” , z "say ""no""" expect v ""`,
			Case{Subject: "a", Given: []Input{{"x", "at 1, 2"}, {"y", "期望，"}, {"z", `say "no"`}}, Expect: []Expectation{{Key: "v", Value: ""}}}},
		{"two bounds make a range", "a: expect v >= 1, v ≤ 2 mg/L",
			Case{Subject: "a", Expect: []Expectation{{"v", AtLeast, "1"}, {"v", AtMost, "2 mg/L"}}}},
		{"an operator in quotes is text", `a: expect v ">= 1"`, Case{Subject: "a", Expect: []Expectation{{"v", Equal, ">= 1"}}}},
		{"a reason is free text", `a: expect v 1 because given at "once, 5" is`, Case{Subject: "a", Expect: []Expectation{{"v", Equal, "1"}}, Because: `given at "once, 5" is`}},
		{"comments stand before and inside a case", "# one\n\n# two\na: given x 1\n  # three\n expect v 1\n",
			Case{Subject: "a", Given: []Input{{"x", "1"}}, Expect: []Expectation{{"v", Equal, "1"}}, Comments: []string{"# one", "", "# two", "# three"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Parse("t", []byte(tt.text))
			if err != nil || len(s.Cases) != 1 {
				t.Fatalf("Parse = %+v, %v", s, err)
			}
			got := s.Cases[0]
			got.Line, got.apart = 0, false
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("case %+v; want %+v", got, tt.want)
			}
		})
	}
}

func TestCasesEnd(t *testing.T) {
	s, err := Parse("t", []byte("\ufeffa: expect v 1\nb: expect v 2\n\n\nc:\n  expect v 3\n\n# end\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range s.Cases {
		got = append(got, c.Subject)
	}
	if strings.Join(got, "") != "abc" || s.Cases[2].Line != 5 || !reflect.DeepEqual(s.Comments, []string{"# end"}) {
		t.Errorf("cases %v, %+v", got, s)
	}
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"text before any subject", "\nhello", "t:2: 这里应是一个用例的开头"},
		{"a line after the empty one that ended a case", "a: expect v 1\n\n  at 2026-01-01", "t:3: 这里应是一个用例的开头"},
		{"nothing expected", "a: given x 1\nb: expect v 1", "t:1: 用例 a 没有写期望"},
		{"expect without a result", "a: expect", "t:1: 用例 a 的 expect（期望）后面没有内容"},
		{"given without an input", "a: given expect v 1", "t:1: 用例 a 的 given（给定）后面没有内容"},
		{"a reason that is empty", "a: expect v 1 because", "t:1: 用例 a 的 because（因为）后面没有内容"},
		{"at without a day", "a: expect v 1 at", "t:1: 用例 a 的 at（在）后面没有日期"},
		{"a day in another form", "a: at 2026年2月28日 expect v 1", "t:1: at（在）后面应是 2026-02-28 这样的日期"},
		{"a day that does not exist", "a: at 2026-02-29 expect v 1", "t:1: at（在）后面应是"},
		{"two days", "a: at 2026-02-28 2026-03-01 expect v 1", "t:1: 日期后面不能是“2026-03-01”"},
		{"a clause twice", "a: expect v 1\n expect v 2", "t:2: expect 在一个用例里只能写一次"},
		{"no clause at all", "a: v 1", "t:1: 主题后面应接 given"},
		{"a key without a value", "a: given x, y 1 expect v 1", "t:1: x 后面缺少值"},
		{"an operator without a value", "a: expect v <=", "t:1: v 后面缺少值"},
		{"a separator with nothing before it", "a: given , x 1 expect v 1", "t:1: 逗号前后缺少内容"},
		{"an input twice", "a: given x 1, x 2 expect v 1", "t:1: x 给定了两次"},
		{"a key in quotes", `a: given "x" 1 expect v 1`, "t:1: 名称“x”不能带引号"},
		{"a quote that does not close", "a: given x \"1 expect v 1\n", "t:1: 引号没有配对"},
		{"half a value in quotes", `a: given x 1 "2" expect v 1`, "t:1: x 的值里引号应包住整个值"},
		{"text right behind a quote", `a: given x "1"2 expect v 1`, "t:1: 引号应包住整个值"},
		{"another encoding", "a: expect v \xcd\xa8\xd6", "t:1: 不是 UTF-8 文字"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Parse("t", []byte(tt.text)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %v; want %s…", err, tt.want)
			}
		})
	}
	t.Run("every mistake is named, each case once", func(t *testing.T) {
		_, err := Parse("t", []byte("a: x\n y\n\nb: expect v 1\nc: at x\n"))
		if err == nil || strings.Count(err.Error(), "\n") != 1 || !strings.Contains(err.Error(), "\nt:5: ") {
			t.Errorf("error %v; want lines 1 and 5", err)
		}
	})
}

// sums is a subject with plain arithmetic, so that no figure of a standard
// stands in this test.
var sums = Subjects{
	"sum": Takes(func(in map[string]string, at standard.Date) (map[string]string, error) {
		a, issue := standard.Read(in["a"])
		b, issue2 := standard.Read(in["b"])
		if issue != "" || issue2 != "" {
			return map[string]string{"sum": "", "state": "unknown"}, nil
		}
		if at == "2026-03-01" {
			return nil, errors.New("这一天不相加")
		}
		sum := a.Add(b).String()
		return map[string]string{"sum": sum, "state": "已加", "with": sum + " mg/L", Arithmetic: in["a"] + "+" + in["b"] + "=" + sum, Citation: "算术"}, nil
	}, "a", "b"),
	"panic": func(map[string]string, standard.Date) (map[string]string, error) { panic("没有数") },
}

func TestRun(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{ // want is the first failure; empty for a pass
		{"equal numbers pass in any scale", "sum: given a 1, b 2.50 expect sum 3.5, state 已加", ""},
		{"another number fails", "sum: given a 1, b 2 expect sum 3.0000001", "期望 sum 3.0000001，得到 3"},
		{"a fraction is exact", "sum: given a 1, b 2 expect sum 6/2", ""},
		{"numbers of one unit compare", "sum: given a 1, b 2 expect with 3.0 mg/L", ""},
		{"numbers of two units do not", "sum: given a 1, b 2 expect with 3 µg/L", "期望 with 3 µg/L，得到 3 mg/L"},
		{"a bound holds at the bound", "sum: given a 1, b 2 expect sum >= 3, sum <= 3", ""},
		{"a bound is crossed", "sum: given a 1, b 2 expect sum <= 2.9", "期望 sum <= 2.9，得到 3"},
		{"a bound on text fails", "sum: given a 1, b 2 expect state <= 5", "期望 state <= 5，得到 已加"},
		{"unknown is expected and came", "sum: given a — , b 2 expect sum unknown, state 未知", ""},
		{"unknown came for a number", "sum: given a — , b 2 expect sum 2", "期望 sum 2，得到 unknown"},
		{"unknown meets no bound", "sum: given a — , b 2 expect sum <= 2", "期望 sum <= 2，得到 unknown"},
		{"a number came for unknown", "sum: given a 1, b 2 expect sum unknown", "期望 sum unknown，得到 3"},
		{"there is no such subject", "product: expect v 1", "没有主题 product；有的是：panic、sum"},
		{"there is no such input", "sum: given c 1 expect sum 1", "给定的 c 不认识；可以给定：a、b"},
		{"there is no such result", "sum: given a 1, b 2 expect total 3", "结果里没有 total；可以期望：state、sum、with"},
		{"the subject refuses", "sum: given a 1, b 2 at 2026-03-01 expect sum 3", "这一天不相加"},
		{"the subject panics", "panic: expect v 1", "计算中断：没有数"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Parse("t", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			r := Run(s, sums)
			got := ""
			if f := r.Results[0].Failures; len(f) > 0 {
				got = f[0]
			}
			if got != tt.want || r.Passed() != (tt.want == "") {
				t.Errorf("failure %q, passed %v; want %q", got, r.Passed(), tt.want)
			}
		})
	}
}

func TestReport(t *testing.T) {
	s, err := Parse("sums.txt", []byte("sum: given a 1, b 2 expect sum 3\nsum: given a 1, b 2 expect sum 4, state 已减 because 习题 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := Run(s, sums)
	const want = "sums.txt:1: 通过 sum\nsums.txt:2: 未通过 sum: 期望 sum 4，得到 3；期望 state 已减，得到 已加；计算：1+2=3；引用：算术；依据：习题 3\n"
	if r.String() != want {
		t.Errorf("report\n%swant\n%s", r, want)
	}
	data, err := json.Marshal(r)
	var back Report
	if err != nil || json.Unmarshal(data, &back) != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("JSON %s, %v", data, err)
	}
}

// TestFormat compares each script of testdata with its canonical layout.
func TestFormat(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Parse(name, data)
		if err != nil {
			t.Fatal(err)
		}
		golden := strings.TrimSuffix(name, ".txt") + ".golden"
		if *update {
			if err := os.WriteFile(golden, Format(s), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || string(want) != string(Format(s)) {
			t.Errorf("%s is written as\n%s", name, Format(s))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"# c\na: given x 1, y \"a, b\" at 2026-02-28 expect v >= 1 because z\n\n\nb：给定 项目 “甲” 期望 类别 未知\n# end",
		"a:\n given x 1\n y 2\n # c\n expect v \"\"\n because a\n b \"c\n", "a: expect v \"at\", w ,", "a: expect <= 5, v <= \">= \"\"5\"",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse("t", data)
		if err != nil {
			return
		}
		text := Format(s)
		again, err := Parse("t", text)
		if err != nil {
			t.Fatalf("%q is written as %q, which is a mistake: %v", data, text, err)
		}
		if len(again.Cases) != len(s.Cases) {
			t.Fatalf("%q is written as %q: %d cases became %d", data, text, len(s.Cases), len(again.Cases))
		}
		for i := range s.Cases {
			a, b := s.Cases[i], again.Cases[i]
			a.Line, b.Line, a.apart, b.apart = 0, 0, false, false
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("%q is written as %q: %+v became %+v", data, text, a, b)
			}
		}
		if twice := Format(again); string(twice) != string(text) {
			t.Fatalf("%q is written as %q and then as %q", data, text, twice)
		}
		Run(s, Subjects{"a": func(g map[string]string, _ standard.Date) (map[string]string, error) { return g, nil }})
	})
}
