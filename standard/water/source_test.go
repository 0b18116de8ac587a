package water

import (
	"slices"
	"strings"
	"testing"

	"pingzhang/standard"
)

func TestAttain(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		name, found string
		target      Class
		want        standard.Verdict
		issue       standard.Issue
		exceeding   string
	}{
		{"better than the target", "氨氮 0.1", III, standard.Meets, "", ""},
		{"the target itself", "氨氮 1.0", III, standard.Meets, "", ""},
		{"worse by multiples of the limit of the target", "氨氮 1.5, 溶解氧 5.5", II, standard.Exceeds, "", "溶解氧、氨氮(2.0)"},
		{"class V may be a target", "氨氮 2.0", V, standard.Meets, "", ""},
		{"worse than V is none", "氨氮 2.0", WorseThanV, standard.Unknown, ClassOdd, ""},
		{"no target", "氨氮 2.0", 0, standard.Unknown, ClassOdd, ""},
		{"what could not be judged may be bad", "氨氮 0.1, 汞 低", III, standard.Unknown, ItemsUnjudged, ""},
		{"what exceeds does so whatever else", "氨氮 1.1, 汞 低", III, standard.Exceeds, "", "氨氮(0.1)"},
		{"nothing", "悬浮物 1", III, standard.Unknown, NoRatedItem, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := b.Attain(b.Section(Monitoring{"卡伦山", River, OfMonth(2026, 3), visits("2026-03-02: " + tt.found)}), tt.target)
			var texts []string
			for _, j := range a.Exceeding {
				texts = append(texts, Exceedance{Name: j.Name, Multiple: j.Multiple}.Text())
			}
			if got := strings.Join(texts, "、"); a.Verdict != tt.want || a.Issue != tt.issue || got != tt.exceeding {
				t.Errorf("Attain = %s, %q, %s; want %s, %q, %s", a.Verdict, a.Issue, got, tt.want, tt.issue, tt.exceeding)
			}
			if a.Text() == "" || a.Verified() || a.Confidence == "" {
				t.Errorf("%q, %s", a.Text(), a.Confidence)
			}
		})
	}
}

// The class and the verdict of each item agree: a section attains exactly when
// its class is its target or better.
func TestAttainmentAgreesWithTheClass(t *testing.T) {
	b := open(t)
	for _, s := range river(t, b, "1 2 3 4 5 6") {
		for target := I; target <= V; target++ {
			if a := b.Attain(s, target); (a.Verdict == standard.Meets) != (s.Class <= target) {
				t.Errorf("%s of target %s: %s", s.Class, target, a.Verdict)
			}
		}
	}
}

func TestCountAttained(t *testing.T) {
	b := open(t)
	var all []Attainment
	for _, s := range river(t, b, "1 2 4 冰 断 ?") {
		all = append(all, b.Attain(s, III))
	}
	n := CountAttained(all)
	if n != (Attained{Met: 2, Exceeded: 1, Ice: 1, Dry: 1, Unknown: 1}) || n.Share().Round(2) != "66.67" {
		t.Errorf("%+v, %s", n, n.Share())
	}
	if CountAttained(nil).Share().IsSet() {
		t.Error("a share of nothing")
	}
}

// complete is a sample of every rated item of table 1 and all of table 2, at half
// the limit of class III, or well within where that cannot be.
func complete(b *Book) []Sample {
	var all []Sample
	for _, info := range b.items {
		if !info.rated && info.table != "表2" {
			continue
		}
		limit, _, _ := b.Limit(info.item, Lake, III, "2026-03-01")
		value := limit.Max.Quo(standard.Int(2))
		switch info.item {
		case PH:
			value = standard.Int(7)
		case Oxygen:
			value = standard.Int(10)
		}
		unit := string(info.unit)
		all = append(all, Sample{Item: info.name, Value: value.String(), Unit: unit})
	}
	return all
}

