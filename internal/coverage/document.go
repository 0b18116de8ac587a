package coverage

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"pingzhang/standard"
	"pingzhang/standard/air"
	"pingzhang/standard/carbon"
	"pingzhang/standard/emission"
	"pingzhang/standard/script"
	"pingzhang/standard/soil"
	"pingzhang/standard/water"
)

// A Document is a standard with its clauses.
type Document struct {
	Name    string        // GB 3838-2002
	Title   string        // as standard/index.tsv has it, with what is left out
	From    standard.Date // in force from
	Covered standard.Coverage
	Clauses []Line
}

// A Line is a clause with what the tables and the scripts say of it.
type Line struct {
	standard.Clause
	Figures     int                   // rows that hold its figures
	Confidences []standard.Confidence // of these rows, the surest first; else that which is declared
	Cases       []Cases               // of rule scripts that ask about it
}

// Cases are how many cases of a script ask about a clause.
type Cases struct {
	Script string
	N      int
}

// Asked returns how many cases ask about the clause.
func (l Line) Asked() int {
	n := 0
	for _, c := range l.Cases {
		n += c.N
	}
	return n
}

// Verified reports whether all that the clause rests on was read in the text.
func (l Line) Verified() bool {
	return !l.Recalled && len(l.Confidences) == 1 && l.Confidences[0].Verified()
}

// Declared are the clauses of all packages, in the order in which they are shown.
func Declared() []standard.Clause {
	return slices.Concat(air.Clauses, water.Clauses, soil.Clauses, emission.Clauses, carbon.Clauses, standard.Clauses)
}

// A Reader knows the rule scripts of a catalog, which it reads when it is asked
// first. It is safe for many goroutines.
type Reader struct{ citations func() ([]citation, error) }

// New returns a Reader of the scripts rules/*.txt in files.
func New(files fs.FS) *Reader {
	return &Reader{sync.OnceValues(func() ([]citation, error) {
		all, err := scripts(files)
		if err != nil {
			return nil, err
		}
		return citations(all, Declared()), nil
	})}
}

// scripts reads the rule scripts of a catalog.
func scripts(files fs.FS) ([]*script.Script, error) {
	entries, err := fs.ReadDir(files, "rules")
	if err != nil {
		return nil, err
	}
	var all []*script.Script
	for _, e := range entries {
		if path.Ext(e.Name()) != ".txt" {
			continue
		}
		data, err := fs.ReadFile(files, "rules/"+e.Name())
		if err != nil {
			return nil, err
		}
		s, err := script.Parse(e.Name(), data)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Documents returns all standards, in the order in which their clauses are
// declared, by the figures of tables, which may have corrections. The error is that of a rule script that cannot be read.
func (r *Reader) Documents(tables []*standard.Table) ([]Document, error) {
	cited, err := r.citations()
	if err != nil {
		return nil, err
	}
	var all []Document
	index := indexed()
	for _, c := range Declared() {
		named := func(d Document) bool { return d.Name == c.Document }
		i := slices.IndexFunc(all, named)
		if i < 0 {
			i = len(all)
			d := Document{Name: c.Document}
			if j := slices.IndexFunc(index, named); j >= 0 {
				d = index[j]
			}
			all = append(all, d)
		}
		all[i].Clauses = append(all[i].Clauses, lineOf(c, tables, cited))
	}
	for i := range all {
		all[i].Covered = covered(all[i].Clauses)
	}
	return all, nil
}

// covered is yes or no where all clauses are, else partial.
func covered(lines []Line) standard.Coverage {
	if len(lines) == 0 {
		return standard.No
	}
	for _, l := range lines {
		if l.Covered != lines[0].Covered {
			return standard.Partial
		}
	}
	return lines[0].Covered
}

// lineOf looks up what a clause rests on.
func lineOf(c standard.Clause, tables []*standard.Table, cited []citation) Line {
	l := Line{Clause: c}
	for _, t := range tables {
		for _, row := range t.Rows() {
			if holds(c, t.Name, row) {
				l.Figures++
				if !slices.Contains(l.Confidences, row.Citation.Confidence) {
					l.Confidences = append(l.Confidences, row.Citation.Confidence)
				}
			}
		}
	}
	if len(l.Confidences) == 0 && c.Confidence != "" {
		l.Confidences = []standard.Confidence{c.Confidence}
	}
	slices.SortFunc(l.Confidences, func(a, b standard.Confidence) int {
		if a.Weaker(b) == b {
			return -1
		}
		return 1
	})
	for _, by := range cited {
		if !by.asks(c) {
			continue
		}
		if n := len(l.Cases); n > 0 && l.Cases[n-1].Script == by.script {
			l.Cases[n-1].N++
		} else {
			l.Cases = append(l.Cases, Cases{by.script, 1})
		}
	}
	return l
}

// holds reports whether a row holds a figure of c.
func holds(c standard.Clause, table string, row standard.Row) bool {
	name := table + "/" + row.Key
	among := slices.ContainsFunc(c.Rows, func(prefix string) bool {
		return prefix == table || strings.HasPrefix(name, prefix) && strings.Contains(prefix, "/")
	})
	return among && row.Citation.Named() == c.Document && slices.ContainsFunc(row.Citation.Numbers(), c.Is)
}

// indexed reads standard.Index.
func indexed() []Document {
	var all []Document
	for line := range strings.Lines(standard.Index) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 5 {
			continue
		}
		// What has no edition of its own has the year in its number.
		c := standard.Citation{Document: f[0], Edition: f[1]}
		if strings.ContainsAny(f[0], "〔年") || f[1] == "" {
			c.Edition = ""
		}
		all = append(all, Document{Name: c.Number(), Title: f[4], From: standard.Date(f[2])})
	}
	return all
}

// Tables reads the tables standards/*.tsv in files as they are shipped.
func Tables(files fs.FS) ([]*standard.Table, error) {
	entries, err := fs.ReadDir(files, "standards")
	if err != nil {
		return nil, err
	}
	var all []*standard.Table
	for _, e := range entries {
		if path.Ext(e.Name()) != ".tsv" {
			continue
		}
		t, err := standard.LoadTable(files, "standards/"+e.Name())
		if err != nil {
			return nil, fmt.Errorf("coverage.Tables: %w", err)
		}
		all = append(all, t)
	}
	return all, nil
}
