-- What the present area $2 of tenant $1 holds: areas of the levels $3 by their
-- label points, units if $4, and households and heads as the area's row has them.
-- A level is listed only if the jurisdiction has areas of it.
WITH outer_area AS (
    SELECT geom, households, heads FROM area WHERE tenant_id = $1 AND id = $2::text::uuid AND upper_inf(valid)
)
SELECT a.level, count(*) FILTER (WHERE o.geom && a.geom AND ST_Intersects(o.geom, a.label))
FROM area a, outer_area o
WHERE a.tenant_id = $1 AND a.level = ANY ($3::text[]) AND upper_inf(a.valid)
GROUP BY a.level
UNION ALL
SELECT 'units', count(*) FROM unit u, outer_area o
WHERE u.tenant_id = $1 AND upper_inf(u.valid) AND u.geom && o.geom AND ST_Intersects(o.geom, u.geom)
HAVING $4::bool
UNION ALL
SELECT 'households', households FROM outer_area
UNION ALL
SELECT 'heads', heads FROM outer_area
