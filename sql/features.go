package sql

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/lintu-map/lintu"
)

// selection builds one statement: names go into the text, values only into args.
type selection struct {
	from  string
	where []string
	args  []any
}

// arg adds a value and returns its placeholder.
func (s *selection) arg(v any) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

func (s *selection) add(condition string) { s.where = append(s.where, condition) }

func (s *selection) sql(columns string) string {
	sql := "SELECT " + columns + " FROM (" + s.from + ") r"
	if len(s.where) > 0 {
		sql += " WHERE " + strings.Join(s.where, " AND ")
	}
	return sql
}

// newSelection turns a query into FROM and WHERE, within its territory. $1 is the
// tenant, $2 the time where there is one.
func newSelection(q lintu.FeatureQuery) (*selection, error) {
	s := &selection{args: []any{q.Tenant}}
	w := present
	switch t := q.Time; {
	case t == nil:
	case t.From != nil && t.To != nil && t.From.Equal(*t.To):
		w = instant
		s.arg(*t.From)
	default:
		w = span
		s.arg(timeRange(*t))
	}
	s.from = relation(q.Layer, w, insideOf(q.Layer, q.Within, &s.args))
	if q.BBox != nil {
		s.add(s.inBBox(*q.BBox))
	}
	for _, f := range q.Layer.Fields {
		value, ok := q.Where[f.Name]
		if !ok {
			continue
		}
		if err := s.equals(q.Layer, f, value, w); err != nil {
			return nil, err
		}
	}
	for name := range q.Where {
		if _, ok := q.Layer.Field(name); !ok {
			return nil, lintu.Errorf(lintu.CodeInvalid, "图层 %[1]s 没有字段 “%[2]s”。", "Layer %[1]s has no field %[2]q.", q.Layer.Name, name)
		}
	}
	return s, nil
}

func timeRange(t lintu.Interval) pgtype.Range[pgtype.Timestamptz] {
	bound := func(t *time.Time) (pgtype.Timestamptz, pgtype.BoundType) {
		if t == nil {
			return pgtype.Timestamptz{}, pgtype.Unbounded
		}
		return pgtype.Timestamptz{Time: *t, Valid: true}, pgtype.Inclusive
	}
	r := pgtype.Range[pgtype.Timestamptz]{Valid: true}
	r.Lower, r.LowerType = bound(t.From)
	r.Upper, r.UpperType = bound(t.To)
	return r
}

// inBBox selects what meets the box; what has no place meets every box. A box
// across the antimeridian is two boxes.
func (s *selection) inBBox(b lintu.BBox) string {
	halves := []lintu.BBox{b}
	if b[0] > b[2] {
		halves = []lintu.BBox{{b[0], b[1], 180, b[3]}, {-180, b[1], b[2], b[3]}}
	}
	conditions := []string{"r.geom IS NULL"}
	for _, h := range halves {
		box := fmt.Sprintf("ST_MakeEnvelope(%s::float8, %s::float8, %s::float8, %s::float8, 4326)", s.arg(h[0]), s.arg(h[1]), s.arg(h[2]), s.arg(h[3]))
		conditions = append(conditions, "ST_Intersects(r.geom, "+box+")")
	}
	return "(" + strings.Join(conditions, " OR ") + ")"
}

// equals selects one value of a field. The head of a household is found from
// the head's side, where an index leads to its households.
func (s *selection) equals(l lintu.LayerInfo, f lintu.Field, value string, w when) error {
	if f.Type == lintu.Integer {
		n, err := strconv.ParseInt(value, 10, 32)
		if err != nil {
			return lintu.Errorf(lintu.CodeInvalid, "字段 %[1]s 的值 “%[2]s” 不是整数。", "Field %[1]s needs a whole number, not %[2]q.", f.Name, value)
		}
		s.add("r." + f.Name + " = " + s.arg(n) + "::int")
		return nil
	}
	if strings.ContainsRune(value, 0) {
		return lintu.Errorf(lintu.CodeInvalid, "字段 %[1]s 的值含有空字符。", "The value of field %[1]s contains a null character.", f.Name)
	}
	p := s.arg(value) + "::text"
	if l.Kind == lintu.KindHousehold && f.Name == "head" && w != span {
		s.add("r.id IN (SELECT a.household_id FROM head h JOIN assignment a ON a.tenant_id = h.tenant_id AND a.head_id = h.id" +
			" WHERE h.tenant_id = $1 AND h.code = " + p + " AND " + validity(w, "a.valid") + ")")
		return nil
	}
	s.add("r." + f.Name + " = " + p)
	return nil
}

