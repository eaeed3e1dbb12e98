-- Where a pin is, and what could say who must act there.
-- $1 tenant, $2 $3 longitude and latitude, $4 radius of the doubt in metres, $5 at least
-- as many degrees of latitude, $6 the distance in metres at which a household is near, $7
-- at least as many degrees of latitude, $8 how much longer a degree can be than another
-- here, $9 category codes, the narrowest first, "" last, $10 rung, $11 degrees that are
-- fewer metres than $4 in every direction.
-- The parts are JSON of lintu.Routed; rules that hold come with the best first.
WITH pin AS MATERIALIZED (
    SELECT point, point::geography AS place,
        ST_Expand(point, $5::float8 * $8::float8, $5::float8) AS doubt_box,
        ST_Expand(point, $7::float8 * $8::float8, $7::float8) AS near_box
    FROM (SELECT ST_SetSRID(ST_Point($2::float8, $3::float8), 4326) AS point) x
), fell AS MATERIALIZED (
    (SELECT 0 AS rank, 'counties' AS layer, a.id, a.code, a.name, a.version FROM pin, area a
        WHERE a.tenant_id = $1::int AND a.level = 'county' AND upper_inf(a.valid) AND ST_Intersects(a.geom, pin.point) ORDER BY a.code LIMIT 1)
    UNION ALL
    (SELECT 1, 'streets', a.id, a.code, a.name, a.version FROM pin, area a
        WHERE a.tenant_id = $1::int AND a.level = 'street' AND upper_inf(a.valid) AND ST_Intersects(a.geom, pin.point) ORDER BY a.code LIMIT 1)
    UNION ALL
    (SELECT 2, 'communities', a.id, a.code, a.name, a.version FROM pin, area a
        WHERE a.tenant_id = $1::int AND a.level = 'community' AND upper_inf(a.valid) AND ST_Intersects(a.geom, pin.point) ORDER BY a.code LIMIT 1)
    UNION ALL
    (SELECT 3, 'groups', a.id, a.code, a.name, a.version FROM pin, area a
        WHERE a.tenant_id = $1::int AND a.level = 'group' AND upper_inf(a.valid) AND ST_Intersects(a.geom, pin.point) ORDER BY a.code LIMIT 1)
    UNION ALL
    (SELECT 4, 'grids', a.id, a.code, a.name, a.version FROM pin, area a
        WHERE a.tenant_id = $1::int AND a.level = 'grid' AND upper_inf(a.valid) AND ST_Intersects(a.geom, pin.point) ORDER BY a.code LIMIT 1)
    UNION ALL
    (SELECT 5, 'cells', a.id, a.code, a.name, a.version FROM pin, area a
        WHERE a.tenant_id = $1::int AND a.level = 'cell' AND upper_inf(a.valid) AND ST_Intersects(a.geom, pin.point) ORDER BY a.code LIMIT 1)
), doubted AS (
    -- Metres are asked for only where degrees do not decide.
    SELECT 2 AS rank, 'communities' AS layer, a.id, a.code, a.name FROM pin
    CROSS JOIN LATERAL (SELECT a.id, a.code, a.name, a.geom, ST_Distance(a.geom, pin.point) AS degrees FROM area a
        WHERE $4::float8 > 0 AND a.tenant_id = $1::int AND a.level = 'community' AND upper_inf(a.valid) AND a.geom && pin.doubt_box
            AND a.id <> ALL (ARRAY(SELECT id FROM fell)) OFFSET 0) a
    WHERE CASE WHEN degrees > $5::float8 * $8::float8 THEN false WHEN degrees < $11::float8 THEN true ELSE ST_DWithin(a.geom::geography, pin.place, $4::float8) END
    UNION ALL
    SELECT 4, 'grids', a.id, a.code, a.name FROM pin
    CROSS JOIN LATERAL (SELECT a.id, a.code, a.name, a.geom, ST_Distance(a.geom, pin.point) AS degrees FROM area a
        WHERE $4::float8 > 0 AND a.tenant_id = $1::int AND a.level = 'grid' AND upper_inf(a.valid) AND a.geom && pin.doubt_box
            AND a.id <> ALL (ARRAY(SELECT id FROM fell)) OFFSET 0) a
    WHERE CASE WHEN degrees > $5::float8 * $8::float8 THEN false WHEN degrees < $11::float8 THEN true ELSE ST_DWithin(a.geom::geography, pin.place, $4::float8) END
), home AS (
    -- The nearest in degrees bounds where the nearest in metres can be.
    SELECT h.id FROM pin
    CROSS JOIN LATERAL (SELECT n.geom <-> pin.point AS degrees FROM household n
        WHERE n.tenant_id = $1::int AND upper_inf(n.valid) AND n.geom && pin.near_box ORDER BY n.geom <-> pin.point LIMIT 1) first
    CROSS JOIN LATERAL (SELECT n.id, n.code, ST_Distance(n.geom::geography, pin.place) AS metres FROM household n
        WHERE n.tenant_id = $1::int AND upper_inf(n.valid) AND n.geom && ST_Expand(pin.point, first.degrees * $8::float8)) h
    WHERE h.metres <= $6::float8
    ORDER BY h.metres, h.code LIMIT 1
), held AS MATERIALIZED (
    -- One look into an index for each category, unit and area, however many there are.
    SELECT r.*, u.code AS unit_code, u.name AS unit_name, u.gone, f.layer, f.code AS area_code, f.name AS area_name, f.rank, path.place
    FROM unnest($9::text[]) WITH ORDINALITY path (category, place)
    CROSS JOIN LATERAL (SELECT * FROM rule r
        WHERE r.tenant_id = $1::int AND r.category = path.category AND upper_inf(r.valid) AND r.rung IN ('', $10::text) OFFSET 0) r
    LEFT JOIN fell f ON f.id = r.area_id
    CROSS JOIN LATERAL (SELECT u.code, u.name, NOT upper_inf(u.valid) AS gone FROM unit u WHERE u.tenant_id = $1::int AND u.id = r.unit_id OFFSET 0) u
    WHERE r.area_id IS NULL OR f.id IS NOT NULL
)
SELECT
    (SELECT coalesce(json_agg(json_build_object('layer', layer, 'id', id, 'code', code, 'name', name, 'version', version) ORDER BY rank), '[]') FROM fell),
    (SELECT json_agg(json_build_object('layer', layer, 'id', id, 'code', code, 'name', name) ORDER BY rank, code) FROM doubted),
    (SELECT json_build_object('id', n.id, 'code', n.code, 'name', n.name, 'lon', coalesce(ST_X(n.geom), 0), 'lat', coalesce(ST_Y(n.geom), 0))
        FROM home
        JOIN assignment l ON l.tenant_id = $1::int AND l.household_id = home.id AND upper_inf(l.valid)
        JOIN head n ON n.tenant_id = $1::int AND n.id = l.head_id AND upper_inf(n.valid)),
    (SELECT json_agg(json_build_object('gone', gone, 'id', id, 'number', number, 'category', category, 'rung', rung, 'note', note, 'changedAt', lower(valid),
            'area', CASE WHEN area_id IS NOT NULL THEN json_build_object('layer', layer, 'id', area_id, 'code', area_code, 'name', area_name) END,
            'unit', json_build_object('kind', 'unit', 'id', unit_id, 'code', unit_code, 'name', unit_name)) ORDER BY place, rank DESC NULLS LAST, rung = '', number) FROM held),
    (SELECT json_build_object('kind', 'unit', 'id', u.id, 'code', u.code, 'name', u.name)
        FROM fell f
        CROSS JOIN LATERAL (SELECT c.geom FROM area c WHERE c.tenant_id = $1::int AND c.id = f.id OFFSET 0) c
        JOIN unit u ON u.tenant_id = $1::int AND u.class = 'community' AND upper_inf(u.valid) AND ST_Intersects(c.geom, u.geom)
        WHERE f.layer = 'communities' AND NOT EXISTS (SELECT FROM held WHERE NOT gone)
        ORDER BY u.code LIMIT 1)
