package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"pingzhang/internal/gateway/bench"
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
	report, err := bench.Run(ctx, bench.Options{Dir: dir, Devices: c.Devices, For: c.For, Progress: func(phase string) { fmt.Fprintln(os.Stderr, phase) }})
	if err != nil {
		return err
	}
	enc := json.NewEncoder(os.Stdout)
	if !c.JSON {
		enc.SetIndent("", "  ")
	}
	return enc.Encode(report)
}
