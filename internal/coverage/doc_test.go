package coverage

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"
)

// Each exported name of the libraries says what it is: constants, variables and
// types of a group by the comment of the group or behind them, methods that only
// satisfy an interface of the standard library by its name. What gives an error
// says when; what gives an Issue or a Verdict beside a value says so.
func TestEveryExportedNameIsDocumented(t *testing.T) {
	n := 0
	each(t, func(path string, f *ast.File, _ string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		if f.Name.IsExported() {
			t.Errorf("%s: package %s", path, f.Name)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && (d.Recv == nil || exportedReceiver(d)) {
					n++
					checkFunction(t, path, d)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					n += checkSpec(t, path, d, spec)
				}
			}
		}
	})
	if n < 500 {
		t.Errorf("only %d names were found", n)
	}
}

// said is the words of comments without the name they are about.
func said(name string, comments ...*ast.CommentGroup) []string {
	var all []string
	for _, c := range comments {
		if c != nil {
			all = append(all, strings.Fields(strings.ReplaceAll(c.Text(), name, ""))...)
		}
	}
	return all
}

func checkSpec(t *testing.T, path string, d *ast.GenDecl, spec ast.Spec) int {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if !s.Name.IsExported() {
			return 0
		}
		if len(said(s.Name.Name, s.Doc, s.Comment, d.Doc)) < 3 {
			t.Errorf("%s: type %s is not documented", path, s.Name)
		}
		if fields, ok := s.Type.(*ast.StructType); ok {
			checkFields(t, path, s.Name.Name, fields)
		}
		return 1
	case *ast.ValueSpec:
		n := 0
		for _, name := range s.Names {
			if name.IsExported() {
				n++
				if len(said(name.Name, s.Doc, s.Comment, d.Doc)) < 2 && !d.Lparen.IsValid() || len(said(name.Name, s.Doc, s.Comment, d.Doc)) == 0 {
					t.Errorf("%s: %s is not documented", path, name)
				}
			}
		}
		return n
	}
	return 0
}

// checkFields asks that a field of a number say its unit or what it is, unless its
// name and type are all there is to say.
func checkFields(t *testing.T, path, of string, fields *ast.StructType) {
	for _, f := range fields.Fields.List {
		kind, ok := f.Type.(*ast.SelectorExpr)
		if !ok || kind.Sel.Name != "Exact" {
			continue
		}
		for _, name := range f.Names {
			if name.IsExported() && len(said(name.Name, f.Doc, f.Comment)) == 0 && name.Name != "Value" && name.Name != "Multiple" && name.Name != "Index" {
				t.Errorf("%s: number %s.%s has no comment", path, of, name)
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	of := d.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	name, ok := of.(*ast.Ident)
	return ok && name.IsExported()
}

var why = regexp.MustCompile(`(?i)error|issue|refus|panic|fail|none where|why|Unknown`)

func checkFunction(t *testing.T, path string, d *ast.FuncDecl) {
	words := said(d.Name.Name, d.Doc)
	switch d.Name.Name {
	case "String", "Error", "MarshalText", "UnmarshalText":
		if len(words) == 0 {
			t.Errorf("%s: %s is not documented", path, d.Name)
		}
		return
	}
	if len(words) < 3 {
		t.Errorf("%s: %s says only %q", path, d.Name, strings.Join(words, " "))
	}
	if d.Type.Results == nil {
		return
	}
	for _, r := range d.Type.Results.List {
		switch kind := r.Type.(type) {
		case *ast.Ident:
			if (kind.Name == "error" || kind.Name == "Issue") && !why.MatchString(d.Doc.Text()) {
				t.Errorf("%s: %s gives an %s and does not say when", path, d.Name, kind.Name)
			}
		case *ast.SelectorExpr:
			if kind.Sel.Name == "Issue" && !why.MatchString(d.Doc.Text()) {
				t.Errorf("%s: %s gives an Issue and does not say when", path, d.Name)
			}
		}
	}
}
