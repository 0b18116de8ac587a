package carbon

import (
	"fmt"
	"slices"
	"strings"

	"pingzhang/standard"
)

// The indices of ecological quality.
const (
	EQI = "EQI" // 区域生态质量指数, 环监测〔2021〕99号
	EI  = "EI"  // 生态环境状况指数, HJ 192-2015
)

// The kinds of rows.
const (
	weightRow    = "weight"
	classRow     = "class"
	changeRow    = "change"
	publishedRow = "published"
)

type ecologyRow struct {
	line
	index, kind, name        string
	weight, low, high, value standard.Exact
	inverted                 bool
}

func (b *Book) readEcology(l line) error {
	n, err := l.Numbers("weight", "low", "high", "value")
	if err != nil {
		return err
	}
	r := ecologyRow{l, l.Cell("index"), l.Cell("kind"), l.Cell("name"), n[0], n[1], n[2], n[3], l.Cell("inverted") == "yes"}
	if !slices.Contains([]string{weightRow, classRow, changeRow, publishedRow}, r.kind) {
		return fmt.Errorf("行 %s 的 kind 一列只能是 weight、class、change 或 published，不能是 %q", l.Key, r.kind)
	}
	b.ecology = append(b.ecology, r)
	return nil
}

// ecologyRows returns the rows of an index and kind in force on a day.
func (b *Book) ecologyRows(index, kind string, on standard.Date) []ecologyRow {
	var all []ecologyRow
	for _, r := range b.ecology {
		if r.index == index && r.kind == kind && r.Citation.InForce(on) {
			all = append(all, r)
		}
	}
	return all
}

// has reports whether x is from low on and below high.
func (r ecologyRow) has(x standard.Exact) bool {
	return (!r.low.IsSet() || x.Cmp(r.low) >= 0) && (!r.high.IsSet() || x.Cmp(r.high) < 0)
}

// An Index is an index of ecological quality with its class.
type Index struct {
	Reckoned
	Class string `json:"class,omitempty"` // empty where unknown
}

// Index reckons an index of its parts, which must be just those that it has
// (Parts), by the rule in force on a day, and classes it.
func (b *Book) Index(index string, parts map[string]standard.Exact, on standard.Date) Index {
	var out Index
	out.Unit = standard.Dimensionless
	rows := b.ecologyRows(index, weightRow, on)
	if len(rows) == 0 {
		out.Reckoned = out.fail(NoIndex)
		return out
	}
	sum := standard.Int(0)
	var words []string
	for _, r := range rows {
		out.use(r.line)
		x, ok := parts[r.name]
		switch {
		case !ok || !x.IsSet():
			out.Reckoned = out.fail(PartMissing)
			out.Arithmetic += "：" + r.name
			return out
		case !r.weight.IsSet():
			out.Reckoned = out.fail(FactorMissing)
			return out
		case r.low.IsSet() && x.Cmp(r.low) < 0 || r.high.IsSet() && x.Cmp(r.high) > 0:
			out.Reckoned = out.fail(PartOdd)
			out.Arithmetic += "：" + r.name + " " + show(x)
			return out
		}
		text := show(x)
		if r.inverted {
			x, text = hundred.Sub(x), "(100−"+text+")"
		}
		sum = sum.Add(r.weight.Mul(x))
		words = append(words, show(r.weight)+"×"+text)
	}
	if len(parts) != len(rows) {
		out.Reckoned = out.fail(PartOdd)
		return out
	}
	out.Value = sum
	out.Arithmetic = index + "=" + strings.Join(words, "＋") + equals(sum)
	class := b.Class(index, sum, on)
	out.rest(class.Reckoned)
	out.Class, out.Issue = class.Class, class.Issue
	return out
}

// Parts returns the names of the parts of an index on a day.
func (b *Book) Parts(index string, on standard.Date) []string {
	var all []string
	for _, r := range b.ecologyRows(index, weightRow, on) {
		all = append(all, r.name)
	}
	return all
}

// Class returns the class of the value of an index.
func (b *Book) Class(index string, value standard.Exact, on standard.Date) Index {
	return b.place(index, classRow, value, value, on)
}

// Change returns how an index changed from one value to another: the word of the
// rule for the size of the change, with 变好 or 变差 where it is not the least.
func (b *Book) Change(index string, before, after standard.Exact, on standard.Date) Index {
	d := after.Sub(before)
	out := b.place(index, changeRow, d, d.Abs(), on)
	if out.Class == "" {
		return out
	}
	least := b.ecologyRows(index, changeRow, on)[0].name
	switch {
	case out.Class == least:
	case d.Sign() > 0:
		out.Class += "变好"
	default:
		out.Class += "变差"
	}
	out.Arithmetic = show(after) + "−" + show(before) + equals(d) + "，" + out.Class
	return out
}

// place finds the row that takes size.
func (b *Book) place(index, kind string, value, size standard.Exact, on standard.Date) Index {
	out := Index{Reckoned: Reckoned{Value: value, Unit: standard.Dimensionless}}
	rows := b.ecologyRows(index, kind, on)
	switch {
	case len(rows) == 0:
		out.Reckoned = out.fail(NoIndex)
		return out
	case !size.IsSet():
		out.Reckoned = out.fail(standard.NoValue)
		return out
	}
	for _, r := range rows {
		if r.has(size) {
			out.use(r.line)
			out.Class = r.name
			out.Arithmetic = show(value) + "，" + r.name
			return out
		}
	}
	out.Reckoned = out.fail(ClassesFaulty)
	return out
}

// Published returns the value of an index that was made public for an area and a
// year; NoIndex where there is none.
func (b *Book) Published(index, area string, year int) Index {
	for _, r := range b.ecology {
		if r.kind == publishedRow && r.index == index && r.name == area && r.Cell("year") == fmt.Sprint(year) {
			out := b.Class(index, r.value, "")
			out.use(r.line)
			return out
		}
	}
	var out Index
	out.Reckoned = out.fail(NoIndex)
	return out
}
