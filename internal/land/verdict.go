package land

import (
	"encoding/json"
	"slices"
	"strings"

	"pingzhang/standard"
	"pingzhang/standard/soil"
)

// State is what a verdict comes to, the same for all three standards.
type State string

// The states.
const (
	Good    State = "good"    // not above the screening value; the target class is reached
	Classed State = "classed" // groundwater that has a class, of a well without target
	Exempt  State = "exempt"  // above the screening value, not above the background
	Over    State = "over"    // above the screening value; worse than the target class
	Severe  State = "severe"  // above the intervention value
	Unknown State = "unknown" // cannot be said, for a reason that is named
	Unruled State = "unruled" // the standard does not name the item: nothing to be said by it
)

// rank orders states; the higher may less be overlooked. What is unknown weighs
// more than what is in order.
var rank = []State{Unruled, Good, Classed, Exempt, Unknown, Over, Severe}

// Worst returns the state of several together. An item that the standard does
// not name decides nothing; of nothing else, or of nothing at all, it is Unknown.
func Worst(states ...State) State {
	worst := Unruled
	for _, s := range states {
		i := slices.Index(rank, s)
		if i < 0 {
			i = slices.Index(rank, Unknown)
		}
		if i > slices.Index(rank, worst) {
			worst = rank[i]
		}
	}
	if worst == Unruled {
		return Unknown
	}
	return worst
}

// Name returns the state in Chinese, as it is said of a kind.
func (s State) Name(k Kind) string {
	if k == Well {
		switch s {
		case Good:
			return "达到水质目标"
		case Classed:
			return "已定类别（没有目标）"
		case Over:
			return "劣于水质目标"
		}
	}
	switch s {
	case Good:
		return "不高于筛选值"
	case Exempt:
		return "高于筛选值、不高于背景值"
	case Over:
		return "高于筛选值"
	case Severe:
		return "高于管制值"
	case Unruled:
		return "标准未规定"
	}
	return "未知"
}

// Basis is how a verdict follows: the comparisons in words, how the figures were
// chosen, and the clauses.
type Basis struct {
	Arithmetic string         `json:"arithmetic,omitempty"`
	Because    []string       `json:"because,omitempty"`
	Citations  []string       `json:"citations,omitempty"` // with dates, 待核实 where that is so
	Edition    string         `json:"edition,omitempty"`   // GB 36600-2018
	Rows       []standard.Ref `json:"rows,omitempty"`
}

// Verdict is what is said of one item of one sample.
type Verdict struct {
	Sample        int64               `db:"sample"`
	Item          string              `db:"item"`
	Revision      int64               `db:"revision"`
	ValueRevision int64               `db:"value_revision"`
	State         State               `db:"state"`
	Outcome       string              `db:"outcome"` // soil.Outcome, or the class of groundwater I to V
	Issue         standard.Issue      `db:"issue"`   // why Unknown
	Category      string              `db:"category"`
	Compared      string              `db:"compared"` // the value in the unit of the figures, else as reported
	Unit          standard.Unit       `db:"unit"`     // of Compared and the figures
	Screening     string              `db:"screening"`
	Intervention  string              `db:"intervention"`
	Background    string              `db:"background"` // mg/kg; empty where it was not asked for
	Multiple      string              `db:"multiple"`   // above the screening value (超标倍数), exact; empty where not above
	Confidence    standard.Confidence `db:"confidence"`
	BasisJSON     string              `db:"basis"`
	PremisesJSON  string              `db:"premises"`
	Cause         string              `db:"cause"` // import/ID, or who let it be made again
	JudgedAt      int64               `db:"judged_at"`
	SupersededAt  int64               `db:"superseded_at"`
}

// Basis returns how the verdict follows.
func (v Verdict) Basis() (b Basis) {
	unpack(v.BasisJSON, &b)
	return b
}

// Premises returns what the verdict took from the file of the site.
func (v Verdict) Premises() (p Premises) {
	unpack(v.PremisesJSON, &p)
	return p
}

// Text returns the outcome in words.
func (v Verdict) Text(k Kind) string {
	switch {
	case v.State == Unruled:
		return "标准未规定"
	case v.State == Unknown:
		return "未知"
	case k == Well:
		return ClassName(v.Outcome)
	}
	return soil.Outcome(v.Outcome).Name()
}

// Why says why nothing is known; empty otherwise.
func (v Verdict) Why() string {
	if v.Issue == "" {
		return ""
	}
	return IssueText(v.Issue)
}

// same reports whether two verdicts say the same for the same reasons.
func (v Verdict) same(w Verdict) bool {
	v.Revision, v.Cause, v.JudgedAt, v.SupersededAt = w.Revision, w.Cause, w.JudgedAt, w.SupersededAt
	return v == w
}

// ClassName writes a class of groundwater: Ⅲ类.
func ClassName(class string) string {
	name, ok := map[string]string{"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ"}[class]
	if !ok {
		return "未知"
	}
	return name + "类"
}

