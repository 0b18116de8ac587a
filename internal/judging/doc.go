// Package judging judges files of measurements row by row: hours and days of
// air stations, samples of water and soil, results of sources that let
// something out. It reads the file (package sheet) and asks the standards
// (package standard and below); it stores nothing.
//
// # What always holds
//
//   - There is one result for each row that is not empty, in the order of the
//     file. A row that cannot be judged says why, and the next is read.
//   - Nothing is guessed. A cell that cannot be read, a unit that does not fit,
//     a word that is not of the list is an issue with its place, its raw text
//     and the reason; what hangs on it is unknown, the rest is judged.
//   - A station-hour, or a sample, that stands in the file twice is judged twice
//     and says so in both places where the two differ.
//   - Each result names edition, clause and confidence. What was not read in the
//     standard itself has the label 待核实.
//   - The rules are those of the day of the row, or those of Options.At for all.
//
// # Where things are
//
// table.go reads rows and keeps what is wrong with them; twin.go finds rows that
// say the same; words.go has the words that cells may hold; air.go, with
// feed.go, soil.go, emission.go and water.go, with section.go, judge. Each has
// the columns that it reads (AirColumns …), from which the help of the command
// is made.
package judging
