package soil

import (
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
	x, _ := standard.Read(text)
	return x
}

func mgkg(value string) standard.Sample {
	s := standard.Reported(value, "", standard.MgPerKg)
	s.On = "2026-05-01"
	return s
}

// The figures are those of GB 15618-2018 tables 1 to 3, as the shared tables
// have them.
func TestFarmland(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		name, item, ph string
		use            LandUse
		value          string
		want           Outcome
		issue          standard.Issue
	}{
		{"a content equal to the screening value is not above it", "镉", "5.5", OtherUse, "0.3", NotAboveScreening, ""},
		{"just above the screening value is between", "镉", "5.5", OtherUse, "0.300001", Between, ""},
		{"equal to the intervention value is still between", "镉", "5.5", OtherUse, "1.5", Between, ""},
		{"just above the intervention value", "镉", "5.5", OtherUse, "1.500001", AboveIntervention, ""},
		{"pH 5.5 is in the first band: 0.3 for paddy", "Cd", "5.5", Paddy, "0.35", Between, ""},
		{"just above pH 5.5 the second band holds: 0.4", "Cd", "5.51", Paddy, "0.35", NotAboveScreening, ""},
		{"pH 6.5 is in the second band: 0.4", "镉", "6.5", Paddy, "0.5", Between, ""},
		{"just above pH 6.5 the third band holds: 0.6", "镉", "6.501", Paddy, "0.5", NotAboveScreening, ""},
		{"pH 7.5 is in the third band: 0.6", "镉", "7.5", Paddy, "0.7", Between, ""},
		{"just above pH 7.5 the fourth band holds: 0.8", "镉", "7.6", Paddy, "0.7", NotAboveScreening, ""},
		{"upland has its own value", "镉", "7.6", OtherUse, "0.7", Between, ""},
		{"a rotation takes the stricter: upland for cadmium", "镉", "6.0", Rotation, "0.35", Between, ""},
		{"a rotation takes the stricter: paddy for mercury", "汞", "6.0", Rotation, "0.6", Between, ""},
		{"a rotation at the stricter value meets it", "汞", "6.0", Rotation, "0.5", NotAboveScreening, ""},
		{"the intervention value of arsenic falls as pH rises: 200 at 5.5", "砷", "5.5", OtherUse, "150.1", Between, ""},
		{"150 at 6", "砷", "6", OtherUse, "150.1", AboveIntervention, ""},
		{"100 above 7.5", "砷", "8", OtherUse, "100.1", AboveIntervention, ""},
		{"copper of an orchard", "铜", "5.0", Orchard, "150", NotAboveScreening, ""},
		{"copper elsewhere, paddy too", "铜", "5.0", Paddy, "150", AboveScreening, ""},
		{"an orchard is other land for lead", "铅", "5.0", Orchard, "71", Between, ""},
		{"nickel has no intervention value, however high", "镍", "5.0", OtherUse, "100000", AboveScreening, ""},
		{"nickel needs no land use", "镍", "5.0", "", "60", NotAboveScreening, ""},
		{"table 2 needs no pH", "苯并[a]芘", "", "", "0.55", NotAboveScreening, ""},
		{"table 2, just above", "苯并[a]芘", "", "", "0.5501", AboveScreening, ""},
		{"without pH nothing is known", "镉", "", Paddy, "0.01", Unknown, NoPH},
		{"a pH of 14 can be", "镉", "14", Paddy, "0.01", NotAboveScreening, ""},
		{"a pH above 14 cannot be", "镉", "14.1", Paddy, "0.01", Unknown, PHImplausible},
		{"a pH below 0 cannot be", "镉", "-0.1", Paddy, "0.01", Unknown, PHImplausible},
		{"without land use nothing is known", "镉", "6", "", "0.01", Unknown, NoLandUse},
		{"a land use that is none", "镉", "6", "lawn", "0.01", Unknown, UseUnknown},
		{"an item that the standard does not name", "锑", "6", Paddy, "0.01", Unknown, NoItem},
		{"not measured", "镉", "6", Paddy, "—", Unknown, standard.NotMeasured},
		{"below the detection limit: the standard gives no rule", "镉", "6", Paddy, "<0.01", Unknown, standard.BelowDetection},
		{"a negative content", "镉", "6", Paddy, "-1", Unknown, standard.Negative},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := b.Farmland(FarmlandSample{Item: tt.item, Use: tt.use, PH: exact(tt.ph), Sample: mgkg(tt.value)})
			if got.Outcome != tt.want || got.Issue != tt.issue {
				t.Errorf("%s, %q; want %s, %q: %v", got.Outcome, got.Issue, tt.want, tt.issue, got.Because)
			}
			if got.Verified() || IssueText(got.Issue) != "" && strings.HasPrefix(IssueText(got.Issue), "原因不明") {
				t.Errorf("verified %t, issue %q", got.Verified(), IssueText(got.Issue))
			}
			if got.Outcome != Unknown && len(got.Rows) == 0 {
				t.Error("no rows are named")
			}
		})
	}
}

