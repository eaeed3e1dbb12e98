package main

import "context"

// migrateCmd migrates; opening does it.
type migrateCmd struct{}

// Run migrates.
func (migrateCmd) Run(ctx context.Context, a *app) error {
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	a.say("数据库结构已是最新。", "The database's schema is current.")
	return nil
}

// assignCmd changes who looks after a household.
type assignCmd struct {
	Household string `arg:"" help:"The household's code."`
	Head      string `arg:"" help:"The neighbor head's code."`
}

// Run assigns.
func (c *assignCmd) Run(ctx context.Context, a *app) error {
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	if err := p.db.Assign(ctx, a.cfg.Tenant, c.Household, c.Head, operator()); err != nil {
		return err
	}
	a.say("户 %s 现由邻长 %s 联系。", "Household %s is now looked after by neighbor head %s.", c.Household, c.Head)
	return nil
}

// checkCmd looks for contradictions.
type checkCmd struct{}

// Run checks; the exit code is 1 if anything was found.
func (checkCmd) Run(ctx context.Context, a *app) error {
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	found, err := p.db.Check(ctx, a.cfg.Tenant)
	if err != nil {
		return err
	}
	if _, err := p.db.VerifyAudit(ctx, a.cfg.Tenant, nil); err != nil {
		return err
	}
	for _, f := range found {
		a.say("%s：表 %s 中有 %d 行违反。", "%s: broken by %[3]d rows of table %[2]s.", f.Rule, f.Table, f.Rows)
	}
	if len(found) > 0 {
		return exitCode(1)
	}
	a.say("没有发现矛盾。", "No contradictions found.")
	return nil
}
