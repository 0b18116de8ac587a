// Command pingzhang is the working system of an ecology and environment bureau:
// one binary that serves pages, programs and instruments, and the tools around
// it. Run it without arguments for the list of commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"pingzhang/internal/fault"
)

// Exit codes: done, failed, misused.
const (
	exitFailed  = 1
	exitMisused = 2
)

// cli is the whole command line: one field a command, one file a command.
type cli struct {
	Demo     demoCmd     `cmd:"" help:"启动演示城市：内置数据库、模拟仪器、演示账号。"`
	Serve    serveCmd    `cmd:"" help:"启动平台：网页、接口、仪器接入、到期提醒。"`
	Migrate  migrateCmd  `cmd:"" help:"升级数据库结构（serve 启动时也会自动执行）。"`
	Frames   framesCmd   `cmd:"" help:"逐条解析 HJ 212 报文文件，不写入任何数据。"`
	Judge    judgeCmd    `cmd:"" help:"不用服务器，按标准逐行判定一个文件：空气、水、土壤、排放。"`
	Siting   sitingCmd   `cmd:"" help:"不用服务器，把项目边界与管控单元图层比对：涉及哪些单元、各多少面积。"`
	Replay   replayCmd   `cmd:"" help:"把报文文件重放到数据库或某个接入地址。"`
	Simulate simulateCmd `cmd:"" help:"模拟多台 HJ 212 仪器，可按需制造故障。"`
	Rules    rulesCmd    `cmd:"" help:"运行规则脚本，核对标准的每一个数值和条款。"`
	Token    tokenCmd    `cmd:"" help:"管理接口令牌。"`
	Journal  journalCmd  `cmd:"" help:"核验、导出留痕。"`
	Account  accountCmd  `cmd:"" help:"在命令行重置账号（忘记密码时）。"`
	Config   configCmd   `cmd:"" help:"查看生效的配置及其来源。"`
	Bench    benchCmd    `cmd:"" help:"在本机测量性能。"`
	Version  versionCmd  `cmd:"" help:"显示版本。"`
}

func main() {
	var c cli
	parser, err := kong.New(&c,
		kong.Name("pingzhang"),
		kong.Description("屏障：生态环境治理平台。所有时间为北京时间（UTC+8）。\n参数的优先次序：命令行 > 环境变量 PINGZHANG_… > 默认值。"),
		kong.UsageOnError(),
		kong.DefaultEnvars("PINGZHANG"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Exit(func(code int) {
			if code != 0 {
				code = exitMisused
			}
			os.Exit(code)
		}),
	)
	if err != nil {
		panic(err) // the command line's own definition is wrong
	}
	if len(os.Args) == 1 {
		os.Args = append(os.Args, "--help")
	}
	run, err := parser.Parse(spelled(os.Args[1:]))
	if err != nil {
		parser.Errorf("%s", err)
		os.Exit(exitMisused)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run.BindTo(ctx, (*context.Context)(nil))
	if err := run.Run(); err != nil {
		os.Exit(fail(err))
	}
}

// spelled lets long flags be written with one stroke too, as those of the Go tools
// are and as the documents have them: -json, -at.
func spelled(args []string) []string {
	args = slices.Clone(args)
	for i, a := range args {
		name, _, _ := strings.Cut(a, "=")
		if slices.Contains([]string{"-at", "-json", "-daily", "-body", "-catalog", "-data", "-zones", "-crs"}, name) {
			args[i] = "-" + a
		}
	}
	return args
}

// fail prints err for a person on standard error and returns the exit code. It
// is the command line's one table from kind to code.
func fail(err error) int {
	var said *fault.Error
	if errors.As(err, &said) {
		fmt.Fprintln(os.Stderr, "pingzhang: "+said.Text)
		for _, text := range said.Fields {
			fmt.Fprintln(os.Stderr, "  "+text)
		}
	}
	if said == nil || said.Kind == fault.Internal || os.Getenv("PINGZHANG_DEBUG") != "" {
		fmt.Fprintln(os.Stderr, "pingzhang:", err)
	}
	if fault.Is(err, fault.Invalid) {
		return exitMisused
	}
	return exitFailed
}
