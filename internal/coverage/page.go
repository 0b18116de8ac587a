package coverage

import (
	"fmt"
	"strings"

	"pingzhang/hj212"
	"pingzhang/standard"
	"pingzhang/standard/air"
	"pingzhang/standard/carbon"
	"pingzhang/standard/emission"
	"pingzhang/standard/soil"
	"pingzhang/standard/water"
)

// generated stands on top of the pages, for whoever would edit them.
const generated = "<!-- Made by go test ./internal/coverage -update. Change what it is made of instead: Clauses and DIVERGENCES.md of the packages. -->\n\n"

// Coverage writes docs/coverage.md.
func Coverage(all []Document) string {
	var b strings.Builder
	b.WriteString(generated + "# 标准实现情况 Coverage of the standards\n\n")
	b.WriteString("逐条列出各标准、各版本已读到的条款：是否实现、没有实现的原因、数据是否核对原文、由哪个函数和哪张表执行、由哪些规则脚本和测试检验。" +
		"没有列出的条款没有读到，也没有执行。条款一栏空缺的，条文的编号没有读到；编号后有 * 的，编号据行业常识，没有核对原文。\n\n" +
		"Each clause that was read: carried out or not and why, how sure its figures are, the functions and tables that carry it out, " +
		"and the rule scripts (`catalog/rules/`) and tests that ask about it. What is not listed was not read and is not carried out. " +
		"A clause without a number: none was read; with *: the number is from general knowledge.\n\n")
	b.WriteString("| 标准 Standard | 名称 Title | 施行 In force from | 实现 Covered | 已实现 yes | 部分 partial | 未实现 no | 用例 Cases |\n|---|---|---|---|--:|--:|--:|--:|\n")
	for _, d := range all {
		n, asked := map[standard.Coverage]int{}, 0
		for _, l := range d.Clauses {
			n[l.Covered]++
			asked += l.Asked()
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %d | %d | %d | %d |\n", cell(d.Name), cell(d.Title), d.From, d.Covered.Name(), n[standard.Yes], n[standard.Partial], n[standard.No], asked)
	}
	for _, d := range all {
		b.WriteString("\n## " + d.Name + "\n\n| 条款 Clause | 内容 Says | 实现 Covered | 说明 Left out | 数据来源 Figures | 程序 Carried out by | 数据表 Tables | 规则脚本和测试 Scripts, tests |\n|---|---|---|---|---|---|---|---|\n")
		for _, l := range d.Clauses {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", cell(l.Number()), cell(l.Says), l.Covered.Name(), cell(l.Why), cell(l.Sureness()),
				code(l.By), code(l.Tables()), cell(strings.Join(append(l.Scripts(), coded(l.Tests)...), "<br>")))
		}
	}
	return b.String()
}

// Number returns the number of the clause, with * where it was not compared.
func (l Line) Number() string {
	if l.Recalled {
		return l.Clause.Clause + "*"
	}
	return l.Clause.Clause
}

// Sureness says in Chinese how sure the figures are.
func (l Line) Sureness() string {
	var all []string
	for _, c := range l.Confidences {
		all = append(all, c.Name())
	}
	return strings.Join(all, "；")
}

// Tables returns the names of the tables that hold the figures, each once.
func (l Line) Tables() []string {
	var all []string
	for _, r := range l.Rows {
		name, _, _ := strings.Cut(r, "/")
		if len(all) == 0 || all[len(all)-1] != name {
			all = append(all, name)
		}
	}
	return all
}

// Scripts returns the scripts with how many of their cases ask about the clause.
func (l Line) Scripts() []string {
	var all []string
	for _, c := range l.Cases {
		all = append(all, fmt.Sprintf("%s（%d 个用例）", c.Script, c.N))
	}
	return all
}

// Divergences writes docs/divergences.md.
func Divergences() string {
	var b strings.Builder
	b.WriteString(generated + "# 与条文或通行做法的不同 Where and why the libraries differ\n")
	for _, p := range []struct{ name, text string }{
		{"standard", standard.Divergences}, {"standard/air", air.Divergences}, {"standard/water", water.Divergences}, {"standard/soil", soil.Divergences},
		{"standard/emission", emission.Divergences}, {"standard/carbon", carbon.Divergences}, {"hj212", hj212.Divergences},
	} {
		_, body, _ := strings.Cut(p.text, "\n") // the first line is its own title
		b.WriteString("\n## " + p.name + "\n\n" + strings.TrimSpace(strings.ReplaceAll("\n"+body, "\n## ", "\n### ")) + "\n")
	}
	return b.String()
}

// cell is a text as it stands in a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func code(names []string) string { return strings.Join(coded(names), "<br>") }

func coded(names []string) []string {
	var all []string
	for _, n := range names {
		all = append(all, "`"+n+"`")
	}
	return all
}
