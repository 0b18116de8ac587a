package emission

import (
	"fmt"
	"strings"

	"pingzhang/standard"
)

// An interval is a stretch of numbers, each end in it or not. The zero interval
// is none.
type interval struct {
	text         string
	low, high    standard.Exact // none where there is no end
	withLow, top bool           // whether the ends belong to it
}

// parseInterval reads (10,65], [20,) and the like; empty is none.
func parseInterval(text string) (interval, error) {
	if text == "" {
		return interval{}, nil
	}
	low, high, ok := strings.Cut(strings.Trim(text, "[]()"), ",")
	first, last := text[0], text[len(text)-1]
	if !ok || first != '(' && first != '[' || last != ')' && last != ']' {
		return interval{}, fmt.Errorf("应为 (10,65] 这样的区间，不能是 %q", text)
	}
	i := interval{text: text, withLow: first == '[', top: last == ']'}
	for _, end := range []struct {
		text string
		to   *standard.Exact
	}{{low, &i.low}, {high, &i.high}} {
		if end.text == "" {
			continue
		}
		x, issue := standard.Read(end.text)
		if issue != "" {
			return interval{}, fmt.Errorf("区间 %s 的端点 %q 不是数", text, end.text)
		}
		*end.to = x
	}
	return i, nil
}

func (i interval) isSet() bool { return i.text != "" }

// has reports whether x, which is a number, is in i.
func (i interval) has(x standard.Exact) bool {
	if i.low.IsSet() {
		if c := x.Cmp(i.low); c < 0 || c == 0 && !i.withLow {
			return false
		}
	}
	if i.high.IsSet() {
		if c := x.Cmp(i.high); c > 0 || c == 0 && !i.top {
			return false
		}
	}
	return true
}
