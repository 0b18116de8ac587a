package subject

import (
	"pingzhang/standard"
	"pingzhang/standard/emission"
)

var convertTopic = topic{Help{
	Name: "emission.convert", About: "废气的换算：含氧量、过量空气系数、排放速率、体积分数、氮氧化物、标准状态", Dated: true,
	Inputs: []Key{
		{"by", "换算", "含氧量（oxygen）、过量空气系数（air）、排放速率（rate）、体积分数（molar）、氮氧化物（nox）、标准状态（state）"},
		{"value", "数值", "浓度，带计量单位；氮氧化物时为 NO 的浓度"},
		{"oxygen", "含氧量", "%"}, {"reference", "基准", "基准含氧量（%）或规定的过量空气系数"}, {"ceiling", "含氧量上限", "%"},
		{"alpha", "过量空气系数", "实测的"}, {"flow", "流量", "标态干基，带计量单位"}, {"molar_mass", "摩尔质量", "g/mol"},
		{"no2", "二氧化氮", "NO₂ 的浓度，mg/m³"},
		{"atmosphere", "大气压", "Pa"}, {"static", "静压", "Pa"}, {"temperature", "温度", "℃"}, {"moisture", "含湿量", "%，干基写 0"}, digitsKey,
	},
	Results: []Key{{"value", "结果", "带计量单位，精确数"}, roundedKey},
}, askConvert}

var conversions = map[string]string{
	"含氧量": "oxygen", "过量空气系数": "air", "排放速率": "rate", "体积分数": "molar", "氮氧化物": "nox", "标准状态": "state",
}

func askConvert(b books, q *question, a *answer) {
	q.need("by", "换算")
	by := q.one("by", conversions)
	x, unit, issue := q.number("value", "")
	if issue != "" && issue != standard.NoValue {
		a.basis(issue, emission.IssueText, emission.IssueText(issue), standard.Missing)
		return
	}
	var r emission.Reckoned
	switch by {
	case "oxygen":
		a.atOxygen(q, x, unit)
		return
	case "air":
		r = b.emission.AtReferenceAir(emission.FurnaceSample{
			Value: x, Unit: unit, Oxygen: q.exact("oxygen"), Alpha: q.exact("alpha"), Reference: q.exact("reference"),
			Ceiling: q.exact("ceiling"), On: q.at,
		})
	case "rate":
		flow, flowUnit, _ := q.number("flow", "")
		r = b.emission.MassRate(x, unit, flow, flowUnit, q.at)
	case "molar":
		r = b.emission.FromMolar(x, q.exact("molar_mass"), q.at)
	case "nox":
		r = b.emission.NitrogenOxides(x, q.exact("no2"), q.at)
	case "state":
		r = b.emission.StandardState(x, unit, emission.GasState{
			Atmosphere: q.exact("atmosphere"), Static: q.exact("static"), Celsius: q.exact("temperature"), Moisture: q.exact("moisture"),
		}, q.at)
	}
	a.main("value", r.Value, r.Unit)
	a.basis(r.Issue, emission.IssueText, r.Arithmetic, r.Confidence, r.Citation)
}

// atOxygen converts to a reference oxygen content.
func (a *answer) atOxygen(q *question, x standard.Exact, unit standard.Unit) {
	c := standard.OxygenFormula
	v, issue := standard.AtReferenceOxygen(x, q.exact("oxygen"), q.exact("reference"))
	if !c.InForce(q.at) {
		v, issue = standard.Exact{}, standard.NotInForce
	}
	how := issue.Text()
	if issue == "" {
		how = x.String() + "×(21−" + q.text("reference") + ")/(21−" + q.text("oxygen") + ")=" + v.String()
	}
	a.main("value", v, unit)
	a.basis(issue, standard.Issue.Text, how, c.Confidence, c)
}
