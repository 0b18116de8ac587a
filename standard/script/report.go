package script

import (
	"fmt"
	"strings"

	"pingzhang/standard"
)

// A Report is what came of running a script. As JSON it has the names below.
type Report struct {
	Script  string   `json:"script"`
	Results []Result `json:"results"`
}

// A Result is what came of one case.
type Result struct {
	Line       int           `json:"line"`
	Subject    string        `json:"subject"`
	Given      []Input       `json:"given,omitempty"`
	At         standard.Date `json:"at,omitempty"`
	Because    string        `json:"because,omitempty"`
	Passed     bool          `json:"passed"`
	Failures   []string      `json:"failures,omitempty"` // sentences
	Arithmetic string        `json:"arithmetic,omitempty"`
	Citation   string        `json:"citation,omitempty"`
}

func (r Result) failed(sentence string) Result {
	r.Failures = append(r.Failures, sentence)
	return r
}

// Counts returns how many cases passed and how many failed.
func (r Report) Counts() (passed, failed int) {
	for _, result := range r.Results {
		if result.Passed {
			passed++
		} else {
			failed++
		}
	}
	return passed, failed
}

// Passed reports whether no case failed.
func (r Report) Passed() bool { _, failed := r.Counts(); return failed == 0 }

// String returns the report as lines, one a case:
//
//	air.txt:2: 通过 air.iaqi
//	air.txt:3: 未通过 air.iaqi: 期望 iaqi 100，得到 101；计算：…；引用：…；依据：…
func (r Report) String() string {
	var b strings.Builder
	for _, result := range r.Results {
		fmt.Fprintf(&b, "%s:%d: %s\n", r.Script, result.Line, result)
	}
	return b.String()
}

// String returns the result as one line, without its place.
func (r Result) String() string {
	if r.Passed {
		return "通过 " + r.Subject
	}
	parts := r.Failures
	for _, more := range []struct{ name, text string }{{"计算", r.Arithmetic}, {"引用", r.Citation}, {"依据", r.Because}} {
		if more.text != "" {
			parts = append(parts[:len(parts):len(parts)], more.name+"："+more.text)
		}
	}
	return strings.Join(strings.Fields("未通过 "+r.Subject+": "+strings.Join(parts, "；")), " ")
}
