package web

import (
	"net/http"
	"net/url"
	"strings"

	"pingzhang/internal/coverage"
	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// Coverage says how far the standards are carried out: coverage.Reader does.
type Coverage interface {
	Documents(tables []*standard.Table) ([]coverage.Document, error)
}

// coverageTags give the words for how far a clause is carried out their colours.
var coverageTags = map[standard.Coverage]string{standard.Yes: "tag-meets", standard.Partial: "tag-warn", standard.No: "tag-plain"}

type coverageRow struct {
	Name, Title, Href           string
	Covered, Tag                string
	Yes, Partial, No, Doubtful  int
	Number, Says, Why, Sureness string
	By, Tests, Scripts          []string
	Tables                      []link
	Unverified                  bool
}

type figureCoverageView struct {
	shell
	Rows    []coverageRow // the standards, or the clauses of one
	Of      string        // its name, and
	Heading string        // its title
}

// figureCoverage lists the standards with how far they are carried out, or the
// clauses of one.
func (s *Server) figureCoverage(w http.ResponseWriter, r *request) error {
	if s.cfg.Coverage == nil {
		return fault.New(fault.NotFound, "没有标准实现情况")
	}
	tables, err := s.cfg.Figures.Tables(r.Context())
	if err != nil {
		return err
	}
	all, err := s.cfg.Coverage.Documents(tables)
	if err != nil {
		return err
	}
	of := r.text("of")
	if of == "" {
		v := figureCoverageView{shell: s.shell(r, coverageTitle, "/figures", figuresCrumb)}
		for _, d := range all {
			v.Rows = append(v.Rows, documentRow(d))
		}
		return s.render(w, r, "figure_coverage", v)
	}
	for _, d := range all {
		if d.Name != of {
			continue
		}
		v := figureCoverageView{shell: s.shell(r, of, "/figures", figuresCrumb, link{coverageTitle, "/figures/coverage"}), Of: of, Heading: d.Title}
		for _, l := range d.Clauses {
			v.Rows = append(v.Rows, clauseRow(l))
		}
		return s.render(w, r, "figure_coverage", v)
	}
	return fault.New(fault.NotFound, "没有标准 %s 的实现情况", of)
}

const coverageTitle = "标准实现情况"

func documentRow(d coverage.Document) coverageRow {
	row := coverageRow{
		Name: d.Name, Title: d.Title, Href: "/figures/coverage?" + url.Values{"of": {d.Name}}.Encode(), Covered: d.Covered.Name(), Tag: coverageTags[d.Covered],
	}
	for _, l := range d.Clauses {
		switch l.Covered {
		case standard.Yes:
			row.Yes++
		case standard.Partial:
			row.Partial++
		default:
			row.No++
		}
		if !l.Verified() {
			row.Doubtful++
		}
	}
	return row
}

func clauseRow(l coverage.Line) coverageRow {
	row := coverageRow{
		Number: l.Number(), Says: l.Says, Why: l.Why, Covered: l.Covered.Name(), Tag: coverageTags[l.Covered], Sureness: l.Sureness(),
		By: l.By, Tests: l.Tests, Scripts: l.Scripts(), Unverified: !l.Verified(),
	}
	if strings.HasSuffix(row.Number, "*") {
		row.Number = strings.TrimSuffix(row.Number, "*") + "（编号待核实）"
	}
	for _, t := range l.Tables() {
		row.Tables = append(row.Tables, link{t, tablePath(t)})
	}
	return row
}
