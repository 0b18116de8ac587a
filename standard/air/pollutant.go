package air

import (
	"fmt"
	"strings"

	"pingzhang/standard"
)

// A Pollutant is a substance that GB 3095 limits. The first six have an index.
type Pollutant uint8

// The pollutants. The order of the first six is that of HJ 663 and of the lists
// that the national platform publishes.
const (
	SO2 Pollutant = iota
	NO2
	PM10
	PM25
	CO
	O3
	NOx
	TSP
	Pb
	BaP
	Cd
	Hg
	As
	CrVI
	F
)

// Six is the number of pollutants that have an index: SO2 to O3.
const Six = 6

var pollutants = [...]struct{ symbol, name string }{
	SO2: {"SO2", "二氧化硫"}, NO2: {"NO2", "二氧化氮"}, PM10: {"PM10", "可吸入颗粒物"}, PM25: {"PM2.5", "细颗粒物"},
	CO: {"CO", "一氧化碳"}, O3: {"O3", "臭氧"}, NOx: {"NOx", "氮氧化物"}, TSP: {"TSP", "总悬浮颗粒物"}, Pb: {"Pb", "铅"},
	BaP: {"BaP", "苯并[a]芘"}, Cd: {"Cd", "镉"}, Hg: {"Hg", "汞"}, As: {"As", "砷"}, CrVI: {"Cr(VI)", "六价铬"}, F: {"F", "氟化物"},
}

// ParsePollutant returns the pollutant of a symbol such as PM2.5, and whether
// there is one.
func ParsePollutant(symbol string) (Pollutant, bool) {
	for p := range pollutants {
		if pollutants[p].symbol == symbol {
			return Pollutant(p), true
		}
	}
	return 0, false
}

// String returns the symbol: PM2.5.
func (p Pollutant) String() string {
	if int(p) < len(pollutants) {
		return pollutants[p].symbol
	}
	return fmt.Sprintf("Pollutant(%d)", uint8(p))
}

// Name returns the Chinese name: 细颗粒物.
func (p Pollutant) Name() string {
	if int(p) < len(pollutants) {
		return pollutants[p].name
	}
	return p.String()
}

// Unit returns the unit in which concentrations of p are reckoned: mg/m³ for
// CO, µg/m³ for the others.
func (p Pollutant) Unit() standard.Unit {
	if p == CO {
		return standard.MgPerM3
	}
	return standard.UgPerM3
}

// Indexed reports whether p has an index (HJ 633).
func (p Pollutant) Indexed() bool { return p < Six }

// MarshalText returns the symbol.
func (p Pollutant) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a symbol.
func (p *Pollutant) UnmarshalText(text []byte) error {
	q, ok := ParsePollutant(string(text))
	if !ok {
		return fmt.Errorf("air: %q is no pollutant", text)
	}
	*p = q
	return nil
}

// A Set is a set of pollutants.
type Set uint16

// SetOf returns the set of some pollutants.
func SetOf(all ...Pollutant) Set {
	var s Set
	for _, p := range all {
		s |= 1 << p
	}
	return s
}

// Has reports whether p is in s.
func (s Set) Has(p Pollutant) bool { return s&(1<<p) != 0 }

// List returns the pollutants of s in their order.
func (s Set) List() []Pollutant {
	var all []Pollutant
	for p := range pollutants {
		if s.Has(Pollutant(p)) {
			all = append(all, Pollutant(p))
		}
	}
	return all
}

// String returns the symbols: PM10、O3.
func (s Set) String() string {
	var all []string
	for _, p := range s.List() {
		all = append(all, p.String())
	}
	return strings.Join(all, "、")
}
