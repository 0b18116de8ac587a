package instrument

import (
	"math"
	"strconv"
	"time"

	"pingzhang/hj212"
)

// Plant is what a device stands at.
type Plant string

// The plants.
const (
	FlueGas    Plant = "flue"    // ST 31: smoke dust, SO2, NOx with conversion to reference oxygen
	WasteWater Plant = "water"   // ST 32
	Air        Plant = "air"     // ST 22
	Surface    Plant = "surface" // ST 21
)

// ST is the system code of the plant (HJ 212-2017 table 5).
func (p Plant) ST() string {
	switch p {
	case WasteWater:
		return "32"
	case Air:
		return "22"
	case Surface:
		return "21"
	}
	return "31"
}

// Factor is one thing that a plant measures. Its value swings about Base: by the
// hour of the day, and at random.
type Factor struct {
	Code     string
	Base     float64
	Swing    float64 // part of Base, over the day
	Noise    float64 // part of Base
	Decimals int
	Zs       bool // reported also converted to reference oxygen
	Flow     bool // the flow; its Cou is m3
	Mass     bool // its Cou is kg
	PerLitre bool // concentration in mg/L and flow in L/s, not mg/m3 and m3/s
}

// Factors are what the plant measures.
func (p Plant) Factors() []Factor {
	switch p {
	case WasteWater:
		return []Factor{
			{Code: "w01018", Base: 32, Swing: .15, Noise: .12, Decimals: 1, Mass: true, PerLitre: true},
			{Code: "w21003", Base: 2.1, Swing: .2, Noise: .2, Decimals: 2, Mass: true, PerLitre: true},
			{Code: "w21011", Base: .22, Swing: .1, Noise: .2, Decimals: 3, Mass: true, PerLitre: true},
			{Code: "w21001", Base: 8.6, Swing: .1, Noise: .12, Decimals: 2, Mass: true, PerLitre: true},
			{Code: "w01001", Base: 7.4, Swing: .01, Noise: .02, Decimals: 2},
			{Code: "w00000", Base: 85, Swing: .3, Noise: .1, Decimals: 2, Flow: true, PerLitre: true},
		}
	case Air:
		return []Factor{
			{Code: "a34004", Base: 28, Swing: .3, Noise: .2, Decimals: 0},
			{Code: "a34002", Base: 52, Swing: .3, Noise: .2, Decimals: 0},
			{Code: "a21026", Base: 9, Swing: .2, Noise: .2, Decimals: 0},
			{Code: "a21004", Base: 22, Swing: .3, Noise: .2, Decimals: 0},
			{Code: "a21005", Base: .6, Swing: .2, Noise: .2, Decimals: 3},
			{Code: "a05024", Base: 66, Swing: .5, Noise: .1, Decimals: 0},
			{Code: "a01001", Base: 12, Swing: .4, Noise: .05, Decimals: 1},
			{Code: "a01002", Base: 58, Swing: .2, Noise: .05, Decimals: 0},
			{Code: "a01007", Base: 2.4, Swing: .4, Noise: .5, Decimals: 1},
			{Code: "a01008", Base: 200, Swing: .3, Noise: .1, Decimals: 0},
		}
	case Surface:
		return []Factor{
			{Code: "w01010", Base: 14, Swing: .08, Noise: .02, Decimals: 1},
			{Code: "w01001", Base: 7.8, Swing: .01, Noise: .01, Decimals: 2},
			{Code: "w01009", Base: 8.9, Swing: .1, Noise: .03, Decimals: 2},
			{Code: "w01014", Base: 215, Swing: .03, Noise: .02, Decimals: 1},
			{Code: "w01003", Base: 11, Swing: .1, Noise: .2, Decimals: 1},
			{Code: "w01019", Base: 4.2, Swing: .05, Noise: .08, Decimals: 2},
			{Code: "w21003", Base: .31, Swing: .1, Noise: .15, Decimals: 3},
			{Code: "w21011", Base: .07, Swing: .1, Noise: .15, Decimals: 3},
			{Code: "w21001", Base: 1.3, Swing: .05, Noise: .1, Decimals: 2},
		}
	}
	return []Factor{
		{Code: "a34013", Base: 6.5, Swing: .15, Noise: .15, Decimals: 2, Zs: true, Mass: true},
		{Code: "a21026", Base: 19, Swing: .2, Noise: .2, Decimals: 2, Zs: true, Mass: true},
		{Code: "a21002", Base: 33, Swing: .15, Noise: .12, Decimals: 2, Zs: true, Mass: true},
		{Code: "a19001", Base: 7.6, Swing: .06, Noise: .04, Decimals: 2},
		{Code: "a01011", Base: 11.5, Swing: .08, Noise: .05, Decimals: 2},
		{Code: "a01012", Base: 52, Swing: .05, Noise: .02, Decimals: 1},
		{Code: "a01013", Base: -.12, Swing: .1, Noise: .1, Decimals: 3},
		{Code: "a01014", Base: 11, Swing: .05, Noise: .05, Decimals: 2},
		{Code: "a00000", Base: 46, Swing: .1, Noise: .05, Decimals: 3, Flow: true},
	}
}

