package standard

import (
	"fmt"
	"strings"
)

// A Unit is how a number is measured, in the one spelling of the list below.
// ParseUnit knows the other spellings.
type Unit string

// The units. Those of one line measure the same and convert into each other;
// a concentration in gas and one in water do not, though both are a mass in a
// volume.
const (
	MgPerM3, UgPerM3, NgPerM3, GPerM3      Unit = "mg/m³", "µg/m³", "ng/m³", "g/m³"
	MgPerL, UgPerL, NgPerL, GPerL          Unit = "mg/L", "µg/L", "ng/L", "g/L"
	MgPerKg, UgPerKg, GPerKg               Unit = "mg/kg", "µg/kg", "g/kg"
	NgTEQPerM3, PgTEQPerM3                 Unit = "ng TEQ/m³", "pg TEQ/m³" // dioxins in gas, as toxic equivalents; not a mass
	UmolPerMol                             Unit = "µmol/mol"               // ppm by volume: to mg/m³ only with the molar mass
	M3PerH, M3PerS, M3PerD, LPerS, LPerMin Unit = "m³/h", "m³/s", "m³/d", "L/s", "L/min"
	KgPerH, GPerS, TPerA                   Unit = "kg/h", "g/s", "t/a"
	Kg, G, Mg, Tonne                       Unit = "kg", "g", "mg", "t"
	CubicMetre, Litre                      Unit = "m³", "L"
	Celsius                                Unit = "℃"
	Percent                                Unit = "%"
	Dimensionless                          Unit = "无量纲"
	Pa, KPa, HPa, MPa                      Unit = "Pa", "kPa", "hPa", "MPa"
	MPerS                                  Unit = "m/s"
	Metre, Centimetre, Millimetre          Unit = "m", "cm", "mm"
	Decibel                                Unit = "dB"
	USPerCm, MSPerM                        Unit = "µS/cm", "mS/m"
	CountPerL, MPNPerL, MPNPer100ML        Unit = "个/L", "MPN/L", "MPN/100mL"
	BqPerL                                 Unit = "Bq/L"
	ColourDegree                           Unit = "度"
	Times                                  Unit = "倍" // colour by dilution
	Grade                                  Unit = "级" // blackness of smoke (Ringelmann)
	Degree                                 Unit = "°"
	Millivolt, Volt                        Unit = "mV", "V"
	Ampere                                 Unit = "A"
	KilowattHour, MegawattHour, TenMWh     Unit = "kW·h", "MW·h", "万kW·h"
	Gigajoule, Terajoule, Megajoule        Unit = "GJ", "TJ", "MJ" // heat; electricity is measured apart
	Tce, TenKTce, Kgce                     Unit = "tce", "万tce", "kgce"
)

// A quantity is what units of one kind measure.
type quantity struct {
	name   string // in Chinese, for the sentence of an error
	signed bool   // values below zero occur
}

var (
	inGas       = &quantity{name: "气体中的浓度"}
	inWater     = &quantity{name: "水中的浓度"}
	inSolid     = &quantity{name: "固体中的含量"}
	molar       = &quantity{name: "体积分数"}
	flow        = &quantity{name: "流量"}
	massRate    = &quantity{name: "排放速率"}
	yearly      = &quantity{name: "年排放量"}
	mass        = &quantity{name: "质量"}
	volume      = &quantity{name: "体积"}
	temperature = &quantity{name: "温度", signed: true}
	share       = &quantity{name: "百分比", signed: true}
	plain       = &quantity{name: "无量纲量"}
	pressure    = &quantity{name: "压力", signed: true}
	speed       = &quantity{name: "流速", signed: true}
	length      = &quantity{name: "长度", signed: true}
	sound       = &quantity{name: "声级", signed: true}
	conduct     = &quantity{name: "电导率"}
	count       = &quantity{name: "个数浓度"}
	activity    = &quantity{name: "放射性活度"}
	colour      = &quantity{name: "色度"}
	angle       = &quantity{name: "角度", signed: true}
	voltage     = &quantity{name: "电压", signed: true}
	current     = &quantity{name: "电流", signed: true}
	dilution    = &quantity{name: "稀释倍数"}
	blackness   = &quantity{name: "林格曼黑度"}
	toxic       = &quantity{name: "气体中的毒性当量浓度"}
	energy      = &quantity{name: "电量", signed: true}
	heat        = &quantity{name: "热量"}
	sce         = &quantity{name: "标准煤量"}
)

