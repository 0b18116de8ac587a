package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/register"
)

func entryHref(id int64) string { return "/entries/" + strconv.FormatInt(id, 10) }

func degreesText(lon, lat float64) string { return fmt.Sprintf("%.5f°E，%.5f°N", lon, lat) }

// fact is a named value on a page.
type fact struct {
	Name, Value, Href string
	Note              string
	Wide              bool
	Unverified        bool
}

type factGroup struct {
	Title string
	Facts []fact
}

type childTable struct {
	Title, New, Empty string
	Columns           []column
	Rows              []tableRow
}

type historyRow struct {
	At      time.Time
	Version int64
	By      string
	Changes []string
}

type entryPage struct {
	shell
	ID          int64
	Version     int64
	Name        string
	Code        string
	Label       string
	Division    string
	State       stateView
	Withdrawn   bool
	Groups      []factGroup
	Children    []childTable
	Sections    []entrySection
	Matters     []matterRow
	History     []historyRow
	MapSrc      string
	MapNote     string
	PointHref   string
	CanEdit     bool
	CanWithdraw bool
}

// childRegisters are the registers whose entries are shown on the page of the
// one that owns them, with the field that refers to it.
var childRegisters = map[register.Register][]struct {
	register register.Register
	ref      string
}{
	register.Enterprise: {{register.Outlet, "enterprise"}},
	register.Outlet:     {{register.PointEntry, "outlet"}, {register.LimitEntry, "outlet"}},
}

// entryView shows one entry with what hangs on it and its history.
func (s *Server) entryView(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	e, err := s.cfg.Register.Entry(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	d, _ := s.cfg.Register.Book.Definition(e.Register)
	v := entryPage{
		shell: s.shell(r, e.Name, "/registers/"+string(e.Register), link{d.Label, "/registers/" + string(e.Register)}),
		ID:    e.ID, Version: e.Version, Name: e.Name, Code: e.Code, Label: d.Label, Division: s.cfg.Divisions.NameOf(e.Division),
		Withdrawn: e.State == register.Withdrawn,
		CanEdit:   r.Caller.May(d.Write) && e.State == register.Active, CanWithdraw: r.Caller.May(d.Write) && e.State == register.Active,
	}
	for _, g := range d.Detail {
		group := factGroup{Title: g.Title}
		for _, key := range g.Fields {
			group.Facts = append(group.Facts, s.factOf(d, e, key))
		}
		v.Groups = append(v.Groups, group)
	}
	if err := s.entryChildren(r, e, &v); err != nil {
		return err
	}
	if err := s.entryAround(r, e, &v); err != nil {
		return err
	}
	if err := s.entrySections(r, e, &v); err != nil {
		return err
	}
	return s.render(w, r, "entry", v)
}

// entrySection is what a duty shows on the page of an entry: HTML that a template
// of its own has made, and the sheet of style that this needs.
type entrySection struct {
	HTML  template.HTML
	Style string // of static; "" for none
}

// entrySections adds what the duties show of an entry. Each answers nil for one
// that it has nothing to say of.
func (s *Server) entrySections(r *request, e register.Entry, v *entryPage) error {
	for _, of := range []func(*request, register.Entry) (*entrySection, error){s.landSection} {
		section, err := of(r, e)
		if err != nil {
			return err
		}
		if section != nil {
			v.Sections = append(v.Sections, *section)
		}
	}
	return nil
}

// section makes the part of a page that a duty shows on another.
func (s *Server) section(page, style string, view any) (*entrySection, error) {
	t := s.pages[page]
	if t == nil {
		return nil, fmt.Errorf("there is no page %s", page)
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, "section", view); err != nil {
		return nil, fmt.Errorf("render %s: %w", page, err)
	}
	return &entrySection{template.HTML(b.String()), style}, nil // made by html/template, which escapes
}

// factOf shows one field of an entry on its page.
func (s *Server) factOf(d *register.Definition, e register.Entry, key string) fact {
	f := fact{Name: d.LabelOf(key), Value: s.shown(d, e, key)}
	def, ok := d.Field(key)
	if !ok {
		return f
	}
	switch {
	case def.Type == register.Ref && e.Ref(key) != 0:
		f.Href = entryHref(e.Ref(key))
	case def.Type == register.Multiline || def.Type == register.Factors:
		f.Wide = true
	case key == "confidence":
		f.Unverified = e.Text(key) == "unverified"
	}
	return f
}

// entryChildren adds the tables of the entries that belong to e.
func (s *Server) entryChildren(r *request, e register.Entry, v *entryPage) error {
	for _, c := range childRegisters[e.Register] {
		d, ok := s.cfg.Register.Book.Definition(c.register)
		if !ok {
			continue
		}
		page, err := s.cfg.Register.List(r.Context(), r.Caller, register.Query{Register: c.register, Filters: map[string]string{c.ref: strconv.FormatInt(e.ID, 10)}, N: 500})
		if err != nil {
			return err
		}
		t := childTable{Title: d.Label, Empty: "没有登记" + d.Label}
		if r.Caller.May(d.Write) && e.State == register.Active {
			t.New = fmt.Sprintf("/registers/%s/new?%s=%d", c.register, c.ref, e.ID)
		}
		for _, key := range listKeys(d) {
			if key != c.ref {
				t.Columns = append(t.Columns, column{d.LabelOf(key), isNumberKey(d, key)})
			}
		}
		for _, child := range page.Entries {
			row := tableRow{Href: entryHref(child.ID)}
			for _, key := range listKeys(d) {
				if key != c.ref {
					row.Cells = append(row.Cells, cell{Label: d.LabelOf(key), Text: s.shown(d, child, key), Number: isNumberKey(d, key)})
				}
			}
			t.Rows = append(t.Rows, row)
		}
		v.Children = append(v.Children, t)
	}
	return nil
}

// entryAround adds what other packages know of e: matters, state, place,
// history.
func (s *Server) entryAround(r *request, e register.Entry, v *entryPage) error {
	versions, err := s.cfg.Register.History(r.Context(), r.Caller, e.ID)
	if err != nil {
		return err
	}
	for _, h := range versions {
		row := historyRow{At: h.At, Version: h.Entry.Version, By: h.ByName}
		if h.Reason != "" {
			row.Changes = append(row.Changes, h.Reason)
		}
		for _, c := range h.Changed {
			if h.Entry.Version == 1 {
				break // all of a new entry is new; the page above shows it
			}
			row.Changes = append(row.Changes, fmt.Sprintf("%s：%s → %s", c.Label, orNothing(c.From), orNothing(c.To)))
		}
		v.History = append(v.History, row)
	}
	if e.Register == register.PointEntry && r.Caller.May("monitor.read") {
		v.PointHref = "/points/" + strconv.FormatInt(e.ID, 10)
	}
	if e.Register == register.Enterprise && r.Caller.May("monitor.read") {
		v.MapSrc, v.MapNote = fmt.Sprintf("/map/points.geojson?enterprise=%d", e.ID), s.mapNote()
	}
	return s.entryMonitoring(r, e, v)
}

func orNothing(s string) string {
	if s == "" {
		return "（空）"
	}
	return s
}
