package soil

import (
	"fmt"
	"slices"

	"pingzhang/standard"
)

// A LandUse is what farmland is used for.
type LandUse string

// The land uses.
const (
	Paddy    LandUse = "paddy"    // 水田
	Orchard  LandUse = "orchard"  // 果园
	OtherUse LandUse = "other"    // 其他 (upland)
	Rotation LandUse = "rotation" // 水旱轮作地: the stricter of paddy and other
	anyUse   LandUse = "all"
)

// Name returns the land use in Chinese.
func (u LandUse) Name() string {
	switch u {
	case Paddy:
		return "水田"
	case Orchard:
		return "果园"
	case OtherUse:
		return "其他"
	case Rotation:
		return "水旱轮作地"
	}
	return ""
}

// A FarmlandSample is what was found in the soil of farmland.
type FarmlandSample struct {
	Item   string          // name (镉) or symbol (Cd)
	Use    LandUse         // empty where not known
	PH     standard.Exact  // none where not measured
	Sample standard.Sample // the content, mass in mass (mg/kg), and its day
}

type farmlandRow struct {
	line
	kind              string
	use               LandUse
	above, upTo, most standard.Exact
}

const (
	screening    = "screening"
	intervention = "intervention"
)

func (b *Book) readFarmland(l line) error {
	n, err := l.Numbers("ph_gt", "ph_le", "limit")
	if err != nil {
		return err
	}
	r := farmlandRow{line: l, kind: l.Cell("kind"), use: LandUse(l.Cell("land_use")), above: n[0], upTo: n[1], most: n[2]}
	if r.kind != screening && r.kind != intervention {
		return fmt.Errorf("行 %s 的 kind 一列只能是 screening 或 intervention，不能是 %q", l.Key, r.kind)
	}
	if !slices.Contains([]LandUse{Paddy, Orchard, OtherUse, anyUse}, r.use) {
		return fmt.Errorf("行 %s 的 land_use 一列只能是 paddy、orchard、other 或 all，不能是 %q", l.Key, r.use)
	}
	b.farmland = append(b.farmland, r)
	return nil
}

type categoryRow struct{ line }

func (b *Book) readCategory(l line) error {
	b.categories = append(b.categories, categoryRow{l})
	return nil
}

// Farmland judges a content by GB 15618 as it was in force on the day of the
// sample (GB 15618-2018 4, 5, tables 1 to 3). The outcome is Unknown with NoItem,
// NoPH, PHImplausible, NoLandUse, UseUnknown, FigureMissing, or an issue of
// standard.Judge.
func (b *Book) Farmland(s FarmlandSample) Result {
	r := Result{Item: s.Item}
	if s.PH.IsSet() && (s.PH.Sign() < 0 || s.PH.Cmp(standard.Int(14)) > 0) {
		return r.unknown(PHImplausible)
	}
	rows := slices.DeleteFunc(slices.Clone(b.farmland), func(f farmlandRow) bool { return !f.names(s.Item) })
	if len(rows) == 0 {
		return r.unknown(NoItem)
	}
	r.Item = rows[0].Cell("item")
	if rows = inForce(rows, func(f farmlandRow) line { return f.line }, s.Sample.On); len(rows) == 0 {
		return r.unknown(standard.NotInForce)
	}
	low, issue := choose(&r, rows, screening, s)
	if issue != "" {
		return r.unknown(issue)
	}
	high, issue := choose(&r, rows, intervention, s)
	if issue != "" && issue != NoItem {
		return r.unknown(issue)
	}
	if issue == NoItem {
		r.Because = append(r.Because, "标准没有规定"+r.Item+"的管制值")
		r.settle(s.Sample, low, standard.Limit{}, false)
	} else {
		r.settle(s.Sample, low, high, true)
	}
	b.categorise(&r, s.Sample.On)
	return r
}

