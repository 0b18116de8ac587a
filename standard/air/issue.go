package air

import "pingzhang/standard"

// Issues of this package, beside those of package standard.
const (
	NoEdition    standard.Issue = "air_no_edition"     // no edition of the standard in force on that day is in the tables
	NoColumn     standard.Issue = "air_no_column"      // the table of the index has no column for the item
	AboveTable   standard.Issue = "air_above_table"    // above the column, and what would stand in is not there
	Incomplete   standard.Issue = "air_incomplete"     // an item of the report is missing
	Incoherent   standard.Issue = "air_incoherent"     // one item was given twice with different values
	TooFewMeans  standard.Issue = "air_too_few_means"  // too few valid 8-hour means in the day
	TooFewPoints standard.Issue = "air_too_few_points" // too few valid points of the city
	TooFewInYear standard.Issue = "air_too_few_year"   // too few valid days in the year or quarter
	TooFewMonth  standard.Issue = "air_too_few_month"  // too few valid days in one of its months
	NoStatistic  standard.Issue = "air_no_statistic"   // the evaluation has no such statistic
	NothingDust  standard.Issue = "air_nothing_dust"   // there was no value to deduct
	GapInSeries  standard.Issue = "air_gap_in_series"  // a day of the series has no index
	SeriesShort  standard.Issue = "air_series_short"   // the forecast does not reach far enough
)

var issueTexts = map[standard.Issue]string{
	NoEdition:    "该日期没有可用的标准版本",
	NoColumn:     "分指数表没有该项目的一列",
	AboveTable:   "浓度超出分指数表该列的上限，又没有可以替代的项目",
	Incomplete:   "有项目缺测或无效",
	Incoherent:   "同一项目给出了两个不同的值",
	TooFewMeans:  "当日有效的 8 小时均值个数不足",
	TooFewPoints: "有效点位数不足",
	TooFewInYear: "时段内有效天数不足",
	TooFewMonth:  "有月份的有效天数不足",
	NoStatistic:  "评价规范没有该统计项目",
	NothingDust:  "该日没有可扣除的数值",
	GapInSeries:  "序列中有日期没有指数",
	SeriesShort:  "预测天数不够",
}

func init() { standard.DescribeIssues(issueTexts) }

// Text returns the reason in Chinese, for issues of this package and of package
// standard.
func Text(i standard.Issue) string { return i.Text() }
