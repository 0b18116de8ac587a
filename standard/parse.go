package standard

import (
	"fmt"
	"math/big"
	"strings"
)

// The most that Parse reads: digits of a number, and the power of ten of its
// exponent. Nothing that is measured needs more, and a text of a few bytes
// (1e999999999) must not cost more than its length.
const (
	maxDigits   = 64
	maxExponent = 64
)

// A ParseError says that a text is no number, and what it is instead.
type ParseError struct {
	Text  string // as it was given
	Issue Issue  // why it is no number
}

// Error describes the failure for a developer; Issue.Text is for a person.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%q is not a number: %s", e.Text, e.Issue)
}

// Parse reads a decimal number as instruments and laboratories write it: an
// optional sign, digits with at most one point, at least one digit, and an
// optional exponent. So 12.30, -0.5, +1, .5, 5. and 1.2E-3 are numbers.
//
// Everything else is a *ParseError that names its Issue: no text (NoValue),
// a stroke or a word for "not measured" (NotMeasured), a result under the
// detection limit (BelowDetection), NaN and the infinities (NotFinite),
// full-width characters (FullWidth), more than 64 digits or an exponent
// beyond ±64 (TooLong), and NotNumber. Blanks around the number, thousands
// separators and decimal commas are NotNumber: a value that has to be guessed
// at is not read.
//
// Parse does not allocate for numbers of up to 18 digits.
func Parse(text string) (Exact, error) {
	x, issue := Read(text)
	if issue != "" {
		return Exact{}, &ParseError{Text: text, Issue: issue}
	}
	return x, nil
}

// Read is Parse for where the Issue is wanted and not an error. It takes the
// bytes of a frame as well as a string.
func Read[T string | []byte](text T) (Exact, Issue) { return read(text, maxDigits) }

func read[T string | []byte](text T, most int) (Exact, Issue) {
	i, negative := 0, false
	if i < len(text) && (text[i] == '+' || text[i] == '-') {
		negative = text[i] == '-'
		i++
	}
	start := i
	var n int64
	digits, decimals, point := 0, 0, false
	for ; i < len(text); i++ {
		c := text[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		if digits < 18 {
			n = n*10 + int64(c-'0')
		}
		digits++
		if point {
			decimals++
		}
	}
	if digits == 0 {
		return Exact{}, notNumber(string(text))
	}
	exponent := 0
	if end := i; end < len(text) {
		var ok bool
		if exponent, ok = readExponent(text[end:]); !ok {
			return Exact{}, notNumber(string(text))
		}
		if exponent > maxExponent || exponent < -maxExponent {
			return Exact{}, TooLong
		}
	}
	if digits > most {
		return Exact{}, TooLong
	}
	if negative {
		n = -n
	}
	scale := decimals - exponent
	if digits <= 18 && scale >= 0 && scale < len(tens) {
		return Exact{n: n, d: tens[scale]}, ""
	}
	return readLong(string(text[start:i]), negative, scale), ""
}

// tens holds the powers of ten that fit an int64.
var tens = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// readExponent reads an exponent and its letter, and caps what it returns just
// beyond maxExponent.
func readExponent[T string | []byte](text T) (int, bool) {
	if len(text) < 2 || text[0] != 'e' && text[0] != 'E' {
		return 0, false
	}
	i, negative := 1, false
	if text[1] == '+' || text[1] == '-' {
		negative = text[1] == '-'
		i++
	}
	if i == len(text) {
		return 0, false
	}
	e := 0
	for ; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
		e = min(e*10+int(text[i]-'0'), maxExponent+1)
	}
	if negative {
		e = -e
	}
	return e, true
}

// readLong reads digits with at most one point, as many as they are, over ten
// to the power of scale.
func readLong(digits string, negative bool, scale int) Exact {
	num, _ := new(big.Int).SetString(strings.Replace(digits, ".", "", 1), 10)
	if negative {
		num.Neg(num)
	}
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale, -scale))), nil)
	if scale < 0 {
		return reduced(new(big.Rat).SetInt(num.Mul(num, ten)))
	}
	return reduced(new(big.Rat).SetFrac(num, ten))
}

// notNumber names what a text is that does not begin as a number or does not
// end as one.
func notNumber(text string) Issue {
	t := strings.TrimSpace(text)
	switch strings.ToLower(t) {
	case "":
		return NoValue
	case "-", "--", "---", "—", "——", "－", "/", "\\", "*", "na", "n/a", "null", "none", "未测", "未监测", "无", "缺测":
		return NotMeasured
	case "nan", "+nan", "-nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "1.#inf", "1.#ind", "-1.#ind", "1.#qnan":
		return NotFinite
	case "nd", "n.d.", "未检出", "低于检出限":
		return BelowDetection
	}
	if strings.HasPrefix(t, "<") || strings.HasPrefix(t, "＜") || strings.HasPrefix(t, "≤") {
		return BelowDetection
	}
	// HJ 91.1-2019 and its kin write the detection limit followed by L.
	if rest, ok := strings.CutSuffix(t, "L"); ok && rest != "" {
		if _, issue := Read(rest); issue == "" {
			return BelowDetection
		}
	}
	for _, r := range t {
		if r >= '０' && r <= '９' || r == '．' || r == '＋' || r == '－' {
			return FullWidth
		}
	}
	return NotNumber
}

// Must is Parse for numbers written in the program; it panics on anything
// else.
func Must(text string) Exact {
	x, err := Parse(text)
	if err != nil {
		panic("standard: " + err.Error())
	}
	return x
}

// MarshalText returns String: empty where there is no number.
func (x Exact) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

// UnmarshalText reads what MarshalText wrote: nothing, what Parse reads, or a
// fraction of two whole numbers. What was reckoned may be longer than what is
// measured, so it takes up to 4096 digits.
func (x *Exact) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*x = Exact{}
		return nil
	}
	n, d, fraction := strings.Cut(string(text), "/")
	v, issue := read(n, 4096)
	if issue == "" && fraction {
		var w Exact
		if w, issue = read(d, 4096); issue == "" {
			if v = v.Quo(w); !v.IsSet() {
				issue = NotNumber
			}
		}
	}
	if issue != "" {
		return &ParseError{Text: string(text), Issue: issue}
	}
	*x = v
	return nil
}
