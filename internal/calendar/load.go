package calendar

import (
	"fmt"
	"io/fs"

	"pingzhang/internal/yamlfile"
	"pingzhang/standard"
)

// yearFile is the form of a file cn-YYYY.yaml of catalog/calendar.
type yearFile struct {
	Year       int                 `yaml:"year"`
	Source     string              `yaml:"source"`
	Confidence standard.Confidence `yaml:"confidence"`
	Off        []struct {
		From Day    `yaml:"from"`
		To   Day    `yaml:"to"`
		Name string `yaml:"name"`
	} `yaml:"off"`
	Work []struct {
		On   Day    `yaml:"on"`
		Name string `yaml:"name"`
	} `yaml:"work"`
}

// Load reads the calendar of the catalog: families.yaml and the table of each
// year, cn-*.yaml. The error is fault.Invalid and names file, line and what
// is allowed.
func Load(dir fs.FS) (*Table, *Families, error) {
	families, err := loadFamilies(dir)
	if err != nil {
		return nil, nil, err
	}
	names, err := fs.Glob(dir, "cn-*.yaml")
	if err != nil {
		return nil, nil, err
	}
	table := NewTable(nil, nil)
	for _, name := range names {
		if table, err = loadYear(dir, name, table); err != nil {
			return nil, nil, err
		}
	}
	return table, families, nil
}

// loadYear returns table with the year of file name.
func loadYear(dir fs.FS, name string, table *Table) (*Table, error) {
	var f yearFile
	at, err := yamlfile.Read(dir, name, &f)
	if err != nil {
		return nil, err
	}
	switch {
	case f.Year < 2000 || f.Year > 2200:
		return nil, at.Errorf("year", "year 应为四位年份，如 2026")
	case table.Entered(f.Year):
		return nil, at.Errorf("year", "%d 年已由另一个文件给出", f.Year)
	case !f.Confidence.Known():
		return nil, at.Errorf("confidence", "confidence 不能是“%s”，可用：source、source-secondary、inference、memory、unverified", f.Confidence)
	}
	var days []Holiday
	seen := map[Day]bool{}
	add := func(path string, on Day, kind Kind, holiday string) error {
		h := Holiday{On: on, Kind: kind, Name: holiday, Source: f.Source, Confidence: f.Confidence}
		switch {
		case on.Year() != f.Year:
			return at.Errorf(path, "%s 不在 %d 年内", on, f.Year)
		case holiday == "":
			return at.Errorf(path, "%s 缺节日名称 name", on)
		case seen[on]:
			return at.Errorf(path, "%s 写了两次", on)
		case kind == Work && !on.Weekend():
			return at.Errorf(path, "%s不是周末，不能是调休上班", on.Text())
		}
		seen[on] = true
		days = append(days, h)
		return nil
	}
	for i, o := range f.Off {
		path := fmt.Sprintf("off.%d", i)
		if o.From == 0 || o.To < o.From || o.To.Sub(o.From) > 31 {
			return nil, at.Errorf(path, "放假应写 from 和 to，to 不早于 from")
		}
		for d := o.From; d <= o.To; d++ {
			if err := add(path, d, Off, o.Name); err != nil {
				return nil, err
			}
		}
	}
	for i, w := range f.Work {
		if err := add(fmt.Sprintf("work.%d", i), w.On, Work, w.Name); err != nil {
			return nil, err
		}
	}
	return table.With([]Year{{f.Year, f.Source, f.Confidence}}, days), nil
}

func loadFamilies(dir fs.FS) (*Families, error) {
	var f struct {
		Families []Family `yaml:"families"`
	}
	at, err := yamlfile.Read(dir, "families.yaml", &f)
	if err != nil {
		return nil, err
	}
	all := &Families{byID: map[string]Family{}}
	for i, fam := range f.Families {
		path := fmt.Sprintf("families.%d", i)
		_, twice := all.byID[fam.ID]
		switch {
		case fam.ID == "" || fam.Name == "":
			return nil, at.Errorf(path, "计日规则缺 id 或 name")
		case twice:
			return nil, at.Errorf(path, "计日规则 %s 写了两次", fam.ID)
		case !fam.Citation.Confidence.Known():
			return nil, at.Errorf(path+".citation", "confidence 不能是“%s”，可用：source、source-secondary、inference、memory、unverified", fam.Citation.Confidence)
		case fam.AllWorkdays && (len(fam.Workdays) > 0 || fam.WorkdaysUpTo > 0), len(fam.Workdays) > 0 && fam.WorkdaysUpTo > 0:
			return nil, at.Errorf(path, "workdays、workdays_up_to、all_workdays 只能写一个")
		}
		all.byID[fam.ID] = fam
		all.order = append(all.order, fam.ID)
	}
	return all, nil
}
