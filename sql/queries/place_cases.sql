-- The next open cases within the bounds of a change of areas, the first reported first,
-- and the areas in which they lie now where these are others than they fell in.
-- $1 tenant, $2 the change's instant, $3 how many.
-- The areas are JSON of lintu.AreaVersion, chosen as in route.sql.
WITH page AS MATERIALIZED (
    SELECT f.id, f.reported_at, f.geom, f.area_ids
    FROM area_change c
    JOIN case_file f ON f.tenant_id = $1::int AND f.state NOT IN ('closed', 'evaluated', 'declined', 'merged')
        AND f.geom && c.bounds AND (f.reported_at, f.id) > (c.after_at, c.after_id)
    WHERE c.tenant_id = $1::int AND c.at = $2::timestamptz
    ORDER BY f.reported_at, f.id LIMIT $3::int
)
SELECT p.id, p.reported_at, ST_X(p.geom), ST_Y(p.geom), CASE WHEN fell.ids <> p.area_ids THEN fell.areas END
FROM page p
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(x.id ORDER BY x.rank), '{}') AS ids,
        coalesce(json_agg(json_build_object('layer', x.layer, 'id', x.id, 'code', x.code, 'name', x.name, 'version', x.version) ORDER BY x.rank), '[]') AS areas
    FROM (
        (SELECT 0 AS rank, 'counties' AS layer, a.id, a.code, a.name, a.version FROM area a
            WHERE a.tenant_id = $1::int AND a.level = 'county' AND upper_inf(a.valid) AND ST_Intersects(a.geom, p.geom) ORDER BY a.code LIMIT 1)
        UNION ALL
        (SELECT 1, 'streets', a.id, a.code, a.name, a.version FROM area a
            WHERE a.tenant_id = $1::int AND a.level = 'street' AND upper_inf(a.valid) AND ST_Intersects(a.geom, p.geom) ORDER BY a.code LIMIT 1)
        UNION ALL
        (SELECT 2, 'communities', a.id, a.code, a.name, a.version FROM area a
            WHERE a.tenant_id = $1::int AND a.level = 'community' AND upper_inf(a.valid) AND ST_Intersects(a.geom, p.geom) ORDER BY a.code LIMIT 1)
        UNION ALL
        (SELECT 3, 'groups', a.id, a.code, a.name, a.version FROM area a
            WHERE a.tenant_id = $1::int AND a.level = 'group' AND upper_inf(a.valid) AND ST_Intersects(a.geom, p.geom) ORDER BY a.code LIMIT 1)
        UNION ALL
        (SELECT 4, 'grids', a.id, a.code, a.name, a.version FROM area a
            WHERE a.tenant_id = $1::int AND a.level = 'grid' AND upper_inf(a.valid) AND ST_Intersects(a.geom, p.geom) ORDER BY a.code LIMIT 1)
        UNION ALL
        (SELECT 5, 'cells', a.id, a.code, a.name, a.version FROM area a
            WHERE a.tenant_id = $1::int AND a.level = 'cell' AND upper_inf(a.valid) AND ST_Intersects(a.geom, p.geom) ORDER BY a.code LIMIT 1)
    ) x
) fell
ORDER BY p.reported_at, p.id
