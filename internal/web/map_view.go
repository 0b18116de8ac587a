package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"pingzhang/internal/register"
	"pingzhang/standard"
)

func (s *Server) mapRoutes() []route {
	return []route{
		{"GET /map", "monitor.read", s.mapView},
		{"GET /map/points.geojson", "monitor.read", s.mapPoints},
		{"GET /map/counties.geojson", "monitor.read", s.mapLayer("counties")},
		{"GET /map/rivers.geojson", "monitor.read", s.mapLayer("rivers")},
		{"GET /map/places.geojson", "monitor.read", s.mapLayer("places")},
	}
}

type mapPage struct {
	shell
	Note    string
	MapNote string
	Points  []mapPoint
}

type mapPoint struct {
	ID             int64
	Name, Division string
	Located        bool
	State          stateView
}

// mapView shows the map with the list of the same points beside it.
func (s *Server) mapView(w http.ResponseWriter, r *request) error {
	all, err := s.overviews(r, nil)
	if err != nil {
		return err
	}
	at, err := s.placesOf(r)
	if err != nil {
		return err
	}
	v := mapPage{shell: s.shell(r, "点位地图", "/map"), Note: "颜色和形状表示点位当前状态；没有数据的显示为未知。", MapNote: s.mapNote()}
	byState(all)
	for _, o := range all {
		_, located := at[o.ID]
		v.Points = append(v.Points, mapPoint{o.ID, titleOf(&o), s.cfg.Divisions.NameOf(o.Division), located, stateOf(o.State.Class)})
	}
	return s.render(w, r, "map", v)
}

// titleOf names a point with its enterprise.
func titleOf(o *pointOverview) string { return strings.TrimSpace(o.Owner + " " + o.Name) }

// byState puts what wants looking at first.
func byState(all []pointOverview) {
	slices.SortStableFunc(all, func(a, b pointOverview) int { return stateRank(a.State.Class) - stateRank(b.State.Class) })
}

// placesOf returns where the points stand that have a place, or whose outlet or
// enterprise has one: longitude and latitude in degrees.
func (s *Server) placesOf(r *request) (map[int64][2]float64, error) {
	b, err := s.cfg.Register.GeoJSON(r.Context(), r.Caller, register.PointEntry)
	if err != nil {
		return nil, err
	}
	var all struct {
		Features []struct {
			ID       int64 `json:"id"`
			Geometry struct {
				Coordinates [2]float64 `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, err
	}
	at := map[int64][2]float64{}
	for _, f := range all.Features {
		at[f.ID] = f.Geometry.Coordinates
	}
	return at, nil
}

type pointFeature struct {
	Type       string         `json:"type"`
	ID         int64          `json:"id"`
	Properties map[string]any `json:"properties"`
	Geometry   map[string]any `json:"geometry"`
}

// mapPoints answers with the points that the caller sees, or those of one
// enterprise.
func (s *Server) mapPoints(w http.ResponseWriter, r *request) error {
	enterprise := r.int("enterprise")
	all, err := s.overviews(r, func(p register.Point) bool { return enterprise == 0 || p.Enterprise == enterprise })
	if err != nil {
		return err
	}
	at, err := s.placesOf(r)
	if err != nil {
		return err
	}
	features := []pointFeature{}
	for i := range all {
		o := &all[i]
		place, ok := at[o.ID]
		if !ok {
			continue
		}
		p := map[string]any{"name": titleOf(o), "state": stateOf(o.State.Class).Class, "url": pointAddress(o.ID), "text": o.summary()}
		features = append(features, pointFeature{"Feature", o.ID, p, map[string]any{"type": "Point", "coordinates": place}})
	}
	w.Header().Set("Content-Type", geoType)
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(map[string]any{"type": "FeatureCollection", "features": features})
}

// summary says of a point in one line what its state comes from.
func (o *pointOverview) summary() string {
	if v := o.exceeding(); v != nil {
		return exceedText(o, v)
	}
	if o.State.Why != "" {
		return o.State.Why
	}
	for _, f := range o.factorsOf(1) {
		text := f.Name + " " + f.Value + " " + f.Unit
		if f.Limit != "" {
			text += "，限值 " + f.Limit
		}
		return text
	}
	return "没有数据"
}

// exceeding returns the verdict that is furthest above its limit, or nil.
func (o *pointOverview) exceeding() *PointVerdict {
	var worst *PointVerdict
	for i := range o.State.Factors {
		v := &o.State.Factors[i]
		if v.Judgement.Verdict != standard.Exceeds {
			continue
		}
		a := v.Judgement.Multiple
		if worst == nil || a.IsSet() && (!worst.Judgement.Multiple.IsSet() || a.Cmp(worst.Judgement.Multiple) > 0) {
			worst = v
		}
	}
	return worst
}

func exceedText(o *pointOverview, v *PointVerdict) string {
	return fmt.Sprintf("%s %s，限值 %s", factorName(v.Factor), valueWithUnit(v.Judgement), judgedLimit(v.Judgement))
}

// valueWithUnit writes what was compared, with as many decimals as keep it apart
// from the limit.
func valueWithUnit(j standard.Judgement) string {
	text := j.Value.String()
	if !j.Value.Terminates() || len(text) > 9 {
		digits := 2
		for digits < 6 && (same(j.Value.Rounded(digits), j.Limit.Max) || same(j.Value.Rounded(digits), j.Limit.Min)) {
			digits++
		}
		text = j.Value.Round(digits)
	}
	return text + " " + string(j.Limit.Unit)
}

func same(a, b standard.Exact) bool { return a.IsSet() && b.IsSet() && a.Cmp(b) == 0 }

// judgedLimit writes the figures that a value was compared with.
func judgedLimit(j standard.Judgement) string {
	return limitText(register.Limit{Min: j.Limit.Min.String(), Max: j.Limit.Max.String()})
}

// entryMonitoring adds what the readings say to the page of an entry.
func (s *Server) entryMonitoring(r *request, e register.Entry, v *entryPage) error {
	if r.Caller.May("monitor.read") {
		var states []string
		switch e.Register {
		case register.PointEntry:
			st, err := s.statesOf(r, register.PointOf(e))
			if err != nil {
				return err
			}
			states = append(states, st[e.ID].Class)
		case register.Enterprise, register.Outlet:
			all, err := s.overviews(r, func(p register.Point) bool { return p.Enterprise == e.ID || p.Outlet == e.ID })
			if err != nil {
				return err
			}
			for _, o := range all {
				states = append(states, o.State.Class)
			}
		}
		if len(states) > 0 {
			v.State = stateOf(slices.MinFunc(states, func(a, b string) int { return stateRank(a) - stateRank(b) }))
		}
	}
	enterprise := e.Enterprise
	if e.Register == register.Enterprise {
		enterprise = e.ID
	}
	return s.entryMatters(r, enterprise, v)
}
