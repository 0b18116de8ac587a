package subject

import (
	"math/big"
	"slices"
	"strings"
	"testing"
)

var (
	placeNames    = map[string]string{"stack": "排气筒", "boundary": "厂界", "works": "厂区", "furnace": "炉膛", "workshop": "车间排放口", "outfall": "总排放口"}
	quantityNames = map[string]string{"concentration": "浓度", "rate": "速率", "height": "高度", "temperature": "温度", "duty": "要求"}
	levelNames    = map[string]string{
		"in_use": "在用", "new": "新建", "existing": "现有", "special": "特别", "ultra_low": "超低", "1A": "一级A", "1B": "一级B", "1": "一级", "2": "二级", "3": "三级",
	}
	fuelNames   = map[string]string{"coal": "煤", "oil": "油", "gas": "气", "natural_gas": "天然气", "other_gas": "其他气体", "biomass": "生物质", "coal_water": "水煤浆"}
	deviceNames = map[string]string{"boiler": "锅炉", "turbine": "燃气轮机组"}
	periodNames = map[string]string{"": "", "instant": "瞬时值", "hour": "小时均值", "day": "日均值", "month": "月均值"}
)

// emissionScript lists the rows of a document: a source of just the row's kind,
// at the limit and one step beyond.
func emissionScript(t *testing.T, name string) string {
	rows := records(t, "emission_"+name)
	var p page
	p.head(rows[0]["title"]+"（"+strings.TrimSpace(rows[0]["document"]+" "+rows[0]["edition"])+"）：限值表的每一行，等于限值和超出一步",
		"", "排放源取该行所列的情形，含氧量取基准含氧量。本文件由限值表推算，不要手工修改。")
	for _, r := range rows {
		p.part(r["key"])
		given := sourceOf(t, r)
		switch {
		case r["max"] == "" && r["min"] == "":
			p.wordsOnly(r, given)
		case r["max_cold"] != "":
			for _, water := range []struct{ celsius, limit string }{{"12.1 ℃", r["max"]}, {"12 ℃", r["max_cold"]}} {
				p.bounds(t, r, append(slices.Clone(given), "水温", water.celsius), "", water.limit)
			}
		default:
			p.bounds(t, r, given, r["min"], r["max"])
		}
	}
	return p.String()
}

// sourceOf describes a source of just the row's kind.
func sourceOf(t *testing.T, r record) []string {
	document := r["document"]
	if r["edition"] != "" {
		document += "-" + r["edition"]
	}
	first := func(text, by string) string { part, _, _ := strings.Cut(text, by); return part }
	built := r["built_to"]
	if built == "" {
		built = r["built_from"]
	}
	level := levelNames[r["level"]]
	if level == "" && r["document"] == "GB 13223" {
		// Table 2 has limits for special areas besides: a source says whether it is
		// under them, and since when it stands.
		level = "新建"
		if built == "" {
			built = r["from"]
		} else {
			level = "现有"
		}
	}
	steam, heat := within(t, r["steam_tph"]), within(t, r["heat_mw"])
	if steam != "" {
		heat = "" // a boiler has one of them
	}
	buildings := ""
	if r["stack_rule"] == "interpolate" {
		buildings = "0"
	}
	return []string{
		"标准", document, "污染物", r["pollutant"], "位置", placeNames[r["place"]], "限制的量", quantityNames[r["quantity"]],
		"时段", periodNames[r["period"]], "级别", level, "行业", first(r["trade"], "、"),
		"燃料", fuelNames[first(r["fuel"], ";")], "设备", deviceNames[r["device"]], "炉型", first(r["furnace"], ";"), "地区", first(r["region"], ";"),
		"建设日期", built, "蒸汽锅炉容量", amount(steam, unitIf(steam, "t/h")), "热水锅炉容量", amount(heat, unitIf(heat, "MW")),
		"锅炉房总容量", within(t, r["house_mw"]), "排气筒高度", r["stack_m"], "周围建筑高度", buildings, "含氧量", r["oxygen"],
	}
}

func unitIf(text, unit string) string {
	if text == "" {
		return ""
	}
	return unit
}

// within is a number of an interval such as (10,65]: a bound that belongs to it,
// else one beside a bound that does not.
func within(t *testing.T, interval string) string {
	if interval == "" {
		return ""
	}
	low, high, _ := strings.Cut(strings.Trim(interval, "()[]"), ",")
	switch {
	case strings.HasSuffix(interval, "]"):
		return high
	case strings.HasPrefix(interval, "["):
		return low
	case low != "":
		return written(add(rat(t, low), step(1)))
	}
	return written(sub(rat(t, high), step(1)))
}

// bounds asks at the bounds of a row and beyond.
func (p *page) bounds(t *testing.T, r record, given []string, low, high string) {
	ask := func(x *big.Rat, expect ...string) {
		p.ask("emission.judge", r["from"], r.clause(), append(slices.Clone(given), "数值", amount(written(x), r["unit"])), expect)
	}
	equal := []string{"判定", "达标"}
	if r["words"] != "" {
		equal = []string{"判定", "未知"} // the figure is met, the words are not known to be
	}
	if r["strict"] == "yes" {
		equal = []string{"判定", "超标"}
	}
	if low != "" {
		ask(rat(t, low), append(equal, "下限", amount(low, r["unit"]))...)
		ask(sub(rat(t, low), step(decimals(low)+1)), "判定", "超标")
	}
	if high != "" {
		above := add(rat(t, high), step(decimals(high)+1))
		ask(rat(t, high), append(equal, "上限", amount(high, r["unit"]))...)
		ask(above, "判定", "超标", "超标倍数", over(above, rat(t, high)))
	}
}

