package carbon

import (
	"math/big"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/standard"
)

func open(t testing.TB) *Book {
	t.Helper()
	b, err := Open(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func exact(text string) standard.Exact {
	n, d, ok := strings.Cut(text, "/")
	x, _ := standard.Read(n)
	if ok {
		y, _ := standard.Read(d)
		return x.Quo(y)
	}
	return x
}

// value writes value or issue.
func value(r Reckoned) string {
	if r.Issue != "" {
		return string(r.Issue)
	}
	return r.Value.String()
}

func TestFactors(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		name, want string
		got        Reckoned
		confidence standard.Confidence
	}{
		{"Heilongjiang in 2023", "0.5229", b.Grid("黑龙江", 2023, Average), standard.SourceSecondary},
		{"the nation in 2023", "0.5306", b.Grid("全国", 2023, Average), standard.SourceSecondary},
		{"the nation without market-traded electricity", "0.6096", b.Grid("全国", 2023, ExcludingMarket), standard.SourceSecondary},
		{"2022 and 2021 are not swapped", "0.5366", b.Grid("全国", 2022, Average), standard.Memory},
		{"2021", "0.5568", b.Grid("全国", 2021, Average), standard.Memory},
		{"a year without factor", "no_factor_for_year", b.Grid("黑龙江", 2024, Average), standard.Missing},
		{"the year before is none either", "no_factor_for_year", b.Grid("全国", 2019, Average), standard.Missing},
		{"the region of the north-east was not found", "factor_missing", b.Grid("东北区域", 2023, Average), standard.Missing},
		{"a region that is none", "no_factor", b.Grid("黑河", 2023, Average), standard.Missing},
		{"a kind that the region does not have", "no_factor", b.Grid("黑龙江", 2023, ExcludingMarket), standard.Missing},
		{"coal", "2.64", b.Fuel("煤炭"), standard.Memory},
		{"oil", "2.08", b.Fuel("油品"), standard.Memory},
		{"gas", "1.63", b.Fuel("天然气"), standard.Memory},
		{"heat", "0.11", b.Fuel("外购热力"), standard.SourceSecondary},
		{"wood", "no_factor", b.Fuel("木材"), standard.Missing},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := value(tt.got); got != tt.want || tt.got.Confidence != tt.confidence || tt.got.Arithmetic == "" {
				t.Errorf("%s, %s, %s; want %s, %s", got, tt.got.Confidence, tt.got.Arithmetic, tt.want, tt.confidence)
			}
		})
	}
	if got := b.GridYears("全国", Average); len(got) != 4 || got[0] != 2020 || got[3] != 2023 {
		t.Error(got)
	}
	if got := b.GridYears("东北区域", Average); got != nil {
		t.Error("a factor that is missing has a year", got)
	}
	if got := b.Grid("黑龙江", 2024, Average).Arithmetic; got != "黑龙江 2024 年：没有该年度的排放因子，不以其他年度代替（有 2023 年的）" {
		t.Error(got)
	}
}

