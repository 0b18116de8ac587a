package web

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/land"
)

// Land keeps the samples of plots, farmland and groundwater: land.Store does.
type Land interface {
	Overview(ctx context.Context, by access.Caller, k land.Kind) ([]land.SiteNow, error)
	Results(ctx context.Context, by access.Caller, site int64, round string) (land.SiteResults, error)
	Sample(ctx context.Context, by access.Caller, id int64) (land.SampleFile, error)
	Import(ctx context.Context, by access.Caller, k land.Kind, name string, r io.Reader) (land.Imported, error)
	Imports(ctx context.Context, by access.Caller, n int) ([]land.Import, error)
	Recompute(ctx context.Context, by access.Caller, site int64) (land.Recomputed, error)
	Export(ctx context.Context, by access.Caller, site int64, w io.Writer) error
	Template(ctx context.Context, k land.Kind, wide bool, w io.Writer) error
}

func (s *Server) landRoutes() []route {
	return []route{
		{"GET /land", "monitor.read", s.landNeeded(s.landOverview)},
		{"GET /land/samples/{id}", "monitor.read", s.landNeeded(s.landSample)},
		{"GET /land/sites/{id}/export", "monitor.read", s.landNeeded(s.landExport)},
		{"POST /land/sites/{id}/recompute", land.Writes, s.landNeeded(s.landRecompute)},
		{"GET /land/import", land.Writes, s.landNeeded(s.landImports)},
		{"POST /land/import", land.Writes, s.landNeeded(s.landImport)},
		{"GET /land/template/{kind}", land.Writes, s.landNeeded(s.landTemplate)},
	}
}

// landGroup is the title of the entries in the menu, which are not there without
// the duty.
const landGroup = "土壤和地下水"

// landNeeded answers with a sentence where the duty is not there.
func (s *Server) landNeeded(act action) action {
	return func(w http.ResponseWriter, r *request) error {
		if err := need(s.cfg.Land, landGroup); err != nil {
			return err
		}
		return act(w, r)
	}
}

// landShown is how many sites the overview shows on a page.
const landShown = 100

// landCard counts the sites of a kind by how they stand.
type landCard struct {
	Kind, Name, Standard, Href string
	Chosen                     bool
	Sites                      int
	States                     []landCount
}

type landCount struct {
	stateView
	N int
}

type landRow struct {
	Name, Code, Href, Division, About string
	Withdrawn                         bool
	Standing                          stateView
	Note                              string // what the standing does not cover
	Round, Stage                      string
	Samples, Ratio, Multiple          string
	Unverified                        bool
}

type landOverviewView struct {
	shell
	Kind      land.Kind
	Name      string
	Register  string
	Text      string
	Cards     []landCard
	States    []option
	Divisions []option
	Rows      []landRow
	Found     int
	Pager     pager
	CanImport bool
	Well      bool
}

// landOverview shows the sites of one kind, and how those of all kinds stand.
func (s *Server) landOverview(w http.ResponseWriter, r *request) error {
	kind := land.Kind(r.text("kind"))
	if kind == "" {
		kind = land.Plot
	}
	if kind.Name() == "" {
		return fault.New(fault.NotFound, "没有这一类，请检查网址")
	}
	v := landOverviewView{
		shell: s.shell(r, "土壤和地下水检测与评价", "/land"), Kind: kind, Name: kind.Name(), Register: "/registers/" + string(kind), Text: r.text("q"),
		Divisions: s.divisionOptions(r, r.text("division")), CanImport: r.Caller.May(land.Writes), Well: kind == land.Well,
	}
	var mine []land.SiteNow
	for _, k := range land.Kinds {
		all, err := s.cfg.Land.Overview(r.Context(), r.Caller, k)
		if err != nil {
			return err
		}
		if k == kind {
			mine = all
		}
		v.Cards = append(v.Cards, landCardOf(k, k == kind, all))
	}
	for _, st := range landStates {
		v.States = append(v.States, option{string(st), st.Name(kind), string(st) == r.text("state")})
	}
	v.States = append(v.States, option{landNone, "没有结果", r.text("state") == landNone})
	mine = slices.DeleteFunc(mine, func(n land.SiteNow) bool { return !landWanted(r, n) })
	v.Found = len(mine)
	from := min(max(0, int(r.int("after"))), len(mine))
	to := min(from+landShown, len(mine))
	next := ""
	if to < len(mine) {
		next = strconv.Itoa(to)
	}
	v.Pager = pageLinks(r, next)
	for _, n := range mine[from:to] {
		v.Rows = append(v.Rows, s.landRow(n))
	}
	return s.render(w, r, "land_overview", v)
}

