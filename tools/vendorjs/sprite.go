package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// sprite joins the icons of icons.txt into one SVG of symbols, used as
// <svg class="icon"><use href="…/icons.svg#bell"></use></svg>.
func sprite(modules string) (bundle, error) {
	list, err := own.ReadFile("icons.txt")
	if err != nil {
		return bundle{}, err
	}
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	n := 0
	for _, line := range strings.Split(string(list), "\n") {
		name, _, _ := strings.Cut(line, "#")
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		body, err := os.ReadFile(filepath.Join(modules, "lucide-static", "icons", name+".svg"))
		if err != nil {
			return bundle{}, err
		}
		shapes, err := shapesOf(body)
		if err != nil {
			return bundle{}, fmt.Errorf("icon %s: %w", name, err)
		}
		fmt.Fprintf(&b, "\n"+`<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">%s</symbol>`, name, shapes)
		n++
	}
	b.WriteString("\n</svg>\n")
	return bundle{"icons.svg", fmt.Sprintf("%d Lucide icons as one sprite; the ids are the names in `icons.txt`", n), b.Bytes(), []string{"lucide-static"}}, nil
}

// shapesOf returns what stands inside the svg element, with one space between
// attributes and none between elements.
func shapesOf(body []byte) (string, error) {
	var svg struct {
		Shapes []struct {
			XMLName xml.Name
			Attrs   []xml.Attr `xml:",any,attr"`
		} `xml:",any"`
	}
	if err := xml.Unmarshal(body, &svg); err != nil {
		return "", err
	}
	if len(svg.Shapes) == 0 {
		return "", fmt.Errorf("no shapes")
	}
	var b strings.Builder
	for _, s := range svg.Shapes {
		b.WriteString("<" + s.XMLName.Local)
		for _, a := range s.Attrs {
			fmt.Fprintf(&b, ` %s="%s"`, a.Name.Local, a.Value)
		}
		b.WriteString("/>")
	}
	return b.String(), nil
}
