package main

import (
	"context"
	"fmt"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/platform"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"为一个账号建立接口令牌。"`
}

type tokenCreateCmd struct {
	place `embed:""`
	Login string   `arg:"" help:"令牌所属的账号；令牌的权限不超过它。"`
	Name  string   `help:"用途。" required:""`
	Days  int      `help:"有效天数。" default:"90"`
	Perm  []string `help:"权限，可重复；不填为该账号的全部只读权限。"`
}

// Run makes a token and prints it, once. The platform must not be running on
// the same folder.
func (c *tokenCreateCmd) Run(ctx context.Context) error {
	p, err := platform.Open(ctx, c.options())
	if err != nil {
		return err
	}
	defer p.Close()
	by, err := p.Access.CallerByLogin(ctx, c.Login, "system")
	if err != nil {
		return err
	}
	var perms []access.Permission
	for _, perm := range c.Perm {
		perms = append(perms, access.Permission(perm))
	}
	if len(perms) == 0 {
		for _, perm := range []access.Permission{"api.read", "monitor.read", "register.read", "finding.read", "matter.read"} {
			if by.May(perm) {
				perms = append(perms, perm)
			}
		}
	}
	if len(perms) == 0 {
		return fault.New(fault.Invalid, "账号 %s 没有可授予令牌的权限", c.Login)
	}
	text, err := p.Access.CreateToken(ctx, by, c.Name, perms, c.Days)
	if err != nil {
		return err
	}
	fmt.Println(text)
	return nil
}

type accountCmd struct {
	Reset accountResetCmd `cmd:"" help:"重置一个账号的密码，输出一次性密码。"`
}

type accountResetCmd struct {
	place `embed:""`
	Login string `arg:"" help:"账号。"`
}

// Run gives an account a one-time password. It is for administrators that lost
// theirs, and needs access to the data folder.
func (c *accountResetCmd) Run(ctx context.Context) error {
	p, err := platform.Open(ctx, c.options())
	if err != nil {
		return err
	}
	defer p.Close()
	a, err := p.Access.CallerByLogin(ctx, c.Login, "system")
	if err != nil {
		return err
	}
	password, err := p.Access.Reset(ctx, access.Platform("account.create"), a.Account)
	if err != nil {
		return err
	}
	fmt.Println(password)
	return nil
}
