package script

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A word is what stands between blanks or separators.
type word struct {
	text   string
	quoted bool
	comma  bool // the word is a separator
	end    int  // offset in the line just behind it
}

var errQuote = errors.New("引号没有配对；带引号的值须在同一行内结束，值里的直引号写两个")

// isComma reports whether r separates wherever it stands. The narrow comma does
// so only before a blank or the end of the line.
func isComma(r rune) bool { return r == '，' }

// next returns the first word of line from offset on, and whether there is one.
func next(line string, from int) (word, bool, error) {
	i := from
	for i < len(line) {
		r, n := utf8.DecodeRuneInString(line[i:])
		if !unicode.IsSpace(r) {
			break
		}
		i += n
	}
	if i == len(line) {
		return word{end: i}, false, nil
	}
	r, n := utf8.DecodeRuneInString(line[i:])
	switch {
	case isComma(r) || r == ',' && commaEnds(line[i+n:]):
		return word{text: line[i : i+n], comma: true, end: i + n}, true, nil
	case r == '"':
		return straight(line, i)
	case r == '“':
		return curled(line, i)
	}
	start := i
	for i < len(line) {
		r, n := utf8.DecodeRuneInString(line[i:])
		if unicode.IsSpace(r) || isComma(r) || r == ',' && commaEnds(line[i+n:]) {
			break
		}
		i += n
	}
	return word{text: line[start:i], end: i}, true, nil
}

// commaEnds reports whether a narrow comma before rest separates.
func commaEnds(rest string) bool {
	if rest == "" {
		return true
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsSpace(r)
}

// straight reads a word in straight quotes that begins at i.
func straight(line string, i int) (word, bool, error) {
	var b strings.Builder
	for j := i + 1; j < len(line); j++ {
		if line[j] != '"' {
			b.WriteByte(line[j])
			continue
		}
		if j+1 < len(line) && line[j+1] == '"' {
			b.WriteByte('"')
			j++
			continue
		}
		return closed(line, word{text: b.String(), quoted: true, end: j + 1})
	}
	return word{}, false, errQuote
}

// curled reads a word in Chinese quotes that begins at i.
func curled(line string, i int) (word, bool, error) {
	start := i + len("“")
	j := strings.Index(line[start:], "”")
	if j < 0 {
		return word{}, false, errQuote
	}
	return closed(line, word{text: line[start : start+j], quoted: true, end: start + j + len("”")})
}

// closed refuses text right behind a closing quote.
func closed(line string, w word) (word, bool, error) {
	if r, n := utf8.DecodeRuneInString(line[w.end:]); w.end < len(line) && !unicode.IsSpace(r) && !isComma(r) && !(r == ',' && commaEnds(line[w.end+n:])) {
		return word{}, false, fmt.Errorf("引号应包住整个值，右引号后不能紧跟“%s”", string(r))
	}
	return w, true, nil
}

// plain reports whether value can be written as it is: read again, it is the
// same value.
func plain(value string) bool {
	if value == "" || strings.HasPrefix(value, "#") {
		return false
	}
	var texts []string
	for i := 0; ; {
		w, ok, err := next(value, i)
		if err != nil {
			return false
		}
		if !ok {
			break
		}
		if w.comma || w.quoted {
			return false
		}
		if _, key := clauses[w.text]; key {
			return false
		}
		if _, op := operators[w.text]; op && len(texts) == 0 {
			return false
		}
		texts = append(texts, w.text)
		i = w.end
	}
	return strings.Join(texts, " ") == value
}

// quote returns value in quotes if it needs them.
func quote(value string) string {
	if plain(value) {
		return value
	}
	return `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
}
