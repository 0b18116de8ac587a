package standard

import (
	"errors"
	"math/big"
	"math/rand"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string
		issue            Issue
	}{
		{"a decimal keeps its scale", "12.30", "12.30", ""},
		{"a whole number", "300", "300", ""},
		{"zero is a number", "0", "0", ""},
		{"zero keeps its scale", "0.000", "0.000", ""},
		{"minus zero is zero", "-0.0", "0.0", ""},
		{"a sign in front", "+1", "1", ""},
		{"a number below zero", "-99", "-99", ""},
		{"leading zeros count for nothing", "007.5", "7.5", ""},
		{"no digit before the point", ".5", "0.5", ""},
		{"no digit after the point", "5.", "5", ""},
		{"minus and no digit before the point", "-.25", "-0.25", ""},
		{"an exponent", "1e3", "1000", ""},
		{"a negative exponent", "1.20E-3", "0.00120", ""},
		{"an exponent within the decimals", "1.2345e2", "123.45", ""},
		{"eighteen digits", "123456789012345.678", "123456789012345.678", ""},
		{"nineteen digits", "1234567890123456.789", "1234567890123456.789", ""},
		{"forty digits", strings.Repeat("9", 40), strings.Repeat("9", 40), ""},
		{"the largest exponent", "1e64", "1" + strings.Repeat("0", 64), ""},
		{"the smallest exponent", "1e-64", "0." + strings.Repeat("0", 63) + "1", ""},
		{"an exponent too large", "1e65", "", TooLong},
		{"an exponent beyond float64", "1e400", "", TooLong},
		{"an exponent of many digits", "1e99999999999999999999", "", TooLong},
		{"sixty-five digits", strings.Repeat("1", 65), "", TooLong},
		{"no text", "", "", NoValue},
		{"only blanks", "  ", "", NoValue},
		{"two strokes", "--", "", NotMeasured},
		{"a long stroke", "—", "", NotMeasured},
		{"a minus alone", "-", "", NotMeasured},
		{"a slash", "/", "", NotMeasured},
		{"NaN", "NaN", "", NotFinite},
		{"infinity", "-Inf", "", NotFinite},
		{"what C prints for infinity", "1.#INF", "", NotFinite},
		{"below the detection limit", "<0.01", "", BelowDetection},
		{"below, with a full-width sign", "＜0.01", "", BelowDetection},
		{"below, by the L of laboratories", "0.01L", "", BelowDetection},
		{"not detected", "未检出", "", BelowDetection},
		{"full-width digits", "１２．３", "", FullWidth},
		{"two points", "1.2.3", "", NotNumber},
		{"a point alone", ".", "", NotNumber},
		{"a plus alone", "+", "", NotNumber},
		{"two signs", "--5", "", NotNumber},
		{"a decimal comma", "1,5", "", NotNumber},
		{"a thousands separator", "1,234.5", "", NotNumber},
		{"a blank in front", " 12", "", NotNumber},
		{"a blank within", "1 2", "", NotNumber},
		{"a unit behind", "12mg", "", NotNumber},
		{"an exponent without digits", "1e", "", NotNumber},
		{"an exponent with a sign only", "1e+", "", NotNumber},
		{"an exponent with a point", "1e1.5", "", NotNumber},
		{"hexadecimal", "0x1F", "", NotNumber},
		{"an underscore", "1_000", "", NotNumber},
		{"a zero byte", "1\x00", "", NotNumber},
		{"L alone", "L", "", NotNumber},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(tt.text)
			if got.String() != tt.want {
				t.Errorf("Parse(%q) = %s, want %s", tt.text, got, tt.want)
			}
			var pe *ParseError
			if issue := Issue(""); tt.issue != "" {
				if errors.As(err, &pe) {
					issue = pe.Issue
				}
				if issue != tt.issue || got.IsSet() {
					t.Errorf("Parse(%q): issue %q, want %q", tt.text, issue, tt.issue)
				}
			} else if err != nil {
				t.Errorf("Parse(%q): %v", tt.text, err)
			}
			if b, issue := Read([]byte(tt.text)); issue != tt.issue || !b.Equal(got) {
				t.Errorf("Read of bytes = %s, %q; of text %s, %q", b, issue, got, tt.issue)
			}
		})
	}
}

