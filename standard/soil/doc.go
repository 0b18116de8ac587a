// Package soil says how the content of a substance in soil lies to the risk
// screening value and the risk intervention value that hold for it: of
// farmland by GB 15618-2018, of development land by GB 36600-2018.
//
// # The question and its circumstances
//
// Farmland is asked about with item, land use and pH. The pH bands are those of
// the standard, the upper bound belonging to the band: pH 6.5 is in (5.5, 6.5].
// Land under paddy-upland rotation takes the stricter of the two values.
// Development land is asked about with item and class of land; where the
// planned use is not settled it is class 1. For arsenic, cobalt and vanadium a
// content above the screening value and at or below the background of the soil
// is not managed as contaminated land; the background is the caller's.
//
// # What always holds
//
//   - An outcome says how a content lies to two numbers, and no more. The
//     categories of farmland (优先保护类, 安全利用类, 严格管控类) follow only
//     where the table soil_categories says so, and as shipped it does not: the
//     rule was not read.
//   - Unknown always names its Issue, and is never good. Without pH nothing is
//     said about an item whose values depend on it.
//   - An intervention value exists for Cd, Hg, As, Pb and Cr of farmland only.
//     What has none is above its screening value at worst.
//   - A content equal to a value is not above it. Contents are compared
//     unrounded, by standard.Judge.
//   - Every result names the rows it rests on, and is no surer than the weakest
//     of them.
//
// Groundwater (GB/T 14848) has its place here, and no figures: no text was at
// hand. Every judgement by it is Unknown with NoFigures until a table with rows
// is given.
//
// # Where things are
//
// book.go reads the tables; farmland.go, development.go and groundwater.go
// choose the rows and judge; result.go has the outcomes, and their words.
package soil
