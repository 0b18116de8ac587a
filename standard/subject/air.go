package subject

import (
	"strconv"
	"strings"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

var (
	pollutantKey = Key{"pollutant", "污染物", "SO2、NO2、PM10、PM2.5、CO、O3、NOx、TSP、Pb、BaP 或中文名"}
	averagingKey = Key{"averaging", "时段", "1h、8h、8h_daily_max、24h、month、quarter、annual，或小时均值、日最大8小时滑动均值、24小时均值、年均值等"}
	areaKey      = Key{"area", "功能区", "1（一类区）或 2（二类区）；不写为 2"}
)

var airTopics = []topic{
	{Help{
		Name: "air.iaqi", About: "一项污染物的空气质量分指数（HJ 633）", Dated: true,
		Inputs: []Key{pollutantKey, averagingKey, {"value", "数值", "浓度，带计量单位"}},
		Results: []Key{
			{"iaqi", "分指数", "0 至 500"}, {"level", "级别", "1 至 6"}, {"category", "类别", "优、良、轻度污染、中度污染、重度污染、严重污染"},
			{"above", "超表", "浓度高于分指数表该列的最高值：是或否"}, {"used", "采用浓度", "计算用的浓度，2026 版先修约"},
		},
	}, askIAQI},
	{Help{
		Name: "air.aqi", About: "实时报或日报的空气质量指数（HJ 633）", Dated: true, Inputs: reportInputs(),
		Results: []Key{
			{"aqi", "指数", "不发布时未知"}, {"largest", "最大分指数", "有分指数的各项的最大值"}, {"published", "发布", "是或否"},
			{"level", "级别", "1 至 6"}, {"category", "类别", "优、良、轻度污染……"}, {"colour", "颜色", "绿、黄、橙、红、紫、褐红"},
			{"primary", "首要污染物", "以 、 分隔；没有时为 无（none）"}, {"exceeding", "超标污染物", "2012 版；以 、 分隔"},
			{"missing", "缺测项目", "以 、 分隔；没有时为 无（none）"}, {"groups", "提示人群", "提示人群的污染物（HJ 633-2026 表2），以 、 分隔；没有时为 无（none）"},
			{"stand_in", "替代", "分指数表以上改用其他项目的，如 SO2/1h→SO2/24h"},
		},
	}, askAQI},
	{Help{
		Name: "air.limit", About: "一项污染物的浓度限值，以及数值是否达标（GB 3095）", Dated: true,
		Inputs: []Key{pollutantKey, averagingKey, areaKey, {"value", "数值", "浓度，带计量单位；不写时只查限值"}},
		Results: []Key{
			{"limit", "限值", "带计量单位"}, {"stage", "阶段", "2026 版：过渡阶段（transition）、最终（final）；2012 版为 无（none）"}, verdictKey, multipleKey,
		},
	}, askAirLimit},
	{Help{
		Name: "air.validity", About: "空气质量的均值是否有效（GB 3095 表4、HJ 663）", Dated: true,
		Inputs: []Key{
			pollutantKey, averagingKey, areaKey,
			{"minutes", "分钟数", "小时均值：采样的分钟数"},
			{"hours", "小时值", "24h、8h、8h_daily_max：各小时的浓度，以 、 分隔，50×20 表示 20 个 50，缺测写 —"},
			{"days", "各月天数", "month、quarter、annual：各月有效的日均值个数，以 、 分隔"},
		},
		Results: validityResults,
	}, askValidity},
	{Help{
		Name: "air.city", About: "城市的均值：有效点位是否足够（HJ 663）", Dated: true,
		Inputs:  []Key{pollutantKey, {"values", "数值", "各点位的浓度，以 、 分隔，缺测写 —；单位为 µg/m³，CO 为 mg/m³"}, {"points", "点位数", "参加评价的点位总数"}},
		Results: validityResults,
	}, askCity},
}

var validityResults = []Key{
	{"valid", "有效", "是或否"}, {"mean", "均值", "精确数"}, {"have", "有效个数", "有效的分钟、小时、8 小时均值、天数或点位"},
	{"need", "应有个数", "标准要求的个数"},
}

// averagings gives the averagings their words, without blanks.
var averagings = func() map[string]string {
	all := map[string]string{"日均值": string(air.Day)}
	for _, a := range []air.Averaging{
		air.Hour, air.MaxHour, air.EightHour, air.MaxEightHour, air.Day, air.RollingDay, air.Month, air.Quarter, air.GrowingSeason, air.Year,
	} {
		all[strings.ReplaceAll(a.Name(), " ", "")] = string(a)
	}
	return all
}()

// pollutant reads the pollutant of a question.
func (q *question) pollutant() air.Pollutant {
	text := q.need("pollutant", "污染物")
	for p := air.SO2; p <= air.F; p++ {
		if text == p.String() || text == p.Name() {
			return p
		}
	}
	q.fail("污染物不能是“%s”；可以是 SO2、PM2.5、细颗粒物等", text)
	return 0
}

func (q *question) averaging() air.Averaging {
	q.need("averaging", "时段")
	return air.Averaging(q.one("averaging", averagings))
}

func (q *question) area() air.Area {
	if q.one("area", map[string]string{"一类区": "1", "二类区": "2", "一类": "1", "二类": "2"}) == "1" {
		return air.Class1
	}
	return air.Class2
}

func askIAQI(b books, q *question, a *answer) {
	p, averaging := q.pollutant(), q.averaging()
	q.need("value", "数值")
	text, unit := q.reading("value")
	e, ok := b.air.Edition(q.at)
	if !ok {
		a.basis(air.NoEdition, air.Text, air.Text(air.NoEdition), standard.Missing)
		return
	}
	s := e.Single(air.Read(p, averaging, text, unit))
	if s.IAQI != air.NoIAQI {
		level := e.Level(s.IAQI)
		a.set("iaqi", strconv.Itoa(s.IAQI))
		a.set("level", strconv.Itoa(level.Number))
		a.set("category", level.Category)
		a.number("used", s.Used, p.Unit())
	}
	a.yes("above", s.Above)
	a.basis(s.Issue, air.Text, s.Arithmetic(), s.Basis.Confidence, s.Basis.Citation)
}

func askAirLimit(b books, q *question, a *answer) {
	p, averaging, area := q.pollutant(), q.averaging(), q.area()
	l, ok := b.air.Limit(p, averaging, area, q.at)
	if !ok {
		a.basis(standard.NoLimit, air.Text, air.Text(standard.NoLimit), standard.Missing)
		return
	}
	a.number("limit", l.Max, l.Unit)
	a.none("stage", l.Stage)
	if word := map[string]string{air.Transition: "过渡阶段", air.Final: "最终"}[l.Stage]; word != "" {
		a.say("stage", l.Stage, word)
	}
	if !q.has("value") {
		a.basis("", air.Text, p.String()+" "+averaging.Name()+" "+area.Name()+"限值 "+a.codes["limit"], l.Confidence, l.Citation)
		return
	}
	text, unit := q.reading("value")
	j := b.air.Judge(air.Read(p, averaging, text, unit), area, q.at)
	a.verdict(j.Verdict, j.Multiple)
	a.basis(j.Issue, air.Text, j.Arithmetic(), j.Basis.Confidence, j.Basis.Citation)
}
