package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/town"
)

// demoCmd serves a synthetic town.
type demoCmd struct {
	Seed       uint64  `default:"1" help:"Another seed draws another town."`
	Households int     `default:"47000" help:"How many households, in whole copies of the town of 47,000; for measurements."`
	Open       int     `default:"300" help:"How many cases wait for somebody; more for measurements."`
	Anywhere   bool    `help:"Listen on other addresses than loopback too, though the passwords are on the screen."`
	Day        float64 `default:"0" placeholder:"SPEED" help:"Play a day of the town again and again, that many times as fast as it would pass: 60 is a minute in a second. 0 plays none."`
}

// fastestDay is the greatest speed of the demo's day: a day in some six seconds.
const fastestDay = 6000

// demoActor marks the batches of the demo town.
const demoActor = "demo"

// Run makes and imports the town where that has not been done, and serves it.
func (c *demoCmd) Run(ctx context.Context, a *app) error {
	if !c.Anywhere && !loopback(a.cfg.Addr) {
		return lintu.Errorf(lintu.CodeInvalid,
			"演示的密码显示在屏幕上，因此只在本机监听，而 LINTU_ADDR 是 %[1]s。请改为 127.0.0.1:8080；确实要让别的机器访问时加上 --anywhere。",
			"The demo prints its passwords on the screen, so it listens on this machine only, but LINTU_ADDR is %[1]s. Please make that 127.0.0.1:8080, or add --anywhere if other machines are to reach it.", a.cfg.Addr)
	}
	if c.Open < 0 {
		return lintu.Errorf(lintu.CodeInvalid, "--open 不能是负数。", "--open cannot be negative.")
	}
	if !(c.Day >= 0 && c.Day <= fastestDay) {
		return lintu.Errorf(lintu.CodeInvalid, "--day 应是 0 到 %d 的倍速，例如 60。", "--day is a speed from 0 to %d, such as 60.", fastestDay)
	}
	if a.cfg.Title == "" {
		a.name = lintu.Say("集里街道（演示）", "Jili Street (demo)")
	}
	return a.serve(ctx, func(ctx context.Context, p *place) error {
		if err := c.furnish(ctx, a, p); err != nil {
			return err
		}
		if err := a.demoRouting(ctx, p); err != nil {
			return err
		}
		if err := a.demoAccounts(ctx, p); err != nil {
			return err
		}
		cast, err := a.demoCast(ctx, p)
		if err != nil {
			return err
		}
		if err := c.remember(ctx, a, p, cast); err != nil {
			return err
		}
		if err := a.hireHeads(ctx, p, cast); err != nil || c.Day == 0 {
			return err
		}
		return c.begin(ctx, a, p, cast)
	})
}

// furnish imports those of the town's files that are not on the map yet, so
// that a start that was interrupted goes on where it stopped.
func (c *demoCmd) furnish(ctx context.Context, a *app, p *place) error {
	applied, err := demoFiles(ctx, a, p)
	if err != nil {
		return err
	}
	var missing []string
	answers := map[string]map[string]lintu.Answers{} // by file, then dataset
	for _, f := range town.Files() {
		if applied[f.File] {
			continue
		}
		if answers[f.File] == nil {
			missing = append(missing, f.File)
			answers[f.File] = map[string]lintu.Answers{}
		}
		answers[f.File][f.Dataset] = lintu.Answers{Layer: f.Layer}
	}
	if len(missing) == 0 {
		return nil
	}
	dir := filepath.Join(a.cfg.Data, "town")
	defer os.RemoveAll(dir)
	progress := newMeter(a.stderr, a.cfg.Lang, false)
	defer progress.end()
	cfg := town.Config{Seed: c.Seed, Scale: town.ScaleFor(c.Households), Progress: progress.show}
	if err := town.Write(ctx, dir, cfg); err != nil {
		return err
	}
	for _, file := range missing {
		progress.end()
		a.say("导入 %s", "Importing %s", file)
		_, err := p.importer.ImportFile(ctx, a.cfg.Tenant, filepath.Join(dir, file), lintu.Actor{Name: demoActor, Within: lintu.Jurisdiction}, answers[file], false, progress.show)
		if err != nil {
			return err
		}
	}
	return nil
}

// demoFiles are the town's files that are on the map.
func demoFiles(ctx context.Context, a *app, p *place) (map[string]bool, error) {
	batches, err := p.db.Batches(ctx, a.cfg.Tenant, nil, 1000)
	applied := map[string]bool{}
	for _, b := range batches {
		if b.Actor == demoActor && b.State == lintu.BatchApplied {
			applied[b.File] = true
		}
	}
	return applied, err
}
