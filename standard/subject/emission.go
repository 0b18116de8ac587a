package subject

import (
	"strings"

	"pingzhang/standard"
	"pingzhang/standard/emission"
)

// sourceInputs are what a source is described by.
var sourceInputs = []Key{
	{"document", "标准", "GB 13271、GB 13223、GB 18485、GB 18918、GB 8978、GB 16297、GB 14554 等，可带年份"},
	{"pollutant", "污染物", "名称或符号"},
	{"place", "位置", "排气筒（stack）、厂界（boundary）、厂区（works）、炉膛（furnace）、车间排放口（workshop）、总排放口（outfall）"},
	{"quantity", "限制的量", "浓度（concentration）、速率（rate）、高度（height）、温度（temperature）、要求（duty）"},
	{"period", "时段", "瞬时值（instant）、小时均值（hour）、日均值（day）、月均值（month）等"},
	{"level", "级别", "在用、新建、特别、超低、一级A、一级、二级……或表中的代码"},
	{"trade", "行业", "标准按行业或尘种分列时的名称"},
	{"fuel", "燃料", "煤（coal）、生物质（biomass）、水煤浆（coal_water）、油（oil）、气（gas）、天然气（natural_gas）、其他气体（other_gas）"},
	{"device", "设备", "锅炉（boiler）或燃气轮机组（turbine）"},
	{"furnace", "炉型", "有特别限值的炉型，如 W火焰炉膛"}, {"region", "地区", "有特别限值的省份简称"},
	{"built", "建设日期", "如 2006-01-01"},
	{"steam", "蒸汽锅炉容量", "t/h"}, {"heat", "热水锅炉容量", "MW"}, {"house", "锅炉房总容量", "MW"},
	{"stack", "排气筒高度", "m"}, {"buildings", "周围建筑高度", "周围 200 m 内最高建筑的高度，m；没有写 0"},
	{"water_temperature", "水温", "℃"},
	{"ceiling", "含氧量上限", "%，高于它的折算没有意义；由本局规定"},
}

var limitResults = []Key{
	{"max", "上限", "带计量单位，精确数"}, {"min", "下限", "带计量单位"}, {"reference", "基准含氧量", "%"},
	{"words", "文字要求", "不得检出等；没有时为 无（none）"}, {"row", "依据行", "限值表中的行"},
	{"candidates", "可能的限值数", "1 为已经确定"},
}

var emissionTopics = []topic{
	{Help{
		Name: "emission.limit", About: "一个排放源适用的限值", Dated: true,
		Inputs: append(sourceInputs[:len(sourceInputs):len(sourceInputs)], digitsKey), Results: append(limitResults[:len(limitResults):len(limitResults)], roundedKey),
	}, askEmissionLimit},
	{Help{
		Name: "emission.judge", About: "排放数值是否达标", Dated: true,
		Inputs: append(sourceInputs[:len(sourceInputs):len(sourceInputs)],
			Key{"value", "数值", "带计量单位；<0.01 mg/L、未检出等写法照写"}, Key{"oxygen", "含氧量", "%，如 12"}, Key{"converted", "已折算", "是或否"}, digitsKey),
		Results: append(limitResults[:len(limitResults):len(limitResults)], Key{"value", "折算值", "与限值比较的精确数"}, verdictKey, multipleKey, roundedKey),
	}, askEmissionJudge},
	convertTopic,
}

var (
	places = map[string]string{
		"排气筒": string(emission.Stack), "厂界": string(emission.Boundary), "厂区": string(emission.Works),
		"炉膛": string(emission.Furnace), "车间排放口": string(emission.Workshop), "总排放口": string(emission.Outfall),
	}
	quantities = map[string]string{
		"浓度": string(emission.Concentration), "速率": string(emission.Rate), "高度": string(emission.Height),
		"温度": string(emission.Temperature), "要求": string(emission.Duty),
	}
	fuels = map[string]string{
		"煤": string(emission.Coal), "生物质": string(emission.Biomass), "水煤浆": string(emission.CoalWater), "油": string(emission.Oil),
		"气": string(emission.Gas), "天然气": string(emission.NaturalGas), "其他气体": string(emission.OtherGas),
	}
	devices = map[string]string{"锅炉": string(emission.BoilerDevice), "燃气轮机组": string(emission.TurbineDevice)}
	periods = func() map[string]string {
		all := map[string]string{}
		for _, p := range []standard.Period{
			standard.Instant, standard.Minute, standard.Hour, standard.EightHour, standard.Day, standard.Month, standard.Quarter, standard.Year,
		} {
			all[strings.ReplaceAll(p.Name(), " ", "")] = string(p)
		}
		return all
	}()
)

