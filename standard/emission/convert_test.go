package emission

import (
	"strings"
	"testing"

	"pingzhang/standard"
)

const today = standard.Date("2026-11-24")

// Expected numbers follow from the formulas in the notes of the table.
func TestConversions(t *testing.T) {
	b := open(t)
	x := exact
	furnace := func(value, oxygen, alpha, reference, ceiling string) Reckoned {
		return b.AtReferenceAir(FurnaceSample{x(value), standard.MgPerM3, x(oxygen), x(alpha), x(reference), x(ceiling), today})
	}
	state := func(c, atmosphere, static, celsius, moisture string) Reckoned {
		return b.StandardState(x(c), standard.MgPerM3, GasState{x(atmosphere), x(static), x(celsius), x(moisture)}, today)
	}
	for _, tt := range []struct {
		name  string
		got   Reckoned
		want  string // value, or the issue
		words string
	}{
		{"α of 10.5 % oxygen is 2", furnace("100", "10.5", "", "1.7", ""), "2000/17", "α=21/(21−10.5)=2；100×2/1.7≈117.6 mg/m³"},
		{"α measured goes first", furnace("100", "10.5", "3.4", "1.7", ""), "200", "100×3.4/1.7=200 mg/m³"},
		{"no oxygen is α 1", furnace("100", "0", "", "2", ""), "50", "α=21/(21−0)=1；100×1/2=50 mg/m³"},
		{"neither α nor oxygen", furnace("100", "", "", "1.7", ""), "no_oxygen", ""},
		{"plain air", furnace("100", "21", "", "1.7", ""), "oxygen_high", ""},
		{"oxygen below zero", furnace("100", "-0.1", "", "1.7", ""), "oxygen_negative", ""},
		{"at the ceiling", furnace("100", "18.9", "", "10", "18.9"), "100", "α=21/(21−18.9)=10；100×10/10=100 mg/m³"},
		{"above the ceiling", furnace("100", "18.91", "", "10", "18.9"), "dilution", ""},
		{"α below 1 cannot be", furnace("100", "", "0.99", "1.7", ""), "alpha_implausible", ""},
		{"no α laid down", furnace("100", "", "2", "", ""), "no_alpha_reference", ""},
		{"no value", furnace("", "", "2", "1.7", ""), "no_value", ""},
		{"a negative value", furnace("-1", "", "2", "1.7", ""), "negative", ""},

		{"mass rate", b.MassRate(x("200"), standard.MgPerM3, x("50000"), standard.M3PerH, today), "10", "200×50000×10⁻⁶=10 kg/h"},
		{"of other units", b.MassRate(x("0.2"), standard.GPerM3, x("10"), standard.M3PerS, today), "7.2", "200×36000×10⁻⁶=7.2 kg/h"},
		{"of water: not by this rule", b.MassRate(x("0.2"), standard.MgPerL, x("10"), standard.M3PerS, today), "unit_mismatch", ""},
		{"without flow", b.MassRate(x("0.2"), standard.MgPerM3, x(""), standard.M3PerS, today), "no_flow", ""},
		{"no flow at all is nothing let out", b.MassRate(x("200"), standard.MgPerM3, x("0"), standard.M3PerH, today), "0", "200×0×10⁻⁶=0 kg/h"},
		{"a rule before its day", b.MassRate(x("200"), standard.MgPerM3, x("1"), standard.M3PerH, "2018-02-28"), "no_rule", "没有适用的数据有效性规则"},

		{"sulphur dioxide from ppm", b.FromMolar(x("100"), x("64"), today), "2000/7", "64/22.4×100≈285.7 mg/m³"},
		{"without molar mass", b.FromMolar(x("100"), x(""), today), "no_molar_mass", ""},
		{"nitrogen oxides as NO₂", b.NitrogenOxides(x("30"), x("4"), today), "50", "30×46/30＋4=50 mg/m³"},
		{"without NO₂", b.NitrogenOxides(x("30"), x(""), today), "no_value", ""},

		{"at the standard state nothing changes", state("100", "101325", "0", "0", "0"), "100", "100×101325/(101325＋0)×(273＋0)/273/(1−0/100)=100 mg/m³"},
		{"hot and wet gas", state("100", "101325", "0", "273", "20"), "250", "100×101325/(101325＋0)×(273＋273)/273/(1−20/100)=250 mg/m³"},
		{"without moisture", state("100", "101325", "0", "273", ""), "no_value", ""},
		{"nothing but water", state("100", "101325", "0", "273", "100"), "state_implausible", ""},
		{"below absolute zero", state("100", "101325", "0", "-273", "0"), "state_implausible", ""},
		{"no pressure", state("100", "101325", "-101325", "0", "0"), "state_implausible", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.got
			if got.Issue != "" {
				if string(got.Issue) != tt.want || got.Value.IsSet() || got.Arithmetic == "" {
					t.Errorf("%s, %s, %s; want %s", got.Issue, got.Value, got.Arithmetic, tt.want)
				}
				return
			}
			if want := fraction(tt.want); !got.Value.Equal(want) || got.Arithmetic != tt.words {
				t.Errorf("%s, %s; want %s, %s", got.Value, got.Arithmetic, tt.want, tt.words)
			}
			if got.Confidence.Verified() || len(got.Rows) != 1 || got.Citation.Document == "" {
				t.Errorf("rests on %v, %s", got.Rows, got.Confidence)
			}
		})
	}
}

