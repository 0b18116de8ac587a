package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

const static = "../../internal/web/static"

func sources(t *testing.T, pattern string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(static, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("nothing matches %s: %v", pattern, err)
	}
	found := map[string]string{}
	for _, p := range paths {
		body, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(p)] = string(body)
	}
	return found
}

// The product's own scripts are served as written. What esbuild would have to
// rewrite for Chromium 80 is what Chromium 80 does not understand, or, as for
// optional chaining below 91, gets wrong in some cases.
func TestOwnScriptsNeedNothingAboveTheFloor(t *testing.T) {
	for name, src := range sources(t, "js/*.js") {
		if diff := aboveFloor(src); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if lines := strings.Count(src, "\n"); lines > 150 {
			t.Errorf("%s has %d lines, want at most 150", name, lines)
		}
	}
}

func aboveFloor(src string) string {
	old := api.Transform(src, api.TransformOptions{Engines: floor})
	if len(old.Errors) > 0 {
		return old.Errors[0].Text
	}
	now := api.Transform(src, api.TransformOptions{Target: api.ESNext})
	if string(old.Code) != string(now.Code) {
		return "needs rewriting for Chromium 80"
	}
	return ""
}

func TestAboveFloorFindsNewSyntax(t *testing.T) {
	for _, src := range []string{"let a; a ??= 1", "await fetch('x')", "class A { #m() {} }", "class A { static { f() } }", "a?.b"} {
		if aboveFloor(src) == "" {
			t.Errorf("%q passes", src)
		}
	}
	if diff := aboveFloor("export const a = b ?? 1, c = 2 ** 3; import('./x.js'); async () => { for await (const d of e) f(...d) }"); diff != "" {
		t.Errorf("what Chromium 80 has does not pass: %s", diff)
	}
}

// What Chromium 80 does not know, with the version that brought it. A rule with
// an unknown selector is dropped whole; hence :focus-visible (86) must stand alone.
var newCSS = []struct {
	pattern *regexp.Regexp
	since   string
}{
	{regexp.MustCompile(`:has\(`), ":has is of 105"},
	{regexp.MustCompile(`:(is|where)\(`), ":is and :where are of 88"},
	{regexp.MustCompile(`[\s;{]inset\s*:`), "inset is of 87"},
	{regexp.MustCompile(`[\s;{](gap|row-gap|column-gap)\s*:`), "gap in flex boxes is of 84; in grids write grid-gap"},
	{regexp.MustCompile(`aspect-ratio\s*:`), "aspect-ratio is of 88"},
	{regexp.MustCompile(`@layer|@container|@property`), "@layer is of 99"},
	{regexp.MustCompile(`color-mix|oklch|oklab`), "color-mix and oklch are of 111"},
	{regexp.MustCompile(`,[^{}]*:focus-visible|:focus-visible[^{}()]*,`), ":focus-visible is of 86 and must stand alone"},
	{regexp.MustCompile(`overflow\s*:\s*clip`), "overflow: clip is of 90"},
	{regexp.MustCompile(`\d(dvh|svh|lvh)\b`), "dvh is of 108"},
}

func TestOwnStyleSheetsNeedNothingAboveTheFloor(t *testing.T) {
	comment := regexp.MustCompile(`(?s)/\*.*?\*/`)
	for name, src := range sources(t, "css/*.css") {
		src = comment.ReplaceAllString(src, "")
		for _, n := range newCSS {
			if at := n.pattern.FindString(src); at != "" {
				t.Errorf("%s: %q: %s", name, at, n.since)
			}
		}
	}
}

// pairs are the texts and their grounds that the style sheet combines.
var pairs = [][2]string{
	{"text", "bg"}, {"text", "surface"}, {"text", "raised"}, {"text", "brand-soft"}, {"text", "warn-soft"},
	{"text", "meets-soft"}, {"text", "exceeds-soft"}, {"text", "unknown-soft"},
	{"text-2", "bg"}, {"text-2", "surface"}, {"text-2", "raised"},
	{"text-3", "bg"}, {"text-3", "surface"}, {"text-3", "raised"}, {"text-2", "land"}, {"text-3", "land"},
	{"brand", "surface"}, {"brand", "bg"}, {"brand", "raised"}, {"brand-strong", "brand-soft"}, {"on-brand", "brand"}, {"on-brand", "brand-strong"},
	{"meets", "meets-soft"}, {"exceeds", "exceeds-soft"}, {"warn", "warn-soft"}, {"unknown", "unknown-soft"}, {"offline", "offline-soft"},
	{"meets", "surface"}, {"exceeds", "surface"}, {"warn", "surface"}, {"warn", "raised"}, {"exceeds", "raised"},
	{"water-text", "land"},
}

