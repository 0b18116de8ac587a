package judging

import (
	"cmp"
	"io"
	"iter"
	"slices"
	"strings"

	"pingzhang/internal/sheet"
	"pingzhang/standard"
	"pingzhang/standard/emission"
)

// An EmissionRow is what holds for one value of a source, and the verdict.
type EmissionRow struct {
	Row
	Source    string `json:"source"` // as it stands in the file, like the next five
	Date      string `json:"date"`
	Pollutant string `json:"pollutant"`
	Value     string `json:"value"`
	Unit      string `json:"unit"`
	Oxygen    string `json:"oxygen,omitempty"`

	Verdict     standard.Verdict `json:"verdict"`
	VerdictText string           `json:"verdict_text"`
	Issue       standard.Issue   `json:"issue,omitempty"` // why Unknown; empty otherwise
	// Multiple is by how many times a limit is exceeded, the most of several.
	Multiple standard.Exact  `json:"multiple"`
	Limits   []EmissionLimit `json:"limits"`
	// Considered are the rows of the tables that were looked at, where none
	// applies.
	Considered []emission.Considered `json:"considered,omitempty"`
	Basis                            // of the limit that decided
}

// Judged reports whether the row has a verdict.
func (r EmissionRow) Judged() bool {
	return r.Verdict == standard.Meets || r.Verdict == standard.Exceeds
}

// An EmissionLimit is a limit that holds for a source, or would hold if what was
// not stated were so, beside the value.
type EmissionLimit struct {
	Category  emission.Category `json:"category"`
	Place     emission.Place    `json:"place"`
	Quantity  emission.Quantity `json:"quantity"`
	Pollutant string            `json:"pollutant"`
	Period    standard.Period   `json:"period,omitempty"`
	// Compared is false for limits of another quantity or period than the value;
	// they do not enter the verdict.
	Compared   bool             `json:"compared"`
	Verdict    standard.Verdict `json:"verdict"`
	Issue      standard.Issue   `json:"issue,omitempty"`
	Reason     string           `json:"reason,omitempty"`    // of the issue, in Chinese
	Converted  standard.Exact   `json:"converted"`           // the value as it was compared
	Candidates []string         `json:"candidates"`          // the limits, in words; several where something was not stated
	Because    []string         `json:"because,omitempty"`   // how the limit was found
	Multiple   standard.Exact   `json:"multiple"`            // above the limit
	Complete   bool             `json:"complete"`            // one of the candidates holds whatever was not stated
	Open       standard.Issue   `json:"open,omitempty"`      // what was not stated
	OpenText   string           `json:"open_text,omitempty"` // the same in Chinese
	Arithmetic string           `json:"arithmetic"`
	Basis
}

// Emission reads a file of what sources let out, finds for each row the limits
// that hold, and judges.
//
// The error is fault.Invalid when the file cannot be read or lacks a column.
func Emission(book *emission.Book, r io.Reader, o Options) (Table, iter.Seq[EmissionRow], error) {
	f, t, err := open("emission", r, EmissionColumns(), o)
	if err != nil {
		return t, nil, err
	}
	needed := []string{"pollutant", "value"}
	if o.At == "" {
		needed = append(needed, "date")
	}
	if err := f.needs(EmissionColumns(), needed...); err != nil {
		return t, nil, err
	}
	f.findTwins("pollutant", func(r sheet.Row) string {
		m := r.Moment("date")
		if r.Text("source") == "" || m.Issue != "" || r.Text("pollutant") == "" {
			return ""
		}
		parts := []string{m.Time.Format("2006-01-02T15:04:05")}
		for _, c := range []string{"source", "pollutant", "standard", "category", "place", "quantity", "period", "level"} {
			parts = append(parts, fold(r.Text(c)))
		}
		return strings.Join(parts, "\n")
	}, func(r sheet.Row) string { return valueOf(r) + "\n" + r.Text("oxygen") })
	return t, func(yield func(EmissionRow) bool) {
		for r := range f.Rows() {
			if !yield(f.emission(book, r)) {
				return
			}
		}
	}, nil
}

