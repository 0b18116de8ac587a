package standard

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

const breakpoints = "# air\nkey\tpollutant\tiaqi\tconcentration\tdocument\tedition\tclause\ttitle\tfrom\tto\tconfidence\tsource\tnote\n" +
	"pm25-50-2012\tPM2.5\t50\t35\tHJ 633\t2012\t表1\t\t2016-01-01\t2026-02-28\tsource\t\t\n" +
	"pm25-100-2012\tPM2.5\t100\t75\tHJ 633\t2012\t表1\t\t2016-01-01\t2026-02-28\tsource\t\t\n" +
	"pm25-100-2026\tPM2.5\t100\t60\tHJ 633\t2026\t表1\t\t2026-03-01\t\tmemory\t\t甲\n"

func TestParseTable(t *testing.T) {
	head, _, _ := strings.Cut(breakpoints[6:], "\n")
	row := "a\tPM2.5\t50\t35\tHJ 633\t2012\t表1\t\t2016-01-01\t2026-02-28\tsource\t\t"
	for _, tt := range []struct{ name, text, want string }{
		{"an empty file", "# nothing\n", "1: 文件是空的，没有表头"},
		{"another header", "key\tdocument\n", "1: 表头应为 key"},
		{"a short row", head + "\na\tb\n", "2: 应有 13 列（以制表符分隔），实有 2 列"},
		{"a key twice", head + "\n" + row + "\n\n" + row + "\n", "4: key a 已在第 2 行用过"},
		{"no key", head + "\n" + row[1:] + "\n", "2: key 一列不能为空"},
		{"a word that is no confidence", head + "\n" + strings.Replace(row, "\tsource\t", "\tsure\t", 1) + "\n", "2: confidence 一列只能是"},
		{"a date that is none", head + "\n" + strings.Replace(row, "2016-01-01", "2016", 1) + "\n", "2: from、to 两列应为"},
		{"an end before its beginning", head + "\n" + strings.Replace(row, "2016-01-01", "2026-03-01", 1) + "\n", "2: to（2026-02-28）早于 from（2026-03-01）"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ParseTable("x", []byte(tt.text)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %v; want %s…", err, tt.want)
			}
		})
	}
}

func TestTable(t *testing.T) {
	table, err := ParseTable("aqi", []byte(breakpoints))
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[Date]string{"2026-02-28": "pm25-50-2012 pm25-100-2012", "2026-03-01": "pm25-100-2026", "2015-12-31": ""} {
		var got []string
		for _, r := range table.InForce(on) {
			got = append(got, r.Key)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("in force on %s: %v; want %s", on, got, want)
		}
	}
	fix := Correction{Key: "pm25-100-2026", Cells: map[string]string{"concentration": " 61 "}, Confidence: Source, Source: "原文表1", By: "张三", Reason: "核对原文", At: "2026-11-24T10:00:00+08:00"}
	corrected, err := table.With(fix)
	if err != nil {
		t.Fatal(err)
	}
	now, _ := corrected.Row("pm25-100-2026")
	value, err := now.Number("concentration")
	if err != nil || value.String() != "61" || now.Revision != 2 || now.Citation.Confidence != Source || now.By != "张三" || now.Cell("iaqi") != "100" {
		t.Errorf("corrected row %+v, %v, %v", now, value, err)
	}
	if all := corrected.Revisions("pm25-100-2026"); len(all) != 2 || all[0].Cell("concentration") != "60" || corrected.Ref(all[1]) != (Ref{"aqi", "pm25-100-2026", 2}) {
		t.Errorf("revisions %+v", all)
	}
	if old, _ := table.Row("pm25-100-2026"); old.Revision != 1 || old.Cell("concentration") != "60" || len(corrected.Rows()) != 3 {
		t.Errorf("the table that was corrected has changed: %+v", old)
	}
	if _, err := now.Number("pollutant"); err == nil {
		t.Error("a word was read as a number")
	}
	for name, c := range map[string]Correction{
		"a row that is not there": {Key: "none", By: "a", Reason: "b", At: "c"},
		"nobody":                  {Key: "pm25-100-2026", Reason: "b", At: "c"},
		"another column":          {Key: "pm25-100-2026", Cells: map[string]string{"x": "1"}, By: "a", Reason: "b", At: "c"},
		"another word":            {Key: "pm25-100-2026", Confidence: "sure", By: "a", Reason: "b", At: "c"},
	} {
		if _, err := table.With(c); err == nil {
			t.Errorf("a correction of %s was taken", name)
		}
	}
}

// A table is written as it is read, corrections in it.
func TestFormatTable(t *testing.T) {
	files, err := fs.Glob(os.DirFS("../catalog/standards"), "*.tsv")
	if err != nil || len(files) < 25 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		made, err := LoadTable(os.DirFS("../catalog/standards"), name)
		if err != nil {
			t.Fatal(err)
		}
		rows := made.Rows()
		if len(rows) > 0 {
			if made, err = made.With(Correction{Key: rows[0].Key, Confidence: Memory, By: "张三", Reason: "试", At: "2026-03-01T09:00:00+08:00"}); err != nil {
				t.Fatal(err)
			}
		}
		again, err := ParseTable(made.Name, made.Format())
		if err != nil {
			t.Fatal(name, err)
		}
		for i, r := range again.Rows() {
			want := made.Rows()[i]
			if r.Key != want.Key || r.Citation != want.Citation || r.Note != want.Note || !slices.Equal(r.cells, want.cells) {
				t.Errorf("%s: %+v became %+v", name, want, r)
			}
		}
	}
}
