package document

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"pingzhang/internal/fault"
)

// A piece is a stretch of the text of a paragraph: a w:t, or something that
// stands for one character.
type piece struct {
	node *node // nil for a character
	text string
	from int // in the text of the paragraph
}

// A markKind is what a placeholder is.
type markKind byte

const (
	value   markKind = 0
	opening markKind = '#'
	closing markKind = '/'
)

// A mark is a placeholder: text[from:to] of its paragraph.
type mark struct {
	kind     markKind
	name     string
	from, to int
	group    string // in which a value stands
}

// characters are the elements that stand for one character. None of them can be
// in a name.
var characters = map[string]string{"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad", "sym": "\ufffc", "drawing": "\ufffc"}

// textOf returns the text of a paragraph, without that of paragraphs in its text
// boxes and without what was moved away.
func textOf(para *node) (pieces []piece) {
	at := 0
	var walk func(*node, bool)
	walk = func(n *node, run bool) {
		for _, k := range n.kids {
			text := ""
			switch {
			case k.name == "p" || k.name == "moveFrom" || k.name == "pPr" || k.name == "rPr":
				continue
			case k.name == "t":
				text = k.text
				pieces = append(pieces, piece{k, text, at})
			case run && characters[k.name] != "":
				text = characters[k.name]
				pieces = append(pieces, piece{nil, text, at})
			}
			at += len(text)
			walk(k, k.name == "r")
		}
	}
	walk(para, false)
	return pieces
}

func joined(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.text)
	}
	return b.String()
}

// findMarks finds the placeholders of a paragraph.
func (p *part) findMarks(para *node) error {
	pieces := textOf(para)
	text := joined(pieces)
	for _, wide := range []string{"｛｛", "｝｝", "｛{", "{｛", "｝}", "}｝"} {
		if strings.Contains(text, wide) {
			return fault.New(fault.Invalid, "占位符要用半角的花括号 {{ }}，%s 用了全角", p.where(para))
		}
	}
	for at := 0; ; {
		from := strings.Index(text[at:], "{{")
		before := text[at:]
		if from >= 0 {
			before = text[at : at+from]
		}
		if strings.Contains(before, "}}") {
			return fault.New(fault.Invalid, "%s 有多余的 }}，前面没有 {{", p.where(para))
		}
		if from < 0 {
			break
		}
		from += at
		length := strings.Index(text[from:], "}}")
		if length < 0 {
			return fault.New(fault.Invalid, "占位符没有写完：%s 有 {{ 而没有 }}；占位符须在同一段内", p.where(para))
		}
		m := mark{from: from, to: from + length + 2}
		inner := strings.TrimSpace(text[from+2 : from+length])
		if inner != "" && (inner[0] == byte(opening) || inner[0] == byte(closing)) {
			m.kind, inner = markKind(inner[0]), strings.TrimSpace(inner[1:])
		}
		if m.name = inner; !isName(inner) {
			return fault.New(fault.Invalid, "占位符 %q 不是名称，只能用汉字、字母、数字和下划线（%s）", text[from:m.to], p.where(para))
		}
		para.marks = append(para.marks, m)
		at = m.to
	}
	if para.marks != nil {
		para.pieces = pieces
		para.soil()
	}
	return nil
}

// isName reports whether a text can be the name of a placeholder.
func isName(text string) bool {
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.·", r) {
			return false
		}
	}
	return text != "" && utf8.ValidString(text) && utf8.RuneCountInString(text) <= 64
}
