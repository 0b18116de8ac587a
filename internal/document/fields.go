package document

import (
	"maps"
	"slices"
	"strings"

	"pingzhang/internal/fault"
)

// A Field is a placeholder of a template.
type Field struct {
	Group string // in which it stands; "" for none
	Name  string // "" for the group itself
	Where string // part, table and row, and the text of its paragraph
}

// Fields returns the placeholders of a template in the order in which they stand,
// each once in a group. A group itself comes before what is in it.
//
// The error is fault.Invalid when the template is no document, or has
// placeholders that cannot be understood.
func Fields(template []byte) (all []Field, err error) {
	defer fault.Wrap(&err, "document.Fields")

	a, err := open(template)
	if err != nil {
		return nil, err
	}
	seen := map[[2]string]bool{}
	for _, f := range a.files {
		p := a.parts[f.Name]
		if p == nil {
			continue
		}
		for _, para := range p.paras {
			for _, m := range para.marks {
				field := Field{m.group, m.name, p.where(para)}
				switch m.kind {
				case opening:
					field.Group, field.Name = m.name, ""
				case closing:
					continue
				}
				if key := [2]string{field.Group, field.Name}; !seen[key] {
					seen[key] = true
					all = append(all, field)
				}
			}
		}
	}
	return all, nil
}

// An Offer is what a program has for a template.
type Offer struct {
	Text []string            // names for the whole document
	Rows map[string][]string // names of the records of each group
}

// Check reports what a template uses that is not offered, all of it.
//
// The error is fault.Invalid.
func Check(template []byte, o Offer) error {
	all, err := Fields(template)
	if err != nil {
		return err
	}
	var wrong []string
	for _, f := range all {
		names, known := o.Rows[f.Group]
		switch {
		case f.Group != "" && f.Name == "" && !known:
			wrong = append(wrong, "没有组“"+f.Group+"”，可用的组："+strings.Join(slices.Sorted(maps.Keys(o.Rows)), "、")+"（"+f.Where+"）")
		case f.Name == "" || slices.Contains(o.Text, f.Name) || slices.Contains(names, f.Name) || f.Group != "" && !known:
		case f.Group != "":
			wrong = append(wrong, "组“"+f.Group+"”里没有 {{"+f.Name+"}}，可用的有："+strings.Join(names, "、")+"（"+f.Where+"）")
		default:
			wrong = append(wrong, "没有 {{"+f.Name+"}}（"+f.Where+"）")
		}
	}
	if wrong == nil {
		return nil
	}
	return fault.New(fault.Invalid, "%s", strings.Join(wrong, "；"))
}
