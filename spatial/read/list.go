package read

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"pingzhang/spatial"
	"pingzhang/spatial/crs"
)

// A row of a list: its cells, and where it stands.
type row struct {
	where string
	cells []string
}

// list reads a text of 界址点: the form of the ministry, or plain lines.
func (s source) list() (*Result, error) {
	t := strings.ReplaceAll(text(s.data), "\r\n", "\n")
	if strings.ContainsRune(t[:min(len(t), 4096)], 0) {
		return nil, spatial.Refuse("unknown_format", s.name, "不认识这种文件；可提交 Shapefile（ZIP）、GeoJSON、KML/KMZ、GeoPackage、DXF、WKT，或界址点坐标的 TXT、XLSX")
	}
	var rows []row
	for i, line := range strings.Split(strings.ReplaceAll(t, "\r", "\n"), "\n") {
		rows = append(rows, row{fmt.Sprintf("第 %d 行", i+1), cells(line)})
	}
	return s.rows(rows, "坐标文本")
}

var separator = regexp.MustCompile(`[,，;；、\t]`)

// cells divides a line at commas, semicolons and tabs where it has any, else at
// blanks.
func cells(line string) []string {
	line = strings.TrimSpace(line)
	if line == "" {
		return nil
	}
	if separator.MatchString(line) {
		parts := separator.Split(line, -1)
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		return parts
	}
	return strings.Fields(line)
}

// maxCells bounds a row of a workbook, and so what a made-up one can cost.
const maxCells = 64

// workbook reads the first sheet that holds coordinates.
func (s source) workbook() (*Result, error) {
	l := s.limits()
	book, err := excelize.OpenReader(bytes.NewReader(s.data), excelize.Options{UnzipSizeLimit: l.Bytes, UnzipXMLSizeLimit: min(16<<20, l.Bytes)})
	if err != nil {
		return nil, &spatial.Refusal{Code: "bad_xlsx", Where: s.name, Zh: "打不开这个 Excel 文件：可能已损坏、加了密码或者解开后过大；请另存为新的 .xlsx", Cause: err}
	}
	defer book.Close()
	var first *Result
	var firstErr error
	for _, sheet := range book.GetSheetList() {
		lines, err := book.Rows(sheet)
		if err != nil {
			continue // a chart
		}
		var rows []row
		for n := 1; lines.Next(); n++ {
			cells, err := lines.Columns(excelize.Options{RawCellValue: true})
			if err != nil || n > l.Vertices {
				lines.Close()
				return nil, &spatial.Refusal{Code: "bad_xlsx", Where: fmt.Sprintf("工作表 %s 第 %d 行", sheet, n), Zh: "工作表读不完，请另存为新的 .xlsx", Cause: err}
			}
			for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
				cells = cells[:len(cells)-1]
			}
			rows = append(rows, row{fmt.Sprintf("工作表 %s 第 %d 行", sheet, n), cells[:min(len(cells), maxCells)]})
		}
		lines.Close()
		r, err := s.rows(rows, "Excel 坐标表")
		switch {
		case err == nil && first == nil:
			first = r
		case err == nil:
			first.add("other_sheet", spatial.Ask, sheet, "工作表“%s”里也有坐标，没有读入；需要时请单独提交", sheet)
		case firstErr == nil:
			firstErr = err
		}
	}
	if first == nil {
		if firstErr == nil {
			firstErr = spatial.Refuse("empty", s.name, "工作簿里没有坐标")
		}
		return nil, firstErr
	}
	return first, nil
}

// A lister gathers the rings of plots from rows.
type lister struct {
	r       *Result
	plots   []plot
	columns [2]int // of x and y as the heading names them, -1 for unknown
	heading string // the words of the heading
	first   string // order of the first row: "xy" or "yx", and where it was
	at      string
	form    bool // the ministry's
	state   map[string]string
}

// A plot is one feature in the making.
type plot struct {
	name  string
	where string
	attr  []Attribute
	rings []spatial.Ring
	last  string // number of the ring that is open
	open  bool
}

func (s source) rows(rows []row, format string) (*Result, error) {
	l := &lister{r: &Result{Format: format}, columns: [2]int{-1, -1}, state: map[string]string{}}
	for _, w := range rows {
		if err := l.row(w); err != nil {
			return nil, err
		}
	}
	for _, p := range l.plots {
		var rings []spatial.Ring
		for i, r := range p.rings {
			if len(r) < 3 {
				return nil, spatial.Refuse("too_few_points", p.where, "第 %d 环只有 %d 个点，不能围成地块；请检查是否缺行", i+1, len(r))
			}
			if !r.Closed() {
				r = append(r, r[0])
				l.r.add("unclosed", spatial.Note, p.where, "第 %d 环没有以第一个点结尾，已自动闭合", i+1)
			}
			rings = append(rings, r)
		}
		if len(rings) == 0 {
			continue
		}
		f := Feature{Name: p.name, Where: p.where, Attributes: p.attr, Geometry: spatial.Geometry{Polygons: polygonsOf(rings)}}
		if len(rings) > 1 {
			holes := 0
			for _, q := range f.Geometry.Polygons {
				holes += len(q) - 1
			}
			l.r.add("rings", spatial.Note, p.where, "共 %d 环：外环 %d 个、内环（挖空）%d 个，按位置关系判断，请核对", len(rings), len(f.Geometry.Polygons), holes)
		}
		l.r.Features = append(l.r.Features, f)
	}
	if len(l.r.Features) == 0 {
		return nil, spatial.Refuse("unknown_format", s.name, "没有找到界址点坐标。每行应写一个点，如“J1,5566789.123,42512345.678”或“127.5012 50.2411”；也可提交 Shapefile（ZIP）、GeoJSON、KML、DXF")
	}
	if l.first == "yx" {
		l.r.add("axes", spatial.Note, l.at, "每行先写北（纵坐标或纬度）后写东（横坐标或经度），已按此读取")
	}
	return l.r, l.system()
}

