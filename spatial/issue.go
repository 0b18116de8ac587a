package spatial

import "fmt"

// A Severity says what an issue means for the use of the data.
type Severity string

const (
	Note    Severity = "note"    // was done or seen; nothing to decide
	Ask     Severity = "ask"     // somebody must confirm before the data are relied on
	Blocked Severity = "blocked" // the data cannot be used as they are
)

// An Issue is something to say about data: a code for programs, and a sentence
// for the person who brought the file that says what is wrong and what to do.
type Issue struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Where    string   `json:"where,omitempty"` // 第 12 行; 图斑 3 的第 2 环
	Zh       string   `json:"zh"`
}

// A Refusal is the error of every package here when data cannot be used: why,
// where, and what to do.
type Refusal struct {
	Code  string
	Where string // place in the file, in Chinese; may be empty
	Zh    string // the sentence for a person
	Cause error  // what went wrong below, if anything
}

// Refuse returns a Refusal with the sentence made from format.
func Refuse(code, where, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Where: where, Zh: fmt.Sprintf(format, args...)}
}

// Error returns place and sentence.
func (r *Refusal) Error() string {
	text := r.Zh
	if r.Where != "" {
		text = r.Where + "：" + text
	}
	if r.Cause != nil {
		text += "（" + r.Cause.Error() + "）"
	}
	return text
}

func (r *Refusal) Unwrap() error { return r.Cause }

// Issue returns the refusal as an issue of severity Blocked.
func (r *Refusal) Issue() Issue {
	return Issue{Code: r.Code, Severity: Blocked, Where: r.Where, Zh: r.Zh}
}
