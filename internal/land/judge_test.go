package land_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/land"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	"pingzhang/standard/soil"
)

// oracle is a table of the catalog read on its own, without package standard.
func oracle(t testing.TB, name string) (rows []map[string]string) {
	t.Helper()
	data, err := catalog.FS("").Open("standards/" + name + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	r := csv.NewReader(data)
	r.Comma, r.Comment, r.LazyQuotes = '\t', '#', true
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func rat(t testing.TB, text string) *big.Rat {
	t.Helper()
	x, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return x
}

// around are texts just below, at and just above a figure.
func around(t testing.TB, figure string) []string {
	x, step := rat(t, figure), big.NewRat(1, 1_000_000_000_000)
	return []string{new(big.Rat).Sub(x, step).FloatString(12), figure, new(big.Rat).Add(x, step).FloatString(12)}
}

// TestPlotOracle judges every item of GB 36600 at both sides of every figure of
// both classes, and compares with fractions reckoned here.
func TestPlotOracle(t *testing.T) {
	b := newBench(t, sqlite(t))
	table := oracle(t, "soil_gb36600")
	for class, column := range map[string]string{"1": "1", "2": "2", "unclear": "1"} {
		p := b.plot("PLOT-"+class, "land_class", class)
		lines, want, value := []string{long}, map[string]land.State{}, map[string][2]string{}
		for i, row := range table {
			low, high := row["screen_class"+column], row["intervention_class"+column]
			for j, text := range append(around(t, low), around(t, high)...) {
				code := fmt.Sprintf("%d-%d", i, j)
				x := rat(t, text)
				want[code] = land.Good
				if x.Cmp(rat(t, low)) > 0 {
					want[code] = land.Over
				}
				if x.Cmp(rat(t, high)) > 0 {
					want[code] = land.Severe
				}
				value[code] = [2]string{text, low}
				lines = append(lines, fmt.Sprintf("PLOT-%s,%s,S,0-20cm,2026-05-10,%q,%s,mg/kg", class, code, row["item"], text))
			}
		}
		if in := b.read(land.Plot, lines...); in.Wrong != 0 || in.New != len(table)*6 {
			t.Fatalf("%d of %d, %v", in.New, len(table)*6, in.Problems[:min(3, len(in.Problems))])
		}
		r := b.results(p.ID, "")
		checked := 0
		for _, s := range r.Samples {
			for item, v := range s.Verdicts {
				checked++
				if v.State != want[s.Code] {
					t.Errorf("class %s, %s at %s: %s; want %s", class, item, value[s.Code][0], v.State, want[s.Code])
				}
				multiple := new(big.Rat).Sub(new(big.Rat).Quo(rat(t, value[s.Code][0]), rat(t, value[s.Code][1])), big.NewRat(1, 1))
				switch {
				case multiple.Sign() <= 0 && v.Multiple != "":
					t.Errorf("%s at %s has the multiple %s", item, value[s.Code][0], v.Multiple)
				case multiple.Sign() > 0 && rat(t, v.Multiple).Cmp(multiple) != 0:
					t.Errorf("%s at %s: multiple %s; want %s", item, value[s.Code][0], v.Multiple, multiple)
				}
			}
		}
		if checked != len(table)*6 {
			t.Errorf("%d verdicts of %d", checked, len(table)*6)
		}
	}
}

// TestFarmlandOracle judges every figure of GB 15618 at both sides, and every
// bound of a pH band at both sides, by land use.
func TestFarmlandOracle(t *testing.T) {
	b := newBench(t, sqlite(t))
	table := oracle(t, "soil_gb15618")
	// figure is the one row of a kind that holds, reckoned here; the stricter of
	// two for a rotation.
	figure := func(kind, item, use, ph string) string {
		uses := []string{use}
		if use == "rotation" {
			uses = []string{"paddy", "other"}
		}
		best := ""
		for _, u := range uses {
			for _, exact := range []string{u, "other", "all"} {
				hit := ""
				for _, row := range table {
					if row["kind"] != kind || row["item"] != item || row["land_use"] != exact {
						continue
					}
					if row["ph_gt"] != "" && rat(t, ph).Cmp(rat(t, row["ph_gt"])) <= 0 || row["ph_le"] != "" && rat(t, ph).Cmp(rat(t, row["ph_le"])) > 0 {
						continue
					}
					hit = row["limit"]
				}
				if hit != "" {
					if best == "" || rat(t, hit).Cmp(rat(t, best)) < 0 {
						best = hit
					}
					break
				}
			}
		}
		return best
	}
	seen := map[string]bool{}
	for _, row := range table {
		seen[row["item"]] = true
	}
	for _, use := range []string{"paddy", "orchard", "other", "rotation"} {
		f := b.farmland("FARM-"+use, "land_use", use)
		lines, want := []string{"点位编码,样品编号,采样深度,采样日期,pH,检测项目,检测结果,单位"}, map[string]land.State{}
		n := 0
		for item := range seen {
			for _, ph := range []string{"4.99", "5.5", "5.500001", "6.5", "6.500001", "7.5", "7.500001", "8.8"} {
				low, high := figure("screening", item, use, ph), figure("intervention", item, use, ph)
				values := around(t, low)
				if high != "" {
					values = append(values, around(t, high)...)
				}
				for _, text := range values {
					n++
					code := fmt.Sprint(n)
					want[code] = land.Good
					if rat(t, text).Cmp(rat(t, low)) > 0 {
						want[code] = land.Over
					}
					if high != "" && rat(t, text).Cmp(rat(t, high)) > 0 {
						want[code] = land.Severe
					}
					lines = append(lines, fmt.Sprintf("FARM-%s,%s,0-20cm,2026-05-10,%s,%s,%s,mg/kg", use, code, ph, item, text))
				}
			}
		}
		if in := b.read(land.Farmland, lines...); in.Wrong != 0 || in.New != n {
			t.Fatalf("%d of %d, %v", in.New, n, in.Problems[:min(3, len(in.Problems))])
		}
		checked := 0
		for _, s := range b.results(f.ID, "").Samples {
			for item, v := range s.Verdicts {
				checked++
				if v.State != want[s.Code] {
					t.Errorf("%s, pH %s, %s at %s: %s; want %s", use, s.PH, item, v.Compared, v.State, want[s.Code])
				}
			}
		}
		if checked != n {
			t.Errorf("%d verdicts of %d", checked, n)
		}
	}
}

// What is missing makes the verdict unknown, and the plot is not good.
func TestUnknown(t *testing.T) {
	b := newBench(t, sqlite(t))
	f := b.farmland("FARM-1")
	b.read(land.Farmland, "点位编码,样品编号,采样日期,pH,镉（mg/kg）,六六六总量（mg/kg）", "FARM-1,A,2026-05-10,,0.1,0.05", "FARM-1,B,2026-05-10,16,0.1,0.05", "FARM-1,C,2026-05-10,６,0.1,0.05", "FARM-1,D,2018-07-31,6,0.1,0.05", "FARM-1,E,2026-05-10,6,0.1,0.05")
	for round, want := range map[string]map[string]land.State{"2026-05": {"A": land.Unknown, "B": land.Unknown, "C": land.Unknown, "E": land.Good}, "2018-07": {"D": land.Unknown}} {
		r := b.results(f.ID, round)
		for _, s := range r.Samples {
			if s.State != want[s.Code] {
				t.Errorf("%s: %s; want %s", s.Code, s.State, want[s.Code])
			}
		}
		if r.Round.State != land.Unknown {
			t.Errorf("%s is %s", round, r.Round.State)
		}
	}
	if v := verdict(t, b.results(f.ID, "2018-07"), "D", "镉"); v.Issue != standard.NotInForce {
		t.Errorf("before the standard: %s", v.Issue)
	}
	if v := verdict(t, b.results(f.ID, "2026-05"), "A", "镉"); v.Issue != soil.NoPH {
		t.Errorf("without pH: %s", v.Issue)
	}
	if v := verdict(t, b.results(f.ID, "2026-05"), "A", "六六六总量"); v.State != land.Good {
		t.Errorf("table 2 needs no pH: %s", v.State)
	}
}

// The background excuses an item that the standard names, up to and including
// itself, in every unit, and only with its source.
func TestBackground(t *testing.T) {
	b := newBench(t, sqlite(t))
	with := b.plot("PLOT-W", "background_as", "130", "background_co", "25", "background_source", "示例报告")
	without := b.plot("PLOT-N", "background_as", "130")
	for _, tt := range []struct {
		name, code, item, value, unit string
		want                          land.State
	}{
		{"at the background", "PLOT-W", "钴", "25", "mg/kg", land.Exempt},
		{"at the background, in another unit", "PLOT-W", "钴", "25000", "µg/kg", land.Exempt},
		{"just above it", "PLOT-W", "钴", "25000.001", "µg/kg", land.Over},
		{"above the intervention value", "PLOT-W", "砷", "120.001", "mg/kg", land.Severe},
		{"at the intervention value", "PLOT-W", "砷", "120", "mg/kg", land.Exempt},
		{"without a source", "PLOT-N", "砷", "100", "mg/kg", land.Over},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.t = t
			code := "S-" + tt.value
			b.read(land.Plot, long, fmt.Sprintf("%s,%s,S,0-20cm,2026-05-10,%s,%s,%s", tt.code, code, tt.item, tt.value, tt.unit))
			id := map[string]int64{"PLOT-W": with.ID, "PLOT-N": without.ID}[tt.code]
			v := verdict(t, b.results(id, ""), code, tt.item)
			if v.State != tt.want {
				t.Errorf("%s; want %s: %v", v.State, tt.want, v.Basis().Because)
			}
			if v.State == land.Exempt && v.Background != map[string]string{"砷": "130", "钴": "25"}[tt.item] {
				t.Errorf("background %s", v.Background)
			}
			if tt.code == "PLOT-N" && !strings.Contains(strings.Join(v.Basis().Because, ""), "没有写明出处") {
				t.Errorf("%v", v.Basis().Because)
			}
		})
	}
}

