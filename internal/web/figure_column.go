package web

import (
	"strings"

	"pingzhang/standard"
)

// columnTitles are the names of the columns of the tables of figures, and of
// the two parts of a citation that a correction changes. On a phone a name has
// room for seven characters.
var columnTitles = map[string]string{
	"confidence": "核实情况", "source": "来源",

	"above": "高于", "about": "约数", "advice": "建议措施", "aliases": "其他名称", "alternative": "并列条件", "area": "地区", "averaging": "平均时间",
	"background": "背景值例外", "body": "水体", "built_from": "建成不早于", "built_to": "建成不晚于",
	"capture_percent": "捕集率（%）", "cas": "CAS 编号", "category": "类别", "claimed_weight": "他处所称权重", "class": "类别", "class1": "一级限值", "class2": "二级限值",
	"cmyk": "CMYK 颜色", "code": "编码", "colour": "颜色", "concentration": "浓度", "condition": "条件",
	"decimals": "小数位数", "decline_percent": "降幅（%）", "device": "设备", "direction": "比较方式",
	"factor": "排放因子", "february": "二月", "first": "起始时刻", "for": "适用对象", "from_year": "起始年", "fuel": "燃料", "furnace": "炉型",
	"gap_hours": "缺失（小时）", "heat_mw": "热功率（MW）", "high": "上限", "hours": "持续（小时）", "house_mw": "锅炉房（MW）",
	"iaqi": "分指数", "index": "指数", "intervention_class1": "一类管制值", "intervention_class2": "二类管制值", "inverted": "负向指标",
	"item": "项目", "items": "所列项目", "kind": "种类", "land_use": "土地利用", "last": "终止时刻", "level": "级别", "limit": "限值", "limit_max": "上限值", "low": "下限",
	"max": "最高允许值", "max_cold": "低水温最高值", "medium": "介质", "min": "最低允许值", "name": "名称", "no": "序号",
	"oxygen": "基准氧（%）", "per_month": "每月", "percent": "百分位数", "period": "取值时间", "ph_gt": "pH 高于", "ph_le": "pH 不高于", "phase": "阶段", "place": "监控位置",
	"pollutant": "污染物", "pollutants": "污染物", "previous_hours": "回溯小时数", "quantity": "限制的量",
	"rated": "参与水质评价", "reckoned": "计算项目", "region": "适用地区", "report": "报告种类", "reports": "报告种类", "rgb": "RGB 颜色", "rule": "规则",
	"sampling": "取样方式", "saturation": "饱和率（%）", "screen_class1": "一类筛选值", "screen_class2": "二类筛选值", "slope": "系数", "stack_m": "筒高（m）",
	"stack_min_m": "最低筒高（m）", "stack_rule": "高度取值方法", "stage": "阶段", "statistic": "统计量", "steam_tph": "蒸发量（t/h）", "strict": "须严于限值", "subject": "对象", "symbol": "符号",
	"table": "所在表", "text": "内容", "to_year": "终止年", "topic": "主题", "trade": "行业或工艺", "unit": "单位", "upper": "上界", "value": "数值", "weight": "权重", "words": "文字要求", "year": "年份",
}

// columnTitle is the name of a column; its code for one that a bureau's own
// table has.
func columnTitle(code string) string { return orCode(columnTitles, code) }

// cellWords say what the codes in cells mean. The standards are reckoned by the
// codes, so a page shows both.
var cellWords = map[string]string{
	"yes": "是", "no": "否", "all": "全部", "other": "其他",
	"annual": "年平均", "quarter": "季平均", "month": "月平均", "24h": "24 小时平均", "8h": "8 小时平均", "1h": "1 小时平均", "8h_daily_max": "日最大 8 小时平均", "growing_season": "植物生长季平均",
	"transition": "过渡阶段", "final": "正式阶段", "reference": "参考", "hourly": "实时报", "daily": "日报", "forecast": "预报",
	"hour": "小时均值", "day": "日均值", "instant": "一次值",
	"boiler": "锅炉", "turbine": "燃气轮机", "power_plant": "火电厂", "waste_incineration": "生活垃圾焚烧", "odour": "恶臭", "general_air": "大气综合", "wwtp": "污水处理厂", "wastewater": "污水综合",
	"stack": "排气筒", "furnace": "炉膛", "boundary": "厂界", "outfall": "总排放口", "workshop": "车间排放口", "works": "厂内",
	"concentration": "浓度", "temperature": "温度", "rate": "排放速率", "height": "高度", "duty": "管理要求",
	"coal": "燃煤", "biomass": "生物质", "coal_water": "水煤浆", "oil": "燃油", "natural_gas": "天然气", "other_gas": "其他气体",
	"in_use": "在用", "new": "新建", "existing": "现有", "special": "特别排放限值", "ultra_low": "超低排放",
	"interpolate": "内插", "nearest": "取相近一档", "from": "此高度及以上",
	"screening": "筛选值", "intervention": "管制值", "paddy": "水田", "orchard": "果园",
	"river": "河流", "lake": "湖库", "range": "范围", "rule": "文字规定", "<=": "不高于", ">=": "不低于",
	"yellow": "黄色预警", "orange": "橙色预警", "red": "红色预警", "basis": "依据", "lift": "解除", "notice": "提示",
	"max": "最大值", "gas": "废气", "water": "废水", "plain": "算术平均", "flow_weighted": "按流量加权",
}

// wordsOf says what a cell of codes, one or a list parted by ;, means; empty
// where a part of it is none that is known.
func wordsOf(cell string) string {
	var all []string
	for code := range strings.SplitSeq(cell, ";") {
		word := cellWords[code]
		if word == "" {
			return ""
		}
		all = append(all, word)
	}
	return strings.Join(all, "、")
}

// confidences are the words for how sure a figure is, from sure to none.
var confidences = []standard.Confidence{
	standard.Source, standard.SourceSecondary, standard.Inference, standard.Memory, standard.Unverified, standard.SourceExistence, standard.Missing,
}
