package water_test

import (
	"bytes"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/internal/water"
	gb "pingzhang/standard/water"
)

// Four sections of a river take the mean of all and then the single factor; five
// take the shares (环办〔2011〕22号). The class of the mean is reckoned here from
// fractions: ammonia nitrogen II 0.5, III 1.0, IV 1.5, V 2.0.
func TestRiver(t *testing.T) {
	classOf := func(x *big.Rat) gb.Class {
		for i, limit := range []string{"0.15", "0.5", "1.0", "1.5", "2.0"} {
			if x.Cmp(ratio(t, limit)) <= 0 {
				return gb.I + gb.Class(i)
			}
		}
		return gb.WorseThanV
	}
	for _, tt := range []struct {
		name   string
		values []string
		rating string
	}{
		{"the mean of four is just within III", []string{"0.4", "0.4", "0.4", "2.8"}, "良好"}, // 1.0
		{"the mean of four is just beyond", []string{"0.4", "0.4", "0.4", "2.81"}, "轻度污染"},  // 1.0025
		{"four of five good are 80 percent", []string{"0.4", "0.4", "0.4", "0.4", "9"}, "良好"},
		{"three of five are 60, one of five beyond V is 20", []string{"0.4", "0.4", "0.4", "1.2", "9"}, "中度污染"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, sqlite(t))
			file := "断面编码,采样日期,氨氮（mg/L）\n"
			sum := new(big.Rat)
			for i, v := range tt.values {
				b.section(fmt.Sprintf("S%d", i), fmt.Sprintf("示例%d断面", i), "231102", 3)
				file += fmt.Sprintf("S%d,2026-03-05,%s\n", i, v)
				sum.Add(sum, ratio(t, v))
			}
			b.load("三月.csv", file)
			o, err := b.Overview(ctx, city, water.MonthOf(2026, 3), water.Which{})
			if err != nil || len(o.Rivers) != 1 {
				t.Fatal(err, o.Rivers)
			}
			r := o.Rivers[0]
			if r.Rating.Name != tt.rating || (r.Mean != nil) != (len(tt.values) < 5) {
				t.Errorf("%s %+v", r.Text(), r.Mean)
			}
			mean := new(big.Rat).Quo(sum, big.NewRat(int64(len(tt.values)), 1))
			if r.Mean != nil && r.Mean.Class != classOf(mean) {
				t.Errorf("%s, want %s", r.Mean.Class, classOf(mean))
			}
			if r.Label() != "待核实" || len(r.Rows) == 0 {
				t.Errorf("a river rests on its sections: %+v", r.Basis)
			}
		})
	}
}

// A year is the mean of the means of its months, however often a month was sampled.
func TestYear(t *testing.T) {
	b := newBench(t, sqlite(t))
	id := b.section("S1", "示例一断面", "231102", 3)
	file, total := "断面编码,采样日期,样品编号,氨氮（mg/L）\n", new(big.Rat)
	for m := 1; m <= 9; m++ {
		value := fmt.Sprintf("0.%d", m)
		file += fmt.Sprintf("S1,2025-%02d-05,,%s\n", m, value)
		if m == 9 {
			file += "S1,2025-09-20,,1.5\nS1,2025-09-20,左,1.8\n"
			nine := new(big.Rat).Add(new(big.Rat).Add(ratio(t, "0.9"), ratio(t, "1.5")), ratio(t, "1.8"))
			total.Add(total, nine.Quo(nine, ratio(t, "3")))
			continue
		}
		total.Add(total, ratio(t, value))
	}
	if in := b.load("年.csv", file); in.Wrong != 0 {
		t.Fatal(in.Problems)
	}
	want := total.Quo(total, ratio(t, "9"))
	r := b.result(id, water.YearOf(2025))
	items := r.Detail().Items
	if len(items) != 1 || items[0].Value.Rat().Cmp(want) != 0 || r.Class != gb.III {
		t.Errorf("%+v, want %s", items, want)
	}
	if ninth := b.result(id, water.YearTo(2025, 9)); ninth.Detail().Items[0].Value.Rat().Cmp(want) != 0 || ninth.Name() != "2025年1—9月" {
		t.Errorf("%s %+v", ninth.Name(), ninth.Detail().Items)
	}
	if _, err := b.Result(ctx, city, id, water.YearTo(2025, 10)); err != nil {
		t.Error(err)
	}
}

// A source of drinking water meets only when everything that counts was measured,
// and exceeds with one item; groundwater has no verdict.
func TestSource(t *testing.T) {
	b := newBench(t, sqlite(t))
	data := map[string]any{"water": "river", "level": "city", "use": "used"}
	b.save(water.SourceRegister, "Y1", "示例甲水源", "231102", data)
	b.save(water.SourceRegister, "Y2", "示例乙水源", "231102", map[string]any{"water": "groundwater", "level": "township", "use": "used"})
	b.load("一.csv", "水源地编码,采样日期,氨氮（mg/L）,铁（mg/L）\nY1,2026-03-05,0.3,0.31\nY2,2026-03-05,0.3,0.31\nY1,2026-04-05,0.3,0.30\n")
	places, _ := b.Places(ctx, city)
	by := map[string]int64{}
	for _, p := range places {
		by[p.Code] = p.ID
	}
	// GB 3838-2002 table 2: iron 0.3 mg/L.
	if r := b.result(by["Y1"], water.MonthOf(2026, 3)); r.Attained != water.Exceeds || strings.Join(r.Detail().Beyond, "") != "铁(0.03)" {
		t.Errorf("%s %v", r.Attained, r.Detail().Beyond)
	}
	if r := b.result(by["Y1"], water.MonthOf(2026, 4)); r.Attained != water.UnknownAttained || r.Issue != gb.ItemsMissing {
		t.Errorf("%s %s", r.Attained, r.Issue)
	}
	if r := b.result(by["Y2"], water.MonthOf(2026, 3)); r.Attained != water.UnknownAttained || r.Issue != water.NoGroundwater {
		t.Errorf("%s %s", r.Attained, r.Issue)
	}
}

