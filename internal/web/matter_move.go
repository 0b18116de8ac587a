package web

import (
	"errors"
	"mime/multipart"
	"net/http"
	"strings"

	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
)

// matterMove carries out a step: stores the files that come with the form, then
// moves the matter. Files of a step that is refused stay with the matter as
// uploaded, and need not be sent again.
func (s *Server) matterMove(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	if err := parseForm(r); err != nil {
		return err
	}
	m, err := s.cfg.Matter.Matter(r.Context(), r.Caller, matter.ID(id))
	if err != nil {
		return err
	}
	move := r.text("move")
	in := matter.MoveInput{Note: r.text("note"), Fields: map[string]string{}}
	for key, values := range r.Form {
		if name, ok := strings.CutPrefix(key, "f-"); ok && len(values) > 0 && strings.TrimSpace(values[0]) != "" {
			in.Fields[name] = strings.TrimSpace(values[0])
		}
	}
	again := func(err error) error {
		if k := fault.Of(err); k == fault.Invalid || k == fault.Conflict || k == fault.Denied {
			return s.matterPage(w, r, move, in, err)
		}
		return err
	}
	if in.Evidence, err = s.pending(r, m); err != nil {
		return err
	}
	added, err := s.addFiles(r, m.ID, r.MultipartForm)
	if err != nil {
		return again(err)
	}
	in.Evidence = append(in.Evidence, added...)
	if _, err := s.cfg.Matter.Move(r.Context(), r.Caller, m.ID, r.int("version"), move, in); err != nil {
		return again(err)
	}
	s.cfg.Live.Publish(News{Topic: "matter", ID: id, Division: m.Division, Enterprise: m.Enterprise})
	return seeOther(w, r, r.URL.Path[:strings.LastIndexByte(r.URL.Path, '/')], "已办理，已通知下一环节")
}

// pending returns the files that the caller uploaded to m and that no step has
// taken yet.
func (s *Server) pending(r *request, m *matter.Matter) ([]int64, error) {
	if !r.Caller.May("evidence.read") {
		return nil, nil
	}
	all, err := s.cfg.Matter.Evidences(r.Context(), r.Caller, m.ID)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, e := range all {
		if e.Move == 0 && !e.Withdrawn && e.ByLogin == r.Caller.Login {
			ids = append(ids, e.ID)
		}
	}
	return ids, nil
}

// addFiles stores the files of a form with a matter.
func (s *Server) addFiles(r *request, id matter.ID, form *multipart.Form) ([]int64, error) {
	if form == nil {
		return nil, nil
	}
	var ids []int64
	for _, h := range form.File["files"] {
		if h.Size == 0 && h.Filename == "" {
			continue
		}
		f, err := h.Open()
		if err != nil {
			return ids, err
		}
		e, err := s.cfg.Matter.AddEvidence(r.Context(), r.Caller, id, h.Filename, f)
		f.Close()
		if err != nil {
			return ids, err
		}
		ids = append(ids, e.ID)
	}
	return ids, nil
}

// parseForm reads a form with or without files. Small files stay in memory,
// others go to temporary files.
func parseForm(r *request) error {
	err := r.ParseMultipartForm(4 << 20)
	if errors.Is(err, http.ErrNotMultipart) {
		err = r.ParseForm()
	}
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) {
		return fault.From(err, fault.Invalid, "提交的内容不完整，可能是上传中断；请重新提交")
	}
	return err
}

// matterComment adds a remark.
func (s *Server) matterComment(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	m, err := s.cfg.Matter.Matter(r.Context(), r.Caller, matter.ID(id))
	if err != nil {
		return err
	}
	if err := s.cfg.Matter.Comment(r.Context(), r.Caller, m.ID, r.text("text")); err != nil {
		return err
	}
	s.cfg.Live.Publish(News{Topic: "matter", ID: id, Division: m.Division, Enterprise: m.Enterprise})
	return seeOther(w, r, matterHref(m.ID), "意见已发表")
}
