package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
)

// geoType is the type of GeoJSON (RFC 7946).
const geoType = "application/geo+json; charset=utf-8"

// Layers are the ground of the map: counties, rivers and places, as GeoJSON.
type Layers struct {
	files map[string]*layer
	note  string
}

// LoadLayers reads counties.geojson, rivers.geojson and places.geojson from dir.
// The member note of the counties is what every map says of its ground. A layer
// that is not there stays empty; one that is no JSON is an error.
func LoadLayers(dir fs.FS) (*Layers, error) {
	l := &Layers{files: map[string]*layer{}}
	for _, name := range []string{"counties", "rivers", "places"} {
		body, err := fs.ReadFile(dir, name+".geojson")
		if err != nil {
			body = []byte(`{"type":"FeatureCollection","features":[]}`)
		}
		var head struct {
			Note string `json:"note"`
		}
		if err := json.Unmarshal(body, &head); err != nil {
			return nil, fmt.Errorf("map layer %s: %w", name, err)
		}
		if name == "counties" {
			l.note = head.Note
		}
		l.files[name] = newLayer(body)
	}
	return l, nil
}

// mapNote is what every map says of its ground.
func (s *Server) mapNote() string {
	if s.cfg.Monitoring.Layers == nil {
		return "没有配置底图"
	}
	return s.cfg.Monitoring.Layers.note
}

// mapLayer answers with a layer of the ground.
func (s *Server) mapLayer(name string) action {
	return func(w http.ResponseWriter, r *request) error {
		if s.cfg.Monitoring.Layers == nil {
			w.Header().Set("Content-Type", geoType)
			_, err := w.Write([]byte(`{"type":"FeatureCollection","features":[]}`))
			return err
		}
		return s.cfg.Monitoring.Layers.files[name].serve(w, r)
	}
}

// layer is one file of them, held plain and compressed.
type layer struct {
	body, gz []byte
	tag      string
}

func newLayer(body []byte) *layer {
	sum := sha256.Sum256(body)
	var z bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	zw.Write(body)
	zw.Close()
	return &layer{body, z.Bytes(), `"` + hex.EncodeToString(sum[:6]) + `"`}
}

func (l *layer) serve(w http.ResponseWriter, r *request) error {
	h := w.Header()
	h.Set("Content-Type", geoType)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", l.tag)
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == l.tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	body := l.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = l.gz
	}
	w.Write(body)
	return nil
}
