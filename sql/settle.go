package sql

import (
	"context"

	"github.com/lintu-map/lintu"
)

// aftermath is what an edit leaves to be settled before it commits.
type aftermath struct {
	areas   bool      // areas were changed: others may have found their parent
	closed  bool      // features went: their assignments end with them
	counted []*string // bounds around changed households and heads: areas there count again
}

// settle brings up to date what follows from the changes of an edit.
func (e *edit) settle(ctx context.Context, batch *lintu.ID, after aftermath) error {
	if after.closed {
		if err := e.unlinkGone(ctx, batch); err != nil {
			return err
		}
		if err := e.endPersons(ctx, batch); err != nil {
			return err
		}
	}
	if after.areas {
		if err := e.adopt(ctx); err != nil {
			return err
		}
	}
	if after.areas || len(after.counted) > 0 {
		return e.count(ctx, after.counted)
	}
	return nil
}

// unlinkGone ends the assignments of households and heads that have gone.
func (e *edit) unlinkGone(ctx context.Context, batch *lintu.ID) error {
	var ended, fresh int64
	var bounds, head *string
	err := e.tx.QueryRow(ctx, `
		SELECT count(*), count(*) FILTER (WHERE lower(a.valid) = $2),
			ST_Extent(ST_Collect(h.geom, n.geom))::text, min(n.code) FILTER (WHERE lower(a.valid) = $2)
		FROM assignment a
		JOIN household h ON h.tenant_id = $1 AND h.id = a.household_id
		JOIN head n ON n.tenant_id = $1 AND n.id = a.head_id
		WHERE a.tenant_id = $1 AND upper_inf(a.valid) AND NOT (upper_inf(h.valid) AND upper_inf(n.valid))`,
		e.tenant, e.at).Scan(&ended, &fresh, &bounds, &head)
	if err != nil || ended == 0 {
		return err
	}
	if fresh > 0 {
		return lintu.Errorf(lintu.CodeConflict,
			"邻长 %[1]s 被此批次撤销，但同一批次又把住户指派给了这位邻长；请改正文件后再导入。",
			"This batch ends the neighbor head %[1]s and also assigns households to that head. Please correct the files and import them again.", *head)
	}
	_, err = e.tx.Exec(ctx, `
		UPDATE assignment a SET valid = tstzrange(lower(a.valid), $2), closed_by = $3
		FROM household h, head n
		WHERE a.tenant_id = $1 AND upper_inf(a.valid) AND h.tenant_id = $1 AND h.id = a.household_id
		AND n.tenant_id = $1 AND n.id = a.head_id AND NOT (upper_inf(h.valid) AND upper_inf(n.valid))`, e.tenant, e.at, batch)
	if err != nil {
		return err
	}
	return e.changed(ctx, lintu.Links, nil, batch, bounds, nil)
}

// adopt finds parents for areas that came before the wider ones did. A search
// for parents looks only at wider levels, which the planner knows to be few
// only if it has seen what was just loaded.
func (e *edit) adopt(ctx context.Context) error {
	if _, err := e.tx.Exec(ctx, `ANALYZE area (tenant_id, level, code, valid)`); err != nil {
		return err
	}
	return e.changedAreas(ctx, `
		WITH found AS MATERIALIZED (
			SELECT id, area_parent(tenant_id, level, code, label) AS parent FROM area
			WHERE tenant_id = $1 AND upper_inf(valid) AND parent = '' AND level <> 'county'
		), done AS (
			UPDATE area a SET version = version + (lower(valid) < $2)::int, valid = tstzrange($2, NULL), parent = f.parent
			FROM found f WHERE a.tenant_id = $1 AND a.id = f.id AND f.parent <> ''
			RETURNING a.level, a.geom
		)`, e.tenant, e.at)
}

// count counts again the households and heads of the areas that this edit
// changed and of those within the bounds.
func (e *edit) count(ctx context.Context, within []*string) error {
	return e.changedAreas(ctx, `
		WITH counted AS MATERIALIZED (
			SELECT id,
				(SELECT count(*) FROM household h WHERE h.tenant_id = $1 AND upper_inf(h.valid) AND ST_Contains(a.geom, h.geom)) AS households,
				(SELECT count(*) FROM head h WHERE h.tenant_id = $1 AND upper_inf(h.valid) AND ST_Contains(a.geom, h.geom)) AS heads
			FROM area a WHERE tenant_id = $1 AND upper_inf(valid) AND (lower(valid) = $2
				OR EXISTS (SELECT FROM unnest($3::text[]) b WHERE a.geom && ST_SetSRID(b::box2d::geometry, 4326)))
		), done AS (
			UPDATE area a SET version = version + (lower(valid) < $2)::int, valid = tstzrange($2, NULL),
				households = c.households, heads = c.heads
			FROM counted c WHERE a.tenant_id = $1 AND a.id = c.id AND (a.households, a.heads) <> (c.households, c.heads)
			RETURNING a.level, a.geom
		)`, e.tenant, e.at, within)
}

// changedAreas runs an update of areas, a WITH clause whose done returns level
// and geom, and logs around what it changed.
func (e *edit) changedAreas(ctx context.Context, with string, args ...any) error {
	_, err := e.tx.Exec(ctx, with+`
		INSERT INTO change (tenant_id, kind, old_bounds, new_bounds)
		SELECT $1, `+tables[0].layerOf("done")+`, ST_Extent(geom), ST_Extent(geom) FROM done GROUP BY level`, args...)
	return err
}
