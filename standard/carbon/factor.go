package carbon

import (
	"fmt"
	"slices"
	"strings"

	"pingzhang/standard"
)

// A Kind is what electricity a factor of the grid is about.
type Kind string

// The kinds.
const (
	Average         Kind = "average"                    // 电力平均二氧化碳排放因子
	ExcludingMarket Kind = "excluding_market_nonfossil" // without market-traded non-fossil electricity
)

// Units of activities.
const (
	KWh      = standard.KilowattHour
	MWh      = standard.MegawattHour
	TenKKWh  = standard.TenMWh
	Tce      = standard.Tce // tonnes of standard coal
	TenKTce  = standard.TenKTce
	Kgce     = standard.Kgce
	GJ       = standard.Gigajoule
	TJ       = standard.Terajoule
	tonneCO2 = standard.Tonne
)

// A measure is the unit of the activity that a factor is for, and the tonnes in
// one of its masses.
type measure struct {
	base standard.Unit
	size standard.Exact
}

// factorUnits gives the unit of a factor its measure.
var factorUnits = map[standard.Unit]measure{
	"kgCO2/kWh": {KWh, standard.Must("0.001")},
	"tCO2/MWh":  {MWh, standard.Int(1)},
	"tCO2/tce":  {Tce, standard.Int(1)},
	"tCO2/GJ":   {GJ, standard.Int(1)},
}

type gridRow struct {
	line
	kind   Kind
	region string
	year   int
	factor standard.Exact
}

func (b *Book) readGrid(l line) error {
	n, err := l.Numbers("factor")
	if err != nil {
		return err
	}
	year, err := l.year("year")
	if err != nil {
		return err
	}
	kind := Kind(l.Cell("kind"))
	if kind != Average && kind != ExcludingMarket {
		return fmt.Errorf("行 %s 的 kind 一列只能是 %s 或 %s，不能是 %q", l.Key, Average, ExcludingMarket, kind)
	}
	b.grid = append(b.grid, gridRow{l, kind, l.Cell("region"), year, n[0]})
	return l.checkFactorUnit()
}

type fuelRow struct {
	line
	factor standard.Exact
}

func (b *Book) readFuel(l line) error {
	n, err := l.Numbers("factor")
	if err != nil {
		return err
	}
	b.fuel = append(b.fuel, fuelRow{l, n[0]})
	return l.checkFactorUnit()
}

func (l line) checkFactorUnit() error {
	if _, ok := factorUnits[standard.Unit(l.Cell("unit"))]; !ok {
		return fmt.Errorf("行 %s 的 unit 一列只能是 kgCO2/kWh、tCO2/MWh、tCO2/tce 或 tCO2/GJ，不能是 %q", l.Key, l.Cell("unit"))
	}
	return nil
}

// Grid returns the factor of the electricity of a region in a year. It is
// NoFactor, NoFactorForYear or FactorMissing where there is none: another region
// or year never stands for it.
func (b *Book) Grid(region string, year int, kind Kind) Reckoned {
	issue := NoFactor
	for _, g := range b.grid {
		if g.region != region || g.kind != kind {
			continue
		}
		if g.year == year {
			return g.line.factor(fmt.Sprintf("%s %d 年", region, year), g.factor)
		}
		issue = NoFactorForYear
	}
	r := Reckoned{}.fail(issue)
	r.Arithmetic = fmt.Sprintf("%s %d 年：%s", region, year, r.Arithmetic)
	if years := b.GridYears(region, kind); len(years) > 0 {
		r.Arithmetic += "（有 " + strings.Trim(strings.Join(strings.Fields(fmt.Sprint(years)), "、"), "[]") + " 年的）"
	}
	return r
}

// GridYears returns the years that there is a figure of, sorted.
func (b *Book) GridYears(region string, kind Kind) []int {
	var years []int
	for _, g := range b.grid {
		if g.region == region && g.kind == kind && g.factor.IsSet() {
			years = append(years, g.year)
		}
	}
	slices.Sort(years)
	return years
}

// Fuel returns the factor of a fuel (煤炭, 油品, 天然气) or of bought heat
// (外购热力). It is NoFactor or FactorMissing where there is none.
func (b *Book) Fuel(name string) Reckoned {
	for _, f := range b.fuel {
		if f.Cell("name") == name {
			return f.line.factor(name, f.factor)
		}
	}
	r := Reckoned{}.fail(NoFactor)
	r.Arithmetic = name + "：" + r.Arithmetic
	return r
}

// factor is the row as a factor.
func (l line) factor(name string, x standard.Exact) Reckoned {
	r := Reckoned{Value: x, Unit: standard.Unit(l.Cell("unit"))}
	r.use(l)
	if !x.IsSet() {
		r = r.fail(FactorMissing)
		r.Arithmetic = name + "：" + r.Arithmetic
		return r
	}
	r.Arithmetic = name + "排放因子 " + show(x) + " " + l.Cell("unit")
	return r
}

// An Activity is what was burnt or bought, less what was sold on.
type Activity struct {
	Value standard.Exact
	Unit  standard.Unit
}

// Emission returns activity times factor, in tonnes of CO₂. Units are
// converted; those that do not fit are UnitMismatch. Only electricity may be
// below zero: a region that sends out more than it takes in.
func Emission(a Activity, factor Reckoned) Reckoned {
	r := Reckoned{Unit: tonneCO2}
	r.rest(factor)
	if factor.Issue != "" {
		arithmetic := factor.Arithmetic
		r = r.fail(factor.Issue)
		r.Arithmetic = arithmetic
		return r
	}
	per, ok := factorUnits[factor.Unit]
	if !ok {
		return r.fail(standard.NoUnit)
	}
	amount, err := standard.Convert(a.Value, a.Unit, per.base)
	switch {
	case err != nil:
		return r.fail(err.(*standard.UnitError).Issue)
	case !a.Value.IsSet():
		return r.fail(standard.NoValue)
	case a.Value.Sign() < 0 && !a.Unit.Signed():
		return r.fail(standard.Negative)
	}
	r.Value = amount.Mul(factor.Value).Mul(per.size)
	left := show(a.Value) + " " + string(a.Unit)
	if a.Unit != per.base {
		left += equals(amount) + " " + string(per.base)
	}
	r.Arithmetic = left + "，×" + show(factor.Value) + " " + string(factor.Unit) + equals(r.Value) + " tCO₂"
	return r
}

// Total adds emissions up. Where one of them is unknown, and where there are
// none, so is the total.
func Total(parts ...Reckoned) Reckoned {
	r := Reckoned{Unit: tonneCO2, Value: standard.Int(0)}
	var words []string
	for _, p := range parts {
		r.rest(p)
		switch {
		case p.Issue != "" || !p.Value.IsSet():
			return r.fail(Incomplete)
		case p.Unit != tonneCO2:
			return r.fail(standard.UnitMismatch)
		}
		r.Value = r.Value.Add(p.Value)
		words = append(words, show(p.Value))
	}
	if len(parts) == 0 {
		return r.fail(standard.NoValue)
	}
	r.Arithmetic = strings.Join(words, "＋") + equals(r.Value) + " tCO₂"
	return r
}
