package sql

import (
	"context"
	"crypto/rand"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// keeper knows the data keys that were unwrapped, by their wrapped form: what the
// database no longer has is forgotten at the next look.
type keeper struct {
	wrapper lintu.KeyWrapper
	mu      sync.Mutex
	known   map[string]*kept
}

type kept struct {
	tenant int32
	secrets
}

// UseKeys gives the database the guard of its data keys, before anything personal
// is read or written. It fails if the tenant's keys cannot be unwrapped with it.
func (db *DB) UseKeys(ctx context.Context, tenant int32, wrapper lintu.KeyWrapper) error {
	db.keys = &keeper{wrapper: wrapper, known: map[string]*kept{}}
	return db.within(ctx, tenant, lintu.Territory{}, func(tx pgx.Tx) error {
		_, err := db.keys.ring(ctx, tx, tenant)
		return err
	})
}

// HoldsKeys reports whether any tenant has data keys: without the master key they
// are wrapped under, its personal data cannot be read.
func (db *DB) HoldsKeys(ctx context.Context) (bool, error) {
	tenants, err := db.tenants(ctx)
	for _, t := range tenants {
		var has bool
		err = db.within(ctx, t, lintu.Territory{}, func(tx pgx.Tx) error {
			return tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM tenant_key WHERE tenant_id = $1 AND wrapped IS NOT NULL)`, t).Scan(&has)
		})
		if has || err != nil {
			return has, err
		}
	}
	return false, err
}

func (db *DB) tenants(ctx context.Context) ([]int32, error) {
	rows, err := db.pool.Query(ctx, `SELECT id FROM tenant ORDER BY id`)
	if err != nil {
		return nil, toError(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	return ids, toError(err)
}

var errNoKeys = lintu.Errorf(lintu.CodeUnavailable,
	"没有配置主密钥，不能读写个人信息；请设置 LINTU_KEY_FILE。",
	"No master key is configured, so personal data can be neither read nor written; please set LINTU_KEY_FILE.")

// keyring are the live data keys of a tenant, the newest first. There are two
// while a rotation is under way.
type keyring []*dataKey

// newest is the key that seals; nil if there is none.
func (r keyring) newest() *dataKey {
	if len(r) == 0 {
		return nil
	}
	return r[0]
}

// open opens what was sealed under the key of that version. CodeUnavailable if the
// ring does not hold it: a rotation may just have gone on, or the key is destroyed.
func (r keyring) open(version int, kind lintu.Kind, code string, sealed []byte) (lintu.Person, error) {
	k, err := r.of(version)
	if err != nil {
		return lintu.Person{}, err
	}
	return k.open(kind, code, sealed)
}

// openBytes is open for what is no person.
func (r keyring) openBytes(version int, kind lintu.Kind, code string, sealed []byte) ([]byte, error) {
	k, err := r.of(version)
	if err != nil {
		return nil, err
	}
	return k.openBytes(kind, code, sealed)
}

// of is the key of that version.
func (r keyring) of(version int) (*dataKey, error) {
	for _, k := range r {
		if k.version == version {
			return k, nil
		}
	}
	return nil, errKeyGone
}

var errKeyGone = lintu.Errorf(lintu.CodeUnavailable,
	"这条个人信息的密钥刚被更换或已被销毁；请再试一次，若仍如此，它已无法读取。",
	"The key of this person's data has just been changed, or was destroyed; please try again. If this goes on, it can no longer be read.")

type wrappedKey struct {
	Version   int
	MasterKey string
	Wrapped   []byte
}

// ring reads the tenant's keys, unwraps what is not known yet and forgets what is
// no longer there. The transaction must work for the tenant.
func (k *keeper) ring(ctx context.Context, tx pgx.Tx, tenant int32) (keyring, error) {
	if k == nil {
		return nil, errNoKeys
	}
	rows, err := tx.Query(ctx, `SELECT version, master_key, wrapped FROM tenant_key
		WHERE tenant_id = $1 AND wrapped IS NOT NULL ORDER BY version DESC`, tenant)
	if err != nil {
		return nil, err
	}
	wrapped, err := pgx.CollectRows(rows, pgx.RowToStructByPos[wrappedKey])
	if err != nil {
		return nil, err
	}
	var ring keyring
	live := map[string]bool{}
	for _, w := range wrapped {
		live[string(w.Wrapped)] = true
		s, err := k.secretsOf(ctx, tenant, w)
		if err != nil {
			return nil, err
		}
		key, err := newDataKey(tenant, w.Version, s)
		if err != nil {
			return nil, err
		}
		ring = append(ring, key)
	}
	k.forget(tenant, live)
	return ring, nil
}

// forget overwrites the tenant's keys that are not live.
func (k *keeper) forget(tenant int32, live map[string]bool) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for name, kept := range k.known {
		if kept.tenant == tenant && !live[name] {
			kept.secrets = secrets{}
			delete(k.known, name)
		}
	}
}

func (k *keeper) secretsOf(ctx context.Context, tenant int32, w wrappedKey) (secrets, error) {
	k.mu.Lock()
	if known := k.known[string(w.Wrapped)]; known != nil && known.tenant == tenant {
		s := known.secrets
		k.mu.Unlock()
		return s, nil
	}
	k.mu.Unlock()
	raw, err := k.wrapper.Unwrap(ctx, tenant, w.MasterKey, w.Wrapped)
	if err != nil {
		return secrets{}, err
	}
	defer clear(raw)
	s, err := deriveSecrets(raw)
	if err != nil {
		return secrets{}, err
	}
	k.mu.Lock()
	k.known[string(w.Wrapped)] = &kept{tenant, s}
	k.mu.Unlock()
	return s, nil
}

// sealingKey is the key that seals, made if the tenant has none.
func (e *edit) sealingKey(ctx context.Context) (*dataKey, error) {
	if err := e.personal(ctx); err != nil {
		return nil, err
	}
	ring, err := e.keys.ring(ctx, e.tx, e.tenant)
	if err != nil || len(ring) > 0 {
		return ring.newest(), err
	}
	if err := e.addKey(ctx); err != nil {
		return nil, err
	}
	ring, err = e.keys.ring(ctx, e.tx, e.tenant)
	return ring.newest(), err
}

// addKey gives the tenant a fresh data key, the newest from now on.
func (e *edit) addKey(ctx context.Context) error {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	defer clear(raw)
	wrapped, err := e.keys.wrapper.Wrap(ctx, e.tenant, raw)
	if err != nil {
		return err
	}
	_, err = e.tx.Exec(ctx, `
		INSERT INTO tenant_key (tenant_id, version, master_key, wrapped, created_at)
		SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM tenant_key WHERE tenant_id = $1`,
		e.tenant, e.keys.wrapper.KeyID(), wrapped, e.at)
	return err
}

// personal lets the edit see the personal data of the whole jurisdiction.
func (e *edit) personal(ctx context.Context) error {
	return enter(ctx, e.tx, e.tenant, lintu.Jurisdiction)
}

// within runs work in a transaction of the application's role that sees the
// personal data of a territory and no other. The setting ends with the
// transaction, so that the connection does not remember it.
func (db *DB) within(ctx context.Context, tenant int32, t lintu.Territory, work func(pgx.Tx) error) error {
	tx, err := db.pool.Begin(ctx)
	if err != nil {
		return toError(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
	if err := enter(ctx, tx, tenant, t); err != nil {
		return toError(err)
	}
	if err := work(tx); err != nil {
		return toError(err)
	}
	return toError(tx.Commit(ctx))
}

// enter says for whom the transaction works: what row-level security goes by.
func enter(ctx context.Context, tx pgx.Tx, tenant int32, t lintu.Territory) error {
	everywhere := ""
	if t.Everywhere {
		everywhere = "on"
	}
	_, err := tx.Exec(ctx, `SELECT set_config('lintu.tenant', $1::int::text, true), set_config('lintu.everywhere', $2, true),
		set_config('lintu.areas', $3::uuid[]::text, true), set_config('lintu.heads', $4::uuid[]::text, true)`,
		tenant, everywhere, uuids(t.Areas), uuids(t.Heads))
	return err
}

// uuids is never nil, which would be NULL.
func uuids(ids []lintu.ID) []lintu.ID {
	if ids == nil {
		return []lintu.ID{}
	}
	return ids
}
