package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/water"
	gb "pingzhang/standard/water"
)

type waterBulletinsView struct {
	shell
	Choice    slotChoice
	Divisions []option
	Division  string
	Told      []bulletin.Published
	CanSend   bool
}

// waterDivision returns the division that the address asks for, by default the
// first that the caller sees whole.
func (s *Server) waterDivision(r *request) (access.Division, []option, error) {
	chosen := access.Division(r.text("division"))
	var all []option
	known := false
	for i, d := range s.cfg.Divisions.Within(r.Caller.Scope) {
		if i == 0 && chosen == "" {
			chosen = d.Code
		}
		known = known || d.Code == chosen
		all = append(all, option{string(d.Code), d.Name, d.Code == chosen})
	}
	if !known {
		return "", nil, fault.New(fault.NotFound, "没有这个区域，或不在您的管辖范围内")
	}
	return chosen, all, nil
}

// waterBulletins lists what was published, with the form to prepare another.
func (s *Server) waterBulletins(w http.ResponseWriter, r *request) error {
	c, err := s.waterSlot(r, false)
	if err != nil {
		return err
	}
	division, divisions, err := s.waterDivision(r)
	if err != nil {
		return err
	}
	v := waterBulletinsView{
		shell: s.shell(r, "水质公报", "/water/bulletins", waterCrumb), Choice: c, Divisions: divisions, Division: string(division), CanSend: r.Caller.May(waterPublishNeeds),
	}
	for _, kind := range []gb.Kind{gb.Month, gb.Quarter, gb.Year} {
		all, err := s.cfg.Water.Told(r.Context(), r.Caller, kind, division)
		if err != nil {
			return err
		}
		v.Told = append(v.Told, all...)
	}
	return s.render(w, r, "water_bulletin_list", v)
}

type waterBulletinView struct {
	shell
	Bulletin  water.Bulletin
	Before    string // heads of the columns of comparison
	Then      string
	Published *bulletin.Published // nil: a draft
	Newest    *bulletin.Published // that was published of this period
	Files     []bulletin.File
	FileBase  string
	Digest    string
	Differs   []bulletin.Difference // what is told now and was told otherwise
	Revisions []bulletin.Published
	CanSend   bool
	Over      bool // the period is
	Reason    string
	Problem   string
	Errors    map[string]string
	Division  string
	Year      int
	Part      string
}

// waterDraft shows a bulletin as it would be published now.
func (s *Server) waterDraft(w http.ResponseWriter, r *request) error {
	return s.waterDraftPage(w, r, http.StatusOK, nil)
}

func (s *Server) waterDraftPage(w http.ResponseWriter, r *request, status int, wrong error) error {
	c, err := s.waterSlot(r, false)
	if err != nil {
		return err
	}
	division, _, err := s.waterDivision(r)
	if err != nil {
		return err
	}
	bu, err := s.cfg.Water.Draft(r.Context(), r.Caller, c.Slot, division)
	if err != nil {
		return err
	}
	v := waterBulletinView{
		shell: s.shell(r, bu.Title, "/water/bulletins", link{"水质公报", "/water/bulletins"}), Bulletin: bu, Digest: bu.Digest(), CanSend: r.Caller.May(waterPublishNeeds),
		Over: string(c.Slot.Period().To) < r.Now.In(clock.Shanghai).Format("2006-01-02"), Division: string(division), Year: c.Slot.Year, Part: c.Code, Reason: r.text("reason"),
	}
	v.heads()
	v.FileBase = "/water/bulletins/draft/"
	if v.Revisions, err = s.cfg.Water.ToldOf(r.Context(), r.Caller, c.Slot, division); err != nil {
		return err
	}
	if len(v.Revisions) > 0 {
		v.Newest = &v.Revisions[0]
		full, _, err := s.cfg.Water.Bulletin(r.Context(), r.Caller, v.Newest.ID)
		if err != nil {
			return err
		}
		v.Differs = bulletin.Compare(full.Content, bu.Content())
	}
	if wrong != nil {
		if v.Errors = fault.FieldsOf(wrong); len(v.Errors) == 0 {
			v.Problem = fault.Text(wrong)
		}
	}
	return s.renderStatus(w, r, status, "water_bulletin", v)
}

