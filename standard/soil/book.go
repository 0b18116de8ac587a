package soil

import (
	"io/fs"
	"slices"

	"pingzhang/standard"
)

// The names of the tables, which are files standards/NAME.tsv of the catalog.
const (
	FarmlandTable    = "soil_gb15618"
	DevelopmentTable = "soil_gb36600"
	GroundwaterTable = "soil_gbt14848"
	CategoryTable    = "soil_categories"
)

// Tables are the figures that a Book is made of.
type Tables struct {
	Farmland    *standard.Table
	Development *standard.Table
	Groundwater *standard.Table
	Categories  *standard.Table
}

// A Book is the soil standards with their figures. It does not change once it
// is made, and may be used from many goroutines.
type Book struct {
	farmland    []farmlandRow
	development []developmentRow
	groundwater []groundwaterRow
	categories  []categoryRow
}

// Open reads the tables below standards/ in files.
func Open(files fs.FS) (*Book, error) {
	var t Tables
	if err := standard.LoadTables(files, map[string]**standard.Table{
		FarmlandTable: &t.Farmland, DevelopmentTable: &t.Development, GroundwaterTable: &t.Groundwater, CategoryTable: &t.Categories,
	}); err != nil {
		return nil, err
	}
	return New(t)
}

// New makes a book of tables, such as those of the catalog with corrections
// (standard.Table.With). Each must be there, though it may have no rows. The
// error names table, row and column.
func New(t Tables) (*Book, error) {
	b := &Book{}
	lines := func(read func(line) error) func(standard.Row, standard.Ref) error {
		return func(r standard.Row, ref standard.Ref) error { return read(line{r, ref}) }
	}
	err := standard.ReadRows(
		standard.RowReader{Name: FarmlandTable, Table: t.Farmland, Read: lines(b.readFarmland)},
		standard.RowReader{Name: DevelopmentTable, Table: t.Development, Read: lines(b.readDevelopment)},
		standard.RowReader{Name: GroundwaterTable, Table: t.Groundwater, Read: lines(b.readGroundwater)},
		standard.RowReader{Name: CategoryTable, Table: t.Categories, Read: lines(b.readCategory)},
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

// limit is the row as a limit of at most max.
func (l line) limit(max standard.Exact) standard.Limit {
	return standard.Limit{
		Factor: l.Cell("item"), Max: max, Unit: standard.Unit(l.Cell("unit")),
		Confidence: l.Citation.Confidence, Citation: l.Citation,
	}
}

// names reports whether item is what the row is about: by name, by symbol or by
// CAS number.
func (l line) names(item string) bool {
	return item != "" && (item == l.Cell("item") || item == l.Cell("symbol") || item == l.cas())
}

// inForce returns those of rows that were in force on a day. Where the day is
// not known, or two editions hold at once, it is the newest edition.
func inForce[R any](rows []R, of func(R) line, on standard.Date) []R {
	var newest standard.Date
	kept := slices.DeleteFunc(slices.Clone(rows), func(r R) bool {
		c := of(r).Citation
		if !c.InForce(on) {
			return true
		}
		newest = max(newest, c.From)
		return false
	})
	return slices.DeleteFunc(kept, func(r R) bool { return of(r).Citation.From != newest })
}
