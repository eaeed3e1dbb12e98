package sql

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

var _ lintu.RuleStore = (*DB)(nil)

const (
	// rulesMost bounds what a page lists and what a report looks through.
	rulesMost = 20000
	// ruleLock is the advisory lock behind which rules change.
	ruleLock = 4
)

// ruleColumns describe a version r of a rule in the words of lintu.Rule.
const ruleColumns = `SELECT json_build_object('id', r.id, 'number', r.number, 'category', r.category, 'rung', r.rung, 'note', r.note, 'changedAt', lower(r.valid),
		'area', CASE WHEN a.id IS NOT NULL THEN json_build_object('layer', CASE a.level WHEN 'county' THEN 'counties' WHEN 'street' THEN 'streets'
			WHEN 'community' THEN 'communities' WHEN 'group' THEN 'groups' WHEN 'grid' THEN 'grids' ELSE 'cells' END, 'id', a.id, 'code', a.code, 'name', a.name) END,
		'unit', json_build_object('kind', 'unit', 'id', u.id, 'code', u.code, 'name', u.name),
		'gone', NOT upper_inf(u.valid) OR NOT coalesce(upper_inf(a.valid), true))
	FROM rule r
	JOIN unit u ON u.tenant_id = r.tenant_id AND u.id = r.unit_id
	LEFT JOIN area a ON a.tenant_id = r.tenant_id AND a.id = r.area_id
	WHERE r.tenant_id = $1 AND upper_inf(r.valid)`

// Rules implements lintu.RuleStore, by number.
func (db *DB) Rules(ctx context.Context, tenant int32) ([]lintu.Rule, error) {
	rows, err := db.pool.Query(ctx, ruleColumns+` ORDER BY r.number`, tenant)
	if err != nil {
		return nil, toError(err)
	}
	rules, err := pgx.CollectRows(rows, pgx.RowTo[lintu.Rule])
	return rules, toError(err)
}

// Route implements lintu.RuleStore.
func (db *DB) Route(ctx context.Context, tenant int32, p lintu.Place, category string, rung lintu.Rung) (*lintu.Routed, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	cs, err := db.Categories(ctx, tenant)
	if err != nil {
		return nil, err
	}
	c, err := cs.Leaf(category)
	if err != nil {
		return nil, err
	}
	if rung == "" {
		rung = c.Rung
	}
	if rung.Title().IsZero() {
		return nil, noRung(rung)
	}
	return route(ctx, db.pool, tenant, p, cs, category, rung)
}

func noRung(r lintu.Rung) error {
	return lintu.Errorf(lintu.CodeInvalid, "没有层级 %q。可用：neighbor、group、community、street、county。", "There is no rung %q. There are: neighbor, group, community, street, county.", r)
}

// ruleEdit is a transaction that changes rules, one after the other.
type ruleEdit struct {
	tx     pgx.Tx
	tenant int32
	by     lintu.Actor
	at     time.Time // later than the beginning of every version
}

