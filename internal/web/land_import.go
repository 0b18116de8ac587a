package web

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/land"
	"pingzhang/internal/sheet"
)

// Of an import a page shows so many problems, and of imports so many.
const (
	landProblems = 500
	landKept     = 20
)

type landImportRow struct {
	Result land.Imported
	Kind   string
	Who    string
	At     time.Time
	Href   string
}

type landImportedSite struct {
	Name, Code, Href, Round string
	Samples                 int
	Standing                stateView
}

type landImportView struct {
	shell
	Problem  string // why a file was not taken
	Kinds    []option
	Result   *land.Imported
	Kind     string // of Result
	Sites    []landImportedSite
	Unknown  []landUnknownSite
	Problems []sheet.Problem
	More     int // problems that are not shown
	Earlier  []landImportRow
}

type landUnknownSite struct {
	Code string
	Rows int
}

// landImports shows the form, the earlier imports, and what came of one of them.
func (s *Server) landImports(w http.ResponseWriter, r *request) error {
	return s.landImportPage(w, r, http.StatusOK, landImportView{}, r.int("id"))
}

// landImport takes a file of a laboratory. A file that comes again changes
// nothing, so that sending the form twice does no harm.
func (s *Server) landImport(w http.ResponseWriter, r *request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	again := func(err error) error {
		if fault.Of(err) != fault.Invalid {
			return err
		}
		return s.landImportPage(w, r, http.StatusUnprocessableEntity, landImportView{Problem: fault.Text(err)}, 0)
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
	in, err := s.cfg.Land.Import(detached(r), r.Caller, land.Kind(r.text("kind")), h.Filename, f)
	if err != nil {
		return again(err)
	}
	return s.landImportPage(w, r, http.StatusOK, landImportView{Result: &in}, 0)
}

// landImportPage shows the page; id names an earlier import to show.
func (s *Server) landImportPage(w http.ResponseWriter, r *request, status int, v landImportView, id int64) error {
	earlier, err := s.cfg.Land.Imports(r.Context(), r.Caller, landKept)
	if err != nil {
		return err
	}
	v.shell = s.shell(r, "检测结果导入", "/land/import", link{"检测与评价", "/land"})
	for _, k := range land.Kinds {
		v.Kinds = append(v.Kinds, option{string(k), k.Name(), string(k) == r.text("kind")})
	}
	for i := range earlier {
		e := &earlier[i]
		v.Earlier = append(v.Earlier, landImportRow{e.Result, e.Result.Kind.Name(), e.Who, clock.Unix(e.At), "/land/import?id=" + strconv.FormatInt(e.ID, 10)})
		if e.ID == id {
			v.Result = &e.Result
		}
	}
	if id != 0 && v.Result == nil {
		return fault.New(fault.NotFound, "没有这次导入，或已不在最近 %d 次之内", landKept)
	}
	if v.Result != nil {
		v.word()
	}
	return s.renderStatus(w, r, status, "land_import", v)
}

// word fills in what is said of the result.
func (v *landImportView) word() {
	in := v.Result
	v.Kind = in.Kind.Name()
	for _, x := range in.Sites {
		v.Sites = append(v.Sites, landImportedSite{x.Name, x.Code, roundHref(x.ID, x.Round), x.Round, x.Samples, landState(in.Kind, x.State)})
	}
	for _, code := range slices.Sorted(maps.Keys(in.Unknown)) {
		v.Unknown = append(v.Unknown, landUnknownSite{code, in.Unknown[code]})
	}
	v.Problems = in.Problems[:min(len(in.Problems), landProblems)]
	v.More = len(in.Problems) - len(v.Problems)
}

// landTemplate sends an empty workbook of the form that an import takes.
func (s *Server) landTemplate(w http.ResponseWriter, r *request) error {
	kind := land.Kind(r.PathValue("kind"))
	wide := r.text("form") == "wide"
	var b bytes.Buffer
	if err := s.cfg.Land.Template(r.Context(), kind, wide, &b); err != nil {
		return err
	}
	form := "长表"
	if wide {
		form = "宽表"
	}
	return sendBook(w, kind.Name()+"检测结果模板（"+form+"）.xlsx", b.Bytes())
}
