package register

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"pingzhang/internal/yamlfile"
)

// Book holds the definitions of all registers. It is read-only.
type Book struct {
	byName map[Register]*Definition
	order  []*Definition
}

// Definition returns the register of that name.
func (b *Book) Definition(r Register) (*Definition, bool) {
	d, ok := b.byName[r]
	return d, ok
}

// Definitions returns all registers in the order their files ask for.
func (b *Book) Definitions() []*Definition { return b.order }

// Load reads every *.yaml file of dir.
//
// The error is fault.Invalid and names file, line and what is allowed when a
// file is wrong.
func Load(dir fs.FS) (*Book, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, err
	}
	b := &Book{byName: map[Register]*Definition{}}
	files := map[Register]*yamlfile.File{}
	for _, name := range names {
		d := &Definition{}
		at, err := yamlfile.Read(dir, name, d)
		if err != nil {
			return nil, err
		}
		if d.Register == "" || d.Label == "" {
			return nil, at.Errorf("register", "台账缺 register 或 label")
		}
		if b.byName[d.Register] != nil {
			return nil, at.Errorf("register", "台账 %s 重复", d.Register)
		}
		b.byName[d.Register], files[d.Register] = d, at
		b.order = append(b.order, d)
	}
	for r, d := range b.byName {
		if err := b.check(files[r], d); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(b.order, func(x, y *Definition) int {
		if x.Order != y.Order {
			return x.Order - y.Order
		}
		return strings.Compare(string(x.Register), string(y.Register))
	})
	return b, nil
}

func (b *Book) check(at *yamlfile.File, d *Definition) error {
	d.byKey = make(map[string]*Field, len(d.Fields))
	for i := range d.Fields {
		f := &d.Fields[i]
		path := fmt.Sprintf("fields.%d", i)
		if f.Key == "" || f.Label == "" {
			return at.Errorf(path, "字段缺 key 或 label")
		}
		if d.byKey[f.Key] != nil || slices.Contains(builtin, f.Key) {
			return at.Errorf(path+".key", "字段 %s 重复或与固有字段同名", f.Key)
		}
		d.byKey[f.Key] = f
		if err := b.checkField(at, path, f); err != nil {
			return err
		}
	}
	for i := range d.Fields {
		if err := d.checkConditions(at, fmt.Sprintf("fields.%d", i), &d.Fields[i]); err != nil {
			return err
		}
	}
	if err := d.checkHead(at); err != nil {
		return err
	}
	return d.checkLayout(at)
}

func (b *Book) checkField(at *yamlfile.File, path string, f *Field) (err error) {
	if !slices.Contains(Types, f.Type) {
		return at.Errorf(path+".type", "type 不能是“%s”，可用：%s", f.Type, join(Types))
	}
	if f.Check != "" && checks[f.Check] == nil {
		return at.Errorf(path+".check", "没有校验“%s”，可用：%s", f.Check, strings.Join(checkNames(), "、"))
	}
	if f.pattern, err = regexp.Compile(f.Pattern); err != nil {
		return at.Errorf(path+".pattern", "pattern 不是正确的正则表达式：%v", err)
	}
	for key, text := range map[string]string{"min": f.Min, "max": f.Max} {
		if text != "" && !isNumber(text) {
			return at.Errorf(path+"."+key, "%s 应为数字", key)
		}
	}
	switch {
	case f.Pattern != "" && f.Say == "":
		return at.Errorf(path, "有 pattern 的字段应有 pattern_help，说明应填什么")
	case (f.Type == Choice) != (len(f.Choices) > 0):
		return at.Errorf(path, "choice 类型的字段应有 choices，其他类型不能有")
	case (f.Type == Ref) != (f.To != ""):
		return at.Errorf(path, "ref 类型的字段应有 to，其他类型不能有")
	case f.Type == Ref && b.byName[f.To] == nil:
		return at.Errorf(path+".to", "没有台账“%s”，可用：%s", f.To, strings.Join(b.names(), "、"))
	}
	return nil
}

func (d *Definition) checkConditions(at *yamlfile.File, path string, f *Field) error {
	for key, to := range map[string]string{"required_with": f.RequiredWith, "required_without": f.RequiredWithout} {
		if to != "" && d.byKey[to] == nil {
			return at.Errorf(path+"."+key, "没有字段“%s”，可用：%s", to, strings.Join(d.keys(), "、"))
		}
	}
	if w := f.RequiredWhen; w != nil && d.byKey[w.Key] == nil {
		return at.Errorf(path+".required_when.key", "没有字段“%s”，可用：%s", w.Key, strings.Join(d.keys(), "、"))
	}
	return nil
}

