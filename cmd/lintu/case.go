package main

import (
	"context"
	"encoding/json"
)

// caseCmd is what an operator does with cases; see docs/cases.md.
type caseCmd struct {
	Rebuild caseRebuildCmd `cmd:"" help:"Make the cases anew from their events, which are the truth."`
}

// caseRebuildCmd folds the events of every case.
type caseRebuildCmd struct {
	DryRun bool `help:"Only count the cases that are not what their events add up to."`
	JSON   bool `name:"json" help:"Progress and result as JSON lines."`
}

// Run rebuilds; with --dry-run the exit code is 1 if a case is different.
func (c *caseRebuildCmd) Run(ctx context.Context, a *app) error {
	return a.with(ctx, func(p *place) error {
		m := newMeter(a.stderr, a.cfg.Lang, c.JSON)
		cases, different, err := p.db.Rebuild(ctx, a.cfg.Tenant, c.DryRun, m.show)
		m.end()
		if err != nil {
			return err
		}
		switch {
		case c.JSON:
			err = json.NewEncoder(a.stdout).Encode(map[string]any{"cases": cases, "different": different, "dryRun": c.DryRun})
		case c.DryRun:
			a.say("%d 件案卷，其中 %d 件与其事件不符。", "%d cases; %d of them are not what their events add up to.", cases, different)
		default:
			a.say("%d 件案卷，其中 %d 件与其事件不符，已改正。", "%d cases; %d of them were not what their events add up to, and are mended.", cases, different)
		}
		if err == nil && c.DryRun && different > 0 {
			err = exitCode(1)
		}
		return err
	})
}
