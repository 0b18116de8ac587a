package soil

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
	farmlandStandard    = "GB 15618-2018"
	developmentStandard = "GB 36600-2018"
)

// Clauses are the clauses that this package carries out.
var Clauses = []standard.Clause{
	{Document: farmlandStandard, Clause: "表1", Says: "基本项目的风险筛选值，按 pH 段和用地；水旱轮作地取较严的", Covered: standard.Yes, By: []string{"soil.Book.Farmland"}, Rows: []string{"soil_gb15618"},
		Tests: []string{"soil.TestFarmland", "soil.TestSharedTables"}},
	{Document: farmlandStandard, Clause: "表2", Says: "其他项目的风险筛选值", Covered: standard.Yes, By: []string{"soil.Book.Farmland"}, Rows: []string{"soil_gb15618"}},
	{Document: farmlandStandard, Clause: "表3", Says: "风险管制值（镉、汞、砷、铅、铬）", Covered: standard.Yes, By: []string{"soil.Book.Farmland"}, Rows: []string{"soil_gb15618"}},
	{Document: farmlandStandard, Says: "低于检出限的结果如何判定", Covered: standard.No, Why: "没有读到规定，结果未知", Confidence: standard.SourceExistence},
	{Document: "生态环境法典", Clause: "第444条至第452条", Says: "农用地的优先保护类、安全利用类、严格管控类", Covered: standard.No,
		Why: "按数值对应到哪一类的规定没有读到；在表内填写 category 以后给出", By: []string{"soil.Book.Farmland"}, Rows: []string{"soil_categories"}, Tests: []string{"soil.TestCorrections"}},
	{Document: developmentStandard, Clause: "表1", Says: "基本项目 45 项的筛选值、管制值，第一类、第二类用地；砷、钴、钒的背景值例外", Covered: standard.Yes,
		By: []string{"soil.Book.Development"}, Rows: []string{"soil_gb36600"}, Tests: []string{"soil.TestDevelopment", "soil.TestSharedTables"}},
	{Document: developmentStandard, Clause: "表2", Says: "其他项目 40 项的筛选值、管制值", Covered: standard.Yes, By: []string{"soil.Book.Development"}, Rows: []string{"soil_gb36600"}},
	{Document: developmentStandard, Says: "规划用途不明确的按第一类用地", Covered: standard.Yes, By: []string{"soil.Book.Development"}, Confidence: standard.SourceSecondary,
		Subjects: []string{"soil.development"}, Tests: []string{"soil.TestDevelopment"}},
	{Document: "GB/T 14848-2017", Says: "地下水质量分类指标和限值", Covered: standard.No, Why: "数值没有读到；本局放入 soil_gbt14848.tsv 以后判定", By: []string{"soil.Book.Groundwater"},
		Confidence: standard.Missing, Tests: []string{"soil.TestGroundwater"}},
}
