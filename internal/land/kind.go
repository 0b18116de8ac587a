package land

import (
	"slices"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/register"
	"pingzhang/standard"
	"pingzhang/standard/soil"
)

// Kind is what a sample was taken of; its text is that of the register.
type Kind string

// The kinds.
const (
	Plot     Kind = "plot"             // 建设用地地块, by GB 36600
	Farmland Kind = "farmland"         // 农用地点位, by GB 15618
	Well     Kind = "groundwater_well" // 地下水监测井, by GB/T 14848
)

// Kinds lists the kinds in the order of the menu.
var Kinds = []Kind{Plot, Farmland, Well}

// Name returns the kind in Chinese; empty for none.
func (k Kind) Name() string {
	return map[Kind]string{Plot: "建设用地地块", Farmland: "农用地点位", Well: "地下水监测井"}[k]
}

// Standard returns the number of the standard by which the kind is judged.
func (k Kind) Standard() string {
	return map[Kind]string{Plot: "GB 36600", Farmland: "GB 15618", Well: "GB/T 14848"}[k]
}

// Register returns the register of the kind.
func (k Kind) Register() register.Register { return register.Register(k) }

// KindOf returns the kind whose sites are entries of a register.
func KindOf(r register.Register) (Kind, bool) {
	k := Kind(r)
	return k, slices.Contains(Kinds, k)
}

// Site is a plot, a point of farmland or a well, with what its file says that
// decides how a sample of it is judged.
type Site struct {
	ID       int64
	Kind     Kind
	Code     string
	Name     string
	Division access.Division
	State    register.State
	Stage    string // of a plot, the value of the register
	Premises Premises
	Entry    register.Entry // the file as it stands
}

// Premises are what a verdict takes from the file of the site. They stand with
// the verdict, so that it can be reckoned again after the file has changed.
type Premises struct {
	Class      soil.LandClass    `json:"class,omitempty"`      // of a plot
	Use        soil.LandUse      `json:"use,omitempty"`        // of farmland
	Background map[string]string `json:"background,omitempty"` // of a plot, mg/kg, by item
	Source     string            `json:"source,omitempty"`     // where the background was read
	Target     string            `json:"target,omitempty"`     // of a well, I to V
	PH         string            `json:"ph,omitempty"`         // of the sample
}

// backgrounds are the fields of a plot that hold the background of an item.
var backgrounds = map[string]string{"background_as": "砷", "background_co": "钴", "background_v": "钒"}

// siteOf makes a site of an entry; false where the entry is of another register.
func siteOf(e register.Entry) (Site, bool) {
	kind, ok := KindOf(e.Register)
	if !ok {
		return Site{}, false
	}
	s := Site{ID: e.ID, Kind: kind, Code: e.Code, Name: e.Name, Division: e.Division, State: e.State, Entry: e, Stage: e.Text("stage")}
	switch kind {
	case Plot:
		s.Premises.Class = soil.LandClass(e.Text("land_class"))
		s.Premises.Source = strings.TrimSpace(e.Text("background_source"))
		for field, item := range backgrounds {
			if text := e.Text(field); text != "" {
				if s.Premises.Background == nil {
					s.Premises.Background = map[string]string{}
				}
				s.Premises.Background[item] = text
			}
		}
	case Farmland:
		s.Premises.Use = soil.LandUse(e.Text("land_use"))
	case Well:
		s.Premises.Target = e.Text("target")
	}
	return s, true
}

// background returns the background of an item in a unit, and why it is not used
// where it is there and may not be.
func (p Premises) background(item string, unit standard.Unit) (standard.Exact, string) {
	text, ok := p.Background[item]
	if !ok {
		return standard.Exact{}, ""
	}
	if p.Source == "" {
		return standard.Exact{}, "档案中的背景值 " + text + " mg/kg 没有写明出处，未采用"
	}
	x, issue := standard.Read(text)
	if issue != "" || x.Sign() <= 0 {
		return standard.Exact{}, "档案中的背景值“" + text + "”不是大于0的数，未采用"
	}
	if x, err := standard.Convert(x, standard.MgPerKg, unit); err == nil {
		return x, ""
	}
	return standard.Exact{}, "" // the unit of the result is no content in soil: nothing is judged at all
}

// items returns what the standard of a kind has values for.
func items(b *soil.Book, k Kind) []soil.Item {
	switch k {
	case Plot:
		return b.DevelopmentItems()
	case Farmland:
		return b.FarmlandItems()
	}
	return b.GroundwaterItems()
}
