// Package testkit holds what the tests of several packages need: finding the
// reference data beside the project, and stopping a test for a missing part in
// one place, so that CI=true turns each such stop into a failure.
package testkit

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// Missing ends the test because part, something outside the project that it
// needs, is not on this machine. With CI=true it fails, elsewhere it skips.
func Missing(t testing.TB, part string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing, and CI=true does not let a test be skipped", part)
	}
	t.Skipf("%s is missing; make test installs what can be installed", part)
}

// Root returns the folder that holds go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = up
	}
}

// Shared returns the path of name in the folder of reference data that may
// stand beside the project. Where it is absent the test ends by Missing.
func Shared(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(Root(t), "..", "shared", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		Missing(t, "the reference file "+name)
	}
	return path
}

// Records returns the rows of a table of the reference data (Shared), by column.
func Records(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(Shared(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var all []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, cell := range r {
			m[rows[0][i]] = cell
		}
		all = append(all, m)
	}
	return all
}
