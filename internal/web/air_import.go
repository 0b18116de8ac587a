package web

import (
	"net/http"
	"strconv"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
)

// airImportNeeds is what Import of package air needs.
const airImportNeeds access.Permission = "point.edit"

// Of an import a page shows so many problems, and of imports so many.
const (
	airProblems = 500
	airKept     = 20
)

type airImportRow struct {
	Result air.Imported
	Who    string
	At     time.Time
	Href   string
}

type airImportView struct {
	shell
	Problem  string // why a file was not taken
	Result   *air.Imported
	Span     string // the hours of Result
	Unknown  []string
	Problems []sheet.Problem
	More     int // problems that are not shown
	Earlier  []airImportRow
}

// airImports shows the form, the earlier imports, and what came of one of them.
func (s *Server) airImports(w http.ResponseWriter, r *request) error {
	return s.airImportPage(w, r, http.StatusOK, airImportView{}, r.int("id"))
}

// airImport takes a file of the national feed. A file that comes again changes
// nothing, so that sending the form twice does no harm.
func (s *Server) airImport(w http.ResponseWriter, r *request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	again := func(err error) error {
		if fault.Of(err) != fault.Invalid {
			return err
		}
		return s.airImportPage(w, r, http.StatusUnprocessableEntity, airImportView{Problem: fault.Text(err)}, 0)
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
	in, err := s.cfg.Air.Import(detached(r), r.Caller, h.Filename, f)
	if err != nil {
		return again(err)
	}
	return s.airImportPage(w, r, http.StatusOK, airImportView{Result: &in}, 0)
}

// airImportPage shows the page; id names an earlier import to show.
func (s *Server) airImportPage(w http.ResponseWriter, r *request, status int, v airImportView, id int64) error {
	earlier, err := s.cfg.Air.Imports(r.Context(), r.Caller, airKept)
	if err != nil {
		return err
	}
	v.shell = s.shell(r, "数据导入", "/air/import", link{"今日空气", "/air"})
	for i := range earlier {
		e := &earlier[i]
		v.Earlier = append(v.Earlier, airImportRow{e.Result, e.Who, clock.Unix(e.At), "/air/import?id=" + strconv.FormatInt(e.ID, 10)})
		if e.ID == id {
			v.Result = &e.Result
		}
	}
	if id != 0 && v.Result == nil {
		return fault.New(fault.NotFound, "没有这次导入，或已不在最近 %d 次之内", airKept)
	}
	if v.Result != nil {
		v.word()
	}
	return s.renderStatus(w, r, status, "air_import", v)
}

// word fills in what is said of the result.
func (v *airImportView) word() {
	in := v.Result
	if in.From != 0 && in.To != 0 {
		const form = "2006-01-02 15:04"
		v.Span = clock.Unix(in.From).In(clock.Shanghai).Format(form) + " 至 " + clock.Unix(in.To).In(clock.Shanghai).Format(form)
	}
	v.Unknown = in.UnknownTexts()
	v.Problems = in.Problems[:min(len(in.Problems), airProblems)]
	v.More = len(in.Problems) - len(v.Problems)
}
