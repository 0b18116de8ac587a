package water

import (
	"math"
	"math/big"
	"testing"

	"pingzhang/standard"
)

func lake(chla, tp, tn, sd, codmn string) []Sample {
	return []Sample{
		{Item: "叶绿素a", Value: chla, Unit: "mg/m³"}, {Item: "总磷", Value: tp, Unit: "mg/L"}, {Item: "总氮", Value: tn, Unit: "mg/L"},
		{Item: "透明度", Value: sd, Unit: "m"}, {Item: "高锰酸盐指数", Value: codmn, Unit: "mg/L"},
	}
}

// Each indicator at 1 has its constant alone, ten times: the logarithm is 0.
// TLI(Σ) = 0.2663×25 + 0.1879×94.36 + 0.1790×54.53 + 0.1834×51.18 + 0.1834×1.09
// = 43.734932.
func TestTrophicOfOnes(t *testing.T) {
	b := open(t)
	tr := b.TrophicOf(lake("1", "1", "1", "1", "1"), "2026-07-02")
	want := map[Item]string{Chlorophyll: "25", TP: "94.36", TN: "54.53", Secchi: "51.18", CODMn: "1.09"}
	for _, part := range tr.Parts {
		if !part.Index.Equal(standard.Must(want[part.Item])) {
			t.Errorf("TLI(%s) = %s, want %s", part.Item, part.Index, want[part.Item])
		}
	}
	if len(tr.Parts) != 5 || !tr.Index.Equal(standard.Must("43.734932")) || tr.Class != "中营养" || tr.Confidence != standard.SourceSecondary {
		t.Errorf("TLI = %s, %s, %s, %q", tr.Index, tr.Class, tr.Confidence, tr.Issue)
	}
}

func TestTrophic(t *testing.T) {
	b := open(t)
	// Recomputed in float64, which agrees to 12 digits.
	byHand := func(chla, tp, tn, sd, codmn float64) float64 {
		return 0.2663*10*(2.5+1.086*math.Log(chla)) + 0.1879*10*(9.436+1.624*math.Log(tp)) + 0.1790*10*(5.453+1.694*math.Log(tn)) +
			0.1834*10*(5.118-1.94*math.Log(sd)) + 0.1834*10*(0.109+2.661*math.Log(codmn))
	}
	for _, tt := range []struct {
		name    string
		samples []Sample
		want    float64
		class   string
	}{
		{"clear", lake("0.5", "0.005", "0.1", "6", "0.8"), byHand(0.5, 0.005, 0.1, 6, 0.8), "贫营养"},
		{"middling", lake("5", "0.025", "0.6", "2", "3"), byHand(5, 0.025, 0.6, 2, 3), "中营养"},
		{"lightly rich", lake("20", "0.08", "1.2", "0.6", "5.5"), byHand(20, 0.08, 1.2, 0.6, 5.5), "轻度富营养"},
		{"rich", lake("40", "0.15", "2", "0.35", "8"), byHand(40, 0.15, 2, 0.35, 8), "中度富营养"},
		{"very rich", lake("200", "0.9", "9", "0.1", "20"), byHand(200, 0.9, 9, 0.1, 20), "重度富营养"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := b.TrophicOf(tt.samples, "2026-07-02")
			if math.Abs(tr.Index.Float64()-tt.want) > 1e-10 || tr.Class != tt.class {
				t.Errorf("TLI = %s, %s, %q; want %.10f, %s", tr.Index.Round(10), tr.Class, tr.Issue, tt.want, tt.class)
			}
		})
	}
}

// The mistakes known of public programs: the formula of nitrogen used for the
// transparency, and 1.6241 for phosphorus.
func TestKnownMistakesOfTheTrophicIndex(t *testing.T) {
	b := open(t)
	tr := b.TrophicOf(lake("10", "0.05", "1", "0.8", "6"), "2026-07-02")
	for _, part := range tr.Parts {
		switch part.Item {
		case Secchi:
			right, wrong := 10*(5.118-1.94*math.Log(0.8)), 10*(5.453+1.694*math.Log(0.8))
			if math.Abs(part.Index.Float64()-right) > 1e-10 || math.Abs(right-wrong) < 1 {
				t.Errorf("TLI(SD) = %s, want %f and not %f", part.Index.Round(6), right, wrong)
			}
		case TP:
			right, wrong := 10*(9.436+1.624*math.Log(0.05)), 10*(9.436+1.6241*math.Log(0.05))
			if math.Abs(part.Index.Float64()-right) > 1e-10 || math.Abs(right-wrong) < 1e-3 {
				t.Errorf("TLI(TP) = %s, want %f and not %f", part.Index.Round(6), right, wrong)
			}
		}
	}
}