func (v *waterBulletinView) heads() {
	last, then := v.Bulletin.Slot.Before()
	v.Before, v.Then = last.Name(), then.Name()
}

// waterDraftFile sends a draft as a file, which says that it is none that was
// published.
func (s *Server) waterDraftFile(w http.ResponseWriter, r *request) error {
	c, err := s.waterSlot(r, false)
	if err != nil {
		return err
	}
	division, _, err := s.waterDivision(r)
	if err != nil {
		return err
	}
	bu, err := s.cfg.Water.Draft(r.Context(), r.Caller, c.Slot, division)
	if err != nil {
		return err
	}
	form := strings.TrimPrefix(r.PathValue("file"), "file.")
	bu.Title += "（草稿）"
	data, err := s.cfg.Water.Draw(bu, form)
	if err != nil {
		return err
	}
	return sendBytes(w, bu.Title+"."+form, form, data)
}

func sendBytes(w http.ResponseWriter, name, form string, data []byte) error {
	kind := map[string]string{"xlsx": xlsxType, "docx": docxType}[form]
	announce(w, name, kind)
	_, _ = w.Write(data) // the browser may be gone
	return nil
}

// waterPublish freezes the draft that was looked at.
func (s *Server) waterPublish(w http.ResponseWriter, r *request) error {
	c, err := s.waterSlot(r, false)
	if err != nil {
		return err
	}
	division, _, err := s.waterDivision(r)
	if err != nil {
		return err
	}
	p, err := s.cfg.Water.Publish(detached(r), r.Caller, water.Issue{
		Slot: c.Slot, Division: division, Digest: r.text("digest"), Seen: r.int("seen"), Reason: r.text("reason"),
	})
	switch fault.Of(err) {
	case fault.Invalid:
		return s.waterDraftPage(w, r, http.StatusUnprocessableEntity, err)
	case fault.Conflict:
		return s.waterDraftPage(w, r, http.StatusConflict, err)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/water/bulletins/"+strconv.FormatInt(p.ID, 10), fmt.Sprintf("已发布“%s”第 %d 版", p.Title, p.Revision))
}

// waterBulletin shows what was published, as it was.
func (s *Server) waterBulletin(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	full, bu, err := s.cfg.Water.Bulletin(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	v := waterBulletinView{
		shell: s.shell(r, bu.Title, "/water/bulletins", link{"水质公报", "/water/bulletins"}), Bulletin: bu, Published: &full.Published, Files: full.Files, Digest: full.Digest,
		FileBase: fmt.Sprintf("/water/bulletins/%d/", id), Division: string(bu.Division), Year: bu.Slot.Year, Part: slotCode(bu.Slot),
	}
	v.heads()
	if v.Revisions, err = s.cfg.Water.ToldOf(r.Context(), r.Caller, bu.Slot, bu.Division); err != nil {
		return err
	}
	if len(v.Revisions) > 0 {
		v.Newest = &v.Revisions[0]
	}
	return s.render(w, r, "water_bulletin", v)
}

// waterBulletinFile sends a file of what was published, byte by byte.
func (s *Server) waterBulletinFile(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	f, err := s.cfg.Water.BulletinFile(r.Context(), r.Caller, id, strings.TrimPrefix(r.PathValue("file"), "file."))
	if err != nil {
		return err
	}
	return sendBytes(w, f.Name, f.Form, f.Bytes)
}

// Query names the draft in an address.
func (v waterBulletinView) Query() string {
	return url.Values{"division": {v.Division}, "year": {strconv.Itoa(v.Year)}, "part": {v.Part}}.Encode()
}
