package measure

import (
	"strings"
	"sync"
)

// fieldNames are the names of fields that a packed cell writes as one byte,
// their index. New names go to the end; an index never changes its meaning.
// An average stands before its minimum and maximum, which chunks write as
// distances from it.
var fieldNames = [...]string{
	1: "Rtd", 2: "Avg", 3: "Min", 4: "Max", 5: "Cou",
	6: "ZsRtd", 7: "ZsAvg", 8: "ZsMin", 9: "ZsMax",
	10: "Flag", 11: "EFlag", 12: "SampleTime", 13: "RawAvg", 14: "Data",
	15: "DayData", 16: "NightData", 17: "RS", 18: "RT", 19: "Info", 20: "SN",
	21: "ZsCou", 22: "CompleteTime", 23: "SampleType", 24: "SampleRd",
	25: "StandardValue", 26: "ResultType", 27: "Ala", 28: "UpValue", 29: "LowValue",
}

const fieldFlag fieldID = 10

type fieldID uint8

// fieldOf returns the index of a name, 0 when it has none.
func fieldOf(name []byte) fieldID {
	switch string(name) {
	case "Rtd":
		return 1
	case "Avg":
		return 2
	case "Min":
		return 3
	case "Max":
		return 4
	case "Cou":
		return 5
	case "ZsRtd":
		return 6
	case "ZsAvg":
		return 7
	case "ZsMin":
		return 8
	case "ZsMax":
		return 9
	case "Flag":
		return fieldFlag
	}
	for i := fieldID(11); int(i) < len(fieldNames); i++ {
		if string(name) == fieldNames[i] {
			return i
		}
	}
	return 0
}

// code is a factor code: a number for one letter and five digits, as the codes
// of HJ 524 and HJ 525 are, otherwise text.
type code struct {
	n    uint32 // below literalCode for a standard code
	text string // of any other
}

const literalCode = 0xF00000

// standardCode returns the number of a code of one lower-case letter and five
// digits.
func standardCode[T string | []byte](s T) (uint32, bool) {
	if len(s) != 6 || s[0] < 'a' || s[0] > 'z' {
		return 0, false
	}
	n := uint32(s[0] - 'a')
	for i := 1; i < 6; i++ {
		d := s[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + uint32(d)
	}
	return n, true
}

// codeNames remembers the text of standard codes.
var codeNames sync.Map // uint32 -> string

// String returns the code as it was sent.
func (c code) String() string {
	if c.n >= literalCode {
		return c.text
	}
	if s, ok := codeNames.Load(c.n); ok {
		return s.(string)
	}
	b := []byte{byte(c.n/100000) + 'a', byte(c.n/10000%10) + '0', byte(c.n/1000%10) + '0', byte(c.n/100%10) + '0', byte(c.n/10%10) + '0', byte(c.n%10) + '0'}
	s := string(b)
	codeNames.Store(c.n, s)
	return s
}

func codeOf(s string) code {
	if n, ok := standardCode(s); ok {
		return code{n: n}
	}
	return code{literalCode, s}
}

// compare orders codes: the standard ones first, then the others by text.
func (c code) compare(d code) int {
	switch {
	case c.n != d.n && c.n < d.n:
		return -1
	case c.n != d.n:
		return 1
	}
	return strings.Compare(c.text, d.text)
}

// field is a field of a packed factor.
type field struct {
	id   fieldID // 0 for a name that has no index
	text string  // such a name
}

func (f field) name() string {
	if f.id == 0 {
		return f.text
	}
	return fieldNames[f.id]
}

// compare orders fields: those with an index first.
func (f field) compare(g field) int {
	fi, gi := f.id-1, g.id-1 // 0 becomes the largest
	switch {
	case fi != gi && fi < gi:
		return -1
	case fi != gi:
		return 1
	}
	return strings.Compare(f.text, g.text)
}