func (f *file) emission(book *emission.Book, line sheet.Row) EmissionRow {
	out := EmissionRow{
		Source: line.Text("source"), Date: line.Text("date"), Pollutant: line.Text("pollutant"), Value: line.Text("value"),
		Unit: line.Text("unit"), Oxygen: line.Text("oxygen"), Verdict: standard.Unknown, Limits: []EmissionLimit{},
	}
	r := f.row(line, &out.Row)
	dated := r.day("date")
	sample := r.emitted()
	s, odd := r.emitter()
	s.On = out.On
	switch {
	case !dated:
		out.Issue = sheet.NoDay
	case s.Pollutant == "":
		r.refuse(&out.Issue, "pollutant", NotStated, "没有填写污染物")
	case odd:
		out.Issue, out.Reason = WordUnknown, "有不认识的写法，不能确定适用的限值"
	case s.Document == "" && s.Category == "":
		r.refuse(&out.Issue, "standard", SourceNeeded, SourceNeeded.Text())
	default:
		out.judge(book.Limits(s), sample)
		if out.Issue == NotCompared {
			r.bad("unit", standard.UnitMismatch, NotCompared.Text())
		}
		r.mismatch(out.Issue)
	}
	out.VerdictText = out.Verdict.Name()
	return out
}

// emitted reads the value of a row.
func (r *reader) emitted() standard.Sample {
	s := r.sample("value", "unit", bareUnit(r.Text("pollutant")))
	s.Oxygen = r.number("oxygen", true).Value // standard.Judge names what is wrong with it
	s.Period, _ = meaning(r, "period", periods)
	if text := r.Text("period"); text != "" && s.Period == "" && s.Issue == "" {
		s.Issue = WordUnknown
	}
	yes, _ := meaning(r, "converted", truths)
	s.Converted = yes == affirmed
	return s
}

// judge compares the value with all that was found.
func (r *EmissionRow) judge(a emission.Answer, s standard.Sample) {
	if a.Issue != "" {
		r.Issue, r.Reason, r.Considered = a.Issue, a.Issue.Text(), a.Considered
		r.Basis = basis(standard.Citation{}, standard.Missing, nil)
		return
	}
	for _, f := range a.Found {
		r.Limits = append(r.Limits, limitOf(f, f.Judge(s), comparable(f, s)))
	}
	// A value for another period than all limits is compared, to be refused by
	// them; beside limits of its own period those of others say nothing.
	fits := func(l EmissionLimit) bool { return l.Compared && l.Issue != standard.PeriodMismatch }
	if slices.ContainsFunc(r.Limits, fits) {
		for i := range r.Limits {
			r.Limits[i].Compared = fits(r.Limits[i])
		}
	}
	r.conclude(s)
}

// comparable reports whether a value is of the quantity that is limited. One
// without a unit is compared, so that the verdict says what it lacks.
func comparable(f emission.Found, s standard.Sample) bool {
	converts := func(to standard.Unit) bool {
		_, err := standard.Convert(standard.Int(1), s.Unit, to)
		return err == nil
	}
	if s.Unit == "" {
		return true
	}
	for _, c := range f.Candidates {
		if c.Limit.Unit == "" || converts(c.Limit.Unit) {
			return true
		}
	}
	return len(f.Candidates) == 0 && (f.Quantity == emission.Rate) == converts(standard.KgPerH)
}

