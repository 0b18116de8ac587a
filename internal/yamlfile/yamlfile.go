// Package yamlfile reads the YAML files of the catalog, which people edit by
// hand, and answers a mistake with one Chinese sentence that begins with
// file:line and says what is allowed.
//
// # What always holds
//
//   - A key that the Go type has no field for is refused, as is a key that
//     stands twice: a misspelt key never passes as a value left out. Keys are
//     those of the fields' yaml tags; ",inline" structs are followed.
//   - Anchors and aliases (& and *) are refused: a reader of one entry sees
//     all of it, and no small file unfolds into a huge one.
//   - A file is one document.
//   - Every error is fault.Invalid.
//
// # How to use it
//
//	var f struct {
//		Roles []Role `yaml:"roles"`
//	}
//	at, err := yamlfile.Read(dir, "roles.yaml", &f)
//	for i, r := range f.Roles {
//		if err := at.OneOf(fmt.Sprintf("roles.%d.level", i), r.Level, "city", "county"); err != nil { … }
//		if r.Code == "" {
//			return at.Errorf(fmt.Sprintf("roles.%d", i), "角色缺 code")
//		}
//	}
//
// A path is keys and list indexes joined by dots. Errorf and OneOf find its
// line; where the path leads to nothing, the line is that of the nearest thing
// above it, so the line of an entry also serves for a key that is missing.
//
// # Where things are
//
// yamlfile.go reads and answers for lines, check.go compares the file with the
// Go type.
package yamlfile

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"pingzhang/internal/fault"
)

// File is a YAML file that was read, for messages about places in it.
type File struct {
	Name string // name in the file system it was read from
	root *yaml.Node
}

// Read reads file name of dir into v, a pointer to a struct, map or slice. A
// type with UnmarshalYAML or UnmarshalText checks itself.
func Read(dir fs.FS, name string, v any) (*File, error) {
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "读不到文件 %s；请检查它是否存在、权限是否正确", name)
	}
	return Parse(name, data, v)
}

// Parse reads data into v as Read does; name stands in messages.
func Parse(name string, data []byte, v any) (*File, error) {
	f := &File{Name: name, root: &yaml.Node{}}
	begun, second := documents(data)
	switch {
	case !begun:
		return nil, f.at(1, "文件是空的")
	case second > 0:
		return nil, f.at(second, "一个文件只能有一段内容，不能用 --- 分成几段")
	}
	if err := yaml.Load(data, f.root, yaml.WithSingleDocument()); err != nil {
		return nil, f.broken(err)
	}
	if f.root.Kind == yaml.DocumentNode && len(f.root.Content) == 1 {
		f.root = f.root.Content[0]
	}
	if f.root.Kind == 0 || f.root.ShortTag() == "!!null" {
		return nil, f.at(1, "文件是空的")
	}
	if err := f.check(f.root, typeOf(v), ""); err != nil {
		return nil, err
	}
	if err := f.root.Load(v); err != nil {
		return nil, f.broken(err)
	}
	return f, nil
}

// documents reports whether data has any content, and the line of the
// separator that begins a second document, or 0.
func documents(data []byte) (begun bool, second int) {
	for i, line := range strings.Split(string(data), "\n") {
		text := strings.TrimRight(line, " \t\r")
		switch {
		case text == "---" && begun:
			return begun, i + 1
		case text != "" && text != "---" && !strings.HasPrefix(strings.TrimSpace(text), "#"):
			begun = true
		}
	}
	return begun, 0
}

// broken tells of an error that the YAML library found.
func (f *File) broken(err error) error {
	var le *yaml.LoadError
	if errors.As(err, &le) {
		return f.at(le.Mark.Line, "不是正确的 YAML：%s；请检查缩进、冒号后的空格和引号", le.Message)
	}
	var own *fault.Error
	if errors.As(err, &own) {
		return err
	}
	return fault.From(err, fault.Invalid, "%s: 不是正确的 YAML；请检查缩进、冒号后的空格和引号", f.Name)
}

// at returns an Invalid error for a line; line 0 is an unknown one.
func (f *File) at(line int, format string, args ...any) error {
	if line < 1 {
		return fault.New(fault.Invalid, "%s: "+format, append([]any{f.Name}, args...)...)
	}
	return fault.New(fault.Invalid, "%s:%d: "+format, append([]any{f.Name, line}, args...)...)
}

// Errorf returns fault.Invalid with the sentence, which should say what is
// allowed, after the file and the line of path.
func (f *File) Errorf(path, format string, args ...any) error {
	return f.at(f.Line(path), format, args...)
}

// OneOf returns an error that lists allowed when value, which stands at path,
// is none of them.
func (f *File) OneOf(path, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	key := path[strings.LastIndexByte(path, '.')+1:]
	return f.Errorf(path, "%s 不能是“%s”，可用：%s", key, value, strings.Join(allowed, "、"))
}

// Line returns the line of what path names, or of the nearest thing above it.
func (f *File) Line(path string) int {
	n, line := f.root, f.root.Line
	if path == "" {
		return line
	}
	// A key may itself hold dots ("2.5"), so the longest one that fits is taken.
	parts := strings.Split(path, ".")
	for len(parts) > 0 {
		next, nextLine, used := step(n, parts)
		if next == nil {
			return line
		}
		n, line, parts = next, nextLine, parts[used:]
	}
	return line
}

func step(n *yaml.Node, parts []string) (next *yaml.Node, line, used int) {
	switch n.Kind {
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(parts[0]); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i], n.Content[i].Line, 1
		}
	case yaml.MappingNode:
		for used := len(parts); used > 0; used-- {
			key := strings.Join(parts[:used], ".")
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == key {
					return n.Content[i+1], n.Content[i].Line, used
				}
			}
		}
	}
	return nil, 0, 0
}
