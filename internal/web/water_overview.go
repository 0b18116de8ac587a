package web

import (
	"net/http"
	"strconv"
	"strings"

	"pingzhang/internal/water"
	gb "pingzhang/standard/water"
)

type waterRow struct {
	ID                         int64
	Code, Name, County, River  string
	Level, Target              string
	Class, Last, LastYear      waterCell
	Attained                   stateView
	Beyond, Main, Why, Trophic string
	Strip                      []waterCell
	Missing, Unjudged          int
	Unverified                 bool
	Flags                      []string
}

type waterGroupRow struct {
	Kind, Name, Good, Worst, Rating string
	Sections                        int
	Counts                          []int // by class from I on
	Unknown                         string
	Last, LastYear, Main, How       string
	Unverified                      bool
}

type waterOverviewView struct {
	shell
	Choice    slotChoice
	Which     waterWhich
	Rows      []waterRow
	Groups    []waterGroupRow
	Months    []string // heads of the strip
	Counts    []waterCount
	Sections  int
	Judged    int
	Good      string
	GoodHow   string
	Worst     string
	Rating    string
	RatingHow string
	Met       water.Attainment
	MetShare  string
	Last      string
	LastYear  string
	LastName  string
	ThenName  string
	Index     string
	Sources   int
	CanImport bool
	CanEdit   bool
	Empty     bool // nothing registered
}

type waterCount struct {
	Cell waterCell
	N    int
}

// waterOverview shows the sections of a period, and what follows for rivers and the
// whole.
func (s *Server) waterOverview(w http.ResponseWriter, r *request) error {
	c, err := s.waterSlot(r, true)
	if err != nil {
		return err
	}
	which, err := s.waterWhich(r)
	if err != nil {
		return err
	}
	o, err := s.cfg.Water.Overview(r.Context(), r.Caller, c.Slot, which.Which)
	if err != nil {
		return err
	}
	v := waterOverviewView{
		shell: s.shell(r, "断面水质", "/water"), Choice: c, Which: which, Empty: len(o.Sections) == 0,
		CanImport: r.Caller.May(waterImportNeeds), CanEdit: r.Caller.May("register.edit"), Sources: len(o.Sources),
	}
	last, then := c.Slot.Before()
	v.LastName, v.ThenName = last.Name(), then.Name()
	strips, months, err := s.waterStrips(r, c.Slot)
	if err != nil {
		return err
	}
	v.Months = months
	for i := range o.Sections {
		row := s.waterRow(&o.Sections[i], c.Slot)
		if row.Strip = strips[row.ID]; row.Strip == nil {
			for _, name := range months {
				row.Strip = append(row.Strip, classCell(nil, name))
			}
		}
		v.Rows = append(v.Rows, row)
	}
	v.summary(o)
	for _, g := range o.Rivers {
		v.Groups = append(v.Groups, groupRow("河流（湖库）", g))
	}
	for _, g := range o.Basins {
		v.Groups = append(v.Groups, groupRow("流域", g))
	}
	return s.render(w, r, "water_overview", v)
}

// waterStrips returns the classes of the twelve months that end with the last of a
// period, by place, and their names.
func (s *Server) waterStrips(r *request, slot water.Slot) (map[int64][]waterCell, []string, error) {
	end := string(slot.Period().To)
	year, _ := strconv.Atoi(end[:4])
	month, _ := strconv.Atoi(end[5:7])
	all, err := s.cfg.Water.Strip(r.Context(), r.Caller, gb.Month, year-1, year)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	at := map[[2]int]int{}
	for i := range 12 {
		m := water.MonthOf(year, month-11+i)
		if m.N < 1 {
			m = water.MonthOf(year-1, m.N+12)
		}
		at[[2]int{m.Year, m.N}] = i
		names = append(names, m.Name())
	}
	strips := map[int64][]waterCell{}
	for i := range all {
		res := &all[i]
		at, ok := at[[2]int{res.Year, res.N}]
		if !ok {
			continue
		}
		if strips[res.Place] == nil {
			for _, name := range names {
				strips[res.Place] = append(strips[res.Place], classCell(nil, name))
			}
		}
		strips[res.Place][at] = classCell(res, names[at])
	}
	return strips, names, nil
}

