package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/internal/fault"
)

// A bureau's scripts are those of its catalog, which stand in for the built-in
// ones of their name, and those of its data folder.
func TestRulesScripts(t *testing.T) {
	own, data := t.TempDir(), t.TempDir()
	write := func(dir, name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write(own, "rules/number.txt", "# instead of the built-in one\n")
	write(own, "rules/city.txt", "# the city's own\n")
	write(data, "rules/local.txt", "# of the data folder\n")
	write(data, "rules/notes.md", "not a script")
	named := write(data, "named.txt", "# named\n")
	c := rulesTestCmd{Files: []string{named}, Catalog: own, Data: data}
	all, err := c.scripts(catalog.FS(own))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range all {
		got[strings.TrimPrefix(f.name, data+"/")] = string(f.data)
	}
	for name, want := range map[string]string{
		"rules/number.txt": "# instead", "rules/city.txt": "# the city's", "rules/local.txt": "# of the data", "named.txt": "# named",
		"rules/hj633-special.txt": "# HJ 633",
	} {
		if !strings.HasPrefix(got[name], want) {
			t.Errorf("script %s is %.20q; want %q", name, got[name], want)
		}
	}
	if _, ok := got["rules/notes.md"]; ok {
		t.Error("a file that is no .txt is run")
	}
}

func TestRulesTest(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       fault.Kind
	}{
		{"all cases pass", "number.round：给定 数值 2.5，位数 0 期望 修约值 2 因为 GB/T 8170-2008 3.2\n", ""},
		{"a case fails", "number.round：给定 数值 2.5，位数 0 期望 修约值 3 因为 GB/T 8170-2008 3.2\n", fault.Conflict},
		{"a script cannot be read", "number.round：给定 数值\n", fault.Conflict},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "t.txt")
			if err := os.WriteFile(file, []byte(tt.text), 0o644); err != nil {
				t.Fatal(err)
			}
			err := (&rulesTestCmd{Files: []string{file}, Data: t.TempDir()}).Run()
			if tt.want == "" && err != nil || tt.want != "" && !fault.Is(err, tt.want) {
				t.Errorf("error %v; want kind %q", err, tt.want)
			}
		})
	}
	t.Run("a file that is not there is a misuse", func(t *testing.T) {
		err := (&rulesTestCmd{Files: []string{"nowhere.txt"}, Data: t.TempDir()}).Run()
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("error %v", err)
		}
	})
}

// config check runs the scripts too: those of the data folder with the built-in ones.
func TestConfigCheckRunsRules(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       fault.Kind
		says       string
	}{
		{"all cases pass", "number.round：给定 数值 2.5，位数 0 期望 修约值 2 因为 GB/T 8170-2008 3.2\n", "", "未通过 0"},
		{"a case of the bureau fails", "number.round：给定 数值 2.5，位数 0 期望 修约值 3 因为 本局\n", fault.Conflict, "local.txt:1: 未通过 number.round: 期望 修约值 3，得到 2；计算："},
		{"a script of the bureau cannot be read", "number.round：给定 数值\n", fault.Conflict, "没有运行的脚本 1 个"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := t.TempDir()
			if err := os.MkdirAll(filepath.Join(data, "rules"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(data, "rules/local.txt"), []byte(tt.text), 0o644); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			c := configCheckCmd{place: place{Data: data}}
			err := c.rules(&out)
			if tt.want == "" && err != nil || tt.want != "" && !fault.Is(err, tt.want) {
				t.Errorf("error %v; want kind %q", err, tt.want)
			}
			if !strings.Contains(out.String(), tt.says) {
				t.Errorf("%.300s does not say %q", out.String(), tt.says)
			}
		})
	}
}