// fraction reads a number or a fraction.
func fraction(text string) standard.Exact {
	n, d, ok := strings.Cut(text, "/")
	if !ok {
		d = "1"
	}
	return exact(n).Quo(exact(d))
}

func TestSubstitute(t *testing.T) {
	b := open(t)
	// 2160 valid hours: 1 … 2160 falling to the newest, so that the largest of
	// the last n is n.
	before := make([]standard.Exact, 0, 2200)
	for i := 2160; i >= 1; i-- {
		before = append(before, standard.Int(int64(i)))
		if i%100 == 0 {
			before = append(before, standard.Exact{}) // an hour that is not valid does not count
		}
	}
	for _, tt := range []struct {
		name    string
		capture standard.Exact
		hours   int
		before  []standard.Exact
		medium  standard.Medium
		want    string
	}{
		{"all there, a short gap", exact("1"), 1, before, standard.WasteGas, "180"},
		{"90 % is high", exact("0.9"), 24, before, standard.WasteGas, "180"},
		{"a day and an hour", exact("0.9"), 25, before, standard.WasteGas, "720"},
		{"just under 90 %", exact("0.8999"), 1, before, standard.WasteGas, "2160"},
		{"75 % is enough", exact("0.75"), 100, before, standard.WasteGas, "2160"},
		{"just under 75 % nothing stands for a gap", exact("0.7499"), 1, before, standard.WasteGas, "no_rule"},
		{"one valid hour too few", exact("0.8"), 1, before[1:], standard.WasteGas, "too_few_before"},
		{"no hours before", exact("0.95"), 1, nil, standard.WasteGas, "too_few_before"},
		{"the rule for water was not read", exact("0.95"), 1, before, standard.WasteWater, "no_rule"},
		{"the capture rate is not known", standard.Exact{}, 1, before, standard.WasteGas, "no_value"},
		{"a gap without length", exact("0.95"), 0, before, standard.WasteGas, "no_value"},
		{"a share above 1 cannot be", exact("1.01"), 1, before, standard.WasteGas, "no_rule"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := b.Substitute(Gap{tt.medium, tt.capture, tt.hours, tt.before, standard.MgPerM3, today})
			if text := got.Value.String() + string(got.Issue); text != tt.want || got.Confidence.Verified() {
				t.Errorf("%s, %s; want %s: %s", text, got.Confidence, tt.want, got.Arithmetic)
			}
		})
	}
	got := b.Substitute(Gap{standard.WasteGas, exact("0.95"), 3, before, standard.MgPerM3, today})
	if want := "季度有效数据捕集率 95%，缺失 3 h，取前 180 个有效小时值的最大值 180 mg/m³"; strings.Replace(got.Arithmetic, "95.00", "95", 1) != want {
		t.Errorf("%s; want %s", got.Arithmetic, want)
	}
}