func TestEmission(t *testing.T) {
	b := open(t)
	grid, coal, heat := b.Grid("黑龙江", 2023, Average), b.Fuel("煤炭"), b.Fuel("外购热力")
	for _, tt := range []struct {
		name  string
		got   Reckoned
		want  string
		words string
	}{
		{"electricity in kW·h", Emission(Activity{exact("1000"), KWh}, grid), "0.5229", "1000 kW·h，×0.5229 kgCO2/kWh=0.5229 tCO₂"},
		{"in ten thousand kW·h", Emission(Activity{exact("123.4"), TenKKWh}, grid), "645.2586", "123.4 万kW·h=1234000 kW·h，×0.5229 kgCO2/kWh=645.2586 tCO₂"},
		{"sent out on balance", Emission(Activity{exact("-1"), MWh}, grid), "-0.5229", "-1 MW·h=-1000 kW·h，×0.5229 kgCO2/kWh=-0.5229 tCO₂"},
		{"coal", Emission(Activity{exact("10.5"), TenKTce}, coal), "277200", "10.5 万tce=105000 tce，×2.64 tCO2/tce=277200 tCO₂"},
		{"coal in kg", Emission(Activity{exact("1"), Kgce}, coal), "0.00264", "1 kgce=0.001 tce，×2.64 tCO2/tce=0.00264 tCO₂"},
		{"heat", Emission(Activity{exact("2"), TJ}, heat), "220", "2 TJ=2000 GJ，×0.11 tCO2/GJ=220 tCO₂"},
		{"coal below zero", Emission(Activity{exact("-1"), Tce}, coal), "negative", ""},
		{"coal in kW·h", Emission(Activity{exact("1"), KWh}, coal), "unit_mismatch", ""},
		{"coal in bags", Emission(Activity{exact("1"), "袋"}, coal), "unit_unknown", ""},
		{"no unit", Emission(Activity{exact("1"), ""}, coal), "no_unit", ""},
		{"no amount", Emission(Activity{standard.Exact{}, Tce}, coal), "no_value", ""},
		{"a factor that is missing", Emission(Activity{exact("1"), KWh}, b.Grid("东北区域", 2023, Average)), "factor_missing", ""},
		{"no factor at all", Emission(Activity{exact("1"), KWh}, Reckoned{}), "no_unit", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.got; got.Issue != "" && string(got.Issue) == tt.want && !got.Value.IsSet() {
				return
			}
			if !tt.got.Value.Equal(exact(tt.want)) || tt.got.Arithmetic != tt.words || tt.got.Verified() {
				t.Errorf("%s, %s; want %s, %s", value(tt.got), tt.got.Arithmetic, tt.want, tt.words)
			}
		})
	}
	sum := Total(Emission(Activity{exact("1"), Tce}, coal), Emission(Activity{exact("-1"), MWh}, grid))
	if !sum.Value.Equal(exact("2.1171")) || sum.Confidence != standard.Memory || len(sum.Rows) != 2 || len(sum.Citations) != 2 {
		t.Errorf("total %+v", sum)
	}
	if got := Total(Emission(Activity{exact("1"), Tce}, coal), b.Grid("东北区域", 2023, Average)); got.Issue != Incomplete || got.Value.IsSet() {
		t.Errorf("an incomplete total is %s", value(got))
	}
	if got := Total(); got.Issue != standard.NoValue {
		t.Errorf("a total of nothing is %s", value(got))
	}
	if got := Total(coal); got.Issue != standard.UnitMismatch {
		t.Errorf("a factor was added up: %s", value(got))
	}
}

func TestIntensity(t *testing.T) {
	b := open(t)
	figure := func(co2, gdp, prices string) YearFigure {
		return YearFigure{Tonnes(exact(co2), standard.Source), exact(gdp), prices}
	}
	for _, tt := range []struct {
		name string
		got  Reckoned
		want string
	}{
		{"intensity", b.Intensity(figure("300", "200", "2020年价")), "3/2"},
		{"no product", b.Intensity(figure("300", "0", "")), "no_gdp"},
		{"product not known", b.Intensity(figure("300", "", "")), "no_gdp"},
		{"emission not known", b.Intensity(figure("", "200", "")), "incomplete"},
		{"emission below zero", b.Intensity(figure("-1", "200", "")), "negative"},
		{"a decline", b.Decline(figure("300", "200", "2020年价"), figure("330", "275", "2020年价")), "20"},
		{"a rise is below zero", b.Decline(figure("300", "200", "2020年价"), figure("330", "200", "2020年价")), "-10"},
		{"a third", b.Decline(figure("300", "100", ""), figure("200", "100", "")), "100/3"},
		{"other prices", b.Decline(figure("300", "200", "2020年价"), figure("330", "275", "2025年价")), "prices_differ"},
		{"prices of one year only", b.Decline(figure("300", "200", "2020年价"), figure("330", "275", "")), "prices_differ"},
		{"a base of nothing", b.Decline(figure("0", "200", ""), figure("330", "275", "")), "no_base"},
		{"a base not known", b.Decline(figure("", "200", ""), figure("330", "275", "")), "incomplete"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.got
			if got.Issue != "" && string(got.Issue) == tt.want {
				return
			}
			if !got.Value.Equal(exact(tt.want)) || got.Confidence != standard.Memory {
				t.Errorf("%s, %s; want %s", value(got), got.Confidence, tt.want)
			}
		})
	}
}