// GB/T 8170-2008 3.2: the examples are of the kind it prints (dropped part
// below, above and exactly five, after an even and an odd digit).
func TestRound(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		digits     int
		want       string
	}{
		{"below half is left away", "12.1498", 1, "12.1"},
		{"above half is carried", "12.1501", 1, "12.2"},
		{"more than half after a five is carried", "10.5002", 0, "11"},
		{"half after an odd digit goes up to the even one", "0.35", 1, "0.4"},
		{"half after an even digit stays", "1.050", 1, "1.0"},
		{"half after zero stays at zero", "0.5", 0, "0"},
		{"half after one goes to two", "1.5", 0, "2"},
		{"half after two stays", "2.5", 0, "2"},
		{"the sign does not matter", "-2.5", 0, "-2"},
		{"a small negative is zero without a sign", "-0.04", 1, "0.0"},
		{"tens: half after an even digit", "-365", -1, "-360"},
		{"tens: half after an odd digit", "355", -1, "360"},
		{"hundreds", "1268", -2, "1300"},
		{"missing decimals are added", "7", 2, "7.00"},
		{"nines carry through", "9.995", 2, "10.00"},
		{"a value that binary floats put below half", "1.005", 2, "1.00"},
		{"a value that binary floats put below half, odd digit", "1.015", 2, "1.02"},
		{"a long number", "123456789012345678901234567890.125", 2, "123456789012345678901234567890.12"},
		{"to more decimals than an int64 holds", "0.5", 25, "0.5000000000000000000000000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Must(tt.text).Round(tt.digits); got != tt.want {
				t.Errorf("Round(%s, %d) = %s, want %s", tt.text, tt.digits, got, tt.want)
			}
			if r := Must(tt.text).Rounded(tt.digits); !r.Equal(Must(tt.want)) {
				t.Errorf("Rounded(%s, %d) = %s, want %s", tt.text, tt.digits, r, tt.want)
			}
		})
	}
	if got := Int(2).Quo(Int(3)).Round(2); got != "0.67" {
		t.Errorf("2/3 rounds to %s", got)
	}
	if got := (Exact{}).Round(2); got != "" {
		t.Errorf("no number rounds to %q", got)
	}
}

// No number spoils what it enters and cannot be compared.
func TestNoNumber(t *testing.T) {
	none, one := Exact{}, Int(1)
	for name, x := range map[string]Exact{
		"none + 1": none.Add(one), "1 - none": one.Sub(none), "none * 1": none.Mul(one), "1 / none": one.Quo(none),
		"1 / 0": one.Quo(Int(0)), "-none": none.Neg(), "|none|": none.Abs(),
	} {
		if x.IsSet() || x.IsZero() || x.String() != "" {
			t.Errorf("%s is %q, want no number", name, x)
		}
	}
	if none.Equal(Int(0)) || !none.Equal(Exact{}) || none.Rat() != nil {
		t.Error("no number passes for a number")
	}
	defer func() {
		if recover() == nil {
			t.Error("comparing with no number did not panic")
		}
	}()
	one.Cmp(none)
}

