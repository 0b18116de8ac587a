package figure

import (
	"context"
	"slices"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// TableInfo is a table in the list of all.
type TableInfo struct {
	Name       string // as in a standard.Ref
	Title      string // in Chinese
	Subject    string // what its standards are about: 环境空气
	Rows       int
	Unverified int // rows that are 待核实
	Corrected  int // rows that the bureau has corrected
}

// List returns all tables, those of one subject together.
//
// The error is fault.Denied when by may not read figures.
func (s *Store) List(ctx context.Context, by access.Caller) (_ []TableInfo, err error) {
	defer fault.Wrap(&err, "figure.List")

	e, err := s.readable(ctx, by)
	if err != nil {
		return nil, err
	}
	var all []TableInfo
	for _, t := range e.list() {
		all = append(all, e.info(t))
	}
	return all, nil
}

func (e *edition) info(t *standard.Table) TableInfo {
	info := TableInfo{Name: t.Name, Title: titleOf(t), Subject: e.shelfOf(t.Name).name}
	for _, r := range t.Rows() {
		info.Rows++
		if !r.Citation.Confidence.Verified() {
			info.Unverified++
		}
		if r.Revision > 1 {
			info.Corrected++
		}
	}
	return info
}

func (s *Store) readable(ctx context.Context, by access.Caller) (*edition, error) {
	if err := by.Must("figure.read"); err != nil {
		return nil, err
	}
	return s.current(ctx)
}

// Only narrows Rows.
type Only string

// What Rows may be narrowed to.
const (
	All        Only = ""
	Unverified Only = "unverified" // rows that are 待核实
	Corrected  Only = "corrected"  // rows that the bureau has corrected
)

// Query says which rows of a table Rows returns.
type Query struct {
	Table string
	Text  string // part of the key, a cell, the note or the citation; empty for all
	Only  Only
	After string // Page.Next of the page before
	N     int    // rows a page; 50 unless set, at most 500
}

// Page is a part of a table, in the order of the file.
type Page struct {
	Table   TableInfo
	Columns []string // of the table's own, for Line.Cell
	Lines   []Line
	Total   int    // lines on all pages
	Next    string // for Query.After; empty on the last page
}

// Line is a row in force with what it was before.
type Line struct {
	standard.Row
	Revisions []standard.Row // all, the oldest first; the last is Row
}

// Rows returns rows of a table.
//
// The error is fault.Denied when by may not read figures, fault.NotFound when
// there is no such table, fault.Invalid when it has no row After.
func (s *Store) Rows(ctx context.Context, by access.Caller, q Query) (_ Page, err error) {
	defer fault.Wrap(&err, "figure.Rows(%s, after %q)", q.Table, q.After)

	e, err := s.readable(ctx, by)
	if err != nil {
		return Page{}, err
	}
	t, err := e.table(q.Table)
	if err != nil {
		return Page{}, err
	}
	p := Page{Table: e.info(t), Columns: t.Columns}
	n, begun := size(q.N), q.After == ""
	for _, r := range t.Rows() {
		matches := q.matches(t, r)
		if matches {
			p.Total++
		}
		switch {
		case !begun:
			begun = r.Key == q.After
		case matches && len(p.Lines) < n:
			p.Lines = append(p.Lines, Line{r, t.Revisions(r.Key)})
		case matches && p.Next == "":
			p.Next = p.Lines[n-1].Key
		}
	}
	if !begun {
		return Page{}, fault.New(fault.Invalid, "表中已没有上一页的最后一行，请从第一页看起")
	}
	return p, nil
}

// size is how many things a page holds.
func size(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 500)
}

func (q Query) matches(t *standard.Table, r standard.Row) bool {
	if q.Only == Unverified && r.Citation.Confidence.Verified() || q.Only == Corrected && r.Revision == 1 {
		return false
	}
	text := strings.ToLower(strings.TrimSpace(q.Text))
	if text == "" {
		return true
	}
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	return has(r.Key) || has(r.Note) || has(r.Citation.String()) || has(r.Citation.Source) ||
		slices.ContainsFunc(t.Columns, func(c string) bool { return has(r.Cell(c)) })
}

// Line returns one row of a table.
//
// The error is fault.Denied when by may not read figures, fault.NotFound when
// there is no such table or row.
func (s *Store) Line(ctx context.Context, by access.Caller, table, key string) (_ Line, columns []string, err error) {
	defer fault.Wrap(&err, "figure.Line(%s, %s)", table, key)

	e, err := s.readable(ctx, by)
	if err != nil {
		return Line{}, nil, err
	}
	t, err := e.table(table)
	if err != nil {
		return Line{}, nil, err
	}
	r, ok := t.Row(key)
	if !ok {
		return Line{}, nil, fault.New(fault.NotFound, "“%s”中没有“%s”这一行", titleOf(t), key)
	}
	return Line{r, t.Revisions(key)}, t.Columns, nil
}

// Adrift returns the corrections that the catalog of today has no place for,
// by table and row.
//
// The error is fault.Denied when by may not read figures.
func (s *Store) Adrift(ctx context.Context, by access.Caller) (_ []Adrift, err error) {
	defer fault.Wrap(&err, "figure.Adrift")

	e, err := s.readable(ctx, by)
	if err != nil {
		return nil, err
	}
	return slices.Clone(e.adrift), nil
}
