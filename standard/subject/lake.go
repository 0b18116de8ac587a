package subject

import (
	"strings"

	"pingzhang/standard/water"
)

var lakeTopics = []topic{
	{Help{
		Name: "water.trophic", About: "湖泊、水库的综合营养状态指数（TLI）", Dated: true,
		Inputs:  []Key{{"results", "结果", "叶绿素a、总磷、总氮、透明度、高锰酸盐指数：项目 数值 单位，以 ；分隔"}, digitsKey},
		Results: []Key{{"value", "指数", "小数 30 位"}, {"class", "等级", "贫营养、中营养、轻度富营养、中度富营养、重度富营养"}, {"parts", "分指数", "两位小数，以 、 分隔"}, roundedKey},
	}, askTrophic},
	{Help{
		Name: "water.cwqi", About: "城市水质指数（CWQI，环办监测〔2017〕51号，据行业常识）", Dated: true,
		Inputs: []Key{
			{"rivers", "河流断面", "各断面以 ｜ 分隔：项目 数值 单位，以 ；分隔；前面写 9 个 表示 9 个一样的断面"}, {"lakes", "湖库点位", "写法同上"}, periodKey, digitsKey,
		},
		Results: []Key{{"value", "指数", "精确数；有项目未监测时未知"}, {"river", "河流指数", "精确数"}, {"lake", "湖库指数", "精确数"}, {"partial", "已有项目之和", "河流，精确数"}, roundedKey},
	}, askCityIndex},
}

func askTrophic(b books, q *question, a *answer) {
	period, ok := q.period()
	if !ok {
		return
	}
	visits := q.sampled(q.need("results", "结果"), period)
	if q.err != nil {
		return
	}
	t := b.water.Trophic(b.water.Section(water.Monitoring{Section: "湖库", Body: water.Lake, Period: period, Visits: visits}))
	var parts []string
	for _, p := range t.Parts {
		parts = append(parts, p.Name+" "+p.Index.Round(2))
	}
	a.main("value", t.Index, "")
	a.set("class", t.Class)
	a.none("parts", strings.Join(parts, "、"))
	a.basis(t.Issue, water.IssueText, t.Arithmetic(), t.Confidence, t.Citations...)
}

func askCityIndex(b books, q *question, a *answer) {
	period, ok := q.period()
	if !ok {
		return
	}
	var rivers, lakes []water.Section
	if q.has("rivers") {
		rivers = b.sections(q, q.text("rivers"), water.River, period)
	}
	if q.has("lakes") {
		lakes = b.sections(q, q.text("lakes"), water.Lake, period)
	}
	if q.err != nil {
		return
	}
	c := b.water.CityIndex(rivers, lakes)
	a.main("value", c.Index, "")
	a.number("river", c.Rivers.Index, "")
	a.number("lake", c.Lakes.Index, "")
	a.number("partial", c.Rivers.Partial, "")
	a.basis(c.Issue, water.IssueText, c.Arithmetic(), c.Confidence, c.Citations...)
}
