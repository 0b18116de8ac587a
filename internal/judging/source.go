package judging

import (
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	"pingzhang/standard/emission"
)

// EmissionColumns are the columns of a file of what sources let out.
func EmissionColumns() []sheet.Column {
	return []sheet.Column{
		{Name: "source", Zh: "排放源", Synonyms: []string{"source", "排放口", "排口", "企业", "企业名称", "监测点位", "点位"}},
		{Name: "date", Zh: "日期", Synonyms: []string{"date", "监测日期", "监测时间", "时间", "采样日期"}, Kind: sheet.Date},
		{Name: "standard", Zh: "标准", Synonyms: []string{"standard", "document", "执行标准", "标准编号"}},
		{Name: "category", Zh: "类别", Synonyms: []string{"category", "源类别", "排放源类别"}},
		{Name: "place", Zh: "监测位置", Synonyms: []string{"place", "位置"}},
		{Name: "quantity", Zh: "量", Synonyms: []string{"quantity", "监测的量"}},
		{Name: "pollutant", Zh: "污染物", Synonyms: []string{"pollutant", "项目", "监测项目", "因子"}},
		{Name: "value", Zh: "结果", Synonyms: []string{"value", "浓度", "监测结果", "实测值", "数值"}, Kind: sheet.Number},
		{Name: "unit", Zh: "单位", Synonyms: []string{"unit", "计量单位"}},
		{Name: "period", Zh: "取值时间", Synonyms: []string{"period", "时段", "均值类型"}},
		{Name: "oxygen", Zh: "氧含量", Synonyms: []string{"oxygen", "含氧量", "O2", "实测氧含量"}, Kind: sheet.Number, Unit: standard.Percent},
		{Name: "converted", Zh: "已折算", Synonyms: []string{"converted", "是否折算", "折算"}},
		{Name: "level", Zh: "级别", Synonyms: []string{"level", "执行级别", "限值级别"}},
		{Name: "trade", Zh: "行业", Synonyms: []string{"trade", "行业或种类"}},
		{Name: "fuel", Zh: "燃料", Synonyms: []string{"fuel", "燃料种类"}},
		{Name: "device", Zh: "设备", Synonyms: []string{"device", "设备类型"}},
		{Name: "furnace", Zh: "炉型", Synonyms: []string{"furnace", "特殊炉型"}},
		{Name: "region", Zh: "省份", Synonyms: []string{"region", "省", "省区"}},
		{Name: "built", Zh: "建设日期", Synonyms: []string{"built", "建成日期", "环评批复日期"}, Kind: sheet.Date},
		{Name: "steam_tph", Zh: "蒸发量", Synonyms: []string{"steam_tph", "锅炉容量", "capacity", "锅炉出力", "容量", "蒸发量(t/h)", "锅炉容量(t/h)", "容量(t/h)"}, Kind: sheet.Number},
		{Name: "heat_mw", Zh: "热功率", Synonyms: []string{"heat_mw", "额定热功率", "热功率(MW)", "容量(MW)"}, Kind: sheet.Number},
		{Name: "house_mw", Zh: "锅炉房总容量", Synonyms: []string{"house_mw", "锅炉房总容量(MW)"}, Kind: sheet.Number},
		{Name: "stack_m", Zh: "排气筒高度", Synonyms: []string{"stack_m", "stack_height", "烟囱高度"}, Kind: sheet.Number, Unit: standard.Metre},
		{Name: "buildings_m", Zh: "周围建筑物高度", Synonyms: []string{"buildings_m", "200m内最高建筑物高度"}, Kind: sheet.Number, Unit: standard.Metre},
		{Name: "water_celsius", Zh: "水温", Synonyms: []string{"water_celsius", "temperature"}, Kind: sheet.Number, Unit: standard.Celsius},
		{Name: "oxygen_ceiling", Zh: "氧含量上限", Synonyms: []string{"oxygen_ceiling"}, Kind: sheet.Number, Unit: standard.Percent},
	}
}

var categories = []word[emission.Category]{
	{emission.Boiler, []string{"锅炉"}},
	{emission.PowerPlant, []string{"火电厂", "火电", "电厂"}},
	{emission.WasteIncineration, []string{"生活垃圾焚烧", "垃圾焚烧", "垃圾焚烧厂"}},
	{emission.SewageWorks, []string{"城镇污水处理厂", "污水处理厂", "污水厂"}},
	{emission.WasteWater, []string{"废水", "污水", "工业废水"}},
	{emission.GeneralAir, []string{"废气", "工艺废气"}},
	{emission.Odour, []string{"恶臭", "臭气"}},
}

