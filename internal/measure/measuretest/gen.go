// Package measuretest makes readings for tests and measurements: stack gas and
// waste water as instruments report them, the same for the same seed.
//
// Even points are stack gas, whose eight factors move each minute. Odd points
// are waste water, of which COD, ammonia, phosphorus and nitrogen are analysed
// each two hours and stay the same between, and the rest moves. Values follow a
// first-order autoregression with a hump in the day and noise, in the decimals
// that instruments print; 98.5 % have the mark N. What real instruments send
// repeats more and packs better.
package measuretest

import (
	"math"
	"math/rand/v2"

	"pingzhang/internal/measure"
	"pingzhang/internal/measure/chunk"
)

// factor is how one factor of the synthetic points behaves.
type factor struct {
	code               string
	mean, sway         float64
	decimals, couPlace uint8
	total              bool // Cou is the total of the interval
	slow               bool // analysed each two hours
}

var gas = []factor{
	{"a21002", 85, 12, 2, 5, true, false},
	{"a21026", 22, 6, 2, 5, true, false},
	{"a34013", 8, 2, 3, 5, true, false},
	{"a19001", 9.5, 0.8, 2, 0, false, false},
	{"a01011", 11, 1.5, 2, 0, false, false},
	{"a01012", 118, 4, 1, 0, false, false},
	{"a01014", 7, 0.6, 2, 0, false, false},
	{"a00000", 152000, 9000, 0, 0, true, false},
}

var water = []factor{
	{"w01018", 38, 9, 2, 4, true, true},
	{"w21003", 1.9, 0.7, 3, 5, true, true},
	{"w21011", 0.31, 0.1, 3, 5, true, true},
	{"w21001", 9.8, 2, 2, 4, true, true},
	{"w01001", 7.4, 0.2, 2, 0, false, false},
	{"w01010", 18, 2, 1, 0, false, false},
	{"w00000", 120, 30, 1, 1, true, false},
	{"w01014", 640, 40, 0, 0, false, false},
}

// Gen makes the frames of one point, time after time.
type Gen struct {
	point   measure.Point
	factors []factor
	state   []float64
	rand    *rand.Rand
	packer  measure.Packer
	text    []byte
}

// NewGen returns the generator of a point.
func NewGen(point measure.Point, seed uint64) *Gen {
	g := &Gen{point: point, factors: gas, rand: rand.New(rand.NewPCG(uint64(point), seed))}
	if point%2 == 1 {
		g.factors = water
	}
	g.state = make([]float64, len(g.factors))
	return g
}

// Factors returns the codes that the point reports.
func (g *Gen) Factors() []string {
	var all []string
	for _, f := range g.factors {
		all = append(all, f.code)
	}
	return all
}

// Frame returns the frame of the period of interval seconds that begins at at,
// as it arrives on time. raw says whether it has its message too.
func (g *Gen) Frame(kind measure.Kind, at, interval int64, raw bool) measure.Frame {
	f := measure.Frame{Point: g.point, Kind: kind, At: at, Received: at + interval + 1 + int64(g.rand.IntN(3))}
	f.QN = (at+interval)*1000 + int64(g.rand.IntN(1000))
	if raw {
		f.Raw = g.head(f.Raw, &f)
	}
	hump := math.Sin(float64((at+8*3600)%86400) / 86400 * 2 * math.Pi)
	for i := range g.factors {
		fac := &g.factors[i]
		if !fac.slow || at%7200 < interval || g.state[i] == 0 {
			g.state[i] = 0.95*g.state[i] + 0.3*g.rand.NormFloat64() + 1e-9
		}
		avg := math.Max(0, fac.mean+fac.sway*(g.state[i]+0.5*hump))
		low, high := avg, avg
		if !fac.slow {
			low -= fac.sway * 0.15 * g.rand.Float64()
			high += fac.sway * 0.15 * g.rand.Float64()
		}
		g.cell(&f, fac.code, "Avg", avg, fac.decimals)
		g.cell(&f, fac.code, "Min", math.Max(0, low), fac.decimals)
		g.cell(&f, fac.code, "Max", high, fac.decimals)
		cou := 0.0
		if fac.total {
			cou = avg * float64(interval) / 3600 * 0.15
		}
		g.cell(&f, fac.code, "Cou", cou, fac.couPlace)
		mark := "N"
		if g.rand.IntN(1000) < 15 {
			mark = "D"
		}
		g.packer.Add([]byte(fac.code), []byte("Flag"), []byte(mark))
		if f.Raw != nil {
			f.Raw = append(append(f.Raw, fac.code+"-Flag="...), mark+";"...)
		}
	}
	if f.Raw != nil {
		f.Raw = append(f.Raw, "&&1C80\r\n"...)
	}
	f.Cells = g.packer.Pack(nil)
	return f
}

func (g *Gen) cell(f *measure.Frame, code, field string, v float64, decimals uint8) {
	g.text = chunk.AppendNumber(g.text[:0], int64(math.Round(v*math.Pow10(int(decimals)))), decimals)
	g.packer.Add([]byte(code), []byte(field), g.text)
	if f.Raw != nil {
		f.Raw = append(append(append(f.Raw, code+"-"+field+"="...), g.text...), ',')
	}
}

// head begins a message; its numbers need not be right here.
func (g *Gen) head(b []byte, f *measure.Frame) []byte {
	b = append(b, "##0687QN="...)
	b = chunk.AppendNumber(b, f.QN, 0)
	b = append(b, ";ST=31;CN=2051;PW=123456;MN=A110000_"...)
	b = chunk.AppendNumber(b, int64(f.Point), 0)
	b = append(b, ";Flag=5;CP=&&DataTime="...)
	b = chunk.AppendNumber(b, f.At, 0)
	return append(b, ';')
}
