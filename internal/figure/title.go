package figure

import "pingzhang/standard"

// titles are the names of the tables on pages.
var titles = map[string]string{
	"air_limits":            "环境空气污染物浓度限值",
	"aqi_breakpoints":       "空气质量分指数及对应浓度",
	"aqi_rules":             "空气质量指数计算规则",
	"aqi_levels":            "空气质量指数级别",
	"air_validity":          "环境空气数据有效性规定",
	"air_evaluation":        "环境空气质量年度评价",
	"heavy_pollution":       "重污染天气预警分级",
	"water_gb3838":          "地表水环境质量标准限值",
	"water_evaluation":      "地表水环境质量评价",
	"soil_gb15618":          "农用地土壤污染风险管控值",
	"soil_gb36600":          "建设用地土壤污染风险管控值",
	"soil_gbt14848":         "地下水质量分类指标",
	"soil_categories":       "耕地土壤环境质量类别",
	"auto_monitoring":       "自动监测数据有效性规定",
	"emission_rules":        "排放核算和豁免规则",
	"emission_substitution": "缺失数据替代规则",
	"emission_ultra_low":    "超低排放限值",
	"carbon_grid":           "电力二氧化碳排放因子",
	"carbon_fuel":           "燃料和热力二氧化碳排放因子",
	"carbon_targets":        "碳强度下降目标",
	"carbon_rules":          "碳强度核算依据",
	"ecology_quality":       "生态质量指数",
}

// titleOf returns the name of a table. One of limits of a single document,
// which a bureau may add, has the name of the document.
func titleOf(t *standard.Table) string {
	if title := titles[t.Name]; title != "" {
		return title
	}
	for _, r := range t.Rows() {
		if c := r.Citation; c.Title != "" {
			return c.Title + "（" + c.Number() + "）"
		}
	}
	return t.Name
}
