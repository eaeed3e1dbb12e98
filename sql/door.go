package sql

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

var _ lintu.Doors = (*DB)(nil)

// doorSQL reads open doors with the present name and place of whose they are. A door
// whose head, area or unit is no longer there is closed.
const doorSQL = `
	SELECT d.id, d.code, d.kind, d.subject_id, d.created_at, s.title, ST_X(s.at), ST_Y(s.at)
	FROM door d CROSS JOIN LATERAL (
		SELECT name AS title, geom AS at FROM head WHERE d.kind = 'head' AND tenant_id = d.tenant_id AND id = d.subject_id AND upper_inf(valid)
		UNION ALL SELECT name, label FROM area WHERE d.kind = 'grid' AND tenant_id = d.tenant_id AND id = d.subject_id AND upper_inf(valid)
		UNION ALL SELECT name, geom FROM unit WHERE d.kind = 'hall' AND tenant_id = d.tenant_id AND id = d.subject_id AND upper_inf(valid)
	) s
	WHERE d.tenant_id = $1 AND d.closed_at IS NULL AND s.at IS NOT NULL`

func scanDoor(row pgx.CollectableRow) (d lintu.Door, err error) {
	err = row.Scan(&d.ID, &d.Code, &d.Kind, &d.Subject, &d.CreatedAt, &d.Title, &d.Lon, &d.Lat)
	return d, err
}

// Doors implements lintu.Doors, by kind and title.
func (db *DB) Doors(ctx context.Context, tenant int32) ([]lintu.Door, error) {
	rows, err := db.pool.Query(ctx, doorSQL+` ORDER BY d.kind, s.title, d.code`, tenant)
	if err != nil {
		return nil, toError(err)
	}
	list, err := pgx.CollectRows(rows, scanDoor)
	return list, toError(err)
}

// Door implements lintu.Doors.
func (db *DB) Door(ctx context.Context, tenant int32, code string) (*lintu.Door, error) {
	rows, err := db.pool.Query(ctx, doorSQL+` AND d.code = $2`, tenant, storable(code))
	if err != nil {
		return nil, toError(err)
	}
	d, err := pgx.CollectExactlyOneRow(rows, scanDoor)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, lintu.Errorf(lintu.CodeNotFound, "这个二维码已停用或不存在，请联系社区。", "This QR code is closed or does not exist; please ask the community.")
	}
	return &d, toError(err)
}

// MakeDoor implements lintu.Doors. What is outside the actor's territory is answered
// like what is not there.
func (db *DB) MakeDoor(ctx context.Context, tenant int32, kind lintu.DoorKind, subject lintu.ID, by lintu.Actor) (*lintu.Door, error) {
	if kind != lintu.HeadDoor && kind != lintu.GridDoor && kind != lintu.HallDoor {
		return nil, lintu.Errorf(lintu.CodeInvalid, "入口的 kind 只能是 head、grid 或 hall。", "The kind of a door is head, grid or hall.")
	}
	var code string
	err := pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		if err := doorSubject(ctx, tx, tenant, kind, subject, by.Within); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `SELECT code FROM door WHERE tenant_id = $1 AND kind = $2 AND subject_id = $3 AND closed_at IS NULL`, tenant, kind, subject).Scan(&code)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		id := lintu.NewID()
		code = newFollowCode()[:8]
		if _, err := tx.Exec(ctx, `INSERT INTO door (tenant_id, id, code, kind, subject_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			tenant, id, code, kind, subject, storableTime(time.Now())); err != nil {
			return err
		}
		return note(ctx, tx, tenant, by, "add_door", "door", &id, map[string]any{"kind": kind, "subject": subject})
	})
	if err != nil {
		return nil, toError(err)
	}
	return db.Door(ctx, tenant, code)
}

// doorSubject is CodeNotFound where the head, area or unit is not there with a place,
// or not in the territory.
func doorSubject(ctx context.Context, tx pgx.Tx, tenant int32, kind lintu.DoorKind, subject lintu.ID, within lintu.Territory) error {
	table, at := "area", "label"
	switch kind {
	case lintu.HeadDoor:
		table, at = "head", "geom"
	case lintu.HallDoor:
		table, at = "unit", "geom"
	}
	var found bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM `+table+` s WHERE s.tenant_id = $1 AND s.id = $2 AND upper_inf(s.valid) AND s.`+at+` IS NOT NULL
		AND ($3 OR s.id = ANY ($4) OR s.id = ANY ($5) OR s.id = ANY ($6) OR EXISTS (SELECT FROM area a WHERE a.tenant_id = $1 AND a.id = ANY ($4)
			AND upper_inf(a.valid) AND ST_Intersects(a.geom, s.`+at+`))))`, tenant, subject, within.Everywhere, within.Areas, within.Heads, within.Units).Scan(&found)
	if err == nil && !found {
		return lintu.Errorf(lintu.CodeNotFound, "没有这个邻长、区域或单位，或它不在您的范围内。", "There is no such neighbor head, area or unit, or it is not yours.")
	}
	return err
}

