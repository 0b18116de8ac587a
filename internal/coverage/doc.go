// Package coverage says how far the libraries carry out the standards, clause by
// clause, and where they differ: for docs/coverage.md, docs/divergences.md and the
// page of the product.
//
// What it shows is declared beside the code, as Clauses of each package below
// standard, and put together here with what the tables and the rule scripts say:
// how sure the figures of a clause are, and which cases ask about it.
//
// # What always holds
//
//   - A clause that a row of a table, a citation in the code or a rule script
//     names is declared; so is each document of standard/index.tsv.
//   - The functions, tests, rows and subjects that a clause names are there.
//   - A clause that is carried out is asked about by a rule script or a test.
//   - A number of a clause stands in the sources that the figures were taken from,
//     or is marked as recalled.
//   - The committed pages are those that the code makes.
//
// The tests of this package see to all of it. After a change they write the pages:
//
//	go test ./internal/coverage -update
//
// # Where things are
//
// document.go puts the declarations together; cite.go finds what a rule script
// cites; page.go writes the pages.
package coverage
