package script

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pingzhang/standard"
)

// The most that Parse reads: bytes of a file, and mistakes that it tells of.
const (
	maxBytes    = 8 << 20
	maxMistakes = 50
)

// Parse reads a script. The error names every mistake, one a line, as
// name:line: sentence; a script with a mistake is not run in part. See the
// comment of the package for the form.
func Parse(name string, data []byte) (*Script, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%s:1: 文件超过 %d MB", name, maxBytes>>20)
	}
	p := &parser{script: &Script{Name: name}}
	for i, line := range strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		p.number = i + 1
		if !utf8.ValidString(line) {
			p.mistake(errors.New("不是 UTF-8 文字，请以 UTF-8 编码保存"))
			continue
		}
		p.line(strings.TrimRight(line, "\r"))
	}
	p.finish()
	p.script.Comments = trimComments(p.comments)
	if len(p.mistakes) > 0 {
		return nil, errors.Join(p.mistakes...)
	}
	return p.script, nil
}

// A parser reads a script line by line.
type parser struct {
	script   *Script
	number   int      // of the line, from 1
	comments []string // that have not found their case yet
	current  *Case    // nil between cases
	seen     map[clause]bool
	in       clause // the clause that the next line goes on with
	faulty   bool   // the current case has a mistake; one is enough
	apart    bool   // an empty line came since the last case
	mistakes []error
}

func (p *parser) mistake(err error) { p.mistakeAt(p.number, err) }

func (p *parser) mistakeAt(line int, err error) {
	p.faulty = true
	if len(p.mistakes) < maxMistakes {
		p.mistakes = append(p.mistakes, fmt.Errorf("%s:%d: %w", p.script.Name, line, err))
	}
}

func (p *parser) line(text string) {
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		p.finish()
		p.apart = true
		if n := len(p.comments); n > 0 && p.comments[n-1] != "" {
			p.comments = append(p.comments, "")
		}
		return
	case strings.HasPrefix(trimmed, "#"):
		p.comments = append(p.comments, trimmed)
		return
	}
	first, _ := utf8.DecodeRuneInString(text)
	if subject, rest, ok := subjectOf(text); ok && !unicode.IsSpace(first) {
		p.finish()
		p.begin(subject)
		p.clauses(rest)
		return
	}
	if p.current == nil {
		if !p.faulty {
			p.mistake(errors.New("这里应是一个用例的开头：顶格写主题名和冒号，如 air.iaqi:"))
		}
		return
	}
	// Comments between the lines of a case are put in front of it.
	p.current.Comments, p.comments = append(p.current.Comments, p.comments...), nil
	p.clauses(text)
}

// subjectOf splits a line into the name of a subject, which is letters, digits,
// points, strokes and underscores, and what follows its colon.
func subjectOf(line string) (subject, rest string, ok bool) {
	i := strings.IndexFunc(line, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '-' && r != '_'
	})
	if i <= 0 {
		return "", "", false
	}
	for _, colon := range []string{":", "："} {
		if rest, ok := strings.CutPrefix(line[i:], colon); ok {
			return line[:i], rest, true
		}
	}
	return "", "", false
}

func (p *parser) begin(subject string) {
	p.current = &Case{Subject: subject, Line: p.number, Comments: p.comments, apart: p.apart}
	p.comments, p.seen, p.in, p.faulty, p.apart = nil, map[clause]bool{}, "", false, false
}

// finish ends the current case, if there is one.
func (p *parser) finish() {
	c := p.current
	if c == nil {
		p.faulty = false
		return
	}
	p.current = nil
	if !p.faulty {
		switch {
		case !p.seen[expect]:
			p.mistakeAt(c.Line, fmt.Errorf("用例 %s 没有写期望（expect 或 期望）", c.Subject))
		case p.seen[because] && c.Because == "":
			p.mistakeAt(c.Line, fmt.Errorf("用例 %s 的 because（因为）后面没有内容", c.Subject))
		case p.seen[given] && len(c.Given) == 0:
			p.mistakeAt(c.Line, fmt.Errorf("用例 %s 的 given（给定）后面没有内容", c.Subject))
		case len(c.Expect) == 0:
			p.mistakeAt(c.Line, fmt.Errorf("用例 %s 的 expect（期望）后面没有内容", c.Subject))
		case p.seen[at] && c.At == "":
			p.mistakeAt(c.Line, fmt.Errorf("用例 %s 的 at（在）后面没有日期", c.Subject))
		}
	}
	p.faulty = false
	p.script.Cases = append(p.script.Cases, *c)
}

