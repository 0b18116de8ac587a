package web

import (
	"fmt"
	"strings"

	"pingzhang/internal/air"
	"pingzhang/internal/register"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// airPointKind is the kind of points that are the devices of air stations. They
// have no discharge limits: how they stand follows from the ambient air.
const airPointKind = "air"

// airStates adds the state of the devices of air stations, which is that of the
// latest hour of the station: its index and its hourly limits (HJ 633, GB 3095).
func (s *Server) airStates(r *request, points []register.Point, states map[int64]PointState) error {
	mine := map[int64]bool{}
	for _, p := range points {
		if p.Kind == airPointKind {
			mine[p.ID] = true
			states[p.ID] = PointState{Class: "unknown", Why: "没有空气站点登记这个点位"}
		}
	}
	if len(mine) == 0 || s.cfg.Air == nil || !r.Caller.May("register.read") {
		return nil
	}
	all, err := s.cfg.Air.Now(r.Context(), r.Caller, r.Now)
	if err != nil {
		return err
	}
	for i := range all {
		n := &all[i]
		if !mine[n.Station.Linked] {
			continue
		}
		st := PointState{Class: "unknown", Why: "还没有小时报"}
		switch {
		case n.Hour != nil && n.Offline:
			st = PointState{Class: "offline", Why: "最近一个小时报已超过 " + spell(s.cfg.Air.Settings().Offline)}
		case n.Hour != nil:
			st = s.airPointState(n.Hour.AQI, n.Hour.Published, n.Hour.Issue, n.Level)
			if why := s.airExceeds(n.Station, n.Hour); why != "" {
				st = PointState{Class: "exceeds", Why: why}
			}
		}
		states[n.Station.Linked] = st
	}
	return nil
}

// airExceeds names the pollutants of an hour that are above their hourly limit
// (GB 3095), for which the index may still be below 100 in an area of class 1.
func (s *Server) airExceeds(st air.Station, h *air.Hour) string {
	var all []string
	for p, v := range h.Values() {
		reading := aqi.Reading{Item: aqi.Item{Pollutant: aqi.Pollutant(p), Averaging: aqi.Hour}, Value: v.Value, Unit: aqi.Pollutant(p).Unit(), Issue: v.Issue}
		if j := s.cfg.Air.Book().Judge(reading, st.Area, dayOn(h.Start())); j.Verdict == standard.Exceeds {
			all = append(all, aqi.Pollutant(p).String())
		}
	}
	if len(all) == 0 {
		return ""
	}
	return strings.Join(all, "、") + " 超过" + st.Area.Name() + "小时浓度限值"
}

// airPointState is the state that the index of an hour gives. One that may not be
// published is unknown, whatever it is.
func (s *Server) airPointState(index int64, published bool, issue standard.Issue, level aqi.Level) PointState {
	switch {
	case !published:
		why := "没有可以发布的 AQI"
		if issue != "" {
			why += "：" + aqi.Text(issue)
		}
		return PointState{Class: "unknown", Why: why}
	case index > 100:
		return PointState{Class: "exceeds", Why: fmt.Sprintf("AQI %d，%s", index, level.Category)}
	}
	return PointState{Class: "meets", Why: fmt.Sprintf("AQI %d，%s", index, level.Category)}
}
