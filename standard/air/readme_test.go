package air_test

import (
	"os"
	"strings"
	"testing"
)

// README.md shows the lines of Example, which is compiled and run.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, ok := strings.Cut(string(readme), "```go\n")
	shown, _, ok2 := strings.Cut(shown, "```")
	_, body, ok3 := strings.Cut(string(example), "func Example() {\n")
	body, _, ok4 := strings.Cut(body, "\t// Output:")
	if !ok || !ok2 || !ok3 || !ok4 {
		t.Fatal("README.md or example_test.go has no such lines")
	}
	var lines []string
	for line := range strings.Lines(body) {
		lines = append(lines, strings.TrimPrefix(line, "\t"))
	}
	if got := strings.Join(lines, ""); got != shown {
		t.Errorf("README.md shows\n%s\nand Example is\n%s", shown, got)
	}
}
