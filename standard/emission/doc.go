// Package emission finds the limits that apply to what a source lets out, and
// judges by them: boilers (GB 13271), power plants (GB 13223, ultra-low
// emission), waste incineration (GB 18485), sewage works (GB 18918), waste water
// (GB 8978), waste gas (GB 16297) and odour (GB 14554), and whatever other tables
// of limits the catalog has.
//
// # How limits are found
//
// A Source describes what is let out, where, by what, and when. Every row of
// the document and pollutant asked for is considered, and Answer.Considered says
// of each why it applies or not. Rows that answer one question (the same
// document, place, quantity, pollutant and period) compete: what is named (a
// trade, a level, a region) goes before what is general.
//
// Where a circumstance that decides was not stated, Found has several
// Candidates, and Open says what to ask for. A value that meets all of them
// meets the limit; one that exceeds all of them exceeds it, provided that one of
// them must hold; everything else is Unknown.
//
// # What always holds
//
//   - Figures are rows of tables, chosen by date. Nothing is made up: where a
//     row or a figure is missing the answer is Unknown with an Issue.
//   - Judging is standard.Judge: exact, unrounded, at reference oxygen. Besides,
//     a bound that is strict (total residual chlorine < 0.5) is not met by a
//     value equal to it, 不得检出 is met by a result below detection, and what
//     is said in words only is Unknown.
//   - Rates of GB 16297 between two stack heights are interpolated, above and
//     below the table extrapolated with the square of the height; below 15 m the
//     result is halved, and halved for a stack that is not 5 m above the
//     buildings within 200 m. Heights of GB 14554 go to the nearer row.
//   - Every result names the rows it rests on, and is no surer than the weakest
//     of them.
//
// # Where things are
//
// book.go reads the tables, row.go one row; source.go has what a source is
// described by, match.go whether a row applies to it, limits.go which rows win,
// stack.go the heights; found.go judges. rule.go has the rules of monitoring,
// convert.go the conversions of waste gas besides reference oxygen, substitute.go
// what stands for missing hours, mark.go what a mark excuses, furnace.go the
// temperature of waste incineration. DIVERGENCES.md says where we decided
// ourselves.
package emission
