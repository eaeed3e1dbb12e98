package sql

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// loadMany is from how many rows on an unused table is filled without its
// indexes: making them afterwards sorts once instead of searching per row. Below
// that the gain is smaller than the cost of the catalogue's work.
const loadMany = 20000

// withoutIndexes runs fill while the table has no indexes and makes them again.
// If that fails, what has been filled in is still there to be looked at.
func (b *batchTx) withoutIndexes(ctx context.Context, t table, fill func() error) error {
	drop, create, err := b.indexSQL(ctx, t)
	if err != nil {
		return err
	}
	for _, query := range drop {
		if _, err := b.tx.Exec(ctx, query); err != nil {
			return err
		}
	}
	if err := fill(); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, b.tx, func(tx pgx.Tx) error {
		for _, query := range create {
			if _, err := tx.Exec(ctx, query); err != nil {
				return err
			}
		}
		return nil
	})
}

// indexSQL reads from the catalogue how the table's indexes, its keys, and the
// foreign keys that rest on them are dropped and made again, so that it always
// fits the schema. The names come quoted from the server.
func (b *batchTx) indexSQL(ctx context.Context, t table) (drop, create []string, err error) {
	rows, err := b.tx.Query(ctx, `
		WITH parts AS (
			SELECT 1 AS step, conname AS name,
				format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS away,
				format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS again
			FROM pg_constraint WHERE confrelid = $1::text::regclass AND contype = 'f'
			UNION ALL
			SELECT 2, conname, format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
				format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
			FROM pg_constraint WHERE conrelid = $1::text::regclass AND contype IN ('p', 'u')
			UNION ALL
			SELECT 3, i.indexrelid::regclass::name, format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
			FROM pg_index i WHERE i.indrelid = $1::text::regclass
			AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
			-- A partial index of another layer gets no rows.
			AND ($2 = '' OR i.indpred IS NULL OR strpos(pg_get_expr(i.indpred, i.indrelid), format('(%I = %L::text)', $2::text, $3::text)) > 0)
		)
		SELECT (SELECT array_agg(away ORDER BY step, name) FROM parts),
			(SELECT array_agg(again ORDER BY step DESC, name) FROM parts)`, t.name, t.scope, t.in)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&drop, &create); err != nil {
			return nil, nil, err
		}
	}
	return drop, create, rows.Err()
}
