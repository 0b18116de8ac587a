package web

import (
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/fault"
	"pingzhang/internal/figure"
	"pingzhang/standard"
)

type figureColumn struct {
	Code, Title string
	Number      bool // all cells on the page are numbers
}

type figureCell struct {
	Title, Text, Words string
	Number             bool
}

// figureGround is what a row rests on.
type figureGround struct {
	Citation, Confidence, Label, Source, Note string
}

type figureChange struct{ Field, From, To string }

// figureRevision is a correction of a row.
type figureRevision struct {
	Number     int
	By, Reason string
	At         time.Time
	Changes    []figureChange
}

type figureLine struct {
	Href      string
	Key       []string // its parts, those of 1.2 being 1 and 2: a line may break between them
	Cells     []figureCell
	Ground    figureGround
	Revisions []figureRevision
}

type figureTableView struct {
	shell
	Action    string
	Text      string
	Only      []option
	Total     int
	Columns   []figureColumn
	Empty     bool // some columns have nothing on this page and are left out
	Corrected bool // some lines have been corrected
	Lines     []figureLine
	Narrowed  bool
	Pager     pager
}

// figureFile hands out a table with its corrections, in the form of the catalog:
// what is judged without a server takes it from a folder.
func (s *Server) figureFile(w http.ResponseWriter, r *request) error {
	tables, err := s.cfg.Figures.Tables(r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(tables, func(t *standard.Table) bool { return t.Name == r.PathValue("table") })
	if i < 0 {
		return fault.New(fault.NotFound, "没有标准数值表 %s", r.PathValue("table"))
	}
	w.Header().Set("Content-Type", "text/tab-separated-values; charset=utf-8")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": tables[i].Name + ".tsv"}))
	_, err = w.Write(tables[i].Format())
	return err
}

// figureTable shows the rows of a table, narrowed by a text and by what is
// known of them.
func (s *Server) figureTable(w http.ResponseWriter, r *request) error {
	if r.text("as") == "tsv" {
		return s.figureFile(w, r)
	}
	q := figure.Query{Table: r.PathValue("table"), Text: r.text("text"), After: r.FormValue("after")}
	v := figureTableView{Text: q.Text}
	for _, o := range []option{{string(figure.All), "全部", false}, {string(figure.Unverified), "待核实", false}, {string(figure.Corrected), "已更正", false}} {
		if o.Chosen = o.Code == r.text("only"); o.Chosen {
			q.Only = figure.Only(o.Code)
		}
		v.Only = append(v.Only, o)
	}
	page, err := s.cfg.Figures.Rows(r.Context(), r.Caller, q)
	if err != nil {
		return err
	}
	v.shell = s.shell(r, page.Table.Title, "/figures", figuresCrumb)
	v.Action, v.Total, v.Pager = tablePath(q.Table), page.Total, pageLinks(r, page.Next)
	v.Narrowed = q.Text != "" || q.Only != figure.All
	v.Columns = columnsOf(page)
	v.Empty = len(v.Columns) < len(page.Columns)
	for _, l := range page.Lines {
		line := figureLine{rowPath(q.Table, l.Key), strings.Split(l.Key, "."), nil, groundOf(l.Row), revisionsOf(page.Columns, l.Revisions)}
		for _, c := range v.Columns {
			line.Cells = append(line.Cells, figureCell{c.Title, l.Cell(c.Code), wordsOf(l.Cell(c.Code)), c.Number})
		}
		v.Corrected = v.Corrected || len(line.Revisions) > 0
		v.Lines = append(v.Lines, line)
	}
	return s.render(w, r, "figure_table", v)
}

// columnsOf returns the columns in which a line of the page has something. The
// tables of limits have two dozen, of which a document fills a third.
func columnsOf(p figure.Page) []figureColumn {
	var all []figureColumn
	for _, code := range p.Columns {
		c := figureColumn{code, columnTitle(code), true}
		filled := false
		for _, l := range p.Lines {
			n, err := l.Number(code)
			filled = filled || l.Cell(code) != ""
			c.Number = c.Number && err == nil && (n.IsSet() || l.Cell(code) == "")
		}
		if filled {
			all = append(all, c)
		}
	}
	return all
}

func groundOf(row standard.Row) figureGround {
	c := row.Citation
	return figureGround{citationText(c), c.Confidence.Name(), c.Confidence.Label(), c.Source, row.Note}
}

// citationText prints a citation without 待核实, which stands beside it with the
// reason.
func citationText(c standard.Citation) string {
	c.Confidence = standard.Source
	return c.String()
}

// revisionsOf lists the corrections of a row, the newest first.
func revisionsOf(columns []string, revisions []standard.Row) []figureRevision {
	var all []figureRevision
	for i := 1; i < len(revisions); i++ {
		is := revisions[i]
		at, _ := time.Parse(time.RFC3339, is.At) // a dash stands for one that is none
		all = append(all, figureRevision{is.Revision, is.By, is.Reason, at, changesOf(columns, revisions[i-1], is)})
	}
	slices.Reverse(all)
	return all
}

func changesOf(columns []string, was, is standard.Row) []figureChange {
	var all []figureChange
	add := func(field, from, to string) {
		if from != to {
			all = append(all, changeOf(figure.Change{Field: field, From: from, To: to}))
		}
	}
	for _, c := range columns {
		add(c, was.Cell(c), is.Cell(c))
	}
	add("confidence", string(was.Citation.Confidence), string(is.Citation.Confidence))
	add("source", was.Citation.Source, is.Citation.Source)
	return all
}

// changeOf says a change in the words of the pages.
func changeOf(c figure.Change) figureChange {
	word := func(text string) string {
		if c.Field == "confidence" {
			return standard.Confidence(text).Name()
		}
		if text == "" {
			return "（空）"
		}
		return text
	}
	return figureChange{columnTitle(c.Field), word(c.From), word(c.To)}
}
