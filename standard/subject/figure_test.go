package subject

import (
	"io/fs"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/standard"
	"pingzhang/standard/air"
	"pingzhang/standard/carbon"
	"pingzhang/standard/emission"
	"pingzhang/standard/script"
	"pingzhang/standard/soil"
	"pingzhang/standard/water"
)

// ruled are the tables of rules, with the subjects that ask about them. The tables
// of limits are listed row by row by the generated scripts; see
// TestEveryRowIsTouched.
var ruled = map[string][]string{
	"aqi_rules": {"air.iaqi", "air.aqi"}, "aqi_levels": {"air.iaqi", "air.aqi"}, "air_validity": {"air.validity", "air.city", "air.year"},
	"air_evaluation": {"air.year", "air.composite"}, "heavy_pollution": {"air.warning", "air.lifting"},
	"water_evaluation": {"water.class", "water.limit", "water.section", "water.river", "water.lake", "water.trend", "water.source", "water.trophic", "water.cwqi"},
	"auto_monitoring":  {"monitor.validity", "emission.mark"}, "emission_rules": {"emission.mark", "emission.furnace", "emission.convert"},
	"emission_substitution": {"emission.substitute"}, "carbon_fuel": {"carbon.fuel"}, "carbon_grid": {"carbon.grid"}, "ecology_quality": {"index.eqi"},
}

// unasked are the figures of which a step makes no difference that a script could
// see, with the reason: by table and row, by table and column, by table, row and
// column; + or - behind it means a step up or down alone. What is asked about must
// not be here.
var unasked = map[string]string{
	"aqi_levels.cmyk":                                    "a colour for print; air.TestLevels",
	"aqi_levels.low":                                     "the level is found by its upper end, and levels must join",
	"aqi_levels/hj633-2012.level.6.high":                 "above the last level is the last level",
	"aqi_levels/hj633-2026.level.6.high":                 "above the last level is the last level",
	"aqi_rules/hj633-2012.range":                         "the last corner of every column is the end of the range",
	"aqi_rules/hj633-2026.range":                         "the last corner of every column is the end of the range",
	"aqi_rules/hj633-2026.above.so2.1h.above-":           "at the last corner the index is 200 either way",
	"aqi_rules/hj633-2026.above.o3.8h.above-":            "at the last corner the index is 300 either way",
	"aqi_rules/hj633-2026.not_monitored":                 "three years of reports make no script; air.TestExcused",
	"air_validity/gb3095-2026.annual.manual.days.value-": "5 a month are 60 a year",
	"air_validity/gb3095-2012.annual.manual.days.value-": "5 a month are 60 a year",
	"air_validity/gb3095-2026.quarter.pb.days.value-":    "5 a month are 15 a quarter",
	"air_validity/gb3095-2012.quarter.pb.days.value-":    "5 a month are 15 a quarter",
	"air_validity/gb3095-2026.day.manual.hours":          "how long was sampled by hand is the user's to say; see Clauses of air",
	"air_validity/gb3095-2012.day.manual.hours":          "how long was sampled by hand is the user's to say; see Clauses of air",
	"air_validity/hj663-2013.o3.windows.first-":          "a window that ends before 8 begins the day before, and the question is of one day",
	"air_validity/hj663-2026.o3.windows.first-":          "a window that ends before 8 begins the day before, and the question is of one day",
	"heavy_pollution.alternative":                        "a name for what belongs together",
	"heavy_pollution.hours-":                             "runs are of whole days",
	"heavy_pollution/hdq2024-6.basis":                    "what a day is; the user gives the days",
	"heavy_pollution/hdq2024-6.lift":                     "more than 35, 36 or 37 hours are two whole days; air.TestLift",
	"water_evaluation/参评项目":                              "how many the rated items of water_gb3838 are",
	"water_evaluation/饮用水源-参评项目":                         "how many the rated items of water_gb3838 are",
	"water_evaluation/河流比例-良好.upper":                     "the row before decides, which has the same figure",
	"water_evaluation/河流比例-轻度污染.value-":                  "a share is not below 0",
	"water_evaluation/河流比例-中度污染.value-":                  "the row before decides, which has the same figure",
	"water_evaluation/河流比例-重度污染.value-":                  "the row before decides, which has the same figure",
	"water_evaluation/最少次数-月.value-":                     "without any result there is nothing to evaluate",
	"water_evaluation/趋势-比例-有所.value":                    "the row before decides, which has the same figure",
	"water_evaluation/趋势-比例-明显.value":                    "the row before decides, which has the same figure",
	"water_evaluation/TLI-权重":                            "what the weights of the other rows were reckoned from",
	"water_evaluation/TLI-中营养.value":                     "the row before decides, which has the same figure",
	"water_evaluation/TLI-轻度富营养.value":                   "the row before decides, which has the same figure",
	"water_evaluation/TLI-中度富营养.value":                   "the row before decides, which has the same figure",
	"water_evaluation/TLI-重度富营养.value":                   "the row before decides, which has the same figure",
	"auto_monitoring/人工标记截止":                             "an hour of the clock, for whoever waits for marks; standard.TestShippedRules",
	"auto_monitoring/燃煤锅炉-基准含氧量":                         "for the forms of limits; each row of emission_gb… has its own",
	"auto_monitoring/燃油、燃气锅炉-基准含氧量":                      "for the forms of limits; each row of emission_gb… has its own",
	"auto_monitoring/火电厂燃煤锅炉-基准含氧量":                      "for the forms of limits; each row of emission_gb… has its own",
	"auto_monitoring/火电厂燃油、燃气锅炉-基准含氧量":                   "for the forms of limits; each row of emission_gb… has its own",
	"auto_monitoring/火电厂燃气轮机组-基准含氧量":                     "for the forms of limits; each row of emission_gb… has its own",
	"auto_monitoring/生活垃圾焚烧炉-基准含氧量":                      "for the forms of limits; each row of emission_gb… has its own",
	"emission_rules/火电-评价负荷":                             "for its reader; see Clauses of emission",
	"emission_rules/污水处理厂日均值取样间隔":                        "for its reader; see Clauses of emission",
	"emission_rules/焚烧炉-年豁免时数":                           "for its reader; see Clauses of emission",
	"emission_substitution.gap_hours-":                   "a gap has at least an hour, and up to 24 the row before decides",
	"emission_substitution/废气-捕集率75至90.capture_percent+": "from 90 on the rows before decide",
	"carbon_grid/东北区域-2023.year":                         "there is no factor in any year",
	"ecology_quality.high+":                              "the class before decides, whose lower end is the same figure",
	"ecology_quality.low-":                               "the change before decides, whose upper end is the same figure, and a change is not below 0",
	"ecology_quality/EQI-全国-2021":                        "published; carbon.TestClasses",
	"ecology_quality/EQI-全国-2024":                        "published; carbon.TestClasses",
}

