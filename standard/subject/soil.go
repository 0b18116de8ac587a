package subject

import (
	"strings"

	"pingzhang/standard/script"
	"pingzhang/standard/soil"
)

var soilResults = []Key{
	{"outcome", "结论", "不高于筛选值、高于筛选值、高于筛选值且不高于管制值、高于管制值、高于筛选值且不高于背景值；英文名下为代码"},
	{"screening", "筛选值", "带计量单位"}, {"intervention", "管制值", "带计量单位；标准没有规定的未知"},
	{"category", "土地类别", "只有类别表写明时才有"},
}

var soilTopics = []topic{
	{Help{
		Name: "soil.farmland", About: "农用地土壤含量与筛选值、管制值的关系（GB 15618）", Dated: true,
		Inputs: []Key{
			{"item", "项目", "镉、汞、砷、铅、铬、铜、镍、锌、六六六总量、滴滴涕总量、苯并[a]芘，或符号"},
			{"use", "用地", "水田（paddy）、果园（orchard）、其他（other）、水旱轮作地（rotation）"},
			{"ph", "pH", "土壤 pH"}, {"value", "数值", "含量，带计量单位"},
		},
		Results: soilResults,
	}, askFarmland},
	{Help{
		Name: "soil.development", About: "建设用地土壤含量与筛选值、管制值的关系（GB 36600）", Dated: true,
		Inputs: []Key{
			{"item", "项目", "名称、符号或 CAS 号"},
			{"class", "用地", "第一类用地（1）、第二类用地（2）；规划用途不明确（unclear）的按第一类"},
			{"value", "数值", "含量，带计量单位"}, {"background", "背景值", "土壤环境背景值，单位与数值相同"},
		},
		Results: soilResults,
	}, askDevelopment},
}

var (
	landUses = map[string]string{
		"水田": string(soil.Paddy), "果园": string(soil.Orchard), "其他": string(soil.OtherUse), "水旱轮作地": string(soil.Rotation),
	}
	landClasses = map[string]string{
		"第一类用地": string(soil.Class1), "第二类用地": string(soil.Class2), "规划用途不明确": string(soil.UseUnsettled),
	}
)

func askFarmland(b books, q *question, a *answer) {
	q.need("value", "数值")
	a.soil(b.soil.Farmland(soil.FarmlandSample{
		Item: q.need("item", "项目"), Use: soil.LandUse(q.one("use", landUses)), PH: q.exact("ph"), Sample: q.sample(""),
	}))
}

func askDevelopment(b books, q *question, a *answer) {
	q.need("value", "数值")
	a.soil(b.soil.Development(soil.DevelopmentSample{
		Item: q.need("item", "项目"), Class: soil.LandClass(q.one("class", landClasses)), Background: q.exact("background"), Sample: q.sample(""),
	}))
}

// soil writes a result about soil.
func (a *answer) soil(r soil.Result) {
	a.say("outcome", string(r.Outcome), r.Outcome.Name())
	a.number("screening", r.Screening.Limit.Max, r.Screening.Limit.Unit)
	a.number("intervention", r.Intervention.Limit.Max, r.Intervention.Limit.Unit)
	a.set("category", r.Category)
	a.basis(r.Issue, soil.IssueText, r.Arithmetic(), r.Confidence, r.Screening.Limit.Citation, r.Intervention.Limit.Citation)
	if r.Issue == "" && len(r.Because) > 0 {
		a.set(script.Arithmetic, strings.Join(r.Because, "；")+"；"+a.codes[script.Arithmetic])
	}
}
