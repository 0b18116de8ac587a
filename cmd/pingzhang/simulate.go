package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/gateway/instrument"
)

type simulateCmd struct {
	Addr      string        `arg:"" help:"接入地址，如 127.0.0.1:9212。"`
	N         int           `short:"c" help:"仪器台数。" default:"10"`
	Prefix    string        `help:"设备编号（MN）的前缀。" default:"SIM"`
	Seed      uint64        `help:"随机种子；相同的种子产生相同的数据。" default:"1"`
	Hours     float64       `help:"先补传多少小时的历史数据。" default:"0"`
	For       time.Duration `help:"运行多久；0 为直到中断。" default:"0s"`
	Loss      float64       `help:"丢包的概率（0 至 1）。"`
	Duplicate float64       `help:"重复发送的概率。"`
	Reconnect float64       `help:"发送后断线的概率。"`
	WrongCRC  float64       `name:"wrong-crc" help:"校验错误的概率。"`
	Split     float64       `help:"分两次写出的概率。"`
	Burst     int           `help:"攒够多少包一起发送。"`
	Drift     time.Duration `help:"时钟偏差。"`
	WrongPW   bool          `name:"wrong-pw" help:"使用错误的访问密码。"`
}

// Run simulates instruments until it is interrupted, and says how they fared.
func (c *simulateCmd) Run(ctx context.Context) error {
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	specs := instrument.Mixed(c.N, c.Prefix, c.Seed)
	for i := range specs {
		specs[i].Faults = instrument.Faults{
			Loss: c.Loss, Duplicate: c.Duplicate, Reconnect: c.Reconnect, WrongCRC: c.WrongCRC, Split: c.Split, Burst: c.Burst, Drift: c.Drift, WrongPW: c.WrongPW,
		}
	}
	fleet := instrument.NewFleet(c.Addr, specs, clock.System{}.Now)
	if c.Hours > 0 {
		if err := fleet.Backfill(ctx, c.Hours); err != nil && ctx.Err() == nil {
			return err
		}
	}
	fleet.Run(ctx)
	s := fleet.Stats
	fmt.Fprintf(os.Stderr, "发送 %d 包（重发 %d），应答 %d，连接 %d 次，执行指令 %d 条，待发 %d\n",
		s.Sent.Load(), s.Resent.Load(), s.Acked.Load(), s.Connects.Load(), s.Commands.Load(), fleet.Waiting())
	return nil
}