func TestTargets(t *testing.T) {
	b := open(t)
	for year, want := range map[int]string{2020: "", 2021: "18", 2025: "18", 2026: "17 3.8", 2027: "17", 2030: "17", 2031: ""} {
		var got []string
		for _, target := range b.Targets("全国", year) {
			got = append(got, target.Value.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%d: %v; want %s", year, got, want)
		}
	}
	if got := b.Targets("全国", 2026); got[0].Years() != 5 || got[1].Years() != 1 || !got[1].About || got[0].About {
		t.Errorf("%+v", got)
	}
	if got := b.Targets("黑河", 2026); got != nil {
		t.Errorf("the targets of the nation are not those of the city: %+v", got)
	}
}

// A rate r rounded to six decimals is right where the power of what lies half a
// last digit to either side encloses what it must be.
func TestYearly(t *testing.T) {
	b := open(t)
	encloses := func(rate standard.Exact, years int, q *big.Rat) bool {
		half := big.NewRat(1, 2_000_000)
		kept := new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).Quo(rate.Rat(), big.NewRat(100, 1)))
		pow := func(x *big.Rat) *big.Rat {
			out := big.NewRat(1, 1)
			for i := 0; i < years; i++ {
				out.Mul(out, x)
			}
			return out
		}
		return pow(new(big.Rat).Sub(kept, half)).Cmp(q) <= 0 && pow(new(big.Rat).Add(kept, half)).Cmp(q) >= 0
	}
	for _, target := range []string{"18", "17", "3.8", "0.001", "0", "50", "99.9"} {
		for _, years := range []int{1, 2, 3, 5, 50} {
			for _, achieved := range []string{"0", "-5", "10.5"} {
				got := b.Yearly(exact(target), exact(achieved), years)
				t1, _ := new(big.Rat).SetString(target)
				a1, _ := new(big.Rat).SetString(achieved)
				h := big.NewRat(100, 1)
				q := new(big.Rat).Quo(new(big.Rat).Sub(h, t1), new(big.Rat).Sub(h, a1))
				if q.Cmp(big.NewRat(1, 1)) >= 0 {
					if !got.Value.IsZero() {
						t.Errorf("%s of %s in %d: %s; want 0", achieved, target, years, value(got))
					}
					continue
				}
				if got.Issue != "" || !encloses(got.Value, years, q) {
					t.Errorf("%s of %s in %d: %s", achieved, target, years, value(got))
				}
			}
			for after := 0; after <= years; after++ {
				got := b.Line(exact(target), years, after)
				t1, _ := new(big.Rat).SetString(target)
				rest := new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).Quo(t1, big.NewRat(100, 1)))
				q := big.NewRat(1, 1)
				for i := 0; i < after; i++ {
					q.Mul(q, rest)
				}
				if got.Issue != "" || !encloses(got.Value, years, q) {
					t.Errorf("line of %s after %d of %d: %s", target, after, years, value(got))
				}
			}
		}
	}
	// regulation.md 8.9: (1−r)^5 = 1−t; 1 − 0.83^0.2 is 3.658008…%, by a pocket calculator
	if got := b.Yearly(exact("17"), exact("0"), 5); got.Value.Round(4) != "3.6580" || got.Arithmetic != "(1−r)^5=(1−17%)/(1−0%)，r≈3.6580%" {
		t.Errorf("%s, %s", got.Value.Round(6), got.Arithmetic)
	}
	for name, got := range map[string]Reckoned{
		"a target of all": b.Yearly(exact("100"), exact("0"), 5), "a target below zero": b.Yearly(exact("-1"), exact("0"), 5),
		"no target": b.Line(standard.Exact{}, 5, 1), "all achieved": b.Yearly(exact("17"), exact("100"), 5),
	} {
		if got.Issue != TargetOdd {
			t.Errorf("%s: %s", name, value(got))
		}
	}
	for name, got := range map[string]Reckoned{
		"no years": b.Yearly(exact("17"), exact("0"), 0), "more years than a target has": b.Yearly(exact("17"), exact("0"), 51),
		"after the end": b.Line(exact("17"), 5, 6), "before the beginning": b.Line(exact("17"), 5, -1),
	} {
		if got.Issue != YearsOdd {
			t.Errorf("%s: %s", name, value(got))
		}
	}
}