// pool returns numbers of all representations: short, long, at the edges of
// int64, and fractions.
func pool(r *rand.Rand) (Exact, *big.Rat) {
	texts := []string{"0", "1", "-1", "0.1", "9223372036854775807", "-9223372036854775807", "9223372036854775808",
		"-9223372036854775808", "0.000000000000000001", "999999999999999999", "123456789.123456789", "1e30", "-1e-30", "4611686018427387904"}
	pick := func() (Exact, *big.Rat) {
		text := texts[r.Intn(len(texts))]
		if r.Intn(2) == 0 {
			text = big.NewRat(r.Int63n(2_000_000)-1_000_000, 1).FloatString(0) + "." + []string{"0", "5", "25", "125", "007"}[r.Intn(5)]
		}
		rat, _ := new(big.Rat).SetString(text)
		return Must(text), rat
	}
	x, a := pick()
	if y, b := pick(); r.Intn(3) == 0 && b.Sign() != 0 {
		return x.Quo(y), new(big.Rat).Quo(a, b)
	}
	return x, a
}

// Every operation agrees with math/big, whichever form the numbers have.
func TestArithmeticAgreesWithBig(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 20000 {
		x, a := pool(r)
		y, b := pool(r)
		check := func(op string, got Exact, want *big.Rat) {
			t.Helper()
			if got.rat().Cmp(want) != 0 {
				t.Fatalf("%s %s %s = %s, want %s", x, op, y, got, want.RatString())
			}
		}
		check("+", x.Add(y), new(big.Rat).Add(a, b))
		check("-", x.Sub(y), new(big.Rat).Sub(a, b))
		check("*", x.Mul(y), new(big.Rat).Mul(a, b))
		if b.Sign() != 0 {
			check("/", x.Quo(y), new(big.Rat).Quo(a, b))
		}
		if x.Cmp(y) != a.Cmp(b) || x.Sign() != a.Sign() {
			t.Fatalf("Cmp(%s, %s) = %d, want %d", x, y, x.Cmp(y), a.Cmp(b))
		}
		var back Exact
		if err := back.UnmarshalText([]byte(x.String())); err != nil || !back.Equal(x) {
			t.Fatalf("%s reads back as %s: %v", x, back, err)
		}
		digits := r.Intn(8) - 2
		got := x.Rounded(digits)
		// The nearest multiple: off by at most half a unit, and by exactly
		// half only at an even digit.
		unit := Int(1).Quo(Must("1e2")).Mul(Must("1e2"))
		for range max(digits, -digits) {
			if digits > 0 {
				unit = unit.Quo(Int(10))
			} else {
				unit = unit.Mul(Int(10))
			}
		}
		off := got.Sub(x).Abs().Mul(Int(2))
		steps := got.Quo(unit).rat()
		if !steps.IsInt() || off.Cmp(unit) > 0 || off.Cmp(unit) == 0 && steps.Num().Bit(0) == 1 {
			t.Fatalf("Rounded(%s, %d) = %s", x, digits, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"12.30", ".5", "5.", "1e3", "-1E-3", "1e400", "--", "９", "0.01L", strings.Repeat("9", 30)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x, issue := Read(s)
		if x.IsSet() == (issue != "") {
			t.Fatalf("Read(%q) = %s with issue %q", s, x, issue)
		}
		if issue != "" {
			return
		}
		// What we take for a number, math/big takes for the same one.
		want, ok := new(big.Rat).SetString(s)
		if !ok || x.rat().Cmp(want) != 0 {
			t.Fatalf("Read(%q) = %s, math/big says %v", s, x, want)
		}
		if back := Must(x.String()); !back.Equal(x) {
			t.Fatalf("%q prints as %s", s, x)
		}
	})
}

func BenchmarkParseAndCompare(b *testing.B) {
	limit := Must("300")
	text := []byte("123.456")
	b.ReportAllocs()
	for b.Loop() {
		x, issue := Read(text)
		if issue != "" || x.Cmp(limit) > 0 {
			b.Fatal("wrong")
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	limit := Limit{Max: Must("300"), RefOxygen: Must("9"), Unit: MgPerM3}
	sample := Reported("225.01", "12.3", MgPerM3)
	b.ReportAllocs()
	for b.Loop() {
		if Judge(sample, limit).Verdict != Exceeds {
			b.Fatal("wrong")
		}
	}
}
