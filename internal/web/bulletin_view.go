package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// Bulletins keeps what was published: bulletin.Store does.
type Bulletins interface {
	List(ctx context.Context, by access.Caller, k bulletin.Key, from, to string) ([]bulletin.Published, error)
	Revisions(ctx context.Context, by access.Caller, k bulletin.Key) ([]bulletin.Published, error)
	Open(ctx context.Context, by access.Caller, id int64) (bulletin.Full, error)
	File(ctx context.Context, by access.Caller, id int64, form string) (bulletin.File, error)
}

// Drafts makes the bulletins of one duty and publishes them: air.Bulletins does.
type Drafts interface {
	Draft(ctx context.Context, by access.Caller, k bulletin.Key) (bulletin.Content, error)
	DraftFile(ctx context.Context, by access.Caller, k bulletin.Key, form string) (bulletin.File, error)
	Publish(ctx context.Context, by access.Caller, k bulletin.Key, digest string, seen int64, reason string) (bulletin.Published, error)
}

func (s *Server) bulletinRoutes() []route {
	return []route{
		{"GET /bulletins/{duty}/{kind}/{division}/{period}", bulletin.ReadNeeds, s.bulletinNeeded(s.bulletinDraft)},
		{"GET /bulletins/{duty}/{kind}/{division}/{period}/file/{form}", bulletin.ReadNeeds, s.bulletinNeeded(s.bulletinDraftFile)},
		{"POST /bulletins/{duty}/{kind}/{division}/{period}/publish", bulletin.PublishNeeds, s.bulletinNeeded(s.bulletinPublish)},
		{"GET /bulletin/{id}", bulletin.ReadNeeds, s.bulletinNeeded(s.bulletinPublished)},
		{"GET /bulletin/{id}/file/{form}", bulletin.ReadNeeds, s.bulletinNeeded(s.bulletinFile)},
	}
}

// bulletinNeeded answers with a sentence where bulletins are not kept.
func (s *Server) bulletinNeeded(act action) action {
	return func(w http.ResponseWriter, r *request) error {
		if err := need(s.cfg.Bulletins, "公报"); err != nil {
			return err
		}
		return act(w, r)
	}
}

// bulletinForm is a form in which a bulletin can be had.
type bulletinForm struct{ Name, Href, Digest string }

// formNames are the forms as people know them.
var formNames = map[string]string{"docx": "Word 文档", "xlsx": "Excel 工作簿"}

// bulletinForms are the forms, in the order in which they are offered.
var bulletinForms = []string{"docx", "xlsx"}

// maxDifferences is how many differences a page shows.
const maxDifferences = 200

type bulletinView struct {
	shell
	Content   bulletin.Content
	Tables    []bulletinTable
	Published *bulletin.Published // what the page shows; nil for a draft
	Newest    *bulletin.Published // nil where nothing was published
	Href      string              // of the draft
	Forms     []bulletinForm
	Revisions []bulletinRevision
	// Differences are what the newest revision tells otherwise than the figures of
	// today.
	Differences []bulletin.Difference
	More        int
	CannotTell  string // why it is not known whether they differ
	Digest      string
	Seen        int64
	CanPublish  bool
	Open        bool // the period is not over
	Problem     string
	Reason      string
	ReasonError string
}

// bulletinTable is a table with its cells as a page shows them.
type bulletinTable struct {
	Name    string
	Columns []bulletinColumn
	Rows    [][]bulletinCell
}

// bulletinColumn is a header; what stands in brackets at its end is its unit.
type bulletinColumn struct {
	Name, Unit string
	Number     bool // its first cell is one
}

type bulletinCell struct {
	Label, Text string
	Number      bool
	Remark      bool     // of several words
	Level       airLevel // of a cell that names one
	Unverified  string   // what of the row is
}

// levelNumbers are the levels of the index by their words.
var levelNumbers = map[string]int64{"优": 1, "良": 2, "轻度污染": 3, "中度污染": 4, "重度污染": 5, "严重污染": 6}

