-- A made-up town for tests of reading: one county, one street, 15 communities,
-- 160 grids, heads with 13 households each around them, every household assigned,
-- a few units and buildings. Deterministic: positions come from hashes.
-- seed.tenant and seed.households say whose and how many.
INSERT INTO tenant (id, name) VALUES (current_setting('seed.tenant')::int, '浏阳市');

CREATE FUNCTION pg_temp.share(n int, salt text) RETURNS float8 LANGUAGE sql IMMUTABLE AS
$$ SELECT (('x' || substr(md5(salt || n), 1, 8))::bit(32)::bigint)::float8 / 4294967296 $$;
CREATE FUNCTION pg_temp.ident(n int, salt text) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT md5(salt || n)::uuid $$;
CREATE FUNCTION pg_temp.box(w float8, s float8, e float8, n float8) RETURNS geometry LANGUAGE sql IMMUTABLE AS
$$ SELECT ST_Multi(ST_MakeEnvelope(w, s, e, n, 4326)) $$;
CREATE FUNCTION pg_temp.since() RETURNS tstzrange LANGUAGE sql IMMUTABLE AS
$$ SELECT '[2026-01-01 00:00:00+00,)'::tstzrange $$;

INSERT INTO area (tenant_id, id, version, valid, level, code, name, parent, geom, label, area_m2)
SELECT current_setting('seed.tenant')::int, pg_temp.ident(n, level), 1, pg_temp.since(), level, code, name, parent, geom, ST_PointOnSurface(geom), ST_Area(geom::geography)
FROM (
    SELECT 0 AS n, 'county' AS level, '430181' AS code, '浏阳市' AS name, '' AS parent, pg_temp.box(113.40, 27.90, 113.80, 28.40) AS geom
    UNION ALL SELECT 0, 'street', '430181001', '集里街道', '430181', pg_temp.box(113.50, 28.00, 113.70, 28.30)
    UNION ALL SELECT n, 'community', '430181001' || lpad((n + 1)::text, 3, '0'),
        (ARRAY['神仙坳社区', '西湖社区', '百合社区', '新屋岭社区', '唐家洲社区', '平水桥社区', '太平桥社区', '平水社区',
               '道吾山村', '禧和村', '集里村', '锦程村', '高源村', '双狮村', '五星村'])[n + 1],
        '430181001', pg_temp.box(113.50 + (n % 3) * 0.2 / 3, 28.00 + (n / 3) * 0.06, 113.50 + (n % 3 + 1) * 0.2 / 3, 28.00 + (n / 3 + 1) * 0.06)
        FROM generate_series(0, 14) n
    UNION ALL SELECT n, 'grid', 'W' || lpad(n::text, 3, '0'), '第' || n || '网格', '',
        pg_temp.box(113.50 + (n % 10) * 0.02, 28.00 + (n / 10) * 0.3 / 16, 113.50 + (n % 10 + 1) * 0.02, 28.00 + (n / 10 + 1) * 0.3 / 16)
        FROM generate_series(0, 159) n
) a;

INSERT INTO head (tenant_id, id, version, valid, code, name, geom)
SELECT current_setting('seed.tenant')::int, pg_temp.ident(n, 'head'), 1, pg_temp.since(), 'L' || lpad(n::text, 6, '0'), '邻长' || n,
    ST_SetSRID(ST_Point(113.501 + 0.198 * pg_temp.share(n, 'hx'), 28.001 + 0.298 * pg_temp.share(n, 'hy')), 4326)
FROM generate_series(0, current_setting('seed.households')::int / 13) n;

INSERT INTO household (tenant_id, id, version, valid, code, name, building, geom)
SELECT h.tenant_id, pg_temp.ident(n, 'household'), 1, pg_temp.since(), 'H' || lpad(n::text, 7, '0'),
    c.name || (n / 13 % 40 + 1) || '栋' || (n % 13 / 2 + 1) || '0' || (n % 2 + 1) || '室', '',
    ST_SetSRID(ST_Point(round((ST_X(h.geom) + 0.001 * (pg_temp.share(n, 'x') - 0.5))::numeric, 7)::float8,
                        round((ST_Y(h.geom) + 0.001 * (pg_temp.share(n, 'y') - 0.5))::numeric, 7)::float8), 4326)
FROM generate_series(0, current_setting('seed.households')::int - 1) n
JOIN head h ON h.id = pg_temp.ident(n / 13, 'head')
JOIN area c ON c.level = 'community' AND ST_Intersects(c.geom, h.geom) AND ST_X(h.geom) < ST_XMax(c.geom) AND ST_Y(h.geom) < ST_YMax(c.geom);

INSERT INTO assignment (tenant_id, household_id, version, head_id, valid)
SELECT current_setting('seed.tenant')::int, pg_temp.ident(n, 'household'), 1, pg_temp.ident(n / 13, 'head'), pg_temp.since()
FROM generate_series(0, current_setting('seed.households')::int - 1) n;

INSERT INTO unit (tenant_id, id, version, valid, code, name, class, stationing, geom)
SELECT current_setting('seed.tenant')::int, pg_temp.ident(n, 'unit'), 1, pg_temp.since(), 'U' || n, (ARRAY['集里派出所', '集里司法所', '100%物业公司'])[n],
    (ARRAY['police', 'judicial', 'property'])[n], 'permanent', ST_SetSRID(ST_Point(113.55 + n * 0.01, 28.1), 4326)
FROM generate_series(1, 3) n;

INSERT INTO base (tenant_id, id, version, valid, layer, code, name, class, floors, geom)
SELECT current_setting('seed.tenant')::int, pg_temp.ident(n, 'building'), 1, pg_temp.since(), 'buildings', 'B' || n, CASE WHEN n % 10 = 0 THEN n || '号楼' ELSE '' END, '', n % 30,
    ST_Multi(ST_Expand(h.geom, 0.0001)) FROM generate_series(0, 200) n JOIN head h ON h.id = pg_temp.ident(n, 'head');

INSERT INTO change (tenant_id, kind) SELECT current_setting('seed.tenant')::int, l
FROM unnest(ARRAY['counties', 'streets', 'communities', 'grids', 'households', 'heads', 'links', 'units', 'buildings']) l;
