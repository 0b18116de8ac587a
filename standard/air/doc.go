// Package air holds what the standards of ambient air say: the limits of
// GB 3095, the air quality index of HJ 633, the yearly evaluation of HJ 663,
// and the warning levels for heavy pollution. It knows nothing of stations,
// databases or pages.
//
// # What it is asked
//
// A Book is made of tables (Open, New) and asked by day, since each rule holds
// from a day to a day: Book.Edition is the edition of HJ 633 in force on a day
// and Book.Editions all those of a span; so with Book.Limit and Book.Limits.
// An Edition makes reports of an hour or a day (Edition.Report), and reckons
// single indexes fast (Edition.Column, Edition.Quick).
//
// # What always holds
//
//   - No float64 decides anything. Concentrations are standard.Exact, or whole
//     thousandths (Milli) where millions of them are reckoned.
//   - Concentrations are in µg/m³, those of CO in mg/m³. A Reading names its
//     unit and is converted; one without a unit has no index.
//   - What is not there is never good. An index that cannot be reckoned has an
//     issue, a report that lacks an item says so, and a day whose index is not
//     known is no good day.
//   - Each result carries a Basis: the clause with its dates, the rows it rests
//     on, and the confidence of the weakest of them.
//   - A Book never changes and may be used by many goroutines. A corrected
//     table (standard.Table.With) makes another Book.
//
// # Where things are
//
// pollutant.go and item.go have the nouns; book.go the tables; limit.go
// GB 3095; edition.go and column.go the compiled HJ 633, report.go its
// reports, quick.go the same without explanation, explain.go the arithmetic in
// words; validity.go, ozone.go and span.go when a mean counts; year.go,
// composite.go, goodday.go, rank.go and dust.go HJ 663; warning.go the warning
// levels; issue.go the reasons of this package. DIVERGENCES.md says where and
// why we differ.
package air
