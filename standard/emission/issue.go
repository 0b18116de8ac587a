package emission

import "pingzhang/standard"

// Issues of an emission, besides those of package standard. Those that end in
// Needed name the circumstance that was not stated.
const (
	NoRow             standard.Issue = "no_row"             // no row applies
	LevelNeeded       standard.Issue = "level_needed"       // in use, new, special; 一级A …
	TradeNeeded       standard.Issue = "trade_needed"       // the trade or kind of dust
	FuelNeeded        standard.Issue = "fuel_needed"        // coal, oil, which gas
	DeviceNeeded      standard.Issue = "device_needed"      // boiler or turbine
	CapacityNeeded    standard.Issue = "capacity_needed"    // t/h or MW
	BuiltNeeded       standard.Issue = "built_needed"       // when the source was built
	StackNeeded       standard.Issue = "stack_needed"       // the height of the stack
	BuildingsNeeded   standard.Issue = "buildings_needed"   // the height of the buildings around it
	TemperatureNeeded standard.Issue = "temperature_needed" // that of the water
	StackTooLow       standard.Issue = "stack_too_low"      // lower than the document allows
	StackBeyond       standard.Issue = "stack_beyond"       // higher than the table, and no rule for that
	RowsDisagree      standard.Issue = "rows_disagree"      // several rows apply with different figures
	WordsOnly         standard.Issue = "words_only"         // the limit, or a part of it, is in words
	AlphaImplausible  standard.Issue = "alpha_implausible"  // an excess-air coefficient below 1
	NoAlphaReference  standard.Issue = "no_alpha_reference" // none was given
	NoMolarMass       standard.Issue = "no_molar_mass"
	StateImplausible  standard.Issue = "state_implausible" // pressure, temperature or moisture that cannot be
	TooFewBefore      standard.Issue = "too_few_before"    // not enough valid hours before a gap
	ExcuseUnknown     standard.Issue = "excuse_unknown"    // cannot be said whether a mark excuses
)

var issueTexts = map[standard.Issue]string{
	NoRow:             "没有适用的限值",
	LevelNeeded:       "须说明执行的级别（在用、新建、特别排放限值，或一级、二级、三级等）",
	TradeNeeded:       "须说明行业或污染物种类",
	FuelNeeded:        "须说明燃料种类",
	DeviceNeeded:      "须说明是锅炉还是燃气轮机组",
	CapacityNeeded:    "须说明锅炉容量（t/h 或 MW）",
	BuiltNeeded:       "须说明建设时间",
	StackNeeded:       "须说明排气筒高度",
	BuildingsNeeded:   "须说明周围 200 m 内最高建筑物的高度",
	TemperatureNeeded: "须说明水温",
	StackTooLow:       "排气筒低于标准允许的高度，没有排放速率限值",
	StackBeyond:       "排气筒高于表列高度，标准没有外推的规定",
	RowsDisagree:      "有几行限值同时适用而数值不同，须查明",
	WordsOnly:         "限值或其条件是文字规定，须人工判断",
	AlphaImplausible:  "过量空气系数小于 1，不能折算",
	NoAlphaReference:  "没有规定的过量空气系数，不能折算",
	NoMolarMass:       "没有摩尔质量，不能换算",
	StateImplausible:  "烟气压力、温度或含湿量不可能，不能换算",
	TooFewBefore:      "缺失时段之前的有效小时值不足",
	ExcuseUnknown:     "不能确定标记的工况是否在规定时限内，不能判定",
}

func init() { standard.DescribeIssues(issueTexts) }

// IssueText returns an issue of this package or of package standard in Chinese.
func IssueText(i standard.Issue) string { return i.Text() }
