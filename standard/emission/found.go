package emission

import (
	"slices"
	"strings"

	"pingzhang/standard"
)

// A Candidate is a limit that holds for a source, or would hold if what was not
// stated were so.
type Candidate struct {
	Limit    standard.Limit `json:"limit"`
	Words    string         `json:"words,omitempty"`    // what no figure says: 不得检出, 接触时间不少于 1 h
	Strict   bool           `json:"strict,omitempty"`   // a value equal to the bound does not meet it
	Level    string         `json:"level,omitempty"`    // of the row
	Trade    string         `json:"trade,omitempty"`    // of the row
	Sampling string         `json:"sampling,omitempty"` // how the value is to be taken, in Chinese
	Rows     []standard.Ref `json:"rows"`
	Because  []string       `json:"because,omitempty"` // the arithmetic, in Chinese
}

// A Found is the answer to one question: what limits a pollutant, at a place,
// by a document, for a period.
type Found struct {
	Category  Category `json:"category"`
	Place     Place    `json:"place"`
	Quantity  Quantity `json:"quantity"`
	Pollutant string   `json:"pollutant"`
	// Candidates is one limit where the answer is settled; several, from the
	// strictest on, or one that need not hold, where Open was not stated; none
	// where Open says why there is none.
	Candidates []Candidate    `json:"candidates"`
	Open       standard.Issue `json:"open,omitempty"`
	// Complete says that one of the candidates holds whatever was not stated.
	Complete bool `json:"complete"`
}

// Settled returns the limit where there is just one and nothing is open.
func (f Found) Settled() (Candidate, bool) {
	if len(f.Candidates) != 1 || f.Open != "" {
		return Candidate{}, false
	}
	return f.Candidates[0], true
}

// open notes the first thing that was not stated.
func (f *Found) open(issue standard.Issue) {
	if f.Open == "" {
		f.Open = issue
	}
}

// add adds candidates; one with the figures of another only adds its rows.
func (f *Found) add(candidates []Candidate) {
	for _, c := range candidates {
		i := slices.IndexFunc(f.Candidates, c.same)
		if i < 0 {
			f.Candidates = append(f.Candidates, c)
			continue
		}
		f.Candidates[i].Rows = append(f.Candidates[i].Rows, c.Rows...)
		f.Candidates[i].Limit.Confidence = f.Candidates[i].Limit.Confidence.Weaker(c.Limit.Confidence)
	}
}

// same reports whether c and other allow the same.
func (c Candidate) same(other Candidate) bool {
	a, b := c.Limit, other.Limit
	return a.Min.Equal(b.Min) && a.Max.Equal(b.Max) && a.RefOxygen.Equal(b.RefOxygen) && a.Unit == b.Unit && a.Period == b.Period &&
		c.Words == other.Words && c.Strict == other.Strict
}

// conclude orders the candidates and says whether anything is still open.
func (f *Found) conclude() {
	slices.SortStableFunc(f.Candidates, func(a, b Candidate) int {
		if !a.Limit.Max.IsSet() || !b.Limit.Max.IsSet() {
			return 0
		}
		return a.Limit.Max.Cmp(b.Limit.Max)
	})
	switch {
	case len(f.Candidates) == 1 && f.Complete:
		f.Open = ""
	case len(f.Candidates) > 1:
		f.open(RowsDisagree)
	}
}

// A Judged is a judgement with the candidate that decided.
type Judged struct {
	standard.Judgement
	By Candidate `json:"by"`
}

// Judge compares a value with what was found: see Candidate.Judge, and the
// package comment for what is not settled.
func (f Found) Judge(s standard.Sample) Judged {
	if len(f.Candidates) == 0 {
		return Judged{Judgement: standard.Judgement{Verdict: standard.Unknown, Issue: f.Open, Sample: s, Confidence: standard.Missing}}
	}
	var all []Judged
	confidence := standard.Source
	for _, c := range f.Candidates {
		j := c.Judge(s)
		confidence = confidence.Weaker(j.Confidence)
		all = append(all, j)
	}
	verdict := all[0].Verdict
	for _, j := range all {
		if j.Verdict != verdict {
			verdict = standard.Unknown
		}
	}
	got := all[0] // what meets the strictest
	if verdict == standard.Exceeds {
		got = all[len(all)-1]
	}
	got.Confidence = confidence
	if verdict == standard.Unknown || verdict == standard.Exceeds && !f.Complete {
		got.Verdict, got.Multiple = standard.Unknown, standard.Exact{}
		if got.Issue == "" {
			got.Issue = f.Open
		}
	}
	return got
}

// Judge compares a value with the limit by standard.Judge, and besides: a strict
// bound is not met by a value equal to it; 不得检出 is met by a result below
// detection and exceeded by any value above 0; a condition in words leaves what
// would meet the limit Unknown with WordsOnly.
func (c Candidate) Judge(s standard.Sample) Judged {
	j := Judged{standard.Judge(s, c.Limit), c}
	hasBound := c.Limit.Min.IsSet() || c.Limit.Max.IsSet()
	switch {
	case !hasBound && c.Words == notDetectable:
		return c.judgeDetection(j, s)
	case !hasBound && c.Words != "":
		j.Issue = WordsOnly
	case j.Verdict == standard.Meets && c.Strict && (j.Value.Equal(c.Limit.Max) || j.Value.Equal(c.Limit.Min)):
		j.Verdict = standard.Exceeds
	case j.Verdict == standard.Meets && c.Words != "":
		j.Verdict, j.Issue = standard.Unknown, WordsOnly
	}
	return j
}

const notDetectable = "不得检出"

// judgeDetection judges by 不得检出.
func (c Candidate) judgeDetection(j Judged, s standard.Sample) Judged {
	switch {
	case !c.Limit.Citation.InForce(s.On):
		j.Verdict, j.Issue = standard.Unknown, standard.NotInForce
	case s.Issue == standard.BelowDetection:
		j.Verdict, j.Issue = standard.Meets, ""
	case s.Issue != "":
		j.Verdict, j.Issue = standard.Unknown, s.Issue
	case s.Value.IsSet() && s.Value.Sign() > 0:
		j.Verdict, j.Issue, j.Value = standard.Exceeds, "", s.Value
	default:
		j.Verdict, j.Issue = standard.Unknown, standard.NoValue
	}
	return j
}

// Arithmetic returns how limit and value were reckoned, in words.
func (j Judged) Arithmetic() string {
	parts := slices.Clone(j.By.Because)
	switch {
	case j.Issue != "":
		parts = append(parts, IssueText(j.Issue))
	case !j.By.Limit.Min.IsSet() && !j.By.Limit.Max.IsSet():
		parts = append(parts, "限值："+j.By.Words)
	default:
		parts = append(parts, j.Judgement.Arithmetic())
	}
	return strings.Join(parts, "；")
}

// Text returns the judgement as a sentence for a person.
func (j Judged) Text() string {
	text := j.Verdict.Name() + "：" + j.Arithmetic()
	if c := j.By.Limit.Citation.String(); c != "" {
		text += "；依据" + c
	}
	if !j.Verified() && j.By.Limit.Citation.Confidence.Verified() {
		text += "；待核实"
	}
	return text
}
