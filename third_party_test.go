package pingzhang_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestThirdParty compares the modules linked into the binary with those whose
// licence THIRD_PARTY.md names.
func TestThirdParty(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", "./cmd/pingzhang").Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(linked)
	linked = slices.DeleteFunc(slices.Compact(linked), func(s string) bool { return s == "" })
	text, err := os.ReadFile("THIRD_PARTY.md")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z]\S+\.\S+/\S+|[a-z.]+/\S+) \| (v\S+) \|`).FindAllStringSubmatch(string(text), -1) {
		named = append(named, m[1]+" "+m[2])
	}
	for _, m := range linked {
		if !slices.Contains(named, m) {
			t.Errorf("%s is linked; THIRD_PARTY.md does not name its licence", m)
		}
	}
	for _, m := range named {
		if !slices.Contains(linked, m) {
			t.Errorf("THIRD_PARTY.md names %s, which is not linked", m)
		}
	}
}
