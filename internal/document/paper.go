package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// Paper is a new document, made from the top down. It has the form of GB/T 9704:
// A4 with its margins, title in 方正小标宋, headings in 黑体, text in 仿宋 of size
// 三号; the fonts are named, not contained. What is written may hold placeholders.
type Paper struct {
	title     string
	landscape bool
	body      strings.Builder
}

// NewPaper starts a document; title is what its properties say.
func NewPaper(title string, landscape bool) *Paper { return &Paper{title: title, landscape: landscape} }

// width is that of the text in twentieths of a point.
func (p *Paper) width() int {
	if p.landscape {
		return 16838 - 2*1134
	}
	return 11906 - 1588 - 1474
}

// Title writes the title of the document.
func (p *Paper) Title(text string) { p.style("Title", text) }

// Line writes a line in the middle, as the issue or the date under a title.
func (p *Paper) Line(text string) { p.style("Subtitle", text) }

// Heading writes a heading of the first level: 一、…
func (p *Paper) Heading(text string) { p.style("Heading1", text) }

// Text writes a paragraph.
func (p *Paper) Text(text string) { p.style("Normal", text) }

// Note writes a small paragraph, as under a table.
func (p *Paper) Note(text string) { p.style("Note", text) }

// Caption writes the caption over a table.
func (p *Paper) Caption(text string) { p.style("Caption", text) }

// Signature writes a line to the right: who issues the document, and when.
func (p *Paper) Signature(text string) { p.style("Signature", text) }

// Mark writes a paragraph with nothing but the mark of a group.
func (p *Paper) Mark(text string) { p.style("Note", text) }

func (p *Paper) style(style, text string) {
	fmt.Fprintf(&p.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>%s</w:p>`, style, run(text))
}

func run(text string) string {
	if text == "" {
		return ""
	}
	return `<w:r><w:t xml:space="preserve">` + escape(text) + `</w:t></w:r>`
}

func escape(text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) // a strings.Builder does not fail
	return b.String()
}

// Table writes a table. shares are the widths of its columns against each other;
// the head is repeated on each page. A cell that is Joined is one with that before
// it.
func (p *Paper) Table(shares []int, head []string, rows ...[]string) {
	total := 0
	for _, s := range shares {
		total += s
	}
	widths := make([]int, len(shares))
	for i, s := range shares {
		widths[i] = p.width() * s / total
	}
	b := &p.body
	fmt.Fprintf(b, `<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`, p.width())
	for _, w := range widths {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, w)
	}
	b.WriteString(`</w:tblGrid>`)
	p.row(widths, head, `<w:cantSplit/><w:tblHeader/>`, "TableHead")
	for _, r := range rows {
		p.row(widths, r, `<w:cantSplit/>`, "TableText")
	}
	b.WriteString(`</w:tbl>`)
}

func (p *Paper) row(widths []int, cells []string, props, style string) {
	b := &p.body
	b.WriteString(`<w:tr><w:trPr>` + props + `</w:trPr>`)
	for i := 0; i < len(widths); i++ {
		span, width, text := 1, widths[i], ""
		if i < len(cells) {
			text = cells[i]
		}
		for i+1 < len(cells) && cells[i+1] == Joined {
			i++
			span++
			width += widths[i]
		}
		fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, width)
		if span > 1 {
			fmt.Fprintf(b, `<w:gridSpan w:val="%d"/>`, span)
		}
		fmt.Fprintf(b, `<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>%s</w:p></w:tc>`, style, run(text))
	}
	b.WriteString(`</w:tr>`)
}

// Joined is a cell of a table that is joined with the one before it.
const Joined = "⟸"

// Bytes returns the document.
func (p *Paper) Bytes() ([]byte, error) {
	size := `<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1247" w:gutter="0"/>`
	if p.landscape {
		size = `<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1417" w:right="1134" w:bottom="1247" w:left="1134" w:header="851" w:footer="720" w:gutter="0"/>`
	}
	body := xml.Header + `<w:document ` + spaces + `><w:body>` + p.body.String() +
		`<w:sectPr><w:footerReference w:type="default" r:id="rId2"/>` + size + `</w:sectPr></w:body></w:document>`
	core := xml.Header + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escape(p.title) + `</dc:title></cp:coreProperties>`
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", packageRels}, {"docProps/core.xml", core},
		{"word/document.xml", body}, {"word/_rels/document.xml.rels", documentRels}, {"word/styles.xml", styles}, {"word/footer1.xml", footer},
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: part[0], Method: zip.Deflate, Modified: made})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(part[1])); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