func limitOf(f emission.Found, j emission.Judged, compared bool) EmissionLimit {
	l := EmissionLimit{
		Category: f.Category, Place: f.Place, Quantity: f.Quantity, Pollutant: f.Pollutant, Period: j.By.Limit.Period, Compared: compared,
		Verdict: j.Verdict, Issue: j.Issue, Reason: j.Issue.Text(), Converted: j.Value, Multiple: j.Multiple,
		Complete: f.Complete, Open: f.Open, OpenText: f.Open.Text(), Arithmetic: j.Arithmetic(), Because: j.By.Because,
		Candidates: []string{}, Basis: basis(j.By.Limit.Citation, j.Confidence, j.By.Rows),
	}
	if j.Issue != "" && f.Open != "" && j.Issue != f.Open {
		l.Reason += "；" + l.OpenText
	}
	for _, c := range f.Candidates {
		l.Candidates = append(l.Candidates, limitText(c))
	}
	return l
}

// limitText writes a limit for a person: ≤50 mg/m³（基准氧含量 9%；new）.
func limitText(c emission.Candidate) string {
	text := ""
	switch least, most := c.Limit.Min, c.Limit.Max; {
	case least.IsSet() && most.IsSet():
		text = least.String() + "～" + most.String()
	case least.IsSet():
		text = "≥" + least.String()
	case most.IsSet() && c.Strict:
		text = "＜" + most.String()
	case most.IsSet():
		text = "≤" + most.String()
	}
	if u := c.Limit.Unit; text != "" && u != standard.Dimensionless && u != "" {
		text += " " + string(u)
	}
	var more []string
	if c.Words != "" {
		more = append(more, c.Words)
	}
	if c.Limit.RefOxygen.IsSet() {
		more = append(more, "基准氧含量 "+c.Limit.RefOxygen.String()+"%")
	}
	for _, part := range []string{c.Limit.Period.Name(), levelName(c.Level), c.Trade} {
		if part != "" {
			more = append(more, part)
		}
	}
	switch {
	case text == "":
		return strings.Join(more, "；")
	case len(more) > 0:
		text += "（" + strings.Join(more, "；") + "）"
	}
	return text
}

// conclude makes one verdict of those by the limits that were compared: beyond
// one of them exceeds; where none is exceeded and one is unknown, so is the
// row. Where the place was not stated, limits of several places are no more than
// candidates.
func (r *EmissionRow) conclude(s standard.Sample) {
	var compared []EmissionLimit
	places := map[emission.Place]bool{}
	verdicts := map[standard.Verdict]bool{}
	for _, l := range r.Limits {
		if l.Compared {
			compared, places[l.Place], verdicts[l.Verdict] = append(compared, l), true, true
		}
	}
	switch {
	case len(compared) == 0 && s.Issue == "":
		r.Issue, r.Reason = NotCompared, NotCompared.Text()
		return
	case len(compared) == 0:
		r.Issue, r.Reason = s.Issue, s.Issue.Text()
		return
	case len(places) > 1 && len(verdicts) > 1:
		r.Issue, r.Reason, r.Basis = PlaceNeeded, PlaceNeeded.Text(), compared[0].Basis
		return
	}
	worst := slices.MaxFunc(compared, func(a, b EmissionLimit) int {
		if c := rank(a.Verdict) - rank(b.Verdict); c != 0 || !a.Multiple.IsSet() || !b.Multiple.IsSet() {
			return cmp.Or(c, boolInt(a.Multiple.IsSet())-boolInt(b.Multiple.IsSet()))
		}
		return a.Multiple.Cmp(b.Multiple)
	})
	r.Verdict, r.Issue, r.Reason, r.Multiple, r.Basis = worst.Verdict, worst.Issue, worst.Reason, worst.Multiple, worst.Basis
	for _, l := range compared { // a verdict on all is no surer than the weakest
		if l.Verdict == r.Verdict && r.Verdict == standard.Meets && l.Confidence.Weaker(r.Confidence) != r.Confidence {
			r.Basis = l.Basis
		}
	}
}

// rank orders verdicts by what must not be overlooked.
func rank(v standard.Verdict) int {
	switch v {
	case standard.Exceeds:
		return 2
	case standard.Meets:
		return 0
	}
	return 1
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
