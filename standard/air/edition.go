package air

import (
	"fmt"
	"slices"
	"strings"

	"pingzhang/standard"
)

// A Kind is a kind of report.
type Kind string

// The kinds.
const (
	Hourly Kind = "hourly" // real-time report of one hour
	Daily  Kind = "daily"  // report of a natural day
	// Forecast has a deadline and no items of its own.
	Forecast Kind = "forecast"
)

// Name returns the Chinese word.
func (k Kind) Name() string {
	switch k {
	case Hourly:
		return "实时报"
	case Forecast:
		return "预报"
	}
	return "日报"
}

// A Level is one of the six levels of the index.
type Level struct {
	Number   int          `json:"number"` // 1 to 6
	Low      int          `json:"low"`
	High     int          `json:"high"`
	Category string       `json:"category"` // 优, 良, 轻度污染 …
	Colour   string       `json:"colour"`   // in Chinese
	RGB      string       `json:"rgb"`      // "#00E400"
	CMYK     string       `json:"cmyk"`     // percents
	Advice   string       `json:"advice"`   // in words of our own
	Ref      standard.Ref `json:"ref"`
}

// An Edition is one edition of HJ 633, compiled.
type Edition struct {
	citation standard.Citation
	columns  map[Item]*Column // by pollutant and averaging of the table
	listed   map[Kind][]Item  // what a report lists
	reckoned map[Kind][]Item  // what enters its index
	quick    map[Kind][]*Column
	levels   []Level
	levelRow []cited
	rows     map[string]cited // by rule; for items by rule and report
	low      int              // least index of the range
	high     int
	primary  int // indexes above this have primary pollutants
	exceeds  int // above this a pollutant exceeds; NoIAQI where the edition has no such notion
	publish  int // an index with items missing is published above this; NoIAQI where the edition has no such rule
	years    int // of measurements that excuse an item; 0 where there is no such rule
	bad      int // index above which a day led by an item weighs against it
	groups   map[Pollutant]Group
}

// A Group is the people that a pollutant above index 100 concerns most
// (HJ 633-2026 table 2).
type Group struct {
	Pollutant Pollutant `json:"pollutant"`
	Text      string    `json:"text"` // in words of our own
	Basis     Basis     `json:"basis"`

	above int // the index beyond which they are named
}

// Citation returns the edition with its dates.
func (e *Edition) Citation() standard.Citation { return e.citation }

// Items returns the items that enter the index of a report, in the order of
// the values of Quick.
func (e *Edition) Items(kind Kind) []Item { return slices.Clone(e.reckoned[kind]) }

// Listed returns the items that a report lists. In the real-time report of 2012
// these are more than enter its index.
func (e *Edition) Listed(kind Kind) []Item { return slices.Clone(e.listed[kind]) }

// Exceeding reports whether the edition names exceeding pollutants.
func (e *Edition) Exceeding() bool { return e.exceeds != NoIAQI }

// Deadline returns when a report is due, in Chinese, and the clause; empty by an
// edition that does not say.
func (e *Edition) Deadline(kind Kind) (string, Basis) {
	r := e.rows["deadline."+string(kind)]
	b := Basis{Citation: r.Citation}
	b.rest(r)
	return r.Cell("text"), b
}

// Column returns the column that an item is looked up in; nil where there is
// none.
func (e *Edition) Column(i Item) *Column {
	return e.columns[Item{i.Pollutant, i.column()}]
}

// Level returns the level of an index. An index of 0, which the range of 2026
// leaves out, is level 1; above the range it is the last.
func (e *Edition) Level(aqi int) Level { return e.levels[e.levelOf(aqi)] }

func (e *Edition) levelOf(aqi int) int {
	for i, l := range e.levels {
		if aqi <= l.High {
			return i
		}
	}
	return len(e.levels) - 1
}

// Levels returns the levels, the best first.
func (e *Edition) Levels() []Level { return slices.Clone(e.levels) }

