package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/register"
)

type fieldView struct {
	ID, Label, Type, Unit, Value, Help, Error string
	Lon, Lat                                  string
	Required, Wide                            bool
	Options                                   []option
}

type fieldGroup struct {
	Title  string
	Fields []fieldView
}

type entryFormView struct {
	shell
	Action, Back string
	Version      int64
	Problem      string
	Groups       []fieldGroup
}

// entryNew shows the empty form of a register; what the address names is filled
// in, so that a link on an outlet's page knows the outlet.
func (s *Server) entryNew(w http.ResponseWriter, r *request) error {
	d, ok := s.cfg.Register.Book.Definition(register.Register(r.PathValue("register")))
	if !ok {
		return fault.New(fault.NotFound, "没有这个台账，请检查网址")
	}
	if err := r.Caller.Must(d.Write); err != nil {
		return err
	}
	e := register.Entry{Register: d.Register, Data: map[string]any{}, Code: r.text("code"), Name: r.text("name")}
	for _, f := range d.Fields {
		if v := r.text(f.Key); v != "" {
			e.Data[f.Key] = fromForm(&f, v)
		}
	}
	return s.entryForm(w, r, d, e, nil)
}

// entryEdit shows the form of an entry.
func (s *Server) entryEdit(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	e, err := s.cfg.Register.Entry(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	d, _ := s.cfg.Register.Book.Definition(e.Register)
	if err := r.Caller.Must(d.Write); err != nil {
		return err
	}
	return s.entryForm(w, r, d, e, nil)
}

// entrySave saves a new or a changed entry.
func (s *Server) entrySave(w http.ResponseWriter, r *request) error {
	e := register.Entry{Register: register.Register(r.PathValue("register"))}
	if r.PathValue("id") != "" {
		id, err := r.id("id")
		if err != nil {
			return err
		}
		if e, err = s.cfg.Register.Entry(r.Context(), r.Caller, id); err != nil {
			return err
		}
		e.Version = r.int("version")
	}
	d, ok := s.cfg.Register.Book.Definition(e.Register)
	if !ok {
		return fault.New(fault.NotFound, "没有这个台账，请检查网址")
	}
	if err := r.Caller.Must(d.Write); err != nil {
		return err
	}
	if err := fillEntry(r, d, &e); err != nil {
		return s.entryForm(w, r, d, e, err)
	}
	saved, err := s.cfg.Register.Save(r.Context(), r.Caller, e, r.text("reason"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return s.entryForm(w, r, d, e, err)
	}
	if err != nil {
		return err
	}
	s.airForget(saved.Register)
	return seeOther(w, r, entryHref(saved.ID), strings.TrimSuffix("已保存；"+s.claimSaved(r, saved), "；"))
}

// entryWithdraw takes an entry out of use.
func (s *Server) entryWithdraw(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	gone, err := s.cfg.Register.Withdraw(r.Context(), r.Caller, id, r.int("version"), r.text("reason"))
	if err != nil {
		return err
	}
	s.airForget(gone.Register)
	return seeOther(w, r, entryHref(id), "已撤销，历史保留")
}

// fillEntry takes the fields of a form into e.
func fillEntry(r *request, d *register.Definition, e *register.Entry) error {
	data := map[string]any{}
	for i := range d.Fields {
		f := &d.Fields[i]
		v := r.text("f-" + f.Key)
		switch {
		case f.Type == register.Secret && v == "":
			data[f.Key] = register.Mask // leaves what is stored
			if e.ID == 0 {
				delete(data, f.Key)
			}
		case v != "":
			data[f.Key] = fromForm(f, v)
		}
	}
	e.Data = data
	e.Code, e.Name = r.text("f-code"), r.text("f-name")
	if v := r.text("f-division"); v != "" {
		e.Division = access.Division(v)
	}
	var err error
	if e.Lon, err = coordinate(r.text("lon"), "经度"); err == nil {
		e.Lat, err = coordinate(r.text("lat"), "纬度")
	}
	return err
}

func coordinate(text, name string) (*float64, error) {
	if text == "" {
		return nil, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fault.Fields(map[string]string{"location": name + "应为小数形式的度数，如 127.50012"})
	}
	return &v, nil
}

// fromForm turns the text of a form into what the register's checks take.
func fromForm(f *register.Field, text string) any {
	switch f.Type {
	case register.Ref:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case register.Factors:
		if strings.HasPrefix(text, "[") {
			return text
		}
		rows := []register.FactorUnit{}
		for _, line := range strings.Split(text, "\n") {
			if words := strings.Fields(line); len(words) > 0 {
				rows = append(rows, register.FactorUnit{Code: words[0], Unit: strings.Join(words[1:], " ")})
			}
		}
		b, _ := json.Marshal(rows)
		return string(b)
	}
	return text
}

// entryForm shows the form of e with the sentences of err beside its fields.
func (s *Server) entryForm(w http.ResponseWriter, r *request, d *register.Definition, e register.Entry, err error) error {
	v := entryFormView{
		shell:  s.shell(r, "新增"+d.Label, "/registers/"+string(d.Register), link{d.Label, "/registers/" + string(d.Register)}),
		Action: "/registers/" + string(d.Register), Back: "/registers/" + string(d.Register),
	}
	status := http.StatusOK
	if e.ID != 0 {
		v.shell = s.shell(r, "修改"+d.Label, "/registers/"+string(d.Register), link{d.Label, "/registers/" + string(d.Register)}, link{e.Name, entryHref(e.ID)})
		v.Action, v.Back, v.Version = entryHref(e.ID), entryHref(e.ID), e.Version
	}
	wrong := fault.FieldsOf(err)
	if err != nil {
		status, v.Problem = statusOf[fault.Of(err)], fault.Text(err)
	}
	placed := map[string]bool{}
	for _, g := range d.Form {
		group := fieldGroup{Title: g.Title}
		for _, key := range g.Fields {
			f := s.fieldOf(r, d, e, key)
			f.Error = wrong[key]
			placed[key] = true
			group.Fields = append(group.Fields, f)
		}
		v.Groups = append(v.Groups, group)
	}
	for key, text := range wrong {
		if !placed[key] {
			v.Problem += "；" + text
		}
	}
	return s.renderStatus(w, r, status, "register_form", v)
}

// fieldOf shows one field of a form.
func (s *Server) fieldOf(r *request, d *register.Definition, e register.Entry, key string) fieldView {
	v := fieldView{ID: "f-" + key, Label: d.LabelOf(key), Type: "text"}
	switch key {
	case "code":
		v.Value, v.Help, v.Required = e.Code, d.Code.Help, d.Code.Auto == ""
		if v.Help == "" {
			v.Help = d.Code.Say
		}
	case "name":
		v.Value, v.Help, v.Required = e.Name, d.Name.Help, len(d.Name.Auto) == 0
	case "division":
		v.Type, v.Options = "choice", s.divisionOptions(r, string(e.Division))
		if d.Owner != "" && d.Owner != "self" {
			v.Help = "不选时与所属单位相同"
		}
	case "location":
		v.Type, v.Help = "location", "CGCS2000 或 WGS84 坐标，单位为度"
		v.Required = d.Location == "required"
		if e.Lon != nil && e.Lat != nil {
			v.Lon, v.Lat = strconv.FormatFloat(*e.Lon, 'f', -1, 64), strconv.FormatFloat(*e.Lat, 'f', -1, 64)
		}
	}
	f, ok := d.Field(key)
	if !ok {
		return v
	}
	v.Type, v.Unit, v.Required, v.Value = string(f.Type), f.Unit, f.Required, e.Text(key)
	v.Help = f.Help
	if v.Help == "" {
		v.Help = f.Say
	}
	switch f.Type {
	case register.Choice:
		for _, c := range f.Choices {
			v.Options = append(v.Options, option{c.Value, c.Label, c.Value == v.Value})
		}
	case register.Ref:
		v.Type, v.Options = "choice", s.refOptions(r, f.To, v.Value)
	case register.Factors:
		v.Wide, v.Value = true, factorLines(e.Factors(key), v.Value)
	case register.Multiline:
		v.Wide = true
	}
	return v
}

// factorLines writes a factors table a line each, as the form takes it.
func factorLines(rows []register.FactorUnit, raw string) string {
	if rows == nil && raw != "" {
		json.Unmarshal([]byte(raw), &rows)
	}
	var b strings.Builder
	for _, f := range rows {
		fmt.Fprintf(&b, "%s %s\n", f.Code, f.Unit)
	}
	return b.String()
}

// refOptions lists the active entries of a register that the caller sees.
func (s *Server) refOptions(r *request, to register.Register, chosen string) []option {
	page, err := s.cfg.Register.List(r.Context(), r.Caller, register.Query{Register: to, N: 500})
	if err != nil {
		return nil
	}
	var all []option
	for _, e := range page.Entries {
		name := e.Name
		for _, ref := range e.Refs {
			if ref.Register == register.Enterprise {
				name = ref.Name + " " + e.Code + " " + e.Name
			}
		}
		id := strconv.FormatInt(e.ID, 10)
		all = append(all, option{id, name, id == chosen})
	}
	return all
}
