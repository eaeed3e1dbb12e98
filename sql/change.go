package sql

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// Cursor is a place in a tenant's change log: after the last change read. The
// zero Cursor is before all.
type Cursor struct {
	XID uint64 // of the transaction
	Seq int64
}

// Change is one line of the change log.
type Change struct {
	Layer lintu.Layer
	ID    *lintu.ID   // the feature; nil where a batch changed many
	Batch *lintu.ID   // that made the change, if a batch did
	Old   *lintu.BBox // around what was there before; nil if nothing was
	New   *lintu.BBox // around what is there now; nil if nothing is
}

// changesAtOnce bounds one answer of Changes.
const changesAtOnce = 1000

// Changes returns what changed after the cursor, in the log's order, and the
// cursor after it. It reads only below the oldest transaction that still runs:
// a later one may have committed before it, and would otherwise hide it for ever.
// An empty answer means there is nothing more for now; the channel lintu of
// LISTEN says when to ask again.
func (db *DB) Changes(ctx context.Context, tenant int32, after Cursor) ([]Change, Cursor, error) {
	rows, err := db.pool.Query(ctx, `
		SELECT xid, seq, kind, id, batch_id,
			ST_XMin(old_bounds), ST_YMin(old_bounds), ST_XMax(old_bounds), ST_YMax(old_bounds),
			ST_XMin(new_bounds), ST_YMin(new_bounds), ST_XMax(new_bounds), ST_YMax(new_bounds)
		FROM change
		WHERE tenant_id = $1 AND (xid, seq) > ($2::text::xid8, $3) AND xid < pg_snapshot_xmin(pg_current_snapshot())
		ORDER BY xid, seq LIMIT $4`, tenant, strconv.FormatUint(after.XID, 10), after.Seq, changesAtOnce)
	if err != nil {
		return nil, after, toError(err)
	}
	var x Change
	var old, new [4]*float64
	var changes []Change
	_, err = pgx.ForEachRow(rows, []any{&after.XID, &after.Seq, &x.Layer, &x.ID, &x.Batch,
		&old[0], &old[1], &old[2], &old[3], &new[0], &new[1], &new[2], &new[3]}, func() error {
		x.Old, x.New = box(old), box(new)
		changes = append(changes, x)
		return nil
	})
	return changes, after, toError(err)
}

func box(b [4]*float64) *lintu.BBox {
	if b[0] == nil {
		return nil
	}
	return &lintu.BBox{*b[0], *b[1], *b[2], *b[3]}
}
