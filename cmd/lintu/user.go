package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lintu-map/lintu"
)

// userCmd keeps the accounts.
type userCmd struct {
	List    userListCmd   `cmd:"" help:"List the accounts and their roles."`
	Add     userAddCmd    `cmd:"" help:"Make an account and print its one-time password."`
	Disable userStateCmd  `cmd:"" help:"Close an account: its sessions and tokens end at once."`
	Enable  userEnableCmd `cmd:"" help:"Open a closed account again."`
	Reset   userResetCmd  `cmd:"" help:"Give an account a new one-time password and end its sessions."`
	Roles   userRolesCmd  `cmd:"" help:"Show, grant and revoke the roles of an account."`
}

// userListCmd lists the accounts.
type userListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists.
func (c *userListCmd) Run(ctx context.Context, a *app) error {
	return a.with(ctx, func(p *place) error {
		list, err := p.accounts.Accounts(ctx, a.cfg.Tenant)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(list)
		}
		t := a.table(lintu.Say("登录名\t状态\t最近使用\t角色", "login\tstate\tlast used\troles"))
		for _, x := range list {
			roles, err := a.rolesOf(ctx, p, x)
			if err != nil {
				return err
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", x.Login, stateOf(x).In(a.cfg.Lang), shortTime(x.SeenAt), strings.Join(roles, ", "))
		}
		return t.Flush()
	})
}

// userAddCmd makes an account, and gives it a role if one is named.
type userAddCmd struct {
	Login string     `arg:"" help:"2 to 64 Latin letters, digits or . _ @ -; not a person's name."`
	Role  lintu.Role `help:"A role to give at once." placeholder:"ROLE"`
	For   string     `default:"everywhere" help:"What the role is held for: everywhere, or a layer and a code such as communities/430181001009, units/… or heads/…." placeholder:"SCOPE"`
}

// Run adds. The role is looked at before the account is made.
func (c *userAddCmd) Run(ctx context.Context, a *app) error {
	return a.with(ctx, func(p *place) error {
		g := lintu.Grant{Role: c.Role}
		if c.Role != "" {
			var err error
			if g.Scope, err = p.accounts.FindScope(ctx, a.cfg.Tenant, c.For); err != nil {
				return err
			}
			if err := g.Check(); err != nil {
				return err
			}
		}
		x, password, err := p.accounts.AddAccount(ctx, a.cfg.Tenant, c.Login, operator())
		if err != nil {
			return err
		}
		a.printOneTime(x.Login, password)
		if c.Role == "" {
			a.say("它还没有角色。下一步：lintu user roles %[1]s --grant ROLE --for SCOPE", "It has no role yet. Next: lintu user roles %[1]s --grant ROLE --for SCOPE", x.Login)
			return nil
		}
		return p.accounts.Grant(ctx, a.cfg.Tenant, x.Login, g, operator())
	})
}

// userStateCmd disables an account.
type userStateCmd struct {
	Login string `arg:""`
}

// Run disables.
func (c *userStateCmd) Run(ctx context.Context, a *app) error {
	return a.setDisabled(ctx, c.Login, true, lintu.Say("账号 %s 已停用。", "Account %s is disabled.", c.Login))
}

// userEnableCmd enables an account.
type userEnableCmd struct {
	Login string `arg:""`
}

// Run enables.
func (c *userEnableCmd) Run(ctx context.Context, a *app) error {
	return a.setDisabled(ctx, c.Login, false, lintu.Say("账号 %s 已启用。", "Account %s is enabled.", c.Login))
}

func (a *app) setDisabled(ctx context.Context, login string, disabled bool, done lintu.Text) error {
	return a.with(ctx, func(p *place) error {
		err := p.accounts.SetDisabled(ctx, a.cfg.Tenant, login, disabled, operator())
		if err == nil {
			fmt.Fprintln(a.stdout, done.In(a.cfg.Lang))
		}
		return err
	})
}

// userResetCmd gives a new one-time password.
type userResetCmd struct {
	Login string `arg:""`
}

// Run resets.
func (c *userResetCmd) Run(ctx context.Context, a *app) error {
	return a.with(ctx, func(p *place) error {
		password, err := p.accounts.ResetPassword(ctx, a.cfg.Tenant, c.Login, operator())
		if err == nil {
			a.printOneTime(c.Login, password)
		}
		return err
	})
}

