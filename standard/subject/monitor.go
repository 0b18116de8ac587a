package subject

import (
	"fmt"
	"strconv"
	"strings"

	"pingzhang/standard"
	"pingzhang/standard/emission"
)

var mediumKey = Key{"medium", "介质", "废气（gas）或废水（water）"}

var monitorTopics = []topic{
	{Help{
		Name: "monitor.validity", About: "自动监测的均值是否有效，季度捕集率是否足够（HJ 75、HJ 356）", Dated: true,
		Inputs: []Key{
			mediumKey, {"period", "时段", "小时（hour）、日（day）、月（month）、季（quarter）"}, {"minutes", "分钟数", "小时：有效数据的分钟数"},
			{"values", "数值", "日：各小时值，月：各日值，以 、 分隔，50×20 表示 20 个 50，无效写 —"}, {"flows", "流量", "日（废水）：各小时的流量，停排写 0，没有测写 —"},
			{"hours", "有效时数", "季：有效小时数"}, {"due", "应有时数", "季：应有小时数"},
		},
		Results: []Key{{"valid", "有效", "是或否"}, {"mean", "均值", "精确数"}, {"have", "有效个数", "有效的分钟、小时或天数"}, {"need", "应有个数", "规定没有给出时未知"}, {"capture", "捕集率", "精确数"}},
	}, askMonitor},
	{Help{
		Name: "emission.substitute", About: "核算排放量时，缺失的小时用什么替代（HJ 75、HJ 356）", Dated: true,
		Inputs: []Key{
			mediumKey, {"capture", "捕集率", "季度有效数据捕集率，%"}, {"gap", "缺失时长", "h"},
			{"before", "前值", "缺失之前的有效小时值，最近的在后，以 、 分隔，50×180 表示 180 个 50"},
		},
		Results: []Key{{"value", "替代值", "与前值同单位"}},
	}, askSubstitute},
	{Help{
		Name: "emission.mark", About: "标记过的自动监测数据能否作为判定超标的依据（公告 2022 年第 21 号）", Dated: true,
		Inputs: []Key{
			{"mark", "标记", "无效（invalid）、非正常工况（abnormal）或无（none）"}, {"industry", "行业", "燃煤锅炉、火电、水泥、烧结"}, {"phase", "阶段", "冷启动、热启动、停炉、启动、停机等"},
			{"pollutant", "污染物", "名称或符号"}, {"lasted", "已持续", "h"}, {"proper", "规范运行", "是或否；不写为是"},
		},
		Results: []Key{{"judged", "可判定", "是、否；不能确定时未知"}},
	}, askMark},
	{Help{
		Name: "emission.furnace", About: "生活垃圾焚烧炉一日的炉膛温度（部令第10号）", Dated: true,
		Inputs:  []Key{{"values", "数值", "5 min 均值，℃，以 、 分隔，860×280 表示 280 个 860，缺测写 —"}},
		Results: []Key{verdictKey, {"cold", "低温次数", "低于 850 ℃ 的个数"}, {"missing", "缺测", "个数"}},
	}, askFurnace},
}

func (q *question) medium() standard.Medium {
	q.need("medium", "介质")
	return standard.Medium(q.one("medium", map[string]string{"废气": string(standard.WasteGas), "废水": string(standard.WasteWater)}))
}

func askMonitor(b books, q *question, a *answer) {
	medium := q.medium()
	v := b.emission.Validity(medium, q.at)
	q.need("period", "时段")
	period := q.one("period", map[string]string{"小时": "hour", "日": "day", "月": "month", "季": "quarter"})
	if q.err != nil {
		return
	}
	var m standard.Mean
	switch period {
	case "hour":
		q.need("minutes", "分钟数")
		m = v.HourMean(q.whole("minutes"), []standard.Exact{standard.Int(1)})
		m.Value = standard.Exact{} // the question has none
	case "day":
		m = v.DayMean(q.hourly())
	case "month":
		var days []standard.Mean
		for _, x := range q.numbers("values") {
			days = append(days, standard.Mean{Value: x, Valid: x.IsSet()})
		}
		m = v.MonthMean(int(q.time().Month()), days)
	case "quarter":
		a.capture(q, v)
		return
	}
	a.yes("valid", m.Valid)
	a.number("mean", m.Value, "")
	a.set("have", strconv.Itoa(m.Have))
	if m.Need.Known {
		a.set("need", strconv.Itoa(m.Need.Least))
	}
	confidence := m.Need.Citation.Confidence
	if v.FlowWeighted && period == "day" {
		confidence = confidence.Weaker(v.Weighing.Confidence)
	}
	a.basis(m.Issue, standard.Issue.Text, fmt.Sprintf("有 %d 个，须 %d 个", m.Have, m.Need.Least), confidence, m.Need.Citation)
}

// hourly reads the hours of a day with their flows.
func (q *question) hourly() []standard.Hourly {
	values, flows := q.numbers("values"), []standard.Exact{}
	if q.has("flows") {
		flows = q.numbers("flows")
	}
	var all []standard.Hourly
	for i, x := range values {
		h := standard.Hourly{Value: x, Valid: x.IsSet()}
		if i < len(flows) {
			h.Flow = flows[i]
		}
		all = append(all, h)
	}
	return all
}

// capture answers for a quarter.
func (a *answer) capture(q *question, v standard.Validity) {
	q.need("hours", "有效时数")
	q.need("due", "应有时数")
	have, due := q.whole("hours"), q.whole("due")
	rate, issue := v.Capture(have, due)
	a.yes("valid", issue == "")
	a.number("capture", rate, "")
	a.basis(issue, standard.Issue.Text, fmt.Sprintf("%d÷%d=%s，须 %s%%", have, due, rate.Round(4), v.CapturePercent), v.CaptureCitation.Confidence, v.CaptureCitation)
}

func askSubstitute(b books, q *question, a *answer) {
	q.need("before", "前值")
	g := emission.Gap{
		Medium: q.medium(), Capture: q.exact("capture").Quo(standard.Int(100)), Hours: q.whole("gap"), Before: q.numbers("before"), On: q.at,
	}
	if q.err != nil {
		return
	}
	r := b.emission.Substitute(g)
	a.main("value", r.Value, "")
	a.basis(r.Issue, emission.IssueText, r.Arithmetic, r.Confidence, r.Citation)
}

func askMark(b books, q *question, a *answer) {
	q.need("mark", "标记")
	mark := q.one("mark", map[string]string{"无效": "invalid", "非正常工况": "abnormal", "无": "none"})
	m := emission.Mark{
		Invalid: mark == "invalid", Abnormal: mark == "abnormal", Industry: q.text("industry"), Phase: q.text("phase"), Pollutant: q.text("pollutant"),
		Hours: q.exact("lasted"), Neglected: q.has("proper") && !q.yes("proper"), On: q.at,
	}
	if q.err != nil {
		return
	}
	basis := b.emission.Basis(m)
	if basis.Issue != emission.ExcuseUnknown {
		a.yes("judged", basis.Issue == "")
	}
	a.basis(basis.Issue, emission.IssueText, strings.Join(basis.Because, "；"), basis.Confidence, basis.Citation)
}

func askFurnace(b books, q *question, a *answer) {
	q.need("values", "数值")
	d := b.emission.FurnaceDay(q.numbers("values"), q.at)
	a.verdict(d.Verdict, standard.Exact{})
	a.set("cold", strconv.Itoa(d.Cold))
	a.set("missing", strconv.Itoa(d.Missing))
	a.basis(d.Issue, emission.IssueText, d.Arithmetic, d.Confidence, d.Citation)
}
