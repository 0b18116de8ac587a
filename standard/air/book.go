package air

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"pingzhang/standard"
)

// The names of the tables that a Book is made of.
const (
	limitsTable      = "air_limits"
	breakpointsTable = "aqi_breakpoints"
	rulesTable       = "aqi_rules"
	levelsTable      = "aqi_levels"
	validityTable    = "air_validity"
	evaluationTable  = "air_evaluation"
	warningTable     = "heavy_pollution"
)

// Tables are the names of the tables that New needs.
var Tables = []string{limitsTable, breakpointsTable, rulesTable, levelsTable, validityTable, evaluationTable, warningTable}

// A Book is the standards of ambient air, all editions. It never changes and is
// safe for concurrent use.
type Book struct {
	limits     []Limit
	editions   []*Edition // the oldest first
	validity   []cited
	evaluation []cited
	warning    []cited
}

// Open makes a Book of the files standards/NAME.tsv of the catalog. The error is that of
// reading a file, or of New; it names the file and the line.
func Open(files fs.FS) (*Book, error) {
	var tables []*standard.Table
	for _, name := range Tables {
		t, err := standard.LoadTable(files, "standards/"+name+".tsv")
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return New(tables...)
}

// New makes a Book of the tables that Tables names, in any order; tables of
// other names are passed over. The error names the table and the row that
// cannot be reckoned with.
func New(tables ...*standard.Table) (*Book, error) {
	byName := map[string][]cited{}
	for _, t := range tables {
		byName[t.Name] = citedRows(t)
	}
	for _, name := range Tables {
		if byName[name] == nil {
			return nil, fmt.Errorf("缺少表 %s，或表是空的", name)
		}
	}
	b := &Book{validity: byName[validityTable], evaluation: byName[evaluationTable], warning: byName[warningTable]}
	for _, r := range byName[limitsTable] {
		l, err := readLimits(r)
		if err != nil {
			return nil, fmt.Errorf("%s：%w", limitsTable, err)
		}
		b.limits = append(b.limits, l...)
	}
	var err error
	if b.editions, err = readEditions(byName[breakpointsTable], byName[rulesTable], byName[levelsTable]); err != nil {
		return nil, err
	}
	for _, check := range []func() error{b.checkValidity, b.checkEvaluation, b.checkWarning} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Edition returns the edition of HJ 633 in force on a day, and whether there is
// one; for an empty day the newest.
func (b *Book) Edition(on standard.Date) (*Edition, bool) {
	for _, e := range slices.Backward(b.editions) {
		if e.citation.InForce(on) {
			return e, true
		}
	}
	return nil, false
}

// Editions returns the editions of HJ 633 in force on any day of a span, the
// oldest first. An empty bound is open.
func (b *Book) Editions(from, to standard.Date) []*Edition {
	var all []*Edition
	for _, e := range b.editions {
		if within(e.citation, from, to) {
			all = append(all, e)
		}
	}
	return all
}

// within reports whether c was in force on any day of a span.
func within(c standard.Citation, from, to standard.Date) bool {
	return (from == "" || c.To == "" || from <= c.To) && (to == "" || c.From == "" || c.From <= to)
}

// A Basis is what a result rests on.
type Basis struct {
	Citation   standard.Citation   `json:"citation"`   // the clause, its edition and its dates
	Confidence standard.Confidence `json:"confidence"` // of the weakest row
	Refs       []standard.Ref      `json:"refs"`       // the rows, in the order they were used
}

// Verified reports whether all that the result rests on was read in the text
// itself. Where it is false, 待核实 belongs beside the result.
func (b Basis) Verified() bool { return b.Confidence.Verified() }

// rest adds rows that the result rests on.
func (b *Basis) rest(rows ...cited) {
	for _, r := range rows {
		if r.Key == "" || slices.Contains(b.Refs, r.ref) {
			continue
		}
		if b.Confidence == "" {
			b.Confidence = r.Citation.Confidence
		}
		b.Confidence = b.Confidence.Weaker(r.Citation.Confidence)
		b.Refs = append(b.Refs, r.ref)
	}
}

// join adds what another result rests on.
func (b *Basis) join(other Basis) {
	if other.Confidence != "" {
		b.weaken(other.Confidence)
	}
	for _, ref := range other.Refs {
		if !slices.Contains(b.Refs, ref) {
			b.Refs = append(b.Refs, ref)
		}
	}
}

// weaken lowers the confidence to c where it is higher.
func (b *Basis) weaken(c standard.Confidence) {
	if b.Confidence == "" {
		b.Confidence = c
	}
	b.Confidence = b.Confidence.Weaker(c)
}

// A cited is a row with its name.
type cited struct {
	standard.Row
	ref standard.Ref
}

func citedRows(t *standard.Table) []cited {
	var all []cited
	for _, r := range t.Rows() {
		all = append(all, cited{r, t.Ref(r)})
	}
	return all
}

// whole returns a cell as a whole number, and whether it has one.
func (r cited) whole(column string) (int, bool) {
	x, err := r.Number(column)
	if err != nil || !x.IsSet() {
		return 0, false
	}
	n, ok := wholeNumber(x)
	return int(n), ok
}

// need is whole for a cell that must have a number.
func (r cited) need(column string) (int, error) {
	n, ok := r.whole(column)
	if !ok || n < 0 {
		return 0, fmt.Errorf("行 %s 的 %s 一列应为不小于 0 的整数，不能是 %q", r.Key, column, r.Cell(column))
	}
	return n, nil
}

// names reports whether a list of pollutants names p; * names all.
func (r cited) names(column string, p Pollutant) bool {
	text := r.Cell(column)
	return text == "*" || slices.Contains(strings.Split(text, ";"), p.String())
}

// wholeNumber returns x as an int64 where it is one. The float64 is only a
// guess, which Equal then decides upon.
func wholeNumber(x standard.Exact) (int64, bool) {
	f := x.Float64()
	if !(f > -1<<53 && f < 1<<53) {
		return 0, false
	}
	n := int64(f)
	return n, standard.Int(n).Equal(x)
}

// ceil returns the least whole number that is not below x.
func ceil(x standard.Exact) int {
	r := x.Rounded(0)
	n, _ := wholeNumber(r)
	if r.Cmp(x) < 0 {
		n++
	}
	return int(n)
}

// show writes x for a sentence: exactly where a decimal does, otherwise rounded
// to four decimals.
func show(x standard.Exact) string {
	if text := x.String(); x.Terminates() && len(text) <= 12 {
		return text
	}
	return x.Round(4)
}

// equals is the sign between a reckoning and x as show writes it.
func equals(x standard.Exact) string {
	if x.Terminates() && len(x.String()) <= 12 {
		return "="
	}
	return "≈"
}
