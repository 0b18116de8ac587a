package law

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/yamlfile"
)

// file is the form of a YAML file of catalog/law.
type file struct {
	Documents []Document `yaml:"documents"`
	Bases     []Act      `yaml:"bases"`
}

// Load reads every *.yaml file of dir.
//
// The error is fault.Invalid and names file, line and what is allowed when a
// file is wrong.
func Load(dir fs.FS) (*Book, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, err
	}
	b := &Book{documents: map[string]Document{}, acts: map[Code]Act{}}
	type read struct {
		at   *yamlfile.File
		acts []Act
	}
	var all []read
	for _, name := range names {
		var f file
		at, err := yamlfile.Read(dir, name, &f)
		if err != nil {
			return nil, err
		}
		if err := b.addDocuments(at, f.Documents); err != nil {
			return nil, err
		}
		all = append(all, read{at, f.Bases})
	}
	for _, r := range all {
		for i, act := range r.acts {
			if err := b.addAct(r.at, fmt.Sprintf("bases.%d", i), act); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

func (b *Book) addDocuments(at *yamlfile.File, docs []Document) error {
	for i, d := range docs {
		path := fmt.Sprintf("documents.%d", i)
		switch {
		case d.ID == "" || d.Title == "":
			return at.Errorf(path, "法律文件缺 id 或 title")
		case b.documents[d.ID].ID != "":
			return at.Errorf(path+".id", "法律文件 %s 重复", d.ID)
		case !slices.Contains(Levels, d.Level):
			return at.Errorf(path+".level", "level 不能是“%s”，可用：%s", d.Level, strings.Join(Levels, "、"))
		}
		if err := checkDays(at, path, d.From, d.To); err != nil {
			return err
		}
		if err := checkConfidence(at, path, d.Confidence); err != nil {
			return err
		}
		b.documents[d.ID] = d
	}
	return nil
}

func (b *Book) addAct(at *yamlfile.File, path string, act Act) error {
	switch {
	case act.Code == "" || act.Title == "":
		return at.Errorf(path, "法律依据缺 code 或 title")
	case b.Has(act.Code):
		return at.Errorf(path+".code", "法律依据 %s 重复", act.Code)
	case len(act.Editions) == 0:
		return at.Errorf(path, "法律依据 %s 没有 editions；条款未知时写 unknown: true", act.Code)
	}
	for i, e := range act.Editions {
		p := fmt.Sprintf("%s.editions.%d", path, i)
		if err := b.checkEdition(at, p, e); err != nil {
			return err
		}
		for _, other := range act.Editions[:i] {
			if overlap(e, other) {
				return at.Errorf(p, "法律依据 %s 的两个版本时间重叠，同一天只能适用一个", act.Code)
			}
		}
	}
	b.acts[act.Code] = act
	b.order = append(b.order, act.Code)
	return nil
}

func (b *Book) checkEdition(at *yamlfile.File, path string, e Edition) error {
	if err := checkDays(at, path, e.From, e.To); err != nil {
		return err
	}
	if err := checkConfidence(at, path, e.Confidence); err != nil {
		return err
	}
	doc, ok := b.documents[e.Document]
	switch {
	case e.Unknown && (e.Document != "" || e.Penalty != nil):
		return at.Errorf(path, "unknown: true 的版本不能再写 document 或 penalty")
	case e.Unknown:
		return nil
	case !ok:
		return at.Errorf(path+".document", "没有法律文件“%s”，可用：%s", e.Document, strings.Join(b.ids(), "、"))
	case e.From == "" || doc.From == "" || e.From < doc.From:
		return at.Errorf(path+".effective_from", "条款的施行日期应写明，且不早于《%s》的施行日期 %s", doc.Title, doc.From)
	case e.Source == "":
		return at.Errorf(path, "缺 source（文本来源）")
	case e.Penalty != nil && e.Penalty.MaxYuan < e.Penalty.MinYuan:
		return at.Errorf(path+".penalty", "罚款上限小于下限")
	}
	return nil
}

func (b *Book) ids() []string {
	var ids []string
	for id := range b.documents {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func overlap(a, b Edition) bool {
	return (a.To == "" || b.From == "" || b.From <= a.To) && (b.To == "" || a.From == "" || a.From <= b.To)
}

func checkDays(at *yamlfile.File, path string, from, to Day) error {
	for _, d := range []struct {
		key string
		day Day
	}{{"effective_from", from}, {"effective_to", to}} {
		if d.day == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, string(d.day)); err != nil {
			return at.Errorf(path+"."+d.key, "日期“%s”应写作 2026-08-15 的形式", d.day)
		}
	}
	if from != "" && to != "" && to < from {
		return at.Errorf(path+".effective_to", "截止日期早于起始日期")
	}
	return nil
}

func checkConfidence(at *yamlfile.File, path string, c Confidence) error {
	if slices.Contains(Confidences, c) {
		return nil
	}
	var all []string
	for _, c := range Confidences {
		all = append(all, string(c))
	}
	return at.Errorf(path+".confidence", "confidence 不能是“%s”，可用：%s", c, strings.Join(all, "、"))
}
