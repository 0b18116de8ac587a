package law

import (
	"fmt"
	"strconv"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
)

// Code names a basis, as in "exceedance".
type Code string

// Day is a day as yyyy-mm-dd; the empty Day is an open end.
type Day string

// DayOf returns the day of t in Shanghai.
func DayOf(t time.Time) Day { return Day(t.In(clock.Shanghai).Format(time.DateOnly)) }

// Confidence says how a text or a number was found.
type Confidence string

// The confidences, from best to weakest; Agreed is no law at all but something
// that the bureau has agreed on.
const (
	Authentic Confidence = "S1"          // read in full, judged authentic
	OneCopy   Confidence = "S1-one-copy" // read in full in one copy only
	Partly    Confidence = "S2"          // official page or good copy, read in part
	Secondary Confidence = "S3"          // secondary source
	Memory    Confidence = "M"           // no published text found
	Inferred  Confidence = "I"           // a decision of design
	Agreed    Confidence = "agreed"      // agreed inside the bureau
)

// Confidences lists what a YAML file may say.
var Confidences = []Confidence{Authentic, OneCopy, Partly, Secondary, Memory, Inferred, Agreed}

// Mark returns the words that stand beside whatever has confidence c: nothing
// for an authentic statute, 待核实 for what is not verified.
func (c Confidence) Mark() string {
	switch c {
	case Authentic:
		return ""
	case OneCopy:
		return "单一文本，待复核"
	case Agreed:
		return "内部约定，可修改"
	}
	return "待核实"
}

// Document is a statute, regulation, order or other legal document.
type Document struct {
	ID         string     `yaml:"id"`
	Title      string     `yaml:"title"`
	DocNo      string     `yaml:"doc_no"`
	Level      string     `yaml:"level"` // one of Levels
	From       Day        `yaml:"effective_from"`
	To         Day        `yaml:"effective_to"` // last day in force
	Confidence Confidence `yaml:"confidence"`
	Source     string     `yaml:"source"`
}

// Levels are the ranks of a document, highest first.
var Levels = []string{"法律", "行政法规", "规章", "规范性文件", "标准"}

// Penalty is the range of a fine in yuan; a bound of zero is not known.
type Penalty struct {
	MinYuan int64  `yaml:"min_yuan"`
	MaxYuan int64  `yaml:"max_yuan"`
	Note    string `yaml:"note"`
}

// Text returns the range as an officer writes it: 10万元至100万元.
func (p Penalty) Text() string {
	switch {
	case p.MaxYuan == 0:
		return "待补充"
	case p.MinYuan == 0:
		return yuan(p.MaxYuan) + "以下"
	}
	return yuan(p.MinYuan) + "至" + yuan(p.MaxYuan)
}

func yuan(n int64) string {
	if n%10000 == 0 {
		return strconv.FormatInt(n/10000, 10) + "万元"
	}
	return strconv.FormatInt(n, 10) + "元"
}

// Edition is the clause that governs an act from one day to another.
type Edition struct {
	Document   string     `yaml:"document"` // id; empty when Unknown
	Article    string     `yaml:"article"`
	Paragraph  string     `yaml:"paragraph"`
	Item       string     `yaml:"item"`
	From       Day        `yaml:"effective_from"`
	To         Day        `yaml:"effective_to"` // last day
	Unknown    bool       `yaml:"unknown"`      // an edition existed, its clause is not recorded
	Summary    string     `yaml:"summary"`
	Penalty    *Penalty   `yaml:"penalty"`
	Confidence Confidence `yaml:"confidence"`
	Source     string     `yaml:"source"`
}

func (e Edition) covers(d Day) bool {
	return (e.From == "" || e.From <= d) && (e.To == "" || d <= e.To)
}

// Act is what the YAML calls a basis: one act with the editions of its clause.
type Act struct {
	Code     Code      `yaml:"code"`
	Title    string    `yaml:"title"`
	Editions []Edition `yaml:"editions"`
}

// Basis is the edition of an act's clause that applies on a day, with its
// document.
type Basis struct {
	Code     Code
	Title    string
	On       Day // the day asked for
	Known    bool
	Edition  Edition
	Document Document
}

