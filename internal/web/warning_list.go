package web

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/internal/warning"
	"pingzhang/standard"
)

type warningListRow struct {
	warning.List
	Place string
	View  stateView
}

type warningListsView struct {
	shell
	Rows     []warningListRow
	CanDraft bool
	Places   []option
	Units    []option
	Year     string
	Bases    []warningBase
	Source   string
	Note     string
	Errors   map[string]string
	Problem  string
	Result   *warning.Imported
	Problems []sheet.Problem
	More     int
	Levels   []warningNeed
}

type warningBase struct{ Name, Value string }

type warningNeed struct {
	Level levelView
	Need  string
	Mark  string
}

// listState shows the state of an edition.
func listState(l warning.List) stateView {
	switch {
	case l.InForce:
		return stateView{"meets", l.Status()}
	case l.State == warning.ListDraft:
		return stateView{"warn", l.Status()}
	}
	return stateView{"plain", l.Status()}
}

// warningLists shows the editions of the list and the form to import one.
func (s *Server) warningLists(w http.ResponseWriter, r *request) error {
	v := warningListsView{}
	if id := r.int("import"); id != 0 {
		in, err := s.cfg.Warning.Import(r.Context(), r.Caller, id)
		if err != nil {
			return err
		}
		v.Result = &in
	}
	return s.warningListsPage(w, r, http.StatusOK, v)
}