func TestSource(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		name    string
		change  func(all []Sample) []Sample
		chosen  []string
		class   Class
		want    standard.Verdict
		issue   standard.Issue
		missing int
	}{
		{"all that counts is there and meets", nil, nil, 0, standard.Meets, "", 0},
		{"iron beyond table 2", func(all []Sample) []Sample { return append(all[:len(all)-2], samples("铁 0.31, 锰 0.1")...) }, nil, 0, standard.Exceeds, "", 0},
		{"manganese is missing", func(all []Sample) []Sample { return all[:len(all)-1] }, nil, 0, standard.Unknown, ItemsMissing, 1},
		{"an item of table 1 is missing", func(all []Sample) []Sample { return all[1:] }, nil, 0, standard.Unknown, ItemsMissing, 1},
		{"benzene beyond table 3", func(all []Sample) []Sample { return append(all, samples("苯 0.011")...) }, nil, 0, standard.Exceeds, "", 0},
		{"benzene at its limit", func(all []Sample) []Sample { return append(all, samples("苯 0.01")...) }, nil, 0, standard.Meets, "", 0},
		{"benzene below detection counts by half", func(all []Sample) []Sample { return append(all, samples("苯 <0.002")...) }, nil, 0, standard.Meets, "", 0},
		{"未检出 alone says too little", func(all []Sample) []Sample { return append(all, samples("苯 未检出")...) }, nil, 0, standard.Unknown, ItemsUnjudged, 0},
		{"benzene was chosen and is missing", nil, []string{"苯"}, 0, standard.Unknown, ItemsMissing, 1},
		{"an item was chosen that nobody knows", nil, []string{"悬浮物"}, 0, standard.Unknown, ItemsMissing, 1},
		{"toluene was not chosen and does not count", func(all []Sample) []Sample { return append(all, samples("苯 0.001, 甲苯 9")...) }, []string{"苯"}, 0, standard.Meets, "", 0},
		{"total nitrogen and coliforms are for reference", func(all []Sample) []Sample {
			return append(all, Sample{Item: "总氮", Value: "9", Unit: "mg/L"}, Sample{Item: "粪大肠菌群", Value: "99999", Unit: "个/L"})
		}, nil, 0, standard.Meets, "", 0},
		{"within III is not within II", nil, nil, I, standard.Exceeds, "", 0},
		{"worse than V is no class of a source", nil, nil, WorseThanV, standard.Unknown, ClassOdd, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all := complete(b)
			if tt.change != nil {
				all = tt.change(all)
			}
			s := b.Source(SourceMonitoring{Monitoring{"北水源", Lake, OfMonth(2026, 3), []Visit{{On: "2026-03-02", Samples: all}}}, tt.class, tt.chosen})
			if s.Verdict != tt.want || s.Issue != tt.issue || len(s.Missing) != tt.missing {
				t.Errorf("Source = %s, %q, missing %v, unjudged %v, exceeding %v", s.Verdict, s.Issue, s.Missing, s.Unjudged, s.Exceeding)
			}
			if s.Text() == "" || s.Verified() || s.Confidence == "" {
				t.Errorf("%q, %s", s.Text(), s.Confidence)
			}
		})
	}
	s := b.Source(SourceMonitoring{Monitoring: Monitoring{"", Lake, OfMonth(2026, 1), visits("2026-01-02: 冰封")}})
	if s.Verdict != standard.Unknown || s.Issue != IceBound {
		t.Errorf("under ice: %s, %q", s.Verdict, s.Issue)
	}
}

// Each item of tables 2 and 3 on both sides of its limit, by the raw table.
func TestEveryLimitOfTables2And3(t *testing.T) {
	b := open(t)
	for _, row := range rawLimits(t) {
		if row["table"] == "表1" {
			continue
		}
		limit := standard.Must(row["limit"])
		for _, tt := range []struct {
			value standard.Exact
			want  standard.Verdict
		}{{limit, standard.Meets}, {limit.Mul(standard.Must("1.000001")), standard.Exceeds}} {
			j := b.Judge(Sample{Item: row["item"], Value: tt.value.String(), Unit: row["unit"]}, Lake, 0, "2026-03-01")
			if j.Verdict != tt.want || j.Rows[0].Key != row["key"] || j.Multiple.IsSet() != (tt.want == standard.Exceeds) {
				t.Errorf("%s of %s: %s, %q, %v", tt.value, row["item"], j.Verdict, j.Issue, j.Rows)
			}
		}
	}
}

func TestCityIndex(t *testing.T) {
	b := open(t)
	section := func(body Body, all []Sample) Section {
		return b.Section(Monitoring{"", body, OfMonth(2026, 3), []Visit{{On: "2026-03-02", Samples: all}}})
	}
	// 19 items at half the limit of class III, phosphorus too since both sections
	// are of lakes; pH 7 counts 0, oxygen 5/10.
	all := complete(b)
	one := section(Lake, all)
	c := b.CityIndex(nil, []Section{one})
	if !c.Index.Equal(standard.Int(10)) || c.Confidence != standard.Memory || c.Label() != "待核实" {
		t.Errorf("CWQI = %s, %q, %s", c.Index, c.Issue, c.Confidence)
	}
	// As a river phosphorus of 0.025 is an eighth of 0.2: 9.5 + 0.125. One river
	// section and three lake points: (9.625 + 3 × 10) / 4.
	c = b.CityIndex([]Section{section(River, all)}, []Section{one, one, one})
	if !c.Index.Equal(standard.Must("9.90625")) {
		t.Errorf("CWQI = %s, %q", c.Index, c.Issue)
	}
	for i, s := range all {
		if s.Item == "pH" {
			all[i].Value = "6.5" // (7-6.5)/(7-6)
		}
	}
	if c = b.CityIndex(nil, []Section{section(Lake, all)}); !c.Index.Equal(standard.Must("10.5")) {
		t.Errorf("CWQI = %s", c.Index)
	}
	for i, s := range all {
		if s.Item == "pH" {
			all[i].Value = "8.5" // (8.5-7)/(9-7)
		}
	}
	if c = b.CityIndex(nil, []Section{section(Lake, all)}); !c.Index.Equal(standard.Must("10.75")) {
		t.Errorf("CWQI = %s", c.Index)
	}
	if c = b.CityIndex(nil, []Section{section(Lake, all[1:])}); c.Issue != ItemsMissing || c.Index.IsSet() || !slices.Equal(c.Lakes.Missing, []Item{PH}) || !c.Lakes.Partial.Equal(standard.Int(10)) {
		t.Errorf("without pH: %s, %q, %v", c.Index, c.Issue, c.Lakes.Missing)
	}
	if c = b.CityIndex(nil, nil); c.Issue != NoSections || c.Confidence != standard.Missing {
		t.Errorf("of nothing: %q", c.Issue)
	}
	if c = b.CityIndex(river(t, b, "冰"), nil); c.Issue != NoSections || c.Index.IsSet() {
		t.Errorf("of ice: %q", c.Issue)
	}
}
