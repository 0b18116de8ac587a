package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strings"

	"pingzhang/catalog"
	"pingzhang/internal/fault"
	"pingzhang/internal/judging"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	"pingzhang/standard/air"
	"pingzhang/standard/emission"
	"pingzhang/standard/soil"
	"pingzhang/standard/water"
)

type judgeCmd struct {
	Air      judgeAirCmd      `cmd:"" help:"逐行计算空气质量指数（HJ 633）。"`
	Water    judgeWaterCmd    `cmd:"" help:"逐行判定地表水类别和达标，再按断面和月份评价（GB 3838）。"`
	Soil     judgeSoilCmd     `cmd:"" help:"逐行判定农用地和建设用地土壤（GB 15618、GB 36600）。"`
	Emission judgeEmissionCmd `cmd:"" help:"逐行找出适用的排放限值并判定。"`
}

// judged is what the four commands have in common.
type judged struct {
	File    string `arg:"" help:"CSV 或 XLSX 文件；- 表示标准输入。"`
	At      string `help:"所有的行都按这一天施行的标准判定，例如 2026-03-01；不填时按各行自己的日期。" placeholder:"DATE"`
	JSON    bool   `name:"json" short:"j" help:"每行输出一个 JSON 对象。"`
	Catalog string `help:"本局自己的目录文件夹，其中的标准数据代替内置的同名文件。" type:"path"`
}

type judgeAirCmd struct {
	judged    `embed:""`
	Ceiling   string `help:"高于此浓度（µg/m³）的单元格视为不可信，列出而不采用；内部约定，不是标准的规定。" default:"10000" placeholder:"N"`
	CeilingCO string `name:"ceiling-co" help:"CO 的同一上限（mg/m³）。" default:"500" placeholder:"N"`
	Daily     bool   `help:"按日报计算：用 24 小时均值和日最大 8 小时均值的列。不填时按实时报，用小时均值的列。"`
}

type judgeWaterCmd struct {
	judged `embed:""`
	Body   string `help:"没有写明水体的行按这种水体判定：河流或湖库。" placeholder:"BODY"`
}

type judgeSoilCmd struct {
	judged `embed:""`
}

type judgeEmissionCmd struct {
	judged `embed:""`
}

// Help documents the columns.
func (judgeAirCmd) Help() string {
	return columnHelp("一行是一个站点的一小时或一天。浓度的单位是 µg/m³，CO 是 mg/m³；表头写明其他单位时先换算。"+
		"国家实时发布的两种存档文件可以直接使用：存档里 o3 与 o3_24h、o3_8h 与 o3_8h_24h 两对列的含义是互换的，程序按“日最大值不会小于当前值”逐对核对后采用，并在标准错误中说明。"+
		"没有指数时 AQI 为 NA。", judging.AirColumns(),
		"time,station_code,station,so2_1h,no2_1h,co_1h,o3_1h,pm10_1h,pm25_1h",
		"2026-03-01T08:00,2263A,交通局,8,21,0.6,64,48,31")
}

// Help documents the columns.
func (judgeWaterCmd) Help() string {
	return columnHelp("一行是一个样品的一个项目；也可以一行一个样品、一列一个项目，以项目为表头并写明单位，如 氨氮（mg/L）。逐行的结果之后，是每个断面每个月的评价：类别、主要污染指标、是否达标、未监测的项目。"+
		"没有写明水体的，按河流和湖库各判一次，结果相同才给出。未检出和 <0.01 只在标准规定的统计中按检出限的一半计。", judging.WaterColumns(),
		"断面,日期,项目,结果,单位,目标类别,水体",
		"甲断面,2026-03-03,氨氮,0.42,mg/L,Ⅲ,河流",
		"甲断面,2026-03-03,高锰酸盐指数,7.1,mg/L,Ⅲ,河流")
}

// Help documents the columns.
func (judgeSoilCmd) Help() string {
	return columnHelp("一行是一个样品的一个项目。用地写水田、果园、其他、水旱轮作地或农用地（GB 15618，需要 pH），或写第一类用地、第二类用地、规划用途不明确（GB 36600）。",
		judging.SoilColumns(),
		"地块,日期,项目,结果,单位,pH,用地",
		"甲地块,2026-05-12,镉,0.35,mg/kg,6.2,水田",
		"乙地块,2026-05-12,砷,18,mg/kg,,第一类用地")
}

