// Package standard holds what the environmental standards of China say about
// a number: whether it may be used, how it is converted, and whether it meets
// a limit. It is data, arithmetic and citation, and knows nothing of
// databases, pages or bureaux.
//
// # What always holds
//
//   - No float64 decides anything. A number is an Exact: a fraction with no
//     rounding error, that keeps the decimals it was reported with.
//   - A number that is not there is not zero. The zero Exact is "no number";
//     it prints as nothing, spoils each sum it enters, and refuses to be
//     compared.
//   - A verdict is meets, exceeds or unknown, and unknown always names its
//     Issue. A value equal to its limit meets it.
//   - Units are converted only where the caller names both and both measure
//     the same thing. Everything else is an error.
//   - Values are compared unrounded. Rounding (GB/T 8170) is for showing.
//   - Every result says which clause it rests on and how sure that text is
//     (Citation, Confidence). What is not read in the standard itself carries
//     the label 待核实.
//
// # Where things are
//
// exact.go, parse.go and round.go have the numbers; unit.go the units;
// verdict.go the words of a result; citation.go what a result cites;
// oxygen.go the conversion to reference oxygen; judge.go the comparison with
// a limit and arithmetic.go its arithmetic in words; validity.go the means of
// automatic monitoring and when they count, and rules.go the figures for
// that, which are data of the caller. index.tsv lists the standards covered
// and how far, DIVERGENCES.md where and why we differ from a text or from
// common practice.
package standard
