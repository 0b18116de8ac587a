package water

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/standard"
	gb "pingzhang/standard/water"
)

// A Bulletin is what is published of a period: texts as they are printed, and from
// which results they were made.
type Bulletin struct {
	Title     string          `json:"title"`
	Slot      Slot            `json:"slot"`
	Division  access.Division `json:"division"`
	Place     string          `json:"place"` // name of Division
	Lead      []string        `json:"lead"`  // paragraphs
	Numbers   Numbers         `json:"numbers"`
	Sections  []SectionLine   `json:"sections"`
	Waters    []WaterLine     `json:"waters"` // rivers, lakes, then basins
	Sources   []SourceLine    `json:"sources"`
	Notes     []string        `json:"notes"`
	Citations []string        `json:"citations"`
	Label     string          `json:"label,omitempty"` // 待核实
}

// Numbers are those of all sections.
type Numbers struct {
	Sections int    `json:"sections"`
	Judged   int    `json:"judged"`
	Counts   [7]int `json:"counts"` // by class; at 0 those of which no class is known
	Ice      int    `json:"ice"`
	Dry      int    `json:"dry"`
	Unknown  int    `json:"unknown"`
	Good     string `json:"good"`  // percent of I to III among those judged; empty where none is
	Worst    string `json:"worst"` // percent beyond V
	Rating   string `json:"rating"`
	Met      int    `json:"met"`
	Missed   int    `json:"missed"`
	Open     int    `json:"open"` // have a target, and it is not known whether they reach it
	NoTarget int    `json:"no_target"`
	MetShare string `json:"met_share"` // percent of those of which it is known
	Last     string `json:"last"`      // 环比
	LastYear string `json:"last_year"` // 同比
}

// SectionLine is a section in a bulletin.
type SectionLine struct {
	ID       int64    `json:"id"`
	Revision int64    `json:"revision"` // of its result; 0 where there was none
	Code     string   `json:"code"`
	Name     string   `json:"name"`
	County   string   `json:"county"`
	River    string   `json:"river"`
	Level    string   `json:"level"`
	Target   string   `json:"target"`
	Class    string   `json:"class"` // or the state
	Last     string   `json:"last"`
	LastYear string   `json:"last_year"`
	Attained Attained `json:"attained"`
	Beyond   string   `json:"beyond"` // items beyond the target with multiples
	Main     string   `json:"main"`   // main pollutants with multiples of class III
	Missing  int      `json:"missing"`
	Unjudged int      `json:"unjudged"`
}

// WaterLine is a river, lake or basin in a bulletin.
type WaterLine struct {
	Kind     string `json:"kind"` // 河流, 湖库, 流域
	Name     string `json:"name"`
	Sections int    `json:"sections"`
	Good     string `json:"good"`
	Worst    string `json:"worst"`
	Rating   string `json:"rating"` // or why there is none
	Last     string `json:"last"`
	LastYear string `json:"last_year"`
	Main     string `json:"main"`
}

// SourceLine is a source of drinking water in a bulletin.
type SourceLine struct {
	ID       int64    `json:"id"`
	Revision int64    `json:"revision"`
	Name     string   `json:"name"`
	County   string   `json:"county"`
	Level    string   `json:"level"`
	Water    string   `json:"water"`
	Attained Attained `json:"attained"`
	Beyond   string   `json:"beyond"`
	Items    int      `json:"items"` // that were judged
	Missing  int      `json:"missing"`
	Why      string   `json:"why"` // why it is not known
}

// LevelName, WaterName and such return the words of the registers.
func LevelName(level string) string { return levelNames[level] }

// WaterName returns the word for a kind of water.
func WaterName(water string) string { return waterNames[water] }

var levelNames = map[string]string{
	"national": "国控", "provincial": "省控", "city": "市控", "county": "县控", "township": "乡镇级", "village": "农村千吨万人",
}

// sourceLevels are the levels of sources, which are not those of sections.
var sourceLevels = map[string]string{"city": "地级及以上城市", "county": "县级", "township": "乡镇级", "village": "农村千吨万人"}

var waterNames = map[string]string{
	"river": "河流", "lake": "湖泊", "reservoir": "水库", "river_reservoir": "河道型水库", Groundwater: "地下水",
}

// SourceLevelName returns the word for the level of a source.
func SourceLevelName(level string) string { return sourceLevels[level] }

// ClassText writes the class of a result, or its state where it has none.
func ClassText(r *Result) string {
	switch {
	case r == nil:
		return "未知"
	case r.State == Judged:
		return r.Class.Name()
	}
	return r.State.Name()
}

// percent writes a share as it is printed; empty where there is none.
func percent(x standard.Exact) string {
	if !x.IsSet() {
		return ""
	}
	return x.Round(1)
}

