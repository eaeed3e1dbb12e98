package main

import (
	"bytes"
	"context"
	"crypto/sha256"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/town"
)

// cast are those who act in the demo by themselves. They hold their roles in this
// program only.
type cast struct {
	patrol, dispatcher, checker, crew *lintu.Viewer
	units                             map[string]string // codes by name
	tenant                            int32
	place                             *place
}

// Accounts in whose name the demo's patrols and units work. Nobody knows their passwords.
const (
	patrolLogin = "demo.patrol"
	crewLogin   = "demo.crew"
)

// demoCast finds or makes the accounts of the cast.
func (a *app) demoCast(ctx context.Context, p *place) (*cast, error) {
	c := &cast{tenant: a.cfg.Tenant, place: p}
	by := lintu.Actor{Name: demoActor, Within: lintu.Jurisdiction}
	for _, x := range []struct {
		to    **lintu.Viewer
		login string
		role  lintu.Role
	}{
		{&c.patrol, patrolLogin, lintu.RoleGridWorker}, {&c.crew, crewLogin, ""},
		{&c.dispatcher, "dispatcher", lintu.RoleDispatcher}, {&c.checker, "checker", lintu.RoleChecker},
	} {
		account, err := a.demoAccount(ctx, p, x.login, by)
		if err != nil {
			return nil, err
		}
		*x.to = &lintu.Viewer{Tenant: a.cfg.Tenant, Account: account.ID, Login: x.login, Name: "user:" + account.ID.String()}
		if x.role != "" {
			(*x.to).Grants = []lintu.Grant{{Role: x.role, Scope: lintu.Scope{Kind: lintu.Everywhere}}}
		}
	}
	units, err := a.codesByName(ctx, p, lintu.Units)
	c.units = units
	if err != nil {
		return nil, err
	}
	return c, a.hireCast(ctx, p, c, by)
}

// hireCast gives the patrols a place and the crew every unit, so that the cases of the
// units wait for them and not for the dispatcher.
func (a *app) hireCast(ctx context.Context, p *place, c *cast, by lintu.Actor) error {
	streets, err := a.demoPlace(ctx, p, lintu.Streets)
	if err != nil {
		return err
	}
	if err := a.hire(ctx, p, patrolLogin, lintu.RoleGridWorker, streets, by); err != nil {
		return err
	}
	for _, code := range c.units {
		unit, err := p.accounts.FindScope(ctx, a.cfg.Tenant, string(lintu.Units)+"/"+code)
		if err != nil {
			return err
		}
		if err := a.hire(ctx, p, crewLogin, lintu.RoleUnitMember, unit, by); err != nil {
			return err
		}
	}
	return nil
}

// hireHeads makes the crew answer for the neighbor heads who have cases and no account.
func (a *app) hireHeads(ctx context.Context, p *place, c *cast) error {
	heads := map[lintu.ID]bool{}
	err := p.db.EachCase(ctx, c.dispatcher, lintu.CaseQuery{Open: true}, func(x *lintu.CaseView, _ string) error {
		if x.Unanswered != nil && x.Handler.Kind == lintu.HeadHandles {
			heads[x.Handler.ID] = true
		}
		return nil
	})
	for id := range heads {
		if err == nil {
			err = a.hire(ctx, p, crewLogin, lintu.RoleNeighborHead, lintu.Scope{Kind: lintu.ForHead, ID: id}, lintu.Actor{Name: demoActor, Within: lintu.Jurisdiction})
		}
	}
	return err
}

// hire gives an account a role, unless it holds it.
func (a *app) hire(ctx context.Context, p *place, login string, role lintu.Role, scope lintu.Scope, by lintu.Actor) error {
	err := p.accounts.Grant(ctx, a.cfg.Tenant, login, lintu.Grant{Role: role, Scope: scope}, by)
	if lintu.CodeOf(err) == lintu.CodeConflict {
		return nil
	}
	return err
}

// hand is who works for a handler.
func (c *cast) hand(h lintu.Handler) lintu.Asker {
	switch h.Kind {
	case lintu.WorkerHandles:
		return lintu.Asker{Viewer: c.patrol}
	case lintu.HeadHandles:
		return c.member(lintu.Grant{Role: lintu.RoleNeighborHead, Scope: lintu.Scope{Kind: lintu.ForHead, ID: h.ID}})
	}
	return c.member(lintu.Grant{Role: lintu.RoleUnitMember, Scope: lintu.Scope{Kind: lintu.ForUnit, ID: h.ID}})
}

func (c *cast) member(g lintu.Grant) lintu.Asker {
	v := *c.crew
	v.Grants = []lintu.Grant{g}
	return lintu.Asker{Viewer: &v}
}

// unit is whom the dispatcher of the demo gives a case of that category to.
func (c *cast) unit(category string) lintu.Handler {
	return lintu.Handler{Kind: lintu.UnitHandles, Code: c.units[unitFor(category)]}
}

// unitFor is the name of the unit that knows best what to do, by the longest beginning
// of the category.
func unitFor(category string) string {
	names := map[string]string{
		"B01": "集里街道城市管理办公室", "B0103": "演示自来水公司", "B0105": "演示燃气公司", "B0106": "演示供电所", "B0109": "演示第一物业公司",
		"B02": "集里街道交通运输站", "B03": "集里街道城市管理办公室", "B04": "集里街道林业站", "B05": "集里街道住房和城乡建设站", "B0504": "演示地质勘查院",
		"S01": "集里街道城市管理办公室", "S0105": "集里街道生态环境所", "S03": "集里街道住房和城乡建设站", "S04": "集里街道应急管理站", "S05": "交警中队",
		"S0501": "夜市管理专班", "S0504": "集里街道消防救援站", "S0505": "集里街道消防救援站", "S06": "集里司法所", "S0605": "集里街道人力资源和社会保障站",
		"S07": "集里街道社会事务办公室", "S0702": "集里街道民政办", "S0703": "集里街道卫生健康办", "S08": "集里街道民政办", "S09": "集里街道应急管理站",
	}
	for n := len(category); n > 0; n-- {
		if name, ok := names[category[:n]]; ok {
			return name
		}
	}
	return "集里街道综治中心"
}

// bring stores a painted picture under an id, as brought by somebody.
func (c *cast) bring(ctx context.Context, id lintu.ID, by lintu.Asker, lean float64, cracks int) error {
	kind := int(sha256.Sum256(id[:])[0])
	picture, err := town.Picture(kind, lean, cracks)
	if err != nil {
		return err
	}
	photo, _, err := c.place.photos.Put(ctx, c.tenant, id, bytes.NewReader(picture))
	if err != nil {
		return err
	}
	return c.place.db.NotePhoto(ctx, c.tenant, *photo, by, nil)
}