// landNone stands for sites without results among the states.
const landNone = "none"

// landStates are the states that a site may be asked for, the worst first.
var landStates = []land.State{land.Severe, land.Over, land.Unknown, land.Exempt, land.Classed, land.Good}

// landWanted reports whether a site is asked for.
func landWanted(r *request, n land.SiteNow) bool {
	if d := access.Division(r.text("division")); d != "" && d != n.Division && !d.Contains(n.Division) {
		return false
	}
	if q := strings.ToLower(r.text("q")); q != "" && !strings.Contains(strings.ToLower(n.Name+" "+n.Code), q) {
		return false
	}
	switch want := r.text("state"); want {
	case "":
		return true
	case landNone:
		return n.Latest == nil
	default:
		return n.Latest != nil && string(n.Standing()) == want
	}
}

// landCardOf counts sites by how they stand. Those without results are unknown,
// and counted apart.
func landCardOf(k land.Kind, chosen bool, all []land.SiteNow) landCard {
	c := landCard{Kind: string(k), Name: k.Name(), Standard: k.Standard(), Href: "/land?kind=" + url.QueryEscape(string(k)), Chosen: chosen, Sites: len(all)}
	none, counts, partly := 0, map[land.State]int{}, 0
	for _, n := range all {
		switch {
		case n.Latest == nil:
			none++
		case n.Standing() == land.Good && !n.Latest.Counts().Complete():
			partly++
		default:
			counts[n.Standing()]++
		}
	}
	for _, st := range landStates {
		if counts[st] > 0 {
			c.States = append(c.States, landCount{stateView{landClass(st), st.Name(k)}, counts[st]})
		}
	}
	if partly > 0 {
		c.States = append(c.States, landCount{stateView{"plain", "所测项目" + land.Good.Name(k)}, partly})
	}
	if none > 0 {
		c.States = append(c.States, landCount{stateView{"offline", "没有结果"}, none})
	}
	return c
}

// landRow shows a site in the list.
func (s *Server) landRow(n land.SiteNow) landRow {
	row := landRow{Name: n.Name, Code: n.Code, Href: entryHref(n.ID), Division: s.cfg.Divisions.NameOf(n.Division), Withdrawn: n.Site.State != "active",
		About: s.landAbout(n.Site), Standing: stateView{"offline", "没有结果"}, Samples: "—", Ratio: "—", Multiple: "—"}
	if n.Latest == nil {
		return row
	}
	c := n.Latest.Counts()
	row.Standing, row.Note = landStanding(*n.Latest), landNote(c)
	row.Round, row.Stage = n.Latest.Name, stageNames(c.Stages)
	row.Samples, row.Ratio = strconv.Itoa(c.Samples), landRatio(c)
	if c.Multiple != "" {
		row.Multiple = landMultiple(c.Multiple) + "（" + c.Item + "）"
	}
	row.Unverified = !c.Confidence.Verified()
	return row
}

// landAbout says what decides how a site is judged.
func (s *Server) landAbout(site land.Site) string {
	d, ok := s.cfg.Register.Book.Definition(site.Kind.Register())
	if !ok {
		return ""
	}
	keys := map[land.Kind][]string{land.Plot: {"land_class", "stage", "listed"}, land.Farmland: {"land_use", "category"}, land.Well: {"purpose", "target"}}[site.Kind]
	var parts []string
	for _, key := range keys {
		switch text := s.shown(d, site.Entry, key); {
		case key == "listed" && site.Entry.Text(key) != "no" && text != "":
			parts = append(parts, "名录"+text)
		case key == "listed" || text == "":
		case key == "target":
			parts = append(parts, "目标"+text)
		default:
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " · ")
}
