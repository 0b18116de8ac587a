package subject

import (
	"pingzhang/standard"
	"pingzhang/standard/water"
)

var (
	itemKey = Key{"item", "项目", "名称、符号或代码：氨氮、NH3-N、nh3n"}
	bodyKey = Key{"body", "水体", "河流（river）或湖库（lake）；不写为河流"}
	resultK = Key{"value", "数值", "带计量单位（pH 没有）；<0.01 mg/L、0.01L mg/L、未检出等写法照写"}
	limitOf = Key{"detection_limit", "检出限", "数值写作未检出时的检出限，单位与数值相同"}
	warmthK = Key{"temperature", "水温", "℃，与溶解氧一同给定"}
	satK    = Key{"saturation", "饱和率", "%，溶解氧的实测饱和率"}
)

var waterTopics = []topic{
	{Help{
		Name: "water.class", About: "一个监测结果的水质类别（GB 3838 表1）", Dated: true,
		Inputs: []Key{itemKey, bodyKey, resultK, limitOf, warmthK, satK},
		Results: []Key{
			{"class", "类别", "Ⅰ类至Ⅴ类、劣Ⅴ类"}, {"multiple", "超标倍数", "以Ⅲ类限值计；pH、溶解氧、水温没有"}, {"rated", "参评", "是否参加断面评价的 21 项：是或否"},
		},
	}, askWaterClass},
	{Help{
		Name: "water.limit", About: "一类水的限值，以及数值是否达标（GB 3838 表1 至表3）", Dated: true,
		Inputs: []Key{
			itemKey, bodyKey, {"class", "目标类别", "Ⅰ类至Ⅴ类；表2、表3 的项目不分类别。水温一项的数值为人为造成的温升（正）或温降（负）"},
			resultK, limitOf, warmthK, satK,
		},
		Results: []Key{{"max", "上限", "带计量单位"}, {"min", "下限", "带计量单位"}, verdictKey, multipleKey},
	}, askWaterLimit},
	{Help{
		Name: "water.section", About: "断面或点位一个时段的水质（环办〔2011〕22号）", Dated: true,
		Inputs: []Key{
			bodyKey, {"period", "时段", "月（month）、季（quarter）、年（year），即日期所在的；不写为月"},
			{"results", "结果", "项目 数值 单位，以 ；分隔；同一项目第几次出现就是时段内的第几次监测（年评价时为第几个月）"},
			{"condition", "状态", "冰封期（ice）、断流（no_flow）：时段内各次都是"},
		},
		Results: []Key{
			{"class", "类别", "Ⅰ类至Ⅴ类、劣Ⅴ类"}, {"rating", "水质状况", "优、良好、轻度污染、中度污染、重度污染"},
			{"deciding", "定类项目", "以 、 分隔"}, {"main", "主要污染指标", "括号里是超标倍数；以 、 分隔，没有时为 无（none）"},
			{"unmeasured", "未监测", "21 项中没有结果的项数"}, {"too_few", "次数不足", "监测次数少于规定：是或否"},
		},
	}, askSection},
}

var bodies = map[string]string{"河流": string(water.River), "湖库": string(water.Lake)}

func (q *question) body() water.Body {
	if body := q.one("body", bodies); body != "" {
		return water.Body(body)
	}
	return water.River
}

// waterSample reads the result of a question.
func (q *question) waterSample() water.Sample {
	text, unit := q.reading("value")
	plain := func(key string) string { text, _ := q.reading(key); return text }
	return water.Sample{
		Item: q.need("item", "项目"), Value: text, Unit: string(unit), DetectionLimit: plain("detection_limit"),
		Temperature: plain("temperature"), Saturation: plain("saturation"),
	}
}

func askWaterClass(b books, q *question, a *answer) {
	q.need("value", "数值")
	c := b.water.Classify(q.waterSample(), q.body(), q.at)
	if c.Class.Known() {
		a.set("class", c.Class.Name())
	}
	a.number("multiple", c.Multiple, "")
	a.yes("rated", c.Rated)
	a.basis(c.Issue, water.IssueText, c.Arithmetic(), c.Confidence, c.Citations...)
}

func askWaterLimit(b books, q *question, a *answer) {
	item, known := b.water.Item(q.need("item", "项目"))
	if !known {
		a.basis(water.NoItem, water.IssueText, water.IssueText(water.NoItem), standard.Missing)
		return
	}
	if item == water.Temperature {
		a.waterJudged(b.water.JudgeTemperature(q.exact("value"), q.at))
		return
	}
	var class water.Class
	if q.has("class") {
		var ok bool
		if class, ok = water.ParseClass(q.text("class")); !ok || class == water.WorseThanV {
			q.fail("目标类别不能是“%s”，应为Ⅰ类至Ⅴ类", q.text("class"))
			return
		}
	}
	if q.has("value") {
		a.waterJudged(b.water.Judge(q.waterSample(), q.body(), class, q.at))
		return
	}
	l, _, issue := b.water.Limit(item, q.body(), class, q.at)
	a.number("max", l.Max, l.Unit)
	a.number("min", l.Min, l.Unit)
	how := b.water.Name(item) + "限值"
	if issue != "" {
		how = water.IssueText(issue)
	}
	a.basis(issue, water.IssueText, how, l.Confidence, l.Citation)
}

// waterJudged writes a judgement about water.
func (a *answer) waterJudged(j water.Judgement) {
	a.number("max", j.Limit.Max, j.Limit.Unit)
	a.number("min", j.Limit.Min, j.Limit.Unit)
	a.verdict(j.Verdict, j.Multiple)
	a.basis(j.Issue, water.IssueText, j.Arithmetic(), j.Confidence, j.Citations...)
}