// Help documents the columns.
func (judgeEmissionCmd) Help() string {
	return columnHelp("一行是一个排放源的一个数值。标准和类别至少写一个；其余的列只在限值取决于它时才需要，缺了哪一项，结果会说明。"+
		"类别：锅炉、火电厂、生活垃圾焚烧、城镇污水处理厂、废水、废气、恶臭。监测位置：排气筒、厂界、厂区、炉膛、车间排放口、总排放口。"+
		"取值时间：小时均值、日均值、一次值。级别：在用、新建、特别排放限值、一级A、二级等。", judging.EmissionColumns(),
		"排放源,日期,标准,类别,污染物,结果,单位,取值时间,氧含量,级别,燃料,蒸发量",
		"1号炉,2026-01-05,GB 13271-2014,锅炉,二氧化硫,180,mg/m³,小时均值,11.2,在用,煤,20")
}

// Run judges a file of air stations.
func (c *judgeAirCmd) Run() error { return c.run(os.Stdout, os.Stderr) }

func (c *judgeAirCmd) run(out, aside io.Writer) error {
	return c.with(out, aside, func(in io.Reader, files fs.FS, o judging.Options) (judging.Table, []section, error) {
		o.Daily = c.Daily
		if err := c.ceilings(&o); err != nil {
			return judging.Table{}, nil, err
		}
		book, err := air.Open(files)
		if err != nil {
			return judging.Table{}, nil, err
		}
		t, rows, err := judging.Air(book, in, o)
		return t, []section{airTable(rows)}, err
	})
}

// ceilings reads the concentrations beyond which a cell is not believed.
func (c *judgeAirCmd) ceilings(o *judging.Options) error {
	for _, f := range []struct {
		name, text string
		to         *standard.Exact
	}{{"--ceiling", c.Ceiling, &o.Ceiling}, {"--ceiling-co", c.CeilingCO, &o.CeilingCO}} {
		if f.text == "" {
			continue // that of the package
		}
		x, issue := standard.Read(f.text)
		if issue != "" || x.Sign() <= 0 {
			return fault.New(fault.Invalid, "%s 后面的“%s”应为大于 0 的数", f.name, f.text)
		}
		*f.to = x
	}
	return nil
}

// Run judges a file of water samples.
func (c *judgeWaterCmd) Run() error { return c.run(os.Stdout, os.Stderr) }

func (c *judgeWaterCmd) run(out, aside io.Writer) error {
	return c.with(out, aside, func(in io.Reader, files fs.FS, o judging.Options) (judging.Table, []section, error) {
		o.Body = c.Body
		book, err := water.Open(files)
		if err != nil {
			return judging.Table{}, nil, err
		}
		t, rows, sections, err := judging.Water(book, in, o)
		return t, []section{waterTable(rows), sectionTable(sections)}, err
	})
}

// Run judges a file of soil samples.
func (c *judgeSoilCmd) Run() error { return c.run(os.Stdout, os.Stderr) }

func (c *judgeSoilCmd) run(out, aside io.Writer) error {
	return c.with(out, aside, func(in io.Reader, files fs.FS, o judging.Options) (judging.Table, []section, error) {
		book, err := soil.Open(files)
		if err != nil {
			return judging.Table{}, nil, err
		}
		t, rows, err := judging.Soil(book, in, o)
		return t, []section{soilTable(rows)}, err
	})
}

// Run judges a file of what sources let out.
func (c *judgeEmissionCmd) Run() error { return c.run(os.Stdout, os.Stderr) }

func (c *judgeEmissionCmd) run(out, aside io.Writer) error {
	return c.with(out, aside, func(in io.Reader, files fs.FS, o judging.Options) (judging.Table, []section, error) {
		book, err := emission.Open(files)
		if err != nil {
			return judging.Table{}, nil, err
		}
		t, rows, err := judging.Emission(book, in, o)
		return t, []section{emissionTable(rows)}, err
	})
}