func (db *DB) changeRules(ctx context.Context, tenant int32, by lintu.Actor, work func(*ruleEdit) error) error {
	return toError(pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, $2)`, ruleLock, tenant); err != nil {
			return err
		}
		e := &ruleEdit{tx: tx, tenant: tenant, by: by}
		err := tx.QueryRow(ctx, `SELECT greatest(clock_timestamp(), max(lower(valid)) + interval '1 microsecond') FROM rule WHERE tenant_id = $1`, tenant).Scan(&e.at)
		if err != nil {
			return err
		}
		return work(e)
	}))
}

// SaveRule implements lintu.RuleStore. The area is named by its id, or its layer and
// code; the unit by its id or code.
func (db *DB) SaveRule(ctx context.Context, tenant int32, r lintu.Rule, by lintu.Actor) (*lintu.Rule, error) {
	if err := db.checkRule(ctx, tenant, &r); err != nil {
		return nil, err
	}
	err := db.changeRules(ctx, tenant, by, func(e *ruleEdit) error { return e.save(ctx, &r) })
	if err != nil {
		return nil, err
	}
	return &r, nil
}

func (db *DB) checkRule(ctx context.Context, tenant int32, r *lintu.Rule) error {
	cs, err := db.Categories(ctx, tenant)
	if err != nil {
		return err
	}
	_, known := cs.Find(r.Category)
	switch {
	case r.ID.IsZero():
		return lintu.Errorf(lintu.CodeInvalid, "缺少规则编号 id（UUIDv7）。", "The rule has no id (UUIDv7).")
	case r.Category != "" && !known:
		return lintu.Errorf(lintu.CodeInvalid, "没有类别 %q，请从类别表中选择。", "There is no category %q; please choose one of the list.", r.Category)
	case r.Rung != "" && r.Rung.Title().IsZero():
		return noRung(r.Rung)
	case utf8.RuneCountInString(r.Note) > lintu.RuleNoteRunes:
		return lintu.Errorf(lintu.CodeInvalid, "备注最多 %d 个字。", "A note has at most %d characters.", lintu.RuleNoteRunes)
	}
	r.Note = storable(r.Note)
	return nil
}

// save stores the rule as a new one, or as the next version of the one of its id.
func (e *ruleEdit) save(ctx context.Context, r *lintu.Rule) error {
	if err := e.resolve(ctx, r); err != nil {
		return err
	}
	old, version, err := e.before(ctx, r.ID)
	if err != nil {
		return err
	}
	if old != nil {
		if err := e.mayChange(ctx, old); err != nil {
			return err
		}
	}
	if err := e.mayChange(ctx, r); err != nil {
		return err
	}
	if old != nil && sameRule(old, r) && old.Note == r.Note {
		*r = *old
		return nil
	}
	if err := e.only(ctx, r); err != nil {
		return err
	}
	if old == nil {
		if err := e.number(ctx, r); err != nil {
			return err
		}
	} else {
		r.Number = old.Number
		if err := e.close(ctx, r.ID); err != nil {
			return err
		}
	}
	r.ChangedAt, r.Gone = e.at, false
	if _, err := e.tx.Exec(ctx, `INSERT INTO rule (tenant_id, id, version, number, valid, category, area_id, rung, unit_id, note)
		VALUES ($1, $2, $3, $4, tstzrange($5, NULL), $6, $7::text::uuid, $8, $9, $10)`,
		e.tenant, r.ID, version+1, r.Number, e.at, r.Category, areaID(r), r.Rung, r.Unit.ID, r.Note); err != nil {
		return err
	}
	return e.note(ctx, "save_rule", old, r)
}

// resolve finds the area and the unit that the rule names.
func (e *ruleEdit) resolve(ctx context.Context, r *lintu.Rule) error {
	if r.Area != nil {
		a := *r.Area
		l, _ := lintu.LayerByName(a.Layer)
		err := e.tx.QueryRow(ctx, `SELECT id::text, code, name FROM area WHERE tenant_id = $1 AND level = $2 AND code = $3 AND upper_inf(valid)`,
			e.tenant, string(l.Level), storable(a.Code)).Scan(&a.ID, &a.Code, &a.Name)
		if errors.Is(err, pgx.ErrNoRows) {
			return lintu.Errorf(lintu.CodeNotFound, "没有区域 %[1]s/%[2]s，请重新选择。", "There is no area %[1]s/%[2]s; please choose again.", a.Layer, a.Code)
		}
		if err != nil {
			return err
		}
		r.Area = &a
	}
	u := lintu.Handler{Kind: lintu.UnitHandles}
	err := e.tx.QueryRow(ctx, `SELECT id, code, name FROM unit WHERE tenant_id = $1 AND code = $2 AND upper_inf(valid)`, e.tenant, storable(r.Unit.Code)).
		Scan(&u.ID, &u.Code, &u.Name)
	if errors.Is(err, pgx.ErrNoRows) {
		return lintu.Errorf(lintu.CodeNotFound, "没有代码为 %s 的责任单位，请重新选择。", "There is no unit with the code %s; please choose again.", r.Unit.Code)
	}
	r.Unit = u
	return err
}

// before returns the present version of a rule and its number, or nil and 0 for an
// id that is new.
func (e *ruleEdit) before(ctx context.Context, id lintu.ID) (*lintu.Rule, int, error) {
	var version int
	err := e.tx.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM rule WHERE tenant_id = $1 AND id = $2`, e.tenant, id).Scan(&version)
	if err != nil || version == 0 {
		return nil, 0, err
	}
	var r lintu.Rule
	err = e.tx.QueryRow(ctx, ruleColumns+` AND r.id = $2`, e.tenant, id).Scan(&r)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, 0, lintu.Errorf(lintu.CodeConflict, "这条规则已被删除，请新建一条。", "This rule has been removed; please make a new one.")
	}
	return &r, version, err
}

