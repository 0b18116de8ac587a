package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"pingzhang/catalog"
	"pingzhang/internal/fault"
	"pingzhang/standard/script"
	"pingzhang/standard/subject"
)

type rulesCmd struct {
	Test     rulesTestCmd     `cmd:"" help:"运行规则脚本：内置的、本局目录中的和指定的文件；逐条说明没有通过的用例。"`
	Subjects rulesSubjectsCmd `cmd:"" help:"列出规则脚本可以问的主题，及其输入和结果。"`
}

type rulesTestCmd struct {
	Files   []string `arg:"" optional:"" name:"file" help:"另外要运行的脚本文件；- 表示标准输入。"`
	Catalog string   `help:"本局自己的目录文件夹，其中 standards/ 的表和 rules/*.txt 代替内置的同名文件。" type:"path"`
	Data    string   `help:"数据目录，其中 rules/*.txt 一并运行。" default:"data" type:"path"`
	JSON    bool     `name:"json" short:"j" help:"每个脚本输出一个 JSON 对象。"`
	Verbose bool     `short:"v" help:"通过的用例也列出。"`
}

// A rulesFile is a script before it is read.
type rulesFile struct {
	name string // as it is shown
	data []byte
}

// Run runs the scripts of the catalog, those of the data folder and those named,
// and prints what failed. It exits 1 where a case failed or a script cannot be
// read, and 2 where a file that was named is not there.
func (c *rulesTestCmd) Run() error {
	files := catalog.FS(c.Catalog)
	subjects, err := subject.Open(files)
	if err != nil {
		return fault.From(err, fault.Invalid, "目录中的标准数据有误：%s", err)
	}
	scripts, err := c.scripts(files)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	sum, err := c.runAll(out, subjects, scripts)
	if err != nil {
		return err
	}
	if !c.JSON {
		fmt.Fprintln(out, sum.text())
	}
	out.Flush()
	return sum.err()
}

// runAll runs scripts, and prints what failed and what cannot be read.
func (c *rulesTestCmd) runAll(out io.Writer, subjects script.Subjects, scripts []rulesFile) (sum rulesSum, err error) {
	sum.scripts = len(scripts)
	for _, f := range scripts {
		s, err := script.Parse(f.name, f.data)
		if err != nil {
			sum.unread++
			if err := c.printMistakes(out, f.name, err); err != nil {
				return sum, err
			}
			continue
		}
		report := script.Run(s, subjects)
		ok, bad := report.Counts()
		sum.passed, sum.failed = sum.passed+ok, sum.failed+bad
		if err := c.print(out, report); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// A rulesSum is what came of running scripts.
type rulesSum struct{ scripts, passed, failed, unread int }

func (s rulesSum) text() string {
	text := fmt.Sprintf("%d 个脚本，%d 个用例：通过 %d，未通过 %d", s.scripts, s.passed+s.failed, s.passed, s.failed)
	if s.unread > 0 {
		text += fmt.Sprintf("；写法有误、没有运行的脚本 %d 个", s.unread)
	}
	return text
}

// err is nothing where all cases passed.
func (s rulesSum) err() error {
	if s.failed+s.unread == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "规则脚本没有全部通过，见上。本局更正了数值的，在本局目录（--catalog）的 rules/ 中放同名的脚本，代替内置的")
}

// scripts reads the scripts in the order in which they are run.
func (c *rulesTestCmd) scripts(files fs.FS) ([]rulesFile, error) {
	all, err := rulesIn(files, "", "rules")
	if err != nil {
		return nil, err
	}
	own, err := rulesIn(os.DirFS(c.Data), c.Data, "rules")
	if err != nil {
		return nil, err
	}
	all = append(all, own...)
	for _, name := range c.Files {
		in, err := input(name)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(in)
		in.Close()
		if err != nil {
			return nil, fault.From(err, fault.Invalid, "读不完脚本文件 %s", name)
		}
		all = append(all, rulesFile{name, data})
	}
	return all, nil
}

// rulesIn reads the scripts of a folder; where it is not there, none.
func rulesIn(files fs.FS, shown, folder string) ([]rulesFile, error) {
	entries, err := fs.ReadDir(files, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "读不到规则脚本的文件夹 %s", path.Join(shown, folder))
	}
	var all []rulesFile
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".txt" {
			continue
		}
		name := path.Join(folder, e.Name())
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fault.From(err, fault.Invalid, "读不到规则脚本 %s", path.Join(shown, name))
		}
		all = append(all, rulesFile{path.Join(shown, name), data})
	}
	return all, nil
}

// print writes the results of a script: as JSON all, as lines those that failed.
func (c *rulesTestCmd) print(out io.Writer, report script.Report) error {
	if c.JSON {
		return encodeLine(out, report)
	}
	for _, r := range report.Results {
		if !r.Passed || c.Verbose {
			fmt.Fprintf(out, "%s:%d: %s\n", report.Script, r.Line, r)
		}
	}
	return nil
}

// printMistakes writes why a script cannot be read.
func (c *rulesTestCmd) printMistakes(out io.Writer, name string, mistakes error) error {
	if c.JSON {
		return encodeLine(out, struct {
			Script   string   `json:"script"`
			Mistakes []string `json:"mistakes"`
		}{name, strings.Split(mistakes.Error(), "\n")})
	}
	_, err := fmt.Fprintln(out, mistakes)
	return err
}

func encodeLine(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

type rulesSubjectsCmd struct {
	Name []string `arg:"" optional:"" name:"subject" help:"只列这些主题。"`
	JSON bool     `name:"json" short:"j" help:"每个主题输出一个 JSON 对象。"`
}

// Run lists the subjects that a script may ask.
func (c *rulesSubjectsCmd) Run() error {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	asked := map[string]bool{}
	for _, name := range c.Name {
		asked[name] = true
	}
	for _, h := range subject.Describe() {
		if len(c.Name) > 0 && !asked[h.Name] {
			continue
		}
		delete(asked, h.Name)
		if c.JSON {
			if err := encodeLine(out, h); err != nil {
				return err
			}
			continue
		}
		day := ""
		if h.Dated {
			day = "；须写明日期"
		}
		fmt.Fprintf(out, "%s\t%s%s\n", h.Name, h.About, day)
		for _, part := range []struct {
			word string
			keys []subject.Key
		}{{"给定", h.Inputs}, {"期望", h.Results}} {
			for _, k := range part.keys {
				fmt.Fprintf(out, "  %s\t%s\t%s\t%s\n", part.word, k.Chinese, k.Name, k.About)
			}
		}
	}
	for _, name := range c.Name {
		if asked[name] {
			return fault.New(fault.Invalid, "没有主题 %s；不带名称运行可以列出全部主题", name)
		}
	}
	return nil
}
