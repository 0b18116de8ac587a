package water

import "pingzhang/standard"

// Issues of this package, besides those of package standard.
const (
	NoItem           standard.Issue = "water_no_item"        // the tables do not name the item
	NoLimitHere      standard.Issue = "no_limit_here"        // the item has no limit for this kind of water
	LakesOnly        standard.Issue = "lakes_only"           // total nitrogen, asked for a river
	NoClasses        standard.Issue = "no_classes"           // the item has no classes: temperature, tables 2 and 3
	BodyOdd          standard.Issue = "body_odd"             // neither river nor lake
	ClassOdd         standard.Issue = "class_odd"            // a target class that is not of I to V
	FigureMissing    standard.Issue = "water_figure_missing" // the row is there, its figure was not found
	Implausible      standard.Issue = "implausible"          // cannot be: pH above 14
	NoDetectionLimit standard.Issue = "no_detection_limit"   // 未检出, and nothing says below what
	DetectionCoarse  standard.Issue = "detection_coarse"     // the detection limit lies above the limit of class III
	DateOdd          standard.Issue = "date_odd"             // a day that is none
	OutsidePeriod    standard.Issue = "outside_period"       // sampled on a day outside the period
	Duplicate        standard.Issue = "duplicate"            // the same value of an item on the same day
	SameDay          standard.Issue = "same_day"             // another value of an item on the same day
	ConditionOdd     standard.Issue = "condition_odd"        // a condition that is not of the list
	ValuesUnused     standard.Issue = "values_unused"        // values of a visit marked 冰封期 or 断流
	TooFewResults    standard.Issue = "too_few_results"      // fewer results than the period asks for
	NoRatedItem      standard.Issue = "no_rated_item"        // none of the 21 items has a value
	ItemsUnjudged    standard.Issue = "items_unjudged"       // items were reported and none of their values is usable
	ItemsMissing     standard.Issue = "items_missing"        // items that are needed were not measured
	IceBound         standard.Issue = "ice_bound"            // under ice all the time
	NoFlowing        standard.Issue = "no_flow_section"      // without flow all the time
	MixedStates      standard.Issue = "mixed_states"         // partly ice, partly no flow, no values
	NoRule           standard.Issue = "water_no_rule"        // no rule in force on the day
	NoSections       standard.Issue = "no_sections"          // nothing to evaluate
	PeriodsDiffer    standard.Issue = "periods_differ"       // sections of different periods
	BodiesDiffer     standard.Issue = "bodies_differ"        // rivers and lakes in one mean
	SectionsUnknown  standard.Issue = "sections_unknown"     // sections of unknown class could change the outcome
	SectionsDiffer   standard.Issue = "sections_differ"      // the periods compared have different numbers of sections
	NotPositive      standard.Issue = "not_positive"         // has no logarithm
	TrophicLakes     standard.Issue = "trophic_lakes"        // the trophic index, asked for a river
	IndexUndefined   standard.Issue = "index_undefined"      // the formula divides by zero
	EditionChanged   standard.Issue = "edition_changed"      // another edition came into force within the period
)

var issueTexts = map[standard.Issue]string{
	NoItem:           "标准没有规定这一项目",
	NoLimitHere:      "标准没有为这类水体规定该项目的限值",
	LakesOnly:        "总氮只用于湖泊、水库，河流不评",
	NoClasses:        "该项目不分类别",
	BodyOdd:          "没有说明是河流还是湖库",
	ClassOdd:         "目标类别应为Ⅰ类至Ⅴ类",
	FigureMissing:    "该项目的限值未查到，不能判定",
	Implausible:      "数值超出可能的范围",
	NoDetectionLimit: "未检出，但没有注明检出限",
	DetectionCoarse:  "检出限高于Ⅲ类限值，方法不适用于评价",
	DateOdd:          "采样日期有误",
	OutsidePeriod:    "采样日期不在评价时段内，未参加评价",
	Duplicate:        "同一天同一项目的数值重复，只计一次",
	SameDay:          "同一天同一项目有几个不同的数值，都参加平均",
	ConditionOdd:     "不认识的断面状态，未参加评价",
	ValuesUnused:     "断面标记为冰封期或断流，数值未参加评价",
	TooFewResults:    "监测次数少于规定，结果仅供参考",
	NoRatedItem:      "没有可用于评价的项目",
	ItemsUnjudged:    "有项目已上报但不能判定",
	ItemsMissing:     "缺少应测项目",
	IceBound:         "冰封期，没有水质数据",
	NoFlowing:        "断流，没有水质数据",
	MixedStates:      "时段内既有冰封又有断流，没有水质数据",
	NoRule:           "该日期没有施行的评价规定",
	NoSections:       "没有可评价的断面（点位）",
	PeriodsDiffer:    "各断面（点位）的评价时段不同",
	BodiesDiffer:     "河流与湖库不能合并平均",
	SectionsUnknown:  "有断面类别未知，可能改变评价结果",
	SectionsDiffer:   "两个时段的断面数不同",
	NotPositive:      "数值不大于零，不能取对数",
	TrophicLakes:     "营养状态只评湖泊、水库",
	IndexUndefined:   "浓度为零，指数没有意义",
	EditionChanged:   "时段内标准换版，按时段末日施行的版本评价",
}

func init() { standard.DescribeIssues(issueTexts) }

// IssueText returns an issue of this package or of package standard in Chinese.
func IssueText(i standard.Issue) string { return i.Text() }

// A Flag is an issue of one value, one item or the whole, beside the text as it
// was reported.
type Flag struct {
	Issue standard.Issue `json:"issue"`
	Item  string         `json:"item,omitempty"`
	On    standard.Date  `json:"on,omitempty"`
	Value string         `json:"value,omitempty"`
}

// Text returns the flag as a sentence.
func (f Flag) Text() string {
	text := ""
	for _, part := range []string{string(f.On), f.Item, f.Value} {
		if part != "" {
			text += part + " "
		}
	}
	if text == "" {
		return IssueText(f.Issue)
	}
	return text[:len(text)-1] + "：" + IssueText(f.Issue)
}