var classes = []string{"I", "II", "III", "IV", "V"}

// judge judges one value of a sample by the standard of its kind that was in
// force on the day of sampling.
func judge(book *soil.Book, kind Kind, p Premises, s Sample, v Value) Verdict {
	p.PH = ""
	if kind == Farmland {
		p.PH = s.PH
	}
	out := Verdict{Sample: s.ID, Item: v.Item, ValueRevision: v.Revision}
	sample := v.sample(s.On)
	switch kind {
	case Plot:
		background, why := p.background(v.Item, v.Unit)
		r := book.Development(soil.DevelopmentSample{Item: v.Item, Class: p.Class, Sample: sample, Background: background})
		if why != "" {
			r.Because = append(r.Because, why)
		}
		out.takeSoil(r)
		if r.Background.Verdict != "" {
			out.Background = p.Background[v.Item]
		}
	case Farmland:
		r := book.Farmland(soil.FarmlandSample{Item: v.Item, Use: p.Use, PH: s.acidity(), Sample: sample})
		if r.Issue == soil.NoPH && s.PHIssue != "" {
			r.Because = append(r.Because, "样品的 pH：“"+s.PH+"”"+IssueText(s.PHIssue))
		}
		out.takeSoil(r)
	default:
		out.takeWater(book.Groundwater(v.Item, sample), p.Target)
	}
	if v.Issue != "" && out.State != Unruled {
		// What is wrong with the cell is nearer to the reader than what the
		// standard says of a value that is not there.
		out.Issue = v.Issue
	}
	if out.Compared == "" && v.Issue == "" {
		// Nothing to compare it with; shown, and held against other samples.
		out.Compared, out.Unit = v.Number, v.Unit
	}
	out.PremisesJSON = pack(p)
	return out
}

// takeSoil copies a result of soil.
func (v *Verdict) takeSoil(r soil.Result) {
	v.Outcome, v.Issue, v.Category, v.Confidence = string(r.Outcome), r.Issue, r.Category, r.Confidence
	v.Compared, v.Unit, v.Multiple = r.Screening.Value.String(), r.Screening.Limit.Unit, r.Screening.Multiple.String()
	v.Screening, v.Intervention = r.Screening.Limit.Max.String(), r.Intervention.Limit.Max.String()
	b := Basis{Because: r.Because, Rows: r.Rows, Edition: r.Screening.Limit.Citation.Number()}
	if r.Outcome != soil.Unknown {
		b.Arithmetic = r.Arithmetic()
	}
	b.cite(r.Screening.Limit.Citation, r.Intervention.Limit.Citation)
	v.BasisJSON = pack(b)
	switch r.Outcome {
	case soil.NotAboveScreening:
		v.State = Good
	case soil.WithinBackground:
		v.State = Exempt
	case soil.Between, soil.AboveScreening:
		v.State = Over
	case soil.AboveIntervention:
		v.State = Severe
	default:
		v.State = Unknown
		if r.Issue == soil.NoItem {
			v.State = Unruled
		}
	}
}

// takeWater copies a class of groundwater and holds it against a target.
func (v *Verdict) takeWater(r soil.GroundwaterResult, target string) {
	j := r.Judgement
	v.Outcome, v.Issue, v.Confidence = r.Class, r.Issue, r.Confidence
	v.Compared, v.Unit = j.Value.String(), j.Limit.Unit
	b := Basis{Rows: r.Rows, Edition: j.Limit.Citation.Number()}
	b.cite(j.Limit.Citation)
	is, want := slices.Index(classes, r.Class), slices.Index(classes, target)
	switch {
	case r.Issue == soil.NoItem:
		v.State = Unruled
	case is < 0:
		v.State = Unknown
	case want < 0:
		v.State = Classed
	case is <= want:
		v.State = Good
	default:
		v.State = Over
	}
	if is >= 0 {
		b.Arithmetic = ClassName(r.Class) + "：" + j.Arithmetic()
	}
	if is >= 0 && want >= 0 {
		b.Because = append(b.Because, "水质目标 "+ClassName(target))
	}
	v.BasisJSON = pack(b)
}

func (b *Basis) cite(all ...standard.Citation) {
	for _, c := range all {
		if text := c.String(); text != "" && !slices.Contains(b.Citations, text) {
			b.Citations = append(b.Citations, text)
		}
	}
}

// IssueText returns an issue of a value or a verdict in Chinese.
func IssueText(i standard.Issue) string {
	if text, ok := issueTexts[i]; ok {
		return text
	}
	return soil.IssueText(i)
}

func pack(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // the types of this package all encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// unpack reads what pack wrote. What cannot be read leaves v as it is, which says
// nothing and hence nothing wrong.
func unpack(text string, v any) { _ = json.Unmarshal([]byte(text), v) }