func TestTrophicUnits(t *testing.T) {
	b := open(t)
	want := b.TrophicOf(lake("10", "0.05", "1", "0.8", "6"), "2026-07-02").Index
	s := lake("10", "0.05", "1", "80", "6")
	s[0].Unit, s[3].Unit = "µg/L", "cm"
	if got := b.TrophicOf(s, "2026-07-02").Index; !got.Equal(want) {
		t.Errorf("TLI in other units = %s, want %s", got, want)
	}
	s[0] = Sample{Item: "叶绿素a", Value: "0.01", Unit: "mg/L"}
	if got := b.TrophicOf(s, "2026-07-02").Index; !got.Equal(want) {
		t.Errorf("TLI in other units = %s, want %s", got, want)
	}
}

func TestWithoutTrophicIndex(t *testing.T) {
	b := open(t)
	all := lake("10", "0.05", "1", "0.8", "6")
	if tr := b.TrophicOf(all[:4], "2026-07-02"); tr.Issue != ItemsMissing || tr.Class != "" || tr.Index.IsSet() || len(tr.Missing) != 1 || tr.Missing[0] != CODMn {
		t.Errorf("of four: %s, %q, %v", tr.Class, tr.Issue, tr.Missing)
	}
	if tr := b.TrophicOf(lake("0", "0.05", "1", "0.8", "6"), "2026-07-02"); tr.Issue != NotPositive || tr.Index.IsSet() {
		t.Errorf("of zero: %q", tr.Issue)
	}
	if tr := b.Trophic(Section{Body: River, Period: OfMonth(2026, 7)}); tr.Issue != TrophicLakes || tr.Confidence != standard.Missing {
		t.Errorf("of a river: %q, %s", tr.Issue, tr.Confidence)
	}
	tr := b.TrophicOf(lake("10", "<0.02", "1", "0.8", "6"), "2026-07-02")
	if tr.Confidence != standard.Memory || !tr.Parts[1].Value.Equal(standard.Must("0.01")) {
		t.Errorf("half the detection limit: %s, %s", tr.Parts[1].Value, tr.Confidence)
	}
}

func TestTrophicClassBounds(t *testing.T) {
	b := open(t)
	for index, want := range map[string]string{
		"29.99": "贫营养", "30": "中营养", "50": "中营养", "50.01": "轻度富营养", "60": "轻度富营养", "60.01": "中度富营养", "70": "中度富营养", "70.01": "重度富营养",
	} {
		tr := Trophic{Index: standard.Must(index)}
		if tr.classify(b.all(ruleTLIClass, "2026-07-02")); tr.Class != want {
			t.Errorf("TLI %s is %s, want %s", index, tr.Class, want)
		}
	}
}

// ln 2 and ln 10 to 30 decimals, from tables.
func TestLogarithm(t *testing.T) {
	for x, want := range map[string]string{
		"2": "0.693147180559945309417232121458", "10": "2.302585092994045684017991454684", "1": "0", "0.1": "-2.302585092994045684017991454684",
		"0.5": "-0.693147180559945309417232121458",
	} {
		if got := logarithm(standard.Must(x)); !got.Equal(standard.Must(want)) {
			t.Errorf("ln %s = %s, want %s", x, got, want)
		}
	}
	third, _ := new(big.Rat).SetString("1/3")
	x := standard.Int(1).Quo(standard.Int(3))
	if f, _ := third.Float64(); math.Abs(logarithm(x).Float64()-math.Log(f)) > 1e-15 {
		t.Errorf("ln 1/3 = %s", logarithm(x))
	}
}
