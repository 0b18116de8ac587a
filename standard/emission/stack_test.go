package emission

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/standard"
)

// rateOf reckons the rate of GB 16297-1996 again from the rows of the table,
// with fractions and in another way: Lagrange's line through the two points.
func rateOf(heights []int64, rates []string, h *big.Rat, buildings *big.Rat) *big.Rat {
	rat := func(s string) *big.Rat { r, _ := new(big.Rat).SetString(s); return r }
	height := func(i int) *big.Rat { return big.NewRat(heights[i], 1) }
	last := len(heights) - 1
	square := func(i int) *big.Rat {
		q := new(big.Rat).Quo(h, height(i))
		return q.Mul(q, q).Mul(q, rat(rates[i]))
	}
	var out *big.Rat
	switch {
	case h.Cmp(height(0)) < 0:
		out = square(0)
	case h.Cmp(height(last)) > 0:
		out = square(last)
	default:
		for i := 0; i < last; i++ {
			if h.Cmp(height(i)) < 0 || h.Cmp(height(i+1)) > 0 {
				continue
			}
			width := new(big.Rat).Sub(height(i+1), height(i))
			a := new(big.Rat).Sub(height(i+1), h)
			a.Quo(a, width).Mul(a, rat(rates[i]))
			b := new(big.Rat).Sub(h, height(i))
			b.Quo(b, width).Mul(b, rat(rates[i+1]))
			out = a.Add(a, b)
		}
	}
	if h.Cmp(big.NewRat(15, 1)) < 0 {
		out.Quo(out, big.NewRat(2, 1))
	}
	if new(big.Rat).Add(buildings, big.NewRat(5, 1)).Cmp(h) > 0 {
		out.Quo(out, big.NewRat(2, 1))
	}
	return out
}

// Each curve of the table at heights in, between, above and below its rows, with
// low and with high buildings.
func TestRates(t *testing.T) {
	b := open(t)
	table, err := standard.LoadTable(catalog.FS(""), "standards/emission_gb16297.tsv")
	if err != nil {
		t.Fatal(err)
	}
	type key struct{ pollutant, trade, level, least string }
	heights, rates := map[key][]int64{}, map[key][]string{}
	for _, r := range table.Rows() {
		if r.Cell("quantity") == "rate" {
			k := key{r.Cell("pollutant"), r.Cell("trade"), r.Cell("level"), r.Cell("stack_min_m")}
			h, _ := strconv.ParseInt(r.Cell("stack_m"), 10, 64)
			heights[k], rates[k] = append(heights[k], h), append(rates[k], r.Cell("max"))
		}
	}
	if len(heights) != 50 {
		t.Errorf("%d curves", len(heights))
	}
	for k := range heights {
		for _, h := range []string{"3", "14.9", "15", "15.1", "17.5", "20", "24.9", "25", "25.1", "29", "33.3", "40", "45", "60", "61", "85", "100", "120.7"} {
			for _, buildings := range []string{"0", "9.9", "10", "10.1", "20", "115.7", "115.8"} {
				s := Source{Document: "GB 16297", Quantity: Rate, Pollutant: k.pollutant, Trade: strings.Split(k.trade, "、")[0], Level: k.level,
					Built: "2000-01-01", StackM: exact(h), BuildingsM: exact(buildings), On: "2026-01-01"}
				a := b.Limits(s)
				if len(a.Found) != 1 {
					t.Fatalf("%v at %s m: %s", k, h, summary(a))
				}
				c, ok := a.Found[0].Settled()
				hr, _ := new(big.Rat).SetString(h)
				br, _ := new(big.Rat).SetString(buildings)
				if least, err := strconv.Atoi(k.least); err == nil && hr.Cmp(big.NewRat(int64(least), 1)) < 0 {
					if ok || a.Found[0].Open != StackTooLow {
						t.Errorf("%v at %s m: %s; want %s", k, h, summary(a), StackTooLow)
					}
					continue
				}
				want := rateOf(heights[k], rates[k], hr, br)
				if !ok || c.Limit.Max.Rat().Cmp(want) != 0 {
					t.Errorf("%v at %s m, buildings %s m: %s; want %s", k, h, buildings, summary(a), want.FloatString(6))
				}
			}
		}
	}
}

