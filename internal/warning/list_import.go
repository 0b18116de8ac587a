package warning

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/register"
	"pingzhang/internal/sheet"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// Issues of cells of the list and of forecasts.
const (
	notKnown   standard.Issue = "not_known"  // a firm, a point, a level that is not there
	disagrees  standard.Issue = "disagrees"  // with another cell
	incomplete standard.Issue = "incomplete" // a check that lacks a part
	twice      standard.Issue = "given_twice"
	outOfRange standard.Issue = "out_of_range"
)

// Imported is what became of a file.
type Imported struct {
	ID       int64           `json:"id"`
	Name     string          `json:"name"`
	Digest   string          `json:"digest"` // SM3
	Form     string          `json:"form"`
	Rows     int             `json:"rows"`
	Taken    int             `json:"taken"` // rows
	Same     int             `json:"same"`  // rows that said nothing new
	Firms    int             `json:"firms,omitempty"`
	List     int64           `json:"list,omitempty"`
	Wrong    int             `json:"wrong"` // problems in all, without mere notes
	Problems []sheet.Problem `json:"problems"`
}

const (
	maxFile      = 32 << 20
	keptProblems = 2000
)

// listSheet are the columns of the list, as it is read and as the form is
// handed out.
var listSheet = func() []sheet.Column {
	all := []sheet.Column{
		{Name: "code", Zh: "统一社会信用代码", Synonyms: []string{"信用代码", "社会信用代码"}, Required: true, Width: 22},
		{Name: "name", Zh: "单位名称", Synonyms: []string{"企业名称"}, Required: true, Width: 26},
		{Name: "line", Zh: "生产线或工序", Synonyms: []string{"生产线", "工序"}, Width: 18},
		{Name: "permit", Zh: "排污许可证编号", Width: 24},
		{Name: "industry", Zh: "行业", Synonyms: []string{"行业类型", "重点行业"}, Width: 14},
		{Name: "grade", Zh: "绩效等级", Synonyms: []string{"绩效分级"}, Width: 10},
		{Name: "category", Zh: "管控类别", Synonyms: []string{"类别"}, Width: 12},
	}
	names := []string{"二氧化硫", "氮氧化物", "颗粒物", "挥发性有机物"}
	for i, p := range Pollutants {
		all = append(all, sheet.Column{Name: "base" + p, Zh: p + "基准排放量", Synonyms: []string{names[i] + "基准排放量"}, Kind: sheet.Number})
	}
	all = append(all,
		sheet.Column{Name: "level", Zh: "预警级别", Required: true},
		sheet.Column{Name: "kind", Zh: "措施类型", Required: true},
		sheet.Column{Name: "percent", Zh: "限产比例", Kind: sheet.Number, Unit: standard.Percent},
		sheet.Column{Name: "text", Zh: "措施内容", Synonyms: []string{"减排措施"}, Required: true, Width: 40},
	)
	for i, p := range Pollutants {
		all = append(all, sheet.Column{Name: "cut" + p, Zh: p + "减排量", Synonyms: []string{names[i] + "减排量"}, Kind: sheet.Number})
	}
	return append(all,
		sheet.Column{Name: "point", Zh: "核查点位", Synonyms: []string{"核查点位编号", "点位编号"}, Width: 26},
		sheet.Column{Name: "factor", Zh: "核查因子"},
		sheet.Column{Name: "bound", Zh: "核查限值", Kind: sheet.Number},
		sheet.Column{Name: "baseline", Zh: "核查基准值", Kind: sheet.Number},
		sheet.Column{Name: "share", Zh: "不高于基准的比例", Kind: sheet.Number, Unit: standard.Percent},
		sheet.Column{Name: "unit", Zh: "核查单位"},
	)
}()

// ListInput goes with a file of the list.
type ListInput struct {
	Division   access.Division
	Year       int64
	Unit       string    // of all amounts
	Bases      [4]string // all emissions of the area, as typed; empty for unknown
	BaseSource string
	Note       string
}