// row takes one line.
func (l *lister) row(w row) error {
	if len(w.cells) == 0 {
		l.close()
		return nil
	}
	line := strings.Join(w.cells, ",")
	switch {
	case strings.HasPrefix(line, "[") || strings.HasPrefix(line, "【"):
		l.form = l.form || strings.Contains(line, "地块坐标")
		return nil
	case w.cells[len(w.cells)-1] == "@" || strings.HasSuffix(line, "@"):
		l.header(w)
		return nil
	}
	if name, value, ok := strings.Cut(line, "="); ok && !l.form {
		l.state[strings.TrimSpace(name)] = strings.TrimSpace(value)
		return nil
	}
	return l.point(w)
}

// close ends the ring in hand.
func (l *lister) close() {
	if n := len(l.plots); n > 0 {
		l.plots[n-1].open = false
	}
}

// header begins a plot: 点数,面积,编号,名称,类型,图幅,用途,备注,@
func (l *lister) header(w row) {
	p := plot{where: w.where}
	names := []string{"界址点数", "地块面积", "地块编号", "地块名称", "图形类型", "图幅号", "地块用途", "地类编码"}
	for i, c := range w.cells {
		if c != "@" && i < len(names) && c != "" {
			p.attr = append(p.attr, Attribute{names[i], strings.TrimSuffix(c, "@")})
		}
	}
	f := Feature{Attributes: p.attr}
	p.name = f.first("地块名称", "地块编号")
	l.plots = append(l.plots, p)
}

// ringWord is a line that says that another ring or plot begins.
var ringWord = regexp.MustCompile(`^(?:地块|宗地|图斑|外环|内环|外圈|内圈|环|圈|#|//)`)

// point reads a line with a position.
func (l *lister) point(w row) error {
	var numbers []number
	var at []int
	for i, c := range w.cells {
		if n, ok := parseNumber(c); ok {
			numbers, at = append(numbers, n), append(at, i)
		}
	}
	if len(numbers) < 2 || l.columns[0] < 0 && len(l.plots) == 0 && len(numbers) < len(w.cells)-3 {
		if len(numbers) == 0 {
			l.named(w)
			return nil
		}
		return spatial.Refuse("bad_row", w.where, "“%.60s”不像一个界址点：一行应有点号和两个坐标；请补全或删去这一行", strings.Join(w.cells, ","))
	}
	a, b, ring, err := l.pick(w, numbers, at)
	if err != nil {
		return err
	}
	v, err := l.order(w, a, b)
	if err != nil {
		return err
	}
	l.append(w, v, ring)
	return nil
}

// named takes a line without numbers: a heading of columns, or the name of what
// follows.
func (l *lister) named(w row) {
	line := strings.Join(w.cells, ",")
	x, y := -1, -1
	for i, c := range w.cells {
		switch c = strings.ToUpper(strings.NewReplacer(" ", "", "(M)", "", "（M）", "", "(米)", "", "（米）", "").Replace(c)); {
		case slices.Contains([]string{"经度", "东", "E", "LON", "LNG", "LONGITUDE", "横坐标", "东坐标", "Y", "Y坐标", "横坐标Y", "Y(横)", "EAST", "EASTING"}, c):
			x = i
		case slices.Contains([]string{"纬度", "北", "N", "LAT", "LATITUDE", "纵坐标", "北坐标", "X", "X坐标", "纵坐标X", "X(纵)", "NORTH", "NORTHING"}, c):
			y = i
		}
	}
	if x >= 0 && y >= 0 {
		l.columns, l.heading = [2]int{x, y}, line
		l.close()
		return
	}
	if len(l.plots) > 0 && ringWord.MatchString(line) && strings.ContainsAny(line, "环圈") {
		l.close()
		return
	}
	if ringWord.MatchString(line) {
		l.plots = append(l.plots, plot{where: w.where, name: strings.TrimLeft(line, "#/ ")})
		return
	}
	l.state[line] = line
	l.close()
}

