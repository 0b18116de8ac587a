package hj212

// A System is the meaning of ST.
type System struct {
	ST, Zh, En string
	Since      Version
}

// systems is HJ 212-2017 table 5 with the two additions of 2025 that are known.
// The whole table of 2025 has not been seen.
var systems = []System{
	{"21", "地表水质量监测", "surface water", V2005},
	{"22", "空气质量监测", "air quality", V2005},
	{"23", "声环境质量监测", "ambient noise", V2005},
	{"24", "地下水质量监测", "ground water", V2017},
	{"25", "土壤质量监测", "soil", V2017},
	{"26", "海水质量监测", "sea water", V2017},
	{"27", "挥发性有机物监测", "volatile organic compounds", V2017},
	{"31", "大气环境污染源", "air source", V2005},
	{"32", "地表水体环境污染源", "water source", V2005},
	{"33", "地下水体环境污染源", "ground water source", V2005},
	{"34", "海洋环境污染源", "marine source", V2005},
	{"35", "土壤环境污染源", "soil source", V2005},
	{"36", "声环境污染源", "noise source", V2005},
	{"37", "振动环境污染源", "vibration source", V2005},
	{"38", "放射性环境污染源", "radioactive source", V2005},
	{"39", "工地扬尘污染源", "construction dust", V2017},
	{"41", "电磁环境污染源", "electromagnetic source", V2005},
	{"44", "用电监控", "electricity use", V2025},
	{"45", "生产关键工况", "key production conditions", V2025},
	{"51", "烟气排放过程监控", "flue gas process", V2017},
	{"52", "污水排放过程监控", "sewage process", V2017},
	{"91", "系统交互", "interaction", V2005},
}

// Systems returns the table of ST. Devices misuse it (flue gas under 32), so
// nothing is refused by it.
func Systems() []System { return append([]System(nil), systems...) }

// SystemOf returns the meaning of st. Where st is not in the table, ok is false
// and only the range is named (HJ 212-2017 6.6.1).
func SystemOf(st string) (s System, ok bool) {
	for _, s := range systems {
		if s.ST == st {
			return s, true
		}
	}
	s = System{ST: st, Zh: "未知系统", En: "unknown"}
	if len(st) != 2 {
		return s, false
	}
	switch {
	case st >= "10" && st <= "29":
		s.Zh, s.En = "环境质量监测（预留编码）", "quality, reserved"
	case st >= "30" && st <= "49":
		s.Zh, s.En = "环境污染源（预留编码）", "source, reserved"
	case st >= "50" && st <= "69":
		s.Zh, s.En = "工况监测（预留编码）", "process, reserved"
	case st >= "91" && st <= "99":
		s.Zh, s.En = "系统交互（预留编码）", "interaction, reserved"
	case st >= "A0" && st <= "Z9":
		s.Zh, s.En = "未知系统（扩展编码）", "future"
	}
	return s, false
}
