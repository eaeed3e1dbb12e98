package sql

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

//go:embed queries/place_cases.sql
var placeCases string

// areaChanged remembers that open cases within the bounds, box2d texts or nil, are to
// be placed anew once the edit has committed.
func (e *edit) areaChanged(ctx context.Context, bounds ...*string) error {
	_, err := e.tx.Exec(ctx, `
		INSERT INTO area_change AS c (tenant_id, at, bounds)
		SELECT $1, $2, ST_SetSRID(ST_Envelope(ST_Collect(b::box2d::geometry)), 4326) FROM unnest($3::text[]) b WHERE b IS NOT NULL HAVING count(*) > 0
		ON CONFLICT (tenant_id, at) DO UPDATE SET bounds = ST_Envelope(ST_Collect(c.bounds, excluded.bounds))`, e.tenant, e.at, bounds)
	return err
}

// PlaceCases places open cases anew after areas have changed, as far as one step goes,
// which looks at max cases. It returns how many it looked at, and whether there may be
// more to do at once. Each change is followed, whatever ends a server.
func (db *DB) PlaceCases(ctx context.Context, tenant int32, now time.Time, max int) (looked int, more bool, err error) {
	// The transaction below gets its number after this has seen the change, and so after
	// whichever was under way when the areas changed.
	var due bool
	err = db.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM area_change WHERE tenant_id = $1 AND `+followable+`)`, tenant).Scan(&due)
	if err != nil || !due {
		return 0, false, toError(err)
	}
	err = db.cases(ctx, tenant, now, func(t *caseTx) error {
		at, first, err := t.nextAreaChange(ctx)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		page, err := t.misplaced(ctx, at, max)
		if err != nil {
			return err
		}
		looked, more = len(page), true
		if err := t.placeAnew(ctx, page); err != nil {
			return err
		}
		switch {
		case looked == max:
			last := page[max-1]
			t.writes.Queue(`UPDATE area_change SET after_at = $3, after_id = $4 WHERE tenant_id = $1 AND at = $2`, tenant, at, last.reportedAt, last.id)
		case first:
			t.writes.Queue(`UPDATE area_change SET after_at = DEFAULT, after_id = DEFAULT, until = pg_current_xact_id()
				WHERE tenant_id = $1 AND at = $2`, tenant, at)
		default:
			t.writes.Queue(`DELETE FROM area_change WHERE tenant_id = $1 AND at = $2`, tenant, at)
		}
		return nil
	})
	if err != nil {
		return 0, false, err
	}
	return looked, more, nil
}

// followable is the condition that a pass over the open cases can begin or go on.
const followable = `(until IS NULL OR until <= pg_snapshot_xmin(pg_current_snapshot()))`

// nextAreaChange locks the oldest change that can be followed now and that no other
// server follows; pgx.ErrNoRows if there is none.
func (t *caseTx) nextAreaChange(ctx context.Context) (at time.Time, first bool, err error) {
	err = t.tx.QueryRow(ctx, `SELECT at, until IS NULL FROM area_change WHERE tenant_id = $1
		AND `+followable+` ORDER BY at LIMIT 1 FOR UPDATE SKIP LOCKED`, t.tenant).Scan(&at, &first)
	return at, first, err
}

// lookedAt is an open case, and where it lies now if that is elsewhere than it fell in.
type lookedAt struct {
	id         lintu.ID
	reportedAt time.Time
	lon, lat   float64
	areas      []lintu.AreaVersion // nil: as they were
}

func (t *caseTx) misplaced(ctx context.Context, at time.Time, max int) ([]lookedAt, error) {
	rows, err := t.tx.Query(ctx, placeCases, t.tenant, at, max)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (x lookedAt, err error) {
		err = row.Scan(&x.id, &x.reportedAt, &x.lon, &x.lat, &x.areas)
		return x, err
	})
}

// placeAnew gives the cases the areas that were found for them. One that has moved or
// ended in the meantime is left alone: whoever did that has placed it.
func (t *caseTx) placeAnew(ctx context.Context, page []lookedAt) error {
	found := map[lintu.ID]lookedAt{}
	var ids []lintu.ID
	for _, x := range page {
		if x.areas != nil {
			found[x.id], ids = x, append(ids, x.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	locked, err := t.lock(ctx, ids...)
	if err != nil {
		return err
	}
	n := 0
	for _, id := range ids {
		c, x := locked[id], found[id]
		if !c.IsOpen() || c.Place.Lon != x.lon || c.Place.Lat != x.lat {
			continue
		}
		t.office.Route = func(lintu.Place, string, lintu.Rung) (*lintu.Routed, error) {
			return &lintu.Routed{Areas: x.areas, Head: c.Head}, nil
		}
		next, events, err := t.office.Decide(c, lintu.Action{ID: lintu.NewID(), Act: lintu.ActPlace}, lintu.System)
		if err != nil {
			return err
		}
		if err := t.keep(next, events, nil); err != nil {
			return err
		}
		n++
	}
	detail, err := json.Marshal(map[string]int{"cases": n})
	if n > 0 {
		t.audit = append(t.audit, lintu.AuditEntry{Actor: lintu.System.Name(), Act: actCase + string(lintu.ActPlace), Kind: "case", Detail: detail})
	}
	return err
}
