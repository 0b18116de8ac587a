package sheet

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"pingzhang/internal/fault"
	"pingzhang/internal/testkit"
	"pingzhang/standard"
)

// lab are columns as of a laboratory's report on rivers.
var lab = []Column{
	{Name: "section", Zh: "断面名称", Synonyms: []string{"断面", "监测断面"}, Required: true},
	{Name: "on", Zh: "采样日期", Synonyms: []string{"采样时间"}, Kind: Date, Required: true},
	{Name: "nh3n", Zh: "氨氮", Synonyms: []string{"NH3-N"}, Kind: Number, Unit: standard.MgPerL},
	{Name: "orp", Zh: "氧化还原电位", Kind: Number, Signed: true},
}

func readString(text string, columns []Column) (*Sheet, error) {
	return Read(strings.NewReader(text), columns, Options{})
}

// dump writes a sheet as text: the columns, what each cell was read as, and the
// problems.
func dump(s *Sheet) string {
	var b strings.Builder
	fmt.Fprintln(&b, strings.TrimSpace(s.Form+" "+s.Name))
	for _, f := range s.Fields {
		fmt.Fprintf(&b, "%s %s=%q known=%v unit=%q\n", f.Letter, f.Name, f.Header, f.Known, f.Unit)
	}
	for r := range s.Rows() {
		fmt.Fprintf(&b, "%d:", r.Number)
		for i, f := range s.Fields {
			text := r.Text(f.Name)
			switch f.Kind {
			case Number:
				v := r.Reading(f.Name)
				text = v.Value.String() + string(v.Issue)
				if v.Limit.IsSet() {
					text += "(" + v.Limit.String() + ")"
				}
			case Month, Date, Time:
				if m := r.Moment(f.Name); m.Issue == "" {
					text = m.Time.Format("2006-01-02T15:04") + " " + string(m.Unit)
				} else {
					text = string(m.Issue)
				}
			}
			fmt.Fprintf(&b, "%s %s", map[bool]string{true: " |"}[i > 0], text)
		}
		b.WriteByte('\n')
	}
	for _, p := range s.Problems {
		note := ""
		if p.Note {
			note = "（说明）"
		}
		fmt.Fprintln(&b, p.String()+note)
	}
	return b.String()
}

const labCSV = "某实验室监测结果,,,,\n\n断面*,采样日期,NH₃-N（mg/L）,氧化还原电位,备注\n" +
	"甲断面,2026/11/3,0.150,-99,冰封\n" +
	"乙断面,2026年11月4日,0.025L,,\n" +
	"丙断面,26-11-5,12mg,—,\n" +
	",20261106,-99,120,\n" +
	"丁断面,2026-11-07,１.2,未检出,\"两行\n备注\"\n" +
	"戊断面,2026-11-08,-0.1,5,\n"

func TestFindHeading(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{ // want is name=letter of the columns, or the beginning of the sentence
		{"headers in the first row", "断面,采样日期\n甲,2026-11-03\n", "section=A on=B"},
		{"headers below a title and an empty row", "标题\n\n断面,采样日期\n甲,2026-11-03\n", "section=A on=B"},
		{"other width, case, blanks and stars", "＊断 面 名 称,采样日期*,nh₃-n\n甲,2026-11-03,1\n", "section=A on=B nh3n=C"},
		{"a unit in brackets", "断面,采样日期,氨氮（以N计，mg/L）\n甲,2026-11-03,1\n", "section=A on=B nh3n=C[mg/L]"},
		{"a unit behind a blank", "断面,采样日期,氨氮 mg/L\n甲,2026-11-03,1\n", "section=A on=B nh3n=C[mg/L]"},
		{"a unit in the row below", "断面,采样日期,氨氮,其他\n—,,mg/L,\n甲,2026-11-03,1,2\n", "section=A on=B nh3n=C[mg/L] 其他=D"},
		{"something else in brackets is another column", "断面,采样日期,氨氮（日均）\n甲,2026-11-03,1\n", "section=A on=B 氨氮（日均）=C"},
		{"two rows of headers", "断面,采样日期,监测结果,\n,,氨氮,pH\n甲,2026-11-03,1,7\n", "section=A on=B nh3n=C 监测结果 pH=D"},
		{"a column without a header", "断面,采样日期,\n甲,2026-11-03,1,2\n", "section=A on=B C=C D=D"},
		{"a column that is missing", "断面,氨氮\n甲,1\n", "表里缺少这些列：采样日期；表头中其余的列是：断面、氨氮"},
		{"no header at all", "甲,1\n乙,2\n", "表里没有找到表头；表头应有这些列：断面名称、采样日期"},
		{"a column twice", "断面,监测断面,采样日期\n甲,乙,2026-11-03\n", "“断面名称”一列在表里出现两次（A 列和 B 列）"},
		{"headers below the twentieth row", strings.Repeat("说明\n", 20) + "断面,采样日期\n", "表里没有找到表头"},
		{"headers in the twentieth row", strings.Repeat("说明\n", 19) + "断面,采样日期\n", "section=A on=B"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := readString(tt.text, lab)
			got := fault.Text(err)
			if err == nil {
				got = ""
				for _, f := range s.Fields {
					got += " " + f.Name + "=" + f.Letter
					if f.Unit != "" {
						got += "[" + f.Unit + "]"
					}
				}
				got = got[1:]
			} else if !fault.Is(err, fault.Invalid) {
				t.Errorf("error of kind %s", fault.Of(err))
			}
			if got != tt.want && (err == nil || !strings.HasPrefix(got, tt.want)) {
				t.Errorf("got %s; want %s", got, tt.want)
			}
		})
	}
}