// ImportList reads a workbook or CSV file as a new draft edition. A cell that
// cannot be used is listed with the reason: where it names the firm, the level or
// the measure, its row is left out; an amount or a check is then unknown. The rest
// is taken.
//
// The error is fault.Denied without warning.draft or outside by's scope,
// fault.Invalid with the fields that are wrong, or when r is no such table.
func (s *Store) ImportList(ctx context.Context, by access.Caller, in ListInput, name string, r io.Reader) (out Imported, err error) {
	defer fault.Wrap(&err, "warning.ImportList(%s)", name)
	if err := by.Must("warning.draft"); err != nil {
		return out, err
	}
	bases, err := in.check(by, s.c.Divisions)
	if err != nil {
		return out, err
	}
	data, err := readFile(r)
	if err != nil {
		return out, err
	}
	sh, err := sheet.Read(bytes.NewReader(data), listSheet, sheet.Options{})
	if err != nil {
		return out, err
	}
	known, err := s.knownFirms(ctx, by)
	if err != nil {
		return out, err
	}
	reader := listReader{sheet: sh, unit: in.Unit, grades: s.c.Settings.Grades, known: known, bases: map[string]Amounts{}, seen: map[string]string{}}
	lines := reader.read()
	out = about(name, data, sh)
	out.Taken, out.Firms = len(lines), len(firms(lines))
	if len(lines) == 0 {
		out.finish(sh)
		return out, nil
	}
	return out, s.keepList(ctx, by, in, bases, lines, sh, &out)
}

// check says which fields that go with a list are wrong, and reads the bases.
func (in ListInput) check(by access.Caller, divisions Divisions) (bases Amounts, err error) {
	wrong := map[string]string{}
	if divisions.NameOf(in.Division) == string(in.Division) || !by.Scope.Sees(in.Division, 0) {
		wrong["division"] = "请选择您管辖范围内的区域"
	}
	if in.Year < 2013 || in.Year > 2100 {
		wrong["year"] = "请填写年度，如 2026"
	}
	if !slices.Contains(Units, in.Unit) {
		wrong["unit"] = "请选择排放量的单位"
	}
	any := false
	for i, text := range in.Bases {
		if strings.TrimSpace(text) == "" {
			continue
		}
		any = true
		x, issue := standard.Read(strings.TrimSpace(text))
		if issue != "" || x.Sign() <= 0 {
			wrong["base"+Pollutants[i]] = "应为大于 0 的数（半角）；不知道就不填"
		}
		bases[i] = x
	}
	if any && strings.TrimSpace(in.BaseSource) == "" {
		wrong["base_source"] = "请写明全社会排放量出自哪里"
	}
	return bases, fault.Fields(wrong)
}

func readFile(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fault.New(fault.Invalid, "文件超过 %d MB，请拆分后再传", maxFile>>20)
	}
	return data, err
}

func about(name string, data []byte, sh *sheet.Sheet) Imported {
	sum := sm3.Sum(data)
	return Imported{Name: name, Digest: hex.EncodeToString(sum[:]), Form: sh.Form, Rows: sh.Len()}
}

func (out *Imported) finish(sh *sheet.Sheet) {
	slices.SortStableFunc(sh.Problems, func(a, b sheet.Problem) int { return (a.Row-b.Row)*1000 + a.Col - b.Col })
	out.Wrong = len(sh.Wrong())
	out.Problems = sh.Problems[:min(len(sh.Problems), keptProblems)]
}

// knownFirms returns the active enterprises in by's scope by code, with their
// points.
func (s *Store) knownFirms(ctx context.Context, by access.Caller) (map[string]knownFirm, error) {
	reader := access.Caller{Scope: by.Scope}.Grant("register.read")
	points, err := s.c.Register.Points(ctx, reader)
	if err != nil {
		return nil, err
	}
	byOwner := map[int64][]register.Point{}
	for _, p := range points {
		byOwner[p.Enterprise] = append(byOwner[p.Enterprise], p)
	}
	known := map[string]knownFirm{}
	for after := ""; ; {
		page, err := s.c.Register.List(ctx, reader, register.Query{Register: register.Enterprise, After: after, N: 500})
		if err != nil {
			return nil, err
		}
		for _, e := range page.Entries {
			known[e.Code] = knownFirm{e, byOwner[e.ID]}
		}
		if after = page.Next; after == "" {
			return known, nil
		}
	}
}

type knownFirm struct {
	entry  register.Entry
	points []register.Point
}

// listReader reads the rows of a list.
type listReader struct {
	sheet  *sheet.Sheet
	unit   string
	grades []string
	known  map[string]knownFirm
	bases  map[string]Amounts // by firm and line, from the first row that says
	seen   map[string]string  // key of a line, and its cell
	bad    map[string]bool    // columns of which the header names another unit
}

