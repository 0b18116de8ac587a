package web

import (
	"net/http"
	"time"

	"pingzhang/internal/fault"
)

// pointMark puts a mark on a stretch of readings. What they said stays; the
// hours are judged again.
func (s *Server) pointMark(w http.ResponseWriter, r *request) error {
	_, p, err := s.pointOf(r)
	if err != nil {
		return err
	}
	if err := need(s.cfg.Monitoring.Marking, "数据标记"); err != nil {
		return err
	}
	m := DataMark{Point: p.ID, Factor: r.text("factor"), From: r.date("from"), To: r.date("to"), Mark: r.text("mark"), Reason: r.text("reason"), By: r.Caller.Login, At: r.Now}
	if err := m.check(r.Now); err != nil {
		return err
	}
	if err := s.cfg.Monitoring.Marking.Mark(r.Context(), r.Caller, m); err != nil {
		return err
	}
	return seeOther(w, r, pointAddress(p.ID)+"?"+span{kindSpan: kindOf(r.text("kind")), factor: r.text("shown")}.query(), "已标记，有关时段将重新判定")
}

// check names what is wrong with a mark.
func (m DataMark) check(now time.Time) error {
	wrong := map[string]string{}
	if m.Mark != MarkInvalid && m.Mark != MarkAbnormal {
		wrong["mark"] = "请选择标记类型"
	}
	switch {
	case m.From.IsZero() || m.To.IsZero():
		wrong["from"] = "请填写起止时间"
	case !m.From.Before(m.To):
		wrong["from"] = "开始时间应早于结束时间"
	case m.From.After(now):
		wrong["from"] = "不能标记尚未产生的数据，请检查起止时间"
	case m.To.Sub(m.From) > 31*day:
		wrong["to"] = "一次最多标记 31 天，请分段标记"
	}
	if m.Reason == "" {
		wrong["reason"] = "请写明原因"
	} else if len([]rune(m.Reason)) > 500 {
		wrong["reason"] = "原因最多 500 字"
	}
	return fault.Fields(wrong)
}