// Expected numbers were reckoned by hand from GB 16297-1996 table 2 and the rules
// for the height of a stack.
func TestRateSentences(t *testing.T) {
	b := open(t)
	for _, tt := range []struct{ name, stack, buildings, want, because string }{
		{"in the table", "30", "10", "15 kg/h", ""},
		{"between two rows", "25", "10", "9.65 kg/h", "排气筒 25 m，内插：4.3＋（15−4.3）×（25−20）/（30−20）=9.65 kg/h"},
		{"above the table", "110", "10", "205.70 kg/h", "排气筒 110 m，外推：170×（110/100）²=205.7 kg/h"},
		{"below 15 m, halved again", "12", "0", "0.832 kg/h", "排气筒 12 m，外推：2.6×（12/15）²=1.664 kg/h；排气筒低于 15 m，外推结果再严格 50%：1.664×50%=0.832 kg/h"},
		{"15 m itself is not halved", "15", "10", "2.6 kg/h", ""},
		{"5 m above the buildings", "30", "25", "15 kg/h", ""},
		{"just under 5 m above them", "30", "25.1", "7.5 kg/h", "排气筒没有高出周围 200 m 内建筑物 5 m 以上，严格 50%：15×50%=7.5 kg/h"},
		{"buildings not stated: either may hold", "30", "", "7.5 kg/h | 15 kg/h ? buildings_needed", ""},
		{"no height", "", "10", "? stack_needed", ""},
		{"a height of nothing", "0", "10", "? stack_needed", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := b.Limits(Source{Document: "GB 16297", Quantity: Rate, Pollutant: "二氧化硫", Level: "2", Built: "2000-01-01", StackM: exact(tt.stack), BuildingsM: exact(tt.buildings), On: "2026-01-01"})
			got := summary(a)
			because := ""
			if c, ok := a.Found[0].Settled(); ok {
				got, because = c.Limit.Max.String()+" "+string(c.Limit.Unit), strings.Join(c.Because, "；")
			}
			if got != tt.want || because != tt.because {
				t.Errorf("%s, %s; want %s, %s", got, because, tt.want, tt.because)
			}
		})
	}
}

// A stack that is both below 15 m and too near to its buildings: a decision of
// ours, which the confidence says.
func TestTwoHalves(t *testing.T) {
	b := open(t)
	s := Source{Document: "GB 16297", Quantity: Rate, Pollutant: "二氧化硫", Level: "2", Built: "2000-01-01", StackM: exact("12"), BuildingsM: exact("10"), On: "2026-01-01"}
	c, ok := b.Limits(s).Found[0].Settled()
	if !ok || !c.Limit.Max.Equal(exact("0.416")) || c.Limit.Confidence != standard.Inference {
		t.Errorf("%+v", c)
	}
}

// GB 14554-93 6.1.1 and 6.1.2.
func TestNearest(t *testing.T) {
	b := open(t)
	for _, tt := range []struct{ name, pollutant, stack, want string }{
		{"lower than 15 m has no limit", "硫化氢", "14.99", "? stack_too_low"},
		{"15 m", "硫化氢", "15", "0.33 kg/h"},
		{"just under the middle goes down", "硫化氢", "17.49", "0.33 kg/h"},
		{"the middle goes up", "硫化氢", "17.5", "0.58 kg/h"},
		{"above it goes up", "硫化氢", "18", "0.58 kg/h"},
		{"just under 50 m is as 40 m", "硫化氢", "49.9", "2.3 kg/h"},
		{"50 m is as 60 m", "硫化氢", "50", "5.2 kg/h"},
		{"the top of the table", "硫化氢", "120", "21 kg/h"},
		{"above it there is no rule", "硫化氢", "120.1", "? stack_beyond"},
		{"methanethiol ends at 60 m", "甲硫醇", "61", "? stack_beyond"},
		{"odour at 19.9 m is as 15 m", "臭气浓度", "19.9", "2000 无量纲"},
		{"odour at 20 m is as 25 m", "臭气浓度", "20", "6000 无量纲"},
		{"odour at 55 m is as 60 m", "臭气浓度", "55", "60000 无量纲"},
		{"odour above 60 m is as 60 m", "臭气浓度", "200", "60000 无量纲"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := b.Limits(Source{Document: "GB 14554", Place: Stack, Pollutant: tt.pollutant, StackM: exact(tt.stack), On: "2026-01-01"})
			if got := summary(a); got != tt.want {
				t.Errorf("%s; want %s", got, tt.want)
			}
		})
	}
}

func TestShow(t *testing.T) {
	for text, want := range map[string]string{"2.6": "2.6", "0.00005": "0.00005", "123456.789012": "123457", "0": "0"} {
		if got := show(exact(text)); got != want {
			t.Errorf("show(%s) = %s; want %s", text, got, want)
		}
	}
	if got := fmt.Sprint(equals(standard.Int(2).Quo(standard.Int(30000)))); got != "≈0.00006667" {
		t.Error(got)
	}
}