// number finds the numbers of a cell, which may be an interval or a list.
var number = regexp.MustCompile(`-?[0-9]+(?:\.[0-9]+)?`)

// TestEveryFigureDecides changes each number in the tables of rules by one in its
// last place, up and down. Some case must then fail, or the table be refused: so
// both sides of each boundary are asked about.
func TestEveryFigureDecides(t *testing.T) {
	tables := map[string]*standard.Table{}
	entries, err := fs.ReadDir(catalog.FS(""), "standards")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		table, err := standard.LoadTable(catalog.FS(""), "standards/"+e.Name())
		if err != nil {
			t.Fatal(err)
		}
		tables[table.Name] = table
	}
	whole, err := bound(tables)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string][]script.Case{}
	for _, s := range shipped(t) {
		for _, c := range s.Cases {
			asked[c.Subject] = append(asked[c.Subject], c)
		}
	}
	used := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(ruled)) {
		t.Run(name, func(t *testing.T) {
			table := tables[name]
			s := &script.Script{}
			for _, subject := range ruled[name] {
				s.Cases = append(s.Cases, asked[subject]...)
			}
			for _, row := range table.Rows() {
				for _, column := range table.Columns {
					for _, cell := range changed(row.Cell(column)) {
						next, err := table.With(standard.Correction{Key: row.Key, Cells: map[string]string{column: cell.text}, By: "a", Reason: "b", At: "c"})
						if err != nil {
							t.Fatal(err)
						}
						if told(t, whole, tables, next, s) {
							continue
						}
						if key := excuse(name, row.Key, column, cell.way); key != "" {
							used[key] = true
						} else {
							t.Errorf("row %s: %s %s instead of %s, and no case fails", row.Key, column, cell.text, row.Cell(column))
						}
					}
				}
			}
		})
	}
	for key := range unasked {
		if !used[key] {
			t.Errorf("%s is excused and is not there", key)
		}
	}
}

