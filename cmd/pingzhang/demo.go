package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"pingzhang/internal/access"
	"pingzhang/internal/platform"
)

type demoCmd struct {
	Data    string `help:"数据目录；已有演示数据时接着用。" default:"data/demo" type:"path"`
	HTTP    string `name:"http" help:"网页和接口的地址。" default:"127.0.0.1:8080"`
	Gateway string `help:"仪器接入的地址。" default:"127.0.0.1:9212"`
	Quiet   bool   `help:"不启动模拟仪器，只有空的演示城市。"`
}

// ready is what the line tells that programs wait for.
type ready struct {
	HTTP    string `json:"http"`
	Gateway string `json:"gateway"`
	Token   string `json:"token,omitempty"`
	Data    string `json:"data"`
}

// announce prints the line that says that the server takes connections.
func announce(r ready) error {
	line, err := json.Marshal(r)
	if err == nil {
		fmt.Println("ready " + string(line))
	}
	return err
}

// Run starts the platform with the demonstration city and its simulated
// instruments, and says where to look.
func (c *demoCmd) Run(ctx context.Context) error {
	o := platform.Options{Data: c.Data, HTTP: c.HTTP, Gateway: c.Gateway, Demo: true}
	if err := o.Validate(); err != nil {
		return err
	}
	p, err := platform.Open(ctx, o)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := p.SeedDemo(ctx); err != nil {
		return err
	}
	token, err := demoToken(ctx, p)
	if err != nil {
		return err
	}
	r, err := p.Start(ctx)
	if err != nil {
		return err
	}
	defer r.Stop()
	if !c.Quiet {
		stop, err := r.StartDemoInstruments(ctx)
		if err != nil {
			return err
		}
		defer stop()
	}
	if err := announce(ready{"http://" + r.HTTPAddr, r.GatewayAddr, token, c.Data}); err != nil {
		return err
	}
	c.say(r)
	return r.Wait(ctx)
}

// demoToken makes a token for programs, of the demonstration's section account.
func demoToken(ctx context.Context, p *platform.Platform) (string, error) {
	a, err := p.Access.Authenticate(ctx, "demo-section", platform.DemoPassword, "demo")
	if err != nil {
		return "", err
	}
	by, _, err := p.Access.CallerOf(ctx, a.ID, "system")
	if err != nil {
		return "", err
	}
	var perms []access.Permission
	for _, perm := range by.Permissions() {
		if perm != "token.create" {
			perms = append(perms, perm)
		}
	}
	return p.Access.CreateToken(ctx, by, "演示", perms, 30)
}

func (c *demoCmd) say(r *platform.Running) {
	fmt.Fprintf(os.Stderr, `
屏障演示已启动（数据均为虚构，保存在 %s；按 Ctrl+C 结束）

  打开    http://%s
  密码    %s （所有演示账号相同）
  账号    demo-section  市局科室：看实时监测，交办、审核、公开、销号
          demo-heat     排污单位：说明超标原因，上传佐证
          demo-branch   爱辉分局：现场核查，上传照片
          demo-leader   市局领导：全市情况
          demo-audit    审计管理员：核验留痕
  仪器    向 %s 发送 HJ 212 报文；未登记的设备在“报文检查”里认领

试一试：约一分钟后，“督办事项”里会有一件二氧化硫超标；
        用上面的账号依次办理，直到销号，再用 demo-audit 核验留痕。

`, c.Data, r.HTTPAddr, platform.DemoPassword, r.GatewayAddr)
}
