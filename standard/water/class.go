package water

import "strings"

// A Class is the class of surface water by GB 3838: I is the best, V the worst
// that has a use, WorseThanV is beyond it. The zero Class is none: it is not
// known.
type Class int

// The classes.
const (
	I Class = 1 + iota
	II
	III
	IV
	V
	WorseThanV
)

var classNames = [...]string{"", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"}

// Known reports whether c is one of the classes above.
func (c Class) Known() bool { return c >= I && c <= WorseThanV }

// Good reports whether c is one of I to III. A class that is not known is not
// good.
func (c Class) Good() bool { return c >= I && c <= III }

// Name returns the class in Chinese: Ⅲ类, 劣Ⅴ类; 未知 where there is none.
func (c Class) Name() string {
	if !c.Known() {
		return "未知"
	}
	return classNames[c] + "类"
}

// Wording returns the class as the evaluation rules word it: 符合Ⅲ类,
// 劣于Ⅴ类.
func (c Class) Wording() string {
	switch {
	case c == WorseThanV:
		return "劣于Ⅴ类"
	case c.Known():
		return "符合" + c.Name()
	}
	return "类别未知"
}

// String returns the class in Chinese, as Name does.
func (c Class) String() string { return c.Name() }

// MarshalText writes the class as ParseClass reads it; nothing where there is
// none.
func (c Class) MarshalText() ([]byte, error) {
	if !c.Known() {
		return nil, nil
	}
	return []byte(c.Name()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (c *Class) UnmarshalText(text []byte) error {
	*c = 0
	if len(text) == 0 {
		return nil
	}
	class, ok := ParseClass(string(text))
	if !ok {
		return &ClassError{string(text)}
	}
	*c = class
	return nil
}

// A ClassError says that a text names no class.
type ClassError struct{ Text string }

// Error is a sentence for a person.
func (e *ClassError) Error() string {
	return "“" + e.Text + "”不是水质类别，应为Ⅰ类至Ⅴ类或劣Ⅴ类"
}

var classSpellings = map[string]Class{
	"Ⅰ": I, "Ⅱ": II, "Ⅲ": III, "Ⅳ": IV, "Ⅴ": V, "I": I, "II": II, "III": III, "IV": IV, "V": V,
	"1": I, "2": II, "3": III, "4": IV, "5": V, "一": I, "二": II, "三": III, "四": IV, "五": V,
}

// ParseClass reads a class in one of its spellings: Ⅲ类, III, 3, 三类; 劣Ⅴ类,
// 劣V, 劣五类.
func ParseClass(text string) (Class, bool) {
	t := strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(text)), "类")
	worse := false
	if rest, ok := strings.CutPrefix(t, "劣于"); ok {
		t, worse = rest, true
	} else if rest, ok := strings.CutPrefix(t, "劣"); ok {
		t, worse = rest, true
	}
	// strings.ToUpper leaves the capital numerals Ⅰ to Ⅴ, and makes them of ⅰ to ⅴ.
	c, ok := classSpellings[t]
	if worse {
		return WorseThanV, ok && c == V
	}
	return c, ok
}
