package subject

import (
	"maps"
	"slices"
	"strings"

	"pingzhang/standard"
	"pingzhang/standard/script"
)

// An answer is the results of a case by their English names: the codes that
// stand under these, and the words that stand under the Chinese ones.
type answer struct {
	codes, words map[string]string
	exact        standard.Exact // what 位数 rounds
	unit         standard.Unit
}

// set gives a result the same text under both names. An empty text is unknown.
func (a *answer) set(name, text string) { a.say(name, text, text) }

// say gives a result a code and a word.
func (a *answer) say(name, code, word string) { a.codes[name], a.words[name] = code, word }

// yes gives a result yes or no.
func (a *answer) yes(name string, yes bool) {
	if yes {
		a.say(name, "yes", "是")
	} else {
		a.say(name, "no", "否")
	}
}

// none gives a result that is a list its text, or the word for an empty one.
func (a *answer) none(name, text string) {
	if text == "" {
		a.say(name, "none", "无")
	} else {
		a.set(name, text)
	}
}

// number gives a result a number with its unit; unknown where it is none.
func (a *answer) number(name string, x standard.Exact, unit standard.Unit) {
	a.set(name, quantity(x.String(), x, unit))
}

// quantity writes a number with its unit.
func quantity(text string, x standard.Exact, unit standard.Unit) string {
	if !x.IsSet() || unit == "" || unit == standard.Dimensionless {
		return text
	}
	return text + " " + string(unit)
}

// main is number for the result that 位数 rounds.
func (a *answer) main(name string, x standard.Exact, unit standard.Unit) {
	a.number(name, x, unit)
	a.exact, a.unit = x, unit
}

// round gives the main number rounded.
func (a *answer) round(q *question) {
	digits := q.whole("digits")
	if digits > 20 {
		q.fail("位数不能超过 20")
		return
	}
	a.set("rounded", quantity(a.exact.Round(digits), a.exact, a.unit))
}

// verdict gives the verdict and by how many times the limit was exceeded.
func (a *answer) verdict(v standard.Verdict, multiple standard.Exact) {
	a.say("verdict", string(v), v.Name())
	if v == standard.Unknown || v == "" {
		a.set("verdict", "")
	}
	a.number("multiple", multiple, "")
}

// basis says what the answer rests on.
func (a *answer) basis(issue standard.Issue, text func(standard.Issue) string, arithmetic string, confidence standard.Confidence, cited ...standard.Citation) {
	a.say("issue", "none", "无")
	if issue != "" {
		a.say("issue", string(issue), text(issue))
	}
	a.set(script.Arithmetic, arithmetic)
	var all []string
	for _, c := range cited {
		if s := c.String(); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	a.set(script.Citation, strings.Join(all, "；"))
	if confidence == "" {
		confidence = standard.Missing
	}
	a.say("confidence", string(confidence), confidence.Name())
	a.yes("unverified", !confidence.Verified())
}

// wordsOf lists what an input may be.
func wordsOf(words map[string]string) string {
	return strings.Join(slices.Sorted(maps.Keys(words)), "、")
}
