package hj212

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A ParamKind is the form of a parameter.
type ParamKind string

// The forms.
const (
	ParamNumber ParamKind = "number" // a decimal integer from Min to Max
	ParamChoice ParamKind = "choice" // one of Choices
	ParamStamp  ParamKind = "stamp"  // yyyyMMddHHmmss
	ParamClock  ParamKind = "clock"  // hhmmss
	ParamMinute ParamKind = "minute" // hhmm
	ParamFactor ParamKind = "factor" // a factor code
	ParamInfo   ParamKind = "info"   // an information code, i11001
	ParamValue  ParamKind = "value"  // a number, with or without point
	ParamText   ParamKind = "text"   // text of Min to Max bytes
)

// A ParamRule is one parameter of an order. A name that begins with *- stands
// for a factor or information code before it; such a parameter, and one that
// Repeats, may be given several times.
type ParamRule struct {
	Name     string
	Zh       string
	Kind     ParamKind
	Required bool
	Repeats  bool
	Min, Max int
	Choices  []string
}

// An OrderRule is a command that a host may send in one profile.
type OrderRule struct {
	Command
	Params []ParamRule
}

// OrderRules returns the commands that a host may send to a device of profile p,
// with their parameters: what a form for them needs.
func OrderRules(p Profile) []OrderRule {
	var list []OrderRule
	for _, c := range Commands(p) {
		if rule, ok := ruleOf(p, c.CN); ok {
			list = append(list, rule)
		}
	}
	return list
}

func ruleOf(p Profile, cn CN) (OrderRule, bool) {
	if p == Auto {
		p = P2017
	}
	c, ok := Lookup(p, cn)
	if !ok || c.Profile != p || c.Down != Request && c.Down != Notification {
		return OrderRule{}, false
	}
	return OrderRule{c, paramsOf(p, cn)}, true
}

func (r OrderRule) find(name string) (ParamRule, bool) {
	for _, s := range r.Params {
		if s.names(name) {
			return s, true
		}
	}
	return ParamRule{}, false
}

func (r OrderRule) has(o Order, s ParamRule) bool {
	return slices.ContainsFunc(o.Args, func(a Arg) bool { return s.names(a.Name) })
}

// names reports whether name is that of s. PolId and PolID are one.
func (s ParamRule) names(name string) bool {
	if suffix, ok := strings.CutPrefix(s.Name, "*"); ok {
		code, ok := strings.CutSuffix(name, suffix)
		return ok && plainCode(code)
	}
	return strings.EqualFold(s.Name, name)
}