// wordsOnly asks about a row without a figure.
func (p *page) wordsOnly(r record, given []string) {
	at, because := r["from"], r.clause()+" "+r["words"]
	if r["words"] == "不得检出" {
		p.ask("emission.judge", at, because, append(slices.Clone(given), "数值", "未检出 "+r["unit"]), []string{"判定", "达标"})
		p.ask("emission.judge", at, because, append(slices.Clone(given), "数值", "0.00001 "+r["unit"]), []string{"判定", "超标"})
		return
	}
	given = given[:slices.Index(given, "含氧量")] // what is asked about has none
	p.ask("emission.limit", at, because, given, []string{"上限", "未知", "文字要求", quoted(r["words"])})
}

// carbonScript lists the factors.
func carbonScript(t *testing.T) string {
	var p page
	p.head("二氧化碳排放因子：电力（按地区和年份）、燃料、外购热力", "", "排放量以 1 万 kW·h、1 tce、1 GJ 计。没有公布的因子未知，不以其他地区或年份代替。本文件由因子表推算，不要手工修改。")
	p.part("电力")
	kinds := map[string]string{"average": "平均", "excluding_market_nonfossil": "不含市场化非化石"}
	for _, r := range records(t, "carbon_grid") {
		given := []string{"地区", r["region"], "年份", r["year"], "口径", kinds[r["kind"]], "数量", "1 万kW·h"}
		if r["factor"] == "" {
			p.ask("carbon.grid", "", orTitle(r)+" 没有公布", given, []string{"因子", "未知", "排放量", "未知"})
			continue
		}
		tonnes := new(big.Rat).Mul(rat(t, r["factor"]), big.NewRat(10, 1)) // 10000 kWh, in thousandths
		p.ask("carbon.grid", "", orTitle(r), given, []string{"因子", amount(r["factor"], r["unit"]), "排放量", amount(written(tonnes), "t")})
	}
	p.part("燃料和外购热力")
	for _, r := range records(t, "carbon_fuel") {
		unit := strings.TrimPrefix(r["unit"], "tCO2/")
		p.ask("carbon.fuel", "", orTitle(r), []string{"燃料", r["name"], "数量", "1 " + unit}, []string{"因子", amount(r["factor"], r["unit"]), "排放量", amount(r["factor"], "t")})
	}
	return p.String()
}

func orTitle(r record) string {
	if r["document"] == "" {
		return r["title"]
	}
	return r.clause()
}

// ecologyScript lists the classes of the indices and of their changes.
func ecologyScript(t *testing.T) string {
	var p page
	p.head("生态质量指数（EQI、EI）的分级和变化：每级的下端属于该级", "", "本文件由分级表推算，不要手工修改。")
	rows := records(t, "ecology_quality")
	for _, index := range unique(rows, func(r record) string { return r["index"] }) {
		p.part(index)
		of := func(kind string) []record {
			return where(rows, func(r record) bool { return r["index"] == index && r["kind"] == kind })
		}
		at := func(r record) string {
			if r["from"] == "" {
				return "2026-03-01"
			}
			return r["from"]
		}
		for _, r := range of("class") {
			if r["low"] == "" {
				p.ask("index.eqi", at(r), r.clause(), []string{"指数", index, "数值", "0"}, []string{"等级", r["name"]})
				continue
			}
			below := sub(rat(t, r["low"]), step(2))
			p.ask("index.eqi", at(r), r.clause(), []string{"指数", index, "数值", r["low"]}, []string{"等级", r["name"]})
			p.ask("index.eqi", at(r), r.clause(), []string{"指数", index, "数值", written(below)}, []string{"等级", placed(t, of("class"), below)})
		}
		changes := of("change")
		for i, r := range changes {
			low := rat(t, r["low"])
			for _, better := range []bool{true, false} {
				word, after := r["name"]+"变好", add(big.NewRat(60, 1), low)
				if !better {
					word, after = r["name"]+"变差", sub(big.NewRat(60, 1), low)
				}
				if i == 0 {
					word = r["name"]
				}
				if i > 0 && better { // just below, which is the one before
					under := changes[i-1]["name"]
					if i > 1 {
						under += "变好"
					}
					p.ask("index.eqi", at(r), r.clause(), []string{"指数", index, "前值", "60", "后值", written(sub(after, step(2)))}, []string{"等级", under})
				}
				p.ask("index.eqi", at(r), r.clause(), []string{"指数", index, "前值", "60", "后值", written(after)}, []string{"等级", word})
			}
		}
	}
	return p.String()
}

// placed is the row whose interval [low,high) has x.
func placed(t *testing.T, rows []record, x *big.Rat) string {
	for _, r := range rows {
		if (r["low"] == "" || x.Cmp(rat(t, r["low"])) >= 0) && (r["high"] == "" || x.Cmp(rat(t, r["high"])) < 0) {
			return r["name"]
		}
	}
	t.Fatalf("no class has %s", written(x))
	return ""
}
