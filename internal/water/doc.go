// Package water keeps the surface water of a bureau and its sources of drinking
// water: what laboratories report of them, the evaluation of each in each month,
// quarter and year, what follows for rivers, basins and the city, and the bulletins
// that were published.
//
// # From a file to a bulletin
//
//	file of a laboratory -> values -> results of a place -> Overview -> Bulletin
//
// Sections, their targets and the sources are registers (water_section,
// water_target, water_source). Import reads a file cell by cell, a row a result or
// a row a sample, and keeps the file. A value is what one cell says of one place,
// day, sample and item; what says otherwise later is its next revision. In the same
// transaction every month, quarter, year and part of a year that the value enters
// is evaluated again (standard/water), so that a result never lags behind its
// values.
//
// # What always holds
//
//   - Nothing is guessed. A value that cannot be used is kept with its text and the
//     doubt, and its item counts as reported and unreadable; it never takes the
//     place of one that can be used.
//   - Ice, no flow and not monitored are states that somebody reported; a place of
//     which nobody reported anything is unknown. None of them is good.
//   - What was told is never silently changed: another result is a revision with
//     the cause that made it, an act that stands in the journal, and the one before
//     stays in the history.
//   - Every number can be followed: a group to the results of its places, in their
//     revisions; a result to its values and to the rows of the standards (Resting);
//     a value to the cell of its file, or to the person who corrected it.
//   - A correction of a figure changes no result; people let them be made again
//     (Recompute). A change of a register does (Follow), as a revision that names
//     it, for people expect to see a target that they have just entered.
//   - A bulletin is frozen as it was published. A later one of the same period is
//     another edition beside it, with the reason.
//   - Values are exact, and keep the text they were reported in.
//
// # Decisions
//
// The results of places are stored, those of groups are made at reading: they are
// few additions over what is stored, and what has to stay as it was said is a
// bulletin. A result of which only the month is known counts for that month. Several
// samples of one day are told apart by a number of the sample; two values of one
// sample contradict each other, and neither is used. Thousandfold beyond class V is
// taken for a slip until a person confirms it: a figure of ours, no law. A source of
// groundwater has no verdict, since the limits of GB/T 14848 are not there.
//
// A place that is moved to another county takes its results along with the next
// evaluation; rows of values keep the division in which they were entered, which is
// also who sees them.
//
// # Where things are
//
// place.go, slot.go, value.go and result.go have the nouns; table.go and cell.go
// read a file, evaluate.go makes a result: they touch no database and never ask for
// the time. import.go and revise.go store values, reckon.go results. read.go and
// overview.go are for the pages, bulletin.go for what is published.
package water
