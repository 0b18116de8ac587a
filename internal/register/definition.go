package register

import (
	"regexp"

	"pingzhang/internal/access"
)

// Register names a register, as in "enterprise".
type Register string

// The registers that other packages speak of.
const (
	Enterprise Register = "enterprise"
	Outlet     Register = "outlet"
	PointEntry Register = "point"
	LimitEntry Register = "limit"
)

// Type is the type of a field.
type Type string

// The types of fields. A number is kept as the text it was given in.
const (
	Text      Type = "text"
	Multiline Type = "multiline"
	Number    Type = "number"
	Integer   Type = "integer"
	Date      Type = "date" // yyyy-mm-dd
	Choice    Type = "choice"
	Ref       Type = "ref"     // id of an entry of another register
	Factors   Type = "factors" // a table of factor codes and their units
	Secret    Type = "secret"
)

// Types lists what a YAML file may say.
var Types = []Type{Text, Multiline, Number, Integer, Date, Choice, Ref, Factors, Secret}

// The keys that every entry has beside the fields of its register.
var builtin = []string{"code", "name", "division", "location", "state", "updated_at"}

// Definition is a register as its YAML file describes it.
type Definition struct {
	Register Register          `yaml:"register"`
	Label    string            `yaml:"label"`
	Order    int               `yaml:"order"`
	Owner    string            `yaml:"owner"` // "self", the key of a ref, or empty: no enterprise
	Write    access.Permission `yaml:"write"`
	Location string            `yaml:"location"` // required, optional or none
	Code     CodeRule          `yaml:"code"`
	Name     NameRule          `yaml:"name"`
	Distinct *Distinct         `yaml:"distinct"`
	Fields   []Field           `yaml:"fields"`
	Form     []Group           `yaml:"form"`
	Detail   []Group           `yaml:"detail"`
	List     []string          `yaml:"list"`
	Filters  []string          `yaml:"filters"`

	byKey map[string]*Field
	code  *regexp.Regexp
}

// CodeRule says how the code of an entry is formed.
type CodeRule struct {
	Label   string `yaml:"label"`
	Help    string `yaml:"help"`
	Auto    string `yaml:"auto"`   // key of the field it is taken from when empty, or "id"
	Unique  string `yaml:"unique"` // "" in the whole register, "owner" within the enterprise
	Check   string `yaml:"check"`
	Pattern string `yaml:"pattern"`
	Say     string `yaml:"pattern_help"`
}

// NameRule says how the name of an entry is formed.
type NameRule struct {
	Label string   `yaml:"label"`
	Help  string   `yaml:"help"`
	Auto  []string `yaml:"auto"` // keys whose values make the name when it is empty
}

// Distinct forbids two active entries with the same values of Key whose days
// From to To overlap.
type Distinct struct {
	Key  []string `yaml:"key"`
	From string   `yaml:"from"`
	To   string   `yaml:"to"`
	Say  string   `yaml:"say"`
}

// Field is one field of a register.
type Field struct {
	Key             string   `yaml:"key"`
	Label           string   `yaml:"label"`
	Type            Type     `yaml:"type"`
	Unit            string   `yaml:"unit"`
	Help            string   `yaml:"help"`
	Required        bool     `yaml:"required"`
	RequiredWhen    *When    `yaml:"required_when"`
	RequiredWith    string   `yaml:"required_with"`    // when that field is filled in
	RequiredWithout string   `yaml:"required_without"` // when that field is not
	Unique          bool     `yaml:"unique"`           // among the active entries of the register
	Check           string   `yaml:"check"`
	Pattern         string   `yaml:"pattern"`
	Say             string   `yaml:"pattern_help"`
	MaxLength       int      `yaml:"max_length"` // characters
	Min             string   `yaml:"min"`
	Max             string   `yaml:"max"`
	To              Register `yaml:"to"`
	Choices         []Option `yaml:"choices"`

	pattern *regexp.Regexp
}

// When is a condition on another field.
type When struct {
	Key string   `yaml:"key"`
	In  []string `yaml:"in"`
}

// Option is one choice.
type Option struct {
	Value string `yaml:"value"`
	Label string `yaml:"label"`
}

// Group is a titled group of fields in a form or on a detail page.
type Group struct {
	Title  string   `yaml:"title"`
	Fields []string `yaml:"fields"`
}

// Field returns the field of that key; ok is false for a built-in key and for
// one that is not there.
func (d *Definition) Field(key string) (*Field, bool) {
	f, ok := d.byKey[key]
	return f, ok
}

// LabelOf returns the Chinese name of a field, built in or not.
func (d *Definition) LabelOf(key string) string {
	switch key {
	case "code":
		return d.Code.Label
	case "name":
		return d.Name.Label
	case "division":
		return "行政区划"
	case "location":
		return "经纬度"
	case "state":
		return "状态"
	case "updated_at":
		return "更新时间"
	}
	if f, ok := d.byKey[key]; ok {
		return f.Label
	}
	return key
}

// ChoiceLabel returns the Chinese name of a choice, or value itself.
func (f *Field) ChoiceLabel(value string) string {
	for _, c := range f.Choices {
		if c.Value == value {
			return c.Label
		}
	}
	return value
}

// indexed reports whether the values of f are kept where queries find them.
func (f *Field) indexed(d *Definition) bool {
	if f.Unique || f.Type == Ref || f.Type == Choice {
		return true
	}
	for _, key := range d.Filters {
		if key == f.Key {
			return true
		}
	}
	return false
}