// units gives each unit its quantity and its size in the first unit of it.
var units = map[Unit]struct {
	of   *quantity
	size Exact
}{
	MgPerM3: {inGas, Int(1)}, UgPerM3: {inGas, Must("0.001")}, NgPerM3: {inGas, Must("0.000001")}, GPerM3: {inGas, Int(1000)},
	MgPerL: {inWater, Int(1)}, UgPerL: {inWater, Must("0.001")}, NgPerL: {inWater, Must("0.000001")}, GPerL: {inWater, Int(1000)},
	MgPerKg: {inSolid, Int(1)}, UgPerKg: {inSolid, Must("0.001")}, GPerKg: {inSolid, Int(1000)},
	NgTEQPerM3: {toxic, Int(1)}, PgTEQPerM3: {toxic, Must("0.001")}, Times: {dilution, Int(1)}, Grade: {blackness, Int(1)},
	UmolPerMol: {molar, Int(1)},
	M3PerH:     {flow, Int(1)}, M3PerS: {flow, Int(3600)}, M3PerD: {flow, Int(1).Quo(Int(24))}, LPerS: {flow, Must("3.6")}, LPerMin: {flow, Must("0.06")},
	KgPerH: {massRate, Int(1)}, GPerS: {massRate, Must("3.6")}, TPerA: {yearly, Int(1)},
	Kg: {mass, Int(1)}, G: {mass, Must("0.001")}, Mg: {mass, Must("0.000001")}, Tonne: {mass, Int(1000)},
	CubicMetre: {volume, Int(1)}, Litre: {volume, Must("0.001")},
	Celsius: {temperature, Int(1)}, Percent: {share, Int(1)}, Dimensionless: {plain, Int(1)},
	Pa: {pressure, Int(1)}, KPa: {pressure, Int(1000)}, HPa: {pressure, Int(100)}, MPa: {pressure, Int(1000000)},
	MPerS: {speed, Int(1)}, Metre: {length, Int(1)}, Centimetre: {length, Must("0.01")}, Millimetre: {length, Must("0.001")}, Decibel: {sound, Int(1)},
	USPerCm: {conduct, Int(1)}, MSPerM: {conduct, Int(10)},
	CountPerL: {count, Int(1)}, MPNPerL: {count, Int(1)}, MPNPer100ML: {count, Int(10)}, BqPerL: {activity, Int(1)}, ColourDegree: {colour, Int(1)}, Degree: {angle, Int(1)},
	Millivolt: {voltage, Int(1)}, Volt: {voltage, Int(1000)}, Ampere: {current, Int(1)}, KilowattHour: {energy, Int(1)},
	MegawattHour: {energy, Int(1000)}, TenMWh: {energy, Int(10000)}, Gigajoule: {heat, Int(1)}, Terajoule: {heat, Int(1000)}, Megajoule: {heat, Must("0.001")},
	Tce: {sce, Int(1)}, TenKTce: {sce, Int(10000)}, Kgce: {sce, Must("0.001")},
}

// spellings gives the other ways in which documents and instruments write a
// unit, without blanks.
var spellings = map[string]Unit{
	"mg/m3": MgPerM3, "mg/Nm3": MgPerM3, "mg/Nm³": MgPerM3, "毫克/立方米": MgPerM3,
	"ug/m3": UgPerM3, "ug/m³": UgPerM3, "μg/m3": UgPerM3, "μg/m³": UgPerM3, "µg/m3": UgPerM3, "微克/立方米": UgPerM3,
	"ng/m3": NgPerM3, "纳克/立方米": NgPerM3, "g/m3": GPerM3, "克/立方米": GPerM3,
	"mg/l": MgPerL, "毫克/升": MgPerL, "ug/l": UgPerL, "ug/L": UgPerL, "μg/L": UgPerL, "μg/l": UgPerL, "µg/l": UgPerL, "微克/升": UgPerL,
	"ng/l": NgPerL, "纳克/升": NgPerL, "g/l": GPerL, "克/升": GPerL,
	"毫克/千克": MgPerKg, "ug/kg": UgPerKg, "μg/kg": UgPerKg, "微克/千克": UgPerKg,
	"umol/mol": UmolPerMol, "μmol/mol": UmolPerMol, "ppm": UmolPerMol,
	"m3/h": M3PerH, "Nm3/h": M3PerH, "立方米/小时": M3PerH, "m3/s": M3PerS, "立方米/秒": M3PerS, "m3/d": M3PerD, "立方米/天": M3PerD, "立方米/日": M3PerD,
	"l/s": LPerS, "升/秒": LPerS, "l/min": LPerMin, "升/分钟": LPerMin,
	"千克/小时": KgPerH, "公斤/小时": KgPerH, "克/秒": GPerS, "吨/年": TPerA,
	"千克": Kg, "公斤": Kg, "克": G, "毫克": Mg, "吨": Tonne, "m3": CubicMetre, "立方米": CubicMetre, "升": Litre, "l": Litre,
	"°C": Celsius, "摄氏度": Celsius, "％": Percent, "百分比": Percent, "pH": Dimensionless, "[无量纲]": Dimensionless,
	"帕": Pa, "千帕": KPa, "百帕": HPa, "兆帕": MPa, "米/秒": MPerS, "米": Metre, "毫米": Millimetre, "分贝": Decibel, "dB(A)": Decibel,
	"us/cm": USPerCm, "uS/cm": USPerCm, "μS/cm": USPerCm, "微西[门子]/厘米": USPerCm, "微西门子/厘米": USPerCm,
	"个/升": CountPerL, "贝可[勒尔]/升": BqPerL, "贝可/升": BqPerL, "[色]度": ColourDegree, "色度单位": ColourDegree, "[角]度": Degree,
	"毫伏": Millivolt, "毫伏[特]": Millivolt, "伏": Volt, "伏[特]": Volt, "安": Ampere, "安[培]": Ampere,
	"克/千克": GPerKg, "ngTEQ/m³": NgTEQPerM3, "ngTEQ/m3": NgTEQPerM3, "ngTEQ/Nm3": NgTEQPerM3, "ngTEQ/Nm³": NgTEQPerM3, "纳克毒性当量/立方米": NgTEQPerM3,
	"pgTEQ/m³": PgTEQPerM3, "pgTEQ/m3": PgTEQPerM3, "厘米": Centimetre, "个/l": CountPerL, "mpn/L": MPNPerL, "MPN/l": MPNPerL, "MPN/100ml": MPNPer100ML,
	"稀释倍数": Times, "林格曼级": Grade, "MWh": MegawattHour, "兆瓦时": MegawattHour, "万kWh": TenMWh, "万千瓦时": TenMWh,
	"吉焦": Gigajoule, "太焦": Terajoule, "兆焦": Megajoule, "吨标准煤": Tce, "吨标煤": Tce, "万吨标准煤": TenKTce, "万吨标煤": TenKTce, "千克标准煤": Kgce,
	"kWh": KilowattHour, "千瓦时": KilowattHour, "千瓦[特][小]时": KilowattHour,
}