// pick chooses the two coordinates among the numbers of a row, and the number of
// its ring, if any.
func (l *lister) pick(w row, numbers []number, at []int) (a, b number, ring string, err error) {
	if l.columns[0] >= 0 {
		x, y := slices.Index(at, l.columns[0]), slices.Index(at, l.columns[1])
		if x < 0 || y < 0 {
			return a, b, "", spatial.Refuse("bad_row", w.where, "坐标列（%s）里不是数字：“%.60s”；请改正或删去这一行", l.heading, strings.Join(w.cells, ","))
		}
		return numbers[x], numbers[y], "", nil
	}
	// A point's number and its ring's come before the coordinates, a height after.
	lead := 0
	for len(numbers)-lead > 2 && numbers[lead].integer && math.Abs(numbers[lead].value) < 1e5 {
		lead++
	}
	// J1,1,x,y has one leading number, which is the ring's; 1,1,x,y has two.
	if at[0] > 0 && lead >= 1 || lead >= 2 {
		ring = w.cells[at[lead-1]]
	}
	return numbers[lead], numbers[lead+1], ring, nil
}

// order tells which of two coordinates is east: by a heading, by their letters,
// by their size. All rows of a file must have the same order.
func (l *lister) order(w row, a, b number) (spatial.XY, error) {
	order := orderOf(a, b)
	if l.columns[0] >= 0 {
		if order == "yx" { // the heading has put east first
			if l.first == "" {
				l.r.add("heading_contradicted", spatial.Ask, w.where, "表头（%s）与数值不符：按数值大小横、纵两列写反了，已按数值读取，请核对", l.heading)
			}
		} else if order == "" {
			order = "xy"
		}
	}
	switch {
	case order == "" && l.first != "":
		order = l.first
	case order == "":
		order = "xy"
		if l.form {
			order = "yx"
		}
		l.r.add("axes_unknown", spatial.Ask, w.where, "仅看数值分不清哪一列是东、哪一列是北，暂按“%s”读取，请核对", map[string]string{"xy": "先东后北", "yx": "先北后东"}[order])
	}
	if l.first == "" {
		l.first, l.at = order, w.where
	}
	if order != l.first {
		return spatial.XY{}, spatial.Refuse("mixed_axes", w.where, "这一行两个坐标的次序与%s相反；请统一次序后重新提交", l.at)
	}
	if order == "yx" {
		a, b = b, a
	}
	return spatial.XY{X: a.value, Y: b.value}, nil
}

// orderOf returns "xy" or "yx", or "" where the numbers do not tell. In China
// longitudes above 90 stand out, northings are 1,900 to 6,000 km, and eastings are
// below 1,000 km or have a zone before them.
func orderOf(a, b number) string {
	switch {
	case a.east || b.north:
		return "xy"
	case a.north || b.east:
		return "yx"
	}
	x, y := math.Abs(a.value), math.Abs(b.value)
	if x <= 180 && y <= 180 {
		switch {
		case x > 65 && y < 60:
			return "xy"
		case y > 65 && x < 60:
			return "yx"
		}
		return ""
	}
	northing := func(v float64) bool { return v >= 1.8e6 && v <= 6.2e6 }
	easting := func(v float64) bool { return v >= 1e4 && v < 1e6 || v >= 1.3e7 && v < 4.6e7 }
	switch {
	case northing(x) && easting(y):
		return "yx"
	case easting(x) && northing(y):
		return "xy"
	}
	return ""
}

// append adds a position to the ring in hand, or begins another.
func (l *lister) append(w row, v spatial.XY, ring string) {
	if len(l.plots) == 0 {
		l.plots = append(l.plots, plot{where: w.where})
	}
	p := &l.plots[len(l.plots)-1]
	if !p.open || ring != p.last {
		p.rings = append(p.rings, nil)
	}
	p.open, p.last = true, ring
	r := &p.rings[len(p.rings)-1]
	*r = append(*r, v)
	if len(*r) > 3 && r.Closed() {
		p.open = false
	}
}

// system reads what the head of the ministry's form, or a line of a plain list,
// says of the system.
func (l *lister) system() error {
	head := l.state["坐标系"]
	if head == "" {
		for name, value := range l.state {
			for _, t := range []string{name, value} {
				if strings.Contains(t, "坐标系") || strings.Contains(strings.ToUpper(t), "EPSG") || strings.Contains(t, "2000") {
					if system, err := crs.Parse(t); err == nil {
						l.r.state(system, "文件中的“"+t+"”")
					}
				}
			}
		}
		return nil
	}
	system, err := crs.Parse(head)
	if err != nil {
		l.r.add("unknown_system", spatial.Ask, "", "%s", err.Error())
		return nil
	}
	if system.Datum != crs.CGCS2000 || system.Kind != crs.Degrees {
		l.r.state(system, "文件头的“坐标系”")
		return nil
	}
	// Of metres the head says the division and the zone; whether the number stands
	// before the easting is seen.
	v := l.r.Features[0].Geometry.Polygons[0][0][0]
	if math.Abs(v.X) <= 180 && math.Abs(v.Y) <= 180 {
		l.r.state(system, "文件头的“坐标系”")
		return nil
	}
	zone, err := crs.Parse(fmt.Sprintf("%s度带 %s带", l.state["几度分带"], l.state["带号"]))
	if err != nil {
		return nil
	}
	if v.X < 1e6 {
		zone = zone.Bare()
	}
	l.r.state(zone, "文件头的坐标系、分带和带号")
	return nil
}