// with opens the file, has it judged, and prints the results.
func (c *judged) with(out, aside io.Writer, judge func(io.Reader, fs.FS, judging.Options) (judging.Table, []section, error)) error {
	var o judging.Options
	if c.At != "" {
		m := sheet.ReadMoment(c.At)
		if o.At = m.Date(); o.At == "" {
			return fault.New(fault.Invalid, "--at 后面的“%s”不是日期，应如 2026-03-01", c.At)
		}
	}
	in, err := input(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	t, sections, err := judge(in, catalog.FS(c.Catalog), o)
	if err != nil {
		return unreadable(err, c.File)
	}
	return c.print(bufio.NewWriter(out), aside, t, sections)
}

// unreadable names the file in the sentence of an error.
func unreadable(err error, name string) error {
	var said *fault.Error
	var path *fs.PathError
	switch {
	case errors.As(err, &said):
		return fault.From(err, said.Kind, "%s：%s", name, said.Text)
	case errors.As(err, &path):
		return fault.From(err, fault.Invalid, "读不了文件 %s；请确认它是文件而不是文件夹", name)
	}
	return err
}

// print writes the results to out, and what there is to say of the file to
// aside.
func (c *judged) print(out *bufio.Writer, aside io.Writer, t judging.Table, sections []section) error {
	for _, p := range t.Problems {
		fmt.Fprintln(aside, "表头 "+p.String())
	}
	for _, n := range t.Notes {
		fmt.Fprintln(aside, "说明："+n)
	}
	var sums []string
	for i, s := range sections {
		sum, err := s.print(out, c.JSON, i > 0)
		if err != nil {
			return err
		}
		sums = append(sums, sum)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(aside, "%s；%s\n", t.Form, strings.Join(sums, "；"))
	return nil
}

// A section is one kind of results. print writes them, as lines of JSON or as a
// table, after an empty line where they are not the first; it returns a summary.
type section struct {
	print func(out io.Writer, asJSON, after bool) (string, error)
}

// A line is a row of a table, with what stands indented below it.
type line struct {
	cells  []string
	below  []string
	judged bool
	wrong  int
	based  string // edition
	label  string // 待核实
}

// sectionOf makes a section of results that show puts into lines.
func sectionOf[R any](name string, head []string, rows iter.Seq[R], show func(R) line) section {
	return section{func(out io.Writer, asJSON, after bool) (string, error) {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		var s tally
		table := [][]string{head}
		below := [][]string{nil}
		for r := range rows {
			l := show(r)
			s.add(l)
			if asJSON {
				if err := enc.Encode(r); err != nil {
					return "", err
				}
				continue
			}
			table, below = append(table, l.cells), append(below, l.below)
		}
		if !asJSON && len(table) > 1 {
			if after {
				fmt.Fprintln(out)
			}
			align(out, table, below)
		}
		return s.text(name), nil
	}}
}

// A tally counts results.
type tally struct {
	rows, judged, wrong, doubtful int
	editions                      []string
}

func (s *tally) add(l line) {
	s.rows++
	s.wrong += l.wrong
	if l.judged {
		s.judged++
	}
	if l.label != "" {
		s.doubtful++
	}
	if l.based != "" && !slices.Contains(s.editions, l.based) {
		s.editions = append(s.editions, l.based)
	}
}

func (s *tally) text(name string) string {
	text := fmt.Sprintf("%s %d，有结果 %d，没有结果 %d", name, s.rows, s.judged, s.rows-s.judged)
	if s.wrong > 0 {
		text += fmt.Sprintf("，有问题的单元格 %d", s.wrong)
	}
	if s.doubtful > 0 {
		text += fmt.Sprintf("，依据待核实的 %d", s.doubtful)
	}
	if len(s.editions) > 0 {
		text += "，依据 " + strings.Join(s.editions, "、")
	}
	return text
}

// lineOf is a line of a result with its issues below it.
func lineOf(r judging.Row, b judging.Basis, judged bool, cells ...string) line {
	l := line{cells: append([]string{standard.Int(int64(r.Line)).String()}, cells...), judged: judged, wrong: r.Wrong(), based: b.Edition}
	if judged {
		l.label = b.Label
	}
	for _, p := range r.Issues {
		l.below = append(l.below, p.String())
	}
	return l
}
