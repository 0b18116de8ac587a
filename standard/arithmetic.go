package standard

import "strings"

// Arithmetic returns the judgement as a line that can be reckoned again by
// hand: 12.3×(21−9)/(21−12)=16.4 mg/m³ ＜ 50 mg/m³. Numbers that no short
// decimal writes follow a ≈ and are rounded as far as needed to lie on the
// right side of the limit; what was compared is the exact fraction. Where
// nothing could be reckoned it gives the reason.
func (j Judgement) Arithmetic() string {
	if !j.Value.IsSet() {
		return j.Issue.Text()
	}
	s, l := j.Sample, j.Limit
	var b strings.Builder
	steps := 0
	reckon := func(left string) {
		steps++
		b.WriteString(left)
	}
	if s.Unit != l.Unit {
		text, _ := s.Value.short(4)
		reckon(text + s.Unit.suffix())
		if v, err := Convert(s.Value, s.Unit, l.Unit); err == nil && l.RefOxygen.IsSet() && !s.Converted {
			b.WriteString(equals(v) + j.show(v) + l.Unit.suffix() + "，")
			reckon(j.show(v))
		}
	} else if l.RefOxygen.IsSet() && !s.Converted {
		text, _ := s.Value.short(4)
		reckon(text)
	}
	if l.RefOxygen.IsSet() && !s.Converted && s.Oxygen.IsSet() {
		ref, _ := l.RefOxygen.short(4)
		oxygen, _ := s.Oxygen.short(4)
		b.WriteString("×(21−" + ref + ")/(21−" + oxygen + ")")
	}
	if steps > 0 {
		b.WriteString(equals(j.Value))
	} else if _, exact := j.Value.short(2); !exact {
		b.WriteString("≈")
	}
	if j.Issue != "" {
		return b.String() + j.show(j.Value) + l.Unit.suffix() + "，" + j.Issue.Text()
	}
	b.WriteString(j.comparison())
	return b.String()
}

// comparison writes the value beside the bound that decided.
func (j Judgement) comparison() string {
	l, value := j.Limit, j.show(j.Value)
	unit := l.Unit.suffix()
	side := func(bound Exact) string {
		text, _ := bound.short(4)
		switch j.Value.Cmp(bound) {
		case -1:
			return value + unit + " ＜ " + text + unit
		case 1:
			return value + unit + " ＞ " + text + unit
		}
		return value + unit + " ＝ " + text + unit
	}
	switch {
	case !l.Min.IsSet():
		return side(l.Max)
	case !l.Max.IsSet() || j.Value.Cmp(l.Min) < 0:
		return side(l.Min)
	case j.Value.Cmp(l.Max) > 0:
		return side(l.Max)
	}
	low, _ := l.Min.short(4)
	high, _ := l.Max.short(4)
	return value + unit + "，在 " + low + "～" + high + unit + " 之内"
}

// show writes v with as few decimals, from two on, as keep it on its side of
// both bounds of the limit and off zero.
func (j Judgement) show(v Exact) string {
	if text, exact := v.short(2); exact {
		return text
	}
	digits := 2
	for ; digits < 12; digits++ {
		r := v.Rounded(digits)
		if r.Sign() == v.Sign() && sameSide(v, r, j.Limit.Min) && sameSide(v, r, j.Limit.Max) {
			break
		}
	}
	return v.Round(digits)
}

// sameSide reports whether v and r compare with bound alike.
func sameSide(v, r, bound Exact) bool {
	return !bound.IsSet() || v.Cmp(bound) == r.Cmp(bound)
}

// equals is the sign between a reckoning and v as show writes it.
func equals(v Exact) string {
	if _, exact := v.short(2); exact {
		return "="
	}
	return "≈"
}

// Text returns the judgement as a sentence for a person: verdict, multiple,
// arithmetic, the clause, and 待核实 where that is so.
func (j Judgement) Text() string {
	var b strings.Builder
	b.WriteString(j.Verdict.Name())
	if j.Multiple.IsSet() {
		b.WriteString(" " + multiple(j.Multiple) + " 倍")
	}
	b.WriteString("：" + j.Arithmetic())
	if c := j.Limit.Citation; c != (Citation{}) {
		b.WriteString("；依据" + c.String())
	}
	if !j.Verified() && j.Limit.Citation.Confidence.Verified() {
		b.WriteString("；限值待核实")
	}
	return b.String()
}

// multiple rounds an excess to two decimals, or to as many more as keep it
// from reading as none.
func multiple(x Exact) string {
	for digits := 2; digits < 12; digits++ {
		if text := x.Round(digits); strings.Trim(text, "0.") != "" {
			return text
		}
	}
	return "不到 0.000000000001"
}
