// Command kitchensink shows every component of the style sheet and the scripts
// with invented content, under the same content security policy as the product,
// so that one can look at a change in a browser before any page uses it:
//
//	cd tools && go run ./kitchensink        # then http://127.0.0.1:8765/
//
// The pages are desk.html (a register), matter.html (a matter, forms, notices)
// and wall.html. What stands in them is nobody's data. Nothing of this command is
// part of the product.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"html/template"
	"log"
	"math"
	"net/http"
	"path/filepath"
	"time"
)

const policy = "default-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"

func main() {
	addr := flag.String("addr", "127.0.0.1:8765", "address to listen on")
	root := flag.String("root", "..", "folder of the project")
	flag.Parse()
	mux := http.NewServeMux()
	mux.Handle("/static/", http.StripPrefix("/static/", http.FileServer(http.Dir(filepath.Join(*root, "internal/web/static")))))
	mux.Handle("/layers/", http.StripPrefix("/layers/", http.FileServer(http.Dir(filepath.Join(*root, "catalog/heihe/demo")))))
	mux.HandleFunc("/points.geojson", points)
	mux.HandleFunc("/curve.json", curve)
	mux.HandleFunc("/events", events)
	mux.HandleFunc("/{page}", func(w http.ResponseWriter, r *http.Request) { page(w, r.PathValue("page"), *root) })
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) { page(w, "desk.html", *root) })
	log.Printf("http://%s/", *addr)
	log.Fatal(http.ListenAndServe(*addr, mux))
}

// page reads the templates anew each time, so that a change shows on reload.
func page(w http.ResponseWriter, name, root string) {
	w.Header().Set("Content-Security-Policy", policy)
	dir := filepath.Join(root, "tools/kitchensink/pages")
	t, err := template.ParseFiles(filepath.Join(dir, "layout.html"), filepath.Join(dir, filepath.Base(name)))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	layout := "layout"
	if name == "wall.html" {
		layout = "wall"
	}
	if err := t.ExecuteTemplate(w, layout, map[string]string{"Page": name}); err != nil {
		log.Print(err)
	}
}

// points are invented monitoring points in every state.
func points(w http.ResponseWriter, _ *http.Request) {
	type object = map[string]any
	var features []object
	for i, p := range []struct {
		name, state, text string
		lon, lat          float64
	}{
		{"城东热电 1 号排口", "exceeds", "二氧化硫 62.4 mg/m³，限值 50", 127.46, 50.23},
		{"城东热电 2 号排口", "meets", "二氧化硫 31.0 mg/m³，限值 50", 127.53, 50.20},
		{"滨江污水处理厂", "meets", "化学需氧量 34.2 mg/L，限值 50", 127.55, 50.14},
		{"北安供热站", "warn", "氮氧化物 271 mg/m³，达限值 90%", 126.50, 48.24},
		{"北安乳品厂废水", "meets", "氨氮 2.11 mg/L，限值 5", 126.58, 48.20},
		{"嫩江糖厂锅炉", "unknown", "停运标记，未判定", 125.22, 49.18},
		{"嫩江污水处理厂", "meets", "总磷 0.31 mg/L，限值 0.5", 125.30, 49.12},
		{"五大连池供热", "offline", "09:12 起无数据", 126.20, 48.51},
		{"孙吴热电", "exceeds", "颗粒物 14.6 mg/m³，限值 10", 127.33, 49.42},
		{"逊克矿业尾水", "meets", "铜 0.08 mg/L，限值 0.5", 128.47, 49.57},
		{"逊克供热站", "unknown", "含氧量缺失，无法折算", 128.60, 49.30},
	} {
		features = append(features, object{"type": "Feature",
			"properties": object{"id": i, "name": p.name, "state": p.state, "text": p.text, "url": "/matter.html"},
			"geometry":   object{"type": "Point", "coordinates": []float64{p.lon, p.lat}}})
	}
	reply(w, object{"type": "FeatureCollection", "features": features})
}

// curve is two invented days of hourly means with every kind of blemish.
func curve(w http.ResponseWriter, r *http.Request) {
	start := time.Date(2026, 11, 22, 0, 0, 0, 0, time.FixedZone("CST", 8*3600)).UnixMilli()
	const hour = 3600_000
	var list [][]any
	for i := int64(0); i < 48; i++ {
		at := start + i*hour
		v := 34 + 12*math.Sin(float64(i)/5) + 3*math.Sin(float64(i)*1.7)
		if i >= 38 && i <= 41 {
			v += 22
		}
		text := fmt.Sprintf("%.2f", v)
		switch {
		case i >= 14 && i <= 18:
			list = append(list, []any{at, nil, "", false})
		case i == 26 || i == 27:
			list = append(list, []any{at, text, "C", false})
		case i == 31:
			list = append(list, []any{at, text, "D", false})
		case v > 50:
			list = append(list, []any{at, text, "N", true, "exceeds"})
		default:
			list = append(list, []any{at, text, "N", true})
		}
	}
	if r.URL.Query().Get("empty") != "" {
		list = nil
	}
	reply(w, map[string]any{
		"title": "城东热电 1 号排口 二氧化硫", "unit": "mg/m³", "factor": "a21026", "name": "二氧化硫", "kind": "hour",
		"series":  []any{map[string]any{"name": "折算均值", "points": list}},
		"limits":  []any{map[string]any{"value": "50", "label": "许可限值 50 mg/m³（小时）", "from": start, "to": start + 48*hour}},
		"unknown": []any{[]any{start + 14*hour, start + 19*hour, "无数据"}},
	})
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		log.Print(err)
	}
}

// events keeps a stream open, with an invented reading now and then.
func events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	for i := 1; ; i++ {
		fmt.Fprintf(w, "id: %d\nevent: reading\ndata: {\"point\":7}\n\n", i)
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-time.After(15 * time.Second):
		}
	}
}
