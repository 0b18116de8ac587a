package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
)

// markNeeds is what one must be allowed for marking readings.
const markNeeds = "data.mark"

type markRow struct {
	ID         int64
	From, To   time.Time
	Name       string
	FactorName string
	Reason, By string
	At         time.Time
	Note       string // why it has no effect; "" when it has
	Stands     bool   // may be withdrawn
}

// pointMarks fills in what people marked in the span and in the last month.
func (s *Server) pointMarks(r *request, o *pointOverview, sp span, v *pointPage) error {
	if s.cfg.Monitoring.Readings == nil {
		return nil
	}
	from := earlier(sp.from, r.Now.AddDate(0, -1, 0))
	marks, err := s.cfg.Monitoring.Readings.Marks(r.Context(), measure.Point(o.ID), from.Unix(), r.Now.AddDate(0, 0, 1).Unix())
	if err != nil {
		return err
	}
	for i := len(marks) - 1; i >= 0; i-- {
		m := marks[i]
		row := markRow{ID: m.ID, Stands: m.WithdrawnAt == 0, From: clock.Unix(m.From), To: clock.Unix(m.To), Name: markName(m.Mark), FactorName: "全部因子", Reason: m.Reason, By: m.Who, At: clock.Unix(m.EnteredAt)}
		if m.Factor != "" {
			row.FactorName = factorName(m.Factor)
		}
		switch {
		case m.WithdrawnAt != 0:
			row.Note = fmt.Sprintf("%s 已撤回：%s", m.WithdrawnBy, m.WithdrawnWhy)
		case !m.Honoured():
			row.Note = "逾期标记，不影响判定"
		}
		v.Marks = append(v.Marks, row)
	}
	return nil
}

// markName names a mark that people put on readings.
func markName(mark measure.MarkKind) string {
	switch mark {
	case measure.MarkInvalid:
		return "数据无效"
	case measure.MarkAbnormal:
		return "非正常工况"
	}
	return string(mark)
}

// pointMark puts a mark on a stretch of readings. What they said stays; the
// hours are judged again.
func (s *Server) pointMark(w http.ResponseWriter, r *request) error {
	_, p, err := s.pointOf(r)
	if err != nil {
		return err
	}
	if err := need(s.cfg.Monitoring.Readings, "数据存储"); err != nil {
		return err
	}
	from, to := r.date("from"), r.date("to")
	m := measure.Mark{
		Point: measure.Point(p.ID), Factor: r.text("factor"), From: from.Unix(), To: to.Unix(),
		Mark: measure.MarkKind(r.text("mark")), Reason: r.text("reason"), Who: r.Caller.Login,
	}
	if err := checkMark(m, from, to, r.Now); err != nil {
		return err
	}
	marks, err := s.cfg.Monitoring.Readings.AddMark(r.Context(), m, func(ctx context.Context, tx *sqldb.Tx) error {
		e := r.Caller.Entry("data.mark", fmt.Sprintf("point/%d", p.ID), map[string]any{
			"factor": m.Factor, "from": m.From, "to": m.To, "mark": string(m.Mark), "reason": m.Reason,
		})
		e.Division, e.Enterprise = string(p.Division), p.Enterprise
		return journal.Append(ctx, tx, e)
	})
	if err != nil {
		return err
	}
	done := "已标记，有关时段将重新判定"
	for _, m := range marks {
		if !m.Honoured() {
			done = "已标记；其中逾期的标记只作记录，不影响判定"
		}
	}
	sp := span{kindSpan: kindOf(r.text("kind")), factor: r.text("shown")}
	return seeOther(w, r, pointAddress(p.ID)+"?"+sp.query(), done)
}

// markWithdraw takes a mark back. It stays on record; the hours are judged again.
func (s *Server) markWithdraw(w http.ResponseWriter, r *request) error {
	_, p, err := s.pointOf(r)
	if err != nil {
		return err
	}
	id, err := r.id("mark")
	if err != nil {
		return err
	}
	if err := need(s.cfg.Monitoring.Readings, "数据存储"); err != nil {
		return err
	}
	// The point is in the caller's scope; the mark must be one of the point.
	marks, err := s.cfg.Monitoring.Readings.Marks(r.Context(), measure.Point(p.ID), 0, r.Now.AddDate(0, 0, 1).Unix())
	if err != nil {
		return err
	}
	at := slices.IndexFunc(marks, func(m measure.Mark) bool { return m.ID == id })
	if at < 0 {
		return fault.New(fault.NotFound, "没有这个标记，可能链接有误")
	}
	m := marks[at]
	why := r.text("why")
	if n := len([]rune(why)); n == 0 || n > 500 {
		return fault.Fields(map[string]string{"why": "请写明撤回的理由，最多 500 字"})
	}
	err = s.cfg.Monitoring.Readings.WithdrawMark(r.Context(), id, r.Caller.Login, why, func(ctx context.Context, tx *sqldb.Tx) error {
		e := r.Caller.Entry("data.mark_withdraw", fmt.Sprintf("point/%d", p.ID), map[string]any{
			"mark": id, "factor": m.Factor, "from": m.From, "to": m.To, "reason": why,
		})
		e.Division, e.Enterprise = string(p.Division), p.Enterprise
		return journal.Append(ctx, tx, e)
	})
	if err != nil {
		return err
	}
	sp := span{kindSpan: kindOf(r.text("kind")), factor: r.text("shown")}
	return seeOther(w, r, pointAddress(p.ID)+"?"+sp.query(), "标记已撤回，有关时段将重新判定")
}

// checkMark names what is wrong with a mark.
func checkMark(m measure.Mark, from, to, now time.Time) error {
	wrong := map[string]string{}
	if m.Mark != measure.MarkInvalid && m.Mark != measure.MarkAbnormal {
		wrong["mark"] = "请选择标记类型"
	}
	switch {
	case from.IsZero() || to.IsZero():
		wrong["from"] = "请填写起止时间"
	case !from.Before(to):
		wrong["from"] = "开始时间应早于结束时间"
	case from.After(now):
		wrong["from"] = "不能标记尚未产生的数据，请检查起止时间"
	case to.Sub(from) > 31*day:
		wrong["to"] = "一次最多标记 31 天，请分段标记"
	}
	if m.Reason == "" {
		wrong["reason"] = "请写明原因"
	} else if len([]rune(m.Reason)) > 500 {
		wrong["reason"] = "原因最多 500 字"
	}
	return fault.Fields(wrong)
}
