package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/water"
)

// Of an import a page shows so many problems, and of imports so many.
const (
	waterProblems = 500
	waterKept     = 20
)

type waterImportRow struct {
	Result water.Imported
	Who    string
	At     time.Time
	Href   string
}

type waterImportView struct {
	shell
	Problem  string // why a file was not taken
	Month    string
	Result   *water.Imported
	Problems []water.Problem
	More     int // problems that are not shown
	Earlier  []waterImportRow
	Reason   string // of a recomputation that was refused
	Years    []option
}

// waterImports shows the form, the earlier imports, and what came of one of them.
func (s *Server) waterImports(w http.ResponseWriter, r *request) error {
	return s.waterImportPage(w, r, http.StatusOK, waterImportView{}, r.int("id"))
}

var monthForm = regexp.MustCompile(`^20\d\d-(0[1-9]|1[0-2])$`)

// waterImport takes a file of a laboratory. A file that comes again changes
// nothing, so that sending the form twice does no harm.
func (s *Server) waterImport(w http.ResponseWriter, r *request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	v := waterImportView{Month: r.text("month")}
	again := func(err error) error {
		if fault.Of(err) != fault.Invalid {
			return err
		}
		v.Problem = fault.Text(err)
		return s.waterImportPage(w, r, http.StatusUnprocessableEntity, v, 0)
	}
	if v.Month != "" && !monthForm.MatchString(v.Month) {
		return again(fault.New(fault.Invalid, "月份写成 2026-03 的样子，或不填"))
	}
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 {
		return again(fault.New(fault.Invalid, "请选择要导入的文件（CSV 或 XLSX）"))
	}
	h := r.MultipartForm.File["file"][0]
	f, err := h.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := s.cfg.Water.Import(detached(r), r.Caller, h.Filename, v.Month, f)
	if err != nil {
		return again(err)
	}
	v.Result = &in
	return s.waterImportPage(w, r, http.StatusOK, v, 0)
}

// waterImportPage shows the page; id names an earlier import to show.
func (s *Server) waterImportPage(w http.ResponseWriter, r *request, status int, v waterImportView, id int64) error {
	earlier, err := s.cfg.Water.Imports(r.Context(), r.Caller, waterKept)
	if err != nil {
		return err
	}
	v.shell = s.shell(r, "结果导入", "/water/import", waterCrumb)
	this := r.Now.In(clock.Shanghai).Year()
	v.Years = yearOptions(this, this)
	for i := range earlier {
		e := &earlier[i]
		v.Earlier = append(v.Earlier, waterImportRow{e.Result, e.Who, clock.Unix(e.At), "/water/import?id=" + strconv.FormatInt(e.ID, 10)})
		if e.ID == id {
			v.Result = &e.Result
		}
	}
	if id != 0 && v.Result == nil {
		return fault.New(fault.NotFound, "没有这次导入，或已不在最近 %d 次之内", waterKept)
	}
	if v.Result != nil {
		v.Problems = v.Result.Problems[:min(len(v.Result.Problems), waterProblems)]
		v.More = len(v.Result.Problems) - len(v.Problems)
	}
	return s.renderStatus(w, r, status, "water_import", v)
}

// waterTemplate sends the empty table to fill in.
func (s *Server) waterTemplate(w http.ResponseWriter, r *request) error {
	places, err := s.cfg.Water.Places(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	announce(w, "水质监测结果模板.xlsx", xlsxType)
	return water.WriteTemplate(w, s.cfg.Water.Book(), places)
}

// waterFile sends the file of an import as it was given.
func (s *Server) waterFile(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	name, data, err := s.cfg.Water.File(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	announce(w, name, "application/octet-stream")
	_, _ = w.Write(data) // the browser may be gone
	return nil
}

// waterRecompute evaluates everything of some years again.
func (s *Server) waterRecompute(w http.ResponseWriter, r *request) error {
	from, to := int(r.int("from")), int(r.int("to"))
	n, err := s.cfg.Water.Recompute(detached(r), r.Caller, from, to, r.text("reason"))
	if fault.Of(err) == fault.Invalid {
		return s.waterImportPage(w, r, http.StatusUnprocessableEntity, waterImportView{Problem: fault.Text(err), Reason: r.text("reason")}, 0)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/water/import", fmt.Sprintf("已重新计算，%d 个评价结果有变化", n))
}
