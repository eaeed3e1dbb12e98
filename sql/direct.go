package sql

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lintu-map/lintu"
)

// A layer of points or of the base map that is filled for the first time needs no
// stage: there is nothing to compare with. Its rows are copied straight into the
// table, without indexes, which are made afterwards. That halves the time of a
// bulk load. The heap then has the order of the file. The exclusive lock that it
// takes keeps readers of the (empty) table waiting until the batch is committed.

// goesDirect claims the table and reports true if the rows are many, have places,
// and the table has never held any, for no tenant.
func (b *batchTx) goesDirect(ctx context.Context, s *stage, ahead *lookahead) (bool, error) {
	bulk := s.table.name == "household" || s.table.name == "base"
	if b.dry || b.bounded || !bulk || ahead.ended || !ahead.somePlaced() || ahead.somePerson() || s.head() >= 0 && ahead.someHave(s.head()) {
		return false, nil
	}
	return b.claimUnused(ctx, s.table)
}

// claimUnused locks the table for this batch alone and reports true if it has
// never held a row; if it has, nothing is locked.
func (b *batchTx) claimUnused(ctx context.Context, t table) (bool, error) {
	const unused = `SELECT pg_relation_size($1::text::regclass) = 0`
	var empty bool
	err := b.tx.QueryRow(ctx, unused, t.name).Scan(&empty)
	if err != nil || !empty {
		return false, err
	}
	if _, err := b.tx.Exec(ctx, `LOCK TABLE `+t.name); err != nil {
		return false, err
	}
	err = b.tx.QueryRow(ctx, unused, t.name).Scan(&empty) // somebody may have been first
	return empty, err
}

// loadDirect fills the table. The few heads that a file names after thousands of
// households without are kept in memory until the households are there.
func (b *batchTx) loadDirect(ctx context.Context, s *stage, r *copyReader) error {
	s.direct, r.late = true, true
	lead, columns := b.constants(s)
	r.lead, r.leads = func(buf []byte, _ *lintu.Row) []byte { return append(buf, lead...) }, len(columns)
	columns = append(columns, "id")
	for _, f := range s.fields {
		if f.Name == "head" {
			r.aside = f.Name
			continue
		}
		columns = append(columns, f.Name)
	}
	err := b.withoutIndexes(ctx, s.table, func() error {
		return b.copy(ctx, s, r, s.table.name, list("", append(columns, "geom")...))
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == pgerrcodeUnique {
		return b.nameTwins(ctx, s, err)
	}
	if err == nil && len(s.got.aside) > 0 {
		err = b.stageAside(ctx, s)
	}
	if err == nil && len(s.got.late) > 0 {
		err = b.stageLate(ctx, s)
	}
	return err
}

// pgerrcodeUnique is the SQLSTATE unique_violation.
const pgerrcodeUnique = "23505"

// nameTwins finds the rows of the file whose codes made the unique index fail.
// A table that never held a row keeps them in the order in which they came.
func (b *batchTx) nameTwins(ctx context.Context, s *stage, cause error) error {
	var code string
	var first, second int64
	err := b.tx.QueryRow(ctx, `
		SELECT code, numbers[1], numbers[2] FROM (
			SELECT code, array_agg(ordinal ORDER BY ordinal) AS numbers
			FROM (SELECT code, row_number() OVER (ORDER BY ctid) - 1 AS ordinal FROM `+s.table.name+`) numbered
			GROUP BY code HAVING count(*) > 1) twins
		ORDER BY 2 LIMIT 1`).Scan(&code, &first, &second)
	if errors.Is(err, pgx.ErrNoRows) {
		return cause // an id came twice, not a code
	}
	if err != nil {
		return err
	}
	return errTwins(code, s.got.number(first), s.got.number(second))
}

// stageAside makes a stage of the heads that came late.
func (b *batchTx) stageAside(ctx context.Context, s *stage) error {
	s.name = "stage_late"
	_, err := b.tx.Exec(ctx, `CREATE TEMP TABLE stage_late (number bigint, code text COLLATE "C", head text COLLATE "C") ON COMMIT DROP`)
	if err != nil {
		return err
	}
	_, err = b.tx.CopyFrom(ctx, pgx.Identifier{s.name}, []string{"number", "code", "head"},
		pgx.CopyFromSlice(len(s.got.aside), func(i int) ([]any, error) {
			a := s.got.aside[i]
			return []any{a.number, a.code, a.value}, nil
		}))
	return err
}

// constants are the columns that have the same value in all rows of a batch, and
// their values as fields of a binary COPY.
func (b *batchTx) constants(s *stage) (fields []byte, columns []string) {
	add := func(column string, value []byte) {
		columns = append(columns, column)
		fields = binary.BigEndian.AppendUint32(fields, uint32(len(value)))
		fields = append(fields, value...)
	}
	add("tenant_id", binary.BigEndian.AppendUint32(nil, uint32(b.tenant)))
	add("version", binary.BigEndian.AppendUint32(nil, 1))
	add("valid", openRange(b.at))
	add("batch_id", b.batch[:])
	if s.table.scope != "" {
		add(s.table.scope, []byte(s.table.in))
	}
	return fields, columns
}

// openRange is the binary form of tstzrange(at, NULL): flags for an inclusive
// lower bound and none above, and the bound in microseconds since 2000.
func openRange(at time.Time) []byte {
	const lowerInclusive, upperInfinite = 0x02, 0x10
	since := at.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).Microseconds()
	b := []byte{lowerInclusive | upperInfinite, 0, 0, 0, 8}
	return binary.BigEndian.AppendUint64(b, uint64(since))
}