// Without figures groundwater is unknown; with rows that a bureau has entered it
// has a class, which is held against the target.
func TestWells(t *testing.T) {
	b := newBench(t, sqlite(t))
	w := b.well("WELL-1", "target", "III")
	free := b.well("WELL-2")
	file := []string{"监测井编码,样品编号,采样日期,pH,甲（mg/L）,乙 µg/L", "WELL-1,A,2026-05-10,7.1,2,300", "WELL-1,B,2026-05-10,7.2,0.5,100", "WELL-2,C,2026-05-10,7.0,1,100"}
	in := b.read(land.Well, file...)
	if in.Wrong != 0 || in.New != 9 {
		t.Fatalf("%+v", in)
	}
	r := b.results(w.ID, "")
	if v := verdict(t, r, "A", "甲"); v.State != land.Unknown || v.Issue != soil.NoFigures || r.Round.State != land.Unknown {
		t.Errorf("%+v", v)
	}
	for _, i := range r.Round.Counts().Items {
		if i.Item == "甲" && (i.Most != "2" || i.Unit != "mg/L") {
			t.Errorf("what was measured is shown: %+v", i)
		}
	}
	// Figures made up for the test.
	made, err := standard.ParseTable(soil.GroundwaterTable, []byte("key\titem\tclass\tmin\tmax\tunit\tdocument\tedition\tclause\ttitle\tfrom\tto\tconfidence\tsource\tnote\n"+
		"a3\t甲\tIII\t\t1\tmg/L\tX\t1\t\t\t\t\tunverified\t\t\na4\t甲\tIV\t\t2\tmg/L\tX\t1\t\t\t\t\tunverified\t\t\na5\t甲\tV\t2\t\tmg/L\tX\t1\t\t\t\t\tunverified\t\t\n"+
		"b1\t乙\tI\t\t0.1\tmg/L\tX\t1\t\t\t\t\tunverified\t\t\nb3\t乙\tIII\t\t0.3\tmg/L\tX\t1\t\t\t\t\tunverified\t\t\n"+
		"p1\tpH\tI\t6.5\t8.5\t无量纲\tX\t1\t\t\t\t\tunverified\t\t\n"))
	if err != nil {
		t.Fatal(err)
	}
	tables := soil.Tables{Groundwater: made}
	for name, table := range map[string]**standard.Table{soil.FarmlandTable: &tables.Farmland, soil.DevelopmentTable: &tables.Development, soil.CategoryTable: &tables.Categories} {
		if *table, err = standard.LoadTable(catalog.FS(""), "standards/"+name+".tsv"); err != nil {
			t.Fatal(err)
		}
	}
	book, err := soil.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	b.Store.Config.Book = func(context.Context) (*soil.Book, error) { return book, nil }
	b.Store.Config.Note = nil
	for _, id := range []int64{w.ID, free.ID} {
		if done, err := b.Recompute(ctx, city, id); err != nil || done.Changed == 0 {
			t.Fatal(done, err)
		}
	}
	r = b.results(w.ID, "")
	for item, want := range map[string][2]string{"甲": {"IV", string(land.Over)}, "乙": {"III", string(land.Good)}, "pH": {"I", string(land.Good)}} {
		if v := verdict(t, r, "A", item); v.Outcome != want[0] || string(v.State) != want[1] || v.Confidence.Verified() {
			t.Errorf("%s: %s, %s", item, v.Outcome, v.State)
		}
	}
	if c := r.Round.Counts(); r.Round.State != land.Over || c.Class != "IV" || c.Over != 1 || c.Ratio() != "1/2（50.0%）" {
		t.Errorf("%s, %+v", r.Round.State, c)
	}
	if r := b.results(free.ID, ""); r.Round.State != land.Classed || r.Round.Counts().Class != "III" {
		t.Errorf("a well without target: %s, %+v", r.Round.State, r.Round.Counts())
	}
}

