package hj212

// A Mark is a data mark: the value of x-Flag.
type Mark struct {
	Code  byte
	Zh    string
	Valid bool // whether a value with it may enter statistics: only N may
}

// marks2005 are those of pollution sources (HJ/T 212-2005); air stations of
// that edition send digits.
var marks2005 = []Mark{
	{'N', "正常", true},
	{'F', "污染源停运", false}, // in 2017 the same letter means the instrument stopped
	{'M', "维护", false},
	{'S', "手工输入设定值", false},
	{'D', "故障", false},
	{'C', "校准", false},
	{'T', "超量程", false},
	{'P', "电源故障", false},
}

var marksAir2005 = []Mark{
	{'0', "校准数据", false},
	{'1', "气象参数", false},
	{'2', "异常数据", false},
	{'3', "正常数据", true},
}

var marks2017 = []Mark{
	{'N', "在线监控（监测）仪器仪表工作正常", true},
	{'F', "在线监控（监测）仪器仪表停运", false},
	{'M', "在线监控（监测）仪器仪表处于维护期间产生的数据", false},
	{'S', "手工输入的设定值", false},
	{'D', "在线监控（监测）仪器仪表故障", false},
	{'C', "在线监控（监测）仪器仪表处于校准状态", false},
	{'T', "在线监控（监测）仪器仪表采样数值超过测量上限", false},
	{'B', "在线监控（监测）仪器仪表与数采仪通讯异常", false},
}

// Marks are the data marks of the profile. Those of 2025 have not been seen and
// are taken to be those of 2017.
func (p Profile) Marks() []Mark {
	if p == P2005 {
		return append(append([]Mark(nil), marks2005...), marksAir2005...)
	}
	return marks2017
}

// Mark looks up a data mark. st matters in 2005 only, where the digits belong to
// air stations (ST=22). known is false for a mark that the profile does not
// have, for an empty one, and for more than one character: such a value is kept
// and is not valid for statistics.
func (p Profile) Mark(st, mark []byte) (_ Mark, known bool) {
	if len(mark) != 1 {
		return Mark{}, false
	}
	table := marks2017
	if p == P2005 {
		table = marks2005
		if string(st) == "22" && mark[0] <= '9' {
			table = marksAir2005
		}
	}
	for _, m := range table {
		if m.Code == mark[0] {
			return m, true
		}
	}
	return Mark{}, false
}

// markKnown has a bit for each edition that knows the mark: 1 2005, 2 2017 and
// 2025, 4 the air stations of 2005.
var markKnown = func() (t [256]uint8) {
	for i, table := range [][]Mark{marks2005, marks2017, marksAir2005} {
		for _, m := range table {
			t[m.Code] |= 1 << i
		}
	}
	return t
}()

func (m *Message) knownMark(c byte) bool {
	if m.HasFlag && m.Flag>>2 != 0 {
		return markKnown[c]&2 != 0
	}
	if markKnown[c]&1 != 0 {
		return true
	}
	return markKnown[c]&4 != 0 && string(m.ST) == "22"
}
