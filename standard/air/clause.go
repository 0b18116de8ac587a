package air

import (
	_ "embed"

	"pingzhang/standard"
)

// Divergences is DIVERGENCES.md: where and why the package differs from a text or
// from common practice.
//
//go:embed DIVERGENCES.md
var Divergences string

const (
	gb3095of2012, gb3095of2026 = "GB 3095-2012", "GB 3095-2026"
	hj633of2012, hj633of2026   = "HJ 633-2012", "HJ 633-2026"
	hj663of2013, hj663of2026   = "HJ 663-2013", "HJ 663-2026"
	responseDocument           = "环大气〔2024〕6号"
)

// Clauses are the clauses that this package carries out.
var Clauses = []standard.Clause{
	{Document: gb3095of2012, Clause: "表1", Says: "基本项目的浓度限值", Covered: standard.Yes, By: []string{"air.Book.Limit", "air.Book.Judge"}, Rows: []string{"air_limits"}},
	{Document: gb3095of2012, Clause: "表2", Says: "其他项目的浓度限值", Covered: standard.Yes, By: []string{"air.Book.Limit", "air.Book.Judge"}, Rows: []string{"air_limits"}},
	{Document: gb3095of2012, Clause: "6.4", Says: "数据统计的有效性", Covered: standard.Yes, Rows: []string{"air_validity"}, Tests: []string{"air.TestMeans", "air.TestSpanMean"},
		By: []string{"air.Book.HourMean", "air.Book.EightHour", "air.Book.DayMean", "air.Book.MonthMean", "air.Book.SpanMean"}},
	{Document: gb3095of2012, Clause: "表4", Says: "各均值所需的最少数据", Covered: standard.Yes, Rows: []string{"air_validity"},
		By: []string{"air.Book.HourMean", "air.Book.EightHour", "air.Book.DayMean", "air.Book.MonthMean", "air.Book.SpanMean"}},
	{Document: gb3095of2012, Says: "2018 年修改单：浓度的状态", Covered: standard.Partial, Why: "状态随限值给出，不同状态的浓度不互相换算", Confidence: standard.Memory,
		By: []string{"air.Book.Limit"}, Tests: []string{"air.TestLimits"}},

	{Document: gb3095of2026, Clause: "4.1", Says: "一类区、二类区", Covered: standard.Partial, Why: "哪一处属于哪一类由使用者给出", Confidence: standard.Source,
		By: []string{"air.Area.Name"}, Tests: []string{"air.TestLimits"}},
	{Document: gb3095of2026, Clause: "4.3", Says: "浓度的状态：气体 298.15 K、1013.25 hPa，颗粒物为实际状态", Covered: standard.Partial, Why: "状态随限值给出，不同状态的浓度不互相换算",
		Confidence: standard.Source, By: []string{"air.Book.Limit"}, Tests: []string{"air.TestLimits"}},
	{Document: gb3095of2026, Clause: "4.4", Says: "过渡阶段限值至 2030-12-31，其后为最终限值", Covered: standard.Yes, By: []string{"air.Book.Limit", "air.Book.Limits"}, Rows: []string{"air_limits"}},
	{Document: gb3095of2026, Clause: "4.5", Says: "其他项目由国家或省级决定如何实施", Covered: standard.Partial, Why: "限值都在表内；是否实施由使用者决定", By: []string{"air.Book.Limit"}, Rows: []string{"air_limits"}},
	{Document: gb3095of2026, Clause: "表1", Says: "基本项目的浓度限值", Covered: standard.Yes, By: []string{"air.Book.Limit", "air.Book.Judge"}, Rows: []string{"air_limits"}},
	{Document: gb3095of2026, Clause: "表2", Says: "其他项目的浓度限值", Covered: standard.Yes, By: []string{"air.Book.Limit", "air.Book.Judge"}, Rows: []string{"air_limits"}},
	{Document: gb3095of2026, Clause: "表A.1", Says: "资料性附录的参考浓度", Covered: standard.Yes, By: []string{"air.Book.Limits"}, Rows: []string{"air_limits"}},
	{Document: gb3095of2026, Clause: "6.4", Says: "数据统计的有效性", Covered: standard.Yes, Rows: []string{"air_validity"}, Tests: []string{"air.TestMeans", "air.TestSpanMean"},
		By: []string{"air.Book.HourMean", "air.Book.EightHour", "air.Book.DayMean", "air.Book.MonthMean", "air.Book.SpanMean"}},
	{Document: gb3095of2026, Clause: "表4", Says: "各均值所需的最少数据", Covered: standard.Yes, Rows: []string{"air_validity"},
		By: []string{"air.Book.HourMean", "air.Book.EightHour", "air.Book.DayMean", "air.Book.MonthMean", "air.Book.SpanMean"}},

	{Document: hj633of2012, Clause: "4.1", Says: "分指数的计算公式", Covered: standard.Yes, By: []string{"air.Edition.Single", "air.Column.IAQI"}, Rows: []string{"aqi_breakpoints"}},
	{Document: hj633of2012, Clause: "表1", Says: "分指数及对应的浓度", Covered: standard.Yes, By: []string{"air.Edition.Single", "air.Column.IAQI"}, Rows: []string{"aqi_breakpoints"}},
	{Document: hj633of2012, Clause: "表1 注(2)", Says: "SO2 小时浓度高于 800 时改用 24 小时均值", Covered: standard.Yes, By: []string{"air.Edition.Report"}, Rows: []string{"aqi_rules"}},
	{Document: hj633of2012, Clause: "表1 注(3)", Says: "O3 8 小时浓度高于 800 时改用小时均值", Covered: standard.Yes, By: []string{"air.Edition.Report"}, Rows: []string{"aqi_rules"}},
	{Document: hj633of2012, Clause: "4.4.2", Says: "首要污染物、超标污染物", Covered: standard.Yes, By: []string{"air.Edition.Report"}, Rows: []string{"aqi_rules"}},
	{Document: hj633of2012, Clause: "5.1.2", Says: "日报的项目", Covered: standard.Yes, By: []string{"air.Edition.Items", "air.Edition.Report"}, Rows: []string{"aqi_rules"},
		Tests: []string{"air.TestDailyReport"}},
	{Document: hj633of2012, Clause: "5.1.3", Says: "实时报的项目", Covered: standard.Yes, By: []string{"air.Edition.Listed", "air.Edition.Report"}, Rows: []string{"aqi_rules"},
		Tests: []string{"air.TestPublishedHours", "air.TestHourlyReport"}},
	{Document: hj633of2012, Clause: "6.2", Says: "分指数和指数向上取整", Covered: standard.Yes, By: []string{"air.Edition.Single"}, Rows: []string{"aqi_rules"}},
	{Document: hj633of2012, Clause: "表2", Says: "级别、类别、建议措施", Covered: standard.Yes, Why: "建议措施的措辞为本库自拟", By: []string{"air.Edition.Level"}, Rows: []string{"aqi_levels", "aqi_rules"},
		Tests: []string{"air.TestLevels"}},
	{Document: hj633of2012, Clause: "附录A", Says: "颜色", Covered: standard.Yes, By: []string{"air.Edition.Level"}, Rows: []string{"aqi_levels"}, Tests: []string{"air.TestLevels"}},

	{Document: hj633of2026, Clause: "4.1.1", Says: "指数的范围 1 至 500", Covered: standard.Yes, By: []string{"air.Edition.Level"}, Rows: []string{"aqi_rules"}, Tests: []string{"air.TestLevels"}},
	{Document: hj633of2026, Clause: "表1", Says: "级别、类别、颜色、建议措施", Covered: standard.Yes, Why: "建议措施的措辞为本库自拟", By: []string{"air.Edition.Level"},
		Rows: []string{"aqi_levels", "aqi_rules"}, Tests: []string{"air.TestLevels"}},
	{Document: hj633of2026, Clause: "附录A", Says: "颜色的数值", Covered: standard.Yes, By: []string{"air.Edition.Level"}, Rows: []string{"aqi_levels"}, Tests: []string{"air.TestLevels"}},
	{Document: hj633of2026, Clause: "4.2.1", Says: "点位、县、市的指数，浓度按 HJ 663 统计", Covered: standard.Yes, By: []string{"air.Book.CityMean", "air.Edition.Report"}, Rows: []string{"aqi_rules"},
		Tests: []string{"air.TestFromHoursToReport"}},
	{Document: hj633of2026, Clause: "4.2.2", Says: "日报 6 项，按自然日；先修约浓度", Covered: standard.Yes, By: []string{"air.Edition.Report"}, Rows: []string{"aqi_rules"}},
	{Document: hj633of2026, Clause: "4.2.3", Says: "实时报 6 项小时均值", Covered: standard.Yes, By: []string{"air.Edition.Report"}, Rows: []string{"aqi_rules"}, Tests: []string{"air.TestHoursBy2026"}},
	{Document: hj633of2026, Clause: "4.2.4", Says: "分指数的计算公式；颗粒物的小时值查日均值一列", Covered: standard.Yes, By: []string{"air.Edition.Single"}, Rows: []string{"aqi_breakpoints", "aqi_rules"}},
	{Document: hj633of2026, Clause: "表3", Says: "分指数及对应的浓度", Covered: standard.Yes, By: []string{"air.Edition.Single", "air.Column.IAQI"}, Rows: []string{"aqi_breakpoints"}},
	{Document: hj633of2026, Clause: "表3 注b", Says: "SO2 小时浓度高于 800 时分指数按 200 计", Covered: standard.Yes, By: []string{"air.Edition.Single"}, Rows: []string{"aqi_rules"}},
	{Document: hj633of2026, Clause: "表3 注c", Says: "O3 8 小时浓度高于 800 时分指数按 300 计", Covered: standard.Yes, By: []string{"air.Edition.Single"}, Rows: []string{"aqi_rules"}},
	{Document: hj633of2026, Clause: "4.2.6", Says: "分指数和指数向上取整", Covered: standard.Yes, By: []string{"air.Edition.Single"}, Rows: []string{"aqi_rules"}},
	{Document: hj633of2026, Clause: "4.3.1", Says: "首要污染物", Covered: standard.Yes, By: []string{"air.Edition.Report"}, Rows: []string{"aqi_rules"}},
	{Document: hj633of2026, Clause: "表2", Says: "分指数大于 100 时提示的人群", Covered: standard.Yes, Why: "据摘录转写", By: []string{"air.Edition.Report"}, Rows: []string{"aqi_rules"},
		Tests: []string{"air.TestSensitiveGroups"}},
	{Document: hj633of2026, Clause: "5.2.1", Says: "日报在次日 12 时前发布", Covered: standard.Partial, Why: "时限是数据，到时发布由使用者执行", By: []string{"air.Edition.Deadline"},
		Rows: []string{"aqi_rules"}, Tests: []string{"air.TestDeadlines"}},
	{Document: hj633of2026, Clause: "5.2.2", Says: "实时报滞后不超过 1 小时", Covered: standard.Partial, Why: "时限是数据，到时发布由使用者执行", By: []string{"air.Edition.Deadline"},
		Rows: []string{"aqi_rules"}, Tests: []string{"air.TestDeadlines"}},
	{Document: hj633of2026, Clause: "5.2.3", Says: "预报每日 20 时前发布，至少含今后 3 天", Covered: standard.Partial, Why: "时限是数据，到时发布由使用者执行", By: []string{"air.Edition.Deadline"},
		Rows: []string{"aqi_rules"}, Tests: []string{"air.TestDeadlines"}},
	{Document: hj633of2026, Clause: "5.3.1", Says: "有缺测项目时，指数大于 100 才发布", Covered: standard.Yes, By: []string{"air.Edition.Report"}, Rows: []string{"aqi_rules"}},
	{Document: hj633of2026, Clause: "5.3.2", Says: "不在监测计划内的项目免报", Covered: standard.Yes, By: []string{"air.Edition.Excuse", "air.Edition.Report"}, Rows: []string{"aqi_rules"},
		Tests: []string{"air.TestExcused"}},

	{Document: hj663of2013, Clause: "6.1", Says: "城市：有效点位不少于 75%", Covered: standard.Yes, By: []string{"air.Book.CityMean"}, Rows: []string{"air_validity"}, Tests: []string{"air.TestMeans"}},
	{Document: hj663of2013, Clause: "6.1.2", Says: "O3 日最大 8 小时：窗口，至少 14 个有效的 8 小时均值", Covered: standard.Yes, By: []string{"air.Book.MaxEightHour"}, Rows: []string{"air_validity"}},
	{Document: hj663of2013, Says: "年评价：均值和百分位数都达标", Covered: standard.Yes, By: []string{"air.Book.Evaluate"}, Rows: []string{"air_evaluation/hj663-2013.annual"},
		Subjects: []string{"air.year"}, Tests: []string{"air.TestEvaluate"}},
	{Document: hj663of2013, Says: "百分位数：k＝1＋(n−1)p/100，线性内插", Covered: standard.Yes, By: []string{"air.Percentile"}, Rows: []string{"air_evaluation/hj663-2013.percentile"},
		Subjects: []string{"air.percentile"}, Tests: []string{"air.TestPercentile"}},
	{Document: hj663of2013, Says: "综合指数", Covered: standard.Yes, By: []string{"air.Book.Evaluate"}, Rows: []string{"air_evaluation/hj663-2013.composite"}, Subjects: []string{"air.composite"},
		Tests: []string{"air.TestEvaluate"}},
	{Document: hj663of2013, Says: "优良天数及其比例", Covered: standard.Yes, By: []string{"air.CountDays"}, Confidence: standard.SourceSecondary, Subjects: []string{"air.gooddays"},
		Tests: []string{"air.TestCountDays"}},
	{Document: hj663of2013, Says: "排名，并列的名次相同", Covered: standard.Yes, Why: "比较到几位小数由使用者给出", By: []string{"air.RankLowest", "air.RankHighest"}, Confidence: standard.Memory,
		Subjects: []string{"air.rank"}, Tests: []string{"air.TestRank"}},

	{Document: hj663of2026, Clause: "6.1.2", Says: "O3 日最大 8 小时：至少 14 个有效的 8 小时均值；窗口沿用 2013 版", Covered: standard.Yes, By: []string{"air.Book.MaxEightHour"}, Rows: []string{"air_validity"}},
	{Document: hj663of2026, Says: "城市：有效点位不少于 75%", Covered: standard.Yes, Why: "条文没有读到，沿用 2013 版", By: []string{"air.Book.CityMean"}, Rows: []string{"air_validity/hj663-2026.city"},
		Tests: []string{"air.TestMeans"}},
	{Document: hj663of2026, Says: "年评价：均值和百分位数都达标", Covered: standard.Yes, By: []string{"air.Book.Evaluate"}, Rows: []string{"air_evaluation/hj663-2026.annual"},
		Subjects: []string{"air.year"}, Tests: []string{"air.TestEvaluate"}},
	{Document: hj663of2026, Says: "百分位数", Covered: standard.Yes, Why: "原文没有读到，沿用 2013 版的公式", By: []string{"air.Percentile"}, Rows: []string{"air_evaluation/hj663-2026.percentile"},
		Subjects: []string{"air.year", "air.percentile"}, Tests: []string{"air.TestPercentile"}},
	{Document: hj663of2026, Says: "综合指数", Covered: standard.Partial, Why: "原文没有读到：除数按过渡阶段限值，权重为 1；有一处公开程序所称的权重可以选用", By: []string{"air.Book.Evaluate"},
		Rows: []string{"air_evaluation/hj663-2026.composite"}, Subjects: []string{"air.composite"}, Tests: []string{"air.TestClaimedWeights"}},
	{Document: hj663of2026, Says: "例外事件", Covered: standard.No, Why: "原文没有读到；评价结果列为未执行的规定", Rows: []string{"air_evaluation/hj663-2026.exceptional"}},
	{Document: hj663of2026, Says: "三年滑动平均", Covered: standard.No, Why: "原文没有读到；评价结果列为未执行的规定", Rows: []string{"air_evaluation/hj663-2026.three_year"}},
	{Document: hj663of2026, Says: "评价时的修约位数", Covered: standard.No, Why: "位数没有读到；在表内填写 decimals 以后执行", Rows: []string{"air_evaluation/hj663-2026.rounding"}},
	{Document: "CNEMC 发布惯例", Says: "月报扣除沙尘影响：PM10、PM2.5 和综合指数扣除，优良天数比例不扣除", Covered: standard.Yes, By: []string{"air.Book.Deduct", "air.Book.Evaluate"},
		Rows: []string{"air_evaluation/cnemc"}, Subjects: []string{"air.year", "air.composite"}, Tests: []string{"air.TestDeduct"}},

	{Document: responseDocument, Says: "黄色、橙色、红色预警的条件", Covered: standard.Yes, By: []string{"air.Book.Warn"}, Subjects: []string{"air.warning"}, Tests: []string{"air.TestWarn"},
		Rows: []string{"heavy_pollution/hdq2024-6.yellow", "heavy_pollution/hdq2024-6.orange", "heavy_pollution/hdq2024-6.red"}},
	{Document: responseDocument, Says: "日 AQI 可以跨自然日", Covered: standard.Partial, Why: "使用者给出的每一日各为 24 小时，从何时开始由使用者决定", By: []string{"air.Book.Warn"},
		Rows: []string{"heavy_pollution/hdq2024-6.basis"}, Tests: []string{"air.TestWarn"}},
	{Document: responseDocument, Says: "降级和解除：改善并预测持续 36 小时以上", Covered: standard.Yes, By: []string{"air.Book.Lift"}, Rows: []string{"heavy_pollution/hdq2024-6.lift"},
		Subjects: []string{"air.lifting"}, Tests: []string{"air.TestLift"}},
	{Document: responseDocument, Says: "臭氧、沙尘等发布健康提示，不发布颜色预警", Covered: standard.Yes, By: []string{"air.Book.Warn"}, Rows: []string{"heavy_pollution/hdq2024-6.notice"},
		Subjects: []string{"air.warning"}, Tests: []string{"air.TestWarn"}},
}
