package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

//go:embed entry icons.txt
var own embed.FS

// floor is the oldest browser that the product supports.
var floor = []api.Engine{{Name: api.EngineChrome, Version: "80"}}

// build makes every file of the vendor folder, except texts for people.
func build(modules string) ([]bundle, error) {
	mapJS, err := fromEntry(modules, "map.js", "OpenLayers with proj4, CGCS2000 registered: what `entry/map.js` exports")
	if err != nil {
		return nil, err
	}
	charts, err := fromEntry(modules, "charts.js", "ECharts: line, bar, pie, scatter, heat map; canvas and SVG")
	if err != nil {
		return nil, err
	}
	htmx, err := minified(modules, "htmx.js", "htmx.org", "dist/htmx.js", api.LoaderJS, "htmx, classic script, global name `htmx`")
	if err != nil {
		return nil, err
	}
	css, err := minified(modules, "map.css", "ol", "ol.css", api.LoaderCSS, "the style sheet of OpenLayers' controls")
	if err != nil {
		return nil, err
	}
	icons, err := sprite(modules)
	if err != nil {
		return nil, err
	}
	all := []bundle{mapJS, css, charts, htmx, icons}
	for _, b := range all {
		for _, p := range b.packages {
			m, err := manifestOf(modules, p)
			if err != nil {
				return nil, err
			}
			if want := pinned[p]; m.Version != want {
				return nil, fmt.Errorf("%s holds %s %s, pinned is %q: name it in the table and check its licence", b.name, p, m.Version, want)
			}
		}
	}
	return all, nil
}

// fromEntry bundles entry/name.
func fromEntry(modules, name, what string) (bundle, error) {
	src, err := own.ReadFile("entry/" + name)
	if err != nil {
		return bundle{}, err
	}
	res := api.Build(api.BuildOptions{
		Stdin:             &api.StdinOptions{Contents: string(src), Sourcefile: name, ResolveDir: filepath.Dir(modules)},
		AbsWorkingDir:     filepath.Dir(modules),
		Bundle:            true,
		Write:             false,
		Metafile:          true,
		Outfile:           name,
		Format:            api.FormatESModule,
		Platform:          api.PlatformBrowser,
		Engines:           floor,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone, // the whole texts stand in licenses/
		Define:            map[string]string{"process.env.NODE_ENV": `"production"`},
		LogLevel:          api.LogLevelWarning,
	})
	if len(res.Errors) > 0 {
		return bundle{}, fmt.Errorf("%s: %s", name, res.Errors[0].Text)
	}
	packages, err := packagesIn(res.Metafile)
	if err != nil {
		return bundle{}, fmt.Errorf("%s: %w", name, err)
	}
	return bundle{name, what, res.OutputFiles[0].Contents, packages}, nil
}

// packagesIn returns the npm packages whose files gave bytes to the output.
func packagesIn(metafile string) ([]string, error) {
	var meta struct {
		Outputs map[string]struct {
			Inputs map[string]struct {
				BytesInOutput int `json:"bytesInOutput"`
			} `json:"inputs"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, out := range meta.Outputs {
		for path, in := range out.Inputs {
			if p := packageOf(path); p != "" && in.BytesInOutput > 0 {
				found[p] = true
			}
		}
	}
	names := make([]string, 0, len(found))
	for p := range found {
		names = append(names, p)
	}
	sort.Strings(names)
	return names, nil
}

// packageOf returns the npm name of the package that path belongs to, or "".
// A nested package counts as itself, not as the one that holds it.
func packageOf(path string) string {
	const dir = "node_modules/"
	i := strings.LastIndex(path, dir)
	if i < 0 {
		return ""
	}
	parts := strings.SplitN(path[i+len(dir):], "/", 3)
	if strings.HasPrefix(parts[0], "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// minified makes name from the one file of a package, without bundling.
func minified(modules, name, pkg, file string, loader api.Loader, what string) (bundle, error) {
	src, err := os.ReadFile(filepath.Join(modules, pkg, filepath.FromSlash(file)))
	if err != nil {
		return bundle{}, err
	}
	res := api.Transform(string(src), api.TransformOptions{
		Loader:            loader,
		Engines:           floor,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone,
	})
	if len(res.Errors) > 0 {
		return bundle{}, fmt.Errorf("%s: %s", name, res.Errors[0].Text)
	}
	return bundle{name, what, res.Code, []string{pkg}}, nil
}
