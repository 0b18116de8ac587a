// Package subject makes the standards askable by rule scripts: for each library
// the questions that an inspector has, by names that can be read in a script.
//
//	air.iaqi：给定 污染物 PM2.5，时段 24h，数值 75 µg/m³ 在 2026-02-28 期望 分指数 100，类别 良 因为 HJ 633-2012 表1
//
// # The subjects
//
//	number.round       a number rounded (GB/T 8170)
//	number.judge       a value beside limits that the script names
//	air.iaqi           the index of one pollutant (HJ 633)
//	air.aqi            the report of an hour or a day (HJ 633)
//	air.limit          the limit of a pollutant, and a value beside it (GB 3095)
//	air.validity       whether a mean counts (GB 3095, HJ 663)
//	air.percentile     a percentile (HJ 663)
//	air.year           mean and percentile of a pollutant beside their limits (HJ 663)
//	air.composite      the composite index (HJ 663)
//	air.gooddays       good days and their ratio (HJ 663)
//	air.rank           places, with ties
//	air.warning        the warning level that a series of days calls for (环大气〔2024〕6号)
//	air.lifting        whether a warning may be lowered or lifted
//	water.class        the class of one result (GB 3838)
//	water.limit        the limit of a class, and a value beside it (GB 3838)
//	water.section      the class of a section in a period (环办〔2011〕22号)
//	water.river        a river by its sections
//	water.lake         a lake by its points
//	water.trend        two periods of a river
//	water.source       a source of drinking water (GB 3838)
//	water.trophic      the trophic index of a lake (TLI)
//	water.cwqi         the water quality index of a city (CWQI)
//	soil.farmland      a content beside the values of farmland (GB 15618)
//	soil.development   a content beside those of development land (GB 36600)
//	emission.limit     what limits a source
//	emission.judge     a value beside what limits a source
//	emission.convert   the conversions of waste gas
//	monitor.validity   whether a mean of automatic monitoring counts
//	emission.substitute  what stands for missing hours when a total is reckoned
//	emission.mark      whether marked data may be judged
//	emission.furnace   the temperature of an incinerator for a day
//	carbon.grid        electricity: factor and emission
//	carbon.fuel        fuels and heat: factor and emission
//	carbon.intensity   intensity, its decline, and the pace to a target
//	index.eqi          the indices of ecological quality
//
// Describe lists each with its inputs and results, and so does pingzhang rules
// subjects.
//
// # What always holds
//
//   - Every input and every result has an English and a Chinese name. A script
//     may use either. A result under its English name is a code or a number
//     (verdict exceeds), under its Chinese name a word or a number (判定 超标).
//   - A number is given as it was reported, with its unit behind a blank: 75
//     µg/m³, <0.01 mg/L, 未检出. Numbers of results are exact, so that a result
//     may be a fraction: 800/3. Where the script gives 位数 (digits), the result
//     修约值 (rounded) is the number rounded by GB/T 8170.
//   - What a library cannot say is 未知 (unknown), and 原因 (issue) says why. A
//     question that makes no sense is an error: a word that is not of the list,
//     an input that is missing, no day where the answer depends on the edition.
//   - Every answer has 计算, 引用, 可信度 and 待核实 (arithmetic, citation,
//     confidence, unverified). 待核实 is 是 wherever a row that the answer
//     rests on was not read in the standard itself.
//   - Nothing is decided here: a subject reads the inputs, asks its library and
//     writes the answer.
//
// # Where things are
//
// subject.go makes subjects of topics; question.go reads inputs and answer.go
// writes results; number.go, air.go, report.go, validity.go, year.go and warning.go
// (of air), water.go, section.go, river.go and lake.go (of water), soil.go,
// emission.go, convert.go, monitor.go and carbon.go have the topics. The scripts that are shipped are the files rules/*.txt of the catalog.
// Those that list every figure of a table are written by the tests of this
// package, which reckon the expected answers from the tables by themselves and
// do not ask the libraries; see generate_test.go.
package subject
