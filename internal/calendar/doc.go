// Package calendar knows which days are worked on and when a time limit runs
// out, and can say how it came to that day.
//
// # How a limit is counted
//
// A limit is a Rule: so many working days, days, months, years or hours. Which
// of 日 and 工作日 a law means is a matter of its Family (families.yaml of the
// catalog), which turns "7 日" of 生态环境行政处罚办法 into seven working days
// and "90 日" into ninety calendar days. Counting begins on the day after the
// event. Days of a suspension are not counted. An extension is added to the
// budget. A limit in days, months or years whose last day is off ends on the
// next working day; weekends count as off for that, which the laws do not say
// and is a decision of ours. Hours run through nights and holidays.
//
// # What always holds
//
//   - A due date is derived, never stored: start, rule, suspensions,
//     extensions and Table give it, and so does being late.
//   - Due both computes and records its steps; Explain only words them. There
//     is no second path that could tell another story.
//   - While a suspension is open there is no due date.
//   - A date that rests on a year whose holidays are not entered, or not
//     verified, says so in Deadline.Unsure.
//   - A change of the table is a new revision beside the old one, with its
//     journal entry, in one transaction.
//
// # Where things are
//
// day.go has the days, table.go the holidays, family.go the families of
// counting; due.go the counting itself, explain.go its words, remaining.go
// what is left of a limit, compare.go which due dates a new table moves.
// load.go reads the catalog, store.go keeps what the bureau enters.
package calendar
