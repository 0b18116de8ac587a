package soil

import (
	"slices"

	"pingzhang/standard"
)

// A LandClass is the class of development land by its planned use (GB
// 36600-2018 4.1): class 1 is for housing, schools, hospitals and the like.
type LandClass string

// The classes.
const (
	Class1       LandClass = "1"       // 第一类用地
	Class2       LandClass = "2"       // 第二类用地
	UseUnsettled LandClass = "unclear" // the planned use is not settled: as class 1
)

// Name returns the class in Chinese.
func (c LandClass) Name() string {
	switch c {
	case Class1:
		return "第一类用地"
	case Class2:
		return "第二类用地"
	case UseUnsettled:
		return "规划用途不明确，按第一类用地"
	}
	return ""
}

// A DevelopmentSample is what was found in the soil of development land.
type DevelopmentSample struct {
	Item   string          // name (砷), symbol (As) or CAS number
	Class  LandClass       // empty as UseUnsettled
	Sample standard.Sample // the content, mass in mass (mg/kg), and its day
	// Background is the background of the soil in the unit of Sample, none
	// where it is not known. Only some items have an exception for it.
	Background standard.Exact
}

type developmentRow struct {
	line
	screening    map[LandClass]standard.Exact
	intervention map[LandClass]standard.Exact
	background   bool
}

func (b *Book) readDevelopment(l line) error {
	n, err := l.Numbers("screen_class1", "screen_class2", "intervention_class1", "intervention_class2")
	if err != nil {
		return err
	}
	b.development = append(b.development, developmentRow{
		line:         l,
		screening:    map[LandClass]standard.Exact{Class1: n[0], Class2: n[1]},
		intervention: map[LandClass]standard.Exact{Class1: n[2], Class2: n[3]},
		background:   l.Cell("background") == "yes",
	})
	return nil
}

// Development judges a content by GB 36600 as it was in force on the day of the
// sample (GB 36600-2018 4, 5, tables 1 and 2). The outcome is Unknown with NoItem,
// UseUnknown, FigureMissing, or an issue of standard.Judge.
func (b *Book) Development(s DevelopmentSample) Result {
	r := Result{Item: s.Item}
	class := s.Class
	switch class {
	case "", UseUnsettled:
		class = Class1
		r.Because = append(r.Because, UseUnsettled.Name())
	case Class1, Class2:
		r.Because = append(r.Because, class.Name())
	default:
		return r.unknown(UseUnknown)
	}
	rows := slices.DeleteFunc(slices.Clone(b.development), func(d developmentRow) bool { return !d.names(s.Item) })
	if len(rows) == 0 {
		return r.unknown(NoItem)
	}
	r.Item = rows[0].Cell("item")
	if rows = inForce(rows, func(d developmentRow) line { return d.line }, s.Sample.On); len(rows) == 0 {
		return r.unknown(standard.NotInForce)
	}
	row := rows[0]
	low, high := row.screening[class], row.intervention[class]
	r.use(row.line, "筛选值 "+orMissing(low)+"、管制值 "+orMissing(high)+" "+row.Cell("unit"))
	r.settle(s.Sample, row.limit(low), row.limit(high), true)
	if r.Outcome == Between || r.Outcome == AboveIntervention {
		r.weighBackground(s, row)
	}
	return r
}

// weighBackground applies the exception for the background of the soil: a
// content above the screening value and at or below the background. The note of
// table 1 speaks of the screening value alone; what lies above the intervention
// value stays so, and the result says how it lies to the background (see
// DIVERGENCES.md).
func (r *Result) weighBackground(s DevelopmentSample, row developmentRow) {
	switch {
	case !row.background:
		if s.Background.IsSet() {
			r.Because = append(r.Because, "标准没有为"+r.Item+"规定背景值例外")
		}
		return
	case !s.Background.IsSet():
		r.Because = append(r.Because, "没有背景值，未考虑背景值例外")
		return
	}
	background := row.limit(s.Background)
	background.Unit = s.Sample.Unit
	r.Background = standard.Judge(s.Sample, background)
	switch r.Background.Verdict {
	case standard.Meets:
		if r.Outcome == AboveIntervention {
			r.Because = append(r.Because, "含量不高于背景值，但高于管制值：背景值条款是就筛选值规定的，不据此排除，须由人认定")
			return
		}
		r.Because = append(r.Because, "含量不高于背景值，不纳入污染地块管理")
		r.Outcome = WithinBackground
	case standard.Exceeds:
		r.Because = append(r.Because, "含量高于背景值，背景值例外不适用")
	default:
		r.Because = append(r.Because, IssueText(NoBackground))
	}
}

// orMissing writes a figure or that there is none.
func orMissing(x standard.Exact) string {
	if !x.IsSet() {
		return "（未查到）"
	}
	return x.String()
}
