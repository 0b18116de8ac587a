package emission

import (
	"slices"
	"strings"

	"pingzhang/standard"
)

// A match says whether a row applies to a source.
type match struct {
	fails string // why it does not; empty otherwise
	// open are the circumstances that were not stated and decide, each with what
	// the row asks for; none where the row certainly applies.
	open []opening
	// rank is how particularly the row speaks of the source: what is named goes
	// before what is general.
	rank int
}

type opening struct {
	issue standard.Issue
	wants string
}

// signature tells rows apart that hang on different circumstances.
func (m match) signature() string {
	var parts []string
	for _, o := range m.open {
		parts = append(parts, string(o.issue)+"="+o.wants)
	}
	return strings.Join(parts, "&")
}

// The weights of what a row may name. A trade outweighs all else: within a
// trade the rest is compared.
const (
	namedCondition = 1
	namedLevel     = 4
	namedTrade     = 16
)

// match compares the row with the source.
func (r row) match(s Source) match {
	var m match
	for _, check := range []func(*match, Source){
		r.matchDay, r.matchPlace, r.matchLevel, r.matchTrade, r.matchFuel, r.matchSpecial, r.matchBuilt, r.matchCapacity,
	} {
		if check(&m, s); m.fails != "" {
			break
		}
	}
	return m
}

func (m *match) leave(issue standard.Issue, wants string) {
	m.open = append(m.open, opening{issue, wants})
}

func (r row) matchDay(m *match, s Source) {
	c := r.Citation
	switch {
	case c.InForce(s.On):
	case c.From != "" && s.On < c.From:
		m.fails = "自 " + string(c.From) + " 起施行，当时尚未施行"
	default:
		m.fails = "施行至 " + string(c.To) + "，当时已失效"
	}
}

func (r row) matchPlace(m *match, s Source) {
	switch {
	case s.Place != "" && r.place != s.Place:
		m.fails = "是" + r.place.Name() + "的限值"
	case s.Quantity != "" && r.quantity != s.Quantity:
		m.fails = "限制的不是所问的量"
	}
}

func (r row) matchLevel(m *match, s Source) {
	switch {
	case r.level == "":
		return
	case s.Level == "":
		m.leave(LevelNeeded, r.level)
	case level(s.Level) != r.level:
		m.fails = "是另一级别（" + r.level + "）的限值"
	}
	m.rank += namedLevel
}

func (r row) matchTrade(m *match, s Source) {
	switch {
	case len(r.trades) == 0:
		return
	case s.Trade == "":
		m.leave(TradeNeeded, r.Cell("trade"))
	case slices.Contains(r.trades, s.Trade) || s.Trade == r.Cell("trade"):
		m.rank += namedTrade
	case !slices.Contains(r.trades, otherTrades):
		m.fails = "是“" + r.Cell("trade") + "”的限值"
	}
}

func (r row) matchFuel(m *match, s Source) {
	switch {
	case len(r.fuels) == 0:
	case s.Fuel == "":
		m.leave(FuelNeeded, r.Cell("fuel"))
	case slices.Contains(r.fuels, string(s.Fuel)):
	case slices.Contains(r.fuels, string(Gas)) && (s.Fuel == NaturalGas || s.Fuel == OtherGas):
	case s.Fuel == Gas && (slices.Contains(r.fuels, string(NaturalGas)) || slices.Contains(r.fuels, string(OtherGas))):
		m.leave(FuelNeeded, r.Cell("fuel"))
	default:
		m.fails = "燃料不同（" + r.Cell("fuel") + "）"
		return
	}
	switch {
	case r.device == "":
	case s.Device == "":
		m.leave(DeviceNeeded, string(r.device))
	case s.Device != r.device:
		m.fails = "设备不同（" + string(r.device) + "）"
	}
}

// matchSpecial checks what a source has to claim: a region or a kind of furnace
// with limits of its own. What is not claimed does not hold.
func (r row) matchSpecial(m *match, s Source) {
	for _, special := range []struct {
		list []string
		has  string
		name string
	}{{r.regions, s.Region, "地区"}, {r.furnaces, s.Furnace, "炉型"}} {
		switch {
		case len(special.list) == 0:
		case slices.Contains(special.list, special.has):
			m.rank += namedCondition
		default:
			m.fails = "只用于" + special.name + "：" + strings.Join(special.list, "、")
			return
		}
	}
}

func (r row) matchBuilt(m *match, s Source) {
	switch {
	case r.builtFrom == "" && r.builtTo == "":
		return
	case s.Built == "":
		m.leave(BuiltNeeded, string(r.builtFrom)+".."+string(r.builtTo))
	case r.builtFrom != "" && s.Built < r.builtFrom:
		m.fails = "只用于 " + string(r.builtFrom) + " 起建设的"
	case r.builtTo != "" && s.Built > r.builtTo:
		m.fails = "只用于 " + string(r.builtTo) + " 及以前建设的"
	}
	m.rank += namedCondition
}

func (r row) matchCapacity(m *match, s Source) {
	if r.house.isSet() {
		switch {
		case !s.HouseMW.IsSet():
			m.leave(CapacityNeeded, r.house.text)
		case !r.house.has(s.HouseMW):
			m.fails = "锅炉房总容量不在 " + r.house.text + " MW 内"
		}
		return
	}
	switch {
	case !r.steam.isSet() && !r.heat.isSet():
	case !s.SteamTPH.IsSet() && !s.HeatMW.IsSet():
		m.leave(CapacityNeeded, r.steam.text+r.heat.text)
	case s.SteamTPH.IsSet() && r.steam.isSet() && !r.steam.has(s.SteamTPH):
		m.fails = "蒸汽锅炉容量不在 " + r.steam.text + " t/h 内"
	case s.HeatMW.IsSet() && r.heat.isSet() && !r.heat.has(s.HeatMW):
		m.fails = "热水锅炉容量不在 " + r.heat.text + " MW 内"
	}
}

// covered reports whether rows that all hang on issue, and on nothing else,
// leave no case out, so that one of them must apply.
func (b *Book) covered(rows []row, issue standard.Issue) bool {
	some := func(f func(row) bool) bool { return slices.ContainsFunc(rows, f) }
	switch issue {
	case LevelNeeded:
		return b.allLevels(rows)
	case TradeNeeded:
		return some(func(r row) bool { return slices.Contains(r.trades, otherTrades) })
	case BuiltNeeded:
		return some(func(r row) bool { return r.builtFrom == "" }) && some(func(r row) bool { return r.builtTo == "" })
	case CapacityNeeded:
		return some(func(r row) bool { return !r.capacity().low.IsSet() || r.capacity().low.IsZero() }) &&
			some(func(r row) bool { return !r.capacity().high.IsSet() })
	}
	return false
}

// capacity is the interval that says whether rows leave a capacity out.
func (r row) capacity() interval {
	if r.house.isSet() {
		return r.house
	}
	return r.steam
}

// allLevels reports whether rows have all levels that their document knows at
// the place. A document of one level only (超低排放) is one that a source falls
// under or not, which its level says.
func (b *Book) allLevels(rows []row) bool {
	has := func(level string) bool {
		return slices.ContainsFunc(rows, func(r row) bool { return r.level == level })
	}
	first, several := rows[0], false
	for i := range b.rows {
		r := &b.rows[i]
		if r.number != first.number || r.category != first.category || r.place != first.place || r.level == "" {
			continue
		}
		if !has(r.level) {
			return false
		}
		several = several || r.level != first.level
	}
	return several
}