func TestFarmlandDatesAndUnits(t *testing.T) {
	b := open(t)
	s := FarmlandSample{Item: "镉", Use: OtherUse, PH: exact("6"), Sample: mgkg("0.2")}
	for on, want := range map[standard.Date]Outcome{"2018-07-31": Unknown, "2018-08-01": NotAboveScreening, "": NotAboveScreening} {
		s.Sample.On = on
		if got := b.Farmland(s); got.Outcome != want {
			t.Errorf("on %s: %s, %s; want %s", on, got.Outcome, got.Issue, want)
		}
	}
	s.Sample.Value, s.Sample.Unit = exact("300"), standard.UgPerKg
	if got := b.Farmland(s); got.Outcome != NotAboveScreening {
		t.Errorf("300 µg/kg: %s", got.Text())
	}
	s.Sample.Unit = standard.MgPerL
	if got := b.Farmland(s); got.Outcome != Unknown || got.Issue != standard.UnitMismatch {
		t.Errorf("mg/L: %s, %s", got.Outcome, got.Issue)
	}
}

// The figures are those of GB 36600-2018 tables 1 and 2, as the shared tables
// have them.
func TestDevelopment(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		name, item string
		class      LandClass
		value      string
		background string
		want       Outcome
		issue      standard.Issue
	}{
		{"equal to the screening value of class 1", "铅", Class1, "400", "", NotAboveScreening, ""},
		{"just above it", "铅", Class1, "400.1", "", Between, ""},
		{"equal to the intervention value", "铅", Class1, "800", "", Between, ""},
		{"just above the intervention value", "铅", Class1, "800.1", "", AboveIntervention, ""},
		{"class 2 allows more", "铅", Class2, "800", "", NotAboveScreening, ""},
		{"an unsettled use is class 1", "铅", UseUnsettled, "401", "", Between, ""},
		{"so is no class at all", "Pb", "", "401", "", Between, ""},
		{"by CAS number", "7439-92-1", Class2, "801", "", Between, ""},
		{"where both values are one there is no between", "甲苯", Class1, "1200.1", "", AboveIntervention, ""},
		{"arsenic at the background", "砷", Class1, "30", "30", WithinBackground, ""},
		{"arsenic just above the background", "砷", Class1, "30.1", "30", Between, ""},
		{"arsenic at or below the screening value needs no exception", "砷", Class1, "20", "30", NotAboveScreening, ""},
		{"arsenic without background", "砷", Class1, "30", "", Between, ""},
		{"cobalt has the exception", "Co", Class2, "75", "80", WithinBackground, ""},
		{"vanadium has the exception", "V", Class1, "170", "180", WithinBackground, ""},
		{"at the background and equal to the intervention value the exception holds", "砷", Class1, "120", "130", WithinBackground, ""},
		{"just above the intervention value it does not, though at the background", "砷", Class1, "120.001", "130", AboveIntervention, ""},
		{"nor above the intervention value where the background is the content itself", "钒", Class1, "331", "331", AboveIntervention, ""},
		{"above both", "砷", Class1, "130.1", "130", AboveIntervention, ""},
		{"a stroke is no name, though the table writes it for no CAS number", "-", Class1, "1", "", Unknown, NoItem},
		{"lead has none", "铅", Class1, "401", "500", Between, ""},
		{"another class", "铅", "3", "1", "", Unknown, UseUnknown},
		{"an item that the standard does not name", "锌", Class1, "1", "", Unknown, NoItem},
		{"not detected", "苯", Class1, "未检出", "", Unknown, standard.BelowDetection},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := b.Development(DevelopmentSample{Item: tt.item, Class: tt.class, Sample: mgkg(tt.value), Background: exact(tt.background)})
			if got.Outcome != tt.want || got.Issue != tt.issue {
				t.Errorf("%s, %q; want %s, %q: %v", got.Outcome, got.Issue, tt.want, tt.issue, got.Because)
			}
		})
	}
	before := mgkg("1")
	before.On = "2018-07-31"
	if got := b.Development(DevelopmentSample{Item: "铅", Sample: before}); got.Issue != standard.NotInForce {
		t.Errorf("before the standard: %s", got.Text())
	}
}

