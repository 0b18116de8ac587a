package web

import (
	"net/http"
	"net/url"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/register"
)

func (s *Server) registerRoutes() []route {
	return []route{
		{"GET /registers/{register}", "register.read", s.registerList},
		{"GET /registers/{register}/new", "register.read", s.entryNew},
		{"POST /registers/{register}", "register.read", s.entrySave},
		{"GET /entries/{id}", "register.read", s.entryView},
		{"GET /entries/{id}/edit", "register.read", s.entryEdit},
		{"POST /entries/{id}", "register.read", s.entrySave},
		{"POST /entries/{id}/withdraw", "register.read", s.entryWithdraw},
	}
}

// option is one choice of a select.
type option struct {
	Code, Name string
	Chosen     bool
}

type filterView struct {
	Key, Label, Value string
	Options           []option
}

type column struct {
	Label  string
	Number bool
}

type cell struct {
	Label, Text string
	Number      bool
	State       stateView
}

type tableRow struct {
	Href, Class string
	Cells       []cell
}

type pager struct{ Next, First string }

type registerListView struct {
	shell
	Register register.Register
	Text     string
	Filters  []filterView
	Columns  []column
	Rows     []tableRow
	More     bool
	Pager    pager
	CanEdit  bool
}

// registerList shows the entries of a register that the caller sees.
func (s *Server) registerList(w http.ResponseWriter, r *request) error {
	d, ok := s.cfg.Register.Book.Definition(register.Register(r.PathValue("register")))
	if !ok {
		return fault.New(fault.NotFound, "没有这个台账，请检查网址")
	}
	q := register.Query{Register: d.Register, Text: r.text("q"), Division: access.Division(r.text("w-division")), Filters: map[string]string{}, After: r.text("after")}
	for _, key := range d.Filters {
		if v := r.text("w-" + key); v != "" && key != "division" {
			q.Filters[key] = v
		}
	}
	page, err := s.cfg.Register.List(r.Context(), r.Caller, q)
	if err != nil {
		return err
	}
	v := registerListView{
		shell:    s.shell(r, d.Label, "/registers/"+string(d.Register)),
		Register: d.Register, Text: q.Text, More: page.Next != "" || q.After != "",
		Pager: pageLinks(r, page.Next), CanEdit: r.Caller.May(d.Write),
	}
	for _, key := range d.Filters {
		v.Filters = append(v.Filters, s.filterOf(r, d, key))
	}
	for _, key := range listKeys(d) {
		v.Columns = append(v.Columns, column{d.LabelOf(key), isNumberKey(d, key)})
	}
	for _, e := range page.Entries {
		v.Rows = append(v.Rows, s.rowOf(d, e))
	}
	return s.render(w, r, "register_list", v)
}

// listKeys returns the columns of a register's list: the name first, which
// carries the link.
func listKeys(d *register.Definition) []string {
	keys := []string{"name"}
	for _, key := range d.List {
		if key != "name" {
			keys = append(keys, key)
		}
	}
	return keys
}

func isNumberKey(d *register.Definition, key string) bool {
	f, ok := d.Field(key)
	return ok && (f.Type == register.Number || f.Type == register.Integer)
}

// rowOf shows an entry as a row of its register's list.
func (s *Server) rowOf(d *register.Definition, e register.Entry) tableRow {
	row := tableRow{Href: entryHref(e.ID)}
	for _, key := range listKeys(d) {
		row.Cells = append(row.Cells, cell{Label: d.LabelOf(key), Text: s.shown(d, e, key), Number: isNumberKey(d, key)})
	}
	return row
}

// shown returns what a person reads of a field of e.
func (s *Server) shown(d *register.Definition, e register.Entry, key string) string {
	switch key {
	case "code":
		return e.Code
	case "name":
		return e.Name
	case "division":
		return s.cfg.Divisions.NameOf(e.Division)
	case "state":
		return e.State.Label()
	case "updated_at":
		return stamp(e.UpdatedAt, "2006-01-02 15:04")
	case "location":
		if e.Lon == nil || e.Lat == nil {
			return ""
		}
		return degreesText(*e.Lon, *e.Lat)
	}
	f, ok := d.Field(key)
	if !ok {
		return ""
	}
	if f.Type == register.Ref {
		return e.Refs[key].Name
	}
	text := f.Show(e.Data[key])
	if text != "" && f.Unit != "" {
		text += " " + f.Unit
	}
	return text
}

// filterOf returns the filter of a list by one field.
func (s *Server) filterOf(r *request, d *register.Definition, key string) filterView {
	v := filterView{Key: key, Label: d.LabelOf(key), Value: r.text("w-" + key)}
	if key == "division" {
		v.Options = s.divisionOptions(r, v.Value)
		return v
	}
	f, ok := d.Field(key)
	if !ok {
		return v
	}
	for _, c := range f.Choices {
		v.Options = append(v.Options, option{c.Value, c.Label, c.Value == v.Value})
	}
	if f.Type == register.Ref {
		v.Options = s.refOptions(r, f.To, v.Value)
	}
	return v
}

// divisionOptions lists the divisions in the caller's scope.
func (s *Server) divisionOptions(r *request, chosen string) []option {
	var all []option
	for _, d := range s.cfg.Divisions.Within(r.Caller.Scope) {
		all = append(all, option{string(d.Code), d.Name, string(d.Code) == chosen})
	}
	return all
}

// pageLinks returns the links to the next and the first page of a list.
func pageLinks(r *request, next string) pager {
	var p pager
	q := r.URL.Query()
	if q.Get("after") != "" {
		q.Del("after")
		p.First = r.URL.Path + "?" + q.Encode()
	}
	if next != "" {
		q.Set("after", next)
		p.Next = r.URL.Path + "?" + q.Encode()
	}
	return p
}

// self returns the address of the page with its filters, for htmx to read again.
func self(r *request) string {
	u := url.URL{Path: r.URL.Path, RawQuery: r.URL.RawQuery}
	return strings.TrimSuffix(u.String(), "?")
}
