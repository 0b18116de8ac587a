package script

import (
	"strings"
	"unicode/utf8"
)

// oneLine is how long a case may be that stands on one line.
const oneLine = 120

// Format returns the script in its canonical layout, which reads as the same
// cases: a case on one line if it fits into 120 characters, else a clause a
// line; comments in front of their case; empty lines as they were, but one at a
// time, and always around a case of several lines.
func Format(s *Script) []byte {
	var b strings.Builder
	long := false // the case before took several lines
	for i, c := range s.Cases {
		text := c.oneLine()
		multi := utf8.RuneCountInString(text) > oneLine
		if multi {
			text = c.lines()
		}
		if i > 0 && (c.apart || long || multi) {
			b.WriteByte('\n')
		}
		for _, comment := range c.Comments {
			b.WriteString(comment + "\n")
		}
		b.WriteString(text + "\n")
		long = multi
	}
	if len(s.Comments) > 0 && len(s.Cases) > 0 {
		b.WriteByte('\n')
	}
	for _, comment := range s.Comments {
		b.WriteString(comment + "\n")
	}
	return []byte(b.String())
}

// trimComments removes the empty lines at both ends.
func trimComments(lines []string) []string {
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return lines
}

func (c Case) oneLine() string { return c.subject() + strings.Join(c.clauses(), " ") }

func (c Case) lines() string {
	return strings.TrimRight(c.subject(), " ") + "\n    " + strings.Join(c.clauses(), "\n    ")
}

func (c Case) subject() string {
	if c.Chinese {
		return c.Subject + "："
	}
	return c.Subject + ": "
}

// clauses returns the text of each clause.
func (c Case) clauses() []string {
	comma := ", "
	if c.Chinese {
		comma = "，"
	}
	var inputs, results []string
	for _, in := range c.Given {
		inputs = append(inputs, in.Key+" "+quote(in.Value))
	}
	for _, e := range c.Expect {
		e.Value = quote(e.Value)
		results = append(results, e.String())
	}
	var out []string
	for _, part := range []struct {
		clause
		text string
	}{
		{given, strings.Join(inputs, comma)},
		{at, string(c.At)},
		{expect, strings.Join(results, comma)},
		{because, c.Because},
	} {
		word := string(part.clause)
		if c.Chinese {
			word = chinese[part.clause]
		}
		if part.text != "" {
			out = append(out, word+" "+part.text)
		}
	}
	return out
}
