package hj212

import (
	_ "embed"
	"strings"
)

//go:embed factors.tsv
var factorsTSV string

// A FactorNote is a trap of the factor table.
type FactorNote string

// The traps.
const (
	// NoteScale: 2005 gives the factor in mg/L, 2017 in µg/L or ng/L. A device
	// that was moved from the old code to the new one without changing its unit
	// is out by 1000 or more.
	NoteScale FactorNote = "scale"
	// NoteMisprint: the unit printed in the standard cannot be meant (ng/m³ for
	// particles); devices send mg/m³ or µg/m³.
	NoteMisprint FactorNote = "misprint"
	// NoteTwice: the standard prints the code twice with two meanings.
	NoteTwice FactorNote = "twice"
	// NoteUnlisted: in use, and in no table of HJ 212-2017.
	NoteUnlisted FactorNote = "unlisted"
)

// A FactorDef is one row of the factor table.
//
// Its units are what the editions print, as symbols. They are the defaults of
// the edition and not a fact about a reading: which unit a device sends is a
// property of that device and factor, and is fixed when the point is registered.
type FactorDef struct {
	Code     string // of 2017; "" for one of 2005 without a successor; xx stands for two digits
	Old      string // of 2005, "" where there is none
	Table    string // B.1, B.2, ... of HJ 212-2017 Annex B
	Name     string // Chinese
	Unit2017 string
	Unit2005 string
	Emission string // unit of Cou in 2017
	Type2017 string // N5.1: five digits before and one after the point at most; C890: text
	Type2005 string
	Note     FactorNote
}

// Unit is the unit that the edition prints, "" where it prints none. 2025 is
// taken to be as 2017.
func (d FactorDef) Unit(v Version) string {
	if v == V2005 {
		return d.Unit2005
	}
	return d.Unit2017
}

var factorDefs, factorsByCode, factorsByOld = loadFactors(factorsTSV)

func loadFactors(tsv string) (list []FactorDef, byCode, byOld map[string][]int) {
	byCode, byOld = map[string][]int{}, map[string][]int{}
	for line := range strings.Lines(tsv) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(c) != 10 || c[0] == "code" {
			continue
		}
		d := FactorDef{c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], FactorNote(c[9])}
		if d.Code != "" {
			byCode[d.Code] = append(byCode[d.Code], len(list))
		}
		if d.Old != "" {
			byOld[d.Old] = append(byOld[d.Old], len(list))
		}
		list = append(list, d)
	}
	return list, byCode, byOld
}

// FactorDefs returns the factor table in the order of the standard.
func FactorDefs() []FactorDef { return append([]FactorDef(nil), factorDefs...) }

// FactorsOf returns what code means: as a code of 2017, as one of its device
// codes (e10102 is e101xx), or as a code of 2005. Most have one meaning, unknown
// codes none, and those that the standard prints twice have two.
func FactorsOf(code string) []FactorDef {
	for _, key := range []string{code, pattern(code, 2), pattern(code, 1)} {
		if rows := factorsByCode[key]; len(rows) > 0 {
			return pick(rows)
		}
	}
	return pick(factorsByOld[code])
}

func pick(rows []int) []FactorDef {
	var list []FactorDef
	for _, i := range rows {
		list = append(list, factorDefs[i])
	}
	return list
}

// pattern writes x for the last n characters of a process or information code.
func pattern(code string, n int) string {
	if len(code) != 6 || code[0] != 'e' && code[0] != 'g' && code[0] != 'i' {
		return ""
	}
	return code[:6-n] + "xx"[:n]
}

// FactorOf returns the meaning of code where there is just one.
func FactorOf(code string) (FactorDef, bool) {
	if rows := FactorsOf(code); len(rows) == 1 {
		return rows[0], true
	}
	return FactorDef{}, false
}

// CodesOf returns all codes under which a device may send the factor of code:
// code itself, and its code of the other edition where there is just one. Units
// may differ between them; see NewCode.
func CodesOf(code string) []string {
	all := []string{code}
	for _, i := range factorsByCode[code] {
		if old := factorDefs[i].Old; old != "" && len(factorsByOld[old]) == 1 {
			all = append(all, old)
		}
	}
	if now, _, ok := NewCode(code); ok {
		all = append(all, now)
	}
	return all
}

// NewCode returns the code of 2017 for one of 2005. scaled warns that the units
// of the two differ by a factor of 1000 or more, so that the code must not be
// exchanged without asking for the unit.
func NewCode(old string) (code string, scaled, ok bool) {
	rows := factorsByOld[old]
	if len(rows) != 1 || factorDefs[rows[0]].Code == "" {
		return "", false, false
	}
	d := factorDefs[rows[0]]
	return d.Code, d.Note == NoteScale, true
}

// NormalUnit writes a unit as the symbol used here: mg/l and 毫克/升 become mg/L,
// ug/m3 becomes µg/m³. What it does not know it returns as it is, without the
// blanks around it.
func NormalUnit(unit string) string {
	unit = strings.TrimSpace(unit)
	if s, ok := unitNames[unit]; ok {
		return s
	}
	s := unitSigns.Replace(unit)
	switch s {
	case "°C", "C":
		return "℃"
	case "db", "dB(A)", "dBA":
		return "dB"
	}
	return s
}

var unitSigns = strings.NewReplacer(
	"μ", "µ", "ug", "µg", "uS", "µS", "us/", "µS/",
	"m3", "m³", "m^3", "m³", "M3", "m³", "Nm3", "m³", "m2", "m²", "m^2", "m²",
	"mg/l", "mg/L", "ug/l", "µg/L", "μg/l", "µg/L", "µg/l", "µg/L", "ng/l", "ng/L", "l/s", "L/s",
	"kpa", "kPa", "Kpa", "kPa", "KPa", "kPa",
)

var unitNames = map[string]string{
	"升/秒": "L/s", "立方米": "m³", "立方米/秒": "m³/s", "立方米/小时": "m³/h", "平方米": "m²", "米": "m", "米/秒": "m/s",
	"毫克/升": "mg/L", "微克/升": "µg/L", "纳克/升": "ng/L", "毫克/立方米": "mg/m³", "微克/立方米": "µg/m³", "纳克/立方米": "ng/m³",
	"吨": "t", "千克": "kg", "克": "g", "毫克": "mg", "千克/立方米": "kg/m³", "摄氏度": "℃", "度": "度", "色度单位": "度", "[色]度": "度", "[角]度": "°",
	"千帕": "kPa", "帕": "Pa", "分贝": "dB", "安": "A", "安培": "A", "安[培]": "A", "伏": "V", "伏[特]": "V", "毫伏": "mV", "毫伏[特]": "mV",
	"微西/厘米": "µS/cm", "微西[门子]/厘米": "µS/cm", "个/升": "个/L", "贝可/升": "Bq/L", "贝可[勒尔]/升": "Bq/L",
	"分钟": "min", "秒": "s", "小时": "h", "千瓦时": "kWh", "千瓦[特][小]时": "kWh", "转/分钟": "r/min", "百分比": "%", "％": "%",
}