// bulletinTables words the tables of a content.
func bulletinTables(c bulletin.Content) []bulletinTable {
	var all []bulletinTable
	for _, t := range c.Tables {
		x := bulletinTable{Name: t.Name}
		for _, header := range t.Columns {
			name, unit, _ := strings.Cut(strings.TrimSuffix(header, "）"), "（")
			x.Columns = append(x.Columns, bulletinColumn{Name: name, Unit: unit})
		}
		for i, row := range t.Rows {
			cells := make([]bulletinCell, len(row))
			for j, text := range row {
				cells[j] = bulletinCellOf(text, j, t)
				if i == 0 && j < len(x.Columns) {
					x.Columns[j].Number = cells[j].Number
				}
			}
			x.Rows = append(x.Rows, cells)
		}
		all = append(all, x)
	}
	return all
}

// bulletinCellOf words the cell of a column.
func bulletinCellOf(text string, column int, t bulletin.Table) bulletinCell {
	cell := bulletinCell{Text: text}
	field := ""
	if column < len(t.Columns) && column < len(t.Fields) {
		cell.Label, field = t.Columns[column], t.Fields[column]
	}
	if strings.HasSuffix(field, "级别") && text != "—" {
		cell.Level = airLevel{levelNumbers[text], text}
	}
	cell.Remark = field == "说明" || field == "原因" || field == "待核实"
	cell.Unverified, _ = strings.CutPrefix(text, "待核实：")
	if cell.Unverified == text {
		cell.Unverified = ""
	}
	_, issue := standard.Read(text)
	cell.Number = column > 0 && !cell.Remark && (issue == "" || text == "—" || strings.HasPrefix(text, "+") || strings.HasPrefix(text, "-"))
	return cell
}

type bulletinRevision struct {
	bulletin.Published
	Href    string
	When    time.Time
	Current bool // the one that the page shows
}

// keyOf reads which bulletin an address names.
func keyOf(r *request) bulletin.Key {
	return bulletin.Key{Duty: r.PathValue("duty"), Kind: r.PathValue("kind"), Division: access.Division(r.PathValue("division")), Period: r.PathValue("period")}
}

// draftPath is the address of a draft.
func draftPath(k bulletin.Key) string {
	return "/bulletins/" + url.PathEscape(k.Duty) + "/" + url.PathEscape(k.Kind) + "/" + url.PathEscape(string(k.Division)) + "/" + url.PathEscape(k.Period)
}

// listPath is the address of the bulletins of a duty.
func listPath(duty string) string { return "/" + duty + "/bulletins" }

func publishedPath(id int64) string { return "/bulletin/" + strconv.FormatInt(id, 10) }

// drafts returns what makes the bulletins of a duty.
func (s *Server) drafts(duty string) (Drafts, error) {
	d := s.cfg.Drafts[duty]
	if d == nil {
		return nil, fault.New(fault.NotFound, "没有这类公报，请检查网址")
	}
	return d, nil
}

// bulletinDraft shows what a bulletin would tell today.
func (s *Server) bulletinDraft(w http.ResponseWriter, r *request) error {
	return s.bulletinDraftPage(w, r, nil)
}

func (s *Server) bulletinDraftPage(w http.ResponseWriter, r *request, problem error) error {
	k := keyOf(r)
	d, err := s.drafts(k.Duty)
	if err != nil {
		return err
	}
	c, err := d.Draft(r.Context(), r.Caller, k)
	if err != nil {
		return err
	}
	v := bulletinView{Content: c, Tables: bulletinTables(c), Href: draftPath(k), Digest: c.Digest(), CanPublish: r.Caller.May(bulletin.PublishNeeds), Open: !s.over(r, c), Reason: r.text("reason")}
	if err := s.bulletinRevisions(r, &v, c.Key); err != nil {
		return err
	}
	for _, form := range bulletinForms {
		v.Forms = append(v.Forms, bulletinForm{formNames[form], v.Href + "/file/" + form, ""})
	}
	if v.Newest != nil {
		v.Seen = v.Newest.Revision
		old, err := s.cfg.Bulletins.Open(r.Context(), r.Caller, v.Newest.ID)
		if err != nil {
			return err
		}
		v.differ(old.Content, c)
	}
	status := http.StatusOK
	if problem != nil {
		v.Problem, v.ReasonError, status = fault.Text(problem), fault.FieldsOf(problem)["reason"], statusOf[fault.Of(problem)]
	}
	v.shell = s.shell(r, c.Title, listPath(k.Duty), link{"公报", listPath(k.Duty)})
	return s.renderStatus(w, r, status, "bulletin", v)
}