// Scopes hold in every reading, and a correction of a figure is found.
func TestScopeAndResting(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := b.section("S1", "示例一断面", "231102", 3)
		b.load("一.csv", "断面编码,采样日期,氨氮（mg/L）\nS1,2026-03-05,0.3\n")
		if in, err := b.Import(ctx, branch, "他县.csv", "", strings.NewReader("断面编码,采样日期,氨氮（mg/L）\nS1,2026-03-05,0.1\n")); err != nil || in.Values != 0 || in.Wrong != 1 {
			t.Errorf("%+v %v", in, err)
		}
		if r, err := b.Result(ctx, branch, id, water.MonthOf(2026, 3)); r != nil || err != nil {
			t.Error(r, err)
		}
		if all, _ := b.Strip(ctx, branch, gb.Month, 2026, 2026); len(all) != 0 {
			t.Error(all)
		}
		if all, _ := b.Values(ctx, branch, id, water.MonthOf(2026, 3)); len(all) != 0 {
			t.Error(all)
		}
		if _, err := b.Import(ctx, reader, "x.csv", "", strings.NewReader("")); fault.Of(err) != fault.Denied {
			t.Error(err)
		}
		if _, err := b.Draft(ctx, branch, water.MonthOf(2026, 3), access.Division("231100")); fault.Of(err) != fault.Denied {
			t.Error(err)
		}
		all, err := b.Resting(ctx, city, gb.LimitTable, "表1-氨氮-Ⅱ类")
		if err != nil || len(all) != 4 { // month, quarter, year, its first three months
			t.Errorf("%v %v", all, err)
		}
		if all, _ := b.Resting(ctx, branch, gb.LimitTable, "表1-氨氮-Ⅱ类"); len(all) != 0 {
			t.Error(all)
		}
		if all, _ := b.Resting(ctx, city, gb.LimitTable, "表1-总氮-Ⅱ类"); len(all) != 0 {
			t.Error(all)
		}
		if st, err := b.Stale(ctx, city, gb.LimitTable, "表1-氨氮-Ⅱ类", 2); err != nil || st != (water.Stale{Results: 4, From: 2026, To: 2026, Was: 1}) {
			t.Errorf("%+v %v", st, err)
		}
		if st, _ := b.Stale(ctx, city, gb.LimitTable, "表1-氨氮-Ⅱ类", 1); st.Results != 0 {
			t.Errorf("%+v", st)
		}
		if n, err := b.Recompute(ctx, city, 2026, 2026, "试"); n != 0 || err != nil {
			t.Errorf("the same standards give the same results: %d %v", n, err)
		}
	})
}

// The template can be filled in and imported again, as a workbook, with a row of
// detection limits.
func TestTemplateRoundTrip(t *testing.T) {
	b := newBench(t, sqlite(t))
	b.section("S1", "示例一断面", "231102", 3)
	places, err := b.Places(ctx, city)
	if err != nil {
		t.Fatal(err)
	}
	var empty bytes.Buffer
	if err := water.WriteTemplate(&empty, b.Book(), places); err != nil {
		t.Fatal(err)
	}
	read, err := sheet.Read(&empty, nil, sheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	filled := sheet.Table{}
	var limits, row []string
	for _, f := range read.Fields {
		filled.Columns = append(filled.Columns, sheet.Column{Zh: f.Header})
		text, limit := "0.001", "0.0004"
		switch {
		case strings.HasPrefix(f.Header, "断面编码"):
			text, limit = "S1", ""
		case strings.HasPrefix(f.Header, "断面名称"):
			text, limit = "示例一断面", "检出限"
		case strings.HasPrefix(f.Header, "采样日期"):
			text, limit = "2026-03-05", ""
		case !strings.Contains(f.Header, "（") && f.Header != "pH":
			text, limit = "", ""
		case f.Header == "pH":
			text, limit = "7.2", ""
		case strings.HasPrefix(f.Header, "汞"):
			text, limit = "未检出", "0.00004"
		}
		row, limits = append(row, text), append(limits, limit)
	}
	var file bytes.Buffer
	if err := sheet.WriteXLSX(&file, filled, sheet.RowsOf([][]string{limits, row})); err != nil {
		t.Fatal(err)
	}
	in, err := b.Import(ctx, city, "模板.xlsx", "2026-03", &file)
	if err != nil || in.Values != len(b.Book().Rated()) || in.Wrong != 0 {
		t.Fatalf("%+v %v", in, err)
	}
	r := b.result(places[0].ID, water.MonthOf(2026, 3))
	if d := r.Detail(); len(d.Missing)+len(d.Unjudged) != 0 || r.State != water.Judged {
		t.Errorf("%v %v %s", d.Missing, d.Unjudged, r.Class)
	}
}
