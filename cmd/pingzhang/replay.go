package main

import (
	"context"
	"fmt"
	"time"

	"pingzhang/internal/gateway"
	"pingzhang/internal/platform"
)

type replayCmd struct {
	place `embed:""`
	File  string `arg:"" help:"报文文件：报文样本文件（每行一段）或原始抓包。"`
	To    string `help:"发往这个接入地址，而不是写入数据目录。" placeholder:"ADDR"`
	Check bool   `short:"n" help:"只统计文件中的报文，不写入也不发送。"`
}

// Run sends a file of frames on their way: into the data folder, which no
// platform may be using, or to an address.
func (c *replayCmd) Run(ctx context.Context) error {
	capture, err := gateway.ReadCapture(c.File)
	if err != nil {
		return err
	}
	if c.Check {
		fmt.Printf("%d 段字节流\n", len(capture.Streams))
		return nil
	}
	var done gateway.Replayed
	if c.To != "" {
		done, err = gateway.SendCapture(ctx, c.To, capture, 2*time.Second, nil)
	} else {
		var p *platform.Platform
		if p, err = platform.Open(ctx, c.options()); err != nil {
			return err
		}
		defer p.Close()
		done, err = p.Gateway.ReplayCapture(ctx, capture, nil)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%d 段，%d 条报文：接收 %d", done.Samples, done.Frames, done.Accepted)
	if c.To != "" {
		fmt.Printf("，收到应答 %d", done.Answered)
	}
	fmt.Printf("，跳过 %d 字节\n", done.Skipped)
	for reason, n := range done.Refused {
		fmt.Printf("  拒收 %-20s %d\n", reason, n)
	}
	return nil
}
