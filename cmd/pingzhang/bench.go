package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"pingzhang/internal/gateway/bench"
	"pingzhang/internal/platform"
)

type benchCmd struct {
	Ingest benchIngestCmd `cmd:"" help:"测量接入全程：TCP、解析、落盘、应答，客户端也在本机。"`
}

type benchIngestCmd struct {
	Dir     string        `help:"放临时数据库的空文件夹；不填用系统临时目录。" type:"path"`
	Devices int           `help:"设备台数。" default:"163"`
	For     time.Duration `help:"每个阶段的时长。" default:"5s"`
	JSON    bool          `name:"json" short:"j" help:"输出 JSON。"`
}

func (c *benchIngestCmd) options(dir string) bench.Options {
	return bench.Options{Dir: dir, Devices: c.Devices, For: c.For, Progress: func(phase string) { fmt.Fprintln(os.Stderr, phase) }}
}

// judged measures once more at a whole platform, in a folder of its own, that
// judges every hour of every device while it takes in.
func (c *benchIngestCmd) judged(ctx context.Context, dir string) (r bench.JudgedReport, err error) {
	p, err := platform.Open(ctx, platform.Options{Data: dir})
	if err != nil {
		return r, err
	}
	defer p.Close()
	site, err := p.BenchSite(ctx, max(c.Devices, 1))
	if err != nil {
		return r, err
	}
	return bench.RunJudged(ctx, c.options(dir), site)
}

// Run measures the whole way of readings on this machine. Absolute numbers of
// two machines cannot be compared.
func (c *benchIngestCmd) Run(ctx context.Context) error {
	dir := c.Dir
	if dir == "" {
		tmp, err := os.MkdirTemp("", "pingzhang-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		dir = tmp
	}
	report, err := bench.Run(ctx, c.options(dir))
	if err != nil {
		return err
	}
	judged, err := c.judged(ctx, filepath.Join(dir, "judged"))
	if err != nil {
		return err
	}
	report.Judged = &judged
	enc := json.NewEncoder(os.Stdout)
	if !c.JSON {
		enc.SetIndent("", "  ")
	}
	return enc.Encode(report)
}
