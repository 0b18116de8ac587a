package bulletin

import (
	"fmt"
	"slices"
)

// A Difference is a cell that two contents tell differently. A row or a column
// that one of them does not have has empty cells there.
type Difference struct {
	Table  string `json:"table"`
	Row    string `json:"row"`
	Column string `json:"column"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// Compare returns what b tells otherwise than a: tables are matched by their
// names, rows by their first column, columns by their names.
func Compare(a, b Content) []Difference {
	var all []Difference
	for _, name := range union(a.Tables, b.Tables, func(t Table) string { return t.Name }) {
		all = append(all, tables(name, find(a.Tables, name), find(b.Tables, name))...)
	}
	for i := range max(len(a.Summary), len(b.Summary)) {
		if from, to := at(a.Summary, i), at(b.Summary, i); from != to {
			all = append(all, Difference{Table: "概述", Row: fmt.Sprintf("第 %d 段", i+1), From: from, To: to})
		}
	}
	return all
}

func tables(name string, a, b Table) (all []Difference) {
	columns := union(a.Columns, b.Columns, func(c string) string { return c })
	from, to := rows(a), rows(b)
	for _, row := range union(from, to, func(r line) string { return r.name }) {
		x, y := cellsOf(from, row), cellsOf(to, row)
		for _, c := range columns {
			if before, after := x[c], y[c]; before != after {
				all = append(all, Difference{name, row, c, before, after})
			}
		}
	}
	return all
}

// A line is a row with its cells by their columns.
type line struct {
	name  string
	cells map[string]string
}

// rows names the rows of a table; those of one name are numbered.
func rows(t Table) []line {
	var all []line
	seen := map[string]int{}
	for _, r := range t.Rows {
		l := line{at(r, 0), map[string]string{}}
		if seen[l.name]++; seen[l.name] > 1 {
			l.name = fmt.Sprintf("%s（%d）", l.name, seen[l.name])
		}
		for i, c := range t.Columns {
			l.cells[c] = at(r, i)
		}
		all = append(all, l)
	}
	return all
}

func at(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// union returns the names of a, then those of b that a does not have.
func union[T any](a, b []T, name func(T) string) []string {
	var all []string
	for _, x := range slices.Concat(a, b) {
		if !slices.Contains(all, name(x)) {
			all = append(all, name(x))
		}
	}
	return all
}

func find(all []Table, name string) Table {
	for _, t := range all {
		if t.Name == name {
			return t
		}
	}
	return Table{}
}

func cellsOf(all []line, name string) map[string]string {
	for _, l := range all {
		if l.name == name {
			return l.cells
		}
	}
	return nil
}
