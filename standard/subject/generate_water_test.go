package subject

import (
	"math/big"
	"testing"
)

// askedWater is the day of the cases of water: multiples are reckoned since the
// evaluation rules of 2011-03-09.
const askedWater = "2026-03-01"

// reportedDecimals is to how many decimals a result is reported at least.
var reportedDecimals = map[string]int{"ph": 2, "do": 1, "codmn": 1, "bod5": 1, "nh3n": 2, "fc": 0}

// waterClassScript lists table 1 of GB 3838: for each item, kind of water and
// class the limit itself, and one step of the reported precision beyond it.
func waterClassScript(t *testing.T) string {
	var p page
	p.head("GB 3838-2002 表1：各项目各类别的限值，以及差一步的数值",
		"", "取数值符合的最好一类；都不符合的为劣Ⅴ类。超标倍数以Ⅲ类限值计，pH 和溶解氧没有。本文件由限值表推算，不要手工修改。")
	rows := where(records(t, "water_gb3838"), func(r record) bool { return r["table"] == "表1" && r["class"] != "" })
	for _, part := range unique(rows, func(r record) string { return r["item"] + "\t" + r["body"] }) {
		rows := where(rows, func(r record) bool { return r["item"]+"\t"+r["body"] == part })
		first := rows[0]
		bodies := map[string][]string{"all": {"河流"}, "river": {"河流"}, "lake": {"湖库"}}[first["body"]]
		title := first["item"]
		if first["body"] != "all" {
			title += "（" + bodies[0] + "）"
		}
		p.part(title)
		precision := reportedDecimals[first["code"]]
		for _, r := range rows {
			precision = max(precision, decimals(r["limit"]))
		}
		for _, r := range rows {
			for _, x := range waterValues(t, r, step(precision)) {
				p.askClass(t, r, rows, bodies[0], x)
			}
		}
	}
	return p.String()
}

// waterValues are the bounds of a row, each with the value one step beyond.
func waterValues(t *testing.T, r record, small *big.Rat) []*big.Rat {
	limit := rat(t, r["limit"])
	switch r["direction"] {
	case "<=":
		return []*big.Rat{limit, add(limit, small)}
	case ">=":
		return []*big.Rat{limit, sub(limit, small)}
	}
	high := rat(t, r["limit_max"])
	return []*big.Rat{limit, sub(limit, small), high, add(high, small)}
}

// meets reports whether x is on the right side of the row.
func meets(t *testing.T, r record, x *big.Rat) bool {
	limit := rat(t, r["limit"])
	switch r["direction"] {
	case "<=":
		return x.Cmp(limit) <= 0
	case ">=":
		return x.Cmp(limit) >= 0
	}
	return x.Cmp(limit) >= 0 && x.Cmp(rat(t, r["limit_max"])) <= 0
}

func (p *page) askClass(t *testing.T, at record, rows []record, body string, x *big.Rat) {
	class, worst := "劣Ⅴ类", true
	for _, r := range rows {
		if meets(t, r, x) {
			class, worst = r["class"]+"类", r["class"] == "Ⅳ" || r["class"] == "Ⅴ"
			break
		}
	}
	expect := []string{"类别", class}
	if worst && at["direction"] == "<=" {
		expect = append(expect, "超标倍数", over(x, rat(t, rows[2]["limit"])))
	}
	if at["body"] == "all" {
		body = "" // no difference
	}
	p.ask("water.class", askedWater, at.clause()+" "+at["class"]+"类", []string{
		"项目", at["item"], "水体", body, "数值", amount(written(x), at["unit"]),
	}, expect)
	if class == at["class"]+"类" || !meets(t, at, x) {
		return
	}
	// The limit is that of a better class too: that it is also one of this class
	// only the limit itself tells.
	p.ask("water.limit", askedWater, at.clause()+" "+at["class"]+"类与更好一类的限值相同", []string{
		"项目", at["item"], "水体", body, "目标类别", at["class"] + "类", "数值", amount(written(x), at["unit"]),
	}, []string{"判定", "达标"})
}

// waterSourceScript lists tables 2 and 3 of GB 3838.
func waterSourceScript(t *testing.T) string {
	var p page
	p.head("GB 3838-2002 表2、表3：集中式生活饮用水地表水源地的限值，以及高一步的数值", "", "本文件由限值表推算，不要手工修改。")
	rows := where(records(t, "water_gb3838"), func(r record) bool { return r["table"] != "表1" })
	for _, table := range unique(rows, func(r record) string { return r["table"] }) {
		p.part(table)
		for _, r := range rows {
			if r["table"] != table {
				continue
			}
			given := func(x string) []string { return []string{"项目", quoted(r["item"]), "数值", amount(x, r["unit"])} }
			if r["limit"] == "" {
				p.ask("water.limit", askedWater, r.clause()+" 限值未查到", given("1"), []string{"判定", "未知"})
				continue
			}
			limit := rat(t, r["limit"])
			above := add(limit, step(decimals(r["limit"])))
			p.ask("water.limit", askedWater, r.clause()+" 第 "+r["no"]+" 项", given(r["limit"]), []string{"上限", amount(r["limit"], r["unit"]), "判定", "达标"})
			p.ask("water.limit", askedWater, r.clause()+" 第 "+r["no"]+" 项", given(written(above)), []string{"判定", "超标", "超标倍数", over(above, limit)})
		}
	}
	return p.String()
}