// userRolesCmd shows the roles of an account, after changing them if told to.
type userRolesCmd struct {
	Login  string     `arg:""`
	Grant  lintu.Role `xor:"what" help:"Give this role." placeholder:"ROLE"`
	For    string     `default:"everywhere" help:"What it is held for: everywhere, or a layer and a code." placeholder:"SCOPE"`
	From   string     `help:"When it begins: 2026-01-31, the beginning of that day, or RFC 3339. Default: now." placeholder:"TIME"`
	To     string     `help:"When it ends, likewise. Default: when it is revoked." placeholder:"TIME"`
	Revoke string     `xor:"what" help:"End a role: its id, or its name where the account holds it once." placeholder:"ID-or-ROLE"`
	JSON   bool       `name:"json" help:"Print JSON."`
}

// Run changes and shows.
func (c *userRolesCmd) Run(ctx context.Context, a *app) error {
	return a.with(ctx, func(p *place) error {
		var err error
		switch {
		case c.Grant != "":
			err = c.grant(ctx, a, p)
		case c.Revoke != "":
			err = c.revoke(ctx, a, p)
		}
		if err != nil {
			return err
		}
		x, err := p.accounts.Account(ctx, a.cfg.Tenant, c.Login)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(x.Grants)
		}
		t := a.table(lintu.Say("编号\t角色\t范围\t开始\t结束", "id\trole\tfor\tfrom\tto"))
		for _, g := range x.Grants {
			title, err := p.accounts.ScopeTitle(ctx, a.cfg.Tenant, g.Scope)
			if err != nil {
				return err
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", g.ID, g.Role, title.In(a.cfg.Lang), shortTime(&g.From), shortTime(g.To))
		}
		return t.Flush()
	})
}

func (c *userRolesCmd) grant(ctx context.Context, a *app, p *place) (err error) {
	g := lintu.Grant{Role: c.Grant}
	if c.From != "" {
		if g.From, err = parseTime(c.From); err != nil {
			return err
		}
	}
	if c.To != "" {
		to, err := parseTime(c.To)
		if err != nil {
			return err
		}
		g.To = &to
	}
	if g.Scope, err = p.accounts.FindScope(ctx, a.cfg.Tenant, c.For); err != nil {
		return err
	}
	return p.accounts.Grant(ctx, a.cfg.Tenant, c.Login, g, operator())
}

func (c *userRolesCmd) revoke(ctx context.Context, a *app, p *place) error {
	id, err := lintu.ParseID(c.Revoke)
	if err != nil {
		x, err := p.accounts.Account(ctx, a.cfg.Tenant, c.Login)
		if err != nil {
			return err
		}
		held := slices.DeleteFunc(x.Grants, func(g lintu.Grant) bool { return string(g.Role) != c.Revoke })
		if len(held) != 1 {
			return lintu.Errorf(lintu.CodeInvalid, "账号 %[1]s 有 %[2]d 个名为 %[3]s 的角色；请用 lintu user roles %[1]s 列出的编号。",
				"Account %[1]s holds %[2]d roles called %[3]s; please name one by its id from: lintu user roles %[1]s", c.Login, len(held), c.Revoke)
		}
		id = held[0].ID
	}
	return p.accounts.Revoke(ctx, a.cfg.Tenant, c.Login, id, operator())
}

// printOneTime prints a one-time password, to standard output only: standard
// error may be a log.
func (a *app) printOneTime(login, password string) {
	a.say("账号 %s 的一次性密码：%s\n请在 7 天内用它登录；首次登录时须改密码。", "One-time password of %s: %s\nSign in with it within 7 days; it must be changed at the first sign-in.", login, password)
}

// rolesOf names the roles of an account with what they are held for.
func (a *app) rolesOf(ctx context.Context, p *place, x lintu.Account) (list []string, err error) {
	for _, g := range x.Grants {
		title, err := p.accounts.ScopeTitle(ctx, a.cfg.Tenant, g.Scope)
		if err != nil {
			return nil, err
		}
		list = append(list, fmt.Sprintf("%s (%s)", g.Role, title.In(a.cfg.Lang)))
	}
	return list, nil
}

func stateOf(x lintu.Account) lintu.Text {
	switch {
	case x.Disabled:
		return lintu.Say("已停用", "disabled")
	case x.MustChange:
		return lintu.Say("待改密码", "must change password")
	}
	return lintu.Say("可用", "active")
}
