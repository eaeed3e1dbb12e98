package sql

import (
	"context"
	_ "embed"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

//go:embed queries/localities.sql
var localities string

// locality is a community as rules see it.
type locality struct {
	lintu.AreaRef
	in      []*string // ids of the community and of the areas around it
	answers bool      // it has a unit
}

// ruleKey is what a rule is for: a category in an area ("" for
// everywhere) on a rung ("" for all).
type ruleKey struct {
	category, area string
	rung           lintu.Rung
}

// Uncovered implements lintu.RuleStore. Rules whose unit or area is gone hold for
// nothing.
func (db *DB) Uncovered(ctx context.Context, tenant int32) ([]lintu.Uncovered, error) {
	cs, err := db.Categories(ctx, tenant)
	if err != nil {
		return nil, err
	}
	rules, err := db.Rules(ctx, tenant)
	if err != nil {
		return nil, err
	}
	communities, err := db.localities(ctx, tenant)
	if err != nil {
		return nil, err
	}
	held := map[ruleKey]bool{}
	for _, r := range rules {
		k := ruleKey{r.Category, "", r.Rung}
		if r.Area != nil {
			k.area = r.Area.ID
		}
		held[k] = held[k] || !r.Gone
	}
	uncovered := []lintu.Uncovered{}
	for _, c := range cs {
		if _, err := cs.Leaf(c.Code); err != nil {
			continue
		}
		path := append(cs.Path(c.Code), "")
		for _, l := range communities {
			if !l.covered(held, path, c.Rung) {
				upper := c.Rung == lintu.RungStreet || c.Rung == lintu.RungCounty
				uncovered = append(uncovered, lintu.Uncovered{Category: c.Code, Area: l.AreaRef, Fallback: l.answers && !upper})
			}
		}
	}
	return uncovered, nil
}

func (db *DB) localities(ctx context.Context, tenant int32) ([]locality, error) {
	rows, err := db.pool.Query(ctx, localities, tenant)
	if err != nil {
		return nil, toError(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l locality, err error) {
		l.Layer = lintu.Communities
		err = row.Scan(&l.ID, &l.Code, &l.Name, &l.in, &l.answers)
		return l, err
	})
	return all, toError(err)
}

// covered reports whether a rule holds for a category of that path on that rung.
func (l *locality) covered(held map[ruleKey]bool, path []string, rung lintu.Rung) bool {
	for _, category := range path {
		for _, rung := range []lintu.Rung{rung, ""} {
			if held[ruleKey{category, "", rung}] {
				return true
			}
			for _, area := range l.in {
				if area != nil && held[ruleKey{category, *area, rung}] {
					return true
				}
			}
		}
	}
	return false
}