// waterRow words how a place stands.
func (s *Server) waterRow(st *water.Standing, slot water.Slot) waterRow {
	last, then := slot.Before()
	row := waterRow{
		ID: st.Place.ID, Code: st.Place.Code, Name: st.Place.Name, County: s.cfg.Divisions.NameOf(st.Place.Division), River: st.Place.River,
		Level: water.LevelName(st.Place.Level), Target: targetText(st.Target(slot)), Class: classCell(st.Result, ""), Last: classCell(st.Last, last.Name()),
		LastYear: classCell(st.LastYear, then.Name()), Attained: attainedState(st.Attained(slot), st.State()), Beyond: strings.Join(st.Detail.Beyond, "、"),
		Main: strings.Join(st.Detail.Main, "、"), Missing: len(st.Detail.Missing), Unjudged: len(st.Detail.Unjudged), Trophic: st.Detail.Trophic,
	}
	if st.Result == nil {
		row.Why = "没有监测结果"
		return row
	}
	row.Unverified = st.Result.Label() != ""
	if st.Result.Issue != "" {
		row.Why = water.IssueText(st.Result.Issue)
	}
	for _, f := range st.Detail.Flags {
		if f.Issue == gb.TooFewResults {
			row.Flags = append(row.Flags, "监测次数少于规定")
		}
	}
	return row
}

// summary words the numbers of all sections.
func (v *waterOverviewView) summary(o water.Overview) {
	sh := o.Region.Shares
	v.Sections, v.Judged, v.Good, v.Worst = sh.Sections(), sh.Judged, shareText(sh.Good()), shareText(sh.Worst())
	good := sh.Counts[gb.I] + sh.Counts[gb.II] + sh.Counts[gb.III]
	v.GoodHow = strconv.Itoa(good) + "÷" + strconv.Itoa(sh.Judged)
	for c := gb.I; c <= gb.WorseThanV; c++ {
		v.Counts = append(v.Counts, waterCount{classCell(&water.Result{State: water.Judged, Class: c}, ""), sh.Counts[c]})
	}
	for _, x := range []struct {
		state water.State
		n     int
	}{{water.IceBound, sh.Ice}, {water.NoFlowing, sh.Dry}, {water.StateUnknown, sh.Unknown}} {
		v.Counts = append(v.Counts, waterCount{classCell(&water.Result{State: x.state}, ""), x.n})
	}
	v.Met, v.MetShare = o.Region.Target, shareText(o.Region.Target.Share())
	v.Rating, v.RatingHow = waterRating(o.Region.Group)
	v.Last, v.LastYear = o.Region.Last.Name(), o.Region.LastYear.Name()
	v.Index = o.Index.Text()
}

// waterRating is the word for a group, or 未知 and why.
func waterRating(g gb.Group) (text, why string) {
	switch {
	case g.Rating.Name != "":
		return g.Rating.Name, ""
	case g.Issue == gb.SectionsUnknown && g.AtWorst.Name != "":
		return "未知", "在" + g.AtWorst.Name + "与" + g.AtBest.Name + "之间：" + water.IssueText(g.Issue)
	case g.Issue != "":
		return "未知", water.IssueText(g.Issue)
	}
	return "未知", ""
}

func groupRow(kind string, g water.Compared) waterGroupRow {
	sh := g.Shares
	row := waterGroupRow{
		Kind: kind, Name: g.Name, Sections: sh.Sections(), Good: shareText(sh.Good()), Worst: shareText(sh.Worst()), Last: g.Last.Name(), LastYear: g.LastYear.Name(),
		How: g.Arithmetic(), Unverified: g.Label() != "",
	}
	for c := gb.I; c <= gb.WorseThanV; c++ {
		row.Counts = append(row.Counts, sh.Counts[c])
	}
	var rest []string
	for _, x := range []struct {
		n    int
		name string
	}{{sh.Ice, "冰封"}, {sh.Dry, "断流"}, {sh.Unknown, "未知"}} {
		if x.n > 0 {
			rest = append(rest, x.name+" "+strconv.Itoa(x.n))
		}
	}
	row.Unknown = strings.Join(rest, "，")
	text, why := waterRating(g.Group)
	row.Rating = text
	if why != "" {
		row.Rating += "（" + why + "）"
	}
	var main []string
	for _, e := range g.Main {
		main = append(main, e.Text())
	}
	row.Main = strings.Join(main, "、")
	return row
}
