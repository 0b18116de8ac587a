package chunk

import (
	"math"
	"slices"
)

// What a Column says of a row beside a number of decimals.
const (
	Absent = -1 // the row has no such cell
	Odd    = -2 // the text is no number that AppendNumber gives back; see Texts
)

// MaxDecimals is the most that a number may have; others are Odd.
const MaxDecimals = 13

// Meta is when a content was made and when it came.
type Meta struct {
	QN         int64 // unix milliseconds, 0 when absent
	Received   int64 // unix seconds
	Backfilled bool
}

// Table is the readings of one point and kind over a span of time, column by
// column. Reset makes it ready to be filled, row by row.
type Table struct {
	Point   int64
	Kind    uint8
	T0      int64   // start of the span
	At      []int64 // one a row, rising
	Lanes   []Lane  // where metas are; see Factor.Lane
	Factors []Factor
}

// Lane holds, for each row, one of the metas that occur in it. The factors of
// one message share a meta; a row that came in two messages has two lanes.
type Lane struct {
	Has  []bool
	Meta []Meta
}

// Factor is the columns of one factor.
type Factor struct {
	Code    string
	Lane    []int16 // for each row the lane its meta is in; -1 where the factor is absent
	Columns []Column
}

// Column is one field of one factor. All its slices are as long as Table.At.
type Column struct {
	Name  string
	Dec   []int8  // decimals of the number, or Absent, or Odd
	M     []int64 // the number times 10^Dec; for Odd an index into Texts
	Texts []string

	textAt map[string]int64 // filled as odd texts are added
}

// Reset empties t and keeps its memory.
func (t *Table) Reset(point int64, kind uint8, t0 int64) {
	t.Point, t.Kind, t.T0 = point, kind, t0
	t.At, t.Lanes, t.Factors = t.At[:0], t.Lanes[:0], t.Factors[:0]
}

// AddRow begins the row of a time, which is after all others.
func (t *Table) AddRow(at int64) { t.At = append(t.At, at) }

// Factor returns the index of a factor, which it adds when it is new. guess is
// where it may be.
func (t *Table) Factor(code string, guess int) int {
	if guess < len(t.Factors) && t.Factors[guess].Code == code {
		return guess
	}
	for i := range t.Factors {
		if t.Factors[i].Code == code {
			return i
		}
	}
	if n := len(t.Factors); n < cap(t.Factors) {
		t.Factors = t.Factors[:n+1]
		f := &t.Factors[n]
		f.Code, f.Lane, f.Columns = code, f.Lane[:0], f.Columns[:0]
		return n
	}
	t.Factors = append(t.Factors, Factor{Code: code})
	return len(t.Factors) - 1
}

// Column returns the index of a column of factor f, which it adds when it is
// new.
func (t *Table) Column(f int, name string, guess int) int {
	fac := &t.Factors[f]
	if guess < len(fac.Columns) && fac.Columns[guess].Name == name {
		return guess
	}
	for i := range fac.Columns {
		if fac.Columns[i].Name == name {
			return i
		}
	}
	if n := len(fac.Columns); n < cap(fac.Columns) {
		fac.Columns = fac.Columns[:n+1]
		c := &fac.Columns[n]
		c.Name, c.Dec, c.M, c.Texts, c.textAt = name, c.Dec[:0], c.M[:0], c.Texts[:0], nil
		return n
	}
	fac.Columns = append(fac.Columns, Column{Name: name})
	return len(fac.Columns) - 1
}

// SetMeta says the meta of factor f in the last row.
func (t *Table) SetMeta(f int, m Meta) {
	row := len(t.At) - 1
	lane := 0
	for ; lane < len(t.Lanes); lane++ {
		l := &t.Lanes[lane]
		l.pad(row + 1)
		if !l.Has[row] || l.Meta[row] == m {
			break
		}
	}
	if lane == len(t.Lanes) {
		t.Lanes = append(t.Lanes, Lane{})
	}
	l := &t.Lanes[lane]
	l.pad(row + 1)
	l.Has[row], l.Meta[row] = true, m
	fac := &t.Factors[f]
	fac.pad(row + 1)
	fac.Lane[row] = int16(lane)
}

// SetNumber sets a cell of the last row to m over 10^dec.
func (t *Table) SetNumber(f, c int, m int64, dec uint8) {
	col := &t.Factors[f].Columns[c]
	row := len(t.At) - 1
	if len(col.Dec) == row {
		col.Dec, col.M = append(col.Dec, int8(dec)), append(col.M, m)
		return
	}
	col.pad(row + 1)
	col.Dec[row], col.M[row] = int8(dec), m
}

