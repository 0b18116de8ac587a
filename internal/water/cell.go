package water

import (
	"strings"

	"pingzhang/internal/sheet"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

// absurdly is by how many times a value must exceed its greatest limit to be taken
// for a slip. It is ours, and rather large: a person who enters the value again
// has it believed.
var absurdly = standard.Int(1000)

// todos say what to do about a cell, by its issue.
var todos = map[standard.Issue]string{
	standard.Negative:     "浓度不能是负数，请核对原始记录后更正",
	standard.NotNumber:    "只写数值，单位写在表头或单位列",
	standard.FullWidth:    "改用半角数字",
	standard.UnitMismatch: "核对单位；单位有误的整列改正后再导入",
	gb.Implausible:        "核对原始记录后更正",
	gb.NoDetectionLimit:   "写成 <0.01 或 0.01L，或填写检出限",
	Absurd:                "核对数值和单位；确实无误的，在数值页面更正时确认",
	sheet.AboveRange:      "写明测得的数值，或在备注说明",
	sheet.ShownOtherwise:  "核对单元格的格式，使显示与存储一致",
	sheet.Merged:          "取消合并，每格写明数值",
}

func todo(i standard.Issue) string {
	if text, ok := todos[i]; ok {
		return text
	}
	return "核对原始记录后更正"
}

// cell reads one result. What was reported and cannot be used is kept as it
// stands, with its doubt; what says that nothing was measured is no result.
func (t *table) cell(r sheet.Row, column string, p Place, v Value) {
	got := r.Reading(column)
	v.Raw = strings.TrimSpace(got.Raw)
	switch got.Issue {
	case "":
		v.Raw = got.Value.String() // of a workbook what is stored, not what is shown
		if shown := strings.TrimSpace(got.Raw); sameNumber(shown, got.Value) {
			v.Raw = shown // with its zeros at the end
		}
	case standard.NoValue:
		return
	case standard.NotMeasured, sheet.Placeholder:
		t.problem(r, column, got.Issue, Noted, "无须处理；确有结果的请补报", "%s，按未监测处理", IssueText(got.Issue))
		return
	case standard.BelowDetection:
	default:
		v.Doubt = got.Issue
	}
	text := ""
	if v.Doubt == "" {
		v.Doubt = t.doubt(p, v)
	} else if why, ok := t.reasons[r.Cell(column)]; ok {
		text = why.Text
	}
	if v.Doubt != "" {
		if text == "" {
			text = IssueText(v.Doubt)
		}
		t.problem(r, column, v.Doubt, Kept, todo(v.Doubt), "%s；原文已保留，不参加评价", text)
	}
	t.add(r, column, v)
}

// doubt says what is wrong with a value that can be read, by the standards.
func (t *table) doubt(p Place, v Value) standard.Issue {
	if v.Item == saturationItem {
		x, issue := standard.Read(v.Raw)
		if issue == "" && (x.Sign() < 0 || x.Cmp(standard.Int(300)) > 0) {
			return gb.Implausible
		}
		return issue
	}
	return doubtOf(t.book, p, v)
}

// doubtOf says what is wrong with a value by the standards: its unit, its sign,
// its size.
func doubtOf(b *gb.Book, p Place, v Value) standard.Issue {
	body := p.Body()
	if body == "" {
		body = gb.River
	}
	on := dayOf(v.On)
	c := b.Classify(gb.Sample{Item: v.Item, Value: v.Raw, Unit: v.Unit, DetectionLimit: v.Detection}, body, on)
	switch c.Issue {
	case standard.NotNumber, standard.FullWidth, standard.Negative, standard.UnitMismatch, standard.UnitUnknown, standard.NoUnit, gb.Implausible:
		return c.Issue
	case standard.BelowDetection:
		if _, issue := standard.Read(v.Detection); issue != "" && !strings.ContainsAny(v.Raw, "0123456789") {
			return gb.NoDetectionLimit
		}
	}
	limit, _, issue := b.Limit(c.Item, body, gb.V, on)
	if issue == "" && limit.Max.IsSet() && c.Value.IsSet() && c.Item != gb.PH && c.Value.Cmp(limit.Max.Mul(absurdly)) > 0 {
		return Absurd
	}
	return ""
}

func sameNumber(text string, x standard.Exact) bool {
	y, issue := standard.Read(text)
	return issue == "" && y.Equal(x)
}

// add keeps a value of the file. The same value twice counts once; two different
// ones leave open which is meant, and neither is used.
func (t *table) add(r sheet.Row, column string, v Value) {
	v.Cell = r.Cell(column)
	k := v.key()
	at, twice := t.seen[k]
	if !twice {
		t.seen[k] = len(t.values)
		t.values = append(t.values, v)
		return
	}
	first := &t.values[at]
	if first.Raw == v.Raw && first.Unit == v.Unit {
		t.problem(r, column, gb.Duplicate, Skipped, "删去重复的行", "与 %s 重复，只计一次", first.Cell)
		return
	}
	t.problem(r, column, Contradicted, Kept, "查明以哪个为准，改正后再导入；确为两个样品的，填写样品编号", "与 %s 的“%s”是同一样品同一项目而数值不同；原文已保留，不参加评价", first.Cell, first.Text())
	if first.Doubt != Contradicted {
		t.problems = append(t.problems, Problem{first.Cell, first.ItemName(t.book), first.Raw, Contradicted,
			"与 " + v.Cell + " 的“" + v.Text() + "”是同一样品同一项目而数值不同；原文已保留，不参加评价", "同上", Kept})
	}
	first.Doubt = Contradicted
	first.Raw += "；" + v.Raw
	first.Cell += "；" + v.Cell
	if first.State() { // a state that is not one says nothing
		first.Raw = "contradicted"
	}
}
