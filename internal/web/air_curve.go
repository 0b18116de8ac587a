package web

import (
	"encoding/json"
	"net/http"
)

// airTrend answers with the curve of the index of a place over the last day, and
// of the same hours of the year before.
func (s *Server) airTrend(w http.ResponseWriter, r *request) error {
	all, err := s.cfg.Air.Now(r.Context(), r.Caller, r.Now)
	if err != nil {
		return err
	}
	d, err := s.readAirDay(r, all)
	if err != nil {
		return err
	}
	place, _, err := choosePlace(r, s.airPlaces(r, d.stations))
	if err != nil {
		return err
	}
	c := curveJSON{
		Title: place.Name + " AQI", Factor: "AQI", Name: "AQI", Kind: "hour", Unknown: [][3]any{},
		Limits: []curveLimit{{Value: "100", Label: "AQI 100（优良上限）"}},
	}
	var now, then airLine
	for at := d.end - (airTrendHours-1)*3600; at <= d.end; at += 3600 {
		h := s.hourOf(place, d.stations, at, d.hours)
		now.add(at, indexText(h), h.Published && h.Index > 100)
		then.add(at, indexText(s.thenOf(place, d, at)), false)
	}
	c.Series = []curveSeries{{"AQI", now.points()}, {"去年同期 AQI", then.points()}}
	c.Unknown = now.unknown()
	return sendCurve(w, c)
}

// indexText is the index of an hour; empty where none is known.
func indexText(h placeHour) string {
	if !h.Published {
		return ""
	}
	return h.AQI
}

func sendCurve(w http.ResponseWriter, c curveJSON) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(c)
}

// airLine is a line of hours that follow one another.
type airLine struct {
	all  []any
	gaps [][3]any
	gap  bool // that hour was unknown
}

// add adds an hour; text is empty where its value is unknown.
func (l *airLine) add(at int64, text string, exceeds bool) {
	ms := at * 1000
	switch {
	case text == "":
		l.all = append(l.all, []any{ms, nil, "", false})
		if l.gap {
			l.gaps[len(l.gaps)-1][1] = ms + 3600000
		} else {
			l.gaps = append(l.gaps, [3]any{ms, ms + 3600000, "未知"})
		}
	case exceeds:
		l.all = append(l.all, []any{ms, text, "", true, "exceeds"})
	default:
		l.all = append(l.all, []any{ms, text, "", true})
	}
	l.gap = text == ""
}

func (l *airLine) points() json.RawMessage {
	if l.all == nil {
		return json.RawMessage("[]")
	}
	b, _ := json.Marshal(l.all) // texts and numbers always have a form
	return b
}

func (l *airLine) unknown() [][3]any {
	if l.gaps == nil {
		return [][3]any{}
	}
	return l.gaps
}
