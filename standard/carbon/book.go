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
	if err := standard.LoadTables(files, map[string]**standard.Table{
		GridTable: &t.Grid, FuelTable: &t.Fuel, TargetTable: &t.Targets, RuleTable: &t.Rules, EcologyTable: &t.Ecology,
	}); err != nil {
		return nil, err
	}
	return New(t)
}

// New makes a book of tables, such as those of the catalog with corrections
// (standard.Table.With). The error names table, row and column.
func New(t Tables) (*Book, error) {
	b := &Book{rules: map[string]line{}}
	lines := func(read func(line) error) func(standard.Row, standard.Ref) error {
		return func(r standard.Row, ref standard.Ref) error { return read(line{r, ref}) }
	}
	err := standard.ReadRows(
		standard.RowReader{Name: GridTable, Table: t.Grid, Read: lines(b.readGrid)},
		standard.RowReader{Name: FuelTable, Table: t.Fuel, Read: lines(b.readFuel)},
		standard.RowReader{Name: TargetTable, Table: t.Targets, Read: lines(b.readTarget)},
		standard.RowReader{Name: RuleTable, Table: t.Rules, Read: lines(func(l line) error { b.rules[l.Key] = l; return nil })},
		standard.RowReader{Name: EcologyTable, Table: t.Ecology, Read: lines(b.readEcology)},
	)
	if err != nil {
		return nil, err
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
