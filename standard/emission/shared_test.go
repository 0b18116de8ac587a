package emission

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/internal/testkit"
	"pingzhang/standard"
)

// shared reads a table of reference data as one map a row.
func shared(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(testkit.Shared(t, "standards/"+name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, cell := range r {
			m[rows[0][i]] = cell
		}
		all = append(all, m)
	}
	return all
}

// What the shared table says in other words than ours.
var (
	sharedPollutants = map[string]string{
		"烟气黑度(林格曼)": "烟气黑度", "minimum stack height": "烟囱最低允许高度", "CEMS required": "自动监测", "色度(稀释倍数)": "色度",
		"粪大肠菌群(个/L)": "粪大肠菌群", "甲烷(厂区最高体积浓度%)": "甲烷", "总磷(2005-12-31前建)": "总磷", "总磷(2006-01-01起建)": "总磷",
	}
	sharedUnits = map[string]string{"mg/m3": "mg/m³", "ug/m3": "µg/m³", "ngTEQ/m3": "ng TEQ/m³", "℃ min": "℃"}
	sharedSteps = map[string]string{
		"1h": "hour", "24h": "day", "24h composite": "day", "24h composite (>= every 2 h)": "day", "once max": "instant", "max of 4 samples, every 2 h": "instant",
	}
	sharedFuels = map[string]string{
		"coal/biomass pellet/water-coal etc treated as coal; <=65 t/h steam, any hot water": "coal;biomass;coal_water|", "oil boiler": "oil|boiler", "gas boiler": "gas|boiler",
		"coal boiler": "coal|boiler", "oil gas-turbine": "oil|turbine", "natural-gas boiler": "natural_gas|boiler", "natural-gas turbine": "natural_gas|turbine",
		"other-gas boiler": "other_gas|boiler", "other-gas turbine": "other_gas|turbine", "gas turbine": "gas|turbine", "coal boiler, ultra-low emission retrofit": "coal|boiler",
	}
	// Scopes that are no trade.
	sharedPlaces = map[string]bool{
		"all": true, "outfall": true, "boundary air": true, "shared by all scopes": true, "stack >= 25 m": true, "一切": true, "workshop outlet, any industry": true,
		"existing plants from 2016-01-01": true, "boundary (fugitive)": true, "stack": true, "fugitive, highest point outside the boundary": true,
	}
)

// figure returns minimum, maximum, second maximum and words of a shared row.
func figure(m map[string]string) string {
	l, alt := m["limit"], m["limit_cold_or_alt"]
	switch {
	case l == "不得检出" || l == "肉眼不可见":
		return "|||" + l
	case m["pollutant"] == "pH" && strings.Contains(l, "~"):
		return strings.Replace(l, "~", "|", 1) + "||"
	case m["pollutant"] == "pH":
		return l + "|" + alt + "||"
	case l == "3e-05":
		return "|0.00003||"
	case strings.HasPrefix(l, "<"):
		return "|" + l[1:] + "||"
	case strings.HasPrefix(l, ">"):
		least, contact, _ := strings.Cut(strings.TrimSuffix(l[1:], "h)"), "(接触>=")
		return least + "|||接触时间不少于 " + contact + " h"
	case m["pollutant"] == "minimum stack height" || m["pollutant"] == "炉膛温度":
		return l + "|||"
	case m["pollutant"] == "CEMS required":
		return "|||应安装污染物排放自动监测设备并与监控中心联网"
	}
	return "|" + l + "|" + alt + "|"
}

// fits reports whether row r of a committed table is shared row m.
func fits(r standard.Row, m map[string]string) bool {
	word := func(words map[string]string, text string) string {
		if w, ok := words[text]; ok {
			return w
		}
		return text
	}
	lv, era, _ := strings.Cut(m["level"], "_")
	if m["standard"] != "GB 14554-93" {
		lv, era = m["level"], ""
	}
	if lv == "all" {
		lv = ""
	}
	unit := r.Cell("unit")
	if m["unit"] == "" && (unit == "倍" || unit == "个/L" || unit == "%" || unit == "无量纲") {
		unit = ""
	}
	c := r.Citation
	return strings.HasPrefix(m["standard"], c.Number()) && c.Clause == m["clause"] && r.Cell("category") == m["source_category"] &&
		r.Cell("pollutant") == word(sharedPollutants, m["pollutant"]) && r.Cell("level") == lv && unit == word(sharedUnits, m["unit"]) &&
		strings.Join([]string{r.Cell("min"), r.Cell("max"), r.Cell("max_cold"), r.Cell("words")}, "|") == figure(m) &&
		r.Cell("stack_m") == m["stack_height_m"] && r.Cell("oxygen") == m["o2_ref_percent"] && r.Cell("period") == sharedSteps[m["averaging"]] &&
		string(c.Confidence) == m["confidence"] && c.Source == m["source"] && string(c.To) == m["effective_to"] && r.Cell("strict") == strict(m) &&
		fitsScope(r, m) && fitsDates(r, m, era)
}

func strict(m map[string]string) string {
	if strings.HasPrefix(m["limit"], "<") || strings.HasPrefix(m["limit"], ">") {
		return "yes"
	}
	return ""
}

func fitsScope(r standard.Row, m map[string]string) bool {
	scope, trade := m["scope"], r.Cell("trade")
	if want, ok := sharedFuels[scope]; ok {
		fuel, device, _ := strings.Cut(want, "|")
		return r.Cell("fuel") == fuel && (r.Cell("device") == device || m["source_category"] == "boiler" && r.Cell("device") == "")
	}
	if m["pollutant"] == "minimum stack height" {
		low, high, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(scope, "coal boiler house total "), " MW"), "-")
		return r.Cell("fuel") == "coal" && r.Cell("house_mw") == "["+low+","+high+")"
	}
	if m["pollutant"] == "CEMS required" {
		return r.Cell("steam_tph") == "[20,)" && r.Cell("heat_mw") == "[14,)"
	}
	if sharedPlaces[scope] {
		place := map[string]string{"outfall": "outfall", "boundary air": "boundary", "boundary (fugitive)": "boundary", "workshop outlet, any industry": "workshop", "stack": "stack",
			"fugitive, highest point outside the boundary": "boundary"}[scope]
		return (trade == "" || m["pollutant"] == "颗粒物") && (place == "" || r.Cell("place") == place || m["pollutant"] == "甲烷(厂区最高体积浓度%)") &&
			(r.Cell("stack_min_m") == "25") == (scope == "stack >= 25 m")
	}
	// Trades are the same but for commas, the word 医院 and what is said in brackets.
	plain := strings.NewReplacer("、兽医院、含病原体", "", "、", "", "和", "", "传染病医院", "传染病", "(加氯消毒)", "", "等", "")
	return plain.Replace(scope) == plain.Replace(trade)
}

