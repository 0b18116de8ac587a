package matter

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"pingzhang/internal/calendar"
	"pingzhang/internal/law"
	"pingzhang/internal/yamlfile"
)

// Known is what a playbook may refer to.
type Known struct {
	Roles    []string           // names of the roles
	Laws     *law.Book          // nil: codes are not checked
	Families *calendar.Families // how limits are counted
}

// Load reads every *.yaml file of dir as a playbook.
//
// The error is fault.Invalid and names file, line and what is allowed when a
// file is wrong.
func Load(dir fs.FS, known Known) (map[string]*Playbook, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, err
	}
	all := map[string]*Playbook{}
	for _, name := range names {
		p := &Playbook{}
		at, err := yamlfile.Read(dir, name, p)
		if err != nil {
			return nil, err
		}
		if all[p.ID] != nil {
			return nil, at.Errorf("id", "办理流程 %s 重复", p.ID)
		}
		c := checker{at, p, known}
		if err := c.playbook(); err != nil {
			return nil, err
		}
		all[p.ID] = p
	}
	return all, nil
}

type checker struct {
	at    *yamlfile.File
	p     *Playbook
	known Known
}

func (c checker) playbook() error {
	p := c.p
	switch {
	case p.ID == "" || p.Label == "":
		return c.at.Errorf("id", "办理流程缺 id 或 label")
	case p.Version < 1:
		return c.at.Errorf("version", "version 应为从 1 起的整数，每次修改加 1")
	case len(p.Stages) == 0:
		return c.at.Errorf("stages", "办理流程没有环节")
	case p.Stages[0].Final:
		return c.at.Errorf("stages.0", "第一个环节不能是办结环节")
	}
	for i, code := range p.Bases {
		if c.known.Laws != nil && !c.known.Laws.Has(code) {
			return c.at.Errorf(fmt.Sprintf("bases.%d", i), "法律依据库中没有“%s”", code)
		}
	}
	seen := map[Stage]bool{}
	for i, s := range p.Stages {
		path := fmt.Sprintf("stages.%d", i)
		if s.ID == "" || s.Label == "" {
			return c.at.Errorf(path, "环节缺 id 或 label")
		}
		if seen[s.ID] {
			return c.at.Errorf(path+".id", "环节 %s 重复", s.ID)
		}
		seen[s.ID] = true
	}
	if err := c.clocks("clocks", p.Clocks); err != nil {
		return err
	}
	for i := range p.Stages {
		if err := c.stage(fmt.Sprintf("stages.%d", i), &p.Stages[i]); err != nil {
			return err
		}
	}
	return c.reachable()
}

func (c checker) stage(path string, s *StageDef) error {
	if s.Final {
		if len(s.Moves)+len(s.Clocks)+len(s.Owner.Roles) > 0 {
			return c.at.Errorf(path, "办结环节 %s 不能有 owner、clocks 或 moves", s.ID)
		}
		return nil
	}
	switch {
	case len(s.Owner.Roles) == 0:
		return c.at.Errorf(path, "环节 %s 缺 owner（由谁办理）", s.ID)
	case len(s.Moves) == 0:
		return c.at.Errorf(path, "环节 %s 没有 moves，进得去出不来", s.ID)
	}
	if err := c.at.OneOf(path+".owner.scope", string(s.Owner.Scope), string(AtEnterprise), string(AtCounty), string(AtCity)); err != nil {
		return err
	}
	if err := c.roles(path+".owner.roles", s.Owner.Roles); err != nil {
		return err
	}
	if err := c.clocks(path+".clocks", s.Clocks); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := range s.Moves {
		m := &s.Moves[i]
		mp := fmt.Sprintf("%s.moves.%d", path, i)
		if m.ID == "" || m.Label == "" || seen[m.ID] {
			return c.at.Errorf(mp, "办理动作缺 id 或 label，或 id 重复")
		}
		seen[m.ID] = true
		if err := c.move(mp, m); err != nil {
			return err
		}
	}
	return nil
}

