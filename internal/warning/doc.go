// Package warning leads a bureau through heavy pollution: from the forecast to
// the evaluation, with the yearly emission-reduction list (应急减排清单) and whether
// its firms do what it asks of them.
//
// # From a forecast to an evaluation
//
//	forecast, measured days --standard/air--> Proposal --a person--> Warning
//
//	建议 -> 待批准 -> 已批准 -> 已发布 -+-> 解除 -> 评估
//	  ^       |                  |      |
//	  +- 退回 +                  +- 升级、降级: the same steps once more
//
//	publication: a Phase begins; each listed firm of the area owes an Answer
//	hour means of its points --check--> 落实 / 未落实 (a finding) / 未知
//
// A warning has a State as a whole and a Step of the change that is under way:
// issue, change of level and lifting all go 报请 -> 批准 -> 发布. Each publication
// of a level is a Phase, with answers of its own.
//
// # What always holds
//
//   - The platform proposes, a person decides. A proposal keeps every day, rule,
//     clause and confidence it rests on; nothing is told to anybody outside the
//     bureau before it is published.
//   - Who puts a change or an edition forward does not approve it.
//   - Publication, the end of the phase before, the answers that are owed, the
//     notices and the entry of the journal are one transaction.
//   - Unknown is never 落实: an hour without a valid mean, with a mark, with an
//     unknown unit, a measure that no data can show, a point that was closed. Only
//     where every due hour of every measure meets what the list expects is a firm
//     落实 by its data. What the data show to be unmet, no site check undoes: that
//     is decided in the matter.
//   - An hour is checked once with one result, by however many workers, however
//     often; another result later is a revision beside it. One firm in one phase
//     is one finding, which grows by hours.
//   - A list is an edition: a file makes a draft, an approved one is never changed,
//     and answers keep the measures as the list stood when their phase began.
//   - An evaluation is frozen.
//   - No figure here is statute. Thresholds and shares say 待核实, settings
//     内部约定，可修改.
//
// # Decisions
//
// A warning is no matter of package matter. A matter has one owner, one division
// and one finding behind it, and its moves have no consequences beyond it; a
// warning covers many divisions, holds a level that can change, and its
// publication creates what a hundred firms owe. What a firm fails in is a matter,
// by catalog/playbooks/heavy_pollution.yaml.
//
// A range of a forecast counts with one end (setting forecast_range); where the
// other end gives another level the proposal says so. A run of days that is over
// calls for nothing. Days count as natural days, not as any 24 hours: forecasts
// come by the day.
//
// Lifting tells the firms and asks for no answer, since nothing is left to do.
//
// Only hours that lie wholly between the moment the measures are due and the end
// of the phase are checked. The hours of the last days are checked again each
// time (setting recheck_hours), all of them before the evaluation.
//
// # Where things are
//
// forecast.go and forecast_import.go keep what is foretold, propose.go draws
// proposals. warning.go has the nouns and the steps, move.go and publish.go take
// them, read.go reads. list.go, list_import.go and list_store.go are the emission-
// reduction list. answer.go has what firms owe and answer and the checks on the
// site, check.go the online data, finding.go what
// becomes of a firm that fails, evaluate.go the end. The screens are in package
// web, the jobs in package remind.
package warning