func plainCode(s string) bool {
	if s == "" || len(s) > 12 {
		return false
	}
	for _, c := range []byte(s) {
		if !letter(c) && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// check says in Chinese what is wrong with value, "" for nothing.
func (s ParamRule) check(value string) string {
	switch s.Kind {
	case ParamNumber:
		n, err := strconv.Atoi(value)
		if err != nil || n < s.Min || n > s.Max {
			return fmt.Sprintf("应为%d到%d的整数", s.Min, s.Max)
		}
	case ParamChoice:
		if !slices.Contains(s.Choices, value) {
			return "只能取" + strings.Join(s.Choices, "、")
		}
	case ParamStamp:
		if _, width, ok := parseStamp([]byte(value)); !ok || width != 14 {
			return "应为14位真实时间，如20260801080000"
		}
	case ParamClock, ParamMinute:
		digits := map[ParamKind]int{ParamClock: 6, ParamMinute: 4}[s.Kind]
		if _, _, ok := parseStamp([]byte("20000101" + value + "0000"[:6-digits])); !ok || len(value) != digits {
			return map[ParamKind]string{ParamClock: "应为6位时分秒，如083000", ParamMinute: "应为4位时分，如0830"}[s.Kind]
		}
	case ParamFactor, ParamInfo:
		if !plainCode(value) {
			return "应为编码，只含字母和数字，如w01018"
		}
	case ParamValue:
		if !IsNumber([]byte(value)) {
			return "应为数值"
		}
	case ParamText:
		if len(value) < s.Min || len(value) > s.Max {
			if s.Min == s.Max {
				return fmt.Sprintf("应为%d个字符", s.Min)
			}
			return fmt.Sprintf("应为%d到%d个字节", s.Min, s.Max)
		}
		if strings.ContainsAny(value, ";,&=#\r\n") {
			return "不能含有; , & = #和换行"
		}
	}
	return ""
}

// IsNumber reports whether b is a plain decimal number: an optional sign, digits
// with at most one point, nothing else. NaN, 1e400, -- and an empty value are
// none; they are kept as they came and mean nothing.
func IsNumber(b []byte) bool {
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		b = b[1:]
	}
	digits, points := 0, 0
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}

var (
	polRule   = ParamRule{Name: "PolId", Zh: "因子编码", Kind: ParamFactor}
	pol05Rule = ParamRule{Name: "PolID", Zh: "因子编码", Kind: ParamFactor}
	clockRule = ParamRule{Name: "SystemTime", Zh: "系统时间", Kind: ParamStamp, Required: true}
	periods   = []ParamRule{
		{Name: "BeginTime", Zh: "开始时间", Kind: ParamStamp, Required: true},
		{Name: "EndTime", Zh: "结束时间", Kind: ParamStamp, Required: true},
	}
	minuteSteps = []string{"1", "2", "3", "4", "5", "6", "10", "12", "15", "20", "30"}
)

func required(r ParamRule) ParamRule { r.Required = true; return r }
func optional(r ParamRule) ParamRule { r.Required = false; return r }
func repeated(r ParamRule) ParamRule { r.Repeats = true; return r }

// paramsOf returns the parameters of a command that p has.
func paramsOf(p Profile, cn CN) []ParamRule {
	switch cn {
	case 1000:
		return []ParamRule{
			{Name: "OverTime", Zh: "超时时间（秒）", Kind: ParamNumber, Required: true, Min: 1, Max: 99},
			{Name: "ReCount", Zh: "重发次数", Kind: ParamNumber, Required: true, Min: 1, Max: 99},
		}
	case 1011:
		if p != P2005 {
			return []ParamRule{polRule}
		}
	case 1012:
		if p == P2005 {
			return []ParamRule{clockRule}
		}
		return []ParamRule{polRule, clockRule}
	case 1062:
		rule := ParamRule{Name: "RtdInterval", Zh: "实时数据间隔（秒）", Kind: ParamNumber, Required: true, Min: 30, Max: 3600}
		if p == SurfaceWater { // in minutes or hours there
			rule.Zh, rule.Min = "实时数据间隔", 1
		}
		return []ParamRule{rule}
	case 1064:
		return []ParamRule{{Name: "MinInterval", Zh: "分钟数据间隔", Kind: ParamChoice, Required: true, Choices: minuteSteps}}
	case 1072:
		name := "NewPW"
		if p == P2005 {
			name = "PW"
		}
		return []ParamRule{{Name: name, Zh: "新密码", Kind: ParamText, Required: true, Min: 6, Max: 6}}
	case 2011:
		if p == P2025 { // reads the realtime history of electricity use
			return []ParamRule{optional(periods[0]), optional(periods[1])}
		}
	case 2031, 2041, 2051, 2061, 2013, 2052, 2062, 2063, 2064, 2065, 2066, 2071:
		return periods
	}
	if cn >= 3000 && cn < 4000 {
		return fieldParams(p, cn)
	}
	return setupParams(p, cn)
}

// setupParams are those of 1001 to 1042 and of 1014 and 1015.
func setupParams(p Profile, cn CN) []ParamRule {
	switch cn {
	case 1001:
		return []ParamRule{{Name: "WarnTime", Zh: "超限报警时间", Kind: ParamNumber, Required: true, Min: 0, Max: 99999}}
	case 1002:
		return []ParamRule{{Name: "i23005-Info", Zh: "数采仪硬件编号", Kind: ParamText, Required: true, Min: 1, Max: 64}}
	case 1014:
		if p == P2025 {
			return []ParamRule{
				{Name: "SKCreateTime", Zh: "密钥生成时间", Kind: ParamStamp, Required: true},
				{Name: "NewSK", Zh: "新密钥", Kind: ParamText, Required: true, Min: KeySize, Max: KeySize},
			}
		}
	case 1015:
		return []ParamRule{clockRule}
	case 1021:
		return []ParamRule{repeated(pol05Rule)}
	case 1022:
		return []ParamRule{
			{Name: "*-LowValue", Zh: "报警下限", Kind: ParamValue, Required: true, Repeats: true},
			{Name: "*-UpValue", Zh: "报警上限", Kind: ParamValue, Required: true, Repeats: true},
		}
	case 1032:
		return []ParamRule{
			{Name: "AlarmTarget", Zh: "报警目标地址", Kind: ParamText, Min: 1, Max: 64},
			{Name: "ReportTarget", Zh: "上报目标地址", Kind: ParamText, Min: 1, Max: 64},
		}
	case 1042:
		return []ParamRule{{Name: "ReportTime", Zh: "数据上报时间", Kind: ParamMinute, Required: true}}
	}
	return nil
}

// fieldParams are those of the commands to instruments.
func fieldParams(p Profile, cn CN) []ParamRule {
	pol := required(polRule)
	if p == P2005 {
		pol = required(pol05Rule)
	}
	switch cn {
	case 3011:
		if p == P2025 {
			return []ParamRule{pol, {Name: "CalibrationType", Zh: "校准类型（0零点，1量程）", Kind: ParamChoice, Required: true, Choices: []string{"0", "1"}}}
		}
	case 3014:
		if p == P2005 {
			return []ParamRule{pol, {Name: "CTime", Zh: "采样时间（时）", Kind: ParamNumber, Required: true, Repeats: true, Min: 0, Max: 23}}
		}
	case 3015, 3040, 3041:
		return []ParamRule{optional(pol)}
	case 3016:
		return []ParamRule{
			pol,
			{Name: "CstartTime", Zh: "开始采样时间", Kind: ParamClock, Required: true},
			{Name: "CTime", Zh: "采样周期（小时）", Kind: ParamNumber, Required: true, Min: 1, Max: 24},
		}
	case 3020:
		return []ParamRule{
			optional(pol),
			{Name: "InfoId", Zh: "信息编码", Kind: ParamInfo, Repeats: true},
			optional(periods[0]), optional(periods[1]),
		}
	case 3021:
		return []ParamRule{
			optional(pol),
			{Name: "InfoId", Zh: "信息编码", Kind: ParamInfo},
			{Name: "*-Info", Zh: "参数值", Kind: ParamText, Required: true, Repeats: true, Min: 1, Max: 890},
		}
	}
	return []ParamRule{pol}
}