// only is CodeConflict if another rule holds for the same.
func (e *ruleEdit) only(ctx context.Context, r *lintu.Rule) error {
	var other int
	err := e.tx.QueryRow(ctx, `SELECT number FROM rule WHERE tenant_id = $1 AND upper_inf(valid) AND category = $2
		AND area_id IS NOT DISTINCT FROM $3::text::uuid AND rung = $4 AND id <> $5`, e.tenant, r.Category, areaID(r), r.Rung, r.ID).Scan(&other)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return lintu.Errorf(lintu.CodeConflict, "规则 %d 已经规定了同样的类别、区域和层级，请修改那一条。",
		"Rule %d is for the same category, area and rung already; please change that one.", other)
}

// number gives a new rule its number.
func (e *ruleEdit) number(ctx context.Context, r *lintu.Rule) error {
	var present int
	err := e.tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) + 1, count(*) FILTER (WHERE upper_inf(valid)) FROM rule WHERE tenant_id = $1`, e.tenant).
		Scan(&r.Number, &present)
	if err == nil && present >= rulesMost {
		err = lintu.Errorf(lintu.CodeTooLarge, "规则已达 %d 条的上限，请先删除不用的。", "There are %d rules, which is the most there can be; please remove what is not needed.", present)
	}
	return err
}

// RemoveRule implements lintu.RuleStore.
func (db *DB) RemoveRule(ctx context.Context, tenant int32, id lintu.ID, by lintu.Actor) error {
	return db.changeRules(ctx, tenant, by, func(e *ruleEdit) error {
		var r lintu.Rule
		err := e.tx.QueryRow(ctx, ruleColumns+` AND r.id = $2`, tenant, id).Scan(&r)
		if errors.Is(err, pgx.ErrNoRows) {
			return lintu.Errorf(lintu.CodeNotFound, "没有这条规则，或它已被删除。", "There is no such rule, or it has been removed.")
		}
		if err != nil {
			return err
		}
		if err := e.mayChange(ctx, &r); err != nil {
			return err
		}
		if err := e.close(ctx, id); err != nil {
			return err
		}
		return e.note(ctx, "remove_rule", &r, nil)
	})
}

// close ends the present version.
func (e *ruleEdit) close(ctx context.Context, id lintu.ID) error {
	_, err := e.tx.Exec(ctx, `UPDATE rule SET valid = tstzrange(lower(valid), $3) WHERE tenant_id = $1 AND id = $2 AND upper_inf(valid)`, e.tenant, id, e.at)
	return err
}

// mayChange refuses a rule that reaches beyond the areas of its actor. Borders of
// what lies inside may be a metre outside: see borderDegrees.
func (e *ruleEdit) mayChange(ctx context.Context, r *lintu.Rule) error {
	if e.by.Within.Everywhere {
		return nil
	}
	inside := false
	if r.Area != nil {
		err := e.tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM area a WHERE a.tenant_id = $1 AND a.id = $2::text::uuid AND ST_Covers(
			(SELECT ST_Buffer(ST_Union(h.geom), $4::float8) FROM area h WHERE h.tenant_id = $1 AND h.id = ANY ($3::uuid[]) AND upper_inf(h.valid)), a.geom))`,
			e.tenant, r.Area.ID, e.by.Within.Areas, borderDegrees).Scan(&inside)
		if err != nil {
			return err
		}
	}
	if inside {
		return nil
	}
	return lintu.Errorf(lintu.CodeForbidden, "您只能更改自己负责的区域内的规则；对全县区有效的规则请由管理全县区的人更改。",
		"You can only change rules for areas you are responsible for. Please leave rules that hold beyond them to whoever is responsible there.")
}

// note writes what a rule was and is into the audit. Remarks have no place in it.
func (e *ruleEdit) note(ctx context.Context, act string, old, fresh *lintu.Rule) error {
	r := fresh
	if r == nil {
		r = old
	}
	detail := map[string]any{"number": r.Number}
	for name, r := range map[string]*lintu.Rule{"old": old, "new": fresh} {
		if r == nil {
			continue
		}
		said := map[string]any{"category": r.Category, "rung": r.Rung, "unit": r.Unit.Code}
		if r.Area != nil {
			said["area"] = string(r.Area.Layer) + "/" + r.Area.Code
		}
		detail[name] = said
	}
	return note(ctx, e.tx, e.tenant, e.by, act, "rule", &r.ID, detail)
}

// sameRule reports whether two rules say the same.
func sameRule(a, b *lintu.Rule) bool {
	x, y := areaID(a), areaID(b)
	return a.Category == b.Category && a.Rung == b.Rung && a.Unit.ID == b.Unit.ID && (x == nil) == (y == nil) && (x == nil || *x == *y)
}

func areaID(r *lintu.Rule) *string {
	if r.Area == nil {
		return nil
	}
	return &r.Area.ID
}