func TestProgress(t *testing.T) {
	b := open(t)
	done := func(x string) Reckoned { return Reckoned{Value: exact(x), Unit: standard.Percent} }
	for _, tt := range []struct {
		name          string
		target        string
		years, after  int
		achieved      Reckoned
		want          Pace
		issue         standard.Issue
		share, yearly string
	}{
		{"at the target in its last year", "17", 5, 5, done("17"), OnPace, "", "100.00", ""},
		{"just under it", "17", 5, 5, done("16.9999999"), Behind, "", "100.00", ""},
		// (1−0.19)^1 in two years is (1−0.1)² exactly: the line after one year is 10 %.
		{"exactly on the line", "19", 2, 1, done("10"), OnPace, "", "52.63", "10.0000"},
		{"just under the line", "19", 2, 1, done("9.99999999"), Behind, "", "52.63", "10.0000"},
		{"nothing in no time", "19", 2, 0, done("0"), OnPace, "", "0.00", "10.0000"},
		{"a rise in the first year", "19", 2, 1, done("-8"), Behind, "", "-42.11", "25.0000"},
		{"all done before the end", "19", 2, 1, done("20"), OnPace, "", "105.26", "0.0000"},
		{"a decline that is not known", "19", 2, 1, done("1").fail(Incomplete), PaceUnknown, Incomplete, "", ""},
		{"no decline at all", "19", 2, 1, Reckoned{}, PaceUnknown, standard.NoValue, "", ""},
		{"more than all", "19", 2, 1, done("100.1"), PaceUnknown, TargetOdd, "", ""},
		{"a target that is none", "100", 2, 1, done("1"), PaceUnknown, TargetOdd, "", ""},
		{"a year beyond", "19", 2, 3, done("1"), PaceUnknown, YearsOdd, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := b.Progress(exact(tt.target), tt.years, tt.after, tt.achieved)
			yearly := ""
			if got.Yearly.Value.IsSet() {
				yearly = got.Yearly.Value.Round(4)
			}
			if got.Pace != tt.want || got.Issue != tt.issue || got.Share.Round(2) != tt.share || yearly != tt.yearly {
				t.Errorf("%s, %q, %s, %s; want %s, %q, %s, %s", got.Pace, got.Issue, got.Share.Round(2), yearly, tt.want, tt.issue, tt.share, tt.yearly)
			}
			if got.Pace.Name() == "" || (got.Pace == PaceUnknown) != (got.Issue != "") {
				t.Errorf("%s", got.Pace.Name())
			}
		})
	}
}

func TestIndex(t *testing.T) {
	b := open(t)
	const on = "2026-11-24"
	parts := func(v ...string) map[string]standard.Exact {
		m := map[string]standard.Exact{}
		for i, name := range []string{"生态格局", "生态功能", "生物多样性", "生态胁迫"} {
			if i < len(v) {
				m[name] = exact(v[i])
			}
		}
		return m
	}
	got := b.Index(EQI, parts("60", "70", "50", "30"), on)
	if !got.Value.Equal(exact("62.6")) || got.Class != "二类" || got.Confidence != standard.Memory || got.Arithmetic != "EQI=0.36×60＋0.35×70＋0.19×50＋0.1×(100−30)=62.6" {
		t.Errorf("%+v", got)
	}
	ei := map[string]standard.Exact{"生物丰度": exact("80"), "植被覆盖": exact("90"), "水网密度": exact("20"), "土地胁迫": exact("10"), "污染负荷": exact("5"), "环境限制指数": exact("-3")}
	if got := b.Index(EI, ei, on); !got.Value.Equal(exact("73.5")) || got.Class != "良" {
		t.Errorf("%+v", got)
	}
	extra := parts("1", "1", "1", "1")
	extra["其他"] = exact("1")
	for _, tt := range []struct {
		name string
		got  Index
		want standard.Issue
	}{
		{"a part that lacks", b.Index(EQI, parts("60", "70", "50"), on), PartMissing},
		{"a part that was not measured", b.Index(EQI, parts("60", "70", "50", ""), on), PartMissing},
		{"a part above 100", b.Index(EQI, parts("60", "70", "50", "100.1"), on), PartOdd},
		{"a part below 0", b.Index(EQI, parts("-0.1", "70", "50", "0"), on), PartOdd},
		{"a part of another index", b.Index(EQI, extra, on), PartOdd},
		{"before the rule", b.Index(EQI, parts("60", "70", "50", "30"), "2021-09-30"), NoIndex},
		{"an index that is none", b.Index("RSEI", nil, on), NoIndex},
		{"no value", b.Class(EQI, standard.Exact{}, on), standard.NoValue},
		{"a year that nobody published", b.Published(EQI, "全国", 2022), NoIndex},
		{"no value before", b.Change(EQI, standard.Exact{}, exact("1"), on), standard.NoValue},
	} {
		if tt.got.Issue != tt.want || tt.got.Class != "" {
			t.Errorf("%s: %q, %s", tt.name, tt.got.Issue, tt.got.Class)
		}
	}
	if len(b.Parts(EQI, on)) != 4 || len(b.Parts(EI, on)) != 6 {
		t.Error(b.Parts(EQI, on), b.Parts(EI, on))
	}
}

