package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/figure"
	"pingzhang/standard"
)

// Figures keeps the figures of the standards: figure.Store does.
type Figures interface {
	List(ctx context.Context, by access.Caller) ([]figure.TableInfo, error)
	Tables(ctx context.Context) ([]*standard.Table, error)
	Rows(ctx context.Context, by access.Caller, q figure.Query) (figure.Page, error)
	Line(ctx context.Context, by access.Caller, table, key string) (_ figure.Line, columns []string, _ error)
	Correct(ctx context.Context, by access.Caller, table string, seen int, c standard.Correction) (standard.Ref, error)
	Stale(ctx context.Context, by access.Caller, q figure.StaleQuery) (figure.StalePage, error)
	Adrift(ctx context.Context, by access.Caller) ([]figure.Adrift, error)
}

func (s *Server) figureRoutes() []route {
	return []route{
		{"GET /figures", "figure.read", s.figureList},
		{"GET /figures/stale", "figure.read", s.figureStale},
		{"GET /figures/coverage", "figure.read", s.figureCoverage},
		{"GET /figures/{table}", "figure.read", s.figureTable},
		{"GET /figures/{table}/{key}", "figure.read", s.figureRow},
		{"POST /figures/{table}/{key}", "figure.correct", s.figureCorrect},
	}
}

// figuresTitle is the name of the pages, in the menu and above each of them.
const figuresTitle = "标准数值"

var figuresCrumb = link{figuresTitle, "/figures"}

func tablePath(table string) string { return "/figures/" + url.PathEscape(table) }

// rowPath is the address of a row. Keys are Chinese and hold blanks and
// strokes, as in mg/L.
func rowPath(table, key string) string { return tablePath(table) + "/" + url.PathEscape(key) }

type figureTableRow struct {
	Title, Href                 string
	Standards                   []string
	Rows, Unverified, Corrected int
}

type figureSubject struct {
	Name   string
	Tables []figureTableRow
}

type adriftRow struct {
	Table, Key, Lost, By, Reason string
	At                           time.Time
}

type figureListView struct {
	shell
	Subjects  []figureSubject
	Stale     int
	StaleMore bool // there are more than Stale
	Adrift    []adriftRow
}

// figureList shows all tables, those of one subject together, and what has come
// of corrections.
func (s *Server) figureList(w http.ResponseWriter, r *request) error {
	ctx := r.Context()
	infos, err := s.cfg.Figures.List(ctx, r.Caller)
	if err != nil {
		return err
	}
	tables, err := s.cfg.Figures.Tables(ctx)
	if err != nil {
		return err
	}
	standards := map[string][]string{}
	for _, t := range tables {
		standards[t.Name] = standardsOf(t)
	}
	v := figureListView{shell: s.shell(r, figuresTitle, "/figures")}
	titles := map[string]string{}
	for _, t := range infos {
		if last := len(v.Subjects) - 1; last < 0 || v.Subjects[last].Name != t.Subject {
			v.Subjects = append(v.Subjects, figureSubject{Name: t.Subject})
		}
		subject := &v.Subjects[len(v.Subjects)-1]
		subject.Tables = append(subject.Tables, figureTableRow{t.Title, tablePath(t.Name), standards[t.Name], t.Rows, t.Unverified, t.Corrected})
		titles[t.Name] = t.Title
	}
	stale, err := s.cfg.Figures.Stale(ctx, r.Caller, figure.StaleQuery{N: 500})
	if err != nil {
		return err
	}
	v.Stale, v.StaleMore = len(stale.Results), stale.Next != ""
	adrift, err := s.cfg.Figures.Adrift(ctx, r.Caller)
	if err != nil {
		return err
	}
	for _, a := range adrift {
		v.Adrift = append(v.Adrift, adriftRow{orCode(titles, a.Ref.Table), a.Ref.Key, a.Lost, a.By, a.Reason, a.At})
	}
	return s.render(w, r, "figure_list", v)
}

// standardsOf lists the documents that the rows of t cite, each edition once;
// by title where a document has no number.
func standardsOf(t *standard.Table) []string {
	var all []string
	for _, row := range t.Rows() {
		name := row.Citation.Number()
		if name == "" && row.Citation.Title != "" {
			name = "《" + row.Citation.Title + "》"
		}
		if name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// orCode returns the word for a code, or the code where there is none.
func orCode(words map[string]string, code string) string {
	if word := words[code]; word != "" {
		return word
	}
	return code
}
