package subject

import "pingzhang/standard"

// Keys that several subjects have.
var (
	digitsKey   = Key{"digits", "位数", "修约值保留的小数位数"}
	roundedKey  = Key{"rounded", "修约值", "按 GB/T 8170 修约；给定了位数才有"}
	verdictKey  = Key{"verdict", "判定", "达标（meets）、超标（exceeds）或未知"}
	multipleKey = Key{"multiple", "超标倍数", "数值/限值−1；没有超过上限时未知"}
)

var numberTopics = []topic{
	{Help{
		Name: "number.round", About: "按 GB/T 8170 修约一个数（四舍六入五成双）",
		Inputs:  []Key{{"value", "数值", "一个数"}, digitsKey},
		Results: []Key{{"rounded", "修约值", "修约以后的数"}, {"text", "写法", "修约以后的写法，保留末位的 0"}},
	}, roundNumber},
	{Help{
		Name: "number.judge", About: "把一个数值与用例自己写明的限值比较",
		Inputs: []Key{
			{"value", "数值", "带计量单位，如 200 mg/m³；<0.01 mg/L、未检出等写法照写"},
			{"max", "上限", "不得高于的数，单位与 单位 一项相同"}, {"min", "下限", "不得低于的数"},
			{"unit", "单位", "限值的计量单位；不写时与数值相同"},
			{"oxygen", "含氧量", "%，如 12"}, {"reference", "基准含氧量", "%，如 9；不写时不折算"},
			{"ceiling", "含氧量上限", "%，高于它的折算没有意义；由本局规定"}, {"converted", "已折算", "是或否"}, digitsKey,
		},
		Results: []Key{verdictKey, {"value", "折算值", "与限值比较的精确数"}, multipleKey, roundedKey},
	}, judgeNumber},
}

// rounding is the clause that numbers are rounded by.
var rounding = standard.Citation{Document: "GB/T 8170", Edition: "2008", Clause: "3.2", Title: "数值修约规则与极限数值的表示和判定", Confidence: standard.Memory}

func roundNumber(_ books, q *question, a *answer) {
	q.need("value", "数值")
	q.need("digits", "位数")
	x, _, issue := q.number("value", "")
	if issue != "" {
		q.fail("数值不能修约：%s", issue.Text())
		return
	}
	digits := q.whole("digits")
	a.main("rounded", x, "")
	a.set("text", x.Round(digits))
	a.basis("", standard.Issue.Text, x.String()+" 修约到 "+q.text("digits")+" 位小数为 "+x.Round(digits), rounding.Confidence, rounding)
}

func judgeNumber(_ books, q *question, a *answer) {
	q.need("value", "数值")
	s := q.sample("")
	s.Oxygen, s.Converted = q.exact("oxygen"), q.yes("converted")
	unit := s.Unit
	if q.has("unit") {
		_, unit = split("0 " + q.text("unit"))
	}
	l := standard.Limit{
		Max: q.exact("max"), Min: q.exact("min"), Unit: unit, RefOxygen: q.exact("reference"), OxygenCeiling: q.exact("ceiling"),
		Confidence: standard.Source, Citation: standard.Citation{Confidence: standard.Source},
	}
	if l.RefOxygen.IsSet() {
		l.Citation = standard.OxygenFormula
		l.Citation.From = "" // the script names the limit, and it is in force
	}
	j := standard.Judge(s, l)
	a.verdict(j.Verdict, j.Multiple)
	a.main("value", j.Value, unit)
	a.basis(j.Issue, standard.Issue.Text, j.Arithmetic(), j.Confidence, l.Citation)
}
