package sql_test

// state describes all that a map shows as of an SQL instant, one line per
// feature, without what a version is called.
func (p place) state(at string) []string {
	p.t.Helper()
	return p.strings(`
		SELECT concat_ws('|', 'area', level, code, name, parent, households, heads, ST_AsText(geom), ST_AsText(label)) FROM area_version WHERE tenant_id = $1 AND valid @> (`+at+`)::timestamptz
		UNION ALL SELECT concat_ws('|', 'household', code, name, building, ST_AsText(geom)) FROM household_version WHERE tenant_id = $1 AND valid @> (`+at+`)::timestamptz
		UNION ALL SELECT concat_ws('|', 'head', code, name, ST_AsText(geom)) FROM head_version WHERE tenant_id = $1 AND valid @> (`+at+`)::timestamptz
		UNION ALL SELECT concat_ws('|', 'unit', code, name, class, stationing, ST_AsText(geom)) FROM unit_version WHERE tenant_id = $1 AND valid @> (`+at+`)::timestamptz
		UNION ALL SELECT concat_ws('|', layer, code, name, class, floors, ST_AsText(geom)) FROM base_version WHERE tenant_id = $1 AND valid @> (`+at+`)::timestamptz
		UNION ALL SELECT concat_ws('|', 'link', h.code, n.code) FROM assignment a JOIN household h ON h.tenant_id = a.tenant_id AND h.id = household_id JOIN head n ON n.tenant_id = a.tenant_id AND n.id = head_id WHERE a.tenant_id = $1 AND a.valid @> (`+at+`)::timestamptz
		ORDER BY 1`, p.tenant)
}
