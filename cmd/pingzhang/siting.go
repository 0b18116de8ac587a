package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"pingzhang/internal/fault"
	"pingzhang/spatial"
	"pingzhang/spatial/crs"
	"pingzhang/spatial/overlay"
	"pingzhang/spatial/read"
)

type sitingCmd struct {
	File     string  `arg:"" help:"项目边界：Shapefile（.shp 或 ZIP）、GeoJSON、KML/KMZ、GeoPackage、WKT、DXF，或界址点坐标的 TXT、CSV、XLSX。"`
	Zones    string  `required:"" help:"管控单元图层文件，格式同上。" placeholder:"ZONES"`
	Code     string  `help:"管控单元图层里单元编码的字段名；不写时按常用字段名查找。" placeholder:"FIELD"`
	CRS      string  `name:"crs" help:"项目边界的坐标系，如 EPSG:4551、gcj02、“CGCS2000 3度带 42带”；文件没有注明时必须回答。" placeholder:"SYSTEM"`
	ZonesCRS string  `name:"zones-crs" help:"管控单元图层的坐标系。" placeholder:"SYSTEM"`
	Swapped  bool    `help:"项目边界的两列坐标次序颠倒。"`
	Near     float64 `help:"同时列出这个距离（米）以内未相交的单元。" default:"0" placeholder:"M"`
	JSON     bool    `name:"json" short:"j" help:"每个项目输出一个 JSON 对象。"`
}

// sitedZone is a unit that a project touches.
type sitedZone struct {
	Code   string  `json:"code"`
	AreaM2 float64 `json:"area_m2"`
	Share  float64 `json:"share"`
	Sliver bool    `json:"sliver"`
}

// nearZone is a unit that it does not touch.
type nearZone struct {
	Code      string  `json:"code"`
	DistanceM float64 `json:"distance_m"`
}

// sitedProject is what is printed for one project.
type sitedProject struct {
	Project string          `json:"project"`
	Where   string          `json:"where"`
	System  string          `json:"system"`
	AreaM2  float64         `json:"area_m2"`
	Zones   []sitedZone     `json:"zones"`
	Near    []nearZone      `json:"near,omitempty"`
	Issues  []spatial.Issue `json:"issues"`
	Refused string          `json:"refused,omitempty"`
}

// Run checks boundaries against the units of a file, without a server.
func (c *sitingCmd) Run() error {
	zones, city, err := c.readZones()
	if err != nil {
		return err
	}
	projects, answer, issues, err := located(c.File, city, c.CRS, c.Swapped)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	refused := 0
	for i, f := range projects {
		p := c.check(zones, f, i, answer, issues)
		if p.Refused != "" {
			refused++
		}
		if !c.JSON {
			printSited(out, p)
		} else if err := enc.Encode(p); err != nil {
			return err
		}
	}
	if refused > 0 {
		return fault.New(fault.Internal, "%d 个项目中有 %d 个的边界不能使用，原因见各项目", len(projects), refused)
	}
	return nil
}

// codeFields are the names under which layers of control units keep their code.
var codeFields = []string{"code", "CODE", "编码", "单元编码", "管控单元编码", "环境管控单元编码", "HJGKDYBM", "ZHCODE", "DYBM", "name", "NAME", "名称", "id"}

// readZones lays the units in the plane of their middle and indexes them.
func (c *sitingCmd) readZones() (*overlay.Index, crs.City, error) {
	anywhere := crs.City{Name: "我国", Box: spatial.Box{Min: spatial.XY{X: 72, Y: 3}, Max: spatial.XY{X: 136, Y: 54}}}
	features, _, _, err := located(c.Zones, anywhere, c.ZonesCRS, false)
	if err != nil {
		return nil, crs.City{}, err
	}
	box := spatial.NoBox
	for _, f := range features {
		b := f.Geometry.Box()
		box = box.With(b.Min).With(b.Max)
	}
	plane := overlay.PlaneFor(box.Centre().X)
	var zones []overlay.Zone
	for _, f := range features {
		if len(f.Geometry.Polygons) == 0 {
			continue
		}
		code := f.Value(c.Code)
		for i := 0; code == "" && c.Code == "" && i < len(codeFields); i++ {
			code = f.Value(codeFields[i])
		}
		if code == "" {
			return nil, crs.City{}, fault.New(fault.Invalid, "管控单元图层 %s 的%s没有编码；请用 --code 指明字段名", c.Zones, f.Where)
		}
		polygons, _, err := plane.Lay(f.Geometry.Polygons)
		if err != nil {
			return nil, crs.City{}, fault.From(err, fault.Invalid, "管控单元图层 %s 的%s（%s）不能使用：%s", c.Zones, f.Where, code, err)
		}
		zones = append(zones, overlay.Zone{Code: code, Polygons: polygons})
	}
	if len(zones) == 0 {
		return nil, crs.City{}, fault.New(fault.Invalid, "管控单元图层 %s 里没有面", c.Zones)
	}
	return overlay.New(plane, zones), crs.City{Name: "管控单元图层", Box: box}, nil
}

