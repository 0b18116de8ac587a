package soil

import (
	"strings"

	"pingzhang/standard"
)

// An Outcome is how a content lies to the values that hold for it. The zero
// Outcome is as good as Unknown.
type Outcome string

// The outcomes.
const (
	NotAboveScreening Outcome = "not_above_screening" // at or below the screening value
	Between           Outcome = "between"             // above screening, at or below intervention
	AboveScreening    Outcome = "above_screening"     // above screening; the standard has no intervention value
	AboveIntervention Outcome = "above_intervention"
	WithinBackground  Outcome = "within_background" // above screening, at or below the background of the soil and the intervention value
	Unknown           Outcome = "unknown"           // cannot be said; an Issue says why
)

// Name returns the outcome in Chinese.
func (o Outcome) Name() string {
	switch o {
	case NotAboveScreening:
		return "不高于筛选值"
	case Between:
		return "高于筛选值、不高于管制值"
	case AboveScreening:
		return "高于筛选值"
	case AboveIntervention:
		return "高于管制值"
	case WithinBackground:
		return "高于筛选值、不高于背景值"
	}
	return "未知"
}

// rank orders the outcomes of one plot: what must not be overlooked is high.
func (o Outcome) rank() int {
	switch o {
	case NotAboveScreening:
		return 0
	case WithinBackground:
		return 1
	case AboveScreening, Between:
		return 3
	case AboveIntervention:
		return 4
	}
	return 2
}

// Issues of a question about soil, besides those of package standard.
const (
	NoPH          standard.Issue = "no_ph"               // the values depend on pH, which was not given
	PHImplausible standard.Issue = "ph_implausible"      // pH outside 0 to 14
	NoLandUse     standard.Issue = "no_land_use"         // the values depend on the land use, which was not given
	NoItem        standard.Issue = "soil_no_item"        // the standard does not name the item
	NoFigures     standard.Issue = "no_figures"          // no text of the standard was at hand
	FigureMissing standard.Issue = "soil_figure_missing" // the row is there and its figure was not found
	UseUnknown    standard.Issue = "land_use_odd"        // a land use or class that is not of the list
	ClassesFaulty standard.Issue = "soil_classes_faulty" // no class of the table takes the value
	NoBackground  standard.Issue = "background_void"     // a background was given that cannot be compared
)

var issueTexts = map[standard.Issue]string{
	NoPH:          "没有土壤 pH，不能选定筛选值和管制值",
	PHImplausible: "土壤 pH 不在 0 至 14 之间",
	NoLandUse:     "没有说明农用地类型，不能选定筛选值",
	NoItem:        "该标准没有规定这一项目",
	NoFigures:     "没有该标准的限值数据（未取得标准文本），不能判定",
	FigureMissing: "该项目的数值未查到，不能判定",
	UseUnknown:    "不认识的用地类型",
	ClassesFaulty: "分类限值表不完整，该数值不属于任何一类",
	NoBackground:  "背景值不能与含量比较，背景值条款未作考虑",
}

func init() { standard.DescribeIssues(issueTexts) }

// IssueText returns an issue of this package or of package standard in Chinese.
func IssueText(i standard.Issue) string { return i.Text() }

// A Result is an outcome with all that it follows from.
type Result struct {
	Item    string         `json:"item"`
	Outcome Outcome        `json:"outcome"`
	Issue   standard.Issue `json:"issue,omitempty"` // why Unknown; empty otherwise
	// Category is that of farmland, only where the table soil_categories says
	// which follows from the outcome; empty otherwise.
	Category string `json:"category,omitempty"`

	// The judgements by each value. One that was not needed or does not exist
	// is the zero Judgement.
	Screening    standard.Judgement `json:"screening"`
	Intervention standard.Judgement `json:"intervention"`
	Background   standard.Judgement `json:"background"`

	Because    []string            `json:"because"`    // how rows and values were chosen, in Chinese
	Confidence standard.Confidence `json:"confidence"` // of the weakest row
	Rows       []standard.Ref      `json:"rows"`
}

