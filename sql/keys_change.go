package sql

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// rotateAtOnce is how many persons one step of a rotation seals anew: a step holds
// up edits of the tenant, and readers not at all.
const rotateAtOnce = 2000

// RotateKey gives the tenant a new data key, seals and indexes all persons of all
// versions anew in steps of their own, and then destroys the keys before. Where it
// was ended halfway it goes on. Others read and edit meanwhile.
func (db *DB) RotateKey(ctx context.Context, tenant int32, by lintu.Actor, progress lintu.Progress) error {
	var total int64
	err := db.edit(ctx, tenant, func(e *edit) (err error) {
		total, err = e.beginRotation(ctx, by)
		return err
	})
	if err != nil {
		return err
	}
	step := lintu.Say("重新加密", "sealing anew")
	var done int64
	for after, more := (rotated{}), true; more; {
		err := db.edit(ctx, tenant, func(e *edit) (err error) {
			after, more, err = e.rotateStep(ctx, after)
			return err
		})
		if err != nil {
			return err
		}
		done += after.n
		progress(step, min(done, total), total)
	}
	for more := true; more; {
		err := db.edit(ctx, tenant, func(e *edit) (err error) {
			more, err = e.rotateCases(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := db.edit(ctx, tenant, func(e *edit) error { return e.endRotation(ctx, by) }); err != nil {
		return err
	}
	return db.vacuumSealed(ctx)
}

// vacuumSealed removes from the disk what was sealed before.
func (db *DB) vacuumSealed(ctx context.Context) error {
	return errors.Join(db.vacuum(ctx, "person"), db.vacuum(ctx, "case_contact"), db.vacuum(ctx, "case_follow"), db.vacuum(ctx, "tenant_key"))
}

// rotateCases seals some contacts and codes of cases anew and reports whether there
// are more.
func (e *edit) rotateCases(ctx context.Context) (more bool, err error) {
	if err := e.personal(ctx); err != nil {
		return false, err
	}
	ring, err := e.keys.ring(ctx, e.tx, e.tenant)
	if err != nil {
		return false, err
	}
	n, err := e.resealCases(ctx, ring, rotateAtOnce)
	return n == rotateAtOnce, err
}

// beginRotation makes the new key, unless a rotation is under way, and returns how
// many persons are to be sealed anew.
func (e *edit) beginRotation(ctx context.Context, by lintu.Actor) (total int64, err error) {
	if err := e.personal(ctx); err != nil {
		return 0, err
	}
	ring, err := e.keys.ring(ctx, e.tx, e.tenant)
	if err != nil {
		return 0, err
	}
	if len(ring) == 0 {
		return 0, lintu.Errorf(lintu.CodeNotFound, "还没有个人信息，也就没有密钥可换。", "There is no personal data yet, and so no key to change.")
	}
	if len(ring) == 1 {
		if err := e.addKey(ctx); err != nil {
			return 0, err
		}
		if ring, err = e.keys.ring(ctx, e.tx, e.tenant); err != nil {
			return 0, err
		}
		if err := e.audit(ctx, by, actRotateKey, "tenant_key", nil, map[string]any{"to": ring.newest().version, "step": "begin"}); err != nil {
			return 0, err
		}
	}
	err = e.tx.QueryRow(ctx, `SELECT count(*) FROM person WHERE tenant_id = $1 AND key_version <> $2`, e.tenant, ring.newest().version).Scan(&total)
	return total, err
}

// rotated is how far a rotation has come: the last row that a step looked at, and
// how many that step sealed anew.
type rotated struct {
	kind    string
	subject lintu.ID
	version int
	n       int64
}

// rotateStep seals the next persons anew and reports whether there are more.
func (e *edit) rotateStep(ctx context.Context, after rotated) (rotated, bool, error) {
	if err := e.personal(ctx); err != nil {
		return after, false, err
	}
	ring, err := e.keys.ring(ctx, e.tx, e.tenant)
	if err != nil {
		return after, false, err
	}
	rows, err := e.tx.Query(ctx, `
		SELECT p.kind, p.subject_id, p.version, coalesce(h.code, n.code), p.key_version, p.sealed
		FROM person p
		LEFT JOIN household h ON p.kind = 'household' AND h.tenant_id = $1 AND h.id = p.subject_id
		LEFT JOIN head n ON p.kind = 'head' AND n.tenant_id = $1 AND n.id = p.subject_id
		WHERE p.tenant_id = $1 AND p.key_version <> $2 AND (p.kind, p.subject_id, p.version) > ($3, $4, $5)
		ORDER BY p.kind, p.subject_id, p.version LIMIT $6`,
		e.tenant, ring.newest().version, after.kind, after.subject, after.version, rotateAtOnce)
	if err != nil {
		return after, false, err
	}
	var batch resealed
	var code string
	var version int
	var sealed []byte
	_, err = pgx.ForEachRow(rows, []any{&after.kind, &after.subject, &after.version, &code, &version, &sealed}, func() error {
		p, err := ring.open(version, lintu.Kind(after.kind), code, sealed)
		if err != nil {
			return err
		}
		s, err := ring.newest().seal(lintu.Kind(after.kind), code, p)
		batch.add(after, s)
		return err
	})
	if err != nil {
		return after, false, err
	}
	after.n = int64(len(batch.kinds))
	return after, after.n == rotateAtOnce, e.writeResealed(ctx, ring.newest().version, &batch)
}

// resealed are persons sealed anew, column by column.
type resealed struct {
	kinds                 []string
	subjects              []lintu.ID
	versions              []int
	sealed, names, phones [][]byte
}

func (r *resealed) add(of rotated, s sealedPerson) {
	r.kinds, r.subjects, r.versions = append(r.kinds, of.kind), append(r.subjects, of.subject), append(r.versions, of.version)
	r.sealed, r.names, r.phones = append(r.sealed, s.sealed), append(r.names, s.name), append(r.phones, s.phone)
}

func (e *edit) writeResealed(ctx context.Context, key int, r *resealed) error {
	_, err := e.tx.Exec(ctx, `
		UPDATE person p SET key_version = $2, sealed = s.sealed, name_hmac = s.name, phone_hmac = s.phone
		FROM unnest($3::text[], $4::uuid[], $5::int[], $6::bytea[], $7::bytea[], $8::bytea[]) s (kind, subject, version, sealed, name, phone)
		WHERE p.tenant_id = $1 AND p.kind = s.kind AND p.subject_id = s.subject AND p.version = s.version`,
		e.tenant, key, r.kinds, r.subjects, r.versions, r.sealed, r.names, r.phones)
	return err
}

// endRotation destroys the keys that nothing is sealed under any more.
func (e *edit) endRotation(ctx context.Context, by lintu.Actor) error {
	if err := e.personal(ctx); err != nil {
		return err
	}
	done, err := e.tx.Exec(ctx, `
		UPDATE tenant_key k SET wrapped = NULL, destroyed_at = $2
		WHERE tenant_id = $1 AND wrapped IS NOT NULL
		AND version < (SELECT max(version) FROM tenant_key WHERE tenant_id = $1)
		AND NOT EXISTS (SELECT FROM person p WHERE p.tenant_id = $1 AND p.key_version = k.version)
		AND NOT EXISTS (SELECT FROM case_contact p WHERE p.tenant_id = $1 AND p.key_version = k.version)
		AND NOT EXISTS (SELECT FROM case_follow p WHERE p.tenant_id = $1 AND p.key_version = k.version AND p.sealed <> '')`, e.tenant, e.at)
	if err != nil {
		return err
	}
	ring, err := e.keys.ring(ctx, e.tx, e.tenant)
	if err != nil {
		return err
	}
	if len(ring) != 1 {
		return lintu.Errorf(lintu.CodeConflict, "有人同时在更换密钥；请再运行一次。", "Somebody else is changing the keys at the same time; please run it again.")
	}
	return e.audit(ctx, by, actRotateKey, "tenant_key", nil, map[string]any{"to": ring.newest().version, "step": "end", "destroyed": done.RowsAffected()})
}

// RewrapKeys wraps the data keys of all tenants of the database under the master
// key that the wrapper uses now.
func (db *DB) RewrapKeys(ctx context.Context, by lintu.Actor) error {
	tenants, err := db.tenants(ctx)
	if err != nil {
		return err
	}
	for _, t := range tenants {
		if err := db.edit(ctx, t, func(e *edit) error { return e.rewrap(ctx, by) }); err != nil {
			return err
		}
	}
	return db.vacuum(ctx, "tenant_key")
}

func (e *edit) rewrap(ctx context.Context, by lintu.Actor) error {
	if err := e.personal(ctx); err != nil {
		return err
	}
	rows, err := e.tx.Query(ctx, `SELECT version, master_key, wrapped FROM tenant_key WHERE tenant_id = $1 AND wrapped IS NOT NULL`, e.tenant)
	if err != nil {
		return err
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByPos[wrappedKey])
	if err != nil || len(keys) == 0 {
		return err
	}
	for _, k := range keys {
		if err := e.rewrapKey(ctx, k); err != nil {
			return err
		}
	}
	return e.audit(ctx, by, actRewrapKeys, "tenant_key", nil, map[string]any{"keys": len(keys), "master_key": e.keys.wrapper.KeyID()})
}

func (e *edit) rewrapKey(ctx context.Context, k wrappedKey) error {
	raw, err := e.keys.wrapper.Unwrap(ctx, e.tenant, k.MasterKey, k.Wrapped)
	if err != nil {
		return err
	}
	defer clear(raw)
	wrapped, err := e.keys.wrapper.Wrap(ctx, e.tenant, raw)
	if err != nil {
		return err
	}
	_, err = e.tx.Exec(ctx, `UPDATE tenant_key SET master_key = $3, wrapped = $4 WHERE tenant_id = $1 AND version = $2`,
		e.tenant, k.Version, e.keys.wrapper.KeyID(), wrapped)
	return err
}

// DestroyKeys deletes all personal data of the tenant and destroys its data keys. It
// needs no master key. Older backups still hold both, and can be read until the
// master key that wrapped them is destroyed too. It returns how many versions of
// persons and contacts of cases were deleted.
func (db *DB) DestroyKeys(ctx context.Context, tenant int32, by lintu.Actor) (n int64, err error) {
	err = db.edit(ctx, tenant, func(e *edit) error {
		if err := e.personal(ctx); err != nil {
			return err
		}
		done, err := e.tx.Exec(ctx, `DELETE FROM person WHERE tenant_id = $1`, tenant)
		if err != nil {
			return err
		}
		contacts, err := e.destroyCases(ctx)
		if err != nil {
			return err
		}
		n = done.RowsAffected() + contacts
		keys, err := e.tx.Exec(ctx, `UPDATE tenant_key SET wrapped = NULL, destroyed_at = $2 WHERE tenant_id = $1 AND wrapped IS NOT NULL`, tenant, e.at)
		if err != nil {
			return err
		}
		return e.audit(ctx, by, actDestroyKeys, "tenant_key", nil, map[string]any{"keys": keys.RowsAffected(), "versions": n})
	})
	if err != nil {
		return 0, err
	}
	db.keys.forget(tenant, nil)
	return n, db.vacuumSealed(ctx)
}
