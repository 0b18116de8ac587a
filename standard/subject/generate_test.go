package subject

import (
	"flag"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/standard/script"
)

var update = flag.Bool("update", false, "write the scripts that list every figure of a table")

// rules is where the scripts are kept.
const rules = "../../catalog/rules"

// generated are the scripts that list every figure of a table. Their expected
// answers are reckoned here, in fractions of package math/big and from the cells
// of the tables alone: nothing of the libraries is asked.
var generated = map[string]func(t *testing.T) string{
	"hj633-2012-table.txt":   func(t *testing.T) string { return indexScript(t, "2012") },
	"hj633-2026-table.txt":   func(t *testing.T) string { return indexScript(t, "2026") },
	"gb3095-limits.txt":      airLimitScript,
	"gb3838-table1.txt":      waterClassScript,
	"gb3838-table2-3.txt":    waterSourceScript,
	"gb15618-bands.txt":      farmlandScript,
	"gb36600-table.txt":      developmentScript,
	"emission-gb13271.txt":   func(t *testing.T) string { return emissionScript(t, "gb13271") },
	"emission-gb13223.txt":   func(t *testing.T) string { return emissionScript(t, "gb13223") },
	"emission-ultra-low.txt": func(t *testing.T) string { return emissionScript(t, "ultra_low") },
	"emission-gb18485.txt":   func(t *testing.T) string { return emissionScript(t, "gb18485") },
	"emission-gb18918.txt":   func(t *testing.T) string { return emissionScript(t, "gb18918") },
	"emission-gb8978.txt":    func(t *testing.T) string { return emissionScript(t, "gb8978") },
	"emission-gb16297.txt":   func(t *testing.T) string { return emissionScript(t, "gb16297") },
	"emission-gb14554.txt":   func(t *testing.T) string { return emissionScript(t, "gb14554") },
	"carbon-factors.txt":     carbonScript,
	"ecology-quality.txt":    ecologyScript,
}

func TestGenerated(t *testing.T) {
	for name, make := range generated {
		t.Run(name, func(t *testing.T) {
			s, err := script.Parse(name, []byte(make(t)))
			if err != nil {
				t.Fatal(err)
			}
			want := script.Format(s)
			path := filepath.Join(rules, name)
			if *update {
				if err := os.WriteFile(path, want, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(path)
			if err != nil || string(got) != string(want) {
				t.Errorf("%s is not what the tables say (%v); read the difference after go test ./standard/subject -run TestGenerated -update", name, err)
			}
		})
	}
}

// A record is a row of a table by column.
type record map[string]string

// records reads a table, without the reader of package standard.
func records(t *testing.T, name string) []record {
	t.Helper()
	data, err := fs.ReadFile(catalog.FS(""), "standards/"+name+".tsv")
	if err != nil {
		t.Fatal(err)
	}
	var header []string
	var all []record
	for _, line := range strings.Split(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if header == nil {
			header = cells
			continue
		}
		r := record{}
		for i, column := range header {
			if i < len(cells) {
				r[column] = cells[i]
			}
		}
		all = append(all, r)
	}
	return all
}

// clause is the document and clause of a row.
func (r record) clause() string {
	number := r["document"]
	if r["edition"] != "" {
		number += "-" + r["edition"]
	}
	return strings.TrimSpace(number + " " + strings.NewReplacer("、", " ").Replace(r["clause"]))
}

// asked is a day on which the row was in force: its last, or its first.
func (r record) asked() string {
	if r["to"] != "" {
		return r["to"]
	}
	return r["from"]
}

func rat(t *testing.T, text string) *big.Rat {
	t.Helper()
	x, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return x
}

// decimals is how many decimals a number was written with.
func decimals(text string) int {
	_, after, _ := strings.Cut(text, ".")
	return len(after)
}

// step is one in the last of so many decimals.
func step(decimals int) *big.Rat {
	return new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil))
}

func add(x, y *big.Rat) *big.Rat { return new(big.Rat).Add(x, y) }
func sub(x, y *big.Rat) *big.Rat { return new(big.Rat).Sub(x, y) }

// written writes a number as a decimal where that ends, else as a fraction.
func written(x *big.Rat) string {
	if n, exact := x.FloatPrec(); exact {
		return x.FloatString(n)
	}
	return x.RatString()
}

// over is by how many times x is above limit.
func over(x, limit *big.Rat) string {
	return written(sub(new(big.Rat).Quo(x, limit), big.NewRat(1, 1)))
}

// A page is the text of a script as it grows.
type page struct{ strings.Builder }

// head writes the comment on top.
func (p *page) head(lines ...string) {
	for _, l := range lines {
		p.WriteString(strings.TrimRight("# "+l, " ") + "\n")
	}
}

// part begins a part with a comment.
func (p *page) part(title string) { p.WriteString("\n# " + title + "\n") }

// ask writes a case; given and expect are keys and values in turn, those with an
// empty value left out.
func (p *page) ask(subject, at, because string, given, expect []string) {
	fmt.Fprintf(p, "%s：给定 %s ", subject, pairs(given))
	if at != "" {
		p.WriteString("在 " + at + " ")
	}
	fmt.Fprintf(p, "期望 %s 因为 %s\n", pairs(expect), because)
}

func pairs(all []string) string {
	var out []string
	for i := 0; i+1 < len(all); i += 2 {
		if all[i+1] != "" {
			out = append(out, all[i]+" "+all[i+1])
		}
	}
	return strings.Join(out, "，")
}

// amount writes a number with its unit.
func amount(x, unit string) string {
	if unit == "" || unit == "无量纲" {
		return x
	}
	return x + " " + unit
}

// unique returns the values of a column, each once, in order.
func unique(rows []record, of func(record) string) []string {
	var all []string
	for _, r := range rows {
		if v := of(r); !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// where returns the rows for which keep is true.
func where(rows []record, keep func(record) bool) []record {
	return slices.DeleteFunc(slices.Clone(rows), func(r record) bool { return !keep(r) })
}
