package sql

import (
	"context"

	"github.com/lintu-map/lintu"
)

// assign gives households the heads that the file names. A household that the
// file leaves without one, in a column that others fill, loses its head.
func (m *merge) assign(ctx context.Context) error {
	if m.layer.Kind != lintu.KindHousehold || !m.stage.has("head") {
		return nil
	}
	// All households of a bounded edit are on its ground by now. It knows the heads
	// there, and those whom the households have.
	known := ""
	if m.bounded {
		heads, _ := lintu.LayerByName(lintu.Heads)
		known = ` AND (n.id = a.head_id OR ` + tableOf(heads).onGround("n.geom") + `)`
	}
	_, err := m.tx.Exec(ctx, `
		CREATE TEMP TABLE wanted ON COMMIT DROP AS
		SELECT s.number, s.code, s.head, h.id AS household_id, n.id AS head_id, a.head_id AS present,
			lower(h.valid) = $2 AS merged
		FROM `+m.stage.name+` s
		JOIN household h ON h.tenant_id = $1 AND h.code = s.code
		LEFT JOIN assignment a ON a.tenant_id = $1 AND a.household_id = h.id AND upper_inf(a.valid)
		LEFT JOIN head n ON n.tenant_id = $1 AND n.code = s.head AND upper_inf(n.valid)`+known+`
		WHERE n.id IS DISTINCT FROM a.head_id OR n.id IS NULL AND s.head <> ''`, m.tenant, m.at)
	if err != nil {
		return err
	}
	if err := m.refuseUnknownHeads(ctx); err != nil {
		return err
	}
	var also int64
	if err := m.tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE NOT merged) FROM wanted`).Scan(&also); err != nil {
		return err
	}
	m.count.Changed += also
	if !m.light() { // nothing in a dry run looks at assignments
		if err := m.relink(ctx, nil, m.batch); err != nil {
			return err
		}
	}
	_, err = m.tx.Exec(ctx, `DROP TABLE wanted`)
	return err
}

func (m *merge) refuseUnknownHeads(ctx context.Context) error {
	var number *int64
	var head *string
	err := m.tx.QueryRow(ctx, `SELECT min(number), (array_agg(head ORDER BY number))[1] FROM wanted
		WHERE head_id IS NULL AND head <> ''`).Scan(&number, &head)
	if err != nil || number == nil {
		return err
	}
	return lintu.Errorf(lintu.CodeInvalid,
		"第 %[1]d 行：没有代码为 %[2]s 的邻长；请先导入邻长，或改正该行。",
		"Row %[1]d: there is no neighbor head with the code %[2]s. Please import the heads first, or correct the row.", *number, *head)
}

// relink carries out the temporary table wanted (household_id, head_id or null):
// it ends the present assignments, begins the wanted ones, and logs around what
// has changed; id is the household if there is only one. An assignment that this
// transaction made is corrected instead.
func (e *edit) relink(ctx context.Context, id, batch *lintu.ID) error {
	if _, err := e.tx.Exec(ctx, `ANALYZE wanted`); err != nil {
		return err
	}
	var bounds *string
	var n int64
	err := e.tx.QueryRow(ctx, `
		SELECT count(*), ST_Extent(ST_Collect(ARRAY[h.geom, was.geom, is_now.geom]))::text
		FROM wanted w JOIN household h ON h.tenant_id = $1 AND h.id = w.household_id
		LEFT JOIN assignment a ON a.tenant_id = $1 AND a.household_id = h.id AND upper_inf(a.valid)
		LEFT JOIN head was ON was.tenant_id = $1 AND was.id = a.head_id
		LEFT JOIN head is_now ON is_now.tenant_id = $1 AND is_now.id = w.head_id`, e.tenant).Scan(&n, &bounds)
	if err != nil || n == 0 {
		return err
	}
	for _, query := range []string{
		`UPDATE assignment a SET head_id = w.head_id, batch_id = $3 FROM wanted w
		WHERE a.tenant_id = $1 AND a.household_id = w.household_id AND lower(a.valid) = $2 AND w.head_id IS NOT NULL`,
		`UPDATE assignment a SET valid = tstzrange(lower(a.valid), $2), closed_by = $3 FROM wanted w
		WHERE a.tenant_id = $1 AND a.household_id = w.household_id AND upper_inf(a.valid) AND lower(a.valid) < $2`,
		`INSERT INTO assignment (tenant_id, household_id, version, head_id, valid, batch_id)
		SELECT $1, w.household_id, coalesce(had.version, 0) + 1, w.head_id, tstzrange($2, NULL), $3
		FROM wanted w LEFT JOIN (SELECT household_id, max(version) AS version, bool_or(upper_inf(valid)) AS open
			FROM assignment WHERE tenant_id = $1 AND household_id IN (SELECT household_id FROM wanted)
			GROUP BY household_id) had USING (household_id)
		WHERE w.head_id IS NOT NULL AND had.open IS NOT TRUE`,
	} {
		if _, err := e.tx.Exec(ctx, query, e.tenant, e.at, batch); err != nil {
			return err
		}
	}
	return e.changed(ctx, lintu.Links, id, batch, bounds, bounds)
}
