// Package air keeps the ambient air of a bureau: its stations, what they report
// by the hour, the index of each hour and day, and the figures of its pages.
//
// # From readings to a day
//
//	device --HJ 212--> measure -+-> hour -> day of the station -> day of the county and city
//	file of the feed -> Import -+
//
// Stations are a register (air_station). What a station's own device sends stands
// under its linked point, what is imported under the station itself, for the two
// have units of their own. An hour is made from the device where that sent
// anything in it, else from what was imported; never from both.
//
// Touched notes which hours have something new, Reckon makes them again, then
// their days, then the days of divisions. An hour's report also looks back on the
// hours before (HJ 633-2012: eight and 24 rolling hours), so that what comes late
// makes up to 23 hours after it again. A day is made once it is over and its grace
// with it, and again whenever something later changes one of its hours.
//
// # What always holds
//
//   - Unknown stays unknown. Missing, marked, negative and unreadable values are
//     none, with the reason; a day, a rank, a target or a rest that cannot be
//     told is not told.
//   - The same readings give the same hours and days, in whatever order they
//     came, however often, by however many workers.
//   - What was told is never silently changed: another result is a revision with
//     the cause that made it, the one before stays in the history, and a day that
//     was told otherwise stands in the journal.
//   - An hour, and a day, is judged by the edition in force on its day. The
//     rows of the standards that it rests on stand with it, so that a
//     correction of a row finds its days (Resting), which people then let be
//     made again (Recompute).
//   - What waits is taken off the list in the transaction that does it, by the
//     generation it was read with. A crash at any moment loses nothing, and two
//     workers do nothing twice.
//   - Values are exact. What was reported keeps its text in package measure.
//   - The figures in settings.yaml are the bureau's, not law.
//
// # Times
//
// An hour is named by its start, as in package measure; a day is a natural day in
// Shanghai. The national feed is taken to name an hour by its end, so that 00:00
// belongs to the day before; that is a setting, 待核实.
//
// # Decisions
//
// The mean of a division is taken over its assessed evaluation points that were
// open on the day, and counts by standard/air.CityMean; other stations never enter
// it. The highest hour of ozone counts where the highest 8-hour mean of its day
// does. A station that reported nothing all day has no day stored: that is
// unknown, and counts among the points that are missing.
//
// A station that is registered, linked, moved or assessed otherwise changes
// nothing by itself: what was reckoned stands until somebody lets it be made again
// (Recompute). Rows keep the division they were reckoned in, which is also who sees
// them.
//
// What a day rests on is kept once for all days alike (air_bases), a few sets a
// year instead of some sixty rows a day. So a correction of a figure finds its days
// by Resting, and package figure need not be told of each (Config.Note is there for
// whoever wants it).
//
// Sand and dust (dust.go) is left out of an evaluation by a decision of two people
// that says when, where, why and on what evidence. It never changes a day, and the
// figures with and without it stand side by side. Days are left out whole, for the
// statistics are of days.
//
// Wind is that of the station's device in hours in which that sent direction and
// speed, else what a file had in its columns 风向 and 风速. A direction on the edge
// of two sectors belongs to the one clockwise of it.
//
// # Where things are
//
// station.go, settings.go, hour.go and day.go have the nouns and the decisions,
// which touch no database and never ask for the time; feed.go reads the files of
// the national feed. import.go stores them, collect.go fetches the values of an
// hour, pending.go is the list of what waits, reckon.go the loop, save.go stores
// results. read.go, mean.go, calendar.go, rose.go and ranking.go are for the pages;
// dust.go has the deductions. bulletin*.go make the bulletins of a day, month,
// quarter or year from the days as they stand, as tables, workbook and document,
// and publish them through package bulletin.
package air