// over reports whether the period of a content is over.
func (s *Server) over(r *request, c bulletin.Content) bool {
	return !timeOn(c.EndsOn).AddDate(0, 0, 1).After(r.Now)
}

// differ notes what was published otherwise than it would be today.
func (v *bulletinView) differ(published, today bulletin.Content) {
	all := bulletin.Compare(published, today)
	v.Differences = all[:min(len(all), maxDifferences)]
	v.More = len(all) - len(v.Differences)
}

// bulletinRevisions fills in the revisions of a bulletin.
func (s *Server) bulletinRevisions(r *request, v *bulletinView, k bulletin.Key) error {
	all, err := s.cfg.Bulletins.Revisions(r.Context(), r.Caller, k)
	if err != nil {
		return err
	}
	for i := range all {
		v.Revisions = append(v.Revisions, bulletinRevision{all[i], publishedPath(all[i].ID), clock.Unix(all[i].At), v.Published != nil && v.Published.ID == all[i].ID})
	}
	if len(all) > 0 {
		v.Newest = &all[0]
	}
	return nil
}

// bulletinPublished shows a revision as it was published, and what would be told
// otherwise today.
func (s *Server) bulletinPublished(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	full, err := s.cfg.Bulletins.Open(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	c := full.Content
	v := bulletinView{Content: c, Tables: bulletinTables(c), Published: &full.Published, Href: draftPath(c.Key)}
	for _, form := range bulletinForms {
		if i := slices.IndexFunc(full.Files, func(f bulletin.File) bool { return f.Form == form }); i >= 0 {
			v.Forms = append(v.Forms, bulletinForm{formNames[form], publishedPath(id) + "/file/" + form, full.Files[i].Digest})
		}
	}
	if err := s.bulletinRevisions(r, &v, c.Key); err != nil {
		return err
	}
	// What was published is shown also where today's figures cannot be had.
	if d, err := s.drafts(c.Duty); err != nil {
		v.CannotTell = fault.Text(err)
	} else if today, err := d.Draft(r.Context(), r.Caller, c.Key); err != nil {
		v.CannotTell = fault.Text(err)
	} else {
		v.differ(c, today)
	}
	v.shell = s.shell(r, c.Title, listPath(c.Duty), link{"公报", listPath(c.Duty)})
	return s.render(w, r, "bulletin", v)
}

// bulletinDraftFile sends the document of a draft.
func (s *Server) bulletinDraftFile(w http.ResponseWriter, r *request) error {
	k := keyOf(r)
	d, err := s.drafts(k.Duty)
	if err != nil {
		return err
	}
	f, err := d.DraftFile(r.Context(), r.Caller, k, r.PathValue("form"))
	if err != nil {
		return err
	}
	return sendFile(w, f)
}

// bulletinFile sends a document as it was published.
func (s *Server) bulletinFile(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	f, err := s.cfg.Bulletins.File(r.Context(), r.Caller, id, r.PathValue("form"))
	if err != nil {
		return err
	}
	return sendFile(w, f)
}

var mediaOf = map[string]string{"docx": docxType, "xlsx": xlsxType}

func sendFile(w http.ResponseWriter, f bulletin.File) error {
	announce(w, f.Name, mediaOf[f.Form])
	h := w.Header()
	h.Set("Content-Length", strconv.Itoa(len(f.Bytes)))
	if f.Digest != "" {
		h.Set("Etag", `"`+f.Digest+`"`)
	}
	w.Write(f.Bytes)
	return nil
}

// bulletinPublish publishes a bulletin, or corrects it.
func (s *Server) bulletinPublish(w http.ResponseWriter, r *request) error {
	k := keyOf(r)
	d, err := s.drafts(k.Duty)
	if err != nil {
		return err
	}
	p, err := d.Publish(detached(r), r.Caller, k, r.text("digest"), r.int("seen"), r.text("reason"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return s.bulletinDraftPage(w, r, err)
	}
	if err != nil {
		return err
	}
	done := "已发布：" + p.Title
	if p.Revision > 1 {
		done = "已更正为第 " + strconv.FormatInt(p.Revision, 10) + " 版：" + p.Title + "；以前的版本照旧保留"
	}
	return seeOther(w, r, publishedPath(p.ID), strings.TrimSpace(done))
}
