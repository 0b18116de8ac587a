package water

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pingzhang/standard"
)

// samples reads "氨氮 0.5, 总磷 0.1": all in mg/L but pH, which has no unit.
func samples(text string) []Sample {
	var all []Sample
	for _, part := range strings.Split(text, ", ") {
		item, value, _ := strings.Cut(part, " ")
		s := Sample{Item: item, Value: value, Unit: "mg/L"}
		if item == "pH" {
			s.Unit = ""
		}
		all = append(all, s)
	}
	return all
}

// visits are visits on the days given before the colon: "2026-03-02: 氨氮 0.5".
func visits(texts ...string) []Visit {
	var all []Visit
	for _, text := range texts {
		on, found, _ := strings.Cut(text, ": ")
		v := Visit{On: standard.Date(on)}
		switch found {
		case "冰封":
			v.Condition = Ice
		case "断流":
			v.Condition = NoFlow
		default:
			v.Samples = samples(found)
		}
		all = append(all, v)
	}
	return all
}

func pollutants(all []Exceedance) string {
	var texts []string
	for _, e := range all {
		texts = append(texts, e.Text())
	}
	return strings.Join(texts, "、")
}

func issues(flags []Flag) string {
	var all []string
	for _, f := range flags {
		all = append(all, string(f.Issue))
	}
	return strings.Join(all, " ")
}