// Episode is a time in which a factor is a multiple of what it would be.
type Episode struct {
	Factor   string
	From     time.Time
	Hours    float64
	Multiple float64
}

// An hour with an episode rises and falls within this span at its ends.
const ramp = 5 * time.Minute

// factorAt is the multiple at t.
func (e Episode) at(t time.Time) float64 {
	d := t.Sub(e.From)
	long := time.Duration(e.Hours * float64(time.Hour))
	if d < 0 || d >= long {
		return 1
	}
	edge := min(d, long-d)
	if edge >= ramp {
		return e.Multiple
	}
	return 1 + (e.Multiple-1)*float64(edge)/float64(ramp)
}

// mix spreads bits (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// unit is a number of [-1, 1) that follows from a and b.
func unit(a, b uint64) float64 { return float64(int64(mix(a^mix(b)))) / (1 << 63) }

// wave is smooth noise of period seconds: between fixed random values.
func wave(seed uint64, at, period float64) float64 {
	n := math.Floor(at / period)
	x := at/period - n
	x = x * x * (3 - 2*x)
	a, b := unit(seed, uint64(int64(n))), unit(seed, uint64(int64(n)+1))
	return a + (b-a)*x
}

// value is the value of factor i of the plant at t.
func (s *Spec) value(i int, f *Factor, t time.Time) float64 {
	seed := mix(s.Seed) ^ uint64(i)*0xD1B54A32D192ED03
	at := float64(t.Unix())
	day := math.Sin(2*math.Pi*(at/86400+unit(seed, 1)/2)) * f.Swing
	noise := f.Noise * (.6*wave(seed^2, at, 3600) + .3*wave(seed^3, at, 420) + .1*wave(seed^4, at, 45))
	v := f.Base * (1 + .25*unit(s.Seed, uint64(i)+77)*min(1, 10*f.Noise)) * (1 + day + noise)
	for _, e := range s.Episodes {
		if e.Factor == f.Code {
			v *= e.at(t)
		}
	}
	return v
}

// calibrating reports whether the analysers of a source are being calibrated at
// t: a few minutes each day, at a time of its own.
func (s *Spec) calibrating(t time.Time) bool {
	if s.Plant != FlueGas && s.Plant != WasteWater || s.NoCalibration {
		return false
	}
	begin := int64(mix(s.Seed^0xCA11)%1380) * 60
	second := (t.Unix() + 8*3600) % 86400
	return second >= begin && second < begin+6*60
}

// stat gathers the values of a period.
type stat struct {
	n                  int
	sum, min, max, cou float64
}

func (s *stat) add(v float64) {
	if s.n == 0 {
		s.min, s.max = v, v
	}
	s.n++
	s.sum += v
	s.min, s.max = min(s.min, v), max(s.max, v)
}

func (s *stat) mean() float64 { return s.sum / float64(s.n) }

func text(v float64, decimals int) string {
	t := strconv.FormatFloat(v, 'f', decimals, 64)
	if t == "-0" || len(t) > 3 && t[0] == '-' && onlyZero(t[1:]) {
		return t[1:]
	}
	return t
}

func onlyZero(s string) bool {
	for _, c := range s {
		if c != '0' && c != '.' {
			return false
		}
	}
	return true
}

// round is v as it is reported.
func round(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Round(v*p) / p
}

// converted is v at reference oxygen: ρ × (21 − ref) / (21 − O2), as HJ 76 and
// the emission standards convert it.
func (s *Spec) converted(v, oxygen float64) float64 {
	return v * (21 - s.RefOxygen) / max(21-oxygen, 1)
}

// code is the factor's code in the profile: 2005 has its own.
func (s *Spec) code(c string) string {
	if s.Profile == hj212.P2005 {
		if d, ok := hj212.FactorOf(c); ok && d.Old != "" {
			return d.Old
		}
	}
	return c
}
