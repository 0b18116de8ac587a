// Package water holds what the standards of surface water say: the classes and
// limits of GB 3838-2002, and the evaluation of sections, rivers, lakes and
// regions by 环办〔2011〕22号, with the trophic index, the attainment of targets,
// the sources of drinking water, trends, and the city index.
//
// # What it is asked
//
// A Book is made of tables (Open, New). It classifies one result
// (Book.Classify) or compares it with the limit of a class (Book.Judge); it
// evaluates what was found at a section in a period (Book.Section); and it makes
// of sections a River, a Lake or a Region, an Attainment, a Trophic index, a
// Trend, a CityIndex. A Source of drinking water is evaluated from what was
// found at it. Rules and limits are those in force on the day of the result, or
// on the last day of the period.
//
// # What always holds
//
//   - Unknown is never good. What cannot be read, has no unit or lies below an
//     unknown detection limit has no class and names its Issue; a section is at
//     most as good as what was measured, and names what was not.
//   - Ice and no flow are states of their own: no class, no verdict, and no part
//     of a share.
//   - The mean comes first, then the single factor. Means are exact fractions,
//     and are compared unrounded; a value equal to a limit meets it.
//   - A result below the detection limit enters a mean as the table says (half).
//     Judged by itself it is Unknown, unless the table is changed.
//   - Each result carries a Basis: clauses, rows, arithmetic, and the confidence
//     of the weakest row. Most rules of evaluation were not read in the original,
//     so most results of sections carry 待核实.
//   - No float64 decides anything, the logarithms of the trophic index included.
//   - A Book never changes and may be used by many goroutines. A corrected table
//     (standard.Table.With) makes another Book.
//
// # Where things are
//
// class.go and item.go have the nouns, period.go the periods; book.go and
// rule.go the tables; measure.go how a reported result is read; classify.go and
// judge.go one item; mean.go and section.go a section, group.go rivers, lakes and
// regions; trend.go, attain.go, source.go, trophic.go and cwqi.go what their names
// say; basis.go what a result rests on, issue.go the reasons of this package.
// DIVERGENCES.md says where and why we differ.
package water
