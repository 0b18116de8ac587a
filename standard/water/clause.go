package water

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
	qualityStandard = "GB 3838-2002"
	evaluationRules = "环办〔2011〕22号"
	trophicMethod   = "综合营养状态指数法（TLI）"
	rankingRules    = "环办监测〔2017〕51号"
)

// Clauses are the clauses that this package carries out.
var Clauses = []standard.Clause{
	{Document: qualityStandard, Clause: "表1", Says: "基本项目 24 项的标准限值（水温为人为造成的变化）", Covered: standard.Yes, Rows: []string{"water_gb3838", "water_evaluation"},
		By: []string{"water.Book.Classify", "water.Book.Judge", "water.Book.JudgeTemperature"}, Tests: []string{"water.TestEveryBoundaryOfTable1"}},
	{Document: qualityStandard, Clause: "表2", Says: "饮用水地表水源地补充项目 5 项", Covered: standard.Yes, By: []string{"water.Book.Judge", "water.Book.Source"}, Rows: []string{"water_gb3838"}},
	{Document: qualityStandard, Clause: "表3", Says: "饮用水地表水源地特定项目 80 项", Covered: standard.Yes, By: []string{"water.Book.Judge", "water.Book.Source"}, Rows: []string{"water_gb3838"}},
	{Document: qualityStandard, Says: "饮用水源：基本项目按Ⅲ类，参评的项目", Covered: standard.Yes, By: []string{"water.Book.Source"}, Rows: []string{"water_evaluation/饮用水源"},
		Subjects: []string{"water.source"}, Tests: []string{"water.TestSource"}},
	{Document: qualityStandard, Says: "单个结果低于检出限如何判定", Covered: standard.No, Why: "没有见到规定，单个结果不判；在表内填写 half 以后按检出限的一半判定",
		Rows: []string{"water_evaluation/未检出-单次"}, Tests: []string{"water.TestBySingleRuleBelowDetection"}},
	{Document: "GB 3838", Says: "是否有施行的修订版", Covered: standard.No, Why: "没有见到，按 2002 版", Rows: []string{"water_evaluation/GB3838-修订"}},
	{Document: "HJ 2.3-2018", Says: "饱和溶解氧 468/(31.6+T)", Covered: standard.Partial, Why: "只用于由水温推算饱和率", By: []string{"water.Book.Saturation"}, Rows: []string{"water_evaluation/饱和溶解氧"},
		Subjects: []string{"water.class"}, Tests: []string{"water.TestSaturationOfAMean"}},

	{Document: evaluationRules, Says: "参评的 21 项", Covered: standard.Yes, By: []string{"water.Book.Rated"}, Rows: []string{"water_evaluation/参评项目"}, Subjects: []string{"water.section"},
		Tests: []string{"water.TestTables"}},
	{Document: evaluationRules, Says: "断面：单因子评价，水质状况的定性", Covered: standard.Yes, By: []string{"water.Book.Section"}, Subjects: []string{"water.section"},
		Rows: []string{"water_evaluation/断面"}, Tests: []string{"water.TestSection"}},
	{Document: evaluationRules, Says: "断面的主要污染指标和超标倍数", Covered: standard.Yes, By: []string{"water.Book.Section", "water.Exceedance.Text"}, Subjects: []string{"water.section"},
		Rows: []string{"water_evaluation/主要污染指标", "water_evaluation/超标倍数"}, Tests: []string{"water.TestMultiplesAreRoundedByGBT8170"}},
	{Document: evaluationRules, Says: "河流：断面少于 5 个的先平均，其余按类别比例（90/75/20/40）", Covered: standard.Yes, By: []string{"water.Book.River"}, Subjects: []string{"water.river"},
		Rows: []string{"water_evaluation/河流-平均", "water_evaluation/河流比例"}, Tests: []string{"water.TestRiver", "water.TestSharesOfARiver"}},
	{Document: evaluationRules, Says: "河流的主要污染指标：按断面超标率", Covered: standard.Yes, By: []string{"water.Book.River"}, Subjects: []string{"water.river"},
		Rows: []string{"water_evaluation/河流主要"}, Tests: []string{"water.TestMainPollutantsOfARiver"}},
	{Document: evaluationRules, Says: "湖泊、水库：点位先对时间、再对点位平均", Covered: standard.Yes, Why: "大型湖库分区由使用者决定", By: []string{"water.Book.Lake"}, Rows: []string{"water_evaluation/湖库评价"},
		Subjects: []string{"water.lake"}, Tests: []string{"water.TestLakeIsTheMeanOfItsPoints"}},
	{Document: evaluationRules, Says: "行政区域：按断面类别比例", Covered: standard.Yes, By: []string{"water.Book.Region"}, Rows: []string{"water_evaluation/行政区域"}, Tests: []string{"water.TestRegion"}},
	{Document: evaluationRules, Says: "月、季、年评价所需的监测次数", Covered: standard.Yes, By: []string{"water.Book.Section"}, Rows: []string{"water_evaluation/最少次数"},
		Subjects: []string{"water.section"}, Tests: []string{"water.TestAYearIsTheMeanOfItsMonths"}},
	{Document: evaluationRules, Says: "两个时段的比较：ΔG−ΔD，10 和 20 个百分点", Covered: standard.Yes, By: []string{"water.Book.Trend", "water.Book.TrendOf"}, Subjects: []string{"water.trend"},
		Rows: []string{"water_evaluation/趋势"}, Tests: []string{"water.TestTrend"}},
	{Document: evaluationRules, Says: "多年变化趋势（秩相关系数）", Covered: standard.No, Why: "条文没有读到", Confidence: standard.Memory},
	{Document: evaluationRules, Says: "低于检出限的结果以一半参加统计", Covered: standard.Yes, By: []string{"water.Book.Section"}, Rows: []string{"water_evaluation/未检出-统计"},
		Subjects: []string{"water.section"}, Tests: []string{"water.TestSection"}},
	{Document: "“十四五”国家地表水监测及考核方案", Says: "监测项目 9+X", Covered: standard.No, Why: "表内只有说明；测了哪些由使用者决定，没有测的列出", Rows: []string{"water_evaluation/监测项目"},
		Tests: []string{"water.TestTables"}},

	{Document: trophicMethod, Says: "五项指标的营养状态指数和权重", Covered: standard.Yes, By: []string{"water.Book.Trophic", "water.Book.TrophicOf"}, Subjects: []string{"water.trophic"},
		Rows:  []string{"water_evaluation/TLI-叶绿素a", "water_evaluation/TLI-总磷", "water_evaluation/TLI-总氮", "water_evaluation/TLI-透明度", "water_evaluation/TLI-高锰酸盐指数", "water_evaluation/TLI-权重"},
		Tests: []string{"water.TestTrophic", "water.TestKnownMistakesOfTheTrophicIndex"}},
	{Document: trophicMethod, Says: "营养状态分级 30/50/60/70", Covered: standard.Yes, By: []string{"water.Book.Trophic"}, Subjects: []string{"water.trophic"}, Tests: []string{"water.TestTrophicClassBounds"},
		Rows: []string{"water_evaluation/TLI-贫", "water_evaluation/TLI-中营养", "water_evaluation/TLI-轻度", "water_evaluation/TLI-中度", "water_evaluation/TLI-重度"}},
	{Document: rankingRules, Says: "城市水质指数 CWQI", Covered: standard.Yes, Why: "原文没有读到，据行业常识", By: []string{"water.Book.CityIndex"}, Rows: []string{"water_evaluation/CWQI"},
		Subjects: []string{"water.cwqi"}, Tests: []string{"water.TestCityIndex"}},
	{Document: rankingRules, Says: "城市的排名和变化程度", Covered: standard.No, Why: "原文没有读到", Confidence: standard.Memory},
}
