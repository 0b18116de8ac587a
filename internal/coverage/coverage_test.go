package coverage

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/standard"
	"pingzhang/standard/subject"
)

var update = flag.Bool("update", false, "write docs/coverage.md and docs/divergences.md")

// documents are all standards by the tables and scripts that are shipped.
func documents(t *testing.T) []Document {
	t.Helper()
	files := catalog.FS("")
	tables, err := Tables(files)
	if err != nil {
		t.Fatal(err)
	}
	all, err := New(files).Documents(tables)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPagesAreThoseOfTheCode(t *testing.T) {
	for name, want := range map[string]string{"coverage.md": Coverage(documents(t)), "divergences.md": Divergences()} {
		path := filepath.Join("../../docs", name)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("docs/%s is not what the code says (%v): go test ./internal/coverage -update, and read the difference", name, err)
		}
	}
}

// Each row of each table belongs to a clause that is declared.
func TestEveryRowIsOfAClause(t *testing.T) {
	tables, err := Tables(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	declared := Declared()
	for _, table := range tables {
		for _, row := range table.Rows() {
			for _, number := range row.Citation.Numbers() {
				if !slices.ContainsFunc(declared, func(c standard.Clause) bool { return holds(c, table.Name, row) && c.Is(number) }) {
					t.Errorf("%s/%s: no Clauses declare %s %q", table.Name, row.Key, row.Citation.Named(), number)
				}
			}
		}
	}
}

// What a clause names is there, and what is carried out is asked about.
func TestClausesAreCarriedOut(t *testing.T) {
	code := names(t)
	subjects := map[string]bool{}
	for _, h := range subject.Describe() {
		subjects[h.Name] = true
	}
	seen := map[string]bool{}
	for _, d := range documents(t) {
		for _, l := range d.Clauses {
			name := l.Name() + " " + l.Says
			if seen[name] || l.Says == "" || (l.Clause.Clause == "" && l.Recalled) {
				t.Errorf("%s: twice, or without words", name)
			}
			seen[name] = true
			for _, by := range append(slices.Clone(l.By), l.Tests...) {
				if !code[by] {
					t.Errorf("%s: there is no %s", name, by)
				}
			}
			for _, s := range l.Subjects {
				if !subjects[s] {
					t.Errorf("%s: there is no subject %s", name, s)
				}
			}
			if len(l.Rows) > 0 && l.Figures == 0 {
				t.Errorf("%s: no row of %v is of it", name, l.Rows)
			}
			if len(l.Confidences) == 0 {
				t.Errorf("%s: nothing says how sure it is", name)
			}
			switch l.Covered {
			case standard.Yes, standard.Partial:
				if len(l.By) == 0 || l.Asked()+len(l.Tests) == 0 {
					t.Errorf("%s is carried out by %v and asked about by %d cases and %d tests", name, l.By, l.Asked(), len(l.Tests))
				}
				if len(l.Subjects) > 0 && l.Asked() == 0 {
					t.Errorf("%s: no rule script of %v cites it", name, l.Subjects)
				}
			case standard.No:
			default:
				t.Errorf("%s: covered %q", name, l.Covered)
			}
			if l.Covered != standard.Yes && l.Why == "" {
				t.Errorf("%s: why not all of it?", name)
			}
		}
	}
}

// index.tsv says of each standard what its clauses say, and lists no other.
func TestIndexAgrees(t *testing.T) {
	all := documents(t)
	for line := range strings.Lines(standard.Index) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); !strings.HasPrefix(line, "#") {
			i := slices.IndexFunc(all, func(d Document) bool { return d.Name == f[0]+"-"+f[1] || d.Name == f[0] })
			if i < 0 {
				t.Errorf("index.tsv lists %s %s, of which no clause is declared", f[0], f[1])
			} else if string(all[i].Covered) != f[3] {
				t.Errorf("index.tsv has %s for %s; its clauses make it %s", f[3], all[i].Name, all[i].Covered)
			}
		}
	}
	for _, d := range all {
		if (strings.HasPrefix(d.Name, "GB") || strings.HasPrefix(d.Name, "HJ ")) && strings.Contains(d.Name, "-") && d.Title == "" {
			t.Errorf("index.tsv does not list %s", d.Name)
		}
	}
}

// numberPattern is a standard with its edition and what may be a clause.
var numberPattern = regexp.MustCompile(`\b((?:GB|HJ)(?:/T)? [0-9]+(?:\.[0-9])?-[0-9]{2,4})\b`)