// shapes are marks that carry meaning; WCAG 2.1 1.4.11 asks 3:1 for them.
var shapes = [][2]string{{"edge", "surface"}, {"meets-mark", "surface"}, {"exceeds-mark", "surface"}, {"unknown-mark", "surface"}, {"offline-mark", "surface"}}

// WCAG 2.1 1.4.3: text has a contrast of at least 4.5:1.
func TestContrast(t *testing.T) {
	src := sources(t, "css/tokens.css")["tokens.css"]
	light, dark, found := strings.Cut(src, ".wall {")
	if !found {
		t.Fatal("no dark theme")
	}
	for theme, part := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([\w-]+):\s*(#[0-9a-f]{6});`).FindAllStringSubmatch(part, -1) {
			colours[m[1]] = m[2]
		}
		for _, want := range []struct {
			pairs [][2]string
			least float64
		}{{pairs, 4.5}, {shapes, 3}} {
			for _, p := range want.pairs {
				c, err := contrast(colours[p[0]], colours[p[1]])
				if err != nil {
					t.Errorf("%s: %v: %v", theme, p, err)
				} else if c < want.least {
					t.Errorf("%s: %s on %s has %.2f:1, want %.1f", theme, p[0], p[1], c, want.least)
				}
			}
		}
	}
}

func TestContrastOfKnownPairs(t *testing.T) {
	// Black on white is 21:1 by definition; #767676 is the lightest grey that
	// reaches 4.5:1 on white (4.54).
	for _, tt := range []struct {
		a    string
		want float64
	}{{"#000000", 21}, {"#767676", 4.54}, {"#ffffff", 1}} {
		if got, err := contrast(tt.a, "#ffffff"); err != nil || math.Abs(got-tt.want) > 0.005 {
			t.Errorf("%s on white: %.3f, %v; want %.2f", tt.a, got, err, tt.want)
		}
	}
}

// contrast is the ratio of WCAG 2.1, "contrast ratio" and "relative luminance".
func contrast(a, b string) (float64, error) {
	la, err := luminance(a)
	if err != nil {
		return 0, err
	}
	lb, err := luminance(b)
	if err != nil {
		return 0, err
	}
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05), nil
}

func luminance(hex string) (float64, error) {
	if len(hex) != 7 {
		return 0, fmt.Errorf("%q is not a colour", hex)
	}
	v, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		return 0, err
	}
	linear := func(c uint64) float64 {
		f := float64(c&255) / 255
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(v>>16) + 0.7152*linear(v>>8) + 0.0722*linear(v), nil
}

// Every icon that a page may name is in the sprite, and every bundle has the
// licence texts of what is inside.
func TestVendorFolder(t *testing.T) {
	list, err := own.ReadFile("icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	body := sources(t, "vendor/icons.svg")["icons.svg"]
	for _, line := range strings.Split(string(list), "\n") {
		name, _, _ := strings.Cut(line, "#")
		if name = strings.TrimSpace(name); name != "" && !strings.Contains(body, `<symbol id="`+name+`"`) {
			t.Errorf("icon %s is not in the sprite; run vendorjs", name)
		}
	}
	readme := sources(t, "vendor/README.md")["README.md"]
	for name := range sources(t, "vendor/*.*s*") {
		text, err := os.ReadFile(filepath.Join(static, "vendor/licenses", name+".txt"))
		// Every licence of these packages says so somewhere in its body.
		if err != nil || !strings.Contains(strings.ToLower(string(text)), "warrant") {
			t.Errorf("%s has no licence text: %v", name, err)
		}
		if !strings.Contains(readme, "| "+name+" |") {
			t.Errorf("README.md does not name %s", name)
		}
	}
}

func TestPackageOf(t *testing.T) {
	for path, want := range map[string]string{
		"node_modules/ol/Map.js":                    "ol",
		"node_modules/@scope/name/index.js":         "@scope/name",
		"node_modules/ol/node_modules/rbush/idx.js": "rbush",
		"map.js": "",
	} {
		if got := packageOf(path); got != want {
			t.Errorf("packageOf(%q) = %q, want %q", path, got, want)
		}
	}
}
