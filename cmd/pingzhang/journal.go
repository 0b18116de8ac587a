package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/platform"
)

type journalCmd struct {
	Verify journalVerifyCmd `cmd:"" help:"核验留痕：逐条重算，找出被改动、删除、插入的行；或离线核验证据包。"`
	Key    journalKeyCmd    `cmd:"" help:"输出校验点的 SM2 公钥（PEM）。"`
}

type journalVerifyCmd struct {
	place  `embed:""`
	Bundle string `help:"核验一个证据包（zip），不需要数据库。" placeholder:"FILE" type:"path"`
	Key    string `help:"核验证据包时信任的公钥（PEM）；不填则用包内的公钥，只能证明包自身一致。" placeholder:"FILE" type:"path"`
	JSON   bool   `name:"json" short:"j" help:"输出 JSON。"`
}

// Run verifies the journal of a data folder, or a bundle. It exits 1 when
// something was changed.
func (c *journalVerifyCmd) Run(ctx context.Context) error {
	if c.Bundle != "" {
		return c.bundle()
	}
	p, err := platform.OpenJournal(ctx, c.options())
	if err != nil {
		return err
	}
	defer p.Close()
	report, err := p.Journal.Verify(ctx, time.Now())
	if err != nil {
		return err
	}
	if c.JSON {
		return done(report.OK(), json.NewEncoder(os.Stdout).Encode(report))
	}
	for _, problem := range report.Problems {
		fmt.Printf("%s\t%d\t%s\n", problem.Kind, problem.Seq, problem.What)
	}
	fmt.Printf("核验 %d 条留痕、%d 个校验点；前 %d 条已由签名校验点固定\n", report.Rows, report.Points, report.Covered)
	return done(report.OK(), nil)
}

func (c *journalVerifyCmd) bundle() error {
	f, err := os.Open(c.Bundle)
	if err != nil {
		return fault.From(err, fault.Invalid, "打不开证据包 %s", c.Bundle)
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	var trusted []byte
	if c.Key != "" {
		if trusted, err = os.ReadFile(c.Key); err != nil {
			return fault.From(err, fault.Invalid, "读不到公钥文件 %s", c.Key)
		}
	}
	report, err := journal.VerifyBundle(f, size, trusted)
	if err != nil {
		return err
	}
	return done(report.OK(), json.NewEncoder(os.Stdout).Encode(report))
}

// done turns a verification into the exit code.
func done(ok bool, err error) error {
	if err != nil || ok {
		return err
	}
	return fault.New(fault.Conflict, "核验发现问题，见上")
}

type journalKeyCmd struct {
	place `embed:""`
}

// Run prints the public key.
func (c *journalKeyCmd) Run(ctx context.Context) error {
	p, err := platform.OpenJournal(ctx, c.options())
	if err != nil {
		return err
	}
	defer p.Close()
	pem, err := p.Keys.PublicKey()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(pem)
	return err
}
