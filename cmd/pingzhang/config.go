package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"pingzhang/catalog"
	"pingzhang/internal/fault"
	"pingzhang/internal/platform"
	"pingzhang/standard/subject"
)

type configCmd struct {
	Check configCheckCmd `cmd:"" help:"检查目录文件（台账、流程、法律依据、角色……），运行规则脚本，列出生效的参数及其来源。"`
}

type configCheckCmd struct {
	place   `embed:""`
	HTTP    string `name:"http" help:"网页和接口的地址。" default:":8080"`
	Gateway string `help:"仪器接入的地址。" default:":9212"`
}

// Run reads every file of the catalog as serve would and prints what is in
// force. It opens no database and changes nothing.
func (c *configCheckCmd) Run(k *kong.Context) error {
	for _, f := range k.Selected().AllFlags(true) {
		for _, flag := range f {
			if flag.Name == "help" {
				continue
			}
			value := fmt.Sprint(k.FlagValue(flag))
			if flag.Name == "database" {
				value = hidePassword(value)
			}
			fmt.Printf("%-10s %-40s %s\n", flag.Name, orNone(value), source(k, flag))
		}
	}
	files, err := platform.CheckCatalog(c.options())
	if err != nil {
		return err
	}
	fmt.Printf("目录文件检查通过：%d 个文件\n", files)
	return c.rules(os.Stdout)
}

// rules runs the scripts of the catalog and of the data folder.
func (c *configCheckCmd) rules(out io.Writer) error {
	files := catalog.FS(c.Catalog)
	subjects, err := subject.Open(files)
	if err != nil {
		return fault.From(err, fault.Invalid, "目录中的标准数据有误：%s", err)
	}
	run := rulesTestCmd{Catalog: c.Catalog, Data: c.Data}
	scripts, err := run.scripts(files)
	if err != nil {
		return err
	}
	sum, err := run.runAll(out, subjects, scripts)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "规则脚本："+sum.text())
	return sum.err()
}

// source says where the value of a flag comes from.
func source(k *kong.Context, flag *kong.Flag) string {
	for _, p := range k.Path {
		if p.Flag == flag {
			return "命令行"
		}
	}
	for _, env := range flag.Envs {
		if _, ok := os.LookupEnv(env); ok {
			return "环境变量 " + env
		}
	}
	return "默认值"
}

// hidePassword hides the password of a DSN.
func hidePassword(dsn string) string {
	if at := strings.LastIndexByte(dsn, '@'); at > 0 {
		if colon := strings.LastIndexByte(dsn[:at], ':'); colon > 8 {
			return dsn[:colon+1] + "••••••" + dsn[at:]
		}
	}
	return dsn
}
