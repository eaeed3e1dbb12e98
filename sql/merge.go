package sql

import (
	"context"
	"strings"

	"github.com/lintu-map/lintu"
)

// Merge implements lintu.BatchTx. What a file does not bring stays as it was: a
// column (or the geometry) that is empty in every row. Heads must be merged
// before the households that name them.
func (b *batchTx) Merge(ctx context.Context, layer lintu.LayerInfo, closeMissing bool) (lintu.Comparison, error) {
	var c lintu.Comparison
	all := b.stages[layer.Name]
	if len(all) == 0 || all[len(all)-1].merged {
		return c, toError(errNothingStaged)
	}
	m := &merge{batchTx: b, layer: layer, stage: all[len(all)-1], all: all, close: closeMissing}
	m.stage.merged = true
	if err := m.run(ctx); err != nil {
		return m.count, toError(err)
	}
	b.done = append(b.done, mergedPart{layer.Name, m.count})
	return m.count, nil
}

var errNothingStaged = lintu.Errorf(lintu.CodeInternal, "没有待合并的数据。", "Nothing is staged that could be merged.")

// merge is one part on its way from its stage into the layer.
type merge struct {
	*batchTx
	layer lintu.LayerInfo
	stage *stage
	all   []*stage // of the layer in this batch, so that one part does not miss what another brought
	close bool
	count lintu.Comparison

	old, new []*string // bounds of what changed, as box2d texts
}

