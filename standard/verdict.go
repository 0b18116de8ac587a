package standard

// A Verdict says whether a value meets its limit. The zero Verdict is as good
// as Unknown: nothing was judged.
type Verdict string

// The verdicts.
const (
	Meets   Verdict = "meets"   // at the limit or on the right side of it
	Exceeds Verdict = "exceeds" // beyond the limit
	Unknown Verdict = "unknown" // cannot be said; an Issue says why
)

// Name returns the Chinese word.
func (v Verdict) Name() string {
	switch v {
	case Meets:
		return "达标"
	case Exceeds:
		return "超标"
	}
	return "未知"
}

// An Issue is a named reason why a number is missing or proves nothing. The
// empty Issue is none.
type Issue string

// Issues of a text that is no number.
const (
	NoValue        Issue = "no_value"        // there is no text
	NotMeasured    Issue = "not_measured"    // a stroke, a slash, 未测
	BelowDetection Issue = "below_detection" // <0.01, 0.01L, 未检出
	NotFinite      Issue = "not_finite"      // NaN, Inf
	FullWidth      Issue = "full_width"      // １２．３
	TooLong        Issue = "too_long"        // 1e400, hundreds of digits
	NotNumber      Issue = "not_number"      // anything else
)

// Issues of a number that proves nothing.
const (
	NoUnit            Issue = "no_unit"            // value or limit has no unit
	UnitUnknown       Issue = "unit_unknown"       // a unit that is not of the list
	UnitMismatch      Issue = "unit_mismatch"      // value and limit measure different things
	PeriodMismatch    Issue = "period_mismatch"    // an hour value for a limit on day means, or the like
	Negative          Issue = "negative"           // below zero where that cannot be
	Implausible       Issue = "implausible"        // more than there can be; see Unit.Possible
	NoOxygen          Issue = "no_oxygen"          // oxygen content was not measured
	OxygenHigh        Issue = "oxygen_high"        // at 21 % or above: plain air
	OxygenNegative    Issue = "oxygen_negative"    // below 0 %
	Dilution          Issue = "dilution"           // above the ceiling set for start-up and shut-down
	NoLimit           Issue = "no_limit"           // the limit has no figure
	LimitFaulty       Issue = "limit_faulty"       // minimum above maximum, reference oxygen of 21 % or more
	NotInForce        Issue = "not_in_force"       // the limit was not in force on the day of the sample
	MarkedInvalid     Issue = "marked_invalid"     // marked invalid by the rules for marking
	AbnormalCondition Issue = "abnormal_condition" // marked 非正常工况
)

// Issues of a mean.
const (
	TooFewMinutes Issue = "too_few_minutes" // the hour is not covered long enough
	TooFewHours   Issue = "too_few_hours"   // the day has too few valid hours
	TooFewDays    Issue = "too_few_days"    // the month has too few valid days
	NoFlow        Issue = "no_flow"         // the flow to weigh with was not measured
	NoDischarge   Issue = "no_discharge"    // the flow was zero all the time
	NoRule        Issue = "no_rule"         // no rule in force says when such a mean counts
	CaptureLow    Issue = "capture_low"     // too small a share of the data is valid
)

var issueTexts = map[Issue]string{
	NoValue:           "没有数据",
	NotMeasured:       "未监测",
	BelowDetection:    "低于检出限，没有给出数值",
	NotFinite:         "上报的不是有限的数值",
	FullWidth:         "数值里有全角字符",
	TooLong:           "数值过长或过大",
	NotNumber:         "不是数值",
	NoUnit:            "没有注明计量单位",
	UnitUnknown:       "计量单位不认识",
	UnitMismatch:      "数据与限值的计量单位不是同一类",
	PeriodMismatch:    "数据与限值的统计时段不同",
	Negative:          "数值为负，仪器可能漂移或故障",
	Implausible:       "数值超出可能的范围",
	NoOxygen:          "没有含氧量，不能折算",
	OxygenHigh:        "含氧量达到或超过 21%，测的是空气，不能折算",
	OxygenNegative:    "含氧量为负，不能折算",
	Dilution:          "含氧量过高，处于启停稀释状态，折算没有意义",
	NoLimit:           "没有限值",
	LimitFaulty:       "限值设置有误",
	NotInForce:        "限值在该日期没有施行",
	MarkedInvalid:     "数据已标记为无效",
	AbnormalCondition: "数据已标记为非正常工况",
	TooFewMinutes:     "本小时有效数据的分钟数不足",
	TooFewHours:       "当日有效小时数不足",
	TooFewDays:        "当月有效天数不足",
	NoFlow:            "没有流量，不能加权平均",
	NoDischarge:       "流量为零，没有排放",
	NoRule:            "没有适用的数据有效性规则",
	CaptureLow:        "有效数据捕集率不足",
}

// DescribeIssues says in Chinese what the issues of a package mean that builds on
// this one. It is called as the program starts; an issue that is described already
// panics, since two packages would then mean two things by one word.
func DescribeIssues(texts map[Issue]string) {
	for i, text := range texts {
		if have, ok := issueTexts[i]; ok && have != text {
			panic("standard: issue " + string(i) + " is described twice")
		}
		issueTexts[i] = text
	}
}

// Text returns the reason in Chinese; empty for none.
func (i Issue) Text() string {
	if text, ok := issueTexts[i]; ok || i == "" {
		return text
	}
	return "原因不明（" + string(i) + "）"
}

// A Period is what time a value stands for.
type Period string

// The periods.
const (
	Instant   Period = "instant" // a momentary or real-time value, a single grab sample
	Minute    Period = "minute"
	Hour      Period = "hour"
	EightHour Period = "8h"
	Day       Period = "day"
	Month     Period = "month"
	Quarter   Period = "quarter"
	Year      Period = "year"
)

// Name returns what the trade calls a value of the period.
func (p Period) Name() string {
	switch p {
	case Instant:
		return "瞬时值"
	case Minute:
		return "分钟均值"
	case Hour:
		return "小时均值"
	case EightHour:
		return "8 小时均值"
	case Day:
		return "日均值"
	case Month:
		return "月均值"
	case Quarter:
		return "季均值"
	case Year:
		return "年均值"
	}
	return string(p)
}