func (s *Server) warningListsPage(w http.ResponseWriter, r *request, status int, v warningListsView) error {
	all, err := s.cfg.Warning.Lists(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	v.shell, v.CanDraft = s.shell(r, "应急减排清单", "/warnings/list", link{"重污染预警", "/warnings"}), r.Caller.May("warning.draft")
	for _, l := range all {
		v.Rows = append(v.Rows, warningListRow{l, s.cfg.Divisions.NameOf(l.Division), listState(l)})
	}
	chosen := r.text("division")
	for _, p := range s.cfg.Divisions.Within(r.Caller.Scope) {
		v.Places = append(v.Places, option{string(p.Code), p.Name, string(p.Code) == chosen})
	}
	for _, u := range warning.Units {
		v.Units = append(v.Units, option{u, u, u == r.text("unit")})
	}
	if v.Year == "" {
		v.Year = strconv.Itoa(r.Now.Year())
	}
	if v.Bases == nil {
		for _, p := range warning.Pollutants {
			v.Bases = append(v.Bases, warningBase{p, ""})
		}
	}
	v.Levels = s.warningNeeds()
	if v.Result != nil {
		v.Problems = v.Result.Problems[:min(len(v.Result.Problems), airProblems)]
		v.More = len(v.Result.Problems) - len(v.Problems)
	}
	return s.renderStatus(w, r, status, "warning_lists", v)
}

// warningNeeds are the shares that each level asks for.
func (s *Server) warningNeeds() (all []warningNeed) {
	settings := s.cfg.Warning.Settings()
	for _, l := range warning.Levels {
		row := settings.Row("reduction_" + string(l) + "_percent")
		all = append(all, warningNeed{levelOf(l), row.Value, row.Mark()})
	}
	return all
}

// warningListForm sends an empty list to fill in.
func (s *Server) warningListForm(w http.ResponseWriter, r *request) error {
	return workbook(w, "应急减排清单（空表）", func(out io.Writer) error {
		return warning.ListForm(out, s.cfg.City+"应急减排清单", "t/d", nil)
	})
}

// warningListImport takes a list as a draft edition.
func (s *Server) warningListImport(w http.ResponseWriter, r *request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	in := warning.ListInput{Division: access.Division(r.text("division")), Year: r.int("year"), Unit: r.text("unit"), BaseSource: r.text("base_source"), Note: r.text("note")}
	var bases []warningBase
	for i, p := range warning.Pollutants {
		in.Bases[i] = r.text("base" + p)
		bases = append(bases, warningBase{p, in.Bases[i]})
	}
	var out warning.Imported
	f, name, err := formFile(r)
	if err == nil {
		defer f.Close()
		out, err = s.cfg.Warning.ImportList(detached(r), r.Caller, in, name, f)
	}
	v := warningListsView{Year: r.text("year"), Bases: bases, Source: in.BaseSource, Note: in.Note}
	if formAgain(err) {
		v.Errors, v.Problem = fault.FieldsOf(err), fault.Text(err)
		return s.warningListsPage(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	if out.List != 0 {
		return seeOther(w, r, "/warnings/list?import="+itoa(out.ID), "已导入为草案")
	}
	v.Result = &out
	return s.warningListsPage(w, r, http.StatusUnprocessableEntity, v)
}

type warningShareRow struct {
	Level  levelView
	Need   string
	Mark   string
	Shares []warningShareView
}

type warningShareView struct {
	warning.Share
	State stateView
}

type warningLineRow struct {
	warning.Line
	LevelView             levelView
	Place, KindText       string
	Bases, Cuts, ExpectOf string
	Href                  string
}

type warningDifferenceRow struct {
	How, Firm, Measure string
	Level              levelView
	Changes            []string
}

type warningListView struct {
	shell
	L           warning.List
	View        stateView
	Place       string
	Firms       int
	Lines       []warningLineRow
	Shares      []warningShareRow
	Bases       []warningBase
	Differences []warningDifferenceRow
	Before      string
	Others      []option
	CanApprove  bool
	CanDrop     bool
	Own         bool
	From        string
	Reason      string
	Errors      map[string]string
	Problem     string
}

// warningList shows an edition: its lines, its totals against the shares asked
// for, what differs from another edition, and what may become of it.
func (s *Server) warningList(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	return s.warningListPage(w, r, http.StatusOK, id, warningListView{})
}

func (s *Server) warningListPage(w http.ResponseWriter, r *request, status int, id int64, v warningListView) error {
	l, lines, err := s.cfg.Warning.ListOf(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	v.L, v.View, v.Place = l, listState(l), s.cfg.Divisions.NameOf(l.Division)
	v.shell = s.shell(r, v.Place+" "+l.Name(), "/warnings/list", link{"重污染预警", "/warnings"}, link{"应急减排清单", "/warnings/list"})
	seen := map[int64]bool{}
	for _, one := range lines {
		seen[one.Enterprise] = true
		v.Lines = append(v.Lines, s.warningLine(one))
	}
	v.Firms = len(seen)
	for i, p := range warning.Pollutants {
		text := "未知"
		if b := l.Bases()[i]; b.IsSet() {
			text = b.String() + " " + l.Unit
		}
		v.Bases = append(v.Bases, warningBase{p, text})
	}
	settings := s.cfg.Warning.Settings()
	for i, level := range warning.Levels {
		need := s.warningNeeds()[i]
		row := warningShareRow{Level: need.Level, Need: need.Need, Mark: need.Mark}
		for _, sh := range warning.Shares(lines, level, l.Bases(), l.Unit, settings.Share[level]) {
			row.Shares = append(row.Shares, warningShareView{sh, shareState(sh)})
		}
		v.Shares = append(v.Shares, row)
	}
	if err := s.warningDifferences(r, &v, lines); err != nil {
		return err
	}
	draft := l.State == warning.ListDraft && r.Caller.Scope.Sees(l.Division, 0)
	v.Own = draft && r.Caller.May("warning.approve") && l.Who == r.Caller.Login
	v.CanApprove, v.CanDrop = draft && r.Caller.May("warning.approve") && !v.Own, draft && r.Caller.May("warning.draft")
	if v.From == "" {
		v.From = string(dayOn(r.Now))
	}
	return s.renderStatus(w, r, status, "warning_list", v)
}

func shareState(sh warning.Share) stateView {
	switch sh.Verdict {
	case standard.Meets:
		return stateView{"meets", "达到"}
	case standard.Exceeds:
		return stateView{"exceeds", "不足"}
	}
	return stateView{"unknown", "未知"}
}

func amountsText(a warning.Amounts) string {
	text := ""
	for i, p := range warning.Pollutants {
		value := "未知"
		if a[i].IsSet() {
			value = a[i].String()
		}
		if i > 0 {
			text += "，"
		}
		text += p + " " + value
	}
	return text
}

func (s *Server) warningLine(l warning.Line) warningLineRow {
	row := warningLineRow{Line: l, LevelView: levelOf(l.Level), Place: s.cfg.Divisions.NameOf(l.Division), KindText: l.Measure(), Bases: amountsText(l.Base), Cuts: amountsText(l.Cut), Href: "/entries/" + itoa(l.Enterprise)}
	if l.Expect != nil {
		row.ExpectOf = l.Expect.Text()
	}
	return row
}

// warningDifferences compares the edition with the one that the address names, by
// default the one before.
func (s *Server) warningDifferences(r *request, v *warningListView, lines []warning.Line) error {
	all, err := s.cfg.Warning.Lists(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	with := r.int("with")
	var before *warning.List
	for i, l := range all {
		if l.Division != v.L.Division || l.ID == v.L.ID {
			continue
		}
		older := l.Year < v.L.Year || l.Year == v.L.Year && l.N < v.L.N
		if before == nil && with == 0 && older && l.State != warning.ListDropped || l.ID == with {
			before = &all[i]
		}
	}
	for _, l := range all {
		if l.Division == v.L.Division && l.ID != v.L.ID {
			v.Others = append(v.Others, option{itoa(l.ID), l.Name() + "（" + l.Status() + "）", before != nil && before.ID == l.ID})
		}
	}
	if before == nil {
		return nil
	}
	v.Before = before.Name()
	_, old, err := s.cfg.Warning.ListOf(r.Context(), r.Caller, before.ID)
	for _, d := range warning.Differences(old, lines) {
		v.Differences = append(v.Differences, warningDifferenceRow{d.How, d.Line.Name + " " + d.Line.Unit, d.Line.Measure(), levelOf(d.Line.Level), d.Changes})
	}
	return err
}

// warningListSheet sends an edition as a workbook, in the form in which it is
// imported.
func (s *Server) warningListSheet(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	l, lines, err := s.cfg.Warning.ListOf(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	title := fmt.Sprintf("%s应急减排清单 %s（%s）", s.cfg.Divisions.NameOf(l.Division), l.Name(), l.Status())
	return workbook(w, title, func(out io.Writer) error { return warning.ListForm(out, title, l.Unit, lines) })
}

// warningListSettle approves a draft edition or drops it.
func (s *Server) warningListSettle(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	act := warning.ListAct(r.text("act"))
	err = s.cfg.Warning.SettleList(r.Context(), r.Caller, id, r.int("version"), act, standard.Date(r.text("from")), r.text("reason"))
	if formAgain(err) {
		return s.warningListPage(w, r, http.StatusUnprocessableEntity, id, warningListView{From: r.text("from"), Reason: r.text("reason"), Errors: fault.FieldsOf(err), Problem: fault.Text(err)})
	}
	if err != nil {
		return err
	}
	done := "已批准"
	if act == warning.DropList {
		done = "已作废，内容保留"
	}
	return seeOther(w, r, "/warning-lists/"+itoa(id), done)
}
