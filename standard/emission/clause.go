package emission

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
	monitoringOfGas   = "HJ 75-2017"
	monitoringOfWater = "HJ 356-2019"
	markingRules      = "生态环境部公告 2022 年第 21 号"
	incinerationRules = "生态环境部令第10号"
)

// limitClause is a table of limits.
func limitClause(document, clause, says string, covered standard.Coverage, why string, tables ...string) standard.Clause {
	return standard.Clause{Document: document, Clause: clause, Says: says, Covered: covered, Why: why, By: []string{"emission.Book.Limits", "emission.Found.Judge"}, Rows: tables,
		Tests: []string{"emission.TestSharedLimits"}}
}

// Clauses are the clauses that this package carries out.
var Clauses = []standard.Clause{
	limitClause("GB 13271-2014", "表1", "在用锅炉", standard.Yes, "", "emission_gb13271"),
	limitClause("GB 13271-2014", "表2", "新建锅炉", standard.Yes, "", "emission_gb13271"),
	limitClause("GB 13271-2014", "表3", "大气污染物特别排放限值", standard.Yes, "哪些地区执行由使用者给出", "emission_gb13271"),
	limitClause("GB 13271-2014", "表4", "烟囱最低允许高度", standard.Yes, "", "emission_gb13271"),
	limitClause("GB 13271-2014", "5.1.4", "20 t/h 及以上的锅炉应安装自动监测", standard.Yes, "作为文字要求给出", "emission_gb13271"),
	limitClause("GB 13223-2011", "表1", "火力发电锅炉及燃气轮机组", standard.Yes, "数值据行业常识", "emission_gb13223"),
	limitClause("GB 13223-2011", "表2", "特别排放限值", standard.Yes, "数值据行业常识；哪些地区执行由使用者给出", "emission_gb13223"),
	limitClause("GB 18485-2014", "表1", "炉膛温度、停留时间、热灼减率", standard.Partial, "停留时间和热灼减率只是文字要求", "emission_gb18485"),
	limitClause("GB 18485-2014", "表4", "焚烧炉排放烟气中污染物限值", standard.Yes, "小时均值据行业常识", "emission_gb18485"),
	limitClause("GB 18918-2002", "表1", "基本控制项目；水温不高于 12 ℃ 时的氨氮", standard.Yes, "", "emission_gb18918"),
	limitClause("GB 18918-2002", "表2", "部分一类污染物", standard.Yes, "", "emission_gb18918"),
	{Document: "GB 18918-2002", Clause: "表3", Says: "选择控制项目", Covered: standard.No, Why: "数值没有读到", Confidence: standard.Memory, Recalled: true},
	limitClause("GB 18918-2002", "表4", "厂界（防护带边缘）废气", standard.Yes, "", "emission_gb18918"),
	{Document: "GB 18918-2002", Clause: "4.1.4.2", Says: "日均值为 24 h 混合样，至少每 2 h 取样一次", Covered: standard.Partial, Why: "只作为规定列出；取样是否合规由使用者判断",
		By: []string{"emission.Book.Rules"}, Rows: []string{"emission_rules"}, Tests: []string{"emission.TestRules"}},
	limitClause("GB 8978-1996", "表1", "第一类污染物", standard.Yes, "", "emission_gb8978"),
	{Document: "GB 8978-1996", Clause: "表2", Says: "1997 年底以前建设的单位，第二类污染物", Covered: standard.No, Why: "数值没有读到", Confidence: standard.Memory, Recalled: true},
	{Document: "GB 8978-1996", Clause: "4.1", Says: "级别按受纳水体", Covered: standard.Partial, Why: "级别由使用者给出", Confidence: standard.Source, By: []string{"emission.Book.Limits"},
		Tests: []string{"emission.TestLimits"}},
	limitClause("GB 8978-1996", "表4", "1998 年起建设的单位，第二类污染物", standard.Yes, "最高允许排水量没有读到", "emission_gb8978"),
	limitClause("GB 16297-1996", "表2", "新污染源：浓度、速率、无组织排放", standard.Yes, "只有表内列出的污染物", "emission_gb16297"),
	{Document: "GB 16297-1996", Clause: "表1", Says: "现有污染源（1997 年以前设立）", Covered: standard.No, Why: "数值没有读到", Confidence: standard.Memory, Recalled: true},
	{Document: "GB 16297-1996", Says: "排气筒高度：内插、外推、低于 15 m 再严格 50%、没有高出周围建筑 5 m 的严格 50%", Covered: standard.Yes, Confidence: standard.Source,
		By: []string{"emission.Book.Limits"}, Subjects: []string{"emission.limit"}, Tests: []string{"emission.TestRates", "emission.TestTwoHalves"}},
	{Document: "GB 16297-1996", Says: "等效排气筒", Covered: standard.No, Why: "条文没有读到", Confidence: standard.Memory},
	limitClause("GB 14554-93", "表1", "厂界标准值", standard.Yes, "", "emission_gb14554"),
	limitClause("GB 14554-93", "表2", "排气筒的排放标准值", standard.Yes, "", "emission_gb14554"),
	{Document: "GB 14554-93", Clause: "6.1.1", Says: "排气筒不低于 15 m", Covered: standard.Yes, By: []string{"emission.Book.Limits"}, Confidence: standard.Source, Tests: []string{"emission.TestNearest"}},
	{Document: "GB 14554-93", Clause: "6.1.2", Says: "高度在两行之间的取最接近的", Covered: standard.Yes, By: []string{"emission.Book.Limits"}, Confidence: standard.Source, Tests: []string{"emission.TestNearest"}},
	limitClause("环发〔2015〕164号", "通知", "燃煤电厂超低排放：烟尘 10、二氧化硫 35、氮氧化物 50", standard.Yes, "数值据行业常识", "emission_ultra_low"),
	{Document: "GB 9078-1996", Says: "折算到规定的过量空气系数", Covered: standard.Partial, Why: "规定的系数和限值不在表内，由使用者给出", By: []string{"emission.Book.AtReferenceAir", "emission.AirCoefficient"},
		Rows: []string{"emission_rules/过量空气"}, Subjects: []string{"emission.convert"}, Tests: []string{"emission.TestConversions"}},

	{Document: monitoringOfGas, Says: "数据无效的时段", Covered: standard.Partial, Why: "只作为规定列出；何时无效由标记给出", By: []string{"emission.Book.Rules"}, Rows: []string{"emission_rules/无效时段"},
		Tests: []string{"emission.TestRules"}},
	{Document: monitoringOfGas, Says: "排放速率 G＝c×Q×10⁻⁶", Covered: standard.Yes, By: []string{"emission.Book.MassRate"}, Rows: []string{"emission_rules/排放速率"}, Subjects: []string{"emission.convert"},
		Tests: []string{"emission.TestConversions"}},
	{Document: monitoringOfGas, Clause: "附录", Says: "体积分数、氮氧化物、标准状态的换算", Covered: standard.Yes, Rows: []string{"emission_rules"}, Tests: []string{"emission.TestConversions"},
		By: []string{"emission.Book.FromMolar", "emission.Book.NitrogenOxides", "emission.Book.StandardState"}},
	{Document: monitoringOfGas, Says: "缺失数据的替代：按季度捕集率和缺失时长", Covered: standard.Yes, Why: "数值据行业常识", By: []string{"emission.Book.Substitute"}, Rows: []string{"emission_substitution/废气"},
		Subjects: []string{"emission.substitute"}, Tests: []string{"emission.TestSubstitute"}},
	{Document: monitoringOfWater, Says: "适用的项目", Covered: standard.Partial, Why: "只作为规定列出", By: []string{"emission.Book.Rules"}, Rows: []string{"emission_rules/废水有效性"}, Tests: []string{"emission.TestRules"}},
	{Document: monitoringOfWater, Says: "无效数据", Covered: standard.Partial, Why: "只作为规定列出；何时无效由标记给出", By: []string{"emission.Book.Rules"}, Rows: []string{"emission_rules/废水无效"},
		Tests: []string{"emission.TestRules"}},
	{Document: monitoringOfWater, Says: "缺失数据的替代", Covered: standard.No, Why: "方法没有读到，有两种说法", By: []string{"emission.Book.Substitute"}, Rows: []string{"emission_substitution/废水"},
		Subjects: []string{"emission.substitute"}},

	{Document: markingRules, Clause: "第六条第一款", Says: "标记为无效的数据不作为判定超标的依据", Covered: standard.Yes, By: []string{"emission.Book.Basis"}, Rows: []string{"auto_monitoring"},
		Subjects: []string{"emission.mark"}, Tests: []string{"emission.TestBasis"}},
	{Document: markingRules, Clause: "第六条第二款", Says: "标记为非正常工况、规范运行且在规定时限内的数据不作为依据", Covered: standard.Yes, By: []string{"emission.Book.Basis"}, Rows: []string{"auto_monitoring"},
		Subjects: []string{"emission.mark"}, Tests: []string{"emission.TestBasis"}},
	{Document: markingRules, Says: "施行的行业", Covered: standard.Partial, Why: "只作为规定列出", By: []string{"emission.Book.Rules"}, Rows: []string{"emission_rules/标记规则"}, Tests: []string{"emission.TestRules"}},
	{Document: markingRules, Says: "水泥点火、烧结启动的时限", Covered: standard.Yes, Why: "出处没有写明是哪一部行业规范", By: []string{"emission.Book.Basis"}, Subjects: []string{"emission.mark"},
		Rows: []string{"emission_rules/水泥", "emission_rules/烧结"}, Tests: []string{"emission.TestBasis"}},
	{Document: "HJ 953-2018", Says: "燃煤锅炉启停的时限，只对氮氧化物", Covered: standard.Yes, By: []string{"emission.Book.Basis"}, Rows: []string{"emission_rules/燃煤锅炉"}, Subjects: []string{"emission.mark"},
		Tests: []string{"emission.TestBasis"}},
	{Document: "HJ 942", Says: "火电启停机的时限", Covered: standard.Yes, By: []string{"emission.Book.Basis"}, Rows: []string{"emission_rules/火电-启动", "emission_rules/火电-停机"},
		Subjects: []string{"emission.mark"}, Tests: []string{"emission.TestBasis"}},
	{Document: "HJ 942", Says: "负荷达到 50% 后才评价氮氧化物", Covered: standard.Partial, Why: "只作为规定列出；负荷由使用者掌握", By: []string{"emission.Book.Rules"}, Rows: []string{"emission_rules/火电-评价"},
		Tests: []string{"emission.TestRules"}},
	{Document: incinerationRules, Says: "炉膛温度：5 min 均值低于 850 ℃ 一日超过 5 次即违反", Covered: standard.Yes, By: []string{"emission.Book.FurnaceDay"}, Subjects: []string{"emission.furnace"},
		Rows: []string{"emission_rules/焚烧炉-炉温"}, Tests: []string{"emission.TestFurnaceDay"}},
	{Document: incinerationRules, Says: "每年累计不超过 60 h 的豁免", Covered: standard.Partial, Why: "只作为规定列出；原文未能核对", By: []string{"emission.Book.Rules"}, Rows: []string{"emission_rules/焚烧炉-年"},
		Tests: []string{"emission.TestRules"}},
}
