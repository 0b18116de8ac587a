package emission

import (
	"fmt"
	"slices"
	"strings"

	"pingzhang/standard"
)

// otherTrades stands in a list of trades for all that no row names.
const otherTrades = "其他"

// What the height of the stack does to the rows of a table.
const (
	interpolate = "interpolate" // GB 16297-1996
	nearest     = "nearest"     // GB 14554-93 6.1.2
	from        = "from"        // this row and all heights above
)

// A row is one row of a table of limits.
type row struct {
	standard.Row
	ref standard.Ref

	category  Category
	place     Place
	quantity  Quantity
	pollutant string
	name      string // of the pollutant, as oneName has it
	number    string // of the document, with edition
	level     string
	trades    []string
	fuels     []string
	device    Device
	furnaces  []string
	regions   []string

	builtFrom, builtTo standard.Date
	steam, heat, house interval

	period              standard.Period
	least, most, cold   standard.Exact
	oxygen              standard.Exact
	stack, stackMin     standard.Exact
	strict              bool
	words, rule, figure string // figure: all that is limited, to tell rows apart by
	unit                standard.Unit
}

func readRow(r standard.Row, ref standard.Ref) (row, error) {
	out := row{
		Row: r, ref: ref,
		category: Category(r.Cell("category")), place: Place(r.Cell("place")), quantity: Quantity(r.Cell("quantity")),
		pollutant: r.Cell("pollutant"), level: r.Cell("level"), device: Device(r.Cell("device")),
		name: oneName(r.Cell("pollutant")), number: r.Citation.Number(),
		trades: list(r.Cell("trade"), "、"), fuels: list(r.Cell("fuel"), ";"), furnaces: list(r.Cell("furnace"), ";"), regions: list(r.Cell("region"), ";"),
		builtFrom: standard.Date(r.Cell("built_from")), builtTo: standard.Date(r.Cell("built_to")),
		period: standard.Period(r.Cell("period")), strict: r.Cell("strict") == "yes",
		words: r.Cell("words"), rule: r.Cell("stack_rule"), unit: standard.Unit(r.Cell("unit")),
	}
	for column, to := range map[string]*standard.Exact{
		"min": &out.least, "max": &out.most, "max_cold": &out.cold, "oxygen": &out.oxygen, "stack_m": &out.stack, "stack_min_m": &out.stackMin,
	} {
		var err error
		if *to, err = r.Number(column); err != nil {
			return out, err
		}
	}
	for column, to := range map[string]*interval{"steam_tph": &out.steam, "heat_mw": &out.heat, "house_mw": &out.house} {
		var err error
		if *to, err = parseInterval(r.Cell(column)); err != nil {
			return out, fmt.Errorf("行 %s 的 %s 一列%w", r.Key, column, err)
		}
	}
	for _, c := range []string{"min", "max", "max_cold", "strict", "words", "unit", "oxygen", "period"} {
		out.figure += r.Cell(c) + "|"
	}
	return out, out.check()
}

// check reports what of a row would lead to wrong answers.
func (r row) check() error {
	bad := func(column, allowed string) error {
		return fmt.Errorf("行 %s 的 %s 一列应为%s，不能是 %q", r.Key, column, allowed, r.Cell(column))
	}
	switch {
	case r.pollutant == "":
		return bad("pollutant", "污染物名称")
	case r.category == "":
		return bad("category", "源类别")
	case !slices.Contains([]string{"", interpolate, nearest, from}, r.rule):
		return bad("stack_rule", " interpolate、nearest、from 之一或空")
	case (r.rule != "") != r.stack.IsSet() || r.stack.IsSet() && r.stack.Sign() <= 0:
		return bad("stack_m", "大于 0 的高度，与 stack_rule 同时填写")
	case (r.least.IsSet() || r.most.IsSet()) && r.unit == "":
		return bad("unit", "计量单位")
	case r.cold.IsSet() && !r.most.IsSet():
		return bad("max_cold", "空（没有 max）")
	}
	return nil
}

// list parts a cell.
func list(text, by string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, by)
}

// limit returns what the row limits, at most max.
func (r row) limit(most standard.Exact, s Source) standard.Limit {
	return standard.Limit{
		Factor: r.pollutant, Min: r.least, Max: most, Unit: r.unit, Period: r.period,
		RefOxygen: r.oxygen, OxygenCeiling: s.OxygenCeiling,
		Confidence: r.Citation.Confidence, Citation: r.Citation,
	}
}
