package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/town"
)

// demoCmd serves a synthetic town.
type demoCmd struct {
	Seed  uint64  `default:"1" help:"Another seed draws another town."`
	Scale float64 `default:"1" help:"1 is 47,000 households; 21.3 is a million."`
}

// demoActor marks the batches of the demo town.
const demoActor = "demo"

// Run makes and imports the town where that has not been done, and serves it.
func (c *demoCmd) Run(ctx context.Context, a *app) error {
	if a.cfg.Title == "" {
		a.cfg.Title = town.Title
	}
	return a.serve(ctx, func(ctx context.Context, p *place) error { return c.furnish(ctx, a, p) })
}

// furnish imports those of the town's files that are not on the map yet, so
// that a start that was interrupted goes on where it stopped.
func (c *demoCmd) furnish(ctx context.Context, a *app, p *place) error {
	applied, err := demoFiles(ctx, a, p)
	if err != nil {
		return err
	}
	var missing []town.File
	for _, f := range town.Files() {
		if !applied[f.Name] {
			missing = append(missing, f)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	dir, err := os.MkdirTemp(a.cfg.Data, "town-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	progress := newMeter(a.stderr, a.cfg.Lang, false)
	defer progress.end()
	if err := town.Write(ctx, dir, town.Config{Seed: c.Seed, Scale: c.Scale}, progress.show); err != nil {
		return err
	}
	for _, f := range missing {
		progress.end()
		fmt.Fprintln(a.stdout, lintu.Say("导入 %s", "Importing %s", f.Name).In(a.cfg.Lang))
		answers := map[string]lintu.Answers{}
		for dataset, layer := range f.Layers {
			answers[dataset] = lintu.Answers{Layer: layer}
		}
		if _, err := p.importer.ImportFile(ctx, a.cfg.Tenant, filepath.Join(dir, f.Name), demoActor, answers, false, progress.show); err != nil {
			return err
		}
	}
	return nil
}

// demoFiles are the town's files that are on the map.
func demoFiles(ctx context.Context, a *app, p *place) (map[string]bool, error) {
	batches, err := p.db.Batches(ctx, a.cfg.Tenant, 1000)
	applied := map[string]bool{}
	for _, b := range batches {
		if b.Actor == demoActor && b.State == lintu.BatchApplied {
			applied[b.File] = true
		}
	}
	return applied, err
}
