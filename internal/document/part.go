package document

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"pingzhang/internal/fault"
)

// The namespaces of WordprocessingML: the one that Word writes, and that of
// strict documents.
var wordSpaces = map[string]bool{
	"http://schemas.openxmlformats.org/wordprocessingml/2006/main": true,
	"http://purl.oclc.org/ooxml/wordprocessingml/main":             true,
}

// A node is an element by its place in the bytes of a part.
type node struct {
	name   string // of WordprocessingML; "" for elements of others
	parent *node
	kids   []*node
	nth    int // among the kids of its parent
	// The element is src[start:end], what is in it src[inner:innerEnd].
	start, inner, innerEnd, end int
	text                        string // of a w:t

	marks  []mark   // of a paragraph: its placeholders
	pieces []piece  // of a paragraph that has marks: its text
	groups []*group // that repeat kids of this node, in their order
	dirty  bool     // it or something in it is to be filled
	number int      // of a table in its part, of a row in its table; from 1
}

// A part is an XML file of a template that has text.
type part struct {
	title string // 正文, 页眉 …
	src   []byte
	root  *node
	paras []*node // paragraphs in the order of the document
}

// parse takes a part apart, and finds its placeholders and groups.
func parse(title string, src []byte) (*part, error) {
	if len(src) > maxPart {
		return nil, fault.New(fault.Invalid, "模板的%s超过 %d MB，不予使用", title, maxPart>>20)
	}
	p := &part{title: title, src: src}
	if err := p.read(); err != nil {
		var known *fault.Error
		if errors.As(err, &known) {
			return nil, err
		}
		return nil, damaged(fmt.Errorf("%s: %w", title, err))
	}
	p.count(p.root, new(int))
	for _, para := range p.paras {
		if err := p.findMarks(para); err != nil {
			return nil, err
		}
	}
	return p, p.pair()
}

// read builds the tree.
func (p *part) read() error {
	d := xml.NewDecoder(bytes.NewReader(p.src))
	d.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") {
			return r, nil
		}
		return nil, fmt.Errorf("encoding %s", charset)
	}
	top := &node{}
	at, depth, nodes := top, 0, 0
	for {
		start := int(d.InputOffset())
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		end := int(d.InputOffset())
		switch t := token.(type) {
		case xml.StartElement:
			if depth, nodes = depth+1, nodes+1; depth > maxDepth || nodes > maxNodes {
				return fault.New(fault.Invalid, "模板的%s过于复杂，不予使用", p.title)
			}
			n := &node{parent: at, nth: len(at.kids), start: start, inner: end}
			if wordSpaces[t.Name.Space] {
				n.name = t.Name.Local
			}
			if n.name == "p" {
				p.paras = append(p.paras, n)
			}
			at.kids = append(at.kids, n)
			at = n
		case xml.EndElement:
			at.innerEnd, at.end = start, end
			at = at.parent
			depth--
		case xml.CharData:
			if at.name == "t" {
				at.text += string(t)
			}
		case xml.Directive:
			return fault.New(fault.Invalid, "模板的%s带有文档类型声明，不予使用", p.title)
		}
	}
	if len(top.kids) != 1 {
		return errors.New("no single root element")
	}
	p.root = top.kids[0]
	p.root.parent = nil
	return nil
}

// count numbers tables and rows.
func (p *part) count(n *node, tables *int) {
	switch n.name {
	case "tbl":
		*tables++
		n.number = *tables
	case "tr":
		if t := n.up("tbl"); t != nil {
			n.number = t.rowsBefore(n)
		}
	}
	for _, k := range n.kids {
		p.count(k, tables)
	}
}

// rowsBefore counts the rows of a table up to and with row.
func (n *node) rowsBefore(row *node) (rows int) {
	done := false
	var walk func(*node)
	walk = func(m *node) {
		for _, k := range m.kids {
			if done || k.name == "tbl" || k.name == "tc" {
				continue
			}
			if k.name == "tr" {
				rows++
				done = k == row
				continue
			}
			walk(k)
		}
	}
	walk(n)
	return rows
}

// up returns the nearest element of that name above n; nil where there is none.
func (n *node) up(name string) *node {
	for n = n.parent; n != nil; n = n.parent {
		if n.name == name {
			return n
		}
	}
	return nil
}

// has reports whether there is an element of that name in n.
func (n *node) has(name string) bool {
	for _, k := range n.kids {
		if k.name == name || k.has(name) {
			return true
		}
	}
	return false
}

// soil marks n and all above it.
func (n *node) soil() {
	for ; n != nil && !n.dirty; n = n.parent {
		n.dirty = true
	}
}

// prefix returns what stands before the name of an element in src, as w:.
func (n *node) prefix(src []byte) string {
	tag := src[n.start+1 : n.inner]
	if i := bytes.IndexAny(tag, " \t\r\n/>:"); i > 0 && tag[i] == ':' {
		return string(tag[:i+1])
	}
	return ""
}

// where says where a paragraph stands.
func (p *part) where(para *node) string {
	text := p.title
	if row := para.up("tr"); row != nil {
		text += fmt.Sprintf("表 %d 第 %d 行", row.up("tbl").tableNumber(), row.number)
	}
	said := strings.TrimSpace(strings.Join(strings.Fields(joined(textOf(para))), " "))
	if r := []rune(said); len(r) > 40 {
		said = string(r[:40]) + "…"
	}
	return text + "“" + said + "”"
}

// tableNumber is the number of a table, 0 for a row that stands in none.
func (n *node) tableNumber() int {
	if n == nil {
		return 0
	}
	return n.number
}
