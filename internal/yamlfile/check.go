package yamlfile

import (
	"encoding"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	nodeType        = reflect.TypeFor[yaml.Node]()
	unmarshalerType = reflect.TypeFor[yaml.Unmarshaler]()
	textType        = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func typeOf(v any) reflect.Type {
	t := reflect.TypeOf(v)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// check compares n with t, the type it will be read into. A nil t, and a type
// that reads itself, take any shape; keys must still differ.
func (f *File) check(n *yaml.Node, t reflect.Type, key string) error {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t != nil && (t == nodeType || t.Kind() == reflect.Interface ||
		reflect.PointerTo(t).Implements(unmarshalerType) || reflect.PointerTo(t).Implements(textType)) {
		t = nil
	}
	if n.Anchor != "" || n.Kind == yaml.AliasNode {
		return f.at(n.Line, "不支持锚点和引用（& 与 *），请把内容写全")
	}
	switch {
	case n.Kind == yaml.MappingNode:
		return f.checkMapping(n, t, key)
	case n.Kind == yaml.SequenceNode:
		return f.checkSequence(n, t, key)
	case t == nil || n.ShortTag() == "!!null":
		return nil
	}
	return f.checkScalar(n, t, key)
}

func (f *File) checkMapping(n *yaml.Node, t reflect.Type, key string) error {
	var known map[string]reflect.Type
	var elem reflect.Type
	switch {
	case t == nil:
	case t.Kind() == reflect.Struct:
		known = keysOf(t)
	case t.Kind() == reflect.Map:
		elem = t.Elem()
	default:
		return f.at(n.Line, "%s应为%s，不能是一组“键: 值”", named(key), shape(t))
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if line, twice := seen[k.Value]; twice {
			return f.at(k.Line, "%s 与第 %d 行重复", k.Value, line)
		}
		seen[k.Value] = k.Line
		to := elem
		if known != nil {
			var ok bool
			if to, ok = known[k.Value]; !ok {
				return f.at(k.Line, "不认识的键 %s，可用：%s", k.Value, strings.Join(sorted(known), "、"))
			}
		}
		if err := f.check(v, to, k.Value); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) checkSequence(n *yaml.Node, t reflect.Type, key string) error {
	var elem reflect.Type
	if t != nil {
		if t.Kind() != reflect.Slice && t.Kind() != reflect.Array {
			return f.at(n.Line, "%s应为%s，不能是列表", named(key), shape(t))
		}
		elem = t.Elem()
	}
	for _, c := range n.Content {
		if err := f.check(c, elem, key); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) checkScalar(n *yaml.Node, t reflect.Type, key string) error {
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
		return f.at(n.Line, "%s应为%s，不能是“%s”", named(key), shape(t), n.Value)
	}
	if err := n.Load(reflect.New(t).Interface()); err != nil {
		return f.at(n.Line, "%s应为%s，不能是“%s”", named(key), shape(t), n.Value)
	}
	return nil
}

// keysOf returns the keys that struct type t takes, as the YAML library reads
// its tags.
func keysOf(t reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	for i := range t.NumField() {
		field := t.Field(i)
		tag, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		inline := slices.Contains(strings.Split(options, ","), "inline")
		switch {
		case tag == "-" || !field.IsExported():
		case inline && field.Type.Kind() == reflect.Struct:
			for k, v := range keysOf(field.Type) {
				keys[k] = v
			}
		case tag != "":
			keys[tag] = field.Type
		default:
			keys[strings.ToLower(field.Name)] = field.Type
		}
	}
	return keys
}

func sorted(keys map[string]reflect.Type) []string {
	var all []string
	for k := range keys {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

func named(key string) string {
	if key == "" {
		return "内容"
	}
	return key + " "
}

// shape names in Chinese what a value of type t is written as.
func shape(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return " true 或 false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "整数"
	case reflect.Float32, reflect.Float64:
		return "数字"
	case reflect.Slice, reflect.Array:
		return "列表（每项一行，以“- ”开头）"
	case reflect.Struct, reflect.Map:
		return "一组“键: 值”"
	}
	return "文字"
}