func fitsDates(r standard.Row, m map[string]string, era string) bool {
	from, want := string(r.Citation.From), m["effective_from"]
	switch {
	case want == "by order of state or province":
		want = "2014-07-01" // the day of the standard: it cannot be before
	case strings.Contains(m["note"], "smaller") && r.Cell("heat_mw") == "(,7]":
		want = "2016-07-01"
	case m["note"] == "from 2015-01-01":
		want = "2015-01-01"
	case m["scope"] == "existing plants from 2016-01-01" && r.Cell("built_to") == "2014-06-30":
		want = "2016-01-01"
	}
	built := ".."
	switch {
	case era == "new":
		built = "1994-06-01.."
	case era == "existing":
		built = "..1994-05-31"
	case strings.HasSuffix(m["pollutant"], "前建)"):
		built = "..2005-12-31"
	case strings.HasSuffix(m["pollutant"], "起建)"):
		built = "2006-01-01.."
	case m["standard"] == "GB 16297-1996":
		built = "1997-01-01.."
	case strings.HasPrefix(m["note"], "units built from 1998-01-01"):
		built = "1998-01-01.."
	case m["scope"] == "existing plants from 2016-01-01":
		built = r.Cell("built_from") + ".." + r.Cell("built_to")
	}
	return from == want && built == r.Cell("built_from")+".."+r.Cell("built_to")
}

