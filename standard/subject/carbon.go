package subject

import (
	"strings"

	"pingzhang/standard"
	"pingzhang/standard/carbon"
)

var amountKey = Key{"amount", "数量", "带计量单位；不写时只查因子"}

var factorResults = []Key{{"factor", "因子", "带计量单位"}, {"emission", "排放量", "tCO₂，精确数"}, roundedKey}

var carbonTopics = []topic{
	{Help{
		Name: "carbon.grid", About: "电力的二氧化碳排放因子和排放量",
		Inputs: []Key{
			{"region", "地区", "全国、省份或区域电网"}, {"year", "年份", "因子的年份"},
			{"kind", "口径", "平均（average）或不含市场化非化石（excluding_market_nonfossil）；不写为平均"}, amountKey, digitsKey,
		},
		Results: factorResults,
	}, askGrid},
	{Help{
		Name: "carbon.fuel", About: "燃料、外购热力的二氧化碳排放因子和排放量",
		Inputs: []Key{{"fuel", "燃料", "煤炭、油品、天然气、外购热力"}, amountKey, digitsKey}, Results: factorResults,
	}, askFuel},
	{Help{
		Name: "carbon.intensity", About: "碳排放强度、下降率和到目标的进度",
		Inputs: []Key{
			{"co2", "排放量", "报告期，tCO₂"}, {"gdp", "生产总值", "报告期，万元"}, {"prices", "价格", "生产总值的价格，如 2020年价"},
			{"base_co2", "基期排放量", "tCO₂"}, {"base_gdp", "基期生产总值", "万元"}, {"base_prices", "基期价格", "不写时与价格相同"},
			{"target", "目标", "累计下降率，%"}, {"years", "目标年数", "如 5"}, {"after", "第几年", "如 2"}, digitsKey,
		},
		Results: []Key{
			{"intensity", "强度", "tCO₂/万元，精确数"}, {"decline", "下降率", "%，精确数"}, {"pace", "进度", "达到序时进度（on_pace）、落后于序时进度（behind）"},
			{"line", "序时进度", "%，四位小数"}, roundedKey,
		},
	}, askIntensity},
	{Help{
		Name: "index.eqi", About: "生态质量指数及其分级、变化（EQI、EI）", Dated: true,
		Inputs: []Key{
			{"index", "指数", "EQI 或 EI；不写为 EQI"}, {"parts", "分指数", "名称 数值，以 ；分隔"},
			{"value", "数值", "已有的指数值，只分级"}, {"before", "前值", "与后值一起，判断变化"}, {"after", "后值", "与前值一起，判断变化"}, digitsKey,
		},
		Results: []Key{{"value", "指数值", "精确数；判断变化时为差值"}, {"class", "等级", "一类至五类、优至差，或变化的程度"}, roundedKey},
	}, askEQI},
}

func askGrid(b books, q *question, a *answer) {
	q.need("region", "地区")
	q.need("year", "年份")
	kind := carbon.Average
	if q.one("kind", map[string]string{"平均": string(carbon.Average), "不含市场化非化石": string(carbon.ExcludingMarket)}) == string(carbon.ExcludingMarket) {
		kind = carbon.ExcludingMarket
	}
	a.emitted(q, b.carbon.Grid(q.text("region"), q.whole("year"), kind))
}

func askFuel(b books, q *question, a *answer) { a.emitted(q, b.carbon.Fuel(q.need("fuel", "燃料"))) }

// emitted writes a factor and what an amount emits by it.
func (a *answer) emitted(q *question, factor carbon.Reckoned) {
	a.number("factor", factor.Value, factor.Unit)
	r := factor
	if q.has("amount") {
		x, unit, issue := q.number("amount", "")
		if issue != "" {
			q.fail("数量不是数字：%s", issue.Text())
			return
		}
		r = carbon.Emission(carbon.Activity{Value: x, Unit: unit}, factor)
		a.main("emission", r.Value, r.Unit)
	}
	a.reckoned(r)
}

func (a *answer) reckoned(r carbon.Reckoned) {
	a.basis(r.Issue, carbon.IssueText, r.Arithmetic, r.Confidence, r.Citations...)
}

func askIntensity(b books, q *question, a *answer) {
	prices := q.text("prices")
	figure := func(co2, gdp, prices string) carbon.YearFigure {
		return carbon.YearFigure{CO2: carbon.Tonnes(q.exact(co2), standard.Source), GDP: q.exact(gdp), Prices: prices}
	}
	now := figure("co2", "gdp", prices)
	r := b.carbon.Intensity(now)
	a.main("intensity", r.Value, r.Unit)
	if q.has("base_co2") || q.has("base_gdp") {
		if q.has("base_prices") {
			prices = q.text("base_prices")
		}
		r = b.carbon.Decline(figure("base_co2", "base_gdp", prices), now)
		a.main("decline", r.Value, r.Unit)
	}
	if q.has("target") {
		q.need("base_co2", "基期排放量")
		q.need("base_gdp", "基期生产总值")
		p := b.carbon.Progress(q.exact("target"), q.whole("years"), q.whole("after"), r)
		if p.Pace != carbon.PaceUnknown {
			a.say("pace", string(p.Pace), p.Pace.Name())
		}
		a.number("line", p.Line.Value, p.Line.Unit)
		if p.Issue != "" {
			r.Issue = p.Issue
		}
		r.Arithmetic = strings.Trim(r.Arithmetic+"；序时进度 "+p.Line.Arithmetic, "；")
		r.Citations = append(r.Citations, p.Line.Citations...)
	}
	a.reckoned(r)
}

func askEQI(b books, q *question, a *answer) {
	index := carbon.EQI
	if q.has("index") {
		index = q.one("index", map[string]string{carbon.EQI: carbon.EQI, carbon.EI: carbon.EI})
	}
	var r carbon.Index
	switch {
	case q.has("parts"):
		parts := map[string]standard.Exact{}
		names, values := q.list("parts")
		for i, name := range names {
			x, issue := standard.Read(values[i])
			if issue != "" {
				q.fail("分指数 %s 不是数字", name)
				return
			}
			parts[name] = x
		}
		r = b.carbon.Index(index, parts, q.at)
	case q.has("before") || q.has("after"):
		r = b.carbon.Change(index, q.exact("before"), q.exact("after"), q.at)
	default:
		q.need("value", "数值")
		r = b.carbon.Class(index, q.exact("value"), q.at)
	}
	a.main("value", r.Value, "")
	a.set("class", r.Class)
	a.reckoned(r.Reckoned)
}
