package subject

import (
	"math/big"
	"strconv"
	"testing"
)

// averagingNames are the words of the scripts for the averagings of the tables.
var averagingNames = map[string]string{
	"1h": "小时均值", "8h": "8小时滑动均值", "8h_daily_max": "日最大8小时滑动均值", "24h": "24小时均值",
	"month": "月均值", "quarter": "季均值", "growing_season": "植物生长季均值", "annual": "年均值",
}

// indexScript lists the corners of HJ 633 in one edition: each, and one step of
// the reported precision below and above it.
func indexScript(t *testing.T, edition string) string {
	of := func(r record) bool { return r["edition"] == edition }
	corners := where(records(t, "aqi_breakpoints"), of)
	levels := where(records(t, "aqi_levels"), of)
	special := where(records(t, "aqi_rules"), func(r record) bool { return of(r) && r["rule"] == "above_table" })
	var p page
	p.head("HJ 633-"+edition+" 分指数表：每个拐点，以及高一步和低一步（1 µg/m³，CO 为 0.1 mg/m³）",
		"", "分指数＝(分指数高−分指数低)÷(浓度高−浓度低)×(浓度−浓度低)＋分指数低，向上取整。本文件由各拐点推算，不要手工修改。")
	for _, column := range unique(corners, func(r record) string { return r["pollutant"] + "\t" + r["averaging"] }) {
		rows := where(corners, func(r record) bool { return r["pollutant"]+"\t"+r["averaging"] == column })
		first := rows[0]
		p.part(first["pollutant"] + " " + averagingNames[first["averaging"]])
		small := step(0)
		if first["pollutant"] == "CO" {
			small = step(1)
		}
		for i, r := range rows {
			c := rat(t, r["concentration"])
			values := []*big.Rat{sub(c, small), c, add(c, small)}
			if i == 0 {
				values = values[1:]
			}
			if i > 0 && sub(c, rat(t, rows[i-1]["concentration"])).Cmp(add(small, small)) < 0 {
				values = values[1:]
			}
			for _, x := range values {
				p.askIndex(t, r, rows, levels, special, x)
			}
		}
	}
	return p.String()
}

// askIndex writes the case of one concentration near corner r.
func (p *page) askIndex(t *testing.T, r record, rows, levels, special []record, x *big.Rat) {
	given := []string{"污染物", r["pollutant"], "时段", averagingNames[r["averaging"]], "数值", amount(written(x), r["unit"])}
	index, because := 0, r.clause()
	last := rows[len(rows)-1]
	if x.Cmp(rat(t, last["concentration"])) > 0 {
		index = whole(t, last["iaqi"])
		because += " 高于该列最高值，按最高的分指数计"
		for _, s := range special {
			if s["pollutant"] != r["pollutant"] || s["averaging"] != r["averaging"] {
				continue
			}
			because = s.clause() + " " + s["text"]
			if s["value"] == "" { // another item stands in, which one value alone does not give
				p.ask("air.iaqi", r.asked(), because, given, []string{"分指数", "未知", "超表", "是"})
				return
			}
			index = whole(t, s["value"])
		}
		p.ask("air.iaqi", r.asked(), because, given, []string{"分指数", strconv.Itoa(index), "类别", category(t, levels, index), "超表", "是"})
		return
	}
	index = interpolate(t, rows, x)
	p.ask("air.iaqi", r.asked(), because, given, []string{"分指数", strconv.Itoa(index), "类别", category(t, levels, index)})
}

// interpolate is formula (1) of HJ 633, rounded up.
func interpolate(t *testing.T, rows []record, x *big.Rat) int {
	i := 1
	for x.Cmp(rat(t, rows[i]["concentration"])) > 0 {
		i++
	}
	low, high := rat(t, rows[i-1]["concentration"]), rat(t, rows[i]["concentration"])
	from, to := rat(t, rows[i-1]["iaqi"]), rat(t, rows[i]["iaqi"])
	y := new(big.Rat).Quo(sub(to, from), sub(high, low))
	y = add(y.Mul(y, sub(x, low)), from)
	up, rest := new(big.Int).QuoRem(y.Num(), y.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		up.Add(up, big.NewInt(1))
	}
	return int(up.Int64())
}

func category(t *testing.T, levels []record, index int) string {
	for _, l := range levels {
		if index <= whole(t, l["high"]) {
			return l["category"]
		}
	}
	t.Fatalf("no level has index %d", index)
	return ""
}

func whole(t *testing.T, text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// airLimitScript lists the limits of GB 3095 for both classes of area: at the
// limit and one step above it. What is only informative has no limit.
func airLimitScript(t *testing.T) string {
	var p page
	p.head("GB 3095 浓度限值：2012 版、2026 版过渡阶段和最终阶段，一类区和二类区",
		"", "等于限值为达标；高出末位的 1 为超标。本文件由限值表推算，不要手工修改。")
	names := map[string]string{"": "", "transition": "过渡阶段", "final": "最终"}
	rows := records(t, "air_limits")
	for _, part := range unique(rows, func(r record) string { return r["edition"] + "\t" + r["stage"] }) {
		rows := where(rows, func(r record) bool { return r["edition"]+"\t"+r["stage"] == part })
		first := rows[0]
		if first["stage"] == "reference" {
			p.part("GB 3095-" + first["edition"] + " 附录A（资料性）的参考浓度不用于评价，没有限值")
			for _, r := range rows {
				p.ask("air.limit", r.asked(), r.clause()+" 资料性附录", []string{"污染物", r["pollutant"], "时段", averagingNames[r["averaging"]], "数值", amount(r["class2"], r["unit"])},
					[]string{"限值", "未知", "判定", "未知"})
			}
			continue
		}
		p.part("GB 3095-" + first["edition"] + " " + names[first["stage"]])
		for _, r := range rows {
			for _, area := range []struct{ column, name string }{{"class1", "一类区"}, {"class2", "二类区"}} {
				text := r[area.column]
				limit, small := rat(t, text), step(decimals(text))
				if r["pollutant"] == "CO" {
					small = step(1)
				}
				given := func(x *big.Rat) []string {
					return []string{"污染物", r["pollutant"], "时段", averagingNames[r["averaging"]], "功能区", area.name, "数值", amount(written(x), r["unit"])}
				}
				p.ask("air.limit", r.asked(), r.clause(), given(limit), []string{"限值", amount(text, r["unit"]), "判定", "达标"})
				above := add(limit, small)
				p.ask("air.limit", r["from"], r.clause(), given(above), []string{"判定", "超标", "超标倍数", over(above, limit)})
			}
		}
	}
	return p.String()
}