// clauses reads a line of a case: the rest of the clause that is open, and those
// that begin on it.
func (p *parser) clauses(line string) {
	for i := 0; !p.faulty; {
		w, ok, err := next(line, i)
		if !ok && err == nil {
			return
		}
		c, begins := clauses[w.text]
		switch begins = begins && !w.quoted && err == nil; {
		case begins:
			i, err = w.end, p.open(c, w.text)
			if c == because {
				i = p.reason(line, i)
			}
		// What follows because is free text, in which a quote need not close.
		case p.in == because:
			i, err = p.reason(line, i), nil
		case err == nil:
			i, err = p.more(line, i)
		}
		if err != nil {
			p.mistake(err)
		}
	}
}

func (p *parser) open(c clause, text string) error {
	if p.seen[c] {
		return fmt.Errorf("%s 在一个用例里只能写一次；另一个用例前应空一行，并顶格写主题", text)
	}
	if len(p.seen) == 0 {
		p.current.Chinese = text == chinese[c]
	}
	p.seen[c], p.in = true, c
	return nil
}

// more reads one piece of the open clause from offset i and returns where it
// ends.
func (p *parser) more(line string, i int) (int, error) {
	switch p.in {
	case given, expect:
		return p.pair(line, i)
	case at:
		w, _, err := next(line, i)
		if err != nil {
			return i, err
		}
		if p.current.At != "" {
			return i, fmt.Errorf("日期后面不能是“%s”", w.text)
		}
		if _, err := time.Parse(time.DateOnly, w.text); err != nil {
			return i, fmt.Errorf("at（在）后面应是 2026-02-28 这样的日期，不能是“%s”", w.text)
		}
		p.current.At = standard.Date(w.text)
		return w.end, nil
	}
	return i, errors.New("主题后面应接 given（给定）、at（在）、expect（期望）或 because（因为）")
}

// reason takes the rest of the line.
func (p *parser) reason(line string, i int) int {
	p.current.Because = strings.TrimSpace(p.current.Because + " " + strings.Join(strings.Fields(line[i:]), " "))
	return len(line)
}

// pair reads a key, an operator where one may stand, and a value, up to a
// separator, the next clause or the end of the line.
func (p *parser) pair(line string, i int) (int, error) {
	var words []word
	for {
		w, ok, err := next(line, i)
		if err != nil {
			return i, err
		}
		if !ok {
			break
		}
		if _, begins := clauses[w.text]; begins && !w.quoted && !w.comma {
			break
		}
		i = w.end
		if w.comma {
			break
		}
		words = append(words, w)
	}
	if len(words) == 0 {
		return i, errors.New("逗号前后缺少内容")
	}
	key := words[0]
	if key.quoted {
		return i, fmt.Errorf("名称“%s”不能带引号", key.text)
	}
	var op Operator
	words = words[1:]
	if p.in == expect && len(words) > 0 && !words[0].quoted {
		if o, ok := operators[words[0].text]; ok {
			op, words = o, words[1:]
		}
	}
	value, err := join(key.text, words)
	if err != nil {
		return i, err
	}
	if p.in == expect {
		p.current.Expect = append(p.current.Expect, Expectation{Key: key.text, Op: op, Value: value})
		return i, nil
	}
	for _, in := range p.current.Given {
		if in.Key == key.text {
			return i, fmt.Errorf("%s 给定了两次", key.text)
		}
	}
	p.current.Given = append(p.current.Given, Input{Key: key.text, Value: value})
	return i, nil
}

// join makes a value of words: one in quotes, or several without.
func join(key string, words []word) (string, error) {
	if len(words) == 0 {
		return "", fmt.Errorf("%s 后面缺少值；值为空时写 \"\"", key)
	}
	texts := make([]string, len(words))
	for i, w := range words {
		if w.quoted && len(words) > 1 {
			return "", fmt.Errorf("%s 的值里引号应包住整个值", key)
		}
		texts[i] = w.text
	}
	return strings.Join(texts, " "), nil
}
