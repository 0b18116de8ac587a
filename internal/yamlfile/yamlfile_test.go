package yamlfile_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"pingzhang/internal/fault"
	"pingzhang/internal/yamlfile"
)

type stage struct {
	Code string         `yaml:"code"`
	Days int            `yaml:"days"`
	Open bool           `yaml:"open"`
	Tags []string       `yaml:"tags"`
	More map[string]any `yaml:"more"`
	Base `yaml:",inline"`
}

type Base struct {
	Document string `yaml:"document"`
}

type book struct {
	Stages []stage          `yaml:"stages"`
	ByCode map[string]stage `yaml:"by_code"`
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name string
		text string
		want string // beginning of the sentence; empty when the file is right
	}{
		{"a right file is read", "# 说明\n---\nstages:\n  - code: filed\n    days: 7\n    open: true\n    tags: [a, b]\n    document: GB 1\n    more: {x: 1}\nby_code:\n  a: {code: 231100}\n", ""},
		{"an unknown key is named with its line and the known ones", "stages:\n  - code: a\n    dayz: 7\n", "book.yaml:3: 不认识的键 dayz，可用：code、days、document、more、open、tags"},
		{"an unknown key at the top too", "stage: []\n", "book.yaml:1: 不认识的键 stage，可用：by_code、stages"},
		{"an unknown key inside a map's values too", "by_code:\n  a:\n    cod: 1\n", "book.yaml:3: 不认识的键 cod"},
		{"a key that stands twice is refused", "stages:\n  - code: a\n    code: b\n", "book.yaml:3: code 与第 2 行重复"},
		{"also where any shape is taken", "stages:\n  - more:\n      x: 1\n      x: 2\n", "book.yaml:4: x 与第 3 行重复"},
		{"a word is no number", "stages:\n  - days: 七\n", "book.yaml:2: days 应为整数，不能是“七”"},
		{"a fraction is no whole number", "stages:\n  - days: 1.5\n", "book.yaml:2: days 应为整数，不能是“1.5”"},
		{"a word is no yes or no", "stages:\n  - open: maybe\n", "book.yaml:2: open 应为 true 或 false"},
		{"a word is no list", "stages:\n  - tags: a\n", "book.yaml:2: tags 应为列表"},
		{"a list is no word", "stages:\n  - code:\n      - a\n", "book.yaml:3: code 应为文字，不能是列表"},
		{"a mapping is no list", "stages:\n  code: a\n", "book.yaml:2: stages 应为列表"},
		{"a bare word is no entry", "stages:\n  - a\n", "book.yaml:2: stages 应为一组“键: 值”"},
		{"aliases are refused", "stages:\n  - &a {code: x}\n  - *a\n", "book.yaml:2: 不支持锚点和引用"},
		{"a second document is refused", "stages: []\n---\nstages: []\n", "book.yaml:2: 一个文件只能有一段内容"},
		{"an empty file is refused", "\n# nothing\n", "book.yaml:1: 文件是空的"},
		{"broken YAML says where", "stages:\n  - code: \"a\n", "book.yaml:"},
		{"a tab for an indent says where", "stages:\n\t- code: a\n", "book.yaml:2: 不是正确的 YAML"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b book
			_, err := yamlfile.Parse("book.yaml", []byte(tt.text), &b)
			if tt.want == "" {
				if err != nil || b.Stages[0].Days != 7 || b.Stages[0].Document != "GB 1" || b.ByCode["a"].Code != "231100" {
					t.Errorf("got %+v, %v", b, err)
				}
				return
			}
			if !fault.Is(err, fault.Invalid) || !strings.HasPrefix(fault.Text(err), tt.want) {
				t.Errorf("got  %v\nwant %s…", err, tt.want)
			}
		})
	}
}

func TestLine(t *testing.T) {
	var b book
	dir := fstest.MapFS{"book.yaml": {Data: []byte("stages:\n  - code: a\n  - code: b\n\n    days: 3\nby_code:\n  2.5: {days: 1}\n")}}
	f, err := yamlfile.Read(dir, "book.yaml", &b)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path string
		want       int
	}{
		{"the whole file", "", 1},
		{"an entry of a list", "stages.1", 3},
		{"a key of an entry", "stages.1.days", 5},
		{"a missing key stands where its entry does", "stages.0.days", 2},
		{"a key with a dot in it", "by_code.2.5.days", 7},
		{"an index beyond the list", "stages.9.code", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := f.Line(tt.path); got != tt.want {
				t.Errorf("Line(%s) = %d, want %d", tt.path, got, tt.want)
			}
		})
	}
	got := fault.Text(f.OneOf("stages.1.code", "b", "x", "y"))
	if want := "book.yaml:3: code 不能是“b”，可用：x、y"; got != want {
		t.Errorf("OneOf says %s, want %s", got, want)
	}
	if err := f.OneOf("stages.1.code", "b", "a", "b"); err != nil {
		t.Errorf("OneOf refuses an allowed value: %v", err)
	}
	if _, err := yamlfile.Read(dir, "none.yaml", &b); !fault.Is(err, fault.Invalid) {
		t.Errorf("a missing file gives %v, want fault.Invalid", err)
	}
}