// located reads a file and brings it to longitude and latitude, or says what has
// to be answered first.
func located(path string, city crs.City, system string, swapped bool) ([]read.Feature, crs.Answer, []spatial.Issue, error) {
	result, err := read.File(path, read.Options{})
	if err != nil {
		return nil, crs.Answer{}, nil, fault.From(err, fault.Invalid, "读不了 %s：%s", path, err)
	}
	var chosen *read.Choice
	switch {
	case system != "":
		s, err := crs.Parse(system)
		if err != nil {
			return nil, crs.Answer{}, nil, fault.From(err, fault.Invalid, "%s", err)
		}
		chosen = &read.Choice{System: s, Swapped: swapped}
	case swapped && result.Stated != nil:
		chosen = &read.Choice{System: *result.Stated, Swapped: true}
	case swapped:
		return nil, crs.Answer{}, nil, fault.New(fault.Invalid, "写了 --swapped 时，请用 --crs 一并写明坐标系")
	}
	features, answer, err := result.Locate(city, chosen)
	if err != nil {
		return nil, answer, nil, fault.From(err, fault.Invalid, "%s 的坐标不能使用：%s", path, err)
	}
	if q := answer.Question; q != nil {
		text := fmt.Sprintf("%s：%s。", path, q.Zh)
		if len(q.Candidates) > 0 {
			text += "请用 --crs 回答："
		}
		for _, c := range q.Candidates {
			text += "\n  " + answerOf(c) + "  " + c.Zh
		}
		return nil, answer, nil, fault.New(fault.Invalid, "%s", text)
	}
	return features, answer, append(result.Issues, answer.Issues...), nil
}

// answerOf spells a candidate as flags.
func answerOf(c crs.Candidate) string {
	var flag string
	switch {
	case c.EPSG != 0:
		flag = fmt.Sprintf("--crs EPSG:%d", c.EPSG)
	case c.System == crs.GCJ02:
		flag = "--crs gcj02"
	case c.System == crs.BD09:
		flag = "--crs bd09"
	default:
		return "（请先改正文件里的带号）"
	}
	if c.Swapped {
		flag += " --swapped"
	}
	return flag
}

// check answers for one project.
func (c *sitingCmd) check(zones *overlay.Index, f read.Feature, i int, answer crs.Answer, issues []spatial.Issue) sitedProject {
	p := sitedProject{Project: f.Name, Where: f.Where, System: answer.System.String(), Zones: []sitedZone{}, Issues: append([]spatial.Issue{}, issues...)}
	if p.Project == "" {
		p.Project = fmt.Sprintf("项目 %d", i+1)
	}
	if len(f.Geometry.Polygons) == 0 {
		p.Refused = "没有面：点和线没有面积，请提交地块边界"
		return p
	}
	polygons, report, err := zones.Plane.Lay(f.Geometry.Polygons)
	p.Issues = append(p.Issues, report.Issues...)
	if err != nil {
		p.Refused = err.Error()
		return p
	}
	parts, area := zones.Parts(polygons, overlay.DefaultTolerance)
	p.AreaM2 = area
	for _, part := range parts {
		if _, err := zones.Verify(polygons, part); err != nil {
			var refusal *spatial.Refusal
			if !errors.As(err, &refusal) {
				refusal = &spatial.Refusal{Code: "overlay_failed", Where: part.Code, Zh: err.Error()}
			}
			p.Issues = append(p.Issues, refusal.Issue())
		}
		p.Zones = append(p.Zones, sitedZone{part.Code, part.Area, part.Share, part.Sliver})
	}
	if c.Near > 0 {
		for _, n := range zones.Near(polygons, c.Near, parts) {
			p.Near = append(p.Near, nearZone{n.Code, n.Distance})
		}
	}
	return p
}

// printSited writes a line a unit, for reading and for grep.
func printSited(w io.Writer, p sitedProject) {
	if p.Refused != "" {
		fmt.Fprintf(w, "%s\t%s\t不能使用\t%s\n", p.Project, p.Where, p.Refused)
	} else if len(p.Zones) == 0 {
		fmt.Fprintf(w, "%s\t%s\t不涉及任何单元\t%.2f 平方米\n", p.Project, p.Where, p.AreaM2)
	}
	for _, z := range p.Zones {
		mark := ""
		if z.Sliver {
			mark = "\t碎片"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.2f 平方米\t%.4f%%%s\n", p.Project, p.Where, z.Code, z.AreaM2, 100*z.Share, mark)
	}
	for _, n := range p.Near {
		fmt.Fprintf(w, "%s\t%s\t%s\t相距 %.1f 米\n", p.Project, p.Where, n.Code, n.DistanceM)
	}
	for _, i := range p.Issues {
		fmt.Fprintf(w, "%s\t%s\t注意\t%s%s\n", p.Project, p.Where, i.Where, i.Zh)
	}
}
