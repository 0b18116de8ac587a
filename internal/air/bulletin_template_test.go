package air_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"pingzhang/catalog"
	"pingzhang/internal/air"
	"pingzhang/internal/document"
	"pingzhang/internal/fault"
	"pingzhang/internal/testkit"
)

var update = flag.Bool("update", false, "write the templates of catalog/templates anew")

// field is a column of a table of a template: its placeholder, header and share
// of the width.
type field struct {
	name, head string
	share      int
}

// table writes a table whose row is repeated for a group.
func table(p *document.Paper, caption, group string, fields ...field) {
	p.Caption(caption)
	var shares []int
	var head, row []string
	for _, f := range fields {
		shares, head, row = append(shares, f.share), append(head, f.head), append(row, "{{"+f.name+"}}")
	}
	row[0] = "{{#" + group + "}}" + row[0]
	row[len(row)-1] += "{{/" + group + "}}"
	p.Table(shares, head, row)
}

func begin() *document.Paper {
	p := document.NewPaper("环境空气质量公报", true)
	p.Title("{{标题}}")
	p.Line("{{版本}}")
	p.Text("{{#概述}}{{段}}{{/概述}}")
	return p
}

func end(p *document.Paper) {
	p.Heading("说明")
	p.Note("{{#注}}{{段}}{{/注}}")
	p.Signature("{{发布单位}}")
	p.Signature("{{发布日期}}")
}

var six = []field{{"SO2", "SO2", 3}, {"NO2", "NO2", 3}, {"PM10", "PM10", 4}, {"PM2.5", "PM2.5", 4}, {"CO", "CO", 3}, {"O3", "O3", 3}}

// dayTemplate is the template of a daily bulletin.
func dayTemplate() *document.Paper {
	p := begin()
	columns := append([]field{{"AQI", "AQI", 3}, {"级别", "级别", 5}, {"首要污染物", "首要污染物", 6}}, six...)
	columns = append(columns, field{"上年AQI", "上年同日AQI", 4}, field{"上年级别", "上年同日级别", 4}, field{"排名", "排名", 3}, field{"说明", "说明", 10}, field{"待核实", "核实情况", 6})
	table(p, "表1　各区域环境空气质量", "区域日报", append([]field{{"名称", "区域", 6}}, columns...)...)
	table(p, "表2　各站点环境空气质量", "站点日报", append([]field{{"名称", "站点", 6}, {"所在", "所在区域", 5}, {"类别", "类别", 4}}, columns...)...)
	table(p, "表3　没有发布 AQI 的站点", "缺测站点", field{"名称", "站点", 6}, field{"编码", "编码", 4}, field{"所在", "所在区域", 5}, field{"原因", "原因", 20})
	end(p)
	return p
}

// spanTemplate is the template of a bulletin of a month, quarter or year.
func spanTemplate() *document.Paper {
	p := begin()
	figures := []field{}
	for _, f := range six {
		figures = append(figures, f, field{f.name + "变化", "同比%", 3})
	}
	figures = append(figures, field{"说明", "说明", 12}, field{"待核实", "核实情况", 8})
	result := []field{{"优良天数", "优良天数", 3}, {"有效天数", "有效天数", 3}, {"优良率", "优良率%", 3}, {"上年优良率", "上年同期%", 4}, {"优良率变化", "变化（百分点）", 4}, {"重污染天数", "重污染天数", 4},
		{"综合指数", "综合指数", 4}, {"上年综合指数", "上年同期", 4}, {"综合指数变化", "变化%", 4}, {"最大指数污染物", "最大单项指数污染物", 5}, {"排名", "排名", 4}, {"说明", "说明", 10}, {"待核实", "核实情况", 8}}
	days := []field{{"优", "优", 2}, {"良", "良", 2}, {"轻度污染", "轻度污染", 3}, {"中度污染", "中度污染", 3}, {"重度污染", "重度污染", 3}, {"严重污染", "严重污染", 3}, {"未知", "未知", 2}}
	for _, f := range six {
		days = append(days, field{f.name + "首要", f.head, 3})
	}
	days = append(days, field{"待核实", "核实情况", 6})
	for i, of := range []struct{ name, head string }{{"区域", "区域"}, {"站点", "站点"}} {
		n := string(rune('1' + 3*i))
		table(p, "表"+n+"　各"+of.name+"优良天数和综合指数", of.name+"评价", append([]field{{"名称", of.head, 6}}, result...)...)
		n = string(rune('2' + 3*i))
		table(p, "表"+n+"　各"+of.name+"污染物浓度（CO：mg/m³，其余：µg/m³）", of.name+"浓度", append([]field{{"名称", of.head, 6}}, figures...)...)
		n = string(rune('3' + 3*i))
		table(p, "表"+n+"　各"+of.name+"各级别天数和超标日首要污染物天数", of.name+"天数", append([]field{{"名称", of.head, 6}}, days...)...)
	}
	table(p, "表7　数据有效性", "数据有效性", field{"名称", "站点", 6}, field{"编码", "编码", 4}, field{"所在", "所在区域", 5}, field{"类别", "类别", 4}, field{"应有天数", "应有天数", 4},
		field{"有效天数", "有效天数", 4}, field{"未知天数", "未知天数", 4}, field{"原因", "未知的原因", 16})
	end(p)
	return p
}

// TestTemplates holds the templates of the catalog to those that are made here.
// With -update they are written anew.
func TestTemplates(t *testing.T) {
	for kind, paper := range map[air.BulletinKind]*document.Paper{
		air.DayBulletin: dayTemplate(), air.MonthBulletin: spanTemplate(), air.QuarterBulletin: spanTemplate(), air.YearBulletin: spanTemplate(),
	} {
		want, err := paper.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(testkit.Root(t), "catalog", "templates", air.TemplateFile(kind))
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a, err := document.Fields(want)
		if err != nil {
			t.Fatal(err)
		}
		b, err := document.Fields(got)
		if err != nil {
			t.Fatal(err)
		}
		if len(a) != len(b) || len(a) == 0 {
			t.Errorf("%s has %d placeholders, made here are %d", file, len(b), len(a))
		}
	}
	if err := air.CheckTemplates(catalog.Sub(catalog.FS(""), "templates")); err != nil {
		t.Error(err)
	}
}

// TestCheckTemplates spoils a template.
func TestCheckTemplates(t *testing.T) {
	files := fstest.MapFS{}
	for _, k := range air.BulletinKinds {
		b, err := os.ReadFile(filepath.Join(testkit.Root(t), "catalog", "templates", air.TemplateFile(k)))
		if err != nil {
			t.Fatal(err)
		}
		files[air.TemplateFile(k)] = &fstest.MapFile{Data: b}
	}
	p := document.NewPaper("x", false)
	p.Text("{{综合质量}}")
	spoilt, err := p.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	files["air_month.docx"] = &fstest.MapFile{Data: spoilt}
	err = air.CheckTemplates(files)
	if !fault.Is(err, fault.Invalid) || !bytes.Contains([]byte(fault.Text(err)), []byte("templates/air_month.docx：没有 {{综合质量}}")) {
		t.Error(err)
	}
	delete(files, "air_month.docx")
	if err := air.CheckTemplates(files); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}