// A rule script cites no clause that is not declared.
func TestScriptsCiteDeclaredClauses(t *testing.T) {
	all, err := scripts(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	declared := Declared()
	for _, s := range all {
		for _, c := range s.Cases {
			for _, m := range numberPattern.FindAllStringSubmatch(c.Because, -1) {
				if !slices.ContainsFunc(declared, func(d standard.Clause) bool { return d.Document == m[1] }) {
					t.Errorf("%s:%d cites %s, of which no clause is declared", s.Name, c.Line, m[1])
				}
			}
		}
	}
	for _, by := range citations(all, declared) {
		for _, number := range by.clauses {
			if !slices.ContainsFunc(declared, func(c standard.Clause) bool { return c.Document == by.document && c.Is(number) }) {
				t.Errorf("%s cites %s %s, which is not declared", by.script, by.document, number)
			}
		}
	}
}

// Neither does a comment or a sentence of the code.
func TestCodeCitesDeclaredClauses(t *testing.T) {
	declared := Declared()
	each(t, func(path string, _ *ast.File, text string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		text = regexp.MustCompile(`\n\s*// `).ReplaceAllString(text, " ")
		for _, at := range numberPattern.FindAllStringIndex(text, -1) {
			document := text[at[0]:at[1]]
			rest := text[at[1]:min(len(text), at[1]+40)]
			for _, english := range [][2]string{{" table ", " 表"}, {", table ", " 表"}, {" tables ", " 表"}} {
				rest = strings.Replace(rest, english[0], english[1], 1)
			}
			_, clauses := named(document+rest, document)
			for _, number := range clauses {
				if !slices.ContainsFunc(declared, func(c standard.Clause) bool { return c.Document == document && c.Is(number) }) {
					t.Errorf("%s cites %s %s, which is not declared", path, document, number)
				}
			}
		}
	})
}

// sources is where the figures were read. It is beside the repository and not in it.
const sources = "../../../shared"

// The number of a clause stands in the sources, or is marked as recalled.
func TestNumbersOfClausesWereRead(t *testing.T) {
	if _, err := os.Stat(sources); err != nil {
		t.Skip("the sources of the figures are not there")
	}
	files, _ := filepath.Glob(sources + "/standards/*.csv")
	var lines []string
	for _, name := range append(files, sources+"/domain/standards.md", sources+"/domain/regulation.md") {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(string(data), "\n")...)
	}
	// Where the sources name the clause in a line that does not repeat the standard.
	elsewhere := map[string]string{
		"GB 3095-2026 4.1": "(4.1)", "GB 3095-2026 4.3": "(4.3;", "GB 3095-2012 表4": "表4", "GB 3095-2026 表4": "表4", "HJ 663-2026 6.1.2": "6.1.2",
		"生态环境法典 第444条至第452条": "444", "HJ 75-2017 附录": "HJ 75-2017 附录", "HJ 356-2019 7": "7 effective mean", "环发〔2015〕164号 通知": "通知",
		"生态环境部公告 2022 年第 21 号 第六条第一款": "art. 6-1", "生态环境部公告 2022 年第 21 号 第六条第二款": "art. 6-2", "GB 16297-1996 表2": "表2-1", "HJ 633-2026 表2": "table 2 of 2026",
		"GB 3095-2026 表A.1": "表A.1",
	}
	for _, c := range Declared() {
		if c.Clause == "" || c.Recalled {
			continue
		}
		want := regexp.MustCompile(`(^|[^0-9.])` + regexp.QuoteMeta(c.Clause) + `($|[^0-9.])`)
		if text := elsewhere[c.Name()]; text != "" {
			want = regexp.MustCompile(regexp.QuoteMeta(text))
		} else if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, c.Document) && want.MatchString(l) }) {
			t.Errorf("%s %s stands in no line of the sources that names the standard", c.Document, c.Clause)
			continue
		}
		if !slices.ContainsFunc(lines, want.MatchString) {
			t.Errorf("%s stands nowhere in the sources", c.Name())
		}
	}
}

// names are the exported functions, methods and tests of the libraries, and their
// types and fields are not: air.Book.Limit, standard.Judge, air.TestRank.
func names(t *testing.T) map[string]bool {
	all := map[string]bool{}
	each(t, func(path string, f *ast.File, _ string) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := fn.Name.Name
			if fn.Recv != nil {
				of := fn.Recv.List[0].Type
				if star, ok := of.(*ast.StarExpr); ok {
					of = star.X
				}
				name = fmt.Sprint(of) + "." + name
			}
			all[strings.TrimSuffix(f.Name.Name, "_test")+"."+name] = true
		}
	})
	return all
}

// each parses the Go files of the libraries.
func each(t *testing.T, do func(path string, f *ast.File, text string)) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir("../../standard", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(set, path, data, parser.SkipObjectResolution)
		if err == nil {
			do(path, f, string(data))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNamed(t *testing.T) {
	for _, tt := range []struct {
		name, because, document string
		named                   bool
		clauses                 []string
	}{
		{"one clause", "HJ 633-2012 表1", "HJ 633-2012", true, []string{"表1"}},
		{"a note", "HJ 633-2012 表1 注(2)：高于 800 时", "HJ 633-2012", true, []string{"表1 注(2)"}},
		{"two clauses", "HJ 633-2026 表3 4.2.4", "HJ 633-2026", true, []string{"表3", "4.2.4"}},
		{"words follow", "GB 13271-2014 5.2 折算后等于限值", "GB 13271-2014", true, []string{"5.2"}},
		{"no clause", "GB 15618-2018 铜没有管制值", "GB 15618-2018", true, nil},
		{"another document", "HJ 633-20123 表1", "HJ 633-2012", false, nil},
		{"a part of a table", "GB 16297-1996 表2-13", "GB 16297-1996", true, []string{"表2-13"}},
		{"an article", "生态环境部公告 2022 年第 21 号 第六条第一款", "生态环境部公告 2022 年第 21 号", true, []string{"第六条第一款"}},
		{"a chapter", "HJ 356-2019 7：按流量加权", "HJ 356-2019", true, []string{"7"}},
		{"a quantity", "环办〔2011〕22号 4 个断面", "环办〔2011〕22号", true, nil},
		{"nothing of it", "比较不修约的数", "GB 3095-2026", false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if named, clauses := named(tt.because, tt.document); named != tt.named || !slices.Equal(clauses, tt.clauses) {
				t.Errorf("%v, %q; want %v, %q", named, clauses, tt.named, tt.clauses)
			}
		})
	}
}
