package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"pingzhang/internal/platform"
)

// place is where the platform keeps things; every command that opens it has
// these flags.
type place struct {
	Data     string `help:"数据目录。" default:"data" type:"path"`
	Database string `help:"PostgreSQL 连接串（postgres://用户:口令@地址:端口/库名）；不填时用数据目录中的 SQLite。" env:"PINGZHANG_DATABASE"`
	Catalog  string `help:"本局自己的目录文件夹，其中的文件代替内置的同名文件。" type:"path"`
	City     string `help:"目录中城市的文件夹。" default:"heihe"`
	Node     int    `help:"多个进程共用一个数据库时，本进程的编号（0 至 31）。"`
}

func (p place) options() platform.Options {
	return platform.Options{Data: p.Data, Database: p.Database, Catalog: p.Catalog, City: p.City, Node: p.Node}
}

type serveCmd struct {
	place   `embed:""`
	HTTP    string `name:"http" help:"网页和接口的地址。" default:":8080"`
	Gateway string `help:"仪器接入的地址；none 为不接入。" default:":9212"`
	TLSCert string `name:"tls-cert" help:"TLS 证书文件。" type:"path"`
	TLSKey  string `name:"tls-key" help:"TLS 私钥文件。" type:"path"`

	Webhook       []string `help:"每条消息同时发往的内网地址（http 或 https），可重复。"`
	WebhookSecret string   `help:"消息签名的密钥（HMAC-SM3）；建议用环境变量。" env:"PINGZHANG_WEBHOOK_SECRET"`
}

// Run starts the platform and serves until it is told to end.
func (c *serveCmd) Run(ctx context.Context) error {
	o := c.options()
	o.HTTP, o.Gateway, o.TLSCert, o.TLSKey = c.HTTP, c.Gateway, c.TLSCert, c.TLSKey
	o.Webhooks, o.WebhookSecret = c.Webhook, c.WebhookSecret
	if o.Gateway == "none" {
		o.Gateway = ""
	}
	if err := o.Validate(); err != nil {
		return err
	}
	p, err := platform.Open(ctx, o)
	if err != nil {
		return err
	}
	defer p.Close()
	r, err := p.Start(ctx)
	if err != nil {
		return err
	}
	defer r.Stop()
	// Not before: a start that fails would have shown the passwords already.
	if err := firstAccounts(ctx, p); err != nil {
		return err
	}
	scheme := "http://"
	if o.TLSCert != "" {
		scheme = "https://"
	}
	if err := announce(ready{scheme + r.HTTPAddr, r.GatewayAddr, "", o.Data}); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "屏障已启动：网页 %s，仪器接入 %s，数据目录 %s\n", r.HTTPAddr, orNone(r.GatewayAddr), o.Data)
	return r.Wait(ctx)
}

// firstAccounts makes the three administrators of a new database and prints
// their one-time passwords, once.
func firstAccounts(ctx context.Context, p *platform.Platform) error {
	passwords, err := p.Access.Bootstrap(ctx)
	if err != nil || passwords == nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "新数据库：已建立三个管理员账号。一次性密码只显示这一次，请分别交给三个人，首次登录须修改：")
	logins := make([]string, 0, len(passwords))
	for login := range passwords {
		logins = append(logins, login)
	}
	slices.Sort(logins)
	for _, login := range logins {
		fmt.Fprintf(os.Stderr, "  %-10s %s\n", login, passwords[login])
	}
	return nil
}

func orNone(s string) string {
	if s == "" {
		return "未启用"
	}
	return s
}

type migrateCmd struct {
	place `embed:""`
}

// Run brings the database up to date and ends.
func (c *migrateCmd) Run(ctx context.Context) error {
	p, err := platform.Open(ctx, c.options())
	if err != nil {
		return err
	}
	fmt.Println("数据库结构已是最新")
	return p.Close()
}
