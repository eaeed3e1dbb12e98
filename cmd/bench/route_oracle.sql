-- What each pin should be routed to, worked out for all of them together: geometry from
-- the side of the areas and in metres on the spheroid, rules by joining every rule with
-- every pin. It shares no statement with package sql.
SET max_parallel_workers_per_gather = 2;

CREATE UNLOGGED TABLE bench_place AS
    SELECT i, ST_SetSRID(ST_Point(lon, lat), 4326) AS geom, ST_SetSRID(ST_Point(lon, lat), 4326)::geography AS geog, least(accuracy, 500) AS doubt FROM bench_pin;
CREATE INDEX ON bench_place USING gist (geom);
CREATE INDEX ON bench_place USING gist (geog);
CREATE UNLOGGED TABLE bench_area AS
    SELECT id, code, array_position('{county,street,community,group,grid,cell}', level) AS rank, geom, geom::geography AS geog FROM area WHERE upper_inf(valid);
CREATE UNLOGGED TABLE bench_home AS
    SELECT min(code) AS code, geom::geography AS geog FROM household WHERE upper_inf(valid) GROUP BY geom;
CREATE INDEX ON bench_home USING gist (geog);
ANALYZE bench_place, bench_area, bench_home, bench_pin, bench_path;

CREATE UNLOGGED TABLE bench_fell AS
    SELECT x.*, a.id FROM (SELECT p.i, a.rank, min(a.code) AS code FROM bench_area a JOIN bench_place p ON ST_Intersects(a.geom, p.geom) GROUP BY p.i, a.rank) x
    JOIN bench_area a USING (rank, code);
CREATE INDEX ON bench_fell (i);

-- Area by area: PostGIS prepares one that it sees again and again.
CREATE UNLOGGED TABLE bench_doubt AS
    SELECT p.i, string_agg(a.code, ',' ORDER BY a.rank, a.code) AS codes
    FROM (SELECT DISTINCT doubt FROM bench_place WHERE doubt > 0) r
    CROSS JOIN bench_area a
    JOIN bench_place p ON p.doubt = r.doubt AND ST_DWithin(a.geog, p.geog, r.doubt)
    WHERE a.rank IN (3, 5) AND NOT EXISTS (SELECT FROM bench_fell f WHERE f.i = p.i AND f.id = a.id)
    GROUP BY p.i;

-- Ever wider circles, so that few homes are measured. What is so far on the spheroid is
-- less than a hundredth farther on the sphere, which only finds whom to measure.
CREATE UNLOGGED TABLE bench_near (i int PRIMARY KEY, code text);
INSERT INTO bench_near
    SELECT DISTINCT ON (p.i) p.i, h.code FROM bench_place p
    JOIN bench_home h ON ST_DWithin(h.geog, p.geog, 20.2, false)
    CROSS JOIN LATERAL (SELECT ST_Distance(h.geog, p.geog) AS metres OFFSET 0) d
    WHERE metres <= 20 AND NOT EXISTS (SELECT FROM bench_near n WHERE n.i = p.i) ORDER BY p.i, metres, h.code;
ANALYZE bench_near;
INSERT INTO bench_near
    SELECT DISTINCT ON (p.i) p.i, h.code FROM bench_place p
    JOIN bench_home h ON ST_DWithin(h.geog, p.geog, 60.6, false)
    CROSS JOIN LATERAL (SELECT ST_Distance(h.geog, p.geog) AS metres OFFSET 0) d
    WHERE metres <= 60 AND NOT EXISTS (SELECT FROM bench_near n WHERE n.i = p.i) ORDER BY p.i, metres, h.code;
ANALYZE bench_near;
INSERT INTO bench_near
    SELECT DISTINCT ON (p.i) p.i, h.code FROM bench_place p
    JOIN bench_home h ON ST_DWithin(h.geog, p.geog, 202, false)
    CROSS JOIN LATERAL (SELECT ST_Distance(h.geog, p.geog) AS metres OFFSET 0) d
    WHERE metres <= 200 AND NOT EXISTS (SELECT FROM bench_near n WHERE n.i = p.i) ORDER BY p.i, metres, h.code;
ANALYZE bench_near;
CREATE UNLOGGED TABLE bench_head AS
    SELECT x.i, n.code FROM bench_near x
    JOIN household h ON h.code = x.code
    JOIN assignment l ON l.household_id = h.id AND upper_inf(l.valid)
    JOIN head n ON n.id = l.head_id AND upper_inf(n.valid);

-- The best rule has the lowest sum; its number is what is left of it.
CREATE UNLOGGED TABLE bench_rule AS
    SELECT p.i, (min(b.depth * 1000000000::bigint + (6 - coalesce(f.rank, 0)) * 100000000 + CASE r.rung WHEN '' THEN 10000000 ELSE 0 END + r.number) % 10000000)::int AS number
    FROM bench_pin p
    JOIN bench_path b USING (category)
    JOIN rule r ON r.category = b.ancestor AND upper_inf(r.valid) AND (r.rung = '' OR r.rung = p.rung)
    JOIN unit u ON u.id = r.unit_id AND upper_inf(u.valid)
    LEFT JOIN bench_fell f ON f.i = p.i AND f.id = r.area_id
    WHERE r.area_id IS NULL OR f.i IS NOT NULL
    GROUP BY p.i;

CREATE UNLOGGED TABLE bench_want AS
    SELECT p.i, coalesce(f.codes, '') AS areas, coalesce(d.codes, '') AS doubt, coalesce(n.code, '') AS head,
        CASE WHEN f.codes IS NULL THEN ''
            WHEN r.number IS NOT NULL THEN 'unit ' || u.code
            WHEN p.rung = 'neighbor' AND n.code IS NOT NULL THEN 'head ' || n.code
            WHEN p.rung IN ('street', 'county') OR l.code IS NULL THEN ''
            ELSE 'unit ' || l.code END AS handler,
        CASE WHEN f.codes IS NULL THEN 0 ELSE coalesce(r.number, 0) END AS rule
    FROM bench_pin p
    LEFT JOIN (SELECT i, string_agg(code, ',' ORDER BY rank) AS codes, min(id::text) FILTER (WHERE rank = 3) AS community FROM bench_fell GROUP BY i) f USING (i)
    LEFT JOIN bench_doubt d USING (i)
    LEFT JOIN bench_head n USING (i)
    LEFT JOIN bench_rule r USING (i)
    LEFT JOIN rule x ON x.number = r.number AND upper_inf(x.valid)
    LEFT JOIN unit u ON u.id = x.unit_id
    LEFT JOIN (SELECT a.id::text AS community, min(u.code) AS code FROM bench_area a JOIN unit u ON u.class = 'community' AND upper_inf(u.valid) AND ST_Intersects(a.geom, u.geom)
        WHERE a.rank = 3 GROUP BY 1) l USING (community);
