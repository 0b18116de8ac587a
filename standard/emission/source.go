package emission

import (
	"strings"

	"pingzhang/standard"
)

// A Category is what kind of source a document is about.
type Category string

// The categories of the tables as shipped.
const (
	Boiler            Category = "boiler"             // GB 13271
	PowerPlant        Category = "power_plant"        // GB 13223, 超低排放
	WasteIncineration Category = "waste_incineration" // GB 18485
	SewageWorks       Category = "wwtp"               // GB 18918
	WasteWater        Category = "wastewater"         // GB 8978
	GeneralAir        Category = "general_air"        // GB 16297
	Odour             Category = "odour"              // GB 14554
)

// A Place is where what is let out is measured.
type Place string

// The places.
const (
	Stack    Place = "stack"    // 排气筒
	Boundary Place = "boundary" // 厂界、周界外浓度最高点
	Works    Place = "works"    // 厂区内
	Furnace  Place = "furnace"  // 炉膛
	Workshop Place = "workshop" // 车间或车间处理设施排放口
	Outfall  Place = "outfall"  // 总排放口
)

// Name returns the place in Chinese.
func (p Place) Name() string {
	return map[Place]string{Stack: "排气筒", Boundary: "厂界", Works: "厂区", Furnace: "炉膛", Workshop: "车间排放口", Outfall: "总排放口"}[p]
}

// A Quantity is what is limited.
type Quantity string

// The quantities.
const (
	Concentration Quantity = "concentration"
	Rate          Quantity = "rate"        // kg/h, by height of the stack
	Height        Quantity = "height"      // of the stack itself
	Temperature   Quantity = "temperature" // of the furnace
	Duty          Quantity = "duty"        // what must be done, in words
)

// A Fuel is what is burnt.
type Fuel string

// The fuels. Biomass pellets and coal-water slurry count as coal with GB 13271.
const (
	Coal       Fuel = "coal"
	Biomass    Fuel = "biomass"
	CoalWater  Fuel = "coal_water"
	Oil        Fuel = "oil"
	Gas        Fuel = "gas" // which gas is not stated, or the document makes no difference
	NaturalGas Fuel = "natural_gas"
	OtherGas   Fuel = "other_gas"
)

// A Device is what burns it.
type Device string

// The devices.
const (
	BoilerDevice  Device = "boiler"
	TurbineDevice Device = "turbine"
)

// A Source describes what is let out. What is not known is left empty: the
// answer then says whether it matters.
type Source struct {
	Document  string // "GB 13271", with or without edition; empty for all
	Category  Category
	Place     Place    // empty for all
	Quantity  Quantity // empty for all
	Pollutant string   // name or symbol; empty for all
	Level     string   // as in the tables (in_use, new, special, 1A, 2 …) or in Chinese (一级A)
	Trade     string   // what the document parts its limits by: 石油化工, 碳黑尘

	Fuel    Fuel
	Device  Device
	Furnace string        // special kind, where it has one: W火焰炉膛
	Region  string        // province, in short: 广西; only some rows ask
	Built   standard.Date // when it was built or its EIA approved, as the document counts

	SteamTPH standard.Exact // capacity of a steam boiler, t/h
	HeatMW   standard.Exact // capacity of a hot-water boiler, MW
	HouseMW  standard.Exact // capacity of the whole boiler house, MW

	StackM     standard.Exact // height of the stack, m
	BuildingsM standard.Exact // height of the highest building within 200 m of it, m; 0 for none

	WaterCelsius standard.Exact // temperature of the water

	// OxygenCeiling is the oxygen content from which on a conversion says
	// nothing (start-up, shut-down); see standard.Limit. It is the bureau's.
	OxygenCeiling standard.Exact

	On standard.Date // the day that is asked about
}

// names are the ways in which one pollutant is called, parted by blanks, in
// capitals.
var names = []string{
	"颗粒物 烟尘 PM", "二氧化硫 SO2 SO₂", "氮氧化物 NOX NOₓ", "一氧化碳 CO", "氯化氢 HCL", "氨 NH3 NH₃",
	"硫化氢 H2S H₂S", "二甲二硫 二甲二硫醚", "非甲烷总烃 NMHC", "烟气黑度 林格曼黑度", "苯并[A]芘 苯并(A)芘",
	"化学需氧量 COD CODCR", "五日生化需氧量 BOD5 BOD₅", "氨氮 NH3-N NH₃-N", "悬浮物 SS", "总磷 TP", "总氮 TN",
	"粪大肠菌群 粪大肠菌群数", "PH PH值", "阴离子表面活性剂 LAS", "可吸附有机卤化物(AOX) AOX 可吸附有机卤化物",
}

// firstName gives the first of the names of a pollutant for each of them.
var firstName = func() map[string]string {
	first := map[string]string{}
	for _, group := range names {
		all := strings.Fields(group)
		for _, n := range all {
			first[n] = all[0]
		}
	}
	return first
}()

// oneName returns the one name by which pollutants are compared.
func oneName(name string) string {
	name = strings.ToUpper(strings.TrimSpace(name))
	if first, ok := firstName[name]; ok {
		return first
	}
	return name
}

// sameName reports whether a and b are names of one pollutant.
func sameName(a, b string) bool { return oneName(a) == oneName(b) }

// levels gives the words of the tables for those of the trade.
var levels = map[string]string{
	"一级A": "1A", "一级A标准": "1A", "一级B": "1B", "一级B标准": "1B", "一级": "1", "二级": "2", "三级": "3",
	"一级标准": "1", "二级标准": "2", "三级标准": "3", "在用": "in_use", "新建": "new", "现有": "existing",
	"特别": "special", "特别排放限值": "special", "超低": "ultra_low", "超低排放": "ultra_low",
}

// level returns l in the word of the tables.
func level(l string) string {
	if word, ok := levels[strings.TrimSpace(l)]; ok {
		return word
	}
	return strings.TrimSpace(l)
}
