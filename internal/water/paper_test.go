package water_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"pingzhang/catalog"
	"pingzhang/internal/document"
	"pingzhang/internal/water"
)

var update = flag.Bool("update", false, "write the template of the catalog anew")

// paper is the template of the bulletin as it ships; a bureau edits its own copy in
// Word.
func paper(t testing.TB) []byte {
	t.Helper()
	p := document.NewPaper("地表水环境质量公报", true)
	p.Title("{{标题}}")
	p.Mark("{{#段落}}")
	p.Text("{{段落文字}}")
	p.Mark("{{/段落}}")
	p.Heading("一、断面水质")
	p.Table([]int{5, 10, 10, 14, 7, 8, 8, 8, 8, 8, 22, 22},
		[]string{"序号", "县（市、区）", "河流（湖库）", "断面", "级别", "目标", "本期", "{{上期}}", "{{上年同期}}", "达标", "超标项目（倍数）", "主要污染指标（倍数）"},
		[]string{"{{#断面}}{{序号}}", "{{县区}}", "{{河流名称}}", "{{断面名称}}", "{{断面级别}}", "{{水质目标}}", "{{本期水质}}", "{{上期水质}}", "{{上年同期水质}}", "{{是否达标}}", "{{超标项目}}", "{{主要污染指标}}{{/断面}}"})
	p.Heading("二、河流、湖库和流域")
	p.Table([]int{6, 14, 7, 9, 9, 22, 12, 12, 24},
		[]string{"类别", "名称", "断面数", "Ⅰ～Ⅲ类%", "劣Ⅴ类%", "水质状况", "环比", "同比", "主要污染指标"},
		[]string{"{{#河流}}{{类别}}", "{{名称}}", "{{断面个数}}", "{{优良}}", "{{劣五类}}", "{{状况}}", "{{河流环比}}", "{{河流同比}}", "{{河流主要污染指标}}{{/河流}}"})
	p.Heading("三、饮用水水源地")
	p.Table([]int{12, 20, 14, 8, 8, 24, 24},
		[]string{"县（市、区）", "水源地", "级别", "类型", "达标", "超标项目（倍数）", "未知的原因"},
		[]string{"{{#水源}}{{水源县区}}", "{{水源名称}}", "{{水源级别}}", "{{水源类型}}", "{{水源达标}}", "{{水源超标项目}}", "{{未知原因}}{{/水源}}"})
	p.Heading("说明")
	p.Mark("{{#说明}}")
	p.Note("{{说明文字}}")
	p.Mark("{{/说明}}")
	p.Mark("{{#依据}}")
	p.Note("依据：{{依据文字}}")
	p.Mark("{{/依据}}")
	b, err := p.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The template of the catalog is the one that is made here, and all that it asks
// for is given.
func TestTemplate(t *testing.T) {
	b := paper(t)
	if *update {
		if err := os.WriteFile("../../catalog/templates/water_bulletin.docx", b, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	shipped, err := catalog.FS("").Open("templates/water_bulletin.docx")
	if err != nil {
		t.Fatal(err)
	}
	defer shipped.Close()
	var have bytes.Buffer
	if _, err := have.ReadFrom(shipped); err != nil || !bytes.Equal(have.Bytes(), b) {
		t.Errorf("the template differs from what paper makes; run with -update: %v", err)
	}
	if err := document.Fill(&bytes.Buffer{}, have.Bytes(), water.Bulletin{}.Data()); err != nil {
		t.Errorf("an empty bulletin: %v", err)
	}
}