func TestUnits(t *testing.T) {
	s, err := readString("断面,采样日期,氨氮（μg/L）\n甲,2026-11-03,150\n", lab)
	if err != nil {
		t.Fatal(err)
	}
	for r := range s.Rows() {
		if v := r.Reading("nh3n"); v.Value.IsSet() || v.Issue != standard.UnitMismatch {
			t.Errorf("µg/L were read as mg/L: %+v", v)
		}
	}
	if len(s.Problems) != 1 || s.Problems[0].Cell != "C1" || s.Problems[0].Note {
		t.Errorf("problems %v; want one at C1", s.Problems)
	}
}

func TestRow(t *testing.T) {
	s, err := readString(labCSV, lab)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Has("备注") || s.Has("x") || s.Len() != 6 {
		t.Errorf("columns or rows are wrong: %s", dump(s))
	}
	for r := range s.Rows() {
		if r.Number == 4 {
			if r.Text("section") != "甲断面" || r.Cell("nh3n") != "C4" || r.Moment("on").Date() != "2026-11-03" || r.Extra()["备注"] != "冰封" {
				t.Errorf("row 4 is wrong: %s", dump(s))
			}
			if r.Text("x") != "" || r.Cell("x") != "" || r.Reading("x").Issue != standard.NoValue || r.Moment("x").Issue != standard.NoValue {
				t.Error("a column that is not there is not empty")
			}
			p := r.Problem("nh3n", standard.Negative, "浓度为负：%s", "x")
			if p.Cell != "C4" || p.Raw != "0.150" || p.Text != "浓度为负：x" || r.Problem("x", "", "").Cell != "" {
				t.Errorf("problem %+v", p)
			}
		}
	}
	if n := len(s.Wrong()); n != 4 {
		t.Errorf("%d cells are wrong, want 4 of %v", n, s.Problems)
	}
}

func TestForms(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(labCSV)
	if err != nil {
		// U+2083 of NH₃ is in GB18030 though not in GBK.
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(labCSV)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := readString(labCSV, lab)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "lab.golden", dump(plain))
	for _, tt := range []struct{ name, text, form string }{
		{"a byte order mark", "\ufeff" + labCSV, "CSV（UTF-8，逗号分隔）"},
		{"lines of Windows", strings.ReplaceAll(labCSV, "\n", "\r\n"), "CSV（UTF-8，逗号分隔）"},
		{"GB18030", gb, "CSV（GB18030，逗号分隔）"},
		{"UTF-16, as Excel's Unicode text", utf16, "CSV（UTF-16，逗号分隔）"},
		{"semicolons", strings.ReplaceAll(labCSV, ",", ";"), "CSV（UTF-8，分号分隔）"},
		{"tabs", strings.ReplaceAll(labCSV, ",", "\t"), "CSV（UTF-8，制表符分隔）"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := readString(tt.text, lab)
			if err != nil {
				t.Fatal(err)
			}
			if s.Form != tt.form {
				t.Errorf("form %s, want %s", s.Form, tt.form)
			}
			s.Form = plain.Form
			if got := strings.ReplaceAll(dump(s), "\r", ""); got != dump(plain) {
				t.Errorf("read as\n%swant\n%s", got, dump(plain))
			}
		})
	}
}

