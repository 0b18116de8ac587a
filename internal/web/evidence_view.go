package web

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"pingzhang/internal/matter"
)

// evidenceFile sends a file of a matter. Pictures and PDF open in the browser,
// without any right to run something; all else is saved.
func (s *Server) evidenceFile(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	e, data, err := s.cfg.Matter.File(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	how := "attachment"
	if e.Kind == matter.Photo || e.Media == "application/pdf" {
		how = "inline"
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Type", e.Media)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": e.Name}))
	h.Set("Content-Length", strconv.Itoa(len(data)))
	h.Set("Cache-Control", "private, no-store")
	w.Write(data)
	return nil
}

// evidenceThumb sends the small picture of a photograph.
func (s *Server) evidenceThumb(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	data, err := s.cfg.Matter.Thumbnail(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	w.Write(data)
	return nil
}

// matterBundle sends the evidence bundle of a matter: its journal entries with
// their proofs, and its files, to be checked without this system.
func (s *Server) matterBundle(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	m, err := s.cfg.Matter.Matter(r.Context(), r.Caller, matter.ID(id))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fmt.Sprintf("证据包-%d.zip", m.ID)}))
	h.Set("Cache-Control", "private, no-store")
	return s.cfg.Bundle(r.Context(), r.Caller, m, w)
}

type noticeRow struct {
	Text, Href string
	At         time.Time
	Read       bool
}

type noticeListView struct {
	shell
	Rows  []noticeRow
	Pager pager
}

// noticeList shows what the caller was told.
func (s *Server) noticeList(w http.ResponseWriter, r *request) error {
	const n = 50
	all, err := s.cfg.Notify.List(r.Context(), r.Caller, r.int("after"), n)
	if err != nil {
		return err
	}
	v := noticeListView{shell: s.shell(r, "消息", ""), Pager: pageLinks(r, "")}
	for _, m := range all {
		row := noticeRow{Text: m.Text, At: m.At, Read: m.Read}
		if m.Link != "" {
			row.Href = local(m.Link)
		}
		v.Rows = append(v.Rows, row)
	}
	if len(all) == n {
		v.Pager = pageLinks(r, strconv.FormatInt(all[n-1].ID, 10))
	}
	return s.render(w, r, "notice_list", v)
}

// noticesRead marks everything that the caller was told as read.
func (s *Server) noticesRead(w http.ResponseWriter, r *request) error {
	for {
		all, err := s.cfg.Notify.List(r.Context(), r.Caller, 0, 200)
		if err != nil {
			return err
		}
		left := 0
		for _, m := range all {
			if m.Read {
				continue
			}
			left++
			if err := s.cfg.Notify.MarkRead(r.Context(), r.Caller, m.ID); err != nil {
				return err
			}
		}
		if left == 0 {
			return seeOther(w, r, "/notices", "")
		}
	}
}
