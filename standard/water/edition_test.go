package water

import (
	"fmt"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/standard"
)

// twoEditions is a book in which an invented edition of the limits of ammonia
// nitrogen takes effect on 2027-01-01.
func twoEditions(t *testing.T) *Book {
	t.Helper()
	var text strings.Builder
	text.WriteString("key\ttable\tno\tcode\titem\taliases\tbody\tdirection\tunit\tclass\tlimit\tlimit_max\tsaturation\trated\tdocument\tedition\tclause\ttitle\tfrom\tto\tconfidence\tsource\tnote\n")
	for edition, days := range map[int]string{2002: "2002-06-01\t2026-12-31", 2026: "2027-01-01\t"} {
		for i, limit := range []string{"0.1", "0.2", "0.3", "0.4", "0.5"} {
			if edition == 2026 {
				limit = limit[:len(limit)-1] + "0" + limit[len(limit)-1:] // a tenth
			}
			fmt.Fprintf(&text, "%d-%d\t表1\t7\tnh3n\t氨氮\t\tall\t<=\tmg/L\t%d\t%s\t\t\tyes\tX\t%d\t\t\t%s\tsource\t\t\n", edition, i, i+1, limit, edition, days)
		}
	}
	limits, err := standard.ParseTable(LimitTable, []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := standard.LoadTable(catalog.FS(""), "standards/water_evaluation.tsv")
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(Tables{limits, rules})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheDayChoosesTheEdition(t *testing.T) {
	b := twoEditions(t)
	for on, want := range map[standard.Date]Class{"2026-12-31": III, "2027-01-01": WorseThanV, "": WorseThanV, "2002-05-31": 0} {
		c := b.Classify(Sample{Item: "氨氮", Value: "0.3", Unit: "mg/L"}, River, on)
		if c.Class != want {
			t.Errorf("on %q: %s, %q; want %s", on, c.Class, c.Issue, want)
		}
	}
	m := Monitoring{"", River, Between("2026-12-01", "2027-01-31"), visits("2026-12-05: 氨氮 0.3")}
	if s := b.Section(m); s.Class != WorseThanV || !s.Has(EditionChanged) {
		t.Errorf("across the change: %s, flags %s", s.Class, issues(s.Flags))
	}
	m.Period = OfMonth(2026, 12)
	if s := b.Section(m); s.Class != III || s.Has(EditionChanged) {
		t.Errorf("before the change: %s, flags %s", s.Class, issues(s.Flags))
	}
}

// FuzzSample feeds whatever a laboratory may write: nothing panics, and what has
// an issue has no class.
func FuzzSample(f *testing.F) {
	for _, s := range []string{"氨氮|0.5|mg/L", "pH|7|", "溶解氧|<0.2|mg/L", "氨氮|1e64|µg/L", "氨氮|0e-64|mg/L", "汞|＜L|mg/L", "水温|-99|℃", "|||", "总磷|L|mg/L", "总磷|<|mg/L"} {
		parts := strings.Split(s, "|")
		f.Add(parts[0], parts[1], parts[2], "2026-03-02")
	}
	b := open(f)
	f.Fuzz(func(t *testing.T, item, value, unit, on string) {
		s := Sample{Item: item, Value: value, Unit: unit, DetectionLimit: value, Temperature: value, Saturation: value}
		if c := b.Classify(s, River, standard.Date(on)); c.Class.Known() == (c.Issue != "") {
			t.Errorf("%s with %q", c.Class, c.Issue)
		}
		section := b.Section(Monitoring{item, Lake, OfYear(2026), []Visit{{standard.Date(on), Condition(unit), []Sample{s}}, {On: standard.Date(on), Samples: []Sample{s}}}})
		if section.Class.Known() == (section.Issue != "") {
			t.Errorf("section %s with %q", section.Class, section.Issue)
		}
		b.Attain(section, III)
		b.Trophic(section)
		b.CityIndex(nil, []Section{section})
	})
}