var places = []word[emission.Place]{
	{emission.Stack, []string{"排气筒", "烟囱", "有组织"}},
	{emission.Boundary, []string{"厂界", "周界", "周界外", "无组织"}},
	{emission.Works, []string{"厂区", "厂区内"}},
	{emission.Furnace, []string{"炉膛"}},
	{emission.Workshop, []string{"车间排放口", "车间", "车间或车间处理设施排放口"}},
	{emission.Outfall, []string{"总排放口", "总排口", "排放口", "废水总排口", "废水总排放口"}},
}

var quantities = []word[emission.Quantity]{
	{emission.Concentration, []string{"浓度", "排放浓度"}},
	{emission.Rate, []string{"速率", "排放速率"}},
	{emission.Height, []string{"高度", "烟囱高度"}},
	{emission.Temperature, []string{"温度", "炉膛温度"}},
	{emission.Duty, []string{"规定"}},
}

var fuels = []word[emission.Fuel]{
	{emission.Coal, []string{"煤", "燃煤"}},
	{emission.Biomass, []string{"生物质", "生物质成型燃料", "燃生物质"}},
	{emission.CoalWater, []string{"水煤浆"}},
	{emission.Oil, []string{"油", "燃油", "轻油", "重油", "柴油"}},
	{emission.Gas, []string{"气", "燃气", "气体"}},
	{emission.NaturalGas, []string{"天然气"}},
	{emission.OtherGas, []string{"其他气体"}},
}

var devices = []word[emission.Device]{
	{emission.BoilerDevice, []string{"锅炉"}},
	{emission.TurbineDevice, []string{"燃气轮机组", "燃气轮机", "燃机"}},
}

var periods = []word[standard.Period]{
	{standard.Hour, []string{"小时均值", "小时", "1h", "小时值", "1小时均值", "一小时均值"}},
	{standard.Day, []string{"日均值", "日", "24h", "24小时均值", "日均", "24小时"}},
	{standard.Instant, []string{"一次值", "瞬时", "瞬时值", "实时", "瞬时样", "一次最大值"}},
	{standard.Minute, []string{"分钟均值", "分钟", "分钟值"}},
	{standard.EightHour, []string{"8小时均值", "8小时"}},
	{standard.Month, []string{"月均值", "月"}},
	{standard.Quarter, []string{"季均值", "季"}},
	{standard.Year, []string{"年均值", "年"}},
}

// A truth is yes or no.
type truth string

const (
	affirmed truth = "true"
	denied   truth = "false"
)

var truths = []word[truth]{{affirmed, []string{"是", "已折算", "yes", "1"}}, {denied, []string{"否", "未折算", "no", "0"}}}

// levelName writes a level of the tables for a person.
func levelName(level string) string {
	if name, ok := map[string]string{
		"in_use": "在用", "new": "新建", "existing": "现有", "special": "特别排放限值", "ultra_low": "超低排放",
		"1A": "一级A", "1B": "一级B", "1": "一级", "2": "二级", "3": "三级",
	}[level]; ok {
		return name
	}
	return level
}

// emitter reads what a row says of its source. odd reports whether a word is not
// of its list, so that the source is not known.
func (r *reader) emitter() (s emission.Source, odd bool) {
	s = emission.Source{
		Document: r.Text("standard"), Pollutant: fold(r.Text("pollutant")), Level: r.Text("level"), Trade: r.Text("trade"),
		Furnace: r.Text("furnace"), Region: r.Text("region"),
	}
	all := true
	keep := func(ok bool) { all = all && ok }
	var ok bool
	s.Category, ok = meaning(r, "category", categories)
	keep(ok)
	s.Place, ok = meaning(r, "place", places)
	keep(ok)
	s.Quantity, ok = meaning(r, "quantity", quantities)
	keep(ok)
	s.Fuel, ok = meaning(r, "fuel", fuels)
	keep(ok)
	s.Device, ok = meaning(r, "device", devices)
	keep(ok)
	if m := r.Moment("built"); m.Issue == "" {
		s.Built = m.Date()
	}
	for column, to := range map[string]*standard.Exact{
		"steam_tph": &s.SteamTPH, "heat_mw": &s.HeatMW, "house_mw": &s.HouseMW, "stack_m": &s.StackM,
		"buildings_m": &s.BuildingsM, "oxygen_ceiling": &s.OxygenCeiling,
	} {
		*to = r.number(column, false).Value
	}
	if f, _ := r.file.Field("steam_tph"); f.Unit != "" && fold(f.Unit) != "t/h" {
		s.SteamTPH = standard.Exact{}
		r.bad("steam_tph", standard.UnitMismatch, "蒸发量应以 t/h 计，表头写的是 "+f.Unit)
	}
	s.WaterCelsius = r.number("water_celsius", true).Value
	return s, !all
}
