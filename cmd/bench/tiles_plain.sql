-- What ST_AsMVT is measured on: households with the code of their head beside them, so
-- that it has nothing to look up, and nothing that the tile does not carry.
CREATE UNLOGGED TABLE bench_household AS
SELECT f.id::text AS id, f.code, nullif(f.name, '') AS name, h.code AS head, f.geom
FROM household f
LEFT JOIN assignment a ON a.tenant_id = f.tenant_id AND a.household_id = f.id AND upper_inf(a.valid)
LEFT JOIN head h ON h.tenant_id = a.tenant_id AND h.id = a.head_id
WHERE upper_inf(f.valid) AND f.geom IS NOT NULL;
CREATE INDEX ON bench_household USING gist (geom);
VACUUM ANALYZE bench_household;
VACUUM ANALYZE household;
VACUUM ANALYZE head;
VACUUM ANALYZE assignment;
