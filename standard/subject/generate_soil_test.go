package subject

import (
	"math/big"
	"slices"
	"strings"
	"testing"
)

// quoted puts a value in quotes that a script could not hold without.
func quoted(text string) string {
	if strings.ContainsAny(text, "，“”\"") || strings.Contains(text, ", ") {
		return `"` + text + `"`
	}
	return text
}

var useNames = map[string]string{"paddy": "水田", "orchard": "果园", "other": "其他", "all": ""}

// farmlandScript lists the values of GB 15618: each at both ends of its band of
// pH, at the value itself and above it.
func farmlandScript(t *testing.T) string {
	var p page
	p.head("GB 15618-2018 农用地：各项目、用地和 pH 段的筛选值、管制值",
		"", "pH 段包含上端、不包含下端（5.5＜pH≤6.5）。等于筛选值为不高于筛选值。每一行在 pH 段的两端各问一次，含量取该值和略高的值。",
		"本文件由限值表推算，不要手工修改。")
	rows := records(t, "soil_gb15618")
	for _, item := range unique(rows, func(r record) string { return r["item"] }) {
		p.part(item)
		for _, r := range where(rows, func(r record) bool { return r["item"] == item }) {
			for _, ph := range phOf(t, r) {
				limit := rat(t, r["limit"])
				for _, x := range []*big.Rat{limit, add(limit, step(decimals(r["limit"])+1))} {
					p.askFarmland(t, rows, r, ph, x)
				}
			}
		}
	}
	return p.String()
}

// phOf is a pH at each end of the band of a row: just above its lower bound, which
// does not belong to it, and at its upper, which does.
func phOf(t *testing.T, r record) []*big.Rat {
	var all []*big.Rat
	if r["ph_gt"] != "" {
		all = append(all, add(rat(t, r["ph_gt"]), step(2)))
	}
	if r["ph_le"] != "" {
		all = append(all, rat(t, r["ph_le"]))
	}
	if all == nil {
		all = append(all, nil)
	}
	return all
}

// valueAt finds the value of a kind for an item, use and pH.
func valueAt(t *testing.T, rows []record, kind, item, use string, ph *big.Rat) (*big.Rat, string) {
	named := slices.ContainsFunc(rows, func(r record) bool { return r["kind"] == kind && r["item"] == item && r["land_use"] == use })
	for _, r := range rows {
		if r["kind"] != kind || r["item"] != item || r["land_use"] != use && (named || r["land_use"] != "all") {
			continue
		}
		if (r["ph_gt"] == "" || ph.Cmp(rat(t, r["ph_gt"])) > 0) && (r["ph_le"] == "" || ph.Cmp(rat(t, r["ph_le"])) <= 0) {
			return rat(t, r["limit"]), amount(r["limit"], r["unit"])
		}
	}
	return nil, ""
}

func (p *page) askFarmland(t *testing.T, rows []record, r record, ph, x *big.Rat) {
	use := r["land_use"]
	if r["kind"] == "intervention" { // holds for all uses: asked of one that the item has
		use = rows[slices.IndexFunc(rows, func(s record) bool { return s["item"] == r["item"] })]["land_use"]
	}
	screening, screeningText := valueAt(t, rows, "screening", r["item"], use, ph)
	intervention, interventionText := valueAt(t, rows, "intervention", r["item"], use, ph)
	phText := ""
	if ph != nil {
		phText = written(ph)
	}
	p.ask("soil.farmland", r["from"], r.clause(), []string{
		"项目", r["item"], "用地", useNames[use], "pH", phText, "数值", amount(written(x), r["unit"]),
	}, []string{"结论", soilOutcome(x, screening, intervention), "筛选值", screeningText, "管制值", interventionText})
}

// soilOutcome is how x lies to the two values; the second may be none.
func soilOutcome(x, screening, intervention *big.Rat) string {
	switch {
	case x.Cmp(screening) <= 0:
		return "不高于筛选值"
	case intervention == nil:
		return "高于筛选值"
	case x.Cmp(intervention) <= 0:
		return "高于筛选值、不高于管制值"
	}
	return "高于管制值"
}

// developmentScript lists the values of GB 36600 for both classes of land.
func developmentScript(t *testing.T) string {
	var p page
	p.head("GB 36600-2018 建设用地：各项目第一类、第二类用地的筛选值、管制值，以及略高的含量", "", "本文件由限值表推算，不要手工修改。")
	for _, r := range records(t, "soil_gb36600") {
		p.part(r["no"] + " " + r["item"])
		for _, class := range []struct{ suffix, name string }{{"class1", "第一类用地"}, {"class2", "第二类用地"}} {
			low, high := r["screen_"+class.suffix], r["intervention_"+class.suffix]
			given := func(x string) []string {
				return []string{"项目", quoted(r["item"]), "用地", class.name, "数值", amount(x, r["unit"])}
			}
			if low == "" || high == "" {
				p.ask("soil.development", r["from"], r.clause()+" 数值未查到", given("1"), []string{"结论", "未知"})
				continue
			}
			values := []string{low, high}
			if low == high {
				values = values[:1]
			}
			for _, text := range values {
				limit := rat(t, text)
				for _, x := range []*big.Rat{limit, add(limit, step(decimals(text)+1))} {
					p.ask("soil.development", r["from"], r.clause(), given(written(x)), []string{
						"结论", soilOutcome(x, rat(t, low), rat(t, high)), "筛选值", amount(low, r["unit"]), "管制值", amount(high, r["unit"]),
					})
				}
			}
		}
	}
	return p.String()
}