func (r *listReader) problem(row sheet.Row, column string, issue standard.Issue, format string, args ...any) {
	r.sheet.Problems = append(r.sheet.Problems, row.Problem(column, issue, format, args...))
}

func (r *listReader) read() (lines []Line) {
	r.units()
	for row := range r.sheet.Rows() {
		if l, ok := r.line(row); ok {
			lines = append(lines, l)
		}
	}
	return lines
}

// units refuses columns of amounts whose header names another unit than the
// edition has.
func (r *listReader) units() {
	r.bad = map[string]bool{}
	for i, f := range r.sheet.Fields {
		amount := f.Known && (strings.HasPrefix(f.Name, "base") && f.Name != "baseline" || strings.HasPrefix(f.Name, "cut"))
		if !amount || f.Unit == "" || strings.EqualFold(f.Unit, r.unit) || f.Unit == zhUnits[r.unit] {
			continue
		}
		r.bad[f.Name] = true
		r.sheet.Problems = append(r.sheet.Problems, sheet.Problem{Row: 1, Col: i + 1, Cell: f.Letter, Column: f.Zh, Raw: f.Header, Issue: standard.UnitMismatch,
			Text: fmt.Sprintf("这版清单的排放量以 %s 计，表头写的是 %s；整列没有导入", r.unit, f.Unit)})
	}
}

var zhUnits = map[string]string{"t/d": "吨/天", "kg/d": "千克/天", "t/a": "吨/年"}

// line reads one row; false where it cannot be told whose or what it is.
func (r *listReader) line(row sheet.Row) (l Line, ok bool) {
	l = Line{N: int64(row.Number), Code: strings.ToUpper(row.Text("code")), Name: row.Text("name"), Unit: row.Text("line"), Permit: row.Text("permit"),
		Industry: row.Text("industry"), Category: row.Text("category"), Text: row.Text("text")}
	firm, known := r.known[l.Code]
	switch {
	case l.Code == "" || l.Name == "" || l.Text == "" || row.Text("level") == "" || row.Text("kind") == "":
		return l, false // the sheet has said so
	case !known:
		r.problem(row, "code", notKnown, "排污单位台账中没有这个代码，或不在您的管辖范围内；先登记再导入")
		return l, false
	case firm.entry.Name != l.Name:
		r.problem(row, "name", disagrees, "与台账中的名称“%s”不同，请核对是哪一家", firm.entry.Name)
		return l, false
	}
	l.Enterprise, l.Division = firm.entry.ID, firm.entry.Division
	if l.Level, ok = levelOf(row.Text("level")); !ok {
		r.problem(row, "level", notKnown, "预警级别只能是 黄色、橙色、红色")
		return l, false
	}
	if l.Kind, ok = kindOf(row.Text("kind")); !ok {
		r.problem(row, "kind", notKnown, "措施类型只能是：%s", kindNames())
		return l, false
	}
	if cell, again := r.seen[l.key()]; again {
		r.problem(row, "text", twice, "与 %s 是同一家、同一工序、同一级别的同一措施，没有再计一次", cell)
		return l, false
	}
	r.seen[l.key()] = row.Cell("text")
	if l.Grade = row.Text("grade"); l.Grade != "" && !slices.Contains(r.grades, l.Grade) {
		r.problem(row, "grade", notKnown, "绩效等级只能是：%s", strings.Join(r.grades, "、"))
		l.Grade = ""
	}
	r.amounts(row, &l)
	l.Expect = r.expect(row, firm)
	return l, true
}

func kindOf(text string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Name == text {
			return k.Kind, true
		}
	}
	return "", false
}

func kindNames() string {
	var all []string
	for _, k := range Kinds {
		all = append(all, k.Name)
	}
	return strings.Join(all, "、")
}

// amount reads a number that cannot be negative; none where it is unknown.
func (r *listReader) amount(row sheet.Row, column string) standard.Exact {
	if r.bad[column] {
		return standard.Exact{}
	}
	x := row.Reading(column)
	if x.Issue == "" && x.Value.Sign() < 0 {
		r.problem(row, column, standard.Negative, "不能是负数")
		return standard.Exact{}
	}
	return x.Value
}

