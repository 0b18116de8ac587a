package document

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"

	"pingzhang/internal/fault"
)

// Data is what a template is filled with.
type Data struct {
	Text map[string]string              // by the name of the placeholder
	Rows map[string][]map[string]string // by the name of the group
}

// Fill writes a template with its placeholders filled.
//
// The error is fault.Invalid when the template is no document or has a
// placeholder that d has nothing for; it says where. Nothing is written then.
// Other errors are those of w.
func Fill(w io.Writer, template []byte, d Data) (err error) {
	defer fault.Wrap(&err, "document.Fill")

	a, err := open(template)
	if err != nil {
		return err
	}
	replaced := map[string][]byte{}
	for _, f := range a.files {
		p := a.parts[f.Name]
		if p == nil || !p.root.dirty {
			continue
		}
		x := filler{part: p, data: d}
		if err := x.all(); err != nil {
			return err
		}
		replaced[f.Name] = x.out.Bytes()
	}
	var b bytes.Buffer
	if err := a.write(&b, replaced); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// A filler writes one part.
type filler struct {
	*part
	data Data
	out  bytes.Buffer
	rows int // of tables that were written
	// hollow says that the last table that was written became a paragraph.
	hollow bool

	record map[string]string // of the group that is being repeated; else nil
	nth    int               // of the record, from 1
}

func (x *filler) all() error {
	x.out.Write(x.src[:x.root.start])
	if err := x.node(x.root); err != nil {
		return err
	}
	x.out.Write(x.src[x.root.end:])
	return nil
}

// node writes an element. A table of which no row is left becomes an empty
// paragraph.
func (x *filler) node(n *node) error {
	if x.nth > 1 && once[n.name] {
		return nil
	}
	if x.out.Len() > maxFilled {
		return fault.New(fault.Invalid, "填写后的%s超过 %d MB，没有生成；请缩小范围", x.title, maxFilled>>20)
	}
	if n.name == "tr" {
		x.rows++
	}
	switch {
	case !n.dirty && x.nth < 2:
		x.out.Write(x.src[n.start:n.end])
		return nil
	case n.name == "p" && n.marks != nil:
		return x.para(n)
	case n.name != "tbl" || !n.dirty:
		return x.kids(n)
	}
	before, rows := x.out.Len(), x.rows
	if err := x.kids(n); err != nil {
		return err
	}
	if x.hollow = x.rows == rows; x.hollow {
		x.out.Truncate(before)
		x.out.WriteString("<" + n.prefix(x.src) + "p/>")
	}
	return nil
}

// kids writes an element with what is in it, groups repeated.
func (x *filler) kids(n *node) error {
	x.head(n)
	at := n.inner
	groups := n.groups
	blocks, last := 0, "" // that were written
	one := func(k *node) error {
		x.out.Write(x.src[at:k.start])
		at = k.end
		before := x.out.Len()
		x.hollow = false
		err := x.node(k)
		if isBlock(k.name) && x.out.Len() > before {
			blocks, last = blocks+1, k.name
			if k.name == "tbl" && x.hollow {
				last = "p"
			}
		}
		return err
	}
	for i := 0; i < len(n.kids); i++ {
		if len(groups) == 0 || groups[0].first != i {
			if err := one(n.kids[i]); err != nil {
				return err
			}
			continue
		}
		g := groups[0]
		groups = groups[1:]
		x.out.Write(x.src[at:n.kids[g.first].start])
		if err := x.repeat(n, g, &at, one); err != nil {
			return err
		}
		at, i = n.kids[g.last].end, g.last
	}
	if n.groups != nil && (n.name == "tc" && (last == "" || last == "tbl") || blocks == 0 && needsBlock[n.name]) {
		x.out.WriteString("<" + n.prefix(x.src) + "p/>")
	}
	x.out.Write(x.src[at:n.end])
	return nil
}

// repeat writes the kids of a group for each of its records.
func (x *filler) repeat(n *node, g *group, at *int, one func(*node) error) error {
	records, ok := x.data.Rows[g.name]
	if !ok {
		return fault.New(fault.Invalid, "组“%s”没有对应的数据（%s）；请核对组的名称", g.name, x.where(g.para))
	}
	for i, record := range records {
		x.record, x.nth = record, i+1
		if record == nil {
			x.record = map[string]string{}
		}
		for _, k := range n.kids[g.first : g.last+1] {
			if *at = k.start; g.dropped[k] {
				continue
			}
			if err := one(k); err != nil {
				return err
			}
		}
	}
	x.record, x.nth = nil, 0
	return nil
}

// once are elements that a document may have once, by their id or name; a copy
// goes without.
var once = map[string]bool{
	"bookmarkStart": true, "bookmarkEnd": true, "commentRangeStart": true, "commentRangeEnd": true, "commentReference": true, "permStart": true, "permEnd": true,
}

// paraID is the number of a paragraph or row, which Word gives each.
var paraID = regexp.MustCompile(`\s[A-Za-z0-9]+:(paraId|textId)\s*=\s*("[^"]*"|'[^']*')`)

// head writes the opening tag of an element; that of a copy without its number.
func (x *filler) head(n *node) {
	tag := x.src[n.start:n.inner]
	if x.nth > 1 && (n.name == "p" || n.name == "tr") {
		tag = paraID.ReplaceAll(tag, nil)
	}
	x.out.Write(tag)
}

func isBlock(name string) bool {
	return name == "p" || name == "tbl" || name == "sdt" || name == "customXml"
}

// needsBlock are the elements that must have a paragraph or table.
var needsBlock = map[string]bool{"body": true, "hdr": true, "ftr": true, "txbxContent": true, "footnote": true, "endnote": true, "comment": true}

// para writes a paragraph with its placeholders filled.
func (x *filler) para(n *node) error {
	text := joined(n.pieces)
	filled := make([]strings.Builder, len(n.pieces))
	touched := make([]bool, len(n.pieces))
	at := 0
	keep := func(to int) {
		for i, p := range n.pieces {
			if from, end := max(at, p.from), min(to, p.from+len(p.text)); from < end {
				filled[i].WriteString(text[from:end])
			}
		}
	}
	for _, m := range n.marks {
		keep(m.from)
		value, err := x.value(n, m)
		if err != nil {
			return err
		}
		home := slices.IndexFunc(n.pieces, func(p piece) bool { return p.from <= m.from && m.from < p.from+len(p.text) })
		filled[home].WriteString(value)
		for i, p := range n.pieces {
			if p.from < m.to && m.from < p.from+len(p.text) {
				touched[i] = true
			}
		}
		at = m.to
	}
	keep(len(text))
	texts := map[*node]string{}
	for i, p := range n.pieces {
		if touched[i] && p.node != nil {
			texts[p.node] = filled[i].String()
		}
	}
	return x.within(n, texts)
}

// within writes an element in which some w:t have another text.
func (x *filler) within(n *node, texts map[*node]string) error {
	if text, ok := texts[n]; ok {
		x.text(n, text)
		return nil
	}
	if x.nth > 1 && once[n.name] {
		return nil
	}
	x.head(n)
	at := n.inner
	for _, k := range n.kids {
		x.out.Write(x.src[at:k.start])
		at = k.end
		// Paragraphs of a text box have placeholders of their own.
		write := func(k *node) error { return x.within(k, texts) }
		if k.name == "p" || k.name == "tbl" || k.name == "txbxContent" {
			write = x.node
		}
		if err := write(k); err != nil {
			return err
		}
	}
	x.out.Write(x.src[at:n.end])
	return nil
}

// text writes a w:t with another text; line breaks and tabs become elements.
func (x *filler) text(n *node, text string) {
	w := n.prefix(x.src)
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			x.out.WriteString("<" + w + "br/>")
		}
		for j, word := range strings.Split(line, "\t") {
			if j > 0 {
				x.out.WriteString("<" + w + "tab/>")
			}
			x.out.WriteString("<" + w + `t xml:space="preserve">`)
			xml.EscapeText(&x.out, []byte(word)) // a bytes.Buffer does not fail
			x.out.WriteString("</" + w + "t>")
		}
	}
}

// value returns what stands for a placeholder; nothing for the mark of a group.
func (x *filler) value(para *node, m mark) (string, error) {
	if m.kind != value {
		return "", nil
	}
	if text, ok := x.record[m.name]; ok && m.group != "" {
		return text, nil
	}
	text, ok := x.data.Text[m.name]
	if !ok {
		in := ""
		if m.group != "" {
			in = "组“" + m.group + "”里"
		}
		return "", fault.New(fault.Invalid, "%s占位符 {{%s}} 没有对应的数据（%s）；请核对名称", in, m.name, x.where(para))
	}
	return text, nil
}
