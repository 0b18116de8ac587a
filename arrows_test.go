package pingzhang_test

import (
	"os/exec"
	"strings"
	"testing"
)

// floors are the packages from the roof down; an import may only point to a
// lower floor. Packages on one floor do not import each other.
var floors = [][]string{
	{"cmd/pingzhang"},
	{"internal/platform"},
	{"internal/gateway/bench"},
	{"internal/web", "internal/openapi", "internal/gateway", "internal/remind"},
	{"internal/gateway/instrument"},
	{"internal/discharge", "internal/air", "internal/land", "internal/warning", "internal/water"},
	{"internal/matter"},
	{"internal/measure"},
	{"internal/measure/chunk"},
	{"internal/register"},
	{"internal/notify", "internal/bulletin"},
	{"internal/figure"},
	{"internal/law", "internal/calendar", "internal/access"},
	{"internal/journal"},
	{"internal/judging", "internal/coverage"},
	{"internal/yamlfile", "internal/sheet", "internal/document"},
	{"internal/sqldb"},
	{"internal/fault", "internal/clock"},
	{"catalog"},
	{"spatial/overlay", "spatial/read", "spatial/tile"},
	{"spatial/repair"},
	{"spatial/crs", "spatial/slab", "spatial/simple"},
	{"spatial"},
	{"standard/subject"},
	{"standard/air", "standard/water", "standard/soil", "standard/emission", "standard/carbon", "standard/script"},
	{"hj212", "standard"},
}

// kits are for tests and may be imported by the tests of any package.
var kits = []string{"internal/testkit", "internal/testkit/browsertest", "internal/sqldb/sqldbtest", "internal/measure/measuretest"}

func TestArrows(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	floor := map[string]int{}
	for i, names := range floors {
		for _, n := range names {
			floor["pingzhang/"+n] = i + 1
		}
	}
	kit := map[string]bool{}
	for _, k := range kits {
		kit["pingzhang/"+k] = true
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		parts := strings.Fields(line)
		from := parts[0]
		if kit[from] || from == "pingzhang" {
			continue
		}
		if floor[from] == 0 {
			t.Errorf("%s stands on no floor: name it in arrows_test.go and ARCHITECTURE.md", from)
			continue
		}
		for _, to := range parts[1:] {
			if !strings.HasPrefix(to, "pingzhang/") {
				continue
			}
			if kit[to] {
				t.Errorf("%s imports %s, which is for tests only", from, to)
			} else if floor[to] <= floor[from] {
				t.Errorf("%s imports %s: the arrow runs back up the house", from, to)
			}
		}
		if strings.HasPrefix(from, "pingzhang/internal/") {
			continue
		}
		for _, to := range parts[1:] {
			if isLibrary(from) && strings.HasPrefix(to, "pingzhang/") && !isLibrary(to) {
				t.Errorf("the public library %s imports %s", from, to)
			}
		}
	}
}

func isLibrary(path string) bool {
	for _, lib := range []string{"hj212", "standard", "spatial"} {
		if path == "pingzhang/"+lib || strings.HasPrefix(path, "pingzhang/"+lib+"/") {
			return true
		}
	}
	return false
}