func (r *listReader) amounts(row sheet.Row, l *Line) {
	if p := r.amount(row, "percent"); p.IsSet() {
		if p.Sign() <= 0 || p.Cmp(standard.Int(100)) > 0 {
			r.problem(row, "percent", outOfRange, "限产比例应大于 0、不大于 100")
		} else {
			l.Percent = p.String()
		}
	}
	of := l.Code + "\x00" + l.Unit
	first, said := r.bases[of]
	for i, p := range Pollutants {
		base, cut := r.amount(row, "base"+p), r.amount(row, "cut"+p)
		switch {
		case said && base.IsSet() && first[i].IsSet() && !base.Equal(first[i]):
			r.problem(row, "base"+p, disagrees, "同一工序前面写的是 %s，两处不同，没有采用", first[i])
			base = first[i]
		case !base.IsSet():
			base = first[i]
		}
		if cut.IsSet() && base.IsSet() && cut.Cmp(base) > 0 {
			r.problem(row, "cut"+p, disagrees, "减排量大于基准排放量 %s，没有采用", base)
			cut = standard.Exact{}
		}
		l.Base[i], l.Cut[i] = base, cut
		if base.IsSet() {
			first[i] = base
		}
	}
	r.bases[of] = first
}

// expect reads what online data must show; nil where the row asks for nothing or
// lacks a part, which is then said.
func (r *listReader) expect(row sheet.Row, firm knownFirm) *Expect {
	given := 0
	for _, c := range []string{"point", "factor", "bound", "baseline", "share", "unit"} {
		if row.Text(c) != "" {
			given++
		}
	}
	if given == 0 {
		return nil
	}
	fail := func(column string, issue standard.Issue, format string, args ...any) *Expect {
		r.problem(row, column, issue, format, args...)
		return nil
	}
	e := Expect{Factor: row.Text("factor"), Bound: r.amount(row, "bound"), Baseline: r.amount(row, "baseline"), Percent: r.amount(row, "share")}
	i := slices.IndexFunc(firm.points, func(p register.Point) bool { return p.Code == row.Text("point") || p.MN == row.Text("point") })
	switch {
	case row.Text("point") == "":
		return fail("point", incomplete, "写了核查条件，没有写核查点位")
	case i < 0:
		return fail("point", notKnown, "该单位没有编号（或 MN）为“%s”的监测点位", row.Text("point"))
	case e.Factor == "":
		return fail("factor", incomplete, "没有写核查因子，如 a00000（烟气流量）")
	case len(hj212.FactorsOf(e.Factor)) == 0:
		return fail("factor", notKnown, "“%s”不是因子编码，如 a00000（烟气流量）、a21026（二氧化硫）", e.Factor)
	}
	unit, err := standard.ParseUnit(row.Text("unit"))
	if err != nil {
		return fail("unit", standard.NoUnit, "核查单位不明，如 m³/h")
	}
	e.Point, e.Code, e.Name, e.Unit = firm.points[i].ID, firm.points[i].Code, firm.points[i].Name, unit
	switch {
	case e.Bound.IsSet() && (e.Baseline.IsSet() || e.Percent.IsSet()):
		return fail("bound", disagrees, "核查限值与“基准值和比例”只能写一种")
	case e.Bound.IsSet():
		return &e
	case !e.Baseline.IsSet() || !e.Percent.IsSet():
		return fail("bound", incomplete, "应写核查限值，或同时写核查基准值和不高于基准的比例；停产也须写限值（如流量计的零点范围）")
	case e.Percent.Cmp(standard.Int(100)) > 0:
		return fail("share", outOfRange, "不高于基准的比例应不大于 100")
	}
	e.Bound = e.Baseline.Mul(e.Percent).Quo(standard.Int(100))
	return &e
}

