package emission

import (
	"io/fs"
	"slices"
	"strings"

	"pingzhang/standard"
)

// The names of the tables beside those of limits, which are files
// standards/NAME.tsv of the catalog.
const (
	RuleTable         = "emission_rules"
	SubstitutionTable = "emission_substitution"
	limitPrefix       = "emission_"
)

// Tables are the figures that a Book is made of.
type Tables struct {
	Limits       []*standard.Table // one a document, as a rule
	Rules        *standard.Table
	Substitution *standard.Table
	Monitoring   *standard.Table // standard.RulesTable: validity of means, and marks
}

// A Book is the emission standards with their figures. It does not change once
// it is made, and may be used from many goroutines.
type Book struct {
	rows       []row
	rules      []ruleRow
	fillers    []filler
	monitoring *standard.Rules
}

// Load reads the tables below standards/ in files. Every file emission_*.tsv
// but those of rules and substitution is a table of limits, so that a bureau adds
// the standard of its province by adding a file.
func Load(files fs.FS) (Tables, error) {
	var t Tables
	all, err := fs.ReadDir(files, "standards")
	if err != nil {
		return t, err
	}
	for _, f := range all {
		name, ok := strings.CutSuffix(f.Name(), ".tsv")
		if !ok || !strings.HasPrefix(name, limitPrefix) {
			continue
		}
		table, err := standard.LoadTable(files, "standards/"+f.Name())
		if err != nil {
			return t, err
		}
		switch name {
		case RuleTable:
			t.Rules = table
		case SubstitutionTable:
			t.Substitution = table
		default:
			t.Limits = append(t.Limits, table)
		}
	}
	t.Monitoring, err = standard.LoadTable(files, "standards/"+standard.RulesTable+".tsv")
	return t, err
}

// Open is Load and New.
func Open(files fs.FS) (*Book, error) {
	t, err := Load(files)
	if err != nil {
		return nil, err
	}
	return New(t)
}

// New makes a book of tables, such as those that Load returns with corrections
// (standard.Table.With). The error names table, row and column.
func New(t Tables) (*Book, error) {
	b := &Book{}
	var err error
	if b.monitoring, err = standard.NewRules(t.Monitoring); err != nil {
		return nil, err
	}
	readers := []standard.RowReader{
		{Name: RuleTable, Table: t.Rules, Read: appended(&b.rules, readRule)},
		{Name: SubstitutionTable, Table: t.Substitution, Read: appended(&b.fillers, readFiller)},
	}
	for _, table := range t.Limits {
		readers = append(readers, standard.RowReader{Name: table.Name, Table: table, Read: appended(&b.rows, readRow)})
	}
	if err := standard.ReadRows(readers...); err != nil {
		return nil, err
	}
	return b, nil
}

// appended reads rows into a list.
func appended[R any](to *[]R, read func(standard.Row, standard.Ref) (R, error)) func(standard.Row, standard.Ref) error {
	return func(row standard.Row, ref standard.Ref) error {
		r, err := read(row, ref)
		if err == nil {
			*to = append(*to, r)
		}
		return err
	}
}

// Monitoring returns the rules for the data of automatic monitors.
func (b *Book) Monitoring() *standard.Rules { return b.monitoring }

// Validity returns when the means of automatic monitoring count, for a medium
// on a day; its methods take them.
func (b *Book) Validity(medium standard.Medium, on standard.Date) standard.Validity {
	return b.monitoring.Validity(medium, on)
}

// Documents returns the numbers of the documents that there are limits of, with
// edition, sorted.
func (b *Book) Documents() []string {
	return b.distinct(func(r row) []string { return []string{r.number} })
}

// Pollutants returns what a document limits, sorted; of all documents where the
// document is empty.
func (b *Book) Pollutants(document string) []string {
	return b.distinct(func(r row) []string {
		if !r.of(document) {
			return nil
		}
		return []string{r.pollutant}
	})
}

// Trades returns the trades that a document parts the limits of a pollutant by,
// sorted; of all pollutants where the pollutant is empty.
func (b *Book) Trades(document, pollutant string) []string {
	name := oneName(pollutant)
	return b.distinct(func(r row) []string {
		if !r.of(document) || pollutant != "" && name != r.name {
			return nil
		}
		return r.trades
	})
}

func (b *Book) distinct(of func(row) []string) []string {
	var all []string
	for _, r := range b.rows {
		all = append(all, of(r)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// of reports whether the row is of a document, named with or without edition.
func (r *row) of(document string) bool {
	return document == "" || document == r.Citation.Document || document == r.number
}
