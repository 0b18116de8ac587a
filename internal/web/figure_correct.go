package web

import (
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"pingzhang/internal/fault"
	"pingzhang/internal/figure"
	"pingzhang/standard"
)

// figureField is a column in the form of a row.
type figureField struct {
	ID, Name, Label, Value string
	Words                  string // what the code in it means
	Entered                string // what was entered before somebody else corrected the row
	Error                  string
	Long                   bool
}

type figureRowView struct {
	shell
	Problem    string
	Action     string
	Revision   int
	Ground     figureGround
	Revisions  []figureRevision
	StaleHref  string
	Cells      []figureCell // that have something, for who may not correct
	CanCorrect bool
	Fields     []figureField // columns that have something
	Rest       []figureField // empty ones
	RestOpen   bool
	Confidence []option
	Source     string
	Reason     string
	Errors     map[string]string // of confidence, source and reason
}

// figureRow shows one row in full, with the form to correct it.
func (s *Server) figureRow(w http.ResponseWriter, r *request) error {
	return s.figureRowPage(w, r, nil)
}

// figureCorrect corrects a row.
func (s *Server) figureCorrect(w http.ResponseWriter, r *request) error {
	table, key := r.PathValue("table"), r.PathValue("key")
	_, columns, err := s.cfg.Figures.Line(r.Context(), r.Caller, table, key)
	if err != nil {
		return err
	}
	c := standard.Correction{
		Key: key, Cells: map[string]string{}, Confidence: standard.Confidence(r.text("confidence")), Source: r.text("source"), Reason: r.text("reason"),
	}
	for _, column := range columns {
		if name := "cells." + column; r.PostForm.Has(name) {
			c.Cells[column] = r.text(name)
		}
	}
	ref, err := s.cfg.Figures.Correct(r.Context(), r.Caller, table, int(r.int("seen")), c)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return s.figureRowPage(w, r, err)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, rowPath(table, key), fmt.Sprintf("已更正为第 %d 版，即刻生效；以前得出的结果不变", ref.Revision))
}

// figureRowPage shows the row as it is, and after a correction that was refused
// what was entered. Where somebody else was quicker, the fields hold his
// figures, and what was entered stands beside them.
func (s *Server) figureRowPage(w http.ResponseWriter, r *request, problem error) error {
	table, key := r.PathValue("table"), r.PathValue("key")
	page, err := s.cfg.Figures.Rows(r.Context(), r.Caller, figure.Query{Table: table, N: 1})
	if err != nil {
		return err
	}
	l, columns, err := s.cfg.Figures.Line(r.Context(), r.Caller, table, key)
	if err != nil {
		return err
	}
	v := figureRowView{
		shell: s.shell(r, key, "/figures", figuresCrumb, link{page.Table.Title, tablePath(table)}), Action: rowPath(table, key),
		Revision: l.Revision, Ground: groundOf(l.Row), Revisions: revisionsOf(columns, l.Revisions),
		CanCorrect: r.Caller.May("figure.correct"), Source: r.text("source"), Reason: r.text("reason"), Errors: fault.FieldsOf(problem),
	}
	if l.Revision > 1 {
		v.StaleHref = "/figures/stale?" + url.Values{"table": {table}, "key": {key}}.Encode()
	}
	for _, c := range confidences {
		v.Confidence = append(v.Confidence, option{string(c), c.Name(), problem != nil && string(c) == r.text("confidence")})
	}
	for _, column := range columns {
		if text := l.Cell(column); text != "" {
			v.Cells = append(v.Cells, figureCell{Title: columnTitle(column), Text: text, Words: wordsOf(text)})
		}
		v.add(fieldOf(r, l, column, problem))
	}
	status := http.StatusOK
	if problem != nil {
		v.Problem, status = fault.Text(problem), statusOf[fault.Of(problem)]
	}
	return s.renderStatus(w, r, status, "figure_row", v)
}

// add puts a field among the filled or the empty ones, which stay folded unless
// there is something to see in them.
func (v *figureRowView) add(f figureField) {
	if f.Value != "" {
		v.Fields = append(v.Fields, f)
		return
	}
	v.Rest = append(v.Rest, f)
	v.RestOpen = v.RestOpen || f.Error != "" || f.Entered != ""
}

func fieldOf(r *request, l figure.Line, column string, problem error) figureField {
	present, name := l.Cell(column), "cells."+column
	f := figureField{
		ID: "c-" + column, Name: name, Label: columnTitle(column), Value: present, Words: wordsOf(present),
		Error: fault.FieldsOf(problem)[name], Long: utf8.RuneCountInString(present) > 24,
	}
	if problem == nil || !r.PostForm.Has(name) {
		return f
	}
	entered := r.text(name)
	if !fault.Is(problem, fault.Conflict) {
		f.Value, f.Words = entered, wordsOf(entered)
		return f
	}
	if seen := int(r.int("seen")); entered != present && seen >= 1 && seen <= len(l.Revisions) && entered != l.Revisions[seen-1].Cell(column) {
		f.Entered = changeOf(figure.Change{Field: column, To: entered}).To
	}
	return f
}
