package standard

import "strings"

// Confidence says how sure a figure or a clause is.
type Confidence string

// The degrees of confidence, from sure to none. The zero Confidence counts as
// Unverified.
const (
	Source          Confidence = "source"           // read in the standard or statute itself
	SourceSecondary Confidence = "source-secondary" // read in a transcription or a second-hand page
	Inference       Confidence = "inference"        // a decision of ours, drawn from the sources
	Memory          Confidence = "memory"           // general knowledge of the trade, no text at hand
	Unverified      Confidence = "unverified"       // claimed once; open
	SourceExistence Confidence = "source-existence" // the rule exists, its content was not readable
	Missing         Confidence = "missing"          // should exist and was not found
)

var degrees = []Confidence{Source, SourceSecondary, Inference, Memory, Unverified, SourceExistence, Missing}

// Known reports whether c is one of the words above.
func (c Confidence) Known() bool {
	for _, d := range degrees {
		if c == d {
			return true
		}
	}
	return false
}

// Verified reports whether c is good enough to stand without a label, which
// is only what was read in the text itself.
func (c Confidence) Verified() bool { return c == Source }

// Label is what a page shows beside a figure: 待核实, or nothing where the
// figure is verified.
func (c Confidence) Label() string {
	if c.Verified() {
		return ""
	}
	return "待核实"
}

// Name says in Chinese where the figure comes from.
func (c Confidence) Name() string {
	switch c {
	case Source:
		return "已核对原文"
	case SourceSecondary:
		return "来自转载，未核对原文"
	case Inference:
		return "由相关规定推定"
	case Memory:
		return "来自行业常识，未查到原文"
	case SourceExistence:
		return "规定存在，内容未能读到"
	case Missing:
		return "未查到"
	}
	return "未经核实"
}

// Weaker returns the less sure of c and other: a result is no surer than what
// it rests on.
func (c Confidence) Weaker(other Confidence) Confidence {
	if other.rank() > c.rank() {
		return other
	}
	return c
}

func (c Confidence) rank() int {
	for i, d := range degrees {
		if c == d {
			return i
		}
	}
	return 4 // as Unverified
}

// A Date is a day as "2006-01-02". Dates compare as text; the empty Date is
// open: no beginning, or no end.
type Date string

// valid reports whether d is empty or of the form of a date.
func (d Date) valid() bool {
	if d == "" {
		return true
	}
	if len(d) != 10 || d[4] != '-' || d[7] != '-' {
		return false
	}
	for i, c := range d {
		if i != 4 && i != 7 && (c < '0' || c > '9') {
			return false
		}
	}
	return d[5:7] >= "01" && d[5:7] <= "12" && d[8:] >= "01" && d[8:] <= "31"
}

// A Citation is the clause that a figure or a result rests on.
type Citation struct {
	Document   string     `json:"document" yaml:"document"`       // "GB 13271"
	Edition    string     `json:"edition" yaml:"edition"`         // "2014"
	Clause     string     `json:"clause" yaml:"clause"`           // "5.2", "表2"
	Title      string     `json:"title" yaml:"title"`             // of the document
	From       Date       `json:"from,omitempty" yaml:"from"`     // first day in force
	To         Date       `json:"to,omitempty" yaml:"to"`         // last day in force
	Confidence Confidence `json:"confidence" yaml:"confidence"`   // in the text of the clause
	Source     string     `json:"source,omitempty" yaml:"source"` // where the text was read
}

// InForce reports whether the clause was in force on the given day. Where it
// has no dates it always is; an empty day is answered with true.
func (c Citation) InForce(on Date) bool {
	return on == "" || (c.From == "" || c.From <= on) && (c.To == "" || on <= c.To)
}

// Number returns document and edition: "GB 13271-2014".
func (c Citation) Number() string {
	if c.Edition == "" {
		return c.Document
	}
	return c.Document + "-" + c.Edition
}

// String returns the citation as it is printed: 《title》(number) clause, the
// dates in force and 待核实 where that is so. It is empty for no citation.
func (c Citation) String() string {
	if c == (Citation{}) {
		return ""
	}
	var b strings.Builder
	number := c.Number()
	switch {
	case c.Title != "" && number != "":
		b.WriteString("《" + c.Title + "》（" + number + "）")
	case c.Title != "":
		b.WriteString("《" + c.Title + "》")
	default:
		b.WriteString(number)
	}
	if c.Clause != "" {
		b.WriteString(" " + c.Clause)
	}
	switch {
	case c.From != "" && c.To != "":
		b.WriteString("，" + string(c.From) + " 至 " + string(c.To) + " 施行")
	case c.From != "":
		b.WriteString("，" + string(c.From) + " 起施行")
	case c.To != "":
		b.WriteString("，施行至 " + string(c.To))
	}
	if label := c.Confidence.Label(); label != "" {
		b.WriteString("（" + label + "）")
	}
	return b.String()
}
