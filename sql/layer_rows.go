package sql

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// rowsSQL makes the statement that reads present rows of a layer of tenant $1: id,
// geom, label, then the fields that tiles carry. It gives the values that relation gives; but
// what belongs to a feature by another table is joined, where relation looks it up
// row by row, because many rows are read. whole says that all are.
func rowsSQL(l lintu.LayerInfo, whole bool, condition string) string {
	if l.Kind == lintu.KindCase {
		columns := "f.id, f.geom, NULL::geometry"
		for _, f := range l.TileFields() {
			columns += ", f." + f.Name
		}
		return fmt.Sprintf("SELECT %s FROM (%s) f WHERE %s", columns, caseRelation(present, inside{}), condition)
	}
	columns, joins := "f.id, f.geom, NULL::geometry", ""
	if l.Kind == lintu.KindArea {
		columns = "f.id, f.geom, f.label"
	}
	for _, f := range l.TileFields() {
		column, join := fieldExpr(l, f, present), ""
		switch {
		case l.Kind == lintu.KindHousehold && f.Name == "head":
			column = "h.code"
			join = " LEFT JOIN assignment a ON a.tenant_id = f.tenant_id AND a.household_id = f.id AND upper_inf(a.valid)" +
				" LEFT JOIN head h ON h.tenant_id = a.tenant_id AND h.id = a.head_id"
		case l.Kind == lintu.KindHead && f.Name == "households" && whole:
			column = "coalesce(a.households, 0)"
			join = " LEFT JOIN (SELECT head_id, count(*)::int AS households FROM assignment" +
				" WHERE tenant_id = $1 AND upper_inf(valid) GROUP BY head_id) a ON a.head_id = f.id"
		}
		columns += ", " + column
		joins += join
	}
	return fmt.Sprintf("SELECT %s FROM %s f%s WHERE f.tenant_id = $1 AND %s", columns, versions(l, present), joins, condition)
}

// wholeSQL reads all rows that have a place, boxSQL those in the box of $2 to $5, and
// boxesSQL those in the boxes whose sides are the arrays $2 to $5; what is in two
// boxes comes twice.
func wholeSQL(l lintu.LayerInfo) string { return rowsSQL(l, true, "f.geom IS NOT NULL") }

func boxSQL(l lintu.LayerInfo) string {
	return rowsSQL(l, false, "f.geom && ST_MakeEnvelope($2::float8, $3::float8, $4::float8, $5::float8, 4326)")
}

func boxesSQL(l lintu.LayerInfo) string {
	return "SELECT r.* FROM unnest($2::float8[], $3::float8[], $4::float8[], $5::float8[]) b (west, south, east, north) CROSS JOIN LATERAL (" +
		rowsSQL(l, false, "f.geom && ST_MakeEnvelope(b.west, b.south, b.east, b.north, 4326)") + ") r"
}

// eachRow reads the rows of one of these statements. They are parsed where they lie
// in the buffer of the connection, so that nothing is allocated per row. (COPY sends
// the same bytes as fast, but takes no parameters.)
func eachRow(ctx context.Context, tx pgx.Tx, l lintu.LayerInfo, statement string, args []string, take func(lintu.Layer, *lintu.LayerRow) error) error {
	params := make([][]byte, len(args))
	for i, a := range args {
		params[i] = []byte(a)
	}
	const binaryFormat = 1
	rows := tx.Conn().PgConn().ExecParams(ctx, statement, params, nil, nil, []int16{binaryFormat})
	fields := l.TileFields()
	r := lintu.LayerRow{Values: make([]lintu.Value, len(fields))}
	var err error
	for err == nil && rows.NextRow() {
		values := rows.Values()
		copy(r.ID[:], values[0])
		r.Geometry, r.Label = values[1], values[2]
		for i := range fields {
			r.Values[i] = readValue(fields[i].Type, values[3+i])
		}
		err = take(l.Name, &r)
	}
	if _, closed := rows.Close(); err == nil { // the rest is read and dropped
		err = closed
	}
	return err
}

// readValue reads text or int4 in the binary format.
func readValue(t lintu.FieldType, b []byte) lintu.Value {
	switch {
	case b == nil:
		return lintu.Value{Null: true}
	case t == lintu.Integer:
		return lintu.Value{Number: int64(int32(binary.BigEndian.Uint32(b)))}
	}
	return lintu.Value{Text: b}
}

// boxArgs are the arguments of boxSQL: tenant and sides.
func boxArgs(tenant int32, b lintu.BBox) []string {
	args := []string{strconv.Itoa(int(tenant))}
	for _, v := range b {
		args = append(args, strconv.FormatFloat(v, 'g', -1, 64))
	}
	return args
}

// boxesArgs are the arguments of boxesSQL.
func boxesArgs(tenant int32, boxes []lintu.BBox) []string {
	args := []string{strconv.Itoa(int(tenant))}
	for side := range 4 {
		var list []string
		for _, b := range boxes {
			list = append(list, strconv.FormatFloat(b[side], 'g', -1, 64))
		}
		args = append(args, "{"+strings.Join(list, ",")+"}")
	}
	return args
}