func (m *merge) run(ctx context.Context) error {
	empty, err := m.emptyLayer(ctx)
	if err != nil {
		return err
	}
	steps := []func(context.Context) error{m.prepareAreas, m.update, m.insert, m.missing, m.stayOnGround, m.assign, m.persons, m.log}
	switch {
	case m.stage.onlyPersons():
		steps = []func(context.Context) error{m.allKnown, m.missing, m.stayOnGround, m.persons}
	case m.stage.direct:
		steps = []func(context.Context) error{m.filled, m.assign, m.persons, m.log}
	case empty:
		steps = []func(context.Context) error{m.prepareAreas, m.fill, m.stayOnGround, m.assign, m.persons, m.log}
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	m.count.Unchanged = m.stage.got.rows - m.count.New - m.count.Changed
	return nil
}

// pretend reports whether a dry run can do without writing: nothing that comes
// later in the batch looks at households without heads or at the base map. (Parts
// that bring the same code to the same layer are then all counted as new.)
func (m *merge) pretend() bool {
	return m.light() && (m.layer.Kind == lintu.KindBase || m.layer.Kind == lintu.KindHousehold && !m.stage.has("head"))
}

// args are the first parameters of all statements here: tenant, the layer's
// value in the scope column, the batch's instant, the batch.
func (m *merge) args(more ...any) []any {
	return append([]any{m.tenant, m.stage.table.in, m.at, m.batch}, more...)
}

// emptyLayer reports whether the layer has never had a feature.
func (m *merge) emptyLayer(ctx context.Context) (bool, error) {
	var empty bool
	t := m.stage.table
	err := m.tx.QueryRow(ctx, `SELECT NOT EXISTS (SELECT FROM `+t.name+` t WHERE t.tenant_id = $1`+
		t.scoped("t", "$2")+`)`, m.tenant, t.in).Scan(&empty)
	return empty, err
}

// prepareAreas gives staged areas the place of their name and, where the file
// does not say it, their parent.
func (m *merge) prepareAreas(ctx context.Context) error {
	if m.layer.Kind != lintu.KindArea {
		return nil
	}
	m.after.areas = true
	_, err := m.tx.Exec(ctx, `UPDATE `+m.stage.name+` s SET label = coalesce(
		(SELECT t.label FROM area t WHERE t.tenant_id = $1 AND t.level = $2 AND t.code = s.code AND t.geom = s.geom),
		area_label(s.geom))`, m.tenant, m.stage.table.in)
	if err != nil {
		return err
	}
	// A parent once given stays when a later file has no such column.
	known := `(SELECT nullif(t.parent, '') FROM area t WHERE t.tenant_id = $1 AND t.level = $2 AND t.code = s.code)`
	if m.stage.has("parent") {
		known = "NULL"
	}
	_, err = m.tx.Exec(ctx, `UPDATE `+m.stage.name+` s SET parent = coalesce(`+known+`,
		area_parent($1, $2, s.code, s.label), '') WHERE s.parent = ''`, m.tenant, m.stage.table.in)
	return err
}

// content lists the columns to compare and set. The parent of an area is
// always known by now.
func (m *merge) content() []string {
	cs := m.stage.brought()
	if m.layer.Kind == lintu.KindArea && !m.stage.has("parent") {
		cs = append(cs, "parent")
	}
	if m.stage.got.hasGeom {
		cs = append(cs, "geom")
	}
	return cs
}

// update makes new versions of the features that differ from the file's, and of
// those that had gone.
func (m *merge) update(ctx context.Context) error {
	t, cs := m.stage.table, m.content()
	differ, set := "", ""
	for _, c := range cs {
		// Equality of geometries is that of their bytes.
		differ += " OR t." + c + " IS DISTINCT FROM s." + c
		set += ", " + c + " = d." + c
	}
	staged := list("s.", cs...)
	if len(cs) == 0 {
		staged = "s.number"
	}
	if !m.stage.got.hasGeom {
		staged += ", t.geom"
	} else if m.layer.Kind == lintu.KindArea {
		staged += ", s.label"
		set += ", label = d.label, area_m2 = CASE WHEN d.geom = t.geom THEN t.area_m2 ELSE ST_Area(d.geom::geography) END"
	}
	write := `, done AS (
			UPDATE ` + t.name + ` t SET version = t.version + (lower(t.valid) < $3)::int,
				valid = tstzrange($3, NULL), batch_id = $4, closed_by = NULL` + set + `
			FROM diff d WHERE t.tenant_id = $1 AND t.id = d.id)`
	if m.pretend() {
		write = m.unwritten()
	}
	var reopened int64
	var old, new *string
	err := m.tx.QueryRow(ctx, `
		WITH diff AS MATERIALIZED (
			SELECT t.id, upper_inf(t.valid) AS present, t.geom AS old_geom, `+staged+`
			FROM `+t.name+` t JOIN `+m.stage.name+` s ON t.code = s.code
			WHERE t.tenant_id = $1`+t.scoped("t", "$2")+` AND (NOT upper_inf(t.valid)`+differ+`)
		)`+write+`
		SELECT count(*) FILTER (WHERE present), count(*) FILTER (WHERE NOT present),
			ST_Extent(old_geom) FILTER (WHERE present)::text, ST_Extent(geom)::text FROM diff`,
		m.args()...).Scan(&m.count.Changed, &reopened, &old, &new)
	m.count.New += reopened
	m.bounds(old, new)
	return err
}

// unwritten stands where a statement would write, and names the parameters that
// only the writing needs.
func (m *merge) unwritten() string {
	return `, unwritten AS (SELECT $2::text, $3::timestamptz, $4::uuid)`
}

// insert adds the features whose code the layer has never had.
func (m *merge) insert(ctx context.Context) error {
	t := m.stage.table
	unknown := `
		WHERE NOT EXISTS (SELECT FROM ` + t.name + ` t WHERE t.tenant_id = $1` + t.scoped("t", "$2") + ` AND t.code = s.code)`
	write := m.insertSQL(unknown) + ` RETURNING geom)`
	if m.pretend() {
		write = `SELECT s.geom FROM ` + m.stage.name + ` s` + unknown + `)` + m.unwritten()
	}
	var n int64
	var new *string
	err := m.tx.QueryRow(ctx, `WITH new AS (`+write+` SELECT count(*), ST_Extent(geom)::text FROM new`, m.args()...).Scan(&n, &new)
	m.count.New += n
	m.bounds(nil, new)
	return err
}

// fill adds all rows to a layer that has never had one.
func (m *merge) fill(ctx context.Context) error {
	if m.pretend() {
		return m.filled(ctx)
	}
	insert := func() error {
		_, err := m.tx.Exec(ctx, m.insertSQL(""), m.args()...)
		return err
	}
	unused := false
	if m.stage.got.rows >= loadMany && !m.dry {
		var err error
		if unused, err = m.claimUnused(ctx, m.stage.table); err != nil {
			return err
		}
	}
	if unused {
		if err := m.withoutIndexes(ctx, m.stage.table, insert); err != nil {
			return err
		}
	} else if err := insert(); err != nil {
		return err
	}
	return m.filled(ctx)
}

// filled takes note of rows that all are new to the layer.
func (m *merge) filled(context.Context) error {
	m.count.New = m.stage.got.rows
	m.bounds(nil, m.stage.got.box())
	return nil
}

// insertSQL inserts staged rows along a space-filling curve (the order of
// geometries is that of a Hilbert curve), so that a tile's rows lie together.
func (m *merge) insertSQL(where string) string {
	t := m.stage.table
	names := append([]string{"code"}, t.content...)
	into := append(append([]string{}, names...), "geom")
	values := list("s.", into...)
	if m.layer.Kind == lintu.KindArea {
		into = append(into, "label", "area_m2")
		values += ", s.label, ST_Area(s.geom::geography)"
	}
	if t.scope != "" {
		into = append(into, t.scope)
		values += ", $2"
	}
	if t.scope == "" && where == "" {
		where = "WHERE $2::text IS NOT NULL"
	}
	return `INSERT INTO ` + t.name + ` (tenant_id, id, version, valid, batch_id, ` + strings.Join(into, ", ") + `)
		SELECT $1::int, s.id, 1, tstzrange($3, NULL), $4::uuid, ` + values + ` FROM ` + m.stage.name + ` s ` +
		where + ` ORDER BY s.geom`
}

// missing counts what the file no longer has and, if asked to, ends it. What is
// outside the ground is not missed.
func (m *merge) missing(ctx context.Context) error {
	t := m.stage.table
	gone := `t.tenant_id = $1` + t.scoped("t", "$2") + ` AND upper_inf(t.valid)` + m.andOnGround(t, "t.geom")
	for _, s := range m.all {
		if s.direct { // its rows began with this batch
			gone += ` AND lower(t.valid) < $3`
			continue
		}
		gone += ` AND NOT EXISTS (SELECT FROM ` + s.name + ` s WHERE s.code = t.code)`
	}
	if !m.close || m.pretend() {
		err := m.tx.QueryRow(ctx, `WITH gone AS (SELECT FROM `+t.name+` t WHERE `+gone+`)`+m.unwritten()+`
			SELECT count(*) FROM gone`, m.args()...).Scan(&m.count.Missing)
		if m.close {
			m.count.Closed = m.count.Missing
		}
		return err
	}
	var old *string
	err := m.tx.QueryRow(ctx, `
		WITH gone AS (
			UPDATE `+t.name+` t SET valid = tstzrange(lower(t.valid), $3), closed_by = $4
			WHERE `+gone+` RETURNING geom)
		SELECT count(*), ST_Extent(geom)::text FROM gone`, m.args()...).Scan(&m.count.Closed, &old)
	m.count.Missing = m.count.Closed
	m.after.closed = m.after.closed || m.count.Closed > 0
	m.bounds(old, nil)
	return err
}

func (m *merge) bounds(old, new *string) {
	m.old = append(m.old, old)
	m.new = append(m.new, new)
}

// log writes the layer's line of the change log, if anything changed.
func (m *merge) log(ctx context.Context) error {
	if m.dry || m.count.New+m.count.Changed+m.count.Closed == 0 {
		return nil
	}
	var old, new *string
	err := m.tx.QueryRow(ctx, `SELECT (SELECT ST_Extent(b::box2d::geometry)::text FROM unnest($1::text[]) b),
		(SELECT ST_Extent(b::box2d::geometry)::text FROM unnest($2::text[]) b)`, m.old, m.new).Scan(&old, &new)
	if err != nil {
		return err
	}
	if m.layer.Kind == lintu.KindHousehold || m.layer.Kind == lintu.KindHead {
		m.after.counted = append(m.after.counted, old, new)
	}
	return m.changed(ctx, m.layer.Name, nil, m.batch, old, new)
}
