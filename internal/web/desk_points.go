package web

import (
	"strconv"

	"pingzhang/hj212"
	"pingzhang/internal/measure"
	"pingzhang/standard"
)

// deskPoints adds how the points stand: figures, who exceeds, who is silent.
func (s *Server) deskPoints(r *request, v *deskView) error {
	if !r.Caller.May("register.read") {
		return nil
	}
	points, err := s.cfg.Register.Points(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	ids := make([]int64, len(points))
	for i, p := range points {
		ids[i] = p.ID
	}
	states := map[int64]PointState{}
	if s.cfg.Monitoring.Judged != nil {
		if states, err = s.cfg.Monitoring.Judged.States(r.Context(), r.Caller, r.Now, ids...); err != nil {
			return err
		}
	}
	count := map[string]int{}
	for _, p := range points {
		st, ok := states[p.ID]
		if !ok || st.Class == "" {
			st.Class = "unknown"
		}
		count[st.Class]++
		switch st.Class {
		case "exceeds":
			v.Over = append(v.Over, overRows(p.ID, p.Name, st)...)
		case "unknown", "offline":
			if len(v.Silent) < deskRows {
				v.Silent = append(v.Silent, silentRow{Point: p.ID, Name: p.Name, Last: s.lastSeen(r, p.ID), State: stateWord(st)})
			}
		}
	}
	if len(v.Over) > deskRows {
		v.Over = v.Over[:deskRows]
	}
	over := ""
	if count["exceeds"] > 0 {
		over = "exceeds"
	}
	v.Figures = append(v.Figures,
		figureView{Name: "正在超标", Value: strconv.Itoa(count["exceeds"]), Unit: "个点位", Note: "共 " + strconv.Itoa(len(points)) + " 个点位", State: over, Href: "/monitor?state=exceeds"},
		figureView{Name: "离线或未知", Value: strconv.Itoa(count["unknown"] + count["offline"]), Unit: "个点位", Note: "没有数据不等于达标", State: "unknown", Href: "/monitor?state=unknown"})
	return nil
}

func overRows(point int64, name string, st PointState) []overRow {
	var all []overRow
	for _, f := range st.Factors {
		if f.Judgement.Verdict != standard.Exceeds {
			continue
		}
		row := overRow{Point: point, Name: name, Factor: f.Factor, Unit: string(f.Judgement.Limit.Unit), Value: f.Judgement.Value.Round(2), Limit: f.Judgement.Limit.Max.String(), Multiple: f.Judgement.Multiple.Round(2)}
		if def, ok := hj212.FactorOf(f.Factor); ok {
			row.Factor = def.Name
		}
		all = append(all, row)
	}
	return all
}

// lastSeen says when a point was last heard of.
func (s *Server) lastSeen(r *request, point int64) string {
	if s.cfg.Monitoring.Readings == nil {
		return "未知"
	}
	all, err := s.cfg.Monitoring.Readings.Latest(r.Context(), measure.Point(point))
	if err != nil || len(all) == 0 {
		return "从未收到"
	}
	newest := int64(0)
	for _, x := range all {
		newest = max(newest, x.At)
	}
	return stamp(newest, "2006-01-02 15:04")
}

// stateWord gives a state its colour and word.
func stateWord(st PointState) stateView {
	words := map[string]string{"meets": "达标", "exceeds": "超标", "warn": "接近限值", "unknown": "未知", "offline": "离线"}
	text := words[st.Class]
	if text == "" {
		return stateView{"unknown", "未知"}
	}
	return stateView{st.Class, text}
}
