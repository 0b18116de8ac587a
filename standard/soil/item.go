package soil

import (
	"maps"
	"slices"
	"strings"

	"pingzhang/standard"
)

// An Item is what a standard has values for, by all the names it goes by.
type Item struct {
	Name   string // as the standard writes it: 铬(六价)
	Symbol string // Cr6+; empty where there is none
	CAS    string // empty where there is none, or where it is a group of substances
	Clause string // of its screening value, 表1 or 表2; of groundwater that of its limits
	Unit   standard.Unit
}

// commonNames are names of laboratories for items of the standards, folded.
var commonNames = map[string]string{
	"六价铬": "铬(六价)", "铬(vi)": "铬(六价)", "cr(vi)": "铬(六价)", "总镉": "镉", "总汞": "汞", "总砷": "砷", "总铅": "铅", "总铬": "铬", "总铜": "铜", "总镍": "镍", "总锌": "锌",
	"苯并(a)芘": "苯并[a]芘", "苯并(a)蒽": "苯并[a]蒽", "苯并(b)荧蒽": "苯并[b]荧蒽", "苯并(k)荧蒽": "苯并[k]荧蒽", "二苯并(a,h)蒽": "二苯并[a,h]蒽", "茚并(1,2,3-cd)芘": "茚并[1,2,3-cd]芘",
	"间,对-二甲苯": "间二甲苯+对二甲苯", "间对二甲苯": "间二甲苯+对二甲苯", "间/对-二甲苯": "间二甲苯+对二甲苯", "间-二甲苯+对-二甲苯": "间二甲苯+对二甲苯", "邻-二甲苯": "邻二甲苯",
	"三氯甲烷": "氯仿", "三溴甲烷": "溴仿", "石油烃": "石油烃(C10-C40)",
}

// itemFolder folds width of brackets and commas, blanks, and strokes that look
// like a hyphen.
var itemFolder = strings.NewReplacer("（", "(", "）", ")", "［", "[", "］", "]", "Ⅵ", "VI", "，", ",", "＋", "+", "－", "-", "–", "-", "—", "-", " ", "", "\u00a0", "", "\u3000", "", "\t", "")

func foldItem(text string) string { return strings.ToLower(itemFolder.Replace(text)) }

// CommonName returns the name of the standards for a name that laboratories use
// for the same substance (六价铬 for 铬(六价)), else text itself.
func CommonName(text string) string {
	if name, ok := commonNames[foldItem(text)]; ok {
		return name
	}
	return strings.TrimSpace(text)
}

// FarmlandItems lists the items of GB 15618, DevelopmentItems those of GB 36600
// and GroundwaterItems those of GB/T 14848, in the order of their tables. As
// shipped there are none of groundwater.
func (b *Book) FarmlandItems() []Item {
	return itemsOf(b.farmland, func(r farmlandRow) line { return r.line })
}

// DevelopmentItems lists the items of GB 36600; see FarmlandItems.
func (b *Book) DevelopmentItems() []Item {
	return itemsOf(b.development, func(r developmentRow) line { return r.line })
}

// GroundwaterItems lists the items of GB/T 14848; see FarmlandItems.
func (b *Book) GroundwaterItems() []Item {
	return itemsOf(b.groundwater, func(r groundwaterRow) line { return r.line })
}

func itemsOf[R any](rows []R, of func(R) line) (all []Item) {
	for _, r := range rows {
		l := of(r)
		name := l.Cell("item")
		if slices.ContainsFunc(all, func(i Item) bool { return i.Name == name }) {
			continue
		}
		all = append(all, Item{name, l.Cell("symbol"), l.cas(), l.Citation.Clause, standard.Unit(l.Cell("unit"))})
	}
	return all
}

// FindItem returns the one of items that text names: by its name in any width
// of brackets, by a common name of laboratories, by symbol or CAS number.
func FindItem(items []Item, text string) (Item, bool) {
	text = strings.TrimSpace(text)
	key := foldItem(CommonName(text))
	if key == "" {
		return Item{}, false
	}
	i := slices.IndexFunc(items, func(i Item) bool {
		return key == foldItem(i.Name) || text == i.Symbol || i.CAS != "" && text == i.CAS
	})
	if i < 0 {
		return Item{}, false
	}
	return items[i], true
}

// Names returns all names under which FindItem finds i.
func (i Item) Names() []string {
	all := []string{i.Name}
	for _, name := range []string{i.Symbol, i.CAS} {
		if name != "" {
			all = append(all, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(commonNames)) {
		if commonNames[name] == i.Name {
			all = append(all, name)
		}
	}
	return all
}

// cas is the CAS number of the row; empty where the table writes a stroke.
func (l line) cas() string {
	if cas := l.Cell("cas"); cas != "-" {
		return cas
	}
	return ""
}
