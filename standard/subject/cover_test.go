package subject

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"pingzhang/standard/script"
)

// TestEveryRowIsTouched looks for a case that asks for each figure of the tables,
// on a day on which its row was in force.
func TestEveryRowIsTouched(t *testing.T) {
	asked := map[string][]script.Case{}
	for _, s := range shipped(t) {
		for _, c := range s.Cases {
			asked[c.Subject] = append(asked[c.Subject], c)
		}
	}
	var tables []string
	touched := func(r record, inputs map[string]string, subjects ...string) bool {
		for _, name := range subjects {
			if slices.ContainsFunc(asked[name], func(c script.Case) bool {
				return r.covers(string(c.At)) && gives(t, c, inputs)
			}) {
				return true
			}
		}
		return false
	}
	for _, tt := range []struct {
		table    string
		subjects []string
		inputs   func(r record) []map[string]string // one for each figure of the row
	}{
		{"aqi_breakpoints", []string{"air.iaqi"}, func(r record) []map[string]string {
			return []map[string]string{{"污染物": r["pollutant"], "时段": averagingNames[r["averaging"]], "数值": amount(r["concentration"], r["unit"])}}
		}},
		{"air_limits", []string{"air.limit"}, func(r record) []map[string]string {
			base := map[string]string{"污染物": r["pollutant"], "时段": averagingNames[r["averaging"]]}
			if r["stage"] == "reference" {
				return []map[string]string{base}
			}
			return []map[string]string{
				with(base, "功能区", "一类区", "数值", amount(r["class1"], r["unit"])), with(base, "功能区", "二类区", "数值", amount(r["class2"], r["unit"])),
			}
		}},
		{"water_gb3838", []string{"water.class", "water.limit"}, func(r record) []map[string]string {
			base := map[string]string{"项目": r["item"]}
			if r["body"] == "lake" {
				base["水体"] = "湖库"
			}
			if r["limit"] == "" {
				return []map[string]string{base}
			}
			all := []map[string]string{with(base, "数值", amount(r["limit"], r["unit"]))}
			if r["limit_max"] != "" {
				all = append(all, with(base, "数值", r["limit_max"]))
			}
			return all
		}},
		{"soil_gb15618", []string{"soil.farmland"}, func(r record) []map[string]string {
			base := map[string]string{"项目": r["item"], "数值": amount(r["limit"], r["unit"])}
			if use := useNames[r["land_use"]]; use != "" {
				base["用地"] = use
			}
			var all []map[string]string
			for _, ph := range phOf(t, r) {
				if ph == nil {
					return []map[string]string{base}
				}
				all = append(all, with(base, "pH", written(ph)))
			}
			return all
		}},
		{"soil_gb36600", []string{"soil.development"}, func(r record) []map[string]string {
			var all []map[string]string
			for column, class := range map[string]string{
				"screen_class1": "第一类用地", "screen_class2": "第二类用地", "intervention_class1": "第一类用地", "intervention_class2": "第二类用地",
			} {
				if r[column] != "" {
					all = append(all, map[string]string{"项目": r["item"], "用地": class, "数值": amount(r[column], r["unit"])})
				}
			}
			return all
		}},
	} {
		tables = append(tables, tt.table)
		t.Run(tt.table, func(t *testing.T) {
			for _, r := range records(t, tt.table) {
				for _, inputs := range tt.inputs(r) {
					if !touched(r, inputs, tt.subjects...) {
						t.Errorf("no case asks about row %s with %v", r["key"], inputs)
					}
				}
			}
		})
	}
	if !slices.Equal(tables, listed) {
		t.Errorf("the tables are %v", tables)
	}
}

// with is base with more keys and values.
func with(base map[string]string, more ...string) map[string]string {
	all := map[string]string{}
	for k, v := range base {
		all[k] = v
	}
	for i := 0; i < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

// covers reports whether the row was in force on a day.
func (r record) covers(day string) bool {
	return day != "" && (r["from"] == "" || r["from"] <= day) && (r["to"] == "" || day <= r["to"])
}

// gives reports whether the case has just these values, numbers compared as
// numbers.
func gives(t *testing.T, c script.Case, inputs map[string]string) bool {
	for key, want := range inputs {
		i := slices.IndexFunc(c.Given, func(in script.Input) bool { return in.Key == key })
		if i < 0 || !same(c.Given[i].Value, want) {
			return false
		}
	}
	return true
}

func same(a, b string) bool {
	x, unit, _ := strings.Cut(a, " ")
	y, other, _ := strings.Cut(b, " ")
	p, ok := new(big.Rat).SetString(x)
	q, ok2 := new(big.Rat).SetString(y)
	return a == b || ok && ok2 && unit == other && p.Cmp(q) == 0
}