// draft makes a bulletin of an overview. name gives the names of divisions.
func draft(o Overview, place string, name func(access.Division) string) Bulletin {
	kind := map[gb.Kind]string{gb.Month: "月报", gb.Quarter: "季报", gb.Year: "年报"}[o.Slot.Kind]
	bu := Bulletin{
		Title: place + "地表水环境质量" + kind + "（" + o.Slot.Name() + "）", Slot: o.Slot, Division: o.Which.Division, Place: place,
		Sections: []SectionLine{}, Waters: []WaterLine{}, Sources: []SourceLine{},
	}
	var weakest standard.Confidence
	for _, st := range o.Sections {
		bu.Sections = append(bu.Sections, sectionLine(st, o.Slot, name))
		if st.Result != nil {
			for _, c := range st.Detail.Citations {
				if !slices.Contains(bu.Citations, c) {
					bu.Citations = append(bu.Citations, c)
				}
			}
			weakest = weaker(weakest, st.Result.Confidence)
		}
	}
	bu.Numbers = numbersOf(o)
	for _, list := range []struct {
		kind string
		all  []Compared
	}{{"", o.Rivers}, {"流域", o.Basins}} {
		for _, c := range list.all {
			bu.Waters = append(bu.Waters, waterLine(list.kind, c, o))
			weakest = weaker(weakest, c.Confidence)
		}
	}
	for _, st := range o.Sources {
		bu.Sources = append(bu.Sources, sourceLine(st, o.Slot, name))
	}
	if weakest != "" {
		bu.Label = weakest.Label()
	}
	bu.Lead = bu.lead()
	bu.Notes = bu.notes()
	return bu
}

func weaker(a, b standard.Confidence) standard.Confidence {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a.Weaker(b)
}

func numbersOf(o Overview) Numbers {
	s, t := o.Region.Shares, o.Region.Target
	n := Numbers{
		Sections: s.Sections(), Judged: s.Judged, Counts: s.Counts, Ice: s.Ice, Dry: s.Dry, Unknown: s.Unknown, Good: percent(s.Good()), Worst: percent(s.Worst()),
		Rating: ratingText(o.Region.Group), Met: t.Met, Missed: t.Exceeded, Open: t.Ice + t.Dry + t.Unknown, NoTarget: t.NoTarget, MetShare: percent(t.Share()),
		Last: trendText(o.Region.Last), LastYear: trendText(o.Region.LastYear),
	}
	return n
}

// ratingText is the word for a group, or why it has none.
func ratingText(g gb.Group) string {
	switch {
	case g.Rating.Name != "":
		return g.Rating.Name
	case g.Issue == gb.SectionsUnknown && g.AtWorst.Name != "":
		return "未知（" + g.AtWorst.Name + "至" + g.AtBest.Name + "）"
	case g.Issue != "":
		return "未知（" + IssueText(g.Issue) + "）"
	}
	return "未知"
}

func trendText(t gb.Trend) string { return t.Name() }

func sectionLine(st Standing, slot Slot, name func(access.Division) string) SectionLine {
	l := SectionLine{
		ID: st.Place.ID, Code: st.Place.Code, Name: st.Place.Name, County: name(st.Place.Division), River: st.Place.River, Level: LevelName(st.Place.Level),
		Class: ClassText(st.Result), Last: ClassText(st.Last), LastYear: ClassText(st.LastYear), Attained: st.Attained(slot),
		Beyond: strings.Join(st.Detail.Beyond, "、"), Main: strings.Join(st.Detail.Main, "、"), Missing: len(st.Detail.Missing), Unjudged: len(st.Detail.Unjudged),
	}
	if t := st.Target(slot); t != 0 {
		l.Target = t.Name()
	}
	if st.Result != nil {
		l.Revision = st.Result.Revision
	}
	return l
}

func waterLine(kind string, c Compared, o Overview) WaterLine {
	l := WaterLine{
		Kind: kind, Name: c.Name, Sections: c.Shares.Sections(), Good: percent(c.Shares.Good()), Worst: percent(c.Shares.Worst()), Rating: ratingText(c.Group),
		Last: trendText(c.Last), LastYear: trendText(c.LastYear),
	}
	if kind == "" {
		l.Kind = "河流"
		if slices.ContainsFunc(o.Sections, func(st Standing) bool { return st.Place.River == c.Name && st.Place.Body() == gb.Lake }) {
			l.Kind = "湖库"
		}
	}
	var main []string
	for _, e := range c.Main {
		main = append(main, e.Text())
	}
	l.Main = strings.Join(main, "、")
	return l
}

