package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// demoStaff has an account for each role. The role is held for a feature of the
// layer, or everywhere where there is none.
var demoStaff = []struct {
	login string
	role  lintu.Role
	layer lintu.Layer
}{
	{"viewer", lintu.RoleViewer, ""},
	{"dispatcher", lintu.RoleDispatcher, lintu.Streets},
	{"planner", lintu.RolePlanner, ""},
	{"gridworker", lintu.RoleGridWorker, lintu.Grids},
	{"head", lintu.RoleNeighborHead, lintu.Heads},
	{"unit", lintu.RoleUnitMember, lintu.Units},
	{"checker", lintu.RoleChecker, lintu.Streets},
	{"auditor", lintu.RoleAuditor, ""},
	{"admin", lintu.RoleAdministrator, ""},
}

// demoAccounts gives each of the demo's accounts a fresh password and prints it.
func (a *app) demoAccounts(ctx context.Context, p *place) error {
	by := lintu.Actor{Name: demoActor, Within: lintu.Jurisdiction}
	t := a.table(lintu.Say("登录名\t密码\t角色\t范围", "login\tpassword\trole\tplace"))
	for _, x := range demoStaff {
		account, err := a.demoAccount(ctx, p, x.login, by)
		if err != nil {
			return err
		}
		if len(account.Grants) == 0 {
			g := lintu.Grant{Role: x.role, Scope: lintu.Scope{Kind: lintu.Everywhere}}
			if x.layer != "" {
				if g.Scope, err = a.demoPlace(ctx, p, x.layer); err != nil {
					return err
				}
			}
			if err := p.accounts.Grant(ctx, a.cfg.Tenant, x.login, g, by); err != nil {
				return err
			}
			account.Grants = append(account.Grants, g)
		}
		password := sql.NewPassword(x.login)
		if err := p.accounts.SetPassword(ctx, a.cfg.Tenant, x.login, password, by); err != nil {
			return err
		}
		role, _ := lintu.RoleByName(account.Grants[0].Role)
		title, err := p.accounts.ScopeTitle(ctx, a.cfg.Tenant, account.Grants[0].Scope)
		if err != nil {
			return err
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", x.login, password, role.Title.In(a.cfg.Lang), title.In(a.cfg.Lang))
	}
	return t.Flush()
}

// demoAccount finds or makes an account.
func (a *app) demoAccount(ctx context.Context, p *place, login string, by lintu.Actor) (*lintu.Account, error) {
	account, err := p.accounts.Account(ctx, a.cfg.Tenant, login)
	if lintu.CodeOf(err) == lintu.CodeNotFound {
		account, _, err = p.accounts.AddAccount(ctx, a.cfg.Tenant, login, by)
	}
	return account, err
}

// demoPlace is the first feature of the layer by code; where the layer counts
// households, the first that has any.
func (a *app) demoPlace(ctx context.Context, p *place, layer lintu.Layer) (lintu.Scope, error) {
	info, _ := lintu.LayerByName(layer)
	_, counts := info.Field("households")
	found := errors.New("found")
	var code string
	err := sql.NewReader(p.db).EachFeature(ctx, lintu.FeatureQuery{Tenant: a.cfg.Tenant, Layer: info, Within: lintu.Jurisdiction},
		func(f lintu.Feature, _ string) error {
			var has struct {
				Code       string
				Households int
			}
			if err := json.Unmarshal(f.Properties, &has); err != nil {
				return err
			}
			if counts && has.Households == 0 {
				return nil
			}
			code = has.Code
			return found
		})
	if err != nil && !errors.Is(err, found) {
		return lintu.Scope{}, err
	}
	return p.accounts.FindScope(ctx, a.cfg.Tenant, string(layer)+"/"+code)
}

// loopback reports whether only this machine reaches the address.
func loopback(addr string) bool {
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	return err == nil && tcp.IP.IsLoopback()
}
