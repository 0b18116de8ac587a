package air_test

import (
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

// A corner is one line of a table of breakpoints, as this test reads it.
type corner struct{ iaqi, conc *big.Rat }

// committed reads the corners of the shipped table by edition, pollutant and
// averaging, without the library.
func committed(t *testing.T) map[[3]string][]corner {
	t.Helper()
	data, err := os.ReadFile("../../catalog/standards/aqi_breakpoints.tsv")
	if err != nil {
		t.Fatal(err)
	}
	all := map[[3]string][]corner{}
	var column map[string]int
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		f := strings.Split(line, "\t")
		switch {
		case strings.HasPrefix(line, "#"):
		case column == nil:
			column = map[string]int{}
			for i, name := range f {
				column[name] = i
			}
		default:
			key := [3]string{f[column["document"]] + "-" + f[column["edition"]], f[column["pollutant"]], f[column["averaging"]]}
			all[key] = append(all[key], corner{rat(f[column["iaqi"]]), rat(f[column["concentration"]])})
		}
	}
	return all
}

func rat(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text)
	}
	return r
}

// roundHalfEven is GB/T 8170-2008 3.2 over fractions.
func roundHalfEven(x *big.Rat, decimals int64) *big.Rat {
	ten := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(decimals), nil))
	y := new(big.Rat).Mul(x, ten)
	twice := new(big.Rat).Mul(y, rat("2"))
	q, rest := new(big.Int).QuoRem(twice.Num(), new(big.Int).Mul(twice.Denom(), big.NewInt(2)), new(big.Int))
	switch half := rest.Cmp(twice.Denom()); {
	case half > 0, half == 0 && q.Bit(0) == 1:
		q.Add(q, big.NewInt(1))
	}
	return new(big.Rat).Quo(new(big.Rat).SetInt(q), ten)
}

// vector is the index by the formula of HJ 633, over fractions and with the
// rules of both editions written out here: -1 where there is none.
func vector(edition, pollutant, averaging string, corners []corner, x *big.Rat) int64 {
	if edition == "HJ 633-2026" {
		decimals := int64(0)
		if pollutant == "CO" {
			decimals = 1
		}
		x = roundHalfEven(x, decimals)
	}
	if pollutant+averaging == "SO21h" && x.Cmp(rat("800")) > 0 {
		return map[string]int64{"HJ 633-2012": -1, "HJ 633-2026": 200}[edition]
	}
	if pollutant+averaging == "O38h" && x.Cmp(rat("800")) > 0 {
		return map[string]int64{"HJ 633-2012": -1, "HJ 633-2026": 300}[edition]
	}
	for i := 1; i < len(corners); i++ {
		low, high := corners[i-1], corners[i]
		if x.Cmp(high.conc) > 0 {
			continue
		}
		v := new(big.Rat).Sub(high.iaqi, low.iaqi)
		v.Quo(v, new(big.Rat).Sub(high.conc, low.conc))
		v.Mul(v, new(big.Rat).Sub(x, low.conc)).Add(v, low.iaqi)
		up, rest := new(big.Int).QuoRem(v.Num(), v.Denom(), new(big.Int))
		if rest.Sign() > 0 {
			up.Add(up, big.NewInt(1))
		}
		return up.Int64()
	}
	return corners[len(corners)-1].iaqi.Num().Int64()
}

// Every concentration from 0 to beyond the last corner of every column of both
// editions, in steps of a tenth (CO: a hundredth) near the corners and of the
// step of the table between, by the fast way and by the explained way.
func TestEveryConcentration(t *testing.T) {
	b, n := book(t), 0
	columns := committed(t)
	if len(columns) != 20 {
		t.Fatalf("%d columns; want 20", len(columns))
	}
	for key, corners := range columns {
		on := standard.Date("2026-02-28")
		if key[0] == "HJ 633-2026" {
			on = "2026-03-01"
		}
		e, _ := b.Edition(on)
		p, _ := air.ParsePollutant(key[1])
		item := air.Item{Pollutant: p, Averaging: air.Averaging(key[2])}
		step := rat("1")
		if p == air.CO {
			step = rat("0.1")
		}
		fine := new(big.Rat).Quo(step, rat("10"))
		check := func(x *big.Rat) {
			n++
			want := vector(key[0], key[1], key[2], corners, x)
			text := x.FloatString(3)
			m, ok := air.MilliOf(standard.Must(text))
			if got := e.Column(item).IAQI(m); !ok || int64(got) != want {
				t.Errorf("%v at %s: %d; want %d", key, text, got, want)
			}
			if s := e.Single(air.Read(p, item.Averaging, text, p.Unit())); int64(s.IAQI) != want {
				t.Errorf("%v at %s, explained: %d (%s); want %d", key, text, s.IAQI, s.Arithmetic(), want)
			}
		}
		for x := new(big.Rat); x.Cmp(corners[len(corners)-1].conc) <= 0; x = new(big.Rat).Add(x, step) {
			check(x)
		}
		for _, c := range corners {
			for i := int64(-10); i <= 10; i++ {
				x := new(big.Rat).Add(c.conc, new(big.Rat).Mul(fine, big.NewRat(i, 1)))
				if x.Sign() >= 0 {
					check(x)
				}
			}
		}
	}
	t.Logf("%d concentrations", n)
}

// The shipped tables hold the figures of the reference tables, with confidence
// and source.
func TestTablesHoldTheFigures(t *testing.T) {
	columns := committed(t)
	for _, row := range shared(t, "standards/aqi_breakpoints.csv") {
		found := false
		for _, c := range columns[[3]string{row["standard"], row["pollutant"], row["averaging"]}] {
			found = found || c.iaqi.Cmp(rat(row["iaqi"])) == 0 && c.conc.Cmp(rat(row["concentration"])) == 0
		}
		if !found {
			t.Errorf("the corner %v is not in the table", row)
		}
	}
	b, seen := book(t), 0
	for _, row := range shared(t, "standards/air_limits.csv") {
		for _, l := range b.Limits(air.Class2, standard.Date(row["effective_from"]), standard.Date(row["effective_from"])) {
			if l.Citation.Number() != row["standard"] || l.Pollutant.String() != row["pollutant"] || string(l.Averaging) != row["averaging"] ||
				(l.Stage == "") != (row["stage"] == "-") || l.Stage != "" && l.Stage != row["stage"] {
				continue
			}
			if fmt.Sprint(row["pollutant"], row["averaging"]) == "Fmonth" || row["averaging"] == "growing_season" {
				seen++ // two kinds of land each
				continue
			}
			seen++
			one := class1(b, l)
			if !l.Max.Equal(standard.Must(row["class2"])) || !one.Equal(standard.Must(row["class1"])) ||
				string(l.Confidence) != row["confidence"] || l.Citation.Source != row["source"] || string(l.Citation.To) != row["effective_to"] {
				t.Errorf("limit %+v; want %v", l, row)
			}
		}
	}
	if seen != 79+4 {
		t.Errorf("%d limits were compared; want 83", seen)
	}
}

// class1 is the limit of the same row for class 1 areas.
func class1(b *air.Book, l air.Limit) standard.Exact {
	for _, other := range b.Limits(air.Class1, "", "") {
		if other.Ref == l.Ref {
			return other.Max
		}
	}
	return standard.Exact{}
}