// Nobody sees, exports or has judged what lies outside his scope.
func TestScope(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.plot("PLOT-1")
		b.read(land.Plot, long, "PLOT-1,A1,S1,0-20cm,2026-05-10,铅,1,mg/kg")
		sample := b.results(p.ID, "").Samples[0].ID
		for _, tt := range []struct {
			name string
			by   access.Caller
			kind fault.Kind
		}{{"another county", foreign, fault.NotFound}, {"nobody", access.Caller{}, fault.Denied}, {"without scope", access.Caller{}.Grant("monitor.read", "register.read", "point.edit"), fault.NotFound}, {"without registers", access.Platform("monitor.read", "point.edit"), fault.Denied}} {
			_, err1 := b.Results(ctx, tt.by, p.ID, "")
			_, err2 := b.Sample(ctx, tt.by, sample)
			_, err3 := b.Recompute(ctx, tt.by, p.ID)
			for i, err := range []error{err1, err2, err3, b.Export(ctx, tt.by, p.ID, &strings.Builder{})} {
				if !fault.Is(err, tt.kind) {
					t.Errorf("%s, question %d: %v", tt.name, i, err)
				}
			}
		}
		if _, err := b.Recompute(ctx, reader, p.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("a reader: %v", err)
		}
		for by, want := range map[*access.Caller]int{&city: 1, &county: 1, &foreign: 0} {
			if all, err := b.Overview(ctx, *by, land.Plot); err != nil || len(all) != want {
				t.Errorf("%s sees %d plots, %v", by.Login, len(all), err)
			}
			if all, err := b.Resting(ctx, *by, "soil_gb36600", "表1-5-铅"); err != nil || len(all) != want {
				t.Errorf("%s sees %d rounds, %v", by.Login, len(all), err)
			}
		}
	})
}