func (q *question) source() emission.Source {
	q.need("document", "标准")
	q.need("pollutant", "污染物")
	return emission.Source{
		Document: q.text("document"), Pollutant: q.text("pollutant"), Level: q.text("level"), Trade: q.text("trade"),
		Place: emission.Place(q.one("place", places)), Quantity: emission.Quantity(q.one("quantity", quantities)),
		Fuel: emission.Fuel(q.one("fuel", fuels)), Device: emission.Device(q.one("device", devices)),
		Furnace: q.text("furnace"), Region: q.text("region"), Built: standard.Date(q.text("built")),
		SteamTPH: q.exact("steam"), HeatMW: q.exact("heat"), HouseMW: q.exact("house"),
		StackM: q.exact("stack"), BuildingsM: q.exact("buildings"), WaterCelsius: q.exact("water_temperature"),
		OxygenCeiling: q.exact("ceiling"), On: q.at,
	}
}

// found asks for the one limit that the question is about. Where there is none
// the answer says why, with regard to the row that came closest.
func (q *question) found(b books, a *answer) (emission.Found, bool) {
	s := q.source()
	period := standard.Period(q.one("period", periods))
	if q.err != nil {
		return emission.Found{}, false
	}
	got := b.emission.Limits(s)
	var all []emission.Found
	for _, f := range got.Found {
		if len(f.Candidates) == 0 || period == "" || f.Candidates[0].Limit.Period == period {
			all = append(all, f)
		}
	}
	switch len(all) {
	case 0:
		var why []string
		for _, c := range got.Considered {
			why = append(why, c.Row.Key+"："+c.Why)
		}
		if len(why) > 3 {
			why = append(why[:3:3], "……")
		}
		how := emission.IssueText(emission.NoRow)
		if len(why) > 0 {
			how += "（" + strings.Join(why, "；") + "）"
		}
		a.basis(emission.NoRow, emission.IssueText, how, standard.Missing)
		return emission.Found{}, false
	case 1:
		return all[0], true
	}
	var names []string
	for _, f := range all {
		name := f.Place.Name() + " " + string(f.Quantity)
		if len(f.Candidates) > 0 {
			name += " " + f.Candidates[0].Limit.Period.Name()
		}
		names = append(names, strings.TrimSpace(name))
	}
	q.fail("有 %d 项限值，请再给定位置、限制的量或时段：%s", len(all), strings.Join(names, "；"))
	return emission.Found{}, false
}

// limit writes a limit.
func (a *answer) limit(f emission.Found, c emission.Candidate) {
	a.number("max", c.Limit.Max, c.Limit.Unit)
	a.number("min", c.Limit.Min, c.Limit.Unit)
	a.number("reference", c.Limit.RefOxygen, "")
	a.none("words", c.Words)
	var rows []string
	for _, r := range c.Rows {
		rows = append(rows, r.Key)
	}
	a.set("row", strings.Join(rows, "、"))
}

func askEmissionLimit(b books, q *question, a *answer) {
	f, ok := q.found(b, a)
	if !ok {
		return
	}
	a.candidates(f)
	c, settled := f.Settled()
	if !settled {
		confidence := standard.Missing
		var cited []standard.Citation
		if len(f.Candidates) > 0 {
			confidence, cited = f.Candidates[0].Limit.Confidence, append(cited, f.Candidates[0].Limit.Citation)
		}
		a.basis(f.Open, emission.IssueText, emission.IssueText(f.Open), confidence, cited...)
		return
	}
	a.limit(f, c)
	a.exact, a.unit = c.Limit.Max, c.Limit.Unit
	how := strings.Join(c.Because, "；")
	if how == "" {
		how = "限值见 " + a.codes["row"]
	}
	a.basis("", emission.IssueText, how, c.Limit.Confidence, c.Limit.Citation)
}

func askEmissionJudge(b books, q *question, a *answer) {
	q.need("value", "数值")
	f, ok := q.found(b, a)
	if !ok {
		return
	}
	a.candidates(f)
	s := q.sample("")
	s.Oxygen, s.Converted, s.Period = q.exact("oxygen"), q.yes("converted"), standard.Period(q.one("period", periods))
	if len(f.Candidates) > 0 && s.Unit == "" && f.Candidates[0].Limit.Unit == standard.Dimensionless {
		s.Unit = standard.Dimensionless // pH and odour have none
	}
	j := f.Judge(s)
	if _, settled := f.Settled(); settled {
		a.limit(f, j.By)
	}
	a.verdict(j.Verdict, j.Multiple)
	a.main("value", j.Value, j.Limit.Unit)
	a.basis(j.Issue, emission.IssueText, j.Arithmetic(), j.Confidence, j.Limit.Citation)
}

func (a *answer) candidates(f emission.Found) {
	a.number("candidates", standard.Int(int64(len(f.Candidates))), "")
}
