package subject

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"pingzhang/catalog"
)

// listed are the tables whose every row is asked about; see TestEveryRowIsTouched.
var listed = []string{"aqi_breakpoints", "air_limits", "water_gb3838", "soil_gb15618", "soil_gb36600"}

// unlisted are the tables that no script asks about, with the reason.
var unlisted = map[string]string{
	"carbon_targets":  "aims of the nation, for their reader; carbon.TestTargets",
	"carbon_rules":    "clauses without figures",
	"soil_categories": "no category was read; soil.TestCorrections",
	"soil_gbt14848":   "has no rows yet; soil.TestGroundwater",
}

// Each table of the catalog is asked about, or is excused.
func TestEveryTableIsAsked(t *testing.T) {
	entries, err := fs.ReadDir(catalog.FS(""), "standards")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".tsv")
		_, rules := ruled[name]
		_, excused := unlisted[name]
		n := 0
		for _, yes := range []bool{rules, excused, slices.Contains(listed, name), !rules && strings.HasPrefix(name, "emission_")} {
			if yes {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s is in %d of ruled, unlisted, listed and the limits of emissions", name, n)
		}
	}
}

// Each row of the limits of emissions decides a case, at its figure and beyond.
func TestEveryEmissionRowDecides(t *testing.T) {
	judge := open(t)["emission.judge"]
	limit := open(t)["emission.limit"]
	verdicts := map[string]map[string]bool{} // by row
	for _, s := range shipped(t) {
		for _, c := range s.Cases {
			ask := judge
			switch c.Subject {
			case "emission.limit":
				ask = limit
			case "emission.judge":
			default:
				continue
			}
			given := map[string]string{}
			for _, in := range c.Given {
				given[in.Key] = in.Value
			}
			got, err := ask(given, c.At)
			if err != nil {
				continue
			}
			// A key may hold the mark that parts several.
			for _, row := range append(strings.Split(got["row"], "、"), got["row"]) {
				if verdicts[row] == nil {
					verdicts[row] = map[string]bool{}
				}
				verdicts[row][got["verdict"]] = true
			}
		}
	}
	entries, err := fs.ReadDir(catalog.FS(""), "standards")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".tsv")
		if _, rules := ruled[name]; rules || !strings.HasPrefix(name, "emission_") {
			continue
		}
		for _, r := range records(t, name) {
			rows++
			got := verdicts[r["key"]]
			switch figures := r["max"] != "" || r["min"] != ""; {
			case got == nil:
				t.Errorf("no case rests on %s of %s", r["key"], name)
			case figures && !got["exceeds"]:
				t.Errorf("no case exceeds %s of %s", r["key"], name)
			case figures && r["strict"] == "" && r["words"] == "" && !got["meets"]:
				t.Errorf("no case meets %s of %s", r["key"], name)
			}
		}
	}
	if rows < 900 {
		t.Errorf("%d rows", rows)
	}
}