// readEditions compiles all editions that the tables hold.
func readEditions(breakpoints, rules, levels []cited) ([]*Edition, error) {
	var all []*Edition
	for _, r := range breakpoints {
		if !slices.ContainsFunc(all, func(e *Edition) bool { return e.citation.Number() == r.Citation.Number() }) {
			c := r.Citation
			c.Clause = ""
			all = append(all, &Edition{
				citation: c, columns: map[Item]*Column{}, listed: map[Kind][]Item{}, reckoned: map[Kind][]Item{}, quick: map[Kind][]*Column{},
				rows: map[string]cited{}, groups: map[Pollutant]Group{}, exceeds: NoIAQI, publish: NoIAQI,
			})
		}
	}
	slices.SortStableFunc(all, func(a, b *Edition) int { return strings.Compare(string(a.citation.From), string(b.citation.From)) })
	for _, e := range all {
		of := func(rows []cited) []cited {
			return slices.DeleteFunc(slices.Clone(rows), func(r cited) bool { return r.Citation.Number() != e.citation.Number() })
		}
		if err := e.readColumns(of(breakpoints)); err != nil {
			return nil, fmt.Errorf("%s：%w", breakpointsTable, err)
		}
		if err := e.readRules(of(rules)); err != nil {
			return nil, fmt.Errorf("%s：%w", rulesTable, err)
		}
		if err := e.readLevels(of(levels)); err != nil {
			return nil, fmt.Errorf("%s：%w", levelsTable, err)
		}
	}
	return all, nil
}

func (e *Edition) readColumns(rows []cited) error {
	for _, r := range rows {
		p, ok := ParsePollutant(r.Cell("pollutant"))
		if !ok || !p.Indexed() {
			return fmt.Errorf("行 %s 的项目 %q 没有分指数", r.Key, r.Cell("pollutant"))
		}
		key := Item{p, Averaging(r.Cell("averaging"))}
		c := e.columns[key]
		if c == nil {
			c = &Column{pollutant: p, averaging: key.Averaging, above: maxMilli, fixed: NoIAQI, decimals: -1}
			e.columns[key] = c
		}
		if err := c.add(r); err != nil {
			return err
		}
	}
	for _, c := range e.columns {
		if c.n < 2 {
			return fmt.Errorf("行 %s：一列至少两个拐点", c.corners[0].Key)
		}
	}
	return nil
}

// maxMilli is above every concentration.
const maxMilli Milli = 1<<63 - 1

func (e *Edition) readRules(rows []cited) error {
	for _, r := range rows {
		if err := e.readRule(r); err != nil {
			return err
		}
	}
	for _, rule := range []string{"rounding", "primary", "range"} {
		if e.rows[rule].Key == "" {
			return fmt.Errorf("%s 没有 rule 为 %s 的行", e.citation.Number(), rule)
		}
	}
	for _, k := range []Kind{Hourly, Daily} {
		if len(e.reckoned[k]) == 0 {
			return fmt.Errorf("%s 没有 %s 的 items 行", e.citation.Number(), k)
		}
		for _, i := range e.reckoned[k] {
			c := e.Column(i)
			if c == nil {
				return fmt.Errorf("%s 的 %s 没有分指数表", e.citation.Number(), i)
			}
			e.quick[k] = append(e.quick[k], c)
		}
	}
	return nil
}