func TestWorst(t *testing.T) {
	of := func(o Outcome) Result { return Result{Item: string(o), Outcome: o} }
	for _, tt := range []struct {
		name    string
		results []Result
		want    Outcome
		unknown string
	}{
		{"nothing was judged", nil, Unknown, ""},
		{"all is below", []Result{of(NotAboveScreening), of(NotAboveScreening)}, NotAboveScreening, ""},
		{"unknown is never good", []Result{of(NotAboveScreening), of(Unknown)}, Unknown, "unknown"},
		{"a result never made is unknown", []Result{of(NotAboveScreening), {Item: "zero"}}, Unknown, "zero"},
		{"what was found stands beside what is unknown", []Result{of(Unknown), of(Between)}, Between, "unknown"},
		{"the worst counts", []Result{of(AboveIntervention), of(Between)}, AboveIntervention, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, unknown := Worst(tt.results...)
			if got != tt.want || strings.Join(unknown, " ") != tt.unknown {
				t.Errorf("Worst = %s, %v; want %s, %s", got, unknown, tt.want, tt.unknown)
			}
		})
	}
}

// A bureau that fills in a figure gets results that name the new revision, and
// a table that says which category follows is followed.
func TestCorrections(t *testing.T) {
	load := func(name string) *standard.Table {
		table, err := standard.LoadTable(catalog.FS(""), "standards/"+name+".tsv")
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	with := func(name, key, column, text string, c standard.Confidence) *standard.Table {
		table, err := load(name).With(standard.Correction{Key: key, Cells: map[string]string{column: text}, Confidence: c, By: "张三", Reason: "核对原文", At: "2026-11-24T10:00:00+08:00"})
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	tables := Tables{
		Farmland:    with(FarmlandTable, "表1-镉-其他-5.5至6.5", "limit", "", standard.Missing),
		Development: load(DevelopmentTable),
		Groundwater: load(GroundwaterTable),
		Categories:  with(CategoryTable, "不高于筛选值", "category", "优先保护类", standard.Memory),
	}
	b, err := New(tables)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(ph string) Result {
		s := mgkg("0.2")
		s.On = "2026-08-15"
		return b.Farmland(FarmlandSample{Item: "镉", Use: OtherUse, PH: exact(ph), Sample: s})
	}
	if got := ask("6"); got.Outcome != Unknown || got.Issue != FigureMissing || got.Confidence != standard.Missing || got.Rows[0].Revision != 2 {
		t.Errorf("a figure that was taken out: %+v", got)
	}
	if got := ask("5"); got.Category != "优先保护类" || got.Confidence != standard.Memory {
		t.Errorf("category %q, %s", got.Category, got.Confidence)
	}
	if got := open(t).Farmland(FarmlandSample{Item: "镉", Use: OtherUse, PH: exact("5"), Sample: mgkg("0.2")}); got.Category != "" {
		t.Errorf("as shipped there is a category: %s", got.Category)
	}
	tables.Farmland = with(FarmlandTable, "表1-镉-其他-5.5至6.5", "limit", "a", "")
	if _, err := New(tables); err == nil || !strings.Contains(err.Error(), "表1-镉-其他-5.5至6.5") {
		t.Errorf("a limit that is no number: %v", err)
	}
	tables.Farmland = nil
	if _, err := New(tables); err == nil {
		t.Error("a table that is not there was taken")
	}
}

func TestGroundwater(t *testing.T) {
	if got := open(t).Groundwater("氨氮", standard.Sample{Value: exact("0.1"), Unit: standard.MgPerL}); got.Issue != NoFigures || got.Class != "" {
		t.Errorf("without figures: %+v", got)
	}
	// Figures made up for the test: two classes and all that is above them.
	made, err := standard.ParseTable(GroundwaterTable, []byte("key\titem\tclass\tmin\tmax\tunit\tdocument\tedition\tclause\ttitle\tfrom\tto\tconfidence\tsource\tnote\n"+
		"a2\t甲\tII\t\t2\tmg/L\tX\t1\t\t\t\t\tunverified\t\t\na1\t甲\tI\t\t1\tmg/L\tX\t1\t\t\t\t\tunverified\t\t\na5\t甲\tV\t2\t\tmg/L\tX\t1\t\t\t\t\tunverified\t\t\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := open(t)
	for _, r := range made.Rows() {
		if err := b.readGroundwater(line{r, made.Ref(r)}); err != nil {
			t.Fatal(err)
		}
	}
	for value, want := range map[string]string{"1": "I", "1.01": "II", "2": "II", "2.01": "V", "—": ""} {
		s := standard.Reported(value, "", standard.MgPerL)
		if got := b.Groundwater("甲", s); got.Class != want || got.Confidence.Verified() {
			t.Errorf("%s: class %q, %q; want %q", value, got.Class, got.Issue, want)
		}
	}
	if got := b.Groundwater("乙", standard.Reported("1", "", standard.MgPerL)); got.Issue != NoItem {
		t.Errorf("another item: %+v", got)
	}
}

func TestText(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		name string
		got  Result
		want string
	}{
		{"farmland", b.Farmland(FarmlandSample{Item: "Cd", Use: OtherUse, PH: exact("7"), Sample: mgkg("0.2")}),
			"镉：不高于筛选值；与筛选值比较：0.2 mg/kg ＜ 0.3 mg/kg；与管制值比较：0.2 mg/kg ＜ 3 mg/kg；" +
				"依据《土壤环境质量 农用地土壤污染风险管控标准（试行）》（GB 15618-2018） 表1，2018-08-01 起施行（待核实）；" +
				"依据《土壤环境质量 农用地土壤污染风险管控标准（试行）》（GB 15618-2018） 表3，2018-08-01 起施行（待核实）"},
		{"within the background", b.Development(DevelopmentSample{Item: "砷", Class: Class2, Sample: mgkg("61"), Background: exact("70")}),
			"砷：高于筛选值、不高于背景值；与筛选值比较：61 mg/kg ＞ 60 mg/kg；与管制值比较：61 mg/kg ＜ 140 mg/kg；与背景值比较：61 mg/kg ＜ 70 mg/kg；不纳入污染地块管理；" +
				"依据《土壤环境质量 建设用地土壤污染风险管控标准（试行）》（GB 36600-2018） 表1，2018-08-01 起施行（待核实）"},
		{"unknown", b.Farmland(FarmlandSample{Item: "Cd", Use: OtherUse, Sample: mgkg("0.2")}), "镉：未知，没有土壤 pH，不能选定筛选值和管制值"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.got.Text(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// Every name that the table gives an item, and those of laboratories, find it.
func TestFindItem(t *testing.T) {
	b := open(t)
	plots, fields := b.DevelopmentItems(), b.FarmlandItems()
	if len(plots) != 85 || len(fields) != 11 || len(b.GroundwaterItems()) != 0 {
		t.Fatalf("%d, %d, %d items", len(plots), len(fields), len(b.GroundwaterItems()))
	}
	for _, i := range append(plots, fields...) {
		for _, name := range []string{i.Name, i.Symbol, i.CAS} {
			if name == "" {
				continue
			}
			if got, ok := FindItem(plots, name); ok && got.Name != i.Name && i.Clause == got.Clause {
				t.Errorf("%s is taken for %s", name, got.Name)
			}
		}
	}
	for _, tt := range []struct{ text, want string }{
		{"六价铬", "铬(六价)"}, {"Cr（VI）", "铬(六价)"}, {"Cr6+", "铬(六价)"}, {"铬（Ⅵ）", "铬(六价)"}, {"总砷", "砷"}, {"As", "砷"}, {" 7440-38-2 ", "砷"}, {"苯并（a）芘", "苯并[a]芘"},
		{"石油烃（C10-C40）", "石油烃(C10-C40)"}, {"铬", ""}, {"as", ""}, {"-", ""}, {"", ""}, {"锌", ""},
	} {
		got, ok := FindItem(plots, tt.text)
		if got.Name != tt.want || ok != (tt.want != "") {
			t.Errorf("FindItem(%q) = %q; want %q", tt.text, got.Name, tt.want)
		}
	}
}
