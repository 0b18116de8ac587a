package document

import (
	"strings"

	"pingzhang/internal/fault"
)

// A group is what is repeated: the kids first to last of a node.
type group struct {
	name        string
	first, last int
	dropped     map[*node]bool // those that have nothing but a mark
	para        *node          // where it opens
}

// An end is one of the two marks of a group.
type end struct {
	para *node
	mark *mark
}

// pair pairs the marks of groups over a part.
func (p *part) pair() error {
	var open *end
	for _, para := range p.paras {
		for i := range para.marks {
			m := &para.marks[i]
			switch {
			case m.kind == value:
				if open != nil {
					m.group = open.mark.name
				}
			case m.kind == opening && open != nil:
				return fault.New(fault.Invalid, "组“%s”还没有用 {{/%s}} 结束，又开始了组“%s”（%s）；组内不能再有组", open.mark.name, open.mark.name, m.name, p.where(para))
			case m.kind == opening:
				open = &end{para, m}
			case open == nil:
				return fault.New(fault.Invalid, "{{/%s}} 之前没有 {{#%s}}（%s）", m.name, m.name, p.where(para))
			case open.mark.name != m.name:
				return fault.New(fault.Invalid, "组“%s”用 {{/%s}} 结束，名称不一致（%s）", open.mark.name, m.name, p.where(para))
			default:
				if err := p.close(*open, end{para, m}); err != nil {
					return err
				}
				open = nil
			}
		}
	}
	if open != nil {
		return fault.New(fault.Invalid, "组“%s”没有用 {{/%s}} 结束（从 %s 开始）", open.mark.name, open.mark.name, p.where(open.para))
	}
	return nil
}

// close makes a group of its two marks.
func (p *part) close(from, to end) error {
	a, b := p.bounds(from, to)
	if a == nil {
		return fault.New(fault.Invalid, "组“%s”的开始和结束不在同一层：须都在同一个表的行里，或都在同一处的段落里（从 %s 到 %s）", from.mark.name, p.where(from.para), p.where(to.para))
	}
	g := &group{name: from.mark.name, first: a.nth, last: b.nth, dropped: map[*node]bool{}, para: from.para}
	holder := a.parent
	for _, other := range holder.groups {
		if g.first <= other.last && other.first <= g.last {
			return fault.New(fault.Invalid, "组“%s”和组“%s”在同一行或同一段里，无法重复（%s）", other.name, g.name, p.where(from.para))
		}
	}
	for _, e := range []end{from, to} {
		unit := a
		if e == to {
			unit = b
		}
		if strings.TrimSpace(unitText(unit)) == joined(e.para.pieces)[e.mark.from:e.mark.to] {
			g.dropped[unit] = true
		}
	}
	for _, k := range holder.kids[g.first : g.last+1] {
		if k.has("sectPr") {
			return fault.New(fault.Invalid, "组“%s”里有分节符，无法重复（从 %s 开始）", g.name, p.where(from.para))
		}
	}
	holder.groups = append(holder.groups, g)
	holder.soil()
	return nil
}

// bounds returns the first and the last of what a group repeats; nil where its
// marks have no common place.
func (p *part) bounds(from, to end) (a, b *node) {
	same := from.para.parent == to.para.parent
	if same && from.para != to.para && from.alone() && to.alone() {
		return from.para, to.para
	}
	for r := from.para.up("tr"); r != nil; r = r.up("tr") {
		for s := to.para.up("tr"); s != nil; s = s.up("tr") {
			if r.parent == s.parent {
				return r, s
			}
		}
	}
	if same {
		return from.para, to.para
	}
	return nil, nil
}

// alone reports whether a mark is all that its paragraph says.
func (e end) alone() bool {
	return strings.TrimSpace(joined(e.para.pieces)) == joined(e.para.pieces)[e.mark.from:e.mark.to]
}

// unitText is the text of all paragraphs in n, n itself among them.
func unitText(n *node) string {
	var b strings.Builder
	var walk func(*node)
	walk = func(n *node) {
		if n.name == "p" {
			b.WriteString(joined(textOf(n)))
		}
		for _, k := range n.kids {
			walk(k)
		}
	}
	walk(n)
	return b.String()
}