// Verified reports whether all rows were read in the standard itself. Where it
// is false, 待核实 belongs beside the outcome.
func (r Result) Verified() bool { return r.Confidence.Verified() }

// Arithmetic returns the comparisons, in words, or the reason why there is none.
func (r Result) Arithmetic() string {
	var parts []string
	for _, p := range []struct {
		name string
		j    standard.Judgement
	}{{"筛选值", r.Screening}, {"管制值", r.Intervention}, {"背景值", r.Background}} {
		if p.j.Verdict != "" && p.j.Verdict != standard.Unknown {
			parts = append(parts, "与"+p.name+"比较："+p.j.Arithmetic())
		}
	}
	if len(parts) == 0 {
		return IssueText(r.Issue)
	}
	return strings.Join(parts, "；")
}

// Text returns the result as a sentence for a person: outcome, comparisons,
// clause, and 待核实 where that is so.
func (r Result) Text() string {
	var b strings.Builder
	b.WriteString(r.Item + "：" + r.Outcome.Name())
	if r.Category != "" {
		b.WriteString("（" + r.Category + "）")
	}
	if r.Issue != "" {
		b.WriteString("，" + IssueText(r.Issue))
	}
	if r.Outcome != Unknown {
		b.WriteString("；" + r.Arithmetic())
	}
	if r.Outcome == WithinBackground {
		b.WriteString("；不纳入污染地块管理")
	}
	last := ""
	for _, j := range []standard.Judgement{r.Screening, r.Intervention} {
		if c := j.Limit.Citation.String(); c != "" && c != last {
			b.WriteString("；依据" + c)
			last = c
		}
	}
	return b.String()
}

// Worst returns the outcome of a plot of which several items, or several
// samples, were judged, and the items that are unknown. Where nothing worse was
// found than a content below its values, one unknown item leaves the plot
// unknown; of no results it is unknown.
func Worst(results ...Result) (Outcome, []string) {
	if len(results) == 0 {
		return Unknown, nil
	}
	worst, unknown := results[0].Outcome, []string(nil)
	for _, r := range results {
		if r.Outcome.rank() > worst.rank() {
			worst = r.Outcome
		}
		if r.Outcome.rank() == Unknown.rank() {
			unknown = append(unknown, r.Item)
		}
	}
	if worst.rank() == Unknown.rank() {
		worst = Unknown
	}
	return worst, unknown
}

// use notes that the result rests on a row.
func (r *Result) use(l line, because string) {
	if r.Confidence == "" {
		r.Confidence = l.Citation.Confidence
	}
	r.Confidence = r.Confidence.Weaker(l.Citation.Confidence)
	r.Rows = append(r.Rows, l.ref)
	r.Because = append(r.Because, because)
}

// unknown is the result of a question that cannot be answered.
func (r *Result) unknown(issue standard.Issue) Result {
	r.Outcome, r.Issue = Unknown, issue
	if r.Confidence == "" {
		r.Confidence = standard.Missing
	}
	return *r
}

// settle judges by the screening value and then by the intervention value,
// where there is one.
func (r *Result) settle(s standard.Sample, screening, intervention standard.Limit, hasIntervention bool) {
	r.Screening = standard.Judge(s, screening)
	if hasIntervention {
		r.Intervention = standard.Judge(s, intervention)
	}
	switch {
	case r.Screening.Verdict == standard.Unknown:
		r.unknown(missingFigure(r.Screening.Issue))
	case r.Screening.Verdict == standard.Meets:
		r.Outcome = NotAboveScreening
	case !hasIntervention:
		r.Outcome = AboveScreening
	case r.Intervention.Verdict == standard.Unknown:
		r.unknown(missingFigure(r.Intervention.Issue))
	case r.Intervention.Verdict == standard.Exceeds:
		r.Outcome = AboveIntervention
	default:
		r.Outcome = Between
	}
}

// missingFigure says of a limit without a figure that the figure is missing.
func missingFigure(i standard.Issue) standard.Issue {
	if i == standard.NoLimit {
		return FigureMissing
	}
	return i
}
