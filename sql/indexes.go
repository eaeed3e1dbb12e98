package sql

import (
	"context"
)

// loadMany is from how many rows on an empty table is filled without its
// indexes: making them afterwards sorts once instead of searching per row. Below
// that the gain is smaller than the cost of the catalogue's work.
const loadMany = 20000

// withoutIndexes runs fill without the table's indexes if the table is empty for
// all tenants, and makes them again. The exclusive lock that this takes keeps
// readers of the (empty) table waiting until the transaction ends.
func (m *merge) withoutIndexes(ctx context.Context, fill func() error) error {
	empty := false
	if m.stage.got.rows >= loadMany {
		err := m.tx.QueryRow(ctx, `SELECT NOT EXISTS (SELECT FROM `+m.stage.table.name+`)`).Scan(&empty)
		if err != nil {
			return err
		}
	}
	if !empty {
		return fill()
	}
	drop, create, err := m.indexSQL(ctx)
	if err != nil {
		return err
	}
	for _, query := range drop {
		if _, err := m.tx.Exec(ctx, query); err != nil {
			return err
		}
	}
	if err := fill(); err != nil {
		return err
	}
	for _, query := range create {
		if _, err := m.tx.Exec(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

// indexSQL reads from the catalogue how the table's indexes, its keys, and the
// foreign keys that rest on them are dropped and made again, so that it always
// fits the schema. The names come quoted from the server.
func (m *merge) indexSQL(ctx context.Context) (drop, create []string, err error) {
	rows, err := m.tx.Query(ctx, `
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
		)
		SELECT (SELECT array_agg(away ORDER BY step, name) FROM parts),
			(SELECT array_agg(again ORDER BY step DESC, name) FROM parts)`, m.stage.table.name)
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