// Both sides of each bound; the last three are values that were made public with
// their class.
func TestClasses(t *testing.T) {
	b := open(t)
	for _, tt := range []struct{ index, value, want string }{
		{EQI, "100", "一类"}, {EQI, "70", "一类"}, {EQI, "69.99", "二类"}, {EQI, "55", "二类"}, {EQI, "54.99", "三类"}, {EQI, "40", "三类"}, {EQI, "39.99", "四类"},
		{EQI, "30", "四类"}, {EQI, "29.99", "五类"}, {EQI, "0", "五类"},
		{EI, "75", "优"}, {EI, "74.99", "良"}, {EI, "55", "良"}, {EI, "54.99", "一般"}, {EI, "35", "一般"}, {EI, "34.99", "较差"}, {EI, "20", "较差"}, {EI, "19.99", "差"},
		{EQI, "59.77", "二类"}, {EQI, "54.76", "三类"}, {EQI, "62.7", "二类"},
	} {
		if got := b.Class(tt.index, exact(tt.value), "2026-11-24"); got.Class != tt.want || got.Verified() {
			t.Errorf("%s %s: %s; want %s", tt.index, tt.value, got.Class, tt.want)
		}
	}
	for _, tt := range []struct{ index, before, after, want string }{
		{EQI, "60", "60", "稳定"}, {EQI, "60", "60.99", "稳定"}, {EQI, "60", "61", "轻微变好"}, {EQI, "60", "59", "轻微变差"}, {EQI, "60", "61.99", "轻微变好"}, {EQI, "60", "58", "一般变差"},
		{EQI, "60", "63.99", "一般变好"}, {EQI, "60", "64", "明显变好"}, {EI, "60", "60.5", "无明显变化"}, {EI, "60", "61", "略微变好"}, {EI, "60", "57", "明显变差"}, {EI, "60", "68", "显著变好"},
	} {
		if got := b.Change(tt.index, exact(tt.before), exact(tt.after), "2026-11-24"); got.Class != tt.want {
			t.Errorf("%s from %s to %s: %s; want %s", tt.index, tt.before, tt.after, got.Class, tt.want)
		}
	}
	if got := b.Published(EQI, "全国", 2021); got.Value.String() != "59.77" || got.Class != "二类" {
		t.Errorf("%+v", got)
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	load := func(name string) *standard.Table {
		table, err := standard.LoadTable(catalog.FS(""), "standards/"+name+".tsv")
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	good := func() Tables {
		return Tables{load(GridTable), load(FuelTable), load(TargetTable), load(RuleTable), load(EcologyTable)}
	}
	with := func(table **standard.Table, key, column, text string) {
		next, err := (*table).With(standard.Correction{Key: key, Cells: map[string]string{column: text}, By: "张三", Reason: "试", At: "2026-11-24T10:00:00+08:00"})
		if err != nil {
			t.Fatal(err)
		}
		*table = next
	}
	for _, tt := range []struct {
		name string
		make func(*Tables)
		want string
	}{
		{"a factor that is no number", func(x *Tables) { with(&x.Grid, "黑龙江-2023", "factor", "half") }, "黑龙江-2023"},
		{"a year that is none", func(x *Tables) { with(&x.Grid, "黑龙江-2023", "year", "23") }, "黑龙江-2023"},
		{"a kind that is none", func(x *Tables) { with(&x.Grid, "黑龙江-2023", "kind", "green") }, "黑龙江-2023"},
		{"a unit that is none", func(x *Tables) { with(&x.Fuel, "煤炭", "unit", "kg/t") }, "煤炭"},
		{"a fuel factor that is no number", func(x *Tables) { with(&x.Fuel, "煤炭", "factor", "x") }, "煤炭"},
		{"a target that ends before it begins", func(x *Tables) { with(&x.Targets, "全国-2026-2030", "to_year", "2025") }, "全国-2026-2030"},
		{"a target that is no number", func(x *Tables) { with(&x.Targets, "全国-2026", "decline_percent", "x") }, "全国-2026"},
		{"a row of no kind", func(x *Tables) { with(&x.Ecology, "EI-优", "kind", "x") }, "EI-优"},
		{"a bound that is no number", func(x *Tables) { with(&x.Ecology, "EI-优", "low", "x") }, "EI-优"},
		{"a table that is not there", func(x *Tables) { x.Rules = nil }, RuleTable},
	} {
		tables := good()
		tt.make(&tables)
		if _, err := New(tables); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	tables := good()
	with(&tables.Grid, "东北区域-2023", "factor", "0.55")
	b, err := New(tables)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Grid("东北区域", 2023, Average); got.Value.String() != "0.55" || got.Rows[0].Revision != 2 {
		t.Errorf("a figure that a bureau filled in: %+v", got)
	}
}
