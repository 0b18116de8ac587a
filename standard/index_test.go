package standard

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var numberPattern = regexp.MustCompile(`\b((?:GB|HJ)(?:/T)? [0-9]+(?:\.[0-9])?)[-"]`)

// Every standard that the code or the shipped tables cite is in index.tsv,
// whose lines are in form.
func TestIndex(t *testing.T) {
	data, err := os.ReadFile("index.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 5 || f[0] == "" || f[1] == "" || !Date(f[2]).valid() || !slices.Contains([]string{"yes", "partial", "no"}, f[3]) || f[4] == "" {
			t.Errorf("index.tsv:%d: %q", i+1, line)
			continue
		}
		listed = append(listed, f[0])
	}
	files, _ := filepath.Glob("*.go")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range numberPattern.FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(listed, m[1]) {
				t.Errorf("%s cites %s, which index.tsv does not list", name, m[1])
			}
		}
	}
	for _, row := range table(t).All() {
		if d := row.Citation.Document; (strings.HasPrefix(d, "GB") || strings.HasPrefix(d, "HJ")) && !slices.Contains(listed, d) {
			t.Errorf("auto_monitoring.tsv cites %s, which index.tsv does not list", d)
		}
	}
}
