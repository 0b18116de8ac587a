package carbon

import (
	"fmt"
	"io/fs"
	"strconv"

	"pingzhang/standard"
)

// The names of the tables, which are files standards/NAME.tsv of the catalog.
const (
	GridTable    = "carbon_grid"
	FuelTable    = "carbon_fuel"
	TargetTable  = "carbon_targets"
	RuleTable    = "carbon_rules"
	EcologyTable = "ecology_quality"
)

// Tables are the figures that a Book is made of.
type Tables struct {
	Grid    *standard.Table
	Fuel    *standard.Table
	Targets *standard.Table
	Rules   *standard.Table
	Ecology *standard.Table
}

// A Book is the factors, targets and indices. It does not change once it is
// made, and may be used from many goroutines.
type Book struct {
	grid    []gridRow
	fuel    []fuelRow
	targets []targetRow
	rules   map[string]line
	ecology []ecologyRow
}

// Open reads the tables below standards/ in files.
func Open(files fs.FS) (*Book, error) {
	var t Tables
	for name, table := range map[string]**standard.Table{
		GridTable: &t.Grid, FuelTable: &t.Fuel, TargetTable: &t.Targets, RuleTable: &t.Rules, EcologyTable: &t.Ecology,
	} {
		var err error
		if *table, err = standard.LoadTable(files, "standards/"+name+".tsv"); err != nil {
			return nil, err
		}
	}
	return New(t)
}

// New makes a book of tables, such as those of the catalog with corrections
// (standard.Table.With). The error names table, row and column.
func New(t Tables) (*Book, error) {
	b := &Book{rules: map[string]line{}}
	for _, read := range []struct {
		name  string
		table *standard.Table
		row   func(line) error
	}{
		{GridTable, t.Grid, b.readGrid},
		{FuelTable, t.Fuel, b.readFuel},
		{TargetTable, t.Targets, b.readTarget},
		{RuleTable, t.Rules, func(l line) error { b.rules[l.Key] = l; return nil }},
		{EcologyTable, t.Ecology, b.readEcology},
	} {
		if read.table == nil {
			return nil, fmt.Errorf("缺少表 %s", read.name)
		}
		for _, r := range read.table.Rows() {
			if err := read.row(line{r, read.table.Ref(r)}); err != nil {
				return nil, fmt.Errorf("%s：%w", read.name, err)
			}
		}
	}
	return b, nil
}

// A line is a row of a table with its name.
type line struct {
	standard.Row
	ref standard.Ref
}

// year reads a cell that must be a year.
func (l line) year(column string) (int, error) {
	y, err := strconv.Atoi(l.Cell(column))
	if err != nil || y < 1900 || y > 2200 {
		return 0, fmt.Errorf("行 %s 的 %s 一列应为年份，不能是 %q", l.Key, column, l.Cell(column))
	}
	return y, nil
}
