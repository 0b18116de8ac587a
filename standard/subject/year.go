package subject

import (
	"slices"
	"strconv"
	"strings"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

var (
	spanKey    = Key{"period", "时段", "月（month）、季（quarter）、年（year），即日期所在的；不写为年"}
	dustKey    = Key{"dust", "沙尘日", "从 PM10、PM2.5 中扣除的日期，以 、 分隔"}
	claimedKey = Key{"claimed", "所称权重", "是或否：综合指数用公开程序所称的权重，不写为否"}
)

// seriesKeys are the day values of the six pollutants.
var seriesKeys = func() []Key {
	var all []Key
	for p := range air.Pollutant(air.Six) {
		all = append(all, Key{p.String(), p.Name(), "时段第一日起的日均值（O3 为日最大 8 小时均值），以 、 分隔，50×365 表示 365 个 50，缺测写 —；单位 " + string(p.Unit())})
	}
	return all
}()

var yearTopics = []topic{
	{Help{
		Name: "air.percentile", About: "百分位数（HJ 663：k＝1＋(n−1)p/100，线性内插）",
		Inputs:  []Key{{"values", "数值", "以 、 分隔，50×20 表示 20 个 50，次序不限"}, {"percent", "百分位", "如 95"}, digitsKey},
		Results: []Key{{"value", "结果", "精确数"}, roundedKey},
	}, askPercentile},
	{Help{
		Name: "air.year", About: "一项污染物的年评价：均值和百分位数与限值比较（HJ 663）；按日期当日的版本和阶段", Dated: true,
		Inputs: slices.Concat([]Key{pollutantKey, spanKey, areaKey, {"values", "日值", "时段第一日起的日值，以 、 分隔，50×365 表示 365 个 50，缺测写 —"}, dustKey}),
		Results: []Key{
			{"mean", "均值", "带计量单位；没有均值一项的污染物未知"}, {"percentile", "百分位数", "带计量单位"}, {"days", "天数", "有效的日值个数，含扣除的"},
			{"used", "统计天数", "参加统计的日值个数"}, verdictKey, {"unread", "未执行", "该版本有而内容没有读到的规定的个数"},
		},
	}, askYear},
	{Help{
		Name: "air.composite", About: "环境空气质量综合指数（HJ 663）；按日期当日的版本", Dated: true,
		Inputs:  slices.Concat(seriesKeys, []Key{spanKey, dustKey, claimedKey, digitsKey}),
		Results: []Key{{"value", "综合指数", "精确数"}, {"largest", "首要污染物", "单项最大的，以 、 分隔"}, roundedKey},
	}, askComposite},
	{Help{
		Name: "air.gooddays", About: "优良天数和比例（HJ 663）", Dated: true,
		Inputs: []Key{spanKey, {"aqi", "指数", "时段第一日起的日报指数，以 、 分隔，50×300 表示 300 个 50，没有指数写 —"}},
		Results: []Key{
			{"good", "优良天数", "指数不大于 100"}, {"valid", "有效天数", "有指数的"}, {"unknown", "未知天数", "应有而没有指数的，不算优良"},
			{"heavy", "重污染天数", "指数大于 200"}, {"ratio", "优良比例", "优良天数÷有效天数，精确数"},
		},
	}, askGoodDays},
	{Help{
		Name: "air.rank", About: "排名：数值修约到发布的位数后比较，相同的名次相同，其后的名次空出",
		Inputs:  []Key{{"values", "数值", "名称 数值，以 ；分隔；没有数值写 —"}, {"decimals", "小数位", "比较的小数位数"}, {"order", "次序", "由低到高（lowest）或由高到低（highest）；不写为由低到高"}},
		Results: []Key{{"places", "名次", "名称和名次，如 甲1、乙1、丙3；没有名次的记 —"}},
	}, askRank},
}

// hj663 is where percentiles, good days and ranks stand.
var hj663 = standard.Citation{Document: "HJ 663", Edition: "2013", Title: "环境空气质量评价技术规范（试行）", Confidence: standard.SourceSecondary}

func askPercentile(_ books, q *question, a *answer) {
	q.need("values", "数值")
	q.need("percent", "百分位")
	p := q.whole("percent")
	if p > 100 {
		q.fail("百分位应为 0 至 100")
	}
	x, how := air.Percentile(q.numbers("values"), p)
	a.main("value", x, "")
	if !x.IsSet() {
		a.basis(standard.NoValue, air.Text, standard.NoValue.Text(), hj663.Confidence, hj663)
		return
	}
	a.basis("", air.Text, how+"="+x.String(), hj663.Confidence, hj663)
}

// evaluated evaluates the span of a question by the edition and stage of its day.
func (q *question) evaluated(b books, values map[air.Pollutant][]standard.Exact) (air.Evaluation, bool) {
	from, to := q.span()
	var days []air.DayValues
	for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
		v := air.DayValues{On: dayOf(d)}
		for p, series := range values {
			if n := int(d.Sub(from).Hours() / 24); n < len(series) {
				v.Values[p] = series[n]
			}
		}
		days = append(days, v)
	}
	for p, series := range values {
		if len(series) > len(days) {
			q.fail("%s 有 %d 个日值，时段只有 %d 日", p, len(series), len(days))
		}
	}
	if q.has("dust") {
		var err error
		for _, on := range q.series("dust") {
			if days, _, err = b.air.Deduct(days, air.Deduction{
				On: standard.Date(on), Pollutants: air.SetOf(air.PM10, air.PM25), By: "规则脚本", Reason: "沙尘", At: string(q.at),
			}); err != nil {
				q.fail("%s", err)
			}
		}
	}
	if q.err != nil {
		return air.Evaluation{}, false
	}
	var found air.Evaluation
	for _, e := range b.air.Evaluate(dayOf(from), dayOf(to), q.area(), days, q.yes("claimed")) {
		if e.On <= q.at {
			found = e
		}
	}
	return found, found.On != ""
}

