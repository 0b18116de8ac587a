package coverage

import (
	"regexp"
	"slices"
	"strings"

	"pingzhang/standard"
	"pingzhang/standard/script"
)

// A citation is a clause, or a document alone, that the reason of a case names.
type citation struct {
	script, subject, document string
	clauses                   []string
}

// asks reports whether the case asks about c: it names the clause, or, of a clause
// whose number nobody read, the document, by a subject of that clause.
func (by citation) asks(c standard.Clause) bool {
	switch {
	case by.document != c.Document, len(c.Subjects) > 0 && !slices.Contains(c.Subjects, by.subject):
		return false
	case c.Clause == "":
		return len(c.Subjects) > 0
	}
	return slices.ContainsFunc(by.clauses, c.Is)
}

// citations finds what the cases of scripts name of the documents of clauses.
func citations(scripts []*script.Script, declared []standard.Clause) []citation {
	var documents []string
	for _, c := range declared {
		if !slices.Contains(documents, c.Document) {
			documents = append(documents, c.Document)
		}
	}
	var all []citation
	for _, s := range scripts {
		for _, c := range s.Cases {
			for _, d := range documents {
				if named, clauses := named(c.Because, d); named {
					all = append(all, citation{s.Name, c.Subject, d, clauses})
				}
			}
		}
	}
	return all
}

// clausePattern is the number of a clause at the start of a text. A whole number
// with a blank behind it is a quantity.
var clausePattern = regexp.MustCompile(`^[ 、]*(表[A-Z]?\.?[0-9]+(?:-[0-9]+)?(?: 注(?:\([0-9]\)|[a-z]))?|附录[A-Z]?|第[0-9一二三四五六七八九十]+条(?:至第[0-9]+条|第[一二三四五六七八九]款)?|通知|[0-9]+(?:\.[0-9]+)+)(?:$|[ 、：；，（])|^ ([0-9]+)(?:$|[、：；，（])`)

// named reports whether a reason names a document, and which of its clauses it
// names right behind.
func named(because, document string) (bool, []string) {
	at := strings.Index(because, document)
	if at < 0 {
		return false, nil
	}
	rest := because[at+len(document):]
	if rest != "" && (rest[0] == '-' || rest[0] >= '0' && rest[0] <= '9') {
		return false, nil // another document, whose number only begins alike
	}
	var clauses []string
	for {
		m := clausePattern.FindStringSubmatchIndex(rest)
		if m == nil {
			return true, clauses
		}
		from, to := m[2], m[3]
		if from < 0 {
			from, to = m[4], m[5]
		}
		clauses = append(clauses, rest[from:to])
		rest = rest[to:]
	}
}
