package sql

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// The ground is where an edit may change things: the areas of its actor as they
// were before it, so that nobody widens them and builds there in one batch. It is
// a temporary table of one row; edits of actors who may act everywhere have none.

// borderDegrees is by how much areas and the base map may reach over the border of
// the ground, about a metre. Who redraws the communities of a street draws its
// outer border again: coordinates are rounded to the centimetre, and a straight
// line between two points of a projected plane passes up to a metre beside the
// one in degrees where the points are 10 km apart. Nobody lives on that strip, and
// points (households, heads, units) must lie on the ground itself.
const borderDegrees = 0.00001

// heldDegrees is the same for the areas that the actor holds themselves: they make
// the ground, and a metre each time would widen it street by street. It is only for
// the noise of a union, a tenth of a millimetre.
const heldDegrees = 1e-9

// keepTo gives the edit its ground.
func (e *edit) keepTo(ctx context.Context, t lintu.Territory) error {
	if t.Everywhere {
		return nil
	}
	e.bounded = true
	_, err := e.tx.Exec(ctx, `
		CREATE TEMP TABLE ground ON COMMIT DROP AS
		SELECT whole, ST_Buffer(whole, $3::float8) AS wide, ST_Buffer(whole, $4::float8) AS held, $2::uuid[] AS areas
		FROM (SELECT ST_Union(geom) AS whole FROM area
			WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND upper_inf(valid)) a`, e.tenant, t.Areas, borderDegrees, heldDegrees)
	return err
}

// onGround is the condition that a geometry of the table lies on the ground of a
// bounded edit; what has no place does not.
func (t table) onGround(geom string) string {
	border := "whole"
	if t.name == "area" || t.name == "base" {
		border = "wide"
	}
	return "coalesce(ST_Covers((SELECT " + border + " FROM ground), " + geom + "), false)"
}

// andOnGround is " AND …" for statements of edits that may or may not be bounded.
func (e *edit) andOnGround(t table, geom string) string {
	if !e.bounded {
		return ""
	}
	return " AND " + t.onGround(geom)
}

// stayOnGround refuses what the part created or changed elsewhere: where it was
// before counts as well as where it is now. A part of households or heads may name
// nothing elsewhere at all, or a guess that is not refused would tell where they
// are, who looks after them and what is known of them.
func (m *merge) stayOnGround(ctx context.Context) error {
	if !m.bounded {
		return nil
	}
	t := m.stage.table
	touched := `(lower(v.valid) = $3 OR upper(v.valid) = $3)`
	if m.layer.Needs == lintu.SeeHouseholds {
		touched = `(` + touched + ` OR upper_inf(v.valid))`
	}
	return m.refuseRow(ctx, `
		SELECT s.number, s.code FROM `+m.stage.name+` s JOIN `+t.name+`_version v ON v.code = s.code
		WHERE v.tenant_id = $1`+t.scoped("v", "$2")+` AND `+touched+`
		AND NOT (`+t.onGround("v.geom")+t.notWider("v.id", "v.geom")+`) ORDER BY s.number LIMIT 1`, m.tenant, t.in, m.at)
}

// notWider is " AND …", the condition that what is drawn as an area of the actor's
// own adds nothing to the ground.
func (t table) notWider(id, geom string) string {
	if t.name != "area" {
		return ""
	}
	return ` AND (` + id + ` <> ALL ((SELECT areas FROM ground)::uuid[]) OR coalesce(ST_Covers((SELECT held FROM ground), ` + geom + `), false))`
}

// refuseRow is CodeForbidden for the row (number, code) that a query finds.
func (m *merge) refuseRow(ctx context.Context, query string, args ...any) error {
	var number int64
	var code string
	err := m.tx.QueryRow(ctx, query, args...).Scan(&number, &code)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return lintu.Errorf(lintu.CodeForbidden,
		"第 %[1]d 行（%[2]s）现在或原来的位置不在您负责的区域内；请从文件中去掉该行，或请负责那里的人导入。",
		"Row %[1]d (%[2]s) is, or was until now, outside the areas you are responsible for. Please take it out of the file, or ask whoever is responsible there to import it.",
		number, code)
}

// linksOnGround refuses a batch that ended a head who looks after households
// elsewhere.
func (b *batchTx) linksOnGround(ctx context.Context) error {
	if !b.bounded {
		return nil
	}
	var head *string
	homes, _ := lintu.LayerByName(lintu.Households)
	err := b.tx.QueryRow(ctx, `
		SELECT min(n.code) FROM assignment a
		JOIN household h ON h.tenant_id = $1 AND h.id = a.household_id
		JOIN head n ON n.tenant_id = $1 AND n.id = a.head_id
		WHERE a.tenant_id = $1 AND (lower(a.valid) = $2 OR upper(a.valid) = $2)
		AND NOT `+tableOf(homes).onGround("h.geom"), b.tenant, b.at).Scan(&head)
	if err != nil || head == nil {
		return err
	}
	return lintu.Errorf(lintu.CodeForbidden,
		"邻长 %[1]s 还联系着您负责的区域以外的户，不能由您撤销；请先请负责那里的人把这些户改派。",
		"Neighbor head %[1]s also looks after households outside the areas you are responsible for, so you cannot end this post. Please ask whoever is responsible there to reassign them first.",
		*head)
}

// undoOnGround refuses to take back what the temporary table undone has changed
// elsewhere.
func (e *edit) undoOnGround(ctx context.Context, t table) error {
	if !e.bounded {
		return nil
	}
	return e.refuseUndo(ctx, `SELECT min(code) FROM undone WHERE before IS NOT NULL AND NOT (`+t.onGround("old_geom")+t.notWider("id", "old_geom")+
		`) OR standing AND NOT `+t.onGround("new_geom"))
}

// relinkOnGround is the same for the assignments of the table wanted.
func (e *edit) relinkOnGround(ctx context.Context) error {
	if !e.bounded {
		return nil
	}
	homes, _ := lintu.LayerByName(lintu.Households)
	return e.refuseUndo(ctx, `SELECT min(code) FROM wanted WHERE NOT `+tableOf(homes).onGround("geom"))
}

// personsOnGround is the same for the persons of the table undone_person.
func (e *edit) personsOnGround(ctx context.Context) error {
	if !e.bounded {
		return nil
	}
	return e.refuseUndo(ctx, `SELECT min(code) FROM undone_person u JOIN (
			SELECT 'household' AS kind, id AS subject_id, code, geom FROM household WHERE tenant_id = $1
			UNION ALL SELECT 'head', id, code, geom FROM head WHERE tenant_id = $1) t USING (kind, subject_id)
		WHERE NOT `+table{name: "household"}.onGround("t.geom"), e.tenant)
}

func (e *edit) refuseUndo(ctx context.Context, query string, args ...any) error {
	var code *string
	if err := e.tx.QueryRow(ctx, query, args...).Scan(&code); err != nil || code == nil {
		return err
	}
	return lintu.Errorf(lintu.CodeForbidden,
		"不能由您撤回此批次：它更改的 %[1]s 不在您负责的区域内；请负责那里的人撤回。",
		"You cannot take this batch back: %[1]s, which it changed, is outside the areas you are responsible for. Please ask whoever is responsible there.",
		*code)
}
