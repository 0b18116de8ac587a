package standard

import (
	_ "embed"
	"strings"
)

// A Coverage says how far a clause is carried out.
type Coverage string

// The degrees of coverage.
const (
	Yes     Coverage = "yes"     // all of it that can be executed
	Partial Coverage = "partial" // a part; Clause.Why says which is left out
	No      Coverage = "no"      // nothing; Clause.Why says why not
)

// Name returns the Chinese word.
func (c Coverage) Name() string {
	switch c {
	case Yes:
		return "已实现"
	case Partial:
		return "部分实现"
	}
	return "未实现"
}

// A Clause is a clause of a standard and how far this library carries it out. Each
// package lists those that it is about beside its code, as Clauses; package
// internal/coverage of the product puts them together, and its tests hold them
// against the code, the tables and the rule scripts.
type Clause struct {
	Document string // as Citation.Number writes it, or the title of what has no number
	Clause   string // 表1, 4.4.2; empty where no number of it was read
	Says     string // in words of our own, Chinese
	Covered  Coverage
	Why      string // what is left out and why, Chinese; empty for all of it
	// By are the functions and methods that carry it out, with the name of their
	// package: air.Book.Limit, standard.Judge.
	By []string
	// Rows are the rows of the catalog that hold its figures, as TABLE or
	// TABLE/PREFIX of their keys. Where there is no Clause they tell the rows of
	// one rule from those of another.
	Rows []string
	// Subjects are those of rule scripts that ask about it. Where there is no
	// Clause they tell the cases of one rule from those of another.
	Subjects []string
	Tests    []string // of Go, with the name of their package: air.TestRank
	// Confidence in the text where no row holds it.
	Confidence Confidence
	// Recalled says that its number is from general knowledge of the trade and was
	// not compared with the text.
	Recalled bool
}

// Name returns document and clause.
func (c Clause) Name() string { return strings.TrimSpace(c.Document + " " + c.Clause) }

// Is reports whether c is the clause that a citation or a row names by number, or
// holds it: 表2 holds 表2-13. Every clause is the one without a number.
func (c Clause) Is(number string) bool {
	return c.Clause == number || c.Clause != "" && strings.HasPrefix(number, c.Clause+"-")
}

// Named returns the document of c as clauses name it: its number, or its title.
func (c Citation) Named() string {
	if n := c.Number(); n != "" {
		return n
	}
	return c.Title
}

// Numbers parts the clauses that c names: 表1、4.4 are two. It is one empty
// number where c names none.
func (c Citation) Numbers() []string {
	return strings.Split(strings.ReplaceAll(c.Clause, "（资料性）", ""), "、")
}

// Index is index.tsv: the standards that the library is about, a line each.
//
//go:embed index.tsv
var Index string

// Divergences is DIVERGENCES.md: where and why the library differs from a text or
// from common practice.
//
//go:embed DIVERGENCES.md
var Divergences string

// Clauses are the clauses that this package carries out.
var Clauses = []Clause{
	{Document: "GB/T 8170-2008", Clause: "3.2", Says: "进舍规则：四舍六入五成双", Covered: Yes, Confidence: Memory, Recalled: true,
		By: []string{"standard.Exact.Round", "standard.Exact.Rounded"}, Subjects: []string{"number.round"}, Tests: []string{"standard.TestRound"}},
	{Document: "GB/T 8170-2008", Clause: "3.3", Says: "一次修约，不得连续修约", Covered: Yes, Confidence: Memory, Recalled: true,
		By: []string{"standard.Exact.Round"}, Subjects: []string{"number.round"}},
	{Document: "GB/T 8170-2008", Clause: "4.3.3", Says: "全数值比较法：比较不修约的数", Covered: Yes, Confidence: Memory, Recalled: true,
		By: []string{"standard.Judge"}, Subjects: []string{"number.judge"}, Tests: []string{"standard.TestJudge"}},
	{Document: "GB/T 8170-2008", Says: "修约值比较法", Covered: No, Why: "各标准没有要求时用全数值比较法；要求先修约的（HJ 633-2026）由该标准的程序执行", Confidence: Memory},
	{Document: "GB 13271-2014", Clause: "5.2", Says: "折算到基准含氧量：c×(21−基准)/(21−实测)；燃煤 9%，燃油、燃气 3.5%", Covered: Yes,
		By: []string{"standard.AtReferenceOxygen", "standard.Judge"}, Rows: []string{"auto_monitoring"}, Subjects: []string{"number.judge", "emission.judge", "emission.convert"},
		Tests: []string{"standard.TestJudge"}},
	{Document: "GB 13223-2011", Says: "基准含氧量：燃煤 6%，燃油、燃气 3%，燃气轮机组 15%", Covered: Yes, By: []string{"standard.AtReferenceOxygen"},
		Rows: []string{"auto_monitoring/火电厂"}, Subjects: []string{"emission.judge"}},
	{Document: "GB 18485-2014", Says: "基准含氧量 11%", Covered: Yes, By: []string{"standard.AtReferenceOxygen"}, Rows: []string{"auto_monitoring/生活垃圾焚烧炉"},
		Subjects: []string{"emission.judge"}},
	{Document: "HJ 75-2017", Says: "小时均值：至少 45 分钟有效数据", Covered: Yes, By: []string{"standard.Validity.HourMean"}, Rows: []string{"auto_monitoring/废气-小时"},
		Subjects: []string{"monitor.validity"}, Tests: []string{"standard.TestHourMean"}},
	{Document: "HJ 75-2017", Says: "日均值、月均值：最少有效小时数、天数，日均值为算术平均", Covered: Yes, By: []string{"standard.Validity.DayMean", "standard.Validity.MonthMean"},
		Rows:     []string{"auto_monitoring/废气-日均值", "auto_monitoring/废气-月均值", "auto_monitoring/废气-二月"},
		Subjects: []string{"monitor.validity"}, Tests: []string{"standard.TestDayMean", "standard.TestMonthMean"}},
	{Document: "HJ 75-2017", Says: "季度有效数据捕集率达到 75% 方可用于核算排放量", Covered: Yes, By: []string{"standard.Validity.Capture"}, Rows: []string{"auto_monitoring/废气-季度"},
		Subjects: []string{"monitor.validity"}, Tests: []string{"standard.TestCapture"}},
	{Document: "HJ 356-2019", Clause: "7", Says: "有效均值：日均值按流量加权；最少小时数、天数", Covered: Partial, Why: "条款的数字没有读到，最少小时数、天数与废气相同，为推定",
		By: []string{"standard.Validity.DayMean", "standard.Validity.MonthMean"}, Rows: []string{"auto_monitoring/废水"}, Subjects: []string{"monitor.validity"},
		Tests: []string{"standard.TestDayMean"}},
	{Document: "HJ 356-2019", Says: "季度有效数据捕集率", Covered: Yes, By: []string{"standard.Validity.Capture"}, Rows: []string{"auto_monitoring/废水-季度"},
		Subjects: []string{"monitor.validity"}, Tests: []string{"standard.TestCapture"}},
	{Document: "HJ 91.1-2019", Says: "“检出限加 L”的写法", Covered: Partial, Why: "只识别写法，原文未读到", Confidence: Memory,
		By: []string{"standard.Read"}, Tests: []string{"standard.TestParse"}},
	{Document: "生态环境部公告 2022 年第 21 号", Says: "当日数据的人工标记在次日 12 时前完成", Covered: Partial, Why: "时刻是数据；到时是否标记由使用者判断",
		By: []string{"standard.Rules.At"}, Rows: []string{"auto_monitoring/人工标记"}, Tests: []string{"standard.TestShippedRules"}},
}
