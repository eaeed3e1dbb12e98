package sql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// batchTx is one batch's edit. Staged rows wait in temporary tables, which need
// no log and go with the transaction, however it ends.
type batchTx struct {
	*edit
	batch  *lintu.ID // nil in a dry run
	dry    bool
	stages map[lintu.Layer][]*stage
	after  aftermath
	done   []mergedPart

	compared int64 // known persons that were opened for it
}

// mergedPart is what the audit keeps of a part.
type mergedPart struct {
	Layer      lintu.Layer      `json:"layer"`
	Comparison lintu.Comparison `json:"comparison"`
}

// stage is one temporary table of staged rows.
type stage struct {
	name       string
	table      table
	got        received
	fields     []lintu.Field // the import fields, in the order of got.has
	merged     bool
	direct     bool // the rows are in the layer already
	person     bool // the layer knows personal data
	keyVersion int  // of the key that sealed it
}

// has reports whether the file brought the column at all. A column that is
// empty in every row was not in the file, and what is known stays.
func (s *stage) has(column string) bool {
	for i, f := range s.fields {
		if f.Name == column {
			return s.got.has[i]
		}
	}
	return false
}

// head is which import field names the head; -1 if none does.
func (s *stage) head() int {
	return slices.IndexFunc(s.fields, func(f lintu.Field) bool { return f.Name == "head" })
}

// brought lists the content columns that the file brought.
func (s *stage) brought() []string {
	var cs []string
	for _, c := range s.table.content {
		if s.has(c) {
			cs = append(cs, c)
		}
	}
	return cs
}

// Stage implements lintu.BatchTx.
func (b *batchTx) Stage(ctx context.Context, layer lintu.LayerInfo, rows lintu.Rows) (int64, error) {
	s := &stage{table: tableOf(layer), fields: layer.ImportFields(), person: len(layer.Personal) > 0}
	ahead := lookAheadFor(ctx, s, rows)
	r := newCopyReader(ctx, layer, ahead)
	var err error
	if s.person && b.keys != nil {
		if r.key, err = b.sealingKey(ctx); err != nil {
			return 0, toError(err)
		}
		s.keyVersion = r.key.version
	}
	direct, err := b.goesDirect(ctx, s, ahead)
	if err == nil && direct {
		err = b.loadDirect(ctx, s, r)
	} else if err == nil {
		err = b.loadStage(ctx, s, r)
	}
	if err != nil {
		return 0, toError(err)
	}
	b.stages[layer.Name] = append(b.stages[layer.Name], s)
	return s.got.rows, nil
}

func (b *batchTx) loadStage(ctx context.Context, s *stage, r *copyReader) error {
	n := 0
	for _, all := range b.stages {
		n += len(all)
	}
	s.name = fmt.Sprintf("stage_%d", n+1)
	if _, err := b.tx.Exec(ctx, s.createSQL()); err != nil {
		return err
	}
	if err := b.copy(ctx, s, r, s.name, s.columns()); err != nil {
		return err
	}
	return b.refuseTwins(ctx, s)
}

func (b *batchTx) copy(ctx context.Context, s *stage, r *copyReader, into, columns string) error {
	_, err := b.tx.Conn().PgConn().CopyFrom(ctx, r, "COPY "+into+" ("+columns+") FROM STDIN (FORMAT binary)")
	s.got = r.got
	if r.err != nil {
		return r.err // the server only knows that the client gave up
	}
	return err
}

func (s *stage) columns() string {
	names := []string{"number", "id"}
	for _, f := range s.fields {
		names = append(names, f.Name)
	}
	names = append(names, "geom")
	if s.person {
		names = append(names, personColumns[:]...)
	}
	return strings.Join(names, ", ")
}

func (s *stage) createSQL() string {
	columns := []string{"number bigint", "id uuid"}
	for _, f := range s.fields {
		kind := " text"
		switch {
		case f.Type == lintu.Integer:
			kind = " int"
		case f.Name == "code" || f.Name == "parent" || f.Name == "building" || f.Name == "head":
			kind = ` text COLLATE "C"`
		}
		columns = append(columns, f.Name+kind)
	}
	columns = append(columns, "geom geometry")
	if s.table.name == "area" {
		columns = append(columns, "label geometry")
	}
	if s.person {
		for _, c := range personColumns {
			columns = append(columns, c+" bytea")
		}
	}
	return "CREATE TEMP TABLE " + s.name + " (" + strings.Join(columns, ", ") + ") ON COMMIT DROP"
}

// refuseTwins is CodeInvalid if a code occurs twice.
func (b *batchTx) refuseTwins(ctx context.Context, s *stage) error {
	if s.got.ascending {
		return nil
	}
	var code string
	var first, second int64
	err := b.tx.QueryRow(ctx, `
		SELECT code, numbers[1], numbers[2] FROM (SELECT code, array_agg(number ORDER BY number) AS numbers FROM `+s.name+`
			GROUP BY code HAVING count(*) > 1) twins
		ORDER BY 2 LIMIT 1`).Scan(&code, &first, &second)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return errTwins(code, first, second)
}

func errTwins(code string, first, second int64) error {
	return lintu.Errorf(lintu.CodeInvalid,
		"代码 %[1]s 出现了不止一次：第 %[2]d 行和第 %[3]d 行；请在文件中改正后再导入。",
		"The code %[1]s occurs more than once: in rows %[2]d and %[3]d. Please correct the file and import it again.",
		code, first, second)
}
