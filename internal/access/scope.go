package access

import (
	"fmt"
	"strings"
)

// Division is a code of GB/T 2260 and its extensions: 2 digits for a province,
// 4 for a city, 6 for a county, 9 for a township, 12 for a village. City codes
// that end in 00 (231100) are written without the zeros when they are a scope.
type Division string

// Prefix returns the digits that the codes of the division and of everything
// inside it begin with: 2311 for 231100, 231102 for 231102.
func (d Division) Prefix() string {
	s := string(d)
	for len(s) > 2 && len(s) <= 6 && len(s)%2 == 0 && strings.HasSuffix(s, "00") {
		s = s[:len(s)-2]
	}
	return s
}

// Contains reports whether other is d or lies inside it.
func (d Division) Contains(other Division) bool {
	return d != "" && strings.HasPrefix(string(other), d.Prefix())
}

// Scope says which rows of business data a caller may see: those whose division
// lies in one of Divisions, or, for an enterprise account, those of that
// enterprise alone. The zero Scope sees nothing.
type Scope struct {
	Divisions  []Division
	Enterprise int64 // entry id of the enterprise; 0 unless an enterprise account
	Everything bool  // only for the system's own work (judging, reminding)
}

// System is the scope of the platform's own work.
var System = Scope{Everything: true}

// Sees reports whether a row of division and enterprise is in the scope.
func (s Scope) Sees(division Division, enterprise int64) bool {
	if s.Everything {
		return true
	}
	if s.Enterprise != 0 {
		return enterprise == s.Enterprise
	}
	for _, d := range s.Divisions {
		if d.Contains(division) {
			return true
		}
	}
	return false
}

// Where returns a condition on the columns division and enterprise, and its
// arguments, whose placeholders begin at $from. It stands in every query on
// business data. An empty scope gives a condition that is never true.
func (s Scope) Where(division, enterprise string, from int) (cond string, args []any) {
	switch {
	case s.Everything:
		return "1 = 1", nil
	case s.Enterprise != 0:
		return fmt.Sprintf("%s = $%d", enterprise, from), []any{s.Enterprise}
	case len(s.Divisions) == 0:
		return "1 = 0", nil
	}
	var parts []string
	for _, d := range s.Divisions {
		p := d.Prefix()
		if p == "" {
			continue
		}
		// A range, not LIKE, so that an index serves it on both engines. Codes
		// are digits, which every collation sorts in one way.
		parts = append(parts, fmt.Sprintf("(%s >= $%d AND %s < $%d)", division, from, division, from+1))
		args = append(args, p, p[:len(p)-1]+string(p[len(p)-1]+1))
		from += 2
	}
	if len(parts) == 0 {
		return "1 = 0", nil
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}
