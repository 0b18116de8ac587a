// Package carbon reckons carbon dioxide and its intensity: factors of electricity
// by region and year, factors of fuels and heat, activity times factor, the
// decline of intensity against a target; and the indices of ecological quality
// (EQI, EI) with their classes.
//
// # What always holds
//
//   - A factor that was not found is not replaced by that of another region or
//     another year: the answer is Unknown with an Issue, and GridYears says which
//     years there are.
//   - Arithmetic is exact. A root, as in the yearly decline that leads to a
//     target, is given to four decimals of a percent, rounded by comparing exact
//     powers; whether a decline keeps up with its line is decided without roots.
//   - A sum of which one part is unknown is unknown. What is not there is not
//     zero.
//   - Nearly all figures were not read in the text itself. Every result says so
//     (Confidence), and names its rows.
//
// # Where things are
//
// book.go reads the tables; factor.go has factors and emissions, intensity.go the
// intensity, declines and targets, root.go the roots, ecology.go the indices.
package carbon