// Each row of the shared table is a row of ours, no two the same; rows of ours
// besides are those that its notes speak of.
func TestSharedLimits(t *testing.T) {
	rows := shared(t, "emission_limits.csv")
	tables, err := Load(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	var ours []standard.Row
	for _, table := range tables.Limits {
		ours = append(ours, table.Rows()...)
	}
	used := map[string]bool{}
	id := func(r standard.Row) string { return r.Citation.Number() + " " + r.Key }
	for i, m := range rows {
		found := false
		for _, r := range ours {
			if !used[id(r)] && fits(r, m) {
				used[id(r)], found = true, true
				break
			}
		}
		if !found {
			t.Errorf("row %d: no row of ours is %v", i+2, m)
		}
	}
	besides := 0
	for _, r := range ours {
		if used[id(r)] {
			continue
		}
		besides++
		if r.Cell("region") == "" && r.Cell("furnace") == "" && r.Cell("built_to") != "2003-12-31" && r.Cell("built_to") != "2014-06-30" && r.Cell("heat_mw") != "(,7]" {
			t.Errorf("%s is of no shared row", id(r))
		}
	}
	if len(rows) != 899 || besides != len(ours)-899 {
		t.Errorf("%d shared rows, %d of ours, %d besides", len(rows), len(ours), besides)
	}
}

// Each rule of the shared table is a row of emission_rules, of
// emission_substitution or of auto_monitoring, of the same confidence and source.
func TestSharedRules(t *testing.T) {
	tables, err := Load(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	// Rules that auto_monitoring.tsv has, under its names.
	monitoring := map[string]string{
		"oxygen_conversion": standard.OxygenReference, "hourly_mean": standard.HourMinMinutes, "invalid_mark": ruleInvalid, "abnormal_condition": ruleAbnormal,
		"deadline": "manual_mark_until_hour", "daily_mean": standard.DayMeanKind,
	}
	topics := map[string]string{"missing_fill": "", "boiler_start_stop": topicPhases, "power_start_stop": topicPhases, "judgement": "furnace", "invalid": "invalid"}
	for _, m := range shared(t, "auto_monitoring_rules.csv") {
		document := strings.NewReplacer("生态环境部公告2022年第21号 污染物排放自动监测设备标记规则", "生态环境部公告 2022 年第 21 号", "生态环境部公告2022年第21号", "生态环境部公告 2022 年第 21 号",
			"GB 8978/", "", "/火电", "", "部令第10号 生活垃圾焚烧发电厂自动监测数据应用管理规定", "生态环境部令第10号").Replace(m["document"])
		fits := func(c standard.Citation) bool {
			return strings.HasPrefix(document, c.Document) && string(c.Confidence) == m["confidence"] && (m["effective_from"] == "" || string(c.From) == m["effective_from"])
		}
		found := false
		if name, ok := monitoring[m["topic"]]; ok {
			for _, r := range tables.Monitoring.Rows() {
				found = found || r.Cell("rule") == name && fits(r.Citation)
			}
		} else if m["topic"] == "missing_fill" {
			for _, r := range tables.Substitution.Rows() {
				found = found || fits(r.Citation)
			}
		} else {
			topic, ok := topics[m["topic"]]
			if !ok {
				topic = m["topic"]
			}
			for _, r := range tables.Rules.Rows() {
				found = found || r.Cell("topic") == topic && fits(r.Citation) && r.Citation.Source == m["source"]
			}
		}
		if !found {
			t.Errorf("no row of ours is %v", m)
		}
	}
}
