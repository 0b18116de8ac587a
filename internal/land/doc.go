// Package land keeps what laboratories find in the soil of development plots, in
// the soil of farmland and in groundwater, and what that comes to by the
// standards.
//
// # From a file to the plot's page
//
//	file of a laboratory -> sample, values -> verdict of each value -> round of the site -> finding
//
// Sites are entries of three registers (plot, farmland, groundwater_well). A
// sample belongs to a site and is named by its number and its day together. What
// was taken in one batch (采样批次; else in one month) is a round: what a site
// comes to is what its latest round comes to, and the rounds before are its
// history.
//
// Import reads a file, stores what is new and judges it, all in one transaction.
// Plots are judged by GB 36600, farmland by GB 15618, groundwater by GB/T 14848,
// each in the edition in force on the day of sampling.
//
// # What always holds
//
//   - Unknown stays unknown, with its reason, and weighs more than what is in
//     order. What is below detection, has no unit, no pH, no figure, is unknown.
//   - A number can be followed to the cell of the file that it stands in, and the
//     file to its SM3 hash, to who sent it and when.
//   - Nothing is overwritten. Another result of a sample and item is a revision
//     beside the old; so is another depth or pH of the sample, and another verdict.
//   - A cell that cannot be read is listed and supersedes nothing. The same file
//     twice is the same as once, also when a later file has corrected it.
//   - A verdict stands with what it took from the file of the site (Premises) and
//     the rows of the standards that it rests on. A correction of a row, or another
//     land class, changes nothing by itself: the page says so, Resting lists what
//     rests on a row, and people let it be made again (Recompute).
//   - One round above an intervention value is one finding, however often told.
//
// # Decisions
//
// An item that the standard does not name is kept and shown, and decides nothing
// about the plot: laboratories report zinc and moisture of development land as a
// matter of course, and that GB 36600 has no value for them is no doubt about the
// plot. It is named beside every result, so that a misspelt name is seen.
//
// A round in which every result is in order and items of table 1 were not measured
// is called so, and is not coloured as good: what was not measured is not met.
//
// A background is taken from the file of the plot, and only where that names its
// source.
//
// The category of farmland is what the bureau determined for it (register
// farmland); no sample changes it.
//
// Rows keep the division in which their site lay when it was last judged, which is
// also who sees them.
//
// # Where things are
//
// kind.go, sample.go, verdict.go and round.go have the nouns and the decisions;
// file.go reads a laboratory's file. import.go and save.go store, recompute.go
// judges again, finding.go tells package matter. read.go is for the pages,
// export.go writes workbooks.
package land
