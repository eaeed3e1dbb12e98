package sql

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// resealCases seals the contacts and codes of cases anew under the newest key, some at
// once, and returns how many: fewer than asked for at the end. It goes on where an
// earlier step ended, since what is sealed anew is found no more.
func (e *edit) resealCases(ctx context.Context, ring keyring, most int) (n int, err error) {
	for kind, table := range secretTable {
		rows, err := e.tx.Query(ctx, `SELECT case_id, key_version, sealed FROM `+table+`
			WHERE tenant_id = $1 AND key_version <> $2 AND sealed <> '' LIMIT $3`, e.tenant, ring.newest().version, most-n)
		if err != nil {
			return n, err
		}
		var writes pgx.Batch
		var id lintu.ID
		var version int
		var sealed []byte
		_, err = pgx.ForEachRow(rows, []any{&id, &version, &sealed}, func() error {
			plain, err := ring.openBytes(version, kind, id.String(), sealed)
			if err != nil {
				return err
			}
			defer clear(plain)
			writes.Queue(`UPDATE `+table+` SET key_version = $3, sealed = $4 WHERE tenant_id = $1 AND case_id = $2`,
				e.tenant, id, ring.newest().version, ring.newest().sealBytes(kind, id.String(), plain))
			return nil
		})
		if err != nil {
			return n, err
		}
		n += writes.Len()
		if err := e.tx.SendBatch(ctx, &writes).Close(); err != nil {
			return n, err
		}
	}
	return n, nil
}

// destroyCases deletes the contacts, and the codes as far as they could be told again:
// residents who have theirs go on using them.
func (e *edit) destroyCases(ctx context.Context) (contacts int64, err error) {
	done, err := e.tx.Exec(ctx, `DELETE FROM case_contact WHERE tenant_id = $1`, e.tenant)
	if err != nil {
		return 0, err
	}
	_, err = e.tx.Exec(ctx, `UPDATE case_follow SET sealed = '' WHERE tenant_id = $1`, e.tenant)
	return done.RowsAffected(), err
}
