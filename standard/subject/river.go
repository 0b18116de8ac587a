package subject

import (
	"strconv"
	"strings"

	"pingzhang/standard/water"
)

var (
	sectionsKey = Key{"sections", "断面", "各断面（点位）以 ｜ 分隔：项目 数值 单位，以 ；分隔；或 冰封期、断流。前面写 9 个 表示 9 个一样的断面"}
	periodKey   = Key{"period", "时段", "月（month）、季（quarter）、年（year），即日期所在的；不写为月"}
)

var groupResults = []Key{
	{"rating", "水质状况", "优、良好、轻度污染、中度污染、重度污染"}, {"class", "类别", "先平均再评价时，平均值的类别"},
	{"good", "优良比例", "Ⅰ～Ⅲ类断面的 %，精确数"}, {"worst", "劣Ⅴ类比例", "%，精确数"}, {"main", "主要污染指标", "以 、 分隔；没有时为 无（none）"},
	{"judged", "参评断面", "有类别的断面个数"}, {"best", "最好", "类别未知的断面都优良时的水质状况"}, {"bad", "最差", "类别未知的断面都是劣Ⅴ类时的水质状况"},
}

var riverTopics = []topic{
	{Help{
		Name: "water.river", About: "河流的水质：少于 5 个断面的先平均，其余按类别比例（环办〔2011〕22号）", Dated: true,
		Inputs: []Key{sectionsKey, periodKey}, Results: groupResults,
	}, askRiver},
	{Help{
		Name: "water.lake", About: "湖泊、水库的水质：点位平均后单因子评价（环办〔2011〕22号）", Dated: true,
		Inputs: []Key{sectionsKey, periodKey}, Results: groupResults,
	}, askLake},
	{Help{
		Name: "water.trend", About: "河流两个时段的比较（环办〔2011〕22号）", Dated: true,
		Inputs:  []Key{{"before", "前", "前一时段的断面，写法同 断面"}, {"after", "后", "日期所在时段的断面"}},
		Results: []Key{{"trend", "变化", "无明显变化、有所好转、明显好转、有所变差、明显变差"}, {"good", "ΔG", "优良比例之差，百分点"}, {"worst", "ΔD", "劣Ⅴ类比例之差，百分点"}},
	}, askTrend},
	{Help{
		Name: "water.source", About: "集中式饮用水水源地（GB 3838 表1 至表3）", Dated: true,
		Inputs: []Key{
			bodyKey, periodKey, {"class", "目标类别", "表1 的项目须达到的类别；不写为Ⅲ类"},
			{"results", "结果", "项目 数值 单位，以 ；分隔"}, {"chosen", "选测项目", "表3 中由主管部门选定的，以 、 分隔；不写为有结果的"},
		},
		Results: []Key{
			verdictKey, {"exceeding", "超标项目", "以 、 分隔；没有时为 无（none）"}, {"missing", "未监测", "应测而没有结果的项数"}, {"unjudged", "不能判定", "有结果而不能用的项数"},
		},
	}, askSource},
}

// sections reads sections of a body in a period.
func (b books) sections(q *question, text string, body water.Body, period water.Period) []water.Section {
	var all []water.Section
	for i, part := range strings.Split(text, "｜") {
		part = strings.TrimSpace(part)
		n := 1
		if count, rest, many := strings.Cut(part, " 个 "); many {
			var err error
			if n, err = strconv.Atoi(strings.TrimSpace(count)); err != nil || n < 1 || n > 1000 {
				q.fail("“%s”应如 9 个 氨氮 0.5 mg/L，个数为 1 至 1000", part)
				return nil
			}
			part = strings.TrimSpace(rest)
		}
		m := water.Monitoring{Section: "断面" + strconv.Itoa(i+1), Body: body, Period: period}
		if c, ok := conditions[part]; ok {
			m.Visits = []water.Visit{{On: visitDay(period, 1), Condition: water.Condition(c)}}
		} else {
			m.Visits = q.sampled(part, period)
		}
		for range n {
			all = append(all, b.water.Section(m))
		}
	}
	return all
}

// group writes the evaluation of a river or lake.
func (a *answer) group(g water.Group) {
	a.set("rating", g.Rating.Name)
	if g.Mean != nil && g.Mean.Class.Known() {
		a.set("class", g.Mean.Class.Name())
	}
	a.number("good", g.Shares.Good(), "")
	a.number("worst", g.Shares.Worst(), "")
	var main []string
	for _, e := range g.Main {
		main = append(main, e.Text())
	}
	a.none("main", strings.Join(main, "、"))
	a.set("judged", strconv.Itoa(g.Shares.Judged))
	a.set("best", g.AtBest.Name)
	a.set("bad", g.AtWorst.Name)
	a.basis(g.Issue, water.IssueText, g.Arithmetic(), g.Confidence, g.Citations...)
}

func askRiver(b books, q *question, a *answer) {
	text := q.need("sections", "断面")
	if period, ok := q.period(); ok && q.err == nil {
		a.group(b.water.River("河流", b.sections(q, text, water.River, period)))
	}
}

func askLake(b books, q *question, a *answer) {
	text := q.need("sections", "断面")
	if period, ok := q.period(); ok && q.err == nil {
		a.group(b.water.Lake("湖库", b.sections(q, text, water.Lake, period)))
	}
}

func askTrend(b books, q *question, a *answer) {
	before, after := q.need("before", "前"), q.need("after", "后")
	period, ok := q.period()
	if !ok || q.err != nil {
		return
	}
	earlier := water.OfMonth(q.time().Year()-1, int(q.time().Month()))
	t := b.water.Trend(
		b.water.River("河流", b.sections(q, before, water.River, earlier)),
		b.water.River("河流", b.sections(q, after, water.River, period)))
	if t.Issue == "" {
		a.set("trend", t.Name())
	}
	a.number("good", t.DeltaGood, "")
	a.number("worst", t.DeltaWorst, "")
	a.basis(t.Issue, water.IssueText, t.Arithmetic(), t.Confidence, t.Citations...)
}

func askSource(b books, q *question, a *answer) {
	period, ok := q.period()
	if !ok {
		return
	}
	m := water.SourceMonitoring{Monitoring: water.Monitoring{Section: "水源地", Body: q.body(), Period: period, Visits: q.visits(period)}}
	if q.has("class") {
		m.Class, _ = water.ParseClass(q.text("class"))
	}
	if q.has("chosen") {
		m.Chosen = q.series("chosen")
	}
	if q.err != nil {
		return
	}
	s := b.water.Source(m)
	var exceeding []string
	for _, i := range s.Exceeding {
		exceeding = append(exceeding, b.water.Name(i))
	}
	a.say("verdict", string(s.Verdict), s.Verdict.Name())
	a.none("exceeding", strings.Join(exceeding, "、"))
	a.set("missing", strconv.Itoa(len(s.Missing)))
	a.set("unjudged", strconv.Itoa(len(s.Unjudged)))
	a.basis(s.Issue, water.IssueText, s.Arithmetic(), s.Confidence, s.Citations...)
}
