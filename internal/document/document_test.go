package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"pingzhang/internal/fault"
)

const wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

// docx makes a document of a body and, where there are any, other files.
func docx(t testing.TB, body string, more ...[2]string) []byte {
	t.Helper()
	files := [][2]string{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", packageRels},
		{"word/document.xml", `<w:document ` + wordSpace + `><w:body>` + body + `</w:body></w:document>`},
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range append(files, more...) {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, f[1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// file returns a file of an archive.
func file(t testing.TB, archive []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// body returns what stands in the body of a document, with what opens and closes
// a run and the space of w:t left out, for reading.
func body(t testing.TB, archive []byte) string {
	t.Helper()
	text := file(t, archive, "word/document.xml")
	_, text, _ = strings.Cut(text, "<w:body>")
	text, _, _ = strings.Cut(text, "</w:body>")
	return strings.NewReplacer(`<w:r>`, "", `</w:r>`, "", ` xml:space="preserve"`, "").Replace(text)
}

func p(runs ...string) string {
	text := "<w:p>"
	for _, r := range runs {
		text += "<w:r><w:t>" + r + "</w:t></w:r>"
	}
	return text + "</w:p>"
}

func tr(cells ...string) string {
	text := "<w:tr>"
	for _, c := range cells {
		text += "<w:tc>" + p(c) + "</w:tc>"
	}
	return text + "</w:tr>"
}

func tbl(rows ...string) string { return "<w:tbl>" + strings.Join(rows, "") + "</w:tbl>" }

var sample = Data{
	Text: map[string]string{"城市": "示例市", "空": "", "符号": `<a&b>"{{城市}}`, "两行": "一\n二\t三", "单位": "µg/m³"},
	Rows: map[string][]map[string]string{"站点": {{"名称": "甲站", "AQI": "50"}, {"名称": "乙站", "AQI": "—"}}, "无": {}, "有": {{}}},
}

func TestFill(t *testing.T) {
	for _, tt := range []struct{ name, template, want string }{
		{"a placeholder is filled", p("{{城市}}公报"), p("示例市公报")},
		{"spaces in the braces do not count", p("{{ 城市 }}"), p("示例市")},
		{"an empty value leaves its run", p("甲{{空}}乙"), p("甲乙")},
		{"one split over runs is filled in the first", p("关于{", "{城", "市}", "}的"), "<w:p><w:t>关于示例市</w:t><w:t></w:t><w:t></w:t><w:t>的</w:t></w:p>"},
		{"two that share a run", p("{{城", "市}}和{{城市", "}}"), "<w:p><w:t>示例市</w:t><w:t>和示例市</w:t><w:t></w:t></w:p>"},
		{"formatting of the first run stays", `<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{{城</w:t></w:r><w:proofErr/><w:r><w:rPr><w:i/></w:rPr><w:t>市}}！</w:t></w:r></w:p>`,
			`<w:p><w:rPr><w:b/></w:rPr><w:t>示例市</w:t><w:proofErr/><w:rPr><w:i/></w:rPr><w:t>！</w:t></w:p>`},
		{"a value is no markup and no placeholder", p("{{符号}}"), p("&lt;a&amp;b&gt;&#34;{{城市}}")},
		{"line breaks and tabs become elements", p("{{两行}}"), "<w:p><w:t>一</w:t><w:br/><w:t>二</w:t><w:tab/><w:t>三</w:t></w:p>"},
		{"single braces are text", p("{城市} }{"), p("{城市} }{")},
		{"rows with marks in their cells are repeated", tbl(tr("站", "AQI"), tr("{{#站点}}{{名称}}", "{{AQI}}{{/站点}}"), tr("末", "")), tbl(tr("站", "AQI"), tr("甲站", "50"), tr("乙站", "—"), tr("末", ""))},
		{"rows with nothing but marks are left out", tbl(tr("{{#站点}}", ""), tr("{{名称}}", "a"), tr("{{AQI}}", "b"), tr("", "{{/站点}}")), tbl(tr("甲站", "a"), tr("50", "b"), tr("乙站", "a"), tr("—", "b"))},
		{"a single cell repeats its row", tbl(tr("{{#站点}}{{名称}}{{/站点}}")), tbl(tr("甲站"), tr("乙站"))},
		{"in a group, names of the document can be used", tbl(tr("{{#站点}}{{AQI}}{{单位}}{{/站点}}")), tbl(tr("50µg/m³"), tr("—µg/m³"))},
		{"paragraphs between marks are repeated, with tables", p("{{#站点}}") + p("{{名称}}") + tbl(tr("{{AQI}}")) + p("{{/站点}}") + p("末"),
			p("甲站") + tbl(tr("50")) + p("乙站") + tbl(tr("—")) + p("末")},
		{"a paragraph with both marks is repeated", p("{{#站点}}{{名称}}；{{/站点}}"), p("甲站；") + p("乙站；")},
		{"marks alone in one cell repeat its paragraphs", "<w:tbl><w:tr><w:tc>" + p("{{#站点}}") + p("{{名称}}") + p("{{/站点}}") + "</w:tc></w:tr></w:tbl>", "<w:tbl><w:tr><w:tc>" + p("甲站") + p("乙站") + "</w:tc></w:tr></w:tbl>"},
		{"no record, no row", tbl(tr("头"), tr("{{#无}}{{x}}{{/无}}")), tbl(tr("头"))},
		{"a table without rows becomes a paragraph", tbl(tr("{{#无}}{{x}}{{/无}}")), "<w:p/>"},
		{"a cell without paragraphs gets one", "<w:tbl><w:tr><w:tc>" + p("{{#无}}") + p("x") + p("{{/无}}") + "</w:tc></w:tr></w:tbl>", "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"},
		{"a record without fields shows what is between", p("{{#有}}") + p("缺测说明") + p("{{/有}}"), p("缺测说明")},
		{"copies go without ids and bookmarks", `<w:p w14:paraId="1A" xmlns:w14="x"><w:bookmarkStart w:id="0"/><w:r><w:t>{{#站点}}{{名称}}{{/站点}}</w:t></w:r></w:p>`,
			`<w:p w14:paraId="1A" xmlns:w14="x"><w:bookmarkStart w:id="0"/><w:t>甲站</w:t></w:p><w:p xmlns:w14="x"><w:t>乙站</w:t></w:p>`},
		{"a text box has placeholders of its own", `<w:p><w:r><w:t>{{城市}}</w:t><w:pict><w:txbxContent>` + p("框{{城市}}") + `</w:txbxContent></w:pict></w:r></w:p>`,
			`<w:p><w:t>示例市</w:t><w:pict><w:txbxContent>` + p("框示例市") + `</w:txbxContent></w:pict></w:p>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Fill(&b, docx(t, tt.template), sample); err != nil {
				t.Fatal(err)
			}
			want := strings.NewReplacer(`<w:r>`, "", `</w:r>`, "").Replace(tt.want)
			if got := body(t, b.Bytes()); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name, template string
		has            []string
	}{
		{"unknown name", p("总体：{{城市名}}"), []string{"{{城市名}} 没有对应的数据", "正文“总体：{{城市名}}”"}},
		{"unknown name in a table", tbl(tr("a")) + tbl(tr("头"), tr("值{{x}}")), []string{"表 2 第 2 行“值{{x}}”"}},
		{"unknown name in a group", tbl(tr("{{#站点}}{{PM}}{{/站点}}")), []string{"组“站点”里占位符 {{PM}} 没有对应的数据"}},
		{"unknown group", p("{{#站}}x{{/站}}"), []string{"组“站”没有对应的数据"}},
		{"a group that is not closed", tbl(tr("{{#站点}}{{名称}}")), []string{"组“站点”没有用 {{/站点}} 结束", "表 1 第 1 行"}},
		{"a group that is not opened", p("{{/站点}}"), []string{"{{/站点}} 之前没有 {{#站点}}"}},
		{"another name closes", p("{{#站点}}{{/有}}"), []string{"名称不一致"}},
		{"a group in a group", p("{{#站点}}") + p("{{#有}}x{{/有}}") + p("{{/站点}}"), []string{"组内不能再有组"}},
		{"from a paragraph into a table", p("{{#站点}}") + tbl(tr("{{/站点}}")), []string{"不在同一层"}},
		{"two groups in one row", tbl(tr("{{#站点}}{{名称}}{{/站点}}", "{{#有}}x{{/有}}")), []string{"组“站点”和组“有”在同一行"}},
		{"braces that do not close", p("甲{{城市"), []string{"占位符没有写完", "甲{{城市"}},
		{"over two paragraphs", p("{{城") + p("市}}"), []string{"须在同一段内"}},
		{"braces that do not open", p("城市}}"), []string{"多余的 }}"}},
		{"wide braces", p("｛｛城市｝｝"), []string{"半角"}},
		{"no name", p("{{ }}"), []string{"不是名称"}},
		{"a tab in a name", `<w:p><w:r><w:t>{{城</w:t><w:tab/><w:t>市}}</w:t></w:r></w:p>`, []string{"不是名称"}},
		{"a break of sections in a group", p("{{#站点}}") + `<w:p><w:pPr><w:sectPr/></w:pPr></w:p>` + p("{{/站点}}"), []string{"分节符"}},
		{"broken XML", "<w:p>", []string{"已损坏"}},
		{"an entity", p("&x;"), []string{"已损坏"}},
		{"too deep", strings.Repeat("<w:sdt>", 300) + strings.Repeat("</w:sdt>", 300), []string{"过于复杂"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			err := Fill(&b, docx(t, tt.template), sample)
			if !fault.Is(err, fault.Invalid) || b.Len() > 0 {
				t.Fatalf("%v, %d bytes written", err, b.Len())
			}
			for _, text := range tt.has {
				if !strings.Contains(fault.Text(err), text) {
					t.Errorf("%q does not say %q", fault.Text(err), text)
				}
			}
		})
	}
}

func TestArchives(t *testing.T) {
	macro := strings.Replace(contentTypes, wordML+"document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml", 1)
	only := func(files ...[2]string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, f := range files {
			w, _ := z.Create(f[0])
			io.WriteString(w, f[1])
		}
		z.Close()
		return b.Bytes()
	}
	var many [][2]string
	for i := range maxParts {
		many = append(many, [2]string{fmt.Sprintf("word/media/%d.png", i), ""})
	}
	dtd := only([2]string{"[Content_Types].xml", contentTypes}, [2]string{"word/document.xml", `<!DOCTYPE x [<!ENTITY a "b">]><w:document ` + wordSpace + `/>`})
	for _, tt := range []struct {
		name string
		file []byte
		has  string
	}{
		{"nothing", nil, "不是有效的 .docx"},
		{"an old document", []byte("\xD0\xCF\x11\xE0\xA1\xB1"), ".doc"},
		{"some other archive", only([2]string{"a.txt", "x"}), "缺少部件目录"},
		{"macros", only([2]string{"[Content_Types].xml", macro}), "宏"},
		{"a name that leads out", docx(t, p("x"), [2]string{"../x", "y"}), "部件名"},
		{"an absolute name", docx(t, p("x"), [2]string{"/etc/x", "y"}), "部件名"},
		{"a name of Windows", docx(t, p("x"), [2]string{`..\x`, "y"}), "部件名"},
		{"a part twice", docx(t, p("x"), [2]string{"word/Document.xml", "y"}), "出现两次"},
		{"a bomb", docx(t, p("x"), [2]string{"word/media/a.bin", strings.Repeat("0", maxUnzipped+1)}), "解压后超过"},
		{"a long part", docx(t, strings.Repeat(p("0123456789012345678901234567890123456789"), maxPart/70)), "超过"},
		{"too many parts", docx(t, p("x"), many...), "部件超过"},
		{"a document type", dtd, "文档类型声明"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := Fill(io.Discard, tt.file, sample)
			if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.has) {
				t.Errorf("%v; want %q", err, tt.has)
			}
		})
	}
}

// TestUntouched fills a document with parts that nothing concerns.
func TestUntouched(t *testing.T) {
	odd := "<?xml version='1.0'?>\r\n<x  a = 'b' ><!-- as it is --></x >"
	head := `<w:p  w:rsidR = '00' ><w:r><w:t>  as it is &#20013; </w:t></w:r></w:p >`
	template := docx(t, head+p("{{城市}}"), [2]string{"word/settings.xml", odd}, [2]string{"word/media/a.png", "\x89PNG\x00"})
	var one, two bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		if err := Fill(b, template, sample); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same twice gives other bytes")
	}
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "word/settings.xml", "word/media/a.png"} {
		if got, want := file(t, one.Bytes(), name), file(t, template, name); got != want {
			t.Errorf("%s became %q", name, got)
		}
	}
	if text := file(t, one.Bytes(), "word/document.xml"); !strings.Contains(text, head) {
		t.Errorf("the first paragraph changed: %s", text)
	}
	z, err := zip.NewReader(bytes.NewReader(one.Bytes()), int64(one.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Modified.Year() != 1980 {
			t.Errorf("%s is of %v", f.Name, f.Modified)
		}
	}
}

func TestFields(t *testing.T) {
	template := docx(t, p("{{城市}}{{城市}}")+tbl(tr("{{#站点}}{{名称}}", "{{城市}}{{/站点}}")))
	all, err := Fields(template)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range all {
		got = append(got, f.Group+"/"+f.Name)
	}
	if text := strings.Join(got, " "); text != "/城市 站点/ 站点/名称 站点/城市" {
		t.Error(text)
	}
	offer := Offer{Text: []string{"城市"}, Rows: map[string][]string{"站点": {"名称", "AQI"}}}
	if err := Check(template, offer); err != nil {
		t.Error(err)
	}
	err = Check(docx(t, p("{{市}}")+tbl(tr("{{#站点}}{{名}}{{/站点}}"))+p("{{#站}}{{x}}{{/站}}")), offer)
	for _, text := range []string{"没有 {{市}}", "组“站点”里没有 {{名}}，可用的有：名称、AQI", "没有组“站”，可用的组：站点"} {
		if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), text) {
			t.Errorf("%v does not say %q", err, text)
		}
	}
}

func TestPaper(t *testing.T) {
	paper := NewPaper("示例<公报>", false)
	paper.Title("{{城市}}公报")
	paper.Heading("一、总体")
	paper.Text("正文 & {{城市}}")
	paper.Table([]int{2, 1, 1}, []string{"站点", "AQI", Joined}, []string{"{{#站点}}{{名称}}", "{{AQI}}", "{{/站点}}"})
	paper.Note("注")
	template, err := paper.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Fill(&b, template, sample); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		wellFormed(t, f.Name, file(t, b.Bytes(), f.Name))
	}
	if text := file(t, b.Bytes(), "word/document.xml"); strings.Count(text, "<w:tr>") != 3 || strings.Contains(text, "{{") || !strings.Contains(text, `<w:gridSpan w:val="2"/>`) {
		t.Error(text)
	}
}

func wellFormed(t testing.TB, name, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%s: %v\n%.2000s", name, err, text)
		}
	}
}

// FuzzFill fills bodies of any kind: what comes out is a document that can be
// read and filled again, or an error for a person.
func FuzzFill(f *testing.F) {
	for _, text := range []string{
		p("{{城市}}"), p("{{#站点}}") + p("{{名称}}") + p("{{/站点}}"), tbl(tr("{{#站点}}{{名称}}", "{{AQI}}{{/站点}}")), p("{", "{符", "号}", "}"), "<w:p><w:r><w:t>&amp;{{两行}}</w:t><w:br/></w:r></w:p>",
		"<w:tbl><w:tr><w:tc>" + p("{{#无}}") + p("x") + p("{{/无}}") + "</w:tc></w:tr></w:tbl>", `<w:p/><w:sectPr/>`, `<!-- --><?x y?><![CDATA[{{]]>`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		template := docx(t, text)
		var b bytes.Buffer
		if err := Fill(&b, template, sample); err != nil {
			if !fault.Is(err, fault.Invalid) || b.Len() > 0 {
				t.Fatalf("%v, %d bytes", err, b.Len())
			}
			return
		}
		wellFormed(t, "document", file(t, b.Bytes(), "word/document.xml"))
	})
}

// FuzzArchive reads archives of any kind.
func FuzzArchive(f *testing.F) {
	f.Add(docx(f, p("{{城市}}")))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, template []byte) {
		var b bytes.Buffer
		if err := Fill(&b, template, sample); err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	})
}
