package access

import (
	"fmt"
	"io/fs"

	"pingzhang/internal/yamlfile"
)

// Place is a division with its name.
type Place struct {
	Code Division `yaml:"code"`
	Name string   `yaml:"name"`
}

// Office is an office of the bureau.
type Office struct {
	Code     string   `yaml:"code"`
	Name     string   `yaml:"name"`
	Division Division `yaml:"division"`
}

// Places holds the city's divisions and offices. It is read-only.
type Places struct {
	City    string   // name of the city
	Code    Division // of the city
	places  []Place  // the city first
	names   map[Division]string
	offices []Office
	byCode  map[string]Office
}

// LoadPlaces reads divisions.yaml and offices.yaml of a city's folder. A mistake
// is answered with file, line and what is allowed.
func LoadPlaces(dir fs.FS) (*Places, error) {
	var d struct {
		City       string   `yaml:"city"`
		Code       Division `yaml:"code"`
		Confidence string   `yaml:"confidence"`
		Divisions  []Place  `yaml:"divisions"`
	}
	at, err := yamlfile.Read(dir, "divisions.yaml", &d)
	if err != nil {
		return nil, err
	}
	if len(d.Code) != 6 || d.City == "" {
		return nil, at.Errorf("code", "city 和 code（6 位行政区划代码）必须填写")
	}
	p := &Places{City: d.City, Code: d.Code, places: append([]Place{{d.Code, d.City}}, d.Divisions...), names: map[Division]string{}, byCode: map[string]Office{}}
	for i, pl := range p.places {
		path := fmt.Sprintf("divisions.%d", i-1)
		if !d.Code.Contains(pl.Code) {
			return nil, at.Errorf(path, "%s 不在 %s（%s）之内", pl.Code, d.City, d.Code)
		}
		if p.names[pl.Code] != "" {
			return nil, at.Errorf(path, "代码 %s 重复", pl.Code)
		}
		if pl.Name == "" {
			return nil, at.Errorf(path, "代码 %s 缺 name", pl.Code)
		}
		p.names[pl.Code] = pl.Name
	}
	var o struct {
		Offices []Office `yaml:"offices"`
	}
	if at, err = yamlfile.Read(dir, "offices.yaml", &o); err != nil {
		return nil, err
	}
	for i, of := range o.Offices {
		path := fmt.Sprintf("offices.%d", i)
		switch {
		case of.Code == "" || of.Name == "":
			return nil, at.Errorf(path, "单位的 code 和 name 必须填写")
		case p.names[of.Division] == "":
			return nil, at.Errorf(path+".division", "行政区划 %s 不在 divisions.yaml 中", of.Division)
		case p.byCode[of.Code].Code != "":
			return nil, at.Errorf(path+".code", "单位代码 %s 重复", of.Code)
		}
		p.byCode[of.Code] = of
	}
	p.offices = o.Offices
	return p, nil
}

// NameOf returns the name of a division; of one that is not known, its code.
func (p *Places) NameOf(d Division) string {
	for code := d; len(code) >= 6; code = code[:len(code)-1] {
		if n := p.names[code]; n != "" {
			return n
		}
	}
	if d == "" {
		return "—"
	}
	return string(d)
}

// Within returns the divisions that lie in a scope, the city first.
func (p *Places) Within(s Scope) []Place {
	var all []Place
	for _, pl := range p.places {
		if s.Enterprise == 0 && s.Sees(pl.Code, 0) {
			all = append(all, pl)
		}
	}
	return all
}

// Counties returns all divisions but the city itself.
func (p *Places) Counties() []Place { return p.places[1:] }

// Offices returns the offices in the order of the catalog.
func (p *Places) Offices() []Office { return p.offices }

// Office returns the office of a code.
func (p *Places) Office(code string) (Office, bool) {
	o, ok := p.byCode[code]
	return o, ok
}

// OfficeName returns the name of an office; "" when it is not known.
func (p *Places) OfficeName(code string) string { return p.byCode[code].Name }
