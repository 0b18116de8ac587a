package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A manifest is what is used of a package.json.
type manifest struct {
	Version string `json:"version"`
	License string `json:"license"`
}

func manifestOf(modules, pkg string) (manifest, error) {
	var m manifest
	body, err := os.ReadFile(filepath.Join(modules, filepath.FromSlash(pkg), "package.json"))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return m, fmt.Errorf("package.json of %s: %w", pkg, err)
	}
	return m, nil
}

// licences joins the licence texts of every package in b. It fails when a
// package carries none: nothing is shipped without its text.
func licences(modules string, b bundle) ([]byte, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "Licences of the packages inside %s.\n", b.name)
	for _, pkg := range b.packages {
		m, err := manifestOf(modules, pkg)
		if err != nil {
			return nil, err
		}
		files, err := licenceFiles(filepath.Join(modules, filepath.FromSlash(pkg)))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("%s: package %s carries no licence text", b.name, pkg)
		}
		for _, f := range files {
			body, err := os.ReadFile(f)
			if err != nil {
				return nil, err
			}
			rule := strings.Repeat("=", 72)
			fmt.Fprintf(&text, "\n%s\n%s %s (%s): %s\n%s\n\n%s\n", rule, pkg, m.Version, m.License, filepath.Base(f), rule,
				strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n")))
		}
	}
	return []byte(text.String()), nil
}

// licenceFiles lists the licence and notice files of the package in dir, also
// those in a folder of their own, as ECharts has them for the code it took in.
func licenceFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir() && (name == "licenses" || name == "licences"):
			inner, err := os.ReadDir(path)
			if err != nil {
				return nil, err
			}
			for _, i := range inner {
				files = append(files, filepath.Join(path, i.Name()))
			}
		case e.IsDir():
		case strings.HasPrefix(name, "licen"), strings.HasPrefix(name, "notice"), strings.HasPrefix(name, "copyright"):
			files = append(files, path)
		}
	}
	return files, nil
}