// A UnitError says that a number in one unit is not to be had in another.
type UnitError struct {
	From, To Unit
	Issue    Issue // NoUnit, UnitUnknown or UnitMismatch
}

// Error describes the failure for a developer; Text is for a person.
func (e *UnitError) Error() string {
	return fmt.Sprintf("no conversion from %q to %q: %s", string(e.From), string(e.To), e.Issue)
}

// Text is the sentence for a person.
func (e *UnitError) Text() string {
	switch from, to := units[e.From].of, units[e.To].of; {
	case e.Issue == NoUnit:
		return "没有注明计量单位，不能换算"
	case from == nil:
		return fmt.Sprintf("不认识的计量单位“%s”", string(e.From))
	case to == nil:
		return fmt.Sprintf("不认识的计量单位“%s”", string(e.To))
	default:
		return fmt.Sprintf("%s（%s）不能换算成%s（%s）", from.name, string(e.From), to.name, string(e.To))
	}
}

// ParseUnit returns the unit that text spells, in Chinese or in symbols, with
// either of the two letters µ or a plain u. The error is a *UnitError with
// NoUnit or UnitUnknown.
func ParseUnit(text string) (Unit, error) {
	t := strings.ReplaceAll(strings.TrimSpace(text), " ", "")
	if t == "" {
		return "", &UnitError{Issue: NoUnit}
	}
	if _, ok := units[Unit(t)]; ok {
		return Unit(t), nil
	}
	if u, ok := spellings[t]; ok {
		return u, nil
	}
	return "", &UnitError{From: Unit(t), Issue: UnitUnknown}
}

// Known reports whether u is one of the units above, in their spelling.
func (u Unit) Known() bool { _, ok := units[u]; return ok }

// Signed reports whether numbers below zero occur in u, as with temperatures.
// A concentration below zero is a fault of the instrument.
func (u Unit) Signed() bool {
	d, ok := units[u]
	return !ok || d.of.signed
}

// suffix is u as it follows a number in a sentence.
func (u Unit) suffix() string {
	switch u {
	case "", Dimensionless:
		return ""
	case Percent, Celsius, Degree:
		return string(u)
	}
	return " " + string(u)
}

// Convert returns x, given in from, in to. The error is a *UnitError: NoUnit
// when one of them is empty, UnitUnknown when one is not of the list,
// UnitMismatch when they measure different things. Two equal units need not
// be of the list. Where x is no number, so is the result.
func Convert(x Exact, from, to Unit) (Exact, error) {
	switch {
	case from == "" || to == "":
		return Exact{}, &UnitError{From: from, To: to, Issue: NoUnit}
	case from == to:
		return x, nil
	}
	f, ok := units[from]
	t, ok2 := units[to]
	switch {
	case !ok || !ok2:
		return Exact{}, &UnitError{From: from, To: to, Issue: UnitUnknown}
	case f.of != t.of:
		return Exact{}, &UnitError{From: from, To: to, Issue: UnitMismatch}
	}
	return x.Mul(f.size).Quo(t.size), nil
}