// excuse is the key of unasked for a step up (+) or down (-) of a figure.
func excuse(table, row, column, way string) string {
	for _, key := range []string{table + "/" + row, table + "." + column, table + "/" + row + "." + column} {
		for _, key := range []string{key, key + way} {
			if unasked[key] != "" {
				return key
			}
		}
	}
	return ""
}

// told reports whether a case fails by a changed table, or the table is refused.
func told(t *testing.T, whole books, tables map[string]*standard.Table, next *standard.Table, s *script.Script) bool {
	t.Helper()
	all := maps.Clone(tables)
	all[next.Name] = next
	b, err := rebound(whole, all, next.Name)
	if err != nil {
		return true
	}
	subjects := script.Subjects{}
	for _, topic := range topics() {
		subjects[topic.Name] = topic.subject(b)
	}
	for _, c := range s.Cases { // one by one, to stop at the first
		if !script.Run(&script.Script{Cases: []script.Case{c}}, subjects).Passed() {
			return true
		}
	}
	return false
}

// A change is the text of a cell with one of its numbers a step higher (+) or lower
// (-).
type change struct{ text, way string }

// changed are the changes of a cell.
func changed(cell string) []change {
	if strings.ContainsAny(cell, ":/") && !strings.HasPrefix(cell, "(") { // 12:00, O3/1h
		return nil
	}
	if strings.HasPrefix(cell, "#") || len(number.FindAllString(cell, -1)) > 0 && strings.ContainsFunc(cell, func(r rune) bool { return r > 0x2e80 || r >= 'A' && r <= 'z' && r != '[' && r != ']' }) {
		return nil // words, colours, names
	}
	var all []change
	for _, at := range number.FindAllStringIndex(cell, -1) {
		x, ok := new(big.Rat).SetString(cell[at[0]:at[1]])
		if !ok {
			continue
		}
		small := step(decimals(cell[at[0]:at[1]]))
		for way, y := range map[string]*big.Rat{"+": add(x, small), "-": sub(x, small)} {
			all = append(all, change{cell[:at[0]] + y.FloatString(decimals(cell[at[0]:at[1]])) + cell[at[1]:], way})
		}
	}
	return all
}

// bound makes the libraries of tables.
func bound(tables map[string]*standard.Table) (books, error) {
	var b books
	for _, name := range []string{"air_limits", water.LimitTable, soil.FarmlandTable, emission.RuleTable, carbon.GridTable} {
		var err error
		if b, err = rebound(b, tables, name); err != nil {
			return b, err
		}
	}
	return b, nil
}

// rebound makes anew the library that a table belongs to.
func rebound(b books, tables map[string]*standard.Table, name string) (books, error) {
	var err error
	switch {
	case slices.Contains(air.Tables, name):
		b.air, err = air.New(slices.Collect(maps.Values(tables))...)
	case strings.HasPrefix(name, "water"):
		b.water, err = water.New(water.Tables{Limits: tables[water.LimitTable], Evaluation: tables[water.EvaluationTable]})
	case strings.HasPrefix(name, "soil"):
		b.soil, err = soil.New(soil.Tables{
			Farmland: tables[soil.FarmlandTable], Development: tables[soil.DevelopmentTable], Groundwater: tables[soil.GroundwaterTable], Categories: tables[soil.CategoryTable],
		})
	case strings.HasPrefix(name, "carbon"), strings.HasPrefix(name, "ecology"):
		b.carbon, err = carbon.New(carbon.Tables{
			Grid: tables[carbon.GridTable], Fuel: tables[carbon.FuelTable], Targets: tables[carbon.TargetTable], Rules: tables[carbon.RuleTable], Ecology: tables[carbon.EcologyTable],
		})
	default:
		all := emission.Tables{Rules: tables[emission.RuleTable], Substitution: tables[emission.SubstitutionTable], Monitoring: tables[standard.RulesTable]}
		for _, n := range slices.Sorted(maps.Keys(tables)) {
			if strings.HasPrefix(n, "emission_") && n != emission.RuleTable && n != emission.SubstitutionTable {
				all.Limits = append(all.Limits, tables[n])
			}
		}
		b.emission, err = emission.New(all)
	}
	return b, err
}
