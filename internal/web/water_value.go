package web

import (
	"fmt"
	"net/http"
	"strconv"

	"pingzhang/internal/fault"
	"pingzhang/internal/water"
	"pingzhang/standard"
)

type waterValueRevision struct {
	Value  water.Value
	Text   string
	Doubt  string
	File   string // address of the file
	Import string // address of the import
}

type waterValueView struct {
	shell
	Place      water.Place
	Now        water.Value
	Item       string
	Revisions  []waterValueRevision
	CanCorrect bool
	State      bool // of the section, no result
	Form       water.Correction
	Problem    string
	Errors     map[string]string
	Back       string
}

// waterValue shows one value with its revisions, each with the cell it came from.
func (s *Server) waterValue(w http.ResponseWriter, r *request) error {
	return s.waterValuePage(w, r, http.StatusOK, nil, nil)
}

// waterCorrect puts another value in its place.
func (s *Server) waterCorrect(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	c := water.Correction{
		Value: id, Seen: r.int("seen"), Raw: r.text("raw"), Unit: r.text("unit"), Detection: r.text("detection"), Withdraw: r.text("withdraw") == "yes", Reason: r.text("reason"),
	}
	err = s.cfg.Water.Correct(r.Context(), r.Caller, c)
	switch fault.Of(err) {
	case fault.Invalid:
		return s.waterValuePage(w, r, http.StatusUnprocessableEntity, &c, err)
	case fault.Conflict:
		return s.waterValuePage(w, r, http.StatusConflict, &c, err)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/water/values/"+strconv.FormatInt(id, 10), "已更正，有关的评价结果已重新计算")
}

func (s *Server) waterValuePage(w http.ResponseWriter, r *request, status int, form *water.Correction, wrong error) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	all, err := s.cfg.Water.Revisions(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	places, err := s.cfg.Water.Places(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	now := all[0]
	p, ok := places.ByID(now.Place)
	if !ok {
		return fault.New(fault.NotFound, "没有这个断面或水源地，或不在您的管辖范围内")
	}
	back := fmt.Sprintf("/water/sections/%d?year=%s&part=m%d", p.ID, now.On[:4], int(now.On[5]-'0')*10+int(now.On[6]-'0'))
	v := waterValueView{
		shell: s.shell(r, now.ItemName(s.cfg.Water.Book())+" "+now.On, "/water", waterCrumb, link{p.Name, back}), Place: p, Now: now,
		Item: now.ItemName(s.cfg.Water.Book()), CanCorrect: r.Caller.May(waterImportNeeds), State: now.State(), Back: back,
		Form: water.Correction{Seen: now.Revision, Raw: now.Raw, Unit: now.Unit, Detection: now.Detection},
	}
	if v.State {
		v.Form.Raw = water.StateName(now.Raw)
	}
	if form != nil {
		v.Form, v.Errors = *form, fault.FieldsOf(wrong)
		v.Form.Seen = now.Revision
		if len(v.Errors) == 0 {
			v.Problem = fault.Text(wrong)
		}
	}
	for _, x := range all {
		row := waterValueRevision{Value: x, Text: x.Text()}
		if x.Unit != string(standard.Dimensionless) && !x.State() && x.Raw != "" {
			row.Text += " " + x.Unit
		}
		if x.Doubt != "" {
			row.Doubt = water.IssueText(x.Doubt)
		}
		if x.Import != 0 {
			row.File = fmt.Sprintf("/water/imports/%d/file", x.Import)
		}
		v.Revisions = append(v.Revisions, row)
	}
	return s.renderStatus(w, r, status, "water_value", v)
}
