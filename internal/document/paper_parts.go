package document

import (
	"encoding/xml"
	"fmt"
)

// The parts of a new document that are the same in each.
const (
	spaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

	contentTypes = xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + wordML + `document.main+xml"/><Override PartName="/word/styles.xml" ContentType="` + wordML + `styles+xml"/>` +
		`<Override PartName="/word/footer1.xml" ContentType="` + wordML + `footer+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

	relation    = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	relations   = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	packageRels = relations + `<Relationship Id="rId1" Type="` + relation + `officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
	documentRels = relations + `<Relationship Id="rId1" Type="` + relation + `styles" Target="styles.xml"/><Relationship Id="rId2" Type="` + relation + `footer" Target="footer1.xml"/></Relationships>`

	// — 1 — at the foot of each page.
	footer = xml.Header + `<w:ftr ` + spaces + `><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr><w:r><w:t xml:space="preserve">— </w:t></w:r>` +
		`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>` +
		`<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`
)

// styles are the styles of a new document, which a clerk changes in Word.
var styles = xml.Header + `<w:styles ` + spaces + `><w:docDefaults><w:rPrDefault><w:rPr>` + fonts("仿宋_GB2312") +
	`<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>` +
	style("Normal", "Normal", `<w:pPr><w:spacing w:line="560" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/></w:pPr>`, true) +
	style("Title", "Title", `<w:pPr><w:spacing w:before="0" w:after="240" w:line="700" w:lineRule="exact"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr><w:rPr>`+fonts("方正小标宋简体")+size(44)+`</w:rPr>`, false) +
	style("Subtitle", "Subtitle", `<w:pPr><w:spacing w:after="120"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr><w:rPr>`+fonts("楷体_GB2312")+`</w:rPr>`, false) +
	style("Heading1", "heading 1", `<w:pPr><w:keepNext/><w:spacing w:before="120"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr>`+fonts("黑体")+`</w:rPr>`, false) +
	style("Caption", "caption", `<w:pPr><w:keepNext/><w:spacing w:before="160" w:after="60" w:line="400" w:lineRule="exact"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr><w:rPr>`+fonts("黑体")+size(24)+`</w:rPr>`, false) +
	style("Note", "Note", `<w:pPr><w:spacing w:before="40" w:line="320" w:lineRule="exact"/><w:ind w:firstLineChars="0" w:firstLine="0"/></w:pPr><w:rPr>`+size(21)+`</w:rPr>`, false) +
	style("Signature", "Signature", `<w:pPr><w:ind w:right="640" w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="right"/></w:pPr>`, false) +
	style("TableText", "Table Text", `<w:pPr><w:spacing w:line="300" w:lineRule="exact"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr><w:rPr>`+size(18)+`</w:rPr>`, false) +
	style("TableHead", "Table Head", `<w:pPr><w:spacing w:line="300" w:lineRule="exact"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr><w:rPr>`+fonts("黑体")+size(18)+`</w:rPr>`, false) +
	style("Footer", "footer", `<w:pPr><w:spacing w:line="240" w:lineRule="auto"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr><w:rPr>`+fonts("宋体")+size(28)+`</w:rPr>`, false) +
	`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>` +
	border("top") + border("left") + border("bottom") + border("right") + border("insideH") + border("insideV") +
	`</w:tblBorders><w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>`

func fonts(chinese string) string {
	return `<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="` + chinese + `"/>`
}

// size is a size of letters in half points.
func size(half int) string { return fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, half, half) }

func border(side string) string {
	return `<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`
}

func style(id, name, props string, byDefault bool) string {
	start, based := `<w:style w:type="paragraph" `, `<w:basedOn w:val="Normal"/>`
	if byDefault {
		start, based = start+`w:default="1" `, ""
	}
	return start + `w:styleId="` + id + `"><w:name w:val="` + name + `"/>` + based + `<w:qFormat/>` + props + `</w:style>`
}