// CountFeatures implements lintu.FeatureStore.
func (r *Reader) CountFeatures(ctx context.Context, q lintu.FeatureQuery) (int64, error) {
	if q.BBox == nil && q.Time == nil && len(q.Where) == 0 {
		f, err := r.factsOf(ctx, q.Tenant, q.Layer, q.Within)
		return f.count, err
	}
	s, err := newSelection(q)
	if err != nil {
		return 0, err
	}
	var n int64
	err = r.db.pool.QueryRow(ctx, s.sql("count(*)"), s.args...).Scan(&n)
	return n, toError(err)
}

// EachFeature implements lintu.FeatureStore. yield's error ends the query and is
// returned as it is.
func (r *Reader) EachFeature(ctx context.Context, q lintu.FeatureQuery, yield func(f lintu.Feature, cursor string) error) error {
	s, err := newSelection(q)
	if err != nil {
		return err
	}
	if q.After != "" {
		code, since, err := parseCursor(q.After)
		if err != nil {
			return err
		}
		s.add(fmt.Sprintf("(r.code, lower(r.valid)) > (%s::text COLLATE \"C\", %s::timestamptz)", s.arg(code), s.arg(since)))
	}
	sql := s.sql(featureColumns(q.Layer)) + " ORDER BY r.code, lower(r.valid)"
	if q.Limit > 0 {
		sql += " LIMIT " + s.arg(q.Limit)
	}
	if q.Offset > 0 {
		sql += " OFFSET " + s.arg(q.Offset)
	}
	rows, err := r.db.pool.Query(ctx, sql, s.args...)
	if err != nil {
		return toError(err)
	}
	defer rows.Close()
	for rows.Next() {
		f, cursor, err := scanFeature(rows)
		if err != nil {
			return toError(err)
		}
		if err := yield(f, cursor); err != nil {
			return err
		}
	}
	return toError(rows.Err())
}

// featureColumns are the columns that scanFeature reads. Rings turn as RFC 7946
// wants them: outer ones counter-clockwise.
func featureColumns(l lintu.LayerInfo) string {
	geom := "r.geom"
	if l.Shape == lintu.Polygon {
		geom = "ST_ForcePolygonCCW(r.geom)"
	}
	var properties []string
	for _, f := range l.Fields {
		properties = append(properties, fmt.Sprintf("'%[1]s', r.%[1]s", f.Name))
	}
	return fmt.Sprintf("r.id::text, ST_AsGeoJSON(%s, 7), json_build_object(%s, 'valid_from', lower(r.valid), 'valid_to', upper(r.valid))::text, r.code, lower(r.valid)",
		geom, strings.Join(properties, ", "))
}

func scanFeature(row pgx.Row) (f lintu.Feature, cursor string, err error) {
	var geometry *string
	var properties, code string
	var since time.Time
	if err := row.Scan(&f.ID, &geometry, &properties, &code, &since); err != nil {
		return f, "", err
	}
	f.Geometry = json.RawMessage("null")
	if geometry != nil {
		f.Geometry = json.RawMessage(*geometry)
	}
	f.Properties = json.RawMessage(properties)
	return f, formatCursor(code, since), nil
}

// A cursor is the code and the start of validity of the feature last seen, in
// microseconds since 1970 as PostgreSQL counts them.
func formatCursor(code string, since time.Time) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(since.UnixMicro(), 10) + " " + code))
}

func parseCursor(s string) (code string, since time.Time, err error) {
	bad := lintu.Errorf(lintu.CodeInvalid, "参数 after 无效；它只能取自上一页的 next 链接。", "Parameter after is not valid; it can only come from the next link of a page.")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || strings.ContainsRune(string(b), 0) {
		return "", since, bad
	}
	micros, code, ok := strings.Cut(string(b), " ")
	n, err := strconv.ParseInt(micros, 10, 64)
	if !ok || err != nil {
		return "", since, bad
	}
	return code, time.UnixMicro(n), nil
}

// Feature implements lintu.FeatureStore.
func (r *Reader) Feature(ctx context.Context, tenant int32, l lintu.LayerInfo, within lintu.Territory, id lintu.ID, at *time.Time) (lintu.Feature, error) {
	q := lintu.FeatureQuery{Tenant: tenant, Layer: l, Within: within}
	if at != nil {
		q.Time = &lintu.Interval{From: at, To: at}
	}
	s, err := newSelection(q)
	if err != nil {
		return lintu.Feature{}, err
	}
	s.add("r.id = " + s.arg(id.String()) + "::uuid")
	f, _, err := scanFeature(r.db.pool.QueryRow(ctx, s.sql(featureColumns(l)), s.args...))
	if err == pgx.ErrNoRows {
		return f, noFeature(l, id)
	}
	return f, toError(err)
}

func noFeature(l lintu.LayerInfo, id lintu.ID) error {
	return lintu.Errorf(lintu.CodeNotFound, "图层 %[1]s 中没有编号为 %[2]s 的要素。", "Layer %[1]s has no feature %[2]s.", l.Name, id)
}
