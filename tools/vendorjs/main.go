// Command vendorjs makes the third-party browser files of the product: it
// bundles exact versions of npm packages for Chromium 80 and writes them, with
// the licence texts of everything that ended up inside, into
// internal/web/static/vendor. The results are committed, so that neither a
// build nor CI needs npm; this command is run only when a version is changed.
//
// # Refreshing
//
//	mkdir -p tools/vendorjs/npm && cd tools/vendorjs/npm && npm init -y
//	npm install --ignore-scripts --no-audit --save-exact \
//	    ol@10.11.0 proj4@2.22.0 echarts@6.1.0 htmx.org@2.0.11 lucide-static@1.62.0 \
//	    zrender@6.1.0 tslib@2.3.0 rbush@4.0.1 quickselect@3.0.0 pbf@5.1.2 \
//	    mgrs@1.0.0 wkt-parser@1.5.6
//	cd ../.. && go run ./vendorjs -npm vendorjs/npm
//
// With -check nothing is written: the command fails when the committed files
// differ from those it would have written.
//
// # What always holds
//
//   - Each package inside a bundle is one of the table below, in that version;
//     which packages are inside is read from esbuild's metafile.
//   - Each bundle has its licence file, with the full text of each package.
//   - The output depends only on the packages and on esbuild's version.
//
// # Where things are
//
// bundle.go runs esbuild, licence.go collects the licence texts, sprite.go joins
// the icons named in icons.txt. The entry folder says what of each package is
// taken. floor_test.go holds the product's own scripts and style sheets to what
// Chromium 80 understands.
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// pinned is the exact version of every package that may be part of a bundle.
// The versions are those that were tried on Chromium 80 to 156.
var pinned = map[string]string{
	"ol":            "10.11.0",
	"proj4":         "2.22.0",
	"echarts":       "6.1.0",
	"htmx.org":      "2.0.11",
	"lucide-static": "1.62.0",
	"zrender":       "6.1.0",
	"tslib":         "2.3.0",
	"rbush":         "4.0.1",
	"quickselect":   "3.0.0",
	"pbf":           "5.1.2",
	"mgrs":          "1.0.0",
	"wkt-parser":    "1.5.6",
}

// A bundle is one file of the vendor folder and the packages inside it.
type bundle struct {
	name     string // file name, such as map.js
	what     string // for the README, in one line
	body     []byte
	packages []string // sorted npm names
}

func main() {
	npm := flag.String("npm", "vendorjs/npm", "folder in which npm install was run")
	out := flag.String("out", "../internal/web/static/vendor", "folder to write")
	check := flag.Bool("check", false, "write nothing; fail when the folder differs")
	flag.Parse()
	if err := run(*npm, *out, *check); err != nil {
		fmt.Fprintln(os.Stderr, "vendorjs:", err)
		os.Exit(1)
	}
}

func run(npm, out string, check bool) error {
	modules, err := filepath.Abs(filepath.Join(npm, "node_modules"))
	if err != nil {
		return err
	}
	bundles, err := build(modules)
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, b := range bundles {
		files[b.name] = b.body
		text, err := licences(modules, b)
		if err != nil {
			return err
		}
		files["licenses/"+b.name+".txt"] = text
	}
	if files["README.md"], err = readme(modules, bundles); err != nil {
		return err
	}
	if check {
		return compare(out, files)
	}
	for name, body := range files {
		path := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, body, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compare reports each file of the folder out that is not what was built.
func compare(out string, files map[string][]byte) error {
	var errs []error
	for name, body := range files {
		have, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(name)))
		if err != nil {
			errs = append(errs, err)
		} else if !bytes.Equal(have, body) {
			errs = append(errs, fmt.Errorf("%s differs from what the packages give", name))
		}
	}
	return errors.Join(errs...)
}

// readme describes the folder: files, sizes, packages, versions, licences.
func readme(modules string, bundles []bundle) ([]byte, error) {
	var b strings.Builder
	b.WriteString("# Third-party browser files\n\n" +
		"Made by `tools/vendorjs` (its doc comment has the commands); do not edit by hand.\n" +
		"Bundled by esbuild for Chromium 80, minified; `.js` bundles are ES modules, except `htmx.js`, which is a classic script.\n" +
		"The full licence texts of all packages inside a file stand in `licenses/`, one text a file.\n\n" +
		"| file | bytes | gzipped | what |\n|---|---|---|---|\n")
	inside := map[string][]string{}
	for _, f := range bundles {
		fmt.Fprintf(&b, "| %s | %d | %d | %s |\n", f.name, len(f.body), gzipped(f.body), f.what)
		for _, p := range f.packages {
			inside[p] = append(inside[p], f.name)
		}
	}
	b.WriteString("\n| package | version | licence | in |\n|---|---|---|---|\n")
	names := make([]string, 0, len(inside))
	for p := range inside {
		names = append(names, p)
	}
	sort.Strings(names)
	for _, p := range names {
		m, err := manifestOf(modules, p)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", p, m.Version, m.License, strings.Join(inside[p], ", "))
	}
	return []byte(b.String()), nil
}

// gzipped returns the size of body after gzip at its best level.
func gzipped(body []byte) int {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	z.Write(body)                                         // a Buffer does not fail
	z.Close()
	return b.Len()
}