// SetText sets a cell of the last row to a text that is no number.
func (t *Table) SetText(f, c int, text string) {
	col := &t.Factors[f].Columns[c]
	row := len(t.At) - 1
	col.pad(row + 1)
	col.Dec[row], col.M[row] = Odd, col.text(text)
}

// text returns the index of an odd text. The last one is the likeliest.
func (c *Column) text(text string) int64 {
	if n := len(c.Texts); n > 0 && c.Texts[n-1] == text {
		return int64(n - 1)
	}
	if c.textAt == nil {
		c.textAt = make(map[string]int64, 4)
		for i, s := range c.Texts {
			c.textAt[s] = int64(i)
		}
	}
	i, known := c.textAt[text]
	if !known {
		i = int64(len(c.Texts))
		c.Texts = append(c.Texts, text)
		c.textAt[text] = i
	}
	return i
}

func (l *Lane) pad(n int) {
	for len(l.Has) < n {
		l.Has, l.Meta = append(l.Has, false), append(l.Meta, Meta{})
	}
}

func (f *Factor) pad(n int) {
	for len(f.Lane) < n {
		f.Lane = append(f.Lane, -1)
	}
}

func (c *Column) pad(n int) {
	for len(c.Dec) < n {
		c.Dec, c.M = append(c.Dec, Absent), append(c.M, 0)
	}
}

// Finish fills up every column to the number of rows. Call it after the last
// row.
func (t *Table) Finish() {
	n := len(t.At)
	for i := range t.Lanes {
		t.Lanes[i].pad(n)
	}
	for i := range t.Factors {
		f := &t.Factors[i]
		f.pad(n)
		for j := range f.Columns {
			f.Columns[j].pad(n)
		}
	}
}

// MetaOf returns the meta of factor f in a row; false where it is absent.
func (t *Table) MetaOf(f, row int) (Meta, bool) {
	lane := t.Factors[f].Lane[row]
	if lane < 0 {
		return Meta{}, false
	}
	return t.Lanes[lane].Meta[row], true
}

// Text returns the cell of a row as it was reported; false where it is absent.
func (c *Column) Text(row int) (string, bool) {
	switch d := c.Dec[row]; d {
	case Absent:
		return "", false
	case Odd:
		return c.Texts[c.M[row]], true
	default:
		return NumberText(c.M[row], uint8(d)), true
	}
}

// Find returns the index of the factor, or -1.
func (t *Table) Find(code string) int {
	return slices.IndexFunc(t.Factors, func(f Factor) bool { return f.Code == code })
}

// Number returns the number of a row as m over 10^dec; false where there is
// none, or a text that is no plain number.
func (c *Column) Number(row int) (m int64, dec uint8, ok bool) {
	d := c.Dec[row]
	return c.M[row], uint8(max(d, 0)), d >= 0
}

// Float returns the nearest float64 of a row, for drawing only; NaN where there
// is no number.
func (c *Column) Float(row int) float64 {
	d := c.Dec[row]
	if d < 0 {
		return math.NaN()
	}
	return float64(c.M[row]) / float64(tens[d])
}

// Slice returns the rows from i before j, sharing memory with c.
func (c *Column) Slice(i, j int) Column {
	return Column{Name: c.Name, Dec: c.Dec[i:j], M: c.M[i:j], Texts: c.Texts}
}

// Append adds the rows of u, which are all after those of t. Finish need not
// have been called for t, but must have been for u.
func (t *Table) Append(u *Table) {
	base := len(t.At)
	t.At = append(t.At, u.At...)
	for i := range u.Lanes {
		if i == len(t.Lanes) {
			t.Lanes = append(t.Lanes, Lane{})
		}
		l := &t.Lanes[i]
		l.pad(base)
		l.Has, l.Meta = append(l.Has, u.Lanes[i].Has...), append(l.Meta, u.Lanes[i].Meta...)
	}
	for i := range u.Factors {
		from := &u.Factors[i]
		at := t.Factor(from.Code, i)
		t.Factors[at].pad(base)
		t.Factors[at].Lane = append(t.Factors[at].Lane, from.Lane...)
		for j := range from.Columns {
			c := &from.Columns[j]
			to := &t.Factors[at].Columns[t.Column(at, c.Name, j)]
			to.pad(base)
			to.Dec, to.M = append(to.Dec, c.Dec...), append(to.M, c.M...)
			if len(c.Texts) > 0 {
				for k, d := range c.Dec {
					if d == Odd {
						to.M[base+k] = to.text(c.Texts[c.M[k]])
					}
				}
			}
		}
	}
}
