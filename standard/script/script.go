package script

import "pingzhang/standard"

// A Script is a file of cases.
type Script struct {
	Name  string
	Cases []Case
	// Comments are the lines of comment after the last case, as in Case.
	Comments []string
}

// A Case asks one subject one question.
type Case struct {
	Subject string
	Given   []Input
	At      standard.Date // empty for no day
	Expect  []Expectation
	Because string
	Line    int // on which it begins
	// Comments are the lines of comment before the case, with their #; an empty
	// one stands for empty lines between them.
	Comments []string
	Chinese  bool // its words are Chinese
	apart    bool // an empty line stands before it
}

// An Input is one key and value of given.
type Input struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// An Expectation is one result that is expected.
type Expectation struct {
	Key   string   `json:"key"`
	Op    Operator `json:"op,omitempty"`
	Value string   `json:"value"`
}

// String returns the expectation as it is written: iaqi <= 100.
func (e Expectation) String() string {
	if e.Op == Equal {
		return e.Key + " " + e.Value
	}
	return e.Key + " " + string(e.Op) + " " + e.Value
}

// An Operator compares what came with what was expected.
type Operator string

// The operators.
const (
	Equal   Operator = ""
	AtMost  Operator = "<="
	AtLeast Operator = ">="
)

// operators gives each operator its spellings.
var operators = map[string]Operator{"<=": AtMost, "≤": AtMost, ">=": AtLeast, "≥": AtLeast}

// A clause is one of the four parts of a case.
type clause string

const (
	given   clause = "given"
	at      clause = "at"
	expect  clause = "expect"
	because clause = "because"
)

// clauses gives each clause its words.
var clauses = map[string]clause{
	"given": given, "at": at, "expect": expect, "because": because,
	"给定": given, "在": at, "期望": expect, "因为": because,
}

// chinese gives each clause its Chinese word.
var chinese = map[clause]string{given: "给定", at: "在", expect: "期望", because: "因为"}
