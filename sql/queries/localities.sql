-- The present communities of tenant $1, with the areas that a point inside falls in as
-- well (of several on one level the one with the lowest code), and whether a unit of
-- class community stands in it.
SELECT c.id::text, c.code, c.name,
    ARRAY[c.id::text,
        (SELECT a.id::text FROM area a WHERE a.tenant_id = $1 AND a.level = 'street' AND upper_inf(a.valid) AND ST_Intersects(a.geom, c.label) ORDER BY a.code LIMIT 1),
        (SELECT a.id::text FROM area a WHERE a.tenant_id = $1 AND a.level = 'county' AND upper_inf(a.valid) AND ST_Intersects(a.geom, c.label) ORDER BY a.code LIMIT 1)],
    EXISTS (SELECT FROM unit u WHERE u.tenant_id = $1 AND u.class = 'community' AND upper_inf(u.valid) AND ST_Intersects(c.geom, u.geom))
FROM area c WHERE c.tenant_id = $1 AND c.level = 'community' AND upper_inf(c.valid)
ORDER BY c.code
