package sql

import (
	"context"

	"github.com/lintu-map/lintu"
)

// VerifyAudit recomputes the tenant's audit chain and returns its length, or
// CodeConflict naming the first row that is not what was written, or that is
// missing. The end of the chain cannot be proved from the chain alone: keep the
// length and the last hash elsewhere to notice that rows were cut off.
func (db *DB) VerifyAudit(ctx context.Context, tenant int32) (int64, error) {
	var n int64
	var bad *int64
	err := db.pool.QueryRow(ctx, `
		SELECT count(*), min(due) FILTER (WHERE seq <> due OR hash <> audit_hash(chain.a) OR prev_hash <> before)
		FROM (SELECT a, a.seq, a.hash, a.prev_hash, row_number() OVER w AS due,
				coalesce(lag(a.hash) OVER w, '') AS before
			FROM audit a WHERE a.tenant_id = $1 WINDOW w AS (ORDER BY a.seq)) chain`, tenant).Scan(&n, &bad)
	if err != nil {
		return 0, toError(err)
	}
	if bad != nil {
		return n, lintu.Errorf(lintu.CodeConflict,
			"审计记录第 %d 条被改动或缺失；请与备份比对。",
			"Audit row %d was altered or is missing; please compare with a backup.", *bad)
	}
	return n, nil
}