// CloseDoor implements lintu.Doors.
func (db *DB) CloseDoor(ctx context.Context, tenant int32, id lintu.ID, by lintu.Actor) error {
	return toError(pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		var kind lintu.DoorKind
		var subject lintu.ID
		err := tx.QueryRow(ctx, `SELECT kind, subject_id FROM door WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL FOR UPDATE`, tenant, id).Scan(&kind, &subject)
		if err == nil {
			err = doorSubject(ctx, tx, tenant, kind, subject, by.Within)
		}
		if errors.Is(err, pgx.ErrNoRows) || lintu.CodeOf(err) == lintu.CodeNotFound {
			return lintu.Errorf(lintu.CodeNotFound, "没有这个入口码，或它不在您的范围内。", "There is no such door, or it is not yours.")
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE door SET closed_at = $3 WHERE tenant_id = $1 AND id = $2`, tenant, id, storableTime(time.Now())); err != nil {
			return err
		}
		return note(ctx, tx, tenant, by, "close_door", "door", &id, nil)
	}))
}

// Follow implements lintu.Doors.
func (db *DB) Follow(ctx context.Context, tenant int32, code string) (*lintu.Followed, error) {
	id, err := db.CaseByFollow(ctx, tenant, code)
	if err != nil {
		return nil, err
	}
	c, err := readCase(ctx, db.pool, tenant, id)
	if err != nil {
		return nil, toError(err)
	}
	events, err := caseEvents(ctx, db.pool, tenant, []lintu.ID{id})
	if err != nil {
		return nil, toError(err)
	}
	var into *lintu.Case
	if other := mergedInto(c); other != nil {
		if into, err = readCase(ctx, db.pool, tenant, *other); err != nil {
			return nil, toError(err)
		}
	}
	o, err := db.office(ctx, db.pool, tenant, db.now())
	if err != nil {
		return nil, toError(err)
	}
	category, _ := o.Categories.Find(c.Category)
	acts := o.May(c, lintu.Asker{Resident: true})
	if acts == nil {
		acts = []lintu.Act{}
	}
	return lintu.FollowCase(c, events, into, category, acts), nil
}

// FollowAct implements lintu.Doors. Nothing but the case's own state is given away by
// what is refused.
func (db *DB) FollowAct(ctx context.Context, tenant int32, code string, a lintu.Action) (*lintu.Followed, error) {
	id, err := db.CaseByFollow(ctx, tenant, code)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(lintu.ResidentActs(), a.Act) {
		return nil, lintu.Errorf(lintu.CodeForbidden, "居民不能做这项操作。", "Residents cannot do this.")
	}
	if _, err := db.Act(ctx, tenant, id, lintu.Action{ID: a.ID, Act: a.Act, Note: a.Note, Yes: a.Yes, Satisfaction: a.Satisfaction}, lintu.Asker{Resident: true}); err != nil {
		return nil, err
	}
	return db.Follow(ctx, tenant, code)
}