// keepList stores a draft edition with its lines.
func (s *Store) keepList(ctx context.Context, by access.Caller, in ListInput, bases Amounts, lines []Line, sh *sheet.Sheet, out *Imported) error {
	out.finish(sh)
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if err := lock(ctx, tx, fmt.Sprintf("list/%s/%d", in.Division, in.Year)); err != nil {
			return err
		}
		last, _, err := sqldb.Value[int64](ctx, tx, `SELECT COALESCE(MAX(n), 0) FROM warning_lists WHERE division = $1 AND year = $2`, string(in.Division), in.Year)
		if err != nil {
			return err
		}
		out.List = sqldb.NewID()
		if err := keepImport(ctx, tx, by, "list", in.Division, out); err != nil {
			return err
		}
		l := List{Year: in.Year, N: last + 1}
		if err := tx.ExecOne(ctx, `
			INSERT INTO warning_lists (`+listColumns+`)
			VALUES ($1, $2, $3, $4, $5, 'draft', '', $6, $7, $8, $9, $10, $11, $12, '', 0, '', 1)`,
			out.List, string(in.Division), in.Year, l.N, in.Unit, pack(bases), strings.TrimSpace(in.BaseSource), strings.TrimSpace(in.Note), out.ID, by.Login, by.Name, tx.Now.Unix()); err != nil {
			return err
		}
		for _, line := range lines {
			if err := tx.ExecOne(ctx, `
				INSERT INTO warning_lines (list, n, enterprise, division, level, body)
				VALUES ($1, $2, $3, $4, $5, $6)`, out.List, line.N, line.Enterprise, string(line.Division), string(line.Level), pack(line)); err != nil {
				return err
			}
		}
		return enter(ctx, tx, by, "warning.list_import", fmt.Sprintf("warning_list/%d", out.List), in.Division, 0, map[string]any{
			"list": l.Name(), "name": out.Name, "sm3": out.Digest, "rows": out.Rows, "taken": out.Taken, "firms": out.Firms, "problems": out.Wrong,
		})
	})
}

// keepImport notes an import.
func keepImport(ctx context.Context, tx *sqldb.Tx, by access.Caller, kind string, d access.Division, out *Imported) error {
	out.ID = sqldb.NewID()
	return tx.ExecOne(ctx, `
		INSERT INTO warning_imports (id, kind, name, digest, division, who, who_name, imported_at, result)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, out.ID, kind, out.Name, out.Digest, string(d), by.Login, by.Name, tx.Now.Unix(), pack(out))
}

// Import returns what became of an import in by's scope.
//
// The error is fault.NotFound when there is none.
func (s *Store) Import(ctx context.Context, by access.Caller, id int64) (out Imported, err error) {
	defer fault.Wrap(&err, "warning.Import(%d)", id)
	if err := by.Must("warning.draft"); err != nil {
		return out, err
	}
	cond, args := by.Scope.Where("division", "0", 2)
	row, err := sqldb.One[struct {
		Result string `db:"result"`
	}](ctx, s.db, "没有这次导入，或不在您的管辖范围内", `SELECT result FROM warning_imports WHERE id = $1 AND `+cond, append([]any{id}, args...)...)
	unpack(row.Result, &out)
	return out, err
}

// ListForm writes an empty list to fill in, or the lines of an edition.
func ListForm(w io.Writer, title, unit string, lines []Line) error {
	columns := slices.Clone(listSheet)
	for i := range columns {
		if n := columns[i].Name; strings.HasPrefix(n, "cut") || strings.HasPrefix(n, "base") && n != "baseline" {
			columns[i].Zh += "（" + unit + "）"
		}
	}
	var rows [][]string
	for _, l := range lines {
		rows = append(rows, l.cells())
	}
	return sheet.WriteXLSX(w, sheet.Table{Name: "应急减排清单", Title: title, Columns: columns, Notes: []string{
		"一行是一个单位的一条生产线（或工序）在一个预警级别下的一项措施；同一单位的各列每行都要写。",
		"预警级别：黄色、橙色、红色。措施类型：" + kindNames() + "。",
		"核查条件三选一：不写；核查限值；核查基准值和不高于基准的比例。点位写点位编号或 MN，因子写编码（如 a00000 烟气流量）。",
		"不知道的数不填，不要填 0。减排比例下限 10%、20%、30% 未见原文，待核实。",
	}}, sheet.RowsOf(rows))
}

// cells writes a line as a row of the list.
func (l Line) cells() []string {
	level := strings.TrimSuffix(l.Level.Name(), "预警")
	row := []string{l.Code, l.Name, l.Unit, l.Permit, l.Industry, l.Grade, l.Category}
	for _, x := range l.Base {
		row = append(row, x.String())
	}
	row = append(row, level, l.Kind.Label(), l.Percent, l.Text)
	for _, x := range l.Cut {
		row = append(row, x.String())
	}
	e := l.Expect
	switch {
	case e == nil:
		return append(row, "", "", "", "", "", "")
	case e.Baseline.IsSet():
		return append(row, e.Code, e.Factor, "", e.Baseline.String(), e.Percent.String(), string(e.Unit))
	}
	return append(row, e.Code, e.Factor, e.Bound.String(), "", "", string(e.Unit))
}
