package water

import (
	"math/big"
	"strings"

	"pingzhang/standard"
)

// A TrophicPart is one indicator of the trophic index.
type TrophicPart struct {
	Item   Item           `json:"item"`
	Name   string         `json:"name"`
	Value  standard.Exact `json:"value"` // in Unit
	Unit   standard.Unit  `json:"unit"`
	Index  standard.Exact `json:"index"`
	Weight standard.Exact `json:"weight"` // of the index in the sum, without unit
}

// A Trophic is the comprehensive trophic level index of a lake, TLI(Σ).
//
// Logarithms do not end. Index is rounded to 30 decimals, which no class
// boundary comes near.
type Trophic struct {
	Index   standard.Exact `json:"index"`
	Class   string         `json:"class,omitempty"` // 贫营养, 中营养, 轻度富营养, 中度富营养, 重度富营养
	Issue   standard.Issue `json:"issue,omitempty"` // why there is none; empty otherwise
	Parts   []TrophicPart  `json:"parts,omitempty"`
	Missing []Item         `json:"missing,omitempty"` // indicators without a usable value
	Basis
}

// Text returns the index as a sentence for a person.
func (t Trophic) Text() string {
	if t.Issue != "" {
		return "营养状态未知：" + IssueText(t.Issue)
	}
	text := t.Class + "，TLI(Σ)≈" + t.Index.Round(1)
	if label := t.Label(); label != "" {
		text += "（" + label + "）"
	}
	return text
}

// Trophic returns the trophic index of a lake or one of its points, from the
// means of its five indicators: chlorophyll a (mg/m³, which is µg/L), total
// phosphorus, total nitrogen, permanganate index (mg/L) and transparency (m).
// One without a usable value, or at zero, leaves no index: the weights are those
// of five. For a whole lake use the Mean of its Group.
func (b *Book) Trophic(s Section) (t Trophic) {
	defer t.close()
	if s.Body != Lake {
		t.Issue = TrophicLakes
		return t
	}
	rows := b.all(ruleTLI, s.Period.To)
	if len(rows) == 0 {
		t.Issue = NoRule
		return t
	}
	total := standard.Int(0)
	var terms []string
	for _, r := range rows {
		part, issue := b.trophicPart(s, r)
		t.rests(r.line)
		if issue != "" {
			t.Missing = append(t.Missing, part.Item)
			if t.Issue == "" || issue == NotPositive {
				t.Issue = issue
			}
			continue
		}
		c, _ := s.Of(part.Item)
		t.takes(c.of)
		t.Parts = append(t.Parts, part)
		t.because("TLI(", part.Name, ")＝10×(", r.value.String(), signed(r.slope), "×ln ", short(part.Value), ")≈", part.Index.Round(2))
		total = total.Add(part.Index.Mul(part.Weight))
		terms = append(terms, part.Weight.String()+"×"+part.Index.Round(2))
	}
	if t.Issue != "" {
		return t
	}
	t.Index = total
	t.because("TLI(Σ)＝", strings.Join(terms, "＋"), "≈", t.Index.Round(2))
	t.classify(b.all(ruleTLIClass, s.Period.To))
	return t
}

// classify finds the class of the index among rows in rising order. The upper
// bound belongs to the class, save that of the first, which has no lower one.
func (t *Trophic) classify(rows []rule) {
	for _, r := range rows {
		in := !r.upper.IsSet() || t.Index.Cmp(r.upper) <= 0
		if !r.value.IsSet() {
			in = r.upper.IsSet() && t.Index.Cmp(r.upper) < 0
		}
		if in {
			t.rests(r.line)
			t.Class = r.name
			return
		}
	}
	t.Issue = NoRule
}

// trophicPart reckons the index of one indicator.
func (b *Book) trophicPart(s Section, r rule) (TrophicPart, standard.Issue) {
	p := TrophicPart{Item: Item(r.name), Name: b.Name(Item(r.name)), Unit: standard.Unit(r.Cell("unit")), Weight: r.weight}
	c, ok := s.Of(p.Item)
	switch {
	case !ok || !c.Value.IsSet():
		return p, ItemsMissing
	case !r.value.IsSet() || !r.slope.IsSet() || !r.weight.IsSet():
		return p, FigureMissing
	}
	p.Value = c.Value
	if p.Item != Chlorophyll { // in water 1 mg/m³ is 1 µg/L, in which it was read
		var err error
		if p.Value, err = standard.Convert(c.Value, c.Unit, p.Unit); err != nil {
			return p, err.(*standard.UnitError).Issue
		}
	}
	if p.Value.Sign() <= 0 {
		return p, NotPositive
	}
	p.Index = standard.Int(10).Mul(r.value.Add(r.slope.Mul(logarithm(p.Value))))
	return p, ""
}

// TrophicOf returns the trophic index of one set of samples of a lake.
func (b *Book) TrophicOf(samples []Sample, on standard.Date) Trophic {
	return b.Trophic(b.Section(Monitoring{Body: Lake, Period: Between(on, on), Visits: []Visit{{On: on, Samples: samples}}}))
}

// signed writes a factor behind a sum.
func signed(x standard.Exact) string {
	if x.Sign() < 0 {
		return "－" + x.Abs().String()
	}
	return "＋" + x.String()
}

const (
	logBits   = 256
	logDigits = 30
)

// logarithm returns the natural logarithm of x, above 0, rounded to 30 decimals:
// x is m times a power of two with m in [0.5, 1), and ln m = 2 artanh((m-1)/(m+1)).
func logarithm(x standard.Exact) standard.Exact {
	mantissa := float(nil)
	exponent := float(nil).SetRat(x.Rat()).MantExp(mantissa)
	one := float(nil).SetInt64(1)
	z := float(nil).Quo(float(nil).Sub(mantissa, one), float(nil).Add(mantissa, one))
	third := float(nil).Quo(one, float(nil).SetInt64(3)) // ln 2 = 2 artanh(1/3)
	ln := float(nil).Mul(artanh(third), float(nil).SetInt64(int64(exponent)))
	ln.Add(ln, artanh(z))
	return standard.Must(ln.Mul(ln, float(nil).SetInt64(2)).Text('f', logDigits))
}

// artanh returns z + z³/3 + z⁵/5 + … for |z| up to 1/3, where each term is at
// most a ninth of the one before.
func artanh(z *big.Float) *big.Float {
	sum, power, square := float(nil), float(z), float(nil).Mul(z, z)
	for n := int64(1); n < logBits/3; n += 2 {
		sum.Add(sum, float(nil).Quo(power, float(nil).SetInt64(n)))
		power.Mul(power, square)
	}
	return sum
}

// float returns a new number of logBits, 0 or a copy of x.
func float(x *big.Float) *big.Float {
	f := new(big.Float).SetPrec(logBits)
	if x != nil {
		f.Set(x)
	}
	return f
}