func askYear(b books, q *question, a *answer) {
	p := q.pollutant()
	q.need("values", "日值")
	if q.err == nil && !p.Indexed() {
		q.fail("%s 没有年评价", p)
	}
	e, ok := q.evaluated(b, map[air.Pollutant][]standard.Exact{p: q.numbers("values")})
	if !ok {
		return
	}
	py := e.Pollutants[p]
	a.set("days", strconv.Itoa(py.Count.Have))
	a.set("unread", strconv.Itoa(len(e.Unread)))
	basis := py.Count.Basis
	var how []string
	for _, s := range py.Statistics {
		name := "mean"
		if s.Percent > 0 {
			name = "percentile"
		}
		a.number(name, s.Value, p.Unit())
		a.set("used", strconv.Itoa(s.Days))
		how = append(how, s.Arithmetic())
		basis.Citation, basis.Confidence = s.Basis.Citation, basis.Confidence.Weaker(s.Basis.Confidence)
	}
	a.verdict(py.Verdict, standard.Exact{})
	a.basis(py.Issue, air.Text, strings.Join(how, "；"), basis.Confidence, basis.Citation)
}

func askComposite(b books, q *question, a *answer) {
	values := map[air.Pollutant][]standard.Exact{}
	for p := range air.Pollutant(air.Six) {
		if q.has(p.String()) {
			values[p] = q.numbers(p.String())
		}
	}
	e, ok := q.evaluated(b, values)
	if !ok {
		return
	}
	c := e.Composite
	a.main("value", c.Value, "")
	a.none("largest", c.Largest.String())
	a.basis(c.Issue, air.Text, c.Arithmetic(), c.Basis.Confidence, c.Basis.Citation)
}

func askGoodDays(b books, q *question, a *answer) {
	q.need("aqi", "指数")
	from, to := q.span()
	edition, ok := b.air.Edition(q.at)
	if !ok || q.err != nil {
		a.basis(air.NoEdition, air.Text, air.Text(air.NoEdition), standard.Missing)
		return
	}
	var reports []air.Report
	for on, aqi := range q.days("aqi", from, air.NoIAQI) {
		r := air.Report{Kind: air.Daily, On: on, AQI: aqi, Published: aqi != air.NoIAQI, Basis: air.Basis{Citation: edition.Citation(), Confidence: edition.Citation().Confidence}}
		if r.Published {
			r.Level = edition.Level(aqi)
		}
		reports = append(reports, r)
	}
	g := air.CountDays(dayOf(from), dayOf(to), reports)
	for name, n := range map[string]int{"good": g.Good, "valid": g.Valid, "unknown": g.Unknown, "heavy": g.Heavy} {
		a.set(name, strconv.Itoa(n))
	}
	a.number("ratio", g.Ratio, "")
	a.basis("", air.Text, g.Arithmetic(), hj663.Confidence, hj663)
}

func askRank(_ books, q *question, a *answer) {
	q.need("values", "数值")
	q.need("decimals", "小数位")
	var entries []air.Entry
	names, values := q.list("values")
	for i, name := range names {
		x, issue := standard.Read(values[i])
		entries = append(entries, air.Entry{Name: name, Value: x, Issue: issue})
	}
	rank := air.RankLowest
	if q.one("order", map[string]string{"由低到高": "lowest", "由高到低": "highest"}) == "highest" {
		rank = air.RankHighest
	}
	var places []string
	for _, r := range rank(entries, q.whole("decimals")) {
		place := "—"
		if r.Place > 0 {
			place = strconv.Itoa(r.Place)
		}
		places = append(places, r.Name+place)
	}
	a.set("places", strings.Join(places, "、"))
	a.basis("", air.Text, "按 "+q.text("decimals")+" 位小数比较", standard.Memory)
}