// A template can be filled in and imported as it is.
func TestTemplates(t *testing.T) {
	b := newBench(t, sqlite(t))
	for _, k := range land.Kinds {
		for _, wide := range []bool{false, true} {
			var file strings.Builder
			if err := b.Template(ctx, k, wide, &file); err != nil {
				t.Fatal(err)
			}
			s, err := sheet.Read(strings.NewReader(file.String()), nil, sheet.Options{})
			if err != nil {
				t.Fatal(k, wide, err)
			}
			// GB 36600 table 1 has 45 items, GB 15618 table 1 eight; of groundwater there
			// are no figures.
			want := map[land.Kind]int{land.Plot: 45, land.Farmland: 8}[k]
			units := 0
			for _, f := range s.Fields {
				if _, unit := sheet.SplitHeader(f.Header); unit == "mg/kg" {
					units++
				}
			}
			if wide && units != want || !wide && units != 0 {
				t.Errorf("%s, wide %t: %d columns of items", k, wide, units)
			}
			_, err = b.Import(ctx, city, k, "空.xlsx", strings.NewReader(file.String()))
			if ok := !wide || want > 0; ok != (err == nil) {
				t.Errorf("%s, wide %t, empty: %v", k, wide, err)
			}
		}
	}
	if err := b.Template(ctx, "lake", false, &strings.Builder{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("another kind: %v", err)
	}
}

// An export says with each figure its clause, its certainty, its file and cell.
func TestExport(t *testing.T) {
	b := newBench(t, sqlite(t))
	p := b.plot("PLOT-1")
	b.read(land.Plot, long, "PLOT-1,A1,S1,0-20cm,2026-05-10,铅,600,mg/kg", "PLOT-1,A1,S1,0-20cm,2026-05-10,镉,未检出,mg/kg")
	var file strings.Builder
	if err := b.Export(ctx, reader, p.ID, &file); err != nil {
		t.Fatal(err)
	}
	s, err := sheet.Read(strings.NewReader(file.String()), []sheet.Column{{Name: "item", Zh: "检测项目", Required: true}, {Name: "verdict", Zh: "评价结果", Required: true}}, sheet.Options{})
	if err != nil || s.Len() != 2 {
		t.Fatal(err, s)
	}
	want := map[string][]string{
		"铅": {"高于筛选值、不高于管制值", "待核实", "600 mg/kg ＞ 400 mg/kg", "GB 36600-2018", "G2", "示例.csv", "0.50"},
		"镉": {"未知", "检出限", "G3", "未检出"},
	}
	for row := range s.Rows() {
		all := row.Text("verdict")
		for _, text := range row.Extra() {
			all += "|" + text
		}
		for _, text := range want[row.Text("item")] {
			if !strings.Contains(all, text) {
				t.Errorf("%s does not say %q: %s", row.Text("item"), text, all)
			}
		}
	}
}