func TestAnyTable(t *testing.T) {
	s, err := readString("sep=;\n标题\na;b;a\n1;'=2;3\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "CSV（UTF-8，分号分隔）\nA a=\"a\" known=false unit=\"\"\nB b=\"b\" known=false unit=\"\"\nC a（C）=\"a\" known=false unit=\"\"\n4: 1 | =2 | 3\n"
	if got := dump(s); got != want {
		t.Errorf("read as\n%swant\n%s", got, want)
	}
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"an empty file", "", "文件是空的"},
		{"a file of blanks", " \n,\t", "表里没有找到表头"},
		{"a PDF", "%PDF-1.7", "文件是 PDF"},
		{"a picture", "\x89PNG\r\n", "文件是图片"},
		{"a web page under another name", "<html><table><tr><td>断面</td></tr></table></html>", "文件其实是网页"},
		{"an old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....Workbook", "文件是旧格式"},
		{"a workbook under a password", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", "工作簿设有打开密码"},
		{"bytes that are no text", "a,b\x00\n", "文件既不是"},
		{"bytes of no encoding", "a,\xff\xff\n", "文件里有认不出的文字编码"},
		{"a byte order mark before another encoding", "\xef\xbb\xbf\xb6\xcf", "文件里有认不出的文字编码"},
		{"a quote that does not close", "断面,采样日期\n\"甲,2026-11-03\n", "CSV 第 2 行的双引号没有配对"},
		{"an archive that is cut off", "PK\x03\x04....", "工作簿已损坏"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readString(tt.text, lab)
			if !fault.Is(err, fault.Invalid) || !strings.HasPrefix(fault.Text(err), tt.want) {
				t.Errorf("error %v; want %s…", err, tt.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	const text = "断面,采样日期\n甲,2026-11-03\n\n乙,2026-11-04\n"
	for _, tt := range []struct {
		name   string
		limits Limits
		want   string
	}{
		{"all at their limits", Limits{Bytes: int64(len(text)), Rows: 3, Columns: 2, Cells: 6}, ""},
		{"a byte too many", Limits{Bytes: int64(len(text)) - 1}, "文件超过 1 KB"},
		{"a row too many", Limits{Rows: 2}, "表的行数超过 2"},
		{"a column too many", Limits{Columns: 1}, "表的列数超过 1"},
		{"a cell too many", Limits{Cells: 5}, "表的单元格超过 5 个"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(text), lab, Options{Limits: tt.limits})
			if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(fault.Text(err), tt.want) {
				t.Errorf("error %v; want %q", err, tt.want)
			}
		})
	}
}

func TestColumnsThatClash(t *testing.T) {
	if _, err := readString("a\n", []Column{{Name: "a", Zh: "甲"}, {Name: "b", Zh: "乙", Synonyms: []string{"甲"}}}); !fault.Is(err, fault.Internal) {
		t.Errorf("error %v; want one of kind internal", err)
	}
}

// TestNationalFeed reads an hour of the national feed: 1,495 stations, by the
// notes that lie beside it.
func TestNationalFeed(t *testing.T) {
	file, err := os.Open(testkit.Shared(t, "data/cnemc_2017-07-07T16.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s, err := Read(file, []Column{
		{Name: "at", Zh: "time", Kind: Time, Required: true},
		{Name: "station", Zh: "station_code", Required: true},
		{Name: "pm25", Zh: "pm25_1h", Kind: Number},
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Len() != 1495 || len(s.Wrong()) > 0 {
		t.Fatalf("%d stations, %v", s.Len(), err)
	}
}

func FuzzRead(f *testing.F) {
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String(labCSV)
	for _, text := range []string{labCSV, gb, "断面;采样日期\r\n\"甲\";2026-11-03\r\n", "sep=;\n断面;采样日期\n", "断面\t采样日期\n\"\"\t\"1\n2\"\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := readString(string(data), lab)
		if err != nil {
			if fault.Of(err) != fault.Invalid {
				t.Fatalf("error of kind %s: %v", fault.Of(err), err)
			}
			return
		}
		last := 0
		for r := range s.Rows() {
			if r.Number <= last {
				t.Fatalf("row %d after row %d", r.Number, last)
			}
			last = r.Number
			for _, field := range s.Fields {
				r.Raw(field.Name)
				r.Reading(field.Name)
				r.Moment(field.Name)
			}
		}
	})
}