// choose returns the value of a kind that holds at the use and pH of s. It is
// NoItem where the standard has none of that kind.
func choose(r *Result, rows []farmlandRow, kind string, s FarmlandSample) (standard.Limit, standard.Issue) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(f farmlandRow) bool { return f.kind != kind })
	if len(rows) == 0 {
		return standard.Limit{}, NoItem
	}
	uses, issue := usesOf(rows, s.Use)
	if issue != "" {
		return standard.Limit{}, issue
	}
	var limit standard.Limit
	for _, use := range uses {
		row, issue := atPH(rows, use, s.PH)
		if issue != "" {
			return standard.Limit{}, issue
		}
		r.use(row.line, row.why(s))
		next := row.limit(row.most)
		if !row.most.IsSet() {
			return next, "" // which Judge finds without a limit
		}
		if !limit.Max.IsSet() || next.Max.Cmp(limit.Max) < 0 {
			limit = next
		}
	}
	limit.Confidence = limit.Confidence.Weaker(r.Confidence)
	return limit, ""
}

// usesOf returns which uses of the table hold for use: 其他 is whatever the
// table does not name for the item, and a rotation is paddy and other.
func usesOf(rows []farmlandRow, use LandUse) ([]LandUse, standard.Issue) {
	named := func(u LandUse) bool {
		return slices.ContainsFunc(rows, func(f farmlandRow) bool { return f.use == u })
	}
	one := func(u LandUse) LandUse {
		switch {
		case named(u):
			return u
		case named(OtherUse):
			return OtherUse
		}
		return anyUse
	}
	switch use {
	case "":
		if named(Paddy) || named(Orchard) || named(OtherUse) {
			return nil, NoLandUse
		}
		return []LandUse{anyUse}, ""
	case Paddy, Orchard, OtherUse:
		return []LandUse{one(use)}, ""
	case Rotation:
		return slices.Compact([]LandUse{one(Paddy), one(OtherUse)}), ""
	}
	return nil, UseUnknown
}

// atPH returns the row of a use whose band has ph.
func atPH(rows []farmlandRow, use LandUse, ph standard.Exact) (farmlandRow, standard.Issue) {
	banded := false
	for _, f := range rows {
		if f.use != use {
			continue
		}
		if !f.above.IsSet() && !f.upTo.IsSet() {
			return f, ""
		}
		banded = true
		if ph.IsSet() && (!f.above.IsSet() || ph.Cmp(f.above) > 0) && (!f.upTo.IsSet() || ph.Cmp(f.upTo) <= 0) {
			return f, ""
		}
	}
	if banded && !ph.IsSet() {
		return farmlandRow{}, NoPH
	}
	return farmlandRow{}, FigureMissing
}

// why says why the row was chosen.
func (f farmlandRow) why(s FarmlandSample) string {
	name := map[string]string{screening: "筛选值", intervention: "管制值"}[f.kind]
	text := name + " " + f.Cell("limit") + " " + f.Cell("unit")
	if f.above.IsSet() || f.upTo.IsSet() {
		text += "：pH " + s.PH.String() + " 属于" + f.band()
	}
	if f.use != anyUse {
		text += "，农用地类型按“" + f.use.Name() + "”"
	}
	if s.Use == Rotation && f.use != anyUse {
		text += "（水旱轮作地取较严的）"
	}
	return text
}

func (f farmlandRow) band() string {
	switch {
	case !f.above.IsSet():
		return "pH≤" + f.upTo.String()
	case !f.upTo.IsSet():
		return "pH＞" + f.above.String()
	}
	return f.above.String() + "＜pH≤" + f.upTo.String()
}

// categorise gives the result the category that its table names for the outcome.
func (b *Book) categorise(r *Result, on standard.Date) {
	key := r.Outcome.Name()
	for _, c := range inForce(b.categories, func(c categoryRow) line { return c.line }, on) {
		if c.Key == key && c.Cell("category") != "" {
			r.Category = c.Cell("category")
			r.use(c.line, "类别“"+r.Category+"”："+c.Citation.String())
		}
	}
}