// Citation returns the basis as it is cited: 《…》（…）第…条. For one that is not
// known it says so.
func (b Basis) Citation() string {
	if !b.Known {
		return fmt.Sprintf("%s：%s 适用的条款待补充", b.Title, b.On)
	}
	s := "《" + b.Document.Title + "》"
	if b.Document.DocNo != "" {
		s += "（" + b.Document.DocNo + "）"
	}
	for _, part := range []struct{ number, unit string }{
		{b.Edition.Article, "条"}, {b.Edition.Paragraph, "款"}, {b.Edition.Item, "项"},
	} {
		if part.number != "" {
			s += "第" + part.number + part.unit
		}
	}
	return s
}

// Confidence returns the weaker of the confidences of clause and document.
func (b Basis) Confidence() Confidence {
	if !b.Known {
		return Memory
	}
	for i := len(Confidences) - 1; i >= 0; i-- {
		if c := Confidences[i]; b.Edition.Confidence == c || b.Document.Confidence == c {
			// The document as a whole may rest on one copy where this clause was
			// compared; then the clause's own word counts.
			if b.Edition.Confidence == Authentic && c == OneCopy {
				return Authentic
			}
			return c
		}
	}
	return Memory
}

// Mark returns the words that stand beside the basis; empty when verified.
func (b Basis) Mark() string {
	if !b.Known {
		return "待补充"
	}
	return b.Confidence().Mark()
}

// Book holds every document and act. It is read-only and safe for many
// goroutines.
type Book struct {
	documents map[string]Document
	acts      map[Code]Act
	order     []Code
}

// Basis returns the basis of the act code for a day on which it was done. A day
// without a known clause is no error: the basis says that it is not Known.
//
// The error is fault.NotFound when there is no such act.
func (b *Book) Basis(code Code, at time.Time) (Basis, error) {
	act, ok := b.acts[code]
	if !ok {
		return Basis{}, fault.New(fault.NotFound, "法律依据库中没有“%s”，请检查依据代码", code)
	}
	got := Basis{Code: code, Title: act.Title, On: DayOf(at)}
	for _, e := range act.Editions {
		if e.covers(got.On) {
			got.Edition, got.Document, got.Known = e, b.documents[e.Document], !e.Unknown
			return got, nil
		}
	}
	return got, nil
}

// Has reports whether there is an act of that code.
func (b *Book) Has(code Code) bool { _, ok := b.acts[code]; return ok }

// Acts returns all acts in the order of the files.
func (b *Book) Acts() []Act {
	all := make([]Act, 0, len(b.order))
	for _, c := range b.order {
		all = append(all, b.acts[c])
	}
	return all
}

// Document returns the document of that id.
func (b *Book) Document(id string) (Document, bool) {
	d, ok := b.documents[id]
	return d, ok
}

// Comparison sets the basis on the day of the act beside that on the day of the
// decision.
type Comparison struct {
	Act, Decision Basis
	// Advice is one sentence for the officer. It never chooses by itself where
	// a clause is not known or the ranges cross.
	Advice string
}

// Compare returns both bases of an act for a decision, and which of them is
// the lighter (从旧兼从轻, 生态环境法典 Art. 1057).
func (b *Book) Compare(code Code, act, decision time.Time) (Comparison, error) {
	old, err := b.Basis(code, act)
	if err != nil {
		return Comparison{}, err
	}
	now, err := b.Basis(code, decision)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{Act: old, Decision: now}
	p, q := old.Edition.Penalty, now.Edition.Penalty
	switch {
	case old.Known && now.Known && old.Citation() == now.Citation():
		c.Advice = "行为时与决定时适用同一条款。"
	case !old.Known || !now.Known || p == nil || q == nil || p.MaxYuan == 0 || q.MaxYuan == 0:
		c.Advice = "行为时或决定时的条款待补充，须由法制人员比较后确定。"
	case q.MinYuan <= p.MinYuan && q.MaxYuan <= p.MaxYuan && *q != *p:
		c.Advice = "决定时的规定较轻或相同，按从旧兼从轻适用决定时的规定，须由法制人员确认。"
	case p.MinYuan <= q.MinYuan && p.MaxYuan <= q.MaxYuan:
		c.Advice = "行为时的规定较轻或相同，按从旧适用行为时的规定，须由法制人员确认。"
	default:
		c.Advice = "两次规定的罚款幅度互有高低，须由法制人员比较后确定。"
	}
	return c, nil
}
