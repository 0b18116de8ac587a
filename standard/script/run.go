package script

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pingzhang/standard"
)

// A Subject answers the question of a case: results by key, for inputs by key
// and the day whose editions apply, which is empty where the case has none.
// Under the keys arithmetic and citation it may say how and by which clause; a
// report shows them with a failure. What it cannot say it answers as unknown.
//
// The error is for a question that makes no sense, with a sentence in Chinese.
type Subject func(given map[string]string, at standard.Date) (map[string]string, error)

// Subjects are the subjects that a script may ask, by name.
type Subjects map[string]Subject

// The results that explain the others.
const (
	Arithmetic = "arithmetic"
	Citation   = "citation"
)

// A KeyError says that a subject does not take an input.
type KeyError struct {
	Key     string
	Allowed []string
}

// Error returns the sentence for a person.
func (e *KeyError) Error() string {
	return fmt.Sprintf("给定的 %s 不认识；可以给定：%s", e.Key, list(e.Allowed))
}

// Takes returns s for these inputs only: any other fails with a KeyError. An
// input that is not given is for s to miss.
func Takes(s Subject, keys ...string) Subject {
	return func(given map[string]string, at standard.Date) (map[string]string, error) {
		for _, key := range slices.Sorted(maps.Keys(given)) {
			if !slices.Contains(keys, key) {
				return nil, &KeyError{Key: key, Allowed: keys}
			}
		}
		return s(given, at)
	}
}

// Run asks the subjects all cases of s.
func Run(s *Script, subjects Subjects) Report {
	r := Report{Script: s.Name, Results: make([]Result, 0, len(s.Cases))}
	for _, c := range s.Cases {
		r.Results = append(r.Results, run(c, subjects))
	}
	return r
}

func run(c Case, subjects Subjects) Result {
	r := Result{Line: c.Line, Subject: c.Subject, Given: c.Given, At: c.At, Because: c.Because}
	subject, ok := subjects[c.Subject]
	if !ok {
		return r.failed(fmt.Sprintf("没有主题 %s；有的是：%s", c.Subject, list(slices.Sorted(maps.Keys(subjects)))))
	}
	inputs := map[string]string{}
	for _, in := range c.Given {
		inputs[in.Key] = in.Value
	}
	got, err := ask(subject, inputs, c.At)
	if err != nil {
		return r.failed(err.Error())
	}
	r.Arithmetic, r.Citation = got[Arithmetic], got[Citation]
	for _, e := range c.Expect {
		if reason := e.compare(got); reason != "" {
			r.Failures = append(r.Failures, reason)
		}
	}
	r.Passed = len(r.Failures) == 0
	return r
}

// ask calls the subject. A script may ask what the arithmetic refuses by a
// panic, such as to compare a number that is not there; that fails the case and
// not the run.
func ask(s Subject, given map[string]string, at standard.Date) (got map[string]string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("计算中断：%v", r)
		}
	}()
	return s(given, at)
}

// compare returns what is wrong with the result for e; empty for nothing.
func (e Expectation) compare(got map[string]string) string {
	value, ok := got[e.Key]
	if !ok {
		keys := slices.DeleteFunc(slices.Sorted(maps.Keys(got)), func(k string) bool { return k == Arithmetic || k == Citation })
		return fmt.Sprintf("结果里没有 %s；可以期望：%s", e.Key, list(keys))
	}
	if e.holds(value) {
		return ""
	}
	shown := value
	if shown == "" {
		shown = "unknown"
	}
	return fmt.Sprintf("期望 %s，得到 %s", e, shown)
}

// holds reports whether value is as expected.
func (e Expectation) holds(value string) bool {
	if unknown(e.Value) || unknown(value) {
		return e.Op == Equal && unknown(e.Value) && unknown(value)
	}
	want, wantUnit, ok := quantity(e.Value)
	have, haveUnit, ok2 := quantity(value)
	if !ok || !ok2 || wantUnit != haveUnit {
		return e.Op == Equal && e.Value == value
	}
	switch c := have.Cmp(want); e.Op {
	case AtMost:
		return c <= 0
	case AtLeast:
		return c >= 0
	default:
		return c == 0
	}
}

func unknown(text string) bool { return text == "" || text == "unknown" || text == "未知" }

// quantity splits a text into a number, which may be a fraction, and what
// follows it after a blank.
func quantity(text string) (x standard.Exact, unit string, ok bool) {
	number, unit, _ := strings.Cut(text, " ")
	err := x.UnmarshalText([]byte(number))
	return x, unit, err == nil && x.IsSet()
}

func list(keys []string) string {
	if len(keys) == 0 {
		return "（无）"
	}
	return strings.Join(keys, "、")
}
