package carbon

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
	ecologyRules  = "环监测〔2021〕99号"
	ecologyBefore = "HJ 192-2015"
)

// grid lists the announcements of factors of electricity.
func grid(document, says string) standard.Clause {
	return standard.Clause{Document: document, Says: says, Covered: standard.Yes, Why: "没有公布的地区和年份没有因子，不以其他的代替", By: []string{"carbon.Book.Grid", "carbon.Emission"},
		Rows: []string{"carbon_grid"}, Subjects: []string{"carbon.grid"}, Tests: []string{"carbon.TestFactors"}}
}

// Clauses are the clauses that this package carries out.
var Clauses = []standard.Clause{
	grid("公告 2025 年第 47 号", "2023 年电力二氧化碳排放因子（全国、黑龙江）"),
	grid("公告 2024 年第 33 号", "2022 年电力二氧化碳排放因子（全国）"),
	grid("公告 2024 年第 12 号", "2021 年电力二氧化碳排放因子（全国）"),
	grid("电力二氧化碳排放因子", "其他省份、区域和年份的因子，公告编号没有读到"),
	grid("电力二氧化碳排放因子（不包括市场化交易的非化石能源电量）", "2023 年，全国"),
	{Document: "碳排放强度核算燃料排放因子", Says: "煤炭、油品、天然气的因子", Covered: standard.Yes, By: []string{"carbon.Book.Fuel", "carbon.Emission"}, Rows: []string{"carbon_fuel"},
		Subjects: []string{"carbon.fuel"}, Tests: []string{"carbon.TestEmission"}},
	{Document: "外购热力排放因子", Says: "外购热力的因子", Covered: standard.Yes, By: []string{"carbon.Book.Fuel", "carbon.Emission"}, Rows: []string{"carbon_fuel"},
		Subjects: []string{"carbon.fuel"}, Tests: []string{"carbon.TestFactors"}},
	{Document: "碳排放强度下降率核算", Says: "强度和下降率，生产总值用不变价", Covered: standard.Yes, By: []string{"carbon.Book.Intensity", "carbon.Book.Decline"}, Rows: []string{"carbon_rules"},
		Subjects: []string{"carbon.intensity"}, Tests: []string{"carbon.TestIntensity"}},
	{Document: "年均下降率和序时进度", Says: "(1−r)ⁿ＝1−t；第 k 年 1−(1−t)^(k/n)", Covered: standard.Yes, By: []string{"carbon.Book.Yearly", "carbon.Book.Line", "carbon.Book.Progress"},
		Rows: []string{"carbon_rules"}, Subjects: []string{"carbon.intensity"}, Tests: []string{"carbon.TestYearly", "carbon.TestProgress"}},
	{Document: "碳排放强度下降目标（2021-2025）", Says: "全国累计降低 18%", Covered: standard.Yes, By: []string{"carbon.Book.Targets"}, Rows: []string{"carbon_targets"}, Tests: []string{"carbon.TestTargets"}},
	{Document: "碳排放强度下降目标（2026-2030）", Says: "全国累计降低 17%", Covered: standard.Yes, By: []string{"carbon.Book.Targets"}, Rows: []string{"carbon_targets"}, Tests: []string{"carbon.TestTargets"}},
	{Document: "碳排放强度下降目标（2026）", Says: "全国降低 3.8% 左右", Covered: standard.Yes, By: []string{"carbon.Book.Targets"}, Rows: []string{"carbon_targets"}, Tests: []string{"carbon.TestTargets"}},
	{Document: ecologyRules, Says: "EQI 的四个部分和权重", Covered: standard.Partial, Why: "由分指数计算 EQI；分指数本身的计算没有读到", By: []string{"carbon.Book.Index", "carbon.Book.Parts"},
		Rows:     []string{"ecology_quality/EQI-生态", "ecology_quality/EQI-生物"},
		Subjects: []string{"index.eqi"}, Tests: []string{"carbon.TestIndex"}},
	{Document: ecologyRules, Says: "EQI 的分级和变化分级", Covered: standard.Yes, By: []string{"carbon.Book.Class", "carbon.Book.Change"}, Subjects: []string{"index.eqi"}, Tests: []string{"carbon.TestClasses"},
		Rows: []string{"ecology_quality/EQI-一", "ecology_quality/EQI-二", "ecology_quality/EQI-三", "ecology_quality/EQI-四", "ecology_quality/EQI-五", "ecology_quality/EQI-变化"}},
	{Document: ecologyRules, Says: "已公布的全国 EQI", Covered: standard.Yes, By: []string{"carbon.Book.Published"}, Rows: []string{"ecology_quality/EQI-全国"}, Tests: []string{"carbon.TestClasses"}},
	{Document: ecologyBefore, Says: "EI 的公式、分级和变化分级", Covered: standard.Partial, Why: "由分指数计算 EI；分指数本身的计算没有读到", Subjects: []string{"index.eqi"},
		By: []string{"carbon.Book.Index", "carbon.Book.Class", "carbon.Book.Change"}, Rows: []string{"ecology_quality/EI-"}, Tests: []string{"carbon.TestIndex", "carbon.TestClasses"}},
}
