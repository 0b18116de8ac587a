package judging

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"pingzhang/standard"
)

var issueTexts = map[standard.Issue]string{
	Repeated: "与前面的行重复", Contradicted: "另有一行说的是同一件事，数值却不同", WordUnknown: "不认识的写法", NotStated: "没有填写",
	PlaceNeeded: "须说明监测位置：几处的限值判定不同", BodyNeeded: "须说明水体是河流还是湖库", OrderOpen: "是当前值还是日最大值不能确定",
	OrderOdd: "与其他行相反", SourceNeeded: "须写明执行的标准或排放源的类别", NotCompared: "没有与这一数值的单位和取值时间相同的限值",
}

func init() { standard.DescribeIssues(issueTexts) }

// A word is one meaning with the ways to write it; the first is shown.
type word[T ~string] struct {
	means T
	texts []string
}

// find returns what a text means.
func find[T ~string](words []word[T], text string) (T, bool) {
	text = fold(text)
	for _, w := range words {
		if text == string(w.means) || slices.Contains(w.texts, text) {
			return w.means, true
		}
	}
	return "", false
}

// listed writes the words for a person.
func listed[T ~string](words []word[T]) string {
	var all []string
	for _, w := range words {
		all = append(all, w.texts[0])
	}
	return strings.Join(all, "、")
}

// fold takes width and blanks out of a text; what it means stays.
func fold(text string) string {
	return strings.Join(strings.Fields(norm.NFKC.String(text)), "")
}

// meaning reads a cell that holds one of some words. Where it holds another, the
// cell has an issue and ok is false; an empty cell means nothing.
func meaning[T ~string](r *reader, column string, words []word[T]) (_ T, ok bool) {
	text := r.Text(column)
	if text == "" {
		return "", true
	}
	got, ok := find(words, text)
	if !ok {
		r.bad(column, WordUnknown, "不认识的写法，可以写："+listed(words))
	}
	return got, ok
}

// bareUnit is the unit of items that are written without one.
func bareUnit(item string) standard.Unit {
	switch strings.ToLower(fold(item)) {
	case "ph", "ph值":
		return standard.Dimensionless
	}
	return ""
}
