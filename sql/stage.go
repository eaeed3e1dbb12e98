package sql

import (
	"context"
	"fmt"
	"strings"

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
}

// mergedPart is what the audit keeps of a part.
type mergedPart struct {
	Layer      lintu.Layer      `json:"layer"`
	Comparison lintu.Comparison `json:"comparison"`
}

// stage is one temporary table of staged rows.
type stage struct {
	name   string
	table  table
	got    received
	fields []lintu.Field // the import fields, in the order of got.has
	merged bool
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
	s := &stage{table: tableOf(layer), fields: layer.ImportFields()}
	n := 0
	for _, all := range b.stages {
		n += len(all)
	}
	s.name = fmt.Sprintf("stage_%d", n+1)
	if _, err := b.tx.Exec(ctx, s.createSQL()); err != nil {
		return 0, toError(err)
	}
	r := newCopyReader(ctx, layer, rows)
	_, err := b.tx.Conn().PgConn().CopyFrom(ctx, r, "COPY "+s.name+" ("+s.columns()+") FROM STDIN (FORMAT binary)")
	if r.err != nil {
		err = r.err // the server only knows that the client gave up
	}
	if err != nil {
		return 0, toError(err)
	}
	s.got = r.got
	if err := b.refuseTwins(ctx, s); err != nil {
		return 0, toError(err)
	}
	b.stages[layer.Name] = append(b.stages[layer.Name], s)
	return s.got.rows, nil
}

func (s *stage) columns() string {
	names := []string{"number", "id"}
	for _, f := range s.fields {
		names = append(names, f.Name)
	}
	return strings.Join(append(names, "geom"), ", ")
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
	return "CREATE TEMP TABLE " + s.name + " (" + strings.Join(columns, ", ") + ") ON COMMIT DROP"
}

// refuseTwins is CodeInvalid if a code occurs twice.
func (b *batchTx) refuseTwins(ctx context.Context, s *stage) error {
	if s.got.ascending {
		return nil
	}
	rows, err := b.tx.Query(ctx, `SELECT code, min(number), max(number) FROM `+s.name+`
		GROUP BY code HAVING count(*) > 1 ORDER BY 2 LIMIT 1`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var code string
		var first, last int64
		if err := rows.Scan(&code, &first, &last); err != nil {
			return err
		}
		return lintu.Errorf(lintu.CodeInvalid,
			"代码 %[1]s 出现了不止一次：第 %[2]d 行和第 %[3]d 行；请在文件中改正后再导入。",
			"The code %[1]s occurs more than once: in rows %[2]d and %[3]d. Please correct the file and import it again.",
			code, first, last)
	}
	return rows.Err()
}
