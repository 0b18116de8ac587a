// Package discharge judges what an outlet discharges against the limits of its
// permit, and turns what exceeds them into findings and matters.
//
// # From readings to a matter
//
//	measure.Dirty -> hour mean -> verdict -> episode -> finding -> matter
//	                 day mean  -> verdict -> episode -> finding
//
// Judge takes the hours that have something new. An hour waits until it is
// complete: its end and a grace, or its reported hour value. A day waits until
// its end and a grace; then its means are judged and the hours of which nothing
// came are put down as unknown. Hours of points that are no pollution sources are
// handed over to their own duty (Config.Others) before they leave the list.
//
// Exceeding hours of one point, factor and limit that lie no more than the
// rejoin hours apart are one episode, and an episode is one finding. It has
// cleared once enough hours on end meet the limit; an unknown hour neither
// clears it nor breaks it. Where the same outlet and factor have an open matter
// for one of the days of the episode already, of an earlier hour, by another
// limit or for the day mean, the finding is attached to that matter and opens
// none: one day is one matter.
//
// # What always holds
//
//   - Unknown is never meets. Data that are missing, too few, in another unit
//     than the limit, marked invalid or marked as an abnormal condition give an
//     unknown verdict with its reason, and what was reported stays beside it.
//   - Every verdict cites its limit, has its arithmetic in words, and, unless it
//     is a plain meets, holds all that it can be recomputed from.
//   - Judging again with the same data changes nothing. With other data it adds
//     a revision, and the one before stays in verdict_history.
//   - Verdict, episode, finding, matter and journal entries of one hour of one
//     point stand in one transaction; the hour is taken off measure's list only
//     after it. A crash at any moment, and two workers at once, judge again, to
//     the same.
//   - Episodes follow from the verdicts alone, in whatever order these came. Of
//     two findings that late data join, the earlier episode goes on and the
//     other is merged into it; people are told on both matters.
//   - An exceedance that is gone after late or corrected data takes back no
//     finding and closes no matter: it says 复核后不再超标, and people decide.
//   - The figures in catalog/discharge/settings.yaml are the bureau's, not law.
//
// # Where things are
//
// settings.go, judge.go, basis.go, episode.go, state.go and facts.go have the
// nouns and the decisions, which touch no database and never ask for the time.
// collect.go fetches the means of an hour or a day, run.go is the loop,
// verdicts.go stores verdicts, sync.go keeps episodes in line with them, tell.go
// tells findings, notes.go matters. suppress.go has the pauses and judging
// again, silence.go the points that do not report. read.go is for the pages.
package discharge