func sourceLine(st Standing, slot Slot, name func(access.Division) string) SourceLine {
	l := SourceLine{
		ID: st.Place.ID, Name: st.Place.Name, County: name(st.Place.Division), Level: SourceLevelName(st.Place.Level), Water: WaterName(st.Place.Water),
		Attained: st.Attained(slot), Beyond: strings.Join(st.Detail.Beyond, "、"), Missing: len(st.Detail.Missing),
	}
	if st.Result == nil {
		l.Why = "没有监测结果"
		return l
	}
	l.Revision = st.Result.Revision
	for _, i := range st.Detail.Items {
		if i.Rated && (i.Verdict == standard.Meets || i.Verdict == standard.Exceeds) {
			l.Items++
		}
	}
	if l.Attained == UnknownAttained {
		l.Why = IssueText(st.Result.Issue)
		if st.Result.State != Judged && st.Result.State != StateUnknown {
			l.Why = st.Result.State.Name()
		}
	}
	return l
}

// lead writes the paragraphs above the tables.
func (bu Bulletin) lead() (all []string) {
	n, name := bu.Numbers, bu.Slot.Name()
	text := fmt.Sprintf("%s，%s共有评价断面（点位）%d个，其中有水质类别的%d个", name, bu.Place, n.Sections, n.Judged)
	for _, part := range []struct {
		n    int
		name string
	}{{n.Ice, "冰封"}, {n.Dry, "断流"}, {n.Unknown, "未监测或类别未知"}} {
		if part.n > 0 {
			text += fmt.Sprintf("，%s的%d个", part.name, part.n)
		}
	}
	text += "。"
	if n.Judged > 0 {
		var classes []string
		for c := gb.I; c <= gb.WorseThanV; c++ {
			classes = append(classes, fmt.Sprintf("%s%d个", c.Name(), n.Counts[c]))
		}
		text += fmt.Sprintf("在有类别的断面中，%s；Ⅰ～Ⅲ类占%s%%，劣Ⅴ类占%s%%。全部断面水质状况：%s。", strings.Join(classes, "、"), n.Good, n.Worst, n.Rating)
	}
	all = append(all, text)
	if n.Met+n.Missed+n.Open > 0 {
		text = fmt.Sprintf("设有水质目标的断面%d个：达标%d个，不达标%d个，未知（含冰封、断流）%d个", n.Met+n.Missed+n.Open, n.Met, n.Missed, n.Open)
		if n.MetShare != "" {
			text += fmt.Sprintf("；在可以判定的断面中达标率为%s%%", n.MetShare)
		}
		all = append(all, text+"。")
	}
	before := map[gb.Kind]string{gb.Month: "上月", gb.Quarter: "上季度", gb.Year: "上年"}[bu.Slot.Kind]
	text = "与" + before + "相比，" + changeText(n.Last)
	if bu.Slot.Kind != gb.Year {
		text += "；与上年同期相比，" + changeText(n.LastYear)
	}
	all = append(all, text+"。")
	var bad []string
	for _, l := range bu.Sections {
		if l.Attained == Exceeds {
			bad = append(bad, fmt.Sprintf("%s（%s，目标%s，实际%s：%s）", l.Name, l.River, l.Target, l.Class, l.Beyond))
		}
	}
	if len(bad) > 0 {
		all = append(all, "不达标断面："+strings.Join(bad, "；")+"。")
	}
	return append(all, bu.sourceLead()...)
}

// changeText words a trend in a sentence.
func changeText(trend string) string {
	if trend == "未知" {
		return "水质变化不能判定（有时段的水质状况未知）"
	}
	return "水质" + trend
}

func (bu Bulletin) sourceLead() []string {
	if len(bu.Sources) == 0 {
		return nil
	}
	counts := map[Attained]int{}
	for _, l := range bu.Sources {
		counts[l.Attained]++
	}
	return []string{fmt.Sprintf("饮用水水源地%d个：达标%d个，不达标%d个，未知%d个。", len(bu.Sources), counts[Meets], counts[Exceeds], counts[UnknownAttained])}
}

// notes say how the numbers came about.
func (bu Bulletin) notes() []string {
	all := []string{
		"断面水质按实验室监测结果评价：时段内先求各项目的平均值，再以21项单因子评价；水温、总氮、粪大肠菌群不参评。",
		"超标项目括号内为超过目标类别限值的倍数，主要污染指标括号内为超过Ⅲ类限值的倍数；pH、溶解氧不计倍数。",
		"冰封、断流、未监测和未知的断面不计入比例，也不算达标。",
	}
	missing := 0
	for _, l := range bu.Sections {
		if l.Missing > 0 {
			missing++
		}
	}
	if missing > 0 {
		all = append(all, strconv.Itoa(missing)+"个断面有参评项目未监测，其类别只代表已监测的项目。")
	}
	if bu.Label != "" {
		all = append(all, "评价所依据的部分规定未见原文，结果"+bu.Label+"。")
	}
	return all
}