func TestSection(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		name   string
		body   Body
		period Period
		visits []Visit
		class  Class
		issue  standard.Issue
		rating string
		main   string
		flags  string
	}{
		{"one item decides", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 0.5, 总磷 0.21, 溶解氧 9"), IV, "", "轻度污染", "总磷(0.05)", ""},
		{"良好 has no main pollutants", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 1.0, 总磷 0.1"), III, "", "良好", "", ""},
		{"优 neither", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 0.5"), II, "", "优", "", ""},
		{"the mean is judged, not the worst day", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 0.5", "2026-03-12: 氨氮 1.5"), III, "", "良好", "", ""},
		{"half the detection limit enters the mean", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 <0.2", "2026-03-12: 氨氮 0.2"), I, "", "优", "", ""},
		{"phosphorus of a lake", Lake, OfMonth(2026, 3), visits("2026-03-02: 总磷 0.06"), IV, "", "轻度污染", "总磷(0.2)", ""},
		{"total nitrogen does not decide, not even in a lake", Lake, OfMonth(2026, 3), visits("2026-03-02: 总磷 0.01, 总氮 9, 粪大肠菌群 1"), I, "", "优", "", "unit_mismatch"},
		{"only total nitrogen is nothing to go by", Lake, OfMonth(2026, 3), visits("2026-03-02: 总氮 0.1"), 0, NoRatedItem, "", "", ""},
		{"the worst class comes first", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 1.6, 高锰酸盐指数 9, 总磷 0.5"), WorseThanV, "", "重度污染", "总磷(1.5)、氨氮(0.6)、高锰酸盐指数(0.5)", ""},
		{"of one class, the larger multiple", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 1.1, 高锰酸盐指数 9, 化学需氧量 24, 总磷 0.28"), IV, "", "轻度污染", "高锰酸盐指数(0.5)、总磷(0.4)、化学需氧量(0.2)", ""},
		{"lead goes first though others are worse", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 9, 高锰酸盐指数 99, 化学需氧量 240, 铅 0.06"), WorseThanV, "", "重度污染", "铅(0.2)、高锰酸盐指数(15.5)、化学需氧量(11.0)", ""},
		{"cyanide within class III does not", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 1.2, 氰化物 0.2"), IV, "", "轻度污染", "氨氮(0.2)", ""},
		{"oxygen and pH have no multiple, and come last of their class", River, OfMonth(2026, 3), visits("2026-03-02: pH 5, 溶解氧 1, 氨氮 2.5"), WorseThanV, "", "重度污染", "氨氮(1.5)、pH、溶解氧", ""},
		{"a quarter of one result is flagged", River, OfQuarter(2026, 1), visits("2026-03-02: 氨氮 0.1"), I, "", "优", "", "too_few_results"},
		{"of two it is not", River, OfQuarter(2026, 1), visits("2026-02-02: 氨氮 0.1", "2026-03-02: 氨氮 0.1"), I, "", "优", "", ""},
		{"a day of another month does not enter", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 0.1", "2026-04-01: 氨氮 9"), I, "", "优", "", "outside_period"},
		{"a day that is none neither", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 0.1", "2026-03-32: 氨氮 9"), I, "", "优", "", "date_odd"},
		{"the same twice counts once", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 0.1, 氨氮 0.1", "2026-03-03: 氨氮 0.2"), I, "", "优", "", "duplicate"},
		{"two values of one day both count", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 0.1, 氨氮 0.9"), II, "", "优", "", "same_day"},
		{"what cannot be read is left out and flagged", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 -99, 总磷 0.1", "2026-03-12: 氨氮 0.1"), II, "", "优", "", "negative"},
		{"an item of which nothing can be read is unjudged", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 低, 总磷 0.1"), II, "", "优", "", "not_number items_unjudged"},
		{"a stroke is not measured", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 —, 总磷 0.1"), II, "", "优", "", "not_measured"},
		{"an item nobody knows", River, OfMonth(2026, 3), visits("2026-03-02: 悬浮物 99, 总磷 0.1"), II, "", "优", "", "water_no_item"},
		{"a coarse detection limit is flagged", River, OfMonth(2026, 3), visits("2026-03-02: 汞 <0.0003, 总磷 0.1"), IV, "", "轻度污染", "汞(0.5)", "detection_coarse"},
		{"未检出 below nobody knows what", River, OfMonth(2026, 3), visits("2026-03-02: 汞 未检出, 总磷 0.1"), II, "", "优", "", "no_detection_limit items_unjudged"},
		{"under ice", River, OfMonth(2026, 1), visits("2026-01-05: 冰封"), 0, IceBound, "", "", ""},
		{"without flow", River, OfMonth(2026, 1), visits("2026-01-05: 断流"), 0, NoFlowing, "", "", ""},
		{"first one, then the other", River, OfQuarter(2026, 1), visits("2026-01-05: 冰封", "2026-03-05: 断流"), 0, MixedStates, "", "", ""},
		{"no visit", River, OfMonth(2026, 1), nil, 0, NoRatedItem, "", "", ""},
		{"ice in one month and water in the others", River, OfQuarter(2026, 1), visits("2026-01-05: 冰封", "2026-02-05: 氨氮 0.2", "2026-03-05: 氨氮 0.4"), II, "", "优", "", ""},
		{"neither river nor lake", "", OfMonth(2026, 1), nil, 0, BodyOdd, "", "", ""},
		{"a period that ends before it begins", River, Between("2026-02-02", "2026-02-01"), nil, 0, DateOdd, "", "", ""},
		{"before the rules", River, OfMonth(2010, 1), visits("2010-01-05: 氨氮 0.2"), 0, NoRule, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := b.Section(Monitoring{"卡伦山", tt.body, tt.period, tt.visits})
			if s.Class != tt.class || s.Issue != tt.issue || s.Rating.Name != tt.rating || pollutants(s.Main) != tt.main || issues(s.Flags) != tt.flags {
				t.Errorf("Section = %s, %q, %s, %s, flags %s; want %s, %q, %s, %s, %s", s.Class, s.Issue, s.Rating.Name, pollutants(s.Main), issues(s.Flags),
					tt.class, tt.issue, tt.rating, tt.main, tt.flags)
			}
			if s.Class.Known() == (s.Issue != "") || s.Verified() || s.Confidence == "" {
				t.Errorf("%s with %q, %s", s.Class, s.Issue, s.Confidence)
			}
			if s.Text() == "" || s.Issue == "" && !strings.Contains(s.Text(), "待核实") {
				t.Errorf("text %q", s.Text())
			}
		})
	}
}

func TestAStateIsNeitherGoodNorBad(t *testing.T) {
	b := open(t)
	for found, want := range map[string]Condition{"冰封": Ice, "断流": NoFlow} {
		s := b.Section(Monitoring{"", River, OfMonth(2026, 1), visits("2026-01-05: " + found)})
		a := b.Attain(s, III)
		if s.Condition != want || s.Class.Good() || a.Verdict != standard.Unknown || a.Condition != want || a.Issue != s.Issue {
			t.Errorf("%s: %q, %s, %s, %q", found, s.Condition, s.Class, a.Verdict, a.Issue)
		}
	}
	v := Visit{On: "2026-01-05", Condition: Ice, Samples: samples("氨氮 0.1")}
	if s := b.Section(Monitoring{"", River, OfMonth(2026, 1), []Visit{v}}); s.Class.Known() || s.Issue != IceBound || issues(s.Flags) != "values_unused" {
		t.Errorf("values under ice: %s, %q, %s", s.Class, s.Issue, issues(s.Flags))
	}
	v.Condition = "frozen"
	if s := b.Section(Monitoring{"", River, OfMonth(2026, 1), []Visit{v}}); s.Class.Known() || issues(s.Flags) != "condition_odd" {
		t.Errorf("a condition nobody knows: %s, %s", s.Class, issues(s.Flags))
	}
}

func TestAYearIsTheMeanOfItsMonths(t *testing.T) {
	b := open(t)
	// Two results of March, 0.2 and 1.0, count as one of 0.6:
	// (7 × 0.2 + 0.6) / 8 = 0.25; the plain mean of nine would be 2.6/9.
	texts := []string{"2026-03-02: 氨氮 0.2", "2026-03-22: 氨氮 1.0"}
	for month := 4; month <= 10; month++ {
		texts = append(texts, fmt.Sprintf("2026-%02d-02: 氨氮 0.2", month))
	}
	s := b.Section(Monitoring{"", River, OfYear(2026), visits(texts...)})
	c, _ := s.Of("nh3n")
	if !c.Value.Equal(standard.Must("0.25")) || s.Results != 8 || s.Has(TooFewResults) {
		t.Errorf("mean %s of %d results, flags %s", c.Value, s.Results, issues(s.Flags))
	}
	if want := "2026-03 月均值 (0.2＋1.0)÷2＝0.6；均值 (0.6＋0.2＋0.2＋0.2＋0.2＋0.2＋0.2＋0.2)÷8＝0.25 mg/L；0.25 mg/L 符合Ⅱ类（≤0.5），不符合Ⅰ类（≤0.15）"; c.Arithmetic() != want {
		t.Errorf("arithmetic %s", c.Arithmetic())
	}
	s = b.Section(Monitoring{"", River, OfYear(2026), visits(texts[:8]...)})
	if s.Results != 7 || !s.Has(TooFewResults) || !strings.Contains(s.Text(), "结果仅供参考") {
		t.Errorf("%d results, flags %s", s.Results, issues(s.Flags))
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	s := open(t).Section(Monitoring{"", River, OfMonth(2026, 3), visits("2026-03-02: 氨氮 0.2, 汞 低, 总磷 —")})
	if len(s.Missing) != 19 || slices.Contains(s.Missing, "nh3n") || !slices.Contains(s.Missing, TP) || !slices.Equal(s.Unjudged, []Item{"hg"}) {
		t.Errorf("missing %v, unjudged %v", s.Missing, s.Unjudged)
	}
	if !slices.Equal(s.Deciding, []Item{"nh3n"}) || len(s.Exceeding) != 0 {
		t.Errorf("deciding %v", s.Deciding)
	}
}

func TestSaturationOfAMean(t *testing.T) {
	b := open(t)
	oxygen := func(value, saturation string) []Sample {
		return []Sample{{Item: "溶解氧", Value: value, Unit: "mg/L", Saturation: saturation}}
	}
	both := []Visit{{On: "2026-07-02", Samples: oxygen("7", "88")}, {On: "2026-07-12", Samples: oxygen("7.2", "92")}}
	if s := b.Section(Monitoring{"", River, OfMonth(2026, 7), both}); s.Class != I {
		t.Errorf("mean saturation of 90 %%: %s", s.Class)
	}
	both[0].Samples = oxygen("7", "")
	if s := b.Section(Monitoring{"", River, OfMonth(2026, 7), both}); s.Class != II {
		t.Errorf("saturation of one of two: %s", s.Class)
	}
}

func TestPeriods(t *testing.T) {
	for _, tt := range []struct {
		p              Period
		name, from, to string
	}{
		{OfMonth(2024, 2), "2024年2月", "2024-02-01", "2024-02-29"},
		{OfMonth(2026, 12), "2026年12月", "2026-12-01", "2026-12-31"},
		{OfQuarter(2026, 1), "2026年第1季度", "2026-01-01", "2026-03-31"},
		{OfQuarter(2026, 4), "2026年第4季度", "2026-10-01", "2026-12-31"},
		{OfYear(2026), "2026年", "2026-01-01", "2026-12-31"},
		{Between("2026-03-01", "2026-03-10"), "2026-03-01 至 2026-03-10", "2026-03-01", "2026-03-10"},
	} {
		if tt.p.Name() != tt.name || string(tt.p.From) != tt.from || string(tt.p.To) != tt.to {
			t.Errorf("%+v is %s", tt.p, tt.p.Name())
		}
		if !tt.p.Has(standard.Date(tt.from)) || !tt.p.Has(standard.Date(tt.to)) || tt.p.Has("2023-12-31") || tt.p.Has("2027-01-01") {
			t.Errorf("%s has other days than its own", tt.name)
		}
	}
}