func (c checker) move(path string, m *MoveDef) error {
	if _, ok := c.p.Stage(m.To); !ok {
		return c.at.Errorf(path+".to", "没有环节“%s”，可用：%s", m.To, strings.Join(c.stages(), "、"))
	}
	if m.Outcome != "" && !slices.ContainsFunc(c.p.Outcomes, func(o Option) bool { return o.Value == m.Outcome }) {
		return c.at.Errorf(path+".outcome", "没有结果“%s”，可用：%s", m.Outcome, values(c.p.Outcomes))
	}
	if err := c.roles(path+".roles", m.Roles); err != nil {
		return err
	}
	for i, e := range m.Evidence {
		p := fmt.Sprintf("%s.evidence.%d", path, i)
		if err := c.at.OneOf(p+".kind", string(e.Kind), kinds()...); err != nil {
			return err
		}
		if e.Min < 1 || e.Label == "" {
			return c.at.Errorf(p, "min 至少为 1，并应有 label")
		}
	}
	public := 0
	for i, f := range m.Fields {
		p := fmt.Sprintf("%s.fields.%d", path, i)
		if f.Key == "" || f.Label == "" || f.Key == "note" || f.Key == "evidence" {
			return c.at.Errorf(p, "字段缺 key 或 label，或 key 用了保留的 note、evidence")
		}
		if err := c.at.OneOf(p+".type", f.Type, FieldTypes...); err != nil {
			return err
		}
		if (f.Type == "choice") != (len(f.Choices) > 0) {
			return c.at.Errorf(p, "choice 类型的字段应有 choices，其他类型不能有")
		}
		if f.Public {
			public++
		}
	}
	if m.Publishes != (public > 0) {
		return c.at.Errorf(path, "publishes: true 的动作应有 public: true 的字段，其他动作不能有")
	}
	return nil
}

func (c checker) clocks(path string, all []ClockDef) error {
	for i, k := range all {
		p := fmt.Sprintf("%s.%d", path, i)
		if k.ID == "" || k.Label == "" || k.Amount < 1 {
			return c.at.Errorf(p, "时限缺 id、label，或 amount 小于 1")
		}
		if k.Basis != Agreed && (c.known.Laws != nil && !c.known.Laws.Has(k.Basis)) {
			return c.at.Errorf(p+".basis", "法律依据库中没有“%s”；内部约定的时限写 agreed", k.Basis)
		}
		if !slices.Contains(law.Confidences, k.Confidence) {
			return c.at.Errorf(p+".confidence", "confidence 不能是“%s”", k.Confidence)
		}
		if (k.Basis == Agreed) != (k.Confidence == law.Agreed) {
			return c.at.Errorf(p+".confidence", "内部约定的时限，basis 和 confidence 都写 agreed；有法律依据的都不写 agreed")
		}
		if _, err := k.rule(c.known.Families); err != nil {
			return c.at.Errorf(p+".family", "时限不能这样计算：%v", err)
		}
		for j, r := range k.Rungs {
			rp := fmt.Sprintf("%s.rungs.%d", p, j)
			if !offsetForm.MatchString(string(r.At)) {
				return c.at.Errorf(rp+".at", "at 不能是“%s”，应为 -1d（到期前一日）、+0d（到期时）、+12h（到期后12小时）的形式", r.At)
			}
			if len(r.To) == 0 || r.Text == "" {
				return c.at.Errorf(rp, "提醒缺 to 或 text")
			}
			if err := c.roles(rp+".to", slices.DeleteFunc(slices.Clone(r.To), func(to string) bool { return to == "owner" })); err != nil {
				return err
			}
			if slices.ContainsFunc(k.Rungs[:j], func(o RungDef) bool { return o.At == r.At }) {
				return c.at.Errorf(rp+".at", "同一时限有两个 %s 的提醒，请合并", r.At)
			}
		}
	}
	return nil
}

func (c checker) roles(path string, roles []string) error {
	for i, r := range roles {
		if len(c.known.Roles) > 0 && !slices.Contains(c.known.Roles, r) {
			return c.at.Errorf(fmt.Sprintf("%s.%d", path, i), "没有角色“%s”，可用：%s", r, strings.Join(c.known.Roles, "、"))
		}
	}
	return nil
}

// reachable refuses a stage that no move leads to, and a playbook that never
// ends.
func (c checker) reachable() error {
	reached := map[Stage]bool{c.p.First().ID: true}
	for grew := true; grew; {
		grew = false
		for _, s := range c.p.Stages {
			for _, m := range s.Moves {
				if reached[s.ID] && !reached[m.To] {
					reached[m.To], grew = true, true
				}
			}
		}
	}
	final := false
	for i, s := range c.p.Stages {
		if !reached[s.ID] {
			return c.at.Errorf(fmt.Sprintf("stages.%d", i), "没有动作通向环节 %s", s.ID)
		}
		final = final || s.Final
	}
	if !final {
		return c.at.Errorf("stages", "没有办结环节（final: true）")
	}
	return nil
}

func (c checker) stages() []string {
	var all []string
	for _, s := range c.p.Stages {
		all = append(all, string(s.ID))
	}
	return all
}

func values(all []Option) string {
	var parts []string
	for _, o := range all {
		parts = append(parts, o.Value)
	}
	return strings.Join(parts, "、")
}
