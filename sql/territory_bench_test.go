package sql_test

import (
	"context"
	"testing"

	"github.com/lintu-map/lintu"
)

// raggedStreet is a street with a border of 6,000 points around the middle of the
// seeded town, and dense puts 2,000 more households in one tile of zoom 15.
const (
	raggedStreet = `INSERT INTO area (tenant_id, id, version, valid, level, code, geom, label, area_m2)
		SELECT $1, gen_random_uuid(), 1, '[2026-01-01,)', 'street', 'ragged', ST_Multi(ST_MakePolygon(ST_AddPoint(ring, ST_StartPoint(ring)))), ST_Point(113.6, 28.15, 4326), 1
		FROM (SELECT ST_SetSRID(ST_MakeLine(ARRAY(SELECT ST_Point(113.6 + r * 0.095 * cos(a), 28.15 + r * 0.145 * sin(a))
			FROM generate_series(0, 5999) i, LATERAL (SELECT 2 * pi() * i / 6000 AS a, 1 + 0.03 * sin(2 * pi() * i / 120) AS r) w)), 4326) AS ring) x`
	dense = `INSERT INTO household (tenant_id, id, version, valid, code, name, geom)
		SELECT $1, gen_random_uuid(), 1, '[2026-01-01,)', 'D' || n, '密' || n, ST_Point(113.5905 + n % 50 * 0.0001, 28.1405 + n / 50 * 0.0001, 4326) FROM generate_series(0, 1999) n`
)

// BenchmarkTerritory measures what a territory adds to tiles of 47,000 households,
// a page of items, their count and a search.
func BenchmarkTerritory(b *testing.B) {
	db, r := seeded(b, 47000)
	p := place{db, b, tenant}
	mustExec(b, db, raggedStreet, tenant)
	mustExec(b, db, dense, tenant)
	mustExec(b, db, `ANALYZE`)
	households := layerNamed(lintu.Households)
	x, y := tileOf(113.593, 28.142, 15)
	far := lintu.BBox{113.4, 27.9, 113.8, 28.4}
	for _, who := range []struct {
		name string
		v    *lintu.Viewer
	}{
		{"everywhere", everyone()},
		{"community", limited(tenant, forArea(p.id("area", "430181001008")))},
		{"street", limited(tenant, forArea(p.id("area", "ragged")))},
		{"head", limited(tenant, forHead(p.id("head", "L000100")))},
		{"community-and-head", limited(tenant, forArea(p.id("area", "430181001008")), forHead(p.id("head", "L000100")))},
	} {
		t := within(who.v)
		measure := func(name string, work func() error) {
			b.Run(name+"/"+who.name, func(b *testing.B) {
				for b.Loop() {
					if err := work(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		ctx := context.Background()
		measure("tile15", func() error {
			_, err := r.TileLayer(ctx, tenant, households, t, 15, x, y, nil)
			return err
		})
		measure("links15", func() error {
			_, err := r.TileLayer(ctx, tenant, layerNamed(lintu.Links), t, 15, x, y, nil)
			return err
		})
		measure("tile10", func() error {
			x, y := tileOf(113.6, 28.14, 10)
			_, err := r.TileLayer(ctx, tenant, households, t, 10, x, y, nil)
			return err
		})
		measure("items100", func() error {
			q := lintu.FeatureQuery{Tenant: tenant, Layer: households, Within: t, BBox: &far, Limit: 100}
			return r.EachFeature(ctx, q, func(lintu.Feature, string) error { return nil })
		})
		measure("count", func() error {
			_, err := r.CountFeatures(ctx, lintu.FeatureQuery{Tenant: tenant, Layer: households, Within: t})
			return err
		})
		measure("search", func() error {
			_, err := r.Search(ctx, who.v, "3栋 402", 10)
			return err
		})
	}
}
