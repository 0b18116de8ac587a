package web

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// airMap answers with the stations in use as the map shows them: by the level of
// their latest index; those that are offline or unknown have no colour.
func (s *Server) airMap(w http.ResponseWriter, r *request) error {
	all, err := s.cfg.Air.Now(r.Context(), r.Caller, r.Now)
	if err != nil {
		return err
	}
	features := []pointFeature{}
	for i := range all {
		n := &all[i]
		if n.Station.Lon == nil || n.Station.Lat == nil {
			continue
		}
		p := map[string]any{"name": n.Station.Name, "url": airStationPath(n.Station.ID)}
		h := s.stationHour(0, n.Hour)
		switch {
		case n.Hour == nil:
			p["state"], p["label"], p["text"] = "unknown", "未知", "从未收到数据"
		case n.Offline:
			p["state"], p["label"], p["text"] = "offline", "离线", "最近小时报 "+hourName(n.Hour.At)
		case h.Level.Number == 0:
			p["state"], p["label"], p["text"] = "unknown", "未知", h.Why
		default:
			p["state"], p["label"] = fmt.Sprintf("aqi-%d", h.Level.Number), h.Level.Text
			p["text"], p["value"] = fmt.Sprintf("AQI %s，首要污染物 %s，%s", h.AQI, h.Primary, hourName(n.Hour.At)), h.AQI
		}
		features = append(features, pointFeature{"Feature", n.Station.ID, p, map[string]any{"type": "Point", "coordinates": [2]float64{*n.Station.Lon, *n.Station.Lat}}})
	}
	w.Header().Set("Content-Type", geoType)
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(map[string]any{"type": "FeatureCollection", "features": features})
}
