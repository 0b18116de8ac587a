package water

import "pingzhang/standard"

// A Degree says how much has changed.
type Degree string

// The degrees of change. The zero Degree is none: it is not known.
const (
	NoChange    Degree = "none"  // 无明显变化
	SomeChange  Degree = "some"  // 有所
	ClearChange Degree = "clear" // 明显
)

// A Trend is the change from one period to another.
type Trend struct {
	Degree Degree `json:"degree,omitempty"`
	Better bool   `json:"better"` // the way of a change; false where there is none
	// DeltaGood and DeltaWorst are the changes of the shares of classes I to III
	// and of those worse than V, in percentage points. None where ratings were
	// compared.
	DeltaGood  standard.Exact `json:"delta_good"`
	DeltaWorst standard.Exact `json:"delta_worst"`     // see DeltaGood
	Issue      standard.Issue `json:"issue,omitempty"` // why it is not known; empty otherwise
	Flags      []Flag         `json:"flags,omitempty"`
	Basis
}

// Name returns the trend in Chinese: 无明显变化, 有所好转, 明显变差; 未知.
func (t Trend) Name() string {
	way := "变差"
	if t.Better {
		way = "好转"
	}
	switch t.Degree {
	case NoChange:
		return "无明显变化"
	case SomeChange:
		return "有所" + way
	case ClearChange:
		return "明显" + way
	}
	return "未知"
}

// Text returns the trend as a sentence for a person.
func (t Trend) Text() string {
	if t.Issue != "" {
		return t.Name() + "：" + IssueText(t.Issue)
	}
	text := t.Name() + "：" + t.Arithmetic()
	if label := t.Label(); label != "" {
		text += "（" + label + "）"
	}
	return text
}

// Trend compares two evaluations of one river or region by the rules in force
// at the end of the second: by the shares of their classes, or, where one of
// them is that of a mean, by their ratings.
func (b *Book) Trend(before, after Group) (t Trend) {
	defer t.close()
	switch {
	case before.Rating.Name == "":
		t.Issue = orElse(before.Issue, NoSections)
		return t
	case after.Rating.Name == "":
		t.Issue = orElse(after.Issue, NoSections)
		return t
	}
	t.takes(before.Basis)
	t.takes(after.Basis)
	if before.Shares.Sections() != after.Shares.Sections() {
		t.Flags = append(t.Flags, Flag{Issue: SectionsDiffer})
	}
	on := after.Period.To
	if before.Mean != nil || after.Mean != nil {
		b.byGrade(&t, before.Rating, after.Rating, on)
		return t
	}
	t.DeltaGood = after.Shares.Good().Sub(before.Shares.Good())
	t.DeltaWorst = after.Shares.Worst().Sub(before.Shares.Worst())
	change := t.DeltaGood.Sub(t.DeltaWorst)
	t.because("ΔG", equals(after.Shares.Good()), "－", short(before.Shares.Good()), equals(t.DeltaGood),
		"，ΔD", equals(after.Shares.Worst()), "－", short(before.Shares.Worst()), equals(t.DeltaWorst), "，ΔG－ΔD", equals(change), " 个百分点")
	for _, r := range b.all(ruleTrendShare, on) {
		// None up to its upper bound, some above none up to its own, clear above.
		if !r.upper.IsSet() || change.Abs().Cmp(r.upper) <= 0 {
			t.rests(r.line)
			t.Degree = Degree(r.name)
			break
		}
	}
	t.decide(change.Sign() > 0)
	return t
}

// TrendOf compares the evaluations of one section in two periods by their
// ratings.
func (b *Book) TrendOf(before, after Section) (t Trend) {
	defer t.close()
	for _, s := range []Section{before, after} {
		if !s.Class.Known() {
			t.Issue = orElse(s.Issue, NoRatedItem)
			return t
		}
		t.takes(s.Basis)
	}
	b.byGrade(&t, before.Rating, after.Rating, after.Period.To)
	return t
}

// byGrade compares two ratings.
func (b *Book) byGrade(t *Trend, before, after Rating, on standard.Date) {
	from, to, rows := b.grade(before, on), b.grade(after, on), b.all(ruleTrendGrade, on)
	if from == 0 || to == 0 || len(rows) == 0 {
		t.Issue = NoRule
		return
	}
	change := standard.Int(int64(from - to))
	t.Degree = NoChange
	for _, r := range rows {
		t.rests(r.line)
		if r.value.IsSet() && change.Abs().Cmp(r.value) >= 0 {
			t.Degree = Degree(r.name)
		}
	}
	t.because("水质状况由", before.Name, "到", after.Name, "，相差 ", change.Abs().String(), " 级")
	t.decide(change.Sign() > 0)
}

// decide sets the way of a change that is one.
func (t *Trend) decide(better bool) {
	switch t.Degree {
	case NoChange:
	case SomeChange, ClearChange:
		t.Better = better
	default:
		t.Degree, t.Issue = "", NoRule
	}
}

func orElse(i, other standard.Issue) standard.Issue {
	if i == "" {
		return other
	}
	return i
}