// readRule reads one row of the rules. Rows whose rule the code does not reckon
// with, such as the deadlines, are kept for their readers.
func (e *Edition) readRule(r cited) (err error) {
	rule := r.Cell("rule")
	switch rule {
	case "rounding":
		if r.Cell("value") != "up" {
			return fmt.Errorf("行 %s：取整只能是 up", r.Key)
		}
	case "primary":
		e.primary, err = r.need("above")
	case "exceeding":
		e.exceeds, err = r.need("above")
	case "missing":
		e.publish, err = r.need("above")
	case "not_monitored":
		if e.bad, err = r.need("above"); err == nil {
			e.years, err = r.need("value")
		}
	case "range":
		if e.low, err = r.need("above"); err == nil {
			e.high, err = r.need("value")
		}
	case "items":
		k := Kind(r.Cell("report"))
		if e.listed[k], err = readItems(r, "items"); err == nil {
			e.reckoned[k], err = readItems(r, "reckoned")
		}
		rule += "." + string(k)
	case "deadline":
		rule += "." + r.Cell("report")
	case "input_rounding":
		return e.readInput(r)
	case "above_table":
		return e.readAbove(r)
	case "sensitive":
		if p, ok := ParsePollutant(r.Cell("pollutant")); ok {
			g := Group{Pollutant: p, Text: r.Cell("text"), Basis: Basis{Citation: r.Citation}}
			g.Basis.rest(r)
			g.above, err = r.need("above")
			e.groups[p] = g
		}
	}
	e.rows[rule] = r
	return err
}

func readItems(r cited, column string) ([]Item, error) {
	var all []Item
	for _, text := range strings.Split(r.Cell(column), ";") {
		if text == "" {
			continue
		}
		i, err := ParseItem(text)
		if err != nil {
			return nil, fmt.Errorf("行 %s 的 %s 一列：%w", r.Key, column, err)
		}
		all = append(all, i)
	}
	return all, nil
}

// readInput reads to how many decimals a concentration is rounded first. A row
// for one pollutant goes before the one for all.
func (e *Edition) readInput(r cited) error {
	decimals, err := r.need("value")
	if err != nil || decimals > 3 {
		return fmt.Errorf("行 %s 的 value 一列应为 0 到 3 的位数", r.Key)
	}
	step := Milli(1000)
	for range decimals {
		step /= 10
	}
	for _, c := range e.columns {
		if !r.names("pollutant", c.pollutant) || c.input.Key != "" && r.Cell("pollutant") == "*" {
			continue
		}
		c.decimals, c.input = decimals, r
		if c.step = step; step == 1 {
			c.step = 0 // thousandths are whole already
		}
	}
	return nil
}

// readAbove reads what holds above the last corner of a column.
func (e *Edition) readAbove(r cited) (err error) {
	p, _ := ParsePollutant(r.Cell("pollutant"))
	c := e.columns[Item{p, Averaging(r.Cell("averaging"))}]
	if c == nil {
		return fmt.Errorf("行 %s：分指数表没有这一列", r.Key)
	}
	x, err := r.Number("above")
	if err != nil {
		return err
	}
	m, ok := MilliOf(x)
	if !ok || m > c.conc[c.n-1] {
		return fmt.Errorf("行 %s 的 above 一列应为数，且不大于该列的最高浓度", r.Key)
	}
	if r.Cell("value") != "" {
		fixed, err := r.need("value")
		if err != nil {
			return err
		}
		c.fixed = int64(fixed)
	}
	c.above, c.rule = m, r
	c.standIns, err = readItems(r, "items")
	return err
}

func (e *Edition) readLevels(rows []cited) error {
	for _, r := range rows {
		l := Level{
			Category: r.Cell("category"), Colour: r.Cell("colour"), RGB: r.Cell("rgb"), CMYK: r.Cell("cmyk"),
			Advice: r.Cell("advice"), Ref: r.ref,
		}
		for column, to := range map[string]*int{"level": &l.Number, "low": &l.Low, "high": &l.High} {
			n, err := r.need(column)
			if err != nil {
				return err
			}
			*to = n
		}
		if n := len(e.levels); n > 0 && l.Low != e.levels[n-1].High+1 {
			return fmt.Errorf("行 %s：各级的范围应相接", r.Key)
		}
		e.levels, e.levelRow = append(e.levels, l), append(e.levelRow, r)
	}
	if len(e.levels) == 0 {
		return fmt.Errorf("%s 没有等级", e.citation.Number())
	}
	return nil
}
