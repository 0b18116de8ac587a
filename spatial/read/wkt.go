package read

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"pingzhang/spatial"
	"pingzhang/spatial/crs"
)

var wktHead = regexp.MustCompile(`(?i)^\s*(?:SRID=\d+;\s*)?(?:POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION)\s*(?:Z|M|ZM)?\s*(?:\(|EMPTY)`)

func isWKT(s string) bool { return wktHead.MatchString(s) }

// wkt reads one geometry after another, each with SRID=…; before it or not.
func (s source) wkt() (*Result, error) {
	r := &Result{Format: "WKT"}
	p := wktText{s: text(s.data)}
	for p.skip(); p.at < len(p.s); p.skip() {
		where := fmt.Sprintf("第 %d 行", p.line())
		if rest := p.s[p.at:]; len(rest) > 5 && strings.EqualFold(rest[:5], "SRID=") {
			number, _, ok := strings.Cut(rest[5:], ";")
			code, err := strconv.Atoi(strings.TrimSpace(number))
			if !ok || err != nil {
				return nil, spatial.Refuse("bad_wkt", where, "SRID 的写法不对，应如 SRID=4490;POLYGON((…))")
			}
			system, err := crs.Parse("EPSG:" + strconv.Itoa(code))
			if err != nil {
				return nil, err
			}
			if r.Stated != nil && *r.Stated != system || r.Stated == nil && len(r.Features) > 0 {
				return nil, spatial.Refuse("mixed_systems", where, "同一文件里注明了不同的坐标系，请统一后重新提交")
			}
			r.state(system, fmt.Sprintf("文件中的 SRID=%d", code))
			p.at += 5 + len(number) + 1
		}
		var g spatial.Geometry
		if err := p.geometry(&g, 0); err != nil {
			return nil, spatial.Refuse("bad_wkt", fmt.Sprintf("第 %d 行", p.line()), "WKT 的写法不对（%s）；请核对括号和逗号", err)
		}
		if g.Empty() {
			r.add("null_shape", spatial.Note, where, "空图形，已略过")
			continue
		}
		r.Features = append(r.Features, Feature{Geometry: g, Where: where})
	}
	return r, nil
}

type wktText struct {
	s  string
	at int
}

func (p *wktText) line() int { return 1 + strings.Count(p.s[:min(p.at, len(p.s))], "\n") }

// skip passes blanks, and what stands between two geometries.
func (p *wktText) skip() {
	for p.at < len(p.s) && strings.ContainsRune(" \t\r\n;\"", rune(p.s[p.at])) {
		p.at++
	}
}

func (p *wktText) blank() {
	for p.at < len(p.s) && strings.ContainsRune(" \t\r\n", rune(p.s[p.at])) {
		p.at++
	}
}

func (p *wktText) take(c byte) bool {
	p.blank()
	if p.at < len(p.s) && p.s[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *wktText) word() string {
	p.blank()
	from := p.at
	for p.at < len(p.s) && (p.s[p.at]|0x20 >= 'a' && p.s[p.at]|0x20 <= 'z') {
		p.at++
	}
	return strings.ToUpper(p.s[from:p.at])
}

// list reads ( item , item … ).
func (p *wktText) list(item func() error) error {
	if !p.take('(') {
		return fmt.Errorf("缺少 (")
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if p.take(',') {
			continue
		}
		if p.take(')') {
			return nil
		}
		return fmt.Errorf("缺少 , 或 )")
	}
}

func (p *wktText) geometry(g *spatial.Geometry, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("嵌套超过 %d 层", maxNesting)
	}
	kind := p.word()
	before := p.at
	switch p.word() {
	case "EMPTY":
		return nil
	case "Z", "M", "ZM":
		before = p.at
		if p.word() == "EMPTY" {
			return nil
		}
	}
	p.at = before
	points := func() (line []spatial.XY, err error) {
		err = p.list(func() error {
			bracketed := p.take('(') // MULTIPOINT((1 2),(3 4))
			v, err := p.position()
			if err != nil {
				return err
			}
			line = append(line, v)
			if bracketed && !p.take(')') {
				return fmt.Errorf("缺少 )")
			}
			return nil
		})
		return line, err
	}
	polygon := func() error {
		var poly spatial.Polygon
		err := p.list(func() error {
			r, err := points()
			poly = append(poly, r)
			return err
		})
		if err == nil {
			g.Polygons = append(g.Polygons, poly)
		}
		return err
	}
	switch kind {
	case "POINT", "MULTIPOINT":
		line, err := points()
		g.Points = append(g.Points, line...)
		return err
	case "LINESTRING":
		line, err := points()
		g.Lines = append(g.Lines, line)
		return err
	case "MULTILINESTRING":
		return p.list(func() error {
			line, err := points()
			g.Lines = append(g.Lines, line)
			return err
		})
	case "POLYGON":
		return polygon()
	case "MULTIPOLYGON":
		return p.list(polygon)
	case "GEOMETRYCOLLECTION":
		return p.list(func() error { return p.geometry(g, depth+1) })
	}
	return fmt.Errorf("不认识 %.20q", kind)
}

// position reads two numbers and passes over a third and fourth.
func (p *wktText) position() (spatial.XY, error) {
	var v []float64
	for len(v) < 4 {
		p.blank()
		from := p.at
		for p.at < len(p.s) && strings.IndexByte("+-.0123456789eEnNaAiIfF", p.s[p.at]) >= 0 {
			p.at++
		}
		if from == p.at {
			break
		}
		f, err := strconv.ParseFloat(p.s[from:p.at], 64)
		if err != nil {
			return spatial.XY{}, fmt.Errorf("%.20q 不是数字", p.s[from:p.at])
		}
		v = append(v, f)
	}
	if len(v) < 2 {
		return spatial.XY{}, fmt.Errorf("缺少坐标")
	}
	return spatial.XY{X: v[0], Y: v[1]}, nil
}
