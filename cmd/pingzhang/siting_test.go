package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pingzhang/internal/fault"
)

const unitsGeoJSON = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"ZH-W"},"geometry":{"type":"Polygon","coordinates":[[[127,50],[127.4,50],[127.4,50.4],[127,50.4],[127,50]]]}},
{"type":"Feature","properties":{"code":"ZH-E"},"geometry":{"type":"Polygon","coordinates":[[[127.4,50],[127.8,50],[127.8,50.4],[127.4,50.4],[127.4,50]]]}}]}`

// printed runs a siting check on two files and returns what it prints.
func printed(t *testing.T, name, content string, c sitingCmd) (string, error) {
	t.Helper()
	dir := t.TempDir()
	c.Zones, c.File = filepath.Join(dir, "zones.geojson"), filepath.Join(dir, name)
	for path, text := range map[string]string{c.Zones: unitsGeoJSON, c.File: content} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stdout
	os.Stdout = w
	failed := c.Run()
	os.Stdout = was
	w.Close()
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out), failed
}

func TestSiting(t *testing.T) {
	out, err := printed(t, "p.txt", "J1,5560000,42600000\nJ2,5560100,42600000\nJ3,5560100,42600100\nJ4,5560000,42600100\n", sitingCmd{JSON: true, Near: 10})
	if err != nil {
		t.Fatal(err)
	}
	var p sitedProject
	if err := json.NewDecoder(bytes.NewBufferString(out)).Decode(&p); err != nil {
		t.Fatal(err)
	}
	if len(p.Zones) != 2 || p.Zones[0].Code != "ZH-E" || math.Abs(p.Zones[0].AreaM2-7057.44) > 0.01 || p.Zones[0].Sliver ||
		math.Abs(p.Zones[0].Share+p.Zones[1].Share-1) > 1e-6 || math.Abs(p.AreaM2-9997.54) > 0.01 {
		t.Errorf("%s", out)
	}
	codes := ""
	for _, i := range p.Issues {
		codes += i.Code + " "
	}
	if !strings.Contains(codes, "system_assumed") || strings.Contains(codes, "areas_differ") {
		t.Errorf("issues %s", codes)
	}

	degrees := "50.25 127.395\n50.25 127.41\n50.26 127.41\n"
	if out, err := printed(t, "p.txt", degrees, sitingCmd{JSON: true}); out != "" || !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "--crs gcj02") {
		t.Errorf("degrees without a system: %q, %v", out, err)
	}
	if out, err := printed(t, "p.txt", degrees, sitingCmd{CRS: "gcj02"}); err != nil || !strings.Contains(out, "ZH-E") {
		t.Errorf("with an answer: %q, %v", out, err)
	}
	two := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"好"},"geometry":{"type":"Polygon","coordinates":[[[127.1,50.1],[127.2,50.1],[127.2,50.2],[127.1,50.1]]]}},
{"type":"Feature","properties":{"name":"坏"},"geometry":{"type":"Polygon","coordinates":[[[127.1,50.1],[127.2,50.1],[127.1,50.1],[127.1,50.1]]]}}]}`
	if out, err := printed(t, "p.geojson", two, sitingCmd{}); err == nil || !strings.Contains(out, "好\t") || !strings.Contains(out, "坏\t第 2 个要素\t不能使用\t") {
		t.Errorf("one bad of two: %q, %v", out, err)
	}
}
