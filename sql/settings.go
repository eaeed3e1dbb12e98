package sql

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

var _ lintu.Settings = (*DB)(nil)

// The names of settings.
const (
	settingCategories = "categories"
	settingCalendar   = "calendar"
	settingLimits     = "limits"
)

// actSetting is the audit's word for a changed setting.
const actSetting = "change_setting"

// choices are a tenant's settings about cases. They are shared and not changed.
type choices struct {
	version    int64 // sum of those of the rows; each save adds one
	categories lintu.Categories
	calendar   *lintu.Calendar
	limits     lintu.Limits
}

// chosen remembers the choices of tenants: reading them takes as long as all the
// rest of a report.
type chosen struct {
	mu   sync.Mutex
	last map[int32]*choices
}

// asker is a pool or a transaction.
type asker interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

// choices returns what the tenant has chosen, and the program's own for the rest.
func (db *DB) choices(ctx context.Context, q asker, tenant int32) (*choices, error) {
	var version int64
	if err := q.QueryRow(ctx, `SELECT coalesce(sum(version), 0)::bigint FROM setting WHERE tenant_id = $1`, tenant).Scan(&version); err != nil {
		return nil, err
	}
	db.chosen.mu.Lock()
	known := db.chosen.last[tenant]
	db.chosen.mu.Unlock()
	if known != nil && known.version == version {
		return known, nil
	}
	fresh, err := readChoices(ctx, q, tenant)
	if err != nil {
		return nil, err
	}
	db.chosen.mu.Lock()
	defer db.chosen.mu.Unlock()
	if db.chosen.last == nil {
		db.chosen.last = map[int32]*choices{}
	}
	db.chosen.last[tenant] = fresh
	return fresh, nil
}

func readChoices(ctx context.Context, q asker, tenant int32) (*choices, error) {
	rows, err := q.Query(ctx, `SELECT name, value, version FROM setting WHERE tenant_id = $1`, tenant)
	if err != nil {
		return nil, err
	}
	c := &choices{categories: lintu.DefaultCategories(), calendar: lintu.DefaultCalendar(), limits: lintu.DefaultLimits}
	var name string
	var value []byte
	var version int64
	_, err = pgx.ForEachRow(rows, []any{&name, &value, &version}, func() error {
		c.version += version
		switch name {
		case settingCategories:
			c.categories = nil
			return json.Unmarshal(value, &c.categories)
		case settingCalendar:
			c.calendar = &lintu.Calendar{}
			return json.Unmarshal(value, c.calendar)
		default:
			return json.Unmarshal(value, &c.limits)
		}
	})
	return c, err
}

// Categories implements lintu.Settings. What it returns may be changed.
func (db *DB) Categories(ctx context.Context, tenant int32) (lintu.Categories, error) {
	c, err := db.choices(ctx, db.pool, tenant)
	if err != nil {
		return nil, toError(err)
	}
	return slices.Clone(c.categories), nil
}

// Calendar implements lintu.Settings. What it returns is shared.
func (db *DB) Calendar(ctx context.Context, tenant int32) (*lintu.Calendar, error) {
	c, err := db.choices(ctx, db.pool, tenant)
	if err != nil {
		return nil, toError(err)
	}
	return c.calendar, nil
}

// Limits implements lintu.Settings.
func (db *DB) Limits(ctx context.Context, tenant int32) (lintu.Limits, error) {
	c, err := db.choices(ctx, db.pool, tenant)
	if err != nil {
		return lintu.Limits{}, toError(err)
	}
	return c.limits, nil
}

// SaveCategories implements lintu.Settings. A category that there was must stay,
// retired if need be: cases have it.
func (db *DB) SaveCategories(ctx context.Context, tenant int32, cs lintu.Categories, by lintu.Actor) error {
	if err := cs.Check(); err != nil {
		return err
	}
	return db.saveSetting(ctx, tenant, settingCategories, cs, by, func(before *choices) error {
		for _, c := range before.categories {
			if _, ok := cs.Find(c.Code); !ok {
				return lintu.Errorf(lintu.CodeConflict, "类别 %[1]s（%[2]s）不能删除，案卷还在用它；可以停用（retired）。",
					"Category %[1]s (%[3]s) cannot be removed, since cases have it; it can be retired.", c.Code, c.Title.ZH, c.Title.EN)
			}
		}
		return nil
	})
}

// SaveCalendar implements lintu.Settings. Time limits that run already keep their
// due time.
func (db *DB) SaveCalendar(ctx context.Context, tenant int32, c *lintu.Calendar, by lintu.Actor) error {
	if err := c.Check(); err != nil {
		return err
	}
	return db.saveSetting(ctx, tenant, settingCalendar, c, by, nil)
}

// SaveLimits implements lintu.Settings.
func (db *DB) SaveLimits(ctx context.Context, tenant int32, l lintu.Limits, by lintu.Actor) error {
	if err := l.CheckAll(); err != nil {
		return err
	}
	return db.saveSetting(ctx, tenant, settingLimits, l, by, nil)
}

// saveSetting stores a setting and audits it, if allowed does not object to what was
// chosen before.
func (db *DB) saveSetting(ctx context.Context, tenant int32, name string, value any, by lintu.Actor, allowed func(*choices) error) error {
	if !by.Within.Everywhere {
		return lintu.Errorf(lintu.CodeForbidden, "类别、日历和时限对全县区有效，只能由管理全县区的人更改。",
			"Categories, calendar and time limits hold for the whole jurisdiction; who changes them must hold the right for all of it.")
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	tx, err := db.pool.Begin(ctx)
	if err != nil {
		return toError(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
	// Two who save at once do it one after the other.
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(3, $1)`, tenant); err != nil {
		return toError(err)
	}
	if allowed != nil {
		before, err := readChoices(ctx, tx, tenant)
		if err == nil {
			err = allowed(before)
		}
		if err != nil {
			return toError(err)
		}
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO setting AS s (tenant_id, name, value) VALUES ($1, $2, $3)
		ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value, version = s.version + 1`, tenant, name, encoded)
	if err != nil {
		return toError(err)
	}
	if err := note(ctx, tx, tenant, by, actSetting, "setting", nil, map[string]any{"name": name}); err != nil {
		return toError(err)
	}
	return toError(tx.Commit(ctx))
}