func (d *Definition) checkHead(at *yamlfile.File) (err error) {
	if d.code, err = regexp.Compile(d.Code.Pattern); err != nil {
		return at.Errorf("code.pattern", "pattern 不是正确的正则表达式：%v", err)
	}
	owner := d.byKey[d.Owner]
	switch {
	case d.Write == "":
		return at.Errorf("register", "缺 write（修改所需的权限）")
	case !slices.Contains([]string{"required", "optional", "none"}, d.Location):
		return at.Errorf("location", "location 不能是“%s”，可用：required、optional、none", d.Location)
	case d.Code.Label == "" || d.Name.Label == "":
		return at.Errorf("register", "code 和 name 都应有 label")
	case d.Owner != "" && d.Owner != "self" && (owner == nil || owner.Type != Ref):
		return at.Errorf("owner", "owner 应为 self 或一个 ref 字段，没有“%s”", d.Owner)
	case d.Code.Check != "" && checks[d.Code.Check] == nil:
		return at.Errorf("code.check", "没有校验“%s”，可用：%s", d.Code.Check, strings.Join(checkNames(), "、"))
	case d.Code.Pattern != "" && d.Code.Say == "":
		return at.Errorf("code", "有 pattern 的应有 pattern_help，说明应填什么")
	case d.Code.Unique != "" && d.Code.Unique != "owner":
		return at.Errorf("code.unique", "unique 不能是“%s”，可用：owner，或不写（全台账唯一）", d.Code.Unique)
	case d.Code.Auto != "" && d.Code.Auto != "id" && d.byKey[d.Code.Auto] == nil:
		return at.Errorf("code.auto", "auto 应为 id 或一个字段，没有“%s”", d.Code.Auto)
	}
	for i, key := range d.Name.Auto {
		if d.byKey[key] == nil {
			return at.Errorf(fmt.Sprintf("name.auto.%d", i), "没有字段“%s”，可用：%s", key, strings.Join(d.keys(), "、"))
		}
	}
	if x := d.Distinct; x != nil {
		for _, key := range append([]string{x.From, x.To}, x.Key...) {
			if d.byKey[key] == nil {
				return at.Errorf("distinct", "没有字段“%s”，可用：%s", key, strings.Join(d.keys(), "、"))
			}
		}
		if len(x.Key) == 0 || d.byKey[x.Key[0]].Type != Ref || x.Say == "" {
			return at.Errorf("distinct", "distinct 应有 say，且 key 的第一个字段应为 ref")
		}
	}
	return nil
}

func (d *Definition) checkLayout(at *yamlfile.File) error {
	known := func(key string) bool { return d.byKey[key] != nil || slices.Contains(builtin, key) }
	lists := map[string][]string{"list": d.List, "filters": d.Filters}
	for kind, groups := range map[string][]Group{"form": d.Form, "detail": d.Detail} {
		for i, g := range groups {
			lists[fmt.Sprintf("%s.%d.fields", kind, i)] = g.Fields
		}
	}
	for path, keys := range lists {
		for i, key := range keys {
			if !known(key) {
				return at.Errorf(fmt.Sprintf("%s.%d", path, i), "没有字段“%s”，可用：%s",
					key, strings.Join(append(slices.Clone(builtin), d.keys()...), "、"))
			}
		}
	}
	if len(d.Form) == 0 || len(d.Detail) == 0 || len(d.List) == 0 {
		return at.Errorf("register", "form、detail、list 都不能为空")
	}
	return nil
}

func (d *Definition) keys() []string {
	keys := make([]string, 0, len(d.Fields))
	for _, f := range d.Fields {
		keys = append(keys, f.Key)
	}
	return keys
}

func (b *Book) names() []string {
	var names []string
	for r := range b.byName {
		names = append(names, string(r))
	}
	slices.Sort(names)
	return names
}

func join[T ~string](all []T) string {
	parts := make([]string, len(all))
	for i, v := range all {
		parts[i] = string(v)
	}
	return strings.Join(parts, "、")
}