func TestBasis(t *testing.T) {
	b := open(t)
	cold := Mark{Abnormal: true, Industry: "燃煤锅炉", Phase: "冷启动", Pollutant: "NOx", Hours: exact("4"), On: today}
	with := func(f func(*Mark)) Mark {
		m := cold
		f(&m)
		return m
	}
	for _, tt := range []struct {
		name string
		mark Mark
		want standard.Issue
	}{
		{"no mark", Mark{On: today}, ""},
		{"marked invalid", Mark{Invalid: true, On: today}, standard.MarkedInvalid},
		{"a cold start of 4 h", cold, standard.AbnormalCondition},
		{"a little longer is judged", with(func(m *Mark) { m.Hours = exact("4.01") }), ""},
		{"a hot start has 2 h", with(func(m *Mark) { m.Phase = "热启动" }), ""},
		{"dust has no such time", with(func(m *Mark) { m.Pollutant = "颗粒物" }), ""},
		{"facilities that were not run excuse nothing", with(func(m *Mark) { m.Neglected = true }), ""},
		{"how long was not said", with(func(m *Mark) { m.Hours = standard.Exact{} }), ExcuseUnknown},
		{"a trade without figures", with(func(m *Mark) { m.Industry = "玻璃" }), ExcuseUnknown},
		{"before the rules", with(func(m *Mark) { m.On = "2022-12-31" }), ExcuseUnknown},
		{"on their first day", with(func(m *Mark) { m.On = "2023-01-01" }), standard.AbnormalCondition},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := b.Basis(tt.mark)
			if got.Issue != tt.want {
				t.Errorf("%q, %v; want %q", got.Issue, got.Because, tt.want)
			}
			if (tt.mark.Invalid || tt.mark.Abnormal) && (got.Confidence.Verified() || len(got.Because) == 0) {
				t.Errorf("%s, %v", got.Confidence, got.Because)
			}
		})
	}
	if got := strings.Join(b.Phases("燃煤锅炉"), " "); got != "冷启动 热启动 停炉" {
		t.Error(got)
	}
}

func TestFurnaceDay(t *testing.T) {
	b := open(t)
	day := func(hot, cold, missing int) []standard.Exact {
		var all []standard.Exact
		for range hot {
			all = append(all, exact("850"))
		}
		for range cold {
			all = append(all, exact("849.9"))
		}
		return append(all, make([]standard.Exact, missing)...)
	}
	for _, tt := range []struct {
		name  string
		means []standard.Exact
		on    standard.Date
		want  standard.Verdict
		issue standard.Issue
	}{
		{"850 ℃ is warm enough", day(288, 0, 0), today, standard.Meets, ""},
		{"five times are allowed", day(283, 5, 0), today, standard.Meets, ""},
		{"six are not", day(282, 6, 0), today, standard.Exceeds, ""},
		{"a mean that lacks may have been the sixth", day(282, 5, 1), today, standard.Unknown, standard.NoValue},
		{"or not", day(282, 4, 1), today, standard.Meets, ""},
		{"six are too many whatever lacks", day(0, 6, 200), today, standard.Exceeds, ""},
		{"no mean at all", nil, today, standard.Unknown, standard.NoValue},
		{"before the rule", day(288, 0, 0), "2019-12-31", standard.Unknown, standard.NoRule},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := b.FurnaceDay(tt.means, tt.on)
			if got.Verdict != tt.want || got.Issue != tt.issue || got.Arithmetic == "" || got.Confidence.Verified() {
				t.Errorf("%s, %q, %s", got.Verdict, got.Issue, got.Arithmetic)
			}
		})
	}
}

// Every rule that is in force has words for its reader.
func TestRules(t *testing.T) {
	rules := open(t).Rules(today)
	if len(rules) < 20 {
		t.Errorf("%d rules", len(rules))
	}
	for _, r := range rules {
		if r.Topic == "" || !r.Value.IsSet() && r.Note == "" {
			t.Errorf("%+v", r)
		}
	}
}
