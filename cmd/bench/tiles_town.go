package main

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/town"
)

// The parcels stand in the layer of buildings, whose fields are text and a number.
const (
	parcelLayer   = lintu.Buildings
	parcelCorners = 28
)

// householdsPerParcel makes 100,000 parcels where there are a million households.
const householdsPerParcel = 10

//go:embed tiles_copies.sql
var tileCopies string

//go:embed tiles_parcels.sql
var tileParcels string

//go:embed tiles_plain.sql
var tilePlain string

// tileTown is the town on whose tiles everything is measured. Its database is gone
// afterwards.
type tileTown struct {
	house      *house
	db         *sql.DB
	households int
	parcels    int
	places     []orb.Point           // of households, at random
	lists      map[int]maptile.Tiles // by zoom
	tokens     []string              // of API tokens that may see households
}

// tileSeed chooses the places whose tiles are measured.
const tileSeed = 2026

// build imports the town of 47,000 households as a planner would, and where more are
// wanted sets its copies beside it in the tables themselves, with the indexes that tiles
// use: an import of ten million with all that keeps edits safe would take half an hour.
func (t *tileTown) build(ctx context.Context, households int) (err error) {
	scale := town.ScaleFor(households)
	if err := t.importTown(ctx); err != nil {
		return err
	}
	if t.db, err = t.house.open(ctx); err != nil {
		return err
	}
	steps := []struct{ name, sql string }{
		{"copies of it", tileCopies}, {"parcels", tileParcels}, {"a table for ST_AsMVT", tilePlain},
	}
	for _, s := range steps {
		if s.sql == tileCopies && scale == 1 {
			continue
		}
		if err := t.step(ctx, s.name, func() error { return t.script(ctx, s.sql, scale) }); err != nil {
			return err
		}
	}
	if err := t.db.Owner().QueryRow(ctx, `SELECT (SELECT count(*) FROM bench_household), (SELECT count(*) FROM base)`).Scan(&t.households, &t.parcels); err != nil {
		return err
	}
	if err := t.choose(ctx); err != nil {
		return err
	}
	return t.enrol(ctx)
}

func (t *tileTown) step(ctx context.Context, name string, work func() error) error {
	start := time.Now()
	if err := work(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Printf("%-24s %6.1f s\n", name, time.Since(start).Seconds())
	return ctx.Err()
}

func (t *tileTown) importTown(ctx context.Context) error {
	dir := filepath.Join(t.house.dir, "town")
	return t.step(ctx, "the town, imported", func() error {
		if err := town.Write(ctx, dir, town.Config{Seed: 1, Scale: 1}); err != nil {
			return err
		}
		for _, f := range town.Files() {
			switch f.Layer {
			case lintu.Streets, lintu.Communities, lintu.Heads, lintu.Households:
				if !strings.HasSuffix(f.File, ".zip") {
					continue
				}
				if _, err := t.house.run(ctx, "import", filepath.Join(dir, f.File), "--layer", string(f.Layer), "--json"); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// script runs statements that stand in one file, in which :east and :north are the
// places of the copies, and reports how long the file took.
func (t *tileTown) script(ctx context.Context, text string, scale int) error {
	var east, north []float64
	for _, p := range town.Offsets(scale)[1:] {
		east, north = append(east, p[0]), append(north, p[1])
	}
	for statement := range strings.SplitSeq(text, ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		var args []any
		if strings.Contains(statement, "$2") {
			args = []any{east, north}
		} else if strings.Contains(statement, "$1") {
			args = []any{householdsPerParcel}
		}
		if _, err := t.db.Owner().Exec(ctx, statement, args...); err != nil {
			return fmt.Errorf("%w in %s", err, statement)
		}
	}
	return nil
}

// choose makes the lists of tiles: those around households taken at random, each tile
// once. A household is chosen by its code, so that the lists are the same every time.
func (t *tileTown) choose(ctx context.Context) error {
	const most = 20_000
	rows, err := t.db.Owner().Query(ctx, `SELECT ST_X(geom), ST_Y(geom) FROM bench_household ORDER BY hashtextextended(code, $1) LIMIT $2`, tileSeed, most)
	if err != nil {
		return err
	}
	defer rows.Close()
	t.lists = map[int]maptile.Tiles{}
	seen := map[maptile.Tile]bool{}
	for rows.Next() {
		var p orb.Point
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			return err
		}
		for _, z := range tileZooms {
			if c := maptile.At(p, maptile.Zoom(z.zoom)); !seen[c] && len(t.lists[z.zoom]) < z.tiles {
				seen[c] = true
				t.lists[z.zoom] = append(t.lists[z.zoom], c)
			}
		}
	}
	return rows.Err()
}

// tileTokens are as many as ask at once: each may ask for some 500 tiles a second.
const tileTokens = 128

// enrol makes an account that sees everything, with its tokens.
func (t *tileTown) enrol(ctx context.Context) error {
	if _, err := enrol(ctx, t.house, "wall", "viewer everywhere"); err != nil {
		return err
	}
	accounts, by := sql.NewAccounts(t.db, sql.AccountsConfig{}), lintu.Actor{Name: "cli:bench", Within: lintu.Jurisdiction}
	wall, err := accounts.Account(ctx, reportsTenant, "wall")
	if err != nil {
		return err
	}
	for range tileTokens {
		_, secret, err := accounts.CreateToken(ctx, reportsTenant, wall.ID, "tiles", []lintu.Right{lintu.SeeHouseholds}, 24*time.Hour, by)
		if err != nil {
			return err
		}
		t.tokens = append(t.tokens, secret)
	}
	return nil
}
