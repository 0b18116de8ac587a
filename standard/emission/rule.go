package emission

import "pingzhang/standard"

// A ruleRow is a row of the table of rules.
type ruleRow struct {
	standard.Row
	ref   standard.Ref
	value standard.Exact
}

func readRule(r standard.Row, ref standard.Ref) (ruleRow, error) {
	value, err := r.Number("value")
	return ruleRow{r, ref, value}, err
}

// A Rule is a rule of automatic monitoring, for its reader.
type Rule struct {
	Topic, Subject, Phase, Pollutant string
	Value                            standard.Exact // none where the rule is in words
	Unit, Note                       string         // Note in Chinese
	Citation                         standard.Citation
	Row                              standard.Ref
}

// Rules returns the rules in force on a day, in the order of the table.
func (b *Book) Rules(on standard.Date) []Rule {
	var all []Rule
	for _, r := range b.rules {
		if r.Citation.InForce(on) {
			all = append(all, Rule{r.Cell("topic"), r.Cell("subject"), r.Cell("phase"), r.Cell("pollutant"), r.value, r.Cell("unit"), r.Note, r.Citation, r.ref})
		}
	}
	return all
}

// rule returns the row of a topic in force on a day, the newest where there are
// several.
func (b *Book) rule(topic string, on standard.Date) (ruleRow, bool) {
	var found ruleRow
	ok := false
	for _, r := range b.rules {
		if r.Cell("topic") == topic && r.Citation.InForce(on) && (!ok || r.Citation.From > found.Citation.From) {
			found, ok = r, true
		}
	}
	return found, ok
}
